//! Lift to integer points.
//!
//! A level's value, before scaling and rounding, from its shrunken rate r~ and the overall rate p:
//!
//! | method | value | no lift |
//! |---|---|---|
//! | `rate-difference` | 100 (r~ - p), percentage points | 0 |
//! | `lift-ratio` | r~ / p - 1 | 0 |
//! | `log-odds` | logit(r~) - logit(p) | 0 |
//! | `fitted` | centred coefficient of the joint logistic model, given by the caller | 0 |
//!
//! Points are the value times the scale factor, rounded half away from zero; negative points stay negative. The points
//! interval is the same transform at the ends of the rate's (or the coefficient's) interval. A level is inconclusive
//! where that interval contains 0 or it has fewer than `min_leads` leads: it gets 0 points, unless kept, and is marked.
//!
//! Where an attribute's levels stand for numbers, such as how often an event happened, it has one value for each 1 of them
//! instead: the slope of the rate (or of the log-odds, or the model's), see [`crate::slope`]. Where they are compared with
//! a reference level, as signals and days of silence are, a value is the difference to that level's.
//!
//! [`level_values`] gives the values, [`round_points`] the points; [`assign`] makes a table of them with groups
//! ([`GroupOptions`]), scale, base points and range.

mod groups;
mod json;
mod scale;
mod table;
mod values;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use self::groups::GroupOptions;
pub use self::json::PointsTableError;
pub use self::table::{
    FORMAT, LevelEvidence, PointsAttribute, PointsEach, PointsGroup, PointsLevel, PointsTable, Range, ScoreCount, Tier,
    VERSION,
};
pub use self::values::{AttributePoints, AttributeValues, LevelPoints, LevelValue, level_values, round_points};
use crate::lift::LiftTable;
use crate::patterns::CovariatePatterns;

/// Points beyond this (one billion) are an error: a scale factor out of all proportion.
pub const MOST_POINTS: f64 = 1e9;

/// What a level's points are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PointsMethod {
    /// Percentage points above the overall rate.
    #[default]
    RateDifference,
    /// How many times the overall rate, less one.
    LiftRatio,
    /// Difference of log odds.
    LogOdds,
    /// Centred coefficient of the joint logistic model: what the level adds once the other attributes are known.
    Fitted,
}

/// What points are multiplied by. Written as a number or `"0-100"`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scale {
    /// This factor, above 0.
    Factor(f64),
    /// The factor that puts the leads' 0.5th percentile at 0 and their 99.5th at 100.
    ZeroToHundred,
}

/// How lift becomes points.
#[derive(Debug, Clone, PartialEq)]
pub struct PointsOptions {
    /// Default: rate difference.
    pub method: PointsMethod,
    /// Default: factor 1.
    pub scale: Scale,
    /// Whether inconclusive levels keep their points. Default: no, they get 0.
    pub keep_inconclusive: bool,
    /// A level with fewer leads is inconclusive. Default: 30.
    pub min_leads: u64,
    /// What is given of groups, by name. Default: nothing.
    pub groups: Vec<(String, GroupOptions)>,
}

/// A level's centred coefficient with its interval, on the log-odds scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EffectInterval {
    /// The coefficient.
    pub value: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
}

/// Why points could not be assigned.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PointsError {
    /// There is nothing to learn from.
    #[error("there are no leads to assign points from")]
    NoLeads,
    /// The scale factor is zero, negative or not a number.
    #[error("the scale of points should be a number above 0 or \"0-100\", found {found}")]
    Scale {
        /// What was given.
        found: String,
    },
    /// The method is not one.
    #[error("expected a points method (rate-difference, lift-ratio, log-odds or fitted), found \"{found}\"")]
    Method {
        /// What was given.
        found: String,
    },
    /// Fitted points need the model's effects.
    #[error("points method \"fitted\" needs the logistic model's effects, and none were given")]
    NoEffects,
    /// The effects are not one for each level.
    #[error("{place} has {expected} in the lift table, {found} in the model's effects")]
    EffectsShape {
        /// The model as a whole, or an attribute.
        place: String,
        /// Attributes or levels there should be.
        expected: usize,
        /// Those given.
        found: usize,
    },
    /// An effect is infinite or not a number.
    #[error("the effect of attribute \"{attribute}\", level \"{level}\" is not a finite interval around its value")]
    Effect {
        /// The attribute.
        attribute: String,
        /// The level.
        level: String,
    },
    /// The lift table was made from patterns with other attributes.
    #[error("the lift table does not fit the patterns at attribute \"{attribute}\"")]
    OtherPatterns {
        /// The first that differs.
        attribute: String,
    },
    /// The scale makes points absurdly large.
    #[error("attribute \"{attribute}\", level \"{level}\" would get {points:e} points; choose a smaller scale")]
    TooLarge {
        /// The attribute.
        attribute: String,
        /// The level.
        level: String,
        /// The points before rounding.
        points: f64,
    },
}

impl Default for PointsOptions {
    fn default() -> Self {
        Self {
            method: PointsMethod::default(),
            scale: Scale::default(),
            keep_inconclusive: false,
            min_leads: 30,
            groups: Vec::new(),
        }
    }
}

impl Default for Scale {
    fn default() -> Self {
        Self::Factor(1.0)
    }
}

