//! Parameters to a fitted logistic model: `LogitParams` are checked once and become `LogitValidParams`, and only those fit.

use std::fmt;

use leadcal_lift::patterns::CovariatePatterns;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use crate::design::{Coding, Column, Design};
use crate::error::LogitError;
use crate::information::{collinear, covariance, newton_step};
use crate::likelihood::{Problem, logistic};
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
    /// reference with coefficient 0. Default: 1.
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
            columns: problem.design.columns().to_vec(),
            covariance,
        })
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
    for (column, &value) in columns.iter().zip(parameters.iter().skip(1)) {
        coefficients[column.attribute][column.level] = value;
    }
    // Nothing is known of a level without leads: a lead in it counts as the average lead.
    for (attribute, levels) in coefficients.iter_mut().enumerate() {
        let leads = patterns.margin(attribute).leads;
        let total = leads.iter().sum::<u64>() as f64;
        let mean: f64 = leads.iter().zip(&*levels).map(|(&n, coefficient)| n as f64 / total * coefficient).sum();
        for (coefficient, _) in levels.iter_mut().zip(&leads).filter(|(_, n)| **n == 0) {
            *coefficient = mean;
        }
    }
    coefficients
}

/// A fitted logistic model: log-odds of conversion = intercept + one coefficient for the lead's level of each attribute.
#[derive(Debug, Clone)]
pub struct FittedLogit {
    solver: Solver,
    l2: f64,
    iterations: Option<u64>,
    intercept: f64,
    coefficients: Vec<Vec<f64>>,
    log_likelihood: f64,
    objective: f64,
    columns: Vec<Column>,
    covariance: Array2<f64>,
}

impl FittedLogit {
    /// The solver that found it.
    pub fn solver(&self) -> Solver {
        self.solver
    }

    /// Weight of the penalty it was fitted with.
    pub fn l2(&self) -> f64 {
        self.l2
    }

    /// Newton iterations; `None` for L-BFGS, which does not tell.
    pub fn iterations(&self) -> Option<u64> {
        self.iterations
    }

    /// Log-odds of a lead whose every coefficient is 0.
    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    /// Coefficients, attributes x levels; 0 for a reference level, the lead-weighted mean of the attribute's others for a
    /// level without leads.
    pub fn coefficients(&self) -> &[Vec<f64>] {
        &self.coefficients
    }

    /// Log-likelihood of the leads, natural logarithm, without the penalty.
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    /// What was minimised: minus the log-likelihood plus l2 / 2 x the sum of squared coefficients.
    pub fn objective(&self) -> f64 {
        self.objective
    }

    /// The level of each estimated coefficient: parameter `1 + j` of the covariance is column `j`.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Covariance of the estimates, intercept first, then [`Self::columns`]: the inverse of the (penalised) observed
    /// information. With l2 > 0 it is approximate, and the estimates are shrunk toward 0.
    pub fn covariance(&self) -> &Array2<f64> {
        &self.covariance
    }

    /// Log-odds of conversion of a lead with these level codes, one for each attribute.
    ///
    /// # Panics
    /// Where the codes are not those of the model's attributes: a bug of the caller.
    pub fn linear_predictor(&self, codes: &[u32]) -> f64 {
        linear_predictor(self.intercept, &self.coefficients, codes)
    }

    /// Probability of conversion of a lead with these level codes.
    ///
    /// # Panics
    /// As [`Self::linear_predictor`].
    pub fn probability(&self, codes: &[u32]) -> f64 {
        logistic(self.linear_predictor(codes))
    }

    /// Probability of conversion of each pattern, whether it has leads or not.
    ///
    /// # Panics
    /// Where the table has other attributes than the model: a bug of the caller.
    pub fn probabilities(&self, patterns: &CovariatePatterns) -> Vec<f64> {
        (0..patterns.len()).map(|pattern| self.probability(patterns.codes(pattern))).collect()
    }

    /// Log-odds of conversion of each pattern.
    ///
    /// # Panics
    /// As [`Self::probabilities`].
    pub fn linear_predictors(&self, patterns: &CovariatePatterns) -> Vec<f64> {
        (0..patterns.len()).map(|pattern| self.linear_predictor(patterns.codes(pattern))).collect()
    }
}

/// Intercept plus coefficients in the order of the attributes: the one order of summation, so that equal models give
/// equal bits.
pub(crate) fn linear_predictor(intercept: f64, coefficients: &[Vec<f64>], codes: &[u32]) -> f64 {
    assert_eq!(codes.len(), coefficients.len(), "one code for each attribute");
    codes.iter().zip(coefficients).fold(intercept, |sum, (&code, levels)| sum + levels[code as usize])
}

#[cfg(test)]
mod tests;
