//! The lines of a replay: one for each band or stage that a lead enters or leaves, documented in `docs/replay.md`.

use jiff::Timestamp;
use leadcal_lift::attribute::Scalar;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::table::{LeadMove, Replayed};
use super::{Cause, Kind, Move};
use crate::config::Model;

/// Whether a band or stage is entered or left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// The lead was in it before.
    Leave,
    /// The lead is in it from then on.
    Enter,
}

/// Which way a lead moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To a band or stage that starts at a higher score.
    Up,
    /// To one that starts at a lower score.
    Down,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line<'a> {
    /// The same in every run: a digest of config name, lead, product, time, kind, change, from and to.
    pub id: String,
    /// When, such as `2024-03-01T10:00:00Z`.
    pub time: String,
    /// The lead's id.
    pub lead: &'a str,
    /// Product of the model that scored it.
    pub product: Option<&'a str>,
    /// Band or stage.
    pub kind: Kind,
    /// Entered or left.
    pub change: Change,
    /// Which band or stage was.
    pub name: &'a str,
    /// What the lead was in before; `None` at its beginning and below the first stage.
    pub from: Option<&'a str>,
    /// What it is in from then on; `None` below the first stage.
    pub to: Option<&'a str>,
    /// Up or down; `None` where the lead begins.
    pub direction: Option<Direction>,
    /// The score from then on.
    pub score: Scalar,
    /// The score when it was looked at before; `None` where the lead begins.
    pub previous_score: Option<Scalar>,
    /// What it came by.
    pub cause: Cause,
    /// Name of what the lead did at that moment.
    pub event: Option<&'a str>,
    /// What the config says to do with leads of the band entered.
    pub action: Option<&'a str>,
}

/// The lines of a move of a replay: of what is left, then of what is entered.
///
/// # Panics
/// Where the move is of another replay.
pub fn lines<'a>(replayed: &'a Replayed<'a>, of: &LeadMove) -> impl Iterator<Item = Line<'a>> {
    let config = replayed.scorer.config();
    let model = &config.models[of.model];
    let Move { time, kind, from, to, .. } = of.moved;
    let name = |place: Option<usize>| place.map(|place| name(model, kind, place));
    let (from_name, to_name) = (name(from), name(to));
    let lead = replayed.leads[of.lead].id.as_deref().expect("only leads with an id are played");
    let time = written(time);
    let line = move |change, entered_or_left: Option<&'a str>| {
        let name = entered_or_left?;
        let mut line = Line {
            id: String::new(),
            time: time.clone(),
            lead,
            product: model.product.as_deref(),
            kind,
            change,
            name,
            from: from_name,
            to: to_name,
            direction: direction(&of.moved),
            score: Scalar::Number(of.moved.score),
            previous_score: of.moved.previous_score.map(Scalar::Number),
            cause: of.moved.cause,
            event: of.event.and_then(|event| replayed.log.name(event)),
            action: match (kind, change) {
                (Kind::Band, Change::Enter) => to.and_then(|band| model.bands[band].action.as_deref()),
                _ => None,
            },
        };
        line.id = id(&config.name, &line);
        Some(line)
    };
    [line(Change::Leave, from_name), line(Change::Enter, to_name)].into_iter().flatten()
}

/// A moment in microseconds since 1970-01-01T00:00:00Z, as lines have it.
///
/// # Panics
/// Where it is none of the years -9999 to 9999.
pub fn written(time: i64) -> String {
    Timestamp::from_microsecond(time).expect("moments of a replay lie between times that were read").to_string()
}

/// The name of a band or stage of a model.
pub fn name(model: &Model, kind: Kind, place: usize) -> &str {
    match kind {
        Kind::Band => &model.bands[place].name,
        Kind::Stage => &model.stages[place].name,
    }
}

/// Which way a lead moves; `None` where it begins.
pub fn direction(moved: &Move) -> Option<Direction> {
    moved.previous_score?;
    Some(if moved.from < moved.to { Direction::Up } else { Direction::Down })
}

/// The first half of SHA-256 over the parts, each after its length, so that no two lists of parts are one text.
fn id(config: &str, line: &Line<'_>) -> String {
    let kind = match line.kind {
        Kind::Band => "band",
        Kind::Stage => "stage",
    };
    let change = match line.change {
        Change::Leave => "leave",
        Change::Enter => "enter",
    };
    let parts =
        [Some(config), Some(line.lead), line.product, Some(&line.time), Some(kind), Some(change), line.from, line.to];
    let mut digest = Sha256::new();
    for part in parts {
        match part {
            Some(text) => {
                digest.update(text.len().to_string());
                digest.update(":");
                digest.update(text);
            }
            None => digest.update("-"),
        }
    }
    format!("{:x}", digest.finalize())[..32].to_owned()
}
