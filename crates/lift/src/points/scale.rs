//! The numbers that are not per level: scale factor, base points, range, and the distribution of scores.
//!
//! Percentiles are over leads: the q-th is the smallest sum that at least q of the leads do not exceed (the inverse of
//! the empirical distribution function; Hyndman and Fan 1996, definition 1). They are found by counting, so they do not
//! depend on the order of the patterns.

use std::collections::BTreeMap;

use super::table::{Range, ScoreCount};
use super::values::round;
use super::{LevelPoints, LevelValue, PointsError, PointsOptions, Scale, round_points};
use crate::lift::LiftTable;
use crate::patterns::CovariatePatterns;

/// The percentiles put at 0 and 100, as parts of 200: the 0.5th and the 99.5th.
const LOW: u128 = 1;
const HIGH: u128 = 199;
const PARTS: u128 = 200;
/// What a score is at least able to reach.
const FULL: i64 = 100;

/// The scale of a points table, resolved on the calibration leads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResolvedScale {
    /// What values are multiplied by before rounding.
    pub factor: f64,
    /// What every lead starts with.
    pub base_points: i64,
    /// Least and greatest score.
    pub range: Range,
}

/// Resolves the scale on the leads of `patterns`.
///
/// With [`Scale::ZeroToHundred`] the factor puts the 0.5th and the 99.5th percentile of the leads' summed unrounded
/// values 100 apart (their least and greatest where those percentiles are equal; 1 where all are equal), the base points
/// bring the low one to 0, and the range is 0 to 100. With [`Scale::Factor`] the base points bring the 0.5th percentile
/// of the leads' summed points to 0, and the range is 0 to the 99.5th percentile of the scores, but at least to 100.
///
/// # Errors
/// Where the factor is not a positive finite number, or makes points too large.
pub fn resolve_scale(
    patterns: &CovariatePatterns,
    lift: &LiftTable,
    values: &[Vec<LevelValue>],
    options: &PointsOptions,
) -> Result<ResolvedScale, PointsError> {
    match options.scale {
        Scale::Factor(factor) => {
            Scale::checked(factor)?;
            let points = round_points(lift, values, factor, options.keep_inconclusive)?;
            let scores = score_distribution(patterns, &points, 0);
            let counted = || scores.iter().map(|score| (score.score, score.leads));
            let base_points = -percentile(counted(), LOW).unwrap_or(0);
            let high = percentile(counted(), HIGH).unwrap_or(0);
            let range = Range { min: 0, max: FULL.max(high + base_points) };
            Ok(ResolvedScale { factor, base_points, range })
        }
        Scale::ZeroToHundred => {
            let sums = sums_of_values(patterns, values, options.keep_inconclusive);
            let counted = || sums.iter().copied();
            let mut low = percentile(counted(), LOW).unwrap_or(0.0);
            let mut high = percentile(counted(), HIGH).unwrap_or(0.0);
            if high <= low {
                low = sums.first().map_or(0.0, |first| first.0);
                high = sums.last().map_or(0.0, |last| last.0);
            }
            let factor = if high > low { FULL as f64 / (high - low) } else { 1.0 };
            Ok(ResolvedScale { factor, base_points: round(-factor * low), range: Range { min: 0, max: FULL } })
        }
    }
}

/// How many leads, and conversions, have each score (summed points and base, not clamped), lowest score first.
pub fn score_distribution(
    patterns: &CovariatePatterns,
    points: &[Vec<LevelPoints>],
    base_points: i64,
) -> Vec<ScoreCount> {
    let counts = patterns.counts();
    let mut scores: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    for pattern in (0..patterns.len()).filter(|&pattern| counts.leads[pattern] > 0) {
        let codes = patterns.codes(pattern).iter().zip(points);
        let sum: i64 = codes.map(|(&code, levels)| levels[code as usize].points).sum();
        let entry = scores.entry(base_points + sum).or_default();
        entry.0 += counts.leads[pattern];
        entry.1 += counts.conversions[pattern];
    }
    scores.into_iter().map(|(score, (leads, conversions))| ScoreCount { score, leads, conversions }).collect()
}

/// The leads' summed unrounded values with their counts, lowest first.
fn sums_of_values(
    patterns: &CovariatePatterns,
    values: &[Vec<LevelValue>],
    keep_inconclusive: bool,
) -> Vec<(f64, u64)> {
    let leads = &patterns.counts().leads;
    let mut sums: Vec<(f64, u64)> = (0..patterns.len())
        .filter(|&pattern| leads[pattern] > 0)
        .map(|pattern| {
            let codes = patterns.codes(pattern).iter().zip(values);
            let sum = codes.map(|(&code, levels)| levels[code as usize].counted(keep_inconclusive)).sum();
            (sum, leads[pattern])
        })
        .collect();
    sums.sort_by(|a, b| a.0.total_cmp(&b.0));
    sums
}

/// The smallest value that `part` / [`PARTS`] of the leads do not exceed; values come in ascending order.
fn percentile<T>(counted: impl Iterator<Item = (T, u64)> + Clone, part: u128) -> Option<T> {
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
