//! Events to rows in one pass over a log.
//!
//! An event tells something to the rows of its lead at or after it, and to no other: the first of them is found by
//! bisection, and what is kept of the event belongs to that row. The log may be in any order.

use polars::frame::DataFrame;
use rayon::prelude::*;

use super::leads::DatedLeads;
use super::rows::{SnapshotRow, span};
use super::{EventCounts, SnapshotOptions};
use crate::columns::{Time, UnsupportedType, for_each_time, for_each_value};
use crate::error::DataError;
use crate::events::{EventFilter, EventLog, Matcher, Matches, NamesSeen};
use crate::leads::Chunk;

/// What a log says about rows, before it is known which of them are censored.
pub(super) struct Joined {
    /// The last event after the row before it and at or before the row.
    pub(super) last: Vec<Option<i64>>,
    /// Events whose first row it is, and that are in its window.
    pub(super) used: Vec<u32>,
    /// Events whose first row it is, and that are older than its window.
    pub(super) early: Vec<u32>,
    /// Events later than it, the last row of their lead.
    pub(super) late: Vec<u32>,
    /// For each filter the events in the window of their first row: that row, and the time.
    pub(super) counted: Vec<Vec<(u32, i64)>>,
    /// For each filter all events of the log.
    pub(super) matching: Vec<u64>,
    /// The latest time of the log.
    pub(super) latest: Option<i64>,
    pub(super) counts: EventCounts,
    pub(super) names: NamesSeen,
}

/// Events of part of a chunk, understood.
pub(super) struct Part {
    pub(super) leads: Vec<Who>,
    pub(super) times: Vec<Option<i64>>,
    pub(super) matches: Matches,
    names: NamesSeen,
    /// The first id that is no lead's.
    stranger: Option<String>,
}

#[derive(Clone, Copy)]
pub(super) enum Who {
    Lead(u32),
    Stranger,
    Nobody,
}

enum Fault {
    Unsupported(UnsupportedType),
    NotATime(usize, String),
}

pub(super) fn join(
    leads: &DatedLeads,
    rows: &[SnapshotRow],
    options: &SnapshotOptions,
    log: &EventLog,
    behaviours: &[EventFilter],
) -> Result<Joined, DataError> {
    let matcher = Matcher::new(behaviours);
    let window = span(options.window_days.get());
    let starts = starts(leads.len(), rows);
    let mut joined = Joined::new(rows.len(), behaviours.len());
    let mut stranger = None;
    log.files.for_each_chunk(&fields(log, &matcher)?, |chunk| {
        for part in parts(&chunk, leads, log, &matcher)? {
            for (row, (&who, &time)) in part.leads.iter().zip(&part.times).enumerate() {
                part.matches.of(row).for_each(|filter| joined.matching[filter] += 1);
                joined.latest = joined.latest.max(time);
                if let Some((lead, time)) = joined.take(who, time) {
                    let of_lead = starts[lead as usize]..starts[lead as usize + 1];
                    joined.see(rows, of_lead, window, time, part.matches.of(row));
                }
            }
            joined.names.merge(part.names);
            stranger = stranger.take().or(part.stranger);
        }
        Ok::<(), DataError>(())
    })?;
    let counts = &joined.counts;
    match (stranger, leads.first_id()) {
        (Some(found), Some(expected)) if counts.unknown_lead == counts.events - counts.without_lead => {
            Err(DataError::StrangeEvents {
                file: log.files()[0].clone(),
                column: log.columns.lead.clone(),
                events: counts.unknown_lead,
                found,
                expected: expected.to_owned(),
            })
        }
        _ => Ok(joined),
    }
}

/// The columns of the log that are read: those of the log, and the properties that filters look at.
pub(super) fn fields(log: &EventLog, matcher: &Matcher<'_>) -> Result<Vec<String>, DataError> {
    let columns = &log.columns;
    let mut fields: Vec<String> = Vec::new();
    for column in [columns.lead.as_str(), &columns.time, &columns.name].into_iter().chain(matcher.properties()) {
        log.files.require(column)?;
        if !fields.iter().any(|field| field == column) {
            fields.push(column.to_owned());
        }
    }
    Ok(fields)
}

/// Where the rows of each lead begin, and a last one where they end.
pub(super) fn starts(leads: usize, rows: &[SnapshotRow]) -> Vec<usize> {
    let mut starts = vec![0; leads + 1];
    for row in rows {
        starts[row.lead as usize + 1] += 1;
    }
    for lead in 0..leads {
        starts[lead + 1] += starts[lead];
    }
    starts
}

