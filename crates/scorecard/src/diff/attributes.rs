//! Attributes, and silence, piece by piece of their values.

use std::collections::BTreeMap;

use leadcal_lift::attribute::{Input, When};

use super::cells::{Cell, Place, cells, in_words};
use super::keys::{changed, compare, json};
use super::{AttributeDiff, Change, Effect, LevelDiff, LevelSide, Points, Presence};
use crate::config::{Evidence, Inactivity, InactivityStep};

/// An attribute of one of the configs.
pub(super) struct Side<'a> {
    pub(super) pointer: String,
    /// `None` where there is none.
    pub(super) group: Option<&'a str>,
    pub(super) input: &'a Input,
    pub(super) levels: Vec<Level<'a>>,
}

/// A level of a [`Side`].
pub(super) struct Level<'a> {
    pub(super) name: &'a str,
    pub(super) when: &'a When,
    pub(super) points: f64,
    pub(super) coefficient: Option<f64>,
    pub(super) evidence: Option<Evidence>,
}

/// An attribute of both configs; `None` where nothing of it changed.
pub(super) fn attribute(name: &str, before: &Side<'_>, after: &Side<'_>) -> Option<AttributeDiff> {
    let mut changes = Vec::new();
    compare("", &header(before), &header(after), &mut changes, |_| Effect::Scores);
    let levels = if before.input.kind == after.input.kind {
        let pieces = pieces(before, after).into_iter();
        pieces.filter_map(|(places, cells, whole)| level(before, after, places, &cells, whole)).collect()
    } else {
        by_name(before, after)
    };
    (!changes.is_empty() || !levels.is_empty()).then(|| AttributeDiff {
        name: name.to_owned(),
        pointer: after.pointer.clone(),
        presence: Presence::Changed,
        effect: largest(&changes, &levels),
        changes,
        levels,
    })
}

/// An attribute of one config alone.
pub(super) fn added_or_removed(name: &str, side: &Side<'_>, presence: Presence) -> AttributeDiff {
    let level = |(at, level): (usize, &Level<'_>)| {
        let found = Some(side_of(side, Place::Level(at)));
        let (before, after, points) = match presence {
            Presence::Removed => (found, None, Points::of(level.points, 0.0)),
            Presence::Added | Presence::Changed => (None, found, Points::of(0.0, level.points)),
        };
        let pointer = format!("{}/levels/{at}", side.pointer);
        LevelDiff { level: level.name.to_owned(), pointer, before, after, points, effect: Effect::Scores }
    };
    AttributeDiff {
        name: name.to_owned(),
        pointer: side.pointer.clone(),
        presence,
        effect: Effect::Scores,
        changes: Vec::new(),
        levels: side.levels.iter().enumerate().map(level).collect(),
    }
}

/// What silence costs, stretch by stretch of days; `None` where nothing changed.
pub(super) fn inactivity(
    pointer: &str,
    before: Option<&Inactivity>,
    after: Option<&Inactivity>,
    coefficient: [&dyn Fn(u32) -> Option<f64>; 2],
) -> Option<AttributeDiff> {
    let mut changes = Vec::new();
    let (presence, anywhere) = match (before, after) {
        (None, None) => return None,
        (None, Some(_)) => (Presence::Added, Effect::Scores),
        (Some(_), None) => (Presence::Removed, Effect::Scores),
        (Some(_), Some(_)) => (Presence::Changed, Effect::Nothing),
    };
    if let Some((before, after)) = before.zip(after) {
        changes.extend(changed("group", &before.group, &after.group, Effect::Scores));
    }
    let steps = |side: Option<&Inactivity>| side.map_or(Vec::new(), |side| side.steps.clone());
    let sides = [steps(before), steps(after)];
    let mut starts: Vec<u32> = sides.iter().flatten().map(|step| step.after_days).collect();
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).map(Some).chain([None]);
    let stretch = |(&from, end): (&u32, Option<&u32>)| {
        let holds = |steps: &[InactivityStep]| steps.iter().rposition(|step| step.after_days <= from);
        let found = [0, 1].map(|side: usize| holds(&sides[side]).map(|at| (at, sides[side][at])));
        let points = found.map(|step| step.map_or(0.0, |(_, step)| step.points));
        let log_odds =
            [0, 1].map(|side: usize| found[side].map_or(Some(0.0), |(_, step)| coefficient[side](step.after_days)));
        let points = Points::of(points[0], points[1]);
        let effect = effect(points, log_odds, false);
        let named = |side: usize| {
            found[side].map(|(_, step)| LevelSide {
                level: Some(format!("{} days", step.after_days)),
                refused: false,
                coefficient: coefficient[side](step.after_days),
                evidence: None,
            })
        };
        let place = found[1].or(found[0]).map_or(0, |(at, _)| at);
        let level = match end {
            Some(end) => format!("{from} to {} days", end - 1),
            None => format!("{from} days or more"),
        };
        let pointer = format!("{pointer}/steps/{place}");
        let diff = LevelDiff { level, pointer, before: named(0), after: named(1), points, effect };
        (effect > Effect::Nothing || presence != Presence::Changed).then_some(diff)
    };
    let levels: Vec<LevelDiff> = starts.iter().zip(ends).filter_map(stretch).collect();
    (!changes.is_empty() || !levels.is_empty()).then(|| AttributeDiff {
        name: "inactivity".to_owned(),
        pointer: pointer.to_owned(),
        presence,
        effect: largest(&changes, &levels).max(anywhere),
        changes,
        levels,
    })
}

