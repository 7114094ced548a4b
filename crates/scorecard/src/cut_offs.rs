//! Score cut-offs by a rule: fixed scores, target rates, weekly capacity, value and cost.
//!
//! Let rate(s) be the expected rate of score s, a logistic curve fitted to the calibration leads' scores, and N(s) the
//! number of calibration leads at s or above. A name starts at the lowest whole score s of the range with
//!
//! ```text
//! target rate t          rate(s) >= t
//! capacity k a week      N(s) / weeks <= k,   weeks: the time in which the calibration leads came
//! value v, cost c        rate(s) x v >= c
//! ```
//!
//! A capacity has a score only up to the highest that leads have: above it there is nobody to call.
//!
//! Value and cost make the expected-value decision rule (Elkan, The Foundations of Cost-Sensitive Learning, IJCAI 2001):
//! contact where what a contact brings is no less than what it costs. As the rate grows with the score, no other score
//! gives more expected profit, the sum over the leads at s or above of rate x v - c. Each name is held against no contact
//! at all, not against the name below it.

use std::fmt;
use std::ops::RangeInclusive;

use leadcal_lift::points::PointsTable;
use leadcal_logit::score_curve::ScoreCurve;

use crate::spec::{CutRule, ValueAndCost};

/// The band below every other.
const LOWEST: &str = "cold";
/// Leads a week exceed a capacity when they do so by more than this share: weeks are days / 7, and rounded.
const ROUNDING: f64 = 1e-9;

/// What is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Bands: every score has one, so that there is one below those the rule finds.
    Bands,
    /// Stages: a score below the first has none.
    Stages,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bands => "band",
            Self::Stages => "stage",
        })
    }
}

/// Where a band or stage starts, and why there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff {
    /// Of the band or stage.
    pub name: String,
    /// Its lowest score.
    pub from: i64,
    /// How it was chosen, in plain words.
    pub chosen: String,
}

/// Cut-offs with what should be known about them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CutOffs {
    /// In strictly ascending order.
    pub cut_offs: Vec<CutOff>,
    /// What could not be cut or asks for nothing, in plain words.
    pub warnings: Vec<String>,
}

/// A rule that the calibration leads cannot answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CutOffError {
    /// Capacity is of a week, and nothing says how many weeks there were.
    #[error(
        "capacity_per_week for {0}s needs the number of weeks in which the leads came, and the points do not know it"
    )]
    NoWeeks(Cut),
}

/// A start found for a name.
struct Start {
    from: i64,
    chosen: String,
    /// Why no score is needed to choose, where every score will do.
    everybody: Option<String>,
}

/// The cut-offs of a rule. One that cannot be reached is left out with a warning, and so is one that starts no lower than
/// the one above it: it would hold no score.
///
/// # Errors
/// [`CutOffError`] where the points do not hold what the rule asks about.
pub fn cut_offs(cut: Cut, rule: &CutRule, points: &PointsTable, curve: &ScoreCurve) -> Result<CutOffs, CutOffError> {
    let mut made = CutOffs::default();
    match rule {
        CutRule::CutOffs(marks) => {
            let given =
                |(name, from): &(String, i64)| CutOff { name: name.clone(), from: *from, chosen: "given".to_owned() };
            made.cut_offs.extend(marks.iter().map(given));
        }
        CutRule::TargetRates(rates) => {
            made.all(cut, rates, points, |rate| *rate <= 0.0, |rate| by_rate(*rate, points, curve));
        }
        CutRule::CapacityPerWeek(capacities) => {
            let weeks = points.weeks.ok_or(CutOffError::NoWeeks(cut))?;
            made.all(cut, capacities, points, |_| false, |capacity| by_capacity(*capacity, weeks, points));
        }
        CutRule::ValueAndCost(asked) => {
            made.all(cut, asked, points, |asked| asked.cost <= 0.0, |asked| by_profit(*asked, points, curve));
        }
    }
    Ok(made)
}

impl CutOffs {
    /// Adds the cut-offs of all names, lowest first.
    fn all<T>(
        &mut self,
        cut: Cut,
        asked: &[(String, T)],
        points: &PointsTable,
        asks_nothing: impl Fn(&T) -> bool,
        start: impl Fn(&T) -> Result<Start, String>,
    ) {
        let mut asked = asked;
        if cut == Cut::Bands {
            let mut lowest = LOWEST;
            // A first band that asks for nothing, or is named so, is the band of everybody else.
            if let Some(((name, of_first), others)) = asked.split_first()
                && (asks_nothing(of_first) || name == LOWEST)
            {
                if !asks_nothing(of_first) {
                    self.warnings.push(format!("band \"{name}\" is everybody else's: what it asks for was not used"));
                }
                lowest = name;
                asked = others;
            }
            let chosen = "everybody else".to_owned();
            self.cut_offs.push(CutOff { name: lowest.to_owned(), from: points.range.min, chosen });
        }
        for (name, asked) in asked {
            match start(asked) {
                Err(why) => self.warnings.push(format!("{why}: {cut} \"{name}\" was left out")),
                Ok(start) => {
                    if let Some(everybody) = start.everybody {
                        self.warnings.push(format!("{cut} \"{name}\": {everybody}"));
                    }
                    while let Some(below) = self.cut_offs.pop_if(|below| below.from >= start.from) {
                        self.warnings.push(format!(
                            "{cut} \"{name}\" takes in every score of \"{}\", which was left out",
                            below.name
                        ));
                    }
                    self.cut_offs.push(CutOff { name: name.clone(), from: start.from, chosen: start.chosen });
                }
            }
        }
    }
}

