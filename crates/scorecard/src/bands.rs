//! Bands and stages of a config: cut-offs by the rule asked for, with what the calibration leads in them did.

use leadcal_lift::points::PointsTable;
use leadcal_logit::score_curve::ScoreCurve;

use crate::config::{Band, Stage};
use crate::cut_offs::{Cut, CutOff, CutOffError, CutOffs, clamped_scores, cut_offs};
use crate::spec::CutRule;

/// Rates are written with this many decimals: enough for any number of leads, short enough to read in a diff.
const DECIMALS: f64 = 1e6;

/// Bands with what should be known about them.
#[derive(Debug, Clone, PartialEq)]
pub struct BandsMade {
    /// Lowest first.
    pub bands: Vec<Band>,
    /// How each was chosen, in the same order.
    pub cut_offs: Vec<CutOff>,
    /// Bands that could not be made or hold no lead, in plain words.
    pub warnings: Vec<String>,
}

/// Stages with what should be known about them.
#[derive(Debug, Clone, PartialEq)]
pub struct StagesMade {
    /// Lowest first.
    pub stages: Vec<Stage>,
    /// How each was chosen, in the same order.
    pub cut_offs: Vec<CutOff>,
    /// Stages that could not be made or that no lead reaches, in plain words.
    pub warnings: Vec<String>,
}

/// The bands asked for. Without a rule: warm from the overall rate, hot from twice that (from a rate of one third on, half
/// way to 1, where twice would be out of reach), cold below.
///
/// # Errors
/// [`CutOffError`] where the points do not hold what the rule asks about.
pub fn bands(rule: Option<&CutRule>, points: &PointsTable, curve: &ScoreCurve) -> Result<BandsMade, CutOffError> {
    let CutOffs { cut_offs, mut warnings } = match rule {
        Some(rule) => cut_offs(Cut::Bands, rule, points, curve)?,
        None => {
            let hot = (2.0 * points.rate).min(f64::midpoint(points.rate, 1.0));
            let rates = vec![("warm".to_owned(), points.rate), ("hot".to_owned(), hot)];
            cut_offs(Cut::Bands, &CutRule::TargetRates(rates), points, curve)?
        }
    };
    let ends = cut_offs.iter().skip(1).map(|next| next.from as f64).chain([f64::INFINITY]);
    let mut bands = Vec::new();
    for (CutOff { name, from, .. }, below) in cut_offs.iter().zip(ends) {
        let expected_rate = rate_within(points, *from as f64, below);
        if expected_rate.is_none() {
            warnings.push(format!("no calibration lead falls in band \"{name}\""));
        }
        bands.push(Band { name: name.clone(), from: *from as f64, action: None, expected_rate });
    }
    Ok(BandsMade { bands, cut_offs, warnings })
}

/// The stages asked for; none without a rule.
///
/// # Errors
/// [`CutOffError`] where the points do not hold what the rule asks about.
pub fn stages(rule: Option<&CutRule>, points: &PointsTable, curve: &ScoreCurve) -> Result<StagesMade, CutOffError> {
    let made = rule.map(|rule| cut_offs(Cut::Stages, rule, points, curve)).transpose()?;
    let CutOffs { cut_offs, mut warnings } = made.unwrap_or_default();
    let stage = |cut_off: &CutOff| Stage { name: cut_off.name.clone(), from: cut_off.from as f64 };
    for CutOff { name, from, .. } in &cut_offs {
        if rate_within(points, *from as f64, f64::INFINITY).is_none() {
            warnings.push(format!("no calibration lead reaches stage \"{name}\""));
        }
    }
    Ok(StagesMade { stages: cut_offs.iter().map(stage).collect(), cut_offs, warnings })
}

/// Calibration leads with a score from `from` on and below `below`, and their conversions.
pub fn within(points: &PointsTable, from: f64, below: f64) -> (u64, u64) {
    let within = clamped_scores(points).filter(|(score, ..)| *score >= from && *score < below);
    within.fold((0, 0), |sum, (_, leads, conversions)| (sum.0 + leads, sum.1 + conversions))
}

fn rate_within(points: &PointsTable, from: f64, below: f64) -> Option<f64> {
    let (leads, conversions) = within(points, from, below);
    (leads > 0).then(|| (conversions as f64 / leads as f64 * DECIMALS).round() / DECIMALS)
}

#[cfg(test)]
mod tests;
