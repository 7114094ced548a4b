//! The bins of an ordered attribute that keep the most information value, exactly, by dynamic programming.
//!
//! Given pre-bins in order, a level is a run of neighbouring pre-bins. Of all ways to cut the row into levels that keep to
//! the [`Limits`], the best maximises `sum over levels of (c / C - d / D) ln((c / C) / (d / D))`, the attribute's
//! information value, c and d being a level's conversions and others, C and D those of all leads. The problem is
//! Navas-Palencia's (*Optimal binning: mathematical programming formulation and its application*, 2020, who solves it as an
//! integer program). As the sum is over single levels and a trend relates neighbours alone, Bellman's principle holds for
//! the state (levels so far, last level, part of the trend), which needs no solver: for n pre-bins and at most K levels
//! the work is of order K n^2.
//!
//! Joining levels never raises the information value (it is convex in the counts), so without a limit the pre-bins
//! themselves are best; the limits are what makes levels few and dependable.

use crate::evidence::information_value_of_level;
use crate::patterns::Counts;

/// How a level's conversion rate may move from one level to the next. Equal rates are neither a rise nor a fall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trend {
    /// Turns once at most: the better of peak and valley, of which ascending and descending are cases.
    Auto,
    /// Never falls.
    Ascending,
    /// Never rises.
    Descending,
    /// Never rises again once it has fallen.
    Peak,
    /// Never falls again once it has risen.
    Valley,
    /// As it likes.
    #[default]
    None,
}

/// What a level must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// At most this many levels; 1 or more.
    pub max_levels: usize,
    /// Least share of the pre-bins' leads in a level, 0 to 1.
    pub min_share: f64,
    /// Least number of leads in a level.
    pub min_leads: u64,
    /// Least number of conversions in a level, and of others: the weight of evidence, of variance near 1 / c + 1 / d,
    /// needs both. 0 counts as 1, without which it is undefined.
    pub min_conversions: u64,
    /// How the rate may move.
    pub trend: Trend,
    /// What each further level must be worth, as a chi-squared statistic: 0 or more. See [`level_cost`].
    pub min_gain: f64,
}

/// What a further level costs, in information value. Where an attribute tells little, N p (1 - p) times its information
/// value is its chi-squared statistic (both are the same sum of squares to second order), N being all leads and p the
/// overall rate.
pub fn level_cost(min_gain: f64, all_conversions: u64, all_others: u64) -> f64 {
    let (conversions, others) = (all_conversions as f64, all_others as f64);
    if min_gain > 0.0 { min_gain * (conversions + others) / (conversions * others) } else { 0.0 }
}

/// The first pre-bin of each level of the best binning, ascending from 0; empty where there is no pre-bin.
///
/// `elsewhere` are the conversions and others of the attribute's other levels, such as missing, all together: they are
/// in C and D. One level where nothing else keeps to the limits. Of binnings that are equally good, one with the
/// fewest levels.
pub fn optimal_bins(pre_bins: &Counts, elsewhere: (u64, u64), limits: &Limits) -> Vec<usize> {
    if pre_bins.leads.is_empty() {
        return Vec::new();
    }
    let segments = Segments::new(pre_bins, elsewhere, limits);
    let trends: &[&[Step]] = match limits.trend {
        Trend::Auto => &[&[Step::Up, Step::Down], &[Step::Down, Step::Up]],
        Trend::Ascending => &[&[Step::Up]],
        Trend::Descending => &[&[Step::Down]],
        Trend::Peak => &[&[Step::Up, Step::Down]],
        Trend::Valley => &[&[Step::Down, Step::Up]],
        Trend::None => &[&[Step::Any]],
    };
    let mut best: Option<Binning> = None;
    for parts in trends {
        if let Some(found) = best_binning(&segments, parts, limits.max_levels)
            && best.as_ref().is_none_or(|best| found.better_than(best))
        {
            best = Some(found);
        }
    }
    best.map_or_else(|| vec![0], |best| best.starts)
}

/// Information values this near, relative to the larger, are equal: far above rounding, far below any lead's worth.
const EQUAL: f64 = 1e-12;

