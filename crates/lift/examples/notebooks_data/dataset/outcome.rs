//! The outcome of each lead, drawn from the truth at its snapshot.

use leadcal_lift::attribute::Encoder;

use super::draw::Draw;
use super::events::Event;
use super::leads::Lead;
use super::truth::{Behaviour, Truth};
use super::{DATA_END, DAY};

/// What became of a lead.
#[derive(Clone, Copy)]
pub(crate) struct Outcome {
    /// True probability of converting within the horizon, given the snapshot.
    pub(crate) probability: f64,
    /// The moment the lead was looked at. Seconds since 1970-01-01 UTC.
    pub(crate) as_of: i64,
    /// When it converts, known at the data's end or not. Seconds since 1970-01-01 UTC.
    pub(crate) converts_at: Option<i64>,
}

impl Outcome {
    /// The conversion as known when the data ends.
    pub(crate) fn converted_at(self) -> Option<i64> {
        self.converts_at.filter(|&time| time <= DATA_END)
    }
}

/// Draws outcomes: a sum of log-odds, then one uniform draw below the logistic of it.
pub(crate) struct Model<'a> {
    truth: &'a Truth,
    /// One for each of the truth's attributes.
    encoders: Vec<Encoder>,
}

impl<'a> Model<'a> {
    /// Prepares a truth for many leads.
    pub(crate) fn new(truth: &'a Truth) -> Self {
        let encoders = truth.attributes.iter().map(|effect| Encoder::new(&effect.attribute)).collect();
        Self { truth, encoders }
    }

    /// Draws a lead's outcome from its events up to the snapshot, which are in the order of time.
    pub(crate) fn outcome(&self, lead: &Lead, events: &[Event], draw: &mut Draw) -> Outcome {
        let snapshot = &self.truth.snapshot;
        let as_of = lead.created_at + snapshot.after_days * DAY;
        let probability = self.probability(lead, events);
        let (early, converts) = (draw.chance(self.truth.early_conversions.probability), draw.chance(probability));
        let (before, within) =
            (draw.between(1, snapshot.after_days * DAY), draw.between(1, snapshot.horizon_days * DAY));
        let converts_at = match (early, converts) {
            (true, _) => Some(lead.created_at + before),
            (false, true) => Some(as_of + within),
            (false, false) => None,
        };
        Outcome { probability, as_of, converts_at }
    }

    /// The true probability of converting within the horizon. Events after the snapshot do not count.
    pub(crate) fn probability(&self, lead: &Lead, events: &[Event]) -> f64 {
        let as_of = lead.created_at + self.truth.snapshot.after_days * DAY;
        logistic(self.fit(lead) + self.engagement(lead.created_at, as_of, events))
    }

    /// Log-odds of what the lead is: intercept, attributes, signals.
    fn fit(&self, lead: &Lead) -> f64 {
        let intercept: f64 =
            self.truth.intercepts.iter().filter(|row| row.product == lead.product).map(|row| row.log_odds).sum();
        let mut sum = intercept;
        for (effect, encoder) in self.truth.attributes.iter().zip(&self.encoders) {
            if effect.products.contains(&lead.product) {
                let value = lead.field(&effect.attribute.input.field);
                let code = encoder.code(value).expect("of the attribute's type").expect("a level for every value");
                sum += effect.log_odds[code as usize];
            }
        }
        for effect in &self.truth.signals {
            if effect.signal.fires(lead) {
                sum += effect.log_odds;
            }
        }
        sum
    }

    /// Log-odds of what the lead did: behaviours in the window, inactivity.
    fn engagement(&self, created_at: i64, as_of: i64, events: &[Event]) -> f64 {
        let start = as_of - self.truth.snapshot.window_days * DAY;
        let seen: Vec<&Event> = events.iter().filter(|event| event.time <= as_of).collect();
        let window: Vec<&Event> = seen.iter().copied().filter(|event| event.time > start).collect();
        let behaviours: f64 = self.truth.behaviours.iter().map(|behaviour| behaviour.log_odds(as_of, &window)).sum();
        let idle_days = (as_of - seen.last().map_or(created_at, |event| event.time)) / DAY;
        let step = self.truth.inactivity.steps.iter().rfind(|step| step.after_days <= idle_days);
        behaviours + step.map_or(0.0, |step| step.log_odds)
    }
}

impl Behaviour {
    /// `log_odds_each` times the sum of 2^(-age / `half_life_days`) over the newest `max_times` events of the window.
    fn log_odds(&self, as_of: i64, window: &[&Event]) -> f64 {
        let newest = window.iter().rev().filter(|event| self.matches(event)).take(self.max_times);
        let worth: f64 = newest
            .map(|event| {
                let age_days = (as_of - event.time) as f64 / DAY as f64;
                self.half_life_days.map_or(1.0, |half_life| (-age_days / half_life).exp2())
            })
            .sum();
        self.log_odds_each * worth
    }
}

fn logistic(eta: f64) -> f64 {
    1.0 / (1.0 + (-eta).exp())
}
