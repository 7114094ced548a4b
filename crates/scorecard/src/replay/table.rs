//! Tables of leads played forward, in parallel over blocks of rows. Each lead's moves are those of [`play`](fn@super::play).

use leadcal_lift::columns::{UnsupportedType, for_each_value};
use leadcal_lift::events::Happened;
use polars::prelude::DataFrame;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::slice::ParallelSliceMut;

use super::log::ReplayLog;
use super::{Move, Player, begin};
use crate::batch::{BLOCK, BatchError, RowError, Table, find, slice};
use crate::runtime::{Scorer, text};

/// The leads of a file being played under one config.
#[derive(Debug)]
pub struct Replay<'a> {
    scorer: &'a Scorer,
    log: &'a ReplayLog,
    /// The scorer's place among those the log was read for.
    place: usize,
    /// Columns of product and creation time.
    columns: [&'a str; 2],
    leads: Vec<PlayedLead>,
    moves: Vec<LeadMove>,
}

/// A file of leads played under one config.
#[derive(Debug)]
pub struct Replayed<'a> {
    /// The config.
    pub scorer: &'a Scorer,
    /// What the leads did.
    pub log: &'a ReplayLog,
    /// Every lead, in the file's order.
    pub leads: Vec<PlayedLead>,
    /// Their moves in time order, those of one moment in the order of the leads, band before stage.
    pub moves: Vec<LeadMove>,
}

/// A lead of a replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayedLead {
    /// Its id; `None` where it has none.
    pub id: Option<String>,
    /// Whether it was played.
    pub course: Course,
}

/// Whether a lead was played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// From this time on, in microseconds since 1970-01-01T00:00:00Z.
    From(i64),
    /// It begins after the last moment.
    Later,
    /// It has neither creation time nor an event.
    NoBegin,
    /// It has no id, so that nobody could tell whom a line is about.
    NoId,
    /// It cannot be scored.
    NotScored,
}

/// A move of a lead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeadMove {
    /// The lead's place among all.
    pub lead: usize,
    /// Index of its model.
    pub model: usize,
    /// What it did at that moment.
    pub event: Option<Happened>,
    /// The move.
    pub moved: Move,
}

/// What should be known about a table besides its leads' moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayedChunk {
    /// Rows that cannot be scored, ascending, and why.
    pub errors: Vec<RowError>,
    /// Fields the config reads that the table does not have, the column of creation times among them; missing for every lead.
    pub absent_fields: Vec<String>,
}

/// The leads of one block of rows.
#[derive(Default)]
struct Played {
    leads: Vec<PlayedLead>,
    moves: Vec<LeadMove>,
    errors: Vec<RowError>,
}

impl<'a> Replay<'a> {
    /// A replay under the scorer at a place among those the log was read for. `columns` are those of product and creation time.
    pub fn new(scorer: &'a Scorer, log: &'a ReplayLog, place: usize, columns: [&'a str; 2]) -> Self {
        Self { scorer, log, place, columns, leads: Vec::new(), moves: Vec::new() }
    }

    /// Plays the leads of a table, which follow those played before.
    ///
    /// # Errors
    /// [`BatchError::UnsupportedType`] where a column that is read is a list, a struct, binary or a duration.
    pub fn add(&mut self, frame: &DataFrame) -> Result<PlayedChunk, BatchError> {
        self.add_in_blocks(frame, BLOCK)
    }

    pub(crate) fn add_in_blocks(&mut self, frame: &DataFrame, block: usize) -> Result<PlayedChunk, BatchError> {
        let [product, created_at] = self.columns;
        let table = Table::new(self.scorer, frame, Some(product), Some(created_at));
        let height = frame.height();
        let blocks = (0..height.div_ceil(block)).into_par_iter().map(|index| {
            let start = index * block;
            self.block(&table, frame, start, block.min(height - start))
        });
        let blocks: Vec<Result<Played, UnsupportedType>> = blocks.collect();
        let mut errors = Vec::new();
        for played in blocks {
            let mut played = played?;
            self.leads.append(&mut played.leads);
            self.moves.append(&mut played.moves);
            errors.append(&mut played.errors);
        }
        Ok(PlayedChunk { errors, absent_fields: table.absent_fields })
    }

    /// All leads played so far.
    pub fn end(self) -> Replayed<'a> {
        let Self { scorer, log, leads, mut moves, .. } = self;
        moves.par_sort_unstable_by_key(|of| (of.moved.time, of.lead, of.moved.kind));
        Replayed { scorer, log, leads, moves }
    }

    fn block(
        &self,
        table: &Table<'_>,
        frame: &DataFrame,
        start: usize,
        rows: usize,
    ) -> Result<Played, UnsupportedType> {
        let mut ids: Vec<Option<String>> = vec![None; rows];
        if let Some(column) = find(frame, self.log.id(), &mut Vec::new()) {
            for_each_value(&slice(column, start, rows), |row, id| ids[row] = text(id).map(String::from))?;
        }
        let models: Vec<_> = self.scorer.models().collect();
        let to = self.log.to().unwrap_or(i64::MIN);
        let mut played = Played::default();
        table.rows(start, rows).for_each(|row, read| {
            let lead = self.leads.len() + start + row;
            let id = ids[row].take();
            let course = match (read, &id) {
                (Err(error), _) => {
                    played.errors.push(RowError { row: start + row, error });
                    Course::NotScored
                }
                (Ok(_), None) => Course::NoId,
                (Ok(read), Some(id)) => {
                    let (model, compiled) = models[read.model];
                    let events = self.log.of(id);
                    let player = Player { model, compiled, created_at: read.created_at, events, to };
                    let counts = |behaviour: usize, event: &Happened| {
                        self.log.is_counted(self.place, read.model, behaviour, *event)
                    };
                    player.play(read.observed, counts, |moved| {
                        let event = moved.event.map(|event| events[event].1);
                        played.moves.push(LeadMove { lead, model: read.model, event, moved });
                    });
                    match begin(read.created_at, events) {
                        None => Course::NoBegin,
                        Some(begin) if begin > to => Course::Later,
                        Some(begin) => Course::From(begin),
                    }
                }
            };
            played.leads.push(PlayedLead { id, course });
        })?;
        Ok(played)
    }
}

impl Replayed<'_> {
    /// The earliest beginning of a lead, in microseconds since 1970-01-01T00:00:00Z.
    pub fn first(&self) -> Option<i64> {
        let begins = self.leads.iter().filter_map(|lead| match lead.course {
            Course::From(begin) => Some(begin),
            Course::Later | Course::NoBegin | Course::NoId | Course::NotScored => None,
        });
        begins.min()
    }
}
