//! The spec file `leadcal.toml`: what to calibrate, from which leads, with which options. Reference: docs/spec.md.
//!
//! Strict: an unknown key, a key of the wrong type or a value out of range is a [`SpecError`] that names file, line and
//! column. Every option has its default here ([`Spec::with_leads`]); command-line flags set the same fields.

mod activity;
mod cut_rules;
mod error;
pub(crate) mod file;
mod limits;
mod read;
mod section;

use std::collections::BTreeMap;
use std::path::Path;

use leadcal_lift::attribute::{Bound, FieldType, Scalar};
use leadcal_lift::binning::optimal::Trend;
pub use leadcal_lift::points::GroupOptions;
use leadcal_lift::points::PointsOptions;
use leadcal_lift::shrinkage::Shrinkage;
use leadcal_lift::snapshots::SnapshotOptions;
use leadcal_logit::fit::Solver;

use crate::config::SignalKind;

pub use self::activity::{BehaviourOptions, Events, HalfLifeOption, InactivityOptions};
pub(crate) use self::error::POLICY;
pub use self::error::{Found, Position, SpecError, SpecProblem};
pub(crate) use self::read::beside;
pub(crate) use self::section::{Entry, Mistake, Section};

pub use self::limits::{
    METHODS, MOST_DAYS, OutOfRange, SOLVERS, TRENDS, checked_amount, checked_cost, checked_folds, checked_half_life,
    checked_l2, checked_mark, checked_max_levels, checked_max_times, checked_min_share, checked_scale,
    checked_strength, checked_top,
};

/// What to calibrate and how: the whole spec file, defaults filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// What the scoring config is called; by default the leads file's name.
    pub name: Option<String>,
    /// The leads, their outcome and what the other columns are for.
    pub data: Data,
    /// Overrides of what is inferred of a column, by column.
    pub attributes: BTreeMap<String, AttributeOptions>,
    /// The log of what leads do; never without `snapshot`.
    pub events: Option<Events>,
    /// When leads are looked at, and until when a conversion counts; `None` takes the leads and their outcome as they
    /// stand.
    pub snapshot: Option<SnapshotOptions>,
    /// Behaviours counted in the log, by name, in the order written; none without `events`.
    pub behaviours: Vec<(String, BehaviourOptions)>,
    /// What of a lead's silence is looked at; without `events` it means nothing.
    pub inactivity: InactivityOptions,
    /// Data-quality signals, by name, in the order written.
    pub signals: Vec<(String, SignalOptions)>,
    /// Groups whose limits or tiers are given, by name, in the order written.
    pub groups: Vec<(String, GroupOptions)>,
    /// How lift becomes points.
    pub points: PointsOptions,
    /// How far a level's rate is drawn to the overall rate.
    pub shrinkage: Shrinkage,
    /// How the logistic model is fitted and validated.
    pub model: ModelOptions,
    /// How scores become bands; `None` leaves the choice to calibration.
    pub bands: Option<CutRule>,
    /// How scores become stages such as MQL; `None` means no stages.
    pub stages: Option<CutRule>,
}

/// `[data]`: the leads, their outcome and what the other columns are for.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    /// Path or glob of the leads; one read from a spec file is already relative to that file's folder.
    pub leads: String,
    /// Who converted.
    pub outcome: Outcome,
    /// Column carried to outputs, never an attribute.
    pub id: Option<String>,
    /// When the lead came.
    pub created_at: Option<String>,
    /// When the lead converted.
    pub converted_at: Option<String>,
    /// Product line of the lead.
    pub product: Option<String>,
    /// Column of given validation folds, instead of seeded ones.
    pub fold: Option<String>,
    /// Columns that are no attributes.
    pub exclude: Vec<String>,
    /// Texts that mean "missing".
    pub missing: Vec<String>,
}

/// The outcome column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Its name.
    pub column: String,
    /// The value that means converted; `None` where the column is true/false, yes/no or 1/0.
    pub positive: Option<String>,
}

/// `[attributes.X]`: overrides of what is inferred of column X.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AttributeOptions {
    /// How its values are understood.
    pub kind: Option<FieldType>,
    /// Values that are levels of their own, such as -1 for "unknown".
    pub special: Vec<Scalar>,
    /// Given cut points of a number or date, ascending.
    pub cuts: Option<Vec<Bound>>,
    /// Most levels to cut it into, at least 2.
    pub max_levels: Option<usize>,
    /// Least share of the leads in a level, 0 to 0.5.
    pub min_share: Option<f64>,
    /// Least number of conversions, and of others, in an interval or a level of joined texts.
    pub min_conversions: Option<u64>,
    /// What each further interval or level of joined texts must be worth, as a chi-squared statistic.
    pub min_gain: Option<f64>,
    /// How the conversion rate may move from interval to interval.
    pub trend: Option<Trend>,
    /// Whether texts that convert alike are joined.
    pub join: bool,
    /// Group of the config it counts in.
    pub group: Option<String>,
}

/// `[signals.X]`: the signal called X.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalOptions {
    /// What it looks at. Its fields are columns of the leads, also ones that are excluded as attributes.
    pub kind: SignalKind,
    /// Group of the config it counts in.
    pub group: Option<String>,
}

/// `[model]`: how the logistic model is fitted and validated.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelOptions {
    /// The algorithm.
    pub solver: Solver,
    /// Penalty on the squared coefficients, 0 or more.
    pub l2: f64,
    /// Folds of the cross-validation, at least 2.
    pub folds: usize,
    /// Seed of the folds.
    pub seed: u64,
    /// How many attributes to keep: those that tell most together.
    pub top: Option<usize>,
}

