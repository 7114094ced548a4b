//! The scoring config: the one file between calibration and every runtime scorer.
//!
//! `docs/scoring-config.md` is its contract. [`ScoringConfig::parse`] is strict: whatever it accepts can be scored with,
//! whatever it refuses is named with its JSON pointer and line. [`ScoringConfig::to_json`] writes the same config as the
//! same bytes. This module knows nothing of leads; [`crate::runtime`] scores them.

mod error;
mod inputs;
mod locate;
mod parse;
mod signal_form;
mod term_form;
mod types;
mod validate;
mod write;

pub use error::ConfigError;
pub use inputs::{Behaviour, Evidence, Inactivity, InactivityStep, ScoredAttribute, ScoredLevel, Signal};
pub use leadcal_lift::signals::SignalKind;
#[cfg(feature = "calibrate")]
pub(crate) use signal_form::MIN_RUN;
pub use types::{
    Band, ExpectedRateByScore, Format, Group, Model, Probability, ProbabilityKind, Provenance, Range, ScoringConfig,
    Stage, Term, TermOf, Tier,
};

/// The name of the format.
pub const FORMAT: &str = "leadcal.scoring-config";
/// The newest version of the format this library reads, and the one it writes.
pub const VERSION: u32 = 1;
/// No points, limit or coefficient is larger in size, so that no sum of them leaves the numbers.
pub const LARGEST: f64 = 1e9;

/// Line and column, from 1, of the value at a JSON pointer of a config's text, or of the nearest value around it.
pub fn position(text: &str, pointer: &str) -> (usize, usize) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let position = locate::Places::of(text).position(pointer);
    (position.line, position.column)
}

impl ScoringConfig {
    /// Reads a config from its JSON text.
    ///
    /// # Errors
    /// The first thing wrong with it: the text is not JSON, a key stands twice, the format or version is another, a key
    /// is unknown or missing, a value is of the wrong type, or the config contradicts itself.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        parse::parse(text)
    }

    /// Reads a config from the bytes of a file.
    ///
    /// # Errors
    /// As [`ScoringConfig::parse`], and where the bytes are not UTF-8.
    pub fn parse_bytes(bytes: &[u8]) -> Result<Self, ConfigError> {
        parse::parse_bytes(bytes)
    }

    /// Checks everything that the types alone do not: names that refer to nothing, overlapping levels and the like.
    ///
    /// # Errors
    /// The first contradiction, with its JSON pointer but no line.
    pub fn validate(&self) -> Result<(), ConfigError> {
        validate::validate(self)
    }

    /// The config as JSON, written for diffs: keys in the documented order, two-space indentation, whole numbers without
    /// `.0`, a newline at the end.
    pub fn to_json(&self) -> String {
        write::write(self)
    }
}

#[cfg(test)]
pub(crate) mod arbitrary;
#[cfg(test)]
mod tests;
