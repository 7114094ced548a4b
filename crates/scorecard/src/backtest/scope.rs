//! Which leads a config is measured on, and whether it was made from them.
//!
//! Figures on the leads that a config was made from flatter it. So where dates tell, leads are taken that came later; where
//! they cannot be told apart, or too few came later, all are taken, and it is said plainly.

use std::fmt;

use jiff::civil::Date;
use leadcal_lift::attribute::{date_of, days};

use super::looks::Look;
use crate::config::Provenance;
use crate::readiness::LEAST;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Nothing: later leads, where there are enough of them.
    Default,
    /// Every lead.
    All,
    /// The leads created on these days, both counted.
    Period(Option<Date>, Option<Date>),
}

/// What tells a config's own leads from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Whether the config was made from this very file.
    pub same_file: bool,
    /// Last day or month of the leads it was made from, such as `2024-03`.
    pub to: Option<String>,
}

impl Origin {
    /// The origin a config names, beside the digest of the file measured on.
    pub fn of(provenance: Option<&Provenance>, leads_sha256: &str) -> Self {
        let known = provenance.and_then(|provenance| provenance.leads_sha256.as_deref());
        Self { same_file: known == Some(leads_sha256), to: provenance.and_then(|provenance| provenance.to.clone()) }
    }

    /// The origin of several configs together: leads that are later than all of theirs are none's.
    pub fn latest(origins: &[Self]) -> Self {
        let to = origins.iter().filter_map(|origin| origin.to.as_ref());
        Self { same_file: origins.iter().any(|origin| origin.same_file), to: to.max_by_key(|to| last_day(to)).cloned() }
    }
}

/// The leads to measure on.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// Their looks.
    pub looks: Vec<Look>,
    /// Which they are.
    pub taken: Taken,
    /// Whether the config was made from them.
    pub made_from: MadeFrom,
    /// Leads left out because nothing says when they came.
    pub undated: u64,
}

/// Which leads were taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// All of them.
    All,
    /// Those created after the last day or month of the config's own.
    After(String),
    /// Those of a period.
    Period(Option<Date>, Option<Date>),
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("All leads were taken."),
            Self::After(to) => write!(f, "Leads created after {to} were taken (--all takes every lead)."),
            Self::Period(from, to) => {
                f.write_str("Leads created")?;
                from.map_or(Ok(()), |from| write!(f, " from {from}"))?;
                to.map_or(Ok(()), |to| write!(f, " to {to}"))?;
                f.write_str(" were taken.")
            }
        }
    }
}

/// Whether the config was made from the leads taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MadeFrom {
    /// It was: the file is the same.
    SameFile,
    /// All came later than those it was made from.
    No(String),
    /// So many came by the last day or month of those it was made from.
    Some {
        /// How many.
        leads: u64,
        /// Out of how many.
        of: u64,
        /// The last day or month.
        to: String,
        /// Where later leads were looked for: how many came, and how many of them converted.
        later: Option<(u64, u64)>,
    },
    /// The config does not say until when its leads came.
    ConfigDoesNotSay,
    /// Nothing says when the leads came.
    LeadsDoNotSay,
}

impl MadeFrom {
    /// A word for programs.
    pub fn word(&self) -> &'static str {
        match self {
            Self::SameFile => "yes",
            Self::No(_) => "no",
            Self::Some { .. } => "some",
            Self::ConfigDoesNotSay | Self::LeadsDoNotSay => "unknown",
        }
    }
}

impl fmt::Display for MadeFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, "config")
    }
}

impl MadeFrom {
    /// The same in sentences that call the config so: `candidate`.
    pub fn of_the(&self, whose: &str) -> String {
        let mut text = String::new();
        // Writing to a String does not fail.
        _ = self.write(&mut text, whose);
        text
    }

    /// Whether figures on the leads taken flatter the config, as far as is known.
    pub fn flatters(&self) -> bool {
        !matches!(self, Self::No(_))
    }

    fn write(&self, f: &mut impl fmt::Write, whose: &str) -> fmt::Result {
        match self {
            Self::SameFile => write!(
                f,
                "These are the very leads that the {whose} was made from (the same file): the figures flatter it. What \
                 calibrate printed on held-out leads is nearer the truth; leads that come later will tell.",
            ),
            Self::No(to) => write!(f, "The {whose} was made from leads up to {to}: none of these is one of them."),
            Self::Some { leads, of, to, later } => {
                write!(f, "The {whose} was made from leads up to {to}. ")?;
                match later {
                    Some((0, _)) => f.write_str("No lead came later. ")?,
                    Some((later, conversions)) => write!(
                        f,
                        "Only {later} leads, {conversions} of them converted, came later; it takes {LEAST} conversions and {LEAST} \
                         others to measure on them alone. "
                    )?,
                    None => {}
                }
                write!(
                    f,
                    "{leads} of the {of} leads are no later and may be those it was made from: as far as they are, the figures \
                     flatter it."
                )
            }
            Self::ConfigDoesNotSay => f.write_str(
                "The config does not say until when the leads that it was made from came: these may be the same, and then the \
                 figures flatter it.",
            ),
            Self::LeadsDoNotSay => f.write_str(
                "Nothing says when these leads were created: they may be those that the config was made from, and then the \
                 figures flatter it.",
            ),
        }
    }
}

