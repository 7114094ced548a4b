//! Models, each with the one that scores the same leads in the other config.

use std::collections::HashMap;

use super::attributes::{Level, Side, added_or_removed, attribute, inactivity};
use super::keys::{changed, compare, json, paired, reordered};
use super::{AttributeDiff, Change, Effect, ModelDiff, PartDiff, Points, Presence};
use crate::config::{Behaviour, Model, ScoredAttribute, Signal, TermOf};

/// The models that changed: in the order of the second config, then those of the first alone.
pub(super) fn models(before: &[Model], after: &[Model]) -> Vec<ModelDiff> {
    let own =
        |models: &[Model], product: Option<&str>| models.iter().position(|model| model.product.as_deref() == product);
    let products = after.iter().chain(before.iter().filter(|model| own(after, model.product.as_deref()).is_none()));
    let compared = products.filter_map(|model| {
        let product = model.product.as_deref();
        let [was, is] = [before, after].map(|models| own(models, product));
        let presence = match (was, is) {
            (None, _) => Presence::Added,
            (_, None) => Presence::Removed,
            _ => Presence::Changed,
        };
        let scores = |models, at: Option<usize>| at.or_else(|| product.and_then(|_| own(models, None)));
        let [was, is] = [scores(before, was), scores(after, is)];
        match (was, is) {
            (Some(was), Some(is)) => {
                let mut model = model_diff(product, presence, (&before[was], was), (&after[is], is));
                if !model.differs() && before[was] != after[is] {
                    model.changes.push(rewritten("rest of the model"));
                }
                (presence != Presence::Changed || model.differs()).then_some(model)
            }
            // Leads that could not be scored can be now, or the other way round.
            _ => Some(alone(product, presence, model, was.or(is).unwrap_or_default())),
        }
    });
    compared.collect()
}

/// What is written otherwise, such as values listed in another order, and says the same.
pub(super) fn rewritten(what: &str) -> Change {
    Change { what: format!("{what}, written otherwise"), before: None, after: None, effect: Effect::Nothing }
}

impl ModelDiff {
    fn differs(&self) -> bool {
        let parts = self.attributes.len() + self.behaviours.len() + self.signals.len();
        parts > 0 || !self.changes.is_empty() || self.inactivity.is_some()
    }

    fn with_effect(mut self, least: Effect) -> Self {
        let changes = self.changes.iter().map(|change| change.effect);
        let attributes = self.attributes.iter().chain(&self.inactivity).map(|attribute| attribute.effect);
        let parts = self.behaviours.iter().chain(&self.signals).map(|part| part.effect);
        self.effect = changes.chain(attributes).chain(parts).fold(least, Effect::max);
        self
    }
}

/// A model whose leads the other config does not score.
fn alone(product: Option<&str>, presence: Presence, model: &Model, at: usize) -> ModelDiff {
    let empty = Model {
        attributes: Vec::new(),
        behaviours: Vec::new(),
        signals: Vec::new(),
        inactivity: None,
        ..model.clone()
    };
    let diff = match presence {
        Presence::Removed => model_diff(product, presence, (model, at), (&empty, at)),
        Presence::Added | Presence::Changed => model_diff(product, presence, (&empty, at), (model, at)),
    };
    diff.with_effect(Effect::Scores)
}

