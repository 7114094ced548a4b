//! Candidates that truly rank worse: how often is it found, with so many conversions?
//!
//! Scores are normal of variance 1 within each outcome, m higher for conversions: AUC = Phi(m / sqrt 2), and the calibrated
//! log-odds of a score s is log(rate / (1 - rate)) + m s - m^2 / 2. The baseline has an AUC of 0.80, an eighth of the leads
//! converts, and the two scores correlate within each outcome.

use leadcal_lift::patterns::Counts;
use leadcal_logit::comparison::{Bootstrap, auc_shortfall, brier_shortfall};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use statrs::distribution::{ContinuousCDF, Normal};

use super::{Pair, Tally, family, judged, logistic};

pub(super) const BASELINE_AUC: f64 = 0.80;
pub(super) const OTHERS_A_CONVERSION: usize = 7;
pub(super) const CONVERSIONS: [usize; 7] = [100, 250, 500, 1_000, 2_500, 5_000, 10_000];
pub(super) const LOSSES: [f64; 3] = [0.0, 0.01, 0.02];
pub(super) const CORRELATIONS: [f64; 2] = [0.8, 0.95];
/// Above it the bootstraps take too long to be simulated.
const MOST_IN_FAMILY: usize = 1_000;

/// What was found at one true loss of AUC, number of conversions and correlation.
pub(super) struct Found {
    pub(super) loss: f64,
    pub(super) correlation: f64,
    pub(super) conversions: usize,
    /// The verdict of AUC, the other two figures having found nothing.
    pub(super) auc: Tally,
    /// The worst of all three.
    pub(super) family: Option<Tally>,
}

pub(super) fn simulate(pairs: u32) -> Vec<Found> {
    let mut found = Vec::new();
    for correlation in CORRELATIONS {
        for loss in LOSSES {
            for conversions in CONVERSIONS {
                eprintln!("power: correlation {correlation}, loss {loss}, {conversions} conversions");
                found.push(simulate_one(loss, correlation, conversions, pairs));
            }
        }
    }
    found
}

fn simulate_one(loss: f64, correlation: f64, conversions: usize, pairs: u32) -> Found {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let (mut auc, mut of_all) = (Tally::default(), Tally::default());
    let in_family = conversions <= MOST_IN_FAMILY;
    for seed in 0..pairs {
        let pair = draw(loss, correlation, conversions, &mut rng);
        let [candidate, baseline] = &pair.scores;
        let shortfall = auc_shortfall(candidate, baseline, &pair.counts).expect("both outcomes");
        let nothing = {
            let none = vec![0.5; pair.counts.leads.len()];
            brier_shortfall(&none, &none, &pair.counts, Bootstrap { draws: 1, seed: 0 }).expect("both outcomes")
        };
        auc.count(&judged(&[shortfall, nothing.clone(), nothing])[..1]);
        if in_family {
            of_all.count(&family(&pair, Bootstrap { draws: 1_000, seed: u64::from(seed) }));
        }
    }
    Found { loss, correlation, conversions, auc, family: in_family.then_some(of_all) }
}

fn draw(loss: f64, correlation: f64, conversions: usize, rng: &mut ChaCha8Rng) -> Pair {
    let others = OTHERS_A_CONVERSION * conversions;
    let distance = |auc: f64| 2.0_f64.sqrt() * Normal::standard().inverse_cdf(auc);
    let distances = [distance(BASELINE_AUC - loss), distance(BASELINE_AUC)];
    let base = -(OTHERS_A_CONVERSION as f64).ln();
    let mut pair = Pair {
        scores: [Vec::new(), Vec::new()],
        probabilities: [Vec::new(), Vec::new()],
        counts: Counts { leads: vec![1; conversions + others], conversions: vec![0; conversions + others] },
    };
    pair.counts.conversions[..conversions].fill(1);
    let mut normal = || -> f64 { StandardNormal.sample(rng) };
    for lead in 0..conversions + others {
        let shared = correlation.sqrt() * normal();
        for (config, m) in distances.into_iter().enumerate() {
            let score = if lead < conversions { m } else { 0.0 } + shared + (1.0 - correlation).sqrt() * normal();
            pair.scores[config].push(score);
            pair.probabilities[config].push(logistic(base + m * score - 0.5 * m * m));
        }
    }
    pair
}
