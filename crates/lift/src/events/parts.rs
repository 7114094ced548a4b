//! Part of an event log, understood: whose each event is, when it was, and which filters it satisfies.

use polars::frame::DataFrame;
use rayon::prelude::*;

use super::{EventLog, Matcher, Matches, NamesSeen};
use crate::columns::{Time, UnsupportedType, for_each_time, for_each_value};
use crate::error::DataError;
use crate::leads::Chunk;

/// Events of part of a chunk, understood.
pub(crate) struct Part {
    /// Whose each event is.
    pub(crate) leads: Vec<Who>,
    /// When each was, in microseconds since 1970-01-01T00:00:00Z.
    pub(crate) times: Vec<Option<i64>>,
    pub(crate) matches: Matches,
    pub(crate) names: NamesSeen,
    /// The first id that is no lead's.
    pub(crate) stranger: Option<String>,
}

/// Whose an event is.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    Lead(u32),
    Stranger,
    Nobody,
}

enum Fault {
    Unsupported(UnsupportedType),
    NotATime(usize, String),
}

/// A chunk's events in its order, understood in parallel. `lead_of` gives the number of the lead with an id.
pub(crate) fn parts(
    chunk: &Chunk<'_>,
    log: &EventLog,
    matcher: &Matcher<'_>,
    lead_of: impl Fn(&str) -> Option<u32> + Sync,
) -> Result<Vec<Part>, DataError> {
    let height = chunk.frame.height();
    let size = height.div_ceil(rayon::current_num_threads()).max(1);
    let starts: Vec<usize> = (0..height).step_by(size).collect();
    let parts = starts.par_iter().map(|&start| {
        let slice = chunk.frame.slice(i64::try_from(start).unwrap_or(i64::MAX), size);
        Part::read(&slice, log, matcher, &lead_of).map_err(|fault| match fault {
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
    fn read(
        events: &DataFrame,
        log: &EventLog,
        matcher: &Matcher<'_>,
        lead_of: impl Fn(&str) -> Option<u32>,
    ) -> Result<Self, Fault> {
        let column = |name: &str| events.column(name).expect("the column was asked for");
        let mut stranger = None;
        let mut who = Vec::with_capacity(events.height());
        for_each_value(column(&log.columns.lead), |_, value| {
            who.push(match value.text() {
                None => Who::Nobody,
                Some(id) => lead_of(&id).map_or_else(
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
