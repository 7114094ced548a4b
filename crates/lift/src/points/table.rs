//! The points table: what `points.json` holds.
//!
//! Everything later steps need is in it: the attributes with their levels' predicates, the points with their evidence,
//! and the distribution of the scores, from which bands and expected rates are made without the leads.

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
    /// Weeks in which the leads came, where known: what makes leads a week out of leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weeks: Option<f64>,
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

impl PointsTable {
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
        weeks: None,
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
