//! What `check --format markdown` writes, such as for a comment on a pull request: the verdict, the checks, the points that moved.

use std::fmt::Write as _;

use leadcal_scorecard::check::report::{Change, Named};
use leadcal_scorecard::check::{Finding, Report, Verdict};

use super::super::summary::{grouped, percent};
use crate::markdown::{escaped, table};

/// Points listed; the rest are counted.
const CHANGES: usize = 15;
/// Details listed of a check.
const DETAILS: usize = 20;

/// The report as Markdown.
pub(super) fn markdown(report: &Report) -> String {
    let mut text = format!("## leadcal check: {}\n\n{}\n\n", report.verdict.word(), escaped(&report.says));
    let against = report.baseline.as_ref().map_or_else(|| "its own word".to_owned(), side);
    _ = writeln!(text, "{} against {against}.", side(&report.candidate));
    if let Some(leads) = &report.leads {
        _ = writeln!(
            text,
            "On {}: {} leads, {} converted ({}){}.",
            escaped(&leads.files.join(", ")),
            grouped(leads.leads),
            grouped(leads.conversions),
            percent(leads.rate),
            leads.created()
        );
        for sentence in &leads.in_words {
            _ = writeln!(text, "{}", escaped(sentence));
        }
    }
    let (asked, not_asked): (Vec<&Finding>, Vec<&Finding>) =
        report.worst_first().into_iter().partition(|finding| finding.verdict != Verdict::NotAsked);
    text.push('\n');
    text += &findings(&asked);
    text += &changes(&report.changes);
    let telling = asked.iter().filter(|finding| finding.verdict > Verdict::Fine && finding.details.len() > 1);
    for finding in telling {
        let title = format!("{}: {}", finding.check.name(), finding.check.asks());
        text += &folded(&title, &finding.details);
    }
    let left: Vec<String> =
        not_asked.iter().map(|finding| format!("{}, as {}", finding.check.name(), finding.says)).collect();
    text += &folded(&format!("{} not asked", left.len()), &left);
    for note in &report.notes {
        _ = writeln!(text, "\n{}", escaped(note));
    }
    text
}

fn side(named: &Named) -> String {
    match &named.name {
        Some(name) => format!("**{}** ({})", escaped(name), escaped(&named.file)),
        None => escaped(&named.file),
    }
}

fn findings(findings: &[&Finding]) -> String {
    let rows: Vec<Vec<String>> = findings
        .iter()
        .map(|finding| {
            vec![
                finding.verdict.word().to_owned(),
                finding.check.name().to_owned(),
                finding.says.clone(),
                finding.tolerance.clone(),
                finding.to_do.clone().unwrap_or_default(),
            ]
        })
        .collect();
    table(&["verdict", "check", "found", "fine is", "to do"], &[false; 5], &rows)
}

/// The points that moved; nothing where none did.
fn changes(changes: &[Change]) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = changes
        .iter()
        .take(CHANGES)
        .map(|change| {
            let sign = if change.sign_changed { "another sign" } else { "" };
            vec![change.of.clone(), change.before.to_string(), change.after.to_string(), sign.to_owned()]
        })
        .collect();
    let mut text = format!("\n### Points that moved: {}\n\n", changes.len());
    text += &table(&["of", "before", "after", "sign"], &[false, true, true, false], &rows);
    if changes.len() > CHANGES {
        _ = writeln!(text, "\nand {} more.", changes.len() - CHANGES);
    }
    text
}

/// A list that is folded until it is asked for; nothing where it is empty.
fn folded(title: &str, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let mut text = format!("\n<details><summary>{}</summary>\n\n", escaped(title));
    for item in items.iter().take(DETAILS) {
        // A comment before it, so that no text begins as a list, a heading or a rule does.
        _ = writeln!(text, "- <!-- -->{}", escaped(item));
    }
    if items.len() > DETAILS {
        _ = writeln!(text, "- and {} more", items.len() - DETAILS);
    }
    text + "\n</details>\n"
}
