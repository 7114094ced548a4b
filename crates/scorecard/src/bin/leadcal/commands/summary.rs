//! What `calibrate`, `points` and `fit` print: the same figures as tables for people and as JSON for programs.

use std::fmt::Write as _;

use leadcal_lift::patterns::Source;
use leadcal_lift::points::{PointsAttribute, PointsLevel, PointsTable};
use leadcal_logit::model::LogitModel;
use leadcal_logit::validation::Validation;
use leadcal_scorecard::config::Model;
use leadcal_scorecard::cut_offs::{CutOff, clamped_scores};
use leadcal_scorecard::history::History;
use leadcal_scorecard::start_small::HowFew;
use serde_json::{Value, json};

use crate::error::printable;
use crate::scores::number;
use crate::tables::{Column, table};

/// Attributes whose marginal and joint points are set side by side, at most.
const DISAGREEMENTS: usize = 8;
/// A level's marginal and joint log odds disagree when they differ by more than this…
const DISAGREEMENT: f64 = 0.3;
/// …and the level has at least this share of the leads.
const DISAGREEMENT_SHARE: f64 = 0.01;

/// `45 211 leads, 5 289 converted (11.7 %)`, and what became of the columns.
pub(super) fn head(history: &History) -> String {
    let counts = history.patterns.counts();
    let (leads, conversions) = (counts.total_leads(), counts.total_conversions());
    let files: Vec<String> = history.files.iter().map(|file| file.display().to_string()).collect();
    format!(
        "{}: {} {}, {} converted ({}), {} attributes, {} covariate patterns\n",
        files.join(", "),
        grouped(leads),
        if history.rows.as_ref().is_some_and(|rows| rows.repeated) { "rows" } else { "leads" },
        grouped(conversions),
        percent(conversions as f64 / leads as f64),
        history.patterns.attributes().len(),
        grouped(history.patterns.len() as u64),
    )
}

/// Why columns are no attributes: one line a reason.
pub(super) fn left_out(history: &History) -> String {
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    for (column, why) in &history.left_out {
        let why = why.to_string();
        match reasons.iter_mut().find(|(reason, _)| *reason == why) {
            Some((_, columns)) => columns.push(column),
            None => reasons.push((why, vec![column])),
        }
    }
    let rows = reasons.into_iter().map(|(reason, columns)| vec![columns.join(", "), reason]);
    table(&[Column::Text("left out"), Column::Text("why")], rows)
}

/// Which attributes were kept, or how few would do.
pub(super) fn start_small(history: &History, how_few: Option<&HowFew>) -> String {
    let kept = history.top.as_ref().map(ToString::to_string).or_else(|| Some(how_few?.to_string()));
    kept.map_or_else(String::new, |kept| format!("Start small: {kept}\n"))
}

/// Which attributes were kept, or how few would do, for programs; null where neither is known.
pub(super) fn start_small_json(history: &History, how_few: Option<&HowFew>) -> Value {
    if let Some(top) = &history.top {
        let folds = top.in_folds.len();
        return json!({ "kept": top.kept, "of": top.of, "folds": folds, "folds_choosing_the_same": top.agreeing });
    }
    how_few.map_or(Value::Null, |few| {
        let path = few
            .path
            .iter()
            .map(|chosen| json!({ "attribute": chosen.attribute, "log_loss": chosen.log_loss, "auc": chosen.auc }));
        json!({
            "path": path.collect::<Vec<_>>(),
            "of": few.of,
            "auc_of_all": few.auc_of_all,
            "std_error": few.std_error,
            "reached": few.reached,
            "sampled_leads": few.sampled,
        })
    })
}

/// Out-of-fold figures, one line for each way to score, above the overall rate alone.
pub(super) fn validation(rate: f64, folds: usize, measured: &[(&str, &Validation)]) -> String {
    let heading = format!("out of fold ({folds} folds)");
    let columns = [
        Column::Text(&heading),
        Column::Number("AUC"),
        Column::Number("95 % interval"),
        Column::Number("log loss"),
        Column::Number("Brier"),
        Column::Number("calibration slope"),
    ];
    let rows = measured.iter().map(|(name, figures)| {
        vec![
            (*name).to_owned(),
            format!("{:.4}", figures.auc),
            format!("{:.4} to {:.4}", figures.auc_interval[0], figures.auc_interval[1]),
            format!("{:.5}", figures.log_loss),
            format!("{:.5}", figures.brier),
            format!("{:.3}", figures.calibration.slope),
        ]
    });
    let entropy = -(rate * rate.ln() + (1.0 - rate) * (1.0 - rate).ln());
    let chance = vec![
        "overall rate alone".to_owned(),
        "0.5000".to_owned(),
        String::new(),
        format!("{entropy:.5}"),
        format!("{:.5}", rate * (1.0 - rate)),
        String::new(),
    ];
    table(&columns, rows.chain([chance]))
}

