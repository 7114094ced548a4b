//! Pattern tables for tests.

use leadcal_lift::attribute::{Attribute, FieldType, Input, Level, Scalar, When};
use leadcal_lift::patterns::{Counts, CovariatePatterns};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Attributes "a0", "a1", … with levels "l0", "l1", … of these numbers.
pub(crate) fn attributes(levels: &[usize]) -> Vec<Attribute> {
    let level = |index: usize| {
        let name = format!("l{index}");
        Level { when: When::In(vec![Scalar::Text(name.clone())]), name }
    };
    levels
        .iter()
        .enumerate()
        .map(|(index, &levels)| Attribute {
            name: format!("a{index}"),
            input: Input { field: format!("a{index}"), kind: FieldType::Text, missing: Vec::new() },
            levels: (0..levels).map(level).collect(),
        })
        .collect()
}

/// A table from rows of (codes, leads, conversions).
pub(crate) fn table(levels: &[usize], rows: &[(&[u32], u64, u64)]) -> CovariatePatterns {
    let codes = rows.iter().flat_map(|row| row.0.iter().copied()).collect();
    let counts = Counts { leads: rows.iter().map(|r| r.1).collect(), conversions: rows.iter().map(|r| r.2).collect() };
    CovariatePatterns::new(attributes(levels), codes, counts)
}

/// Every combination of levels with up to 40 leads, converting at a log-odds of `base` plus an effect of each level.
pub(crate) fn simulated(levels: &[usize], base: f64, seed: u64) -> CovariatePatterns {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let effects: Vec<Vec<f64>> =
        levels.iter().map(|&n| (0..n).map(|_| rng.random_range(-1.0..1.0)).collect()).collect();
    let (mut codes, mut counts) = (Vec::new(), Counts::default());
    for pattern in 0..levels.iter().product::<usize>() {
        let mut rest = pattern;
        let mut eta = base;
        for (attribute, &n) in levels.iter().enumerate() {
            codes.push(u32::try_from(rest % n).expect("few levels"));
            eta += effects[attribute][rest % n];
            rest /= n;
        }
        let leads = rng.random_range(5..40_u64);
        let p = 1.0 / (1.0 + (-eta).exp());
        counts.leads.push(leads);
        counts.conversions.push((0..leads).filter(|_| rng.random_bool(p)).count() as u64);
    }
    CovariatePatterns::new(attributes(levels), codes, counts)
}

/// Asserts that two numbers agree to a share of the larger of their sizes and 1.
pub(crate) fn assert_close(found: f64, expected: f64, tolerance: f64, what: &str) {
    let error = (found - expected).abs() / found.abs().max(expected.abs()).max(1.0);
    assert!(error <= tolerance, "{what}: found {found}, expected {expected}");
}
