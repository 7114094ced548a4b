//! How much an attribute tells about conversion: weight of evidence, information value, G test, and
//! Benjamini-Hochberg's adjustment for having tried many attributes.
//!
//! Level with c conversions and d = n - c others, of C conversions and D = N - C others in all:
//!
//! - weight of evidence `ln((c / C) / (d / D))` = logit(c / n) - logit(C / N), the log-odds lift. Positive means
//!   "converts above the overall rate" (I. J. Good 1950; Siddiqi 2006; programs differ in the sign). Undefined where c
//!   or d is 0.
//! - information value `sum over levels of (c / C - d / D) ln((c / C) / (d / D))` (Kullback's divergence J, 1959; Siddiqi
//!   2006). Levels whose weight of evidence is undefined are left out of the sum, so it understates an
//!   attribute with a perfectly separating level; the G statistic does not.
//! - G statistic `2 sum over cells of observed ln(observed / expected)`, chi-squared with (levels with leads - 1)
//!   degrees of freedom where the attribute tells nothing (Sokal and Rohlf, Biometry).
//! - q-value: `q_(i) = min over j >= i of p_(j) k / j`, at most 1 (Benjamini and Hochberg 1995).

use statrs::function::gamma::checked_gamma_ur;

use crate::beta::deviance;
use crate::patterns::Counts;

/// A likelihood-ratio test of independence between an attribute and conversion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GTest {
    /// Twice the log likelihood ratio; 0 or more.
    pub statistic: f64,
    /// Levels with leads, less one.
    pub degrees_of_freedom: u64,
    /// Probability of a statistic this large where the attribute tells nothing; 1 with no degree of freedom.
    pub p_value: f64,
}

/// Weight of evidence of a level with `conversions` and `others` of `all_conversions` and `all_others`; `None` where
/// one of the four is 0.
pub fn weight_of_evidence(conversions: u64, others: u64, all_conversions: u64, all_others: u64) -> Option<f64> {
    if conversions == 0 || others == 0 || all_conversions == 0 || all_others == 0 {
        return None;
    }
    let odds = conversions as f64 / others as f64;
    let overall = all_conversions as f64 / all_others as f64;
    Some((odds / overall).ln())
}

/// Information value of an attribute whose levels have these counts. 0 or more; levels without conversions or with
/// nothing else are left out of the sum.
pub fn information_value(levels: &Counts) -> f64 {
    let (all_conversions, all_others) = totals(levels);
    cells(levels)
        .filter_map(|(conversions, others)| {
            information_value_of_level(conversions, others, all_conversions, all_others)
        })
        .sum()
}

/// What one level adds to the information value; `None` where its weight of evidence is undefined.
pub(crate) fn information_value_of_level(
    conversions: u64,
    others: u64,
    all_conversions: u64,
    all_others: u64,
) -> Option<f64> {
    let weight = weight_of_evidence(conversions, others, all_conversions, all_others)?;
    let share_gap = conversions as f64 / all_conversions as f64 - others as f64 / all_others as f64;
    Some(share_gap * weight)
}

/// G test of an attribute whose levels have these counts.
pub fn g_test(levels: &Counts) -> GTest {
    let (all_conversions, all_others) = totals(levels);
    let all = (all_conversions + all_others) as f64;
    let degrees_of_freedom = (levels.leads.iter().filter(|&&leads| leads > 0).count() as u64).saturating_sub(1);
    if degrees_of_freedom == 0 || all_conversions == 0 || all_others == 0 {
        return GTest { statistic: 0.0, degrees_of_freedom, p_value: 1.0 };
    }
    // The terms `expected - observed` of the two deviances cancel within a level, so their sum is the textbook's.
    let half: f64 = cells(levels)
        .map(|(conversions, others)| {
            let share = (conversions + others) as f64 / all;
            deviance(conversions as f64, share * all_conversions as f64)
                + deviance(others as f64, share * all_others as f64)
        })
        .sum();
    let statistic = 2.0 * half.max(0.0);
    GTest { statistic, degrees_of_freedom, p_value: chi_squared_upper_tail(statistic, degrees_of_freedom) }
}

/// Benjamini-Hochberg adjusted p-values, in the order given. Each is the smallest false discovery rate at which that
/// test would be called a discovery.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let count = p_values.len() as f64;
    let mut largest_first: Vec<usize> = (0..p_values.len()).collect();
    largest_first.sort_by(|&i, &j| p_values[j].total_cmp(&p_values[i]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut smallest: f64 = 1.0;
    for (above, &index) in largest_first.iter().enumerate() {
        let rank = count - above as f64;
        smallest = smallest.min(p_values[index] * (count / rank));
        adjusted[index] = smallest;
    }
    adjusted
}

/// Conversions and others of each level.
fn cells(levels: &Counts) -> impl Iterator<Item = (u64, u64)> + '_ {
    levels.leads.iter().zip(&levels.conversions).map(|(leads, &conversions)| {
        let others = leads.saturating_sub(conversions);
        (conversions, others)
    })
}

/// Conversions and others of all levels.
fn totals(levels: &Counts) -> (u64, u64) {
    let conversions = levels.total_conversions();
    (conversions, levels.total_leads().saturating_sub(conversions))
}

/// P(chi-squared > statistic); 1 with no degree of freedom.
pub fn chi_squared_upper_tail(statistic: f64, degrees_of_freedom: u64) -> f64 {
    if statistic <= 0.0 || degrees_of_freedom == 0 {
        return 1.0;
    }
    // The arguments are positive, the only thing the function checks.
    checked_gamma_ur(degrees_of_freedom as f64 / 2.0, statistic / 2.0).map_or(1.0, |p| p.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests;
