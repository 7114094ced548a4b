//! The observed information (the Hessian of the objective): Newton steps, its inverse, and what makes it singular.
//!
//! With full one-hot coding, adding t to the intercept and taking t off every level of an attribute changes no
//! prediction; only the penalty holds that direction, so for a small l2 the Hessian H is nearly singular although the
//! problem is not. At the optimum the deviations of an attribute's coefficients from their prior means sum to zero (the
//! gradient of the intercept is the sum of the gradients of an attribute's levels). So H is factored as H + sum over attributes of tau u u', with u the
//! indicator of the attribute's columns: from a point whose deviations sum to zero the Newton step is the same, and it
//! is well conditioned. A linear attribute has no such direction. The inverse of H itself follows by the Sherman-Morrison-Woodbury identity, where v is that
//! direction and m the attribute's number of columns:
//!
//! ```text
//! H^-1 = (H + sum of tau u u')^-1 + sum over attributes of v v' / (l2 m + l2^2 / tau)
//! ```

use linfa_linalg::cholesky::{CholeskyInplace, InverseCInplace, SolveCInplace};
use ndarray::{Array1, Array2, Axis};

use crate::error::LogitError;
use crate::likelihood::Problem;

/// A pivot below this share of its diagonal entry counts as zero. Rounding leaves about 1e-14; a column told apart from
/// the others by one lead in 10 million keeps 1e-7.
const SMALLEST_PIVOT: f64 = 1e-11;

/// The first parameter whose column is a combination of those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Singular {
    parameter: usize,
}

/// The Newton step -H^-1 gradient, from a point where the deviations of each attribute sum to zero or l2 is 0.
pub(crate) fn newton_step(
    problem: &Problem<'_>,
    gradient: &Array1<f64>,
    hessian: &Array2<f64>,
) -> Result<Array1<f64>, Singular> {
    let held = held(problem, hessian);
    let (mut factor, mut step) = (held.clone(), (-gradient).insert_axis(Axis(1)));
    let solved = factor.solvec_inplace(&mut step).is_ok();
    check_pivots(&held, &factor, solved)?;
    Ok(step.remove_axis(Axis(1)))
}

/// H^-1, parameters x parameters.
pub(crate) fn covariance(problem: &Problem<'_>, hessian: &Array2<f64>) -> Result<Array2<f64>, Singular> {
    let held = held(problem, hessian);
    let mut factor = held.clone();
    let inverse = factor.invc_inplace();
    check_pivots(&held, &factor, inverse.is_ok())?;
    let mut covariance = inverse.map_err(|_| Singular { parameter: 0 })?;
    if problem.l2 > 0.0 {
        let taus = taus(problem, hessian);
        for (block, tau) in problem.design.indicator_blocks().into_iter().zip(taus) {
            let variance = 1.0 / (problem.l2 * block.len() as f64 + problem.l2 * problem.l2 / tau);
            covariance[(0, 0)] += variance;
            for row in block.clone() {
                covariance[(0, row)] -= variance;
                covariance[(row, 0)] -= variance;
                for column in block.clone() {
                    covariance[(row, column)] += variance;
                }
            }
        }
    }
    // The inverse of a symmetric matrix is symmetric; rounding is not.
    let symmetric = (&covariance + &covariance.t()) * 0.5;
    Ok(symmetric)
}

/// The error that names a singular parameter's level and the attributes it is collinear with.
pub(crate) fn collinear(problem: &Problem<'_>, hessian: &Array2<f64>, singular: Singular) -> LogitError {
    let Some(column) = singular.parameter.checked_sub(1) else { return LogitError::NoLeads };
    let column = problem.name(column);
    let dependency = dependency(&held(problem, hessian), singular).into_iter();
    let mut others: Vec<String> = dependency.map(|column| problem.name(column).attribute).collect();
    others.dedup();
    if others.len() > 1 {
        others.retain(|other| *other != column.attribute);
    }
    LogitError::Collinear { column, others, penalised: problem.l2 > 0.0 }
}

/// The columns whose combination is the singular one: those with a weight in the regression of it on all before it.
fn dependency(matrix: &Array2<f64>, singular: Singular) -> Vec<usize> {
    let end = singular.parameter;
    let mut before = leading_block(matrix, end);
    let mut weights = Array2::from_shape_fn((end, 1), |(row, _)| matrix[(row, end)]);
    if before.solvec_inplace(&mut weights).is_err() {
        return Vec::new();
    }
    let size = |parameter: usize| matrix[(parameter, parameter)].sqrt();
    (1..end).filter(|&k| weights[(k, 0)].abs() * size(k) > 1e-6 * size(end)).map(|k| k - 1).collect()
}

/// The Hessian with the directions held that only the penalty determines.
fn held(problem: &Problem<'_>, hessian: &Array2<f64>) -> Array2<f64> {
    let mut held = hessian.clone();
    if problem.l2 > 0.0 {
        for (block, tau) in problem.design.indicator_blocks().into_iter().zip(taus(problem, hessian)) {
            for (row, column) in block.clone().flat_map(|row| block.clone().map(move |column| (row, column))) {
                held[(row, column)] += tau;
            }
        }
    }
    held
}

/// For each attribute a weight of the size of its columns' diagonal entries, so that conditioning is best.
fn taus(problem: &Problem<'_>, hessian: &Array2<f64>) -> Vec<f64> {
    let blocks = problem.design.indicator_blocks();
    blocks.into_iter().map(|block| hessian[(0, 0)] / block.len() as f64).collect()
}

/// The first `length` rows and columns.
fn leading_block(matrix: &Array2<f64>, length: usize) -> Array2<f64> {
    Array2::from_shape_fn((length, length), |place| matrix[place])
}

fn check_pivots(matrix: &Array2<f64>, factor: &Array2<f64>, factored: bool) -> Result<(), Singular> {
    let positive = |parameter: usize| {
        let pivot = factor[(parameter, parameter)].powi(2);
        pivot > SMALLEST_PIVOT * matrix[(parameter, parameter)]
    };
    let size = matrix.nrows();
    if factored {
        return (0..size)
            .find(|&parameter| !positive(parameter))
            .map_or(Ok(()), |parameter| Err(Singular { parameter }));
    }
    // A failed factorisation does not say where: the shortest leading block without one tells.
    let failing = |length: usize| leading_block(matrix, length).cholesky_inplace_dirty().is_err();
    let (mut without, mut with) = (0, size);
    while with - without > 1 {
        let middle = usize::midpoint(without, with);
        if failing(middle) { with = middle } else { without = middle }
    }
    let parameter = (0..without).find(|&parameter| !positive(parameter)).unwrap_or(without);
    Err(Singular { parameter })
}
