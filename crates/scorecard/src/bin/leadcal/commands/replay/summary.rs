//! What a replay prints for people.

use leadcal_scorecard::replay::Kind;
use leadcal_scorecard::replay::alerts::AlertRule;
use leadcal_scorecard::replay::compare::Comparison;
use leadcal_scorecard::replay::line::written;
use leadcal_scorecard::replay::summary::{Span, Summary, Weekly};

use super::super::summary::grouped;
use super::CONFIGS;
use crate::tables::{Column, table, wrapped};

/// How often each band and stage was entered and left, and the alerts.
pub(super) fn of_one(summary: &Summary, rules: &[AlertRule]) -> String {
    let columns = [
        Column::Text("band or stage"),
        Column::Number("entered"),
        Column::Number("by leads"),
        Column::Number("a week"),
        Column::Spare("busiest week"),
        Column::Spare("cooled into"),
        Column::Spare("left"),
        Column::Number("in it at the end"),
    ];
    let rows = summary.levels.iter().map(|level| {
        vec![
            named(level.kind, &level.name),
            grouped(level.entered.total),
            grouped(level.leads),
            per_week(&level.entered, summary.span),
            busiest(&level.entered),
            grouped(level.cooled_into),
            grouped(level.left),
            grouped(level.at_the_end),
        ]
    });
    let head = format!("{}: {} lines\n", head(summary.leads, summary.span), grouped(summary.lines));
    let alerts = format!("alerts ({}): {}\n", listed(rules), rate(&summary.alerts, summary.span));
    wrapped(&head) + "\n" + &table(&columns, rows) + "\n" + &wrapped(&alerts)
}

/// Entries a week under each of two configs, who reaches what under which, and the alerts of both.
pub(super) fn of_two(comparison: &Comparison<'_>, summaries: &[Summary], rules: &[AlertRule]) -> String {
    let entries = [
        Column::Text("entered"),
        Column::Number("candidate"),
        Column::Number("a week"),
        Column::Spare("busiest week"),
        Column::Number("baseline"),
        Column::Number("a week"),
        Column::Spare("busiest week"),
    ];
    let span = summaries[0].span;
    let entered = comparison.contrasts.iter().map(|contrast| {
        let of = |summary: &Summary| {
            let level = summary.levels.iter().find(|level| level.kind == contrast.kind && level.name == contrast.name);
            level.map_or([const { String::new() }; 3], |level| {
                [grouped(level.entered.total), per_week(&level.entered, span), busiest(&level.entered)]
            })
        };
        [named(contrast.kind, &contrast.name)].into_iter().chain(summaries.iter().flat_map(of)).collect()
    });
    let leads = [
        Column::Text("leads that reach"),
        Column::Number("both"),
        Column::Number("only candidate"),
        Column::Number("only baseline"),
        Column::Number("candidate earlier"),
        Column::Number("candidate later"),
    ];
    let reached = comparison.contrasts.iter().map(|contrast| {
        let days = |by: Option<(u64, f64)>| {
            by.map_or_else(|| "0".to_owned(), |(leads, days)| format!("{}, median {days:.1} days", grouped(leads)))
        };
        vec![
            named(contrast.kind, &contrast.name),
            grouped(contrast.both),
            grouped(contrast.only_candidate),
            grouped(contrast.only_baseline),
            days(contrast.earlier),
            days(contrast.later),
        ]
    });
    let head = format!("{}: {} lines\n", head(comparison.leads, span), grouped(comparison.differences.len() as u64));
    let mut text = wrapped(&head) + "\n" + &table(&entries, entered) + "\n" + &table(&leads, reached) + "\n";
    for (config, summary) in CONFIGS.iter().zip(summaries) {
        text += &wrapped(&format!("alerts of the {config} ({}): {}\n", listed(rules), rate(&summary.alerts, span)));
    }
    text
}

/// `5 000 leads replayed from … to … (52.1 weeks)`
fn head(leads: u64, span: Span) -> String {
    let s = if leads == 1 { "" } else { "s" };
    let (from, to) = (written(span.from), written(span.to));
    format!("{} lead{s} replayed from {from} to {to} ({:.1} weeks)", grouped(leads), span.weeks())
}

fn named(kind: Kind, name: &str) -> String {
    match kind {
        Kind::Band => format!("band {name}"),
        Kind::Stage => format!("stage {name}"),
    }
}

/// `412, 7.9 a week; the busiest week, from Monday 2024-03-04, has 31`
fn rate(weekly: &Weekly, span: Span) -> String {
    let per_week = weekly.per_week(span).map(|rate| format!(", {rate:.1} a week"));
    let busiest = weekly
        .busiest()
        .map(|(monday, times)| format!("; the busiest week, from Monday {}, has {}", day(monday), grouped(times)));
    grouped(weekly.total) + &per_week.unwrap_or_default() + &busiest.unwrap_or_default()
}

fn per_week(weekly: &Weekly, span: Span) -> String {
    weekly.per_week(span).map_or_else(String::new, |rate| format!("{rate:.1}"))
}

/// `31 (2024-03-04)`
fn busiest(weekly: &Weekly) -> String {
    weekly.busiest().map_or_else(String::new, |(monday, times)| format!("{} ({})", grouped(times), day(monday)))
}

pub(super) fn listed(rules: &[AlertRule]) -> String {
    rules.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The day of a midnight.
fn day(midnight: i64) -> String {
    let mut day = written(midnight);
    day.truncate(day.find('T').unwrap_or(day.len()));
    day
}