/// The leads to measure on.
pub fn scope(looks: Vec<Look>, asked: Asked, origin: &Origin) -> Scope {
    let dated = looks.iter().any(|look| look.created.is_some());
    // The config's last day, where it and the leads have dates.
    let end = origin.to.as_ref().filter(|_| dated).and_then(|to| Some((to, last_day(to)?)));
    let all = |looks: &[Look], later| MadeFrom::of(looks, dated, origin, end, later);
    match asked {
        Asked::All => Scope { made_from: all(&looks, None), looks, taken: Taken::All, undated: 0 },
        Asked::Period(from, to) => {
            let day = |date: Date| days(date);
            let within = |created: i64| {
                from.is_none_or(|from| day(from) <= created as f64) && to.is_none_or(|to| created as f64 <= day(to))
            };
            let (looks, undated) = created(looks, within);
            Scope { made_from: all(&looks, None), looks, taken: Taken::Period(from, to), undated }
        }
        Asked::Default => {
            if let Some((to, end)) = end.filter(|_| !origin.same_file) {
                let later = looks.iter().filter(|look| look.created.is_some_and(|day| day > end));
                let conversions = later.clone().filter(|look| look.converted).count() as u64;
                let leads = later.count() as u64;
                if conversions.min(leads - conversions) >= LEAST {
                    let (looks, undated) = created(looks, |day| day > end);
                    let made_from = MadeFrom::No(to.clone());
                    return Scope { looks, taken: Taken::After(to.clone()), made_from, undated };
                }
                let made_from = all(&looks, Some((leads, conversions)));
                return Scope { made_from, looks, taken: Taken::All, undated: 0 };
            }
            Scope { made_from: all(&looks, None), looks, taken: Taken::All, undated: 0 }
        }
    }
}

/// The leads created in the time, from first to last day or month, of those that a config was made from.
pub fn own_leads(looks: &[Look], provenance: Option<&Provenance>) -> Vec<Look> {
    let day = |text: &Option<String>, of: fn(&str) -> Option<i64>| text.as_deref().and_then(of);
    let Some(end) = provenance.and_then(|provenance| day(&provenance.to, last_day)) else { return Vec::new() };
    let start = provenance.and_then(|provenance| day(&provenance.from, first_day)).unwrap_or(i64::MIN);
    looks.iter().filter(|look| look.created.is_some_and(|day| start <= day && day <= end)).copied().collect()
}

impl MadeFrom {
    /// Whether a config was made from some leads that were taken, where so many leads and conversions came later.
    pub fn of_taken(looks: &[Look], origin: &Origin, later: Option<(u64, u64)>) -> Self {
        let dated = looks.iter().any(|look| look.created.is_some());
        let end = origin.to.as_ref().filter(|_| dated).and_then(|to| Some((to, last_day(to)?)));
        Self::of(looks, dated, origin, end, later)
    }

    fn of(
        looks: &[Look],
        dated: bool,
        origin: &Origin,
        end: Option<(&String, i64)>,
        later: Option<(u64, u64)>,
    ) -> Self {
        if origin.same_file {
            return Self::SameFile;
        }
        match end {
            None if !dated => Self::LeadsDoNotSay,
            None => Self::ConfigDoesNotSay,
            Some((to, end)) => {
                let by_then = looks.iter().filter(|look| look.created.is_none_or(|day| day <= end)).count() as u64;
                if by_then == 0 {
                    Self::No(to.clone())
                } else {
                    Self::Some { leads: by_then, of: looks.len() as u64, to: to.clone(), later }
                }
            }
        }
    }
}

/// The looks at leads that were created on some days, and how many have no such day.
fn created(mut looks: Vec<Look>, within: impl Fn(i64) -> bool) -> (Vec<Look>, u64) {
    let undated = looks.iter().filter(|look| look.created.is_none()).count() as u64;
    looks.retain(|look| look.created.is_some_and(&within));
    (looks, undated)
}

/// The last day of a day or month such as `2024-03`, counted from 1970-01-01.
pub(crate) fn last_day(text: &str) -> Option<i64> {
    Some(whole_days(text.parse::<Date>().ok().or_else(|| Some(first_of_month(text)?.last_of_month()))?))
}

/// The first day of a day or month.
fn first_day(text: &str) -> Option<i64> {
    Some(whole_days(text.parse::<Date>().ok().or_else(|| first_of_month(text))?))
}

fn first_of_month(text: &str) -> Option<Date> {
    format!("{text}-01").parse().ok()
}

#[expect(clippy::cast_possible_truncation, reason = "a whole number of days of a calendar")]
fn whole_days(date: Date) -> i64 {
    days(date) as i64
}

/// A day counted from 1970-01-01 as a date.
pub fn date(day: i64) -> Date {
    date_of(day as f64)
}

#[cfg(test)]
mod tests;
