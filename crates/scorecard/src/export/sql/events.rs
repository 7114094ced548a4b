//! What the events' table says: how often each behaviour happened before the moment scored, and when the lead's last event was.

use std::collections::BTreeMap;

use leadcal_lift::attribute::Scalar;
use leadcal_lift::events::{DAY, span};

use super::query::{Query, select};
use super::{Dialect, SqlOptions, quote};
use crate::config::{Behaviour, Inactivity, ScoringConfig};

/// From 0001-01-01 to 1970 in microseconds, a whole number of days: with it, times are positive and their days begin at multiples.
const YEAR_ONE: i64 = 719_162 * DAY;
/// A longer span than there are times.
const ALL_TIME: i64 = 20_000 * 366 * DAY;
/// A weight that is as good as none: engines refuse to compute smaller ones.
const SMALLEST_EXPONENT: &str = "-1000";

/// Properties that behaviours look at, each with the name of its column here.
#[derive(Debug, Default)]
pub(super) struct Properties {
    columns: BTreeMap<String, String>,
}

/// Whether any model looks at events.
pub(super) fn are_needed(config: &ScoringConfig) -> bool {
    config.models.iter().any(|model| !model.behaviours.is_empty() || model.inactivity.is_some())
}

/// The properties of all events that any behaviour looks at.
pub(super) fn properties(config: &ScoringConfig) -> Properties {
    let behaviours = config.models.iter().flat_map(|model| &model.behaviours);
    let mut columns: BTreeMap<String, String> = behaviours
        .flat_map(|behaviour| behaviour.properties.keys())
        .map(|name| (name.clone(), String::new()))
        .collect();
    for (index, column) in columns.values_mut().enumerate() {
        *column = format!("property_{}", index + 1);
    }
    Properties { columns }
}

/// The steps that all models read: the events, the moment scored, the events up to it.
pub(super) fn add_steps(query: &mut Query, config: &ScoringConfig, options: &SqlOptions, from: &str) {
    let dialect = options.dialect;
    let of = |column: &str| format!("e.{}", quote::column(dialect, column));
    let mut items = vec![
        format!("{} AS lead_id", of(&options.event_lead)),
        format!("{} AS at_us", dialect.microseconds(&of(&options.event_time))),
        format!("{} AS event_name", dialect.as_text(&of(&options.event_name))),
    ];
    for (property, column) in &properties(config).columns {
        items.push(format!("{} AS {column} /* {} */", dialect.as_text(&of(property)), quote::comment(property)));
    }
    query.step("leadcal_log", select(&items, &format!("  FROM {from} AS e")));
    let moment = match options.as_of {
        Some(moment) => {
            let us = leadcal_lift::events::microseconds(moment);
            format!(
                "  SELECT CAST({us} AS {}) AS as_of_us /* {} */",
                dialect.integer_type(),
                quote::comment(&moment.to_string())
            )
        }
        None => "  SELECT MAX(at_us) AS as_of_us FROM leadcal_log".to_owned(),
    };
    query.step("leadcal_moment", moment);
    query.step(
        "leadcal_past",
        "  SELECT e.*, m.as_of_us\n  FROM leadcal_log AS e CROSS JOIN leadcal_moment AS m\n  WHERE e.at_us <= m.as_of_us",
    );
    if config.models.iter().any(|model| model.inactivity.is_some()) {
        let last = "  SELECT lead_id, MAX(at_us) AS last_us FROM leadcal_past GROUP BY lead_id";
        query.step("leadcal_last", last);
    }
}

