//! What an attribute of a pattern table is made of, beyond its levels.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::attribute::Scalar;
use crate::signals::SignalKind;

/// Group of what a lead is.
pub const FIT: &str = "fit";
/// Group of what a lead does.
pub const ENGAGEMENT: &str = "engagement";

/// What an attribute's value is made of, which part of the score it belongs to, and the number of each level where its
/// levels stand for numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// What the value is made of.
    pub source: Source,
    /// The part of the score its points go to.
    pub group: String,
    /// A number for each level, such as how often an event happened.
    pub values: Option<Box<[f64]>>,
}

/// What an attribute's value is made of.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The field of its input.
    #[default]
    Field,
    /// How often a signal fires for fields of the lead; the first level is that of leads for which it does not.
    Signal(SignalKind),
    /// How often events happened in the window before the moment looked at, each worth less the older it is.
    Behaviour(Repeats),
    /// Whole days since the lead's last event; the first level is the active leads'.
    Inactivity,
}

/// Which events a behaviour counts, and what each repetition is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeats {
    /// Name of the event; any event where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Properties it must have, each with the values that count.
    #[serde(rename = "where", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, Vec<Scalar>>,
    /// Whether several events of a day (UTC) count as one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub once_a_day: bool,
    /// Events in `(as_of - window_days, as_of]` count.
    pub window_days: u32,
    /// At most so many count, the newest.
    pub max_times: u32,
    /// Numbers of times that fit the data as well; absent where it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_times_interval: Option<Times>,
    /// Days after which an event is worth half; no decay where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_life_days: Option<f64>,
    /// What the data say about the half-life; absent where it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decay: Option<Decay>,
    /// Change of the log-odds for one event at age 0, beside the other attributes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_odds_each: Option<LogOddsEach>,
}

/// Whole numbers of times that fit the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// The least.
    pub low: u32,
    /// The greatest; absent where so many repetitions are too rare to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<u32>,
}

/// What the data say about a half-life.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Decay {
    /// Old events are worth less: the half-lives in days that fit the data, `[low, high]`.
    Estimated([f64; 2]),
    /// Decay says no more than none: any half-life from so many days on fits as well.
    NotShown(f64),
    /// Any half-life at all fits.
    Undetermined,
}

/// Change of the log-odds for one event at age 0, with an interval over every shape that fits the data.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogOddsEach {
    /// The estimate.
    pub value: f64,
    /// Its 95 % interval, `[low, high]`.
    pub interval: [f64; 2],
}

impl Default for Feature {
    fn default() -> Self {
        Self::new(Source::Field)
    }
}

impl Feature {
    /// A feature in the group that its source belongs to by default.
    pub fn new(source: Source) -> Self {
        let group = source.default_group().to_owned();
        Self { source, group, values: None }
    }
}

impl Source {
    /// The part of the score it belongs to unless told otherwise: what a lead does is engagement, what it is is fit.
    pub fn default_group(&self) -> &'static str {
        match self {
            Self::Behaviour(_) | Self::Inactivity => ENGAGEMENT,
            Self::Field | Self::Signal(_) => FIT,
        }
    }

    /// The level whose points are 0, so that the others' say what they add to it: that of the active leads, and that of
    /// a signal which does not fire.
    pub fn reference(&self) -> Option<usize> {
        match self {
            Self::Inactivity => Some(0),
            Self::Signal(kind) if kind.most() == 1 => Some(0),
            Self::Field | Self::Signal(_) | Self::Behaviour(_) => None,
        }
    }

    /// Whether it is the field of the attribute's input.
    pub fn is_field(&self) -> bool {
        *self == Self::Field
    }
}
