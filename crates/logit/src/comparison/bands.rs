//! Bands: do their rates rise with the score, and has a band become larger or smaller?
//!
//! - Order: the difference of the rates of two adjacent bands, with MOVER's bounds from the bounds of both rates
//!   (quantiles of Beta(c + 1/2, n - c + 1/2), Jeffreys): lower = d - sqrt((r2 - l2)^2 + (u1 - r1)^2), upper alike (Zou
//!   and Donner, Statistics in Medicine 27, 2008). Of k pairs, each is found out of order at alpha / k (Bonferroni),
//!   and in order at alpha.
//! - Size: of leads put into bands twice, by candidate and by baseline, those that only one of them has in the band
//!   tell the change of its share, (b - c) / n, variance (b + c - (b - c)^2 / n) / n^2 (the paired Wald interval;
//!   Agresti, Categorical Data Analysis, 2013, section 11.1).

use leadcal_lift::beta;
use leadcal_lift::patterns::Counts;

use super::check_alpha;
use crate::error::LogitError;
use crate::inference::Effect;

/// What the data say of the order of two adjacent bands' rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The higher band converts better.
    Ordered,
    /// The data do not tell the two apart.
    NotToldApart,
    /// The higher band converts worse.
    OutOfOrder,
}

/// Two bands next to each other, of those with leads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdjacentBands {
    /// Index of the lower band.
    pub low: usize,
    /// Index of the higher band.
    pub high: usize,
    /// Rate of the higher less rate of the lower.
    pub difference: f64,
    /// The difference is above this, at level alpha.
    pub lower: f64,
    /// The difference is below this, at level alpha over the number of pairs.
    pub upper: f64,
    /// What they say.
    pub order: Order,
}

/// Compares the rates of adjacent bands, given from the lowest to the highest; bands without leads are passed over.
///
/// # Errors
/// Where `alpha` is not above 0 and at most 0.5.
pub fn band_order(bands: &Counts, alpha: f64) -> Result<Vec<AdjacentBands>, LogitError> {
    check_alpha(alpha)?;
    let with_leads: Vec<usize> = (0..bands.leads.len()).filter(|&band| bands.leads[band] > 0).collect();
    let pairs = with_leads.len().saturating_sub(1);
    let compared = with_leads.windows(2).map(|pair| {
        let (low, high) = (pair[0], pair[1]);
        let at =
            |level: f64| [low, high].map(|band| RateBounds::new(bands.leads[band], bands.conversions[band], level));
        let [below, above] = at(alpha);
        let difference = above.rate - below.rate;
        let lower = difference - (above.rate - above.low).hypot(below.high - below.rate);
        let [below, above] = at(alpha / pairs as f64);
        let upper = difference + (above.high - above.rate).hypot(below.rate - below.low);
        let order = match () {
            () if lower > 0.0 => Order::Ordered,
            () if upper < 0.0 => Order::OutOfOrder,
            () => Order::NotToldApart,
        };
        AdjacentBands { low, high, difference, lower, upper, order }
    });
    Ok(compared.collect())
}

/// A rate and its one-sided bounds.
struct RateBounds {
    rate: f64,
    low: f64,
    high: f64,
}

impl RateBounds {
    fn new(leads: u64, conversions: u64, alpha: f64) -> Self {
        let (c, d) = (conversions as f64, (leads - conversions) as f64);
        let rate = c / leads as f64;
        let [low, high] = beta::interval(c + 0.5, d + 0.5, 1.0 - 2.0 * alpha);
        // Where all or none converted the quantile may pass the rate.
        Self { rate, low: low.min(rate), high: high.max(rate) }
    }
}

/// How a band's share of the same leads changes from baseline to candidate: `gained` leads only the candidate has in
/// it, `lost` only the baseline, of `leads`.
///
/// # Errors
/// Where there are no leads, or more changed than there are.
pub fn share_shift(gained: u64, lost: u64, leads: u64) -> Result<Effect, LogitError> {
    if leads == 0 {
        return Err(LogitError::NoLeads);
    }
    if gained.saturating_add(lost) > leads {
        let found = format!("{gained} and {lost} of {leads}");
        return Err(LogitError::Parameter { name: "leads gained and lost", expected: "at most all leads", found });
    }
    let (gained, lost, all) = (gained as f64, lost as f64, leads as f64);
    let moved = gained - lost;
    Ok(Effect::new(moved / all, (gained + lost - moved * moved / all) / (all * all)))
}
