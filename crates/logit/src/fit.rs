//! Parameters to a fitted logistic model: `LogitParams` are checked once and become `LogitValidParams`, and only those fit.

mod fitted;

pub use fitted::FittedLogit;
pub(crate) use fitted::linear_predictor;

use std::fmt;

use leadcal_lift::patterns::CovariatePatterns;
use ndarray::Array1;
use serde::{Deserialize, Serialize};

use crate::design::{Coding, Column, Design};
use crate::error::LogitError;
use crate::information::{collinear, covariance, newton_step};
use crate::likelihood::Problem;
use crate::{newton, separation};

/// The largest number of columns a dense Hessian (8 bytes x columns squared) is meant for.
pub const MAX_COLUMNS: usize = 4096;

/// How the objective is minimised. Both solvers minimise the same one and agree to 1e-6 on its coefficients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Solver {
    /// Weighted Newton over covariate patterns: its cost does not depend on the number of leads.
    #[default]
    Newton,
    /// linfa-logistic's L-BFGS over rows (feature `calibrate`): 8 bytes x leads x columns of memory.
    Lbfgs,
}

impl fmt::Display for Solver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Newton => "newton",
            Self::Lbfgs => "lbfgs",
        })
    }
}

/// What to fit and how; unchecked.
#[derive(Debug, Clone, PartialEq)]
pub struct LogitParams {
    solver: Solver,
    l2: f64,
    max_iterations: u64,
}

impl Default for LogitParams {
    fn default() -> Self {
        Self { solver: Solver::Newton, l2: 1.0, max_iterations: 500 }
    }
}

impl LogitParams {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// The solver. Default: [`Solver::Newton`].
    #[must_use]
    pub fn solver(self, solver: Solver) -> Self {
        Self { solver, ..self }
    }

    /// Weight of the penalty l2 / 2 x the sum of squared coefficients, intercept not penalised; finite and not
    /// negative. Above 0 every level has its own coefficient; at 0 the most populous level of each attribute is the
    /// reference with coefficient 0. A linear attribute has one coefficient, its slope, either way. Default: 1.
    #[must_use]
    pub fn l2(self, l2: f64) -> Self {
        Self { l2, ..self }
    }

    /// Iterations a solver may take, at least 1; Newton needs about ten, L-BFGS some hundreds (counted anew at
    /// each of at most four restarts). Default: 500.
    #[must_use]
    pub fn max_iterations(self, max_iterations: u64) -> Self {
        Self { max_iterations, ..self }
    }

    /// Checks every parameter.
    ///
    /// # Errors
    /// [`LogitError::Parameter`] for one out of range, [`LogitError::SolverNotBuilt`] for L-BFGS without the feature
    /// `calibrate`.
    pub fn check(self) -> Result<LogitValidParams, LogitError> {
        if !self.l2.is_finite() || self.l2 < 0.0 {
            return Err(LogitError::Parameter {
                name: "l2",
                expected: "a finite number, 0 or more",
                found: self.l2.to_string(),
            });
        }
        if self.max_iterations == 0 {
            return Err(LogitError::Parameter {
                name: "max_iterations",
                expected: "at least 1",
                found: "0".to_owned(),
            });
        }
        if self.solver == Solver::Lbfgs && !cfg!(feature = "calibrate") {
            return Err(LogitError::SolverNotBuilt);
        }
        Ok(LogitValidParams(self))
    }
}

/// Checked parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct LogitValidParams(LogitParams);

impl LogitValidParams {
    /// Fits the model to the patterns' counts.
    ///
    /// # Errors
    /// Where no finite, determined and converged solution exists, naming the attribute and level to blame: no leads,
    /// one outcome, separation, collinear attributes, no convergence; and where there are more than [`MAX_COLUMNS`].
    pub fn fit(&self, patterns: &CovariatePatterns) -> Result<FittedLogit, LogitError> {
        let Solved { problem, parameters, iterations } = self.solve(patterns)?;
        let LogitParams { solver, l2, max_iterations } = self.0;
        let (gradient, hessian) = problem.derivatives(&parameters);
        let covariance = covariance(&problem, &hessian)
            .map_err(|_| newton::not_converged(&problem, solver, &parameters, max_iterations, &gradient))?;
        Ok(FittedLogit {
            solver,
            l2,
            iterations,
            intercept: parameters[0],
            coefficients: by_level(patterns, problem.design.columns(), &parameters),
            log_likelihood: problem.log_likelihood(&parameters),
            objective: problem.objective(&parameters),
            values: (0..patterns.attributes().len()).map(|at| patterns.values(at).map(<[f64]>::to_vec)).collect(),
            parameters: parameters.to_vec(),
            columns: problem.design.columns().to_vec(),
            covariance,
        })
    }

