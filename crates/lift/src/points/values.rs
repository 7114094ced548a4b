//! A level's value before scaling and rounding, and the rounding.

use super::{EffectInterval, MOST_POINTS, PointsError, PointsMethod, PointsOptions};
use crate::lift::{AttributeLift, LevelLift, LiftTable, Slopes};

/// An end of a rate's interval nearer to 0 or 1 than this is taken as this near when log odds are made of it, so that
/// the points interval stays finite.
const NEAREST_END: f64 = 1e-12;

/// What a level, or one repetition, is worth before scaling and rounding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelValue {
    /// The method's value; 0 means "no lift".
    pub value: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
    /// Whether the interval leaves out 0 and the level has enough leads.
    pub conclusive: bool,
}

/// What an attribute is worth before scaling and rounding.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValues {
    /// A value for each level.
    Levels(Vec<LevelValue>),
    /// A value for each step from a reference level, which is worth 0 itself.
    Steps(Vec<LevelValue>),
    /// One value for each 1 of the levels' numbers.
    Each {
        /// The value of 1.
        each: LevelValue,
        /// The number of each level.
        numbers: Vec<f64>,
    },
}

/// Points of a level, or of one repetition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelPoints {
    /// The points; 0 where inconclusive and such points are not kept.
    pub points: i64,
    /// The points at the ends of the interval, `[low, high]`.
    pub points_interval: [i64; 2],
}

/// Points of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct AttributePoints {
    /// Of each level; where its levels stand for numbers, rounded, for people to read.
    pub levels: Vec<LevelPoints>,
    /// Of each 1 of the levels' numbers, where they stand for numbers.
    pub each: Option<LevelPoints>,
    /// What each level adds to a score: its points, or the points of 1 times its number.
    pub contributions: Vec<f64>,
}

impl LevelValue {
    const NOTHING: Self = Self { value: 0.0, low: 0.0, high: 0.0, conclusive: false };

    /// The value that counts: 0 for an inconclusive level, unless such levels are kept.
    pub fn counted(&self, keep_inconclusive: bool) -> f64 {
        if self.conclusive || keep_inconclusive { self.value } else { 0.0 }
    }

    /// Its difference to a reference, with the interval of a difference of two independent estimates (MOVER: Zou and
    /// Donner, Statistics in Medicine 27, 2008): `low = d - sqrt((a - low a)^2 + (high b - b)^2)`, high alike.
    fn less(&self, reference: &Self, enough_leads: bool) -> Self {
        let value = self.value - reference.value;
        let low = value - (self.value - self.low).hypot(reference.high - reference.value);
        let high = value + (self.high - self.value).hypot(reference.value - reference.low);
        Self { value, low, high, conclusive: enough_leads && (low > 0.0 || high < 0.0) }
    }
}

impl AttributeValues {
    /// The value of each level that counts. An inconclusive step counts as the one before it: nothing is known of what it
    /// adds to that.
    pub fn counted(&self, keep_inconclusive: bool) -> Vec<f64> {
        match self {
            Self::Levels(levels) => levels.iter().map(|level| level.counted(keep_inconclusive)).collect(),
            Self::Steps(steps) => {
                let counted = steps.iter().scan(0.0, |before, step| {
                    if step.conclusive || keep_inconclusive {
                        *before = step.value;
                    }
                    Some(*before)
                });
                counted.collect()
            }
            Self::Each { each, numbers } => {
                let each = each.counted(keep_inconclusive);
                numbers.iter().map(|number| each * number).collect()
            }
        }
    }

    /// Whether each level's points are conclusive.
    pub fn conclusive(&self) -> Vec<bool> {
        match self {
            Self::Levels(levels) | Self::Steps(levels) => levels.iter().map(|level| level.conclusive).collect(),
            Self::Each { each, numbers } => vec![each.conclusive; numbers.len()],
        }
    }
}

/// The values of every attribute by the chosen method, in the lift table's order. `effects` are those of the levels; of an
/// attribute whose levels stand for numbers one, its slope; of an attribute with a reference level relative to that.
///
/// # Errors
/// Where the method is `fitted` and the effects are missing, not one for each level, or not finite.
pub fn level_values(
    lift: &LiftTable,
    options: &PointsOptions,
    effects: Option<&[Vec<EffectInterval>]>,
) -> Result<Vec<AttributeValues>, PointsError> {
    if options.method == PointsMethod::Fitted {
        return fitted_values(lift, options.min_leads, effects.ok_or(PointsError::NoEffects)?);
    }
    Ok(lift.attributes.iter().map(|attribute| marginal_values(lift, attribute, options)).collect())
}

