//! Attributes that are known of a lead alone, its fields and signals, read from its columns: to level codes, a chunk at a time.

use std::borrow::Cow;

use polars::frame::DataFrame;
use rayon::prelude::*;

use super::{Feature, Source};
use crate::attribute::{Attribute, Encoder, FieldType, Input, Level, Scalar, Value, When, WrongType};
use crate::columns::{UnsupportedType, for_each_value};
use crate::error::DataError;
use crate::leads::{Chunk, LeadFiles};
use crate::signals::SignalKind;

/// An attribute that is known of a lead alone: a field, or a signal of fields.
#[derive(Debug, Clone, PartialEq)]
pub struct LeadAttribute {
    /// The attribute, whose levels cover every value.
    pub attribute: Attribute,
    /// What its value is made of.
    pub feature: Feature,
}

impl From<Attribute> for LeadAttribute {
    /// A field.
    fn from(attribute: Attribute) -> Self {
        Self { attribute, feature: Feature::default() }
    }
}

/// The level of every lead, in the order of the files: attributes x leads.
///
/// # Errors
/// What cannot be read; a value that is not of its attribute's type.
///
/// # Panics
/// Where an attribute's levels do not cover every value: calibration's attributes do.
pub fn read_codes(leads: &LeadFiles, attributes: &[LeadAttribute]) -> Result<Vec<Vec<u32>>, DataError> {
    let columns = Columns::new(attributes);
    let fields = columns.fields(leads)?;
    let mut all = vec![Vec::new(); attributes.len()];
    leads.for_each_chunk(&fields, |chunk| {
        let height = chunk.frame.height();
        let size = height.div_ceil(rayon::current_num_threads()).max(1);
        let starts: Vec<usize> = (0..height).step_by(size).collect();
        let parts: Vec<Result<Vec<Vec<u32>>, DataError>> = starts
            .into_par_iter()
            .map(|start| {
                let slice = chunk.frame.slice(i64::try_from(start).unwrap_or(i64::MAX), size);
                columns.encode(&chunk, &slice, start)
            })
            .collect();
        // Every part ran to its end, so that the fault reported is the first by row whatever the number of threads.
        for part in parts {
            for (all, codes) in all.iter_mut().zip(part?) {
                all.extend(codes);
            }
        }
        Ok::<(), DataError>(())
    })?;
    Ok(all)
}

/// Attributes compiled for reading.
pub(super) struct Columns<'a> {
    attributes: Vec<(&'a LeadAttribute, Encoder)>,
}

impl<'a> Columns<'a> {
    pub(super) fn new(attributes: impl IntoIterator<Item = &'a LeadAttribute>) -> Self {
        let compiled = |attribute: &'a LeadAttribute| (attribute, Encoder::new(&attribute.attribute));
        Self { attributes: attributes.into_iter().map(compiled).collect() }
    }

    /// The columns to read, each once; at least one, so that rows are counted.
    pub(super) fn fields(&self, leads: &LeadFiles) -> Result<Vec<String>, DataError> {
        let mut fields: Vec<String> = Vec::new();
        for (attribute, _) in &self.attributes {
            for field in attribute.fields() {
                leads.require(field)?;
                if !fields.iter().any(|known| known == field) {
                    fields.push(field.to_owned());
                }
            }
        }
        if fields.is_empty() {
            fields.extend(leads.columns().first().cloned());
        }
        Ok(fields)
    }

    /// The level codes of each attribute in part of a chunk that starts at its row `start`.
    pub(super) fn encode(
        &self,
        chunk: &Chunk<'_>,
        frame: &DataFrame,
        start: usize,
    ) -> Result<Vec<Vec<u32>>, DataError> {
        let mut all = Vec::with_capacity(self.attributes.len());
        let mut first: Option<(usize, WrongType)> = None;
        for (attribute, encoder) in &self.attributes {
            let mut codes = Vec::with_capacity(frame.height());
            let mut take = |row: usize, code: Result<Option<u32>, WrongType>| match code {
                Ok(code) => codes.push(code.expect("the levels cover every value")),
                Err(error) => {
                    codes.push(0);
                    if first.as_ref().is_none_or(|(earlier, _)| row < *earlier) {
                        first = Some((row, error));
                    }
                }
            };
            let column = |name: &str| frame.column(name).expect("the column was asked for");
            match &attribute.feature.source {
                Source::Field => {
                    let input = column(&attribute.attribute.input.field);
                    for_each_value(input, |row, value| take(row, encoder.code(value)))
                }
                Source::Signal(kind) => {
                    let times = times(kind, frame).map_err(|unsupported| chunk.unsupported(unsupported))?;
                    let numbers = times.into_iter().map(|times| Value::Number(f64::from(times)));
                    numbers.enumerate().for_each(|(row, value)| take(row, encoder.code(value)));
                    Ok(())
                }
                Source::Behaviour(_) | Source::Inactivity => unreachable!("no column holds what a lead did"),
            }
            .map_err(|unsupported| chunk.unsupported(unsupported))?;
            all.push(codes);
        }
        match first {
            None => Ok(all),
            Some((row, WrongType { field, expected, found })) => Err(DataError::WrongType {
                file: chunk.file.to_owned(),
                column: field,
                row: chunk.first_row + (start + row) as u64,
                expected,
                found,
            }),
        }
    }
}

/// How often a signal fires in each row.
fn times(kind: &SignalKind, frame: &DataFrame) -> Result<Vec<u32>, UnsupportedType> {
    let mut columns: Vec<Vec<Option<String>>> = Vec::new();
    for field in kind.fields() {
        let mut texts = Vec::with_capacity(frame.height());
        let column = frame.column(field).expect("the column was asked for");
        for_each_value(column, |_, value| texts.push(value.text().map(Cow::into_owned)))?;
        columns.push(texts);
    }
    let value = |row: usize, index: usize| columns[index][row].as_deref().map_or(Value::Missing, Value::Text);
    Ok((0..frame.height()).map(|row| kind.times(|index| value(row, index))).collect())
}

impl LeadAttribute {
    /// A signal: whether it fires, or for filled fields how many of them are.
    pub fn signal(name: &str, kind: SignalKind) -> Self {
        let number = |times: u32| vec![Scalar::Number(f64::from(times))];
        let level = |times: u32| {
            let name = match (kind.most(), times) {
                (1, 0) => "no".to_owned(),
                (1, _) => "yes".to_owned(),
                _ => format!("{times} filled"),
            };
            Level { name, when: When::In(number(times)) }
        };
        let input = Input { field: name.to_owned(), kind: FieldType::Number, missing: Vec::new() };
        let attribute = Attribute { name: name.to_owned(), input, levels: (0..=kind.most()).map(level).collect() };
        let values = (kind.most() > 1).then(|| (0..=kind.most()).map(f64::from).collect());
        Self { attribute, feature: Feature { values, ..Feature::new(Source::Signal(kind)) } }
    }

    /// The columns it reads.
    fn fields(&self) -> Vec<&str> {
        match &self.feature.source {
            Source::Field => vec![&self.attribute.input.field],
            Source::Signal(kind) => kind.fields(),
            Source::Behaviour(_) | Source::Inactivity => Vec::new(),
        }
    }
}
