//! What adds points: attributes, behaviours, signals, inactivity, in the order in which they are added; and the reasons.

use std::fmt::Write as _;

use leadcal_lift::attribute::{Bound, Scalar, When};
use serde_json::{Value as Json, json};

use super::{Dialect, quote};
use crate::config::{Model, ScoredAttribute};

/// One thing that adds points.
#[derive(Debug)]
pub(super) struct Contribution {
    pub(super) name: String,
    pub(super) group: String,
    /// The points it adds, 0 where it adds none.
    pub(super) points: String,
    /// The reason as JSON, where the points are not 0.
    reason: String,
}

/// Which level of an attribute holds, by its index; NULL where none does.
pub(super) fn level(attribute: &ScoredAttribute, value: &str, dialect: Dialect) -> String {
    let mut whens = String::new();
    let mut rest = String::new();
    for (index, level) in attribute.levels.iter().enumerate() {
        let condition = match &level.when {
            When::Otherwise => {
                rest = format!(" ELSE {index}");
                continue;
            }
            When::Missing => format!("{value} IS NULL"),
            When::In(listed) => format!("{value} IN ({})", values(listed, dialect)),
            When::Range { from, below } => {
                let bound = |bound: &Bound| match bound {
                    Bound::Number(x) => quote::number(dialect, *x),
                    Bound::Date(day) => dialect.day_literal(&day.to_string()),
                };
                let from = from.as_ref().map(|from| format!("{value} >= {}", bound(from)));
                let below = below.as_ref().map(|below| format!("{value} < {}", bound(below)));
                from.into_iter().chain(below).collect::<Vec<_>>().join(" AND ")
            }
        };
        _ = write!(whens, " WHEN {condition} THEN {index}");
    }
    match (whens.is_empty(), rest.is_empty()) {
        (false, _) => format!("CASE{whens}{rest} END"),
        // Only `otherwise`.
        (true, false) => rest.trim_start_matches(" ELSE ").to_owned(),
        (true, true) => format!("CAST(NULL AS {})", dialect.integer_type()),
    }
}

fn values(listed: &[Scalar], dialect: Dialect) -> String {
    let value = |value: &Scalar| match value {
        Scalar::Text(text) => quote::text(dialect, text),
        Scalar::Number(x) => quote::number(dialect, *x),
        Scalar::Boolean(yes) => u8::from(*yes).to_string(),
    };
    listed.iter().map(value).collect::<Vec<_>>().join(", ")
}

/// Everything that adds points, in order.
pub(super) fn all(model: &Model, dialect: Dialect) -> Vec<Contribution> {
    let number = |x: f64| quote::number(dialect, x);
    let mut all = Vec::new();
    for (index, attribute) in model.attributes.iter().enumerate() {
        let column = format!("a{}", index + 1);
        let reason = |level: &str, points: f64| reason(&attribute.name, &json!(level), points);
        let levels = || attribute.levels.iter().enumerate().filter(|(_, level)| level.points != 0.0);
        all.push(Contribution {
            name: attribute.name.clone(),
            group: attribute.group.clone(),
            points: case(&column, levels().map(|(index, level)| (index, number(level.points))), &number(0.0)),
            reason: case(
                &column,
                levels().map(|(index, level)| (index, quote::text(dialect, &reason(&level.name, level.points)))),
                "''",
            ),
        });
    }
    for (index, behaviour) in model.behaviours.iter().enumerate() {
        let points = format!("{} * b{}_weight", number(behaviour.points_each), index + 1);
        let times = format!("b{}_times", index + 1);
        let head = quote::text(dialect, &format!("{{\"name\":{},\"level\":\"", json!(behaviour.name)));
        let reason = format!(
            "{head} || {} || CASE WHEN {times} = 1 THEN ' time' ELSE ' times' END || '\",\"points\":' || {} || '}}'",
            dialect.as_text(&times),
            dialect.as_text(&format!("p{}", all.len() + 1)),
        );
        all.push(Contribution { name: behaviour.name.clone(), group: behaviour.group.clone(), points, reason });
    }
    for (index, signal) in model.signals.iter().enumerate() {
        let column = format!("s{}", index + 1);
        let level = |times: u32| match (signal.kind.most(), times) {
            (0 | 1, _) => Json::Null,
            (_, 1) => json!("1 time"),
            (_, times) => json!(format!("{times} times")),
        };
        let reason = |times: u32| reason(&signal.name, &level(times), signal.points * f64::from(times));
        let reasons = (1..=signal.kind.most()).map(|times| (times as usize, quote::text(dialect, &reason(times))));
        all.push(Contribution {
            name: signal.name.clone(),
            group: signal.group.clone(),
            points: format!("{} * {column}", number(signal.points)),
            reason: case(&column, reasons, "''"),
        });
    }
    if let Some(inactivity) = &model.inactivity {
        let steps = || inactivity.steps.iter().enumerate();
        let reason = |days: u32, points: f64| reason("inactivity", &json!(format!("{days} days")), points);
        all.push(Contribution {
            name: "inactivity".to_owned(),
            group: inactivity.group.clone(),
            points: case("silence", steps().map(|(index, step)| (index, number(step.points))), &number(0.0)),
            reason: case(
                "silence",
                steps().map(|(index, step)| (index, quote::text(dialect, &reason(step.after_days, step.points)))),
                "''",
            ),
        });
    }
    all
}

