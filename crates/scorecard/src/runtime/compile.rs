//! A model with its names resolved: fields to slots, groups to indices, levels to codes.

use std::collections::HashMap;

use leadcal_lift::attribute::Encoder;
use leadcal_lift::signals::SignalKind;

use crate::config::{Model, ScoredAttribute, ScoredLevel, TermOf};

/// A model with its names resolved. Lists are in the model's order.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    pub(crate) attributes: Vec<CompiledAttribute>,
    pub(crate) behaviours: Vec<CompiledBehaviour>,
    pub(crate) signals: Vec<CompiledSignal>,
    /// Index of the group of inactivity.
    pub(crate) inactivity_group: Option<usize>,
    /// Steps of inactivity.
    pub(crate) steps: Vec<CompiledStep>,
}

/// An attribute with its names resolved.
#[derive(Debug, Clone)]
pub(crate) struct CompiledAttribute {
    /// Index into the scorer's fields.
    pub(crate) slot: usize,
    pub(crate) encoder: Encoder,
    /// Index of its group.
    pub(crate) group: usize,
    /// Points of each level.
    pub(crate) points: Vec<f64>,
    /// Coefficient of each level, 0 where it has no term.
    pub(crate) coefficients: Vec<f64>,
}

/// A behaviour with its names resolved.
#[derive(Debug, Clone)]
pub(crate) struct CompiledBehaviour {
    /// Index of its group.
    pub(crate) group: usize,
    /// What its weight is multiplied by in the probability, 0 where it has no term.
    pub(crate) coefficient: f64,
}

/// A step of inactivity with its names resolved.
#[derive(Debug, Clone)]
pub(crate) struct CompiledStep {
    /// `60 days`, for the reasons.
    pub(crate) name: String,
    /// 0 where it has no term.
    pub(crate) coefficient: f64,
}

/// A signal with its names resolved.
#[derive(Debug, Clone)]
pub(crate) struct CompiledSignal {
    /// Index of its group.
    pub(crate) group: usize,
    pub(crate) kind: SignalKind,
    /// Indices into the scorer's fields, in the order of the kind's fields.
    pub(crate) slots: Vec<usize>,
    pub(crate) points: f64,
    /// What it adds to the probability's log-odds each time it fires, 0 where it has no term.
    pub(crate) coefficient: f64,
}

impl Compiled {
    /// Compiles a valid model; fields not seen before are added to `fields`.
    pub(crate) fn new(model: &Model, fields: &mut Vec<String>) -> Self {
        let group = |name: &str| {
            let found = model.groups.iter().position(|group| group.name == name);
            found.expect("the groups named were checked by validate")
        };
        let mut slot = |field: &str| {
            fields.iter().position(|known| known == field).unwrap_or_else(|| {
                fields.push(field.to_owned());
                fields.len() - 1
            })
        };
        let terms: HashMap<&TermOf, f64> =
            model.probability.iter().flat_map(|p| &p.terms).map(|term| (&term.of, term.coefficient)).collect();
        let coefficient = |of: TermOf| terms.get(&of).copied().unwrap_or(0.0);
        let level_coefficient = |attribute: &ScoredAttribute, level: &ScoredLevel| {
            coefficient(TermOf::Level { attribute: attribute.name.clone(), level: level.name.clone() })
        };
        let attributes = model.attributes.iter().map(|attribute| CompiledAttribute {
            slot: slot(&attribute.input.field),
            encoder: Encoder::new(&attribute.attribute()),
            group: group(&attribute.group),
            points: attribute.levels.iter().map(|level| level.points).collect(),
            coefficients: attribute.levels.iter().map(|level| level_coefficient(attribute, level)).collect(),
        });
        let attributes = attributes.collect();
        let signals = model.signals.iter().map(|signal| CompiledSignal {
            group: group(&signal.group),
            kind: signal.kind.clone(),
            slots: signal.kind.fields().into_iter().map(&mut slot).collect(),
            points: signal.points,
            coefficient: coefficient(TermOf::Signal(signal.name.clone())),
        });
        let signals = signals.collect();
        let behaviours = model.behaviours.iter().map(|behaviour| CompiledBehaviour {
            group: group(&behaviour.group),
            coefficient: coefficient(TermOf::Behaviour(behaviour.name.clone())),
        });
        let steps = model.inactivity.iter().flat_map(|inactivity| &inactivity.steps).map(|step| CompiledStep {
            name: format!("{} days", step.after_days),
            coefficient: coefficient(TermOf::Inactivity(step.after_days)),
        });
        Self {
            attributes,
            behaviours: behaviours.collect(),
            signals,
            inactivity_group: model.inactivity.as_ref().map(|inactivity| group(&inactivity.group)),
            steps: steps.collect(),
        }
    }
}
