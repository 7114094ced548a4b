//! Zoho CRM: bodies of `POST /crm/v8/settings/automation/scoring_rules` (API documentation, "Create Scoring Rules"): field rules
//! that add their score where their criteria hold. Written inactive.

use std::collections::BTreeSet;

use leadcal_lift::attribute::FieldType;
use leadcal_lift::signals::SignalKind;
use serde_json::{Value as Json, json};

use super::crm::{
    Names, file_stems, identifier, is_whole, json_file, limits_bind, missing_is_not_no, number, outlook_losses,
    product_losses, title, type_losses, unused,
};
use super::partition::{Test, partition};
use super::{Export, ExportOptions, Losses};
use crate::config::{Model, ScoredAttribute, ScoringConfig, Signal};

/// Longest name of a scoring rule.
const LONGEST_NAME: usize = 25;
/// Largest score of a field rule.
const LARGEST_SCORE: f64 = 100.0;
/// Most field rules of a scoring rule, in the editions that take the most.
const MOST_RULES: usize = 50;
const EMPTY: &str = "${EMPTY}";

/// One body for each model.
pub(super) fn zoho(config: &ScoringConfig, options: &ExportOptions) -> Export {
    let mut losses = Losses::default();
    product_losses(config, "Zoho", &mut losses);
    let mut names = Names::of_fields(config, &options.names, (50, ""), |text| identifier(text, "F_"));
    let module = options.object.as_deref().unwrap_or("Leads");
    let mut taken = BTreeSet::new();
    let mut files = Vec::new();
    for (index, (model, stem)) in config.models.iter().zip(file_stems(config)).enumerate() {
        let at = format!("/models/{index}");
        let mut rules = Rules { model, at, names: &mut names, losses: &mut losses }.all();
        if rules.is_empty() {
            rules.push(Vec::new());
        }
        let title = printable(&title(config, model));
        let body = |field_rules: Vec<Json>| {
            let name: String = title.chars().take(LONGEST_NAME).collect();
            json!({
                "name": unused(&name, LONGEST_NAME, &mut taken),
                "description": "Made by leadcal from a scoring config.",
                "module": { "api_name": module },
                "active": false,
                "field_rules": field_rules,
            })
        };
        let body = json!({ "scoring_rules": rules.into_iter().map(body).collect::<Vec<_>>() });
        files.push(json_file(format!("{stem}.scoring_rules.json"), &body));
    }
    Export { files, losses: losses.into_list() }
}

/// A name without control characters.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// A model on its way to Zoho.
struct Rules<'a, 'o> {
    model: &'a Model,
    /// JSON pointer to the model.
    at: String,
    names: &'a mut Names<'o>,
    losses: &'a mut Losses,
}

impl Rules<'_, '_> {
    /// The field rules, as many together as a scoring rule takes.
    fn all(&mut self) -> Vec<Vec<Json>> {
        let model = self.model;
        type_losses(model, &self.at, self.losses);
        let mut rules = Vec::new();
        for (index, attribute) in model.attributes.iter().enumerate() {
            rules.extend(self.attribute(index, attribute));
        }
        for (index, signal) in model.signals.iter().enumerate() {
            rules.extend(self.signal(index, signal));
        }
        self.left_out();
        outlook_losses(model, &self.at, "Zoho", self.losses);
        if rules.len() > MOST_RULES {
            let lost = format!(
                "{} field rules are {} scoring rules of at most {MOST_RULES}, each with a score of its own; Zoho does not add them up",
                rules.len(),
                rules.len().div_ceil(MOST_RULES)
            );
            self.losses.add(format!("{}/attributes", self.at), "the attributes", lost);
        }
        rules.chunks(MOST_RULES).map(<[Json]>::to_vec).collect()
    }

    fn attribute(&mut self, index: usize, attribute: &ScoredAttribute) -> Vec<Json> {
        let field = self.names.of(&attribute.input.field);
        let parts = partition(attribute);
        let mut rules = Vec::new();
        for part in &parts {
            let level = &attribute.levels[part.level];
            let pointer = format!("{}/attributes/{index}/levels/{}", self.at, part.level);
            let words = format!("level \"{}\" of \"{}\"", level.name, attribute.name);
            if attribute.input.kind == FieldType::Boolean && part.test == Test::Empty {
                if missing_is_not_no(&parts, part) {
                    self.losses.add(pointer, words, "a checkbox is never empty: an unknown value counts as no");
                }
                continue;
            }
            if let Test::Texts(texts) | Test::NoneOf(texts) = &part.test
                && let Some(odd) = texts.iter().find(|text| text.trim() != **text || text.starts_with("${"))
            {
                let lost =
                    format!("no field holds {odd:?}, or Zoho reads it as a variable: it is compared with other values");
                self.losses.add(pointer.clone(), words.clone(), lost);
            }
            rules.extend(self.rules(&criteria(&field, &part.test), part.points, &pointer, &words));
        }
        rules
    }

