//! What a value of the spec may be: one check each, shared by the spec file and the command-line flags.

use leadcal_lift::binning::optimal::Trend;
use leadcal_lift::points::{PointsMethod, Scale};
use leadcal_lift::shrinkage::{GREATEST_STRENGTH, Shrinkage};
use leadcal_logit::fit::Solver;

/// A value that is not what its option expects.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}")]
pub struct OutOfRange {
    /// What the option takes.
    pub expected: &'static str,
}

const GREATEST_AMOUNT: f64 = 1e12;

fn within<T>(value: T, fits: bool, expected: &'static str) -> Result<T, OutOfRange> {
    if fits { Ok(value) } else { Err(OutOfRange { expected }) }
}

/// The longest span of days that can be given: a hundred years.
pub const MOST_DAYS: u32 = 36_500;

/// A factor of points: finite, above 0.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_scale(x: f64) -> Result<Scale, OutOfRange> {
    within(Scale::Factor(x), x.is_finite() && x > 0.0, "a number above 0, or \"0-100\"")
}

/// A prior strength: 0 to a million leads, the greatest that empirical Bayes chooses.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_strength(x: f64) -> Result<Shrinkage, OutOfRange> {
    within(
        Shrinkage::Strength(x),
        (0.0..=GREATEST_STRENGTH).contains(&x),
        "a number from 0 to 1000000, or \"empirical-bayes\"",
    )
}

/// A penalty: finite, 0 or more.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_l2(x: f64) -> Result<f64, OutOfRange> {
    within(x, x.is_finite() && x >= 0.0, "a number, 0 or more")
}

/// A number of folds: 2 to 100.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_folds(n: u64) -> Result<usize, OutOfRange> {
    whole(n, 2..=100, "a whole number from 2 to 100")
}

/// A number of attributes to keep: 1 or more.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_top(n: u64) -> Result<usize, OutOfRange> {
    whole(n, 1..=usize::MAX, "a whole number, 1 or more")
}

/// A number of levels: 2 to 1000.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_max_levels(n: u64) -> Result<usize, OutOfRange> {
    whole(n, 2..=1000, "a whole number from 2 to 1000")
}

/// How often an event counts at most: 1 to 1000 times.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_max_times(n: u64) -> Result<u32, OutOfRange> {
    let expected = "a whole number from 1 to 1000";
    u32::try_from(n).ok().filter(|n| (1..=1000).contains(n)).ok_or(OutOfRange { expected })
}

/// Days after which an event is worth half: above 0, at most [`MOST_DAYS`].
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_half_life(days: f64) -> Result<f64, OutOfRange> {
    let fits = days > 0.0 && days <= f64::from(MOST_DAYS);
    within(days, fits, "a number of days above 0, at most 36500, or \"none\"")
}

fn whole(n: u64, range: std::ops::RangeInclusive<usize>, expected: &'static str) -> Result<usize, OutOfRange> {
    usize::try_from(n).ok().filter(|n| range.contains(n)).ok_or(OutOfRange { expected })
}

/// A score at which a band or stage starts: as far from 0 as points can be.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_mark(n: i128) -> Result<i64, OutOfRange> {
    let far = 1_000_000_000;
    let mark = i64::try_from(n).ok().filter(|mark| (-far..=far).contains(mark));
    mark.ok_or(OutOfRange { expected: "a whole number from -1000000000 to 1000000000" })
}

/// What a conversion is worth, or how many leads can be called: above 0, and so that sums over leads stay finite.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_amount(x: f64) -> Result<f64, OutOfRange> {
    within(x, x > 0.0 && x <= GREATEST_AMOUNT, "a number above 0, at most 1000000000000")
}

/// What a contact costs: 0 or more, and so that sums over leads stay finite.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_cost(x: f64) -> Result<f64, OutOfRange> {
    within(x, (0.0..=GREATEST_AMOUNT).contains(&x), "a number from 0 to 1000000000000")
}

/// A share of the leads: 0 to 0.5, above which no attribute could have two levels.
///
/// # Errors
/// [`OutOfRange`] otherwise.
pub fn checked_min_share(x: f64) -> Result<f64, OutOfRange> {
    within(x, (0.0..=0.5).contains(&x), "a number from 0 to 0.5")
}

/// Every points method with its word.
pub const METHODS: [(&str, PointsMethod); 4] = [
    ("rate-difference", PointsMethod::RateDifference),
    ("lift-ratio", PointsMethod::LiftRatio),
    ("log-odds", PointsMethod::LogOdds),
    ("fitted", PointsMethod::Fitted),
];

/// Every solver with its word.
pub const SOLVERS: [(&str, Solver); 2] = [("newton", Solver::Newton), ("lbfgs", Solver::Lbfgs)];

/// Every trend with its word.
pub const TRENDS: [(&str, Trend); 6] = [
    ("auto", Trend::Auto),
    ("ascending", Trend::Ascending),
    ("descending", Trend::Descending),
    ("peak", Trend::Peak),
    ("valley", Trend::Valley),
    ("none", Trend::None),
];