fn header(side: &Side<'_>) -> serde_json::Value {
    let mut header = json(side.input);
    if let Some(group) = side.group {
        header["group"] = group.into();
    }
    header
}

fn largest(changes: &[Change], levels: &[LevelDiff]) -> Effect {
    let changes = changes.iter().map(|change| change.effect);
    changes.chain(levels.iter().map(|level| level.effect)).max().unwrap_or(Effect::Nothing)
}

/// The pieces of all values, in the order of the levels after, then before; each with whether it is all of both its levels.
fn pieces(before: &Side<'_>, after: &Side<'_>) -> Vec<([Place; 2], Vec<Cell>, bool)> {
    let sides = [before, after].map(|side| side.levels.iter().map(|level| level.when).collect::<Vec<_>>());
    let whens: Vec<&When> = sides.concat();
    let mut pieces: BTreeMap<[Place; 2], Vec<Cell>> = BTreeMap::new();
    for cell in cells([before.input, after.input], &whens) {
        let places = [cell.place(before.input, &sides[0]), cell.place(after.input, &sides[1])];
        pieces.entry([places[1], places[0]]).or_default().push(cell);
    }
    let count = |side: usize, place: Place| pieces.keys().filter(|places| places[side] == place).count();
    let whole: Vec<bool> =
        pieces.keys().map(|[after, before]| count(0, *after) == 1 && count(1, *before) == 1).collect();
    pieces.into_iter().zip(whole).map(|(([after, before], cells), whole)| ([before, after], cells, whole)).collect()
}

/// A piece that changed; `None` for one that did not.
fn level(before: &Side<'_>, after: &Side<'_>, places: [Place; 2], cells: &[Cell], whole: bool) -> Option<LevelDiff> {
    let [was, is] = [side_of(before, places[0]), side_of(after, places[1])];
    let points = Points::of(points_at(before, places[0]), points_at(after, places[1]));
    let log_odds = [before, after].map(|side| side.levels.first().and_then(|level| level.coefficient).is_some());
    let at = |told: bool, side: &LevelSide| told.then(|| side.coefficient.unwrap_or(0.0));
    let effect = effect(points, [at(log_odds[0], &was), at(log_odds[1], &is)], was.refused != is.refused);
    let same_name = was.level == is.level;
    if effect == Effect::Nothing && same_name && was.evidence == is.evidence {
        return None;
    }
    let cells: Vec<&Cell> = cells.iter().collect();
    let level = match &is.level {
        Some(name) if whole && same_name => name.clone(),
        _ => in_words(&cells, after.input.kind),
    };
    let pointer = match places {
        [_, Place::Level(at)] => format!("{}/levels/{at}", after.pointer),
        [Place::Level(at), _] => format!("{}/levels/{at}", before.pointer),
        _ => after.pointer.clone(),
    };
    Some(LevelDiff { level, pointer, before: Some(was), after: Some(is), points, effect })
}

/// The levels of two types of values, which have only their names in common.
fn by_name(before: &Side<'_>, after: &Side<'_>) -> Vec<LevelDiff> {
    let pairs = super::keys::paired(&before.levels, &after.levels, |level| level.name);
    let level = |[was, is]: [Option<usize>; 2]| {
        let place = |at: Option<usize>| at.map_or(Place::None, Place::Level);
        let name = is.map(|at| after.levels[at].name).or(was.map(|at| before.levels[at].name));
        let pointer = match (was, is) {
            (_, Some(at)) => format!("{}/levels/{at}", after.pointer),
            (Some(at), None) => format!("{}/levels/{at}", before.pointer),
            (None, None) => after.pointer.clone(),
        };
        LevelDiff {
            level: name.unwrap_or_default().to_owned(),
            pointer,
            before: was.map(|_| side_of(before, place(was))),
            after: is.map(|_| side_of(after, place(is))),
            points: Points::of(points_at(before, place(was)), points_at(after, place(is))),
            effect: Effect::Scores,
        }
    };
    pairs.into_iter().map(level).collect()
}

fn effect(points: Points, log_odds: [Option<f64>; 2], refused: bool) -> Effect {
    if points.differ() || refused {
        Effect::Scores
    } else if matches!(log_odds, [Some(before), Some(after)] if (before - after).abs() > 0.0) {
        Effect::Results
    } else {
        Effect::Nothing
    }
}

fn points_at(side: &Side<'_>, place: Place) -> f64 {
    match place {
        Place::Level(at) => side.levels[at].points,
        Place::None | Place::Refused => 0.0,
    }
}

fn side_of(side: &Side<'_>, place: Place) -> LevelSide {
    let level = match place {
        Place::Level(at) => Some(&side.levels[at]),
        Place::None | Place::Refused => None,
    };
    LevelSide {
        level: level.map(|level| level.name.to_owned()),
        refused: place == Place::Refused,
        coefficient: level.and_then(|level| level.coefficient),
        evidence: level.and_then(|level| level.evidence),
    }
}
