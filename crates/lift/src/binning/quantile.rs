//! Numbers to intervals at quantiles, ties kept together.
//!
//! With at most [`PRE_BINS`] distinct values each is an interval. With more, one cut after the other lies where the share
//! of leads up to it is nearest to an even share of the leads that are left: a value that many leads have takes one
//! interval and leaves the others to the rest. A cut is the upper of the two values it lies between, as intervals are
//! closed below, and leaves enough leads for a level on both sides.

use super::{BinningOptions, PRE_BINS};
use crate::attribute::{Bound, Level, Scalar, When};
use crate::profile::NumberCounts;

/// Name of the level of a column whose numbers are one interval.
pub(super) const ANY: &str = "any";

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

/// Where to cut numbers given in ascending order with how many leads have each.
pub(super) fn cuts(counts: &[(f64, u64)], options: &BinningOptions) -> Vec<f64> {
    let leads: u64 = counts.iter().map(|(_, n)| n).sum();
    let least = (options.min_share * leads as f64).max(options.min_leads as f64).max(1.0);
    let mut below = 0;
    // (leads below, value) of each place where a cut leaves enough leads on both sides.
    let places: Vec<(f64, f64)> = counts
        .iter()
        .map(|&(x, n)| {
            let place = (below as f64, x);
            below += n;
            place
        })
        .filter(|(below, x)| *below >= least && leads as f64 - below >= least && x.is_finite())
        .collect();
    if places.len() < PRE_BINS {
        return places.into_iter().map(|(_, x)| x).collect();
    }
    let mut cuts = Vec::with_capacity(PRE_BINS - 1);
    let (mut cut_below, mut rest) = (0.0, places.as_slice());
    for intervals in (2..=PRE_BINS).rev() {
        let target = cut_below + (leads as f64 - cut_below) / intervals as f64;
        let above = rest.partition_point(|(below, _)| *below < target);
        let nearest = match (above.checked_sub(1).map(|at| rest[at]), rest.get(above)) {
            (Some(under), Some(over)) if target - under.0 <= over.0 - target => above - 1,
            (Some(_), None) => above - 1,
            (_, Some(_)) => above,
            (None, None) => break,
        };
        cut_below = rest[nearest].0;
        cuts.push(rest[nearest].1);
        rest = &rest[nearest + 1..];
    }
    cuts
}

pub(super) fn name(from: Option<Bound>, below: Option<Bound>) -> String {
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
