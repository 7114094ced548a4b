//! What a scorer without text functions, dates and events is given for a lead: the named inputs of PMML and ONNX.
//!
//! Fields come under their own name, typed. What follows from events or from the letters of a text is counted beforehand and
//! comes as a number. `docs/exports.md` tells callers what to compute for each.

use std::collections::HashSet;

use leadcal_lift::attribute::{Bound, FieldType, Input};

use super::Losses;
use crate::config::{Model, ScoringConfig};
use crate::runtime::PRODUCT;

/// Where an input's value comes from. Numbers are places in the config: of a model, and of the part in its model's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source<'c> {
    /// A field of the lead, understood as a type. A date is the number of its digits, 20240301.
    Field(&'c str, FieldType),
    /// Sum of the weights of a behaviour's events.
    Behaviour(usize, usize),
    /// How often a signal fires.
    Signal(usize, usize),
    /// Whole days since the lead's last event, else since its creation.
    Silence,
}

impl Source<'_> {
    /// The product that chooses the model.
    pub(super) const PRODUCT: Self = Self::Field(PRODUCT, FieldType::Text);
}

/// An input under a name of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedInput<'c> {
    pub(super) name: String,
    pub(super) source: Source<'c>,
}

/// All inputs of a config, in its order.
#[derive(Debug, Clone, Default)]
pub(super) struct Inputs<'c> {
    list: Vec<NamedInput<'c>>,
    attributes: Vec<&'c Input>,
}

impl<'c> Inputs<'c> {
    /// Names the inputs; every name is taken from `names`.
    pub(super) fn new(config: &'c ScoringConfig, names: &mut Names) -> Self {
        let fields = fields(config);
        let attributes = config.models.iter().flat_map(|model| &model.attributes).map(|attribute| &attribute.input);
        let mut inputs = Self { list: Vec::new(), attributes: attributes.collect() };
        for &(field, kind) in &fields {
            let types = fields.iter().filter(|(other, _)| *other == field).count();
            let name = if types == 1 { field.to_owned() } else { format!("{field} ({kind})") };
            inputs.add(names.take(name), Source::Field(field, kind));
        }
        let several = config.models.len() > 1;
        for (m, model) in config.models.iter().enumerate() {
            let of_model = match &model.product {
                Some(product) if several => format!(" (product {product})"),
                _ => String::new(),
            };
            for (index, behaviour) in model.behaviours.iter().enumerate() {
                let name = names.take(format!("behaviour: {}{of_model}", behaviour.name));
                inputs.add(name, Source::Behaviour(m, index));
            }
            for (index, signal) in model.signals.iter().enumerate() {
                let name = names.take(format!("signal: {}{of_model}", signal.name));
                inputs.add(name, Source::Signal(m, index));
            }
        }
        if config.models.iter().any(|model| model.inactivity.is_some()) {
            inputs.add(names.take("days of silence"), Source::Silence);
        }
        inputs
    }

    fn add(&mut self, name: String, source: Source<'c>) {
        self.list.push(NamedInput { name, source });
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &NamedInput<'c>> {
        self.list.iter()
    }

    /// # Panics
    /// Where the config has no such input.
    pub(super) fn name(&self, source: Source<'_>) -> &str {
        let input = self.list.iter().find(|input| input.source == source);
        &input.expect("every input of the config was named").name
    }

    /// Name of the input an attribute reads.
    pub(super) fn of(&self, input: &Input) -> &str {
        self.name(Source::Field(&input.field, input.kind))
    }

    /// Whether another attribute reads the same input, but with other markers of missing values.
    fn marked_otherwise(&self, input: &Input) -> bool {
        let same = |other: &&&Input| (&other.field, other.kind) == (&input.field, input.kind);
        self.attributes.iter().filter(same).any(|other| other.missing != input.missing)
    }

    /// What is left to the caller of one model, in the order of the config.
    pub(super) fn left_to_the_caller(&self, m: usize, model: &Model, losses: &mut Losses) {
        let mut known = Vec::new();
        for (index, attribute) in model.attributes.iter().enumerate() {
            let kind = attribute.input.kind;
            if !known.contains(&kind) {
                known.push(kind);
                let pointer = format!("/models/{m}/attributes/{index}/input/type");
                losses.add(pointer, format!("{kind} fields"), typed(kind));
            }
            if kind != FieldType::Text && self.marked_otherwise(&attribute.input) {
                let lost = "its field has other markers of missing values elsewhere, but comes in once";
                let part = format!("attribute \"{}\"", attribute.name);
                losses.add(format!("/models/{m}/attributes/{index}/input"), part, lost);
            }
        }
        for (index, behaviour) in model.behaviours.iter().enumerate() {
            let name = self.name(Source::Behaviour(m, index));
            let lost = format!("its events must be weighed beforehand; the sum comes in as \"{name}\"");
            losses.add(format!("/models/{m}/behaviours/{index}"), format!("behaviour \"{}\"", behaviour.name), lost);
        }
        for (index, signal) in model.signals.iter().enumerate() {
            let name = self.name(Source::Signal(m, index));
            let lost = format!("must be looked for beforehand; how often it fires comes in as \"{name}\"");
            losses.add(format!("/models/{m}/signals/{index}"), format!("signal \"{}\"", signal.name), lost);
        }
        if model.inactivity.is_some() {
            let name = self.name(Source::Silence);
            let lost = format!("the days since the last event must be counted beforehand; they come in as \"{name}\"");
            losses.add(format!("/models/{m}/inactivity"), "inactivity", lost);
        }
    }
}

