//! The joint model that shapes of behaviours are compared in: all other attributes, and a slope for each behaviour's number.
//!
//! It is fitted hundreds of times with other numbers of one behaviour. The part of the information that belongs to the other
//! attributes hardly moves between such fits, so its inverse is kept, while gradient, slopes and what ties both together are
//! computed anew in each step (a chord method: Ortega and Rheinboldt, *Iterative Solution of Nonlinear Equations in Several
//! Variables*, 1970, section 7.1). It leads to the same maximum; where a step does not bring enough, the inverse is renewed.
//!
//! The other attributes have the model's penalty, the slopes next to none ([`SLOPE_L2`]): what is said of one event should be
//! what the data say of it, not that drawn to 0.

use std::rc::Rc;

use leadcal_lift::patterns::CovariatePatterns;
use linfa_linalg::cholesky::InverseCInplace;
use ndarray::Array2;

use crate::design::{Coding, Design};
use crate::error::LogitError;
use crate::fit::{LogitValidParams, Solver};
use crate::likelihood::{loss, residual_and_weight};

/// Penalty of the slopes: a behaviour that nobody who converted showed has a finite one.
const SLOPE_L2: f64 = 1e-3;
/// The objective is at its minimum where the next step promises less.
const TOLERANCE: f64 = 1e-7;
/// A step must lessen what the next one promises to this share, or the inverse is renewed.
const ENOUGH: f64 = 0.1;
/// Steps at most.
const STEPS: u64 = 100;
/// A step is halved at most this often.
const HALVINGS: u32 = 30;

/// What each looked-at row has of one behaviour.
pub(super) type Numbers = Rc<[f64]>;

/// Rows and what else is known of them.
pub(super) struct Joint {
    design: Design,
    /// Of each row, the pattern in the design.
    pattern_of: Vec<usize>,
    converted: Vec<f64>,
    l2: f64,
}

/// The joint model at some numbers.
#[derive(Debug, Clone)]
pub(super) struct Fit {
    /// Intercept and the other attributes' coefficients.
    others: Vec<f64>,
    /// One for each behaviour.
    pub(super) slopes: Vec<f64>,
    /// Twice the penalised log-likelihood.
    pub(super) value: f64,
    /// Inverse information of `others` alone, perhaps of a fit nearby.
    inverse: Rc<Array2<f64>>,
    /// The slopes' covariance.
    covariance: Array2<f64>,
}

impl Fit {
    /// Variance of a slope.
    pub(super) fn variance(&self, behaviour: usize) -> f64 {
        self.covariance[(behaviour, behaviour)]
    }
}

/// Objective and derivatives at a point.
struct Derivatives {
    objective: f64,
    others: Vec<f64>,
    slopes: Vec<f64>,
    /// Behaviours x other parameters.
    between: Array2<f64>,
    /// Behaviours x behaviours.
    within: Array2<f64>,
    /// n p (1 - p) of each row.
    weights: Vec<f64>,
}

impl Joint {
    /// The model and its fit without behaviours.
    pub(super) fn new(
        others: &CovariatePatterns,
        pattern_of: Vec<usize>,
        converted: Vec<f64>,
        behaviours: usize,
        params: &LogitValidParams,
    ) -> Result<(Self, Fit), LogitError> {
        let start = params.fit(others)?;
        let l2 = start.l2();
        let coding = if l2 > 0.0 { Coding::FullOneHot } else { Coding::Reference };
        let joint = Self { design: Design::new(others, coding), pattern_of, converted, l2 };
        let fit = Fit {
            others: start.parameters().to_vec(),
            slopes: vec![0.0; behaviours],
            value: f64::NEG_INFINITY,
            inverse: Rc::new(Array2::zeros((0, 0))),
            covariance: Array2::zeros((0, 0)),
        };
        Ok((joint, fit))
    }

    /// Log-odds of each row.
    pub(super) fn log_odds(&self, fit: &Fit, numbers: &[Numbers]) -> Vec<f64> {
        self.eta(&fit.others, &fit.slopes, numbers)
    }