fn model_diff(
    product: Option<&str>,
    presence: Presence,
    (before, was): (&Model, usize),
    (after, is): (&Model, usize),
) -> ModelDiff {
    let pointers = [format!("/models/{was}"), format!("/models/{is}")];
    let log_odds = [before, after].map(LogOdds::of);
    let of = |term: TermOf| log_odds.each_ref().map(|log_odds| log_odds.at(&term));
    let behaviours = parts("behaviours", &pointers, (&before.behaviours, &after.behaviours), |name| {
        of(TermOf::Behaviour(name.to_owned()))
    });
    let signals =
        parts("signals", &pointers, (&before.signals, &after.signals), |name| of(TermOf::Signal(name.to_owned())));
    let mut changes = settings(before, after);
    for (list, pairs) in [
        ("behaviours", paired(&before.behaviours, &after.behaviours, |part| &part.name)),
        ("signals", paired(&before.signals, &after.signals, |part| &part.name)),
        ("attributes", paired(&before.attributes, &after.attributes, |part| &part.name)),
    ] {
        if reordered(&pairs) {
            // Sums of whole points are the same in any order; others may differ in their last bit.
            let what = format!("order of {list}");
            changes.push(Change { what, before: None, after: None, effect: Effect::Nothing });
        }
    }
    let pointer = format!("{}/inactivity", pointers[usize::from(after.inactivity.is_some())]);
    let [was, is] = log_odds.each_ref().map(|log_odds| move |days: u32| log_odds.at(&TermOf::Inactivity(days)));
    ModelDiff {
        product: product.map(str::to_owned),
        presence,
        effect: Effect::Nothing,
        changes,
        attributes: attributes(&pointers, (&before.attributes, &after.attributes), &log_odds),
        behaviours,
        signals,
        inactivity: inactivity(&pointer, before.inactivity.as_ref(), after.inactivity.as_ref(), [&was, &is]),
    }
    .with_effect(Effect::Nothing)
}

/// What each part of a model adds to the log-odds.
struct LogOdds<'a>(Option<HashMap<&'a TermOf, f64>>);

impl<'a> LogOdds<'a> {
    fn of(model: &'a Model) -> Self {
        let terms = model.probability.as_ref().map(|probability| &probability.terms);
        Self(terms.map(|terms| terms.iter().map(|term| (&term.of, term.coefficient)).collect()))
    }

    /// 0 for what has no term; `None` where the model tells no probability.
    fn at(&self, term: &TermOf) -> Option<f64> {
        self.0.as_ref().map(|terms| terms.get(term).copied().unwrap_or(0.0))
    }
}

fn attributes(
    pointers: &[String; 2],
    (before, after): (&[ScoredAttribute], &[ScoredAttribute]),
    log_odds: &[LogOdds<'_>; 2],
) -> Vec<AttributeDiff> {
    let pairs = paired(before, after, |attribute| &attribute.name);
    let diff = |[was, is]: [Option<usize>; 2]| match (was, is) {
        (Some(was), Some(is)) => {
            let [was, is] =
                [side(before, was, &pointers[0], &log_odds[0]), side(after, is, &pointers[1], &log_odds[1])];
            attribute(was.0, &was.1, &is.1)
        }
        (None, Some(is)) => {
            let (name, side) = side(after, is, &pointers[1], &log_odds[1]);
            Some(added_or_removed(name, &side, Presence::Added))
        }
        (Some(was), None) => {
            let (name, side) = side(before, was, &pointers[0], &log_odds[0]);
            Some(added_or_removed(name, &side, Presence::Removed))
        }
        (None, None) => None,
    };
    pairs.into_iter().filter_map(diff).collect()
}

fn side<'a>(list: &'a [ScoredAttribute], at: usize, model: &str, log_odds: &LogOdds<'_>) -> (&'a str, Side<'a>) {
    let attribute = &list[at];
    let levels = attribute.levels.iter().map(|level| Level {
        name: &level.name,
        when: &level.when,
        points: level.points,
        coefficient: log_odds.at(&TermOf::Level { attribute: attribute.name.clone(), level: level.name.clone() }),
        evidence: level.evidence,
    });
    let side = Side {
        pointer: format!("{model}/attributes/{at}"),
        group: Some(&attribute.group),
        input: &attribute.input,
        levels: levels.collect(),
    };
    (&attribute.name, side)
}

/// A behaviour or signal.
trait Part: serde::Serialize {
    fn name(&self) -> &str;
    /// The key of its points, and they.
    fn points(&self) -> (&'static str, f64);
}

impl Part for Behaviour {
    fn name(&self) -> &str {
        &self.name
    }

    fn points(&self) -> (&'static str, f64) {
        ("points_each", self.points_each)
    }
}

impl Part for Signal {
    fn name(&self) -> &str {
        &self.name
    }

