//! Leads at moments of their past: the training rows of a scorecard that knows what leads do.
//!
//! A row is a lead at a snapshot time `as_of`. What is known of it then is its features: events in
//! `(as_of - window, as_of]`, and how long before `as_of` the last one was. What happened next is its outcome: a
//! conversion in `(as_of, as_of + horizon]`. Nothing later than `as_of` is a feature, whatever the log holds.
//!
//! No rows are leads that had converted by then, and those whose horizon ends after the data do: they are censored, also
//! where they converted already, for keeping only those would make the rate too high. Every lead and moment left out is
//! counted.
//!
//! Source of the terms: Kleinbaum and Klein, *Survival Analysis*, 2012 (censoring); van Houwelingen and Putter, *Dynamic
//! Prediction in Clinical Survival Analysis*, 2012 (rows at landmark times with a horizon).
//!
//! [`DatedLeads::read`] passes over the leads once, [`DatedLeads::snapshots`] over the events once; memory grows with
//! leads, rows and the events that behaviours count, not with the log.

use std::num::NonZeroU32;

use jiff::Timestamp;

use crate::error::DataError;
use crate::events::{EventFilter, EventLog, microseconds};

mod activity;
mod counts;
mod join;
mod leads;
mod maturity;
mod reach;
mod rows;
mod shape;

pub use activity::{Activity, Occurrences};
pub use counts::{EventCounts, SnapshotCounts};
pub(crate) use leads::moments;
pub use leads::{DatedLeads, SnapshotColumns};
pub use maturity::OutcomeMaturity;
pub use reach::Reach;
pub use rows::SnapshotRow;
pub use shape::Shape;

/// When leads are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SnapshotTimes {
    /// Once, so many days after its creation.
    AfterDays(u32),
    /// Every so many days after its creation, as often as the horizon fits before the data end.
    EveryDays(NonZeroU32),
    /// At these moments, every lead that was created by then.
    At(Vec<Timestamp>),
}

/// How leads become rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotOptions {
    /// When leads are looked at.
    pub times: SnapshotTimes,
    /// Events in `(as_of - window_days, as_of]` count.
    pub window_days: NonZeroU32,
    /// A conversion in `(as_of, as_of + horizon_days]` is the outcome.
    pub horizon_days: NonZeroU32,
    /// Until when conversions are known; by default the latest time seen in the leads and in the log.
    pub data_end: Option<Timestamp>,
}

/// Training rows, with what leads had done by then.
#[derive(Debug, Clone)]
pub struct Snapshots {
    /// In the order of the leads in their files, then of time.
    pub rows: Vec<SnapshotRow>,
    /// What became a row and what did not.
    pub counts: SnapshotCounts,
    /// What each row's lead had done; `None` without an event log.
    pub activity: Option<Activity>,
}

impl DatedLeads {
    /// The rows of these leads, and, with an event log, what each had done that one of `behaviours` counts.
    ///
    /// One pass over the log. Where `data_end` is not given and leads are looked at every so many days, its times are
    /// read once before: until when there are rows depends on the last of them.
    ///
    /// # Errors
    /// What cannot be read in the log; a time that is none; a property that is no column; a log of other leads.
    ///
    /// # Panics
    /// With an event log where the leads were read without their ids: a bug of the caller.
    pub fn snapshots(
        &self,
        options: &SnapshotOptions,
        events: Option<(&EventLog, &[EventFilter])>,
    ) -> Result<Snapshots, DataError> {
        let known = self.known_end(options, events.map(|(log, _)| log))?;
        let (mut rows, mut counts) = self.rows(options, known);
        let joined = events.map(|(log, behaviours)| join::join(self, &rows, options, log, behaviours)).transpose()?;
        let latest = joined.as_ref().and_then(|joined| joined.latest);
        counts.latest = self.latest.max(latest);
        counts.data_end = known.or(counts.latest);
        let end = counts.data_end.unwrap_or(i64::MIN);
        let kept: Vec<bool> = rows.iter().map(|row| rows::fits(row.as_of, end, options)).collect();
        let activity = joined
            .zip(events)
            .map(|(joined, (_, behaviours))| activity::activity(joined, self, &rows, &kept, options, behaviours));
        counts.censored += kept.iter().filter(|&&kept| !kept).count() as u64;
        let mut kept = kept.into_iter();
        rows.retain(|_| kept.next().unwrap_or_default());
        counts.rows(&rows);
        Ok(Snapshots { rows, counts, activity })
    }

    /// Until when conversions are known, as far as that is known before the events are read.
    fn known_end(&self, options: &SnapshotOptions, events: Option<&EventLog>) -> Result<Option<i64>, DataError> {
        let given = options.data_end.map(microseconds);
        Ok(match (given, &options.times, events) {
            (Some(end), ..) => Some(end),
            (None, SnapshotTimes::EveryDays(_), Some(log)) => self.latest.max(log.latest()?),
            (None, _, None) => self.latest,
            (None, _, Some(_)) => None,
        })
    }
}

#[cfg(test)]
mod tests;
