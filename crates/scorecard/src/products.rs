//! One calibration for each product line, drawn toward that of all leads.
//!
//! A product with at least [`LEAST`] conversions and as many other leads gets points and a model of its own. Its rates start
//! from the pooled ones, moved to its overall rate, and leave them as far as its own leads say ([`LiftTable::toward`]); its
//! coefficients are fitted with a pull toward the pooled ones whose strength is chosen by cross-validation within the product
//! ([`choose_pull`]). Every other product, and leads without one, are served by the pooled calibration.
//!
//! Figures are out of fold: in each fold pooled and own calibration are made without that fold's leads, and both are measured
//! on the product's leads in it. The pull is chosen once, on all leads of the product: one number of eight.

use leadcal_lift::attribute::{Level, When};
use leadcal_lift::binning::coarsen;
use leadcal_lift::lift::LiftTable;
use leadcal_lift::patterns::{Coarsened, Counts, CovariatePatterns};
use leadcal_lift::points::PointsTable;
use leadcal_logit::error::LogitError;
use leadcal_logit::fit::{FittedLogit, LogitParams};
use leadcal_logit::model::LogitModel;
use leadcal_logit::toward::{Pull, STRENGTHS, choose_pull};
use leadcal_logit::validation::{Folds, Prediction, Validation, cross_validate};
use rayon::prelude::*;

use crate::calibration::{CalibrationError, params, points_table, predict_by_model, predict_by_points};
use crate::history::History;
use crate::readiness::LEAST;
use crate::spec::Spec;
use crate::start_small::chosen_in_fold;

/// Penalty on deviations from the pooled coefficients that leaves none.
const POOLED_ONLY: f64 = 1e8;

/// The calibrations of products.
#[derive(Debug, Clone, Default)]
pub struct Products {
    /// Those with one of their own, in the order of their names.
    pub own: Vec<OwnCalibration>,
    /// Those served by the pooled calibration.
    pub pooled: Vec<Served>,
    /// In plain words.
    pub warnings: Vec<String>,
}

/// A product with points and a model of its own.
#[derive(Debug, Clone)]
pub struct OwnCalibration {
    /// The product.
    pub product: String,
    /// Its points.
    pub points: PointsTable,
    /// Its model, with the figures of the model on its own leads.
    pub model: LogitModel,
    /// How strongly its coefficients are drawn to the pooled ones; `None` where they are the pooled ones.
    pub pull: Option<f64>,
    /// How its own calibration does on its leads out of fold, beside the pooled one.
    pub figures: Option<Figures>,
}

/// Figures on a product's leads, out of fold.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Of the pooled points and model.
    pub pooled: [Validation; 2],
    /// Of its own points and model.
    pub own: [Validation; 2],
}

/// A product without a calibration of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// The product.
    pub product: String,
    /// Its leads.
    pub leads: u64,
    /// Those of them that converted.
    pub conversions: u64,
}

/// A product's own points and model.
struct Own {
    points: PointsTable,
    fitted: FittedLogit,
}

/// Calibrates each product of a history; nothing where the spec names no product.
///
/// # Errors
/// Where the pooled calibration has no solution without a fold's leads.
pub fn calibrate(history: &History, spec: &Spec) -> Result<Products, CalibrationError> {
    let mut made = Products::default();
    let Some(column) = &spec.data.product else { return Ok(made) };
    let attributes = history.patterns.attributes();
    let Some(at) = attributes.iter().position(|attribute| attribute.name == *column) else {
        let reason = history.left_out.iter().find(|(name, _)| name == column).map(|(_, why)| why.to_string());
        let reason = reason.unwrap_or_else(|| "is no attribute".to_owned());
        made.warnings.push(format!("no product has a model of its own: column \"{column}\": {reason}"));
        return Ok(made);
    };
    let margin = history.patterns.margin(at);
    let levels = || attributes[at].levels.iter().enumerate().filter_map(|(code, level)| Some((code, named(level)?)));
    let enough = |code: usize| {
        let (leads, conversions) = (margin.leads[code], margin.conversions[code]);
        conversions.min(leads - conversions) >= LEAST
    };
    for (code, product) in levels().filter(|(code, _)| !enough(*code)) {
        let (leads, conversions) = (margin.leads[code], margin.conversions[code]);
        made.pooled.push(Served { product: product.to_owned(), leads, conversions });
    }
    if !levels().any(|(code, _)| enough(code)) {
        return Ok(made);
    }

    let joined = joined(history);
    let pooled = Pooled::of(&joined.patterns, spec)?;
    let folds = Folds::given(history.folds.counts().iter().map(|fold| joined.gathered(fold)).collect());
    let without = |fold: &Counts| {
        let training = joined.patterns.with_counts(joined.patterns.counts().without(fold));
        Ok(params(spec)?.fit(&training)?)
    };
    let pooled_of_folds = folds.counts().par_iter().map(without).collect::<Result<Vec<_>, CalibrationError>>()?;
    let all = All { history, spec, joined, pooled, folds, pooled_of_folds, trained: trained(history, spec)? };
    let products: Vec<(usize, &str)> = levels().filter(|(code, _)| enough(*code)).collect();
    let calibrated: Vec<Result<(OwnCalibration, Vec<String>), CalibrationError>> =
        products.par_iter().map(|&(code, product)| all.calibrate(at, code, product)).collect();
    for calibrated in calibrated {
        let (own, warnings) = calibrated?;
        made.own.push(own);
        made.warnings.extend(warnings);
    }
    Ok(made)
}

