//! A product's lift, its rates drawn toward the pooled table's instead of toward its own overall rate.
//!
//! At a level a product has n leads and c conversions, the pooled table N' leads and the shrunken rate r', of strength m';
//! the product's overall rate is p. The prior mean of the product's rate is the pooled rate moved to the product's
//! overall rate on the log-odds scale,
//!
//! `q = logistic(logit(r') + t)`, t such that the lead-weighted mean of q over the product's leads is p,
//!
//! so that the prior says how levels differ, and says nothing of the product as a whole. Then, as in [`crate::shrinkage`],
//! `shrunken rate = (c + m q) / (n + m)`, with m from the product's own counts: how far its levels stray from their q
//! (Gelman and Hill, Data Analysis Using Regression and Multilevel/Hierarchical Models, 2007, chapter 12; Efron and
//! Morris 1975; Casella 1985).
//!
//! The interval does not take q as known: it is that of Beta(T r~, T (1 - r~)) about the shrunken rate r~, which counts
//! T = n + 1 / (1 / m + 1 / k) leads, where k = N' + m' - n is what the pooled rate rests on besides the product's leads.
//! However alike the products, no rate is known better than the pooled one: T < N' + m'.
//!
//! Where levels stand for numbers, the product's slope is drawn to the pooled one, moved to the product's overall rate
//! (times p (1 - p) of the product over that of all): `w own + (1 - w) pooled` with w = 1 - s^2 / d^2, s the standard error
//! of the product's slope and d its distance from the pooled one, and 0 where d is within s.

use super::{AttributeLift, LevelLift, LiftTable, Margin, Prior, Slopes, margins};
use crate::patterns::CovariatePatterns;
use crate::shrinkage::{Shrinkage, counted_strength};
use crate::slope::Slope;

impl LiftTable {
    /// The lift table of a product, a part of the leads of `pooled`, toward that table. `patterns` is the product's table,
    /// such as [`CovariatePatterns::subset`] gives; attributes are found in `pooled` by name. The prior strength of each
    /// attribute is chosen by `shrinkage` from the product's leads; [`Shrinkage::Strength`] of 0 leaves its own rates.
    ///
    /// A level without leads in the product has the rate that the pooled table says it has there. A rate of 0 or 1 in the
    /// pooled table, which only its strength of 0 leaves, is taken as (c + 1/2) / (n + 1).
    ///
    /// # Panics
    /// Where `pooled` lacks an attribute of the product's table or has another number of levels of it: a bug of the caller.
    #[must_use]
    pub fn toward(patterns: &CovariatePatterns, pooled: &Self, shrinkage: &Shrinkage) -> Self {
        let counts = patterns.counts();
        let of_pooled = |name: &str| {
            let found = pooled.attributes.iter().find(|attribute| attribute.attribute == *name);
            found.unwrap_or_else(|| panic!("{name} is in the pooled table"))
        };
        let priors = |margin: &Margin, rate: f64| {
            let attribute = of_pooled(&margin.attribute);
            assert_eq!(attribute.levels.len(), margin.levels.len(), "levels of {} in both", margin.attribute);
            let means = moved(&prior_rates(attribute, pooled.rate), &margin.counts.leads, rate);
            let levels = means.into_iter().zip(&attribute.levels).zip(&margin.counts.leads);
            levels
                .map(|((mean, level), &own)| {
                    let others = level.leads.saturating_sub(own) as f64;
                    Prior { mean, others, known: others + attribute.prior_strength }
                })
                .collect()
        };
        let (leads, conversions) = (counts.total_leads(), counts.total_conversions());
        let mut table = Self::build(leads, conversions, &margins(patterns), *shrinkage, priors);
        // A slope of the log-odds is a slope of the rate divided by p (1 - p).
        let spread = |rate: f64| rate * (1.0 - rate);
        let unit = if spread(pooled.rate) > 0.0 { spread(table.rate) / spread(pooled.rate) } else { 1.0 };
        for attribute in &mut table.attributes {
            let of_pooled = of_pooled(&attribute.attribute).slopes.as_ref();
            if let Some((own, pooled)) = attribute.slopes.as_mut().zip(of_pooled) {
                own.draw_to(pooled, unit, *shrinkage);
            }
        }
        table
    }
}

