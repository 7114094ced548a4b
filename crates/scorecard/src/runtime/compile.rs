//! A model with its names resolved: fields to slots, groups to indices, levels to codes.

use leadcal_lift::attribute::Encoder;

use crate::config::{Model, ScoredAttribute, SignalKind};

/// A model with its names resolved. Lists are in the model's order.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    pub(crate) attributes: Vec<CompiledAttribute>,
    /// Index of each behaviour's group.
    pub(crate) behaviour_groups: Vec<usize>,
    pub(crate) signals: Vec<CompiledSignal>,
    /// Index of the group of inactivity.
    pub(crate) inactivity_group: Option<usize>,
    /// `60 days` of each step of inactivity, for the reasons.
    pub(crate) inactivity_names: Vec<String>,
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

/// A signal with its names resolved.
#[derive(Debug, Clone)]
pub(crate) struct CompiledSignal {
    /// Index of its group.
    pub(crate) group: usize,
    pub(crate) kind: SignalKind,
    /// Indices into the scorer's fields, in the order of the kind's fields.
    pub(crate) slots: Vec<usize>,
    pub(crate) points: f64,
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
        let attributes = model.attributes.iter().map(|attribute| CompiledAttribute {
            slot: slot(&attribute.input.field),
            encoder: Encoder::new(&attribute.attribute()),
            group: group(&attribute.group),
            points: attribute.levels.iter().map(|level| level.points).collect(),
            coefficients: coefficients(model, attribute),
        });
        let attributes = attributes.collect();
        let signals = model.signals.iter().map(|signal| CompiledSignal {
            group: group(&signal.group),
            kind: signal.kind.clone(),
            slots: signal.kind.fields().iter().map(|field| slot(field)).collect(),
            points: signal.points,
        });
        let signals = signals.collect();
        let steps = model.inactivity.iter().flat_map(|inactivity| &inactivity.steps);
        Self {
            attributes,
            behaviour_groups: model.behaviours.iter().map(|behaviour| group(&behaviour.group)).collect(),
            signals,
            inactivity_group: model.inactivity.as_ref().map(|inactivity| group(&inactivity.group)),
            inactivity_names: steps.map(|step| format!("{} days", step.after_days)).collect(),
        }
    }
}

fn coefficients(model: &Model, attribute: &ScoredAttribute) -> Vec<f64> {
    let terms = model.probability.iter().flat_map(|probability| &probability.terms);
    let mut coefficients = vec![0.0; attribute.levels.len()];
    for term in terms.filter(|term| term.attribute == attribute.name) {
        if let Some(level) = attribute.levels.iter().position(|level| level.name == term.level) {
            coefficients[level] = term.coefficient;
        }
    }
    coefficients
}
