//! A model as a chain: a scorecard for each group, the regression of the probability, and the scorecard that adds up.

use super::expression::{apply, field, first_of, limited, number, rounded, text};
use super::levels::{level, silence, step_name};
use super::{Document, REASONS, Source, is, segment};
use crate::config::{Group, Model, Probability, Term, TermOf};
use crate::xml::Element;

/// The names that the parts of a model have in the document.
struct Derived {
    /// The level of each attribute.
    levels: Vec<String>,
    /// The step of inactivity.
    silence: Option<String>,
}

/// A group's sum within its limits, as the last scorecard sees it.
struct Sum<'c> {
    group: &'c Group,
    value: Element,
    /// Output of the group's scorecard and the name that the whole gives it.
    reasons: Vec<(String, String)>,
}

impl Document<'_> {
    pub(super) fn chain(&mut self, m: usize, model: &Model, name: &str) -> Element {
        let derived = self.derive(model);
        let mut segments = Vec::new();
        let mut sums = Vec::new();
        for group in &model.groups {
            let (sum, card) = self.group(m, model, group, &derived);
            segments.extend(card);
            sums.push(sum);
        }
        let probability = model.probability.as_ref().map(|probability| {
            let output = self.names.take("estimate");
            segments.push(self.regression(m, model, probability, &derived, &output));
            output
        });
        segments.push(self.total(model, &sums, probability.as_deref()));
        let segments = segments.into_iter().map(|model| segment(Element::new("True"), model));
        Element::new("MiningModel")
            .with("modelName", name)
            .with("functionName", "regression")
            .child(self.schema(m, model, |_| true))
            .child(Element::new("Segmentation").with("multipleModelMethod", "modelChain").children(segments))
    }

    fn derive(&mut self, model: &Model) -> Derived {
        let mut levels = Vec::new();
        for attribute in &model.attributes {
            let name = self.names.take(format!("level: {}", attribute.name));
            self.derived.push(level(&name, attribute, self.inputs.of(&attribute.input)));
            levels.push(name);
        }
        let silence = model.inactivity.as_ref().map(|inactivity| {
            let name = self.names.take("step of inactivity");
            self.derived.push(silence(&name, inactivity, self.inputs.name(Source::Silence)));
            name
        });
        Derived { levels, silence }
    }

    /// The scorecard of a group, unless the group has no parts.
    fn group<'g>(
        &mut self,
        m: usize,
        model: &Model,
        group: &'g Group,
        derived: &Derived,
    ) -> (Sum<'g>, Option<Element>) {
        let characteristics = self.characteristics(m, model, group, derived);
        if characteristics.is_empty() {
            let value = number(0.0_f64.clamp(group.min, group.max));
            return (Sum { group, value, reasons: Vec::new() }, None);
        }
        let sum = self.names.take(format!("sum: {}", group.name));
        let within = self.names.take(format!("group: {}", group.name));
        let mut outputs = vec![
            predicted(&sum),
            hidden(transformed(&within, "continuous", "double", limited(field(&sum), group.min, group.max))),
        ];
        let mut reasons = Vec::new();
        for rank in 1..=characteristics.len().min(REASONS) {
            let result = self.reason(&group.name, rank);
            let code = self.names.take(format!("reason code: {} {rank}", group.name));
            let output = output(&code, "categorical", "string", "reasonCode").with("rank", rank.to_string());
            outputs.push(hidden(output));
            reasons.push((code, result));
        }
        let card = scorecard(&group.name)
            .with("useReasonCodes", "true")
            .with("reasonCodeAlgorithm", "pointsAbove")
            .with("baselineScore", "0")
            .child(self.schema(m, model, |name| name == group.name))
            .child(Element::new("Output").children(outputs))
            .child(Element::new("Characteristics").children(characteristics));
        (Sum { group, value: field(&within), reasons }, Some(card))
    }

    /// The output of a group's reason, the same for all models.
    fn reason(&mut self, group: &str, rank: usize) -> String {
        let names = &mut self.names;
        let name = self.results.reasons.entry((group.to_owned(), rank));
        name.or_insert_with(|| names.take(format!("reason: {group} {rank}"))).clone()
    }

    /// What adds points to a group, in the order in which they are added.
    fn characteristics(&self, m: usize, model: &Model, group: &Group, derived: &Derived) -> Vec<Element> {
        let mut found = Vec::new();
        for (attribute, derived) in model.attributes.iter().zip(&derived.levels) {
            if attribute.group == group.name {
                let levels = attribute.levels.iter().map(|level| (level.name.clone(), level.points));
                found.push(of_levels(&attribute.name, derived, levels));
            }
        }
        for (index, behaviour) in model.behaviours.iter().enumerate() {
            if behaviour.group == group.name {
                let input = self.inputs.name(Source::Behaviour(m, index));
                found.push(of_times(&behaviour.name, behaviour.points_each, input));
            }
        }
        for (index, signal) in model.signals.iter().enumerate() {
            if signal.group == group.name {
                let input = self.inputs.name(Source::Signal(m, index));
                found.push(of_times(&signal.name, signal.points, input));
            }
        }
        if let (Some(inactivity), Some(derived)) = (&model.inactivity, &derived.silence)
            && inactivity.group == group.name
        {
            let steps = inactivity.steps.iter().map(|step| (step_name(step), step.points));
            found.push(of_levels("inactivity", derived, steps));
        }
        found
    }

    fn regression(
        &self,
        m: usize,
        model: &Model,
        probability: &Probability,
        derived: &Derived,
        output: &str,
    ) -> Element {
        let (mut numbers, mut levels) = (Vec::new(), Vec::new());
        for Term { of, coefficient } in &probability.terms {
            let (predictors, predictor) = match of {
                TermOf::Level { attribute, level } => {
                    let index = position(&model.attributes, |known| known.name == *attribute);
                    (&mut levels, categorical(&derived.levels[index], level))
                }
                TermOf::Behaviour(name) => {
                    let index = position(&model.behaviours, |known| known.name == *name);
                    (&mut numbers, numeric(self.inputs.name(Source::Behaviour(m, index))))
                }
                TermOf::Signal(name) => {
                    let index = position(&model.signals, |known| known.name == *name);
                    (&mut numbers, numeric(self.inputs.name(Source::Signal(m, index))))
                }
                TermOf::Inactivity(days) => {
                    let step = derived.silence.as_deref().expect("a term of inactivity belongs to a step");
                    (&mut levels, categorical(step, &format!("{days} days")))
                }
            };
            predictors.push(predictor.with("coefficient", coefficient.to_string()));
        }
        let table = Element::new("RegressionTable").with("intercept", probability.intercept.to_string());
        Element::new("RegressionModel")
            .with("modelName", "probability")
            .with("functionName", "regression")
            .with("normalizationMethod", "logit")
            .child(self.schema(m, model, |_| true))
            .child(Element::new("Output").child(predicted(output)))
            .child(table.children(numbers).children(levels))
    }

    /// The scorecard of base points and groups, with everything that follows from a score.
    fn total(&self, model: &Model, sums: &[Sum<'_>], probability: Option<&str>) -> Element {
        let results = &self.results;
        let base = Element::new("Attribute").with("partialScore", model.base_points.to_string());
        let mut characteristics = vec![characteristic("base").child(base.child(Element::new("True")))];
        let mut fields: Vec<&str> = Vec::new();
        let mut outputs = vec![output(&results.raw, "continuous", "double", "predictedValue")];
        let mut results_of = |name: &str, optype, kind, value| outputs.push(transformed(name, optype, kind, value));
        results_of(&results.rounded, "continuous", "double", rounded(&results.raw));
        let score = limited(field(&results.rounded), model.range.min, model.range.max);
        results_of(&results.score, "continuous", "double", score);
        let from = |from: f64| apply("greaterOrEqual", [field(&results.score), number(from)]);
        let bands = model.bands.iter().rev().map(|band| (from(band.from), text(&band.name))).collect();
        if let Some(band) = first_of(bands, None) {
            results_of(&results.band, "categorical", "string", band);
        }
        let stages = model.stages.iter().rev().map(|stage| (from(stage.from), text(&stage.name))).collect();
        if let Some(stage) = first_of(stages, None) {
            results_of(&results.stage, "categorical", "string", stage);
        }
        let tiers: Vec<Element> = sums.iter().filter_map(tier).collect();
        if !tiers.is_empty() {
            let grade = if tiers.len() == 1 { tiers[0].clone() } else { apply("concat", tiers) };
            results_of(&results.grade, "categorical", "string", grade);
        }
        if let Some(probability) = probability {
            fields.push(probability);
            results_of(&results.probability, "continuous", "double", field(probability));
        }
        for sum in sums {
            for (code, result) in &sum.reasons {
                fields.push(code);
                results_of(result, "categorical", "string", field(code));
            }
            let points = Element::new("ComplexPartialScore").child(sum.value.clone());
            let attribute = Element::new("Attribute").child(Element::new("True")).child(points);
            characteristics.push(characteristic(&sum.group.name).child(attribute));
            fields.extend(sum.value.attribute("field"));
        }
        let fields = fields.into_iter().map(|name| Element::new("MiningField").with("name", name));
        scorecard("score")
            .with("useReasonCodes", "false")
            .child(self.mining_schema(fields.collect()))
            .child(Element::new("Output").children(outputs))
            .child(Element::new("Characteristics").children(characteristics))
    }
}

