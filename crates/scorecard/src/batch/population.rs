//! What models see of leads, counted: how many are in each level, how often behaviours and signals came, how long they were silent.
//!
//! It knows no outcome: it says who the leads are, so that it can be told whether they are still the same kind of leads.

use crate::config::{Model, ScoringConfig};
use crate::runtime::{NO_LEVEL, Observed};

/// More repetitions than this are counted as this many.
const MOST_TIMES: u32 = 100;

/// What each model of a config saw of the leads it scored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Population {
    /// Of each model, in the config's order; none where nobody was counted.
    pub models: Vec<ModelPopulation>,
}

/// What a model saw of the leads it scored. Lists are in the model's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModelPopulation {
    /// The leads.
    pub leads: u64,
    /// Of each attribute, leads in each of its levels, and last those in none.
    pub levels: Vec<Vec<u64>>,
    /// Of each behaviour, leads by how often it counted: never, once, and so on.
    pub behaviours: Vec<Vec<u64>>,
    /// Of each signal, leads by how often it fired.
    pub signals: Vec<Vec<u64>>,
    /// Leads by their step of inactivity; first those on none. Empty without inactivity.
    pub silence: Vec<u64>,
}

impl Population {
    pub(super) fn of(config: &ScoringConfig) -> Self {
        Self { models: config.models.iter().map(ModelPopulation::of).collect() }
    }

    /// Adds the leads of another part of the table; of one that was not counted, nobody.
    pub fn add(&mut self, other: &Self) {
        if self.models.is_empty() {
            self.models.clone_from(&other.models);
            return;
        }
        for (model, other) in self.models.iter_mut().zip(&other.models) {
            model.leads += other.leads;
            let lists = [
                (&mut model.levels, &other.levels),
                (&mut model.behaviours, &other.behaviours),
                (&mut model.signals, &other.signals),
            ];
            for (counts, other) in lists.into_iter().flat_map(|(counts, other)| counts.iter_mut().zip(other)) {
                add(counts, other);
            }
            add(&mut model.silence, &other.silence);
        }
    }
}

impl ModelPopulation {
    fn of(model: &Model) -> Self {
        Self {
            leads: 0,
            levels: model.attributes.iter().map(|attribute| vec![0; attribute.levels.len() + 1]).collect(),
            behaviours: vec![Vec::new(); model.behaviours.len()],
            signals: vec![Vec::new(); model.signals.len()],
            silence: model.inactivity.as_ref().map_or(Vec::new(), |inactivity| vec![0; inactivity.steps.len() + 1]),
        }
    }

    pub(super) fn count(&mut self, observed: &Observed) {
        self.leads += 1;
        for (levels, &code) in self.levels.iter_mut().zip(&observed.codes) {
            let none = levels.len() - 1;
            levels[if code == NO_LEVEL { none } else { code as usize }] += 1;
        }
        for (counts, repeats) in self.behaviours.iter_mut().zip(&observed.behaviours) {
            count(counts, repeats.times);
        }
        for (counts, &times) in self.signals.iter_mut().zip(&observed.signals) {
            count(counts, times);
        }
        if let Some(leads) = self.silence.get_mut(observed.silence.map_or(0, |step| step + 1)) {
            *leads += 1;
        }
    }
}

/// One lead more of so many times.
fn count(leads: &mut Vec<u64>, times: u32) {
    let times = times.min(MOST_TIMES) as usize;
    if leads.len() <= times {
        leads.resize(times + 1, 0);
    }
    leads[times] += 1;
}

fn add(counts: &mut Vec<u64>, other: &[u64]) {
    if counts.len() < other.len() {
        counts.resize(other.len(), 0);
    }
    for (count, other) in counts.iter_mut().zip(other) {
        *count += other;
    }
}
