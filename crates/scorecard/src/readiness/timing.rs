//! The dates of the leads: from when to when, and how mature their outcomes are.

use jiff::civil::Date;
use leadcal_lift::attribute::{date_of, days};
use leadcal_lift::error::DataError;
use leadcal_lift::leads::LeadFiles;
use leadcal_lift::outcome::Outcome;
use leadcal_lift::profile::ColumnProfile;
use leadcal_lift::snapshots::{DatedLeads, OutcomeMaturity, SnapshotColumns};

use crate::spec::Data;

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
    /// The timing of leads whose `created_at` has this profile; passes over the leads where `converted_at` is named too.
    /// `None` where no lead has a date.
    ///
    /// # Errors
    /// What cannot be read; a time of creation or conversion that is none.
    pub fn read(
        data: &Data,
        leads: &LeadFiles,
        created_at: &ColumnProfile,
        outcome: &Outcome,
    ) -> Result<Option<Self>, DataError> {
        let days = created_at.days.sorted();
        let (Some((first, _)), Some((last, _))) = (days.first(), days.last()) else { return Ok(None) };
        let columns = data.converted_at.as_ref().map(|converted_at| SnapshotColumns {
            id: None,
            created_at: created_at.name.clone(),
            converted_at: converted_at.clone(),
            missing: data.missing.clone(),
        });
        let dated = columns.map(|columns| DatedLeads::read(leads, &columns, outcome)).transpose()?;
        Ok(Some(Self {
            first: date_of(*first),
            last: date_of(*last),
            dated: created_at.days.leads(),
            maturity: dated.and_then(|dated| dated.maturity(MATURE)),
        }))
    }

    /// Days from the first to the last, both counted.
    pub fn span_days(&self) -> f64 {
        days(self.last) - days(self.first) + 1.0
    }
}
