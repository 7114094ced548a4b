//! Lift: how each level of each attribute converts, against all leads.
//!
//! N leads, C conversions, overall rate p = C / N; a level has n leads, c conversions, rate r = c / n:
//!
//! | figure | formula |
//! |---|---|
//! | lift ratio | r / p |
//! | lift difference | r - p |
//! | log-odds lift | logit(r) - logit(p), the weight of evidence |
//! | shrunken rate | (c + m p) / (n + m), see [`crate::shrinkage`] |
//!
//! Lift is a margin of the pattern table: it looks at one attribute at a time. A level is *conclusive* where the
//! interval of its rate does not contain p. A product's table may draw its rates toward the pooled table's instead
//! ([`LiftTable::toward`]).

mod toward;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::attribute::Attribute;
use crate::evidence::{benjamini_hochberg, g_test, information_value, weight_of_evidence};
use crate::patterns::{Counts, CovariatePatterns};
use crate::shrinkage::{Shrinkage, rate_interval, rate_interval_about, shrunken_rate};
use crate::slope::{Slope, log_odds_slope, rate_slope};

/// Lift of every level of every attribute.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LiftTable {
    /// All leads.
    pub leads: u64,
    /// Those that converted.
    pub conversions: u64,
    /// Conversions / leads, between 0 and 1; 0 where there are no leads.
    pub rate: f64,
    /// In the order of the patterns' attributes.
    pub attributes: Vec<AttributeLift>,
}

/// Lift of one attribute's levels, and how much the attribute tells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttributeLift {
    /// Its name.
    pub attribute: String,
    /// Prior strength m its rates were shrunk with, in leads; 0 where shrinkage is off.
    pub prior_strength: f64,
    /// Information value; levels with an undefined weight of evidence are left out.
    pub information_value: f64,
    /// Likelihood-ratio statistic of "this attribute tells nothing".
    pub g_statistic: f64,
    /// Its degrees of freedom: levels with leads, less one.
    pub degrees_of_freedom: u64,
    /// Its p-value.
    pub p_value: f64,
    /// The p-value adjusted for the number of attributes in the table (Benjamini-Hochberg).
    pub q_value: f64,
    /// How conversion moves with the levels' numbers, where they stand for numbers.
    pub slopes: Option<Slopes>,
    /// The level that the others are compared with, instead of the average lead.
    pub reference: Option<usize>,
    /// In the attribute's order.
    pub levels: Vec<LevelLift>,
}

/// How conversion moves with the number that an attribute's levels stand for, see [`crate::slope`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slopes {
    /// The number of each level.
    pub numbers: Vec<f64>,
    /// Change of the conversion rate, as a fraction, for each 1.
    pub rate: Slope,
    /// Change of the log-odds for each 1; `None` where no finite one fits best.
    pub log_odds: Option<Slope>,
    /// Leads whose number is not 0.
    pub leads: u64,
}

/// Lift of one level.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelLift {
    /// Its name.
    pub level: String,
    /// Leads in it.
    pub leads: u64,
    /// Those that converted.
    pub conversions: u64,
    /// Conversions / leads; `None` without leads.
    pub rate: Option<f64>,
    /// Rate / overall rate; `None` without leads or where nobody converted.
    pub lift_ratio: Option<f64>,
    /// Rate - overall rate, as a fraction (0.25 is 25 percentage points); `None` without leads.
    pub lift_difference: Option<f64>,
    /// Weight of evidence, natural logarithm; `None` where all or none of the level's leads converted.
    pub log_odds_lift: Option<f64>,
    /// Mean of the rate's prior: the overall rate, or in a product's table the pooled rate moved to the product's.
    pub prior_rate: f64,
    /// What the leads of other products count for in the shrunken rate, in leads; 0 but in a product's table.
    pub borrowed_leads: f64,
    /// Rate after shrinkage toward the prior rate.
    pub shrunken_rate: f64,
    /// 95 % interval of the rate, `[low, high]`.
    pub rate_interval: [f64; 2],
    /// Whether the interval leaves out the overall rate.
    pub conclusive: bool,
}

