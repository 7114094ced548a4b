//! Brier score: the mean over leads of (probability - outcome) squared.
//!
//! Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78 (1950), for two
//! outcomes and one of them counted.

use leadcal_lift::patterns::Counts;

use super::{check_probabilities, occupied};
use crate::error::LogitError;

/// Brier score of a probability for each pattern.
///
/// # Errors
/// Where `probabilities` is not one in 0..=1 for each pattern, or there are no leads.
pub fn brier(probabilities: &[f64], counts: &Counts) -> Result<f64, LogitError> {
    check_probabilities(probabilities, counts)?;
    let loss = |(p, n, c): (f64, f64, f64)| c * (1.0 - p).powi(2) + (n - c) * p.powi(2);
    Ok(occupied(probabilities, counts).map(loss).sum::<f64>() / counts.total_leads() as f64)
}
