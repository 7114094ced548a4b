//! The paired bootstrap of a mean over leads.
//!
//! Each draw takes N leads of the N with replacement, candidate's and baseline's loss of a lead together, and has the
//! mean of their differences (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13: percentile
//! interval). Leads with the same difference are one cell, so a draw is one of the multinomial distribution over cells,
//! made of binomial ones. Its standard error over infinitely many draws is known without any: sqrt(mean of squared
//! deviations / N).
//!
//! More than [`MOST_CELLS`] distinct differences are joined, neighbours with neighbours, to about so many cells at
//! their means: each with at most about two [`MOST_CELLS`]ths of the leads and of their absolute deviations from the
//! mean. The mean stays, and what the standard error loses is far below what it is known to.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution};

use crate::error::LogitError;
use crate::summation::sum;

/// Cells that a draw is made of at most, about.
const MOST_CELLS: usize = 4096;

/// Up to so many leads a cell, leads are drawn one by one: that is faster.
const MOST_LEADS_A_CELL: f64 = 8.0;

/// How the bootstrap is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bootstrap {
    /// Number of draws.
    pub draws: usize,
    /// Seed: same seed, same draws.
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Self {
        Self { draws: 2_000, seed: 0 }
    }
}

/// Leads with one difference.
#[derive(Debug, Clone, Copy)]
struct Cell {
    difference: f64,
    leads: u64,
}

/// Differences of single leads, ascending, equal ones together.
pub(super) struct Differences {
    cells: Vec<Cell>,
    leads: f64,
}

impl Differences {
    /// From differences and the number of leads that have them; there must be a lead.
    pub(super) fn new(rows: impl Iterator<Item = (f64, u64)>) -> Self {
        let mut cells: Vec<_> = rows
            .filter(|row| row.1 > 0)
            .map(|(difference, leads)| Cell { difference: difference + 0.0, leads })
            .collect();
        cells.sort_by(|a, b| a.difference.total_cmp(&b.difference));
        cells.dedup_by(|next, cell| {
            let same = next.difference.to_bits() == cell.difference.to_bits();
            if same {
                cell.leads += next.leads;
            }
            same
        });
        let leads = cells.iter().map(|cell| cell.leads).sum::<u64>() as f64;
        Self { cells, leads }
    }

    /// The mean difference.
    pub(super) fn mean(&self) -> f64 {
        sum(self.cells.iter().map(|cell| cell.leads as f64 * cell.difference)) / self.leads
    }

    /// The bootstrap's standard error of the mean.
    pub(super) fn std_error(&self) -> f64 {
        let mean = self.mean();
        let squares = sum(self.cells.iter().map(|cell| cell.leads as f64 * (cell.difference - mean).powi(2)));
        (squares / self.leads).sqrt() / self.leads.sqrt()
    }

    /// Means of bootstrap draws, ascending.
    pub(super) fn draws(&self, Bootstrap { draws, seed }: Bootstrap) -> Result<Vec<f64>, LogitError> {
        if draws == 0 {
            return Err(LogitError::Parameter {
                name: "bootstrap draws",
                expected: "at least 1",
                found: "0".to_owned(),
            });
        }
        let mean = self.mean();
        // Deviations from the mean, so that nothing cancels.
        let cells: Vec<_> =
            self.joined().iter().map(|cell| Cell { difference: cell.difference - mean, ..*cell }).collect();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut means: Vec<f64> = if self.leads <= MOST_LEADS_A_CELL * cells.len() as f64 {
            let leads: Vec<f64> = cells.iter().flat_map(|cell| (0..cell.leads).map(|_| cell.difference)).collect();
            (0..draws).map(|_| mean + draw_leads(&leads, &mut rng)).collect()
        } else {
            (0..draws).map(|_| mean + draw_cells(&cells, &mut rng)).collect()
        };
        means.sort_by(f64::total_cmp);
        Ok(means)
    }

    /// The cells, neighbours joined where there are more than [`MOST_CELLS`].
    fn joined(&self) -> Vec<Cell> {
        if self.cells.len() <= MOST_CELLS {
            return self.cells.clone();
        }
        let mean = self.mean();
        let deviation = |cell: &Cell| cell.leads as f64 * (cell.difference - mean).abs();
        let deviations = sum(self.cells.iter().map(deviation));
        let half = MOST_CELLS as f64 / 2.0;
        let (mut joined, mut place, mut before) = (Vec::<Cell>::with_capacity(MOST_CELLS), f64::NEG_INFINITY, 0.0);
        for cell in &self.cells {
            let size = half * (cell.leads as f64 / self.leads + deviation(cell) / deviations);
            let at = (before + 0.5 * size).floor();
            before += size;
            match joined.last_mut() {
                Some(last) if at <= place => {
                    let leads = last.leads + cell.leads;
                    last.difference += (cell.difference - last.difference) * (cell.leads as f64 / leads as f64);
                    last.leads = leads;
                }
                _ => joined.push(*cell),
            }
            place = at;
        }
        joined
    }
}

/// The mean of as many of the leads as there are, each drawn from all of them.
fn draw_leads(leads: &[f64], rng: &mut ChaCha8Rng) -> f64 {
    (0..leads.len()).map(|_| leads[rng.random_range(0..leads.len())]).sum::<f64>() / leads.len() as f64
}

/// The same from how many leads each cell has: of those still to draw, a binomial number falls into the next cell.
fn draw_cells(cells: &[Cell], rng: &mut ChaCha8Rng) -> f64 {
    let all: u64 = cells.iter().map(|cell| cell.leads).sum();
    let (mut to_draw, mut in_cells, mut total) = (all, all, 0.0);
    for cell in cells {
        let share = cell.leads as f64 / in_cells as f64;
        let times = match Binomial::new(to_draw, share) {
            Ok(binomial) if cell.leads < in_cells => binomial.sample(rng),
            // The last cell takes the rest.
            _ => to_draw,
        };
        total += times as f64 * cell.difference;
        to_draw -= times;
        in_cells -= cell.leads;
    }
    total / all as f64
}
