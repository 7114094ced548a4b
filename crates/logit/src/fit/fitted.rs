//! The fitted model: what was estimated, and what it predicts.

use leadcal_lift::patterns::CovariatePatterns;
use ndarray::Array2;

use super::Solver;
use super::prior::matching;
use crate::design::Column;
use crate::error::LogitError;
use crate::inference::Effect;
use crate::likelihood::logistic;

/// A fitted logistic model: log-odds of conversion = intercept + one coefficient for the lead's level of each attribute;
/// the coefficients of a linear attribute's levels are one slope times their numbers.
#[derive(Debug, Clone)]
pub struct FittedLogit {
    pub(super) solver: Solver,
    pub(super) l2: f64,
    pub(super) iterations: Option<u64>,
    pub(super) intercept: f64,
    pub(super) coefficients: Vec<Vec<f64>>,
    pub(super) log_likelihood: f64,
    pub(super) objective: f64,
    pub(super) names: Vec<String>,
    pub(super) values: Vec<Option<Vec<f64>>>,
    pub(super) parameters: Vec<f64>,
    pub(super) columns: Vec<Column>,
    pub(super) covariance: Array2<f64>,
    /// Of each attribute: its slope where it is linear and has no column.
    pub(super) fixed_slopes: Vec<Effect>,
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

    /// The attributes' names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Coefficients, attributes x levels; 0 for a reference level, the lead-weighted mean of the attribute's others for a
    /// level without leads, or what the other model has for it in a fit toward one. Those of a linear attribute are its slope times each level's number, with leads or without.
    pub fn coefficients(&self) -> &[Vec<f64>] {
        &self.coefficients
    }

    /// Change of the log-odds for each 1 of a linear attribute's number, with its error; where all leads have the same
    /// number, it is fixed at 0, or the other model's in a fit toward one. `None` for an attribute whose levels have a coefficient each.
    ///
    /// # Panics
    /// Where there is no such attribute.
    pub fn slope(&self, attribute: usize) -> Option<Effect> {
        self.values(attribute)?;
        let column = self.columns.iter().position(|column| column.attribute == attribute);
        Some(column.map_or(self.fixed_slopes[attribute], |column| {
            Effect::new(self.parameters[column + 1], self.covariance[(column + 1, column + 1)])
        }))
    }

    /// The number of each level of a linear attribute.
    ///
    /// # Panics
    /// Where there is no such attribute.
    pub fn values(&self, attribute: usize) -> Option<&[f64]> {
        self.values[attribute].as_deref()
    }

    /// Log-likelihood of the leads, natural logarithm, without the penalty.
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }

    /// What was minimised: minus the log-likelihood plus l2 / 2 x the sum of squared coefficients, or of their squared
    /// deviations in a fit toward another model.
    pub fn objective(&self) -> f64 {
        self.objective
    }

    /// The estimates, intercept first, then [`Self::columns`].
    #[cfg(feature = "calibrate")]
    pub(crate) fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    /// What each estimated coefficient belongs to: parameter `1 + j` of the covariance is column `j`.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Covariance of the estimates, intercept first, then [`Self::columns`]: the inverse of the (penalised) observed
    /// information. With l2 > 0 it is approximate, and the estimates are shrunk toward 0. In a fit toward another model that
    /// model's own covariance adds to it.
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

    /// Log-odds of conversion of each pattern of a table of some of the model's attributes, found by name; the others, such
    /// as the product in a product's table, add nothing.
    pub(crate) fn linear_predictors_of(&self, patterns: &CovariatePatterns) -> Result<Vec<f64>, LogitError> {
        let indices = (0..patterns.attributes().len()).map(|at| matching(self, patterns, at));
        let coefficients: Vec<Vec<f64>> =
            indices.map(|at| Ok(self.coefficients[at?].clone())).collect::<Result<_, LogitError>>()?;
        let predictor = |pattern| linear_predictor(self.intercept, &coefficients, patterns.codes(pattern));
        Ok((0..patterns.len()).map(predictor).collect())
    }
}

/// Intercept plus coefficients in the order of the attributes: the one order of summation, so that equal models give
/// equal bits.
pub(crate) fn linear_predictor(intercept: f64, coefficients: &[Vec<f64>], codes: &[u32]) -> f64 {
    assert_eq!(codes.len(), coefficients.len(), "one code for each attribute");
    codes.iter().zip(coefficients).fold(intercept, |sum, (&code, levels)| sum + levels[code as usize])
}
