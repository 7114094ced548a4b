//! Curves of leads held out: how scores rank them, and how often what was predicted came true.
//!
//! - ROC: share of the conversions, against the share of the other leads, that score above each cut-off. Gains: share of the
//!   conversions among the best share of the leads. Both are means over the folds at a hundred places (vertical averaging:
//!   Fawcett, Pattern Recognition Letters 27, 2006), so that the area under the ROC curve is the mean AUC of the folds.
//! - Calibration: all held-out leads in ten bins of about as many by their prediction; of each bin the mean prediction and the
//!   conversion rate with its Jeffreys interval. Predictions are told apart to 1/4096.

use std::collections::BTreeMap;

use leadcal_lift::beta;
use leadcal_lift::patterns::Counts;
use leadcal_logit::error::LogitError;
use leadcal_logit::metrics::gains;
use leadcal_logit::validation::Prediction;

/// Places of a curve, besides its start.
const PLACES: usize = 100;
/// Bins of the calibration.
const BINS: usize = 10;
/// Predictions are told apart to one of so many parts.
const PARTS: f64 = 4096.0;

/// Curves of leads held out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Curves {
    /// Share of the other leads, share of the conversions above the same score; from 0, 0 to 1, 1.
    pub roc: Vec<[f64; 2]>,
    /// Share of the leads, share of the conversions among those with the best scores; from 0, 0 to 1, 1.
    pub gains: Vec<[f64; 2]>,
    /// Lowest prediction first.
    pub calibration: Vec<CalibrationBin>,
}

/// Leads held out of which about the same was predicted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationBin {
    /// Mean predicted rate.
    pub predicted: f64,
    /// Leads.
    pub leads: u64,
    /// Those of them that converted.
    pub conversions: u64,
    /// 95 % interval of their rate.
    pub interval: [f64; 2],
}

/// What curves are made of, fold by fold.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    folds: u32,
    roc: Vec<f64>,
    gains: Vec<f64>,
    /// By prediction: its sum over leads, leads, conversions.
    predicted: BTreeMap<u32, (f64, u64, u64)>,
}

impl Collected {
    /// Adds what was predicted for the leads of a fold.
    pub(crate) fn add(&mut self, prediction: &Prediction, held_out: &Counts) -> Result<(), LogitError> {
        let (leads, conversions) = (held_out.total_leads() as f64, held_out.total_conversions() as f64);
        let best_first = gains(&prediction.scores, held_out)?;
        let others = |share: f64, of_conversions: f64| {
            (share * leads - of_conversions * conversions) / (leads - conversions).max(1.0)
        };
        let roc = best_first.iter().map(|gain| [others(gain.leads, gain.conversions), gain.conversions]);
        add(&mut self.roc, &at_places(roc));
        add(&mut self.gains, &at_places(best_first.iter().map(|gain| [gain.leads, gain.conversions])));
        self.folds += 1;
        for (pattern, &p) in prediction.probabilities.iter().enumerate() {
            let leads = held_out.leads[pattern];
            if leads > 0 {
                let entry = self.predicted.entry(part(p)).or_default();
                *entry = (entry.0 + leads as f64 * p, entry.1 + leads, entry.2 + held_out.conversions[pattern]);
            }
        }
        Ok(())
    }

    /// The curves of all that was added.
    pub(crate) fn curves(&self) -> Curves {
        let folds = f64::from(self.folds.max(1));
        let mean = |sums: &[f64]| {
            let place = |(at, sum): (usize, &f64)| [at as f64 / PLACES as f64, sum / folds];
            sums.iter().enumerate().map(place).collect()
        };
        Curves { roc: mean(&self.roc), gains: mean(&self.gains), calibration: self.calibration() }
    }

    fn calibration(&self) -> Vec<CalibrationBin> {
        let all: u64 = self.predicted.values().map(|of| of.1).sum();
        let mut bins = [(0.0, 0, 0); BINS];
        let mut before = 0;
        for &(sum, leads, conversions) in self.predicted.values() {
            let bin = &mut bins[bin((before as f64 + 0.5 * leads as f64) / all as f64)];
            *bin = (bin.0 + sum, bin.1 + leads, bin.2 + conversions);
            before += leads;
        }
        let filled = bins.into_iter().filter(|(_, leads, _)| *leads > 0);
        filled
            .map(|(sum, leads, conversions)| CalibrationBin {
                predicted: sum / leads as f64,
                leads,
                conversions,
                interval: beta::interval(conversions as f64 + 0.5, (leads - conversions) as f64 + 0.5, 0.95),
            })
            .collect()
    }
}

