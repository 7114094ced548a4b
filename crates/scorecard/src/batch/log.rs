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

/// The behaviours of all models.
struct Counted {
    /// The place of each model's first behaviour.
    first: Vec<usize>,
    behaviours: Vec<String>,
    /// What each counts, and within how many days.
    filters: Vec<(EventFilter, u32)>,
}

impl Counted {
    fn of(scorer: &Scorer) -> Self {
        let mut counted = Self { first: Vec::new(), behaviours: Vec::new(), filters: Vec::new() };
        for model in &scorer.config().models {
            counted.first.push(counted.filters.len());
            for behaviour in &model.behaviours {
                let filter = EventFilter {
                    event: behaviour.event.clone(),
                    properties: behaviour.properties.clone(),
                    once_a_day: behaviour.once_a_day,
                };
                counted.filters.push((filter, behaviour.window_days));
                counted.behaviours.push(behaviour.name.clone());
            }
        }
        counted
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
        let counted = Counted::of(scorer);
        let events = LeadEvents::read(log, leads, id, &counted.filters, as_of)?;
        let newest = || events.as_of().and_then(|time| Timestamp::from_microsecond(time).ok());
        Ok(Self::new(counted, id, as_of.or_else(newest), events))
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
        let counted = Counted::of(scorer);
        let events = LeadEvents::read_at(log, looks, &counted.filters)?;
        Ok(Self::new(counted, id, None, events))
    }

    fn new(counted: Counted, id: &str, as_of: Option<Timestamp>, events: LeadEvents) -> Self {
        Self { id: id.to_owned(), as_of, first: counted.first, behaviours: counted.behaviours, events }
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

    pub(super) fn of(&self, id: &str, as_of: i64) -> Past<'_> {
        self.events.of(id, as_of)
    }

    /// Whether a behaviour of a model counts an event.
    pub(super) fn is_counted(&self, model: usize, behaviour: usize, by: u32) -> bool {
        self.events.is_counted(self.first[model] + behaviour, by)
    }
}
