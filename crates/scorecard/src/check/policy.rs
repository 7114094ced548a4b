//! The policy of a check, `check.toml`: which checks are asked, and what each tolerates. Reference: docs/check.md.
//!
//! Strict, as the spec is: an unknown key, a value of the wrong type or out of range is a [`SpecError`] with its place. What is
//! not named has its default, and [`DEFAULT`] is a commented file of all of them.

mod read;

use std::path::Path;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::Verdict;
use crate::lint::{Code, Severity};
use crate::spec::{POLICY, SpecError, file};

/// The default policy as a commented file.
pub const DEFAULT: &str = include_str!("policy/default.toml");

/// Which checks are asked, and what each tolerates. `None` turns a check off.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Chance that a candidate as good as the baseline is found worse by AUC, log loss or Brier score; the level of every other
    /// test too.
    pub level: f64,
    /// What becomes of a check that too little data leaves open.
    pub unproven: Unproven,
    /// Lint findings that count.
    pub config: Option<ConfigRule>,
    /// Leads that need not be scored.
    pub scored: Option<u64>,
    /// Golden leads.
    pub golden: Option<Golden>,
    /// By how much the AUC may be lower.
    pub auc: Option<f64>,
    /// By how much the log loss may be higher.
    pub log_loss: Option<f64>,
    /// By how much the Brier score may be higher.
    pub brier: Option<f64>,
    /// Where the calibration slope may lie.
    pub calibration_slope: Option<[f64; 2]>,
    /// Where the odds of converting over those predicted may lie.
    pub calibration_level: Option<[f64; 2]>,
    /// By how much the log loss may be higher than that of the rate alone.
    pub rate_alone: Option<f64>,
    /// Whether bands must be in order.
    pub band_order: bool,
    /// By what part of itself a stated rate may be off.
    pub band_rates: Option<f64>,
    /// What share of all leads a band may gain or lose.
    pub band_sizes: Option<BandSizes>,
    /// How many leads sales may have to call.
    pub sales_load: Option<SalesLoad>,
    /// Marks of the score's stability index.
    pub score_stability: Option<Marks>,
    /// Marks of each attribute's stability index.
    pub attribute_stability: Option<Marks>,
    /// How far points may move.
    pub points: Option<PointsRule>,
    /// What an attribute that is new or gone amounts to.
    pub attributes: Option<Verdict>,
    /// Marks of the calibration's age, in days.
    pub age: Option<Marks>,
}

/// What becomes of a check that too little data leaves open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unproven {
    /// It stays so, and the whole is not proven.
    Unproven,
    /// It passes.
    Fine,
    /// It fails.
    Worse,
}

/// Which lint findings count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigRule {
    /// The least severity that fails; `None` where none does.
    pub fail: Option<Severity>,
    /// Kinds of findings that do not count.
    pub ignore: Vec<Code>,
}

/// Golden leads and what they should score.
#[derive(Debug, Clone, PartialEq)]
pub struct Golden {
    /// Path or glob of the leads; `None` where the policy names none.
    pub leads: Option<String>,
    /// File of their approved scores, as `leadcal score` writes it.
    pub scores: Option<String>,
    /// Column of the leads with their approved score.
    pub expected: Option<String>,
    /// Column of their id.
    pub id: Option<String>,
    /// What they did.
    pub events: Option<String>,
    /// Column of the events with the lead's id.
    pub event_lead: Option<String>,
    /// Column of the events with their time.
    pub event_time: String,
    /// Column of the events with their name.
    pub event_name: String,
    /// The moment scored.
    pub as_of: Option<Timestamp>,
    /// Column of the product.
    pub product: Option<String>,
    /// Column of the creation time.
    pub created_at: Option<String>,
    /// By how many points a score may move.
    pub tolerance: f64,
}

/// How much a band's size may change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BandSizes {
    /// By what share of all leads.
    pub tolerance: f64,
    /// What it amounts to where one surely changes by more.
    pub verdict: Verdict,
}

/// How many leads sales may have to call.
#[derive(Debug, Clone, PartialEq)]
pub struct SalesLoad {
    /// By what part the load may differ from the baseline's.
    pub tolerance: f64,
    /// What it amounts to where it differs by more. More than the capacity is worse, whatever stands here.
    pub verdict: Verdict,
    /// The bands that sales call; `None` means all but the lowest.
    pub bands: Option<Vec<String>>,
    /// Leads that can be called in a week.
    pub capacity_per_week: Option<f64>,
}

/// From where on a figure warns and fails.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Marks {
    /// At this it warns.
    pub warn: f64,
    /// At this it fails.
    pub fail: f64,
}

/// How far points may move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PointsRule {
    /// By so many.
    pub most: f64,
    /// What it amounts to where they move farther or change their sign.
    pub verdict: Verdict,
}

impl Policy {
    /// Reads a policy file. Relative paths in it are taken from the file's folder.
    ///
    /// # Errors
    /// [`SpecError`] where the file cannot be read or [`Policy::parse`] refuses it.
    pub fn read(path: &Path) -> Result<Self, SpecError> {
        file::read(path, POLICY, |whole| read::policy(whole, path))
    }

    /// Parses the text of a policy file; `path` names it in errors, and its folder is where golden leads are looked for.
    ///
    /// # Errors
    /// [`SpecError`] at the first thing in the text that is no policy.
    pub fn parse(text: &str, path: &Path) -> Result<Self, SpecError> {
        file::parse(text, path, POLICY, |whole| read::policy(whole, path))
    }
}

impl Default for Policy {
    fn default() -> Self {
        let marks = Marks { warn: 0.1, fail: 0.25 };
        let range = [0.8, 1.25];
        Self {
            level: 0.05,
            unproven: Unproven::Unproven,
            config: Some(ConfigRule { fail: Some(Severity::Error), ignore: Vec::new() }),
            scored: Some(0),
            golden: Some(Golden::default()),
            auc: Some(0.01),
            log_loss: Some(0.005),
            brier: Some(0.002),
            calibration_slope: Some(range),
            calibration_level: Some(range),
            rate_alone: Some(0.005),
            band_order: true,
            band_rates: Some(0.25),
            band_sizes: Some(BandSizes { tolerance: 0.05, verdict: Verdict::Warn }),
            sales_load: Some(SalesLoad {
                tolerance: 0.2,
                verdict: Verdict::Warn,
                bands: None,
                capacity_per_week: None,
            }),
            score_stability: Some(marks),
            attribute_stability: Some(marks),
            points: Some(PointsRule { most: 10.0, verdict: Verdict::Warn }),
            attributes: Some(Verdict::Warn),
            age: Some(Marks { warn: 92.0, fail: 365.0 }),
        }
    }
}

impl Default for Golden {
    fn default() -> Self {
        Self {
            leads: None,
            scores: None,
            expected: None,
            id: None,
            events: None,
            event_lead: None,
            event_time: "time".to_owned(),
            event_name: "event".to_owned(),
            as_of: None,
            product: None,
            created_at: None,
            tolerance: 0.0,
        }
    }
}

impl Marks {
    /// What a figure amounts to.
    pub(super) fn verdict(self, figure: f64) -> Verdict {
        if figure >= self.fail {
            Verdict::Worse
        } else if figure >= self.warn {
            Verdict::Warn
        } else {
            Verdict::Fine
        }
    }
}

#[cfg(test)]
mod tests;
