//! From what a model sees of a lead to its score: steps 6 to 9 of the document.
//!
//! The order of the additions is part of the contract, so that every way of scoring agrees to the bit: a group's sum
//! starts at 0 and takes attributes, behaviours, signals and inactivity in the config's order; `raw` starts at
//! `base_points` and takes the groups in the config's order.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use super::compile::Compiled;
use super::observe::{NO_LEVEL, Observed};
use crate::config::{Band, Model};

/// What a lead scores, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score<'s> {
    /// Product of the model used; `None` for the model of all others.
    pub product: Option<&'s str>,
    /// Base points and the groups' sums within their limits.
    pub raw: f64,
    /// `raw`, rounded half away from zero.
    pub rounded: f64,
    /// `rounded`, within the model's range.
    pub score: f64,
    /// Name of the band; `None` only where the model has no bands.
    pub band: Option<&'s str>,
    /// Name of the stage; `None` below the first.
    pub stage: Option<&'s str>,
    /// The groups' tiers joined, such as `A1`; `None` where no group has tiers.
    pub grade: Option<String>,
    /// The predictive model's conversion probability; `None` where the config has none.
    pub probability: Option<f64>,
    /// Every contribution that is not 0, the largest in size first; equal ones in the config's order.
    pub reasons: Vec<Reason<'s>>,
}

/// One contribution to a score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason<'s> {
    /// Name of the attribute, behaviour or signal, or `inactivity`.
    pub name: &'s str,
    /// The level; `3 times` for behaviours and signals of several fields, `60 days` for inactivity.
    pub level: Option<Cow<'s, str>>,
    /// Points added, before the group's limits.
    pub points: f64,
}

/// `+53 poutcome = success`; points that faded with time in hundredths.
impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hundredths = (self.points * 100.0).round() / 100.0;
        let points = if hundredths.abs() > 0.0 { hundredths } else { self.points };
        write!(f, "{points:+} {}", self.name)?;
        self.level.as_ref().map_or(Ok(()), |level| write!(f, " = {level}"))
    }
}

/// The sums of one lead; made once and used for many.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sums {
    /// Of each group, within its limits.
    groups: Vec<f64>,
    pub(crate) raw: f64,
    pub(crate) rounded: f64,
    pub(crate) score: f64,
}

impl Sums {
    pub(crate) fn add_up(&mut self, model: &Model, compiled: &Compiled, observed: &Observed) {
        self.groups.clear();
        self.groups.resize(model.groups.len(), 0.0);
        each_contribution(model, compiled, observed, |_, group, points| self.groups[group] += points);
        self.raw = model.base_points;
        for (sum, group) in self.groups.iter_mut().zip(&model.groups) {
            *sum = sum.clamp(group.min, group.max);
            self.raw += *sum;
        }
        // Adding 0 makes -0 a 0, so that no score reads "-0".
        self.rounded = self.raw.round() + 0.0;
        self.score = self.rounded.clamp(model.range.min, model.range.max) + 0.0;
    }

    pub(crate) fn band<'m>(&self, model: &'m Model) -> Option<&'m Band> {
        self.band_index(model).map(|band| &model.bands[band])
    }

    /// The band's place among the model's.
    pub(crate) fn band_index(&self, model: &Model) -> Option<usize> {
        model.bands.iter().rposition(|band| band.from <= self.score)
    }

    pub(crate) fn stage<'m>(&self, model: &'m Model) -> Option<&'m str> {
        self.stage_index(model).map(|stage| model.stages[stage].name.as_str())
    }

    /// The stage's place among the model's.
    pub(crate) fn stage_index(&self, model: &Model) -> Option<usize> {
        model.stages.iter().rposition(|stage| stage.from <= self.score)
    }

    pub(crate) fn grade(&self, model: &Model) -> Option<String> {
        let tier = |(group, sum): (&'_ crate::config::Group, &f64)| {
            group.tiers.iter().find(|tier| tier.from <= *sum).map(|tier| tier.name.clone())
        };
        model.groups.iter().zip(&self.groups).map(tier).fold(None, |grade: Option<String>, tier| match (grade, tier) {
            (Some(grade), Some(tier)) => Some(grade + &tier),
            (grade, tier) => grade.or(tier),
        })
    }

    pub(crate) fn score<'s>(&self, model: &'s Model, compiled: &'s Compiled, observed: &Observed) -> Score<'s> {
        Score {
            product: model.product.as_deref(),
            raw: self.raw,
            rounded: self.rounded,
            score: self.score,
            band: self.band(model).map(|band| band.name.as_str()),
            stage: self.stage(model),
            grade: self.grade(model),
            probability: probability(model, compiled, observed),
            reasons: reasons(model, compiled, observed),
        }
    }
}

