//! Which leads are rows at which moments, and which are not.

use jiff::Timestamp;

use super::leads::Dates;
use super::{DatedLeads, SnapshotCounts, SnapshotOptions, SnapshotTimes};
use crate::events::{microseconds, span};

/// A lead at a moment: one training row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotRow {
    /// Number of the lead, from 0, over all files in their order.
    pub lead: u32,
    /// The moment, in microseconds since 1970-01-01T00:00:00Z.
    pub as_of: i64,
    /// Whether it converted within the horizon.
    pub converted: bool,
}

/// What a lead is at a moment.
enum Moment {
    BeforeCreation,
    Converted,
    Censored,
    Row { converted: bool },
}

/// Whether the outcome at `as_of` is known at `end`: its horizon ends by then.
pub(super) fn fits(as_of: i64, end: i64, options: &SnapshotOptions) -> bool {
    as_of.saturating_add(span(options.horizon_days.get())) <= end
}

impl DatedLeads {
    /// Every row whose horizon ends by `end`, with what was counted on the way; where the end is not known yet, every row
    /// whatever its horizon.
    pub(super) fn rows(&self, options: &SnapshotOptions, end: Option<i64>) -> (Vec<SnapshotRow>, SnapshotCounts) {
        let mut rows = Vec::new();
        let mut counts = self.counts.clone();
        let horizon = span(options.horizon_days.get());
        // Beyond the years of a calendar no horizon ends within the data.
        let last = end.unwrap_or(microseconds(Timestamp::MAX));
        let mut at: Vec<i64> = match &options.times {
            SnapshotTimes::At(times) => times.iter().map(|&time| microseconds(time)).collect(),
            _ => Vec::new(),
        };
        at.sort_unstable();
        at.dedup();
        for (lead, dates) in (0_u32..).zip(&self.dates) {
            let Some(dates) = dates else { continue };
            let mut look = |as_of: i64| match dates.at(as_of, horizon, last) {
                Moment::BeforeCreation => counts.before_creation += 1,
                Moment::Converted => counts.already_converted += 1,
                Moment::Censored => counts.censored += 1,
                Moment::Row { converted } => rows.push(SnapshotRow { lead, as_of, converted }),
            };
            match &options.times {
                SnapshotTimes::AfterDays(days) => look(dates.created.saturating_add(span(*days))),
                SnapshotTimes::EveryDays(days) => {
                    let step = span(days.get());
                    let mut as_of = dates.created.saturating_add(step);
                    look(as_of);
                    as_of = as_of.saturating_add(step);
                    while as_of <= last {
                        look(as_of);
                        as_of = as_of.saturating_add(step);
                    }
                }
                SnapshotTimes::At(_) => at.iter().for_each(|&as_of| look(as_of)),
            }
        }
        (rows, counts)
    }
}

impl Dates {
    fn at(&self, as_of: i64, horizon: i64, end: i64) -> Moment {
        let until = as_of.saturating_add(horizon);
        if as_of < self.created {
            Moment::BeforeCreation
        } else if self.converted.is_some_and(|time| time <= as_of) {
            Moment::Converted
        } else if until > end {
            Moment::Censored
        } else {
            Moment::Row { converted: self.converted.is_some_and(|time| time <= until) }
        }
    }
}
