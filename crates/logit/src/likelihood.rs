//! The penalised likelihood of a logistic model over covariate patterns, with its gradient and Hessian.
//!
//! Pattern i has n leads, c conversions and linear predictor eta = intercept + sum of its coefficients. To be minimised:
//!
//! ```text
//! objective(b) = sum over i of [ n log(1 + exp(eta)) - c eta ]  +  l2 / 2 * sum of squared deviations
//! gradient     = sum over i of (n p - c) x                      +  l2 * deviations           p = logistic(eta)
//! Hessian      = sum over i of n p (1 - p) x x'                 +  l2 * identity
//! ```
//!
//! A deviation is that of a coefficient from its prior mean: 0, or another model's coefficient. The intercept is not
//! penalised. With prior means of 0 this is scikit-learn's objective with C = 1 / l2 and linfa-logistic's with alpha = l2
//! (`McCullagh` and Nelder, Generalized Linear Models, 1989, section 4.4).

use leadcal_lift::patterns::CovariatePatterns;
use ndarray::{Array1, Array2};

use crate::design::Design;
use crate::error::ColumnName;
use crate::summation::sum;

/// The logistic function, exact in both tails.
pub(crate) fn logistic(eta: f64) -> f64 {
    if eta >= 0.0 {
        1.0 / (1.0 + (-eta).exp())
    } else {
        let e = eta.exp();
        e / (1.0 + e)
    }
}

/// log(1 + exp(x)) without overflow.
pub(crate) fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// The loss of n leads with c conversions at a linear predictor: n log(1 + exp(eta)) - c eta, without cancellation.
pub(crate) fn loss(leads: f64, conversions: f64, eta: f64) -> f64 {
    conversions * softplus(-eta) + (leads - conversions) * softplus(eta)
}

/// n p - c and n p (1 - p) at a linear predictor.
pub(crate) fn residual_and_weight(leads: f64, conversions: f64, eta: f64) -> (f64, f64) {
    let (p, q) = (logistic(eta), logistic(-eta));
    ((leads - conversions) * p - conversions * q, leads * p * q)
}

/// A table of patterns, its design and the penalty: what a solver minimises over.
pub(crate) struct Problem<'a> {
    pub(crate) patterns: &'a CovariatePatterns,
    pub(crate) design: Design,
    pub(crate) l2: f64,
    /// What the penalty draws each parameter to; the intercept's is not used.
    pub(crate) prior_means: Array1<f64>,
}