/// The tier of a group's sum; the last is reached by every sum.
fn tier(sum: &Sum<'_>) -> Option<Element> {
    let (last, better) = sum.group.tiers.split_last()?;
    let reached = |from: f64| apply("greaterOrEqual", [sum.value.clone(), number(from)]);
    let cases = better.iter().map(|tier| (reached(tier.from), text(&tier.name))).collect();
    first_of(cases, Some(text(&last.name)))
}

/// Points by the level of a derived field; none where no level holds.
fn of_levels(name: &str, derived: &str, levels: impl Iterator<Item = (String, f64)>) -> Element {
    let levels = levels.map(|(level, points)| {
        Element::new("Attribute")
            .with("partialScore", points.to_string())
            .with("reasonCode", format!("{name} = {level}"))
            .child(is(derived, &level))
    });
    let rest = Element::new("Attribute").with("partialScore", "0").with("reasonCode", name);
    characteristic(name).children(levels).child(rest.child(Element::new("True")))
}

/// So many points each time.
fn of_times(name: &str, points: f64, input: &str) -> Element {
    let score = Element::new("ComplexPartialScore").child(apply("*", [number(points), field(input)]));
    let attribute = Element::new("Attribute").with("reasonCode", name).child(Element::new("True")).child(score);
    characteristic(name).child(attribute)
}

