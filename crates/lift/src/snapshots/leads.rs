//! The dates of leads: when each was created and when it converted, in one pass over the leads.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use polars::prelude::Column;

use super::SnapshotCounts;
use crate::attribute::{Encoder, FieldType, Input, Value};
use crate::columns::{Time, for_each_time, for_each_value};
use crate::error::DataError;
use crate::leads::{Chunk, LeadFiles};
use crate::outcome::{CONVERTED, NOT_CONVERTED, Outcome};

/// The columns of the leads that snapshots need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotColumns {
    /// The id that an event log names leads by; not needed without one.
    pub id: Option<String>,
    /// When the lead came to be.
    pub created_at: String,
    /// When it converted; whether it did the outcome column says.
    pub converted_at: String,
    /// Texts that mean "no value" besides the empty one.
    pub missing: Vec<String>,
}

/// Leads with the dates of their lives.
#[derive(Debug, Clone)]
pub struct DatedLeads {
    /// Of each lead in file order; `None` where it cannot be a row.
    pub(super) dates: Vec<Option<Dates>>,
    /// Numbers of the leads by id; `None` where ids were not asked for.
    pub(super) ids: Option<HashMap<Box<str>, u32, FixedState>>,
    /// The latest time seen.
    pub(super) latest: Option<i64>,
    /// What was counted while reading.
    pub(super) counts: SnapshotCounts,
}

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dates {
    pub(super) created: i64,
    pub(super) converted: Option<i64>,
}

impl DatedLeads {
    /// Reads the dates of every lead, and its id where an event log is to be joined.
    ///
    /// # Errors
    /// What cannot be read; a column that is not there; a time that is none; two leads of one id.
    pub fn read(leads: &LeadFiles, columns: &SnapshotColumns, outcome: &Outcome) -> Result<Self, DataError> {
        let mut fields: Vec<String> = Vec::new();
        let times = [&columns.created_at, &columns.converted_at];
        for column in columns.id.iter().chain(times).chain([&outcome.attribute.input.field]) {
            leads.require(column)?;
            if !fields.contains(column) {
                fields.push(column.clone());
            }
        }
        let mut read = Self {
            dates: Vec::new(),
            ids: columns.id.as_ref().map(|_| HashMap::default()),
            latest: None,
            counts: SnapshotCounts::default(),
        };
        // Where each file's first lead stands, to name the place of an id that comes twice.
        let mut starts: Vec<(usize, std::path::PathBuf)> = Vec::new();
        let outcomes = Encoder::new(&outcome.attribute);
        leads.for_each_chunk(&fields, |chunk| {
            if starts.last().is_none_or(|(_, file)| file != chunk.file) {
                starts.push((read.dates.len(), chunk.file.to_owned()));
            }
            if let Some(id) = &columns.id {
                read.take_ids(&chunk, chunk.column(id), &starts)?;
            }
            let created = moments(&chunk, chunk.column(&columns.created_at), &columns.missing)?;
            let converted = moments(&chunk, chunk.column(&columns.converted_at), &columns.missing)?;
            let mut codes = Vec::with_capacity(chunk.frame.height());
            values(&chunk, chunk.column(&outcome.attribute.input.field), |_, value| {
                codes.push(outcomes.code(value).ok().flatten());
            })?;
            for ((created, converted), code) in created.into_iter().zip(converted).zip(codes) {
                read.take(created, converted, code);
            }
            Ok::<(), DataError>(())
        })?;
        Ok(read)
    }

    /// Number of leads, those that cannot be a row included.
    pub fn len(&self) -> usize {
        self.dates.len()
    }

    /// Whether there is no lead.
    pub fn is_empty(&self) -> bool {
        self.dates.is_empty()
    }

    /// When a lead was created, in microseconds since 1970-01-01T00:00:00Z; `None` where it cannot be a row.
    pub fn created(&self, lead: u32) -> Option<i64> {
        Some(self.dates.get(lead as usize)?.as_ref()?.created)
    }