/// An attribute's levels with their counts: all that lift needs to know of the leads.
#[derive(Debug, Clone, PartialEq)]
pub struct Margin {
    /// The attribute's name.
    pub attribute: String,
    /// Its levels' names.
    pub levels: Vec<String>,
    /// Leads and conversions of each level.
    pub counts: Counts,
    /// The number of each level, where the levels stand for numbers.
    pub numbers: Option<Vec<f64>>,
    /// The level that the others are compared with.
    pub reference: Option<usize>,
}

impl LiftTable {
    /// The lift table of a pattern table.
    pub fn from_patterns(patterns: &CovariatePatterns, shrinkage: &Shrinkage) -> Self {
        let counts = patterns.counts();
        Self::from_margins(counts.total_leads(), counts.total_conversions(), &margins(patterns), shrinkage)
    }

    /// The lift table of margins alone, such as a warehouse counts them: `leads` and `conversions` in all, and each
    /// attribute's levels with theirs.
    pub fn from_margins(leads: u64, conversions: u64, margins: &[Margin], shrinkage: &Shrinkage) -> Self {
        let overall = |margin: &Margin, rate: f64| vec![Prior::known(rate); margin.levels.len()];
        Self::build(leads, conversions, margins, *shrinkage, overall)
    }

    /// The lift table with the priors that `priors` gives an attribute's levels at the overall rate.
    fn build(
        leads: u64,
        conversions: u64,
        margins: &[Margin],
        shrinkage: Shrinkage,
        priors: impl Fn(&Margin, f64) -> Vec<Prior>,
    ) -> Self {
        let overall = Overall { leads, conversions, rate: rate(leads, conversions).unwrap_or(0.0) };
        let of_margin = |margin: &Margin| attribute_lift(&overall, margin, &priors(margin, overall.rate), shrinkage);
        let mut attributes: Vec<AttributeLift> = margins.iter().map(of_margin).collect();
        let p_values: Vec<f64> = attributes.iter().map(|attribute| attribute.p_value).collect();
        for (attribute, q_value) in attributes.iter_mut().zip(benjamini_hochberg(&p_values)) {
            attribute.q_value = q_value;
        }
        Self { leads, conversions, rate: overall.rate, attributes }
    }
}

impl LevelLift {
    /// `c N - n C`: the sign of the lift, exactly, whatever the sizes. The lift difference is this over `n N`, its
    /// shrunken form this over `(n + m) N`.
    pub(crate) fn excess(&self, leads: u64, conversions: u64) -> f64 {
        excess(self.leads, self.conversions, leads, conversions)
    }

    /// Whether the rate rests on at least `min_leads` leads, those borrowed included.
    pub(crate) fn has_leads(&self, min_leads: u64) -> bool {
        self.leads as f64 + self.borrowed_leads >= min_leads as f64
    }
}

/// What is known of a level's rate before its leads are counted.
#[derive(Debug, Clone, Copy)]
struct Prior {
    /// Its mean.
    mean: f64,
    /// Leads of other products in the level.
    others: f64,
    /// Leads the mean is as sure as.
    known: f64,
}

impl Prior {
    /// A mean that is taken as known.
    fn known(mean: f64) -> Self {
        Self { mean, others: 0.0, known: f64::INFINITY }
    }

    fn interval(&self, leads: u64, conversions: u64, strength: f64) -> [f64; 2] {
        if self.known.is_finite() {
            rate_interval_about(leads, conversions, self.mean, strength, self.known)
        } else {
            rate_interval(leads, conversions, self.mean, strength)
        }
    }
}

fn margins(patterns: &CovariatePatterns) -> Vec<Margin> {
    let margin = |(index, attribute): (usize, &Attribute)| Margin {
        attribute: attribute.name.clone(),
        levels: attribute.levels.iter().map(|level| level.name.clone()).collect(),
        counts: patterns.margin(index),
        numbers: patterns.values(index).map(<[f64]>::to_vec),
        reference: patterns.feature(index).source.reference(),
    };
    patterns.attributes().iter().enumerate().map(margin).collect()
}

/// Counts of all leads.
struct Overall {
    leads: u64,
    conversions: u64,
    rate: f64,
}

