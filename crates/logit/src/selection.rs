//! Forward selection: one attribute after the other, each time the one with which the model loses least on held-out leads.
//!
//! Step k fits, for each attribute that is left, the penalised model of the k - 1 chosen ones and that attribute to the
//! training leads of every fold, and takes the attribute with the least mean over folds of the held-out log loss (stepwise
//! selection with a cross-validated criterion: Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 2009,
//! sections 3.3.2 and 7.10). Log losses closer than [`EQUAL`] are the same, and the first name goes before.
//!
//! Each model is fitted to the table over its attributes alone, which has few patterns. Threads share the fits of a step;
//! what they find is put together in one order, so nothing depends on their number.

mod fold;
mod thinning;

pub use fold::FoldTable;
pub use thinning::thinned;

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use fold::Narrowed;

use crate::error::LogitError;
use crate::fit::LogitValidParams;
use crate::metrics::auc;

/// Log losses this close are the same: solvers and sums round.
pub const EQUAL: f64 = 1e-10;

/// An attribute chosen, and the held-out figures of the model of all chosen so far: means over folds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Index of the attribute.
    pub attribute: usize,
    /// Log loss.
    pub log_loss: f64,
    /// Area under the ROC curve.
    pub auc: f64,
}

/// When a selection is over; at the latest when no attribute is left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Until {
    /// Attributes chosen, at most.
    pub attributes: usize,
    /// The selection ends with the first step of this AUC or more.
    pub auc: Option<f64>,
}

/// A model that could not be fitted or measured in a fold.
#[derive(Debug, thiserror::Error)]
#[error("fold {fold}: {source}")]
pub struct SelectionError {
    /// The fold held out, from 0.
    pub fold: usize,
    /// What failed.
    pub source: LogitError,
}

/// Chooses attributes one after the other.
///
/// # Errors
/// [`SelectionError`] for the first model that has no solution or cannot be measured, such as where a fold lacks an outcome.
///
/// # Panics
/// Where the folds have different attributes: a bug of the caller.
pub fn forward(folds: &[FoldTable], params: &LogitValidParams, until: Until) -> Result<Vec<Step>, SelectionError> {
    let Some(first) = folds.first() else { return Ok(Vec::new()) };
    let names: Vec<&str> = first.train().attributes().iter().map(|attribute| attribute.name.as_str()).collect();
    for fold in folds {
        assert!(fold.train().attributes().iter().map(|one| &one.name).eq(&names), "folds have the same attributes");
    }
    let mut left: Vec<usize> = (0..names.len()).collect();
    // The first of equal log losses is taken.
    left.sort_by_key(|&attribute| names[attribute]);
    let mut narrowed: Vec<Narrowed<'_>> = folds.iter().map(Narrowed::new).collect();
    let mut path = Vec::new();
    while path.len() < until.attributes && !left.is_empty() {
        let losses = in_parallel(left.len() * folds.len(), |job| {
            narrowed[job % folds.len()].with(left[job / folds.len()]).log_loss(params)
        });
        let mut losses = losses.into_iter();
        let means = left.iter().map(|_| mean(losses.by_ref().take(folds.len())));
        let means = means.collect::<Result<Vec<f64>, SelectionError>>()?;
        let least = means.iter().copied().fold(f64::INFINITY, f64::min);
        let at = means.iter().position(|loss| *loss <= least + EQUAL).expect("an attribute is left");
        let attribute = left.remove(at);
        let chosen = in_parallel(folds.len(), |fold| {
            let projected = narrowed[fold].with(attribute);
            (projected.auc(params), projected.narrow())
        });
        let (areas, next): (Vec<_>, Vec<_>) = chosen.into_iter().unzip();
        narrowed = next;
        let area = mean(areas.into_iter())?;
        path.push(Step { attribute, log_loss: means[at], auc: area });
        if until.auc.is_some_and(|enough| area >= enough) {
            break;
        }
    }
    Ok(path)
}

/// Mean over folds of the held-out AUC of the model of all attributes.
///
/// # Errors
/// As [`forward`].
pub fn auc_of_all(folds: &[FoldTable], params: &LogitValidParams) -> Result<f64, SelectionError> {
    let areas = in_parallel(folds.len(), |fold| {
        let (train, held_out) = (folds[fold].train(), folds[fold].held_out());
        let scores = params.estimate(train)?.linear_predictors(train);
        Ok(auc(&scores, held_out)?.value)
    });
    mean(areas.into_iter())
}

/// The mean of a figure over folds, or what failed first.
fn mean(of_folds: impl Iterator<Item = Result<f64, LogitError>>) -> Result<f64, SelectionError> {
    let (mut total, mut folds) = (0.0, 0_u32);
    for (fold, figure) in of_folds.enumerate() {
        total += figure.map_err(|source| SelectionError { fold, source })?;
        folds += 1;
    }
    Ok(total / f64::from(folds))
}

/// The results of jobs 0, 1, …, in this order, each computed by whichever thread is free.
fn in_parallel<T: Send>(jobs: usize, run: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(jobs);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let job = next.fetch_add(1, Ordering::Relaxed);
            if job >= jobs {
                return done;
            }
            done.push((job, run(job)));
        }
    };
    let mut done: Vec<(usize, T)> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for other in others {
            match other.join() {
                Ok(more) => done.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_by_key(|(job, _)| *job);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests;
