//! The events of a log by lead, as of one moment or of some of each lead's own: what scoring many leads needs.
//!
//! Of each moment the time of the lead's last event is kept, and of the events that filters count in their windows the time
//! and which filters those are: memory grows with leads, moments and such events, not with the log.
//!
//! An event tells something to the moments at or after it: the first of them is found by bisection. What is not in a
//! filter's window then is in none of a later moment either.

use std::cmp::Reverse;
use std::collections::HashMap;

use foldhash::fast::FixedState;
use jiff::Timestamp;

use super::{EventFilter, EventLog, Matcher, NamesSeen, WORD, Who, microseconds, parts, span};
use crate::columns::for_each_value;
use crate::error::DataError;
use crate::leads::LeadFiles;

/// The events of a log that some filters count, by lead.
#[derive(Debug)]
pub struct LeadEvents {
    /// The moment of all leads, where it is one.
    as_of: Option<i64>,
    leads: HashMap<Box<str>, u32, FixedState>,
    /// Where the moments of each lead begin, and a last one where they end.
    starts: Vec<usize>,
    /// Ascending within a lead.
    moments: Vec<i64>,
    /// Of each moment the lead's last event by then.
    last: Vec<Option<i64>>,
    /// Of each lead, the newest first.
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
    /// Events later than the moment (the last of their lead's), of which nothing may know.
    pub later: u64,
    /// Events of leads that are not looked at at any moment.
    pub not_looked_at: u64,
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
    /// The time of each event that a filter counts, and which filters do ([`LeadEvents::is_counted`]); the newest first. At
    /// the second and later moments of a lead some are older than the filter's window: it is for whoever counts to ask.
    pub counted: &'a [(i64, u32)],
}

