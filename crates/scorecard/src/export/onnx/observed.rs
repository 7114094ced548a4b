//! What a model sees of every lead, and the sums over it: points of groups and log-odds.

use super::arithmetic::counted;
use super::graph::Graph;
use super::levels::{level, step};
use crate::config::{Model, Probability, TermOf};
use crate::export::inputs::{Inputs, Source};

/// What a model sees of every lead, in the model's order.
pub(super) struct Observed {
    /// Index of each attribute's level; the number of levels where none holds.
    levels: Vec<String>,
    behaviours: Vec<String>,
    signals: Vec<String>,
    /// Index of the step of inactivity, or the number of steps.
    step: Option<String>,
}

impl Observed {
    pub(super) fn new(graph: &mut Graph, inputs: &Inputs<'_>, m: usize, model: &Model) -> Self {
        let levels = model.attributes.iter();
        let levels = levels.map(|attribute| level(graph, attribute, inputs.of(&attribute.input))).collect();
        let behaviours = (0..model.behaviours.len()).map(|index| Source::Behaviour(m, index));
        let behaviours = behaviours.map(|source| counted(graph, inputs.name(source))).collect();
        let signals = (0..model.signals.len()).map(|index| Source::Signal(m, index));
        let signals = signals.map(|source| counted(graph, inputs.name(source))).collect();
        let step = model.inactivity.as_ref().map(|inactivity| step(graph, inactivity, inputs.name(Source::Silence)));
        Self { levels, behaviours, signals, step }
    }

    /// The points of a group.
    pub(super) fn sum(&self, graph: &mut Graph, model: &Model, group: &str) -> String {
        let mut sum = Sum::of(graph.double(0.0));
        for (attribute, level) in model.attributes.iter().zip(&self.levels) {
            if attribute.group == group {
                sum.add_chosen(graph, level, attribute.levels.iter().map(|level| level.points));
            }
        }
        for (behaviour, weight) in model.behaviours.iter().zip(&self.behaviours) {
            if behaviour.group == group {
                sum.add_times(graph, weight, behaviour.points_each);
            }
        }
        for (signal, times) in model.signals.iter().zip(&self.signals) {
            if signal.group == group {
                sum.add_times(graph, times, signal.points);
            }
        }
        if let (Some(inactivity), Some(step)) = (&model.inactivity, &self.step)
            && inactivity.group == group
        {
            sum.add_chosen(graph, step, inactivity.steps.iter().map(|step| step.points));
        }
        sum.value
    }

    /// 1 / (1 + e^-x). What has no term adds 0.
    pub(super) fn probability(&self, graph: &mut Graph, model: &Model, probability: &Probability) -> String {
        let coefficient = |of: &TermOf| {
            let term = probability.terms.iter().find(|term| term.of == *of);
            term.map_or(0.0, |term| term.coefficient)
        };
        let mut x = Sum::of(graph.double(probability.intercept));
        for (attribute, level) in model.attributes.iter().zip(&self.levels) {
            let of = |level: &str| TermOf::Level { attribute: attribute.name.clone(), level: level.to_owned() };
            x.add_chosen(graph, level, attribute.levels.iter().map(|level| coefficient(&of(&level.name))));
        }
        for (behaviour, weight) in model.behaviours.iter().zip(&self.behaviours) {
            x.add_times(graph, weight, coefficient(&TermOf::Behaviour(behaviour.name.clone())));
        }
        for (signal, times) in model.signals.iter().zip(&self.signals) {
            x.add_times(graph, times, coefficient(&TermOf::Signal(signal.name.clone())));
        }
        if let (Some(inactivity), Some(step)) = (&model.inactivity, &self.step) {
            let of = |days: u32| coefficient(&TermOf::Inactivity(days));
            x.add_chosen(graph, step, inactivity.steps.iter().map(|step| of(step.after_days)));
        }
        let one = graph.double(1.0);
        let exponent = graph.node("Neg", &[&x.value]);
        let power = graph.node("Exp", &[&exponent]);
        let below = graph.node("Add", &[&one, &power]);
        graph.node("Div", &[&one, &below])
    }
}

/// A sum in the making, in the order of the config.
struct Sum {
    value: String,
}

impl Sum {
    fn of(start: String) -> Self {
        Self { value: start }
    }

    /// The number at an index of a list; nothing one past its end.
    fn add_chosen(&mut self, graph: &mut Graph, index: &str, numbers: impl Iterator<Item = f64>) {
        let mut numbers: Vec<f64> = numbers.collect();
        numbers.push(0.0);
        if numbers.iter().any(|number| *number != 0.0) {
            let table = graph.doubles(&numbers);
            let number = graph.node("Gather", &[&table, index]);
            self.value = graph.node("Add", &[&self.value, &number]);
        }
    }

    fn add_times(&mut self, graph: &mut Graph, times: &str, number: f64) {
        if number != 0.0 {
            let number = graph.double(number);
            let product = graph.node("Mul", &[&number, times]);
            self.value = graph.node("Add", &[&self.value, &product]);
        }
    }
}
