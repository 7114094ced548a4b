//! A score to a conversion rate: logistic regression of the outcome on one score, without a penalty.
//!
//! ```text
//! rate(score) = logistic(intercept + slope x score)
//! ```
//!
//! Fitted by maximum likelihood (Platt scaling without its smoothed targets). A finite optimum exists exactly where the
//! scores of the two outcomes overlap; where they do not, every distinct score is given one lead more, half of it
//! converted (Anscombe, Biometrika 43, 1956), and the slope is steep but finite. All scores equal: slope 0.

use leadcal_lift::patterns::Counts;
use serde::{Deserialize, Serialize};

use crate::error::LogitError;
use crate::likelihood::{logistic, loss, residual_and_weight};
use crate::newton::LONGEST_STEP;
use crate::separation::check_outcomes;
use crate::summation::sum;

/// Newton steps allowed; ten are many.
const MAX_ITERATIONS: usize = 200;
/// Steps of the standardised parameters below this end the iterations.
const SMALLEST_STEP: f64 = 1e-9;
/// Scores that differ by less than this share of the largest are the same: rounding of their sums.
const SAME: f64 = 1e-13;

/// Conversion rate as a function of a score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreCurve {
    /// Log-odds at score 0.
    pub intercept: f64,
    /// Log-odds per point of score.
    pub slope: f64,
}

impl ScoreCurve {
    /// Fits the curve to a score for each pattern.
    ///
    /// # Errors
    /// Where `scores` is not one finite number for each pattern with leads, or not both outcomes occur.
    pub fn fit(scores: &[f64], counts: &Counts) -> Result<Self, LogitError> {
        if scores.len() != counts.leads.len() {
            return Err(LogitError::Length { expected: counts.leads.len(), found: scores.len() });
        }
        check_outcomes(counts.total_leads(), counts.total_conversions())?;
        let mut rows = rows(scores, counts)?;
        let all: f64 = rows.iter().map(|row| row.leads).sum();
        let rate_log_odds = {
            let conversions: f64 = rows.iter().map(|row| row.conversions).sum();
            (conversions / (all - conversions)).ln()
        };
        let mean = rows.iter().map(|row| row.leads * (row.score / all)).sum::<f64>();
        let farthest = rows.iter().map(|row| (row.score - mean).abs()).fold(0.0, f64::max);
        let largest = rows.iter().map(|row| row.score.abs()).fold(0.0, f64::max);
        if farthest <= SAME * largest {
            return Ok(Self { intercept: rate_log_odds, slope: 0.0 });
        }
        if !overlap(&rows) {
            for row in &mut rows {
                row.leads += 1.0;
                row.conversions += 0.5;
            }
        }
        // Relative to the farthest score first, so that squares of huge scores stay finite.
        let spread =
            (rows.iter().map(|row| row.leads / all * ((row.score - mean) / farthest).powi(2)).sum::<f64>()).sqrt();
        let scale = farthest * spread;
        let standardised: Vec<_> = rows.iter().map(|row| Row { score: (row.score - mean) / scale, ..*row }).collect();
        let (a, b) = minimise(&standardised, rate_log_odds)?;
        Ok(Self { intercept: a - b / scale * mean, slope: b / scale })
    }

    /// Conversion rate at a score.
    pub fn rate(&self, score: f64) -> f64 {
        logistic(self.intercept + self.slope * score)
    }
}

#[derive(Clone, Copy)]
struct Row {
    score: f64,
    leads: f64,
    conversions: f64,
}

/// Leads and conversions of each distinct score, lowest first: points have far fewer scores than patterns.
fn rows(scores: &[f64], counts: &Counts) -> Result<Vec<Row>, LogitError> {
    let mut rows: Vec<Row> = Vec::new();
    for (pattern, &score) in scores.iter().enumerate().filter(|(pattern, _)| counts.leads[*pattern] > 0) {
        if !score.is_finite() {
            return Err(LogitError::Score { pattern, value: score });
        }
        rows.push(Row { score, leads: counts.leads[pattern] as f64, conversions: counts.conversions[pattern] as f64 });
    }
    rows.sort_by(|a, b| a.score.total_cmp(&b.score));
    rows.dedup_by(|next, row| {
        let same = next.score.to_bits() == row.score.to_bits();
        if same {
            row.leads += next.leads;
            row.conversions += next.conversions;
        }
        same
    });
    Ok(rows)
}

/// Whether the outcomes' scores overlap in more than one point; else the likelihood grows with the slope for ever.
fn overlap(rows: &[Row]) -> bool {
    let range = |has: fn(&Row) -> bool| {
        let scores = rows.iter().filter(|row| has(row)).map(|row| row.score);
        scores.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), score| (low.min(score), high.max(score)))
    };
    let (low_conversion, high_conversion) = range(|row| row.conversions > 0.0);
    let (low_other, high_other) = range(|row| row.conversions < row.leads);
    low_conversion < high_other && low_other < high_conversion
}

/// Newton with shortened steps, as for the model, from the overall rate and slope 0.
fn minimise(rows: &[Row], rate_log_odds: f64) -> Result<(f64, f64), LogitError> {
    let objective = |a: f64, b: f64| sum(rows.iter().map(|row| loss(row.leads, row.conversions, a + b * row.score)));
    let (mut a, mut b) = (rate_log_odds, 0.0);
    let mut value = objective(a, b);
    let mut gradient = 0.0_f64;
    for _ in 0..MAX_ITERATIONS {
        let (step_a, step_b, size) = newton_step(rows, a, b);
        gradient = size;
        let farthest = rows.iter().map(|row| (step_a + step_b * row.score).abs()).fold(0.0, f64::max);
        let mut share = (LONGEST_STEP / farthest).min(1.0);
        // A step that is not finite halves to nothing and ends in the error below.
        let (next_a, next_b, next) = loop {
            let (next_a, next_b) = (a + share * step_a, b + share * step_b);
            let next = objective(next_a, next_b);
            if next <= value + 1e-13 * value.abs() {
                break (next_a, next_b, next);
            }
            share *= 0.5;
            if share < 1e-12 {
                break (a, b, value);
            }
        };
        (a, b, value) = (next_a, next_b, next);
        if step_a.abs().max(step_b.abs()) <= SMALLEST_STEP * a.abs().max(b.abs()).max(1.0) {
            return Ok((a, b));
        }
    }
    let limit = 1e-8 * rows.iter().map(|row| row.leads).sum::<f64>();
    Err(LogitError::NotConverged {
        solver: crate::fit::Solver::Newton,
        iterations: MAX_ITERATIONS as u64,
        gradient,
        limit,
        largest: None,
    })
}

/// The Newton step of both parameters and the gradient's largest entry.
fn newton_step(rows: &[Row], a: f64, b: f64) -> (f64, f64, f64) {
    let (mut g0, mut g1, mut h00, mut h01, mut h11) = (0.0_f64, 0.0_f64, 0.0, 0.0, 0.0);
    for &Row { score, leads, conversions } in rows {
        let (residual, weight) = residual_and_weight(leads, conversions, a + b * score);
        g0 += residual;
        g1 += residual * score;
        h00 += weight;
        h01 += weight * score;
        h11 += weight * score * score;
    }
    let determinant = h00 * h11 - h01 * h01;
    (-(h11 * g0 - h01 * g1) / determinant, -(h00 * g1 - h01 * g0) / determinant, g0.abs().max(g1.abs()))
}

#[cfg(test)]
mod tests;
