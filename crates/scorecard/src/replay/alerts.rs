//! Which moves are alerts: what sales hears of.

use std::fmt;
use std::str::FromStr;

use super::line::name;
use super::{Kind, Move};
use crate::config::{Model, ScoringConfig};

/// Which entries are alerts. Only those from below are, or where a lead begins: one that cools down from `SQL` to `MQL` is no news to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertRule {
    /// Entries into any stage.
    Stages,
    /// Entries into the highest band of a model that has more than one.
    TopBand,
    /// Entries into a band or stage by its name.
    Named(Kind, String),
}

/// A word that names no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected stages, top-band, band:NAME or stage:NAME")]
pub struct NoRule;

impl AlertRule {
    /// Whether a move of a lead of a model is an alert.
    pub fn holds(&self, model: &Model, moved: &Move) -> bool {
        let Some(entered) = moved.to.filter(|_| moved.from < moved.to) else { return false };
        match self {
            Self::Stages => moved.kind == Kind::Stage,
            Self::TopBand => moved.kind == Kind::Band && entered > 0 && entered + 1 == model.bands.len(),
            Self::Named(kind, named) => moved.kind == *kind && name(model, *kind, entered) == named,
        }
    }

    /// Whether a config has the band or stage that is named.
    pub fn is_of(&self, config: &ScoringConfig) -> bool {
        match self {
            Self::Stages | Self::TopBand => true,
            Self::Named(Kind::Band, name) => {
                config.models.iter().any(|model| model.bands.iter().any(|band| band.name == *name))
            }
            Self::Named(Kind::Stage, name) => {
                config.models.iter().any(|model| model.stages.iter().any(|stage| stage.name == *name))
            }
        }
    }
}

impl FromStr for AlertRule {
    type Err = NoRule;

    fn from_str(text: &str) -> Result<Self, NoRule> {
        let named = |kind, name: &str| Self::Named(kind, name.to_owned());
        match text.split_once(':') {
            Some(("band", name)) if !name.is_empty() => Ok(named(Kind::Band, name)),
            Some(("stage", name)) if !name.is_empty() => Ok(named(Kind::Stage, name)),
            None if text == "stages" => Ok(Self::Stages),
            None if text == "top-band" => Ok(Self::TopBand),
            _ => Err(NoRule),
        }
    }
}

/// As it is read.
impl fmt::Display for AlertRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stages => f.write_str("stages"),
            Self::TopBand => f.write_str("top-band"),
            Self::Named(Kind::Band, name) => write!(f, "band:{name}"),
            Self::Named(Kind::Stage, name) => write!(f, "stage:{name}"),
        }
    }
}
