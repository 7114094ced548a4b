//! A level's value before scaling and rounding, and the rounding.

use super::{EffectInterval, MOST_POINTS, PointsError, PointsMethod, PointsOptions};
use crate::lift::{AttributeLift, LevelLift, LiftTable};

/// An end of a rate's interval nearer to 0 or 1 than this is taken as this near when log odds are made of it, so that
/// the points interval stays finite.
const NEAREST_END: f64 = 1e-12;

/// What a level is worth before scaling and rounding.
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

/// A level's points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelPoints {
    /// The points; 0 where the level is inconclusive and such levels are not kept.
    pub points: i64,
    /// The points at the ends of the interval, `[low, high]`.
    pub points_interval: [i64; 2],
}

impl LevelValue {
    /// The value that counts: 0 for an inconclusive level, unless such levels are kept.
    pub fn counted(&self, keep_inconclusive: bool) -> f64 {
        if self.conclusive || keep_inconclusive { self.value } else { 0.0 }
    }
}

/// The value of every level by the chosen method: attributes x levels, in the lift table's order.
///
/// # Errors
/// Where the method is `fitted` and the effects are missing, not one for each level, or not finite.
pub fn level_values(
    lift: &LiftTable,
    options: &PointsOptions,
    effects: Option<&[Vec<EffectInterval>]>,
) -> Result<Vec<Vec<LevelValue>>, PointsError> {
    if options.method == PointsMethod::Fitted {
        return fitted_values(lift, options.min_leads, effects.ok_or(PointsError::NoEffects)?);
    }
    let value_of = |attribute: &AttributeLift, level: &LevelLift| {
        let strength = attribute.prior_strength;
        let [value, low, high] = match options.method {
            PointsMethod::LiftRatio => lift_ratio(lift, level, strength),
            PointsMethod::LogOdds => log_odds(lift, level),
            PointsMethod::RateDifference | PointsMethod::Fitted => rate_difference(lift, level, strength),
        };
        LevelValue { value, low, high, conclusive: level.conclusive && level.has_leads(options.min_leads) }
    };
    Ok(lift
        .attributes
        .iter()
        .map(|attribute| attribute.levels.iter().map(|level| value_of(attribute, level)).collect())
        .collect())
}

/// Values to points: times `factor`, half away from zero.
///
/// # Errors
/// [`PointsError::TooLarge`] where a level would get more than [`MOST_POINTS`] either way.
pub fn round_points(
    lift: &LiftTable,
    values: &[Vec<LevelValue>],
    factor: f64,
    keep_inconclusive: bool,
) -> Result<Vec<Vec<LevelPoints>>, PointsError> {
    let attributes = lift.attributes.iter().zip(values);
    attributes
        .map(|(attribute, values)| {
            let levels = attribute.levels.iter().zip(values);
            levels
                .map(|(level, value)| {
                    let points = factor * value.counted(keep_inconclusive);
                    if points.abs() > MOST_POINTS {
                        return Err(PointsError::TooLarge {
                            attribute: attribute.attribute.clone(),
                            level: level.level.clone(),
                            points,
                        });
                    }
                    let points_interval = [round(factor * value.low), round(factor * value.high)];
                    Ok(LevelPoints { points: round(points), points_interval })
                })
                .collect()
        })
        .collect()
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
) -> Result<Vec<Vec<LevelValue>>, PointsError> {
    let shape = |place: String, expected, found| PointsError::EffectsShape { place, expected, found };
    if effects.len() != lift.attributes.len() {
        return Err(shape("the number of attributes".to_owned(), lift.attributes.len(), effects.len()));
    }
    let attributes = lift.attributes.iter().zip(effects);
    attributes
        .map(|(attribute, effects)| {
            if effects.len() != attribute.levels.len() {
                let place = format!("the number of levels of attribute \"{}\"", attribute.attribute);
                return Err(shape(place, attribute.levels.len(), effects.len()));
            }
            attribute
                .levels
                .iter()
                .zip(effects)
                .map(|(level, effect)| {
                    let EffectInterval { value, low, high } = *effect;
                    let in_order = low <= value && value <= high && low.is_finite() && high.is_finite();
                    if !in_order {
                        return Err(PointsError::Effect {
                            attribute: attribute.attribute.clone(),
                            level: level.level.clone(),
                        });
                    }
                    let conclusive = (low > 0.0 || high < 0.0) && level.has_leads(min_leads);
                    Ok(LevelValue { value, low, high, conclusive })
                })
                .collect()
        })
        .collect()
}
