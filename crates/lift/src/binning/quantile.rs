//! Numbers to intervals at quantiles, ties kept together.
//!
//! With at most [`PRE_BINS`] distinct values each is an interval. With more, one cut after the other lies where the share
//! of leads up to it is nearest to an even share of the leads that are left: a value that many leads have takes one
//! interval and leaves the others to the rest. Where frequent values or the limits leave cuts over, each goes where it
//! parts the most pairs of leads, in the middle of the fullest interval that can be cut. A cut is the upper of the two
//! values it lies between, as intervals are closed below, and leaves enough leads for a level on both sides.

use std::ops::Range;

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
    let below: Vec<f64> = places.iter().map(|place| place.0).collect();
    let mut cuts = at_even_shares(&below, leads as f64);
    while cuts.len() < PRE_BINS - 1 {
        let Some(cut) = parting_most(&below, leads as f64, &cuts) else { break };
        cuts.insert(cuts.partition_point(|&other| other < cut), cut);
    }
    cuts.into_iter().map(|cut| places[cut].1).collect()
}

/// Which of the places, given by the leads below each, are nearest to even shares; ascending.
fn at_even_shares(below: &[f64], leads: f64) -> Vec<usize> {
    let mut cuts = Vec::with_capacity(PRE_BINS - 1);
    let (mut cut_below, mut next) = (0.0, 0);
    for intervals in (2..=PRE_BINS).rev() {
        let target = cut_below + (leads - cut_below) / intervals as f64;
        let Some(nearest) = nearest(below, next..below.len(), target) else { break };
        cut_below = below[nearest];
        cuts.push(nearest);
        next = nearest + 1;
    }
    cuts
}

/// The place between the cuts that parts the most pairs of leads: n leads below and m above it within their interval are
/// n m pairs.
fn parting_most(below: &[f64], leads: f64, cuts: &[usize]) -> Option<usize> {
    let mut best: Option<(f64, usize)> = None;
    for interval in 0..=cuts.len() {
        let (first, from) = interval.checked_sub(1).map_or((0, 0.0), |cut| (cuts[cut] + 1, below[cuts[cut]]));
        let (end, to) = cuts.get(interval).map_or((below.len(), leads), |&cut| (cut, below[cut]));
        if let Some(middle) = nearest(below, first..end, from.midpoint(to)) {
            let pairs = (below[middle] - from) * (to - below[middle]);
            if best.is_none_or(|(most, _)| pairs > most) {
                best = Some((pairs, middle));
            }
        }
    }
    best.map(|(_, place)| place)
}

/// The place in a range whose leads below are nearest to a target, the lower of two equally near ones.
fn nearest(below: &[f64], range: Range<usize>, target: f64) -> Option<usize> {
    let over = range.start + below[range.clone()].partition_point(|&leads| leads < target);
    let under = over.checked_sub(1).filter(|under| range.contains(under));
    match (under, (over < range.end).then_some(over)) {
        (Some(under), Some(over)) if target - below[under] > below[over] - target => Some(over),
        (under, over) => under.or(over),
    }
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
