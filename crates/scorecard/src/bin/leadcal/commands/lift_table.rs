//! The lift table and the coefficients for people: attributes and levels, what they earn alone and beside the others.

use std::fmt::Write as _;

use leadcal_lift::patterns::Source;
use leadcal_lift::points::{PointsAttribute, PointsLevel, PointsTable};
use leadcal_logit::model::LogitModel;

use super::summary::{grouped, p_value, percent};
use crate::tables::{Cell, Column, table};

/// Attributes whose marginal and joint points are set side by side, at most.
const DISAGREEMENTS: usize = 8;
/// A level's marginal and joint log odds disagree when they differ by more than this…
const DISAGREEMENT: f64 = 0.3;
/// …and the level has at least this share of the leads.
const DISAGREEMENT_SHARE: f64 = 0.01;

/// One line an attribute, most informative first: how much it tells, and its best and worst level.
pub(super) fn attributes(points: &PointsTable) -> String {
    let columns = [
        Column::Text("attribute"),
        Column::Number("info value"),
        Column::Spare("q"),
        Column::Bar("points"),
        Column::Text("most points"),
        Column::Text("least points"),
    ];
    let mut sorted: Vec<&PointsAttribute> = points.attributes.iter().collect();
    sorted.sort_by(|a, b| b.information_value.total_cmp(&a.information_value).then_with(|| a.name.cmp(&b.name)));
    let rows = sorted.into_iter().map(|attribute| {
        let conclusive = attribute.levels.iter().any(|level| level.conclusive);
        let shown = |level: Option<&PointsLevel>| match level {
            Some(level) if conclusive && level.points == 0 => Cell::from("0"),
            Some(level) if conclusive => Cell::signed(format!("{:+} {}", level.points, level.level)),
            _ => Cell::from("nothing conclusive").dim(),
        };
        let most = attribute.levels.iter().rev().max_by_key(|level| level.points);
        let least = attribute.levels.iter().min_by_key(|level| level.points);
        let end = |level: Option<&PointsLevel>| level.map_or(0.0, |level| level.points as f64);
        let name = Cell::from(attribute.name.as_str());
        vec![
            if conclusive { name } else { name.dim() },
            format!("{:.4}", attribute.information_value).into(),
            p_value(attribute.q_value).into(),
            Cell::bar(end(least).min(0.0), end(most).max(0.0)),
            shown(most),
            shown(least),
        ]
    });
    table(&columns, rows)
}

/// The lift table: one line a level.
pub(super) fn levels(points: &PointsTable) -> String {
    let columns = [
        Column::Text("attribute"),
        Column::Text("level"),
        Column::Number("leads"),
        Column::Spare("converted"),
        Column::Number("rate"),
        Column::Spare("lift"),
        Column::Number("points"),
        Column::Spare("95 %"),
        Column::Bar(""),
    ];
    let rows = points.attributes.iter().flat_map(|attribute| {
        let shown: Vec<LevelRow> = LevelRow::of(attribute).into_iter().filter(|row| row.leads > 0).collect();
        shown.into_iter().enumerate().map(move |(index, row)| {
            let rate = row.conversions as f64 / row.leads as f64;
            let lift = if points.rate > 0.0 { format!("{:.2}", rate / points.rate) } else { String::new() };
            let texts = [row.level, grouped(row.leads), grouped(row.conversions), percent(rate), lift];
            let mut cells = vec![if index == 0 { attribute.name.as_str().into() } else { Cell::from("") }];
            cells.extend(texts.map(Cell::from));
            cells.push(Cell::signed(row.points));
            cells.push(row.interval.into());
            cells.push(if row.note.is_empty() { row.bar } else { row.note.into() });
            if row.note.is_empty() {
                cells
            } else {
                cells.into_iter().enumerate().map(|(at, cell)| if at > 0 { cell.dim() } else { cell }).collect()
            }
        })
    });
    table(&columns, rows)
}

/// What a line of the lift table says.
struct LevelRow {
    level: String,
    leads: u64,
    conversions: u64,
    points: String,
    interval: String,
    /// From the least to the most points, zero included.
    bar: Cell,
    note: &'static str,
}

