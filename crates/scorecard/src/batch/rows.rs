//! Rows of a table as the scorer reads them: columns become level codes column by column, then each row comes with its model.

use std::borrow::Cow;

use jiff::Timestamp;
use leadcal_lift::attribute::Value;
use leadcal_lift::columns::{UnsupportedType, for_each_value};
use polars::prelude::{Column, DataFrame};

use super::unknown::{Known, Unknown};
use crate::runtime::{Compiled, CompiledSignal, NO_LEVEL, Observed, ScoreError, Scorer, read_created_at, text};

/// The columns of a table that a scorer reads.
pub(crate) struct Table<'a> {
    scorer: &'a Scorer,
    /// The column of each of the scorer's fields.
    columns: Vec<Option<&'a Column>>,
    product: Option<&'a Column>,
    created_at: Option<&'a Column>,
    /// Fields looked for that the table does not have, each once.
    pub(crate) absent_fields: Vec<String>,
}

/// Rows `start..start + len` of a table.
pub(crate) struct Rows<'a> {
    scorer: &'a Scorer,
    pub(crate) start: usize,
    pub(crate) len: usize,
    /// The rows' part of the column of each of the scorer's fields.
    columns: Vec<Option<Column>>,
    product: Option<Column>,
    created_at: Option<Column>,
}

/// A row with its attributes and signals read.
pub(crate) struct ReadRow<'o> {
    /// Index of its model.
    pub(crate) model: usize,
    pub(crate) created_at: Option<Timestamp>,
    /// What the model sees of it, its events not yet.
    pub(crate) observed: &'o mut Observed,
}

/// What stands between rows and what is observed of them.
struct Heads {
    created_at: Vec<Option<Timestamp>>,
    /// Index of each row's model.
    models: Vec<usize>,
    /// The first error of each row, in the order in which the one-lead scorer meets them.
    errors: Vec<Option<ScoreError>>,
    unknown: Unknown,
}

/// Codes and signals of one model, a list over the block's rows for each attribute and signal.
struct Encoded {
    codes: Vec<Vec<u32>>,
    signals: Vec<Vec<u32>>,
}

impl<'a> Table<'a> {
    /// Finds the columns; the product is looked for where the scorer asks for it, the creation time where it is named.
    pub(crate) fn new(
        scorer: &'a Scorer,
        frame: &'a DataFrame,
        product: Option<&str>,
        created_at: Option<&str>,
    ) -> Self {
        let mut absent_fields = Vec::new();
        let mut find = |field: &str| find(frame, field, &mut absent_fields);
        let columns = scorer.fields().iter().map(|field| find(field)).collect();
        let product = product.filter(|_| scorer.needs_product()).and_then(&mut find);
        let created_at = created_at.and_then(&mut find);
        Self { scorer, columns, product, created_at, absent_fields }
    }

    /// Some of its rows.
    pub(crate) fn rows(&self, start: usize, len: usize) -> Rows<'a> {
        let slice = |column: &Column| slice(column, start, len);
        Rows {
            scorer: self.scorer,
            start,
            len,
            columns: self.columns.iter().map(|column| column.map(slice)).collect(),
            product: self.product.map(slice),
            created_at: self.created_at.map(slice),
        }
    }
}

/// A column of a table; its name is noted where there is none.
pub(crate) fn find<'a>(frame: &'a DataFrame, field: &str, absent: &mut Vec<String>) -> Option<&'a Column> {
    let column = frame.column(field).ok();
    if column.is_none() && !absent.iter().any(|absent| absent == field) {
        absent.push(field.to_owned());
    }
    column
}

/// Rows of a column.
pub(crate) fn slice(column: &Column, start: usize, len: usize) -> Column {
    column.slice(start.try_into().unwrap_or(i64::MAX), len)
}

