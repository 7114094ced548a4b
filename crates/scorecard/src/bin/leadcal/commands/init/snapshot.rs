//! `[snapshot]`: at which age leads are looked at, and how long after that a conversion counts.

use std::fmt::Write as _;
use std::num::NonZeroU32;

use jiff::Timestamp;
use leadcal_lift::snapshots::{DatedLeads, SnapshotCounts, SnapshotOptions, SnapshotTimes};

use super::super::summary::grouped;
use super::text::{aligned, comment};

/// The age at which leads are looked at where they do not convert sooner, and the ages where they do, in days.
const AGES: [u32; 5] = [14, 7, 3, 2, 1];
/// Share of the conversions that may come before a lead is looked at.
const EARLY: f64 = 0.1;
/// Share of the conversions that come before the horizon ends.
const IN_TIME: f64 = 0.9;
/// Days in which events count.
const WINDOW: NonZeroU32 = NonZeroU32::new(90).expect("above 0");
/// Numbers of days that people count in; beyond them whole years.
const PLAIN_DAYS: [u32; 14] = [1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180];
const YEAR: u32 = 365;

/// What is proposed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Proposal {
    pub(super) options: SnapshotOptions,
    after_days: u32,
    /// Days from creation within which that share of the conversions came; `None` where nobody knows.
    within: Option<f64>,
}

impl Proposal {
    /// From how long leads take to convert; `None` where no conversion is dated.
    pub(super) fn of(leads: Option<&DatedLeads>) -> Self {
        let days = |share| leads.and_then(|leads| leads.maturity(share)).map(|maturity| maturity.days);
        let (early, within) = (days(EARLY), days(IN_TIME));
        let (after_days, horizon) = early.zip(within).map_or((14, 60), |(early, within)| spans(early, within));
        let options = SnapshotOptions {
            times: SnapshotTimes::AfterDays(after_days),
            window_days: WINDOW,
            horizon_days: NonZeroU32::new(horizon).unwrap_or(NonZeroU32::MIN),
            data_end: None,
        };
        Self { options, after_days, within }
    }

    /// The section. `counts` is what becomes of the leads with it, where that is known.
    pub(super) fn text(&self, counts: Option<&SnapshotCounts>) -> String {
        let early = counts.map_or(String::new(), |counts| match counts.already_converted {
            0 => "; nobody had converted by then".to_owned(),
            n => format!("; {} had converted by then and tell nothing", leads(n)),
        });
        let horizon = self.options.horizon_days.get();
        let why = self.within.map_or_else(
            || "how long leads take to convert is not known: choose it".to_owned(),
            |within| {
                format!(
                    "a conversion in so many days after counts: {:.0} % come within {within:.0} days of creation",
                    100.0 * IN_TIME
                )
            },
        );
        let mut lines = vec![
            (format!("after_days = {}", self.after_days), format!("age at which a lead is looked at{early}")),
            (format!("window_days = {}", self.options.window_days), "events of so many days before count".to_owned()),
            (format!("horizon_days = {horizon}"), why),
        ];
        if let Some(end) = counts.and_then(|counts| Timestamp::from_microsecond(counts.data_end?).ok()) {
            let censored = counts.map_or(0, |counts| counts.censored);
            let few = counts.is_some_and(|counts| censored > counts.rows);
            let text = match (censored, few) {
                (0, _) => String::new(),
                (n, false) => format!("; {} whose horizon ends later are left out", leads(n)),
                (n, true) => {
                    format!("; {} whose horizon ends later are left out: a shorter horizon keeps more", leads(n))
                }
            };
            lines.push((format!("data_end = {end}"), format!("the latest time seen{text}")));
        }
        let mut heading =
            "Snapshots: each lead is looked at as it was at an age at which sales would score it. What it did \
                           later must not count, and whether it converted in the days after is the outcome."
                .to_owned();
        if let Some(counts) = counts {
            let (rows, converted) = (leads(counts.rows), grouped(counts.conversions));
            _ = write!(heading, " So {rows} become training rows, {converted} of them converted.");
        }
        format!("\n{}[snapshot]\n{}", comment(&heading), aligned(&lines))
    }
}

fn leads(n: u64) -> String {
    if n == 1 { "1 lead".to_owned() } else { format!("{} leads", grouped(n)) }
}

/// Age and horizon in days, from the days within which few and nearly all conversions came.
fn spans(early: f64, within: f64) -> (u32, u32) {
    let after = AGES.into_iter().find(|&age| f64::from(age) <= early).unwrap_or(0);
    (after, plain_days(within - f64::from(after)))
}

/// The least number of days at or above this that people count in.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of years from 1 to 100")]
fn plain_days(days: f64) -> u32 {
    let years = || YEAR * (days / f64::from(YEAR)).ceil().clamp(1.0, 100.0) as u32;
    PLAIN_DAYS.into_iter().find(|&plain| f64::from(plain) >= days).unwrap_or_else(years)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_follow_the_conversions() {
        for (early, within, expected) in [
            (20.0, 68.2, (14, 60)),
            (14.0, 74.0, (14, 60)),
            (13.9, 68.0, (7, 90)),
            (3.5, 12.0, (3, 10)),
            (0.2, 0.9, (0, 1)),
            (-5.0, -1.0, (0, 1)),
            (30.0, 200.0, (14, 365)),
            (30.0, 400.0, (14, 730)),
            (1e9, 1e12, (14, 36_500)),
        ] {
            assert_eq!(spans(early, within), expected, "{early} {within}");
        }
    }
}
