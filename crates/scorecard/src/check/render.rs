//! A report in other programs' formats: JSON and `JUnit` XML. Text and Markdown, which people read, are the binary's.

mod junit;

pub use junit::junit;

use super::Report;

/// The report as JSON, two-space indentation, a newline at the end.
///
/// # Panics
/// Never: a report always has a JSON form.
pub fn json(report: &Report) -> String {
    serde_json::to_string_pretty(report).expect("a report is JSON") + "\n"
}

#[cfg(test)]
mod tests;
