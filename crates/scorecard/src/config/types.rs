//! The scoring config's document: models, groups, bands, probability. What a model looks at is in `inputs.rs`.

use serde::{Deserialize, Serialize};

use super::inputs::{Behaviour, Inactivity, ScoredAttribute, Signal};
use super::term_form::TermForm;

/// A scoring config, version 1: everything a runtime scorer needs. Documented in `docs/scoring-config.md`.
///
/// Values made in code are checked by [`ScoringConfig::validate`], texts by [`ScoringConfig::parse`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub struct ScoringConfig {
    /// Always `leadcal.scoring-config`.
    pub format: Format,
    /// Version of the format: 1.
    #[cfg_attr(feature = "calibrate", schemars(range(min = 1, max = 1)))]
    pub version: u32,
    /// What people call this config.
    #[cfg_attr(feature = "calibrate", schemars(length(min = 1)))]
    pub name: String,
    /// One for each product line; the one whose product is null serves all the others. At least one.
    #[cfg_attr(feature = "calibrate", schemars(length(min = 1)))]
    pub models: Vec<Model>,
    /// What the numbers were derived from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}

/// The name of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub enum Format {
    /// `leadcal.scoring-config`
    #[default]
    #[serde(rename = "leadcal.scoring-config")]
    ScoringConfig,
}

/// How the leads of one product line are scored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub struct Model {
    /// The product line; null serves every product without a model of its own, and leads without a product.
    #[serde(default)]
    #[cfg_attr(feature = "calibrate", schemars(length(min = 1)))]
    pub product: Option<String>,
    /// What every lead starts with.
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::points"))]
    pub base_points: f64,
    /// The score's lowest and highest value.
    pub range: Range,
    /// Parts of the score, each with its own limits. At least one.
    #[cfg_attr(feature = "calibrate", schemars(length(min = 1)))]
    pub groups: Vec<Group>,
    /// Properties of the lead, most important first.
    pub attributes: Vec<ScoredAttribute>,
    /// What the lead did, from the event log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub behaviours: Vec<Behaviour>,
    /// Data quality of name and e-mail fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Signal>,
    /// What silence costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inactivity: Option<Inactivity>,
    /// What to do with a lead by its score; ascending, the first at or below the range's lower end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bands: Vec<Band>,
    /// Stages of the sales process by score; ascending. A lead below the first is in none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<Stage>,
    /// The predictive model beside the points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<Probability>,
    /// Conversion rate to expect at a score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_rate_by_score: Option<ExpectedRateByScore>,
}

/// The score's lowest and highest value, both reachable.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub struct Range {
    /// Lowest score.
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::points"))]
    pub min: f64,
    /// Highest score.
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::points"))]
    pub max: f64,
}

/// A part of the score, such as fit or engagement, whose sum is kept within limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub struct Group {
    /// Unique in the model.
    #[cfg_attr(feature = "calibrate", schemars(length(min = 1)))]
    pub name: String,
    /// The group's sum is raised to this.
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::points"))]
    pub min: f64,
    /// The group's sum is lowered to this.
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::points"))]
    pub max: f64,
    /// Letters or digits of the grade; best first, the last at or below `min`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<Tier>,
}

/// A step of a group's grade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub struct Tier {
    /// Such as `A`; unique in the group.
    #[cfg_attr(feature = "calibrate", schemars(length(min = 1)))]
    pub name: String,
    /// Lowest group sum, after the group's limits, that reaches it.
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::points"))]
    pub from: f64,
}

/// A stretch of scores that is treated alike, up to the next band.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub struct Band {
    /// Such as `hot`; unique in the model.
    #[cfg_attr(feature = "calibrate", schemars(length(min = 1)))]
    pub name: String,
    /// Lowest score in it.
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::points"))]
    pub from: f64,
    /// What to do with these leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Conversion rate of these leads in history, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "calibrate", schemars(range(min = 0.0, max = 1.0)))]
    pub expected_rate: Option<f64>,
}

/// A stage of the sales process, such as MQL, reached from a score upwards.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub struct Stage {
    /// Unique in the model.
    #[cfg_attr(feature = "calibrate", schemars(length(min = 1)))]
    pub name: String,
    /// Lowest score in it.
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::points"))]
    pub from: f64,
}

/// The predictive model: logistic(intercept + sum of the terms).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub struct Probability {
    /// The link.
    pub kind: ProbabilityKind,
    /// On the log-odds scale.
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::points"))]
    pub intercept: f64,
    /// What has no term adds nothing.
    pub terms: Vec<Term>,
}

/// The link of a [`Probability`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub enum ProbabilityKind {
    /// 1 / (1 + e^-x)
    #[default]
    Logistic,
}

/// What one part of a lead adds to the log-odds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "TermForm", into = "TermForm")]
pub struct Term {
    /// What it belongs to.
    pub of: TermOf,
    /// On the log-odds scale.
    pub coefficient: f64,
}

/// What a [`Term`] belongs to, by the names of the model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TermOf {
    /// A level of an attribute: counts where the level holds.
    Level {
        /// Name of the attribute.
        attribute: String,
        /// Name of one of its levels.
        level: String,
    },
    /// A behaviour: counts times the sum of its events' weights.
    Behaviour(String),
    /// A signal: counts each time it fires.
    Signal(String),
    /// The step of inactivity after so many days: counts where it is the lead's step.
    Inactivity(u32),
}

/// Conversion rate to expect at a score: logistic(intercept + slope x score).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub struct ExpectedRateByScore {
    /// On the log-odds scale.
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::points"))]
    pub intercept: f64,
    /// Log-odds for each point.
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::points"))]
    pub slope: f64,
}

/// What the numbers were derived from. Nothing in it changes a score; each entry may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub struct Provenance {
    /// Program and version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// SHA-256 of the lead file, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leads_sha256: Option<String>,
    /// SHA-256 of the event log, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events_sha256: Option<String>,
    /// Leads calibrated on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leads: Option<u64>,
    /// Those of them that converted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversions: Option<u64>,
    /// First day or month of the history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Last day or month of the history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// SHA-256 of the spec file, in hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec_sha256: Option<String>,
}
