//! How much worse a candidate is than a baseline in one figure, on the same leads.
//!
//! - AUC: the baseline's less the candidate's, with `DeLong`'s variance of the difference of two AUCs on the same leads
//!   (see [`crate::metrics::auc_difference`]) and bounds from the normal distribution.
//! - Log loss and Brier score: the candidate's less the baseline's, which is the mean over leads of the difference of
//!   their losses; bounds are quantiles of its paired bootstrap (`bootstrap`).

use leadcal_lift::patterns::Counts;

use super::bootstrap::{Bootstrap, Differences};
use super::{FEWEST, z};
use crate::error::LogitError;
use crate::inference::two_sided_p_value;
use crate::metrics::{auc_difference, check_probabilities, occupied};
use crate::separation::check_outcomes;

/// How much worse a candidate is than a baseline in one figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Shortfall {
    /// The candidate's figure.
    pub candidate: f64,
    /// The baseline's.
    pub baseline: f64,
    /// The shortfall: above 0 the candidate is worse, whether the figure is one to be high or low.
    pub value: f64,
    /// Its standard error.
    pub std_error: f64,
    /// Leads that both were measured on.
    pub leads: u64,
    /// Conversions among them.
    pub conversions: u64,
    /// Draws of the shortfall, ascending; none where it is taken as normal.
    pub(super) draws: Option<Vec<f64>>,
}

impl Shortfall {
    /// The one-sided lower bound at a level: the shortfall is below it with a chance of `alpha`.
    pub fn lower(&self, alpha: f64) -> f64 {
        self.bound(alpha, -1.0)
    }

    /// The one-sided upper bound at a level: the shortfall is above it with a chance of `alpha`.
    pub fn upper(&self, alpha: f64) -> f64 {
        self.bound(alpha, 1.0)
    }

    /// One-sided p-value of "the candidate is not worse": at most `alpha` exactly where `lower(alpha)` is above 0.
    pub fn p_value(&self) -> f64 {
        if self.is_none() {
            return 1.0;
        }
        match &self.draws {
            Some(draws) => (1 + draws.partition_point(|draw| *draw <= 0.0)) as f64 / (1 + draws.len()) as f64,
            None if self.std_error > 0.0 => upper_tail(self.value / self.std_error),
            None => f64::from(u8::from(self.value <= 0.0)),
        }
    }

    /// Whether there is enough of both outcomes to judge by, or no difference at all.
    pub(super) fn is_judged(&self) -> bool {
        self.conversions.min(self.leads - self.conversions) >= FEWEST || self.is_none()
    }

    /// The conversions with which both outcomes have as many leads as judging takes, at the same rate.
    pub(super) fn fewest_conversions(&self) -> u64 {
        let fewer = self.conversions.min(self.leads - self.conversions);
        FEWEST.max((FEWEST * self.conversions).div_ceil(fewer))
    }

    /// Both say the same of every lead, as far as this figure goes.
    fn is_none(&self) -> bool {
        self.value.abs() <= 0.0 && self.std_error <= 0.0
    }

    fn bound(&self, alpha: f64, side: f64) -> f64 {
        let Some(draws) = &self.draws else { return self.value + side * z(alpha) * self.std_error };
        let rank = rank(draws.len(), alpha);
        draws[if side < 0.0 { rank - 1 } else { draws.len() - rank }]
    }
}

/// Shortfall of the candidate's AUC; scores for each row of counts.
///
/// # Errors
/// Where either is not one number (infinities allowed) for each row, or not both outcomes occur.
pub fn auc_shortfall(candidate: &[f64], baseline: &[f64], counts: &Counts) -> Result<Shortfall, LogitError> {
    let found = auc_difference(baseline, candidate, counts)?;
    Ok(Shortfall {
        candidate: found.second.value,
        baseline: found.first.value,
        value: found.difference,
        std_error: found.variance.sqrt(),
        leads: counts.total_leads(),
        conversions: counts.total_conversions(),
        draws: None,
    })
}

/// Shortfall of the candidate's log loss; probabilities for each row of counts, kept 2^-52 away from 0 and 1.
///
/// # Errors
/// Where either is not one probability in 0..=1 for each row, or not both outcomes occur, or `bootstrap` has no draws.
pub fn log_loss_shortfall(
    candidate: &[f64],
    baseline: &[f64],
    counts: &Counts,
    bootstrap: Bootstrap,
) -> Result<Shortfall, LogitError> {
    let kept = |p: f64| p.clamp(f64::EPSILON, 1.0 - f64::EPSILON);
    mean_shortfall(candidate, baseline, counts, bootstrap, |p| [-kept(p).ln(), -(-kept(p)).ln_1p()])
}

/// Shortfall of the candidate's Brier score; probabilities for each row of counts.
///
/// # Errors
/// As [`log_loss_shortfall`].
pub fn brier_shortfall(
    candidate: &[f64],
    baseline: &[f64],
    counts: &Counts,
    bootstrap: Bootstrap,
) -> Result<Shortfall, LogitError> {
    mean_shortfall(candidate, baseline, counts, bootstrap, |p| [(1.0 - p).powi(2), p.powi(2)])
}

/// Shortfall of a mean over leads of a loss; `loss` is that of a probability for a conversion and for another lead.
fn mean_shortfall(
    candidate: &[f64],
    baseline: &[f64],
    counts: &Counts,
    bootstrap: Bootstrap,
    loss: impl Fn(f64) -> [f64; 2],
) -> Result<Shortfall, LogitError> {
    check_probabilities(candidate, counts)?;
    check_probabilities(baseline, counts)?;
    let (leads, conversions) = (counts.total_leads(), counts.total_conversions());
    check_outcomes(leads, conversions)?;
    let mean = |probabilities: &[f64]| {
        let losses = occupied(probabilities, counts).map(|(p, n, c)| c * loss(p)[0] + (n - c) * loss(p)[1]);
        losses.sum::<f64>() / leads as f64
    };
    let both = candidate.iter().zip(baseline).zip(counts.leads.iter().zip(&counts.conversions));
    let differences = Differences::new(both.flat_map(|((&p, &q), (&n, &c))| {
        let ([converted, other], [base_converted, base_other]) = (loss(p), loss(q));
        [(converted - base_converted, c), (other - base_other, n - c)]
    }));
    Ok(Shortfall {
        candidate: mean(candidate),
        baseline: mean(baseline),
        value: differences.mean(),
        std_error: differences.std_error(),
        leads,
        conversions,
        draws: Some(differences.draws(bootstrap)?),
    })
}

/// Which of the draws, counted from the outermost, is a level's bound: that share of one more than there are, at least
/// the first.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the number of draws")]
fn rank(draws: usize, alpha: f64) -> usize {
    // A whole number stays one: 0.05 x 2 000 is a little less in binary.
    ((alpha * (1 + draws) as f64 + 1e-9).floor() as usize).clamp(1, draws)
}

/// Chance of a standard normal variable above z.
fn upper_tail(z: f64) -> f64 {
    let half = 0.5 * two_sided_p_value(z);
    if z > 0.0 { half } else { 1.0 - half }
}
