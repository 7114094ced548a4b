//! The gate: may this config go live? A candidate on leads whose outcome is known, against a baseline or its own word.
//!
//! [`check`] asks everything that the [`Policy`] has turned on and gives one [`Finding`] for each. It reads no file: both configs come
//! with the leads they scored ([`Side`]), the golden leads with both their scores ([`golden::Scores`]). A [`Report`] puts the findings
//! together under one verdict, and [`render`] writes it for people and programs. One file a check; formulas and what tells
//! "worse" from "too little data" are in `docs/check.md`.
//!
//! Without a baseline a candidate is held against what it says itself: the rates it states, its predictions, the leads it was
//! calibrated on. Checks that need a baseline are then not asked, and say so.

pub mod golden;
pub mod model_file;
pub mod policy;
pub mod render;
pub mod report;

mod age;
mod bands;
mod calibration;
mod comparison;
mod config;
mod load;
mod points;
mod stability;
mod verdict;

pub use policy::Policy;
pub use report::Report;
pub use verdict::{Check, Finding, Verdict};

use jiff::civil::Date;
use leadcal_lift::patterns::Counts;

use crate::backtest::{Predicted, Scored};
use crate::batch::Population;
use crate::config::{Model, ScoringConfig};

/// A config with the leads it scored.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The config.
    pub config: &'a ScoringConfig,
    /// What it made of each lead, each row one lead; candidate and baseline have the same leads in the same order.
    pub rows: &'a [Scored],
}

/// Leads that the candidate was calibrated on, scored by it: what the leads checked are held against.
#[derive(Debug, Clone, Copy)]
pub struct Own<'a> {
    /// What it made of each.
    pub rows: &'a [Scored],
    /// What its models saw of them.
    pub population: &'a Population,
}

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Scoring configs.
    Configs,
    /// Model files, each as the config that [`model_file::config`] makes of it; their rows have the probability as the score.
    Models,
}

/// Everything there is to check by.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// What both are.
    pub kind: Kind,
    /// What might go live.
    pub candidate: Side<'a>,
    /// What is live.
    pub baseline: Option<Side<'a>>,
    /// What the candidate's models saw of its rows.
    pub population: &'a Population,
    /// The candidate's own leads, where the file has enough of them besides those checked.
    pub own: Option<Own<'a>>,
    /// Whether the candidate was calibrated on the leads checked, as far as is known.
    pub flattered: bool,
    /// Leads that the candidate cannot score, and those of them that the baseline can.
    pub unscored: [u64; 2],
    /// Weeks in which the leads came.
    pub weeks: Option<f64>,
    /// The day of which the calibration's age is asked.
    pub as_of: Option<Date>,
    /// The golden leads, where the policy names any.
    pub golden: Option<&'a golden::Scores>,
}

/// Asks everything, in the order of [`Check::ALL`].
pub fn check(subject: &Subject<'_>, policy: &Policy) -> Vec<Finding> {
    let mut findings =
        vec![config::config(subject, policy), config::scored(subject, policy), golden::golden(subject, policy)];
    findings.extend(comparison::comparison(subject, policy));
    findings.extend(calibration::calibration(subject, policy));
    findings.extend([bands::order(subject, policy), bands::rates(subject, policy)]);
    findings.extend([load::sizes(subject, policy), load::sales(subject, policy)]);
    findings.extend([stability::score(subject, policy), stability::attributes(subject, policy)]);
    findings.extend([points::points(subject, policy), points::attributes(subject, policy)]);
    findings.push(age::age(subject, policy));
    debug_assert!(findings.iter().map(|finding| finding.check).eq(Check::ALL));
    findings
}

/// Why a check was not asked that the policy has turned off.
const OFF: &str = "turned off by the policy";
/// Why a check was not asked that compares.
const NO_BASELINE: &str = "there is no baseline";
/// Why a check was not asked of a model file.
const NO_CONFIG: &str = "a model has neither points nor bands";

impl<'a> Side<'a> {
    fn models(self) -> &'a [Model] {
        &self.config.models
    }

    /// Leads and conversions of each row.
    fn counts(self) -> Counts {
        Counts {
            leads: self.rows.iter().map(|row| row.leads).collect(),
            conversions: self.rows.iter().map(|row| row.conversions).collect(),
        }
    }

    /// The prediction of every lead; `None` where the config has not one of that kind for each.
    fn predictions(self, of: Predicted) -> Option<Vec<f64>> {
        self.rows.iter().map(|row| row.prediction(of, self.models())).collect()
    }

    /// Its models that scored any lead, by their place in the config.
    fn used(self) -> Vec<usize> {
        let mut used: Vec<usize> = self.rows.iter().map(|row| row.model).collect();
        used.sort_unstable();
        used.dedup();
        used
    }
}

/// What a prediction is called in sentences.
fn called(of: Predicted) -> &'static str {
    match of {
        Predicted::Probability => "the probability",
        Predicted::ExpectedRateByScore => "the rate expected at the score",
    }
}

/// `product "loan": `, or nothing where the config has one model.
fn of_product(models: &[Model], model: usize) -> String {
    match (&models[model].product, models.len()) {
        (_, 1) => String::new(),
        (Some(product), _) => format!("product \"{product}\": "),
        (None, _) => "all other products: ".to_owned(),
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

#[cfg(test)]
mod tests;
