//! The files of an event log: one event a row, read in chunks like leads.

use super::Matcher;
use crate::columns::{Time, for_each_time};
use crate::error::DataError;
use crate::leads::LeadFiles;

/// The columns of an event log. Every other column is a property of the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventColumns {
    /// The id of the lead that did it.
    pub lead: String,
    /// When.
    pub time: String,
    /// What, such as `page_view`.
    pub name: String,
}

/// An event log: CSV, Parquet or NDJSON, by extension and glob, one event a row in any order.
#[derive(Debug, Clone)]
pub struct EventLog {
    pub(crate) files: LeadFiles,
    pub(crate) columns: EventColumns,
}

impl EventLog {
    /// Finds the files of a path or glob and its columns.
    ///
    /// # Errors
    /// What [`LeadFiles::open`] finds wrong; a column that is not there.
    pub fn open(pattern: &str, columns: EventColumns) -> Result<Self, DataError> {
        Self::of(LeadFiles::open(pattern)?, columns)
    }

    /// The log in files that are open already.
    ///
    /// # Errors
    /// A column that is not there.
    pub fn of(files: LeadFiles, columns: EventColumns) -> Result<Self, DataError> {
        for column in [&columns.lead, &columns.time, &columns.name] {
            files.require(column)?;
        }
        Ok(Self { files, columns })
    }

    /// The files, in path order.
    pub fn files(&self) -> &[std::path::PathBuf] {
        self.files.files()
    }

    /// Which column is what.
    pub fn columns(&self) -> &EventColumns {
        &self.columns
    }

    /// The latest time in the log, in microseconds since 1970-01-01T00:00:00Z. Reads the times alone.
    ///
    /// # Errors
    /// What cannot be read; a time that is none.
    pub fn latest(&self) -> Result<Option<i64>, DataError> {
        let mut latest = None;
        self.files.for_each_chunk(std::slice::from_ref(&self.columns.time), |chunk| {
            let mut fault = None;
            let column = chunk.column(&self.columns.time);
            for_each_time(column, |row, time| match time {
                Time::Missing => {}
                Time::At(time) => latest = latest.max(Some(time)),
                Time::Not(value) => {
                    fault.get_or_insert_with(|| chunk.not_a_time(&self.columns.time, row, value));
                }
            })
            .map_err(|column| chunk.unsupported(column))?;
            fault.map_or(Ok(()), Err)
        })?;
        Ok(latest)
    }

    /// The columns to read for filters whose properties must be columns.
    pub(crate) fn fields_with_properties(&self, matcher: &Matcher<'_>) -> Result<Vec<String>, DataError> {
        for property in matcher.properties() {
            self.files.require(property)?;
        }
        Ok(self.fields(matcher))
    }

    /// The columns to read for some filters, each once.
    pub(crate) fn fields(&self, matcher: &Matcher<'_>) -> Vec<String> {
        let roles = [self.columns.lead.as_str(), &self.columns.time, &self.columns.name];
        let mut fields: Vec<String> = Vec::new();
        for column in roles.into_iter().chain(matcher.properties()) {
            if !fields.iter().any(|field| field == column) {
                fields.push(column.to_owned());
            }
        }
        fields
    }

    /// The columns that are properties, in the order of the files.
    pub fn properties(&self) -> Vec<String> {
        let roles = [&self.columns.lead, &self.columns.time, &self.columns.name];
        self.files.columns().iter().filter(|column| !roles.contains(column)).cloned().collect()
    }
}
