//! Cross-validation over covariate patterns: calibrate on all folds but one, measure on that one.
//!
//! Figures are means over folds. The AUC's standard error takes the folds' `DeLong` variances v as independent:
//! sqrt(sum of v) / folds, with a 95 % normal interval. Calibration is measured once over all held-out predictions
//! together, as a single fold is often too small for it.

mod folds;
mod hold_out;

pub use folds::Folds;
pub(crate) use folds::by_attribute_name;
pub use hold_out::{HeldOut, hold_out};

use leadcal_lift::patterns::{Counts, CovariatePatterns};
use serde::{Deserialize, Serialize};

use crate::error::LogitError;

use crate::inference::Z_95;
use crate::metrics::{Calibration, auc, brier, calibration, log_loss};

/// What a calibration predicts for every pattern of a table, whether the training leads held it or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// What leads are ranked by.
    pub scores: Vec<f64>,
    /// Probability of conversion.
    pub probabilities: Vec<f64>,
}

/// Metrics of one held-out fold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoldMetrics {
    /// Leads held out.
    pub leads: u64,
    /// Conversions among them.
    pub conversions: u64,
    /// Area under the ROC curve.
    pub auc: f64,
    /// `DeLong`'s variance of it.
    pub auc_variance: f64,
    /// Log loss.
    pub log_loss: f64,
    /// Brier score.
    pub brier: f64,
}

/// Out-of-fold metrics of a way to calibrate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validation {
    /// Mean AUC over the folds.
    pub auc: f64,
    /// Standard error of the mean AUC.
    pub auc_std_error: f64,
    /// 95 % interval of the mean AUC, within 0 and 1.
    pub auc_interval: [f64; 2],
    /// Standard deviation of the AUC over the folds.
    pub auc_sd: f64,
    /// Mean log loss.
    pub log_loss: f64,
    /// Mean Brier score.
    pub brier: f64,
    /// Calibration of all held-out probabilities together.
    pub calibration: Calibration,
    /// Each fold's metrics.
    pub folds: Vec<FoldMetrics>,
}

/// Calibrates on the leads outside each fold and measures on the fold.
///
/// `calibrate` gets the table with the training counts (some patterns then have no leads) and predicts every pattern.
///
/// # Errors
/// What `calibrate` returns; [`LogitError::FoldsDoNotFit`] or [`LogitError::FoldOneOutcome`] for folds that are no
/// partition of the table or lack an outcome; predictions that are not one valid number for each pattern;
pub fn cross_validate<E: From<LogitError>>(
    patterns: &CovariatePatterns,
    folds: &Folds,
    mut calibrate: impl FnMut(&CovariatePatterns) -> Result<Prediction, E>,
) -> Result<Validation, E> {
    folds.check(patterns)?;
    let mut metrics = Vec::with_capacity(folds.len());
    let (mut pooled, mut pooled_counts) = (Vec::new(), Counts::default());
    for held_out in folds.counts() {
        let prediction = calibrate(&patterns.with_counts(patterns.counts().without(held_out)))?;
        metrics.push(measure(&prediction, held_out)?);
        for pattern in (0..patterns.len()).filter(|&pattern| held_out.leads[pattern] > 0) {
            pooled.push(prediction.probabilities[pattern]);
            pooled_counts.leads.push(held_out.leads[pattern]);
            pooled_counts.conversions.push(held_out.conversions[pattern]);
        }
    }
    Ok(summarise(metrics, calibration(&pooled, &pooled_counts)?))
}

fn measure(prediction: &Prediction, held_out: &Counts) -> Result<FoldMetrics, LogitError> {
    let area = auc(&prediction.scores, held_out)?;
    Ok(FoldMetrics {
        leads: held_out.total_leads(),
        conversions: held_out.total_conversions(),
        auc: area.value,
        auc_variance: area.variance,
        log_loss: log_loss(&prediction.probabilities, held_out)?,
        brier: brier(&prediction.probabilities, held_out)?,
    })
}

fn summarise(folds: Vec<FoldMetrics>, calibration: Calibration) -> Validation {
    let number = folds.len() as f64;
    let mean = |of: fn(&FoldMetrics) -> f64| folds.iter().map(of).sum::<f64>() / number;
    let auc = mean(|fold| fold.auc);
    let auc_std_error = folds.iter().map(|fold| fold.auc_variance).sum::<f64>().sqrt() / number;
    let squares: f64 = folds.iter().map(|fold| (fold.auc - auc).powi(2)).sum();
    Validation {
        auc,
        auc_std_error,
        auc_interval: [(auc - Z_95 * auc_std_error).max(0.0), (auc + Z_95 * auc_std_error).min(1.0)],
        auc_sd: (squares / (number - 1.0)).sqrt(),
        log_loss: mean(|fold| fold.log_loss),
        brier: mean(|fold| fold.brier),
        calibration,
        folds,
    }
}

#[cfg(test)]
mod tests;
