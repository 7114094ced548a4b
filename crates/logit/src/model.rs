//! The model file, `model.json`: a fitted model with its inference and validation, for people, diffs and later commands.
//!
//! Strict and versioned: unknown keys, another format, a newer version, repeated names and non-finite numbers are errors
//! that name the place. Written with two-space indentation, keys in the order of the structs, no timestamps.

use std::collections::BTreeSet;

use leadcal_lift::attribute::{Attribute, Input, Level, When};
use leadcal_lift::patterns::CovariatePatterns;
use serde::{Deserialize, Serialize};

use crate::error::LogitError;
use crate::fit::{FittedLogit, Solver, linear_predictor};
use crate::inference::{Effect, effects, relative_effects};
use crate::likelihood::logistic;
use crate::validation::Validation;

/// What `format` must say.
pub const FORMAT: &str = "leadcal.logit-model";
/// The version this build reads and writes.
pub const VERSION: u64 = 1;

/// A fitted logistic model as written to a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogitModel {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u64,
    /// The product line; absent where the model serves all the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Leads it was fitted to.
    pub leads: u64,
    /// Conversions among them.
    pub conversions: u64,
    /// The solver.
    pub solver: Solver,
    /// Weight of the penalty.
    pub l2: f64,
    /// Log-likelihood without the penalty, natural logarithm.
    pub log_likelihood: f64,
    /// What was minimised.
    pub objective: f64,
    /// Log-odds of a lead whose every coefficient is 0.
    pub intercept: f64,
    /// Log-odds at centred effects of 0.
    pub centred_intercept: Effect,
    /// The attributes, in the order of the pattern table.
    pub attributes: Vec<ModelAttribute>,
    /// Out-of-fold metrics, where it was validated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<Validation>,
    /// Models of the product lines that have one of their own; their `l2` is the pull toward this one's coefficients.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<LogitModel>,
}

/// An attribute of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelAttribute {
    /// Its name.
    pub name: String,
    /// Where its value comes from.
    pub input: Input,
    /// Change of the log-odds for each 1 of the levels' numbers, where they stand for numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slope: Option<Effect>,
    /// Its levels, in their natural order.
    pub levels: Vec<ModelLevel>,
}

/// A level of an attribute, with its coefficient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelLevel {
    /// Its name.
    pub level: String,
    /// Which values are in it.
    pub when: When,
    /// The number it stands for, where the attribute has a slope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Leads it was fitted to.
    pub leads: u64,
    /// Conversions among them.
    pub conversions: u64,
    /// Its coefficient; 0 for a reference level, the lead-weighted mean of the others for a level without leads; slope x
    /// value where there is a slope.
    pub coefficient: f64,
    /// Its effect against the average lead.
    pub effect: Effect,
    /// Its effect against the attribute's reference level, where there is one: active leads, those for which a signal does
    /// not fire. Absent of that level itself, and where nothing is known as one of both had no leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against_reference: Option<Effect>,
}

