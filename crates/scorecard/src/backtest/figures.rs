//! All figures of some scored leads.

use std::collections::BTreeSet;

use leadcal_lift::shrinkage::rate_interval;
use leadcal_logit::metrics::auc;
use serde::Serialize;

use super::capacity::{Capacity, capacity};
use super::gains::{Gains, deciles};
use super::parts::{Part, bands, stages};
use super::predictions::{PredictionFigures, predictions};
use super::value::{Value, value};
use super::{Ranked, RankedBy, Scored, ranking};
use crate::config::Model;
use crate::spec::ValueAndCost;

/// What figures need to know besides the leads.
#[derive(Debug, Clone, Copy, Default)]
pub struct FigureOptions {
    /// Weeks in which the leads came; without it nothing is said of a week.
    pub weeks: Option<f64>,
    /// What a conversion is worth and a contact costs.
    pub value: Option<ValueAndCost>,
    /// Leads that sales can call in a week; used where `weeks` is known.
    pub capacity_per_week: Option<f64>,
}

/// A conversion rate and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// Conversions over leads.
    pub rate: f64,
    /// Jeffreys' 95 % interval of it, the one of an unshrunken level's rate.
    pub interval: [f64; 2],
}

impl Rate {
    /// The rate of some leads; `None` where there are none.
    pub fn of(leads: u64, conversions: u64) -> Option<Self> {
        let interval = || rate_interval(leads, conversions, 0.0, 0.0);
        (leads > 0).then(|| Self { rate: conversions as f64 / leads as f64, interval: interval() })
    }
}

/// How well leads are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Auc {
    /// Area under the ROC curve, ties counted one half.
    pub value: f64,
    /// 95 % interval by `DeLong`'s variance.
    pub interval: [f64; 2],
    /// `DeLong`'s variance.
    pub variance: f64,
}

/// What saying the leads' own rate to every lead would cost: what predictions should beat.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RateAlone {
    /// -(r ln r + (1 - r) ln(1 - r)).
    pub log_loss: f64,
    /// r (1 - r).
    pub brier: f64,
}

/// What a config is worth on some leads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// All leads.
    pub leads: u64,
    /// Those that converted.
    pub conversions: u64,
    /// Their rate; `None` without leads.
    pub rate: Option<Rate>,
    /// Weeks in which they came.
    pub weeks: Option<f64>,
    /// Leads in each of them.
    pub leads_a_week: Option<f64>,
    /// What they are ranked by; `None` where leads of several models cannot be ranked together.
    pub ranked_by: Option<RankedBy>,
    /// How well they are ranked; `None` where they are not, or one of the outcomes is missing.
    pub auc: Option<Auc>,
    /// How right the config's predictions are.
    pub predictions: Vec<PredictionFigures>,
    /// What the rate alone would do; `None` where one of the outcomes is missing.
    pub rate_alone: Option<RateAlone>,
    /// The bands, lowest first; none where several models have bands of other names.
    pub bands: Vec<Part>,
    /// The stages, each with those above it.
    pub stages: Vec<Part>,
    /// Leads called best first, by tenths; none where there is no conversion or no ranking.
    pub gains: Vec<Gains>,
    /// What calls bring, where a value and a cost are given.
    pub value: Option<Value>,
    /// Where the week's calls end, where a capacity is given and the weeks are known.
    pub capacity: Option<Capacity>,
}

/// The figures of leads that some of a config's models scored.
///
/// # Panics
/// Where a row names a model that the config does not have: a bug of the caller.
pub fn figures(models: &[Model], rows: &[Scored], options: &FigureOptions) -> Figures {
    let used: BTreeSet<usize> = rows.iter().map(|row| row.model).collect();
    let used: Vec<usize> = used.into_iter().collect();
    let leads: u64 = rows.iter().map(|row| row.leads).sum();
    let conversions: u64 = rows.iter().map(|row| row.conversions).sum();
    let rate = Rate::of(leads, conversions);
    let ranking = ranking(models, rows).map(|(by, keys)| {
        let rows = keys.into_iter().zip(rows).map(|(key, row)| (key, row.leads, row.conversions));
        (by, Ranked::new(rows.collect()))
    });
    let ranked = ranking.as_ref().map(|(_, ranked)| ranked);
    let both = conversions > 0 && conversions < leads;
    let bands = bands(models, &used, rows, options.weeks);
    let stages = stages(models, &used, rows, options.weeks);
    Figures {
        leads,
        conversions,
        rate,
        weeks: options.weeks,
        leads_a_week: options.weeks.map(|weeks| leads as f64 / weeks),
        ranked_by: ranking.as_ref().map(|(by, _)| *by),
        auc: ranked.and_then(|ranked| {
            let auc = auc(&ranked.keys, &ranked.counts).ok()?;
            Some(Auc { value: auc.value, interval: auc.interval(), variance: auc.variance })
        }),
        predictions: predictions(models, rows),
        rate_alone: rate.filter(|_| both).map(|Rate { rate, .. }| RateAlone {
            log_loss: -(rate * rate.ln() + (1.0 - rate) * (1.0 - rate).ln()),
            brier: rate * (1.0 - rate),
        }),
        gains: ranked.map(deciles).unwrap_or_default(),
        value: options.value.map(|asked| value(asked, &bands, &stages, ranked, (leads, conversions))),
        capacity: options
            .capacity_per_week
            .zip(options.weeks)
            .zip(ranked)
            .and_then(|((per_week, weeks), ranked)| capacity(per_week, weeks, ranked)),
        bands,
        stages,
    }
}