/// How often a behaviour happened, by lead: columns `lead_id`, `times`, `weight`.
pub(super) fn repetitions(dialect: Dialect, behaviour: &Behaviour, properties: &Properties) -> String {
    let mut conditions = Vec::new();
    // A window beyond all times leaves nothing out, and its length no room for a subtraction.
    let window = span(behaviour.window_days);
    if window < ALL_TIME {
        conditions.push(format!("at_us > as_of_us - {window}"));
    }
    if let Some(event) = &behaviour.event {
        conditions.push(format!("event_name = {}", quote::text(dialect, event)));
    }
    for (property, listed) in &behaviour.properties {
        let column = properties.columns.get(property).expect("every property has a column");
        conditions.push(one_of(dialect, column, listed));
    }
    let conditions = if conditions.is_empty() { "at_us IS NOT NULL".to_owned() } else { conditions.join(" AND ") };
    let comment = quote::comment(&behaviour.name);
    let counted = if behaviour.once_a_day {
        let since = dialect.modulo(&format!("at_us + {YEAR_ONE}"), &DAY.to_string());
        format!(
            "SELECT lead_id, as_of_us, MAX(at_us) AS at_us FROM leadcal_past\n        WHERE {conditions}\n        \
             GROUP BY lead_id, as_of_us, at_us - {since}"
        )
    } else {
        format!("SELECT lead_id, as_of_us, at_us FROM leadcal_past\n        WHERE {conditions}")
    };
    let weight = match behaviour.half_life_days {
        None => "CAST(COUNT(*) AS double)".replace("double", dialect.double_type()),
        Some(half_life) => {
            let (two, none) = (quote::number(dialect, 2.0), quote::number(dialect, 0.0));
            let exponent = format!(
                "-({} / {} / {})",
                dialect.as_double("as_of_us - at_us"),
                quote::number(dialect, DAY as f64),
                quote::number(dialect, half_life)
            );
            format!("SUM(CASE WHEN {exponent} < {SMALLEST_EXPONENT} THEN {none} ELSE POWER({two}, {exponent}) END)")
        }
    };
    let of = match behaviour.max_times {
        None => format!("(\n      {counted}\n  ) AS counted"),
        Some(times) => format!(
            "(\n    SELECT lead_id, as_of_us, at_us, ROW_NUMBER() OVER (PARTITION BY lead_id ORDER BY at_us DESC) AS nth\n    \
             FROM (\n      {counted}\n    ) AS matching\n  ) AS counted\n  WHERE nth <= {times}"
        ),
    };
    format!("  SELECT lead_id, COUNT(*) AS times, {weight} AS weight /* {comment} */\n  FROM {of}\n  GROUP BY lead_id")
}

/// Whether a property has one of the values listed, each compared in its own type.
fn one_of(dialect: Dialect, column: &str, listed: &[Scalar]) -> String {
    let mut texts = Vec::new();
    let mut conditions = Vec::new();
    for value in listed {
        match value {
            Scalar::Text(text) => texts.push(text.clone()),
            Scalar::Number(x) => {
                let number = dialect.number_of_text(column);
                conditions.push(format!("{number} = {}", quote::number(dialect, *x)));
            }
            Scalar::Boolean(yes) => {
                let words: &[&str] = if *yes {
                    &["true", "yes", "t", "y", "1", "1.0"]
                } else {
                    &["false", "no", "f", "n", "0", "0.0", "-0.0"]
                };
                conditions.push(format!("LOWER(TRIM({column})) IN {}", quote::texts(dialect, words)));
            }
        }
    }
    if !texts.is_empty() {
        conditions.insert(0, format!("{column} IN {}", quote::texts(dialect, texts)));
    }
    if conditions.len() == 1 { conditions.swap_remove(0) } else { format!("({})", conditions.join(" OR ")) }
}

/// The step of inactivity, by its index, from the times `last_us` and `created_us` and the moment; NULL where none counts.
pub(super) fn step_of_silence(inactivity: &Inactivity, last: &str, created: &str, moment: &str) -> String {
    let silence = format!("{moment} - COALESCE({last}, {created})");
    let reached = inactivity.steps.iter().enumerate().rev().filter_map(|(index, step)| {
        let after = span(step.after_days);
        // Nobody is silent for longer than there are times.
        (after < ALL_TIME).then(|| format!("WHEN {silence} >= {after} THEN {index}"))
    });
    let reached: Vec<String> = reached.collect();
    if reached.is_empty() { "CAST(NULL AS INTEGER)".to_owned() } else { format!("CASE {} END", reached.join(" ")) }
}