/// Distinct sets of filters, numbered. There are few: events are alike.
#[derive(Debug, Default)]
pub(super) struct Sets {
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
        let leads = numbers(leads, id)?;
        let as_of = as_of.map(microseconds).map_or_else(|| log.latest(), |time| Ok(Some(time)))?;
        // Without any time in the log no event has one, and no moment is asked for.
        let moments = vec![as_of.unwrap_or(i64::MIN); leads.len()];
        let starts = (0..=leads.len()).collect();
        Self::new(as_of, leads, starts, moments).filled(log, filters)
    }

    /// Reads the log for leads that are looked at at moments of their own, in microseconds since 1970-01-01T00:00:00Z: of each
    /// lead its id and its moments, ascending. Of leads with the same id the first counts.
    ///
    /// # Errors
    /// As [`LeadEvents::read`].
    pub fn read_at<'a>(
        log: &EventLog,
        looks: impl IntoIterator<Item = (&'a str, &'a [i64])>,
        filters: &[(EventFilter, u32)],
    ) -> Result<Self, DataError> {
        let mut leads: HashMap<Box<str>, u32, FixedState> = HashMap::default();
        let (mut starts, mut moments) = (vec![0], Vec::new());
        for (id, of_lead) in looks {
            if is_new(&mut leads, id) {
                moments.extend_from_slice(of_lead);
                starts.push(moments.len());
            }
        }
        Self::new(None, leads, starts, moments).filled(log, filters)
    }

    fn new(
        as_of: Option<i64>,
        leads: HashMap<Box<str>, u32, FixedState>,
        starts: Vec<usize>,
        moments: Vec<i64>,
    ) -> Self {
        Self {
            as_of,
            last: vec![None; moments.len()],
            counted: vec![Vec::new(); leads.len()],
            leads,
            starts,
            moments,
            sets: Sets::default(),
            counts: LogCounts::default(),
            matching: Vec::new(),
            names: None,
            stranger: None,
        }
    }

    /// The same with the events of the log.
    fn filled(mut self, log: &EventLog, filters: &[(EventFilter, u32)]) -> Result<Self, DataError> {
        let filter_of: Vec<EventFilter> = filters.iter().map(|(filter, _)| filter.clone()).collect();
        let matcher = Matcher::new(&filter_of);
        if !log.files.keys_may_be_absent() {
            for property in matcher.properties() {
                log.files.require(property)?;
            }
        }
        self.matching = vec![0; filters.len()];
        let windows: Vec<i64> = filters.iter().map(|(_, days)| span(*days)).collect();
        let mut names = NamesSeen::default();
        let mut set = Vec::new();
        log.files.for_each_chunk(&log.fields(&matcher), |chunk| {
            for part in parts(&chunk, log, &matcher, |id| self.leads.get(id).copied())? {
                for (row, (&who, &time)) in part.leads.iter().zip(&part.times).enumerate() {
                    part.matches.of(row).for_each(|filter| self.matching[filter] += 1);
                    let Some((lead, time, moment)) = self.take(who, time) else { continue };
                    set.clear();
                    set.extend_from_slice(part.matches.bits(row));
                    for filter in part.matches.of(row).filter(|&at| time <= moment.saturating_sub(windows[at])) {
                        set[filter / WORD] &= !(1 << (filter % WORD));
                    }
                    if set.iter().any(|&word| word != 0) {
                        self.counts.counted += 1;
                        self.counted[lead].push((time, self.sets.number(&set)));
                    }
                }
                names.merge(part.names);
                self.stranger = self.stranger.take().or(part.stranger);
            }
            Ok::<(), DataError>(())
        })?;
        for counted in &mut self.counted {
            counted.sort_unstable_by_key(|&(time, set)| (Reverse(time), set));
            counted.shrink_to_fit();
        }
        // What a moment has seen, later ones have.
        for of_lead in self.starts.windows(2) {
            for at in of_lead[0] + 1..of_lead[1] {
                self.last[at] = self.last[at].max(self.last[at - 1]);
            }
        }
        self.names = names.names();
        Ok(self)
    }

    /// The moment of all leads, in microseconds since 1970-01-01T00:00:00Z; `None` where it was not given and no event has a
    /// time, and where leads have moments of their own.
    pub fn as_of(&self) -> Option<i64> {
        self.as_of
    }

    /// What the lead with this id had done by a moment, one of those it was read for.
    pub fn of(&self, id: &str, as_of: i64) -> Past<'_> {
        let Some(&lead) = self.leads.get(id) else { return Past::default() };
        let of_lead = self.starts[lead as usize]..self.starts[lead as usize + 1];
        let seen = of_lead.start + self.moments[of_lead.clone()].partition_point(|moment| *moment <= as_of);
        let counted = &self.counted[lead as usize];
        Past {
            last: (seen > of_lead.start).then(|| self.last[seen - 1]).flatten(),
            counted: &counted[counted.partition_point(|(time, _)| *time > as_of)..],
        }
    }

    /// Whether a filter, by its place among those given, counts an event of [`Past::counted`].
    pub fn is_counted(&self, filter: usize, by: u32) -> bool {
        self.sets.has(by, filter)
    }

    /// Counts an event; its lead, its time and the first moment that knows of it, where there is one.
    fn take(&mut self, who: Who, time: Option<i64>) -> Option<(usize, i64, i64)> {
        self.counts.events += 1;
        match (who, time) {
            (Who::Lead(lead), Some(time)) => {
                let of_lead = self.starts[lead as usize]..self.starts[lead as usize + 1];
                let first = of_lead.start + self.moments[of_lead.clone()].partition_point(|moment| *moment < time);
                if first < of_lead.end {
                    self.last[first] = self.last[first].max(Some(time));
                    return Some((lead as usize, time, self.moments[first]));
                }
                let missed = if of_lead.is_empty() { &mut self.counts.not_looked_at } else { &mut self.counts.later };
                *missed += 1;
            }
            (Who::Lead(_), None) => self.counts.without_time += 1,
            (Who::Stranger, _) => self.counts.unknown_lead += 1,
            (Who::Nobody, _) => self.counts.without_lead += 1,
        }
        None
    }
}

impl Sets {
    pub(super) fn number(&mut self, set: &[u64]) -> u32 {
        if let Some(&number) = self.numbers.get(set) {
            return number;
        }
        let number = u32::try_from(self.sets.len()).expect("2^32 sets of filters do not fit into memory");
        self.sets.push(set.into());
        self.numbers.insert(set.into(), number);
        number
    }

    /// Whether a filter is in a set.
    pub(super) fn has(&self, set: u32, filter: usize) -> bool {
        self.sets[set as usize][filter / WORD] & (1 << (filter % WORD)) != 0
    }
}

/// The ids of the leads, numbered.
pub(super) fn numbers(leads: &LeadFiles, id: &str) -> Result<HashMap<Box<str>, u32, FixedState>, DataError> {
    leads.require(id)?;
    let mut numbers: HashMap<Box<str>, u32, FixedState> = HashMap::default();
    leads.for_each_chunk(&[id.to_owned()], |chunk| {
        for_each_value(chunk.column(id), |_, value| {
            if let Some(id) = value.text() {
                is_new(&mut numbers, &id);
            }
        })
        .map_err(|column| chunk.unsupported(column))
    })?;
    Ok(numbers)
}

/// Whether no lead has had this id so far; it has the next number then.
fn is_new(numbers: &mut HashMap<Box<str>, u32, FixedState>, id: &str) -> bool {
    let next = u32::try_from(numbers.len()).expect("ids of 2^32 leads do not fit into memory");
    let new = !numbers.contains_key(id);
    if new {
        numbers.insert(id.into(), next);
    }
    new
}

#[cfg(test)]
mod tests;
