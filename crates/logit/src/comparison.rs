//! Is a candidate as good as the baseline it would replace, on the same labelled leads?
//!
//! A [`Shortfall`] says how much worse the candidate is in one figure, with what is known of its error; [`judge`]
//! weighs the shortfalls of several figures together. With a tolerance T above 0 for each and one level alpha for all:
//!
//! ```text
//! fine      upper bound (1 - alpha) <= T                        non-inferior: not worse by more than T
//! worse     not fine, and lower bound (Holm's level) > 0        worse than the baseline, and not shown to be within T
//! unproven  neither                                             too little data to say
//! ```
//!
//! Holm, "A simple sequentially rejective multiple test procedure" (Scandinavian Journal of Statistics 6, 1979), keeps
//! the chance that any figure of an equally good candidate is found worse at alpha or below, however the figures depend
//! on each other. "Fine" needs no such correction: a candidate is fine when every figure is, and the chance that all
//! are although one is worse by T is at most that of this one, alpha (Berger, Technometrics 24, 1982).
//!
//! Both bounds rest on large numbers: the normal distribution of an AUC, the bootstrap of a mean. With fewer than
//! [`FEWEST`] conversions or other leads nothing but equality is found: every difference is unproven.

mod bands;
mod bootstrap;
mod range;
mod shortfall;

pub use bands::{AdjacentBands, Order, band_order, share_shift};
pub use bootstrap::Bootstrap;
pub use range::{RangeJudgement, judge_range};
pub use shortfall::{Shortfall, auc_shortfall, brier_shortfall, log_loss_shortfall};

use statrs::distribution::{ContinuousCDF, Normal};

use crate::error::LogitError;

/// Conversions, and other leads, below which no difference is judged.
pub const FEWEST: u64 = 20;

/// The power that [`Verdict::Unproven`] asks data for.
pub const POWER: f64 = 0.8;

/// What the data say of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Within its tolerance, shown by the data.
    Fine,
    /// Worse, shown by the data, and not shown to be within its tolerance.
    Worse,
    /// Neither is shown.
    Unproven {
        /// With so many conversions, at the same conversion rate and spread, a candidate that is truly as good as the
        /// baseline would be found fine with a chance of [`POWER`]. Where there are so many already, the difference
        /// seen here stands in the way: then the number at which that difference itself would be found within
        /// tolerance. Always more than there are.
        conversions_needed: u64,
    },
}

/// A shortfall, judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// What the data say.
    pub verdict: Verdict,
    /// The shortfall is above this, at Holm's level.
    pub lower: f64,
    /// Holm's level of the lower bound: alpha, divided by the number of figures left when this one's turn came.
    pub lower_level: f64,
    /// The shortfall is below this, at level alpha.
    pub upper: f64,
    /// One-sided p-value of "the candidate is not worse", not adjusted.
    pub p_value: f64,
}

/// Judges the shortfalls of one candidate, each with its tolerance, at level `alpha` for all of them together; in the
/// order given.
///
/// # Errors
/// Where a tolerance is not above 0 (no number of leads could show a candidate to be within 0), or `alpha` not above 0
/// and at most 0.5.
pub fn judge(shortfalls: &[(&Shortfall, f64)], alpha: f64) -> Result<Vec<Judgement>, LogitError> {
    check_alpha(alpha)?;
    for &(_, tolerance) in shortfalls {
        if !(tolerance > 0.0 && tolerance.is_finite()) {
            let expected = "above 0, as no number of leads shows a candidate to be within 0";
            return Err(LogitError::Parameter { name: "tolerance", expected, found: tolerance.to_string() });
        }
    }
    let p_values: Vec<f64> = shortfalls.iter().map(|(shortfall, _)| shortfall.p_value()).collect();
    let levels = holm_levels(&p_values, alpha);
    let judged = shortfalls.iter().zip(p_values).zip(levels);
    Ok(judged.map(|((&(shortfall, tolerance), p), level)| judge_one(shortfall, tolerance, alpha, level, p)).collect())
}

fn judge_one(shortfall: &Shortfall, tolerance: f64, alpha: f64, lower_level: f64, p_value: f64) -> Judgement {
    let (lower, upper) = (shortfall.lower(lower_level), shortfall.upper(alpha));
    let judged = shortfall.is_judged();
    let verdict = if upper <= tolerance && judged {
        Verdict::Fine
    } else if p_value <= lower_level && judged {
        Verdict::Worse
    } else {
        let needed = Needed {
            conversions: shortfall.conversions,
            std_error: shortfall.std_error,
            z_level: z(alpha),
            z_power: z(1.0 - POWER),
            room: tolerance,
            room_left: tolerance - shortfall.value.max(0.0),
        };
        Verdict::Unproven { conversions_needed: needed.number().max(shortfall.fewest_conversions()) }
    };
    Judgement { verdict, lower, lower_level, upper, p_value }
}

/// The level of each p-value's test in Holm's procedure: the smallest is tested at alpha / k, the next, if that one was
/// rejected, at alpha / (k - 1), and so on; from the first that is not rejected on, the level stays.
fn holm_levels(p_values: &[f64], alpha: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut levels = vec![alpha; p_values.len()];
    let mut left = p_values.len();
    for index in order {
        levels[index] = alpha / left as f64;
        if p_values[index] <= levels[index] {
            left -= 1;
        }
    }
    levels
}

/// What decides how many conversions would do.
struct Needed {
    conversions: u64,
    std_error: f64,
    z_level: f64,
    z_power: f64,
    /// How far off its tolerance a figure without any shortfall is.
    room: f64,
    /// How far off the figure seen here is.
    room_left: f64,
}

impl Needed {
    /// Standard errors fall with the square root of the conversions.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative; too large a number saturates"
    )]
    fn number(&self) -> u64 {
        let times = |z: f64, room: f64| (z * self.std_error / room).powi(2);
        let mut factor = times(self.z_level + self.z_power, self.room);
        if factor <= 1.0 && self.room_left > 0.0 {
            factor = times(self.z_level, self.room_left);
        }
        ((factor * self.conversions as f64).ceil() as u64).max(self.conversions.saturating_add(1))
    }
}

/// The value that a standard normal variable exceeds with this chance.
fn z(tail: f64) -> f64 {
    -Normal::standard().inverse_cdf(tail)
}

fn check_alpha(alpha: f64) -> Result<(), LogitError> {
    if alpha > 0.0 && alpha <= 0.5 {
        return Ok(());
    }
    Err(LogitError::Parameter { name: "alpha", expected: "above 0 and at most 0.5", found: alpha.to_string() })
}

#[cfg(test)]
mod tests;
