//! Groups: the parts of a score, such as what a lead is (fit) and what it does (engagement), each with its own limits and
//! with tiers that make a grade such as `A1`.
//!
//! Unless told otherwise a group is limited to the 0.5th and 99.5th percentile of the calibration leads' sums in it, so
//! that no single part can carry a score off (to the least and greatest sum where those percentiles coincide), and has three
//! tiers: the best fifth of the leads, the next three tenths, the rest. Where percentiles coincide there are fewer.

use std::collections::BTreeMap;

use super::scale::{HIGH, LOW, PARTS, percentile};
use super::table::{PointsGroup, Tier};
use super::values::{AttributePoints, round};
use crate::patterns::CovariatePatterns;

/// Percentiles at which the best two tiers start, as parts of 200: the 80th and the 50th.
const TIERS: [u128; 2] = [160, 100];
/// Names of the tiers of the first group, of the second, and of all others.
const NAMES: [[&str; 3]; 3] = [["A", "B", "C"], ["1", "2", "3"], ["a", "b", "c"]];

/// What is given of a group instead of being derived.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupOptions {
    /// Least sum.
    pub min: Option<i64>,
    /// Greatest sum.
    pub max: Option<i64>,
    /// Names and lowest sums of its tiers, best first.
    pub tiers: Option<Vec<(String, i64)>>,
}

/// What makes a score of a pattern: every level's contribution, by group, limited.
pub(super) struct Scoring<'a> {
    /// Of each attribute.
    contributions: Vec<&'a [f64]>,
    /// Of each attribute the index of its group.
    group_of: Vec<usize>,
    /// Of each group the least and greatest sum.
    limits: Vec<[f64; 2]>,
}

impl<'a> Scoring<'a> {
    pub(super) fn new(contributions: Vec<&'a [f64]>, group_of: Vec<usize>, groups: &[PointsGroup]) -> Self {
        let limits = groups.iter().map(|group| [group.min as f64, group.max as f64]).collect();
        Self { contributions, group_of, limits }
    }

    /// The groups' limited sums of these codes, added up.
    pub(super) fn sum(&self, codes: &[u32]) -> f64 {
        let sums = sums(&self.contributions, &self.group_of, self.limits.len(), codes);
        sums.iter().zip(&self.limits).map(|(sum, [min, max])| sum.clamp(*min, *max)).sum()
    }
}

fn sums(contributions: &[&[f64]], group_of: &[usize], groups: usize, codes: &[u32]) -> Vec<f64> {
    let mut sums = vec![0.0; groups];
    for ((&code, contributions), &group) in codes.iter().zip(contributions).zip(group_of) {
        sums[group] += contributions[code as usize];
    }
    sums
}

/// The names of the attributes' groups in the order in which they come, fit and engagement first, and the group of each
/// attribute by its index.
pub(super) fn names(groups: impl Iterator<Item = String>) -> (Vec<String>, Vec<usize>) {
    let of_attributes: Vec<String> = groups.collect();
    let mut names: Vec<String> = Vec::new();
    let usual = [crate::patterns::FIT, crate::patterns::ENGAGEMENT].map(str::to_owned);
    for name in usual.iter().filter(|name| of_attributes.contains(name)).chain(&of_attributes) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let index = |name: &String| names.iter().position(|other| other == name).expect("every name was added");
    let group_of = of_attributes.iter().map(index).collect();
    (names, group_of)
}

/// The groups of a table: limits and tiers as given, else from the calibration leads' sums.
pub(super) fn groups(
    patterns: &CovariatePatterns,
    points: &[AttributePoints],
    names: Vec<String>,
    group_of: &[usize],
    given: &[(String, GroupOptions)],
) -> Vec<PointsGroup> {
    let contributions: Vec<&[f64]> = points.iter().map(|points| points.contributions.as_slice()).collect();
    let leads = &patterns.counts().leads;
    let mut counted: Vec<BTreeMap<Ordered, u64>> = vec![BTreeMap::new(); names.len()];
    for pattern in (0..patterns.len()).filter(|&pattern| leads[pattern] > 0) {
        let sums = sums(&contributions, group_of, names.len(), patterns.codes(pattern));
        for (counted, sum) in counted.iter_mut().zip(sums) {
            *counted.entry(Ordered(sum)).or_default() += leads[pattern];
        }
    }
    let nothing = GroupOptions::default();
    let groups = names.into_iter().zip(counted).enumerate();
    groups
        .map(|(index, (name, counted))| {
            let given = given.iter().find(|(of, _)| *of == name).map_or(&nothing, |(_, options)| options);
            let at = |part| percentile(counted.iter().map(|(sum, &leads)| (sum.0, leads)), part).unwrap_or(0.0);
            let (mut low, mut high) = (at(LOW), at(HIGH));
            if high <= low {
                low = counted.keys().next().map_or(0.0, |sum| sum.0);
                high = counted.keys().next_back().map_or(0.0, |sum| sum.0);
            }
            let min = given.min.unwrap_or_else(|| round(low.floor()));
            let max = given.max.unwrap_or_else(|| round(high.ceil())).max(min);
            let tiers = match &given.tiers {
                Some(tiers) => given_tiers(tiers, min),
                None => tiers(index, min, TIERS.map(|part| round(at(part)))),
            };
            PointsGroup { name, min, max, tiers }
        })
        .collect()
}

/// Tiers at these sums and at the least; those that would be empty are left out.
fn tiers(group: usize, min: i64, from: [i64; 2]) -> Vec<Tier> {
    let mut cuts: Vec<i64> = from.into_iter().filter(|from| *from > min).collect();
    cuts.dedup();
    cuts.push(min);
    if cuts.len() == 1 {
        return Vec::new();
    }
    let names = NAMES[group.min(NAMES.len() - 1)];
    cuts.into_iter().zip(names).map(|(from, name)| Tier { name: name.to_owned(), from }).collect()
}

/// Tiers as given; the last one holds whoever is in no better one, down to the least sum.
fn given_tiers(tiers: &[(String, i64)], min: i64) -> Vec<Tier> {
    let mut tiers: Vec<Tier> = tiers.iter().map(|(name, from)| Tier { name: name.clone(), from: *from }).collect();
    if let Some(last) = tiers.last_mut() {
        last.from = last.from.min(min);
    }
    tiers
}

/// A number in its total order.
#[derive(Clone, Copy)]
struct Ordered(f64);

impl PartialEq for Ordered {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ordered {}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

const _: () = assert!(TIERS[0] < PARTS && TIERS[1] < TIERS[0], "better tiers start higher");