impl LevelRow {
    /// A line for each level; where events fade, for whole numbers of what is left of them.
    fn of(attribute: &PointsAttribute) -> Vec<Self> {
        let reference = attribute.source.reference();
        let note = |at: usize, level: &PointsLevel| match level.conclusive {
            _ if Some(at) == reference => "compared with",
            true => "",
            false => "inconclusive",
        };
        let bar = |a: i64, b: i64| Cell::bar(a.min(b).min(0) as f64, a.max(b).max(0) as f64);
        let row = |(at, level): (usize, &PointsLevel)| Self {
            level: level.level.clone(),
            leads: level.evidence.leads,
            conversions: level.evidence.conversions,
            points: format!("{:+}", level.points),
            interval: format!("{:+} to {:+}", level.points_interval[0], level.points_interval[1]),
            bar: bar(level.points, level.points),
            note: note(at, level),
        };
        let fades = matches!(&attribute.source, Source::Behaviour(repeats) if repeats.half_life_days.is_some());
        if !fades {
            return attribute.levels.iter().enumerate().map(row).collect();
        }
        let whole = |level: &PointsLevel| level.number.unwrap_or(0.0).ceil();
        let bins = attribute.levels.chunk_by(|a, b| whole(a).to_bits() == whole(b).to_bits());
        bins.map(|levels| {
            let (first, last) = (&levels[0], &levels[levels.len() - 1]);
            let to = whole(last);
            Self {
                level: if to > 0.0 { format!("({}, {to}]", to - 1.0) } else { "0 times".to_owned() },
                leads: levels.iter().map(|level| level.evidence.leads).sum(),
                conversions: levels.iter().map(|level| level.evidence.conversions).sum(),
                points: if first.points == last.points {
                    format!("{:+}", last.points)
                } else {
                    format!("{:+} to {:+}", first.points, last.points)
                },
                interval: String::new(),
                bar: bar(first.points, last.points),
                note: if last.conclusive { "" } else { "inconclusive" },
            }
        })
        .collect()
    }
}

/// The coefficients: one line a level, above the average lead where positive.
pub(super) fn coefficients(model: &LogitModel) -> String {
    let columns = [
        Column::Text("attribute"),
        Column::Text("level"),
        Column::Number("leads"),
        Column::Number("effect"),
        Column::Spare("std. error"),
        Column::Spare("95 % interval"),
        Column::Number("p"),
        Column::Bar(""),
    ];
    let rows = model.attributes.iter().flat_map(|attribute| {
        let levels = attribute.levels.iter().filter(|level| level.leads > 0).enumerate();
        levels.map(move |(index, level)| {
            let effect = &level.effect;
            vec![
                if index == 0 { attribute.name.as_str().into() } else { Cell::from("") },
                level.level.as_str().into(),
                grouped(level.leads).into(),
                Cell::signed(format!("{:+.4}", effect.value)),
                format!("{:.4}", effect.std_error).into(),
                format!("{:+.3} to {:+.3}", effect.interval[0], effect.interval[1]).into(),
                p_value(effect.p_value).into(),
                Cell::bar(effect.value.min(0.0), effect.value.max(0.0)),
            ]
        })
    });
    table(&columns, rows)
}

/// Levels whose lift says something else than the joint model: news that another attribute brings as well.
pub(super) fn disagreements(points: &PointsTable, model: &LogitModel) -> String {
    let least = DISAGREEMENT_SHARE * points.leads as f64;
    let mut found: Vec<(f64, [String; 5])> = Vec::new();
    for (marginal, joint) in points.attributes.iter().zip(&model.attributes) {
        for (level, fitted) in marginal.levels.iter().zip(&joint.levels) {
            let Some(lift) = level.evidence.log_odds_lift else { continue };
            // What is left of faded events is a number on a line: whole events stand for it.
            if level.number.is_some_and(|times| times.fract() > 0.0) {
                continue;
            }
            let difference = (lift - fitted.effect.value).abs();
            if difference > DISAGREEMENT && level.evidence.leads as f64 >= least {
                let row = [
                    marginal.name.clone(),
                    level.level.clone(),
                    grouped(level.evidence.leads),
                    format!("{lift:+.2}"),
                    format!("{:+.2}", fitted.effect.value),
                ];
                found.push((difference, row));
            }
        }
    }
    if found.is_empty() {
        return String::new();
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let columns = [
        Column::Text("attribute"),
        Column::Text("level"),
        Column::Number("leads"),
        Column::Number("alone"),
        Column::Number("beside the others"),
    ];
    let total = found.len();
    let mut text =
        "Levels that say less, or something else, beside the other attributes (log odds above the average):\n"
            .to_owned();
    text += &table(
        &columns,
        found.into_iter().take(DISAGREEMENTS).map(|(_, [attribute, level, leads, alone, beside])| {
            vec![attribute.into(), level.into(), leads.into(), Cell::signed(alone), Cell::signed(beside)]
        }),
    );
    if total > DISAGREEMENTS {
        _ = writeln!(text, "and {} more levels; points.json and model.json hold them all", total - DISAGREEMENTS);
    }
    text
}
