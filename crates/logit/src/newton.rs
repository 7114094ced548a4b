//! Weighted Newton (iteratively reweighted least squares) over covariate patterns: the default solver.
//!
//! Each iteration solves H step = -gradient by Cholesky, shortens the step until no pattern's log-odds move by more than
//! `LONGEST_STEP`, and halves it while the objective rises. Converged means that the gradient's maximum norm is below its
//! limit and the last step moved no parameter by more than `SMALLEST_STEP` of its size; Newton's error is about the square
//! of its last step, so the result is exact to rounding
//! (Hosmer, Lemeshow and Sturdivant, Applied Logistic Regression, 2013, section 1.2).

use ndarray::{Array1, Array2};

use crate::error::LogitError;
use crate::fit::Solver;
use crate::information::newton_step;
use crate::likelihood::{Problem, max_norm};

/// Steps below this share of the largest parameter end the iterations.
const SMALLEST_STEP: f64 = 1e-8;
/// Without a penalty, this many iterations with a small gradient and yet large steps mean that coefficients diverge:
/// under separation each Newton step adds about 1 for ever, otherwise steps shrink quadratically.
const PATIENCE: u32 = 8;
/// Log-odds a step may move: farther, the quadratic the step rests on says nothing, and one long step into the flat tail
/// of the logistic function takes very many short ones back.
pub(crate) const LONGEST_STEP: f64 = 5.0;
/// Objectives closer than this share are equal: rounding of the sum.
const ROUNDING: f64 = 1e-13;
/// A step is halved at most this often.
const HALVINGS: u32 = 40;

/// Where the solver ended.
pub(crate) struct Minimum {
    pub(crate) parameters: Array1<f64>,
    pub(crate) iterations: u64,
}

/// Minimises the objective from its start; `start_hessian` was found regular there.
pub(crate) fn minimise(problem: &Problem<'_>, max_iterations: u64) -> Result<Minimum, LogitError> {
    let mut parameters = problem.start();
    let mut objective = problem.objective(&parameters);
    let (mut gradient, mut hessian): (Array1<f64>, Array2<f64>) = problem.derivatives(&parameters);
    let limit = problem.gradient_limit();
    let mut lingering = 0;
    for iteration in 1..=max_iterations {
        let Ok(step) = newton_step(problem, &gradient, &hessian) else {
            return Err(diverged(problem, &parameters, iteration, &gradient));
        };
        let (next, next_objective) = shorten_until_not_worse(problem, &parameters, objective, &step);
        let moved = max_norm(&(&next - &parameters));
        (parameters, objective) = (next, next_objective);
        (gradient, hessian) = problem.derivatives(&parameters);
        if problem.gradient_size(&gradient) < limit {
            if moved <= SMALLEST_STEP * max_norm(&parameters).max(1.0) {
                return Ok(Minimum { parameters, iterations: iteration });
            }
            lingering += 1;
            if problem.l2 <= 0.0 && lingering > PATIENCE {
                return Err(diverged(problem, &parameters, iteration, &gradient));
            }
        }
    }
    Err(not_converged(problem, Solver::Newton, &parameters, max_iterations, &gradient))
}

fn shorten_until_not_worse(
    problem: &Problem<'_>,
    parameters: &Array1<f64>,
    objective: f64,
    step: &Array1<f64>,
) -> (Array1<f64>, f64) {
    let mut share = (LONGEST_STEP / problem.largest_move(step)).min(1.0);
    for _ in 0..HALVINGS {
        let candidate = parameters + &(step * share);
        let value = problem.objective(&candidate);
        if value <= objective + ROUNDING * objective.abs() {
            return (candidate, value);
        }
        share *= 0.5;
    }
    (parameters.clone(), objective)
}

/// The error for coefficients that grow for ever; without a penalty that is joint separation.
fn diverged(problem: &Problem<'_>, parameters: &Array1<f64>, iterations: u64, gradient: &Array1<f64>) -> LogitError {
    match problem.largest(parameters) {
        Some((column, coefficient)) if problem.l2 <= 0.0 => LogitError::Diverged { column, coefficient },
        _ => not_converged(problem, Solver::Newton, parameters, iterations, gradient),
    }
}

/// The error for a solver that stopped early.
pub(crate) fn not_converged(
    problem: &Problem<'_>,
    solver: Solver,
    parameters: &Array1<f64>,
    iterations: u64,
    gradient: &Array1<f64>,
) -> LogitError {
    LogitError::NotConverged {
        solver,
        iterations,
        gradient: problem.gradient_size(gradient),
        limit: problem.gradient_limit(),
        largest: problem.largest(parameters),
    }
}

#[cfg(test)]
mod tests;