impl Problem<'_> {
    /// The start of every solver: the prior means, and about the overall rate.
    pub(crate) fn start(&self) -> Array1<f64> {
        let counts = self.patterns.counts();
        let (leads, conversions) = (counts.total_leads() as f64, counts.total_conversions() as f64);
        let mut parameters = self.prior_means.clone();
        parameters[0] = 0.0;
        let eta = self.eta(&parameters);
        let mean = self.occupied().map(|(pattern, n, _)| n / leads * eta(pattern)).sum::<f64>();
        parameters[0] = (conversions / (leads - conversions)).ln() - mean;
        parameters
    }

    /// The gradient's maximum norm, that of a number counted in units of its largest value (where that is above 1).
    pub(crate) fn gradient_size(&self, gradient: &Array1<f64>) -> f64 {
        let largest = |column: usize| self.design.largest_entry(column).max(1.0);
        max_norm(&Array1::from_iter(
            gradient.iter().enumerate().map(|(at, slope)| if at == 0 { *slope } else { slope / largest(at - 1) }),
        ))
    }

    /// What the gradient's size must fall below: 1e-8 times the number of leads.
    pub(crate) fn gradient_limit(&self) -> f64 {
        1e-8 * self.patterns.counts().total_leads() as f64
    }

    /// The log-likelihood, without the penalty.
    pub(crate) fn log_likelihood(&self, parameters: &Array1<f64>) -> f64 {
        let eta = self.eta(parameters);
        -sum(self.occupied().map(|(pattern, n, c)| loss(n, c, eta(pattern))))
    }

    /// The objective.
    pub(crate) fn objective(&self, parameters: &Array1<f64>) -> f64 {
        let squares: f64 = parameters.iter().zip(&self.prior_means).skip(1).map(|(b, mean)| (b - mean).powi(2)).sum();
        0.5 * self.l2 * squares - self.log_likelihood(parameters)
    }

    /// Gradient and Hessian of the objective; both triangles are filled.
    pub(crate) fn derivatives(&self, parameters: &Array1<f64>) -> (Array1<f64>, Array2<f64>) {
        let size = self.design.parameters();
        let (mut gradient, mut lower) = (vec![0.0; size], vec![0.0; size * size]);
        let mut active = Vec::new();
        let eta = self.eta(parameters);
        for (pattern, n, c) in self.occupied() {
            active.clear();
            active.push((0, 1.0));
            active.extend(self.design.active(pattern));
            let (residual, weight) = residual_and_weight(n, c, eta(pattern));
            for (index, &(row, x)) in active.iter().enumerate() {
                gradient[row] += residual * x;
                let weight = weight * x;
                let entries = &mut lower[row * size..(row + 1) * size];
                for &(column, x) in &active[..=index] {
                    entries[column] += weight * x;
                }
            }
        }
        let mut gradient = Array1::from_vec(gradient);
        let mut hessian = Array2::from_shape_fn((size, size), |(row, column)| lower[row * size + column]);
        for row in 1..size {
            gradient[row] += self.l2 * (parameters[row] - self.prior_means[row]);
            hessian[(row, row)] += self.l2;
            for column in 0..row {
                hessian[(column, row)] = hessian[(row, column)];
            }
        }
        (gradient, hessian)
    }

    /// The largest change of a pattern's linear predictor under a step; patterns without leads do not count.
    pub(crate) fn largest_move(&self, step: &Array1<f64>) -> f64 {
        let eta = self.eta(step);
        self.occupied().map(|(pattern, _, _)| eta(pattern).abs()).fold(0.0, f64::max)
    }

    /// The column that moves log-odds most, with its coefficient; none without columns.
    pub(crate) fn largest(&self, parameters: &Array1<f64>) -> Option<(ColumnName, f64)> {
        let coefficients = parameters.iter().copied().skip(1).enumerate();
        let moved = |&(column, coefficient): &(usize, f64)| coefficient.abs() * self.design.largest_entry(column);
        let (column, coefficient) = coefficients.max_by(|a, b| moved(a).total_cmp(&moved(b)))?;
        Some((self.name(column), coefficient))
    }

    /// What a column stands for.
    pub(crate) fn name(&self, column: usize) -> ColumnName {
        let column = self.design.columns()[column];
        let attribute = &self.patterns.attributes()[column.attribute];
        let level = column.level.map(|level| attribute.levels[level].name.clone());
        ColumnName { attribute: attribute.name.clone(), level }
    }

    /// The linear predictor of each pattern.
    fn eta(&self, parameters: &Array1<f64>) -> impl Fn(usize) -> f64 + '_ {
        let (intercept, contributions) = (parameters[0], self.design.contributions(parameters));
        move |pattern| self.design.eta(pattern, intercept, &contributions)
    }

    /// Index, leads and conversions of each pattern that has leads.
    fn occupied(&self) -> impl Iterator<Item = (usize, f64, f64)> + '_ {
        let counts = self.patterns.counts();
        counts
            .leads
            .iter()
            .zip(&counts.conversions)
            .enumerate()
            .filter(|(_, (leads, _))| **leads > 0)
            .map(|(pattern, (&leads, &conversions))| (pattern, leads as f64, conversions as f64))
    }
}

/// Largest absolute entry.
pub(crate) fn max_norm(vector: &Array1<f64>) -> f64 {
    vector.iter().fold(0.0, |most, x| if x.is_nan() { f64::NAN } else { x.abs().max(most) })
}
