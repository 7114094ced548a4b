//! Score cut-offs for bands, from fixed scores or from target conversion rates.
//!
//! The expected rate of a score is a logistic curve fitted to the calibration leads' scores; a target rate's cut-off is
//! the lowest whole score whose expected rate reaches it. A band's expected rate is what the calibration leads in it did.

use leadcal_lift::points::PointsTable;
use leadcal_logit::score_curve::ScoreCurve;

use crate::config::Band;
use crate::spec::Bands;

/// The band below every target.
const LOWEST: &str = "cold";
/// Rates are written with this many decimals: enough for any number of leads, short enough to read in a diff.
const DECIMALS: f64 = 1e6;

/// Bands with what should be known about them.
#[derive(Debug, Clone, PartialEq)]
pub struct BandsMade {
    /// Lowest first.
    pub bands: Vec<Band>,
    /// Bands that could not be made or hold no lead, in plain words.
    pub warnings: Vec<String>,
}

/// Cut-offs for the bands asked for. Without any: warm from the overall rate, hot from twice that (from a rate of one third
/// on, half way to 1, where twice would be out of reach), cold below.
pub fn bands(rule: Option<&Bands>, points: &PointsTable, curve: &ScoreCurve) -> BandsMade {
    let mut made = BandsMade { bands: Vec::new(), warnings: Vec::new() };
    match rule {
        Some(Bands::CutOffs(cut_offs)) => {
            for (name, from) in cut_offs {
                made.bands.push(band(name, *from));
            }
        }
        Some(Bands::TargetRates(rates)) => by_rate(rates, points, curve, &mut made),
        None => {
            let hot = (2.0 * points.rate).min(f64::midpoint(points.rate, 1.0));
            by_rate(&[("warm".to_owned(), points.rate), ("hot".to_owned(), hot)], points, curve, &mut made);
        }
    }
    for index in 0..made.bands.len() {
        let from = made.bands[index].from;
        let below = made.bands.get(index + 1).map_or(f64::INFINITY, |next| next.from);
        made.bands[index].expected_rate = rate_within(points, from, below);
        if made.bands[index].expected_rate.is_none() {
            made.warnings.push(format!("no calibration lead falls in band \"{}\"", made.bands[index].name));
        }
    }
    made
}

fn by_rate(rates: &[(String, f64)], points: &PointsTable, curve: &ScoreCurve, made: &mut BandsMade) {
    let rates = match rates.split_first() {
        // A first band that asks for nothing, or is named so, is the band of everybody else.
        Some(((name, rate), others)) if *rate <= 0.0 || name == LOWEST => {
            made.bands.push(band(name, points.range.min));
            others
        }
        _ => {
            made.bands.push(band(LOWEST, points.range.min));
            rates
        }
    };
    for (name, rate) in rates {
        let reaches = |score: &i64| curve.rate(*score as f64) >= *rate;
        let Some(from) = (points.range.min..=points.range.max).find(reaches) else {
            made.warnings.push(format!(
                "no score up to {} reaches a conversion rate of {:.1} %: band \"{name}\" was left out",
                points.range.max,
                100.0 * rate
            ));
            continue;
        };
        // A band that starts where the one below it does leaves that one empty.
        if let Some(below) = made.bands.pop_if(|below| below.from >= from as f64) {
            made.warnings
                .push(format!("every score of band \"{}\" reaches the rate of \"{name}\": left out", below.name));
        }
        made.bands.push(band(name, from));
    }
}

fn band(name: &str, from: i64) -> Band {
    Band { name: name.to_owned(), from: from as f64, action: None, expected_rate: None }
}

fn rate_within(points: &PointsTable, from: f64, below: f64) -> Option<f64> {
    let (leads, conversions) = clamped_scores(points)
        .filter(|(score, ..)| *score >= from && *score < below)
        .fold((0, 0), |sum, (_, leads, conversions)| (sum.0 + leads, sum.1 + conversions));
    (leads > 0).then(|| (conversions as f64 / leads as f64 * DECIMALS).round() / DECIMALS)
}

/// The calibration leads' scores as a runtime gives them, with leads and conversions.
pub fn clamped_scores(points: &PointsTable) -> impl Iterator<Item = (f64, u64, u64)> + '_ {
    let clamp = |score: i64| score.clamp(points.range.min, points.range.max) as f64;
    points.scores.iter().map(move |count| (clamp(count.score), count.leads, count.conversions))
}

#[cfg(test)]
mod tests;