/// What every product starts from.
struct All<'a> {
    history: &'a History,
    spec: &'a Spec,
    joined: Coarsened,
    pooled: Pooled,
    folds: Folds,
    /// The pooled model without each fold's leads, levels as they are joined by all leads.
    pooled_of_folds: Vec<FittedLogit>,
    /// The pooled calibration without each fold's leads, levels joined without them too.
    trained: Vec<(Coarsened, Pooled)>,
}

impl All<'_> {
    fn calibrate(
        &self,
        at: usize,
        code: usize,
        product: &str,
    ) -> Result<(OwnCalibration, Vec<String>), CalibrationError> {
        let mut warnings = Vec::new();
        let code = u32::try_from(code).expect("levels fit 32 bits");
        let (patterns, indices) = self.joined.patterns.subset(at, code);
        let folds = Folds::given(self.folds.counts().iter().map(|fold| fold.picked(&indices)).collect());
        let pull = match choose_pull(&LogitParams::new(), &STRENGTHS, &patterns, &folds, &self.pooled_of_folds) {
            Ok(choice) => choice.chosen,
            Err(error) => {
                warnings.push(format!("product \"{product}\" keeps the pooled coefficients: {error}"));
                Pull::PooledOnly
            }
        };
        let own = own(&patterns, &self.pooled, pull, self.spec)?;
        let column = &self.joined.patterns.attributes()[at].name;
        let figures = match figures(self.history, &self.trained, column, code, pull, self.spec) {
            Ok(figures) => Some(figures),
            Err(error) => {
                warnings.push(format!("product \"{product}\" could not be measured out of fold: {error}"));
                None
            }
        };
        let validation = figures.as_ref().map(|figures| figures.own[1].clone());
        let model = LogitModel::new(&own.fitted, &patterns, validation);
        let calibration = OwnCalibration {
            product: product.to_owned(),
            points: PointsTable { product: Some(product.to_owned()), weeks: self.history.weeks, ..own.points },
            model: LogitModel { product: Some(product.to_owned()), ..model },
            pull: strength(pull),
            figures,
        };
        Ok((calibration, warnings))
    }
}

/// The pooled calibration that products start from.
struct Pooled {
    lift: LiftTable,
    points: PointsTable,
    fitted: FittedLogit,
}

impl Pooled {
    fn of(patterns: &CovariatePatterns, spec: &Spec) -> Result<Self, CalibrationError> {
        let fitted = params(spec)?.fit(patterns)?;
        let lift = LiftTable::from_patterns(patterns, &spec.shrinkage);
        let points = points_table(patterns, &lift, Some(&fitted), spec)?;
        Ok(Self { lift, points, fitted })
    }
}

fn own(patterns: &CovariatePatterns, pooled: &Pooled, pull: Pull, spec: &Spec) -> Result<Own, CalibrationError> {
    let l2 = strength(pull).unwrap_or(POOLED_ONLY);
    let fitted = LogitParams::new().l2(l2).check()?.fit_toward(patterns, &pooled.fitted)?;
    let lift = LiftTable::toward(patterns, &pooled.lift, &spec.shrinkage);
    let points = points_table(patterns, &lift, Some(&fitted), spec)?;
    Ok(Own { points, fitted })
}

