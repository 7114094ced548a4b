//! Numbers to intervals at quantiles, ties kept together.
//!
//! Cut k of K lies between two neighbouring distinct values, where the share of leads below it is nearest k / K. It is
//! the upper of the two, as intervals are closed below. Intervals with too few leads join a neighbour.

use super::{BinningOptions, NUMBER_LEVELS};
use crate::attribute::{Bound, Level, Scalar, When};
use crate::profile::NumberCounts;

/// Name of the level of a column whose numbers are one interval.
const ANY: &str = "any";

/// The intervals of a column's numbers, in ascending order; together they cover every number.
pub(super) fn levels(numbers: &NumberCounts, options: &BinningOptions, bound: impl Fn(f64) -> Bound) -> Vec<Level> {
    let mut counts = numbers.sorted();
    counts.retain(|(x, _)| !options.special.contains(&Scalar::Number(*x)));
    let cuts = match &options.cuts {
        Some(cuts) => cuts.clone(),
        None => cuts(&counts, options).into_iter().map(bound).collect(),
    };
    if cuts.is_empty() {
        // One interval: any number. It stands last, as the rest after special values and missing.
        return vec![Level { name: ANY.to_owned(), when: When::Otherwise }];
    }
    let ends: Vec<Option<Bound>> =
        std::iter::once(None).chain(cuts.into_iter().map(Some)).chain(std::iter::once(None)).collect();
    ends.windows(2)
        .map(|ends| Level { name: name(ends[0], ends[1]), when: When::Range { from: ends[0], below: ends[1] } })
        .collect()
}

fn cuts(counts: &[(f64, u64)], options: &BinningOptions) -> Vec<f64> {
    let leads: u64 = counts.iter().map(|(_, n)| n).sum();
    let least = (options.min_share * leads as f64).max(options.min_leads as f64);
    let levels = options.max_levels.unwrap_or(NUMBER_LEVELS).max(1);
    let mut below = 0;
    // (leads below, value) of each place where a cut may lie.
    let places: Vec<(f64, f64)> = counts
        .iter()
        .map(|&(x, n)| {
            let place = (below as f64, x);
            below += n;
            place
        })
        .skip(1)
        .filter(|(_, x)| x.is_finite())
        .collect();
    let mut cuts: Vec<(f64, f64)> = Vec::new();
    for k in 1..levels {
        let target = leads as f64 * k as f64 / levels as f64;
        let nearest = places.iter().min_by(|a, b| (a.0 - target).abs().total_cmp(&(b.0 - target).abs()));
        if let Some(&(below, x)) = nearest
            && below - cuts.last().map_or(0.0, |last| last.0) >= least.max(1.0)
            && leads as f64 - below >= least
        {
            cuts.push((below, x));
        }
    }
    cuts.into_iter().map(|(_, x)| x).collect()
}

fn name(from: Option<Bound>, below: Option<Bound>) -> String {
    let text = |bound: Bound| match bound {
        Bound::Number(x) => x.to_string(),
        Bound::Date(date) => date.to_string(),
    };
    match (from.map(text), below.map(text)) {
        (None, None) => "any".to_owned(),
        (None, Some(below)) => format!("< {below}"),
        (Some(from), None) => format!(">= {from}"),
        (Some(from), Some(below)) => format!("[{from}, {below})"),
    }
}