/// Where a contribution comes from: an index into the model's list.
enum Source {
    Attribute(usize),
    Behaviour(usize),
    Signal(usize),
    Inactivity(usize),
}

/// Calls `f` with source, group and points of each contribution, in the order in which they are added.
fn each_contribution(model: &Model, compiled: &Compiled, observed: &Observed, mut f: impl FnMut(Source, usize, f64)) {
    for (index, (attribute, &code)) in compiled.attributes.iter().zip(&observed.codes).enumerate() {
        if code != NO_LEVEL {
            f(Source::Attribute(index), attribute.group, attribute.points[code as usize]);
        }
    }
    for (index, (behaviour, repeats)) in model.behaviours.iter().zip(&observed.behaviours).enumerate() {
        f(Source::Behaviour(index), compiled.behaviours[index].group, behaviour.points_each * repeats.weight);
    }
    for (index, (signal, &times)) in compiled.signals.iter().zip(&observed.signals).enumerate() {
        f(Source::Signal(index), signal.group, signal.points * f64::from(times));
    }
    if let (Some(inactivity), Some(group), Some(step)) =
        (&model.inactivity, compiled.inactivity_group, observed.silence)
    {
        f(Source::Inactivity(step), group, inactivity.steps[step].points);
    }
}

/// logistic(intercept + the terms), added in the order of the contributions.
pub(crate) fn probability(model: &Model, compiled: &Compiled, observed: &Observed) -> Option<f64> {
    let mut log_odds = model.probability.as_ref()?.intercept;
    for (attribute, &code) in compiled.attributes.iter().zip(&observed.codes) {
        if code != NO_LEVEL {
            log_odds += attribute.coefficients[code as usize];
        }
    }
    for (behaviour, repeats) in compiled.behaviours.iter().zip(&observed.behaviours) {
        log_odds += behaviour.coefficient * repeats.weight;
    }
    for (signal, &times) in compiled.signals.iter().zip(&observed.signals) {
        log_odds += signal.coefficient * f64::from(times);
    }
    if let Some(step) = observed.silence {
        log_odds += compiled.steps[step].coefficient;
    }
    Some(1.0 / (1.0 + (-log_odds).exp()))
}

pub(crate) fn reasons<'s>(model: &'s Model, compiled: &'s Compiled, observed: &Observed) -> Vec<Reason<'s>> {
    let mut reasons = Vec::with_capacity(compiled.attributes.len());
    each_contribution(model, compiled, observed, |source, _, points| {
        if points.abs().to_bits() != 0 {
            reasons.push(reason(model, compiled, observed, &source, points));
        }
    });
    reasons.sort_by(|a, b| b.points.abs().total_cmp(&a.points.abs()));
    reasons
}

fn reason<'s>(
    model: &'s Model,
    compiled: &'s Compiled,
    observed: &Observed,
    source: &Source,
    points: f64,
) -> Reason<'s> {
    let times = |times: u32| Some(Cow::Owned(format!("{times} {}", if times == 1 { "time" } else { "times" })));
    let (name, level) = match *source {
        Source::Attribute(index) => {
            let attribute = &model.attributes[index];
            (&attribute.name, Some(Cow::Borrowed(&*attribute.levels[observed.codes[index] as usize].name)))
        }
        Source::Behaviour(index) => (&model.behaviours[index].name, times(observed.behaviours[index].times)),
        Source::Signal(index) if compiled.signals[index].kind.most() > 1 => {
            (&model.signals[index].name, times(observed.signals[index]))
        }
        Source::Signal(index) => (&model.signals[index].name, None),
        Source::Inactivity(step) => {
            let days = Some(Cow::Borrowed(&*compiled.steps[step].name));
            return Reason { name: "inactivity", level: days, points };
        }
    };
    Reason { name, level, points }
}
