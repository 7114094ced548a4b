//! Population stability index: how far the shares of leads over levels (or score bands) have moved.
//!
//! ```text
//! PSI = sum over levels of (q - p) ln(q / p)        p, q: shares before and now
//! ```
//!
//! The symmetrised Kullback-Leibler divergence; 0.1 and 0.25 are the usual warn and fail marks (Siddiqi, Credit Risk
//! Scorecards, 2006). A level empty on one side only counts as half a lead there, so that the index stays finite.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::error::LogitError;

/// Population stability index of leads counted by level, before and now.
///
/// # Errors
/// Where the two are not of one length, or either has no leads.
pub fn population_stability_index(before: &[u64], now: &[u64]) -> Result<f64, LogitError> {
    if before.len() != now.len() {
        return Err(LogitError::Length { expected: before.len(), found: now.len() });
    }
    let (all_before, all_now) = (before.iter().sum::<u64>() as f64, now.iter().sum::<u64>() as f64);
    if all_before <= 0.0 || all_now <= 0.0 {
        return Err(LogitError::NoLeads);
    }
    let share = |leads: u64, all: f64| if leads == 0 { 0.5 / all } else { leads as f64 / all };
    let levels = before.iter().zip(now).filter(|(b, n)| **b > 0 || **n > 0);
    Ok(levels
        .map(|(&b, &n)| {
            let (p, q) = (share(b, all_before), share(n, all_now));
            (q - p) * (q / p).ln()
        })
        .sum())
}

/// The index that two samples of one population, of so many leads over so many levels, exceed with a chance of `alpha`: a quantile
/// of chi-squared with levels - 1 degrees of freedom, times (1 / before + 1 / now) (Yurdakul, "Statistical Properties of
/// Population Stability Index", Western Michigan University, 2018).
///
/// # Errors
/// Where either has no leads, or `alpha` is not above 0 and below 1.
pub fn stability_by_chance(levels: usize, before: u64, now: u64, alpha: f64) -> Result<f64, LogitError> {
    if before == 0 || now == 0 {
        return Err(LogitError::NoLeads);
    }
    if !(alpha > 0.0 && alpha < 1.0) {
        let found = alpha.to_string();
        return Err(LogitError::Parameter { name: "alpha", expected: "above 0 and below 1", found });
    }
    let Ok(chi_squared) = ChiSquared::new(levels.saturating_sub(1) as f64) else { return Ok(0.0) };
    Ok(chi_squared.inverse_cdf(1.0 - alpha) * (1.0 / before as f64 + 1.0 / now as f64))
}
