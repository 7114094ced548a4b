//! One fold of a selection: its training and held-out leads by the attributes chosen so far.

use leadcal_lift::patterns::{Counts, CovariatePatterns};

use crate::error::LogitError;
use crate::fit::LogitValidParams;
use crate::likelihood::logistic;
use crate::metrics::{auc, log_loss};

/// A fold: the table of its training leads, and the counts of its held-out leads over the same patterns.
#[derive(Debug, Clone)]
pub struct FoldTable {
    train: CovariatePatterns,
    held_out: Counts,
}

impl FoldTable {
    /// A fold of training leads and held-out ones.
    ///
    /// # Panics
    /// Where `held_out` is not of the table's length: a bug of the caller.
    pub fn new(train: CovariatePatterns, held_out: Counts) -> Self {
        assert_eq!(held_out.leads.len(), train.len(), "held-out counts of each pattern");
        assert_eq!(held_out.conversions.len(), train.len(), "held-out counts of each pattern");
        Self { train, held_out }
    }

    /// The training leads.
    pub fn train(&self) -> &CovariatePatterns {
        &self.train
    }

    /// The held-out leads over the same patterns.
    pub fn held_out(&self) -> &Counts {
        &self.held_out
    }
}

/// A fold's patterns that have leads, grouped by their levels of the chosen attributes.
pub(super) struct Narrowed<'a> {
    fold: &'a FoldTable,
    chosen: Vec<usize>,
    /// The patterns, those of a group next to each other.
    patterns: Vec<u32>,
    /// Where each group ends in `patterns`.
    ends: Vec<usize>,
}

impl<'a> Narrowed<'a> {
    /// No attribute is chosen yet: one group.
    pub(super) fn new(fold: &'a FoldTable) -> Self {
        let leads = fold.train.counts().leads.iter().zip(&fold.held_out.leads);
        let patterns: Vec<u32> =
            (0..).zip(leads).filter(|(_, (train, held_out))| **train + **held_out > 0).map(|(at, _)| at).collect();
        Self { fold, chosen: Vec::new(), ends: vec![patterns.len()], patterns }
    }

    /// The table over the chosen attributes and one more.
    pub(super) fn with(&self, attribute: usize) -> Projected<'a> {
        let FoldTable { train, held_out } = self.fold;
        let mut chosen = self.chosen.clone();
        chosen.push(attribute);
        let mut narrow =
            Narrowed { fold: self.fold, patterns: Vec::with_capacity(self.patterns.len()), ends: Vec::new(), chosen };
        let mut codes = Vec::new();
        let (mut train_counts, mut held_out_counts) = (Counts::default(), Counts::default());
        let mut of_level: Vec<Vec<u32>> = vec![Vec::new(); train.attributes()[attribute].levels.len()];
        let mut levels = Vec::new();
        let mut start = 0;
        for &end in &self.ends {
            for &pattern in &self.patterns[start..end] {
                let level = train.codes(pattern as usize)[attribute] as usize;
                if of_level[level].is_empty() {
                    levels.push(level);
                }
                of_level[level].push(pattern);
            }
            start = end;
            levels.sort_unstable();
            for level in levels.drain(..) {
                let members = &mut of_level[level];
                let of_first = train.codes(members[0] as usize);
                codes.extend(narrow.chosen.iter().map(|&at| of_first[at]));
                push_sum(&mut train_counts, train.counts(), members);
                push_sum(&mut held_out_counts, held_out, members);
                narrow.patterns.append(members);
                narrow.ends.push(narrow.patterns.len());
            }
        }
        let attributes = narrow.chosen.iter().map(|&at| train.attributes()[at].clone()).collect();
        let mut projected = CovariatePatterns::new(attributes, codes, train_counts);
        for (index, &at) in narrow.chosen.iter().enumerate() {
            if let Some(values) = train.values(at) {
                projected = projected.with_values(index, values.to_vec());
            }
        }
        Projected { train: projected, held_out: held_out_counts, narrow }
    }
}

/// Adds a pattern with the leads and conversions of several.
fn push_sum(to: &mut Counts, of: &Counts, patterns: &[u32]) {
    to.leads.push(patterns.iter().map(|&pattern| of.leads[pattern as usize]).sum());
    to.conversions.push(patterns.iter().map(|&pattern| of.conversions[pattern as usize]).sum());
}

/// A fold over some of its attributes.
pub(super) struct Projected<'a> {
    train: CovariatePatterns,
    held_out: Counts,
    narrow: Narrowed<'a>,
}

impl<'a> Projected<'a> {
    /// The held-out log loss of the model of these attributes.
    pub(super) fn log_loss(&self, params: &LogitValidParams) -> Result<f64, LogitError> {
        let model = params.estimate(&self.train)?;
        let probabilities: Vec<f64> = model.linear_predictors(&self.train).into_iter().map(logistic).collect();
        log_loss(&probabilities, &self.held_out)
    }

    /// The held-out AUC of the model of these attributes.
    pub(super) fn auc(&self, params: &LogitValidParams) -> Result<f64, LogitError> {
        let model = params.estimate(&self.train)?;
        Ok(auc(&model.linear_predictors(&self.train), &self.held_out)?.value)
    }

    /// The groups that these attributes make.
    pub(super) fn narrow(self) -> Narrowed<'a> {
        self.narrow
    }
}