fn marginal_values(lift: &LiftTable, attribute: &AttributeLift, options: &PointsOptions) -> AttributeValues {
    if let Some(slopes) = &attribute.slopes {
        return AttributeValues::Each { each: marginal_slope(lift, slopes, options), numbers: slopes.numbers.clone() };
    }
    let value_of = |level: &LevelLift| {
        let strength = attribute.prior_strength;
        let [value, low, high] = match options.method {
            PointsMethod::LiftRatio => lift_ratio(lift, level, strength),
            PointsMethod::LogOdds => log_odds(lift, level),
            PointsMethod::RateDifference | PointsMethod::Fitted => rate_difference(lift, level, strength),
        };
        LevelValue { value, low, high, conclusive: level.conclusive && level.has_leads(options.min_leads) }
    };
    let values: Vec<LevelValue> = attribute.levels.iter().map(value_of).collect();
    match attribute.reference {
        None => AttributeValues::Levels(values),
        Some(reference) => {
            let leads = options.min_leads.max(1);
            let enough =
                |at: usize| attribute.levels[at].has_leads(leads) && attribute.levels[reference].has_leads(leads);
            let levels = values.iter().enumerate();
            let step = |(at, value): (usize, &LevelValue)| {
                if at == reference { LevelValue::NOTHING } else { value.less(&values[reference], enough(at)) }
            };
            AttributeValues::Steps(levels.map(step).collect())
        }
    }
}

fn marginal_slope(lift: &LiftTable, slopes: &Slopes, options: &PointsOptions) -> LevelValue {
    let (slope, unit) = match options.method {
        PointsMethod::LogOdds => (slopes.log_odds, 1.0),
        PointsMethod::LiftRatio => (Some(slopes.rate).filter(|_| lift.conversions > 0), 1.0 / lift.rate),
        PointsMethod::RateDifference | PointsMethod::Fitted => (Some(slopes.rate), 100.0),
    };
    let Some(slope) = slope else {
        return LevelValue::NOTHING;
    };
    let [low, high] = slope.interval().map(|end| unit * end);
    let conclusive = (low > 0.0 || high < 0.0) && slopes.leads >= options.min_leads;
    LevelValue { value: unit * slope.value, low, high, conclusive }
}

/// Values to points: times `factor`, half away from zero.
///
/// # Errors
/// [`PointsError::TooLarge`] where a level would get more than [`MOST_POINTS`] either way.
pub fn round_points(
    lift: &LiftTable,
    values: &[AttributeValues],
    factor: f64,
    keep_inconclusive: bool,
) -> Result<Vec<AttributePoints>, PointsError> {
    let attributes = lift.attributes.iter().zip(values);
    attributes
        .map(|(attribute, values)| {
            let counted = values.counted(keep_inconclusive);
            let large = counted.iter().position(|value| (factor * value).abs() > MOST_POINTS);
            if let Some(level) = large {
                return Err(PointsError::TooLarge {
                    attribute: attribute.attribute.clone(),
                    level: attribute.levels[level].level.clone(),
                    points: factor * counted[level],
                });
            }
            Ok(points_of(values, &counted, factor, keep_inconclusive))
        })
        .collect()
}

fn points_of(values: &AttributeValues, counted: &[f64], factor: f64, keep_inconclusive: bool) -> AttributePoints {
    match values {
        AttributeValues::Levels(levels) | AttributeValues::Steps(levels) => {
            let levels: Vec<LevelPoints> = levels
                .iter()
                .zip(counted)
                .map(|(level, value)| LevelPoints {
                    points: round(factor * value),
                    points_interval: [round(factor * level.low), round(factor * level.high)],
                })
                .collect();
            let contributions = levels.iter().map(|level| level.points as f64).collect();
            AttributePoints { levels, each: None, contributions }
        }
        AttributeValues::Each { each, numbers } => {
            let points = round(factor * each.counted(keep_inconclusive));
            let points_interval = [round(factor * each.low), round(factor * each.high)];
            // Plus 0, so that no contribution is -0.
            let contributions: Vec<f64> = numbers.iter().map(|number| points as f64 * number + 0.0).collect();
            let level = |(number, contribution): (&f64, &f64)| LevelPoints {
                points: round(*contribution),
                points_interval: [round(factor * each.low * number), round(factor * each.high * number)],
            };
            AttributePoints {
                levels: numbers.iter().zip(&contributions).map(level).collect(),
                each: Some(LevelPoints { points, points_interval }),
                contributions,
            }
        }
    }
}

/// Half away from zero, within the largest points either way.
#[expect(clippy::cast_possible_truncation, reason = "clamped to a billion first")]
pub(super) fn round(value: f64) -> i64 {
    value.round().clamp(-MOST_POINTS, MOST_POINTS) as i64
}

