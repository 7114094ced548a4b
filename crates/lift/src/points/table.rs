//! The points table: what `points.json` holds.
//!
//! Everything later steps need is in it: the attributes with their levels' predicates, the points with their evidence,
//! and the distribution of the scores, from which bands and expected rates are made without the leads.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{LevelPoints, LevelValue, PointsMethod, PointsOptions, ResolvedScale};
use crate::attribute::{Attribute, Input, Level, When};
use crate::lift::{AttributeLift, LevelLift, LiftTable};
use crate::patterns::CovariatePatterns;

/// The `format` of a points table.
pub const FORMAT: &str = "leadcal.points";
/// The `version` this program writes and reads.
pub const VERSION: u32 = 1;

/// Points of every level with the evidence they rest on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsTable {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// What the points are made of.
    pub method: PointsMethod,
    /// What values were multiplied by before rounding.
    pub scale_factor: f64,
    /// Whether inconclusive levels kept their points.
    pub keep_inconclusive: bool,
    /// Levels with fewer leads are inconclusive.
    pub min_leads: u64,
    /// What every lead starts with.
    pub base_points: i64,
    /// Least and greatest score.
    pub range: Range,
    /// Leads calibrated on.
    pub leads: u64,
    /// Those that converted.
    pub conversions: u64,
    /// Conversions / leads.
    pub rate: f64,
    /// In the order of the pattern table's attributes.
    pub attributes: Vec<PointsAttribute>,
    /// How many leads have each score, lowest first.
    pub scores: Vec<ScoreCount>,
}

/// Bounds of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Least.
    pub min: i64,
    /// Greatest.
    pub max: i64,
}

/// One attribute of a points table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsAttribute {
    /// Its name.
    pub name: String,
    /// Where its value comes from.
    pub input: Input,
    /// Information value.
    pub information_value: f64,
    /// Likelihood-ratio statistic.
    pub g_statistic: f64,
    /// Its degrees of freedom.
    pub degrees_of_freedom: u64,
    /// Its p-value.
    pub p_value: f64,
    /// Its p-value adjusted for the number of attributes.
    pub q_value: f64,
    /// Prior strength m of the shrinkage, in leads.
    pub prior_strength: f64,
    /// In their natural order.
    pub levels: Vec<PointsLevel>,
}

/// One level of a points table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsLevel {
    /// Its name.
    pub level: String,
    /// Which values are in it.
    pub when: When,
    /// Its points.
    pub points: i64,
    /// The points at the ends of the interval, `[low, high]`.
    pub points_interval: [i64; 2],
    /// Whether the interval leaves out "no lift" and the level has enough leads.
    pub conclusive: bool,
    /// What the points rest on.
    pub evidence: LevelEvidence,
}

/// What a level's points rest on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelEvidence {
    /// Leads in the level.
    pub leads: u64,
    /// Those that converted.
    pub conversions: u64,
    /// Conversions / leads; null without leads.
    pub rate: Option<f64>,
    /// Rate / overall rate; null where undefined.
    pub lift: Option<f64>,
    /// Rate - overall rate, as a fraction; null without leads.
    pub lift_difference: Option<f64>,
    /// Weight of evidence; null where undefined.
    pub log_odds_lift: Option<f64>,
    /// Rate after shrinkage.
    pub shrunken_rate: f64,
    /// 95 % interval of the rate, `[low, high]`.
    pub rate_interval: [f64; 2],
}

/// How many leads have a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreCount {
    /// Summed points and base points, not clamped to the range.
    pub score: i64,
    /// Leads with it.
    pub leads: u64,
    /// Those that converted.
    pub conversions: u64,
}

/// Why a text is no points table.
#[derive(Debug, thiserror::Error)]
pub enum PointsTableError {
    /// Not JSON, or not of the table's shape.
    #[error("not a points table: {0}")]
    Json(#[from] serde_json::Error),
    /// Another kind of file.
    #[error("\"format\" should be \"{FORMAT}\", found \"{found}\"")]
    Format {
        /// The format it names.
        found: String,
    },
    /// Made by another version of the program.
    #[error(
        "\"version\" should be {VERSION}, found {found}; this program is too old or the file is not of this format"
    )]
    Version {
        /// The version it names.
        found: u32,
    },
    /// Of the right shape, but contradictory.
    #[error("{place}: {problem}")]
    Invalid {
        /// JSON pointer.
        place: String,
        /// What is wrong there.
        problem: String,
    },
}

/// The part of the file that says what it is.
#[derive(Deserialize)]
struct Header {
    format: String,
    version: u32,
}

impl PointsTable {
    /// Reads a points table, strictly.
    ///
    /// # Errors
    /// [`PointsTableError`] with the line and column where the text is not JSON of this shape (an unknown key, a
    /// missing one, a wrong type), or the JSON pointer of what contradicts itself.
    pub fn from_json(text: &str) -> Result<Self, PointsTableError> {
        // First what it is: a newer version may well have keys this one does not know.
        let header: Header = serde_json::from_str(text)?;
        if header.format != FORMAT {
            return Err(PointsTableError::Format { found: header.format });
        }
        if header.version != VERSION {
            return Err(PointsTableError::Version { found: header.version });
        }
        let table: Self = serde_json::from_str(text)?;
        table.check()?;
        Ok(table)
    }

