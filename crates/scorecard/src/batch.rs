//! Scoring a table of leads at once: columns to level codes, then the one-lead scorer's own sums, in parallel over
//! blocks of rows. The result equals [`Scorer::score`] lead by lead, to the bit.

mod block;
mod log;
mod population;
mod rows;
mod unknown;

use jiff::Timestamp;
use leadcal_lift::columns::UnsupportedType;
use leadcal_lift::events::microseconds;
use polars::prelude::{Column, DataFrame, NamedFrom, PolarsError, Series};
use rayon::iter::{IntoParallelIterator, ParallelIterator};

pub use self::log::LogEvents;
pub use self::population::{ModelPopulation, Population};
pub use self::unknown::Unknown;

pub(crate) use self::log::Filters;
pub(crate) use self::rows::{Table, find, slice};

use self::block::{Block, BlockEvents, Scored};
use crate::runtime::{Event, Reason, ScoreError, Scorer};

/// Rows that one thread scores at a time.
pub(crate) const BLOCK: usize = 8_192;

/// What scoring a table needs besides the leads' fields.
#[derive(Debug, Clone, Copy, Default)]
pub struct BatchOptions<'a> {
    /// Column with the product line; used where a model is for one product.
    pub product: Option<&'a str>,
    /// Column with the time the lead was created; used where a model has inactivity.
    pub created_at: Option<&'a str>,
    /// The moment scored. Without it, the newest of the events given; where leads come in several tables, give it. Events of a
    /// log are as of the moment they were read for, whatever stands here.
    pub as_of: Option<Timestamp>,
    /// The moment each row is scored at, instead of one for all, in microseconds since 1970-01-01T00:00:00Z; a log was read
    /// for them ([`LogEvents::read_at`]). One for each row of the table.
    pub moments: Option<&'a [i64]>,
    /// What the leads did.
    pub events: RowEvents<'a>,
    /// Whether to write the reasons.
    pub reasons: bool,
    /// Whether to count what the models see of the leads.
    pub population: bool,
}

/// What the leads of a table did.
#[derive(Debug, Clone, Copy, Default)]
pub enum RowEvents<'a> {
    /// Nothing is known of it.
    #[default]
    None,
    /// The events of each row, in any order; none of rows beyond the list.
    Listed(&'a [Vec<Event>]),
    /// Those of a log, by the lead's id.
    Log(&'a LogEvents),
}

/// A scored table.
#[derive(Debug, Clone)]
pub struct ScoredChunk<'s> {
    /// Rows of the input that have a score, ascending. Row i of `columns` is row `rows[i]` of the input.
    pub rows: Vec<usize>,
    /// `score`, `rounded`, `raw` (floats), `band`, `stage`, `grade` (text or null), `probability` (float or null), and
    /// with [`BatchOptions::reasons`] `reasons`: `+53 poutcome = success; -5 uncapitalised name`.
    pub columns: DataFrame,
    /// The model that scored each of `rows`, by its place in the config.
    pub models: Vec<usize>,
    /// What the models saw of `rows`, with [`BatchOptions::population`]; else nobody is counted.
    pub population: Population,
    /// With [`BatchOptions::reasons`], every contribution to the score of each of `rows`, the largest first.
    pub reasons: Vec<Vec<Reason<'s>>>,
    /// Rows without a score, ascending, and why.
    pub errors: Vec<RowError>,
    /// Fields the config reads that the table does not have: missing for every lead. In the config's order.
    pub absent_fields: Vec<String>,
    /// Products and values that the config does not know.
    pub unknown: Unknown,
}

/// A row without a score.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {row}: {error}")]
pub struct RowError {
    /// Row of the table, from 0.
    pub row: usize,
    /// Why.
    pub error: ScoreError,
}

/// A table that cannot be scored at all.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// A column that the config reads is of a type leadcal does not read.
    #[error(transparent)]
    UnsupportedType(#[from] UnsupportedType),
    /// polars refused the result.
    #[error(transparent)]
    Polars(#[from] PolarsError),
}

/// Scores every lead of a table. Columns that the config does not read are ignored; a lead that cannot be scored does not
/// keep the others from it.
///
/// # Errors
/// [`BatchError::UnsupportedType`] where a column that is read is a list, a struct, binary or a duration.
///
/// # Panics
/// Where moments are given, but not one for each row: a bug of the caller.
pub fn score_frame<'s>(
    scorer: &'s Scorer,
    frame: &DataFrame,
    options: &BatchOptions<'_>,
) -> Result<ScoredChunk<'s>, BatchError> {
    score_in_blocks(scorer, frame, options, BLOCK)
}

fn score_in_blocks<'s>(
    scorer: &'s Scorer,
    frame: &DataFrame,
    options: &BatchOptions<'_>,
    block: usize,
) -> Result<ScoredChunk<'s>, BatchError> {
    let created_at = options.created_at.filter(|_| scorer.needs_created_at());
    let mut table = Table::new(scorer, frame, options.product, created_at);
    let ids = match options.events {
        RowEvents::Log(log) => find(frame, log.id(), &mut table.absent_fields),
        RowEvents::None | RowEvents::Listed(_) => None,
    };
    let as_of = match options.events {
        RowEvents::None => options.as_of,
        RowEvents::Listed(events) => options.as_of.or_else(|| events.iter().flatten().map(|event| event.time).max()),
        RowEvents::Log(log) => log.as_of(),
    };

    let height = frame.height();
    assert!(options.moments.is_none_or(|moments| moments.len() == height), "a moment for each row");
    let parts: Vec<Result<Scored<'_>, UnsupportedType>> = (0..height.div_ceil(block))
        .into_par_iter()
        .map(|index| {
            let start = index * block;
            let rows = block.min(height - start);
            let block = Block {
                scorer,
                rows: table.rows(start, rows),
                as_of: as_of.map(microseconds),
                moments: options.moments.map(|moments| &moments[start..start + rows]),
                events: match options.events {
                    RowEvents::None => BlockEvents::Listed(&[]),
                    RowEvents::Listed(events) => BlockEvents::Listed(events.get(start..).unwrap_or_default()),
                    RowEvents::Log(log) => BlockEvents::Log(log, ids.map(|ids| slice(ids, start, rows))),
                },
                reasons: options.reasons,
                population: options.population,
            };
            block.score()
        })
        .collect();

    let mut all = Scored { population: Population::of(scorer.config()), ..Scored::default() };
    for part in parts {
        all.append(part?);
    }
    let columns = columns(&all, options.reasons)?;
    let absent_fields = table.absent_fields;
    let Scored { rows, models, errors, population, reasons, unknown, .. } = all;
    Ok(ScoredChunk { rows, columns, models, population, reasons, errors, absent_fields, unknown })
}

fn columns(scored: &Scored<'_>, reasons: bool) -> Result<DataFrame, PolarsError> {
    let mut columns: Vec<Column> = vec![
        Series::new("score".into(), &scored.score).into(),
        Series::new("rounded".into(), &scored.rounded).into(),
        Series::new("raw".into(), &scored.raw).into(),
        Series::new("band".into(), &scored.band).into(),
        Series::new("stage".into(), &scored.stage).into(),
        Series::new("grade".into(), &scored.grade).into(),
        Series::new("probability".into(), &scored.probability).into(),
    ];
    if reasons {
        columns.push(Series::new("reasons".into(), &scored.reasons_text).into());
    }
    DataFrame::new(scored.rows.len(), columns)
}

#[cfg(test)]
mod tests;
