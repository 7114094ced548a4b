//! The dates of the leads: from when to when, and how mature their outcomes are.

use jiff::civil::Date;
use leadcal_lift::attribute::{date_of, days};
use leadcal_lift::profile::ColumnProfile;
use leadcal_lift::snapshots::{DatedLeads, OutcomeMaturity};

/// Share of the conversions whose time to conversion says how old a lead must be for its outcome to count.
const MATURE: f64 = 0.9;

/// When the leads came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
    /// Leads with a date.
    pub dated: u64,
    /// How long conversions take; `None` without the dates of conversions.
    pub maturity: Option<OutcomeMaturity>,
}

impl Timing {
    /// The timing of leads whose `created_at` has this profile, with what `lives` says of their outcomes; `None` where no lead
    /// has a date.
    pub fn of(created_at: &ColumnProfile, lives: Option<&DatedLeads>) -> Option<Self> {
        let days = created_at.days.sorted();
        let ((first, _), (last, _)) = (days.first()?, days.last()?);
        Some(Self {
            first: date_of(*first),
            last: date_of(*last),
            dated: created_at.days.leads(),
            maturity: lives.and_then(|lives| lives.maturity(MATURE)),
        })
    }

    /// Days from the first to the last, both counted.
    pub fn span_days(&self) -> f64 {
        days(self.last) - days(self.first) + 1.0
    }
}
