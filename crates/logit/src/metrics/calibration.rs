//! Whether predicted probabilities are right on average, and not too bold or too timid.
//!
//! - Slope and intercept: logistic regression of the outcome on the logit of the prediction; 1 and 0 are right, a slope
//!   below 1 means predictions too extreme (Cox, Biometrika 45, 1958; Van Calster et al., BMC Medicine 17, 2019).
//! - Expected calibration error: leads in ten equal-count bins by prediction; the lead-weighted mean over bins of
//!   |mean prediction - rate| (Naeini, Cooper and Hauskrecht, AAAI 2015). Leads of one prediction stay together, in the
//!   bin that holds the middle of them, so the figure does not depend on their order.

use leadcal_lift::patterns::Counts;
use serde::{Deserialize, Serialize};

use super::{check_probabilities, ties};
use crate::error::LogitError;
use crate::score_curve::ScoreCurve;

const BINS: usize = 10;

/// How predicted probabilities compare with what happened.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Slope of the outcome's log-odds on the prediction's; 0 where all predictions are the same.
    pub slope: f64,
    /// Intercept of the same regression.
    pub intercept: f64,
    /// Expected calibration error over ten equal-count bins.
    pub expected_error: f64,
}

/// Calibration of a probability for each pattern. Probabilities are kept 2^-52 away from 0 and 1.
///
/// # Errors
/// Where `probabilities` is not one in 0..=1 for each pattern, or not both outcomes occur.
pub fn calibration(probabilities: &[f64], counts: &Counts) -> Result<Calibration, LogitError> {
    let expected_error = expected_calibration_error(probabilities, counts)?;
    let logits: Vec<_> = probabilities.iter().map(|&p| logit(p.clamp(f64::EPSILON, 1.0 - f64::EPSILON))).collect();
    let ScoreCurve { intercept, slope } = ScoreCurve::fit(&logits, counts)?;
    Ok(Calibration { slope, intercept, expected_error })
}

/// Expected calibration error over ten equal-count bins.
///
/// # Errors
/// Where `probabilities` is not one in 0..=1 for each pattern, or there are no leads.
pub fn expected_calibration_error(probabilities: &[f64], counts: &Counts) -> Result<f64, LogitError> {
    check_probabilities(probabilities, counts)?;
    let all = counts.total_leads() as f64;
    // Of each bin: the sum of predictions less conversions.
    let mut excess = [0.0; BINS];
    let mut before = 0.0;
    for tie in ties(probabilities, counts) {
        excess[bin((before + 0.5 * tie.leads) / all)] += tie.score * tie.leads - tie.conversions;
        before += tie.leads;
    }
    Ok(excess.iter().map(|bin| bin.abs()).sum::<f64>() / all)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of leads times ten")]
fn bin(share: f64) -> usize {
    ((share * BINS as f64) as usize).min(BINS - 1)
}

fn logit(p: f64) -> f64 {
    p.ln() - (-p).ln_1p()
}
