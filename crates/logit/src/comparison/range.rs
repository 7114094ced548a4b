//! Is a figure, known to its standard error, within a range? Such as a calibration slope within 0.8 and 1.25.
//!
//! ```text
//! fine      the interval value -+ z(alpha) std_error lies within the range     (two one-sided tests, each at alpha)
//! worse     it lies outside                                                    (one test at alpha)
//! unproven  it holds an end of the range
//! ```
//!
//! Schuirmann, "A comparison of the two one-sided tests procedure and the power approach" (Journal of Pharmacokinetics
//! and Biopharmaceutics 15, 1987). With alpha = 0.05 the interval is the 90 % one.

use super::{Needed, POWER, Verdict, check_alpha, z};
use crate::error::LogitError;
use crate::inference::Effect;

/// A figure judged against a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RangeJudgement {
    /// Fine: within; worse: outside; unproven: an end of the range lies in the interval. The conversions needed are
    /// those with which a figure at the ideal would be found within the range with a chance of [`POWER`].
    pub verdict: Verdict,
    /// The interval.
    pub interval: [f64; 2],
}

/// Judges an estimate from so many conversions against a range; `ideal` is what the figure should be, inside the range.
///
/// # Errors
/// Where `ideal` is not inside the range, or `alpha` not above 0 and at most 0.5.
pub fn judge_range(
    estimate: &Effect,
    conversions: u64,
    [low, high]: [f64; 2],
    ideal: f64,
    alpha: f64,
) -> Result<RangeJudgement, LogitError> {
    check_alpha(alpha)?;
    if !(low < ideal && ideal < high) {
        let found = format!("{ideal} and {low} to {high}");
        return Err(LogitError::Parameter { name: "the ideal", expected: "inside the range", found });
    }
    let half = z(alpha) * estimate.std_error;
    let interval = [estimate.value - half, estimate.value + half];
    let verdict = if low <= interval[0] && interval[1] <= high {
        Verdict::Fine
    } else if interval[0] > high || interval[1] < low {
        Verdict::Worse
    } else {
        let needed = Needed {
            conversions,
            std_error: estimate.std_error,
            z_level: z(alpha),
            // Both tests must find it.
            z_power: z((1.0 - POWER) / 2.0),
            room: (high - ideal).min(ideal - low),
            room_left: (high - estimate.value).min(estimate.value - low),
        };
        Verdict::Unproven { conversions_needed: needed.number() }
    };
    Ok(RangeJudgement { verdict, interval })
}