/// A chunk's events in its order, understood in parallel.
pub(super) fn parts(
    chunk: &Chunk<'_>,
    leads: &DatedLeads,
    log: &EventLog,
    matcher: &Matcher<'_>,
) -> Result<Vec<Part>, DataError> {
    let height = chunk.frame.height();
    let size = height.div_ceil(rayon::current_num_threads()).max(1);
    let starts: Vec<usize> = (0..height).step_by(size).collect();
    let parts = starts.par_iter().map(|&start| {
        let slice = chunk.frame.slice(i64::try_from(start).unwrap_or(i64::MAX), size);
        Part::read(&slice, leads, log, matcher).map_err(|fault| match fault {
            Fault::Unsupported(column) => chunk.unsupported(column),
            Fault::NotATime(row, found) => DataError::NotATime {
                file: chunk.file.to_owned(),
                column: log.columns.time.clone(),
                row: chunk.first_row + (start + row) as u64,
                found,
            },
        })
    });
    // Every part runs to its end, so that the fault reported is the first by row whatever the number of threads.
    parts.collect::<Vec<Result<Part, DataError>>>().into_iter().collect()
}

impl Part {
    fn read(events: &DataFrame, leads: &DatedLeads, log: &EventLog, matcher: &Matcher<'_>) -> Result<Self, Fault> {
        let column = |name: &str| events.column(name).expect("the column was asked for");
        let mut stranger = None;
        let mut who = Vec::with_capacity(events.height());
        for_each_value(column(&log.columns.lead), |_, value| {
            who.push(match value.text() {
                None => Who::Nobody,
                Some(id) => leads.lead(&id).map_or_else(
                    || {
                        stranger.get_or_insert_with(|| id.into_owned());
                        Who::Stranger
                    },
                    Who::Lead,
                ),
            });
        })
        .map_err(Fault::Unsupported)?;
        let mut times = Vec::with_capacity(events.height());
        let mut fault = None;
        for_each_time(column(&log.columns.time), |row, time| {
            times.push(match time {
                Time::Missing => None,
                Time::At(time) => Some(time),
                Time::Not(value) => {
                    fault.get_or_insert_with(|| Fault::NotATime(row, value.described()));
                    None
                }
            });
        })
        .map_err(Fault::Unsupported)?;
        if let Some(fault) = fault {
            return Err(fault);
        }
        let mut names = NamesSeen::default();
        let matches = matcher.matches(events, &log.columns.name, &mut names).map_err(Fault::Unsupported)?;
        Ok(Self { leads: who, times, matches, names, stranger })
    }
}

impl Joined {
    fn new(rows: usize, filters: usize) -> Self {
        Self {
            last: vec![None; rows],
            used: vec![0; rows],
            early: vec![0; rows],
            late: vec![0; rows],
            counted: vec![Vec::new(); filters],
            matching: vec![0; filters],
            latest: None,
            counts: EventCounts::default(),
            names: NamesSeen::default(),
        }
    }

    /// Counts an event; its lead and time where it has both.
    fn take(&mut self, who: Who, time: Option<i64>) -> Option<(u32, i64)> {
        self.counts.events += 1;
        match (who, time) {
            (Who::Lead(lead), Some(time)) => return Some((lead, time)),
            (Who::Lead(_), None) => self.counts.without_time += 1,
            (Who::Stranger, _) => self.counts.unknown_lead += 1,
            (Who::Nobody, _) => self.counts.without_lead += 1,
        }
        None
    }

    /// Lets the rows of its lead see an event: those at or after it, and no other.
    fn see(
        &mut self,
        rows: &[SnapshotRow],
        of_lead: std::ops::Range<usize>,
        window: i64,
        time: i64,
        filters: impl Iterator<Item = usize>,
    ) {
        if of_lead.is_empty() {
            self.counts.without_row += 1;
            return;
        }
        let first = of_lead.start + rows[of_lead.clone()].partition_point(|row| row.as_of < time);
        if first == of_lead.end {
            self.late[first - 1] += 1;
            return;
        }
        self.last[first] = self.last[first].max(Some(time));
        if !in_window(rows[first], window, time) {
            self.early[first] += 1;
            return;
        }
        self.used[first] += 1;
        let first = u32::try_from(first).expect("2^32 rows do not fit into memory");
        filters.for_each(|filter| self.counted[filter].push((first, time)));
    }
}

/// Whether an event at or before a row is in its window.
pub(super) fn in_window(row: SnapshotRow, window: i64, time: i64) -> bool {
    time > row.as_of.saturating_sub(window)
}
