//! What a model sees of a lead: the level of each attribute, how often each behaviour happened, which signals fire, how
//! long the lead has been silent. Steps 2 to 5 of the document, before any point is added.

use std::borrow::Cow;
use std::cmp::Reverse;

use jiff::Timestamp;
use leadcal_lift::attribute::Value;
use leadcal_lift::events::{DAY, Event, day, microseconds, span};

use super::compile::Compiled;
use super::{Lead, ScoreError};
use crate::config::{Behaviour, Inactivity, Model};

/// The code of an attribute none of whose levels holds.
pub(crate) const NO_LEVEL: u32 = u32::MAX;

/// What a model sees of one lead. Lists are in the model's order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Observed {
    /// Index of each attribute's level, or [`NO_LEVEL`].
    pub(crate) codes: Vec<u32>,
    pub(crate) behaviours: Vec<Repeats>,
    /// How often each signal fires.
    pub(crate) signals: Vec<u32>,
    /// Index of the step of inactivity.
    pub(crate) silence: Option<usize>,
}

/// How often a behaviour counts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Repeats {
    pub(crate) times: u32,
    /// Sum of what is left of each after its decay.
    pub(crate) weight: f64,
}

impl Observed {
    pub(crate) fn of_lead(
        model: &Model,
        compiled: &Compiled,
        lead: &Lead<'_>,
        events: &[Event],
        as_of: Option<Timestamp>,
    ) -> Result<Self, ScoreError> {
        let mut observed = Self::of_fields(compiled, lead)?;
        observed.see_events(model, lead.created_at(), events, as_of.map(microseconds));
        Ok(observed)
    }

    /// Attributes and signals alone.
    pub(crate) fn of_fields(compiled: &Compiled, lead: &Lead<'_>) -> Result<Self, ScoreError> {
        let mut observed = Self::default();
        observed.codes.reserve_exact(compiled.attributes.len());
        for attribute in &compiled.attributes {
            let code = attribute.encoder.code(lead.value(attribute.slot))?;
            observed.codes.push(code.unwrap_or(NO_LEVEL));
        }
        for signal in &compiled.signals {
            observed.signals.push(signal.kind.times(|field| lead.value(signal.slots[field])));
        }
        Ok(observed)
    }

    /// Behaviours and inactivity, from the lead's events in any order, as of a moment in microseconds.
    pub(crate) fn see_events(
        &mut self,
        model: &Model,
        created_at: Option<Timestamp>,
        events: &[Event],
        as_of: Option<i64>,
    ) {
        let moment = as_of.or_else(|| events.iter().map(|event| microseconds(event.time)).max());
        let Some(as_of) = moment.filter(|_| asks_for_events(model)) else {
            return self.see_nothing(model);
        };
        let mut past: Vec<(i64, &Event)> = events.iter().map(|event| (microseconds(event.time), event)).collect();
        past.retain(|(time, _)| *time <= as_of);
        past.sort_by_key(|(time, _)| Reverse(*time));
        let last = past.first().map(|(time, _)| *time);
        self.see_past(model, created_at, as_of, last, &past, |behaviour, event| {
            let Behaviour { event: name, properties, .. } = &model.behaviours[behaviour];
            event.is(name.as_deref(), properties)
        });
    }

    /// No moment, so no behaviours and no inactivity.
    pub(crate) fn see_nothing(&mut self, model: &Model) {
        self.behaviours.clear();
        self.behaviours.resize(model.behaviours.len(), Repeats::default());
        self.silence = None;
    }

    /// Behaviours and inactivity, from what the lead did by the moment, the newest first: `counts` says whether a behaviour
    /// counts an event. `last` is the time of the last event of any kind.
    pub(crate) fn see_past<E>(
        &mut self,
        model: &Model,
        created_at: Option<Timestamp>,
        as_of: i64,
        last: Option<i64>,
        past: &[(i64, E)],
        counts: impl Fn(usize, &E) -> bool,
    ) {
        self.see_nothing(model);
        for (index, (repeats, behaviour)) in self.behaviours.iter_mut().zip(&model.behaviours).enumerate() {
            *repeats = repetitions(behaviour, past, as_of, |event| counts(index, event));
        }
        let since = last.or(created_at.map(microseconds));
        if let Some((inactivity, since)) = model.inactivity.as_ref().zip(since) {
            self.silence = step(inactivity, (as_of - since).div_euclid(DAY));
        }
    }
}

fn asks_for_events(model: &Model) -> bool {
    !model.behaviours.is_empty() || model.inactivity.is_some()
}

/// Times of the events that count for a behaviour, the newest first, once a day the newest of each: at most `max_times` in
/// `(as_of - window_days, as_of]`.
pub(crate) fn counted<'p, E>(
    behaviour: &'p Behaviour,
    past: &'p [(i64, E)],
    as_of: i64,
    counts: impl Fn(&E) -> bool + 'p,
) -> impl Iterator<Item = i64> + 'p {
    let start = as_of.saturating_sub(span(behaviour.window_days));
    let mut counted_day = None;
    past.iter()
        .take_while(move |(time, _)| *time > start)
        .filter(move |(_, event)| counts(event))
        .map(|(time, _)| *time)
        .filter(move |time| !behaviour.once_a_day || counted_day.replace(day(*time)) != Some(day(*time)))
        .take(behaviour.max_times.map_or(usize::MAX, |times| times as usize))
}

fn repetitions<E>(behaviour: &Behaviour, past: &[(i64, E)], as_of: i64, counts: impl Fn(&E) -> bool) -> Repeats {
    let mut repeats = Repeats::default();
    for time in counted(behaviour, past, as_of, counts) {
        repeats.times += 1;
        repeats.weight += behaviour.half_life_days.map_or(1.0, |half_life| {
            let age_days = (as_of - time) as f64 / DAY as f64;
            (-age_days / half_life).exp2()
        });
    }
    repeats
}

/// The step with the most days not above the days of silence.
fn step(inactivity: &Inactivity, days: i64) -> Option<usize> {
    inactivity.steps.iter().rposition(|step| i64::from(step.after_days) <= days)
}

/// A value as text, a number the shortest way; `None` where it is missing.
pub(crate) fn text(value: Value<'_>) -> Option<Cow<'_, str>> {
    value.text()
}
