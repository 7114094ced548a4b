//! How long leads take to convert, and how many are too young for it to show.

use super::DatedLeads;
use crate::events::DAY;

/// How long leads took to convert, and how many that have not converted are younger than that where the data end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutcomeMaturity {
    /// Leads whose dates are known: created, and converted where they did.
    pub leads: u64,
    /// Those that converted.
    pub conversions: u64,
    /// The share of conversions that [`days`](Self::days) covers.
    pub share: f64,
    /// Days within which that share of the conversions came after the lead's creation, the smallest such number
    /// (Hyndman and Fan's definition 1). Conversions still to come are not in it, so it is rather too short.
    pub days: f64,
    /// Leads that have not converted and were created fewer days than that before the data end: some still will.
    pub young: u64,
    /// Leads that converted before they were created: one of their dates is wrong.
    pub converted_first: u64,
}

impl DatedLeads {
    /// The maturity of the outcomes at the latest time seen; `None` where no conversion is dated. `share` is the share of
    /// conversions to cover, in (0, 1].
    pub fn maturity(&self, share: f64) -> Option<OutcomeMaturity> {
        let end = self.latest?;
        let known = self.dates.iter().flatten();
        let mut took: Vec<i64> =
            known.clone().filter_map(|dates| Some(dates.converted?.saturating_sub(dates.created))).collect();
        took.sort_unstable();
        let covers = |rank: &usize| (rank + 1) as f64 >= share * took.len() as f64;
        let within = took[(0..took.len()).find(covers)?];
        let young =
            known.clone().filter(|dates| dates.converted.is_none() && end.saturating_sub(dates.created) < within);
        Some(OutcomeMaturity {
            leads: known.clone().count() as u64,
            conversions: took.len() as u64,
            share,
            days: within as f64 / DAY as f64,
            young: young.count() as u64,
            converted_first: took.partition_point(|&took| took < 0) as u64,
        })
    }
}
