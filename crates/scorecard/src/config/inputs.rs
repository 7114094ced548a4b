//! What a model looks at: attributes with their levels, behaviours, signals, inactivity.

use std::collections::BTreeMap;

use leadcal_lift::attribute::{Attribute, Input, Level, Scalar, When};
use leadcal_lift::signals::SignalKind;
use serde::{Deserialize, Serialize};

use super::signal_form::SignalForm;

/// A property of the lead, cut into levels with points. The first level whose `when` holds gives its points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub struct ScoredAttribute {
    /// Unique among the model's attributes.
    #[cfg_attr(feature = "calibrate", schemars(length(min = 1)))]
    pub name: String,
    /// Name of the group its points go to.
    pub group: String,
    /// The field it reads.
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::input"))]
    pub input: Input,
    /// In their natural order; `otherwise` last. At least one.
    #[cfg_attr(feature = "calibrate", schemars(length(min = 1)))]
    pub levels: Vec<ScoredLevel>,
}

/// One level of an attribute, with its points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub struct ScoredLevel {
    /// Unique in the attribute.
    #[serde(rename = "level")]
    #[cfg_attr(feature = "calibrate", schemars(length(min = 1)))]
    pub name: String,
    /// Which values are in it.
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::when"))]
    pub when: When,
    /// What it adds to the group.
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::points"))]
    pub points: f64,
    /// What its points rest on. Nothing in it changes a score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// What a level's points rest on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub struct Evidence {
    /// Leads of the history in this level.
    pub leads: u64,
    /// Those of them that converted.
    pub conversions: u64,
    /// conversions / leads, 0 to 1.
    #[cfg_attr(feature = "calibrate", schemars(range(min = 0.0, max = 1.0)))]
    pub rate: f64,
    /// The rate over the overall conversion rate.
    #[cfg_attr(feature = "calibrate", schemars(range(min = 0.0, max = 1e9)))]
    pub lift: f64,
    /// Points at the ends of the rate's interval, lower end first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_interval: Option<[f64; 2]>,
    /// Whether the interval leaves out "no lift".
    pub conclusive: bool,
}

/// Points for an event of the lead, in a window before the moment scored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub struct Behaviour {
    /// Unique among the model's behaviours.
    #[cfg_attr(feature = "calibrate", schemars(length(min = 1)))]
    pub name: String,
    /// Name of the group its points go to.
    pub group: String,
    /// Name of the event; any event counts where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "calibrate", schemars(length(min = 1)))]
    pub event: Option<String>,
    /// Properties the event must have, each with the values that count.
    #[serde(rename = "where", default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::properties"))]
    pub properties: BTreeMap<String, Vec<Scalar>>,
    /// Whether the events of one UTC day count as one, the newest of them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub once_a_day: bool,
    /// Events in `(as_of - window_days, as_of]` count.
    #[cfg_attr(feature = "calibrate", schemars(range(min = 1, max = u32::MAX)))]
    pub window_days: u32,
    /// Points of one event at age 0.
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::points"))]
    pub points_each: f64,
    /// At most so many events count, the newest; all where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "calibrate", schemars(range(min = 1, max = u32::MAX)))]
    pub max_times: Option<u32>,
    /// Days after which an event is worth half; no decay where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::positive"))]
    pub half_life_days: Option<f64>,
}

/// Points for the quality of the lead's data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "SignalForm", into = "SignalForm")]
pub struct Signal {
    /// Unique among the model's signals.
    pub name: String,
    /// Name of the group its points go to.
    pub group: String,
    /// What it looks at.
    pub kind: SignalKind,
    /// What it adds when it fires.
    pub points: f64,
}

/// What silence costs: the step with the most days not above the whole days since the lead's last event. Steps replace
/// each other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub struct Inactivity {
    /// Name of the group its points go to.
    pub group: String,
    /// Ascending in days. At least one.
    #[cfg_attr(feature = "calibrate", schemars(length(min = 1)))]
    pub steps: Vec<InactivityStep>,
}

/// Points after so many days of silence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "calibrate", derive(schemars::JsonSchema))]
pub struct InactivityStep {
    /// Whole days without an event.
    #[cfg_attr(feature = "calibrate", schemars(range(max = u32::MAX)))]
    pub after_days: u32,
    /// What it adds to the group; negative as a rule.
    #[cfg_attr(feature = "calibrate", schemars(schema_with = "crate::schema::points"))]
    pub points: f64,
}

impl ScoredAttribute {
    /// The attribute without points, as calibration and the encoder know it.
    pub fn attribute(&self) -> Attribute {
        let level = |level: &ScoredLevel| Level { name: level.name.clone(), when: level.when.clone() };
        Attribute {
            name: self.name.clone(),
            input: self.input.clone(),
            levels: self.levels.iter().map(level).collect(),
        }
    }
}
