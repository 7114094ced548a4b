//! Gains by tenths: of the conversions, how many are among the best-scored tenth of the leads, the best two tenths, ….
//!
//! Leads of one score cannot be told apart. Where a tenth ends among them, it takes of their conversions the share that it
//! takes of their leads: what calling them in no particular order brings on average, a straight line on the gains curve.

use leadcal_logit::metrics::{Gain, gains};
use serde::Serialize;

use super::Ranked;

/// A share that is this near to a point of the curve is that point: shares of leads are rounded.
const ROUNDING: f64 = 1e-12;

/// Leads called best first, up to a share of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Gains {
    /// Share of the leads called.
    pub called: f64,
    /// Lowest score (or expected rate) among them.
    pub from: f64,
    /// Share of the leads that are called out of those with that lowest score, where only some of them are: which, is chance.
    pub of_tied: Option<f64>,
    /// Share of all conversions among those called.
    pub conversions: f64,
    /// Their rate over that of all leads.
    pub lift: f64,
    /// Their conversion rate.
    pub rate: f64,
}

/// The gains at every tenth; none without conversions or without other leads.
pub(super) fn deciles(ranked: &Ranked) -> Vec<Gains> {
    let Ok(curve) = gains(&ranked.keys, &ranked.counts) else { return Vec::new() };
    let rate = ranked.counts.total_conversions() as f64 / ranked.counts.total_leads() as f64;
    (1..=10).map(|tenths| at(f64::from(tenths) / 10.0, rate, &curve)).collect()
}

fn at(called: f64, rate: f64, curve: &[Gain]) -> Gains {
    let after = curve.partition_point(|gain| gain.leads < called - ROUNDING).min(curve.len() - 1);
    let end = curve[after];
    let (leads, conversions) = after.checked_sub(1).map_or((0.0, 0.0), |at| (curve[at].leads, curve[at].conversions));
    let taken = ((called - leads) / (end.leads - leads)).min(1.0);
    let conversions = conversions + taken * (end.conversions - conversions);
    let lift = conversions / called;
    Gains {
        called,
        from: end.score,
        of_tied: (end.leads > called + ROUNDING).then_some(taken),
        conversions,
        lift,
        rate: lift * rate,
    }
}