impl Slopes {
    fn of(numbers: &[f64], counts: &Counts) -> Self {
        let not_zero = numbers.iter().zip(&counts.leads).filter(|(x, _)| **x != 0.0);
        Self {
            numbers: numbers.to_vec(),
            rate: rate_slope(numbers, counts),
            log_odds: log_odds_slope(numbers, counts),
            leads: not_zero.map(|(_, leads)| leads).sum(),
        }
    }
}

fn attribute_lift(overall: &Overall, margin: &Margin, priors: &[Prior], shrinkage: Shrinkage) -> AttributeLift {
    // Levels of many numbers hold few leads each: whole numbers of times say how much an attribute tells.
    let told = margin.numbers.as_ref().map_or_else(|| margin.counts.clone(), |x| by_whole_number(x, &margin.counts));
    let means: Vec<f64> = priors.iter().map(|prior| prior.mean).collect();
    let strength = shrinkage.strength(&margin.counts, &means);
    let test = g_test(&told);
    let counts = margin.counts.leads.iter().zip(&margin.counts.conversions);
    AttributeLift {
        attribute: margin.attribute.clone(),
        prior_strength: strength,
        information_value: information_value(&told),
        g_statistic: test.statistic,
        degrees_of_freedom: test.degrees_of_freedom,
        p_value: test.p_value,
        q_value: test.p_value,
        reference: margin.reference,
        slopes: margin.numbers.as_ref().map(|numbers| Slopes::of(numbers, &margin.counts)),
        levels: margin
            .levels
            .iter()
            .zip(counts)
            .zip(priors)
            .map(|((level, (&leads, &conversions)), prior)| {
                level_lift(overall, level, leads, conversions, prior, strength)
            })
            .collect(),
    }
}

/// The counts of 0, of (0, 1], of (1, 2] and so on.
fn by_whole_number(numbers: &[f64], counts: &Counts) -> Counts {
    let mut bins: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    for (x, (leads, conversions)) in numbers.iter().zip(counts.leads.iter().zip(&counts.conversions)) {
        #[expect(clippy::cast_possible_truncation, reason = "numbers of times are small")]
        let bin = bins.entry(x.ceil() as i64).or_default();
        *bin = (bin.0 + leads, bin.1 + conversions);
    }
    Counts { leads: bins.values().map(|bin| bin.0).collect(), conversions: bins.values().map(|bin| bin.1).collect() }
}

fn level_lift(overall: &Overall, level: &str, leads: u64, conversions: u64, prior: &Prior, strength: f64) -> LevelLift {
    let all_others = overall.leads.saturating_sub(overall.conversions);
    let others = leads.saturating_sub(conversions);
    let [low, high] = prior.interval(leads, conversions, strength);
    // At an overall rate of 0 or 1 no level differs from it.
    let one_valued = overall.conversions == 0 || all_others == 0;
    let rate = rate(leads, conversions);
    let borrowed_leads = prior.borrowed(strength);
    LevelLift {
        level: level.to_owned(),
        leads,
        conversions,
        rate,
        lift_ratio: rate.filter(|_| overall.conversions > 0).map(|rate| rate / overall.rate),
        lift_difference: rate.map(|_| {
            excess(leads, conversions, overall.leads, overall.conversions) / (leads as f64 * overall.leads as f64)
        }),
        log_odds_lift: weight_of_evidence(conversions, others, overall.conversions, all_others),
        prior_rate: prior.mean,
        borrowed_leads,
        shrunken_rate: shrunken_rate(leads, conversions, prior.mean, strength),
        rate_interval: [low, high],
        conclusive: !one_valued && leads as f64 + borrowed_leads > 0.0 && (overall.rate < low || overall.rate > high),
    }
}

fn rate(leads: u64, conversions: u64) -> Option<f64> {
    (leads > 0).then(|| conversions as f64 / leads as f64)
}

/// `c N - n C` without rounding on the way.
fn excess(leads: u64, conversions: u64, all_leads: u64, all_conversions: u64) -> f64 {
    let wide = |x: u64| i128::from(x);
    (wide(conversions) * wide(all_leads) - wide(leads) * wide(all_conversions)) as f64
}

#[cfg(test)]
mod tests;
