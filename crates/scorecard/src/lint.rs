//! Best practice that a scoring config does not keep to: each finding with its code, what was found in numbers, and what to do.
//!
//! | code | severity | judged from |
//! |---|---|---|
//! | `few-conversions` | error | provenance, evidence |
//! | `leakage` | error | evidence, or leads |
//! | `unreachable-band`, `unreachable-stage` | warning | points |
//! | `no-negative-points`, `no-bands`, `no-decay` | warning | points |
//! | `thin-level`, `edited-points` | warning | evidence |
//! | `opens-uncapped`, `opens-above-clicks` | warning | behaviours |
//! | `stale` | warning | provenance, and a day |
//! | `empty-band` | warning | leads |
//! | `possible-leakage`, `many-attributes`, `paid-twice`, `unused-signals`, `scoring-not-needed` | advice | leads |
//! | `no-inactivity` | advice | points |
//!
//! An error says that scores mislead, a warning that the config lacks something or holds something that is hardly meant, advice that
//! there is another way which may be better. [`lint`] needs the config alone; what [`leads`] adds needs past leads. What could not be
//! judged is said, not passed over.

mod behaviours;
mod code;
mod evidence;
pub mod leads;
mod reach;
mod structure;

use jiff::civil::Date;
use serde::Serialize;

pub use code::{Code, Severity};

use crate::config::{Model, ScoringConfig};

/// Something a config should not be, or could be better.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of finding it is.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// JSON pointer of the place in the config; empty for the whole.
    pub pointer: String,
    /// What was found, with its numbers.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// A kind of finding that was not looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotLookedAt {
    /// The kinds.
    pub codes: Vec<Code>,
    /// What it would need.
    pub needs: String,
}

/// What was found, worst first, and what was not looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// The findings.
    pub findings: Vec<Finding>,
    /// What was not looked for, and why.
    pub not_looked_at: Vec<NotLookedAt>,
}

/// What a config alone does not say.
#[derive(Debug, Clone, Copy, Default)]
pub struct LintOptions {
    /// The day of which the calibration's age is asked.
    pub as_of: Option<Date>,
    /// Leads that sales can call in a week.
    pub capacity_per_week: Option<f64>,
}

/// What a config by itself shows.
pub fn lint(config: &ScoringConfig, options: &LintOptions) -> Report {
    let mut report = Report::default();
    structure::stale(config, options, &mut report);
    structure::needed(config, options, &mut report);
    for (at, model) in config.models.iter().enumerate() {
        let model = Linted { model, pointer: format!("/models/{at}"), config };
        structure::structure(&model, &mut report);
        reach::reach(&model, &mut report);
        behaviours::behaviours(&model, &mut report);
        evidence::evidence(&model, &mut report);
    }
    report.not_looked_at(&leads::CODES, "past leads: --leads with a spec, or with leads and --outcome");
    report.sort();
    report
}

/// A model being looked at.
struct Linted<'a> {
    model: &'a Model,
    pointer: String,
    config: &'a ScoringConfig,
}

impl Linted<'_> {
    /// A sentence about the model, which says which one it is where there are several.
    fn says(&self, sentence: &str) -> String {
        match &self.model.product {
            Some(product) => format!("product {product}: {sentence}"),
            None if self.config.models.len() > 1 => format!("all other products: {sentence}"),
            None => sentence.to_owned(),
        }
    }
}

impl Report {
    /// The same without findings of some kinds.
    #[must_use]
    pub fn allowing(mut self, allowed: &[Code]) -> Self {
        self.findings.retain(|finding| !allowed.contains(&finding.code));
        for not in &mut self.not_looked_at {
            not.codes.retain(|code| !allowed.contains(code));
        }
        self.not_looked_at.retain(|not| !not.codes.is_empty());
        self
    }

    /// How many findings there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    fn found(&mut self, code: Code, pointer: impl Into<String>, message: impl Into<String>, remedy: impl Into<String>) {
        self.findings.push(Finding {
            code,
            severity: code.severity(),
            pointer: pointer.into(),
            message: message.into(),
            remedy: remedy.into(),
        });
    }

    /// One line for each need, whatever is looked at for how many models.
    fn not_looked_at(&mut self, codes: &[Code], needs: impl Into<String>) {
        let needs = needs.into();
        match self.not_looked_at.iter_mut().find(|not| not.needs == needs) {
            Some(not) => {
                let new: Vec<Code> = codes.iter().filter(|code| !not.codes.contains(code)).copied().collect();
                not.codes.extend(new);
            }
            None => self.not_looked_at.push(NotLookedAt { codes: codes.to_vec(), needs }),
        }
    }

    /// Worst first; of one severity in the order of the codes, then of the config.
    fn sort(&mut self) {
        self.findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.code));
    }
}

#[cfg(test)]
mod tests;
