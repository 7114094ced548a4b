//! Standard errors, Wald intervals and p-values of a fitted model's coefficients and of its centred effects.
//!
//! The centred effect of a level is its coefficient less the mean of its attribute, weighted by the share of leads in
//! each level, so that the lead-weighted mean of an attribute's effects is 0 and positive means "above the average lead".
//! The intercept takes up the means; predictions do not change. Variances are g' V g for the linear contrast g of each
//! (delta method, shares taken as fixed), V the covariance of the estimates; intervals are value -+ 1.96 standard errors
//! and p-values are two-sided normal (Wald). A linear attribute's level has slope x (number - mean number), whether leads
//! were in it or not. With l2 > 0 both are approximate: they leave out the shrinkage's bias.

use leadcal_lift::patterns::CovariatePatterns;
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use statrs::function::gamma::gamma_ur;

use crate::design::Column;
use crate::fit::FittedLogit;

/// The normal distribution's 0.975 quantile: intervals cover 95 %.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// An estimate with what is known of its error; log-odds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// The estimate.
    pub value: f64,
    /// Its standard error; 0 where the value is fixed.
    pub std_error: f64,
    /// Ends of the 95 % Wald interval.
    pub interval: [f64; 2],
    /// Two-sided Wald p-value of "the value is 0"; 1 where the value is fixed.
    pub p_value: f64,
}

impl Effect {
    /// The effect of this value and variance.
    pub fn new(value: f64, variance: f64) -> Self {
        let std_error = variance.max(0.0).sqrt();
        let p_value = if std_error > 0.0 { two_sided_p_value(value / std_error) } else { 1.0 };
        Self { value, std_error, interval: [value - Z_95 * std_error, value + Z_95 * std_error], p_value }
    }

    /// Value over standard error; 0 where the value is fixed.
    pub fn z(&self) -> f64 {
        if self.std_error > 0.0 { self.value / self.std_error } else { 0.0 }
    }
}

/// Chance of a standard normal variable farther from 0 than z: erfc(|z| / sqrt 2) by way of the incomplete gamma function,
/// as statrs 0.19's erfc itself is only good to 1e-10.
pub(crate) fn two_sided_p_value(z: f64) -> f64 {
    match z * z / 2.0 {
        x if x <= 0.0 => 1.0,
        // The chance is below the smallest number.
        x if x > 760.0 => 0.0,
        x => gamma_ur(0.5, x),
    }
}

/// Coefficients as estimated, with their errors.
#[derive(Debug, Clone, PartialEq)]
pub struct RawEffects {
    /// The intercept.
    pub intercept: Effect,
    /// Attributes x levels; `None` for what was not estimated: reference levels and levels without leads. Of a linear
    /// attribute: slope x number; `None` where all leads have the same number.
    pub attributes: Vec<Vec<Option<Effect>>>,
}

/// Effects against the average lead, with their errors.
#[derive(Debug, Clone, PartialEq)]
pub struct CentredEffects {
    /// Log-odds at effects of 0.
    pub intercept: Effect,
    /// Attributes x levels. A level without leads counts as the average lead: 0, without a standard error; of a linear
    /// attribute its number counts, and in a fit toward another model what that model has for it.
    pub attributes: Vec<Vec<Effect>>,
}

/// Standard errors, intervals and p-values of the coefficients as estimated.
pub fn raw_effects(fitted: &FittedLogit) -> RawEffects {
    let covariance = fitted.covariance();
    let mut attributes: Vec<Vec<_>> = fitted.coefficients().iter().map(|levels| vec![None; levels.len()]).collect();
    for (index, &Column { attribute, level }) in fitted.columns().iter().enumerate() {
        let variance = covariance[(index + 1, index + 1)];
        for (at, &coefficient) in fitted.coefficients()[attribute].iter().enumerate() {
            let entry = entry(fitted, attribute, at);
            if level.is_none_or(|level| level == at) {
                attributes[attribute][at] = Some(Effect::new(coefficient, entry * entry * variance));
            }
        }
    }
    RawEffects { intercept: Effect::new(fitted.intercept(), covariance[(0, 0)]), attributes }
}

