//! What was counted on the way from leads and events to rows, in plain words.

use std::fmt;

use super::rows::SnapshotRow;

/// What became of leads and moments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SnapshotCounts {
    /// Leads read.
    pub leads: u64,
    /// Rows: leads at moments.
    pub rows: u64,
    /// Rows whose lead converted within the horizon.
    pub conversions: u64,
    /// Leads with at least one row.
    pub leads_with_rows: u64,
    /// Moments before their lead was created (explicit dates only).
    pub before_creation: u64,
    /// Moments at which their lead had converted already.
    pub already_converted: u64,
    /// Moments whose horizon ends after the data do.
    pub censored: u64,
    /// Leads without an outcome: no row.
    pub without_outcome: u64,
    /// Leads without a creation time: no row.
    pub without_created_at: u64,
    /// Leads that converted, nobody knows when: no row.
    pub without_converted_at: u64,
    /// Leads that did not convert by the outcome column but have a time of conversion, which was ignored.
    pub dated_without_conversion: u64,
    /// Leads without an id: no event can be theirs.
    pub without_id: u64,
    /// Until when conversions are known, in microseconds since 1970-01-01T00:00:00Z; `None` without any time.
    pub data_end: Option<i64>,
    /// The latest time seen in the leads and in the log, in the same unit.
    pub latest: Option<i64>,
}

/// What became of the events of a log. Each is in one of the counts below `events`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventCounts {
    /// Events read.
    pub events: u64,
    /// Events in the window of a row: behaviours count them.
    pub used: u64,
    /// Events older than the window of the first row after them; they tell no more than when the lead was last active.
    pub before_window: u64,
    /// Events later than every row of their lead, of which nothing may know.
    pub after_rows: u64,
    /// Events of leads that have no row.
    pub without_row: u64,
    /// Events of leads that are not in the lead file.
    pub unknown_lead: u64,
    /// Events without a lead.
    pub without_lead: u64,
    /// Events without a time.
    pub without_time: u64,
}

impl SnapshotCounts {
    /// Counts the rows, which are in the order of their leads.
    pub(super) fn rows(&mut self, rows: &[SnapshotRow]) {
        self.rows = rows.len() as u64;
        self.conversions = rows.iter().filter(|row| row.converted).count() as u64;
        self.leads_with_rows = rows.chunk_by(|a, b| a.lead == b.lead).count() as u64;
    }
}

impl fmt::Display for SnapshotCounts {
    /// Sentences, one a line, of what is not zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = count(self.rows, "row", "rows");
        let of = count(self.leads_with_rows, "lead", "leads");
        write!(f, "{rows} of {of} at a moment of their past, {} of them converted in time", self.conversions)?;
        let moments = |n| count(n, "moment", "moments");
        let leads = |n| count(n, "lead", "leads");
        for (n, text) in [
            (self.before_creation, format!("{} before the lead was created", moments(self.before_creation))),
            (
                self.already_converted,
                format!("{} after the lead's conversion: no row", moments(self.already_converted)),
            ),
            (
                self.censored,
                format!("{} too near the end of the data to know what followed: no row", moments(self.censored)),
            ),
            (self.without_outcome, format!("{} without an outcome: no row", leads(self.without_outcome))),
            (self.without_created_at, format!("{} without a creation time: no row", leads(self.without_created_at))),
            (
                self.without_converted_at,
                format!("{} converted, but without a time of conversion: no row", leads(self.without_converted_at)),
            ),
            (
                self.dated_without_conversion,
                format!(
                    "{} with a time of conversion but not converted by the outcome column, which decides",
                    leads(self.dated_without_conversion)
                ),
            ),
            (self.without_id, format!("{} without an id: no event can be theirs", leads(self.without_id))),
        ] {
            if n > 0 {
                write!(f, "\n{text}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for EventCounts {
    /// Sentences, one a line, of what is not zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} read, {} of them in the window of a row", count(self.events, "event", "events"), self.used)?;
        for (n, text) in [
            (self.before_window, "older than the window: they only tell when the lead was last active"),
            (self.after_rows, "later than every row of their lead: not used"),
            (self.without_row, "of leads that have no row: not used"),
            (self.unknown_lead, "of leads that are not in the lead file: not used"),
            (self.without_lead, "without a lead: not used"),
            (self.without_time, "without a time: not used"),
        ] {
            if n > 0 {
                write!(f, "\n{} {text}", count(n, "event", "events"))?;
            }
        }
        Ok(())
    }
}

fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
