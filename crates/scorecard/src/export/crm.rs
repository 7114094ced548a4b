//! What the exports to CRMs share: names of fields, how far points reach, and the losses that are the same in all of them.

use std::collections::{BTreeMap, BTreeSet};

use leadcal_lift::signals::SignalKind;
use serde::Serialize;
use serde_json::Value as Json;

use super::partition::{Part, Test, partition};
use super::{ExportedFile, Losses};
use crate::config::{Group, Model, ScoringConfig};

/// What a tool calls the config's fields and events: as the caller says, or by the tool's rule.
pub(super) struct Names<'o> {
    given: &'o BTreeMap<String, String>,
    rule: fn(&str) -> String,
    /// Longest name the tool takes, without the suffix.
    longest: usize,
    /// What the tool's own names end in.
    suffix: &'static str,
    made: BTreeMap<String, String>,
    taken: BTreeSet<String>,
}

impl<'o> Names<'o> {
    /// The names of a config's fields: those of attributes, then those of signals, in the config's order.
    pub(super) fn of_fields(
        config: &ScoringConfig,
        given: &'o BTreeMap<String, String>,
        (longest, suffix): (usize, &'static str),
        rule: fn(&str) -> String,
    ) -> Self {
        let taken = given.values().map(|name| name.to_lowercase().trim_end_matches(suffix).to_owned()).collect();
        let mut names = Self { given, rule, longest, suffix, made: BTreeMap::new(), taken };
        for model in &config.models {
            for attribute in &model.attributes {
                names.of(&attribute.input.field);
            }
        }
        for signal in config.models.iter().flat_map(|model| &model.signals) {
            if let SignalKind::FilledFields { fields } = &signal.kind {
                for field in fields {
                    names.of(field);
                }
            }
        }
        names
    }

    /// The tool's name of a field; two fields never get the same by the rule.
    pub(super) fn of(&mut self, field: &str) -> String {
        if let Some(name) = self.given.get(field).or_else(|| self.made.get(field)) {
            return name.clone();
        }
        let name = self.fresh(field);
        self.made.insert(field.to_owned(), name.clone());
        name
    }

    /// What the caller calls it, or the config's own name.
    pub(super) fn given_or_same(&self, name: &str) -> String {
        self.given.get(name).map_or_else(|| name.to_owned(), Clone::clone)
    }

    /// A name that nothing else has, made from a text by the rule.
    pub(super) fn fresh(&mut self, text: &str) -> String {
        let name: String = (self.rule)(text).chars().take(self.longest).collect();
        unused(&name, self.longest, &mut self.taken) + self.suffix
    }
}

/// The ASCII letters and digits of a text, everything else as single underscores in between, `start` before what begins with
/// no letter.
pub(super) fn identifier(text: &str, start: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = words.join("_");
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name
    } else {
        format!("{start}{name}").trim_end_matches('_').to_owned()
    }
}

/// The name of a file for each model: the config's name and the product.
pub(super) fn file_stems(config: &ScoringConfig) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let stem = |model: &Model| {
        let name: String = identifier(&title(config, model), "score_").to_lowercase().chars().take(60).collect();
        unused(&name, 60, &mut taken)
    };
    config.models.iter().map(stem).collect()
}

/// A file of JSON, with a newline at its end.
pub(super) fn json_file(name: String, value: &impl Serialize) -> ExportedFile {
    let mut text = serde_json::to_string_pretty(value).expect("texts and numbers have a JSON form");
    text.push('\n');
    ExportedFile { name, bytes: text.into_bytes() }
}

/// The name, or the first of it and a number that no name is yet, whatever the case.
pub(super) fn unused(name: &str, longest: usize, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| {
        let suffix = format!("_{number}");
        let start: String = name.chars().take(longest - suffix.len()).collect();
        start + &suffix
    });
    let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| taken.insert(name.to_lowercase()));
    free.expect("numbers do not end")
}

/// What people call a model.
pub(super) fn title(config: &ScoringConfig, model: &Model) -> String {
    match &model.product {
        None => config.name.clone(),
        Some(product) => format!("{} {product}", config.name),
    }
}

/// A whole number without `.0`.
#[expect(clippy::cast_possible_truncation, reason = "whole and far below 2^53 is checked first")]
pub(super) fn number(x: f64) -> Json {
    if is_whole(x) && x.abs() < 1e15 { Json::from(x as i64) } else { Json::from(x) }
}

pub(super) fn is_whole(x: f64) -> bool {
    x.fract().abs() <= 0.0
}

/// Whether all points, limits and the base are whole, so that sums are and no tool rounds them otherwise.
pub(super) fn all_whole(model: &Model) -> bool {
    let levels = model.attributes.iter().flat_map(|attribute| &attribute.levels).map(|level| level.points);
    let limits = model.groups.iter().flat_map(|group| [group.min, group.max]);
    let steps = model.inactivity.iter().flat_map(|inactivity| &inactivity.steps).map(|step| step.points);
    let behaviours = model.behaviours.iter().map(|behaviour| behaviour.points_each);
    let signals = model.signals.iter().map(|signal| signal.points);
    let decays = model.behaviours.iter().any(|behaviour| behaviour.half_life_days.is_some());
    !decays
        && levels.chain(limits).chain(steps).chain(behaviours).chain(signals).chain([model.base_points]).all(is_whole)
}