    /// The same model's coefficients alone: where many models are compared, their inference would cost more than they do.
    pub(crate) fn estimate(&self, patterns: &CovariatePatterns) -> Result<Estimate, LogitError> {
        let Solved { problem, parameters, .. } = self.solve(patterns)?;
        let coefficients = by_level(patterns, problem.design.columns(), &parameters);
        Ok(Estimate { intercept: parameters[0], coefficients })
    }

    fn solve<'a>(&self, patterns: &'a CovariatePatterns) -> Result<Solved<'a>, LogitError> {
        let LogitParams { solver, l2, max_iterations } = self.0;
        separation::check_attributes(patterns)?;
        if l2 <= 0.0 {
            separation::check_levels(patterns)?;
        }
        let design = Design::new(patterns, if l2 > 0.0 { Coding::FullOneHot } else { Coding::Reference });
        check_size(patterns, &design)?;
        let problem = Problem { patterns, design, l2 };
        check_rank(&problem)?;
        let (parameters, iterations) = match solver {
            Solver::Newton => {
                let minimum = newton::minimise(&problem, max_iterations)?;
                (minimum.parameters, Some(minimum.iterations))
            }
            #[cfg(feature = "calibrate")]
            Solver::Lbfgs => (crate::lbfgs::minimise(&problem, max_iterations)?, None),
            #[cfg(not(feature = "calibrate"))]
            Solver::Lbfgs => return Err(LogitError::SolverNotBuilt),
        };
        Ok(Solved { problem, parameters, iterations })
    }
}

/// A problem with its solution.
struct Solved<'a> {
    problem: Problem<'a>,
    parameters: Array1<f64>,
    iterations: Option<u64>,
}

/// A model's coefficients, without inference.
pub(crate) struct Estimate {
    intercept: f64,
    coefficients: Vec<Vec<f64>>,
}

impl Estimate {
    /// Log-odds of conversion of each pattern.
    pub(crate) fn linear_predictors(&self, patterns: &CovariatePatterns) -> Vec<f64> {
        let log_odds = |pattern| linear_predictor(self.intercept, &self.coefficients, patterns.codes(pattern));
        (0..patterns.len()).map(log_odds).collect()
    }
}

fn check_size(patterns: &CovariatePatterns, design: &Design) -> Result<(), LogitError> {
    let columns = design.columns().len();
    if columns <= MAX_COLUMNS {
        return Ok(());
    }
    let sizes = design.blocks().into_iter().zip(patterns.attributes());
    let widest = sizes.max_by_key(|(block, _)| block.len()).map(|(block, attribute)| (block.len(), &attribute.name));
    let (levels, attribute) = widest.map_or((0, String::new()), |(levels, name)| (levels, name.clone()));
    Err(LogitError::TooManyColumns { columns, limit: MAX_COLUMNS, attribute, levels })
}

/// Collinear columns show in the Hessian at the start, where every lead has the same weight.
fn check_rank(problem: &Problem<'_>) -> Result<(), LogitError> {
    let (gradient, hessian) = problem.derivatives(&problem.start());
    newton_step(problem, &gradient, &hessian).map_err(|singular| collinear(problem, &hessian, singular))?;
    Ok(())
}

fn by_level(patterns: &CovariatePatterns, columns: &[Column], parameters: &Array1<f64>) -> Vec<Vec<f64>> {
    let mut coefficients: Vec<_> = patterns.attributes().iter().map(|a| vec![0.0; a.levels.len()]).collect();
    for (&Column { attribute, level }, &coefficient) in columns.iter().zip(parameters.iter().skip(1)) {
        match (level, patterns.values(attribute)) {
            (None, Some(values)) => {
                // Plus 0, so that no level's coefficient is -0.
                coefficients[attribute] = values.iter().map(|value| coefficient * value + 0.0).collect();
            }
            (Some(level), _) => coefficients[attribute][level] = coefficient,
            (None, None) => unreachable!("a column that indicates no level has numbers"),
        }
    }
    // Nothing is known of a level without leads: a lead in it counts as the average lead. What its number is worth is.
    for (attribute, levels) in coefficients.iter_mut().enumerate().filter(|(at, _)| patterns.values(*at).is_none()) {
        let leads = patterns.margin(attribute).leads;
        let total = leads.iter().sum::<u64>() as f64;
        let mean: f64 = leads.iter().zip(&*levels).map(|(&n, coefficient)| n as f64 / total * coefficient).sum();
        for (coefficient, _) in levels.iter_mut().zip(&leads).filter(|(_, n)| **n == 0) {
            *coefficient = mean;
        }
    }
    coefficients
}

#[cfg(test)]
mod tests;
