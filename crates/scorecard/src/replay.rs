//! History played forward: when a lead would have entered and left each band and stage of a config.
//!
//! A lead begins at its creation, or at its first event where nothing says when it was created. From then on its score is looked at
//! after each of its events and at 00:00 UTC of each day, by the rules of the [runtime scorer](crate::runtime) as of that moment; days on
//! which nothing can have changed are passed over. [`play`](fn@play) plays one lead and is pure: no clock, no files, no polars. Whole
//! tables are played by `table`, whose moves become lines (`line`), figures (`summary`) and, beside those of another
//! config, differences (`compare`).

#[cfg(feature = "calibrate")]
pub mod alerts;
#[cfg(feature = "calibrate")]
pub mod compare;
mod days;
#[cfg(feature = "calibrate")]
pub mod line;
#[cfg(feature = "calibrate")]
pub mod log;
#[cfg(all(test, feature = "calibrate"))]
mod made;
mod play;
#[cfg(feature = "calibrate")]
pub mod summary;
#[cfg(feature = "calibrate")]
pub mod table;

use std::cmp::Reverse;

use jiff::Timestamp;
use leadcal_lift::events::microseconds;
use serde::Serialize;

use play::Player;
#[cfg(feature = "calibrate")]
use play::begin;

use crate::runtime::{Event, Lead, Observed, ScoreError, Scorer};

/// What a lead moves between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The bands of its model.
    Band,
    /// The stages of its model.
    Stage,
}

/// Why a score was looked at when a lead moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// The lead was created.
    Created,
    /// The lead did something at that moment.
    Event,
    /// A day began and the lead had done nothing at that moment: events have left a window or faded, or a step of inactivity was reached.
    Silence,
}

/// A lead that moved to another band or stage, or entered its first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// When, in microseconds since 1970-01-01T00:00:00Z.
    pub time: i64,
    /// Between bands or between stages.
    pub kind: Kind,
    /// Place among the model's bands or stages of the one left; `None` at the beginning and below the first stage.
    pub from: Option<usize>,
    /// Place of the one entered; `None` below the first stage.
    pub to: Option<usize>,
    /// The score from then on.
    pub score: f64,
    /// The score when it was looked at before; `None` at the beginning.
    pub previous_score: Option<f64>,
    /// What it came by.
    pub cause: Cause,
    /// What the lead did at that moment, as a place in its list of events.
    pub event: Option<usize>,
}

/// Plays one lead with its events, in any order, up to a moment: its moves in time order, band before stage. There are none where the lead
/// begins later, or has neither creation time nor events.
///
/// # Errors
/// As [`Scorer::score`].
///
/// ```
/// use leadcal_scorecard::config::ScoringConfig;
/// use leadcal_scorecard::replay::{Cause, play};
/// use leadcal_scorecard::runtime::{Event, Lead, Scorer};
///
/// let config = ScoringConfig::parse(
///     r#"{
///         "format": "leadcal.scoring-config", "version": 1, "name": "demos",
///         "models": [{
///             "product": null, "base_points": 10, "range": { "min": 0, "max": 100 },
///             "groups": [{ "name": "engagement", "min": 0, "max": 90 }],
///             "attributes": [],
///             "behaviours": [{ "name": "demo", "group": "engagement", "event": "demo", "window_days": 30, "points_each": 50 }],
///             "bands": [{ "name": "cold", "from": 0 }, { "name": "hot", "from": 60 }]
///         }]
///     }"#,
/// )?;
/// let scorer = Scorer::new(&config)?;
/// let lead = Lead::new(&scorer, |_| unreachable!("the config reads no field"));
/// let demo: Event = serde_json::from_str(r#"{ "time": "2024-03-01T10:00:00Z", "name": "demo" }"#)?;
/// let moves = play(&scorer, &lead, &[demo], "2024-06-01T00:00:00Z".parse()?)?;
/// // Hot with the demo, and cold again by itself: it counts for 30 days, and the day begins at 00:00 UTC.
/// assert_eq!(moves.iter().map(|moved| (moved.to, moved.cause)).collect::<Vec<_>>(),
///     [(Some(1), Cause::Event), (Some(0), Cause::Silence)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn play(scorer: &Scorer, lead: &Lead<'_>, events: &[Event], to: Timestamp) -> Result<Vec<Move>, ScoreError> {
    let (model, compiled) = scorer.model(lead.product())?;
    let mut observed = Observed::of_fields(compiled, lead)?;
    let mut past: Vec<(i64, usize)> =
        events.iter().enumerate().map(|(index, event)| (microseconds(event.time), index)).collect();
    past.sort_by_key(|&(time, index)| (Reverse(time), &events[index].name, index));
    let created_at = lead.created_at();
    let mut moves = Vec::new();
    let player = Player { model, compiled, created_at, events: &past, to: microseconds(to) };
    let counts = |behaviour: usize, event: &usize| {
        let behaviour = &model.behaviours[behaviour];
        events[*event].is(behaviour.event.as_deref(), &behaviour.properties)
    };
    player.play(&mut observed, counts, |moved| moves.push(moved));
    for moved in &mut moves {
        moved.event = moved.event.map(|place| past[place].1);
    }
    Ok(moves)
}

#[cfg(test)]
mod tests;
