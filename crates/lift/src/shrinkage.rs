//! Empirical-Bayes shrinkage of a level's rate toward a prior mean, the overall rate, and the interval of the rate.
//!
//! A level's true rate is taken as drawn from Beta(m p, m (1 - p)): mean p, the overall rate, and strength m, worth m
//! leads of evidence. After c conversions of n leads it is Beta(c + m p, n - c + m (1 - p)), with mean
//!
//! `shrunken rate = (c + m p) / (n + m)`
//!
//! Empirical Bayes lets the attribute's own levels say how different levels are: m maximises the beta-binomial marginal
//! likelihood
//!
//! `sum over levels of ln B(c + m p, n - c + m (1 - p)) - ln B(m p, m (1 - p))`
//!
//! over 1 <= m <= 1e6 with p held at the overall rate (Casella 1985; Carlin and Louis, Bayesian Methods for Data
//! Analysis). The score (derivative in ln m) is scanned for every place where it falls through zero, so a
//! second mode is not missed, and the best mode is refined by bisection.
//!
//! In a product's table the prior means differ by level ([`crate::lift::LiftTable::toward`]): each has a q of
//! its own in p's place.
//!
//! With m = 0 there is no shrinkage and the interval is Jeffreys': quantiles of Beta(c + 1/2, n - c + 1/2), except that
//! its lower end is 0 where c = 0 and its upper end 1 where c = n (Brown, Cai and Das Gupta 2001).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::beta;
use crate::patterns::Counts;

/// Confidence of every interval of a rate.
pub const CONFIDENCE: f64 = 0.95;
/// Least strength empirical Bayes chooses.
pub const LEAST_STRENGTH: f64 = 1.0;
/// Greatest strength empirical Bayes chooses: in effect every level gets the overall rate.
pub const GREATEST_STRENGTH: f64 = 1e6;

/// Step in ln m of the scan for modes.
const SCAN_STEP: f64 = 0.1;
const WORD: &str = "empirical-bayes";

/// How strongly a level's rate is drawn toward the overall rate. Written as `"empirical-bayes"` or a number.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Shrinkage {
    /// Each attribute's levels decide, by maximum marginal likelihood.
    #[default]
    EmpiricalBayes,
    /// This prior strength m, in leads; 0 turns shrinkage off.
    Strength(f64),
}

/// Text that is neither `empirical-bayes` nor a strength.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("shrinkage should be \"empirical-bayes\" or a prior strength of 0 or more, found {found}")]
pub struct NoShrinkage {
    /// What was there.
    pub found: String,
}

impl Shrinkage {
    /// The prior strength m for an attribute whose levels have these counts and prior means.
    pub fn strength(self, levels: &Counts, means: &[f64]) -> f64 {
        match self {
            Self::EmpiricalBayes => most_likely_strength(levels, means),
            Self::Strength(m) => m,
        }
    }

    fn checked(m: f64) -> Result<Self, NoShrinkage> {
        if m.is_finite() && m >= 0.0 { Ok(Self::Strength(m)) } else { Err(NoShrinkage { found: format!("{m}") }) }
    }
}

/// The prior strength m that makes the levels' counts most likely at these prior means, one for each level, between
/// [`LEAST_STRENGTH`] and [`GREATEST_STRENGTH`].
///
/// The greatest where the counts say nothing about it: no level with two leads and a prior mean other than 0 or 1.
pub fn most_likely_strength(levels: &Counts, means: &[f64]) -> f64 {
    // A level with one lead has the same likelihood whatever m is, and so has one whose prior leaves nothing to chance.
    let informative: Vec<Cell> = levels
        .leads
        .iter()
        .zip(&levels.conversions)
        .zip(means)
        .filter(|&((&leads, _), &mean)| leads >= 2 && mean > 0.0 && mean < 1.0)
        .map(|((&leads, &conversions), &mean)| Cell {
            conversions: conversions as f64,
            others: leads.saturating_sub(conversions) as f64,
            mean,
        })
        .collect();
    if informative.is_empty() {
        return GREATEST_STRENGTH;
    }
    let score = |ln_m: f64| likelihood_slope(&informative, ln_m.exp());
    let (first, last) = (LEAST_STRENGTH.ln(), GREATEST_STRENGTH.ln());
    let mut modes = Vec::new();
    let mut left = first;
    let mut rising = score(left) > 0.0;
    if !rising {
        modes.push(LEAST_STRENGTH);
    }
    while left < last {
        let right = (left + SCAN_STEP).min(last);
        let still_rising = score(right) > 0.0;
        if rising && !still_rising {
            modes.push(falling_zero(score, left, right).exp());
        }
        (left, rising) = (right, still_rising);
    }
    if rising {
        modes.push(GREATEST_STRENGTH);
    }
    let likelihood = |&m: &f64| log_likelihood(&informative, m);
    modes
        .into_iter()
        .max_by(|a, b| likelihood(a).total_cmp(&likelihood(b)))
        .unwrap_or(GREATEST_STRENGTH)
        .clamp(LEAST_STRENGTH, GREATEST_STRENGTH)
}