    /// The id of each lead; `None` where it has none, or ids were not asked for.
    pub fn ids(&self) -> Vec<Option<&str>> {
        let mut ids = vec![None; self.len()];
        for (id, &lead) in self.ids.iter().flatten() {
            ids[lead as usize] = Some(id.as_ref());
        }
        ids
    }

    /// The number of the lead with this id.
    pub(super) fn lead(&self, id: &str) -> Option<u32> {
        self.ids.as_ref().expect("ids were read for the event log").get(id).copied()
    }

    /// The id of the first lead that has one.
    pub(super) fn first_id(&self) -> Option<&str> {
        self.ids.as_ref()?.iter().min_by_key(|(_, lead)| **lead).map(|(id, _)| id.as_ref())
    }

    fn take(&mut self, created: Option<i64>, converted: Option<i64>, outcome: Option<u32>) {
        self.latest = self.latest.max(created).max(converted);
        self.counts.leads += 1;
        let counts = &mut self.counts;
        let dates = match (outcome, created, converted) {
            (Some(CONVERTED), Some(created), Some(_)) => Some(Dates { created, converted }),
            (Some(NOT_CONVERTED), Some(created), _) => {
                counts.dated_without_conversion += u64::from(converted.is_some());
                Some(Dates { created, converted: None })
            }
            (Some(CONVERTED | NOT_CONVERTED), None, _) => {
                counts.without_created_at += 1;
                None
            }
            (Some(CONVERTED), Some(_), None) => {
                counts.without_converted_at += 1;
                None
            }
            _ => {
                counts.without_outcome += 1;
                None
            }
        };
        self.dates.push(dates);
    }

    fn take_ids(
        &mut self,
        chunk: &Chunk<'_>,
        column: &Column,
        starts: &[(usize, std::path::PathBuf)],
    ) -> Result<(), DataError> {
        let Some(ids) = &mut self.ids else { return Ok(()) };
        let before = self.dates.len();
        let mut without = 0;
        let mut twice: Option<(usize, String, u32)> = None;
        values(chunk, column, |row, value| {
            let Some(id) = value.text() else {
                without += 1;
                return;
            };
            let lead = u32::try_from(before + row).expect("ids of 2^32 leads do not fit into memory");
            if let Some(&first) = ids.get(id.as_ref()) {
                twice.get_or_insert_with(|| (row, id.into_owned(), first));
            } else {
                ids.insert(id.into(), lead);
            }
        })?;
        self.counts.without_id += without;
        let Some((row, id, first)) = twice else { return Ok(()) };
        let first = first as usize;
        let (start, file) = starts.iter().rfind(|(start, _)| *start <= first).expect("every lead is of a file");
        Err(DataError::DuplicateLead {
            file: chunk.file.to_owned(),
            column: column.name().to_string(),
            id,
            first_file: file.clone(),
            first_row: (first - start) as u64 + 1,
            row: chunk.first_row + row as u64,
        })
    }
}

/// The moments of a column; blanks and the texts that mean "no value" are none.
pub(crate) fn moments(chunk: &Chunk<'_>, column: &Column, missing: &[String]) -> Result<Vec<Option<i64>>, DataError> {
    let input = Input { field: column.name().to_string(), kind: FieldType::Text, missing: missing.to_vec() };
    let mut moments = Vec::with_capacity(column.len());
    let mut fault = None;
    for_each_time(column, |row, time| {
        moments.push(match time {
            Time::Missing => None,
            Time::At(time) => Some(time),
            Time::Not(Value::Text(text)) if input.means_missing(text) => None,
            Time::Not(value) => {
                fault.get_or_insert_with(|| chunk.not_a_time(column.name(), row, value));
                None
            }
        });
    })
    .map_err(|unsupported| chunk.unsupported(unsupported))?;
    fault.map_or(Ok(moments), Err)
}

fn values(chunk: &Chunk<'_>, column: &Column, each: impl FnMut(usize, Value<'_>)) -> Result<(), DataError> {
    for_each_value(column, each).map_err(|unsupported| chunk.unsupported(unsupported))
}
