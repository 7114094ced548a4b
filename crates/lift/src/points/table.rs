//! The points table: what `points.json` holds.
//!
//! Everything later steps need is in it: the attributes with their levels' predicates, the points with their evidence,
//! and the distribution of the scores, from which bands and expected rates are made without the leads.

use serde::{Deserialize, Serialize};

use super::groups::Scoring;
use super::values::round;
use super::{AttributePoints, AttributeValues, PointsMethod};
use crate::attribute::{Attribute, Input, Level, When};
use crate::lift::{AttributeLift, LevelLift};
use crate::patterns::{CovariatePatterns, Feature, Source};

/// The `format` of a points table.
pub const FORMAT: &str = "leadcal.points";
/// The `version` this program writes and reads.
pub const VERSION: u32 = 2;

/// Points of every level with the evidence they rest on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsTable {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// The product line; absent where the points serve all the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
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
    /// The parts of the score.
    pub groups: Vec<PointsGroup>,
    /// Weeks in which the leads came, where known: what makes leads a week out of leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weeks: Option<f64>,
    /// In the order of the pattern table's attributes.
    pub attributes: Vec<PointsAttribute>,
    /// How many leads have each score, lowest first.
    pub scores: Vec<ScoreCount>,
    /// Tables of the product lines that have one of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<PointsTable>,
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

/// A part of the score: its sum is kept within limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsGroup {
    /// Its name.
    pub name: String,
    /// Least sum.
    pub min: i64,
    /// Greatest sum.
    pub max: i64,
    /// Steps of its grade, best first; none where all sums are alike.
    pub tiers: Vec<Tier>,
}

/// A step of a group's grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Such as `A`.
    pub name: String,
    /// Lowest sum of the group that reaches it.
    pub from: i64,
}

/// Points of each 1 of the numbers that levels stand for, such as of each repetition of a behaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsEach {
    /// The points.
    pub points: i64,
    /// The points at the ends of the interval, `[low, high]`.
    pub points_interval: [i64; 2],
    /// Whether the interval leaves out 0 and enough leads have a number other than 0.
    pub conclusive: bool,
}

/// One attribute of a points table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointsAttribute {
    /// Its name.
    pub name: String,
    /// The part of the score its points go to.
    pub group: String,
    /// Where its value comes from; of what is no field the name and a number.
    pub input: Input,
    /// What the value is made of, where it is no field.
    #[serde(default, skip_serializing_if = "Source::is_field")]
    pub source: Source,
    /// Points of each 1 of the levels' numbers, where they stand for numbers: these count, times the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<PointsEach>,
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
    /// The number it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<f64>,
    /// Its points; where it stands for a number, those of 1 times that, rounded for people to read.
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
        let contributions: Vec<Vec<f64>> = self.attributes.iter().map(PointsAttribute::contributions).collect();
        let contributions = contributions.iter().map(Vec::as_slice).collect();
        let scoring = Scoring::new(contributions, self.group_of(), &self.groups);
        let score = |pattern| round(self.base_points as f64 + scoring.sum(patterns.codes(pattern))) as f64;
        (0..patterns.len()).map(score).collect()
    }

    /// Of each attribute the index of its group.
    fn group_of(&self) -> Vec<usize> {
        let index = |name: &String| self.groups.iter().position(|group| group.name == *name);
        self.attributes.iter().map(|attribute| index(&attribute.group).expect("tables are checked")).collect()
    }
}

impl PointsAttribute {
    /// What each level adds to a score: its points, or the points of 1 times its number.
    pub fn contributions(&self) -> Vec<f64> {
        let contribution = |level: &PointsLevel| match (&self.each, level.number) {
            (Some(each), Some(number)) => each.points as f64 * number + 0.0,
            _ => level.points as f64,
        };
        self.levels.iter().map(contribution).collect()
    }

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

/// An attribute of the table; all are of the same attribute.
pub(super) fn join_attribute(
    (attribute, feature): (&Attribute, &Feature),
    lift: &AttributeLift,
    values: &AttributeValues,
    points: &AttributePoints,
) -> PointsAttribute {
    let conclusive = values.conclusive();
    let levels = attribute.levels.iter().zip(&lift.levels).zip(points.levels.iter().zip(&conclusive)).enumerate();
    PointsAttribute {
        name: attribute.name.clone(),
        group: feature.group.clone(),
        input: attribute.input.clone(),
        source: feature.source.clone(),
        each: points.each.map(|each| PointsEach {
            points: each.points,
            points_interval: each.points_interval,
            conclusive: conclusive.first() == Some(&true),
        }),
        information_value: lift.information_value,
        g_statistic: lift.g_statistic,
        degrees_of_freedom: lift.degrees_of_freedom,
        p_value: lift.p_value,
        q_value: lift.q_value,
        prior_strength: lift.prior_strength,
        levels: levels
            .map(|(at, ((level, lift), (points, conclusive)))| PointsLevel {
                level: level.name.clone(),
                when: level.when.clone(),
                number: feature.values.as_ref().map(|values| values[at]),
                points: points.points,
                points_interval: points.points_interval,
                conclusive: *conclusive,
                evidence: lift.into(),
            })
            .collect(),
    }
}
