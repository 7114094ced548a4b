//! What calls would have brought: conversions x value - leads x cost.
//!
//! A conversion counts whether or not the call brought it about. The interval of a profit is that of the rate, at both ends.
//! The best cut-off is the score from which on calling brings most, the highest of those that bring the same; as the best of
//! many on these very leads it looks somewhat better than it will be.

use serde::Serialize;

use super::figures::Rate;
use super::{Part, Ranked};
use crate::spec::ValueAndCost;

/// What calling some leads brings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Profit {
    /// The band or stage.
    pub name: String,
    /// Lowest score called.
    pub from: Option<f64>,
    /// Leads called.
    pub leads: u64,
    /// Those that converted.
    pub conversions: u64,
    /// Conversions x value - leads x cost.
    pub profit: f64,
    /// The same at the ends of the rate's 95 % interval.
    pub interval: [f64; 2],
}

/// What calling all leads from a score on brings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CutOffProfit {
    /// Lowest score (or expected rate) called.
    pub from: f64,
    /// Leads called.
    pub leads: u64,
    /// Those that converted.
    pub conversions: u64,
    /// Conversions x value - leads x cost.
    pub profit: f64,
}

/// What calls bring.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Value {
    /// Of a conversion.
    pub value_per_conversion: f64,
    /// Of a contact.
    pub cost_per_contact: f64,
    /// The conversion rate at which a call pays.
    pub break_even_rate: f64,
    /// Each band alone, lowest first.
    pub bands: Vec<Profit>,
    /// Each band with all above it, lowest first.
    pub from_bands: Vec<Profit>,
    /// Each stage with all above it, lowest first.
    pub from_stages: Vec<Profit>,
    /// Calling everyone.
    pub everyone: Profit,
    /// The best cut-off; `None` where no call pays, or leads cannot be ranked together.
    pub best: Option<CutOffProfit>,
}

pub(super) fn value(
    asked: ValueAndCost,
    bands: &[Part],
    stages: &[Part],
    ranked: Option<&Ranked>,
    (leads, conversions): (u64, u64),
) -> Value {
    let of = |name: &str, from: Option<f64>, leads: u64, conversions: u64| Profit {
        name: name.to_owned(),
        from,
        leads,
        conversions,
        profit: profit(asked, leads, conversions as f64),
        interval: Rate::of(leads, conversions)
            .map_or([0.0, 0.0], |rate| rate.interval.map(|rate| profit(asked, leads, rate * leads as f64))),
    };
    let alone = |part: &Part| of(&part.name, part.from, part.leads, part.conversions);
    let mut above = (0, 0);
    let mut from_bands: Vec<Profit> = bands
        .iter()
        .rev()
        .map(|band| {
            above = (above.0 + band.leads, above.1 + band.conversions);
            of(&band.name, band.from, above.0, above.1)
        })
        .collect();
    from_bands.reverse();
    let cut_offs = ranked.into_iter().flat_map(Ranked::best_first).map(|(from, leads, conversions)| CutOffProfit {
        from,
        leads,
        conversions,
        profit: profit(asked, leads, conversions as f64),
    });
    let better = |best: Option<CutOffProfit>, cut_off: CutOffProfit| match best {
        Some(best) if best.profit >= cut_off.profit => Some(best),
        _ => Some(cut_off),
    };
    Value {
        value_per_conversion: asked.value,
        cost_per_contact: asked.cost,
        break_even_rate: asked.cost / asked.value,
        bands: bands.iter().map(alone).collect(),
        from_bands,
        from_stages: stages.iter().map(alone).collect(),
        everyone: of("everyone", None, leads, conversions),
        best: cut_offs.fold(None, better).filter(|best| best.profit > 0.0),
    }
}

fn profit(asked: ValueAndCost, leads: u64, conversions: f64) -> f64 {
    conversions * asked.value - leads as f64 * asked.cost
}
