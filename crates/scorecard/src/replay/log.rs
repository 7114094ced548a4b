//! The event log of a replay, read once for one scorer or for two that are compared.

use jiff::Timestamp;
use leadcal_lift::error::DataError;
use leadcal_lift::events::{EventFilter, EventLog, Happened, LeadHistories, LogCounts};
use leadcal_lift::leads::LeadFiles;

use crate::batch::Filters;
use crate::runtime::Scorer;

/// All that the leads of a file did up to a moment.
#[derive(Debug)]
pub struct ReplayLog {
    id: String,
    /// The filters of each scorer, with the place of its first among those of all.
    filters: Vec<(usize, Filters)>,
    histories: LeadHistories,
}

impl ReplayLog {
    /// Reads a log, whose events are of the leads with the ids in a column of the lead file. Without `to`, the last moment is the newest
    /// time of the log. Memory grows with the leads and their events.
    ///
    /// # Errors
    /// What cannot be read; a time that is none; a column that is not there, be it of ids or of a property that a behaviour asks for.
    pub fn read(
        scorers: &[&Scorer],
        log: &EventLog,
        leads: &LeadFiles,
        id: &str,
        to: Option<Timestamp>,
    ) -> Result<Self, DataError> {
        let (mut filters, mut counted): (Vec<(usize, Filters)>, Vec<EventFilter>) = (Vec::new(), Vec::new());
        for scorer in scorers {
            let of_scorer = Filters::of(scorer);
            let first = counted.len();
            counted.extend(of_scorer.counted.iter().map(|(filter, _)| filter.clone()));
            filters.push((first, of_scorer));
        }
        let histories = LeadHistories::read(log, leads, id, &counted, to)?;
        Ok(Self { id: id.to_owned(), filters, histories })
    }

    /// The last moment of the replay, in microseconds since 1970-01-01T00:00:00Z; `None` where it was not given and no event has a time.
    pub fn to(&self) -> Option<i64> {
        self.histories.to()
    }

    /// What became of the events.
    pub fn counts(&self) -> LogCounts {
        self.histories.counts
    }

    /// The names of the events, sorted; `None` where there are too many to list.
    pub fn names(&self) -> Option<&[String]> {
        self.histories.names.as_deref()
    }

    /// The first id in the log that is no lead's.
    pub fn stranger(&self) -> Option<&str> {
        self.histories.stranger.as_deref()
    }

    /// Different ids of leads.
    pub fn distinct_leads(&self) -> usize {
        self.histories.distinct_leads()
    }

    /// The behaviours of a scorer, by its place among those given, that no event of the log matches, each name once.
    ///
    /// # Panics
    /// Where there is no such scorer.
    pub fn unmatched(&self, scorer: usize) -> Vec<&str> {
        let (first, filters) = &self.filters[scorer];
        filters.unmatched(&self.histories.matching[*first..])
    }

    /// An event's name; `None` where it has none.
    pub fn name(&self, event: Happened) -> Option<&str> {
        self.histories.name(event)
    }

    /// The leads' column of ids.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn of(&self, id: &str) -> &[(i64, Happened)] {
        self.histories.of(id)
    }

    /// Whether a behaviour of a scorer's model counts an event.
    pub(super) fn is_counted(&self, scorer: usize, model: usize, behaviour: usize, event: Happened) -> bool {
        let (first, filters) = &self.filters[scorer];
        self.histories.is_counted(first + filters.place(model, behaviour), event)
    }
}
