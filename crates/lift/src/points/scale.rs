//! The numbers that are not per level: scale factor, base points, range, and the distribution of scores.
//!
//! Percentiles are over leads: the q-th is the smallest sum that at least q of the leads do not exceed (the inverse of
//! the empirical distribution function; Hyndman and Fan 1996, definition 1). They are found by counting, so they do not
//! depend on the order of the patterns.

use std::collections::BTreeMap;

use super::groups::Scoring;
use super::table::{Range, ScoreCount};
use super::values::{AttributeValues, round};
use crate::patterns::CovariatePatterns;

/// The percentiles put at 0 and 100, as parts of 200: the 0.5th and the 99.5th.
pub(super) const LOW: u128 = 1;
pub(super) const HIGH: u128 = 199;
pub(super) const PARTS: u128 = 200;
/// What a score is at least able to reach.
const FULL: i64 = 100;

/// What every lead starts with, and the bounds of the score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Base {
    pub(super) points: i64,
    pub(super) range: Range,
}

/// The factor that puts the 0.5th and the 99.5th percentile of the leads' summed unrounded values 100 apart (their least
/// and greatest where those percentiles are equal; 1 where all are equal), and the base points that bring the low one to 0.
pub(super) fn zero_to_hundred(
    patterns: &CovariatePatterns,
    values: &[AttributeValues],
    keep_inconclusive: bool,
) -> (f64, Base) {
    let sums = sums_of_values(patterns, values, keep_inconclusive);
    let counted = || sums.iter().copied();
    let mut low = percentile(counted(), LOW).unwrap_or(0.0);
    let mut high = percentile(counted(), HIGH).unwrap_or(0.0);
    if high <= low {
        low = sums.first().map_or(0.0, |first| first.0);
        high = sums.last().map_or(0.0, |last| last.0);
    }
    let factor = if high > low { FULL as f64 / (high - low) } else { 1.0 };
    (factor, Base { points: round(-factor * low), range: Range { min: 0, max: FULL } })
}

/// The base points that bring the 0.5th percentile of the leads' summed points to 0; the range is 0 to the 99.5th percentile
/// of the scores, but at least to 100.
pub(super) fn base_of_factor(patterns: &CovariatePatterns, scoring: &Scoring<'_>) -> Base {
    let scores = score_distribution(patterns, scoring, 0);
    let counted = || scores.iter().map(|score| (score.score, score.leads));
    let points = -percentile(counted(), LOW).unwrap_or(0);
    let high = percentile(counted(), HIGH).unwrap_or(0);
    Base { points, range: Range { min: 0, max: FULL.max(high + points) } }
}

/// How many leads, and conversions, have each score (base and the groups' limited sums, rounded, not clamped), lowest score
/// first.
pub(super) fn score_distribution(
    patterns: &CovariatePatterns,
    scoring: &Scoring<'_>,
    base_points: i64,
) -> Vec<ScoreCount> {
    let counts = patterns.counts();
    let mut scores: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    for pattern in (0..patterns.len()).filter(|&pattern| counts.leads[pattern] > 0) {
        let score = round(base_points as f64 + scoring.sum(patterns.codes(pattern)));
        let entry = scores.entry(score).or_default();
        entry.0 += counts.leads[pattern];
        entry.1 += counts.conversions[pattern];
    }
    scores.into_iter().map(|(score, (leads, conversions))| ScoreCount { score, leads, conversions }).collect()
}

/// The leads' summed unrounded values with their counts, lowest first.
fn sums_of_values(
    patterns: &CovariatePatterns,
    values: &[AttributeValues],
    keep_inconclusive: bool,
) -> Vec<(f64, u64)> {
    let leads = &patterns.counts().leads;
    let counted: Vec<Vec<f64>> = values.iter().map(|values| values.counted(keep_inconclusive)).collect();
    let mut sums: Vec<(f64, u64)> = (0..patterns.len())
        .filter(|&pattern| leads[pattern] > 0)
        .map(|pattern| {
            let codes = patterns.codes(pattern).iter().zip(&counted);
            (codes.map(|(&code, levels)| levels[code as usize]).sum(), leads[pattern])
        })
        .collect();
    sums.sort_by(|a, b| a.0.total_cmp(&b.0));
    sums
}

/// The smallest value that `part` / [`PARTS`] of the leads do not exceed; values come in ascending order.
pub(super) fn percentile<T>(counted: impl Iterator<Item = (T, u64)> + Clone, part: u128) -> Option<T> {
    let all: u128 = counted.clone().map(|(_, leads)| u128::from(leads)).sum();
    let mut seen: u128 = 0;
    for (value, leads) in counted {
        seen += u128::from(leads);
        if seen * PARTS >= part * all {
            return Some(value);
        }
    }
    None
}
