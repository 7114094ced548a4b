//! What is asked of a candidate, and what was found.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// What a check found. Ordered: the later ones outweigh the earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was not asked: turned off, or there is nothing to ask it of. The finding says which.
    NotAsked,
    /// Within its tolerance.
    Fine,
    /// For a person to look at; it fails nothing.
    Warn,
    /// Too little data to say whether it is within its tolerance.
    Unproven,
    /// Out of its tolerance.
    Worse,
}

/// Everything that is asked, in the order of reports. Sections of the policy have the same names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Is the config valid, and does it keep to good practice?
    Config,
    /// Does it score every lead?
    Scored,
    /// Do the golden leads keep their scores?
    Golden,
    /// Does it rank leads as well as the baseline?
    Auc,
    /// Are its predictions as good as the baseline's, by log loss?
    LogLoss,
    /// Are its predictions as good as the baseline's, by Brier score?
    Brier,
    /// Are high predictions as high, and low ones as low, as they should be?
    CalibrationSlope,
    /// Do as many convert as it predicts?
    CalibrationLevel,
    /// Do its predictions tell more than the conversion rate alone?
    RateAlone,
    /// Do higher bands convert better?
    BandOrder,
    /// Do bands convert as the config says they do?
    BandRates,
    /// Do the bands hold as many leads as the baseline's?
    BandSizes,
    /// Do sales have as many leads to call?
    SalesLoad,
    /// Are scores distributed as when the config was calibrated?
    ScoreStability,
    /// Are attributes, behaviours and signals distributed so?
    AttributeStability,
    /// Which points changed their sign, or moved far?
    Points,
    /// Which attributes, behaviours and signals are new or gone?
    Attributes,
    /// How old is the calibration?
    Age,
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Finding {
    /// The check.
    pub check: Check,
    /// What it found.
    pub verdict: Verdict,
    /// The finding with its figures, in a sentence; of a check that was not asked, why not.
    pub says: String,
    /// What would have been fine; empty where it was not asked.
    pub tolerance: String,
    /// What to do about it; nothing where it is fine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_do: Option<String>,
    /// With about so many conversions among the leads it could be told; of an unproven one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversions_needed: Option<u64>,
    /// The figures, by name; docs/check.md says which a check has.
    pub figures: BTreeMap<&'static str, f64>,
    /// What it found one by one: leads, levels, bands, attributes.
    pub details: Vec<String>,
    /// JSON pointer of the part of the candidate it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}

impl Verdict {
    /// A word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotAsked => "not asked",
            Self::Fine => "fine",
            Self::Warn => "warn",
            Self::Unproven => "not proven",
            Self::Worse => "worse",
        }
    }
}

impl Check {
    /// All of them, in order.
    pub const ALL: [Self; 18] = [
        Self::Config,
        Self::Scored,
        Self::Golden,
        Self::Auc,
        Self::LogLoss,
        Self::Brier,
        Self::CalibrationSlope,
        Self::CalibrationLevel,
        Self::RateAlone,
        Self::BandOrder,
        Self::BandRates,
        Self::BandSizes,
        Self::SalesLoad,
        Self::ScoreStability,
        Self::AttributeStability,
        Self::Points,
        Self::Attributes,
        Self::Age,
    ];

    /// Its name in the policy and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Scored => "scored",
            Self::Golden => "golden",
            Self::Auc => "auc",
            Self::LogLoss => "log_loss",
            Self::Brier => "brier",
            Self::CalibrationSlope => "calibration_slope",
            Self::CalibrationLevel => "calibration_level",
            Self::RateAlone => "rate_alone",
            Self::BandOrder => "band_order",
            Self::BandRates => "band_rates",
            Self::BandSizes => "band_sizes",
            Self::SalesLoad => "sales_load",
            Self::ScoreStability => "score_stability",
            Self::AttributeStability => "attribute_stability",
            Self::Points => "points",
            Self::Attributes => "attributes",
            Self::Age => "age",
        }
    }

    /// What it asks, in words.
    pub fn asks(self) -> &'static str {
        match self {
            Self::Config => "valid, and good practice?",
            Self::Scored => "scores every lead?",
            Self::Golden => "golden leads keep their scores?",
            Self::Auc => "ranks as well as the baseline?",
            Self::LogLoss => "predicts as well (log loss)?",
            Self::Brier => "predicts as well (Brier score)?",
            Self::CalibrationSlope => "predictions neither too bold nor too timid?",
            Self::CalibrationLevel => "as many convert as predicted?",
            Self::RateAlone => "predicts better than the rate alone?",
            Self::BandOrder => "higher bands convert better?",
            Self::BandRates => "bands convert as the config says?",
            Self::BandSizes => "bands as large as before?",
            Self::SalesLoad => "as many leads to call?",
            Self::ScoreStability => "scores distributed as when calibrated?",
            Self::AttributeStability => "the same kind of leads as when calibrated?",
            Self::Points => "points that changed sign or moved far?",
            Self::Attributes => "attributes new or gone?",
            Self::Age => "calibrated recently?",
        }
    }
}

impl Finding {
    /// A check that was asked.
    pub(super) fn new(check: Check, verdict: Verdict, says: impl Into<String>) -> Self {
        Self {
            check,
            verdict,
            says: says.into(),
            tolerance: String::new(),
            to_do: None,
            conversions_needed: None,
            figures: BTreeMap::new(),
            details: Vec::new(),
            pointer: None,
        }
    }

    /// A check that was not asked, and why.
    pub(super) fn not_asked(check: Check, why: impl Into<String>) -> Self {
        Self::new(check, Verdict::NotAsked, why)
    }

    pub(super) fn tolerating(self, tolerance: impl Into<String>) -> Self {
        Self { tolerance: tolerance.into(), ..self }
    }

    /// What to do about it, unless it is fine.
    pub(super) fn advising(self, to_do: impl Into<String>) -> Self {
        let to_do = (self.verdict > Verdict::Fine).then(|| to_do.into());
        Self { to_do, ..self }
    }

    pub(super) fn needing(self, conversions: Option<u64>) -> Self {
        Self { conversions_needed: conversions, ..self }
    }

    /// Its figures; those that are no finite number are left out.
    pub(super) fn figures(mut self, figures: impl IntoIterator<Item = (&'static str, f64)>) -> Self {
        self.figures.extend(figures.into_iter().filter(|(_, figure)| figure.is_finite()));
        self
    }

    pub(super) fn details(mut self, details: impl IntoIterator<Item = String>) -> Self {
        self.details.extend(details);
        self
    }

    pub(super) fn at(self, pointer: Option<String>) -> Self {
        Self { pointer, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_json_and_the_order_is_that_of_reports() {
        for check in Check::ALL {
            assert_eq!(serde_json::to_value(check).expect("JSON"), check.name());
        }
        assert!(Check::ALL.is_sorted());
    }
}
