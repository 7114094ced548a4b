//! A report as `JUnit` XML, which CI servers show as tests: a test case for each check.
//!
//! Worse is a failure, not proven an error (the test could not be completed), not asked is skipped; what warns passes, its words in
//! `system-out`. Under a policy by which the unproven passes or fails, it does so here.

use super::super::policy::Unproven;
use super::super::{Finding, Report, Verdict};
use crate::xml::Element;

/// The report as `JUnit` XML.
pub fn junit(report: &Report) -> String {
    let outcome = |finding: &Finding| match (finding.verdict, report.unproven) {
        (Verdict::Unproven, Unproven::Unproven) => "error",
        (Verdict::Worse, _) | (Verdict::Unproven, Unproven::Worse) => "failure",
        (Verdict::NotAsked, _) => "skipped",
        _ => "",
    };
    let count = |kind: &str| report.findings.iter().filter(|finding| outcome(finding) == kind).count().to_string();
    let counted = |element: Element| {
        element
            .with("tests", report.findings.len().to_string())
            .with("failures", count("failure"))
            .with("errors", count("error"))
    };
    let cases = report.findings.iter().map(|finding| case(finding, outcome(finding)));
    let suite = counted(Element::new("testsuite").with("name", report.candidate.file.clone()))
        .with("skipped", count("skipped"));
    let suite = suite.children(cases).child(Element::new("system-out").text(report.says.clone()));
    counted(Element::new("testsuites").with("name", "leadcal check")).child(suite).document()
}

fn case(finding: &Finding, outcome: &'static str) -> Element {
    let case = Element::new("testcase")
        .with("classname", "leadcal.check")
        .with("name", format!("{}: {}", finding.check.name(), finding.check.asks()));
    let mut lines = vec![finding.says.clone()];
    if !finding.tolerance.is_empty() {
        lines.push(format!("fine: {}", finding.tolerance));
    }
    lines.extend(finding.to_do.iter().map(|to_do| format!("to do: {to_do}")));
    lines.extend(finding.details.iter().cloned());
    match outcome {
        "" => case.child(Element::new("system-out").text(lines.join("\n"))),
        "skipped" => case.child(Element::new(outcome).with("message", finding.says.clone())),
        _ => {
            let kind = finding.verdict.word();
            case.child(
                Element::new(outcome).with("message", finding.says.clone()).with("type", kind).text(lines.join("\n")),
            )
        }
    }
}
