//! The events of a log for scoring: those that any model of a scorer counts, by lead.

use jiff::Timestamp;
use leadcal_lift::error::DataError;
use leadcal_lift::events::{EventFilter, EventLog, LeadEvents, LogCounts, Past};
use leadcal_lift::leads::LeadFiles;

use crate::runtime::Scorer;

/// What leads did by one moment, read once from a log for the leads of a file and one [`Scorer`].
#[derive(Debug)]
pub struct LogEvents {
    id: String,
    as_of: Option<Timestamp>,
    filters: Filters,
    events: LeadEvents,
}

/// What the behaviours of all models of a scorer count, one after the other.
#[derive(Debug)]
pub(crate) struct Filters {
    /// The place of each model's first behaviour.
    first: Vec<usize>,
    /// The name of each behaviour.
    behaviours: Vec<String>,
    /// What it counts, with its window.
    pub(crate) counted: Vec<(EventFilter, u32)>,
}

impl Filters {
    pub(crate) fn of(scorer: &Scorer) -> Self {
        let mut filters = Self { first: Vec::new(), behaviours: Vec::new(), counted: Vec::new() };
        for model in &scorer.config().models {
            filters.first.push(filters.counted.len());
            for behaviour in &model.behaviours {
                let filter = EventFilter {
                    event: behaviour.event.clone(),
                    properties: behaviour.properties.clone(),
                    once_a_day: behaviour.once_a_day,
                };
                filters.counted.push((filter, behaviour.window_days));
                filters.behaviours.push(behaviour.name.clone());
            }
        }
        filters
    }

    /// The place of a model's behaviour.
    pub(crate) fn place(&self, model: usize, behaviour: usize) -> usize {
        self.first[model] + behaviour
    }

    /// The behaviours that no event matches, each name once; `matching` are the events that each matches.
    pub(crate) fn unmatched(&self, matching: &[u64]) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in self.behaviours.iter().zip(matching).filter(|(_, matching)| **matching == 0) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }
}

impl LogEvents {
    /// Reads a log, whose events are of the leads with the ids in a column of the lead file. Without `as_of`, the moment is
    /// the newest time of the log. Memory grows with the leads and with the events that behaviours count.
    ///
    /// # Errors
    /// What cannot be read; a time that is none; a column that is not there, be it of ids or of a property that a behaviour
    /// asks for.
    pub fn read(
        scorer: &Scorer,
        log: &EventLog,
        leads: &LeadFiles,
        id: &str,
        as_of: Option<Timestamp>,
    ) -> Result<Self, DataError> {
        let filters = Filters::of(scorer);
        let events = LeadEvents::read(log, leads, id, &filters.counted, as_of)?;
        let newest = || events.as_of().and_then(|time| Timestamp::from_microsecond(time).ok());
        Ok(Self { id: id.to_owned(), as_of: as_of.or_else(newest), filters, events })
    }

    /// Reads a log for leads that are scored at moments of their own ([`LeadEvents::read_at`]); `id` is the leads' column of ids.
    ///
    /// # Errors
    /// As [`LogEvents::read`].
    pub fn read_at<'a>(
        scorer: &Scorer,
        log: &EventLog,
        id: &str,
        looks: impl IntoIterator<Item = (&'a str, &'a [i64])>,
    ) -> Result<Self, DataError> {
        let filters = Filters::of(scorer);
        let events = LeadEvents::read_at(log, looks, &filters.counted)?;
        Ok(Self { id: id.to_owned(), as_of: None, filters, events })
    }

    /// The moment scored; `None` where it was not given and no event has a time, and where leads have moments of their own.
    pub fn as_of(&self) -> Option<Timestamp> {
        self.as_of
    }

    /// What became of the events.
    pub fn counts(&self) -> LogCounts {
        self.events.counts
    }

    /// The names of the events, sorted; `None` where there are too many to list.
    pub fn names(&self) -> Option<&[String]> {
        self.events.names.as_deref()
    }

    /// The first id in the log that is no lead's.
    pub fn stranger(&self) -> Option<&str> {
        self.events.stranger.as_deref()
    }

    /// The behaviours that no event of the log matches, each name once.
    pub fn unmatched(&self) -> Vec<&str> {
        self.filters.unmatched(&self.events.matching)
    }

    /// The leads' column of ids.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn of(&self, id: &str, as_of: i64) -> Past<'_> {
        self.events.of(id, as_of)
    }

    /// Whether a behaviour of a model counts an event.
    pub(super) fn is_counted(&self, model: usize, behaviour: usize, by: u32) -> bool {
        self.events.is_counted(self.filters.place(model, behaviour), by)
    }
}
