//! What a value of the spec may be: one check each, shared by the spec file and the command-line flags.

use super::{Method, Scale, Shrinkage, Solver};

/// A value that is not what its option expects.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct OutOfRange {
    /// What the option takes.
    pub expected: &'static str,
}

fn within<T>(value: T, fits: bool, expected: &'static str) -> Result<T, OutOfRange> {
    if fits { Ok(value) } else { Err(OutOfRange { expected }) }
}

/// A factor of points: finite, above 0.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_scale(x: f64) -> Result<Scale, OutOfRange> {
    within(Scale::Factor(x), x.is_finite() && x > 0.0, Scale::EXPECTED)
}

/// A prior strength: finite, 0 or more.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_strength(x: f64) -> Result<Shrinkage, OutOfRange> {
    within(Shrinkage::Strength(x), x.is_finite() && x >= 0.0, Shrinkage::EXPECTED)
}

/// A penalty: finite, 0 or more.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_l2(x: f64) -> Result<f64, OutOfRange> {
    within(x, x.is_finite() && x >= 0.0, "a number, 0 or more")
}

/// A number of folds: 2 to 1000.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_folds(n: u64) -> Result<u32, OutOfRange> {
    whole(n, 2..=1000, "a whole number from 2 to 1000")
}

/// A number of levels: 2 to 1000.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_max_levels(n: u64) -> Result<u32, OutOfRange> {
    whole(n, 2..=1000, "a whole number from 2 to 1000")
}

fn whole(n: u64, range: std::ops::RangeInclusive<u32>, expected: &'static str) -> Result<u32, OutOfRange> {
    u32::try_from(n).ok().filter(|n| range.contains(n)).ok_or(OutOfRange { expected })
}

/// A share of the leads: 0 to 0.5, above which no attribute could have two levels.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_min_share(x: f64) -> Result<f64, OutOfRange> {
    within(x, (0.0..=0.5).contains(&x), "a number from 0 to 0.5")
}

impl Method {
    /// Every method with its name.
    pub const NAMES: [(&str, Self); 4] = [
        ("rate-difference", Self::RateDifference),
        ("lift-ratio", Self::LiftRatio),
        ("log-odds", Self::LogOdds),
        ("fitted", Self::Fitted),
    ];
}

impl Solver {
    /// Every solver with its name.
    pub const NAMES: [(&str, Self); 2] = [("newton", Self::Newton), ("lbfgs", Self::Lbfgs)];
}

impl Scale {
    /// What the option takes.
    pub const EXPECTED: &str = "a number above 0, or \"0-100\"";
    /// The word for [`Scale::ZeroToHundred`].
    pub const ZERO_TO_HUNDRED: &str = "0-100";
}

impl Shrinkage {
    /// What the option takes.
    pub const EXPECTED: &str = "a number, 0 or more, or \"empirical-bayes\"";
    /// The word for [`Shrinkage::EmpiricalBayes`].
    pub const EMPIRICAL_BAYES: &str = "empirical-bayes";
}
