//! What is in each column: its type, its distinct values with their counts, what is missing. The first pass over the
//! leads; attributes, levels and the outcome are decided from it.
//!
//! Memory is bounded whatever the file: a column keeps at most [`MAX_TEXTS`] distinct texts, and numbers through
//! [`NumberCounts`]. What is kept does not depend on the order of the rows.

use std::path::PathBuf;

use rayon::prelude::*;

use crate::attribute::{FieldType, boolean_of_number, parse_boolean};
use crate::columns::for_each_value;
use crate::error::DataError;
use crate::leads::LeadFiles;

mod numbers;
mod tally;

pub use numbers::NumberCounts;
use tally::Tally;

/// Distinct texts a column keeps; with more it is free text or an identifier, or a number.
pub const MAX_TEXTS: usize = 100_000;
/// A column is a number with stray texts in it, rather than text, when at least this share of its values are numbers…
const NUMBER_SHARE: f64 = 0.95;
/// …and at least this many of them are distinct: fewer can well be levels of a text.
const NUMBER_DISTINCT: usize = 50;

/// Where a value stands first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Index into [`LeadFiles::files`].
    pub file: usize,
    /// Row, from 1, the header not counted.
    pub row: u64,
}

/// How often a text occurs, and where first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextCount {
    /// Leads with it.
    pub leads: u64,
    /// The first of them.
    pub first: Position,
}

/// A value that is not a number in a column of numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotANumber {
    /// The first such text.
    pub text: String,
    /// Where it stands.
    pub first: Position,
    /// How many values are not numbers.
    pub leads: u64,
}

/// What one column holds.
#[derive(Debug, Clone)]
pub struct ColumnProfile {
    /// The column.
    pub name: String,
    /// The texts that were taken for "no value" besides the empty one.
    pub markers: Vec<String>,
    /// All leads.
    pub leads: u64,
    /// Leads without a value: null, blank, a marker of "missing", NaN.
    pub missing: u64,
    /// NaN among the missing.
    pub nan: u64,
    /// Infinite numbers; they fall into the outermost levels.
    pub infinite: u64,
    /// The texts with their counts, sorted; `None` where there are more than [`MAX_TEXTS`]. Numbers and booleans of a
    /// typed source are not here.
    pub texts: Option<Vec<(String, TextCount)>>,
    /// The numbers, whether from a typed source or parsed from text.
    pub numbers: NumberCounts,
    /// How many leads are false and true in a typed source.
    pub booleans: [u64; 2],
    /// The first value that is not a number, where there is one.
    pub not_a_number: Option<NotANumber>,
    /// The texts that are dates, as days since 1970-01-01.
    pub days: NumberCounts,
}

/// Profiles columns in one pass over the leads. `missing` lists the texts that mean "no value".
///
/// # Errors
/// What cannot be read; a file with columns but no lead.
pub fn profile(leads: &LeadFiles, columns: &[String], missing: &[String]) -> Result<Vec<ColumnProfile>, DataError> {
    let mut tallies: Vec<Tally> = columns.iter().map(|name| Tally::new(name, missing)).collect();
    leads.for_each_chunk(columns, |chunk| {
        let file = leads.files().iter().position(|path| path == chunk.file).unwrap_or_default();
        tallies.par_iter_mut().zip(chunk.frame.columns()).try_for_each(|(tally, column)| {
            for_each_value(column, |row, value| {
                tally.add(value, || Position { file, row: chunk.first_row + row as u64 });
            })
            .map_err(|unsupported| DataError::Nested {
                file: chunk.file.to_owned(),
                line: None,
                column: unsupported.column,
                found: format!("values of type {}", unsupported.found),
            })
        })
    })?;
    if tallies.first().is_some_and(|tally| tally.leads == 0) {
        return Err(DataError::NoLeads { file: leads.files()[0].clone() });
    }
    Ok(tallies.into_iter().map(Tally::finish).collect())
}

impl ColumnProfile {
    /// Leads that have a value.
    pub fn present(&self) -> u64 {
        self.leads - self.missing
    }

    /// The distinct values as texts with their counts, sorted: a typed source's numbers and booleans included.
    /// `None` where there are more than [`MAX_TEXTS`].
    pub fn values(&self) -> Option<Vec<(String, u64)>> {
        let mut values: Vec<(String, u64)> = if self.typed() {
            if self.numbers.distinct() > MAX_TEXTS || !self.numbers.exact() {
                return None;
            }
            self.numbers.sorted().into_iter().map(|(x, leads)| (x.to_string(), leads)).collect()
        } else {
            self.texts.as_ref()?.iter().map(|(text, count)| (text.clone(), count.leads)).collect()
        };
        for (word, leads) in [("false", self.booleans[0]), ("true", self.booleans[1])] {
            if leads > 0 {
                values.push((word.to_owned(), leads));
            }
        }
        values.sort();
        Some(values)
    }

    /// Whether the source gave numbers or booleans rather than text.
    fn typed(&self) -> bool {
        self.texts.as_ref().is_some_and(Vec::is_empty)
    }

    /// The type of the values; a column without any is text.
    ///
    /// # Errors
    /// [`DataError::MixedNumbers`] where nearly all values are numbers and some are not: neither can be guessed.
    pub fn kind(&self, files: &[PathBuf]) -> Result<FieldType, DataError> {
        if self.booleans.iter().sum::<u64>() > 0 {
            return Ok(FieldType::Boolean);
        }
        if self.present() == 0 {
            return Ok(FieldType::Text);
        }
        let numbers = self.numbers.leads();
        let Some(other) = &self.not_a_number else { return Ok(FieldType::Number) };
        if numbers as f64 >= NUMBER_SHARE * (numbers + other.leads) as f64 && self.numbers.distinct() >= NUMBER_DISTINCT
        {
            return Err(DataError::MixedNumbers {
                file: files[other.first.file].clone(),
                column: self.name.clone(),
                row: other.first.row,
                numbers,
                others: other.leads,
                found: format!("{:?}", other.text),
            });
        }
        let of_a_boolean = |text: &str| {
            let text = text.trim();
            text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
        };
        Ok(if self.days.leads() == self.present() {
            FieldType::Date
        } else if self.texts.as_ref().is_some_and(|texts| texts.iter().all(|(text, _)| of_a_boolean(text))) {
            FieldType::Boolean
        } else {
            FieldType::Text
        })
    }

    /// Leads that are no and yes when read as a boolean; `None` where a value is neither.
    pub fn boolean_counts(&self) -> Option<[u64; 2]> {
        let mut counts = self.booleans;
        if self.typed() {
            for (x, leads) in self.numbers.sorted() {
                counts[usize::from(boolean_of_number(x)?)] += leads;
            }
        } else {
            for (text, count) in self.texts.as_ref()? {
                counts[usize::from(parse_boolean(text)?)] += count.leads;
            }
        }
        Some(counts)
    }
}

#[cfg(test)]
mod tests;
