//! A config as PMML 4.4: a chain of models for each product. Every group is a scorecard with reason codes, the probability a
//! regression, and a last scorecard adds up what is left of the groups within their limits.
//!
//! Two evaluators are known to run it with equal results, so nothing stands in it that only one of them understands: no
//! regular expressions, no dates, no comparison with an empty text, no function of a value that may be missing.

mod cards;
mod expression;
mod levels;

use std::collections::BTreeMap;

use leadcal_lift::attribute::{FieldType, When};
use serde_json::Value as Json;

use super::inputs::{Inputs, NamedInput, Names, Source, no_results};
use super::{Export, Losses};
use crate::config::{Model, ScoringConfig};
use crate::xml::{self, Element};

/// Reasons of a group, at most.
const REASONS: usize = 3;

/// The document with its losses.
pub(super) fn pmml(config: &ScoringConfig) -> Export {
    let mut names = Names::default();
    let inputs = Inputs::new(config, &mut names);
    let mut document = Document { results: Results::new(&mut names), inputs, names, derived: Vec::new() };
    let model = document.model(config);
    let root = Element::new("PMML")
        .with("xmlns", "http://www.dmg.org/PMML-4_4")
        .with("version", "4.4")
        .child(
            Element::new("Header")
                .with("description", &config.name)
                .child(Element::new("Application").with("name", "leadcal").with("version", env!("CARGO_PKG_VERSION"))),
        )
        .child(document.dictionary())
        .children(document.transformations())
        .child(model);
    Export::one("scoring.pmml", root.document(), losses(config, &document.inputs))
}

/// A document in the making.
struct Document<'c> {
    inputs: Inputs<'c>,
    names: Names,
    results: Results,
    /// Fields derived from inputs, of all models.
    derived: Vec<Element>,
}

/// Names of the outputs, the same for every model.
struct Results {
    raw: String,
    rounded: String,
    score: String,
    band: String,
    stage: String,
    grade: String,
    probability: String,
    /// By group and rank.
    reasons: BTreeMap<(String, usize), String>,
    /// What all models estimate; some evaluators ask for it where models are chosen by the product.
    target: String,
}

impl Results {
    fn new(names: &mut Names) -> Self {
        Self {
            raw: names.take("raw"),
            rounded: names.take("rounded"),
            score: names.take("score"),
            band: names.take("band"),
            stage: names.take("stage"),
            grade: names.take("grade"),
            probability: names.take("probability"),
            reasons: BTreeMap::new(),
            target: names.take("points"),
        }
    }
}

impl Document<'_> {
    /// The models, the one of the lead's product chosen.
    fn model(&mut self, config: &ScoringConfig) -> Element {
        if let [model @ Model { product: None, .. }] = &config.models[..] {
            return self.chain(0, model, &config.name);
        }
        let mut segments = Vec::new();
        let mut others = None;
        for (m, model) in config.models.iter().enumerate() {
            let chain = self.chain(m, model, model.product.as_deref().unwrap_or(&config.name));
            match model.product.as_deref() {
                None => others = Some(chain),
                // No lead is of a blank product.
                Some(product) if product.trim().is_empty() => (),
                Some(product) => {
                    let predicate = is(self.inputs.name(Source::PRODUCT), product);
                    segments.push(segment(predicate, chain));
                }
            }
        }
        segments.extend(others.map(|chain| segment(Element::new("True"), chain)));
        let fields = self.inputs.iter().map(mining_field).chain([self.target()]);
        Element::new("MiningModel")
            .with("modelName", &config.name)
            .with("functionName", "regression")
            .child(self.mining_schema(fields.collect()))
            .child(Element::new("Segmentation").with("multipleModelMethod", "selectFirst").children(segments))
    }

    /// What a lead consists of, and what is estimated.
    fn dictionary(&self) -> Element {
        let field = |name: &str, optype: &str, kind: &str| {
            Element::new("DataField").with("name", name).with("optype", optype).with("dataType", kind)
        };
        let fields = self.inputs.iter().map(|NamedInput { name, source }| match source {
            Source::Field(_, FieldType::Text) => field(name, "categorical", "string"),
            Source::Field(_, FieldType::Boolean) => field(name, "categorical", "boolean"),
            _ => field(name, "continuous", "double"),
        });
        let target = field(&self.results.target, "continuous", "double");
        Element::new("DataDictionary").children(fields).child(target)
    }

    fn transformations(&self) -> Option<Element> {
        let derived = self.derived.clone();
        (!derived.is_empty()).then(|| Element::new("TransformationDictionary").children(derived))
    }

    /// Inputs of a model's groups.
    fn schema(&self, m: usize, model: &Model, of_group: impl Fn(&str) -> bool) -> Element {
        let asked = |input: &&NamedInput<'_>| match input.source {
            Source::Field(field, kind) => model.attributes.iter().any(|attribute| {
                of_group(&attribute.group) && (&*attribute.input.field, attribute.input.kind) == (field, kind)
            }),
            Source::Behaviour(of, index) => of == m && of_group(&model.behaviours[index].group),
            Source::Signal(of, index) => of == m && of_group(&model.signals[index].group),
            Source::Silence => model.inactivity.as_ref().is_some_and(|inactivity| of_group(&inactivity.group)),
        };
        self.mining_schema(self.inputs.iter().filter(asked).map(mining_field).collect())
    }

    /// What a model reads. A schema must name a field, and where nothing is read it names what is estimated.
    fn mining_schema(&self, mut fields: Vec<Element>) -> Element {
        if fields.is_empty() {
            fields.push(self.target());
        }
        Element::new("MiningSchema").children(fields)
    }

    fn target(&self) -> Element {
        Element::new("MiningField").with("name", &self.results.target).with("usageType", "target")
    }
}