/// The lowest and the highest sum of a group after its limits, inactivity aside.
pub(super) fn reach(model: &Model, group: &Group) -> [f64; 2] {
    let of_group = |name: &String| *name == group.name;
    let ends = |points: f64| [points.min(0.0), points.max(0.0)];
    let attributes = model.attributes.iter().filter(|attribute| of_group(&attribute.group)).map(|attribute| {
        let points = || partition(attribute).into_iter().map(|part| part.points);
        [points().fold(0.0, f64::min), points().fold(0.0, f64::max)]
    });
    let behaviours = model.behaviours.iter().filter(|behaviour| of_group(&behaviour.group));
    let behaviours =
        behaviours.map(|behaviour| ends(behaviour.points_each * behaviour.max_times.map_or(f64::INFINITY, f64::from)));
    let signals = model.signals.iter().filter(|signal| of_group(&signal.group));
    let signals = signals.map(|signal| ends(signal.points * f64::from(signal.kind.most())));
    let ends = attributes.chain(behaviours).chain(signals);
    let [low, high] = ends.fold([0.0, 0.0], |sum, ends| {
        // Points of 0 without a limit reach 0, not NaN.
        let add = |a: f64, b: f64| if b.is_nan() { a } else { a + b };
        [add(sum[0], ends[0]), add(sum[1], ends[1])]
    });
    [low, high].map(|x| x.clamp(group.min, group.max))
}

/// Whether a sum leaves its group's limits anywhere, inactivity aside: only then does a tool without limits differ.
pub(super) fn limits_bind(model: &Model, group: &Group) -> bool {
    let [low, high] = reach(model, &Group { min: f64::NEG_INFINITY, max: f64::INFINITY, ..group.clone() });
    low < group.min || high > group.max
}

/// Whether a checkbox, which is never empty, gives a lead without a value other points than "missing" does.
pub(super) fn missing_is_not_no(parts: &[Part<'_>], missing: &Part<'_>) -> bool {
    let no = parts.iter().find(|part| part.test == Test::Boolean(false)).map_or(0.0, |part| part.points);
    (no - missing.points).abs() > 0.0
}

/// What no CRM's scoring has a place for.
pub(super) fn outlook_losses(model: &Model, at: &str, tool: &str, losses: &mut Losses) {
    for (index, band) in model.bands.iter().enumerate() {
        if band.action.is_some() {
            let pointer = format!("{at}/bands/{index}/action");
            losses.add(pointer, format!("the action of band \"{}\"", band.name), format!("{tool} has no place for it"));
        }
        if band.expected_rate.is_some() {
            let pointer = format!("{at}/bands/{index}/expected_rate");
            losses.add(pointer, format!("the rate of band \"{}\"", band.name), format!("{tool} has no place for it"));
        }
    }
    if model.probability.is_some() {
        losses.add(format!("{at}/probability"), "the probability", format!("not exported to {tool}"));
    }
    if model.expected_rate_by_score.is_some() {
        let pointer = format!("{at}/expected_rate_by_score");
        losses.add(pointer, "the expected rate by score", format!("not exported to {tool}"));
    }
}

/// Fields that attributes read as two types. A CRM's field has one.
pub(super) fn type_losses(model: &Model, at: &str, losses: &mut Losses) {
    for (index, attribute) in model.attributes.iter().enumerate() {
        let input = &attribute.input;
        let mut before = model.attributes[..index].iter().filter(|other| other.input.field == input.field);
        if let Some(other) = before.find(|other| other.input.kind != input.kind) {
            let lost = format!(
                "it reads the field \"{}\" as a {}, \"{}\" as a {}; a CRM's field has one type, and conditions of the other \
                 type do not work",
                input.field, input.kind, other.name, other.input.kind
            );
            losses.add(format!("{at}/attributes/{index}/input"), format!("attribute \"{}\"", attribute.name), lost);
        }
    }
}

/// Products that choose between models.
pub(super) fn product_losses(config: &ScoringConfig, tool: &str, losses: &mut Losses) {
    for (index, model) in config.models.iter().enumerate() {
        if model.product.is_some() || config.models.len() > 1 {
            let part = match &model.product {
                Some(product) => format!("the product \"{product}\""),
                None => "the model of all other products".to_owned(),
            };
            let lost = format!("{tool} gives every lead the score of every model; the lead's product chooses none");
            losses.add(format!("/models/{index}/product"), part, lost);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_identifiers_and_differ() {
        let given = BTreeMap::from([("age".to_owned(), "Age_Years".to_owned())]);
        let taken = BTreeSet::from(["age_years".to_owned()]);
        let rule = |text: &str| identifier(text, "f_");
        let mut names = Names { given: &given, rule, longest: 12, suffix: "", made: BTreeMap::new(), taken };
        for (field, expected) in [
            ("age", "Age_Years"),
            ("Lead Source", "Lead_Source"),
            ("Lead-Source", "Lead_Sourc_2"),
            ("Lead Source", "Lead_Source"),
            ("age years", "age_years_2"),
            ("1st visit", "f_1st_visit"),
            ("\"'; DROP", "DROP"),
            ("é…", "f"),
        ] {
            assert_eq!(names.of(field), expected, "{field}");
        }
    }
}
