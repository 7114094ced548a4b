//! From counted history to points and model, each with its figures out of fold.
//!
//! Out of fold means: levels, rates, points and coefficients come from the other folds' leads. Which fine levels there are
//! is decided once, on all leads, from the attribute's values alone and not from the outcome; what joins them to levels
//! looks at the outcome, so each fold joins them anew by its training leads.

use leadcal_lift::binning::coarsen;
use leadcal_lift::lift::LiftTable;
use leadcal_lift::patterns::{Coarsened, CovariatePatterns, Repeats, Source};
use leadcal_lift::points::{EffectInterval, PointsError, PointsMethod, PointsOptions, PointsTable, assign};
use leadcal_logit::error::LogitError;
use leadcal_logit::fit::{FittedLogit, LogitParams, LogitValidParams};
use leadcal_logit::inference::{Effect, effects, relative_effects};
use leadcal_logit::model::LogitModel;
use leadcal_logit::score_curve::ScoreCurve;
use leadcal_logit::separation::check_attributes;
use leadcal_logit::validation::{HeldOut, Prediction, Validation, cross_validate, hold_out};

use crate::curves::{Collected, Curves};
use crate::history::History;
use crate::out_of_time::{NotMeasured, measurable};
use crate::spec::Spec;
use crate::start_small::{chosen_earlier, chosen_in_fold};

