//! One block of rows: its columns become level codes column by column, its rows become scores row by row.

use std::borrow::Cow;
use std::fmt::Write as _;

use jiff::Timestamp;
use leadcal_lift::attribute::Value;
use leadcal_lift::columns::{UnsupportedType, for_each_value};
use leadcal_lift::events::Past;
use polars::prelude::Column;

use super::{LogEvents, RowError};
use crate::config::Model;
use crate::runtime::{
    Compiled, CompiledSignal, Event, NO_LEVEL, Observed, ScoreError, Scorer, Sums, probability, read_created_at,
    reasons, text,
};

/// Rows `start..start + rows` of a table.
pub(super) struct Block<'a> {
    pub(super) scorer: &'a Scorer,
    pub(super) start: usize,
    pub(super) rows: usize,
    /// The block's part of the column of each of the scorer's fields.
    pub(super) columns: Vec<Option<Column>>,
    pub(super) product: Option<Column>,
    pub(super) created_at: Option<Column>,
    /// The moment of all rows…
    pub(super) as_of: Option<i64>,
    /// …unless each has its own.
    pub(super) moments: Option<&'a [i64]>,
    pub(super) events: BlockEvents<'a>,
    pub(super) reasons: bool,
}

/// What the leads of the block's rows did.
pub(super) enum BlockEvents<'a> {
    /// The events of each row, from the block's first.
    Listed(&'a [Vec<Event>]),
    /// Those of a log, with the block's part of the ids.
    Log(&'a LogEvents, Option<Column>),
}

/// Scores of rows, a list for each column.
#[derive(Debug, Clone, Default)]
pub(super) struct Scored<'s> {
    pub(super) rows: Vec<usize>,
    pub(super) models: Vec<usize>,
    pub(super) score: Vec<f64>,
    pub(super) rounded: Vec<f64>,
    pub(super) raw: Vec<f64>,
    pub(super) band: Vec<Option<&'s str>>,
    pub(super) stage: Vec<Option<&'s str>>,
    pub(super) grade: Vec<Option<String>>,
    pub(super) probability: Vec<Option<f64>>,
    pub(super) reasons: Vec<String>,
    pub(super) errors: Vec<RowError>,
}

impl Scored<'_> {
    pub(super) fn append(&mut self, mut other: Self) {
        self.rows.append(&mut other.rows);
        self.models.append(&mut other.models);
        self.score.append(&mut other.score);
        self.rounded.append(&mut other.rounded);
        self.raw.append(&mut other.raw);
        self.band.append(&mut other.band);
        self.stage.append(&mut other.stage);
        self.grade.append(&mut other.grade);
        self.probability.append(&mut other.probability);
        self.reasons.append(&mut other.reasons);
        self.errors.append(&mut other.errors);
    }
}

/// What stands between a block's rows and their scores.
struct Rows {
    created_at: Vec<Option<Timestamp>>,
    /// Index of each row's model.
    models: Vec<usize>,
    /// The first error of each row, in the order in which the one-lead scorer meets them.
    errors: Vec<Option<ScoreError>>,
}

/// Codes and signals of one model, a list over the block's rows for each attribute and signal.
struct Encoded {
    codes: Vec<Vec<u32>>,
    signals: Vec<Vec<u32>>,
}

