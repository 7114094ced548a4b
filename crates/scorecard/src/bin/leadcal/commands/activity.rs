//! What `calibrate` and `points` print of behaviours, silence and groups: where rows come from, what a repetition is worth,
//! how it fades.

use std::fmt::Write as _;

use leadcal_lift::patterns::{Decay, Repeats, Source, Times};
use leadcal_lift::points::{PointsAttribute, PointsEach, PointsTable};
use leadcal_scorecard::history::History;
use serde_json::{Value, json};

use super::summary::{grouped, grouped_in, percent};
use crate::tables::{Cell, Column, table};

/// What became of leads and events; nothing where leads are looked at as they are.
pub(super) fn rows(history: &History) -> String {
    let Some(rows) = &history.rows else { return String::new() };
    let mut text = grouped_in(&rows.leads.to_string()) + "\n";
    if let Some(events) = &rows.events {
        let files: Vec<String> = rows.event_files.iter().map(|file| file.display().to_string()).collect();
        _ = writeln!(text, "{}: {}", files.join(", "), grouped_in(&events.to_string()));
    }
    if rows.repeated {
        text += "Leads are looked at more than once: rows of one lead resemble each other, so intervals are too narrow; folds hold \
                 a lead's rows together.\n";
    }
    text
}

/// The same for programs.
pub(super) fn rows_json(history: &History) -> Value {
    let Some(rows) = &history.rows else { return Value::Null };
    let lines = |text: String| text.lines().map(str::to_owned).collect::<Vec<_>>();
    json!({
        "rows": rows.leads.rows,
        "leads": lines(rows.leads.to_string()),
        "events": rows.events.as_ref().map(|events| lines(events.to_string())),
        "event_files": rows.event_files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>(),
        "repeated": rows.repeated,
    })
}

/// What one repetition of each behaviour is worth, how many count, and whether old ones are worth less.
pub(super) fn behaviours(points: &PointsTable) -> String {
    let columns = [
        Column::Text("behaviour"),
        Column::Number("leads"),
        Column::Number("points each"),
        Column::Spare("95 %"),
        Column::Number("at most"),
        Column::Text("half-life in days"),
        Column::Spare("log odds each"),
        Column::Bar(""),
    ];
    let rows: Vec<Vec<Cell>> = points
        .attributes
        .iter()
        .filter_map(|attribute| match (&attribute.source, attribute.each) {
            (Source::Behaviour(repeats), Some(each)) => Some(behaviour(attribute, repeats, each)),
            _ => None,
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let text = table(&columns, rows);
    text + "Points each: beside no other attribute, unless the method is fitted. Times, half-life and log odds: those that fit best \
            beside all other attributes; in brackets what fits as well. points.json holds the intervals.\n"
}

fn behaviour(attribute: &PointsAttribute, repeats: &Repeats, each: PointsEach) -> Vec<Cell> {
    let leads = attribute.levels.iter().filter(|level| level.number.is_some_and(|x| x > 0.0));
    let times = match repeats.max_times_interval {
        None => format!("{} (given)", repeats.max_times),
        Some(Times { low, high: None }) => format!("{} ({low} or more)", repeats.max_times),
        Some(Times { low, high: Some(high) }) => format!("{} ({low} to {high})", repeats.max_times),
    };
    let half_life = match (repeats.half_life_days, repeats.decay) {
        (Some(days), Some(Decay::Estimated([low, high]))) => format!("{days:.1} ({low:.1} to {high:.1})"),
        (Some(days), _) => format!("{days:.1} (given)"),
        (None, Some(Decay::NotShown(from))) => format!("none ({from:.0} or more)"),
        (None, Some(_)) => "none (the data cannot tell)".to_owned(),
        (None, None) => "none (given)".to_owned(),
    };
    let log_odds = repeats.log_odds_each.map_or_else(String::new, |each| format!("{:+.2}", each.value));
    let points = match each.points_interval {
        _ if each.conclusive => Cell::signed(format!("{:+}", each.points)),
        [low, high] if low > 0 || high < 0 => Cell::from(format!("{:+} too few leads", each.points)).dim(),
        _ => Cell::from(format!("{:+} inconclusive", each.points)).dim(),
    };
    vec![
        attribute.name.as_str().into(),
        grouped(leads.map(|level| level.evidence.leads).sum()).into(),
        points,
        format!("{:+} to {:+}", each.points_interval[0], each.points_interval[1]).into(),
        times.into(),
        half_life.into(),
        log_odds.into(),
        Cell::bar(each.points.min(0) as f64, each.points.max(0) as f64),
    ]
}

/// What each step of silence costs.
pub(super) fn inactivity(points: &PointsTable) -> String {
    let Some(attribute) = points.attributes.iter().find(|attribute| attribute.source == Source::Inactivity) else {
        return String::new();
    };
    let columns = [
        Column::Text("without an event for"),
        Column::Number("leads"),
        Column::Spare("converted"),
        Column::Number("rate"),
        Column::Number("points"),
        Column::Spare("95 %"),
        Column::Bar(""),
    ];
    let reached = || attribute.levels.iter().enumerate().filter(|(_, level)| level.evidence.leads > 0);
    if let (1, Some((0, level))) = (reached().count(), reached().next()) {
        return format!(
            "Silence: whenever a lead was looked at, it had been without an event for {}: nothing is known of longer silence,\n\
             and it costs no points.\n",
            level.level
        );
    }
    // An inconclusive step costs what the step before it does.
    let rows = reached().map(|(at, level)| {
        let interval = match at {
            0 => String::new(),
            _ => format!("{:+} to {:+}", level.points_interval[0], level.points_interval[1]),
        };
        vec![
            level.level.as_str().into(),
            grouped(level.evidence.leads).into(),
            grouped(level.evidence.conversions).into(),
            level.evidence.rate.map_or_else(String::new, percent).into(),
            Cell::signed(format!("{:+}", level.points)),
            interval.into(),
            match at {
                0 => Cell::from("compared with").dim(),
                _ if level.conclusive => Cell::bar(level.points.min(0) as f64, level.points.max(0) as f64),
                _ => Cell::from("inconclusive").dim(),
            },
        ]
    });
    table(&columns, rows)
}

/// The parts of the score with their limits and tiers.
pub(super) fn groups(points: &PointsTable) -> String {
    let columns = [Column::Text("group"), Column::Number("least"), Column::Number("most"), Column::Text("tiers")];
    let rows = points.groups.iter().map(|group| {
        let tiers: Vec<String> = group.tiers.iter().map(|tier| format!("{} from {}", tier.name, tier.from)).collect();
        vec![group.name.clone(), group.min.to_string(), group.max.to_string(), tiers.join(", ")]
    });
    table(&columns, rows)
}