impl LogitModel {
    /// The file of a model fitted to `patterns`.
    ///
    /// # Panics
    /// Where the table has other attributes than the model: a bug of the caller.
    pub fn new(fitted: &FittedLogit, patterns: &CovariatePatterns, validation: Option<Validation>) -> Self {
        let centred = effects(fitted, patterns);
        let attribute = |index: usize| {
            let Attribute { name, input, levels } = &patterns.attributes()[index];
            let margin = patterns.margin(index);
            let reference = patterns.feature(index).source.reference();
            let relative = reference.map(|reference| relative_effects(fitted, index, reference));
            let level = |(code, level): (usize, &Level)| ModelLevel {
                level: level.name.clone(),
                when: level.when.clone(),
                value: fitted.values(index).map(|values| values[code]),
                leads: margin.leads[code],
                conversions: margin.conversions[code],
                coefficient: fitted.coefficients()[index][code],
                effect: centred.attributes[index][code],
                against_reference: relative
                    .as_ref()
                    .map(|relative| relative[code])
                    .filter(|effect| effect.std_error > 0.0),
            };
            ModelAttribute {
                name: name.clone(),
                input: input.clone(),
                slope: fitted.slope(index),
                levels: levels.iter().enumerate().map(level).collect(),
            }
        };
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            product: None,
            leads: patterns.counts().total_leads(),
            conversions: patterns.counts().total_conversions(),
            solver: fitted.solver(),
            l2: fitted.l2(),
            log_likelihood: fitted.log_likelihood(),
            objective: fitted.objective(),
            intercept: fitted.intercept(),
            centred_intercept: centred.intercept,
            attributes: (0..patterns.attributes().len()).map(attribute).collect(),
            validation,
            products: Vec::new(),
        }
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// [`LogitError::Model`], with line and column or the JSON pointer of what is wrong.
    pub fn from_json(text: &str) -> Result<Self, LogitError> {
        /// What every version has, so that a newer one is told from a broken one.
        #[derive(Deserialize)]
        struct Header {
            format: Option<String>,
            version: Option<u64>,
        }
        let parse = |error: serde_json::Error| LogitError::Model {
            place: format!("line {} column {}", error.line(), error.column()),
            reason: without_place(&error.to_string()).to_owned(),
        };
        let Header { format, version } = serde_json::from_str(text).map_err(parse)?;
        match format.as_deref() {
            Some(FORMAT) => {}
            Some(other) => return Err(wrong("/format", format!("expected \"{FORMAT}\", found \"{other}\""))),
            None => return Err(wrong("/format", format!("expected \"{FORMAT}\", found nothing"))),
        }
        match version {
            Some(VERSION) => {}
            Some(newer) if newer > VERSION => {
                return Err(wrong("/version", format!("version {newer} is newer than this leadcal reads ({VERSION})")));
            }
            Some(other) => return Err(wrong("/version", format!("expected {VERSION}, found {other}"))),
            None => return Err(wrong("/version", format!("expected {VERSION}, found nothing"))),
        }
        let model: Self = serde_json::from_str(text).map_err(parse)?;
        model.check()?;
        Ok(model)
    }

    /// The file's text: two-space indentation, a newline at the end; the same model gives the same bytes.
    ///
    /// # Errors
    /// [`LogitError::Model`] where the model would not be read back: repeated names or a number that is not finite.
    pub fn to_json(&self) -> Result<String, LogitError> {
        self.check()?;
        let text = serde_json::to_string_pretty(self).map_err(|error| wrong("", error.to_string()))?;
        Ok(text + "\n")
    }

    /// The attributes as calibration knows them.
    pub fn attributes(&self) -> Vec<Attribute> {
        let level = |level: &ModelLevel| Level { name: level.level.clone(), when: level.when.clone() };
        let attributes = self.attributes.iter();
        attributes
            .map(|attribute| Attribute {
                name: attribute.name.clone(),
                input: attribute.input.clone(),
                levels: attribute.levels.iter().map(level).collect(),
            })
            .collect()
    }

    /// Probability of conversion of a lead with these level codes; to the bit that of the model it was written from.
    ///
    /// # Panics
    /// Where the codes are not those of the model's attributes: a bug of the caller.
    pub fn probability(&self, codes: &[u32]) -> f64 {
        let levels = |attribute: &ModelAttribute| attribute.levels.iter().map(|level| level.coefficient).collect();
        let coefficients: Vec<Vec<f64>> = self.attributes.iter().map(levels).collect();
        logistic(linear_predictor(self.intercept, &coefficients, codes))
    }