/// Starts at 0, so that the first characteristic is the first that is added.
fn scorecard(name: &str) -> Element {
    Element::new("Scorecard").with("modelName", name).with("functionName", "regression").with("initialScore", "0")
}

fn characteristic(name: &str) -> Element {
    Element::new("Characteristic").with("name", name)
}

fn numeric(input: &str) -> Element {
    Element::new("NumericPredictor").with("name", input)
}

fn categorical(derived: &str, level: &str) -> Element {
    Element::new("CategoricalPredictor").with("name", derived).with("value", level)
}

fn output(name: &str, optype: &str, kind: &str, feature: &str) -> Element {
    Element::new("OutputField")
        .with("name", name)
        .with("optype", optype)
        .with("dataType", kind)
        .with("feature", feature)
}

/// What a model of the chain hands on, of no use to a caller.
fn hidden(output: Element) -> Element {
    output.with("isFinalResult", "false")
}

fn predicted(name: &str) -> Element {
    hidden(output(name, "continuous", "double", "predictedValue"))
}

fn transformed(name: &str, optype: &str, kind: &str, value: Element) -> Element {
    output(name, optype, kind, "transformedValue").child(value)
}

fn position<T>(list: &[T], is: impl Fn(&T) -> bool) -> usize {
    list.iter().position(is).expect("a valid term belongs to a part of the model")
}
