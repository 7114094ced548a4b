//! Events to rows in one pass over a log.
//!
//! An event tells something to the rows of its lead at or after it, and to no other: the first of them is found by
//! bisection, and what is kept of the event belongs to that row. The log may be in any order.

use super::leads::DatedLeads;
use super::rows::SnapshotRow;
use super::{EventCounts, SnapshotOptions};
use crate::error::DataError;
use crate::events::{EventFilter, EventLog, Matcher, NamesSeen, Who, parts, span};

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
    log.files.for_each_chunk(&log.fields_with_properties(&matcher)?, |chunk| {
        for part in parts(&chunk, log, &matcher, |id| leads.lead(id))? {
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
    if counts.events == 0 {
        return Err(DataError::NoEvents { file: log.files()[0].clone() });
    }
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
