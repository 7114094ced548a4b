//! What the data can carry, what may leak, and how the scorecard does on later leads: as text and as JSON.

use std::fmt::Write as _;

use leadcal_logit::error::LogitError;
use leadcal_logit::validation::{HeldOut, Validation};
use leadcal_scorecard::curves::Curves;
use leadcal_scorecard::history::History;
use leadcal_scorecard::leakage::{self, Suspect};
use leadcal_scorecard::out_of_time::{self, NotMeasured};
use leadcal_scorecard::readiness::{self, Finding, Verdict};
use serde_json::{Value, json};

use super::summary::{grouped, grouped_in};
use crate::tables::{Cell, Column, table};
use crate::terminal::Look;

/// A calibration's figures on later leads, and what to say of them where they are far worse than those out of fold.
pub(super) struct Later {
    name: &'static str,
    figures: Result<(HeldOut, Curves), NotMeasured>,
    warnings: Vec<String>,
}

impl Later {
    pub(super) fn of(
        name: &'static str,
        out_of_fold: &Validation,
        figures: Result<(HeldOut, Curves), NotMeasured>,
    ) -> Self {
        let compared = figures.as_ref().ok().map(|(later, _)| out_of_time::warnings(name, out_of_fold, later));
        Self { name, figures, warnings: compared.unwrap_or_default() }
    }

    pub(super) fn measured(&self) -> &Result<(HeldOut, Curves), NotMeasured> {
        &self.figures
    }

    /// In plain words.
    pub(super) fn warnings(&self) -> impl Iterator<Item = String> + '_ {
        self.warnings.iter().cloned()
    }
}

/// The suspects among a history's attributes.
pub(super) fn suspects(history: &History) -> Result<Vec<Suspect>, LogitError> {
    leakage::suspects(&history.patterns, &history.dated)
}

/// That there are too few leads of an outcome, where a command goes on all the same.
pub(super) fn too_few(history: &History) -> Option<String> {
    let counts = history.patterns.counts();
    let too_few = readiness::enough(counts.total_leads(), counts.total_conversions()).err()?;
    Some(format!("{too_few}: what follows is mostly chance"))
}

/// The findings, then what each that is not fine means.
pub(super) fn readiness(findings: &[Finding]) -> String {
    let columns = [Column::Text("can the data carry it?"), Column::Text("found"), Column::Text("verdict")];
    let rows = findings.iter().map(|finding| {
        let look = match finding.verdict {
            Verdict::Fine => Look::Positive,
            Verdict::Careful => Look::Careful,
            Verdict::NotEnough => Look::Bad,
        };
        vec![finding.finding.into(), grouped_in(&finding.figure).into(), Cell::of(look, finding.verdict.word())]
    });
    let mut text = table(&columns, rows);
    text += readiness::conclusion(findings);
    text.push('\n');
    for finding in findings {
        if let Some(advice) = &finding.advice {
            _ = writeln!(text, "- {}: {advice}.", finding.finding);
        }
    }
    text
}

/// Figures on later leads, one line for each way to score, above the earlier leads' rate alone; or why there are none.
pub(super) fn later(history: &History, measured: &[Later]) -> String {
    let mut text = String::new();
    let figures: Vec<(&str, &HeldOut)> =
        measured.iter().filter_map(|later| Some((later.name, &later.figures.as_ref().ok()?.0))).collect();
    if let (Some(parts), Some((_, first))) = (&history.out_of_time, figures.first()) {
        // In a line of its own: as a heading it would make the table too wide.
        let known = if history.rows.is_some() { "trained on outcomes known by" } else { "trained to" };
        _ = writeln!(text, "Out of time ({known} {}, measured after):", parts.cut);
        let columns = [
            Column::Text("out of time"),
            Column::Number("AUC"),
            Column::Spare("95 % interval"),
            Column::Number("log loss"),
            Column::Spare("Brier"),
            Column::Number("calibration slope"),
        ];
        let rows = figures.iter().map(|(name, later)| {
            vec![
                (*name).to_owned(),
                format!("{:.4}", later.metrics.auc),
                format!("{:.4} to {:.4}", later.auc_interval[0], later.auc_interval[1]),
                format!("{:.5}", later.metrics.log_loss),
                format!("{:.5}", later.metrics.brier),
                format!("{:.3}", later.calibration.slope),
            ]
        });
        let alone = vec![
            "earlier leads' rate alone".to_owned(),
            "0.5000".to_owned(),
            String::new(),
            format!("{:.5}", first.rate_log_loss),
            format!("{:.5}", first.rate_brier),
            String::new(),
        ];
        text += &table(&columns, rows.chain([alone]));
    }
    let mut reasons: Vec<String> =
        measured.iter().filter_map(|later| Some(later.figures.as_ref().err()?.to_string())).collect();
    reasons.dedup();
    for reason in reasons {
        _ = writeln!(text, "Not measured on later leads: {reason}.");
    }
    text + &in_neither_part(history)
}

/// How many leads are neither earlier nor later ones, and why.
fn in_neither_part(history: &History) -> String {
    let Some(parts) = &history.out_of_time else { return String::new() };
    let neither = history.fine.counts().total_leads() - parts.train.total_leads() - parts.test.total_leads();
    match (neither, &history.rows) {
        (0, _) => String::new(),
        (_, None) => format!("{} leads without a date are in neither part.\n", grouped(neither)),
        (_, Some(_)) => format!(
            "{} rows are in neither part: they begin by {cut}, but their horizon ends later, so that their outcome was not \
             known yet.\n",
            grouped(neither),
            cut = parts.cut
        ),
    }
}

/// The figures on later leads, for programs.
pub(super) fn later_json(history: &History, measured: &[Later]) -> Value {
    let mut json = json!({ "trained_to": history.out_of_time.as_ref().map(|parts| &parts.cut) });
    for later in measured {
        json[later.name] = match &later.figures {
            Ok((figures, _)) => json!(figures),
            Err(why) => json!({ "not_measured": why.to_string() }),
        };
    }
    json
}

/// The suspects, for programs.
pub(super) fn suspects_json(suspects: &[Suspect]) -> Value {
    let suspects = suspects.iter();
    suspects
        .map(|suspect| {
            json!({
                "column": suspect.column,
                "reason": suspect.reason.to_string(),
                "strong": suspect.reason.strong(),
            })
        })
        .collect()
}
