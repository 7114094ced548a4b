//! What `calibrate`, `points` and `fit` print: the same figures as tables for people and as JSON for programs.

use leadcal_lift::points::{PointsMethod, PointsTable};
use leadcal_logit::validation::Validation;
use leadcal_scorecard::bands::within;
use leadcal_scorecard::config::Model;
use leadcal_scorecard::cut_offs::CutOff;
use leadcal_scorecard::history::History;
use leadcal_scorecard::start_small::HowFew;
use serde_json::{Value, json};

use crate::error::printable;
use crate::scores::number;
use crate::tables::{Cell, Column, table};

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
        Column::Spare("95 % interval"),
        Column::Number("log loss"),
        Column::Spare("Brier"),
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

/// What to do where the model ranks clearly better than points that are not made of it.
pub(super) fn better_model(method: PointsMethod, [(_, points), (_, model)]: [(&str, &Validation); 2]) -> &'static str {
    if method == PointsMethod::Fitted || model.auc_interval[0] <= points.auc {
        return "";
    }
    "The model ranks clearly better than the points: --method fitted makes points of the model's coefficients.\n"
}

/// The bands: where each starts, how many calibration leads it holds, and how the start was chosen.
pub(super) fn bands(points: &PointsTable, model: &Model, cut_offs: &[CutOff]) -> String {
    let columns = [
        Column::Text("band"),
        Column::Number("score"),
        Column::Number("calibration leads"),
        Column::Number("of all"),
        Column::Spare("converted"),
        Column::Number("rate"),
        Column::Bar(""),
        Column::Number("of all conversions"),
    ];
    let rows = band_counts(points, model).into_iter().map(|band| {
        let rate = if band.leads > 0 { band.conversions as f64 / band.leads as f64 } else { 0.0 };
        vec![
            band.name.into(),
            band.scores.into(),
            grouped(band.leads).into(),
            percent(band.leads as f64 / points.leads as f64).into(),
            grouped(band.conversions).into(),
            if band.leads > 0 { percent(rate).into() } else { Cell::from("") },
            Cell::bar(0.0, rate),
            percent(band.conversions as f64 / points.conversions.max(1) as f64).into(),
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
        let (leads, conversions) = within(points, band.from, below.unwrap_or(f64::INFINITY));
        let scores = below.map_or_else(
            || format!("{} to {}", band.from, model.range.max.max(band.from)),
            |below| format!("{} to {}", band.from, below - 1.0),
        );
        BandCount { name: band.name.clone(), scores, leads, conversions }
    });
    counted.collect()
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

/// A text with the digits of its numbers in groups.
pub(super) fn grouped_in(text: &str) -> String {
    let word = |word: &str| word.parse().map_or_else(|_| word.to_owned(), grouped);
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
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

pub(super) fn p_value(p: f64) -> String {
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
