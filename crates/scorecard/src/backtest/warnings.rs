//! What should be known about the figures, in plain words.

use super::{Figures, Part};
use crate::readiness::LEAST;

/// Bands without leads, out of order, or larger than the capacity; figures that rest on little.
pub fn warnings(figures: &Figures) -> Vec<String> {
    let mut warnings = Vec::new();
    let others = figures.leads - figures.conversions;
    if figures.conversions.min(others) < LEAST {
        warnings.push(format!(
            "{} conversions and {others} other leads are few: with fewer than {LEAST} of either the figures are mostly chance",
            figures.conversions
        ));
    }
    for band in figures.bands.iter().filter(|band| band.leads == 0) {
        warnings.push(format!("no lead is in band \"{}\": nothing can be said of it", band.name));
    }
    let filled: Vec<&Part> = figures.bands.iter().filter(|band| band.leads > 0).collect();
    warnings.extend(filled.windows(2).filter_map(|pair| out_of_order(pair[0], pair[1])));
    if let (Some(capacity), Some(top)) = (figures.capacity, figures.bands.last())
        && let Some(a_week) = top.leads_a_week.filter(|a_week| *a_week > capacity.per_week)
    {
        warnings.push(format!(
            "band \"{}\" alone has {a_week:.1} leads a week, more than the {} that can be called",
            top.name, capacity.per_week
        ));
    }
    warnings
}

fn out_of_order(lower: &Part, upper: &Part) -> Option<String> {
    let (low, high) = (lower.rate?, upper.rate?);
    (high.rate < low.rate).then(|| {
        let chance = if high.interval[1] < low.interval[0] {
            "the 95 % intervals do not meet, so it is hardly chance"
        } else {
            "the 95 % intervals overlap, so it may be chance"
        };
        format!(
            "bands are out of order: \"{}\" converts at {:.1} %, \"{}\" below it at {:.1} % ({chance})",
            upper.name,
            100.0 * high.rate,
            lower.name,
            100.0 * low.rate
        )
    })
}
