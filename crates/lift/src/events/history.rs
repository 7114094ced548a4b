//! The events of a log by lead, all of them: what playing leads forward needs.
//!
//! Of each event of a lead its time, its name and the filters it satisfies are kept, 16 bytes: memory grows with the leads and their
//! events, not with events of others nor with properties.

use std::cmp::Reverse;
use std::collections::HashMap;

use foldhash::fast::FixedState;
use jiff::Timestamp;

use super::by_lead::{Sets, numbers};
use super::{EventFilter, EventLog, LogCounts, Matcher, NamesSeen, Who, microseconds, parts};
use crate::columns::for_each_value;
use crate::error::DataError;
use crate::leads::LeadFiles;

/// All events of leads, by lead.
#[derive(Debug)]
pub struct LeadHistories {
    to: Option<i64>,
    leads: HashMap<Box<str>, u32, FixedState>,
    events: Vec<Vec<(i64, Happened)>>,
    sets: Sets,
    event_names: Vec<Box<str>>,
    /// What became of the events.
    pub counts: LogCounts,
    /// For each filter all events of the log that satisfy it, whoever's and whenever.
    pub matching: Vec<u64>,
    /// The names of the events, sorted; `None` where there are too many to list.
    pub names: Option<Vec<String>>,
    /// The first id in the log that is no lead's.
    pub stranger: Option<String>,
}

/// What happened in one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Happened {
    /// For [`LeadHistories::name`].
    name: u32,
    /// For [`LeadHistories::is_counted`].
    by: u32,
}

/// Event names, numbered as they come; 0 is no name.
#[derive(Default)]
struct NameNumbers {
    names: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32, FixedState>,
}

impl LeadHistories {
    /// Reads the ids of the leads, then the log, in one pass. Events after `to` are left out; without it, it is the latest time of the log.
    ///
    /// In NDJSON a property that no event has is one that no event has a value of. Leads with the same id have the same events.
    ///
    /// # Errors
    /// What cannot be read; a time that is none; a column that is not there, be it of ids or of a property.
    pub fn read(
        log: &EventLog,
        leads: &LeadFiles,
        id: &str,
        filters: &[EventFilter],
        to: Option<Timestamp>,
    ) -> Result<Self, DataError> {
        let matcher = Matcher::new(filters);
        if !log.files.keys_may_be_absent() {
            for property in matcher.properties() {
                log.files.require(property)?;
            }
        }
        let leads = numbers(leads, id)?;
        let mut read = Self {
            to: to.map(microseconds),
            events: vec![Vec::new(); leads.len()],
            leads,
            sets: Sets::default(),
            event_names: Vec::new(),
            counts: LogCounts::default(),
            matching: vec![0; filters.len()],
            names: None,
            stranger: None,
        };
        let (mut seen, mut names) = (NamesSeen::default(), NameNumbers::default());
        let (mut latest, mut chunk_names) = (None, Vec::new());
        log.files.for_each_chunk(&log.fields(&matcher), |chunk| {
            chunk_names.clear();
            let column = chunk.column(&log.columns.name);
            for_each_value(column, |_, value| chunk_names.push(value.text().map_or(0, |name| names.number(&name))))
                .map_err(|column| chunk.unsupported(column))?;
            let mut name_of = chunk_names.iter();
            for part in parts(&chunk, log, &matcher, |id| read.leads.get(id).copied())? {
                let rows = part.leads.iter().zip(&part.times).enumerate();
                for ((row, (&who, &time)), &name) in rows.zip(name_of.by_ref()) {
                    part.matches.of(row).for_each(|filter| read.matching[filter] += 1);
                    latest = latest.max(time);
                    if let Some((lead, time)) = read.take(who, time) {
                        let bits = part.matches.bits(row);
                        read.counts.counted += u64::from(bits.iter().any(|&word| word != 0));
                        let by = read.sets.number(bits);
                        read.events[lead].push((time, Happened { name, by }));
                    }
                }
                seen.merge(part.names);
                read.stranger = read.stranger.take().or(part.stranger);
            }
            Ok::<(), DataError>(())
        })?;
        read.to = read.to.or(latest);
        read.names = seen.names();
        read.sort(names);
        Ok(read)
    }

    /// The moment up to which events were read, in microseconds since 1970-01-01T00:00:00Z; `None` where it was not given and no event has
    /// a time.
    pub fn to(&self) -> Option<i64> {
        self.to
    }

    /// Different ids of leads.
    pub fn distinct_leads(&self) -> usize {
        self.leads.len()
    }

    /// The events of the lead with this id, the newest first, those of one moment by name.
    pub fn of(&self, id: &str) -> &[(i64, Happened)] {
        self.leads.get(id).map_or(&[], |&lead| &self.events[lead as usize])
    }

    /// Whether a filter, by its place among those given, counts an event.
    pub fn is_counted(&self, filter: usize, event: Happened) -> bool {
        self.sets.has(event.by, filter)
    }

