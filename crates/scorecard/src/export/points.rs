//! The points as a flat table, for people, spreadsheets and whatever else reads tables: a row for each thing that scores.

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{Export, Losses};
use crate::config::{Model, ScoringConfig};

/// A row of the table. What does not apply is null; a file has no two rows with the same product, part, name and level.
#[derive(Debug, Serialize)]
struct Row<'c> {
    product: Option<&'c str>,
    /// `base`, `attribute`, `behaviour`, `signal`, `inactivity`, `group`, `range`, `band` or `stage`.
    part: &'static str,
    name: Option<&'c str>,
    /// Of attributes: the level's name. Of inactivity: `30 days`.
    level: Option<String>,
    group: Option<&'c str>,
    /// Points of a level, of one event, of a signal each time it fires.
    points: Option<f64>,
    /// What the rest of the part says, with the config's keys: a level's `field`, `type` and `when`, a behaviour's conditions,
    /// a signal's kind, limits of groups and of the range, where a band begins.
    rule: Json,
    leads: Option<u64>,
    conversions: Option<u64>,
    rate: Option<f64>,
}

/// The table as a JSON list of objects.
pub(super) fn json(config: &ScoringConfig) -> Export {
    let mut text = serde_json::to_string_pretty(&rows(config)).expect("rows of texts and numbers have a JSON form");
    text.push('\n');
    Export::one("points.json", text, losses(config))
}

/// The table as CSV. A cell of data that a spreadsheet would take for a formula begins with an apostrophe.
pub(super) fn csv(config: &ScoringConfig) -> Export {
    let mut text = String::from("product,part,name,level,group,points,rule,leads,conversions,rate\n");
    for row in rows(config) {
        let number = |x: Option<f64>| x.map(|x| x.to_string()).unwrap_or_default();
        let count = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
        let rule = if row.rule.is_null() { String::new() } else { cell(&row.rule.to_string()) };
        let cells = [
            cell(row.product.unwrap_or_default()),
            row.part.to_owned(),
            cell(row.name.unwrap_or_default()),
            cell(row.level.as_deref().unwrap_or_default()),
            cell(row.group.unwrap_or_default()),
            number(row.points),
            rule,
            count(row.leads),
            count(row.conversions),
            number(row.rate),
        ];
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    Export::one("points.csv", text, losses(config))
}

/// A text as a cell (RFC 4180) that no spreadsheet runs.
fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    if guard.is_empty() && !text.contains([',', '"', '\n', '\r']) {
        return text.to_owned();
    }
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

fn rows(config: &ScoringConfig) -> Vec<Row<'_>> {
    config.models.iter().flat_map(model_rows).collect()
}

fn model_rows(model: &Model) -> Vec<Row<'_>> {
    let row = |part, name| Row {
        product: model.product.as_deref(),
        part,
        name,
        level: None,
        group: None,
        points: None,
        rule: Json::Null,
        leads: None,
        conversions: None,
        rate: None,
    };
    let mut rows = vec![Row { points: Some(model.base_points), ..row("base", None) }];
    for attribute in &model.attributes {
        for level in &attribute.levels {
            let mut rule = json!({ "field": attribute.input.field, "type": attribute.input.kind, "when": level.when });
            if !attribute.input.missing.is_empty() {
                rule["missing"] = json!(attribute.input.missing);
            }
            rows.push(Row {
                level: Some(level.name.clone()),
                group: Some(&attribute.group),
                points: Some(level.points),
                rule,
                leads: level.evidence.map(|evidence| evidence.leads),
                conversions: level.evidence.map(|evidence| evidence.conversions),
                rate: level.evidence.map(|evidence| evidence.rate),
                ..row("attribute", Some(&attribute.name))
            });
        }
    }
    for behaviour in &model.behaviours {
        rows.push(Row {
            group: Some(&behaviour.group),
            points: Some(behaviour.points_each),
            rule: keys_beside(behaviour, &["name", "group", "points_each"]),
            ..row("behaviour", Some(&behaviour.name))
        });
    }
    for signal in &model.signals {
        rows.push(Row {
            group: Some(&signal.group),
            points: Some(signal.points),
            rule: keys_beside(signal, &["name", "group", "points"]),
            ..row("signal", Some(&signal.name))
        });
    }
    if let Some(inactivity) = &model.inactivity {
        rows.extend(inactivity.steps.iter().map(|step| Row {
            level: Some(format!("{} days", step.after_days)),
            group: Some(&inactivity.group),
            points: Some(step.points),
            rule: json!({ "after_days": step.after_days }),
            ..row("inactivity", None)
        }));
    }
    for group in &model.groups {
        rows.push(Row { rule: keys_beside(group, &["name"]), ..row("group", Some(&group.name)) });
    }
    rows.push(Row { rule: json!(model.range), ..row("range", None) });
    for band in &model.bands {
        rows.push(Row { rule: keys_beside(band, &["name"]), ..row("band", Some(&band.name)) });
    }
    for stage in &model.stages {
        rows.push(Row { rule: keys_beside(stage, &["name"]), ..row("stage", Some(&stage.name)) });
    }
    rows
}

/// The keys of a part of the config but those that have a column.
fn keys_beside(part: &impl Serialize, columns: &[&str]) -> Json {
    let mut object = json!(part);
    if let Some(keys) = object.as_object_mut() {
        keys.retain(|key, _| !columns.contains(&key.as_str()));
    }
    object
}

/// A table of points has no place for coefficients.
fn losses(config: &ScoringConfig) -> Losses {
    let mut losses = Losses::default();
    for (index, model) in config.models.iter().enumerate() {
        if model.probability.is_some() {
            losses.add(format!("/models/{index}/probability"), "the probability", "not in a table of points");
        }
        if model.expected_rate_by_score.is_some() {
            let pointer = format!("/models/{index}/expected_rate_by_score");
            losses.add(pointer, "the expected rate by score", "not in a table of points");
        }
    }
    losses
}