/// 100 (r~ - p), written as 100 (c N - n C + N m (q - p)) / (N (n + m)), q the mean of the prior: where that is p, the
/// numerator is exact, so a lift of exactly half a point is one.
fn rate_difference(lift: &LiftTable, level: &LevelLift, strength: f64) -> [f64; 3] {
    let (excess, weight) = shrunken_excess(lift, level, strength);
    let value = 100.0 * excess / (lift.leads.max(1) as f64 * weight);
    let [low, high] = level.rate_interval;
    [value, 100.0 * (low - lift.rate), 100.0 * (high - lift.rate)]
}

/// c N - n C + N m (q - p) and n + m: r~ - p is the first over N times the second. Where there are neither leads nor a
/// strength, the rate is the prior's mean, as it is with any strength.
fn shrunken_excess(lift: &LiftTable, level: &LevelLift, strength: f64) -> (f64, f64) {
    let strength = if level.leads == 0 && strength <= 0.0 { 1.0 } else { strength };
    let shift = lift.leads as f64 * strength * (level.prior_rate - lift.rate);
    (level.excess(lift.leads, lift.conversions) + shift, level.leads as f64 + strength)
}

/// r~ / p - 1, written as (c N - n C + N m (q - p)) / (C (n + m)).
fn lift_ratio(lift: &LiftTable, level: &LevelLift, strength: f64) -> [f64; 3] {
    if lift.conversions == 0 {
        return [0.0; 3];
    }
    let (excess, weight) = shrunken_excess(lift, level, strength);
    let value = excess / (lift.conversions as f64 * weight);
    let [low, high] = level.rate_interval;
    [value, low / lift.rate - 1.0, high / lift.rate - 1.0]
}

/// logit(r~) - logit(p). A rate of 0 or 1, which only m = 0 leaves, is taken as (c + 1/2) / (n + 1) (Haldane 1956,
/// Anscombe 1956); where all leads or none converted nothing differs.
fn log_odds(lift: &LiftTable, level: &LevelLift) -> [f64; 3] {
    if lift.conversions == 0 || lift.conversions >= lift.leads {
        return [0.0; 3];
    }
    let overall = logit(lift.rate);
    let rate = level.shrunken_rate;
    let rate =
        if rate > 0.0 && rate < 1.0 { rate } else { (level.conversions as f64 + 0.5) / (level.leads as f64 + 1.0) };
    let end = |rate: f64| logit(rate.clamp(NEAREST_END, 1.0 - NEAREST_END)) - overall;
    // Without leads the shrunken rate is the prior's mean, before rounding of (0 + m q) / (0 + m).
    let value = logit(if level.leads == 0 { level.prior_rate } else { rate }) - overall;
    let [low, high] = level.rate_interval;
    [value, end(low), end(high)]
}

fn logit(rate: f64) -> f64 {
    (rate / (1.0 - rate)).ln()
}

fn fitted_values(
    lift: &LiftTable,
    min_leads: u64,
    effects: &[Vec<EffectInterval>],
) -> Result<Vec<AttributeValues>, PointsError> {
    let shape = |place: String, expected, found| PointsError::EffectsShape { place, expected, found };
    if effects.len() != lift.attributes.len() {
        return Err(shape("the number of attributes".to_owned(), lift.attributes.len(), effects.len()));
    }
    let attributes = lift.attributes.iter().zip(effects);
    attributes
        .map(|(attribute, effects)| {
            let expected = if attribute.slopes.is_some() { 1 } else { attribute.levels.len() };
            if effects.len() != expected {
                let place = format!("the number of levels of attribute \"{}\"", attribute.attribute);
                return Err(shape(place, expected, effects.len()));
            }
            let enough = |at: usize| match (&attribute.slopes, attribute.reference) {
                (Some(slopes), _) => slopes.leads >= min_leads,
                (None, Some(reference)) => {
                    attribute.levels[at].has_leads(min_leads) && attribute.levels[reference].has_leads(min_leads)
                }
                (None, None) => attribute.levels[at].has_leads(min_leads),
            };
            let value = |(at, effect): (usize, &EffectInterval)| {
                let EffectInterval { value, low, high } = *effect;
                let in_order = low <= value && value <= high && low.is_finite() && high.is_finite();
                if !in_order {
                    let level = attribute.levels[at].level.clone();
                    return Err(PointsError::Effect { attribute: attribute.attribute.clone(), level });
                }
                Ok(LevelValue { value, low, high, conclusive: (low > 0.0 || high < 0.0) && enough(at) })
            };
            let values: Vec<LevelValue> = effects.iter().enumerate().map(value).collect::<Result<_, _>>()?;
            Ok(match (&attribute.slopes, attribute.reference) {
                (Some(slopes), _) => AttributeValues::Each { each: values[0], numbers: slopes.numbers.clone() },
                (None, Some(_)) => AttributeValues::Steps(values),
                (None, None) => AttributeValues::Levels(values),
            })
        })
        .collect()
}
