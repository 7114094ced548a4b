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
    /// The place of each model's first behaviour among the behaviours of all.
    first: Vec<usize>,
    /// The name of each behaviour of all models.
    behaviours: Vec<String>,
    events: LeadEvents,
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
        let mut first = Vec::new();
        let (mut filters, mut behaviours) = (Vec::new(), Vec::new());
        for model in &scorer.config().models {
            first.push(filters.len());
            for behaviour in &model.behaviours {
                let filter = EventFilter {
                    event: behaviour.event.clone(),
                    properties: behaviour.properties.clone(),
                    once_a_day: behaviour.once_a_day,
                };
                filters.push((filter, behaviour.window_days));
                behaviours.push(behaviour.name.clone());
            }
        }
        let events = LeadEvents::read(log, leads, id, &filters, as_of)?;
        let newest = || events.as_of().and_then(|time| Timestamp::from_microsecond(time).ok());
        Ok(Self { id: id.to_owned(), as_of: as_of.or_else(newest), first, behaviours, events })
    }

    /// The moment scored; `None` where it was not given and no event has a time.
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
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in self.behaviours.iter().zip(&self.events.matching).filter(|(_, matching)| **matching == 0) {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// The leads' column of ids.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn of(&self, id: &str) -> Past<'_> {
        self.events.of(id)
    }

    /// Whether a behaviour of a model counts an event.
    pub(super) fn is_counted(&self, model: usize, behaviour: usize, by: u32) -> bool {
        self.events.is_counted(self.first[model] + behaviour, by)
    }
}
