//! `generate(seed)`: a made-up B2B software company's leads, what they did, and what became of them.

pub(crate) mod companies;
pub(crate) mod draw;
pub(crate) mod effects;
pub(crate) mod events;
pub(crate) mod jobs;
pub(crate) mod leads;
pub(crate) mod names;
pub(crate) mod outcome;
pub(crate) mod signals;
pub(crate) mod truth;

use draw::Draw;
use events::Event;
use leads::Lead;
use outcome::{Model, Outcome};
use truth::Truth;

/// The seed of the committed files.
pub(crate) const SEED: u64 = 2026;
/// Leads of a data set.
pub(crate) const LEADS: usize = 8_000;
/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;
/// 2025-01-01T00:00:00Z, from which leads are created for 546 days, to 2026-06-30.
pub(crate) const FIRST_DAY: i64 = 1_735_689_600;
/// 2026-08-15T00:00:00Z: what happens later is not in the data.
pub(crate) const DATA_END: i64 = FIRST_DAY + 591 * DAY;

/// A data set with the truth that made it.
pub(crate) struct Dataset {
    /// What [`generate`] was given.
    pub(crate) seed: u64,
    /// In the order of creation.
    pub(crate) leads: Vec<Lead>,
    /// One for each lead.
    pub(crate) outcomes: Vec<Outcome>,
    /// In the order of time; `lead` is an index into `leads`.
    pub(crate) events: Vec<Event>,
    /// The model the outcomes were drawn from.
    pub(crate) truth: Truth,
}

/// Draws a data set. The same seed gives the same data.
pub(crate) fn generate(seed: u64) -> Dataset {
    let truth = truth::truth();
    let model = Model::new(&truth);
    let leads = leads::leads(LEADS, seed);
    let mut streams = [2, 3, 4].map(|stream| Draw::new(seed, stream));
    let [before, fate, after] = &mut streams;
    let mut outcomes = Vec::with_capacity(leads.len());
    let mut all = Vec::new();
    for (index, lead) in leads.iter().enumerate() {
        let mut log = events::history(index, lead, &truth.snapshot, before);
        let outcome = model.outcome(lead, &log, fate);
        log.extend(events::around_conversion(index, &log, outcome, after));
        outcomes.push(outcome);
        all.extend(log);
    }
    all.retain(|event| event.time <= DATA_END);
    // Stable: events of one second keep the order of leads and of what a lead did.
    all.sort_by_key(|event| event.time);
    Dataset { seed, leads, outcomes, events: all, truth }
}
