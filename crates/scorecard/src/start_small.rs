//! Starting small: how few attributes do, and keeping only those that together tell most.
//!
//! Attributes are chosen by forward selection on cross-validated log loss ([`leadcal_logit::selection`]), levels joined
//! anew in each fold. Few are enough when their out-of-fold AUC is within one standard error of that of the model of all: the
//! one-standard-error rule of Breiman, Friedman, Olshen and Stone (Classification and Regression Trees, 1984, section
//! 3.4.3; Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 2009, section 7.10).
//!
//! A choice that looked at the outcomes of all leads flatters every figure measured on them. So where attributes are kept
//! (`--top`), validation chooses anew in each fold, by its training leads alone.

use std::fmt;

use leadcal_lift::binning::{Joining, coarsen};
use leadcal_lift::patterns::{Coarsened, Counts, CovariatePatterns};
use leadcal_logit::fit::{LogitParams, LogitValidParams};
use leadcal_logit::selection::{FoldTable, SelectionError, Until, auc_of_all, forward, thinned};
use leadcal_logit::separation::check_attributes;
use leadcal_logit::validation::{Folds, Validation};

use crate::calibration::CalibrationError;
use crate::history::{History, NotUsed};
use crate::spec::Spec;

/// Attributes tried one on top of the other, at most, to reach the AUC of all.
pub const LONGEST_PATH: usize = 15;
/// Attributes of more patterns than this are chosen on a sample of the leads with about as many.
pub const MOST_PATTERNS: usize = 50_000;
/// Folds within the training leads of a fold, at most.
const INNER_FOLDS: usize = 5;

/// How few attributes reach the AUC of all, within one standard error.
#[derive(Debug, Clone, PartialEq)]
pub struct HowFew {
    /// The attributes chosen, in this order, each with the mean out-of-fold log loss and AUC of the model of those so far.
    pub path: Vec<Chosen>,
    /// How many attributes there are.
    pub of: usize,
    /// Out-of-fold AUC of the model of all of them.
    pub auc_of_all: f64,
    /// Standard error of the mean AUC of the model of all, on all leads: the validation's.
    pub std_error: f64,
    /// Whether the last step is within it.
    pub reached: bool,
    /// Leads of the sample, where there were too many patterns.
    pub sampled: Option<u64>,
}

/// An attribute chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// Its name.
    pub attribute: String,
    /// Mean out-of-fold log loss with it.
    pub log_loss: f64,
    /// Mean out-of-fold AUC with it.
    pub auc: f64,
}

impl fmt::Display for HowFew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, of, auc_of_all, std_error, .. } = self;
        let (steps, auc) = (path.len(), path.last().map_or(0.5, |last| last.auc));
        let (attributes, reach, these) = match steps {
            1 => ("attribute", "reaches", "this one"),
            _ => ("attributes", "reach", "these"),
        };
        if self.reached && steps < *of {
            let names: Vec<&str> = path.iter().map(|chosen| chosen.attribute.as_str()).collect();
            write!(
                f,
                "{steps} {attributes} ({}) {reach} AUC {auc:.4}, within one standard error ({std_error:.4}) of all {of} \
                 ({auc_of_all:.4}): --top {steps} keeps {these}",
                names.join(", ")
            )?;
        } else if self.reached {
            write!(
                f,
                "fewer than all {of} attributes do not reach AUC {auc_of_all:.4} within one standard error ({std_error:.4})"
            )?;
        } else {
            write!(
                f,
                "the {steps} attributes that together tell most reach AUC {auc:.4}, more than one standard error \
                 ({std_error:.4}) below all {of} ({auc_of_all:.4}); longer lists were not tried"
            )?;
        }
        match self.sampled {
            Some(leads) => write!(f, "; measured on a sample of {leads} leads"),
            None => Ok(()),
        }
    }
}

/// The attributes kept of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Top {
    /// How many attributes there were.
    pub of: usize,
    /// Those kept, best first.
    pub kept: Vec<String>,
    /// For each fold the attributes that its training leads choose: indices in the history's fine table, ascending.
    pub in_folds: Vec<Vec<usize>>,
    /// The attributes that the earlier leads choose, where later ones are measured on.
    pub earlier: Option<Vec<usize>>,
    /// In how many folds these are the same as those kept.
    pub agreeing: usize,
}

