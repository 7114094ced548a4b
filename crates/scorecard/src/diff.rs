//! What changed between two scoring configs, level by level: before and after, and whether a score can change by it.
//!
//! Models are matched by product, everything in them by name. An attribute's levels are compared by what they hold for, not by
//! their names: the values of the field are cut wherever either config cuts them, and each piece has points before and after. So
//! a number cut anew, a text that got a level of its own and a level that was only renamed are all told for what they are.
//! No leads are read: which of them a change meets, a backtest or check tells.

mod attributes;
mod cells;
mod keys;
#[cfg(feature = "calibrate")]
mod model_files;
mod models;

use serde::Serialize;
use serde_json::Value;

#[cfg(feature = "calibrate")]
pub use model_files::model_files;

use crate::config::{Evidence, ScoringConfig};

/// What a change can change of a lead's result. Ordered: the larger ones include the smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Nothing but the names in its reasons: evidence, provenance, labels, expected rates.
    Nothing,
    /// Its band, stage, grade or probability; the score stays.
    Results,
    /// Its score.
    Scores,
}

/// Whether a part stands in both configs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// In the second alone.
    Added,
    /// In the first alone.
    Removed,
    /// In both.
    Changed,
}

/// What changed from one config to another; what did not is not in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConfigDiff {
    /// The largest effect of all changes.
    pub effect: Effect,
    /// Whether anything changed at all, were it a name.
    pub differs: bool,
    /// Name and provenance of the config.
    pub changes: Vec<Change>,
    /// The models that changed.
    pub models: Vec<ModelDiff>,
}

/// A key's value before and after; `None` where it was or is not there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The key, with the part it belongs to: `band hot: from`.
    pub what: String,
    /// Before.
    pub before: Option<Value>,
    /// After.
    pub after: Option<Value>,
    /// What it can change.
    pub effect: Effect,
}

/// What changed for the leads of one product.
///
/// Where a product has got a model of its own, that model is compared with the one which scored its leads before, the model of all
/// others; likewise where it has lost its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelDiff {
    /// The product; `None` for all others.
    pub product: Option<String>,
    /// Whether it has a model of its own in both.
    pub presence: Presence,
    /// The largest effect of its changes.
    pub effect: Effect,
    /// Base points, range, groups, bands, stages, intercepts.
    pub changes: Vec<Change>,
    /// The attributes that changed.
    pub attributes: Vec<AttributeDiff>,
    /// The behaviours that changed.
    pub behaviours: Vec<PartDiff>,
    /// The signals that changed.
    pub signals: Vec<PartDiff>,
    /// What silence costs, each stretch of days a level.
    pub inactivity: Option<AttributeDiff>,
}

/// What changed of an attribute, or of inactivity.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttributeDiff {
    /// Its name.
    pub name: String,
    /// JSON pointer of it in the second config; in the first where it was removed.
    pub pointer: String,
    /// Whether it is in both.
    pub presence: Presence,
    /// The largest effect of its changes.
    pub effect: Effect,
    /// Its group and input.
    pub changes: Vec<Change>,
    /// The pieces of its values that changed, in the order of the levels.
    pub levels: Vec<LevelDiff>,
}

/// A piece of an attribute's values, which is in one level before and in one after.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelDiff {
    /// The level's name where both have the same level of it, else the values.
    pub level: String,
    /// JSON pointer of the level in the second config; in the first where it was removed.
    pub pointer: String,
    /// The level before; `None` where there was no such attribute.
    pub before: Option<LevelSide>,
    /// The level after.
    pub after: Option<LevelSide>,
    /// Its points.
    pub points: Points,
    /// What the change can change.
    pub effect: Effect,
}

/// The level that a piece of an attribute's values is in, in one of the configs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelSide {
    /// Its name; `None` where no level holds.
    pub level: Option<String>,
    /// The value cannot be understood as the input's type: such a lead is not scored.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
    /// What it adds to the log-odds; `None` where the config tells no probability.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coefficient: Option<f64>,
    /// What its points rest on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// Points before and after.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Points {
    /// Before; 0 where there was nothing that gives any.
    pub before: f64,
    /// After.
    pub after: f64,
    /// After less before.
    pub moved: f64,
    /// Whether one is above 0 and the other below.
    pub sign_changed: bool,
}

/// What changed of a behaviour or signal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartDiff {
    /// Its name.
    pub name: String,
    /// JSON pointer of it in the second config; in the first where it was removed.
    pub pointer: String,
    /// Whether it is in both.
    pub presence: Presence,
    /// The largest effect of its changes.
    pub effect: Effect,
    /// Points of one event, or of the signal when it fires.
    pub points: Points,
    /// Everything else: window, limits, half-life, fields, group, coefficient.
    pub changes: Vec<Change>,
}

/// Points that moved, of whatever part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Moved {
    /// Such as `seniority = VP` or `pricing page, each`.
    pub of: String,
    /// JSON pointer of the part.
    pub pointer: String,
    /// Before and after.
    pub points: Points,
}

/// What changed from one config to another.
pub fn diff(before: &ScoringConfig, after: &ScoringConfig) -> ConfigDiff {
    let mut changes = Vec::from_iter(keys::changed("name", &before.name, &after.name, Effect::Nothing));
    let [from, of] = [before, after].map(|config| keys::json(&config.provenance));
    keys::compare("provenance: ", &from, &of, &mut changes, |_| Effect::Nothing);
    let models = models::models(&before.models, &after.models);
    if changes.is_empty() && models.is_empty() && before != after {
        changes.push(models::rewritten("order of the models"));
    }
    let effect = models.iter().map(|model| model.effect).max().unwrap_or(Effect::Nothing);
    ConfigDiff { effect, differs: !changes.is_empty() || !models.is_empty(), changes, models }
}

impl Points {
    fn of(before: f64, after: f64) -> Self {
        Self { before, after, moved: after - before + 0.0, sign_changed: before * after < 0.0 }
    }

    fn differ(self) -> bool {
        self.moved.abs() > 0.0
    }
}

impl ModelDiff {
    /// Every part whose points moved: levels, behaviours, signals, silence.
    pub fn moved(&self) -> Vec<Moved> {
        let levels = self.attributes.iter().chain(&self.inactivity).flat_map(|attribute| {
            attribute.levels.iter().map(|level| Moved {
                of: format!("{} = {}", attribute.name, level.level),
                pointer: level.pointer.clone(),
                points: level.points,
            })
        });
        let each = |part: &PartDiff, of: String| Moved { of, pointer: part.pointer.clone(), points: part.points };
        let behaviours = self.behaviours.iter().map(|part| each(part, format!("{}, each", part.name)));
        let signals = self.signals.iter().map(|part| each(part, part.name.clone()));
        levels.chain(behaviours).chain(signals).filter(|moved| moved.points.differ()).collect()
    }
}

#[cfg(test)]
mod tests;
