//! Gains: the share of all conversions among the best-scored leads, as a function of the share of leads.

use leadcal_lift::patterns::Counts;
use serde::{Deserialize, Serialize};

use super::{check_scores, ties};
use crate::error::LogitError;
use crate::separation::check_outcomes;

/// One point of the gains curve: all leads of at least some score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gain {
    /// Lowest score among them.
    pub score: f64,
    /// Their share of all leads.
    pub leads: f64,
    /// Their share of all conversions.
    pub conversions: f64,
}

/// The gains curve, one point for each distinct score, best first; leads of equal score are together. The curve starts at
/// (0, 0), which is not listed, and ends at (1, 1).
///
/// # Errors
/// Where `scores` is not one number for each pattern, or not both outcomes occur.
pub fn gains(scores: &[f64], counts: &Counts) -> Result<Vec<Gain>, LogitError> {
    check_scores(scores, counts)?;
    let (leads, conversions) = (counts.total_leads(), counts.total_conversions());
    check_outcomes(leads, conversions)?;
    let (mut n, mut c) = (0.0, 0.0);
    let descending = ties(scores, counts).into_iter().rev();
    Ok(descending
        .map(|tie| {
            n += tie.leads;
            c += tie.conversions;
            Gain { score: tie.score, leads: n / leads as f64, conversions: c / conversions as f64 }
        })
        .collect())
}