impl fmt::Display for Top {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { of, kept, in_folds, agreeing, .. } = self;
        write!(
            f,
            "kept of {of} attributes the {} that together tell most (--top): {}; every fold chose its own from its training \
             leads, {agreeing} of {} the same",
            kept.len(),
            kept.join(", "),
            in_folds.len()
        )
    }
}

/// How few attributes reach the AUC of all; `None` where there is only one, or where attributes were chosen already.
///
/// # Errors
/// [`CalibrationError::Fold`] where a model of some attributes has no solution in a fold.
pub fn how_few(history: &History, spec: &Spec, all: &Validation) -> Result<Option<HowFew>, CalibrationError> {
    let attributes = history.patterns.attributes();
    if attributes.len() < 2 || history.top.is_some() {
        return Ok(None);
    }
    let params = params(spec)?;
    let sample = thinned(&history.fine, &history.folds, MOST_PATTERNS, spec.model.seed);
    let (tables, auc_of_all, sampled) = match &sample {
        Some((fine, folds)) => {
            let tables = fold_tables(fine, folds, &history.joinings);
            let auc = auc_of_all(&tables, &params).map_err(|error| in_fold(error, folds.len()))?;
            (tables, auc, Some(fine.counts().total_leads()))
        }
        None => (fold_tables(&history.fine, &history.folds, &history.joinings), all.auc, None),
    };
    let enough = auc_of_all - all.auc_std_error;
    let until = Until { attributes: LONGEST_PATH, auc: Some(enough) };
    let steps = forward(&tables, &params, until).map_err(|error| in_fold(error, tables.len()))?;
    let reached = steps.len() == attributes.len() || steps.last().is_some_and(|step| step.auc >= enough);
    let path = steps.iter().map(|step| Chosen {
        attribute: attributes[step.attribute].name.clone(),
        log_loss: step.log_loss,
        auc: step.auc,
    });
    Ok(Some(HowFew {
        path: path.collect(),
        of: attributes.len(),
        auc_of_all,
        std_error: all.auc_std_error,
        reached,
        sampled,
    }))
}

/// Keeps the attributes that together tell most, as many as the spec says: the others are left out of the patterns, and
/// each fold is to be validated with the attributes that its own training leads choose.
///
/// # Errors
/// [`CalibrationError`] where an attribute alone separates the outcomes, or a model of some attributes has no solution.
pub fn keep_top(mut history: History, spec: &Spec) -> Result<History, CalibrationError> {
    let Some(top) = spec.model.top else { return Ok(history) };
    let of = history.patterns.attributes().len();
    if top >= of {
        history.warnings.push(format!("--top {top} keeps all attributes: there are {of}"));
        return Ok(history);
    }
    check_attributes(&history.patterns)?;
    let params = params(spec)?;
    let sample = thinned(&history.fine, &history.folds, MOST_PATTERNS, spec.model.seed);
    let (fine, folds) = sample.as_ref().map_or((&history.fine, &history.folds), |(fine, folds)| (fine, folds));
    let choose = |fine: &CovariatePatterns, folds: &Folds| -> Result<Vec<usize>, CalibrationError> {
        let tables = fold_tables(fine, folds, &history.joinings);
        let until = Until { attributes: top, auc: None };
        let steps = forward(&tables, &params, until).map_err(|error| in_fold(error, folds.len()))?;
        Ok(steps.iter().map(|step| step.attribute).collect())
    };
    let best_first = choose(fine, folds)?;
    let mut kept = best_first.clone();
    kept.sort_unstable();
    let mut in_folds = Vec::with_capacity(folds.len());
    for fold in 0..folds.len() {
        let (train, inner) = within(fine, folds, fold, spec.model.seed)?;
        let mut chosen = choose(&train, &inner).map_err(|source| CalibrationError::Fold {
            fold: fold + 1,
            folds: folds.len(),
            source: Box::new(source),
        })?;
        chosen.sort_unstable();
        in_folds.push(chosen);
    }
    let earlier = history.out_of_time.as_ref().map(|parts| {
        let train = history.fine.with_counts(parts.train.clone());
        let inner = Folds::stratified(&train, INNER_FOLDS, spec.model.seed)?;
        let mut chosen = choose(&train, &inner)?;
        chosen.sort_unstable();
        Ok::<_, CalibrationError>(chosen)
    });
    // Where the earlier leads are too few to choose by, they are too few to be measured with as well.
    let earlier = earlier.and_then(Result::ok);
    let agreeing = in_folds.iter().filter(|chosen| **chosen == kept).count();
    let names: Vec<String> = history.patterns.attributes().iter().map(|attribute| attribute.name.clone()).collect();
    let others = (0..of).filter(|at| !kept.contains(at));
    history.left_out.extend(others.map(|at| (names[at].clone(), NotUsed::NotAmongTop(top))));
    history.patterns = history.patterns.project(&kept).patterns;
    let kept = best_first.iter().map(|&at| names[at].clone()).collect();
    history.top = Some(Top { of, kept, in_folds, earlier, agreeing });
    Ok(history)
}

