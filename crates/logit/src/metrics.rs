//! How good scores and probabilities are, on grouped data: one value for each covariate pattern, and the pattern's counts.
//!
//! Every metric equals the one computed lead by lead; patterns without leads count nothing. One statistic a file.

mod auc;
mod brier;
mod calibration;
mod gains;
mod log_loss;
mod stability;

pub use auc::{Auc, AucDifference, auc, auc_difference};
pub use brier::brier;
pub use calibration::{Calibration, CalibrationEffects, calibration, calibration_effects, expected_calibration_error};
pub use gains::{Gain, gains};
pub use log_loss::log_loss;
pub use stability::{population_stability_index, stability_by_chance};

use leadcal_lift::patterns::Counts;

use crate::error::LogitError;

/// Value, leads and conversions of each pattern with leads, in the table's order.
pub(crate) fn occupied<'a>(values: &'a [f64], counts: &'a Counts) -> impl Iterator<Item = (f64, f64, f64)> + 'a {
    let rows = values.iter().zip(counts.leads.iter().zip(&counts.conversions));
    rows.filter(|(_, (leads, _))| **leads > 0).map(|(&value, (&n, &c))| (value, n as f64, c as f64))
}

fn check_length(values: &[f64], counts: &Counts) -> Result<(), LogitError> {
    let (expected, found) = (counts.leads.len(), values.len());
    if expected == found { Ok(()) } else { Err(LogitError::Length { expected, found }) }
}

/// Scores: one for each pattern, none of them NaN.
fn check_scores(scores: &[f64], counts: &Counts) -> Result<(), LogitError> {
    check_length(scores, counts)?;
    let wrong = scores.iter().position(|score| score.is_nan());
    wrong.map_or(Ok(()), |pattern| Err(LogitError::Score { pattern, value: scores[pattern] }))
}

/// Probabilities: one for each pattern, each in 0..=1; and there must be leads.
pub(crate) fn check_probabilities(probabilities: &[f64], counts: &Counts) -> Result<(), LogitError> {
    check_length(probabilities, counts)?;
    if let Some(pattern) = probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
        return Err(LogitError::Probability { pattern, value: probabilities[pattern] });
    }
    if counts.total_leads() == 0 { Err(LogitError::NoLeads) } else { Ok(()) }
}

/// Leads and conversions of one distinct score.
struct Tie {
    score: f64,
    leads: f64,
    conversions: f64,
}

/// The distinct scores of patterns with leads, ascending (-0 and 0 are one), with their counts.
fn ties(scores: &[f64], counts: &Counts) -> Vec<Tie> {
    let mut rows: Vec<_> = occupied(scores, counts).map(|(score, n, c)| (score + 0.0, n, c)).collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut ties: Vec<Tie> = Vec::new();
    for (score, leads, conversions) in rows {
        match ties.last_mut() {
            Some(tie) if tie.score.to_bits() == score.to_bits() => {
                tie.leads += leads;
                tie.conversions += conversions;
            }
            _ => ties.push(Tie { score, leads, conversions }),
        }
    }
    ties
}

#[cfg(test)]
mod tests;
