//! Where the calls of a week end: the lowest score at which the leads at or above it are no more than can be called.
//!
//! Leads of one score cannot be told apart, so the number called may be well below the capacity. It is the rule by which
//! bands are cut (`cut_offs.rs`), on the leads of the backtest.

use serde::Serialize;

use super::Ranked;
use super::figures::Rate;

/// Leads exceed a capacity when they do so by more than this share: weeks are days / 7, and rounded.
const ROUNDING: f64 = 1e-9;

/// Calling the best leads of a week until the capacity ends.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Capacity {
    /// Leads that can be called in a week.
    pub per_week: f64,
    /// Lowest score (or expected rate) called; `None` where more leads than that have the highest.
    pub from: Option<f64>,
    /// Leads called.
    pub leads: u64,
    /// Leads called in a week.
    pub leads_a_week: f64,
    /// Those that converted.
    pub conversions: u64,
    /// The rate of those called.
    #[serde(flatten)]
    pub rate: Option<Rate>,
    /// Conversions among those not called.
    pub missed: u64,
    /// Their share of all conversions; 0 where there are none.
    pub missed_share: f64,
    /// The next lower score, and the leads a week from it on; `None` where everybody is called.
    pub next: Option<(f64, f64)>,
}

/// `None` without leads.
pub(super) fn capacity(per_week: f64, weeks: f64, ranked: &Ranked) -> Option<Capacity> {
    let (_, _, all_conversions) = ranked.best_first().last()?;
    let fits = |leads: u64| leads as f64 / weeks <= per_week * (1.0 + ROUNDING);
    let called = ranked.best_first().take_while(|(_, leads, _)| fits(*leads)).last();
    let next = ranked.best_first().find(|(_, leads, _)| !fits(*leads));
    let (leads, conversions) = called.map_or((0, 0), |(_, leads, conversions)| (leads, conversions));
    let missed = all_conversions - conversions;
    Some(Capacity {
        per_week,
        from: called.map(|(from, ..)| from),
        leads,
        leads_a_week: leads as f64 / weeks,
        conversions,
        rate: Rate::of(leads, conversions),
        missed,
        missed_share: missed as f64 / all_conversions.max(1) as f64,
        next: next.map(|(from, leads, _)| (from, leads as f64 / weeks)),
    })
}
