//! A config as an ONNX graph: from a batch of leads to their scores, bands and probabilities, in double precision.
//!
//! Every number goes through operators that have a kernel for doubles, so a value at the edge of a level falls where it falls
//! in [`crate::runtime`], and sums are the same to the last bit.

mod arithmetic;
mod graph;
mod levels;
mod observed;
mod protobuf;

use leadcal_lift::attribute::FieldType;

use super::inputs::{Inputs, Names, Source, no_results};
use super::{Export, Losses};
use crate::config::{Model, ScoringConfig};
use arithmetic::{limited, reached, rounded};
use graph::{Graph, Type};
use observed::Observed;

/// The graph with its losses.
pub(super) fn onnx(config: &ScoringConfig) -> Export {
    let mut names = Names::default();
    let inputs = Inputs::new(config, &mut names);
    let mut graph = Graph::new(names);
    for input in inputs.iter() {
        let kind = if matches!(input.source, Source::Field(_, FieldType::Text)) { Type::Text } else { Type::Double };
        graph.input(&input.name, kind);
    }
    let scores = config.models.iter().enumerate().map(|(m, model)| score(&mut graph, &inputs, m, model)).collect();
    let score = choose(&mut graph, config, &inputs, scores);
    let any = |part: fn(&Model) -> bool| config.models.iter().any(part);
    graph.output("raw", Type::Double, &score.raw);
    graph.output("rounded", Type::Double, &score.rounded);
    graph.output("score", Type::Double, &score.score);
    if any(|model| !model.bands.is_empty()) {
        graph.output("band", Type::Text, &score.band);
    }
    if any(|model| !model.stages.is_empty()) {
        graph.output("stage", Type::Text, &score.stage);
    }
    if any(|model| model.groups.iter().any(|group| !group.tiers.is_empty())) {
        graph.output("grade", Type::Text, &score.grade);
    }
    if any(|model| model.probability.is_some()) {
        graph.output("probability", Type::Double, &score.probability);
    }
    Export::one("scoring.onnx", graph.file(&config.name), losses(config, &inputs))
}

/// The values of a score. Texts that there are not are empty, numbers that there are not NaN.
struct Results {
    raw: String,
    rounded: String,
    score: String,
    band: String,
    stage: String,
    grade: String,
    probability: String,
}

/// The score of the lead's product. Where no model serves it, there is none.
fn choose(graph: &mut Graph, config: &ScoringConfig, inputs: &Inputs<'_>, mut scores: Vec<Results>) -> Results {
    let others = config.models.iter().position(|model| model.product.is_none());
    let mut chosen = match others {
        Some(others) if config.models.len() == 1 => return scores.remove(others),
        Some(others) => scores.remove(others),
        None => nothing(graph),
    };
    // A product of blanks is none.
    let products = config.models.iter().filter_map(|model| model.product.as_deref());
    let products: Vec<&str> = products.collect();
    let known = products.iter().copied().zip(0..).filter(|(product, _)| !product.trim().is_empty());
    let known: Vec<(&str, usize)> = known.collect();
    if known.is_empty() {
        return chosen;
    }
    let which = graph.encoded(inputs.name(Source::PRODUCT), &known, products.len());
    for (index, score) in scores.into_iter().enumerate() {
        let number = graph.index(index);
        let this = graph.node("Equal", &[&which, &number]);
        let mut either = |one: &str, other: &mut String| *other = graph.node("Where", &[&this, one, other]);
        either(&score.raw, &mut chosen.raw);
        either(&score.rounded, &mut chosen.rounded);
        either(&score.score, &mut chosen.score);
        either(&score.band, &mut chosen.band);
        either(&score.stage, &mut chosen.stage);
        either(&score.grade, &mut chosen.grade);
        either(&score.probability, &mut chosen.probability);
    }
    chosen
}

fn nothing(graph: &mut Graph) -> Results {
    let (number, text) = (graph.double(f64::NAN), graph.text(""));
    Results {
        raw: number.clone(),
        rounded: number.clone(),
        score: number.clone(),
        band: text.clone(),
        stage: text.clone(),
        grade: text,
        probability: number,
    }
}

/// How one model scores every lead.
fn score(graph: &mut Graph, inputs: &Inputs<'_>, m: usize, model: &Model) -> Results {
    let observed = Observed::new(graph, inputs, m, model);
    let mut raw = graph.double(model.base_points);
    let mut tiers = Vec::new();
    for group in &model.groups {
        let sum = observed.sum(graph, model, &group.name);
        let sum = limited(graph, &sum, group.min, group.max);
        raw = graph.node("Add", &[&raw, &sum]);
        if let Some((last, better)) = group.tiers.split_last() {
            let ascending = better.iter().rev().map(|tier| (tier.from, tier.name.as_str()));
            tiers.push(reached(graph, &sum, &last.name, ascending));
        }
    }
    let rounded = rounded(graph, &raw);
    let score = limited(graph, &rounded, model.range.min, model.range.max);
    let band = reached(graph, &score, "", model.bands.iter().map(|band| (band.from, band.name.as_str())));
    let stage = reached(graph, &score, "", model.stages.iter().map(|stage| (stage.from, stage.name.as_str())));
    let grade = tiers.into_iter().reduce(|grade, tier| graph.node("StringConcat", &[&grade, &tier]));
    let grade = grade.unwrap_or_else(|| graph.text(""));
    let probability = match &model.probability {
        Some(probability) => observed.probability(graph, model, probability),
        None => graph.double(f64::NAN),
    };
    Results { raw, rounded, score, band, stage, grade, probability }
}

fn losses(config: &ScoringConfig, inputs: &Inputs<'_>) -> Losses {
    let mut losses = Losses::default();
    for (m, model) in config.models.iter().enumerate() {
        inputs.left_to_the_caller(m, model, &mut losses);
        no_results(m, model, &mut losses);
        losses.add(format!("/models/{m}"), "reasons", "a graph gives none");
    }
    losses
}