struct Binning {
    /// Information value less the cost of the levels after the first.
    worth: f64,
    starts: Vec<usize>,
}

impl Binning {
    fn better_than(&self, other: &Self) -> bool {
        let gain = self.worth - other.worth;
        let equal = EQUAL * self.worth.abs().max(other.worth.abs());
        gain > equal || (gain >= -equal && self.starts.len() < other.starts.len())
    }
}

/// How the rate moves from a level to the next.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Up,
    Down,
    Any,
}

/// Runs of pre-bins from `start` up to but not including `end` that may be a level.
struct Segments {
    pre_bins: usize,
    information_value: Vec<f64>,
    /// Place of the rate among those of all segments; equal rates share one.
    rank: Vec<usize>,
    /// Starts of the segments with each end, by ascending rate.
    starts: Vec<Vec<usize>>,
    /// Ends of the segments with each start, by ascending rate.
    ends: Vec<Vec<usize>>,
    level_cost: f64,
}

impl Segments {
    fn new(pre_bins: &Counts, elsewhere: (u64, u64), limits: &Limits) -> Self {
        let n = pre_bins.leads.len();
        let (leads, conversions) = (pre_bins.total_leads(), pre_bins.total_conversions());
        let (all_conversions, all_others) = (elsewhere.0 + conversions, elsewhere.1 + leads - conversions);
        let least = limits.min_conversions.max(1);
        let mut feasible = Vec::new();
        let mut information_value = vec![f64::NAN; (n + 1) * (n + 1)];
        for start in 0..n {
            let (mut level_leads, mut level_conversions) = (0, 0);
            for end in start + 1..=n {
                level_leads += pre_bins.leads[end - 1];
                level_conversions += pre_bins.conversions[end - 1];
                let others = level_leads - level_conversions;
                let enough = level_leads >= limits.min_leads
                    && level_leads as f64 >= limits.min_share * leads as f64
                    && level_conversions >= least
                    && others >= least;
                let value = information_value_of_level(level_conversions, others, all_conversions, all_others);
                if let Some(value) = value.filter(|_| enough) {
                    information_value[start * (n + 1) + end] = value;
                    feasible.push((level_conversions, level_leads, start, end));
                }
            }
        }
        // Rates are compared as fractions, exactly: a / b with c / d as a d with c b.
        let rate = |a: &(u64, u64, usize, usize), b: &(u64, u64, usize, usize)| {
            (u128::from(a.0) * u128::from(b.1)).cmp(&(u128::from(b.0) * u128::from(a.1)))
        };
        feasible.sort_by(rate);
        let mut segments = Self {
            pre_bins: n,
            information_value,
            rank: vec![0; (n + 1) * (n + 1)],
            starts: vec![Vec::new(); n + 1],
            ends: vec![Vec::new(); n + 1],
            level_cost: level_cost(limits.min_gain, all_conversions, all_others),
        };
        let mut rank = 0;
        for (at, segment) in feasible.iter().enumerate() {
            rank += usize::from(at > 0 && rate(&feasible[at - 1], segment).is_lt());
            let &(_, _, start, end) = segment;
            let index = segments.index(start, end);
            segments.rank[index] = rank;
            segments.starts[end].push(start);
            segments.ends[start].push(end);
        }
        segments
    }

    fn index(&self, start: usize, end: usize) -> usize {
        start * (self.pre_bins + 1) + end
    }
}

/// Binnings with a given number of levels by their last level and the part of the trend it is in: the best information
/// value (minus infinity where there is none), and what the level before is.
struct Layer {
    best: Vec<f64>,
    before: Vec<(u32, u32)>,
}

