//! The events of a log by lead, as of one moment: what scoring many leads needs.
//!
//! Of each lead the time of its last event is kept, and of the events that filters count in their windows the time and
//! which filters those are: memory grows with leads and such events, not with the log.

use std::cmp::Reverse;
use std::collections::HashMap;

use foldhash::fast::FixedState;
use jiff::Timestamp;

use super::{EventFilter, EventLog, Matcher, NamesSeen, WORD, Who, microseconds, parts, span};
use crate::columns::for_each_value;
use crate::error::DataError;
use crate::leads::LeadFiles;

/// The events of a log that some filters count, by lead, as of one moment.
#[derive(Debug)]
pub struct LeadEvents {
    as_of: Option<i64>,
    leads: HashMap<Box<str>, u32, FixedState>,
    last: Vec<Option<i64>>,
    counted: Vec<Vec<(i64, u32)>>,
    sets: Sets,
    /// What became of the events.
    pub counts: LogCounts,
    /// For each filter all events of the log that satisfy it, whoever's and whenever.
    pub matching: Vec<u64>,
    /// The names of the events, sorted; `None` where there are too many to list.
    pub names: Option<Vec<String>>,
    /// The first id in the log that is no lead's.
    pub stranger: Option<String>,
}

/// What became of the events of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogCounts {
    /// Events read.
    pub events: u64,
    /// Events in the window of a filter they satisfy.
    pub counted: u64,
    /// Events later than the moment, of which nothing may know.
    pub later: u64,
    /// Events of leads that are not in the lead file.
    pub unknown_lead: u64,
    /// Events without a lead.
    pub without_lead: u64,
    /// Events without a time.
    pub without_time: u64,
}

/// What a lead had done by the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Past<'a> {
    /// The last event of any kind, however old, in microseconds since 1970-01-01T00:00:00Z.
    pub last: Option<i64>,
    /// The time of each event that a filter counts, and which filters do ([`LeadEvents::is_counted`]); the newest first.
    pub counted: &'a [(i64, u32)],
}

/// Distinct sets of filters, numbered. There are few: events are alike.
#[derive(Debug, Default)]
struct Sets {
    sets: Vec<Box<[u64]>>,
    numbers: HashMap<Box<[u64]>, u32, FixedState>,
}

impl LeadEvents {
    /// Reads the ids of the leads, then the log. Each filter comes with its window: the days before `as_of` in which it
    /// counts. Without `as_of` it is the latest time of the log, for which the log's times are read once before.
    ///
    /// In NDJSON a property that no event has is one that no event has a value of. Leads with the same id have the same events.
    ///
    /// # Errors
    /// What cannot be read; a time that is none; a column that is not there, be it of ids or of a property.
    pub fn read(
        log: &EventLog,
        leads: &LeadFiles,
        id: &str,
        filters: &[(EventFilter, u32)],
        as_of: Option<Timestamp>,
    ) -> Result<Self, DataError> {
        let filter_of: Vec<EventFilter> = filters.iter().map(|(filter, _)| filter.clone()).collect();
        let matcher = Matcher::new(&filter_of);
        if !log.files.keys_may_be_absent() {
            for property in matcher.properties() {
                log.files.require(property)?;
            }
        }
        let leads = numbers(leads, id)?;
        let as_of = as_of.map(microseconds).map_or_else(|| log.latest(), |time| Ok(Some(time)))?;
        let mut read = Self {
            as_of,
            last: vec![None; leads.len()],
            counted: vec![Vec::new(); leads.len()],
            leads,
            sets: Sets::default(),
            counts: LogCounts::default(),
            matching: vec![0; filters.len()],
            names: None,
            stranger: None,
        };
        // The last moment before each window.
        let start = |days: u32| as_of.unwrap_or(i64::MIN).saturating_sub(span(days));
        let starts: Vec<i64> = filters.iter().map(|(_, days)| start(*days)).collect();
        let mut names = NamesSeen::default();
        let mut set = Vec::new();
        log.files.for_each_chunk(&log.fields(&matcher), |chunk| {
            for part in parts(&chunk, log, &matcher, |id| read.leads.get(id).copied())? {
                for (row, (&who, &time)) in part.leads.iter().zip(&part.times).enumerate() {
                    part.matches.of(row).for_each(|filter| read.matching[filter] += 1);
                    let Some((lead, time)) = read.take(who, time) else { continue };
                    set.clear();
                    set.extend_from_slice(part.matches.bits(row));
                    for filter in part.matches.of(row).filter(|&filter| time <= starts[filter]) {
                        set[filter / WORD] &= !(1 << (filter % WORD));
                    }
                    if set.iter().any(|&word| word != 0) {
                        read.counts.counted += 1;
                        read.counted[lead].push((time, read.sets.number(&set)));
                    }
                }
                names.merge(part.names);
                read.stranger = read.stranger.take().or(part.stranger);
            }
            Ok::<(), DataError>(())
        })?;
        for counted in &mut read.counted {
            counted.sort_unstable_by_key(|&(time, set)| (Reverse(time), set));
            counted.shrink_to_fit();
        }
        read.names = names.names();
        Ok(read)
    }

