//! How conversion moves with a number, such as how often an event happened: one slope instead of a rate for each level.
//!
//! x is the number of a level with n leads and c conversions, r = c / n its rate. Two slopes, each without a look at the
//! other attributes:
//!
//! | slope | definition | standard error |
//! |---|---|---|
//! | of the rate | weighted least squares of r on x with weights n: `sum n (x - mean x) r / sum n (x - mean x)^2` | sandwich: `sqrt(sum over leads of (x - mean x)^2 (y - fit)^2) / sum n (x - mean x)^2` (White, Econometrica 48, 1980) |
//! | of the log-odds | logistic regression of the outcome on x, maximum likelihood | inverse of the observed information |
//!
//! The first is the least-squares slope over single leads too, as a level's leads share x.

use crate::patterns::Counts;

/// Standard normal quantile of a 95 % interval.
const Z_95: f64 = 1.959_963_984_540_054;
/// Newton steps of the logistic slope; ten are many.
const MAX_ITERATIONS: u32 = 50;
/// Log-odds a step may move a lead.
const LONGEST_STEP: f64 = 5.0;
/// A slope whose steps are below this share of it has converged.
const SMALLEST_STEP: f64 = 1e-10;

/// A slope with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Slope {
    /// Change for each 1 of the number.
    pub value: f64,
    /// Its standard error.
    pub std_error: f64,
}

impl Slope {
    const NONE: Self = Self { value: 0.0, std_error: 0.0 };

    /// The ends of its 95 % normal interval.
    pub fn interval(&self) -> [f64; 2] {
        [self.value - Z_95 * self.std_error, self.value + Z_95 * self.std_error]
    }
}

/// Change of the conversion rate, as a fraction, for each 1 of the levels' numbers. 0 where all leads have one number.
///
/// # Panics
/// Where there is not a number for each level: a bug of the caller.
pub fn rate_slope(numbers: &[f64], counts: &Counts) -> Slope {
    let cells = cells(numbers, counts);
    let leads: f64 = cells.iter().map(|cell| cell.leads).sum();
    let mean = cells.iter().map(|cell| cell.leads * cell.x).sum::<f64>() / leads;
    let rate = cells.iter().map(|cell| cell.conversions).sum::<f64>() / leads;
    let spread: f64 = cells.iter().map(|cell| cell.leads * (cell.x - mean).powi(2)).sum();
    if leads <= 0.0 || spread <= 0.0 {
        return Slope::NONE;
    }
    let value = cells.iter().map(|cell| (cell.x - mean) * cell.conversions).sum::<f64>() / spread;
    let squares = |cell: &Cell| {
        let fit = rate + value * (cell.x - mean);
        let residuals = cell.conversions * (1.0 - fit).powi(2) + (cell.leads - cell.conversions) * fit.powi(2);
        (cell.x - mean).powi(2) * residuals
    };
    let std_error = cells.iter().map(squares).sum::<f64>().sqrt() / spread;
    Slope { value, std_error }
}

/// Change of the log-odds for each 1 of the levels' numbers; `None` where no finite slope fits best, because the numbers
/// of those who converted and of the others do not overlap, or because there is one outcome only.
///
/// # Panics
/// Where there is not a number for each level: a bug of the caller.
pub fn log_odds_slope(numbers: &[f64], counts: &Counts) -> Option<Slope> {
    let cells = cells(numbers, counts);
    let leads: f64 = cells.iter().map(|cell| cell.leads).sum();
    let conversions: f64 = cells.iter().map(|cell| cell.conversions).sum();
    if !overlap(&cells) {
        return None;
    }
    let mean = cells.iter().map(|cell| cell.leads * cell.x).sum::<f64>() / leads;
    let farthest = cells.iter().map(|cell| (cell.x - mean).abs()).fold(0.0, f64::max);
    let (mut a, mut b) = ((conversions / (leads - conversions)).ln(), 0.0);
    for _ in 0..MAX_ITERATIONS {
        let [g0, g1, h00, h01, h11] = derivatives(&cells, mean, a, b);
        let determinant = h00 * h11 - h01 * h01;
        if !(determinant.is_finite() && determinant > 0.0) {
            return None;
        }
        let (step_a, step_b) = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant);
        let share = (LONGEST_STEP / (step_a.abs() + step_b.abs() * farthest)).min(1.0);
        a += share * step_a;
        b += share * step_b;
        if step_b.abs() <= SMALLEST_STEP * b.abs().max(1.0) && step_a.abs() <= SMALLEST_STEP * a.abs().max(1.0) {
            return Some(Slope { value: b, std_error: (h00 / determinant).sqrt() });
        }
    }
    None
}

/// Gradient of the log-likelihood and its negative Hessian at intercept `a` (at the mean) and slope `b`.
fn derivatives(cells: &[Cell], mean: f64, a: f64, b: f64) -> [f64; 5] {
    cells.iter().fold([0.0; 5], |[g0, g1, h00, h01, h11], cell| {
        let x = cell.x - mean;
        let p = 1.0 / (1.0 + (-(a + b * x)).exp());
        let (residual, weight) = (cell.conversions - cell.leads * p, cell.leads * p * (1.0 - p));
        [g0 + residual, g1 + residual * x, h00 + weight, h01 + weight * x, h11 + weight * x * x]
    })
}

struct Cell {
    x: f64,
    leads: f64,
    conversions: f64,
}

fn cells(numbers: &[f64], counts: &Counts) -> Vec<Cell> {
    assert_eq!(numbers.len(), counts.leads.len(), "a number for each level");
    let levels = numbers.iter().zip(counts.leads.iter().zip(&counts.conversions));
    levels
        .filter(|(_, (leads, _))| **leads > 0)
        .map(|(&x, (&leads, &conversions))| Cell { x, leads: leads as f64, conversions: conversions as f64 })
        .collect()
}

/// Whether the numbers of both outcomes overlap in more than one point: else the likelihood grows with the slope for ever.
fn overlap(cells: &[Cell]) -> bool {
    let range = |has: fn(&Cell) -> bool| {
        let numbers = cells.iter().filter(|cell| has(cell)).map(|cell| cell.x);
        numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    let (low, high) = range(|cell| cell.conversions > 0.0);
    let (low_other, high_other) = range(|cell| cell.conversions < cell.leads);
    low < high_other && low_other < high
}

#[cfg(test)]
mod tests;