/// Why a calculation could not be completed.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    /// The points.
    #[error(transparent)]
    Points(#[from] PointsError),
    /// The model, a score curve or the validation.
    #[error(transparent)]
    Logit(#[from] LogitError),
    /// The calculation on all leads is fine, but not the one without a fold's leads.
    #[error("validation without the leads of fold {fold} of {folds}: {source}")]
    Fold {
        /// The fold held out, from 1.
        fold: usize,
        /// How many there are.
        folds: usize,
        /// What failed.
        source: Box<CalibrationError>,
    },
}

/// Points with their out-of-fold figures.
#[derive(Debug, Clone)]
pub struct CalibratedPoints {
    /// What `points.json` holds.
    pub table: PointsTable,
    /// How well the points rank and, turned into a probability by a score curve, predict leads they were not made from.
    pub validation: Validation,
    /// The same leads' curves.
    pub curves: Curves,
}

/// Points of a level that are all within this much of 0 have lost most of what their values said.
const COARSE: i64 = 5;

impl CalibratedPoints {
    /// What to say where rounding to whole points leaves next to nothing of the values, as it does with log odds at
    /// scale 1.
    pub fn coarse(&self) -> Option<String> {
        let levels = self.table.attributes.iter().flat_map(|attribute| &attribute.levels);
        let largest = levels.map(|level| level.points.abs()).max().unwrap_or(0);
        let method = self.table.method;
        (1..=COARSE).contains(&largest).then(|| {
            format!("{method} points of at most {largest} are coarse: a larger scale (--scale 10, or 0-100) keeps more")
        })
    }
}

/// Lift points of a history.
///
/// # Errors
/// [`CalibrationError`] where points cannot be assigned or a fold cannot be measured.
pub fn points(history: &History, spec: &Spec) -> Result<CalibratedPoints, CalibrationError> {
    check_attributes(&history.patterns)?;
    let table = PointsTable { weeks: history.weeks, ..points_of(&history.patterns, spec)? };
    let (validation, curves) = validate(history, |train| predict_points(train, spec))?;
    Ok(CalibratedPoints { table, validation, curves })
}

/// The logistic model of a history, validation included.
///
/// # Errors
/// [`CalibrationError`] where the model does not converge, is separated, or a fold cannot be measured.
pub fn model(history: &History, spec: &Spec) -> Result<LogitModel, CalibrationError> {
    Ok(model_and_curves(history, spec)?.0)
}

/// The logistic model of a history, validation included, and the curves of the leads it was validated on.
///
/// # Errors
/// As [`model`].
pub fn model_and_curves(history: &History, spec: &Spec) -> Result<(LogitModel, Curves), CalibrationError> {
    let params = params(spec)?;
    let fitted = params.fit(&history.patterns)?;
    let (validation, curves) = validate(history, |train| predict_model(train, spec))?;
    Ok((LogitModel::new(&fitted, &history.patterns, Some(validation)), curves))
}

/// The points' figures and curves on later leads, from points made on the earlier ones.
///
/// # Errors
/// [`NotMeasured`] where there are no such leads, too few, or none that points can be made of.
pub fn points_out_of_time(history: &History, spec: &Spec) -> Result<(HeldOut, Curves), NotMeasured> {
    out_of_time(history, spec, |train| predict_points(train, spec))
}

/// The model's figures and curves on later leads, fitted to the earlier ones.
///
/// # Errors
/// [`NotMeasured`] where there are no such leads, too few, or none that a model can be fitted to.
pub fn model_out_of_time(history: &History, spec: &Spec) -> Result<(HeldOut, Curves), NotMeasured> {
    out_of_time(history, spec, |train| predict_model(train, spec))
}

fn out_of_time(
    history: &History,
    spec: &Spec,
    calibrate: impl Fn(&CovariatePatterns) -> Result<Prediction, CalibrationError>,
) -> Result<(HeldOut, Curves), NotMeasured> {
    let parts = measurable(history.out_of_time.as_ref(), spec.data.created_at.as_deref())?;
    let mut collected = Collected::default();
    let figures = hold_out(&history.fine, &parts.train, &parts.test, |train| {
        let train = chosen_earlier(coarsen(train, &history.joinings), history.top.as_ref());
        let predicted = predict_fine(&train, &calibrate)?;
        collected.add(&predicted, &parts.test)?;
        Ok(predicted)
    })
    .map_err(|error: CalibrationError| NotMeasured::Failed(error.to_string()))?;
    Ok((figures, collected.curves()))
}

fn predict_points(train: &CovariatePatterns, spec: &Spec) -> Result<Prediction, CalibrationError> {
    predict_by_points(&points_of(train, spec)?, train)
}

/// What points say of every pattern of the table they were made of: the score within the range, as a runtime scorer gives it,
/// and the rate to expect at it.
pub(crate) fn predict_by_points(
    table: &PointsTable,
    train: &CovariatePatterns,
) -> Result<Prediction, CalibrationError> {
    let (least, most) = (table.range.min as f64, table.range.max as f64);
    let scores: Vec<f64> = table.scores_of(train).iter().map(|score| score.clamp(least, most)).collect();
    let curve = ScoreCurve::fit(&scores, train.counts())?;
    let probabilities = scores.iter().map(|&score| curve.rate(score)).collect();
    Ok(Prediction { scores, probabilities })
}

/// What a model says of every pattern of a table.
pub(crate) fn predict_by_model(fitted: &FittedLogit, patterns: &CovariatePatterns) -> Prediction {
    Prediction { scores: fitted.linear_predictors(patterns), probabilities: fitted.probabilities(patterns) }
}

fn predict_model(train: &CovariatePatterns, spec: &Spec) -> Result<Prediction, CalibrationError> {
    Ok(predict_by_model(&params(spec)?.fit(train)?, train))
}

/// Predicts every fine pattern as `calibrate` predicts the joined pattern it is in.
fn predict_fine(
    train: &Coarsened,
    calibrate: impl Fn(&CovariatePatterns) -> Result<Prediction, CalibrationError>,
) -> Result<Prediction, CalibrationError> {
    let predicted = calibrate(&train.patterns)?;
    Ok(Prediction { scores: train.spread(&predicted.scores), probabilities: train.spread(&predicted.probabilities) })
}

/// Cross-validates over the history's folds. What fails in one fold names it.
fn validate(
    history: &History,
    calibrate: impl Fn(&CovariatePatterns) -> Result<Prediction, CalibrationError>,
) -> Result<(Validation, Curves), CalibrationError> {
    let folds = history.folds.len();
    let mut collected = Collected::default();
    let mut fold = 0;
    let validation = cross_validate(&history.fine, &history.folds, |train| {
        let train = chosen_in_fold(coarsen(train, &history.joinings), history.top.as_ref(), fold);
        let held_out = &history.folds.counts()[fold];
        fold += 1;
        let predicted = predict_fine(&train, &calibrate).map_err(|source| CalibrationError::Fold {
            fold,
            folds,
            source: Box::new(source),
        })?;
        // A fold of one outcome is told of where it is measured.
        _ = collected.add(&predicted, held_out);
        Ok::<_, CalibrationError>(predicted)
    })?;
    Ok((validation, collected.curves()))
}

fn points_of(patterns: &CovariatePatterns, spec: &Spec) -> Result<PointsTable, CalibrationError> {
    let lift = LiftTable::from_patterns(patterns, &spec.shrinkage);
    let fitted = match spec.points.method {
        PointsMethod::Fitted => Some(params(spec)?.fit(patterns)?),
        _ => None,
    };
    points_table(patterns, &lift, fitted.as_ref(), spec)
}

/// Points from a lift table and, where the method asks for it, a model of these patterns.
pub(crate) fn points_table(
    patterns: &CovariatePatterns,
    lift: &LiftTable,
    fitted: Option<&FittedLogit>,
    spec: &Spec,
) -> Result<PointsTable, CalibrationError> {
    let effects = fitted.map(|fitted| effect_intervals(fitted, patterns));
    let options = PointsOptions { groups: spec.groups.clone(), ..spec.points.clone() };
    Ok(assign(patterns, lift, &options, effects.as_deref())?)
}

/// The model's effects as points take them: of an attribute whose levels stand for numbers its slope, of one with a reference
/// level the differences to that.
fn effect_intervals(fitted: &FittedLogit, patterns: &CovariatePatterns) -> Vec<Vec<EffectInterval>> {
    let interval =
        |effect: Effect| EffectInterval { value: effect.value, low: effect.interval[0], high: effect.interval[1] };
    let centred = effects(fitted, patterns).attributes.into_iter().enumerate();
    centred
        .map(|(index, centred)| {
            let effects = match (fitted.slope(index), patterns.feature(index).source.reference()) {
                (Some(slope), _) => vec![whatever_the_shape(slope, &patterns.feature(index).source)],
                (None, Some(reference)) => relative_effects(fitted, index, reference),
                (None, None) => centred,
            };
            effects.into_iter().map(interval).collect()
        })
        .collect()
}

/// The slope of a behaviour with an interval no narrower than that over every shape that fits: at the shape that was chosen
/// for fitting best, it would be taken for conclusive more often than it should.
fn whatever_the_shape(slope: Effect, source: &Source) -> Effect {
    let Source::Behaviour(Repeats { log_odds_each: Some(each), .. }) = source else { return slope };
    let [below, above] = [each.value - each.interval[0], each.interval[1] - each.value];
    let [low, high] = slope.interval;
    Effect { interval: [low.min(slope.value - below), high.max(slope.value + above)], ..slope }
}

pub(crate) fn params(spec: &Spec) -> Result<LogitValidParams, LogitError> {
    LogitParams::new().solver(spec.model.solver).l2(spec.model.l2).check()
}