/// A level's rate after shrinkage: (c + m q) / (n + m). The prior mean q where the level has no leads.
pub fn shrunken_rate(leads: u64, conversions: u64, mean: f64, strength: f64) -> f64 {
    let weight = leads as f64 + strength;
    if weight > 0.0 { (conversions as f64 + strength * mean) / weight } else { mean }
}

/// The interval that holds a level's true rate with probability [`CONFIDENCE`]: `[low, high]`, equal tails.
pub fn rate_interval(leads: u64, conversions: u64, mean: f64, strength: f64) -> [f64; 2] {
    let others = leads.saturating_sub(conversions);
    if strength > 0.0 {
        let a = conversions as f64 + strength * mean;
        let b = others as f64 + strength * (1.0 - mean);
        return beta::interval(a, b, CONFIDENCE);
    }
    let [low, high] = beta::interval(conversions as f64 + 0.5, others as f64 + 0.5, CONFIDENCE);
    [if conversions == 0 { 0.0 } else { low }, if others == 0 { 1.0 } else { high }]
}

/// What a prior of strength m counts for where its mean is itself only as sure as `known` leads make it:
/// 1 / (1 / m + 1 / known), in leads. The variances add up: that of a level's rate about the prior mean, and that of the mean.
pub fn counted_strength(strength: f64, known: f64) -> f64 {
    if strength > 0.0 && known > 0.0 { strength / (1.0 + strength / known) } else { 0.0 }
}

/// As [`rate_interval`], where the prior mean is only as sure as `known` leads make it: Beta(T r~, T (1 - r~)) about the
/// shrunken rate r~, with T = n + [`counted_strength`].
pub fn rate_interval_about(leads: u64, conversions: u64, mean: f64, strength: f64, known: f64) -> [f64; 2] {
    let total = leads as f64 + counted_strength(strength, known);
    if strength <= 0.0 || total <= 0.0 {
        return rate_interval(leads, conversions, mean, 0.0);
    }
    let rate = shrunken_rate(leads, conversions, mean, strength);
    beta::interval(total * rate, total * (1.0 - rate), CONFIDENCE)
}

/// What the likelihood needs of a level: its counts and its prior mean.
#[derive(Debug, Clone, Copy)]
struct Cell {
    conversions: f64,
    others: f64,
    mean: f64,
}

/// Beta-binomial log likelihood of the levels at strength `m`, less its binomial coefficients.
fn log_likelihood(levels: &[Cell], m: f64) -> f64 {
    let of_level = |&Cell { conversions: c, others: d, mean }: &Cell| {
        ln_rising(m * mean, c) + ln_rising(m * (1.0 - mean), d) - ln_rising(m, c + d)
    };
    levels.iter().map(of_level).sum()
}

/// Derivative of the log likelihood in m; the sign is that of the derivative in ln m.
fn likelihood_slope(levels: &[Cell], m: f64) -> f64 {
    let of_level = |&Cell { conversions: c, others: d, mean }: &Cell| {
        let other_mean = 1.0 - mean;
        mean * harmonic(m * mean, c) + other_mean * harmonic(m * other_mean, d) - harmonic(m, c + d)
    };
    levels.iter().map(of_level).sum()
}