impl<'s> Block<'s> {
    pub(super) fn score(&self) -> Result<Scored<'s>, UnsupportedType> {
        let mut rows = self.read_rows()?;
        let mut encoded = Vec::new();
        for (index, (_, compiled)) in self.scorer.models().enumerate() {
            encoded.push(self.encode(index, compiled, &mut rows)?);
        }
        let pasts = self.pasts()?;
        let models: Vec<(&'s Model, &'s Compiled)> = self.scorer.models().collect();
        let (mut observed, mut sums, mut scored) = (Observed::default(), Sums::default(), Scored::default());
        for row in 0..self.rows {
            if let Some(error) = rows.errors[row].take() {
                scored.errors.push(RowError { row: self.start + row, error });
                continue;
            }
            let (model, compiled) = models[rows.models[row]];
            let encoded = &encoded[rows.models[row]];
            observed.codes.clear();
            observed.codes.extend(encoded.codes.iter().map(|codes| codes[row]));
            observed.signals.clear();
            observed.signals.extend(encoded.signals.iter().map(|times| times[row]));
            let (created_at, as_of) = (rows.created_at[row], self.as_of(row));
            match &self.events {
                BlockEvents::Listed(events) => {
                    let events = events.get(row).map_or(&[][..], Vec::as_slice);
                    observed.see_events(model, created_at, events, as_of);
                }
                BlockEvents::Log(log, _) => match as_of {
                    None => observed.see_nothing(model),
                    Some(as_of) => {
                        let Past { last, counted } = pasts[row];
                        observed.see_past(model, created_at, as_of, last, counted, |behaviour, &by| {
                            log.is_counted(rows.models[row], behaviour, by)
                        });
                    }
                },
            }
            sums.add_up(model, compiled, &observed);
            scored.models.push(rows.models[row]);
            self.write(&mut scored, self.start + row, (model, compiled), &sums, &observed);
        }
        Ok(scored)
    }

    /// What the lead of each row had done, of a log.
    fn pasts(&self) -> Result<Vec<Past<'_>>, UnsupportedType> {
        let BlockEvents::Log(log, ids) = &self.events else { return Ok(Vec::new()) };
        let mut pasts = vec![Past::default(); self.rows];
        if let Some(ids) = ids {
            for_each_value(ids, |row, id| {
                pasts[row] = text(id).zip(self.as_of(row)).map_or_else(Past::default, |(id, as_of)| log.of(&id, as_of));
            })?;
        }
        Ok(pasts)
    }

    /// The moment a row is scored at.
    fn as_of(&self, row: usize) -> Option<i64> {
        self.moments.map(|moments| moments[row]).or(self.as_of)
    }

    /// Creation time and model of each row.
    fn read_rows(&self) -> Result<Rows, UnsupportedType> {
        let mut rows =
            Rows { created_at: vec![None; self.rows], models: vec![0; self.rows], errors: vec![None; self.rows] };
        if let Some(column) = &self.created_at {
            for_each_value(column, |row, value| match read_created_at(column.name(), value) {
                Ok(time) => rows.created_at[row] = time,
                Err(error) => rows.errors[row] = Some(error),
            })?;
        }
        let mut choose = |row: usize, product: Option<&str>| match self.scorer.model_index(product) {
            Ok(model) => rows.models[row] = model,
            Err(error) => _ = rows.errors[row].get_or_insert(error),
        };
        match &self.product {
            Some(column) => for_each_value(column, |row, value| choose(row, text(value).as_deref()))?,
            None => (0..self.rows).for_each(|row| choose(row, None)),
        }
        Ok(rows)
    }

    /// Level codes and signals of the rows that model `index` scores; other rows keep a placeholder nobody reads.
    fn encode(&self, index: usize, compiled: &Compiled, rows: &mut Rows) -> Result<Encoded, UnsupportedType> {
        let mut encoded = Encoded { codes: Vec::new(), signals: Vec::new() };
        if !rows.models.contains(&index) {
            return Ok(encoded);
        }
        for attribute in &compiled.attributes {
            let mut codes = vec![NO_LEVEL; self.rows];
            self.each_value(attribute.slot, |row, value| {
                if rows.models[row] == index && rows.errors[row].is_none() {
                    match attribute.encoder.code(value) {
                        Ok(code) => codes[row] = code.unwrap_or(NO_LEVEL),
                        Err(wrong) => rows.errors[row] = Some(wrong.into()),
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
        let mut times = vec![0; self.rows];
        if let [slot] = signal.slots[..] {
            self.each_value(slot, |row, value| times[row] = signal.kind.times(|_| value))?;
            return Ok(times);
        }
        // Columns give their values one after the other, the kind asks for those of a row together: signals only read
        // texts, so texts are kept.
        let mut fields: Vec<Vec<Option<String>>> = vec![vec![None; self.rows]; signal.slots.len()];
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
        (0..self.rows).for_each(|row| f(row, Value::Missing));
        Ok(())
    }

    fn write(
        &self,
        scored: &mut Scored<'s>,
        row: usize,
        (model, compiled): (&'s Model, &'s Compiled),
        sums: &Sums,
        observed: &Observed,
    ) {
        scored.rows.push(row);
        scored.score.push(sums.score);
        scored.rounded.push(sums.rounded);
        scored.raw.push(sums.raw);
        scored.band.push(sums.band(model).map(|band| band.name.as_str()));
        scored.stage.push(sums.stage(model));
        scored.grade.push(sums.grade(model));
        scored.probability.push(probability(model, compiled, observed));
        if self.reasons {
            let mut text = String::new();
            for reason in reasons(model, compiled, observed) {
                let separator = if text.is_empty() { "" } else { "; " };
                write!(text, "{separator}{reason}").expect("writing to a String does not fail");
            }
            scored.reasons.push(text);
        }
    }
}
