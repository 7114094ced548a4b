//! The reference scorer: one lead, with its events as of a moment, to a score with its reasons.
//!
//! The rules are the nine steps of `docs/scoring-config.md`. A [`Scorer`] compiles a config once; scoring then resolves
//! no name and allocates nothing for a level. It is pure: no clock, no files, no polars. The `batch` module scores whole
//! tables through the same sums.

mod compile;
mod error;
mod lead;
mod observe;
mod score;

use jiff::Timestamp;

pub use leadcal_lift::events::{Event, parse_time};

pub use error::ScoreError;
pub use lead::{CREATED_AT, Lead, PRODUCT};
pub use score::{Reason, Score};

pub(crate) use compile::Compiled;
pub(crate) use observe::{Observed, counted};
pub(crate) use score::Sums;

#[cfg(feature = "calibrate")]
pub(crate) use {
    compile::CompiledSignal,
    lead::created_at as read_created_at,
    observe::{NO_LEVEL, text},
    score::{probability, reasons},
};

use crate::config::{ConfigError, Model, ScoringConfig};

/// A scoring config compiled for scoring. Made once, shared freely between threads.
///
/// ```
/// use leadcal_scorecard::config::ScoringConfig;
/// use leadcal_scorecard::runtime::{Lead, Scorer};
///
/// let config = ScoringConfig::parse(
///     r#"{
///         "format": "leadcal.scoring-config", "version": 1, "name": "newsletter readers first",
///         "models": [{
///             "product": null, "base_points": 10, "range": { "min": 0, "max": 100 },
///             "groups": [{ "name": "fit", "min": 0, "max": 90 }],
///             "attributes": [{
///                 "name": "newsletter", "group": "fit", "input": { "field": "newsletter", "type": "boolean" },
///                 "levels": [{ "level": "yes", "when": { "in": [true] }, "points": 25 }]
///             }]
///         }]
///     }"#,
/// )?;
/// let scorer = Scorer::new(&config)?;
/// let lead = serde_json::from_str(r#"{ "newsletter": "yes" }"#)?;
/// let score = scorer.score(&Lead::from_json(&scorer, &lead)?, &[], None)?;
/// assert_eq!(score.score, 35.0);
/// assert_eq!(score.reasons[0].to_string(), "+25 newsletter = yes");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Scorer {
    config: ScoringConfig,
    fields: Vec<String>,
    models: Vec<Compiled>,
}

impl Scorer {
    /// Compiles a config.
    ///
    /// # Errors
    /// What [`ScoringConfig::validate`] finds wrong with it.
    pub fn new(config: &ScoringConfig) -> Result<Self, ConfigError> {
        config.validate()?;
        let mut fields = Vec::new();
        let models = config.models.iter().map(|model| Compiled::new(model, &mut fields)).collect();
        Ok(Self { config: config.clone(), fields, models })
    }

    /// The config it was compiled from.
    pub fn config(&self) -> &ScoringConfig {
        &self.config
    }

    /// The fields of a lead that any model reads, each once, in the order [`Lead::new`] asks for them.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// Whether any model needs to know the lead's product.
    pub fn needs_product(&self) -> bool {
        self.config.models.iter().any(|model| model.product.is_some())
    }

    /// Whether any model needs to know when the lead was created.
    pub fn needs_created_at(&self) -> bool {
        self.config.models.iter().any(|model| model.inactivity.is_some())
    }

    /// Scores one lead with its events, in any order, as of a moment.
    ///
    /// Without `as_of` it is the newest of the events given; when many leads are scored together, give the newest of all.
    /// Events after `as_of` do not count.
    ///
    /// # Errors
    /// [`ScoreError::NoModel`] where no model serves the lead's product, [`ScoreError::WrongType`] where a field is not of
    /// its attribute's type. A lead without any data is no error: it has a score from its missing levels.
    pub fn score(&self, lead: &Lead<'_>, events: &[Event], as_of: Option<Timestamp>) -> Result<Score<'_>, ScoreError> {
        let (model, compiled) = self.model(lead.product())?;
        let observed = Observed::of_lead(model, compiled, lead, events, as_of)?;
        let mut sums = Sums::default();
        sums.add_up(model, compiled, &observed);
        Ok(sums.score(model, compiled, &observed))
    }

    /// The model of a product: its own, or else the one for all others.
    pub(crate) fn model(&self, product: Option<&str>) -> Result<(&Model, &Compiled), ScoreError> {
        self.model_index(product).map(|index| (&self.config.models[index], &self.models[index]))
    }

    pub(crate) fn model_index(&self, product: Option<&str>) -> Result<usize, ScoreError> {
        let of =
            |product: Option<&str>| self.config.models.iter().position(|model| model.product.as_deref() == product);
        product
            .and_then(|product| of(Some(product)))
            .or_else(|| of(None))
            .ok_or_else(|| ScoreError::NoModel { product: product.map(str::to_owned) })
    }

    /// Every model in the config's order, with its names resolved.
    #[cfg(feature = "calibrate")]
    pub(crate) fn models(&self) -> impl Iterator<Item = (&Model, &Compiled)> {
        self.config.models.iter().zip(&self.models)
    }
}

#[cfg(test)]
mod tests;