    /// An event's name; `None` where it has none.
    pub fn name(&self, event: Happened) -> Option<&str> {
        let name = (event.name as usize).checked_sub(1)?;
        Some(&self.event_names[name])
    }

    /// Counts an event; its lead and time where a lead has it by the moment.
    fn take(&mut self, who: Who, time: Option<i64>) -> Option<(usize, i64)> {
        self.counts.events += 1;
        match (who, time) {
            (Who::Lead(_), Some(time)) if self.to.is_some_and(|to| time > to) => self.counts.later += 1,
            (Who::Lead(lead), Some(time)) => return Some((lead as usize, time)),
            (Who::Lead(_), None) => self.counts.without_time += 1,
            (Who::Stranger, _) => self.counts.unknown_lead += 1,
            (Who::Nobody, _) => self.counts.without_lead += 1,
        }
        None
    }

    /// Puts each lead's events in order: names get their numbers by text, so that the order of the log does not matter.
    fn sort(&mut self, names: NameNumbers) {
        let mut order: Vec<usize> = (0..names.names.len()).collect();
        order.sort_unstable_by_key(|&name| &names.names[name]);
        let mut rank = vec![0; names.names.len() + 1];
        for (place, &name) in order.iter().enumerate() {
            rank[name + 1] = u32::try_from(place + 1).expect("there are not more names than numbers of names");
        }
        self.event_names = names.names;
        self.event_names.sort_unstable();
        for events in &mut self.events {
            for (_, event) in events.iter_mut() {
                event.name = rank[event.name as usize];
            }
            events.sort_unstable_by_key(|&(time, event)| (Reverse(time), event));
            events.shrink_to_fit();
        }
    }
}

impl NameNumbers {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        self.names.push(name.into());
        let number = u32::try_from(self.names.len()).expect("2^32 event names do not fit into memory");
        self.numbers.insert(name.into(), number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::{EventColumns, parse_time};

    fn read(events: &str, to: Option<&str>) -> LeadHistories {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("written");
            path.to_str().expect("UTF-8").to_owned()
        };
        let leads = LeadFiles::open(&write("leads.csv", "id,x\nA,1\nB,2\n,3\n")).expect("leads");
        let columns = EventColumns { lead: "lead".to_owned(), time: "time".to_owned(), name: "event".to_owned() };
        let log = EventLog::open(&write("events.csv", events), columns).expect("a log");
        let view = EventFilter { event: Some("view".to_owned()), ..EventFilter::default() };
        let filters = [view, EventFilter::default()];
        LeadHistories::read(&log, &leads, "id", &filters, to.map(|time| parse_time(time).expect("a time")))
            .expect("read")
    }

    fn listed(histories: &LeadHistories, id: &str) -> Vec<(String, String, bool)> {
        let event = |&(time, event)| {
            let time = Timestamp::from_microsecond(time).expect("a time").to_string();
            (time, histories.name(event).unwrap_or("-").to_owned(), histories.is_counted(0, event))
        };
        histories.of(id).iter().map(event).collect()
    }

    const EVENTS: [&str; 8] = [
        "A,2024-03-01,view",
        "A,2024-03-03,open",
        "A,2024-03-03,chat",
        "A,2024-03-02,",
        "X,2024-03-09,view",
        ",2024-03-02,view",
        "B,,view",
        "B,2024-03-08,view",
    ];

    #[test]
    fn all_events_of_a_lead_stand_by_time_and_name_whatever_the_order_of_the_log() {
        let text = |events: &[&str]| format!("lead,time,event\n{}\n", events.join("\n"));
        let mut backwards = EVENTS;
        backwards.reverse();
        for events in [EVENTS, backwards] {
            let histories = read(&text(&events), None);
            let expected = [
                ("2024-03-03T00:00:00Z", "chat", false),
                ("2024-03-03T00:00:00Z", "open", false),
                ("2024-03-02T00:00:00Z", "-", false),
                ("2024-03-01T00:00:00Z", "view", true),
            ];
            let expected = expected.map(|(time, name, view)| (time.to_owned(), name.to_owned(), view));
            assert_eq!(listed(&histories, "A"), expected);
            assert_eq!(histories.of("X"), []);
            // The newest time is a stranger's: the log goes up to it all the same.
            assert_eq!(histories.to(), parse_time("2024-03-09").map(microseconds));
            let counts = LogCounts {
                events: 8,
                counted: 5,
                later: 0,
                not_looked_at: 0,
                unknown_lead: 1,
                without_lead: 1,
                without_time: 1,
            };
            assert_eq!(histories.counts, counts);
            assert_eq!(histories.matching, [5, 8]);
        }
    }

    #[test]
    fn events_after_the_last_moment_are_left_out() {
        let histories = read(&format!("lead,time,event\n{}\n", EVENTS.join("\n")), Some("2024-03-02"));
        assert_eq!(listed(&histories, "A").len(), 2);
        assert_eq!(histories.of("B"), []);
        assert_eq!(histories.counts.later, 3);
        assert_eq!(read("lead,time,event\nA,,view\n", None).to(), None);
    }
}
