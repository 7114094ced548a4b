//! Another model as the prior of a fit: what each coefficient is drawn to, and how sure that is.
//!
//! Each coefficient b has the prior mean b0 of the other model's and the variance 1 / l2 about it, so the penalty is
//! l2 / 2 x the sum of (b - b0)^2 (Gelman and Hill, Data Analysis Using Regression and Multilevel/Hierarchical Models,
//! 2007, chapters 12 and 18). The other model's coefficients are estimates themselves, of covariance S; with V the
//! inverse of the penalised information, the estimate moves by l2 V for each unit of b0, so its covariance is
//!
//! `V + (l2 V) S (l2 V)'`
//!
//! (law of total variance, to first order). As l2 grows, that becomes S: a product that is told like the others is known as
//! well as they are, not better. Leads in both tables are counted as different ones.

use leadcal_lift::attribute::Attribute;
use leadcal_lift::patterns::CovariatePatterns;
use ndarray::{Array1, Array2};

use super::FittedLogit;
use crate::design::{Column, Design};
use crate::error::LogitError;
use crate::inference::Effect;

/// The prior of a table's design.
pub(super) struct Prior {
    /// Of each parameter; 0 for the intercept, which is free.
    pub(super) means: Array1<f64>,
    /// Covariance of the means, 0 for the intercept; none where they are known.
    covariance: Option<Array2<f64>>,
    /// Of each linear attribute, for one that all leads have the same number of: its slope stays there.
    pub(super) slopes: Vec<Effect>,
}

impl Prior {
    /// No effects, taken as known: the ordinary penalty.
    pub(super) fn zero(patterns: &CovariatePatterns, design: &Design) -> Self {
        Self {
            means: Array1::zeros(design.parameters()),
            covariance: None,
            slopes: vec![Effect::new(0.0, 0.0); patterns.attributes().len()],
        }
    }

    /// The coefficients of `model` for the columns of `design`, the attributes found by name.
    pub(super) fn of(
        model: &FittedLogit,
        patterns: &CovariatePatterns,
        design: &Design,
        l2: f64,
    ) -> Result<Self, LogitError> {
        let attributes: Vec<usize> =
            (0..patterns.attributes().len()).map(|at| matching(model, patterns, at)).collect::<Result<_, _>>()?;
        let slopes: Vec<Effect> =
            attributes.iter().map(|&at| model.slope(at).unwrap_or(Effect::new(0.0, 0.0))).collect();
        let mut means = Array1::zeros(design.parameters());
        let mut of_model = vec![None];
        for (mean, &Column { attribute, level }) in means.iter_mut().skip(1).zip(design.columns()) {
            let column = Column { attribute: attributes[attribute], level };
            *mean = level.map_or(slopes[attribute].value, |level| model.coefficients()[column.attribute][level]);
            of_model.push(model.columns().iter().position(|of_model| *of_model == column).map(|column| column + 1));
        }
        let size = design.parameters();
        let covariance = Array2::from_shape_fn((size, size), |(row, column)| match (of_model[row], of_model[column]) {
            (Some(row), Some(column)) => model.covariance()[(row, column)],
            // What the other model did not estimate: a reference level, or one without leads in it.
            _ => 0.0,
        });
        let slopes = slopes.into_iter().map(|slope| Effect::new(slope.value, slope.std_error.powi(2) + 1.0 / l2));
        Ok(Self { means, covariance: Some(covariance), slopes: slopes.collect() })
    }

    /// The covariance of the estimates, from that with the means taken as known.
    pub(super) fn spread(&self, known: Array2<f64>, l2: f64) -> Array2<f64> {
        let Some(of_means) = &self.covariance else { return known };
        let moves = &known * l2;
        let spread = moves.dot(of_means).dot(&moves.t());
        // Symmetric but for rounding.
        known + (&spread + &spread.t()) * 0.5
    }
}

/// The model's index of an attribute of the table.
pub(super) fn matching(
    model: &FittedLogit,
    patterns: &CovariatePatterns,
    attribute: usize,
) -> Result<usize, LogitError> {
    let Attribute { name, levels, .. } = &patterns.attributes()[attribute];
    let other = |reason: String| LogitError::OtherModel { attribute: name.clone(), reason };
    let at = model.names().iter().position(|of_model| of_model == name);
    let at = at.ok_or_else(|| other("that model does not have it".to_owned()))?;
    let expected = model.coefficients()[at].len();
    if expected != levels.len() {
        return Err(other(format!("it has {expected} levels in that model, {} in the table", levels.len())));
    }
    if model.values(at) != patterns.values(attribute) {
        return Err(other("its levels do not stand for the same numbers in that model and in the table".to_owned()));
    }
    Ok(at)
}
