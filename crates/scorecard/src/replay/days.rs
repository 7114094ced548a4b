//! The days on which a score can change without an event.

use jiff::Timestamp;
use leadcal_lift::events::{DAY, day, microseconds, span};

use crate::config::Model;
use crate::runtime::counted;

/// The first 00:00 UTC after `now` at which the score can differ although the lead does nothing, and at the midnights between which it
/// cannot; `None` where it stays as it is for good. `past` are the events by `now`, the newest first.
///
/// It changes when the oldest event that a behaviour counts leaves the window, on each day while one that fades is counted, and when a step
/// of inactivity is reached.
pub(super) fn next_change<E>(
    model: &Model,
    created_at: Option<Timestamp>,
    now: i64,
    past: &[(i64, E)],
    counts: impl Fn(usize, &E) -> bool,
) -> Option<i64> {
    let mut soonest = i64::MAX;
    for (index, behaviour) in model.behaviours.iter().enumerate() {
        let mut counted = counted(behaviour, past, now, |event| counts(index, event));
        let Some(newest) = counted.next() else { continue };
        if behaviour.half_life_days.is_some() {
            return (day(now) + 1).checked_mul(DAY);
        }
        let oldest = counted.last().unwrap_or(newest);
        soonest = soonest.min(oldest.saturating_add(span(behaviour.window_days)));
    }
    let last = past.first().map(|(time, _)| *time).or(created_at.map(microseconds));
    if let Some((inactivity, last)) = model.inactivity.as_ref().zip(last) {
        let steps = inactivity.steps.iter().map(|step| last.saturating_add(span(step.after_days)));
        soonest = soonest.min(steps.filter(|&reached| reached > now).min().unwrap_or(i64::MAX));
    }
    // The midnight at or after it; where there is none before time ends, nothing changes.
    (day(soonest - 1) + 1).checked_mul(DAY)
}