    /// Fits from the parameters of another fit.
    pub(super) fn fit(&self, numbers: &[Numbers], from: &Fit) -> Result<Fit, LogitError> {
        let (mut others, mut slopes) = (from.others.clone(), from.slopes.clone());
        let mut at = self.derivatives(&others, &slopes, numbers);
        let mut inverse = Rc::clone(&from.inverse);
        if inverse.is_empty() {
            inverse = Rc::new(self.inverse(&at.weights).ok_or_else(|| self.failed(&at))?);
        }
        let mut before = f64::INFINITY;
        let mut renewed = false;
        for _ in 0..STEPS {
            let Some(step) = step(&at, &inverse) else {
                if renewed {
                    return Err(self.failed(&at));
                }
                inverse = Rc::new(self.inverse(&at.weights).ok_or_else(|| self.failed(&at))?);
                renewed = true;
                continue;
            };
            if step.promise > (ENOUGH * before).max(TOLERANCE) && !renewed {
                inverse = Rc::new(self.inverse(&at.weights).ok_or_else(|| self.failed(&at))?);
                renewed = true;
                continue;
            }
            renewed = false;
            before = step.promise;
            let mut share = 1.0;
            let mut moved = None;
            for _ in 0..HALVINGS {
                let [next_others, next_slopes] =
                    [(&others, &step.others), (&slopes, &step.slopes)].map(|(at, step)| along(at, step, share));
                let next = self.derivatives(&next_others, &next_slopes, numbers);
                if next.objective <= at.objective + 1e-12 * at.objective.abs() {
                    moved = Some((next_others, next_slopes, next));
                    break;
                }
                share *= 0.5;
            }
            let Some(next) = moved else { return Err(self.failed(&at)) };
            (others, slopes, at) = next;
            if step.promise < TOLERANCE {
                let value = -2.0 * at.objective;
                return Ok(Fit { others, slopes, value, inverse, covariance: step.covariance });
            }
        }
        Err(self.failed(&at))
    }

    /// A fit with the information renewed, for covariances.
    pub(super) fn settled(&self, numbers: &[Numbers], fit: &Fit) -> Result<Fit, LogitError> {
        self.fit(numbers, &Fit { inverse: Rc::new(Array2::zeros((0, 0))), ..fit.clone() })
    }

    fn eta(&self, others: &[f64], slopes: &[f64], numbers: &[Numbers]) -> Vec<f64> {
        let own = |row: usize| {
            let rest: f64 = self.design.active(self.pattern_of[row]).map(|(parameter, x)| others[parameter] * x).sum();
            let behaviours: f64 = slopes.iter().zip(numbers).map(|(slope, numbers)| slope * numbers[row]).sum();
            others[0] + rest + behaviours
        };
        (0..self.pattern_of.len()).map(own).collect()
    }

    fn derivatives(&self, others: &[f64], slopes: &[f64], numbers: &[Numbers]) -> Derivatives {
        let (size, count) = (others.len(), slopes.len());
        let eta = self.eta(others, slopes, numbers);
        let (mut gradient, mut own) = (vec![0.0; size], vec![0.0; count]);
        let (mut between, mut within) = (vec![0.0; count * size], Array2::zeros((count, count)));
        let mut weights = Vec::with_capacity(eta.len());
        let mut objective = 0.0;
        for (row, &eta) in eta.iter().enumerate() {
            let converted = self.converted[row];
            objective += loss(1.0, converted, eta);
            let (residual, weight) = residual_and_weight(1.0, converted, eta);
            weights.push(weight);
            gradient[0] += residual;
            for (parameter, x) in self.design.active(self.pattern_of[row]) {
                gradient[parameter] += residual * x;
            }
            for behaviour in 0..count {
                let number = numbers[behaviour][row];
                if number <= 0.0 {
                    continue;
                }
                own[behaviour] += residual * number;
                let weight = weight * number;
                let between = &mut between[behaviour * size..(behaviour + 1) * size];
                between[0] += weight;
                for (parameter, x) in self.design.active(self.pattern_of[row]) {
                    between[parameter] += weight * x;
                }
                for other in 0..=behaviour {
                    within[(behaviour, other)] += weight * numbers[other][row];
                }
            }
        }
        for parameter in 1..size {
            objective += 0.5 * self.l2 * others[parameter].powi(2);
            gradient[parameter] += self.l2 * others[parameter];
        }
        for behaviour in 0..count {
            objective += 0.5 * SLOPE_L2 * slopes[behaviour].powi(2);
            own[behaviour] += SLOPE_L2 * slopes[behaviour];
            within[(behaviour, behaviour)] += SLOPE_L2;
            for other in 0..behaviour {
                within[(other, behaviour)] = within[(behaviour, other)];
            }
        }
        let between = Array2::from_shape_fn((count, size), |(behaviour, at)| between[behaviour * size + at]);
        Derivatives { objective, others: gradient, slopes: own, between, within, weights }
    }

