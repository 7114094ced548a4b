//! Area under the ROC curve: the share of pairs of one conversion and one other lead in which the conversion has the
//! higher score, ties counted as one half; with `DeLong`'s variance.
//!
//! With m conversions and k other leads, the placement of a conversion is the share of other leads below it, that of
//! another lead the share of conversions above it (ties as one half):
//!
//! ```text
//! AUC          = mean of the conversions' placements = mean of the others' placements
//! var(AUC)     = S10 / m + S01 / k         S: sample variance of the placements, conversions' and others'
//! cov(A1, A2)  = the same with sample covariances of the placements under two scores
//! ```
//!
//! `DeLong`, `DeLong` and Clarke-Pearson, Biometrics 44 (1988); by sorting, O(n log n), Sun and Xu, IEEE Signal Processing
//! Letters 21 (2014). A class of one lead has no sample variance; A (1 - A), the largest possible, stands in for it.

use leadcal_lift::patterns::Counts;

use super::{Tie, check_scores, ties};
use crate::error::LogitError;
use crate::inference::Z_95;
use crate::separation::check_outcomes;

/// An AUC and its variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Auc {
    /// The area, 0 to 1.
    pub value: f64,
    /// `DeLong`'s variance of it.
    pub variance: f64,
}

impl Auc {
    /// Square root of the variance.
    pub fn std_error(&self) -> f64 {
        self.variance.sqrt()
    }

    /// 95 % interval by the normal approximation, within 0 and 1.
    pub fn interval(&self) -> [f64; 2] {
        let half = Z_95 * self.std_error();
        [(self.value - half).max(0.0), (self.value + half).min(1.0)]
    }
}

/// Two AUCs on the same leads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AucDifference {
    /// AUC of the first score.
    pub first: Auc,
    /// AUC of the second score.
    pub second: Auc,
    /// First less second.
    pub difference: f64,
    /// Variance of the difference.
    pub variance: f64,
    /// Covariance of the two AUCs.
    pub covariance: f64,
}

/// AUC of a score for each pattern.
///
/// # Errors
/// Where `scores` is not one number (infinities allowed) for each pattern, or not both outcomes occur.
pub fn auc(scores: &[f64], counts: &Counts) -> Result<Auc, LogitError> {
    Ok(placements(scores, counts)?.auc(counts))
}

/// AUCs of two scores for each pattern and their difference, paired.
///
/// # Errors
/// As [`auc`], for either score.
pub fn auc_difference(first: &[f64], second: &[f64], counts: &Counts) -> Result<AucDifference, LogitError> {
    let (one, two) = (placements(first, counts)?, placements(second, counts)?);
    let (first, second) = (one.auc(counts), two.auc(counts));
    let covariance = covariance(&one, &two, counts);
    Ok(AucDifference {
        first,
        second,
        difference: first.value - second.value,
        variance: (first.variance + second.variance - 2.0 * covariance).max(0.0),
        covariance,
    })
}

/// Of each pattern: the placement of a conversion and of another lead with its score.
struct Placements {
    area: f64,
    conversion: Vec<f64>,
    other: Vec<f64>,
}

impl Placements {
    fn auc(&self, counts: &Counts) -> Auc {
        Auc { value: self.area, variance: covariance(self, self, counts) }
    }
}

fn placements(scores: &[f64], counts: &Counts) -> Result<Placements, LogitError> {
    check_scores(scores, counts)?;
    let (leads, conversions) = (counts.total_leads(), counts.total_conversions());
    check_outcomes(leads, conversions)?;
    let (all_conversions, all_others) = (conversions as f64, (leads - conversions) as f64);
    let ties = ties(scores, counts);
    let (mut conversions_below, mut others_below, mut area) = (0.0, 0.0, 0.0);
    let mut of_ties = Vec::with_capacity(ties.len());
    for Tie { leads, conversions, .. } in &ties {
        let others = leads - conversions;
        let conversion = (others_below + 0.5 * others) / all_others;
        let other = (all_conversions - conversions_below - 0.5 * conversions) / all_conversions;
        area += conversions * conversion;
        of_ties.push((conversion, other));
        conversions_below += conversions;
        others_below += others;
    }
    let (conversion, other) = scores
        .iter()
        .map(|score| {
            // A pattern without leads may lie between the ties; it weighs nothing.
            let at = ties.partition_point(|tie| tie.score.total_cmp(&(score + 0.0)).is_lt());
            of_ties[at.min(of_ties.len() - 1)]
        })
        .unzip();
    Ok(Placements { area: area / all_conversions, conversion, other })
}

fn covariance(one: &Placements, two: &Placements, counts: &Counts) -> f64 {
    let conversions = counts.conversions.iter().map(|&c| c as f64);
    let others = counts.leads.iter().zip(&counts.conversions).map(|(n, c)| (n - c) as f64);
    let means = (one.area, two.area);
    covariance_of_mean(conversions, &one.conversion, &two.conversion, means)
        + covariance_of_mean(others, &one.other, &two.other, means)
}

/// Sample covariance over the number in the class.
fn covariance_of_mean(weights: impl Iterator<Item = f64>, one: &[f64], two: &[f64], means: (f64, f64)) -> f64 {
    let (mut total, mut products) = (0.0, 0.0);
    for (weight, (a, b)) in weights.zip(one.iter().zip(two)) {
        total += weight;
        products += weight * (a - means.0) * (b - means.1);
    }
    if total > 1.5 {
        products / (total - 1.0) / total
    } else {
        // One lead: the largest variance placements of these means can have.
        (means.0 * (1.0 - means.0) * means.1 * (1.0 - means.1)).sqrt()
    }
}
