//! A config on labelled history: what the leads in its bands and stages did, how well it ranks them, what calling them brings.
//!
//! Start reading at [`figures`]: everything is a function of scored leads with their outcome. Which leads at which moments those
//! are is found by [`looks`], which of them by default by [`scope`]; [`scoring`] scores them by the runtime's rules.
//!
//! Leads of several models (products) have scores on scales of their own. Together they are ranked by the rate their model's
//! `expected_rate_by_score` tells, and bands are put together by their names.

pub mod looks;
pub mod periods;
pub mod scope;
pub mod scoring;

mod capacity;
mod figures;
mod gains;
mod parts;
mod predictions;
mod value;
mod warnings;

pub use capacity::Capacity;
pub use figures::{Auc, FigureOptions, Figures, Rate, RateAlone, figures};
pub use gains::Gains;
pub(crate) use parts::bands;
pub use parts::{AsExpected, Part};
pub use predictions::{Predicted, PredictionFigures};
pub use value::{CutOffProfit, Profit, Value};
pub use warnings::warnings;

use leadcal_lift::patterns::Counts;
use leadcal_logit::score_curve::ScoreCurve;
use serde::Serialize;

use crate::config::Model;

/// Leads that were scored alike, with their outcomes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// The model that scored them, by its place in the config.
    pub model: usize,
    /// Their score.
    pub score: f64,
    /// The model's probability; `None` where it tells none.
    pub probability: Option<f64>,
    /// How many they are.
    pub leads: u64,
    /// How many of them converted.
    pub conversions: u64,
}

/// What leads are ranked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RankedBy {
    /// The score: leads of one model.
    Score,
    /// The rate that is expected at the score: leads of several models, whose scores are on scales of their own.
    ExpectedRate,
}

/// Leads and conversions of each distinct number that leads are ranked by, ascending.
#[derive(Debug, Clone, Default)]
struct Ranked {
    keys: Vec<f64>,
    counts: Counts,
}

impl Ranked {
    fn new(mut rows: Vec<(f64, u64, u64)>) -> Self {
        rows.retain(|(_, leads, _)| *leads > 0);
        // -0 and 0 are one score.
        let mut rows: Vec<_> =
            rows.into_iter().map(|(key, leads, conversions)| (key + 0.0, leads, conversions)).collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut ranked = Self::default();
        for rows in rows.chunk_by(|a, b| a.0.to_bits() == b.0.to_bits()) {
            ranked.keys.push(rows[0].0);
            ranked.counts.leads.push(rows.iter().map(|row| row.1).sum());
            ranked.counts.conversions.push(rows.iter().map(|row| row.2).sum());
        }
        ranked
    }

    /// Of each distinct number, the highest first: it, and the leads and conversions at or above it.
    fn best_first(&self) -> impl Iterator<Item = (f64, u64, u64)> + '_ {
        let counts = self.counts.leads.iter().zip(&self.counts.conversions);
        self.keys.iter().zip(counts).rev().scan((0, 0), |above, (key, (leads, conversions))| {
            above.0 += leads;
            above.1 += conversions;
            Some((*key, above.0, above.1))
        })
    }
}

impl Scored {
    /// What its model predicts of it; `None` where the model does not say.
    pub fn prediction(&self, of: Predicted, models: &[Model]) -> Option<f64> {
        match of {
            Predicted::Probability => self.probability,
            Predicted::ExpectedRateByScore => expected_rate(&models[self.model], self.score),
        }
    }
}

/// What the leads of some rows are ranked by, and that number of each row: the score where one model scored them all, else the rate
/// expected at it. `None` where a model expects none.
pub fn ranking(models: &[Model], rows: &[Scored]) -> Option<(RankedBy, Vec<f64>)> {
    if rows.windows(2).all(|pair| pair[0].model == pair[1].model) {
        return Some((RankedBy::Score, rows.iter().map(|row| row.score).collect()));
    }
    let rates: Option<Vec<f64>> = rows.iter().map(|row| expected_rate(&models[row.model], row.score)).collect();
    Some((RankedBy::ExpectedRate, rates?))
}

/// The rate a model expects at a score; `None` where it tells none.
fn expected_rate(model: &Model, score: f64) -> Option<f64> {
    let curve = model.expected_rate_by_score?;
    Some(ScoreCurve { intercept: curve.intercept, slope: curve.slope }.rate(score))
}

#[cfg(test)]
mod tests;
