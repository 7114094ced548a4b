//! What a replay prints for people.

use std::io::{self, Write as _};

use leadcal_scorecard::replay::Kind;
use leadcal_scorecard::replay::alerts::AlertRule;
use leadcal_scorecard::replay::line::written;
use leadcal_scorecard::replay::summary::{Level, Span, Summary, Weekly};

use super::super::summary::grouped;
use crate::tables::{Column, table, wrapped};

/// Prints the summary of one replay on standard error: its lines may be on standard output.
pub(super) fn print(summary: &Summary, rules: &[AlertRule]) {
    let columns = [
        Column::Text("band or stage"),
        Column::Number("entered"),
        Column::Number("by leads"),
        Column::Number("a week"),
        Column::Number("busiest week"),
        Column::Number("cooled into"),
        Column::Number("left"),
        Column::Number("in it at the end"),
    ];
    let rows = summary.levels.iter().map(|level| {
        vec![
            named(level),
            grouped(level.entered.total),
            grouped(level.leads),
            per_week(&level.entered, summary.span),
            busiest(&level.entered),
            grouped(level.cooled_into),
            grouped(level.left),
            grouped(level.at_the_end),
        ]
    });
    let head = format!("{}, {} lines\n", head(summary), grouped(summary.lines));
    let alerts = format!("alerts ({}): {}\n", listed(rules), rate(&summary.alerts, summary.span));
    say(&(wrapped(&head) + "\n" + &table(&columns, rows) + "\n" + &wrapped(&alerts)));
}

/// `5 000 leads replayed from … to … (52.1 weeks)`
pub(super) fn head(summary: &Summary) -> String {
    let Span { from, to } = summary.span;
    format!(
        "{} leads replayed from {} to {} ({:.1} weeks)",
        grouped(summary.leads),
        written(from),
        written(to),
        summary.span.weeks()
    )
}

pub(super) fn named(level: &Level) -> String {
    match level.kind {
        Kind::Band => format!("band {}", level.name),
        Kind::Stage => format!("stage {}", level.name),
    }
}

/// `412, 7.9 a week; the busiest week, from Monday 2024-03-04, has 31`
pub(super) fn rate(weekly: &Weekly, span: Span) -> String {
    let per_week = weekly.per_week(span).map(|rate| format!(", {rate:.1} a week"));
    let busiest = weekly
        .busiest()
        .map(|(monday, times)| format!("; the busiest week, from Monday {}, has {}", day(monday), grouped(times)));
    grouped(weekly.total) + &per_week.unwrap_or_default() + &busiest.unwrap_or_default()
}

pub(super) fn per_week(weekly: &Weekly, span: Span) -> String {
    weekly.per_week(span).map_or_else(String::new, |rate| format!("{rate:.1}"))
}

/// `31 (2024-03-04)`
pub(super) fn busiest(weekly: &Weekly) -> String {
    weekly.busiest().map_or_else(String::new, |(monday, times)| format!("{} ({})", grouped(times), day(monday)))
}

pub(super) fn listed(rules: &[AlertRule]) -> String {
    rules.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

pub(super) fn say(text: &str) {
    // Where standard error is closed there is nobody left to tell.
    _ = io::stderr().write_all(text.as_bytes());
}

/// The day of a midnight.
fn day(midnight: i64) -> String {
    let mut day = written(midnight);
    day.truncate(day.find('T').unwrap_or(day.len()));
    day
}
