//! Whether predicted probabilities are right on average, and not too bold or too timid.
//!
//! - Slope and intercept: logistic regression of the outcome on the logit of the prediction; 1 and 0 are right, a slope
//!   below 1 means predictions too extreme (Cox, Biometrika 45, 1958; Van Calster et al., BMC Medicine 17, 2019).
//!   Calibration in the large is the intercept of the same regression with the slope held at 1: above 0 more leads
//!   convert than was predicted. Standard errors from the inverse of the information, intervals are Wald's.
//! - Expected calibration error: leads in ten equal-count bins by prediction; the lead-weighted mean over bins of |mean
//!   prediction - rate| (Naeini, Cooper and Hauskrecht, AAAI 2015). Leads of one prediction stay together, in the bin
//!   that holds the middle of them, so the figure does not depend on their order.

use leadcal_lift::patterns::Counts;
use serde::{Deserialize, Serialize};

use super::{check_probabilities, occupied, ties};
use crate::error::LogitError;
use crate::inference::Effect;
use crate::likelihood::residual_and_weight;
use crate::score_curve::ScoreCurve;
use crate::separation::check_outcomes;

const BINS: usize = 10;
/// Newton steps or halvings; six are many.
const MOST_STEPS: u32 = 200;

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
    let ScoreCurve { intercept, slope } = ScoreCurve::fit(&logits(probabilities), counts)?;
    Ok(Calibration { slope, intercept, expected_error })
}

/// Calibration with what is known of its error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationEffects {
    /// Slope of the outcome's log-odds on the prediction's; none where all predictions are the same.
    pub slope: Option<Effect>,
    /// Intercept of the same regression.
    pub intercept: Effect,
    /// The intercept with the slope held at 1: by how much log-odds are higher than predicted, on the whole.
    pub in_the_large: Effect,
}

/// Slope and intercepts of [`calibration`], with standard errors and 95 % intervals. Where predictions tell the
/// outcomes apart without error, a finite slope stands in for the infinite one (see [`ScoreCurve`]); its interval is
/// wide.
///
/// # Errors
/// As [`calibration`].
pub fn calibration_effects(probabilities: &[f64], counts: &Counts) -> Result<CalibrationEffects, LogitError> {
    check_probabilities(probabilities, counts)?;
    check_outcomes(counts.total_leads(), counts.total_conversions())?;
    let logits = logits(probabilities);
    let ScoreCurve { intercept, slope } = ScoreCurve::fit(&logits, counts)?;
    let weight = |x: f64, n: f64, c: f64| residual_and_weight(n, c, intercept + slope * x).1;
    let (mut weights, mut mean) = (0.0, 0.0);
    for (x, n, c) in occupied(&logits, counts) {
        weights += weight(x, n, c);
        mean += (x - mean) * weight(x, n, c) / weights;
    }
    let squares: f64 = occupied(&logits, counts).map(|(x, n, c)| weight(x, n, c) * (x - mean).powi(2)).sum();
    let constant = slope.abs() <= 0.0;
    let slope_part = if constant { 0.0 } else { mean * mean / squares };
    Ok(CalibrationEffects {
        slope: (!constant).then(|| Effect::new(slope, 1.0 / squares)),
        intercept: Effect::new(intercept, 1.0 / weights + slope_part),
        in_the_large: in_the_large(&logits, counts),
    })
}

/// The shift a of all log-odds with which as many conversions are predicted as there were: Newton's steps, within the
/// ends that the lowest and the highest prediction set.
fn in_the_large(logits: &[f64], counts: &Counts) -> Effect {
    let (leads, conversions) = (counts.total_leads() as f64, counts.total_conversions() as f64);
    let rate = (conversions / (leads - conversions)).ln();
    let ends = occupied(logits, counts)
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[least, most], (x, ..)| [x.min(least), x.max(most)]);
    let (mut low, mut high) = (rate - ends[1], rate - ends[0]);
    let mut shift = 0.5 * (low + high);
    let mut information = 0.0;
    for _ in 0..MOST_STEPS {
        let (mut excess, mut weights) = (0.0, 0.0);
        for (x, n, c) in occupied(logits, counts) {
            let (residual, weight) = residual_and_weight(n, c, shift + x);
            excess += residual;
            weights += weight;
        }
        information = weights;
        if excess > 0.0 {
            high = shift;
        } else {
            low = shift;
        }
        let newton = shift - excess / weights;
        let next = if low <= newton && newton <= high { newton } else { 0.5 * (low + high) };
        let step = (next - shift).abs();
        shift = next;
        if step <= 1e-12 * shift.abs().max(1.0) {
            break;
        }
    }
    Effect::new(shift, 1.0 / information)
}

/// Log-odds of probabilities, kept 2^-52 away from 0 and 1.
fn logits(probabilities: &[f64]) -> Vec<f64> {
    probabilities.iter().map(|&p| logit(p.clamp(f64::EPSILON, 1.0 - f64::EPSILON))).collect()
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