impl Rows<'_> {
    /// Calls `f` with each row, from 0 for the first of these, in order: what was read of it, or why it cannot be scored.
    /// Returns what the config does not know of them.
    pub(crate) fn for_each(
        &self,
        mut f: impl FnMut(usize, Result<ReadRow<'_>, ScoreError>),
    ) -> Result<Unknown, UnsupportedType> {
        let mut heads = self.heads()?;
        let mut encoded = Vec::new();
        for (index, (_, compiled)) in self.scorer.models().enumerate() {
            encoded.push(self.encode(index, compiled, &mut heads)?);
        }
        let mut observed = Observed::default();
        for row in 0..self.len {
            if let Some(error) = heads.errors[row].take() {
                f(row, Err(error));
                continue;
            }
            let model = heads.models[row];
            observed.codes.clear();
            observed.codes.extend(encoded[model].codes.iter().map(|codes| codes[row]));
            observed.signals.clear();
            observed.signals.extend(encoded[model].signals.iter().map(|times| times[row]));
            f(row, Ok(ReadRow { model, created_at: heads.created_at[row], observed: &mut observed }));
        }
        Ok(heads.unknown)
    }

    /// Creation time and model of each row.
    fn heads(&self) -> Result<Heads, UnsupportedType> {
        let mut heads = Heads {
            created_at: vec![None; self.len],
            models: vec![0; self.len],
            errors: vec![None; self.len],
            unknown: Unknown::default(),
        };
        if let Some(column) = &self.created_at {
            for_each_value(column, |row, value| match read_created_at(column.name(), value) {
                Ok(time) => heads.created_at[row] = time,
                Err(error) => heads.errors[row] = Some(error),
            })?;
        }
        let mut choose = |row: usize, product: Option<&str>| match self.scorer.model_index(product) {
            Ok(model) => {
                heads.models[row] = model;
                let of_all_others = self.scorer.config().models[model].product.is_none();
                product.filter(|_| of_all_others).into_iter().for_each(|product| heads.unknown.product(product));
            }
            Err(error) => _ = heads.errors[row].get_or_insert(error),
        };
        match &self.product {
            Some(column) => for_each_value(column, |row, value| choose(row, text(value).as_deref()))?,
            None => (0..self.len).for_each(|row| choose(row, None)),
        }
        Ok(heads)
    }

    /// Level codes and signals of the rows that model `index` scores; other rows keep a placeholder nobody reads.
    fn encode(&self, index: usize, compiled: &Compiled, heads: &mut Heads) -> Result<Encoded, UnsupportedType> {
        let mut encoded = Encoded { codes: Vec::new(), signals: Vec::new() };
        if !heads.models.contains(&index) {
            return Ok(encoded);
        }
        let attributes = &self.scorer.config().models[index].attributes;
        for (at, attribute) in compiled.attributes.iter().enumerate() {
            let known = Known::of(&attributes[at]);
            let mut codes = vec![NO_LEVEL; self.len];
            self.each_value(attribute.slot, |row, value| {
                if heads.models[row] == index && heads.errors[row].is_none() {
                    match attribute.encoder.code(value) {
                        Ok(code) => {
                            codes[row] = code.unwrap_or(NO_LEVEL);
                            heads.unknown.value((index, at), value, code, &known);
                        }
                        Err(wrong) => heads.errors[row] = Some(wrong.into()),
                    }
                }
            })?;
            encoded.codes.push(codes);
        }
        for signal in &compiled.signals {
            encoded.signals.push(self.times(signal)?);
        }
        Ok(encoded)
    }

    /// How often a signal fires in each row.
    fn times(&self, signal: &CompiledSignal) -> Result<Vec<u32>, UnsupportedType> {
        let mut times = vec![0; self.len];
        if let [slot] = signal.slots[..] {
            self.each_value(slot, |row, value| times[row] = signal.kind.times(|_| value))?;
            return Ok(times);
        }
        // Columns give their values one after the other, the kind asks for those of a row together: signals only read
        // texts, so texts are kept.
        let mut fields: Vec<Vec<Option<String>>> = vec![vec![None; self.len]; signal.slots.len()];
        for (field, &slot) in fields.iter_mut().zip(&signal.slots) {
            self.each_value(slot, |row, value| field[row] = text(value).map(Cow::into_owned))?;
        }
        for (row, times) in times.iter_mut().enumerate() {
            *times = signal.kind.times(|field| fields[field][row].as_deref().map_or(Value::Missing, Value::Text));
        }
        Ok(times)
    }

    /// The values of a field; missing for every row where the table does not have it.
    fn each_value(&self, slot: usize, mut f: impl FnMut(usize, Value<'_>)) -> Result<(), UnsupportedType> {
        if let Some(column) = &self.columns[slot] {
            return for_each_value(column, f);
        }
        (0..self.len).for_each(|row| f(row, Value::Missing));
        Ok(())
    }
}
