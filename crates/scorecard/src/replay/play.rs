//! One lead played forward: from moment to moment, its moves as they happen.

use jiff::Timestamp;
use leadcal_lift::events::microseconds;

use super::days::next_change;
use super::{Cause, Kind, Move};
use crate::config::Model;
use crate::runtime::{Compiled, Observed, Sums};

/// A lead about to be played.
pub(crate) struct Player<'a, E> {
    pub(crate) model: &'a Model,
    pub(crate) compiled: &'a Compiled,
    pub(crate) created_at: Option<Timestamp>,
    /// All its events, the newest first.
    pub(crate) events: &'a [(i64, E)],
    /// The last moment looked at.
    pub(crate) to: i64,
}

/// Where a lead begins: at its creation, else at its first event.
pub(crate) fn begin<E>(created_at: Option<Timestamp>, events: &[(i64, E)]) -> Option<i64> {
    created_at.map(microseconds).or(events.last().map(|(time, _)| *time))
}

/// What was seen at the moment looked at last.
struct Seen {
    score: f64,
    band: Option<usize>,
    stage: Option<usize>,
}

impl<E> Player<'_, E> {
    /// Calls `each` with the lead's moves in time order, band before stage. `observed` holds its attributes and signals; `counts` says
    /// whether a behaviour counts an event. [`Move::event`] is a place in `events`.
    pub(crate) fn play(&self, observed: &mut Observed, counts: impl Fn(usize, &E) -> bool, mut each: impl FnMut(Move)) {
        let Some(mut now) = begin(self.created_at, self.events).filter(|&begin| begin <= self.to) else { return };
        // The first so many events are still to come.
        let mut to_come = self.events.partition_point(|(time, _)| *time > now);
        let mut cause = if self.created_at.is_some() { Cause::Created } else { Cause::Event };
        let mut sums = Sums::default();
        let mut before: Option<Seen> = None;
        loop {
            let past = &self.events[to_come..];
            let last = past.first().map(|(time, _)| *time);
            observed.see_past(self.model, self.created_at, now, last, past, &counts);
            sums.add_up(self.model, self.compiled, observed);
            let seen =
                Seen { score: sums.score, band: sums.band_index(self.model), stage: sums.stage_index(self.model) };
            let previous = |of: fn(&Seen) -> Option<usize>| before.as_ref().and_then(of);
            let moves = [
                (Kind::Band, previous(|seen| seen.band), seen.band),
                (Kind::Stage, previous(|seen| seen.stage), seen.stage),
            ];
            for (kind, from, to) in moves.into_iter().filter(|(_, from, to)| from != to) {
                let event = self.event_at(now, to_come, &counts);
                let previous_score = before.as_ref().map(|before| before.score);
                each(Move { time: now, kind, from, to, score: seen.score, previous_score, cause, event });
            }
            before = Some(seen);

            let event = to_come.checked_sub(1).map(|next| self.events[next].0);
            let day = next_change(self.model, self.created_at, now, past, &counts);
            let Some(next) = event.into_iter().chain(day).min().filter(|&next| next <= self.to) else { return };
            now = next;
            cause = if event == Some(now) { Cause::Event } else { Cause::Silence };
            while to_come > 0 && self.events[to_come - 1].0 <= now {
                to_come -= 1;
            }
        }
    }

    /// What the lead did at a moment: of several events the first that a behaviour counts, else the first.
    fn event_at(&self, now: i64, to_come: usize, counts: impl Fn(usize, &E) -> bool) -> Option<usize> {
        let mut at = (to_come..self.events.len()).take_while(|&event| self.events[event].0 == now);
        let first = at.clone().next()?;
        let behaviours = 0..self.model.behaviours.len();
        let counted = at.find(|&event| behaviours.clone().any(|behaviour| counts(behaviour, &self.events[event].1)));
        counted.or(Some(first))
    }
}
