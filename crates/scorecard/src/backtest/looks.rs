//! Which leads are looked at, at which moments, and what followed.
//!
//! Without a snapshot a look is a lead as it stands, with its outcome. With one it is a lead at a moment of its past by the
//! rules of calibration ([`DatedLeads::snapshots`]): a lead that had converted by then is none, nor is one whose horizon ends
//! after the data do.

use leadcal_lift::events::{EventLog, day};
use leadcal_lift::leads::LeadFiles;
use leadcal_lift::outcome::Outcome;
use leadcal_lift::outcomes::{LeadOutcome, read_outcomes};
use leadcal_lift::snapshots::{DatedLeads, SnapshotColumns, SnapshotCounts, SnapshotOptions};

use crate::history::HistoryError;
use crate::spec::Data;

/// A lead to be scored, and what followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Number of the lead, from 0, over all files in their order.
    pub lead: u32,
    /// The moment it is scored at, in microseconds since 1970-01-01T00:00:00Z; `None` as it stands.
    pub moment: Option<i64>,
    /// The day it was created, counted from 1970-01-01 (UTC).
    pub created: Option<i64>,
    /// Whether it converted.
    pub converted: bool,
}

/// The looks at the leads of some files, by lead and then by moment.
#[derive(Debug, Clone)]
pub struct Looks {
    /// The looks.
    pub looks: Vec<Look>,
    /// Leads without an outcome, where there are no snapshots.
    pub without_outcome: u64,
    /// What became of the leads, where there are snapshots.
    pub counts: Option<SnapshotCounts>,
    /// With snapshots, the leads with their ids.
    dated: Option<DatedLeads>,
}

impl Looks {
    /// Reads the leads, and where the end of the data depends on it the log's times.
    ///
    /// # Errors
    /// What cannot be read; a column that is not there; a time that is none; no lead to look at.
    ///
    /// # Panics
    /// With a snapshot where `data` does not name the columns of both dates: for the caller to ask.
    pub fn read(
        leads: &LeadFiles,
        data: &Data,
        outcome: &Outcome,
        snapshot: Option<&SnapshotOptions>,
        log: Option<&EventLog>,
    ) -> Result<Self, HistoryError> {
        match snapshot {
            None => Self::as_they_stand(leads, data, outcome),
            Some(options) => Self::at_moments(leads, data, outcome, options, log),
        }
    }

    fn as_they_stand(leads: &LeadFiles, data: &Data, outcome: &Outcome) -> Result<Self, HistoryError> {
        let outcomes = read_outcomes(leads, outcome, data.created_at.as_deref(), &data.missing)?;
        let look = |(lead, outcome): (u32, &LeadOutcome)| {
            let created = outcome.created.map(day);
            outcome.converted.map(|converted| Look { lead, moment: None, created, converted })
        };
        let looks: Vec<Look> = (0..).zip(&outcomes).filter_map(look).collect();
        let without_outcome = (outcomes.len() - looks.len()) as u64;
        Ok(Self { looks, without_outcome, counts: None, dated: None })
    }

    fn at_moments(
        leads: &LeadFiles,
        data: &Data,
        outcome: &Outcome,
        options: &SnapshotOptions,
        log: Option<&EventLog>,
    ) -> Result<Self, HistoryError> {
        let named = |column: &Option<String>| column.clone().expect("snapshots come with the columns of the dates");
        let columns = SnapshotColumns {
            // Only events are joined by it.
            id: log.and(data.id.clone()),
            created_at: named(&data.created_at),
            converted_at: named(&data.converted_at),
            missing: data.missing.clone(),
        };
        let dated = DatedLeads::read(leads, &columns, outcome)?;
        // Events are read for their times alone: which of them count, the config says.
        let log = log.filter(|_| options.data_end.is_none()).map(|log| (log, &[][..]));
        let snapshots = dated.snapshots(options, log)?;
        if snapshots.rows.is_empty() {
            return Err(HistoryError::NoRows { counts: snapshots.counts.to_string().replace('\n', "; ") });
        }
        let looks = snapshots.rows.iter().map(|row| Look {
            lead: row.lead,
            moment: Some(row.as_of),
            created: dated.created(row.lead).map(day),
            converted: row.converted,
        });
        let looks = looks.collect();
        Ok(Self { looks, without_outcome: 0, counts: Some(snapshots.counts), dated: Some(dated) })
    }

    /// Of each lead with an id, that and the moments it is looked at, ascending: what a log is read for
    /// ([`LogEvents::read_at`](crate::batch::LogEvents::read_at)).
    pub fn moments<'a>(&'a self, moments: &'a Moments) -> impl Iterator<Item = (&'a str, &'a [i64])> {
        let ids = self.dated.as_ref().map(DatedLeads::ids).unwrap_or_default();
        ids.into_iter().enumerate().filter_map(|(lead, id)| Some((id?, moments.of(lead))))
    }

    /// The moments of some of the looks, by lead.
    pub fn moments_of(&self, looks: &[Look]) -> Moments {
        let leads = self.dated.as_ref().map_or(0, DatedLeads::len);
        let mut starts = vec![0; leads + 1];
        for look in looks.iter().filter(|look| look.moment.is_some()) {
            starts[look.lead as usize + 1] += 1;
        }
        for lead in 0..leads {
            starts[lead + 1] += starts[lead];
        }
        Moments { starts, moments: looks.iter().filter_map(|look| look.moment).collect() }
    }
}

/// The moments at which leads are looked at.
#[derive(Debug, Clone)]
pub struct Moments {
    /// Where those of each lead begin, and a last one where they end.
    starts: Vec<usize>,
    moments: Vec<i64>,
}

impl Moments {
    fn of(&self, lead: usize) -> &[i64] {
        &self.moments[self.starts[lead]..self.starts[lead + 1]]
    }
}

/// Whether a lead may be looked at more than once.
pub fn repeated(looks: &[Look]) -> bool {
    looks.windows(2).any(|pair| pair[0].lead == pair[1].lead)
}

/// First and last day on which the leads that have a day were created.
pub fn days(looks: &[Look]) -> Option<(i64, i64)> {
    let days = || looks.iter().filter_map(|look| look.created);
    Some((days().min()?, days().max()?))
}

/// Weeks in which the looks fall, first and last day counted: the days on which leads were created, or where leads are looked
/// at more than once those of the moments.
pub fn weeks(looks: &[Look]) -> Option<f64> {
    let (first, last) = if repeated(looks) {
        let moments = || looks.iter().filter_map(|look| look.moment).map(day);
        (moments().min()?, moments().max()?)
    } else {
        days(looks)?
    };
    Some((last - first + 1) as f64 / 7.0)
}
