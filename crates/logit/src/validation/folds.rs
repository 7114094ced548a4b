//! Validation folds as counts over the pattern table: which of a pattern's leads are held out when.

use leadcal_lift::patterns::{Counts, CovariatePatterns};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::error::LogitError;

/// Validation folds: each the counts, over the same pattern table, of the leads it holds out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds(Vec<Counts>);

impl Folds {
    /// Seeded stratified folds: conversions and other leads are each dealt evenly over `folds` folds.
    ///
    /// Leads of one pattern and outcome are exchangeable, so the deal goes over the patterns, sorted with the attributes by
    /// name: it depends neither on the order of rows nor on that of columns. Each lead draws from a deck that holds every
    /// fold evenly often.
    ///
    /// # Errors
    /// [`LogitError::Parameter`] for fewer than 2 folds, [`LogitError::NoLeads`], [`LogitError::OneOutcome`], and
    /// [`LogitError::TooFewForFolds`] where some fold would lack an outcome.
    pub fn stratified(patterns: &CovariatePatterns, folds: usize, seed: u64) -> Result<Self, LogitError> {
        if folds < 2 {
            let found = folds.to_string();
            return Err(LogitError::Parameter { name: "folds", expected: "at least 2", found });
        }
        let counts = patterns.counts();
        let (leads, conversions) = (counts.total_leads(), counts.total_conversions());
        crate::separation::check_outcomes(leads, conversions)?;
        let others = leads - conversions;
        if conversions.min(others) < folds as u64 {
            return Err(LogitError::TooFewForFolds { folds, conversions, others });
        }
        let empty = Counts { leads: vec![0; patterns.len()], conversions: vec![0; patterns.len()] };
        let mut parts = vec![empty; folds];
        let order = by_attribute_name(patterns);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut deck = deck(conversions, folds, 0);
        for &pattern in &order {
            for _ in 0..counts.conversions[pattern] {
                let fold = draw(&mut deck, &mut rng);
                parts[fold].leads[pattern] += 1;
                parts[fold].conversions[pattern] += 1;
            }
        }
        // The other leads' odd ones go to the folds after those that got the conversions', so that sizes differ by one.
        let mut deck = self::deck(others, folds, conversions);
        for &pattern in &order {
            for _ in 0..counts.leads[pattern] - counts.conversions[pattern] {
                parts[draw(&mut deck, &mut rng)].leads[pattern] += 1;
            }
        }
        Ok(Self(parts))
    }

    /// Folds given from outside, such as a column of the leads; [`super::cross_validate`] checks that they
    /// partition its table.
    pub fn given(folds: Vec<Counts>) -> Self {
        Self(folds)
    }

    /// The held-out counts of each fold.
    pub fn counts(&self) -> &[Counts] {
        &self.0
    }

    /// Number of folds.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no fold.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks that there are at least two folds, that they add up to the table, and that each has both outcomes.
    pub(crate) fn check(&self, patterns: &CovariatePatterns) -> Result<(), LogitError> {
        if self.len() < 2 {
            let found = self.len().to_string();
            return Err(LogitError::Parameter { name: "folds", expected: "at least 2", found });
        }
        for (fold, part) in self.0.iter().enumerate() {
            if part.leads.len() != patterns.len() || part.conversions.len() != patterns.len() {
                let reason =
                    format!("fold {fold} is of {} patterns, the table of {}", part.leads.len(), patterns.len());
                return Err(LogitError::FoldsDoNotFit { reason });
            }
        }
        for pattern in 0..patterns.len() {
            let of_folds = self.0.iter().fold((0, 0), |(leads, conversions), part| {
                (leads + part.leads[pattern], conversions + part.conversions[pattern])
            });
            let of_table = (patterns.counts().leads[pattern], patterns.counts().conversions[pattern]);
            if of_folds != of_table || self.0.iter().any(|part| part.conversions[pattern] > part.leads[pattern]) {
                let reason = format!(
                    "pattern {pattern} has {} leads and {} conversions in the folds, {} and {} in the table",
                    of_folds.0, of_folds.1, of_table.0, of_table.1
                );
                return Err(LogitError::FoldsDoNotFit { reason });
            }
        }
        for (fold, part) in self.0.iter().enumerate() {
            let (leads, conversions) = (part.total_leads(), part.total_conversions());
            if conversions == 0 || conversions == leads {
                return Err(LogitError::FoldOneOutcome { fold, leads, conversions });
            }
        }
        Ok(())
    }
}

/// The patterns in the order of their codes, the attributes taken by name.
pub(crate) fn by_attribute_name(patterns: &CovariatePatterns) -> Vec<usize> {
    let attributes = patterns.attributes();
    let mut names: Vec<usize> = (0..attributes.len()).collect();
    names.sort_by(|&a, &b| attributes[a].name.cmp(&attributes[b].name));
    let mut order: Vec<usize> = (0..patterns.len()).collect();
    let codes = |pattern: usize| names.iter().map(move |&attribute| patterns.codes(pattern)[attribute]);
    order.sort_by(|&a, &b| codes(a).cmp(codes(b)));
    order
}

/// How often each fold is left to be dealt: evenly, the odd ones to the folds from `first` on, around the end.
fn deck(leads: u64, folds: usize, first: u64) -> Vec<u64> {
    let folds = folds as u64;
    (0..folds).map(|fold| leads / folds + u64::from((fold + folds - first % folds) % folds < leads % folds)).collect()
}

/// Takes a fold off the deck at random: the same as dealing from a shuffled deck, without writing it down.
fn draw(deck: &mut [u64], rng: &mut ChaCha8Rng) -> usize {
    let mut card = rng.random_range(0..deck.iter().sum::<u64>());
    for (fold, left) in deck.iter_mut().enumerate() {
        if card < *left {
            *left -= 1;
            return fold;
        }
        card -= *left;
    }
    unreachable!("the card is below the sum of the deck")
}

#[cfg(test)]
mod tests;
