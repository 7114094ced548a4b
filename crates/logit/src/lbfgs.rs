//! The linfa-logistic solver (L-BFGS over rows). The only file that knows linfa-logistic.
//!
//! What linfa-logistic 0.8.1 does not say, and what is done about it here:
//! - its positive class is the majority class: coefficients are oriented by the fitted labels;
//! - it ignores weights: patterns are expanded to one row a lead (8 bytes x leads x columns of memory), in Fortran order,
//!   which it multiplies several times faster;
//! - it returns `Ok` whatever happened: the gradient is checked here, by the same limit as Newton's;
//! - its gradient tolerance is absolute on the summed gradient: it is scaled with the number of leads; and it also stops
//!   where the objective changes by less than 2e-16, which rounding of the sum brings about early: it is restarted from
//!   where it stopped until the gradient is small enough, at most `RESTARTS` times;
//! - a small gradient of the whole still leaves up to 1e-5 in the coefficient of a rare level: one Newton step finishes,
//!   and one beyond `LARGEST_FINISH` is not taken, so the solution remains linfa-logistic's;
//! - it does not standardise: numbers are given less their mean, which moves the intercept alone.

use linfa::dataset::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2, ShapeBuilder};

use crate::error::LogitError;
use crate::fit::Solver;
use crate::information::newton_step;
use crate::likelihood::{Problem, max_norm};
use crate::newton::not_converged;

/// Restarts from where it stopped, each counting iterations anew.
const RESTARTS: i32 = 4;
/// The finishing Newton step moves no parameter farther than this share of its size.
const LARGEST_FINISH: f64 = 1e-3;

/// Minimises the objective; returns the parameters, intercept first.
pub(crate) fn minimise(problem: &Problem<'_>, max_iterations: u64) -> Result<Array1<f64>, LogitError> {
    let means = means(problem);
    let (records, outcomes) = rows(problem, &means);
    let dataset = DatasetBase::new(records, outcomes);
    let limit = problem.gradient_limit();
    let mut parameters = problem.start();
    let mut gradient = Array1::zeros(parameters.len());
    // The gradient for a number is the one less the mean, plus mean x the intercept's.
    let mut tolerance = limit / (1.0 + means.iter().fold(0.0, |most: f64, mean| most.max(mean.abs())));
    for _ in 0..=RESTARTS {
        parameters = run(problem, &dataset, &means, &parameters, max_iterations, tolerance)?;
        centre(problem, &mut parameters);
        let hessian;
        (gradient, hessian) = problem.derivatives(&parameters);
        if problem.gradient_size(&gradient) < limit {
            let longest = LARGEST_FINISH * max_norm(&parameters).max(1.0);
            match newton_step(problem, &gradient, &hessian) {
                Ok(step) if max_norm(&step) <= longest => return Ok(parameters + step),
                _ => tolerance *= 0.1,
            }
        }
    }
    match problem.largest(&parameters) {
        // A small gradient and yet a long way to go: coefficients are on their way to infinity.
        Some((column, coefficient)) if problem.l2 <= 0.0 && problem.gradient_size(&gradient) < limit => {
            Err(LogitError::Diverged { column, coefficient })
        }
        _ => Err(not_converged(problem, Solver::Lbfgs, &parameters, max_iterations, &gradient)),
    }
}

type Rows = DatasetBase<Array2<f64>, Array1<bool>>;

fn run(
    problem: &Problem<'_>,
    dataset: &Rows,
    means: &[f64],
    start: &Array1<f64>,
    max_iterations: u64,
    tolerance: f64,
) -> Result<Array1<f64>, LogitError> {
    let counts = problem.patterns.counts();
    let columns = problem.design.columns().len();
    // The first row is a conversion where there is a tie, which makes conversions the positive class.
    let majority_converts = 2 * counts.total_conversions() >= counts.total_leads();
    let sign = |converts: bool| if converts { 1.0 } else { -1.0 };
    let mut initial = Array1::zeros(columns + 1);
    for column in 0..columns {
        initial[column] = sign(majority_converts) * start[column + 1];
    }
    let of_means = |parameters: &Array1<f64>| -> f64 { (0..columns).map(|j| means[j] * parameters[j + 1]).sum() };
    initial[columns] = sign(majority_converts) * (start[0] + of_means(start));
    let fitted = LogisticRegression::default()
        .alpha(problem.l2)
        .with_intercept(true)
        .max_iterations(max_iterations)
        .gradient_tolerance(tolerance)
        .initial_params(initial)
        .fit(dataset)
        .map_err(|source| LogitError::Lbfgs(Box::new(source)))?;
    let sign = sign(fitted.labels().pos.class);
    let mut parameters = Array1::zeros(columns + 1);
    parameters[0] = sign * fitted.intercept();
    for column in 0..columns {
        parameters[column + 1] = sign * fitted.params()[column];
    }
    parameters[0] -= of_means(&parameters);
    Ok(parameters)
}

/// The mean over the leads of each linear attribute's column; 0 for an indicator.
fn means(problem: &Problem<'_>) -> Vec<f64> {
    let counts = problem.patterns.counts();
    let mut means = vec![0.0; problem.design.columns().len()];
    for pattern in 0..problem.patterns.len() {
        for (parameter, entry) in problem.design.active(pattern) {
            means[parameter - 1] += counts.leads[pattern] as f64 * entry / counts.total_leads() as f64;
        }
    }
    for (mean, _) in means.iter_mut().zip(problem.design.columns()).filter(|(_, column)| column.level.is_some()) {
        *mean = 0.0;
    }
    means
}

/// One row a lead: the columns less their means in Fortran order, and the outcome; conversions first.
fn rows(problem: &Problem<'_>, means: &[f64]) -> (Array2<f64>, Array1<bool>) {
    let counts = problem.patterns.counts();
    let (leads, conversions) = (counts.total_leads(), counts.total_conversions());
    let length = usize::try_from(leads).expect("leads are rows in memory");
    let mut records = Array2::zeros((length, problem.design.columns().len()).f());
    for (mut column, mean) in records.columns_mut().into_iter().zip(means) {
        column.fill(-mean);
    }
    let mut row = 0;
    for converted in [true, false] {
        for pattern in 0..problem.patterns.len() {
            let (n, c) = (counts.leads[pattern], counts.conversions[pattern]);
            for _ in 0..if converted { c } else { n - c } {
                for (parameter, entry) in problem.design.active(pattern) {
                    records[(row, parameter - 1)] = entry - means[parameter - 1];
                }
                row += 1;
            }
        }
    }
    let outcomes = (0..leads).map(|row| row < conversions).collect();
    (records, outcomes)
}

/// With a penalty, moves the mean of each attribute's levels into the intercept: no prediction changes and the
/// penalty falls, along a direction in which L-BFGS is slow when l2 is small.
fn centre(problem: &Problem<'_>, parameters: &mut Array1<f64>) {
    if problem.l2 <= 0.0 {
        return;
    }
    for block in problem.design.indicator_blocks() {
        let mean = block.clone().map(|parameter| parameters[parameter]).sum::<f64>() / block.len() as f64;
        parameters[0] += mean;
        for parameter in block {
            parameters[parameter] -= mean;
        }
    }
}
