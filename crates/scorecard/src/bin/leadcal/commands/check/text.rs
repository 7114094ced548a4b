//! What `check` prints for people: the verdict first, then the checks, the worst first.

use std::fmt::Write as _;

use leadcal_scorecard::check::report::Named;
use leadcal_scorecard::check::{Finding, Report, Verdict};

use super::super::summary::{grouped, grouped_in, percent};
use crate::error::printable;
use crate::tables::{Column, table, wrapped};

/// Details listed of a check.
const LISTED: usize = 10;

/// The report for a person.
pub(super) fn text(report: &Report) -> String {
    let mut parts = vec![head(report), findings(report), details(report), not_asked(report)];
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

fn head(report: &Report) -> String {
    let mut text = format!("{}\n", grouped_in(&printable(&report.says)));
    let side = |named: &Named| match &named.name {
        Some(name) => printable(&format!("\"{name}\" ({})", named.file)),
        None => printable(&named.file),
    };
    let against = report.baseline.as_ref().map_or_else(|| "its own word".to_owned(), side);
    _ = writeln!(text, "{} against {against}", side(&report.candidate));
    if let Some(leads) = &report.leads {
        _ = writeln!(
            text,
            "on {}: {} leads, {} converted ({}){}",
            printable(&leads.files.join(", ")),
            grouped(leads.leads),
            grouped(leads.conversions),
            percent(leads.rate),
            leads.created()
        );
        for sentence in &leads.in_words {
            _ = writeln!(text, "{}", grouped_in(&printable(sentence)));
        }
    }
    wrapped(&text)
}

fn findings(report: &Report) -> String {
    let columns = [Column::Text("verdict"), Column::Text("check"), Column::Text("found")];
    let asked = report.worst_first().into_iter().filter(|finding| finding.verdict != Verdict::NotAsked);
    let rows = asked.map(|finding| {
        let mut found = finding.says.clone();
        if !finding.tolerance.is_empty() {
            _ = write!(found, " [fine: {}]", finding.tolerance);
        }
        if let Some(to_do) = &finding.to_do {
            _ = write!(found, " -> {to_do}");
        }
        vec![finding.verdict.word().to_owned(), finding.check.name().to_owned(), grouped_in(&found)]
    });
    table(&columns, rows)
}

/// The details of what is not fine.
fn details(report: &Report) -> String {
    let telling = |finding: &&Finding| finding.verdict > Verdict::Fine && finding.details.len() > 1;
    let mut text = String::new();
    for finding in report.worst_first().into_iter().filter(telling) {
        _ = writeln!(text, "{}: {}", finding.check.name(), finding.check.asks());
        for detail in finding.details.iter().take(LISTED) {
            _ = writeln!(text, "  {}", grouped_in(&printable(detail)));
        }
        if finding.details.len() > LISTED {
            _ = writeln!(text, "  and {} more; --format json has them all", finding.details.len() - LISTED);
        }
    }
    wrapped(&text)
}

fn not_asked(report: &Report) -> String {
    let mut text = String::new();
    for finding in report.findings.iter().filter(|finding| finding.verdict == Verdict::NotAsked) {
        _ = writeln!(text, "not asked: {}, as {}", finding.check.name(), printable(&finding.says));
    }
    wrapped(&text)
}