    /// The moment, in microseconds since 1970-01-01T00:00:00Z; `None` where it was not given and no event has a time.
    pub fn as_of(&self) -> Option<i64> {
        self.as_of
    }

    /// What the lead with this id had done.
    pub fn of(&self, id: &str) -> Past<'_> {
        self.leads.get(id).map_or_else(Past::default, |&lead| Past {
            last: self.last[lead as usize],
            counted: &self.counted[lead as usize],
        })
    }

    /// Whether a filter, by its place among those given, counts an event of [`Past::counted`].
    pub fn is_counted(&self, filter: usize, by: u32) -> bool {
        self.sets.sets[by as usize][filter / WORD] & (1 << (filter % WORD)) != 0
    }

    /// Counts an event; its lead and time where a lead has it by the moment.
    fn take(&mut self, who: Who, time: Option<i64>) -> Option<(usize, i64)> {
        self.counts.events += 1;
        match (who, time) {
            (Who::Lead(_), Some(time)) if Some(time) > self.as_of => self.counts.later += 1,
            (Who::Lead(lead), Some(time)) => {
                let last = &mut self.last[lead as usize];
                *last = (*last).max(Some(time));
                return Some((lead as usize, time));
            }
            (Who::Lead(_), None) => self.counts.without_time += 1,
            (Who::Stranger, _) => self.counts.unknown_lead += 1,
            (Who::Nobody, _) => self.counts.without_lead += 1,
        }
        None
    }
}

impl Sets {
    fn number(&mut self, set: &[u64]) -> u32 {
        if let Some(&number) = self.numbers.get(set) {
            return number;
        }
        let number = u32::try_from(self.sets.len()).expect("2^32 sets of filters do not fit into memory");
        self.sets.push(set.into());
        self.numbers.insert(set.into(), number);
        number
    }
}

/// The ids of the leads, numbered.
fn numbers(leads: &LeadFiles, id: &str) -> Result<HashMap<Box<str>, u32, FixedState>, DataError> {
    leads.require(id)?;
    let mut numbers: HashMap<Box<str>, u32, FixedState> = HashMap::default();
    leads.for_each_chunk(&[id.to_owned()], |chunk| {
        for_each_value(chunk.column(id), |_, value| {
            let Some(id) = value.text() else { return };
            let next = u32::try_from(numbers.len()).expect("ids of 2^32 leads do not fit into memory");
            if !numbers.contains_key(id.as_ref()) {
                numbers.insert(id.into(), next);
            }
        })
        .map_err(|column| chunk.unsupported(column))
    })?;
    Ok(numbers)
}

#[cfg(test)]
mod tests;
