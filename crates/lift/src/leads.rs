//! Leads from files: CSV, Parquet and NDJSON, by extension, with globs. The only place that opens data files.
//!
//! Leads come in chunks of bounded size, so a file larger than memory is read like any other. A row that cannot be
//! read is an error that names its line; none is skipped. Text formats give text columns whose values the attribute's
//! type understands later ([`Input::read`](crate::attribute::Input::read)); Parquet gives its own types.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use polars::frame::DataFrame;
use polars::prelude::Column;

use crate::attribute::Value;
use crate::columns::UnsupportedType;
use crate::error::DataError;

mod delimited;
mod ndjson;
mod parquet;
mod text_columns;

/// Rows in a chunk of a text format; Parquet is read by row groups of up to as many as [`parquet`] says.
const CHUNK_ROWS: usize = 65_536;

/// The files that hold the leads, opened far enough to know their columns.
#[derive(Debug, Clone)]
pub struct LeadFiles {
    files: Vec<PathBuf>,
    columns: Vec<String>,
}

/// Some consecutive rows of a file.
#[derive(Debug)]
pub struct Chunk<'a> {
    /// The file.
    pub file: &'a Path,
    /// Row of the first lead, from 1, the header not counted.
    pub first_row: u64,
    /// The columns asked for.
    pub frame: DataFrame,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Delimited,
    Parquet,
    Ndjson,
}

impl Chunk<'_> {
    /// One of the columns asked for.
    pub(crate) fn column(&self, name: &str) -> &Column {
        self.frame.column(name).expect("the column was asked for")
    }

    /// That a value of its row `row`, from 0, should be a time.
    pub(crate) fn not_a_time(&self, column: &str, row: usize, value: Value<'_>) -> DataError {
        DataError::NotATime {
            file: self.file.to_owned(),
            column: column.to_owned(),
            row: self.first_row + row as u64,
            found: value.described(),
        }
    }

    /// That a column of it is of a type which is no value.
    pub(crate) fn unsupported(&self, column: UnsupportedType) -> DataError {
        DataError::Nested {
            file: self.file.to_owned(),
            line: None,
            column: column.column,
            found: format!("values of type {}", column.found),
        }
    }
}

impl LeadFiles {
    /// Finds the files of a path or glob and reads their columns.
    ///
    /// # Errors
    /// No such file, an unknown extension, an empty file, two columns of one name, files whose columns differ.
    pub fn open(pattern: &str) -> Result<Self, DataError> {
        let files = expand(pattern)?;
        let mut columns: Vec<String> = Vec::new();
        for (index, file) in files.iter().enumerate() {
            let found = columns_of(file)?;
            if let Some(unnamed) = found.iter().position(String::is_empty) {
                return Err(DataError::NoName { file: file.clone(), position: unnamed + 1 });
            }
            if let Some((first, second)) = duplicate(&found) {
                return Err(DataError::DuplicateColumn {
                    file: file.clone(),
                    column: found[first].clone(),
                    first: first + 1,
                    second: second + 1,
                });
            }
            if index == 0 {
                columns = found;
            } else if format_of(file)? == Format::Ndjson {
                // A key that is absent from a line is a missing value, so files may add to each other's columns.
                columns.extend(found.into_iter().filter(|name| !columns.contains(name)).collect::<Vec<_>>());
            } else {
                same_columns(&columns, &files[0], &found, file)?;
            }
        }
        Ok(Self { files, columns })
    }

    /// The files, in path order.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The columns, in the order of the first file (NDJSON: by name).
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// That the data has this column.
    ///
    /// # Errors
    /// [`DataError::UnknownColumn`] with the columns there are.
    pub fn require(&self, column: &str) -> Result<(), DataError> {
        if self.columns.iter().any(|name| name == column) {
            return Ok(());
        }
        Err(DataError::UnknownColumn {
            file: self.files[0].clone(),
            column: column.to_owned(),
            columns: self.columns.clone(),
        })
    }

    /// Whether the format leaves out the keys a row has no value for, so that a column nobody has a value in is not there: NDJSON.
    pub(crate) fn keys_may_be_absent(&self) -> bool {
        self.files.iter().all(|file| matches!(format_of(file), Ok(Format::Ndjson)))
    }

    /// Reads the given columns of every lead, chunk after chunk, in file order. Chunks are bounded in size, so memory
    /// does not grow with the files.
    ///
    /// # Errors
    /// What cannot be read, with its line; what `each` returns.
    pub fn for_each_chunk<E: From<DataError>>(
        &self,
        columns: &[String],
        mut each: impl FnMut(Chunk<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for file in &self.files {
            match format_of(file)? {
                Format::Delimited => delimited::for_each_chunk(file, columns, &mut each)?,
                Format::Parquet => parquet::for_each_chunk(file, columns, &mut each)?,
                Format::Ndjson => ndjson::for_each_chunk(file, columns, &mut each)?,
            }
        }
        Ok(())
    }
}

fn expand(pattern: &str) -> Result<Vec<PathBuf>, DataError> {
    // A file whose own name holds a bracket or a star is taken as it is.
    if Path::new(pattern).is_file() {
        return Ok(vec![PathBuf::from(pattern)]);
    }
    let paths = glob::glob(pattern).map_err(|source| DataError::Pattern { pattern: pattern.to_owned(), source })?;
    let mut files = Vec::new();
    for path in paths {
        let path = path.map_err(|e| DataError::Read { file: e.path().to_owned(), source: e.into() })?;
        if !path.is_dir() {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(DataError::NoSuchFile { pattern: pattern.to_owned() });
    }
    Ok(files)
}

fn format_of(file: &Path) -> Result<Format, DataError> {
    let extension = file.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    match extension.as_str() {
        "csv" | "tsv" | "txt" => Ok(Format::Delimited),
        "parquet" => Ok(Format::Parquet),
        "ndjson" | "jsonl" => Ok(Format::Ndjson),
        _ => Err(DataError::UnknownFormat { file: file.to_owned() }),
    }
}

fn columns_of(file: &Path) -> Result<Vec<String>, DataError> {
    let read = |source| DataError::Read { file: file.to_owned(), source };
    if std::fs::metadata(file).map_err(read)?.len() == 0 {
        return Err(DataError::Empty { file: file.to_owned() });
    }
    match format_of(file)? {
        Format::Delimited => delimited::columns(file),
        Format::Parquet => parquet::columns(file),
        Format::Ndjson => ndjson::columns(file),
    }
}

fn duplicate(names: &[String]) -> Option<(usize, usize)> {
    let mut seen = HashMap::new();
    names.iter().enumerate().find_map(|(index, name)| seen.insert(name, index).map(|first| (first, index)))
}

fn same_columns(first: &[String], first_file: &Path, found: &[String], file: &Path) -> Result<(), DataError> {
    let lacks = |names: &[String], of: &[String]| names.iter().find(|name| !of.contains(name)).cloned();
    let differ = |file: &Path, column, other: &Path| DataError::FilesDiffer {
        file: file.to_owned(),
        column,
        other: other.display().to_string(),
    };
    if let Some(column) = lacks(first, found) {
        return Err(differ(file, column, first_file));
    }
    if let Some(column) = lacks(found, first) {
        return Err(differ(first_file, column, file));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