    fn signal(&mut self, index: usize, signal: &Signal) -> Vec<Json> {
        let (pointer, words) = (format!("{}/signals/{index}", self.at), format!("signal \"{}\"", signal.name));
        if let SignalKind::FilledFields { fields } = &signal.kind {
            let mut rules = Vec::new();
            for field in fields {
                let filled = condition(&self.names.of(field), "not_equal", json!(EMPTY));
                rules.extend(self.rules(&filled, signal.points, &pointer, &words));
            }
            return rules;
        }
        let field = self.names.of(&format!("Leadcal signal {}", signal.name));
        let lost = format!("Zoho cannot compute it: somebody must set the checkbox {field}");
        self.losses.add(pointer.clone(), words.clone(), lost);
        self.rules(&condition(&field, "equal", json!(true)), signal.points, &pointer, &words)
    }

    /// Field rules that together give the points, none larger than Zoho takes.
    fn rules(&mut self, criteria: &Json, points: f64, pointer: &str, part: &str) -> Vec<Json> {
        let mut left = points.round();
        if !is_whole(points) {
            self.losses.add(pointer, part, format!("Zoho's scores are whole: {left} instead of {points}"));
        }
        let mut rules = Vec::new();
        if left.abs() > LARGEST_SCORE * 50.0 {
            let cut = left.clamp(-LARGEST_SCORE * 50.0, LARGEST_SCORE * 50.0);
            self.losses.add(pointer, part, format!("cut to {cut}: a field rule's score is at most 100"));
            left = cut;
        }
        while left.abs() > 0.0 {
            let score = left.clamp(-LARGEST_SCORE, LARGEST_SCORE);
            rules.push(json!({ "score": number(score), "criteria": criteria }));
            left -= score;
        }
        rules
    }

    /// What scoring rules have no place for.
    fn left_out(&mut self) {
        let model = self.model;
        for (index, behaviour) in model.behaviours.iter().enumerate() {
            let lost = "left out: Zoho scores signals of your organisation by their IDs; add a signal rule there";
            self.losses.add(
                format!("{}/behaviours/{index}", self.at),
                format!("behaviour \"{}\"", behaviour.name),
                lost,
            );
        }
        if model.inactivity.is_some() {
            self.losses.add(
                format!("{}/inactivity", self.at),
                "inactivity",
                "left out: silence costs no points in Zoho",
            );
        }
        if model.base_points.abs() > 0.0 {
            self.losses.add(format!("{}/base_points", self.at), "the base points", "left out: scores start at 0");
        }
        for (index, group) in model.groups.iter().enumerate() {
            let scored = Model { behaviours: Vec::new(), ..model.clone() };
            if limits_bind(&scored, group) {
                let lost = "its points are not limited in Zoho";
                self.losses.add(format!("{}/groups/{index}", self.at), format!("group \"{}\"", group.name), lost);
            }
            if !group.tiers.is_empty() {
                let part = format!("the tiers of \"{}\"", group.name);
                self.losses.add(format!("{}/groups/{index}/tiers", self.at), part, "left out: Zoho has no grades");
            }
        }
        self.losses.add(format!("{}/range", self.at), "the score's range", "scores are not limited in Zoho");
        for (key, any) in [("bands", !model.bands.is_empty()), ("stages", !model.stages.is_empty())] {
            if any {
                let lost = "left out: a scoring rule gives a number alone; use a workflow that looks at the score";
                self.losses.add(format!("{}/{key}", self.at), format!("the {key}"), lost);
            }
        }
    }
}

/// Criteria that hold exactly where the test does.
fn criteria(field: &str, test: &Test<'_>) -> Json {
    let on = |comparator, value: Json| condition(field, comparator, value);
    let known = || on("not_equal", json!(EMPTY));
    match test {
        Test::Empty => on("equal", json!(EMPTY)),
        Test::Texts(texts) => group("or", texts.iter().map(|text| on("equal", json!(text))).collect()),
        Test::NoneOf(texts) => {
            let others = texts.iter().map(|text| on("not_equal", json!(text)));
            group("and", std::iter::once(known()).chain(others).collect())
        }
        Test::Number(x) => on("equal", number(*x)),
        Test::Boolean(b) => on("equal", json!(b)),
        Test::Numbers { from, below, except } => {
            let from = from.map(|x| on("greater_equal", number(x)));
            let below = below.map(|x| on("less_than", number(x)));
            let except = except.iter().map(|x| on("not_equal", number(*x)));
            group("and", std::iter::once(known()).chain(from).chain(below).chain(except).collect())
        }
        Test::Days { from, below } => {
            let from = from.map(|day| on("greater_equal", json!(day.to_string())));
            let below = below.map(|day| on("less_than", json!(day.to_string())));
            group("and", std::iter::once(known()).chain(from).chain(below).collect())
        }
    }
}