/// An input of a model. Where nothing was counted, nothing happened.
fn mining_field(NamedInput { name, source }: &NamedInput<'_>) -> Element {
    let field = Element::new("MiningField").with("name", name);
    match source {
        Source::Behaviour(..) | Source::Signal(..) => field.with("missingValueReplacement", "0"),
        _ => field,
    }
}

fn segment(predicate: Element, model: Element) -> Element {
    Element::new("Segment").child(predicate).child(model)
}

/// The predicate that a field has a value.
fn is(field: &str, value: &str) -> Element {
    Element::new("SimplePredicate").with("field", field).with("operator", "equal").with("value", value)
}

fn losses(config: &ScoringConfig, inputs: &Inputs<'_>) -> Losses {
    let mut losses = Losses::default();
    for (m, model) in config.models.iter().enumerate() {
        inputs.left_to_the_caller(m, model, &mut losses);
        let trimmed = model.attributes.iter().position(|attribute| {
            attribute.input.kind == FieldType::Text && attribute.levels.iter().any(|level| level.when == When::Missing)
        });
        if let Some(index) = trimmed {
            let lost =
                "around a text, characters up to U+0020 are dropped before it is found missing, other blanks are not";
            losses.add(format!("/models/{m}/attributes/{index}/input"), "text fields", lost);
        }
        no_results(m, model, &mut losses);
        let lost = format!(
            "come for each group apart, the {REASONS} that raise the score most; those that lower it rank last, and points \
             are not told"
        );
        losses.add(format!("/models/{m}"), "reasons", lost);
    }
    let json = serde_json::to_value(config).expect("a config has a JSON form");
    difficult_texts(&json, &mut String::new(), &mut losses);
    losses
}

/// Texts that XML, or one of its readers, cannot hold.
fn difficult_texts(json: &Json, pointer: &mut String, losses: &mut Losses) {
    let length = pointer.len();
    let mut inner = |key: &str, json: &Json, losses: &mut Losses| {
        pointer.push('/');
        pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
        difficult_texts(json, pointer, losses);
        pointer.truncate(length);
    };
    match json {
        Json::String(text) if text.contains(xml::impossible) => {
            let lost = "has a control character that XML cannot hold; U+FFFD stands for it";
            losses.add(pointer.clone(), format!("the text {text:?}"), lost);
        }
        Json::String(text) if xml::needs_references(text) => {
            let lost = "has an end of line or a bracket that PMML4S (pypmml) reads wrong; other evaluators read it";
            losses.add(pointer.clone(), format!("the text {text:?}"), lost);
        }
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| inner(&index.to_string(), item, losses));
        }
        Json::Object(entries) => entries.iter().for_each(|(key, value)| inner(key, value, losses)),
        _ => (),
    }
}

#[cfg(test)]
mod tests;