    fn points(&self) -> (&'static str, f64) {
        ("points", self.points)
    }
}

fn parts<P: Part>(
    list: &str,
    pointers: &[String; 2],
    (before, after): (&[P], &[P]),
    coefficients: impl Fn(&str) -> [Option<f64>; 2],
) -> Vec<PartDiff> {
    let pairs = paired(before, after, P::name);
    let diff = |[was, is]: [Option<usize>; 2]| {
        let presence = match (was, is) {
            (None, _) => Presence::Added,
            (_, None) => Presence::Removed,
            _ => Presence::Changed,
        };
        let [was_part, is_part] = [was.map(|at| &before[at]), is.map(|at| &after[at])];
        let part = is_part.or(was_part)?;
        let points = [was_part, is_part].map(|part| part.map_or(0.0, |part| part.points().1));
        let points = Points::of(points[0], points[1]);
        let mut changes = Vec::new();
        let [mut from, mut to] = [was_part, is_part].map(|part| json(&part));
        for side in [&mut from, &mut to].into_iter().filter_map(|side| side.as_object_mut()) {
            side.retain(|key, _| key != "name" && key != part.points().0);
        }
        compare("", &from, &to, &mut changes, |_| Effect::Scores);
        if let [Some(was), Some(is)] = coefficients(part.name()) {
            changes.extend(changed("coefficient", &was, &is, Effect::Results));
        }
        let moved = if points.differ() || presence != Presence::Changed { Effect::Scores } else { Effect::Nothing };
        let at = is.or(was).unwrap_or_default();
        let diff = PartDiff {
            name: part.name().to_owned(),
            pointer: format!("{}/{list}/{at}", pointers[usize::from(is.is_some())]),
            presence,
            effect: changes.iter().map(|change| change.effect).fold(moved, Effect::max),
            points,
            changes,
        };
        (diff.effect > Effect::Nothing).then_some(diff)
    };
    pairs.into_iter().filter_map(diff).collect()
}

/// Base points, range, groups, bands, stages, the probability's intercept.
fn settings(before: &Model, after: &Model) -> Vec<Change> {
    let mut changes = Vec::from_iter(changed("base points", &before.base_points, &after.base_points, Effect::Scores));
    compare("range: ", &json(&before.range), &json(&after.range), &mut changes, |_| Effect::Scores);
    named(
        "group",
        (&before.groups, &after.groups),
        |group| &group.name,
        &mut changes,
        Effect::Scores,
        |key| match key {
            "tiers" => Effect::Results,
            _ => Effect::Scores,
        },
    );
    named(
        "band",
        (&before.bands, &after.bands),
        |band| &band.name,
        &mut changes,
        Effect::Results,
        |key| match key {
            "action" | "expected_rate" => Effect::Nothing,
            _ => Effect::Results,
        },
    );
    named(
        "stage",
        (&before.stages, &after.stages),
        |stage| &stage.name,
        &mut changes,
        Effect::Results,
        |_| Effect::Results,
    );
    let told = [before, after].map(|model| model.probability.as_ref().map(|probability| probability.intercept));
    changes.extend(changed("probability: intercept", &told[0], &told[1], Effect::Results));
    let curves = [before, after].map(|model| json(&model.expected_rate_by_score));
    compare("expected rate by score: ", &curves[0], &curves[1], &mut changes, |_| Effect::Nothing);
    changes
}

/// Parts of a list that have names: those of one list alone, keys that differ, and another order.
fn named<T: serde::Serialize>(
    part: &str,
    (before, after): (&[T], &[T]),
    name: impl Fn(&T) -> &str,
    changes: &mut Vec<Change>,
    whole: Effect,
    effect: impl Fn(&str) -> Effect,
) {
    let pairs = paired(before, after, &name);
    for [was, is] in &pairs {
        let (was, is) = (was.map(|at| &before[at]), is.map(|at| &after[at]));
        let Some(named) = is.or(was) else { continue };
        let what = format!("{part} {}", name(named));
        if let Some((was, is)) = was.zip(is) {
            compare(&format!("{what}: "), &json(was), &json(is), changes, &effect);
        } else {
            changes.extend(changed(what, &was, &is, whole));
        }
    }
    if reordered(&pairs) {
        changes.push(Change { what: format!("order of {part}s"), before: None, after: None, effect: Effect::Results });
    }
}
