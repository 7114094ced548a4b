//! What leads do, as the spec describes it: where the events are, and what is counted of them.

use std::collections::BTreeMap;

use leadcal_lift::attribute::Scalar;
use leadcal_lift::events::EventColumns;

/// `[events]`: the log of what leads do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events {
    /// Path or glob of the log; one read from a spec file is already relative to that file's folder.
    pub file: String,
    /// Its columns: three different ones, `time` and `event` where the spec does not name them.
    pub columns: EventColumns,
}

/// `[behaviours.X]`: the behaviour called X, which counts some of the events in a lead's window.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BehaviourOptions {
    /// Name of the events counted; `None` counts those of any name.
    pub event: Option<String>,
    /// Properties an event must have, each with the values that count: one at least, none twice.
    pub properties: BTreeMap<String, Vec<Scalar>>,
    /// Whether several events of one UTC day count as one.
    pub once_a_day: bool,
    /// At most so many events count, 1 to 1000; `None` leaves it to calibration.
    pub max_times: Option<u32>,
    /// How an event's worth fades with its age.
    pub half_life: HalfLifeOption,
    /// Group of the config it counts in.
    pub group: Option<String>,
}

/// How an event's worth fades with its age.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum HalfLifeOption {
    /// As calibration finds.
    #[default]
    Estimate,
    /// Not at all.
    None,
    /// It halves every so many days, above 0.
    Days(f64),
}

/// `[inactivity]`: which spans of silence are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InactivityOptions {
    /// Whole days without an event, from 1, strictly ascending; empty looks at none.
    pub steps: Vec<u32>,
    /// Group of the config it counts in.
    pub group: Option<String>,
}

impl Default for InactivityOptions {
    fn default() -> Self {
        Self { steps: vec![30, 60, 90], group: None }
    }
}
