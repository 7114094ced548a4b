//! What an analyst should look at first: at most five things that this very calibration shows, the gravest first.
//!
//! Each rule looks at one thing, is silent unless that passes its mark, and says by how much in its severity, a number from 0
//! to 100: what may make the score wrong stands above what would make it better, and that above what is good to know. The
//! rules with their marks and severities are in docs/cli.md, under "What to look at first". They are ours, chosen so that on
//! the data tried what a person would say first comes first.

use leadcal_logit::validation::Validation;
use serde::Serialize;

use crate::report::Report;

mod attributes;
mod later;
mod score;
mod trust;

/// Every rule.
pub const CODES: [&str; 21] = [
    "not-enough",
    "leakage",
    "later-probabilities",
    "later-ranking",
    "rate-moved",
    "meaning-moved",
    "mix-moved",
    "calibration-slope",
    "model-better",
    "bands-alike",
    "top-band-large",
    "paid-twice",
    "few-leads",
    "product-worse",
    "careful",
    "one-attribute",
    "missing",
    "other",
    "start-small",
    "products-pooled",
    "decay-unknown",
];
/// So many are said at most: a longer list is not read.
pub const MOST: usize = 5;

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Notice {
    /// Which rule says it: one of [`CODES`].
    pub code: &'static str,
    /// How grave it is, from 0 to 100.
    pub severity: f64,
    /// What was found, with its figures, in a sentence.
    pub found: String,
    /// Where to look, or what to type, in a sentence.
    pub look: String,
}

/// The gravest things to look at, at most [`MOST`]; fewer, or none, where there is no more to say.
pub fn notices(report: &Report<'_>) -> Vec<Notice> {
    let mut found = trust::notices(report);
    found.extend(later::notices(report));
    found.extend(score::notices(report));
    found.extend(attributes::notices(report));
    // Stable: of two as grave, the rule that stands first.
    found.sort_by(|a, b| b.severity.total_cmp(&a.severity));
    found.truncate(MOST);
    found
}

impl Notice {
    fn new(code: &'static str, severity: f64, found: &str, look: &str) -> Self {
        debug_assert!(CODES.contains(&code), "{code} is not listed");
        // In tenths: enough to sort by, and to read.
        Self { code, severity: (severity * 10.0).round() / 10.0, found: sentence(found), look: sentence(look) }
    }
}

/// The model's figures out of fold.
fn of_model<'a>(report: &Report<'a>) -> &'a Validation {
    report.model.validation.as_ref().expect("calibration validates the model")
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// A severity: `range` as `value` goes from one mark to another.
fn severity(range: [f64; 2], value: f64, marks: [f64; 2]) -> f64 {
    let size = ((value - marks[0]) / (marks[1] - marks[0])).clamp(0.0, 1.0);
    range[0] + size * (range[1] - range[0])
}

/// Names in quotes, the first three of many.
fn named<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    listed(names.map(|name| format!("\"{name}\"")))
}

/// The first three of many texts, and how many more there are.
fn listed(texts: impl ExactSizeIterator<Item = String>) -> String {
    const SHOWN: usize = 3;
    let more = texts.len().saturating_sub(SHOWN);
    let mut shown: Vec<String> = texts.take(SHOWN).collect();
    if more > 0 {
        return format!("{} and {more} more", shown.join(", "));
    }
    match shown.pop() {
        Some(last) if !shown.is_empty() => format!("{} and {last}", shown.join(", ")),
        last => last.unwrap_or_default(),
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

#[cfg(test)]
mod tests;
