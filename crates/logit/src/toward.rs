//! How strongly a product's model is drawn to the pooled model: the l2 of [`LogitValidParams::fit_toward`] by cross-validation.
//!
//! [`LogitValidParams::fit_toward`]: crate::fit::LogitValidParams::fit_toward
//!
//! For each strength of a grid, and for "pooled only" (the pooled coefficients, the intercept alone fitted: the limit of a large
//! l2), the product's held-out leads cost a log loss, the pooled model of each fold having been fitted without that fold's
//! leads. The one-standard-error rule (Breiman, Friedman, Olshen and Stone, Classification and Regression Trees, 1984,
//! section 3.4.3) then takes the strongest pull whose log loss is above the least by no more than one standard error. The
//! error is that of the paired difference, lead by lead,
//!
//! `sqrt(sum over leads of (difference - mean difference)^2 / N) / sqrt(N - 1)`
//!
//! as the losses themselves vary mostly with the outcome, for all strengths alike. So a product has coefficients of its own
//! where its leads show that it needs them.

use leadcal_lift::patterns::{Counts, CovariatePatterns};

use crate::error::LogitError;
use crate::fit::{FittedLogit, LogitParams};
use crate::likelihood::{loss, residual_and_weight};
use crate::validation::Folds;

/// The strengths tried where no others are named.
pub const STRENGTHS: [f64; 7] = [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0];

/// A strength of the pull toward the pooled model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pull {
    /// This l2 on the deviations from the pooled coefficients.
    Strength(f64),
    /// No deviations: the pooled coefficients, with the product's own intercept.
    PooledOnly,
}

/// What a strength costs on leads held out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PullFigures {
    /// The strength.
    pub pull: Pull,
    /// Mean over the product's leads of the log loss of each in the fold that holds it out.
    pub log_loss: f64,
    /// Standard error of the difference of that to the least of all strengths; 0 for the least itself.
    pub std_error: f64,
}

/// The strength chosen, and the figures it was chosen by.
#[derive(Debug, Clone, PartialEq)]
pub struct PullChoice {
    /// The strongest within one standard error of the least log loss.
    pub chosen: Pull,
    /// From the weakest to the strongest.
    pub figures: Vec<PullFigures>,
}

/// Chooses how strongly the product whose table is `patterns` is drawn to the pooled model.
///
/// `folds` are over `patterns`; `pooled` has for each a model of all products' leads without those of the fold. `params` are
/// those of the fit but for l2, of which `strengths` are tried.
///
/// # Errors
/// [`LogitError::FoldsDoNotFit`] for folds that do not partition the table or are not one for each pooled model;
/// [`LogitError::FoldOneOutcome`]; [`LogitError::Parameter`] for a strength that is not a finite number above 0; and what
/// fitting toward a model returns.
pub fn choose_pull(
    params: &LogitParams,
    strengths: &[f64],
    patterns: &CovariatePatterns,
    folds: &Folds,
    pooled: &[FittedLogit],
) -> Result<PullChoice, LogitError> {
    folds.check(patterns)?;
    if pooled.len() != folds.len() {
        let reason = format!("there are {} folds and {} pooled models", folds.len(), pooled.len());
        return Err(LogitError::FoldsDoNotFit { reason });
    }
    let mut strengths = strengths.to_vec();
    strengths.sort_by(f64::total_cmp);
    let pulls: Vec<Pull> = strengths.into_iter().map(Pull::Strength).chain([Pull::PooledOnly]).collect();
    // Of each strength: the log-odds of each pattern in each fold, and the loss.
    let mut costs = Vec::with_capacity(pulls.len());
    for &pull in &pulls {
        let mut log_odds = Vec::with_capacity(folds.len());
        for (held_out, pooled) in folds.counts().iter().zip(pooled) {
            let training = patterns.with_counts(patterns.counts().without(held_out));
            log_odds.push(predicted(params, pull, &training, pooled)?);
        }
        let total: f64 = cells(folds).map(|cell| cell.loss(&log_odds)).sum();
        costs.push((total / patterns.counts().total_leads() as f64, log_odds));
    }
    // The least loss; of equal ones the strongest pull.
    let least = (0..costs.len()).rev().min_by(|&a, &b| costs[a].0.total_cmp(&costs[b].0)).unwrap_or(0);
    let figures: Vec<PullFigures> = pulls
        .into_iter()
        .zip(&costs)
        .map(|(pull, (log_loss, log_odds))| PullFigures {
            pull,
            log_loss: *log_loss,
            std_error: std_error(folds, log_odds, &costs[least].1, log_loss - costs[least].0),
        })
        .collect();
    let within = |figures: &&PullFigures| figures.log_loss <= costs[least].0 + figures.std_error;
    let chosen = figures.iter().rev().find(within).map_or(Pull::PooledOnly, |figures| figures.pull);
    Ok(PullChoice { chosen, figures })
}