fn best_binning(segments: &Segments, parts: &[Step], max_levels: usize) -> Option<Binning> {
    let n = segments.pre_bins;
    let width = (n + 1) * (n + 1);
    let empty =
        || Layer { best: vec![f64::NEG_INFINITY; parts.len() * width], before: vec![(0, 0); parts.len() * width] };
    let mut first = empty();
    for &end in &segments.ends[0] {
        first.best[segments.index(0, end)] = segments.information_value[segments.index(0, end)];
    }
    let mut layers = vec![first];
    let mut best: Option<Binning> = None;
    loop {
        let layer = layers.last().expect("the first layer at least");
        let whole = (0..parts.len()).flat_map(|part| segments.starts[n].iter().map(move |&start| (part, start)));
        let mut found: Option<(f64, usize, usize)> = None;
        for (part, start) in whole {
            let value = layer.best[part * width + segments.index(start, n)];
            if value > f64::NEG_INFINITY && found.is_none_or(|(best, ..)| value > best) {
                found = Some((value, part, start));
            }
        }
        if let Some((information_value, part, start)) = found {
            let starts = trace(segments, &layers, part, start);
            let worth = information_value - segments.level_cost * (starts.len() - 1) as f64;
            let found = Binning { worth, starts };
            if best.as_ref().is_none_or(|best| found.better_than(best)) {
                best = Some(found);
            }
        }
        if layers.len() >= max_levels.min(n) {
            return best;
        }
        let mut next = empty();
        for (part, &step) in parts.iter().enumerate() {
            for middle in 1..n {
                extend(segments, layer, &mut next, (part, step), middle);
            }
        }
        layers.push(next);
    }
}

/// Adds the levels that start at `middle` to the best binnings that end there and from which `step` leads to them.
fn extend(segments: &Segments, layer: &Layer, next: &mut Layer, (part, step): (usize, Step), middle: usize) {
    let width = (segments.pre_bins + 1) * (segments.pre_bins + 1);
    let (starts, ends) = (&segments.starts[middle], &segments.ends[middle]);
    let mut best = (f64::NEG_INFINITY, (0, 0));
    let mut admit = |start: usize| {
        // From the part of the trend before, too: this step is then the turn.
        for from in part.saturating_sub(1)..=part {
            let value = layer.best[from * width + segments.index(start, middle)];
            if value > best.0 {
                best = (value, (index_u32(from), index_u32(start)));
            }
        }
        best
    };
    // Both lists are in the order of the trend, so the levels that may come before grow as one goes along.
    let rank = |start: usize, end: usize| segments.rank[segments.index(start, end)];
    let mut extend_to = |end: usize, before: (f64, (u32, u32))| {
        if before.0 > f64::NEG_INFINITY {
            let index = segments.index(middle, end);
            next.best[part * width + index] = before.0 + segments.information_value[index];
            next.before[part * width + index] = before.1;
        }
    };
    let mut admitted = (f64::NEG_INFINITY, (0, 0));
    match step {
        Step::Any => {
            for &start in starts {
                admitted = admit(start);
            }
            for &end in ends {
                extend_to(end, admitted);
            }
        }
        Step::Up => {
            let mut waiting = starts.iter().peekable();
            for &end in ends {
                while let Some(&start) = waiting.next_if(|&&start| rank(start, middle) <= rank(middle, end)) {
                    admitted = admit(start);
                }
                extend_to(end, admitted);
            }
        }
        Step::Down => {
            let mut waiting = starts.iter().rev().peekable();
            for &end in ends.iter().rev() {
                while let Some(&start) = waiting.next_if(|&&start| rank(start, middle) >= rank(middle, end)) {
                    admitted = admit(start);
                }
                extend_to(end, admitted);
            }
        }
    }
}

/// The starts of the levels of the binning whose last level starts at `start` in part `part` of the last layer.
fn trace(segments: &Segments, layers: &[Layer], part: usize, start: usize) -> Vec<usize> {
    let width = (segments.pre_bins + 1) * (segments.pre_bins + 1);
    let mut starts = vec![start];
    let (mut part, mut start, mut end) = (part, start, segments.pre_bins);
    for layer in layers[1..].iter().rev() {
        let (part_before, start_before) = layer.before[part * width + segments.index(start, end)];
        (part, end, start) = (part_before as usize, start, start_before as usize);
        starts.push(start);
    }
    starts.reverse();
    starts
}

fn index_u32(index: usize) -> u32 {
    u32::try_from(index).expect("pre-bins fit 32 bits")
}

#[cfg(test)]
mod tests;