/// How scores are cut into bands or stages: what each of them asks for, by name, lowest score first.
#[derive(Debug, Clone, PartialEq)]
pub enum CutRule {
    /// Its lowest score, ascending.
    CutOffs(Vec<(String, i64)>),
    /// The conversion rate it should reach, ascending, in [0, 1); 0 for the lowest band means everybody else.
    TargetRates(Vec<(String, f64)>),
    /// The leads a week that can be called from it on upwards, descending, above 0.
    CapacityPerWeek(Vec<(String, f64)>),
    /// What a conversion is worth and a contact costs, cost / value ascending.
    ValueAndCost(Vec<(String, ValueAndCost)>),
}

impl CutRule {
    /// The rule for a part of the leads, such as a product's: of a weekly capacity it gets its share of the leads.
    #[must_use]
    pub fn shared(&self, share: f64) -> Self {
        match self {
            Self::CapacityPerWeek(capacities) => {
                Self::CapacityPerWeek(capacities.iter().map(|(name, leads)| (name.clone(), share * leads)).collect())
            }
            others => others.clone(),
        }
    }
}

/// What a band's or stage's treatment brings and costs, in one unit of money.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueAndCost {
    /// Of a conversion, above 0.
    pub value: f64,
    /// Of a contact, 0 or more; 0 for the lowest band means everybody else.
    pub cost: f64,
}

impl Spec {
    /// A spec of these leads and this outcome, every option at its default.
    pub fn with_leads(leads: impl Into<String>, outcome: Outcome) -> Self {
        Self {
            name: None,
            data: Data {
                leads: leads.into(),
                outcome,
                id: None,
                created_at: None,
                converted_at: None,
                product: None,
                fold: None,
                exclude: Vec::new(),
                missing: vec![String::new(), "NA".to_owned()],
            },
            attributes: BTreeMap::new(),
            events: None,
            snapshot: None,
            behaviours: Vec::new(),
            inactivity: InactivityOptions::default(),
            signals: Vec::new(),
            groups: Vec::new(),
            points: PointsOptions::default(),
            shrinkage: Shrinkage::default(),
            model: ModelOptions::default(),
            bands: None,
            stages: None,
        }
    }

    /// Reads a spec file. A relative path of the leads is taken from the file's folder.
    ///
    /// # Errors
    /// [`SpecError`] where the file cannot be read or [`Spec::parse`] refuses it.
    pub fn read(path: &Path) -> Result<Self, SpecError> {
        file::read(path, error::SPEC, |whole| read::spec(whole, path))
    }

    /// Parses the text of a spec file; `path` names it in errors, and its folder is where the leads are looked for.
    ///
    /// # Errors
    /// [`SpecError`] at the first thing in the text that is no spec: syntax, an unknown or missing key, a value of the
    /// wrong type or out of range, keys that contradict each other.
    pub fn parse(text: &str, path: &Path) -> Result<Self, SpecError> {
        file::parse(text, path, error::SPEC, |whole| read::spec(whole, path))
    }

    /// The first column that is used for two things, if any. The product may be an attribute too, or be excluded; a signal
    /// may read any column but those that give the outcome away.
    pub fn conflict(&self) -> Option<RoleConflict> {
        let roles = self.roles();
        let twice = roles.iter().enumerate().find_map(|(at, (second, column))| {
            let (first, _) = roles[..at].iter().find(|(_, other)| other == column)?;
            Some(RoleConflict::new(column, first, second))
        });
        let no_attribute = || {
            let excluded = self.data.exclude.iter().map(|column| ("exclude", column.as_str()));
            roles.iter().copied().filter(|(role, _)| *role != "product").chain(excluded).find_map(|(role, column)| {
                if role != "exclude" && self.data.exclude.iter().any(|excluded| excluded == column) {
                    Some(RoleConflict::new(column, role, "exclude"))
                } else if self.attributes.contains_key(column) {
                    Some(RoleConflict::new(column, role, &format!("attributes.{column}")))
                } else {
                    None
                }
            })
        };
        twice.or_else(no_attribute).or_else(|| self.signal_of_the_outcome())
    }

    fn signal_of_the_outcome(&self) -> Option<RoleConflict> {
        let telling = || self.roles().into_iter().filter(|(role, _)| matches!(*role, "outcome" | "converted_at"));
        self.signals.iter().find_map(|(name, signal)| {
            let (role, column) = telling().find(|(_, column)| signal.kind.fields().contains(column))?;
            Some(RoleConflict::new(column, role, &format!("signals.{name}")))
        })
    }

    /// The columns that have a job, with the key that gives it to them.
    pub fn roles(&self) -> Vec<(&'static str, &str)> {
        let data = &self.data;
        [
            ("outcome", Some(&data.outcome.column)),
            ("id", data.id.as_ref()),
            ("created_at", data.created_at.as_ref()),
            ("converted_at", data.converted_at.as_ref()),
            ("product", data.product.as_ref()),
            ("fold", data.fold.as_ref()),
        ]
        .into_iter()
        .filter_map(|(role, column)| Some((role, column?.as_str())))
        .collect()
    }
}

/// A column that is used for two things.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column \"{column}\" is named both as {first} and as {second}")]
pub struct RoleConflict {
    /// The column.
    pub column: String,
    /// The key that names it first.
    pub first: String,
    /// The key that names it again.
    pub second: String,
}

impl RoleConflict {
    fn new(column: &str, first: &str, second: &str) -> Self {
        Self { column: column.to_owned(), first: first.to_owned(), second: second.to_owned() }
    }
}

impl Default for ModelOptions {
    fn default() -> Self {
        Self { solver: Solver::Newton, l2: 1.0, folds: 5, seed: 0, top: None }
    }
}

#[cfg(test)]
mod tests;