fn reason(name: &str, level: &Json, points: f64) -> String {
    // Written by hand, for the order of the keys.
    format!("{{\"name\":{},\"level\":{level},\"points\":{}}}", json!(name), json!(points))
}

fn case(column: &str, whens: impl Iterator<Item = (usize, String)>, rest: &str) -> String {
    let whens: Vec<String> = whens.map(|(index, value)| format!("WHEN {index} THEN {value}")).collect();
    if whens.is_empty() { rest.to_owned() } else { format!("CASE {column} {} ELSE {rest} END", whens.join(" ")) }
}

/// The reasons as a JSON list, largest first, equal ones in the order of the sums.
pub(super) fn reasons(all: &[Contribution], dialect: Dialect) -> String {
    if all.is_empty() {
        return "'[]'".to_owned();
    }
    let rows = |row: &dyn Fn(usize, &str) -> String| {
        let rows = all.iter().enumerate().map(|(index, part)| row(index + 1, &part.reason));
        rows.collect::<Vec<_>>().join(", ")
    };
    let none = quote::number(dialect, 0.0);
    let list = match dialect {
        Dialect::PostgreSql | Dialect::DuckDb => {
            let rows = rows(&|number, reason| format!("(p{number}, {number}, {reason})"));
            format!(
                "(SELECT STRING_AGG(r.reason, ',' ORDER BY ABS(r.points) DESC, r.place) \
                 FROM (VALUES {rows}) AS r(points, place, reason) WHERE r.points <> {none})"
            )
        }
        Dialect::Sqlite => {
            let rows: Vec<String> = all
                .iter()
                .enumerate()
                .map(|(index, part)| {
                    format!("SELECT p{0} AS points, {0} AS place, {1} AS reason", index + 1, part.reason)
                })
                .collect();
            format!(
                "(SELECT GROUP_CONCAT(r.reason, ',') FROM (SELECT reason FROM ({}) \
                 WHERE points <> {none} ORDER BY ABS(points) DESC, place) AS r)",
                rows.join(" UNION ALL ")
            )
        }
        Dialect::BigQuery => {
            let rows =
                rows(&|number, reason| format!("STRUCT(p{number} AS points, {number} AS place, {reason} AS reason)"));
            format!(
                "(SELECT STRING_AGG(r.reason, ',' ORDER BY ABS(r.points) DESC, r.place) FROM UNNEST([{rows}]) AS r \
                 WHERE r.points <> {none})"
            )
        }
        Dialect::Spark => {
            let rows = rows(&|number, reason| {
                format!("STRUCT(-ABS(p{number}) AS size, {number} AS place, {reason} AS reason)")
            });
            format!(
                "ARRAY_JOIN(TRANSFORM(ARRAY_SORT(FILTER(ARRAY({rows}), r -> r.size <> {none})), r -> r.reason), ',')"
            )
        }
        // Subqueries that know the row are few in Snowflake: a step of its own has the lists.
        Dialect::Snowflake => "r.reasons".to_owned(),
    };
    format!("'[' || COALESCE({list}, '') || ']'")
}

/// The reasons of each row of a step, as columns `row_number` and `reasons`, for engines without lists in a row.
pub(super) fn reasons_by_row(all: &[Contribution], dialect: Dialect, step: &str) -> String {
    let none = quote::number(dialect, 0.0);
    let row = |(index, part): (usize, &Contribution)| {
        let number = index + 1;
        format!("    SELECT row_number, p{number} AS points, {number} AS place, {} AS reason FROM {step}", part.reason)
    };
    let rows: Vec<String> = all.iter().enumerate().map(row).collect();
    format!(
        "  SELECT t.row_number, LISTAGG(t.reason, ',') WITHIN GROUP (ORDER BY ABS(t.points) DESC, t.place) AS reasons\n  \
         FROM (\n{}\n  ) AS t\n  WHERE t.points <> {none}\n  GROUP BY t.row_number",
        rows.join("\n    UNION ALL\n")
    )
}
