//! How right the config's predictions are: of its probability, and of the rate it expects at a score.

use leadcal_lift::patterns::Counts;
use leadcal_logit::metrics::{Calibration, brier, calibration, log_loss};
use serde::Serialize;

use super::Scored;
use crate::config::Model;

/// What predicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Predicted {
    /// The model's `probability`.
    Probability,
    /// `expected_rate_by_score`.
    ExpectedRateByScore,
}

/// The figures of one kind of prediction.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PredictionFigures {
    /// What predicts.
    pub of: Predicted,
    /// Mean prediction over the leads: to be held against their rate.
    pub mean: f64,
    /// Log loss.
    pub log_loss: f64,
    /// Brier score.
    pub brier: f64,
    /// Slope, intercept and expected calibration error; `None` where one of the outcomes is missing.
    pub calibration: Option<Calibration>,
}

/// The predictions that every lead has.
pub(super) fn predictions(models: &[Model], rows: &[Scored]) -> Vec<PredictionFigures> {
    let counts = Counts {
        leads: rows.iter().map(|row| row.leads).collect(),
        conversions: rows.iter().map(|row| row.conversions).collect(),
    };
    let figures = |of: Predicted| {
        let predicted: Vec<f64> = rows.iter().map(|row| row.prediction(of, models)).collect::<Option<_>>()?;
        let sum: f64 = predicted.iter().zip(&counts.leads).map(|(p, n)| p * *n as f64).sum();
        Some(PredictionFigures {
            of,
            mean: sum / counts.total_leads() as f64,
            log_loss: log_loss(&predicted, &counts).ok()?,
            brier: brier(&predicted, &counts).ok()?,
            calibration: calibration(&predicted, &counts).ok(),
        })
    };
    [Predicted::Probability, Predicted::ExpectedRateByScore].into_iter().filter_map(figures).collect()
}