/// What the caller makes of a field of a type.
fn typed(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Number => {
            "texts must be read as numbers beforehand, and markers of missing values left out; a wrong text is not reported"
        }
        FieldType::Text => {
            "numbers, true and false must be written as texts beforehand; one written like a marker of missing values is missing"
        }
        FieldType::Boolean => {
            "texts such as yes and no must be made true and false beforehand, and markers of missing values left out"
        }
        FieldType::Date => {
            "days come in as numbers such as 20240301, markers of missing values left out; a wrong day is not reported"
        }
    }
}

/// Every field with each type it is read as.
fn fields(config: &ScoringConfig) -> Vec<(&str, FieldType)> {
    let product = config.models.iter().any(|model| model.product.is_some()).then_some((PRODUCT, FieldType::Text));
    let mut fields: Vec<(&str, FieldType)> = product.into_iter().collect();
    for attribute in config.models.iter().flat_map(|model| &model.attributes) {
        let field = (attribute.input.field.as_str(), attribute.input.kind);
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    fields
}

/// The names of a document that are taken.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// The name wanted, or where it is taken with a number behind it.
    pub(super) fn take(&mut self, wanted: impl Into<String>) -> String {
        let wanted = wanted.into();
        let mut name = wanted.clone();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{wanted} ({number})");
            number += 1;
        }
        name
    }
}

/// The number a value is compared with: a number itself, a day as the number of its digits.
pub(super) fn day_number(bound: Bound) -> f64 {
    match bound {
        Bound::Number(x) => x,
        Bound::Date(date) => {
            f64::from(i32::from(date.year()) * 10_000 + i32::from(date.month()) * 100 + i32::from(date.day()))
        }
    }
}

/// What stands in a config for those who work with a score, and comes out of no evaluator.
pub(super) fn no_results(m: usize, model: &Model, losses: &mut Losses) {
    for (index, band) in model.bands.iter().enumerate() {
        let part = || format!("band \"{}\"", band.name);
        if band.action.is_some() {
            losses.add(format!("/models/{m}/bands/{index}/action"), part(), "its action is no result");
        }
        if band.expected_rate.is_some() {
            losses.add(format!("/models/{m}/bands/{index}/expected_rate"), part(), "its expected rate is no result");
        }
    }
    if model.expected_rate_by_score.is_some() {
        let pointer = format!("/models/{m}/expected_rate_by_score");
        losses.add(pointer, "the expected rate by score", "is no result");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::tests::example;

    fn names(config: &ScoringConfig) -> Vec<String> {
        Inputs::new(config, &mut Names::default()).iter().map(|input| input.name.clone()).collect()
    }

    #[test]
    fn fields_keep_their_names_and_counts_say_what_they_count() {
        let expected = [
            "poutcome",
            "age",
            "newsletter",
            "customer_since",
            "behaviour: pricing page",
            "signal: free e-mail domain",
            "signal: keyboard run",
            "signal: uncapitalised name",
            "signal: optional fields",
            "days of silence",
        ];
        assert_eq!(names(&example()), expected);
    }

    #[test]
    fn every_input_has_a_name_of_its_own() {
        let mut config = example();
        let mut loan = config.models[0].clone();
        loan.product = Some("loan".to_owned());
        loan.signals.clear();
        // The same field as a text and as a number, and a field called like a count.
        loan.attributes[0].input.field = "age".to_owned();
        loan.attributes[2].input.field = "behaviour: pricing page".to_owned();
        config.models.push(loan);
        let names = names(&config);
        assert_eq!(names[..4], ["product", "poutcome", "age (number)", "newsletter"]);
        for expected in [
            "age (text)",
            "behaviour: pricing page",
            "behaviour: pricing page (2)",
            "behaviour: pricing page (product loan)",
        ] {
            assert_eq!(names.iter().filter(|name| *name == expected).count(), 1, "{expected} in {names:?}");
        }
    }

    #[test]
    fn days_are_compared_by_their_digits() {
        let date = "2024-03-01".parse().expect("a date");
        assert!((day_number(Bound::Date(date)) - 20_240_301.0).abs() < 0.5);
    }
}
