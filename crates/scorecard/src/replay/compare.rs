//! Two configs over the same history: who would have reached which band or stage when.
//!
//! A lead reaches a band or stage when it first is in it or in a higher one. So one that jumps over a stage has reached it, and one that
//! cools down into it has not reached it again.

use std::collections::HashMap;

use leadcal_lift::events::DAY;
use serde::Serialize;

use super::Kind;
use super::line::{name, written};
use super::summary::{Span, names};
use super::table::{Course, Replayed};

/// A lead that the two configs would have had reach a band or stage at different moments, or that only one would.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference<'a> {
    /// The lead's id.
    pub lead: &'a str,
    /// Band or stage.
    pub kind: Kind,
    /// Which one.
    pub name: &'a str,
    /// When the candidate has it reached; `None` where it does not.
    pub candidate: Option<String>,
    /// When the baseline has it reached.
    pub baseline: Option<String>,
    /// Days by which the candidate is earlier, below 0 where it is later, to two decimals; `None` where one does not have it reached.
    pub days_earlier: Option<f64>,
}

/// How the two compare on one band or stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Contrast {
    /// Band or stage.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// Leads that reach it under both.
    pub both: u64,
    /// Only under the candidate.
    pub only_candidate: u64,
    /// Only under the baseline.
    pub only_baseline: u64,
    /// Leads that the candidate has it reached earlier, with the median of the days; `None` where there are none.
    pub earlier: Option<(u64, f64)>,
    /// Leads that the candidate has it reached later, with the median of the days.
    pub later: Option<(u64, f64)>,
}

/// Two replays of the same leads beside each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison<'a> {
    /// Bands, then stages: the candidate's, then those that only the baseline has.
    pub contrasts: Vec<Contrast>,
    /// In the order of the earlier moment, those of one moment in the order of the leads, then of `contrasts`.
    pub differences: Vec<Difference<'a>>,
    /// Leads that were played under both.
    pub leads: u64,
}

/// When leads reach what, under one config.
type Reached<'a> = HashMap<(usize, Kind, &'a str), i64>;

/// Compares two replays of the same leads, on what was first reached within a span under either config.
pub fn compare<'a>(candidate: &'a Replayed<'a>, baseline: &'a Replayed<'a>, span: Span) -> Comparison<'a> {
    let played = |replayed: &Replayed<'_>, lead: usize| matches!(replayed.leads[lead].course, Course::From(_));
    let leads: Vec<usize> =
        (0..candidate.leads.len()).filter(|&lead| played(candidate, lead) && played(baseline, lead)).collect();
    let (under_candidate, under_baseline) = (reached(candidate), reached(baseline));
    let mut levels = names(candidate.scorer.config());
    let others = names(baseline.scorer.config()).into_iter().filter(|level| !levels.contains(level));
    levels.extend(others.collect::<Vec<_>>());
    levels.sort_by_key(|(kind, _)| *kind);

    let mut keyed: Vec<((i64, usize, usize), Difference<'a>)> = Vec::new();
    let mut contrasts = Vec::new();
    for (place, &(kind, name)) in levels.iter().enumerate() {
        let (mut only, mut both) = ([0, 0], 0);
        let (mut earlier, mut later) = (Vec::new(), Vec::new());
        for &lead in &leads {
            let of = |reached: &Reached<'_>| reached.get(&(lead, kind, name)).copied();
            let times = [of(&under_candidate), of(&under_baseline)];
            let Some(first) = times.into_iter().flatten().min().filter(|&first| span.holds(first)) else { continue };
            let mut days_earlier = None;
            match times {
                [Some(new), Some(old)] => {
                    both += 1;
                    let days = (old - new) as f64 / DAY as f64;
                    days_earlier = Some(hundredths(days));
                    if new < old {
                        earlier.push(days);
                    } else if new > old {
                        later.push(-days);
                    }
                }
                [new, _] => only[usize::from(new.is_none())] += 1,
            }
            if times[0] != times[1] {
                let id = candidate.leads[lead].id.as_deref().unwrap_or_default();
                let [candidate, baseline] = times.map(|time| time.map(written));
                let difference = Difference { lead: id, kind, name, candidate, baseline, days_earlier };
                keyed.push(((first, lead, place), difference));
            }
        }
        let [only_candidate, only_baseline] = only;
        let name = name.to_owned();
        let (earlier, later) = (with_median(earlier), with_median(later));
        contrasts.push(Contrast { kind, name, both, only_candidate, only_baseline, earlier, later });
    }
    keyed.sort_unstable_by_key(|(key, _)| *key);
    let differences = keyed.into_iter().map(|(_, difference)| difference).collect();
    Comparison { contrasts, differences, leads: leads.len() as u64 }
}

/// When each lead first is in a band or stage or a higher one.
fn reached<'a>(replayed: &'a Replayed<'a>) -> Reached<'a> {
    let models = &replayed.scorer.config().models;
    let mut reached = Reached::new();
    for of in &replayed.moves {
        let Some(entered) = of.moved.to.filter(|_| of.moved.from < of.moved.to) else { continue };
        let passed = of.moved.from.map_or(0, |left| left + 1);
        for place in passed..=entered {
            let name = name(&models[of.model], of.moved.kind, place);
            reached.entry((of.lead, of.moved.kind, name)).or_insert(of.moved.time);
        }
    }
    reached
}

/// How many there are, and their median, to two decimals.
fn with_median(mut days: Vec<f64>) -> Option<(u64, f64)> {
    days.sort_unstable_by(f64::total_cmp);
    let count = days.len();
    let upper = *days.get(count / 2)?;
    let median = if count.is_multiple_of(2) { f64::midpoint(days[count / 2 - 1], upper) } else { upper };
    Some((count as u64, hundredths(median)))
}

fn hundredths(days: f64) -> f64 {
    // Adding 0 makes -0 a 0.
    (days * 100.0).round() / 100.0 + 0.0
}

#[cfg(test)]
mod tests;