fn by_rate(rate: f64, points: &PointsTable, curve: &ScoreCurve) -> Result<Start, String> {
    ascends(curve)?;
    let percent = 100.0 * rate;
    let from = lowest(scores(points), |score| curve.rate(score as f64) >= rate)
        .ok_or_else(|| format!("no score up to {} reaches a conversion rate of {percent:.1} %", points.range.max))?;
    let chosen = format!("lowest score with an expected rate of at least {percent:.1} %");
    Ok(Start { from, chosen, everybody: None })
}

fn by_capacity(capacity: f64, weeks: f64, points: &PointsTable) -> Result<Start, String> {
    let a_week = |from: i64| leads_from(points, from) as f64 / weeks;
    // Above the highest score that leads have, any capacity would do, and nobody would be called.
    let with_leads = points.scores.iter().filter(|count| count.leads > 0).map(|count| count.score).max();
    let range = points.range.min..=with_leads.unwrap_or(points.range.max).clamp(points.range.min, points.range.max);
    let highest = *range.end();
    let from = lowest(range, |score| a_week(score) <= capacity * (1.0 + ROUNDING)).ok_or_else(|| {
        let a_week = a_week(highest);
        format!(
            "{a_week:.1} leads a week have the highest score, {highest}, more than the {capacity} that can be called"
        )
    })?;
    let (called, all) = (a_week(from), a_week(points.range.min));
    let chosen = format!(
        "lowest score with at most {capacity} leads a week ({called:.1} of {all:.1} a week over {weeks:.1} weeks)"
    );
    let everybody = (from == points.range.min).then(|| {
        format!("sales could call every lead, {all:.1} a week: a score is not needed to choose, only for the order")
    });
    Ok(Start { from, chosen, everybody })
}

fn by_profit(asked: ValueAndCost, points: &PointsTable, curve: &ScoreCurve) -> Result<Start, String> {
    ascends(curve)?;
    let ValueAndCost { value, cost } = asked;
    let from = lowest(scores(points), |score| curve.rate(score as f64) * value >= cost).ok_or_else(|| {
        let most = points.range.max;
        let rate = 100.0 * curve.rate(most as f64);
        format!("no contact pays: at the highest score, {most}, the expected rate of {rate:.1} % x {value} is below the cost of {cost}")
    })?;
    let profit = expected_profit(asked, from, points, curve);
    let chosen = format!(
        "lowest score where expected rate x {value} is at least {cost} (expected profit {profit:.0} on {} leads)",
        leads_from(points, from)
    );
    let everybody = (from == points.range.min)
        .then(|| "a contact pays with every lead: a score is not needed to choose".to_owned());
    Ok(Start { from, chosen, everybody })
}

/// A rate that does not grow with the score has no lowest score from which it is reached.
fn ascends(curve: &ScoreCurve) -> Result<(), String> {
    if curve.slope < 0.0 { Err("leads with higher scores convert less, not more".to_owned()) } else { Ok(()) }
}

/// Every score that a lead can have.
fn scores(points: &PointsTable) -> RangeInclusive<i64> {
    points.range.min..=points.range.max
}

/// The lowest whole score of a range that will do, where every higher one does as well.
fn lowest(scores: RangeInclusive<i64>, will_do: impl Fn(i64) -> bool) -> Option<i64> {
    let (mut low, mut high) = scores.into_inner();
    if !will_do(high) {
        return None;
    }
    while low < high {
        let middle = low.midpoint(high).min(high - 1);
        if will_do(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Some(high)
}

/// What contacting the calibration leads at a score or above brings by the curve, less what it costs.
fn expected_profit(asked: ValueAndCost, from: i64, points: &PointsTable, curve: &ScoreCurve) -> f64 {
    let contacted = clamped_scores(points).filter(|(score, ..)| *score >= from as f64);
    contacted.map(|(score, leads, _)| leads as f64 * (curve.rate(score) * asked.value - asked.cost)).sum()
}

/// The calibration leads at a score or above.
fn leads_from(points: &PointsTable, from: i64) -> u64 {
    clamped_scores(points).filter(|(score, ..)| *score >= from as f64).map(|(_, leads, _)| leads).sum()
}

/// The calibration leads' scores as a runtime gives them, with leads and conversions.
pub fn clamped_scores(points: &PointsTable) -> impl Iterator<Item = (f64, u64, u64)> + '_ {
    let clamp = |score: i64| score.clamp(points.range.min, points.range.max) as f64;
    points.scores.iter().map(move |count| (clamp(count.score), count.leads, count.conversions))
}

#[cfg(test)]
mod tests;
