//! What was left out, and why: columns, leads, points; and columns that should perhaps have been.

use super::super::Report;
use super::super::markup::{Element, element};
use super::super::table::{Head, cell, name, paragraph, row, table};
use super::super::words::{counted, grouped_in};

/// Inconclusive levels named, at most.
const MOST: usize = 60;

pub(super) fn section(report: &Report<'_>) -> Vec<Element> {
    let mut content = Vec::new();
    content.extend(suspects(report));
    content.extend(columns(report));
    content.extend(leads(report));
    content.extend(levels(report));
    content.extend(warnings(report));
    if content.is_empty() {
        content.push(paragraph("Nothing was left out."));
    }
    content
}

fn suspects(report: &Report<'_>) -> Vec<Element> {
    if report.suspects.is_empty() {
        return Vec::new();
    }
    let heads = [Head::Text("Column"), Head::Text("What speaks against it"), Head::Text("Doubt")];
    let lines = report.suspects.iter().map(|suspect| {
        let doubt = if suspect.reason.strong() { "may leak the outcome" } else { "worth a look" };
        row([name(&suspect.column), cell(&suspect.reason.to_string()), cell(doubt)])
    });
    vec![
        element("h3").text("Not left out, but suspect"),
        paragraph(
            "A column that is filled in or changed after a lead came knows more than a new lead can say. If one of these is, leave it out with exclude in [data], or --exclude.",
        ),
        table("Columns that may tell the outcome", &heads, lines),
    ]
}

fn columns(report: &Report<'_>) -> Vec<Element> {
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    for (column, why) in &report.history.left_out {
        let why = why.to_string();
        match reasons.iter_mut().find(|(reason, _)| *reason == why) {
            Some((_, columns)) => columns.push(column),
            None => reasons.push((why, vec![column])),
        }
    }
    if reasons.is_empty() {
        return Vec::new();
    }
    let heads = [Head::Text("Columns"), Head::Text("Why they are no attributes")];
    let lines = reasons.into_iter().map(|(why, columns)| row([name(&columns.join(", ")), cell(&why)]));
    vec![element("h3").text("Columns"), table("Columns left out", &heads, lines)]
}

/// What became of leads and events, where leads are looked at at moments of their past.
fn leads(report: &Report<'_>) -> Vec<Element> {
    let Some(rows) = &report.history.rows else { return Vec::new() };
    let events = rows.events.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut lines: Vec<String> = rows.leads.to_string().lines().chain(events.lines()).map(grouped_in).collect();
    if rows.repeated {
        lines.push(
            "Leads are looked at more than once: rows of one lead resemble each other, so intervals are too narrow; folds hold \
             a lead\u{2019}s rows together."
                .to_owned(),
        );
    }
    let items = lines.into_iter().map(|line| element("li").text(line));
    vec![element("h3").text("Leads and events"), element("ul").children(items)]
}

fn levels(report: &Report<'_>) -> Vec<Element> {
    let mut names = Vec::new();
    for attribute in &report.points.table.attributes {
        let reference = attribute.source.reference();
        if let Some(each) = attribute.each {
            names.extend((!each.conclusive).then(|| format!("{}, each time", attribute.name)));
            continue;
        }
        for (at, level) in attribute.levels.iter().enumerate() {
            if !level.conclusive && level.evidence.leads > 0 && Some(at) != reference {
                names.push(format!("{}: {}", attribute.name, level.level));
            }
        }
    }
    if names.is_empty() {
        return Vec::new();
    }
    let all = names.len();
    let more = all.saturating_sub(MOST);
    let mut items: Vec<Element> = names.into_iter().take(MOST).map(|name| element("li").text(name)).collect();
    if more > 0 {
        items.push(element("li").text(format!("and {more} more, in points.json")));
    }
    let kept = if report.points.table.keep_inconclusive {
        "They keep their points, as asked for."
    } else {
        "They earn no points."
    };
    let text = format!(
        "{} inconclusive: the interval of the points reaches across 0, or fewer than {} leads are in it. {kept}",
        counted(all as u64, "level is", "levels are"),
        report.points.table.min_leads
    );
    vec![element("h3").text("Points"), paragraph(&text), element("ul").class("columns").children(items)]
}

fn warnings(report: &Report<'_>) -> Vec<Element> {
    // Suspects have a table of their own.
    let of_suspects: Vec<String> = report.suspects.iter().map(crate::leakage::Suspect::warning).collect();
    let others = report.warnings.iter().filter(|warning| !of_suspects.contains(warning));
    let items: Vec<Element> =
        others.map(|warning| element("li").text(super::summary::capitalised(warning)).text(".")).collect();
    if items.is_empty() {
        return Vec::new();
    }
    vec![element("h3").text("Also said while calibrating"), element("ul").children(items)]
}