fn condition(field: &str, comparator: &str, value: Json) -> Json {
    let mut condition = json!({ "field": { "api_name": field }, "comparator": comparator });
    condition["value"] = value;
    condition
}

/// Several conditions; one stands alone.
fn group(operator: &str, mut conditions: Vec<Json>) -> Json {
    if conditions.len() == 1 {
        return conditions.remove(0);
    }
    json!({ "group_operator": operator, "group": conditions })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::arbitrary::any_config;
    use crate::export::ExportedFile;
    use crate::export::tests::example;
    use crate::export::{Target, export};

    fn exported(config: &ScoringConfig) -> Export {
        export(config, Target::Zoho, &ExportOptions::default()).expect("an export")
    }

    fn scoring_rules(file: &ExportedFile) -> Vec<Json> {
        let body: Json = serde_json::from_slice(&file.bytes).expect("JSON");
        body["scoring_rules"].as_array().expect("a list").clone()
    }

    #[test]
    fn the_example_is_field_rules() {
        let export = exported(&example());
        let rules = scoring_rules(&export.files[0]);
        assert_eq!(
            (&rules[0]["name"], &rules[0]["module"]["api_name"]),
            (&json!("bank-term-deposit"), &json!("Leads"))
        );
        let fields = rules[0]["field_rules"].as_array().expect("rules");
        let success = json!({ "comparator": "equal", "field": { "api_name": "poutcome" }, "value": "success" });
        assert_eq!(fields[0], json!({ "score": 53, "criteria": success }));
        let young = fields.iter().find(|rule| rule["score"] == 12).expect("a rule");
        let comparators = young["criteria"]["group"].as_array().expect("a group");
        let comparators: Vec<&str> =
            comparators.iter().filter_map(|condition| condition["comparator"].as_str()).collect();
        assert_eq!(comparators, ["not_equal", "less_than", "not_equal"]);
        let lost: Vec<&str> = export.losses.iter().map(|loss| loss.pointer.as_str()).collect();
        for pointer in [
            "/models/0/signals/0",
            "/models/0/behaviours/0",
            "/models/0/inactivity",
            "/models/0/base_points",
            "/models/0/groups/0",
            "/models/0/groups/0/tiers",
            "/models/0/range",
            "/models/0/bands",
            "/models/0/stages",
            "/models/0/probability",
            "/models/0/bands/0/action",
            "/models/0/expected_rate_by_score",
        ] {
            assert!(lost.contains(&pointer), "{pointer} in {lost:?}");
        }
    }

    #[test]
    fn points_beyond_a_rule_are_several_rules() {
        let mut config = example();
        config.models[0].attributes[0].levels[0].points = 250.0;
        let rules = scoring_rules(&exported(&config).files[0]);
        let fields = rules[0]["field_rules"].as_array().expect("rules");
        let scores: Vec<&Json> = fields.iter().take(3).map(|rule| &rule["score"]).collect();
        assert_eq!(scores, [&json!(100), &json!(100), &json!(50)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn rules_keep_the_limits(config in any_config()) {
            let export = exported(&config);
            let mut names = BTreeSet::new();
            for file in &export.files {
                for rule in scoring_rules(file) {
                    let name = rule["name"].as_str().expect("a name").to_owned();
                    prop_assert!(name.chars().count() <= LONGEST_NAME && !name.contains(char::is_control), "{name}");
                    prop_assert!(names.insert(name.to_lowercase()), "{name} twice");
                    let fields = rule["field_rules"].as_array().expect("rules");
                    prop_assert!(fields.len() <= MOST_RULES);
                    for field in fields {
                        prop_assert!(field["score"].as_i64().is_some_and(|score| score != 0 && score.abs() <= 100));
                        let criteria = &field["criteria"];
                        let conditions = criteria.get("group").map_or_else(|| vec![criteria.clone()], |group| group.as_array().expect("a list").clone());
                        for condition in conditions {
                            prop_assert!(condition["field"]["api_name"].is_string() && !condition["value"].is_null(), "{condition}");
                        }
                    }
                }
            }
        }
    }
}
