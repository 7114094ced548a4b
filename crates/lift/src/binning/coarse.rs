//! Fine levels joined to the attribute's levels, by how the leads of each converted.
//!
//! Intervals join neighbours. Texts are put in order of their conversion rate and then join neighbours: among all ways to
//! group texts, the one that keeps the most information value joins neighbours in that order (it is convex in the counts:
//! Burshtein, Della Pietra, Kanevsky and Nadas, *Minimum impurity partitions*, Annals of Statistics 20, 1992), where the
//! limits on a level do not forbid it.

use std::cmp::Ordering;
use std::ops::Range;

use super::optimal::{Limits, Trend, optimal_bins};
use super::quantile::{self, ANY};
use super::{BinningOptions, Input};
use crate::attribute::{Attribute, FieldType, Level, When};
use crate::patterns::{Coarse, Coarsened, Counts, CovariatePatterns};

/// Which levels of an attribute may be joined, and to what.
#[derive(Debug, Clone, PartialEq)]
pub struct Joining {
    /// The levels: intervals in order, or texts. The others stay as they are.
    levels: Range<usize>,
    limits: Limits,
    by_rate: bool,
}

impl Joining {
    /// Of an attribute that [`super::attribute`] made with these options: given cuts stay, and so do special values,
    /// missing, "(other)", and texts unless they are to be joined.
    pub fn of(attribute: &Attribute, options: &BinningOptions) -> Option<Self> {
        let Attribute { input: Input { kind, .. }, levels, .. } = attribute;
        let by_rate = matches!(kind, FieldType::Text | FieldType::Boolean);
        let may_join = |level: &&Level| match (kind, &level.when) {
            (FieldType::Number | FieldType::Date, When::Range { .. }) => options.cuts.is_none(),
            (FieldType::Text, When::In(_)) => options.join,
            _ => false,
        };
        let first = options.special.len().min(levels.len());
        let count = levels[first..].iter().take_while(may_join).count();
        // Texts are in ascending order already: any trend would say nothing more.
        let limits = options.limits();
        let limits = if by_rate { Limits { trend: Trend::None, ..limits } } else { limits };
        (count > 1).then_some(Self { levels: first..first + count, limits, by_rate })
    }
}

/// Joins the levels of a pattern table by its own counts: one joining for each attribute, `None` where nothing is to be
/// joined. Given the counts of training leads alone, nothing else decides.
///
/// # Panics
/// Where the joinings are not of the table's attributes.
pub fn coarsen(patterns: &CovariatePatterns, joinings: &[Option<Joining>]) -> Coarsened {
    assert_eq!(joinings.len(), patterns.attributes().len(), "a joining for each attribute");
    let attributes = patterns.attributes().iter().zip(joinings).enumerate();
    let coarse = attributes.map(|(index, (fine, joining))| match joining {
        Some(joining) => joined(fine, &patterns.margin(index), joining),
        None => unchanged(fine),
    });
    patterns.coarsen(coarse.collect())
}

fn unchanged(fine: &Attribute) -> Coarse {
    Coarse { attribute: fine.clone(), level_of: (0_u32..).take(fine.levels.len()).collect() }
}

fn joined(fine: &Attribute, margin: &Counts, joining: &Joining) -> Coarse {
    let mut order: Vec<usize> = joining.levels.clone().collect();
    let mut without_leads = Vec::new();
    if joining.by_rate {
        (order, without_leads) = order.into_iter().partition(|&level| margin.leads[level] > 0);
        order.sort_by(|&a, &b| by_rate(cell(margin, a), cell(margin, b)));
    }
    let of = |levels: &[usize]| Counts {
        leads: levels.iter().map(|&level| margin.leads[level]).collect(),
        conversions: levels.iter().map(|&level| margin.conversions[level]).collect(),
    };
    let bins = of(&order);
    let conversions = margin.total_conversions() - bins.total_conversions();
    let others = margin.total_leads() - bins.total_leads() - conversions;
    let starts = optimal_bins(&bins, (conversions, others), &joining.limits);
    let ends = starts.iter().skip(1).copied().chain([order.len()]);
    let mut groups: Vec<Vec<usize>> = starts.iter().zip(ends).map(|(&start, end)| order[start..end].to_vec()).collect();
    if !without_leads.is_empty() {
        // Nothing is known of them: they go where an average level would.
        let average = (margin.total_conversions(), margin.total_leads());
        let below = groups.partition_point(|group| by_rate(cell(margin, group[0]), average).is_le());
        match groups.get_mut(below.saturating_sub(1)) {
            Some(group) => group.append(&mut without_leads),
            None => groups.push(without_leads),
        }
    }

    // The groups take the place of the levels they join.
    let mut levels: Vec<(Level, Vec<usize>)> = Vec::new();
    let kept = |level: usize| (fine.levels[level].clone(), vec![level]);
    levels.extend((0..joining.levels.start).map(kept));
    levels.extend(groups.iter().map(|group| (together(fine, group), group.clone())));
    levels.extend((joining.levels.end..fine.levels.len()).map(kept));
    // One interval is whatever is neither special nor missing.
    if levels[joining.levels.start].0.when == When::Otherwise {
        let rest = levels.remove(joining.levels.start);
        levels.push(rest);
    }
    let mut level_of = vec![0; fine.levels.len()];
    for (code, (_, members)) in (0_u32..).zip(&levels) {
        for &member in members {
            level_of[member] = code;
        }
    }
    let levels = distinct_names(levels.into_iter().map(|(level, _)| level).collect());
    Coarse { attribute: Attribute { name: fine.name.clone(), input: fine.input.clone(), levels }, level_of }
}

/// Conversions and leads of a level.
fn cell(margin: &Counts, level: usize) -> (u64, u64) {
    (margin.conversions[level], margin.leads[level])
}

/// The order of two rates, conversions over leads, compared exactly.
fn by_rate(a: (u64, u64), b: (u64, u64)) -> Ordering {
    (u128::from(a.0) * u128::from(b.1)).cmp(&(u128::from(b.0) * u128::from(a.1)))
}

/// One level for the leads of several.
fn together(fine: &Attribute, group: &[usize]) -> Level {
    let mut members: Vec<&Level> = group.iter().map(|&level| &fine.levels[level]).collect();
    let (first, last) = (members[0], members[members.len() - 1]);
    if let (When::Range { from, .. }, When::Range { below, .. }) = (&first.when, &last.when) {
        return if from.is_none() && below.is_none() {
            Level { name: ANY.to_owned(), when: When::Otherwise }
        } else {
            Level { name: quantile::name(*from, *below), when: When::Range { from: *from, below: *below } }
        };
    }
    // Texts, in the order they had.
    members.sort_by(|a, b| a.name.cmp(&b.name));
    let values = members.iter().flat_map(|level| match &level.when {
        When::In(values) => values.clone(),
        _ => Vec::new(),
    });
    let names: Vec<&str> = members.iter().map(|level| level.name.as_str()).collect();
    Level { when: When::In(values.collect()), name: names.join(", ") }
}

/// Levels of distinct names: "a, b" may be a text itself, and another level "a" and "b" together.
fn distinct_names(mut levels: Vec<Level>) -> Vec<Level> {
    for index in 1..levels.len() {
        while levels[..index].iter().any(|earlier| earlier.name == levels[index].name) {
            levels[index].name.push('\'');
        }
    }
    levels
}

#[cfg(test)]
mod tests;
