//! Whether the data can carry a scorecard.

use super::super::Report;
use super::super::markup::{Element, element};
use super::super::table::{Head, cell, name, paragraph, row, table};
use super::super::words::grouped_in;
use super::summary::capitalised;
use crate::readiness::{Finding, Verdict, conclusion};

pub(super) fn section(report: &Report<'_>) -> Vec<Element> {
    let heads = [Head::Text("Looked at"), Head::Text("Found"), Head::Text("Verdict")];
    vec![
        element("p").class("lead").text(conclusion(report.findings)),
        table("Can the data carry it?", &heads, report.findings.iter().map(finding)),
        paragraph("Each finding, with its thresholds and their sources, is explained in docs/statistics.md."),
    ]
}

fn finding(finding: &Finding) -> Element {
    let (class, sign) = match finding.verdict {
        Verdict::Fine => ("fine", "\u{2713}"),
        Verdict::Careful => ("careful", "!"),
        Verdict::NotEnough => ("not-enough", "\u{2715}"),
    };
    let sign = element("span").class(class).attr("aria-hidden", "true").text(sign);
    let advice = finding.advice.as_ref().map(|advice| element("small").text(capitalised(advice)).text("."));
    row([
        name(&capitalised(finding.finding)),
        cell(&grouped_in(&finding.figure)).children(advice),
        element("td").class("verdict").child(sign).text(" ").text(finding.verdict.word()),
    ])
}
