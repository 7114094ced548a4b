//! One block of rows: what was read of each becomes a score.

use std::fmt::Write as _;

use leadcal_lift::columns::{UnsupportedType, for_each_value};
use leadcal_lift::events::Past;
use polars::prelude::Column;

use super::rows::Rows;
use super::{LogEvents, Population, RowError, Unknown};
use crate::config::Model;
use crate::runtime::{Compiled, Event, Observed, Reason, Scorer, Sums, probability, reasons, text};

/// Rows of a table to be scored.
pub(super) struct Block<'s, 'a> {
    pub(super) scorer: &'s Scorer,
    pub(super) rows: Rows<'a>,
    /// The moment of all rows…
    pub(super) as_of: Option<i64>,
    /// …unless each has its own.
    pub(super) moments: Option<&'a [i64]>,
    pub(super) events: BlockEvents<'a>,
    pub(super) reasons: bool,
    pub(super) population: bool,
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
    pub(super) reasons: Vec<Vec<Reason<'s>>>,
    pub(super) reasons_text: Vec<String>,
    pub(super) population: Population,
    pub(super) errors: Vec<RowError>,
    pub(super) unknown: Unknown,
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
        self.reasons_text.append(&mut other.reasons_text);
        self.population.add(&other.population);
        self.errors.append(&mut other.errors);
        self.unknown.append(other.unknown);
    }
}

impl<'s> Block<'s, '_> {
    pub(super) fn score(&self) -> Result<Scored<'s>, UnsupportedType> {
        let pasts = self.pasts()?;
        let models: Vec<(&'s Model, &'s Compiled)> = self.scorer.models().collect();
        let (mut sums, mut scored) = (Sums::default(), Scored::default());
        if self.population {
            scored.population = Population::of(self.scorer.config());
        }
        let unknown = self.rows.for_each(|row, read| {
            let read = match read {
                Ok(read) => read,
                Err(error) => return scored.errors.push(RowError { row: self.rows.start + row, error }),
            };
            let (model, compiled) = models[read.model];
            let (observed, as_of) = (read.observed, self.as_of(row));
            match &self.events {
                BlockEvents::Listed(events) => {
                    let events = events.get(row).map_or(&[][..], Vec::as_slice);
                    observed.see_events(model, read.created_at, events, as_of);
                }
                BlockEvents::Log(log, _) => match as_of {
                    None => observed.see_nothing(model),
                    Some(as_of) => {
                        let Past { last, counted } = pasts[row];
                        observed.see_past(model, read.created_at, as_of, last, counted, |behaviour, &by| {
                            log.is_counted(read.model, behaviour, by)
                        });
                    }
                },
            }
            sums.add_up(model, compiled, observed);
            scored.models.push(read.model);
            if self.population {
                scored.population.models[read.model].count(observed);
            }
            self.write(&mut scored, self.rows.start + row, (model, compiled), &sums, observed);
        })?;
        scored.unknown = unknown;
        Ok(scored)
    }

    /// What the lead of each row had done, of a log.
    fn pasts(&self) -> Result<Vec<Past<'_>>, UnsupportedType> {
        let BlockEvents::Log(log, ids) = &self.events else { return Ok(Vec::new()) };
        let mut pasts = vec![Past::default(); self.rows.len];
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
            let reasons = reasons(model, compiled, observed);
            let mut text = String::new();
            for reason in &reasons {
                let separator = if text.is_empty() { "" } else { "; " };
                write!(text, "{separator}{reason}").expect("writing to a String does not fail");
            }
            scored.reasons_text.push(text);
            scored.reasons.push(reasons);
        }
    }
}
