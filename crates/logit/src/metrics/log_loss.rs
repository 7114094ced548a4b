//! Log loss: the mean over leads of -ln(probability of what happened).
//!
//! Probabilities are kept 2^-52 away from 0 and 1, as scikit-learn does, so that a certain and wrong one costs 36.04.

use leadcal_lift::patterns::Counts;

use super::{check_probabilities, occupied};
use crate::error::LogitError;

/// Log loss of a probability for each pattern; natural logarithm.
///
/// # Errors
/// Where `probabilities` is not one in 0..=1 for each pattern, or there are no leads.
pub fn log_loss(probabilities: &[f64], counts: &Counts) -> Result<f64, LogitError> {
    check_probabilities(probabilities, counts)?;
    let loss = |(p, n, c): (f64, f64, f64)| {
        let p = p.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
        -c * p.ln() - (n - c) * (-p).ln_1p()
    };
    Ok(occupied(probabilities, counts).map(loss).sum::<f64>() / counts.total_leads() as f64)
}