fn add(sums: &mut Vec<f64>, values: &[f64]) {
    sums.resize(values.len(), 0.0);
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

/// The heights of a line that rises from 0, 0 to 1, 1, at 0 and at every place.
fn at_places(line: impl Iterator<Item = [f64; 2]>) -> Vec<f64> {
    let corners: Vec<[f64; 2]> = std::iter::once([0.0, 0.0]).chain(line).chain([[1.0, 1.0]]).collect();
    let mut next = 0;
    let height = |place: usize| {
        let x = place as f64 / PLACES as f64;
        // The last corner at or before x: where the line is steep, its upper end.
        while next + 1 < corners.len() && corners[next + 1][0] <= x {
            next += 1;
        }
        let [from_x, from_y] = corners[next];
        match corners.get(next + 1) {
            Some([to_x, to_y]) if *to_x > from_x => from_y + (to_y - from_y) * (x - from_x) / (to_x - from_x),
            _ => from_y,
        }
    };
    (0..=PLACES).map(height).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a probability times 4096")]
fn part(p: f64) -> u32 {
    (p * PARTS) as u32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of leads times ten")]
fn bin(share: f64) -> usize {
    ((share * BINS as f64) as usize).min(BINS - 1)
}

#[cfg(test)]
mod tests {
    use leadcal_logit::metrics::auc;

    use super::*;

    /// Two folds of four patterns.
    fn folds() -> [(Prediction, Counts); 2] {
        let of = |p: [f64; 4], leads: [u64; 4], conversions: [u64; 4]| {
            let prediction = Prediction { scores: p.map(|p| 10.0 * p).to_vec(), probabilities: p.to_vec() };
            (prediction, Counts { leads: leads.to_vec(), conversions: conversions.to_vec() })
        };
        [
            of([0.1, 0.2, 0.4, 0.8], [100, 100, 50, 50], [10, 25, 18, 42]),
            of([0.2, 0.1, 0.3, 0.9], [200, 0, 100, 20], [44, 0, 25, 18]),
        ]
    }

    #[test]
    fn the_area_under_the_roc_curve_is_the_mean_auc() {
        let mut collected = Collected::default();
        let mut areas = 0.0;
        for (prediction, held_out) in folds() {
            collected.add(&prediction, &held_out).expect("both outcomes");
            areas += auc(&prediction.scores, &held_out).expect("both outcomes").value;
        }
        let Curves { roc, gains, calibration } = collected.curves();
        let area: f64 = roc.windows(2).map(|of| (of[1][0] - of[0][0]) * f64::midpoint(of[0][1], of[1][1])).sum();
        assert!((area - areas / 2.0).abs() < 2e-3, "{area} is not {}", areas / 2.0);
        for line in [&roc, &gains] {
            assert_eq!(line.len(), PLACES + 1);
            assert!(line[0][1].abs() < 1e-12 && (line[PLACES][1] - 1.0).abs() < 1e-12);
            assert!(line.windows(2).all(|of| of[0][1] <= of[1][1] + 1e-12));
        }
        // The best 50 of 300 and 20 of 320 leads.
        let [_, best] = gains[10];
        let expected =
            f64::midpoint(42.0 / 95.0 * 0.1 / (50.0 / 300.0), 18.0 / 87.0 + 25.0 / 87.0 * (0.1 - 0.0625) / 0.3125);
        assert!((best - expected).abs() < 1e-12, "{best} is not {expected}");
        let sum = |of: fn(&CalibrationBin) -> u64| calibration.iter().map(of).sum::<u64>();
        assert_eq!((sum(|bin| bin.leads), sum(|bin| bin.conversions)), (620, 182));
        assert!(calibration.iter().all(|bin| bin.interval[0] < bin.interval[1]));
        assert!(calibration.windows(2).all(|of| of[0].predicted < of[1].predicted));
    }

    #[test]
    fn nothing_gives_nothing() {
        assert_eq!(Collected::default().curves(), Curves::default());
    }
}