/// Centred effects; `patterns` gives the shares of leads, usually the table that was fitted.
///
/// # Panics
/// Where the table has other attributes than the model: a bug of the caller.
pub fn effects(fitted: &FittedLogit, patterns: &CovariatePatterns) -> CentredEffects {
    let covariance = fitted.covariance();
    let mut intercept = fitted.intercept();
    // The intercept's contrast, over all parameters: 1, then every column's share of leads.
    let mut intercept_contrast = vec![(0, 1.0)];
    let mut attributes = Vec::new();
    for (attribute, coefficients) in fitted.coefficients().iter().enumerate() {
        let shares = shares(&patterns.margin(attribute).leads);
        let mean: f64 = shares.iter().zip(coefficients).map(|(share, coefficient)| share * coefficient).sum();
        intercept += mean;
        let linear = fitted.values(attribute).is_some();
        let columns: Vec<_> = (1..).zip(fitted.columns()).filter(|(_, column)| column.attribute == attribute).collect();
        // Of each column: its entry for a level, and its mean entry.
        let entry = |column: &Column, level: usize| match column.level {
            Some(of) => f64::from(u8::from(of == level)),
            None => entry(fitted, attribute, level),
        };
        let mean_entry = |column: &Column| match column.level {
            Some(of) => shares[of],
            None => shares.iter().enumerate().map(|(level, share)| share * entry(column, level)).sum(),
        };
        let columns: Vec<_> =
            columns.into_iter().map(|(parameter, column)| (parameter, column, mean_entry(column))).collect();
        intercept_contrast.extend(columns.iter().map(|&(parameter, _, mean)| (parameter, mean)));
        // All leads have the same number: the intercept has settled with it, and the slope is what it was before.
        let fixed = fitted.slope(attribute).filter(|_| columns.is_empty()).map(|slope| {
            let mean: f64 =
                shares.iter().enumerate().map(|(level, share)| share * self::entry(fitted, attribute, level)).sum();
            (slope, mean)
        });
        let effect = |level: usize| {
            if let Some((slope, mean_number)) = fixed {
                let from_mean = self::entry(fitted, attribute, level) - mean_number;
                return Effect::new(coefficients[level] - mean, (from_mean * slope.std_error).powi(2));
            }
            let own = columns.iter().any(|(_, column, _)| column.level == Some(level));
            let known = f64::from(u8::from(linear || own || shares[level] > 0.0));
            let contrast: Vec<_> = columns
                .iter()
                .map(|&(parameter, column, mean)| (parameter, known * (entry(column, level) - mean)))
                .collect();
            Effect::new(coefficients[level] - mean, quadratic_form(&contrast, covariance))
        };
        attributes.push((0..coefficients.len()).map(effect).collect());
    }
    CentredEffects { intercept: Effect::new(intercept, quadratic_form(&intercept_contrast, covariance)), attributes }
}

/// What each level of an attribute adds to one of them, `reference`, which itself is 0. Levels without leads are 0 as well,
/// without a standard error: nothing is known of them.
///
/// # Panics
/// Where there is no such attribute or level.
pub fn relative_effects(fitted: &FittedLogit, attribute: usize, reference: usize) -> Vec<Effect> {
    let coefficients = &fitted.coefficients()[attribute];
    let parameter_of = |level: usize| {
        let of = Column { attribute, level: Some(level) };
        fitted.columns().iter().position(|column| *column == of).map(|column| column + 1)
    };
    // Without a penalty the most populous level has no column: its coefficient is 0, and that is known.
    let known = |level: usize| parameter_of(level).is_some() || coefficients[level].abs().to_bits() == 0;
    let effect = |level: usize| {
        if level == reference || !known(level) || !known(reference) {
            return Effect::new(0.0, 0.0);
        }
        let contrast = [(level, 1.0), (reference, -1.0)];
        let contrast: Vec<_> =
            contrast.into_iter().filter_map(|(level, weight)| Some((parameter_of(level)?, weight))).collect();
        let variance = quadratic_form(&contrast, fitted.covariance());
        Effect::new(coefficients[level] - coefficients[reference], variance)
    };
    (0..coefficients.len()).map(effect).collect()
}

/// What a level's column holds for it: its number, or 1 for an indicator.
fn entry(fitted: &FittedLogit, attribute: usize, level: usize) -> f64 {
    fitted.values(attribute).map_or(1.0, |values| values[level])
}

fn shares(leads: &[u64]) -> Vec<f64> {
    let total = leads.iter().sum::<u64>().max(1) as f64;
    leads.iter().map(|&n| n as f64 / total).collect()
}

/// g' V g for a contrast given by its parameters and weights.
fn quadratic_form(contrast: &[(usize, f64)], covariance: &Array2<f64>) -> f64 {
    let row = |&(i, weight): &(usize, f64)| {
        weight * contrast.iter().map(|&(j, other)| other * covariance[(i, j)]).sum::<f64>()
    };
    contrast.iter().map(row).sum()
}

#[cfg(test)]
mod tests;