impl Slopes {
    /// Draws a product's slopes to the pooled ones, that of the rate times `unit`.
    fn draw_to(&mut self, pooled: &Self, unit: f64, shrinkage: Shrinkage) {
        let (own, others) = (self.leads as f64, pooled.leads.saturating_sub(self.leads) as f64);
        let weight = |of_own: Slope, of_pooled: Slope| match shrinkage {
            Shrinkage::EmpiricalBayes => own_weight(of_own, of_pooled),
            Shrinkage::Strength(strength) if own + strength > 0.0 => own / (own + strength),
            Shrinkage::Strength(_) => 0.0,
        };
        let moved = Slope { value: unit * pooled.rate.value, std_error: unit * pooled.rate.std_error };
        let of_rate = weight(self.rate, moved);
        self.rate = mixed(self.rate, moved, of_rate);
        self.log_odds = match (self.log_odds, pooled.log_odds) {
            (Some(own), Some(pooled)) => Some(mixed(own, pooled, weight(own, pooled))),
            // No finite slope fits the product's own leads.
            (None, pooled) => pooled,
            (own, None) => own,
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count")]
        let borrowed = ((1.0 - of_rate) * others) as u64;
        self.leads += borrowed;
    }
}

/// How much a product's own slope counts against the pooled one: 1 - s^2 / d^2, and 0 where the difference d is within its
/// standard error s, the positive-part James-Stein weight (Efron and Morris, Journal of the American Statistical
/// Association 68, 1973).
fn own_weight(own: Slope, pooled: Slope) -> f64 {
    let (difference, variance) = ((own.value - pooled.value).powi(2), own.std_error.powi(2));
    if difference > variance { 1.0 - variance / difference } else { 0.0 }
}

fn mixed(own: Slope, pooled: Slope, weight: f64) -> Slope {
    Slope {
        value: weight * own.value + (1.0 - weight) * pooled.value,
        std_error: (weight * own.std_error).hypot((1.0 - weight) * pooled.std_error),
    }
}

impl Prior {
    /// Leads of other products that a prior of this strength counts for.
    pub(super) fn borrowed(&self, strength: f64) -> f64 {
        counted_strength(strength, self.others)
    }
}

/// The pooled rates of an attribute's levels, none of them 0 or 1 where the overall rate `rate` is neither.
fn prior_rates(attribute: &AttributeLift, rate: f64) -> Vec<f64> {
    let inside = |level: &LevelLift| match level.shrunken_rate {
        rate if rate > 0.0 && rate < 1.0 => rate,
        _ => (level.conversions as f64 + 0.5) / (level.leads as f64 + 1.0),
    };
    // At a pooled rate of 0 or 1 no level differs from it.
    let one_valued = rate <= 0.0 || rate >= 1.0;
    attribute.levels.iter().map(|level| if one_valued { 0.5 } else { inside(level) }).collect()
}

/// The rates moved on the log-odds scale by the t that brings their mean over the leads to `rate`.
fn moved(rates: &[f64], leads: &[u64], rate: f64) -> Vec<f64> {
    let total = leads.iter().sum::<u64>() as f64;
    if rate <= 0.0 || rate >= 1.0 || total <= 0.0 {
        return vec![rate; rates.len()];
    }
    let logit = |rate: f64| (rate / (1.0 - rate)).ln();
    let log_odds: Vec<f64> = rates.iter().map(|&rate| logit(rate)).collect();
    let at = |log_odds: f64, t: f64| 1.0 / (1.0 + (-log_odds - t).exp());
    let excess = |t: f64| -> f64 { leads.iter().zip(&log_odds).map(|(&n, &l)| n as f64 * (at(l, t) - rate)).sum() };
    // Where the greatest of them is moved to the rate, no rate is above it; where the least is, none is below.
    let (mut least, mut greatest) = (f64::INFINITY, f64::NEG_INFINITY);
    for (_, &l) in leads.iter().zip(&log_odds).filter(|(n, _)| **n > 0) {
        (least, greatest) = (least.min(l), greatest.max(l));
    }
    let (mut low, mut high) = (logit(rate) - greatest, logit(rate) - least);
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return log_odds.iter().map(|&l| at(l, middle)).collect();
        }
        if excess(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests;