/// Log-odds of each pattern by what was learnt on the training leads.
fn predicted(
    params: &LogitParams,
    pull: Pull,
    training: &CovariatePatterns,
    pooled: &FittedLogit,
) -> Result<Vec<f64>, LogitError> {
    // Both outcomes and the same attributes are checked by any fit; the weakest pull comes first.
    match pull {
        Pull::Strength(l2) => {
            let fitted = params.clone().l2(l2).check()?.estimate_toward(training, pooled)?;
            Ok(fitted.linear_predictors(training))
        }
        Pull::PooledOnly => {
            let offsets = pooled.linear_predictors_of(training)?;
            let intercept = own_intercept(&offsets, training.counts());
            Ok(offsets.into_iter().map(|offset| offset + intercept).collect())
        }
    }
}

/// The intercept at which the expected conversions are those there are, by bisection: they rise with it.
fn own_intercept(offsets: &[f64], counts: &Counts) -> f64 {
    let leads = || offsets.iter().zip(counts.leads.iter().zip(&counts.conversions)).filter(|(_, (n, _))| **n > 0);
    let excess = |by: f64| -> f64 {
        leads().map(|(offset, (&n, &c))| residual_and_weight(n as f64, c as f64, offset + by).0).sum()
    };
    let (conversions, others) =
        (counts.total_conversions() as f64, (counts.total_leads() - counts.total_conversions()) as f64);
    let overall = (conversions / others).ln();
    let least = leads().map(|(offset, _)| *offset).fold(f64::INFINITY, f64::min);
    let greatest = leads().map(|(offset, _)| *offset).fold(f64::NEG_INFINITY, f64::max);
    let (mut low, mut high) = (overall - greatest, overall - least);
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        if excess(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// The held-out leads of a pattern in a fold.
struct Held {
    fold: usize,
    pattern: usize,
    leads: f64,
    conversions: f64,
}

impl Held {
    fn loss(&self, log_odds: &[Vec<f64>]) -> f64 {
        loss(self.leads, self.conversions, log_odds[self.fold][self.pattern])
    }
}

fn cells(folds: &Folds) -> impl Iterator<Item = Held> + '_ {
    folds.counts().iter().enumerate().flat_map(|(fold, counts)| {
        let of_fold = counts.leads.iter().zip(&counts.conversions).enumerate().filter(|(_, (n, _))| **n > 0);
        of_fold.map(move |(pattern, (&n, &c))| Held { fold, pattern, leads: n as f64, conversions: c as f64 })
    })
}

/// Standard error of the mean difference `mean` between the losses of two ways to predict.
fn std_error(folds: &Folds, one: &[Vec<f64>], other: &[Vec<f64>], mean: f64) -> f64 {
    let (mut leads, mut squares) = (0.0, 0.0);
    for Held { fold, pattern, leads: n, conversions: c } in cells(folds) {
        for (number, converted) in [(c, 1.0), (n - c, 0.0)] {
            let of_lead = |log_odds: &[Vec<f64>]| loss(1.0, converted, log_odds[fold][pattern]);
            squares += number * (of_lead(one) - of_lead(other) - mean).powi(2);
        }
        leads += n;
    }
    (squares / leads).sqrt() / (leads - 1.0).max(1.0).sqrt()
}

#[cfg(test)]
mod tests;
