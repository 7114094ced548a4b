//! Parameters to a fitted logistic model: `LogitParams` are checked once and become `LogitValidParams`, and only those fit.

mod fitted;
mod prior;

pub use fitted::FittedLogit;
pub(crate) use fitted::linear_predictor;

use std::fmt;

use leadcal_lift::patterns::CovariatePatterns;
use ndarray::Array1;
use serde::{Deserialize, Serialize};

use crate::design::{Coding, Column, Design};
use crate::error::LogitError;
use crate::inference::Effect;
use crate::information::{collinear, covariance, newton_step};
use crate::likelihood::Problem;
use crate::{newton, separation};
use prior::Prior;

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
        self.infer(patterns, self.solve(patterns, None)?)
    }

    /// Fits the model to the counts of a part of the leads, such as a product's, with the penalty on the coefficients'
    /// deviations from those of `pooled`, a model of all leads: l2 / 2 x the sum of (b - b0)^2, the intercept free. The
    /// attributes are found in `pooled` by name; it may have others, such as the product itself.
    ///
    /// A level without leads here, or the slope of a number that all leads here share, keeps the coefficient of `pooled`.
    /// Standard errors take in how sure the coefficients of `pooled` are.
    ///
    /// # Errors
    /// Those of [`Self::fit`]; [`LogitError::Parameter`] where l2 is 0 or the solver is L-BFGS, whose penalty draws to 0 only;
    /// [`LogitError::OtherModel`] where `pooled` lacks an attribute or knows other levels of it.
    pub fn fit_toward(&self, patterns: &CovariatePatterns, pooled: &FittedLogit) -> Result<FittedLogit, LogitError> {
        self.infer(patterns, self.solve_toward(patterns, pooled)?)
    }

    /// The same model's coefficients alone: where many models are compared, their inference would cost more than they do.
    pub(crate) fn estimate(&self, patterns: &CovariatePatterns) -> Result<Estimate, LogitError> {
        Ok(Estimate::of(patterns, self.solve(patterns, None)?))
    }

    /// The coefficients of [`Self::fit_toward`] alone.
    pub(crate) fn estimate_toward(
        &self,
        patterns: &CovariatePatterns,
        pooled: &FittedLogit,
    ) -> Result<Estimate, LogitError> {
        Ok(Estimate::of(patterns, self.solve_toward(patterns, pooled)?))
    }

    fn solve_toward<'a>(
        &self,
        patterns: &'a CovariatePatterns,
        pooled: &FittedLogit,
    ) -> Result<Solved<'a>, LogitError> {
        let LogitParams { solver, l2, .. } = self.0;
        if l2 <= 0.0 {
            let expected = "above 0 to fit toward another model";
            return Err(LogitError::Parameter { name: "l2", expected, found: l2.to_string() });
        }
        if solver != Solver::Newton {
            let expected = "newton to fit toward another model";
            return Err(LogitError::Parameter { name: "solver", expected, found: solver.to_string() });
        }
        self.solve(patterns, Some(pooled))
    }

    fn infer(&self, patterns: &CovariatePatterns, solved: Solved<'_>) -> Result<FittedLogit, LogitError> {
        let LogitParams { solver, l2, max_iterations } = self.0;
        let Solved { problem, prior, parameters, iterations } = solved;
        let (gradient, hessian) = problem.derivatives(&parameters);
        let covariance = covariance(&problem, &hessian)
            .map_err(|_| newton::not_converged(&problem, solver, &parameters, max_iterations, &gradient))?;
        Ok(FittedLogit {
            solver,
            l2,
            iterations,
            intercept: parameters[0],
            coefficients: by_level(patterns, problem.design.columns(), &parameters, &prior.slopes),
            log_likelihood: problem.log_likelihood(&parameters),
            objective: problem.objective(&parameters),
            names: patterns.attributes().iter().map(|attribute| attribute.name.clone()).collect(),
            values: (0..patterns.attributes().len()).map(|at| patterns.values(at).map(<[f64]>::to_vec)).collect(),
            parameters: parameters.to_vec(),
            columns: problem.design.columns().to_vec(),
            covariance: prior.spread(covariance, l2),
            fixed_slopes: prior.slopes,
        })
    }

    fn solve<'a>(
        &self,
        patterns: &'a CovariatePatterns,
        toward: Option<&FittedLogit>,
    ) -> Result<Solved<'a>, LogitError> {
        let LogitParams { solver, l2, max_iterations } = self.0;
        separation::check_attributes(patterns)?;
        if l2 <= 0.0 {
            separation::check_levels(patterns)?;
        }
        let coding = match toward {
            Some(_) => Coding::EveryLevel,
            None if l2 > 0.0 => Coding::FullOneHot,
            None => Coding::Reference,
        };
        let design = Design::new(patterns, coding);
        check_size(patterns, &design)?;
        let prior = match toward {
            Some(model) => Prior::of(model, patterns, &design, l2)?,
            None => Prior::zero(patterns, &design),
        };
        let problem = Problem { patterns, design, l2, prior_means: prior.means.clone() };
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
        Ok(Solved { problem, prior, parameters, iterations })
    }
}

/// A problem with its solution.
struct Solved<'a> {
    problem: Problem<'a>,
    prior: Prior,
    parameters: Array1<f64>,
    iterations: Option<u64>,
}

/// A model's coefficients, without inference.
pub(crate) struct Estimate {
    intercept: f64,
    coefficients: Vec<Vec<f64>>,
}

impl Estimate {
    fn of(patterns: &CovariatePatterns, solved: Solved<'_>) -> Self {
        let Solved { problem, prior, parameters, .. } = solved;
        let coefficients = by_level(patterns, problem.design.columns(), &parameters, &prior.slopes);
        Self { intercept: parameters[0], coefficients }
    }

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

fn by_level(
    patterns: &CovariatePatterns,
    columns: &[Column],
    parameters: &Array1<f64>,
    fixed_slopes: &[Effect],
) -> Vec<Vec<f64>> {
    let of_attribute = |(attribute, fixed): (usize, &Effect)| {
        let own = columns.iter().zip(parameters.iter().skip(1)).filter(|(column, _)| column.attribute == attribute);
        if let Some(values) = patterns.values(attribute) {
            let slope = own.map(|(_, slope)| *slope).next().unwrap_or(fixed.value);
            // Plus 0, so that no level's coefficient is -0.
            return values.iter().map(|value| slope * value + 0.0).collect();
        }
        let mut estimated = vec![None; patterns.attributes()[attribute].levels.len()];
        for (column, &coefficient) in own {
            if let Some(level) = column.level {
                estimated[level] = Some(coefficient);
            }
        }
        // Nothing is known of a level without leads and column: a lead in it counts as the average lead.
        let leads = patterns.margin(attribute).leads;
        let total = leads.iter().sum::<u64>() as f64;
        let mean: f64 = leads.iter().zip(&estimated).map(|(&n, level)| n as f64 / total * level.unwrap_or(0.0)).sum();
        let coefficient = |(level, &n): (&Option<f64>, &u64)| level.unwrap_or(if n > 0 { 0.0 } else { mean });
        estimated.iter().zip(&leads).map(coefficient).collect()
    };
    fixed_slopes.iter().enumerate().map(of_attribute).collect()
}

#[cfg(test)]
mod tests;
