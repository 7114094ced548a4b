//! Pairs of equally good configs: neither is better than the other but by chance.
//!
//! - *Independent calibrations*: the logistic model fitted to two draws of 4 000 leads of one population of five attributes, its
//!   points to whole numbers; one is called the candidate.
//! - *Overlapping calibrations*: the same, 80 % of the leads in both draws: a recalibration after a quarter.
//! - *Noise*: a true log-odds with independent errors of one size in both, small or large.

use leadcal_lift::attribute::{Attribute, FieldType, Input, Level, Scalar, When};
use leadcal_lift::patterns::{Counts, CovariatePatterns};
use leadcal_logit::comparison::Bootstrap;
use leadcal_logit::fit::{FittedLogit, LogitParams};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::{Pair, Tally, family, logistic};

/// Levels of the attributes.
const LEVELS: [usize; 5] = [3, 4, 4, 3, 2];
/// Log-odds of a lead whose effects are 0.
const BASE: f64 = -2.3;

/// What was found of one kind of pair on leads of one number.
pub(super) struct Found {
    pub(super) kind: &'static str,
    pub(super) leads: usize,
    pub(super) conversions: f64,
    pub(super) tally: Tally,
}

pub(super) fn simulate(pairs: u32) -> Vec<Found> {
    type Draw = fn(usize, &mut ChaCha8Rng) -> Pair;
    let kinds: [(&'static str, Draw); 4] = [
        ("calibrated on independent leads", |leads, rng| calibrated(leads, 0.0, rng)),
        ("calibrated on leads of which 80 % are the same", |leads, rng| calibrated(leads, 0.8, rng)),
        ("small errors, correlation of log-odds 0.96", |leads, rng| noisy(leads, 0.2, rng)),
        ("large errors, correlation of log-odds 0.50", |leads, rng| noisy(leads, 1.0, rng)),
    ];
    let mut found = Vec::new();
    for (number, (kind, pair)) in kinds.into_iter().enumerate() {
        for leads in [2_000, 300] {
            eprintln!("false alarms: {kind}, {leads} leads");
            let mut rng = ChaCha8Rng::seed_from_u64(100 + number as u64);
            let (mut tally, mut conversions) = (Tally::default(), 0);
            for seed in 0..pairs {
                let pair = pair(leads, &mut rng);
                conversions += pair.counts.total_conversions();
                tally.count(&family(&pair, Bootstrap { draws: 2_000, seed: u64::from(seed) }));
            }
            found.push(Found { kind, leads, conversions: conversions as f64 / f64::from(pairs), tally });
        }
    }
    found
}

/// A lead's levels, and whether it converted.
type Lead = (Vec<usize>, bool);

/// Two models of one population, `shared` of their leads in both, on leads that neither has seen.
fn calibrated(leads: usize, shared: f64, rng: &mut ChaCha8Rng) -> Pair {
    let effects: Vec<Vec<f64>> = LEVELS.iter().map(|&n| (0..n).map(|_| 0.5 * normal(rng)).collect()).collect();
    let draw = |rng: &mut ChaCha8Rng| -> Lead {
        let levels: Vec<usize> = LEVELS.iter().map(|&n| rng.random_range(0..n)).collect();
        let log_odds = BASE + levels.iter().zip(&effects).map(|(&level, effects)| effects[level]).sum::<f64>();
        (levels, rng.random_bool(logistic(log_odds)))
    };
    let mut past: Vec<Lead> = (0..4_000).map(|_| draw(rng)).collect();
    let first = fit(&past);
    for lead in &mut past {
        if !rng.random_bool(shared) {
            *lead = draw(rng);
        }
    }
    let models = [first, fit(&past)];
    let (mut levels, mut conversions) = (Vec::new(), Vec::new());
    while levels.len() < leads {
        let (of_lead, converted) = draw(rng);
        levels.push(of_lead);
        conversions.push(u64::from(converted));
    }
    Pair {
        scores: models.each_ref().map(|model| levels.iter().map(|lead| points(model, lead)).collect()),
        probabilities: models.each_ref().map(|model| levels.iter().map(|lead| probability(model, lead)).collect()),
        counts: Counts { leads: vec![1; leads], conversions },
    }
}

fn fit(leads: &[Lead]) -> FittedLogit {
    let level = |name: usize| Level { name: name.to_string(), when: When::In(vec![Scalar::Text(name.to_string())]) };
    let attribute = |(index, &levels): (usize, &usize)| Attribute {
        name: format!("a{index}"),
        input: Input { field: format!("a{index}"), kind: FieldType::Text, missing: Vec::new() },
        levels: (0..levels).map(level).collect(),
    };
    // One row for each combination of levels.
    let rows: usize = LEVELS.iter().product();
    let mut counts = Counts { leads: vec![0; rows], conversions: vec![0; rows] };
    for (levels, converted) in leads {
        let row = levels.iter().zip(LEVELS).fold(0, |row, (&level, n)| row * n + level);
        counts.leads[row] += 1;
        counts.conversions[row] += u64::from(*converted);
    }
    let codes = (0..rows).flat_map(|mut row| {
        let mut codes = [0; LEVELS.len()];
        for (code, n) in codes.iter_mut().zip(LEVELS).rev() {
            *code = u32::try_from(row % n).expect("few levels");
            row /= n;
        }
        codes
    });
    let patterns = CovariatePatterns::new(LEVELS.iter().enumerate().map(attribute).collect(), codes.collect(), counts);
    LogitParams::new().l2(1.0).check().and_then(|params| params.fit(&patterns)).expect("both outcomes in every level")
}

fn probability(model: &FittedLogit, lead: &[usize]) -> f64 {
    let codes: Vec<u32> = lead.iter().map(|&level| u32::try_from(level).expect("few levels")).collect();
    model.probability(&codes)
}

/// The sum of whole points, ten to a log-odds.
fn points(model: &FittedLogit, lead: &[usize]) -> f64 {
    model.coefficients().iter().zip(lead).map(|(levels, &level)| (10.0 * levels[level]).round()).sum()
}

/// A true log-odds of standard deviation 1, and two configs that know it but for errors of this standard deviation; both tell
/// the rate that such leads convert at, given what they know.
fn noisy(leads: usize, noise: f64, rng: &mut ChaCha8Rng) -> Pair {
    let mut pair = Pair {
        scores: [Vec::new(), Vec::new()],
        probabilities: [Vec::new(), Vec::new()],
        counts: Counts { leads: vec![1; leads], conversions: Vec::new() },
    };
    // A score is a log-odds drawn toward the mean by what part of its spread is error.
    let known = 1.0 / (1.0 + noise * noise);
    for _ in 0..leads {
        let truth = normal(rng);
        pair.counts.conversions.push(u64::from(rng.random_bool(logistic(BASE + truth))));
        for config in 0..2 {
            let score = known * (truth + noise * normal(rng));
            pair.scores[config].push(score);
            // The mean of a logistic function of a normal variable, nearly (MacKay, Neural Computation 4, 1992).
            let attenuation = (1.0 + std::f64::consts::PI / 8.0 * (1.0 - known)).sqrt();
            pair.probabilities[config].push(logistic((BASE + score) / attenuation));
        }
    }
    pair
}

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(rng)
}