/// A fold's training table over the attributes its training leads choose.
pub(crate) fn chosen_in_fold(train: Coarsened, top: Option<&Top>, fold: usize) -> Coarsened {
    match top {
        Some(top) => train.project(&top.in_folds[fold]),
        None => train,
    }
}

/// The earlier leads' table over the attributes they choose; those kept, where they are too few to choose.
pub(crate) fn chosen_earlier(train: Coarsened, top: Option<&Top>) -> Coarsened {
    match top.map(|top| top.earlier.as_ref().unwrap_or(&top.in_folds[0])) {
        Some(chosen) => train.project(chosen),
        None => train,
    }
}

/// Each fold's training leads, fine levels joined by them alone, with the held-out leads over the same patterns.
fn fold_tables(fine: &CovariatePatterns, folds: &Folds, joinings: &[Option<Joining>]) -> Vec<FoldTable> {
    let table = |held_out: &Counts| {
        let train = coarsen(&fine.with_counts(fine.counts().without(held_out)), joinings);
        let held_out = train.gathered(held_out);
        FoldTable::new(train.patterns, held_out)
    };
    folds.counts().iter().map(table).collect()
}

/// The leads outside a fold, in folds of their own: the other folds, put together to at most five; where there is only one
/// other, seeded ones.
fn within(
    fine: &CovariatePatterns,
    folds: &Folds,
    fold: usize,
    seed: u64,
) -> Result<(CovariatePatterns, Folds), CalibrationError> {
    let train = fine.with_counts(fine.counts().without(&folds.counts()[fold]));
    let others: Vec<&Counts> = (0..folds.len()).filter(|&other| other != fold).map(|at| &folds.counts()[at]).collect();
    let inner = if others.len() < 2 {
        Folds::stratified(&train, INNER_FOLDS, seed)?
    } else {
        let count = others.len().min(INNER_FOLDS);
        let empty = Counts { leads: vec![0; fine.len()], conversions: vec![0; fine.len()] };
        let mut parts = vec![empty; count];
        for (index, other) in others.into_iter().enumerate() {
            let part = &mut parts[index % count];
            add(&mut part.leads, &other.leads);
            add(&mut part.conversions, &other.conversions);
        }
        Folds::given(parts)
    };
    Ok((train, inner))
}

fn add(to: &mut [u64], more: &[u64]) {
    for (sum, n) in to.iter_mut().zip(more) {
        *sum += n;
    }
}

/// The spec's model, always by Newton: the solvers' solutions are the same, and the patterns of few attributes are few.
fn params(spec: &Spec) -> Result<LogitValidParams, CalibrationError> {
    Ok(LogitParams::new().l2(spec.model.l2).check()?)
}

fn in_fold(error: SelectionError, folds: usize) -> CalibrationError {
    let SelectionError { fold, source } = error;
    CalibrationError::Fold { fold: fold + 1, folds, source: Box::new(source.into()) }
}

#[cfg(test)]
mod tests;