/// Points for every level, the scale resolved on these patterns' leads, and the distribution of the scores.
///
/// `lift` is the lift table of the same patterns. `effects` are those of [`level_values`], needed by
/// [`PointsMethod::Fitted`] and ignored by the others.
///
/// # Errors
/// [`PointsError`] where there are no leads, the scale is not a positive number or too large, or the lift table or the
/// effects do not fit the patterns.
pub fn assign(
    patterns: &CovariatePatterns,
    lift: &LiftTable,
    options: &PointsOptions,
    effects: Option<&[Vec<EffectInterval>]>,
) -> Result<PointsTable, PointsError> {
    if lift.leads == 0 {
        return Err(PointsError::NoLeads);
    }
    check_fit(patterns, lift)?;
    let values = level_values(lift, options, effects)?;
    let keep = options.keep_inconclusive;
    let (factor, base) = match options.scale {
        Scale::Factor(factor) => {
            Scale::checked(factor)?;
            (factor, None)
        }
        Scale::ZeroToHundred => {
            let (factor, base) = scale::zero_to_hundred(patterns, &values, keep);
            (factor, Some(base))
        }
    };
    let points = round_points(lift, &values, factor, keep)?;
    let features = || (0..patterns.attributes().len()).map(|index| patterns.feature(index));
    let (names, group_of) = groups::names(features().map(|feature| feature.group.clone()));
    let groups = groups::groups(patterns, &points, names, &group_of, &options.groups);
    let contributions = points.iter().map(|points| points.contributions.as_slice()).collect();
    let scoring = groups::Scoring::new(contributions, group_of, &groups);
    let base = base.unwrap_or_else(|| scale::base_of_factor(patterns, &scoring));
    let scores = scale::score_distribution(patterns, &scoring, base.points);
    let attributes = patterns.attributes().iter().zip(features()).zip(&lift.attributes).zip(values.iter().zip(&points));
    Ok(PointsTable {
        format: FORMAT.to_owned(),
        version: VERSION,
        product: None,
        method: options.method,
        scale_factor: factor,
        keep_inconclusive: keep,
        min_leads: options.min_leads,
        base_points: base.points,
        range: base.range,
        leads: lift.leads,
        conversions: lift.conversions,
        rate: lift.rate,
        weeks: None,
        attributes: attributes
            .map(|((attribute, lift), (values, points))| table::join_attribute(attribute, lift, values, points))
            .collect(),
        groups,
        scores,
        products: Vec::new(),
    })
}

fn check_fit(patterns: &CovariatePatterns, lift: &LiftTable) -> Result<(), PointsError> {
    let other = |attribute: &str| Err(PointsError::OtherPatterns { attribute: attribute.to_owned() });
    let attributes = patterns.attributes();
    for (index, attribute) in attributes.iter().enumerate() {
        let fits = lift.attributes.get(index).is_some_and(|found| {
            found.attribute == attribute.name
                && found.levels.iter().map(|level| &level.level).eq(attribute.levels.iter().map(|level| &level.name))
        });
        if !fits {
            return other(&attribute.name);
        }
    }
    lift.attributes.get(attributes.len()).map_or(Ok(()), |extra| other(&extra.attribute))
}

impl Scale {
    fn checked(factor: f64) -> Result<Self, PointsError> {
        if factor.is_finite() && factor > 0.0 {
            Ok(Self::Factor(factor))
        } else {
            Err(PointsError::Scale { found: format!("{factor}") })
        }
    }
}

impl PointsMethod {
    /// Every method with the word for it.
    const WORDS: [(Self, &str); 4] = [
        (Self::RateDifference, "rate-difference"),
        (Self::LiftRatio, "lift-ratio"),
        (Self::LogOdds, "log-odds"),
        (Self::Fitted, "fitted"),
    ];
}

impl fmt::Display for PointsMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RateDifference => "rate-difference",
            Self::LiftRatio => "lift-ratio",
            Self::LogOdds => "log-odds",
            Self::Fitted => "fitted",
        })
    }
}

impl FromStr for PointsMethod {
    type Err = PointsError;

    fn from_str(text: &str) -> Result<Self, PointsError> {
        let found = Self::WORDS.iter().find(|(_, word)| *word == text);
        found.map(|(method, _)| *method).ok_or_else(|| PointsError::Method { found: text.to_owned() })
    }
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Factor(factor) => write!(f, "{factor}"),
            Self::ZeroToHundred => f.write_str(ZERO_TO_HUNDRED),
        }
    }
}

const ZERO_TO_HUNDRED: &str = "0-100";

impl FromStr for Scale {
    type Err = PointsError;

    fn from_str(text: &str) -> Result<Self, PointsError> {
        if text == ZERO_TO_HUNDRED {
            return Ok(Self::ZeroToHundred);
        }
        Self::checked(text.parse().map_err(|_| PointsError::Scale { found: format!("\"{text}\"") })?)
    }
}

impl Serialize for Scale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Factor(factor) => serializer.serialize_f64(*factor),
            Self::ZeroToHundred => serializer.serialize_str(ZERO_TO_HUNDRED),
        }
    }
}

impl<'de> Deserialize<'de> for Scale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl de::Visitor<'_> for Either {
            type Value = Scale;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number above 0 or \"0-100\"")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Scale, E> {
                if word == ZERO_TO_HUNDRED {
                    Ok(Scale::ZeroToHundred)
                } else {
                    Err(E::invalid_value(de::Unexpected::Str(word), &self))
                }
            }
            fn visit_f64<E: de::Error>(self, factor: f64) -> Result<Scale, E> {
                Scale::checked(factor).map_err(E::custom)
            }
            fn visit_u64<E: de::Error>(self, factor: u64) -> Result<Scale, E> {
                self.visit_f64(factor as f64)
            }
            fn visit_i64<E: de::Error>(self, factor: i64) -> Result<Scale, E> {
                self.visit_f64(factor as f64)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod parts_tests;
