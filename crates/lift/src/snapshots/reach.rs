//! How many rows have an event of each kind: enough to propose behaviours, and far less than to calibrate them.
//!
//! A bit for each row and filter is kept, no event: memory does not grow with the log.

use super::join::{in_window, starts};
use super::{DatedLeads, SnapshotCounts, SnapshotOptions, rows};
use crate::error::DataError;
use crate::events::{EventFilter, EventLog, Matcher, Who, parts, span};

/// Filters of a word.
const WORD: usize = 64;

/// Which rows have events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// What became of the leads.
    pub counts: SnapshotCounts,
    /// Rows with at least one event in their window that the filter holds for, by filter.
    pub rows: Vec<u64>,
}

impl DatedLeads {
    /// Counts, for each filter, the rows that have an event of it in `(as_of - window, as_of]`. One pass over the log.
    ///
    /// # Errors
    /// What cannot be read in the log; a time that is none; a property that is no column.
    ///
    /// # Panics
    /// Where the leads were read without their ids: a bug of the caller.
    pub fn reach(
        &self,
        options: &SnapshotOptions,
        log: &EventLog,
        filters: &[EventFilter],
    ) -> Result<Reach, DataError> {
        let known = self.known_end(options, Some(log))?;
        let (rows, mut counts) = self.rows(options, known);
        let matcher = Matcher::new(filters);
        let window = span(options.window_days.get());
        let starts = starts(self.len(), &rows);
        let words = filters.len().div_ceil(WORD);
        let mut seen = vec![0_u64; rows.len() * words];
        let mut latest = self.latest;
        log.files.for_each_chunk(&log.fields_with_properties(&matcher)?, |chunk| {
            for part in parts(&chunk, log, &matcher, |id| self.lead(id))? {
                for (event, (&who, &time)) in part.leads.iter().zip(&part.times).enumerate() {
                    latest = latest.max(time);
                    let (Who::Lead(lead), Some(time)) = (who, time) else { continue };
                    let of_lead = starts[lead as usize]..starts[lead as usize + 1];
                    let first = of_lead.start + rows[of_lead.clone()].partition_point(|row| row.as_of < time);
                    for row in (first..of_lead.end).take_while(|&row| in_window(rows[row], window, time)) {
                        for filter in part.matches.of(event) {
                            seen[row * words + filter / WORD] |= 1 << (filter % WORD);
                        }
                    }
                }
            }
            Ok::<(), DataError>(())
        })?;
        counts.latest = latest;
        counts.data_end = known.or(latest);
        let end = counts.data_end.unwrap_or(i64::MIN);
        let kept: Vec<usize> = (0..rows.len()).filter(|&row| rows::fits(rows[row].as_of, end, options)).collect();
        counts.censored += (rows.len() - kept.len()) as u64;
        counts.rows(&kept.iter().map(|&row| rows[row]).collect::<Vec<_>>());
        let has = |row: usize, filter: usize| seen[row * words + filter / WORD] >> (filter % WORD) & 1;
        let rows = (0..filters.len()).map(|filter| kept.iter().map(|&row| has(row, filter)).sum()).collect();
        Ok(Reach { counts, rows })
    }
}