fn strength(pull: Pull) -> Option<f64> {
    match pull {
        Pull::Strength(l2) => Some(l2),
        Pull::PooledOnly => None,
    }
}

/// The product that a level stands for; none for pooled, missing and other ones.
fn named(level: &Level) -> Option<&str> {
    matches!(level.when, When::In(_)).then_some(level.name.as_str())
}

/// The table of the history's attributes, and where its fine patterns went.
fn joined(history: &History) -> Coarsened {
    let joined = coarsen(&history.fine, &history.joinings);
    let kept = |name: &str| history.patterns.attributes().iter().any(|attribute| attribute.name == name);
    let attributes = joined.patterns.attributes().iter().enumerate();
    let indices: Vec<usize> = attributes.filter(|(_, attribute)| kept(&attribute.name)).map(|(at, _)| at).collect();
    joined.project(&indices)
}

/// The pooled calibration without each fold's leads.
fn trained(history: &History, spec: &Spec) -> Result<Vec<(Coarsened, Pooled)>, CalibrationError> {
    let folds = history.folds.counts().par_iter().enumerate();
    folds
        .map(|(fold, held_out)| {
            let train = history.fine.with_counts(history.fine.counts().without(held_out));
            let train = chosen_in_fold(coarsen(&train, &history.joinings), history.top.as_ref(), fold);
            let pooled = Pooled::of(&train.patterns, spec).map_err(|source| CalibrationError::Fold {
                fold: fold + 1,
                folds: history.folds.len(),
                source: Box::new(source),
            })?;
            Ok((train, pooled))
        })
        .collect()
}

/// What was predicted of some of the patterns, or of one more than once.
fn picked(predicted: &Prediction, patterns: &[usize]) -> Prediction {
    let picked = |of_all: &[f64]| patterns.iter().map(|&pattern| of_all[pattern]).collect();
    Prediction { scores: picked(&predicted.scores), probabilities: picked(&predicted.probabilities) }
}

/// Pooled and own points and model, measured on a product's leads in each fold.
fn figures(
    history: &History,
    trained: &[(Coarsened, Pooled)],
    column: &str,
    code: u32,
    pull: Pull,
    spec: &Spec,
) -> Result<Figures, CalibrationError> {
    let at =
        |patterns: &CovariatePatterns| patterns.attributes().iter().position(|attribute| attribute.name == *column);
    let fine_at = at(&history.fine).expect("the product is an attribute");
    let (fine, indices) = history.fine.subset(fine_at, code);
    let folds = Folds::given(history.folds.counts().iter().map(|fold| fold.picked(&indices)).collect());
    // Of each fold the four predictions over the product's fine patterns.
    let mut predicted: Vec<[Prediction; 4]> = Vec::new();
    for (train, pooled) in trained {
        let Some(at) = at(&train.patterns) else {
            // The fold's own choice of attributes (--top) did without the product.
            return Err(LogitError::FoldsDoNotFit {
                reason: format!("a fold chose its attributes without \"{column}\""),
            }
            .into());
        };
        let (patterns, of_joined) = train.patterns.subset(at, code);
        let mut place = vec![usize::MAX; train.patterns.len()];
        for (index, &pattern) in of_joined.iter().enumerate() {
            place[pattern] = index;
        }
        // Where each fine pattern of the product went, in the table of all products and in the product's.
        let in_all: Vec<usize> = indices.iter().map(|&fine| train.pattern_of[fine] as usize).collect();
        let in_own: Vec<usize> = in_all.iter().map(|&pattern| place[pattern]).collect();
        let own = own(&patterns, pooled, pull, spec)?;
        predicted.push([
            picked(&predict_by_points(&pooled.points, &train.patterns)?, &in_all),
            picked(&predict_by_model(&pooled.fitted, &train.patterns), &in_all),
            picked(&predict_by_points(&own.points, &patterns)?, &in_own),
            picked(&predict_by_model(&own.fitted, &patterns), &in_own),
        ]);
    }
    let measured = |which: usize| {
        let mut fold = 0;
        cross_validate(&fine, &folds, |_| {
            fold += 1;
            Ok::<_, CalibrationError>(predicted[fold - 1][which].clone())
        })
    };
    Ok(Figures { pooled: [measured(0)?, measured(1)?], own: [measured(2)?, measured(3)?] })
}

#[cfg(test)]
mod tests;