    /// Inverse information of the other parameters at rows' weights; `None` where it is singular.
    fn inverse(&self, weights: &[f64]) -> Option<Array2<f64>> {
        let size = self.design.parameters();
        let mut lower = vec![0.0; size * size];
        let mut active = Vec::new();
        for (row, &weight) in weights.iter().enumerate() {
            active.clear();
            active.push((0, 1.0));
            active.extend(self.design.active(self.pattern_of[row]));
            for (index, &(parameter, x)) in active.iter().enumerate() {
                let weight = weight * x;
                let entries = &mut lower[parameter * size..(parameter + 1) * size];
                for &(other, x) in &active[..=index] {
                    entries[other] += weight * x;
                }
            }
        }
        let information = Array2::from_shape_fn((size, size), |(row, column)| {
            let (row, column) = (row.max(column), row.min(column));
            lower[row * size + column] + if row == column && row > 0 { self.l2 } else { 0.0 }
        });
        inverse(information)
    }

    fn failed(&self, at: &Derivatives) -> LogitError {
        let gradient = at.others.iter().chain(&at.slopes).map(|slope| slope.abs()).fold(0.0, f64::max);
        let limit = 1e-8 * self.pattern_of.len() as f64;
        LogitError::NotConverged { solver: Solver::Newton, iterations: STEPS, gradient, limit, largest: None }
    }
}

struct Step {
    others: Vec<f64>,
    slopes: Vec<f64>,
    /// Twice what the objective falls if it is as curved as assumed.
    promise: f64,
    covariance: Array2<f64>,
}

/// The Newton step, by blocks: the slopes' information is what is left once the other parameters follow (Schur complement).
fn step(at: &Derivatives, inverse_others: &Array2<f64>) -> Option<Step> {
    let carried = at.between.dot(inverse_others);
    let left = &at.within - &carried.dot(&at.between.t());
    let covariance = inverse(left)?;
    let gradient = ndarray::aview1(&at.others);
    let own = &ndarray::aview1(&at.slopes) - &carried.dot(&gradient);
    let slopes = -covariance.dot(&own);
    let others = -inverse_others.dot(&gradient) - carried.t().dot(&slopes);
    let promise = -(others.dot(&gradient) + slopes.dot(&ndarray::aview1(&at.slopes)));
    // Rounding may leave a promise of nothing just below 0.
    (promise > -TOLERANCE).then(|| Step { others: others.to_vec(), slopes: slopes.to_vec(), promise, covariance })
}

fn inverse(mut matrix: Array2<f64>) -> Option<Array2<f64>> {
    if matrix.is_empty() {
        return Some(matrix);
    }
    let inverse = matrix.invc_inplace().ok()?;
    Some((&inverse + &inverse.t()) * 0.5)
}

fn along(from: &[f64], step: &[f64], share: f64) -> Vec<f64> {
    from.iter().zip(step).map(|(at, step)| at + share * step).collect()
}