/// One line an attribute, most informative first: how much it tells, and its best and worst level.
pub(super) fn attributes(points: &PointsTable) -> String {
    let columns = [
        Column::Text("attribute"),
        Column::Number("info value"),
        Column::Number("q"),
        Column::Text("most points"),
        Column::Text("least points"),
    ];
    let mut sorted: Vec<&PointsAttribute> = points.attributes.iter().collect();
    sorted.sort_by(|a, b| b.information_value.total_cmp(&a.information_value).then_with(|| a.name.cmp(&b.name)));
    let rows = sorted.into_iter().map(|attribute| {
        let conclusive = attribute.levels.iter().any(|level| level.conclusive);
        let shown = |level: Option<&PointsLevel>| match level {
            Some(level) if conclusive && level.points == 0 => "0".to_owned(),
            Some(level) if conclusive => format!("{:+} {}", level.points, level.level),
            _ => "nothing conclusive".to_owned(),
        };
        vec![
            attribute.name.clone(),
            format!("{:.4}", attribute.information_value),
            p_value(attribute.q_value),
            shown(attribute.levels.iter().rev().max_by_key(|level| level.points)),
            shown(attribute.levels.iter().min_by_key(|level| level.points)),
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
        Column::Number("converted"),
        Column::Number("rate"),
        Column::Number("lift"),
        Column::Number("points"),
        Column::Number("95 %"),
        Column::Text(""),
    ];
    let rows = points.attributes.iter().flat_map(|attribute| {
        let shown: Vec<LevelRow> = LevelRow::of(attribute).into_iter().filter(|row| row.leads > 0).collect();
        shown.into_iter().enumerate().map(move |(index, row)| {
            let rate = row.conversions as f64 / row.leads as f64;
            vec![
                if index == 0 { attribute.name.clone() } else { String::new() },
                row.level,
                grouped(row.leads),
                grouped(row.conversions),
                percent(rate),
                if points.rate > 0.0 { format!("{:.2}", rate / points.rate) } else { String::new() },
                row.points,
                row.interval,
                row.note.to_owned(),
            ]
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
        let row = |(at, level): (usize, &PointsLevel)| Self {
            level: level.level.clone(),
            leads: level.evidence.leads,
            conversions: level.evidence.conversions,
            points: format!("{:+}", level.points),
            interval: format!("{:+} to {:+}", level.points_interval[0], level.points_interval[1]),
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
        Column::Number("std. error"),
        Column::Number("95 % interval"),
        Column::Number("p"),
    ];
    let rows = model.attributes.iter().flat_map(|attribute| {
        let levels = attribute.levels.iter().filter(|level| level.leads > 0).enumerate();
        levels.map(move |(index, level)| {
            let effect = &level.effect;
            vec![
                if index == 0 { attribute.name.clone() } else { String::new() },
                level.level.clone(),
                grouped(level.leads),
                format!("{:+.4}", effect.value),
                format!("{:.4}", effect.std_error),
                format!("{:+.3} to {:+.3}", effect.interval[0], effect.interval[1]),
                p_value(effect.p_value),
            ]
        })
    });
    table(&columns, rows)
}

/// The bands: where each starts, how many calibration leads it holds, and how the start was chosen.
pub(super) fn bands(points: &PointsTable, model: &Model, cut_offs: &[CutOff]) -> String {
    let columns = [
        Column::Text("band"),
        Column::Number("score"),
        Column::Number("calibration leads"),
        Column::Number("of all"),
        Column::Number("converted"),
        Column::Number("rate"),
        Column::Number("of all conversions"),
    ];
    let rows = band_counts(points, model).into_iter().map(|band| {
        vec![
            band.name,
            band.scores,
            grouped(band.leads),
            percent(band.leads as f64 / points.leads as f64),
            grouped(band.conversions),
            if band.leads > 0 { percent(band.conversions as f64 / band.leads as f64) } else { String::new() },
            percent(band.conversions as f64 / points.conversions.max(1) as f64),
        ]
    });
    table(&columns, rows) + &chosen(cut_offs)
}

/// How the stages were cut, where there are any.
pub(super) fn stages(cut_offs: &[CutOff]) -> String {
    if cut_offs.is_empty() { String::new() } else { format!("Stages:\n{}", chosen(cut_offs)) }
}

/// How bands or stages were cut, one line each.
fn chosen(cut_offs: &[CutOff]) -> String {
    let line = |cut_off: &CutOff| format!("{} from {}: {}\n", printable(&cut_off.name), cut_off.from, cut_off.chosen);
    cut_offs.iter().map(line).collect()
}

struct BandCount {
    name: String,
    scores: String,
    leads: u64,
    conversions: u64,
}

fn band_counts(points: &PointsTable, model: &Model) -> Vec<BandCount> {
    let ends = model.bands.iter().skip(1).map(|band| Some(band.from)).chain([None]);
    let counted = model.bands.iter().zip(ends).map(|(band, below)| {
        let within = clamped_scores(points)
            .filter(|(score, ..)| *score >= band.from && below.is_none_or(|below| *score < below));
        let (leads, conversions) = within.fold((0, 0), |sum, (_, n, c)| (sum.0 + n, sum.1 + c));
        let scores = below.map_or_else(
            || format!("{} to {}", band.from, model.range.max.max(band.from)),
            |below| format!("{} to {}", band.from, below - 1.0),
        );
        BandCount { name: band.name.clone(), scores, leads, conversions }
    });
    counted.collect()
}

/// Levels whose lift says something else than the joint model: news that another attribute brings as well.
pub(super) fn disagreements(points: &PointsTable, model: &LogitModel) -> String {
    let least = DISAGREEMENT_SHARE * points.leads as f64;
    let mut found: Vec<(f64, Vec<String>)> = Vec::new();
    for (marginal, joint) in points.attributes.iter().zip(&model.attributes) {
        for (level, fitted) in marginal.levels.iter().zip(&joint.levels) {
            let Some(lift) = level.evidence.log_odds_lift else { continue };
            // What is left of faded events is a number on a line: whole events stand for it.
            if level.number.is_some_and(|times| times.fract() > 0.0) {
                continue;
            }
            let difference = (lift - fitted.effect.value).abs();
            if difference > DISAGREEMENT && level.evidence.leads as f64 >= least {
                let row = vec![
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
    text += &table(&columns, found.into_iter().take(DISAGREEMENTS).map(|(_, row)| row));
    if total > DISAGREEMENTS {
        _ = writeln!(text, "and {} more levels; points.json and model.json hold them all", total - DISAGREEMENTS);
    }
    text
}

/// The history and what became of its columns, for programs.
pub(super) fn history_json(history: &History) -> Value {
    let counts = history.patterns.counts();
    let left_out = history.left_out.iter().map(|(column, why)| json!({ "column": column, "why": why.to_string() }));
    json!({
        "files": history.files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>(),
        "leads": counts.total_leads(),
        "conversions": counts.total_conversions(),
        "attributes": history.patterns.attributes().iter().map(|attribute| &attribute.name).collect::<Vec<_>>(),
        "patterns": history.patterns.len(),
        "left_out": left_out.collect::<Vec<_>>(),
        "warnings": history.warnings,
    })
}

/// The bands with their counts, for programs.
pub(super) fn bands_json(points: &PointsTable, model: &Model, cut_offs: &[CutOff]) -> Value {
    let bands = band_counts(points, model).into_iter().zip(&model.bands).zip(cut_offs);
    bands
        .map(|((count, band), cut_off)| {
            json!({
                "name": count.name,
                "from": number(band.from),
                "leads": count.leads,
                "conversions": count.conversions,
                "chosen": cut_off.chosen,
            })
        })
        .collect()
}

/// The stages, for programs.
pub(super) fn stages_json(cut_offs: &[CutOff]) -> Value {
    let stage = |stage: &CutOff| json!({ "name": stage.name, "from": stage.from, "chosen": stage.chosen });
    cut_offs.iter().map(stage).collect()
}

/// Digits in groups of three: `45 211`.
pub(super) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn p_value(p: f64) -> String {
    if p < 0.0001 { "<0.0001".to_owned() } else { format!("{p:.4}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups() {
        let shown = [0, 999, 1000, 45_211, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "999", "1 000", "45 211", "1 234 567"]);
    }
}