    /// The table as JSON: two-space indentation, keys in the order of the fields, a newline at the end.
    ///
    /// # Panics
    /// Never: a table has nothing that JSON cannot say.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("text keys and numbers alone");
        text.push('\n');
        text
    }

    /// The score of each pattern: summed points and base points, not clamped to the range.
    ///
    /// # Panics
    /// Where the patterns were made with other attributes or levels than this table: a bug of the caller.
    pub fn scores_of(&self, patterns: &CovariatePatterns) -> Vec<f64> {
        let same = self.attributes.iter().map(|a| (&a.name, a.levels.len()));
        assert!(
            same.eq(patterns.attributes().iter().map(|a| (&a.name, a.levels.len()))),
            "the patterns have other attributes than the points table"
        );
        let points: Vec<Vec<i64>> = self
            .attributes
            .iter()
            .map(|attribute| attribute.levels.iter().map(|level| level.points).collect())
            .collect();
        (0..patterns.len())
            .map(|pattern| {
                let codes = patterns.codes(pattern).iter().zip(&points);
                let sum: i64 = codes.map(|(&code, points)| points[code as usize]).sum();
                (self.base_points + sum) as f64
            })
            .collect()
    }

    fn check(&self) -> Result<(), PointsTableError> {
        let invalid =
            |place: String, problem: &str| Err(PointsTableError::Invalid { place, problem: problem.to_owned() });
        if self.range.min >= self.range.max {
            return invalid("/range".to_owned(), "min should be below max");
        }
        if self.conversions > self.leads {
            return invalid("/conversions".to_owned(), "more conversions than leads");
        }
        let mut names = BTreeSet::new();
        for (index, attribute) in self.attributes.iter().enumerate() {
            let place = format!("/attributes/{index}");
            if !names.insert(&attribute.name) {
                return invalid(format!("{place}/name"), "another attribute has this name");
            }
            if attribute.levels.is_empty() {
                return invalid(format!("{place}/levels"), "an attribute needs at least one level");
            }
            let mut levels = BTreeSet::new();
            for (index, level) in attribute.levels.iter().enumerate() {
                let place = format!("{place}/levels/{index}");
                if !levels.insert(&level.level) {
                    return invalid(format!("{place}/level"), "another level of the attribute has this name");
                }
                if level.points_interval[0] > level.points_interval[1] {
                    return invalid(format!("{place}/points_interval"), "the lower end is above the upper");
                }
                if level.evidence.conversions > level.evidence.leads {
                    return invalid(format!("{place}/evidence/conversions"), "more conversions than leads");
                }
            }
        }
        for (index, score) in self.scores.iter().enumerate() {
            if score.conversions > score.leads {
                return invalid(format!("/scores/{index}/conversions"), "more conversions than leads");
            }
            if index > 0 && self.scores[index - 1].score >= score.score {
                return invalid(format!("/scores/{index}/score"), "scores should ascend");
            }
        }
        Ok(())
    }
}

impl PointsAttribute {
    /// The attribute without its points: what an encoder needs.
    pub fn attribute(&self) -> Attribute {
        let levels = self.levels.iter();
        Attribute {
            name: self.name.clone(),
            input: self.input.clone(),
            levels: levels.map(|level| Level { name: level.level.clone(), when: level.when.clone() }).collect(),
        }
    }
}

impl From<&LevelLift> for LevelEvidence {
    fn from(lift: &LevelLift) -> Self {
        Self {
            leads: lift.leads,
            conversions: lift.conversions,
            rate: lift.rate,
            lift: lift.lift_ratio,
            lift_difference: lift.lift_difference,
            log_odds_lift: lift.log_odds_lift,
            shrunken_rate: lift.shrunken_rate,
            rate_interval: lift.rate_interval,
        }
    }
}

/// Joins the parts; all are in the order of the patterns' attributes and levels.
pub(super) fn join(
    patterns: &CovariatePatterns,
    lift: &LiftTable,
    options: &PointsOptions,
    values: &[Vec<LevelValue>],
    points: &[Vec<LevelPoints>],
    scale: ResolvedScale,
    scores: Vec<ScoreCount>,
) -> PointsTable {
    let attributes = patterns.attributes().iter().zip(&lift.attributes).zip(values.iter().zip(points));
    PointsTable {
        format: FORMAT.to_owned(),
        version: VERSION,
        method: options.method,
        scale_factor: scale.factor,
        keep_inconclusive: options.keep_inconclusive,
        min_leads: options.min_leads,
        base_points: scale.base_points,
        range: scale.range,
        leads: lift.leads,
        conversions: lift.conversions,
        rate: lift.rate,
        attributes: attributes
            .map(|((attribute, lift), (values, points))| join_attribute(attribute, lift, values, points))
            .collect(),
        scores,
    }
}

fn join_attribute(
    attribute: &Attribute,
    lift: &AttributeLift,
    values: &[LevelValue],
    points: &[LevelPoints],
) -> PointsAttribute {
    let levels = attribute.levels.iter().zip(&lift.levels).zip(values.iter().zip(points));
    PointsAttribute {
        name: attribute.name.clone(),
        input: attribute.input.clone(),
        information_value: lift.information_value,
        g_statistic: lift.g_statistic,
        degrees_of_freedom: lift.degrees_of_freedom,
        p_value: lift.p_value,
        q_value: lift.q_value,
        prior_strength: lift.prior_strength,
        levels: levels
            .map(|((level, lift), (value, points))| PointsLevel {
                level: level.name.clone(),
                when: level.when.clone(),
                points: points.points,
                points_interval: points.points_interval,
                conclusive: value.conclusive,
                evidence: lift.into(),
            })
            .collect(),
    }
}
