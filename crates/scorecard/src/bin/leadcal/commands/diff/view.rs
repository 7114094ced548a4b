//! What people are told of a difference, whatever it is rendered as.

use leadcal_scorecard::config::Evidence;
use leadcal_scorecard::diff::{
    AttributeDiff, Change, ConfigDiff, Effect, LevelDiff, LevelSide, ModelDiff, PartDiff, Presence,
};
use serde_json::Value;

use super::Kind;
use crate::commands::summary::grouped;

/// The key under which a behaviour's or signal's coefficient is.
const COEFFICIENT: &str = "coefficient";

/// A heading, sentences, and a table, where there is one.
pub(super) struct Section {
    pub(super) heading: Option<String>,
    pub(super) lines: Vec<String>,
    /// Of the table's columns, each with whether it holds numbers.
    pub(super) headings: Vec<(&'static str, bool)>,
    pub(super) rows: Vec<Vec<String>>,
}

/// What the difference can do, in a sentence.
pub(super) fn summary(found: &ConfigDiff, kind: Kind) -> String {
    let what = match (found.effect, kind) {
        _ if !found.differs => return "Nothing changed.".to_owned(),
        (Effect::Scores, _) => "Scores can change",
        (Effect::Results, Kind::Config) => "No score changes, but bands, stages, grades or probabilities can",
        (Effect::Results, Kind::Model) => "Probabilities can change",
        (Effect::Nothing, Kind::Config) => {
            return "No score, band, stage, grade or probability can change: only evidence, provenance or names did."
                .to_owned();
        }
        (Effect::Nothing, Kind::Model) => {
            return "No probability can change: only counts, figures or names did.".to_owned();
        }
    };
    let moved: Vec<_> = found.models.iter().flat_map(ModelDiff::moved).collect();
    let signs = moved.iter().filter(|moved| moved.points.sign_changed).count();
    let mut counts = Vec::new();
    if !moved.is_empty() {
        counts.push(format!("{} moved", counted(moved.len(), "part's points", "parts' points")));
    }
    if signs > 0 {
        counts.push(format!("{} changed sign", counted(signs, "of them", "of them")));
    }
    for (presence, word) in [(Presence::Added, "added"), (Presence::Removed, "removed")] {
        let attributes = found.models.iter().flat_map(|model| &model.attributes);
        let parts = found.models.iter().flat_map(|model| model.behaviours.iter().chain(&model.signals));
        let count = attributes.filter(|attribute| attribute.presence == presence).count()
            + parts.filter(|part| part.presence == presence).count();
        if count > 0 {
            counts.push(format!(
                "{} {word}",
                counted(count, "attribute, behaviour or signal", "attributes, behaviours or signals")
            ));
        }
    }
    if counts.is_empty() { format!("{what}.") } else { format!("{what}: {}.", counts.join(", ")) }
}

pub(super) fn sections(found: &ConfigDiff, kind: Kind) -> Vec<Section> {
    let several = found.models.len() > 1 || found.models.iter().any(|model| model.product.is_some());
    let models = found.models.iter().map(|model| of_model(model, several.then_some(kind)));
    let config = Section {
        heading: Some("the config itself".to_owned()),
        lines: found.changes.iter().map(change).collect(),
        headings: Vec::new(),
        rows: Vec::new(),
    };
    models.chain((!config.lines.is_empty()).then_some(config)).collect()
}

/// `several` is given where the model has to be told from others.
fn of_model(model: &ModelDiff, several: Option<Kind>) -> Section {
    let mut lines: Vec<String> = Vec::new();
    if several.is_some() {
        let served = match model.presence {
            Presence::Added => {
                Some("has a model of its own now; it is compared with the one that scored these leads before")
            }
            Presence::Removed => {
                Some("has no model of its own any more; what scores these leads now is compared with it")
            }
            Presence::Changed => None,
        };
        lines.extend(served.map(str::to_owned));
    }
    let (telling, silent): (Vec<&Change>, Vec<&Change>) =
        model.changes.iter().partition(|change| change.effect > Effect::Nothing);
    lines.extend(telling.into_iter().map(change));
    let attributes = || model.attributes.iter().chain(&model.inactivity);
    for attribute in attributes() {
        lines.extend(attribute.changes.iter().map(|found| format!("attribute {}: {}", attribute.name, change(found))));
    }
    for (part, list) in [("behaviour", &model.behaviours), ("signal", &model.signals)] {
        lines.extend(list.iter().filter_map(|found| part_line(part, found)));
    }
    let shown = |level: &&LevelDiff| level.effect == Effect::Scores;
    let with_evidence = attributes()
        .flat_map(|attribute| attribute.levels.iter().filter(shown))
        .any(|level| [&level.before, &level.after].into_iter().flatten().any(|side| side.evidence.is_some()));
    let points = attributes().any(|attribute| attribute.levels.iter().any(|level| shown(&level)));
    // Without points what changed is what a model adds to the log-odds.
    let coefficients = !points;
    let mut headings = vec![("attribute", false), ("level", false), ("before", true), ("after", true), ("moved", true)];
    if with_evidence {
        headings.extend([("leads", true), ("rate", true)]);
    }
    let mut rows = Vec::new();
    for attribute in attributes() {
        // Named once, in its first row.
        let mut named = name(attribute);
        for level in &attribute.levels {
            let row = if coefficients { coefficient_row(level) } else { shown(&level).then(|| points_row(level)) };
            let Some(mut row) = row else { continue };
            row.insert(0, std::mem::take(&mut named));
            if with_evidence {
                row.extend(evidence(level));
            }
            rows.push(row);
        }
    }
    lines.extend(not_shown(model, coefficients));
    if !silent.is_empty() {
        let silent: Vec<String> = silent.into_iter().map(change).collect();
        lines.push(format!("without effect on any result: {}", silent.join("; ")));
    }
    Section { heading: several.map(|kind| product(model.product.as_deref(), kind)), lines, headings, rows }
}

fn product(product: Option<&str>, kind: Kind) -> String {
    match (product, kind) {
        (Some(name), _) => format!("product {name}"),
        (None, Kind::Config) => "all other products".to_owned(),
        (None, Kind::Model) => "all leads".to_owned(),
    }
}

fn name(attribute: &AttributeDiff) -> String {
    match attribute.presence {
        Presence::Added => format!("{} (added)", attribute.name),
        Presence::Removed => format!("{} (removed)", attribute.name),
        Presence::Changed => attribute.name.clone(),
    }
}

fn points_row(level: &LevelDiff) -> Vec<String> {
    let points = level.points;
    let moved = if points.sign_changed { format!("{} (sign)", signed(points.moved)) } else { signed(points.moved) };
    vec![
        level.level.clone(),
        side(level, level.before.as_ref(), &signed(points.before)),
        side(level, level.after.as_ref(), &signed(points.after)),
        moved,
    ]
}

/// A row of log-odds; `None` where they did not change.
fn coefficient_row(level: &LevelDiff) -> Option<Vec<String>> {
    let of = |side: &Option<LevelSide>| side.as_ref().and_then(|side| side.coefficient);
    let (before, after) = (of(&level.before), of(&level.after));
    let words = |found: Option<f64>| found.map_or_else(|| "0".to_owned(), |x| format!("{x:+.4}"));
    (level.effect >= Effect::Results).then(|| {
        vec![
            level.level.clone(),
            side(level, level.before.as_ref(), &words(before)),
            side(level, level.after.as_ref(), &words(after)),
            format!("{:+.4}", after.unwrap_or(0.0) - before.unwrap_or(0.0)),
        ]
    })
}

/// A figure, and the level's name where it is not the row's.
fn side(level: &LevelDiff, side: Option<&LevelSide>, figure: &str) -> String {
    match side {
        None => "-".to_owned(),
        Some(side) if side.refused => "not read".to_owned(),
        Some(LevelSide { level: None, .. }) => "no level".to_owned(),
        Some(LevelSide { level: Some(name), .. }) if *name == level.level => figure.to_owned(),
        Some(LevelSide { level: Some(name), .. }) => format!("{figure} in {name}"),
    }
}

/// Leads and rate, before and after.
fn evidence(level: &LevelDiff) -> [String; 2] {
    let of = |side: &Option<LevelSide>| side.as_ref().and_then(|side| side.evidence);
    let sides = [of(&level.before), of(&level.after)];
    let column = |show: &dyn Fn(Evidence) -> String| {
        let words = sides.map(|side| side.map_or_else(|| "-".to_owned(), show));
        if words[0] == words[1] { words[0].clone() } else { format!("{} → {}", words[0], words[1]) }
    };
    [column(&|found| grouped(found.leads)), column(&|found| format!("{:.1} %", 100.0 * found.rate))]
}

/// What changed and has no row.
fn not_shown(model: &ModelDiff, coefficients: bool) -> Vec<String> {
    let levels = || model.attributes.iter().chain(&model.inactivity).flat_map(|a| a.levels.iter().map(move |l| (a, l)));
    let mut said = Vec::new();
    let moved = if coefficients { Vec::new() } else { moved_coefficients(model) };
    let size = |(_, before, after): &(String, f64, f64)| (before - after).abs();
    if let Some((of, before, after)) = moved.iter().max_by(|a, b| size(a).total_cmp(&size(b))) {
        let count = counted(moved.len(), "coefficient", "coefficients");
        said.push(format!("probability: {count} changed, most {of}: {before:+.3} → {after:+.3}"));
    }
    let quiet = || levels().filter(|(_, level)| level.effect == Effect::Nothing);
    let named = |side: &Option<LevelSide>| side.as_ref().and_then(|side| side.level.clone());
    let renamed = quiet().filter(|(_, level)| named(&level.before) != named(&level.after)).count();
    if renamed > 0 {
        said.push(format!("{} with the same points under another name", counted(renamed, "level", "levels")));
    }
    let evidence = |side: &Option<LevelSide>| side.as_ref().and_then(|side| side.evidence);
    let rests = levels()
        .filter(|(_, level)| level.effect < Effect::Scores && evidence(&level.before) != evidence(&level.after))
        .count();
    if rests > 0 {
        said.push(format!("{} with the same points on other evidence", counted(rests, "level", "levels")));
    }
    said
}

/// Coefficients of the probability that are not those they were.
fn moved_coefficients(model: &ModelDiff) -> Vec<(String, f64, f64)> {
    let of = |side: &Option<LevelSide>| side.as_ref().and_then(|side| side.coefficient);
    let attributes = model.attributes.iter().chain(&model.inactivity);
    let levels = attributes.flat_map(|attribute| {
        attribute.levels.iter().filter_map(|level| {
            let (before, after) = of(&level.before).zip(of(&level.after))?;
            Some((format!("{} = {}", attribute.name, level.level), before, after))
        })
    });
    let parts = model.behaviours.iter().chain(&model.signals).filter_map(|part| {
        let change = part.changes.iter().find(|change| change.what == COEFFICIENT)?;
        Some((part.name.clone(), change.before.as_ref()?.as_f64()?, change.after.as_ref()?.as_f64()?))
    });
    levels.chain(parts).filter(|(_, before, after)| (before - after).abs() > 0.0).collect()
}

/// `None` where only its coefficient changed, which is counted with the others.
fn part_line(part: &str, found: &PartDiff) -> Option<String> {
    let points = found.points;
    let changes = || found.changes.iter().filter(|change| change.what != COEFFICIENT);
    let mut said = Vec::new();
    if points.moved.abs() > 0.0 {
        let sign = if points.sign_changed { " (sign changed)" } else { "" };
        said.push(format!("points {} → {}{sign}", signed(points.before), signed(points.after)));
    }
    let name = &found.name;
    match found.presence {
        Presence::Added => {
            let keys =
                changes().filter_map(|change| Some(format!("{} {}", change.what, words(change.after.as_ref()?))));
            said.clear();
            said.push(format!("points {}", signed(points.after)));
            said.extend(keys);
            Some(format!("{part} {name} added: {}", said.join(", ")))
        }
        Presence::Removed => Some(format!("{part} {name} removed (points {})", signed(points.before))),
        Presence::Changed => {
            said.extend(changes().map(change));
            (!said.is_empty()).then(|| format!("{part} {name}: {}", said.join("; ")))
        }
    }
}

fn change(found: &Change) -> String {
    match (&found.before, &found.after) {
        (None, None) => found.what.clone(),
        // The part's name is in what changed and in the part.
        (None, Some(after)) if after.is_object() => format!("{} added: {}", part_of(&found.what), words(after)),
        (Some(before), None) if before.is_object() => format!("{} removed: {}", part_of(&found.what), words(before)),
        (before, after) => {
            let of = |value: &Option<Value>| value.as_ref().map_or_else(|| "none".to_owned(), words);
            let (mut was, mut is) = (of(before), of(after));
            if was == is {
                // They differ in a digit that people are spared elsewhere.
                [was, is] = [before, after].map(|value| value.as_ref().map_or_else(String::new, Value::to_string));
            }
            format!("{} {was} → {is}", found.what)
        }
    }
}

/// A value as people read it: no quotes, no brackets.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), short),
        Value::Array(list) if list.is_empty() => "none".to_owned(),
        Value::Array(list) => list.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Object(object) => {
            let keys = object.iter().filter(|(key, _)| *key != "name");
            let keys: Vec<String> = keys.map(|(key, value)| format!("{key} {}", words(value))).collect();
            object.get("name").map_or_else(String::new, |name| format!("{} ", words(name))) + &keys.join(" ")
        }
        Value::Bool(_) | Value::Null => value.to_string(),
    }
}

/// `band` of `band hot`.
fn part_of(what: &str) -> &str {
    what.split(' ').next().unwrap_or(what)
}

/// Four decimals at most.
fn short(x: f64) -> String {
    let text = format!("{x:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn signed(points: f64) -> String {
    if points > 0.0 { format!("+{points}") } else { points.to_string() }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    let words = if count == 1 { one } else { many };
    format!("{} {words}", grouped(count as u64))
}