    /// Checks what types cannot say: finite numbers, a penalty that is not negative, names once each.
    fn check(&self) -> Result<(), LogitError> {
        let finite = |place: &str, numbers: &[f64]| match numbers.iter().find(|number| !number.is_finite()) {
            Some(number) => Err(wrong(place, format!("expected a finite number, found {number}"))),
            None => Ok(()),
        };
        finite("/l2", &[self.l2])?;
        if self.l2 < 0.0 {
            return Err(wrong("/l2", format!("expected 0 or more, found {}", self.l2)));
        }
        finite("/log_likelihood", &[self.log_likelihood])?;
        finite("/objective", &[self.objective])?;
        finite("/intercept", &[self.intercept])?;
        finite("/centred_intercept", &numbers(&self.centred_intercept))?;
        let mut names = BTreeSet::new();
        for (index, attribute) in self.attributes.iter().enumerate() {
            let place = format!("/attributes/{index}");
            if !names.insert(&attribute.name) {
                return Err(wrong(
                    &format!("{place}/name"),
                    format!("attribute \"{}\" is there twice", attribute.name),
                ));
            }
            if let Some(slope) = &attribute.slope {
                finite(&format!("{place}/slope"), &numbers(slope))?;
            }
            let mut levels = BTreeSet::new();
            for (index, level) in attribute.levels.iter().enumerate() {
                let place = format!("{place}/levels/{index}");
                if !levels.insert(&level.level) {
                    let reason =
                        format!("level \"{}\" of attribute \"{}\" is there twice", level.level, attribute.name);
                    return Err(wrong(&format!("{place}/level"), reason));
                }
                finite(&format!("{place}/coefficient"), &[level.coefficient])?;
                finite(&format!("{place}/effect"), &numbers(&level.effect))?;
                check_value(&place, attribute.slope.as_ref(), level)?;
            }
        }
        if let Some(validation) = &self.validation {
            finite("/validation", &figures(validation))?;
        }
        let mut products = BTreeSet::new();
        for (index, model) in self.products.iter().enumerate() {
            let place = format!("/products/{index}");
            let reason = match &model.product {
                None => Some("a product's model names it"),
                Some(product) if !products.insert(product) => Some("another model is of this product"),
                Some(_) if !model.products.is_empty() => Some("a product's model has no products of its own"),
                Some(_) => None,
            };
            if let Some(reason) = reason {
                return Err(wrong(&place, reason.to_owned()));
            }
            model.check().map_err(|error| match error {
                LogitError::Model { place: inner, reason } => wrong(&(place + &inner), reason),
                other => other,
            })?;
        }
        Ok(())
    }
}

/// A level has a number where its attribute has a slope, and only there; its coefficient is their product, to the bit.
#[expect(clippy::float_cmp, reason = "what was written is the product itself")]
fn check_value(place: &str, slope: Option<&Effect>, level: &ModelLevel) -> Result<(), LogitError> {
    let place = format!("{place}/value");
    match (slope, level.value) {
        (None, None) => Ok(()),
        (None, Some(value)) => Err(wrong(&place, format!("expected none without a slope, found {value}"))),
        (Some(_), None) => Err(wrong(&place, "expected the number of the level, found nothing".to_owned())),
        (Some(_), Some(value)) if !value.is_finite() => {
            Err(wrong(&place, format!("expected a finite number, found {value}")))
        }
        (Some(slope), Some(value)) if level.coefficient == slope.value * value => Ok(()),
        (Some(slope), Some(value)) => {
            let (product, coefficient) = (slope.value * value, level.coefficient);
            Err(wrong(&place, format!("slope x value is {product}, the coefficient {coefficient}")))
        }
    }
}

fn numbers(effect: &Effect) -> [f64; 5] {
    [effect.value, effect.std_error, effect.interval[0], effect.interval[1], effect.p_value]
}

fn figures(validation: &Validation) -> Vec<f64> {
    let Validation { auc, auc_std_error, auc_interval: [low, high], auc_sd, log_loss, brier, calibration, folds } =
        validation;
    let mut figures = vec![*auc, *auc_std_error, *low, *high, *auc_sd, *log_loss, *brier];
    figures.extend([calibration.slope, calibration.intercept, calibration.expected_error]);
    figures.extend(folds.iter().flat_map(|fold| [fold.auc, fold.auc_variance, fold.log_loss, fold.brier]));
    figures
}

fn wrong(place: &str, reason: String) -> LogitError {
    LogitError::Model { place: place.to_owned(), reason }
}

/// `serde_json` puts line and column into its text; they are told as the place already.
fn without_place(text: &str) -> &str {
    text.rfind(" at line ").map_or(text, |end| &text[..end])
}

#[cfg(test)]
mod tests;
