//! Whether the calibration can be trusted: what leaks, what the data cannot carry, probabilities too bold or too timid.

use crate::leakage::{Reason, Suspect};
use crate::readiness::{Finding, Verdict};
use crate::shell::word;

use super::{Notice, listed, of_model, severity};
use crate::report::Report;

/// Calibration slopes from here…
const TOO_BOLD: f64 = 0.8;
/// …to here are near enough to 1.
const TOO_TIMID: f64 = 1.25;

pub(super) fn notices(report: &Report<'_>) -> Vec<Notice> {
    let readiness = report.findings.iter().filter_map(readiness);
    readiness.chain(leakage(report.suspects)).chain(slope(report)).collect()
}

/// A finding that is not fine, with its own advice.
fn readiness(finding: &Finding) -> Option<Notice> {
    let found = format!("{}: {}", finding.finding, finding.figure);
    let look = finding.advice.clone()?;
    let of = |code, severity| Some(Notice::new(code, severity, &found, &look));
    match finding.verdict {
        Verdict::Fine => None,
        Verdict::NotEnough => of("not-enough", 100.0),
        Verdict::Careful => of("careful", careful(finding.finding)),
    }
}

fn careful(finding: &str) -> f64 {
    match finding {
        "ranking held-out leads" => 65.0,
        "outcome maturity" => 60.0,
        "conversions" => 55.0,
        "overall rate" | "leads a week" => 45.0,
        "time covered" | "levels" => 40.0,
        _ => 35.0,
    }
}

fn leakage(suspects: &[Suspect]) -> Option<Notice> {
    let mut graded: Vec<(f64, &Suspect)> = suspects.iter().map(|suspect| (grade(&suspect.reason), suspect)).collect();
    graded.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (severity, _) = *graded.first()?;
    let columns: Vec<&str> = graded.iter().map(|(_, suspect)| suspect.column.as_str()).collect();
    let why = |(_, suspect): &(f64, &Suspect)| format!("\"{}\" ({})", suspect.column, short(&suspect.reason));
    let found = format!("{} may have been filled in after the outcome", listed(graded.iter().map(why)));
    let them = if columns.len() == 1 { "it" } else { "them" };
    // A comma in a name would make two columns of it.
    let how = if columns.iter().any(|column| column.contains(',')) {
        "exclude in [data] leaves".to_owned()
    } else {
        format!("--exclude {} leaves", word(&columns.join(",")))
    };
    let look = format!("ask who writes {them} and when; {how} {them} out");
    Some(Notice::new("leakage", severity, &found, &look))
}

fn grade(reason: &Reason) -> f64 {
    match reason {
        Reason::Ranks { .. } | Reason::Filled { .. } | Reason::DatedAfter { .. } => 95.0,
        Reason::TellsMuch { information_value } => severity([70.0, 90.0], *information_value, [1.0, 4.0]),
        Reason::Named { information_value, .. } => severity([50.0, 70.0], *information_value, [0.3, 1.0]),
    }
}

fn short(reason: &Reason) -> String {
    match reason {
        Reason::Ranks { auc } => format!("alone AUC {auc:.3}"),
        Reason::Filled { converted: true, .. } => "filled almost only where leads converted".to_owned(),
        Reason::Filled { converted: false, .. } => "filled almost only where leads did not convert".to_owned(),
        Reason::DatedAfter { leads, .. } => format!("dated after {leads} conversions"),
        Reason::TellsMuch { information_value } => format!("information value {information_value:.2}"),
        Reason::Named { word, information_value } => {
            format!("information value {information_value:.2}, and called \"{word}\"")
        }
    }
}

fn slope(report: &Report<'_>) -> Option<Notice> {
    let measured = [
        ("the points'", report.points.validation.calibration.slope),
        ("the model's", of_model(report).calibration.slope),
    ];
    let off = |slope: f64| slope.max(f64::EPSILON).ln().abs();
    let (of, slope) = measured.into_iter().max_by(|a, b| off(a.1).total_cmp(&off(b.1)))?;
    if (TOO_BOLD..=TOO_TIMID).contains(&slope) {
        return None;
    }
    let (how, remedy) = if slope < 1.0 {
        (
            "too bold: high ones come too high, low ones too low",
            "fewer attributes (--top) or a larger penalty (--l2) calm them",
        )
    } else {
        ("too timid: too near to the overall rate", "a smaller penalty (--l2) or less shrinkage lets them differ more")
    };
    Some(Notice::new(
        "calibration-slope",
        severity([45.0, 80.0], off(slope), [TOO_TIMID.ln(), 2.0_f64.ln()]),
        &format!("{of} probabilities are {how} (calibration slope {slope:.2} out of fold, 1 is right)"),
        &format!("use scores for ranking until they are right; {remedy}"),
    ))
}
