//! Scores looks at leads by the runtime's rules: each at its moment, knowing the events by then and no other.

use std::path::Path;

use leadcal_lift::error::DataError;
use leadcal_lift::leads::{Chunk, LeadFiles};
use polars::prelude::{ChunkedArray, DataFrame, IdxCa, IdxSize, PlSmallStr};

use super::Scored;
use super::looks::Look;
use crate::batch::{BatchError, BatchOptions, LogEvents, Population, RowEvents, Unknown, score_frame};
use crate::runtime::{ScoreError, Scorer};

/// Where the leads are, and which of their columns are read.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The leads that were looked at.
    pub leads: &'a LeadFiles,
    /// The columns to read: those of the config, and the three below where they are needed.
    pub columns: &'a [String],
    /// The column with the product.
    pub product: &'a str,
    /// The column with the creation time.
    pub created_at: &'a str,
    /// What leads did, read for the moments of the looks.
    pub events: Option<&'a LogEvents>,
}

/// A look that was scored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredLook {
    /// The look.
    pub look: Look,
    /// What it scored; one lead.
    pub scored: Scored,
}

/// The looks that were scored.
#[derive(Debug, Clone, Default)]
pub struct ScoredLooks {
    /// Those with a score, in the order of the leads.
    pub looks: Vec<ScoredLook>,
    /// What the models saw of them.
    pub population: Population,
    /// Fields the config reads that the leads do not have.
    pub absent_fields: Vec<String>,
    /// Products and values that the config does not know.
    pub unknown: Unknown,
}

/// Why leads could not be scored at all.
#[derive(Debug, thiserror::Error)]
pub enum ScoringError {
    /// The data.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The table.
    #[error(transparent)]
    Batch(#[from] BatchError),
}

/// Scores some looks, which are in the order of their leads. A lead that cannot be scored is handed to `failed` with its
/// file and row, once.
///
/// # Errors
/// What cannot be read; a column of a type that is no value.
pub fn score(
    scorer: &Scorer,
    source: &Source<'_>,
    looks: &[Look],
    mut failed: impl FnMut(&Path, u64, &ScoreError),
) -> Result<ScoredLooks, ScoringError> {
    let mut scored = ScoredLooks::default();
    let mut before = 0;
    let mut rest = looks;
    source.leads.for_each_chunk(source.columns, |chunk| {
        let after = before + chunk.frame.height();
        let (of_chunk, others) = rest.split_at(rest.partition_point(|look| (look.lead as usize) < after));
        score_chunk(scorer, source, &chunk, before, of_chunk, &mut scored, &mut failed)?;
        (before, rest) = (after, others);
        Ok::<(), ScoringError>(())
    })?;
    scored.looks.sort_by_key(|scored| (scored.look.lead, scored.look.moment));
    Ok(scored)
}

/// The looks at the leads of a chunk, whose first lead has the number `before`. All first looks are scored together, then
/// all second ones, and so on: a table has each lead once.
fn score_chunk(
    scorer: &Scorer,
    source: &Source<'_>,
    chunk: &Chunk<'_>,
    before: usize,
    looks: &[Look],
    scored: &mut ScoredLooks,
    failed: &mut impl FnMut(&Path, u64, &ScoreError),
) -> Result<(), ScoringError> {
    let of_leads: Vec<&[Look]> = looks.chunk_by(|a, b| a.lead == b.lead).collect();
    let most = of_leads.iter().map(|looks| looks.len()).max().unwrap_or(0);
    for nth in 0..most {
        let round: Vec<Look> = of_leads.iter().filter_map(|looks| looks.get(nth).copied()).collect();
        let rows: Vec<usize> = round.iter().map(|look| look.lead as usize - before).collect();
        let frame = picked(&chunk.frame, &rows)?;
        let moments: Option<Vec<i64>> = round.iter().map(|look| look.moment).collect();
        let options = BatchOptions {
            product: Some(source.product),
            created_at: Some(source.created_at),
            moments: moments.as_deref(),
            events: source.events.map_or(RowEvents::None, RowEvents::Log),
            population: true,
            ..BatchOptions::default()
        };
        let part = score_frame(scorer, &frame, &options)?;
        scored.population.add(&part.population);
        let floats = |name: &str| part.columns.column(name).and_then(|column| column.f64()).map_err(BatchError::from);
        let (scores, probabilities) = (floats("score")?, floats("probability")?);
        for (at, (&row, &model)) in part.rows.iter().zip(&part.models).enumerate() {
            let look = round[row];
            scored.looks.push(ScoredLook {
                look,
                scored: Scored {
                    model,
                    score: scores.get(at).expect("every scored row has a score"),
                    probability: probabilities.get(at),
                    leads: 1,
                    conversions: u64::from(look.converted),
                },
            });
        }
        // What cannot be understood of a lead does not depend on the moment.
        for error in part.errors.iter().filter(|_| nth == 0) {
            failed(chunk.file, chunk.first_row + rows[error.row] as u64, &error.error);
        }
        scored.absent_fields = part.absent_fields;
        if nth == 0 {
            scored.unknown.append(part.unknown);
        }
    }
    Ok(())
}

/// Some rows of a table, ascending.
fn picked(frame: &DataFrame, rows: &[usize]) -> Result<DataFrame, BatchError> {
    if rows.len() == frame.height() {
        return Ok(frame.clone());
    }
    let rows = rows.iter().map(|&row| IdxSize::try_from(row).expect("a chunk has fewer rows than 2^32")).collect();
    let rows: IdxCa = ChunkedArray::from_vec(PlSmallStr::EMPTY, rows);
    Ok(frame.take(&rows)?)
}

#[cfg(test)]
mod tests;
