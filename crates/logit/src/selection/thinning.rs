//! A seeded sample of the leads where there are too many patterns to choose attributes on.

use leadcal_lift::patterns::{Counts, CovariatePatterns};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::validation::{Folds, by_attribute_name};

/// Leads of the rarer outcome that a sample keeps, about: fewer say too little of an attribute.
const RARER_OUTCOME: f64 = 500.0;

/// A sample of the leads with about `most` patterns, in their folds; `None` where the table has no more than that.
///
/// Every lead is kept with the same chance q, the greatest at which the expected number of patterns that keep a lead,
/// the sum over patterns of 1 - (1 - q)^leads, is at most `most`; but q is never so small that fewer than about 500
/// conversions or 500 other leads stay. Rates stay what they are. Leads are drawn in the order of the patterns with the
/// attributes by name, so the sample depends on the seed alone, not on the order of rows or columns.
///
/// # Panics
/// Where the folds are not of this table: a bug of the caller.
pub fn thinned(
    patterns: &CovariatePatterns,
    folds: &Folds,
    most: usize,
    seed: u64,
) -> Option<(CovariatePatterns, Folds)> {
    if patterns.len() <= most {
        return None;
    }
    let counts = patterns.counts();
    let (leads, conversions) = (counts.total_leads(), counts.total_conversions());
    let least = RARER_OUTCOME / conversions.min(leads - conversions).max(1) as f64;
    let chance = chance(counts, most as f64).max(least).min(1.0);
    if chance >= 1.0 {
        return None;
    }
    let empty = || Counts { leads: vec![0; patterns.len()], conversions: vec![0; patterns.len()] };
    let mut kept: Vec<Counts> = folds.counts().iter().map(|_| empty()).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut draw = |leads: u64| (0..leads).filter(|_| rng.random_bool(chance)).count() as u64;
    for pattern in by_attribute_name(patterns) {
        for (fold, kept) in folds.counts().iter().zip(&mut kept) {
            let conversions = draw(fold.conversions[pattern]);
            kept.conversions[pattern] = conversions;
            kept.leads[pattern] = conversions + draw(fold.leads[pattern] - fold.conversions[pattern]);
        }
    }
    let occupied: Vec<usize> =
        (0..patterns.len()).filter(|&pattern| kept.iter().any(|fold| fold.leads[pattern] > 0)).collect();
    let of_occupied = |counts: &Counts| Counts {
        leads: occupied.iter().map(|&pattern| counts.leads[pattern]).collect(),
        conversions: occupied.iter().map(|&pattern| counts.conversions[pattern]).collect(),
    };
    let kept: Vec<Counts> = kept.iter().map(of_occupied).collect();
    let sum = |of: fn(&Counts) -> &Vec<u64>| -> Vec<u64> {
        (0..occupied.len()).map(|at| kept.iter().map(|fold| of(fold)[at]).sum()).collect()
    };
    let counts = Counts { leads: sum(|fold| &fold.leads), conversions: sum(|fold| &fold.conversions) };
    let codes = occupied.iter().flat_map(|&pattern| patterns.codes(pattern).iter().copied()).collect();
    let mut sample = CovariatePatterns::new(patterns.attributes().to_vec(), codes, counts);
    for attribute in 0..patterns.attributes().len() {
        if let Some(values) = patterns.values(attribute) {
            sample = sample.with_values(attribute, values.to_vec());
        }
    }
    Some((sample, Folds::given(kept)))
}

/// The chance at which `most` patterns are expected to keep a lead.
fn chance(counts: &Counts, most: f64) -> f64 {
    let expected = |chance: f64| -> f64 {
        let keeps_none = (-chance).ln_1p();
        counts.leads.iter().map(|&leads| -(leads as f64 * keeps_none).exp_m1()).sum()
    };
    let (mut low, mut high) = (0.0, 1.0);
    // The expected number grows with the chance; 50 halvings are finer than any sample can tell.
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if expected(middle) > most { high = middle } else { low = middle }
    }
    low
}