/// Where a function that is positive at `left` and not at `right` falls through zero.
fn falling_zero(f: impl Fn(f64) -> f64, mut left: f64, mut right: f64) -> f64 {
    // Forty halvings take a scan step below 1e-13.
    for _ in 0..40 {
        let middle = f64::midpoint(left, right);
        if f(middle) > 0.0 {
            left = middle;
        } else {
            right = middle;
        }
    }
    f64::midpoint(left, right)
}

/// From here on the asymptotic series of gamma and digamma are exact to the last digit or two.
const ASYMPTOTIC_FROM: f64 = 16.0;

/// `1/x + 1/(x + 1) + ... + 1/(x + k - 1)` = digamma(x + k) - digamma(x), for a whole k.
fn harmonic(mut x: f64, k: f64) -> f64 {
    let end = x + k;
    let mut left = k;
    let mut sum = 0.0;
    while left > 0.0 && x < ASYMPTOTIC_FROM {
        sum += 1.0 / x;
        x += 1.0;
        left -= 1.0;
    }
    if left <= 0.0 { sum } else { sum + (left / x).ln_1p() + digamma_tail(end) - digamma_tail(x) }
}

/// digamma(x) - ln x for large x.
fn digamma_tail(x: f64) -> f64 {
    let s = 1.0 / (x * x);
    -0.5 / x - s * (1.0 / 12.0 - s * (1.0 / 120.0 - s * (1.0 / 252.0 - s * (1.0 / 240.0 - s * (1.0 / 132.0)))))
}

/// `ln(x (x + 1) ... (x + k - 1))` = ln gamma(x + k) - ln gamma(x), for a whole k.
fn ln_rising(mut x: f64, k: f64) -> f64 {
    let end = x + k;
    let mut left = k;
    let mut sum = 0.0;
    while left > 0.0 && x < ASYMPTOTIC_FROM {
        sum += x.ln();
        x += 1.0;
        left -= 1.0;
    }
    if left <= 0.0 {
        return sum;
    }
    sum + (x - 0.5) * (left / x).ln_1p() + left * (end.ln() - 1.0) + ln_gamma_tail(end) - ln_gamma_tail(x)
}

/// What Stirling's formula for ln gamma(x) leaves out, for large x.
fn ln_gamma_tail(x: f64) -> f64 {
    let s = 1.0 / (x * x);
    (1.0 / 12.0 - s * (1.0 / 360.0 - s * (1.0 / 1260.0 - s * (1.0 / 1680.0 - s / 1188.0)))) / x
}

impl fmt::Display for Shrinkage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmpiricalBayes => f.write_str(WORD),
            Self::Strength(m) => write!(f, "{m}"),
        }
    }
}

impl FromStr for Shrinkage {
    type Err = NoShrinkage;

    fn from_str(text: &str) -> Result<Self, NoShrinkage> {
        if text == WORD {
            return Ok(Self::EmpiricalBayes);
        }
        let m = text.parse().map_err(|_| NoShrinkage { found: format!("\"{text}\"") })?;
        Self::checked(m)
    }
}

impl Serialize for Shrinkage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::EmpiricalBayes => serializer.serialize_str(WORD),
            Self::Strength(m) => serializer.serialize_f64(*m),
        }
    }
}

impl<'de> Deserialize<'de> for Shrinkage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl de::Visitor<'_> for Either {
            type Value = Shrinkage;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"empirical-bayes\" or a prior strength of 0 or more")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Shrinkage, E> {
                if word == WORD {
                    Ok(Shrinkage::EmpiricalBayes)
                } else {
                    Err(E::invalid_value(de::Unexpected::Str(word), &self))
                }
            }
            fn visit_f64<E: de::Error>(self, m: f64) -> Result<Shrinkage, E> {
                Shrinkage::checked(m).map_err(E::custom)
            }
            fn visit_u64<E: de::Error>(self, m: u64) -> Result<Shrinkage, E> {
                self.visit_f64(m as f64)
            }
            fn visit_i64<E: de::Error>(self, m: i64) -> Result<Shrinkage, E> {
                self.visit_f64(m as f64)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests;
