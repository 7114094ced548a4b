use super::*;
use crate::attribute::Attribute;
use crate::attribute::{FieldType, Input, Level, Scalar, When};
use crate::beta;
use crate::patterns::Counts;
use crate::points::{AttributeValues, LevelValue, PointsMethod, PointsOptions, level_values};
use crate::shrinkage::{GREATEST_STRENGTH, most_likely_strength};
use proptest::prelude::*;

/// One attribute of this name, a pattern for each level.
fn patterns(name: &str, levels: &[(u64, u64)]) -> CovariatePatterns {
    let level = |index: usize| {
        let name = format!("level {index}");
        Level { when: When::In(vec![Scalar::Text(name.clone())]), name }
    };
    let attribute = Attribute {
        name: name.to_owned(),
        input: Input { field: name.to_owned(), kind: FieldType::Text, missing: Vec::new() },
        levels: (0..levels.len()).map(level).collect(),
    };
    let counts =
        Counts { leads: levels.iter().map(|l| l.0).collect(), conversions: levels.iter().map(|l| l.1).collect() };
    CovariatePatterns::new(vec![attribute], (0..).take(levels.len()).collect(), counts)
}

fn pooled(levels: &[(u64, u64)], shrinkage: &Shrinkage) -> LiftTable {
    LiftTable::from_patterns(&patterns("a", levels), shrinkage)
}

fn toward(levels: &[(u64, u64)], pooled: &LiftTable, shrinkage: &Shrinkage) -> LiftTable {
    LiftTable::toward(&patterns("a", levels), pooled, shrinkage)
}

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "found {found}, expected {expected}");
}

const POOLED: [(u64, u64); 4] = [(2000, 200), (3000, 600), (1000, 400), (400, 20)];
const EMPIRICAL: Shrinkage = Shrinkage::EmpiricalBayes;

/// The values of the first attribute's levels.
fn levels(values: &[AttributeValues]) -> &[LevelValue] {
    match &values[0] {
        AttributeValues::Levels(levels) => levels,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_prior_alone_says_no_lift_on_average() {
    let all = pooled(&POOLED, &EMPIRICAL);
    let product = [(300, 90), (10, 9), (500, 250), (0, 0)];
    let lift = toward(&product, &all, &Shrinkage::Strength(50.0));
    let levels = &lift.attributes[0].levels;
    let mean: f64 = levels.iter().map(|level| level.leads as f64 * level.prior_rate).sum::<f64>() / 810.0;
    close(mean, lift.rate, 1e-14);
    // All are moved by the same log-odds.
    let logit = |rate: f64| (rate / (1.0 - rate)).ln();
    let moves: Vec<f64> = levels
        .iter()
        .zip(&all.attributes[0].levels)
        .map(|(own, all)| logit(own.prior_rate) - logit(all.shrunken_rate))
        .collect();
    assert!(moves.iter().all(|by| (by - moves[0]).abs() < 1e-12 && *by > 0.0), "{moves:?}");
    for (level, of_all) in levels.iter().zip(&all.attributes[0].levels) {
        let (n, c) = (level.leads as f64, level.conversions as f64);
        let rate = (c + 50.0 * level.prior_rate) / (n + 50.0);
        close(level.shrunken_rate, rate, 1e-15);
        let known = of_all.leads as f64 + all.attributes[0].prior_strength - n;
        let counted = n + 1.0 / (1.0 / 50.0 + 1.0 / known);
        let expected = beta::interval(counted * rate, counted * (1.0 - rate), 0.95);
        for (end, expected) in level.rate_interval.iter().zip(expected) {
            close(*end, expected, 1e-12);
        }
    }
}

#[test]
fn a_product_like_the_others_gets_their_rates() {
    let all = pooled(&POOLED, &EMPIRICAL);
    let tenth = POOLED.map(|(n, c)| (n / 10, c / 10));
    let lift = toward(&tenth, &all, &EMPIRICAL);
    assert!(lift.attributes[0].prior_strength >= GREATEST_STRENGTH);
    for (own, all) in lift.attributes[0].levels.iter().zip(&all.attributes[0].levels) {
        close(own.shrunken_rate, all.shrunken_rate, 1e-3);
        assert_eq!(own.conclusive, all.conclusive);
        // As sure as the pooled table, not as its own leads or the strength would make it.
        for (own, all) in own.rate_interval.iter().zip(all.rate_interval) {
            close(*own, all, 2e-3);
        }
        let others = (all.leads - own.leads) as f64;
        close(own.borrowed_leads, others, 0.005 * others);
    }
}

#[test]
fn toward_itself_is_stable() {
    let all = pooled(&POOLED, &EMPIRICAL);
    let again = toward(&POOLED, &all, &EMPIRICAL);
    assert!(again.attributes[0].prior_strength >= GREATEST_STRENGTH);
    for (own, all) in again.attributes[0].levels.iter().zip(&all.attributes[0].levels) {
        close(own.shrunken_rate, all.shrunken_rate, 1e-4);
        for (own, all) in own.rate_interval.iter().zip(all.rate_interval) {
            close(*own, all, 2e-4);
        }
    }
}

#[test]
fn a_product_unlike_the_others_keeps_its_own_rates() {
    let all = pooled(&POOLED, &EMPIRICAL);
    let lift = toward(&[(500, 250), (500, 20), (500, 30), (500, 200)], &all, &EMPIRICAL);
    assert!(lift.attributes[0].prior_strength < 20.0, "{}", lift.attributes[0].prior_strength);
    for level in &lift.attributes[0].levels {
        close(level.shrunken_rate, level.rate.expect("leads"), 0.01);
        assert!(level.conclusive);
    }
}

#[test]
fn a_level_without_leads_keeps_what_the_pooled_table_knows() {
    let all = pooled(&POOLED, &EMPIRICAL);
    let lift = toward(&[(200, 20), (300, 60), (0, 0), (40, 2)], &all, &EMPIRICAL);
    let level = &lift.attributes[0].levels[2];
    assert_eq!(level.rate, None);
    close(level.shrunken_rate, level.prior_rate, 1e-15);
    assert!(level.conclusive && level.shrunken_rate > 0.3, "{level:?}");
    for method in [PointsMethod::RateDifference, PointsMethod::LiftRatio, PointsMethod::LogOdds] {
        let values = level_values(&lift, &PointsOptions { method, ..PointsOptions::default() }, None).expect("values");
        let levels = levels(&values);
        assert!(levels[2].conclusive && levels[2].value > 0.5, "{method}: {:?}", levels[2]);
        assert!(levels[2].low <= levels[2].value && levels[2].value <= levels[2].high);
    }
    // Nowhere any lead: nothing is known, and nothing claimed.
    let all = pooled(&[(500, 100), (500, 200), (0, 0)], &EMPIRICAL);
    for shrinkage in [EMPIRICAL, Shrinkage::Strength(0.0), Shrinkage::Strength(1e6)] {
        let level = &toward(&[(50, 10), (50, 20), (0, 0)], &all, &shrinkage).attributes[0].levels[2];
        assert!(!level.conclusive, "{level:?}");
    }
}

#[test]
fn without_shrinkage_the_rates_are_the_products_own() {
    let all = pooled(&POOLED, &Shrinkage::Strength(0.0));
    let product = [(300, 90), (10, 9), (0, 0), (5, 0)];
    let [own, expected] =
        [toward(&product, &all, &Shrinkage::Strength(0.0)), pooled(&product, &Shrinkage::Strength(0.0))];
    for at in [0, 1, 3] {
        let (own, expected) = (&own.attributes[0].levels[at], &expected.attributes[0].levels[at]);
        assert_eq!(own.rate_interval.map(f64::to_bits), expected.rate_interval.map(f64::to_bits));
        assert_eq!(own.shrunken_rate.to_bits(), expected.shrunken_rate.to_bits());
    }
    // But for the level it has no leads in.
    let level = &own.attributes[0].levels[2];
    assert!(level.shrunken_rate > own.rate && !level.conclusive, "{level:?}");
    let values = level_values(&own, &PointsOptions::default(), None).expect("values");
    close(levels(&values)[2].value, 100.0 * (level.prior_rate - own.rate), 1e-12);
}

#[test]
fn values_are_those_of_the_shrunken_rate() {
    let all = pooled(&POOLED, &EMPIRICAL);
    let lift = toward(&[(300, 90), (10, 9), (500, 250), (0, 0)], &all, &Shrinkage::Strength(70.0));
    let values = |method| {
        let options = PointsOptions { method, ..PointsOptions::default() };
        level_values(&lift, &options, None).expect("values").remove(0)
    };
    let logit = |rate: f64| (rate / (1.0 - rate)).ln();
    for (at, level) in lift.attributes[0].levels.iter().enumerate() {
        let (r, p) = (level.shrunken_rate, lift.rate);
        close(levels(&[values(PointsMethod::RateDifference)])[at].value, 100.0 * (r - p), 1e-12);
        close(levels(&[values(PointsMethod::LiftRatio)])[at].value, r / p - 1.0, 1e-13);
        close(levels(&[values(PointsMethod::LogOdds)])[at].value, logit(r) - logit(p), 1e-13);
    }
}

#[test]
fn rates_of_zero_and_one_stay_finite() {
    // Unshrunken pooled rates of 0 and 1, one-valued products, a one-valued pooled table, no leads at all.
    let tables = [&[(50, 0), (40, 40), (900, 300)][..], &[(50, 0), (40, 0), (900, 0)], &[(9, 9), (4, 4), (2, 2)]];
    let products: [&[(u64, u64)]; 5] = [
        &[(5, 0), (4, 4), (100, 30)],
        &[(5, 0), (4, 0), (100, 0)],
        &[(5, 5), (4, 4), (0, 0)],
        &[(0, 0), (0, 0), (100, 30)],
        &[(0, 0), (0, 0), (0, 0)],
    ];
    for (all, product) in tables.iter().flat_map(|all| products.map(|product| (all, product))) {
        for shrinkage in [EMPIRICAL, Shrinkage::Strength(0.0), Shrinkage::Strength(30.0)] {
            let lift = toward(product, &pooled(all, &shrinkage), &shrinkage);
            assert!(lift.attributes[0].prior_strength.is_finite());
            let one_valued = lift.conversions == 0 || lift.conversions == lift.leads;
            for level in &lift.attributes[0].levels {
                let [low, high] = level.rate_interval;
                assert!((0.0..=1.0).contains(&level.prior_rate) && (0.0..=1.0).contains(&level.shrunken_rate));
                assert!(0.0 <= low && low <= high && high <= 1.0, "{all:?} {product:?} {level:?}");
                assert!(!(one_valued && level.conclusive));
            }
            for method in [PointsMethod::RateDifference, PointsMethod::LiftRatio, PointsMethod::LogOdds] {
                let options = PointsOptions { method, ..PointsOptions::default() };
                let values = level_values(&lift, &options, None).expect("values");
                assert!(levels(&values).iter().all(|v| v.value.is_finite() && v.low.is_finite() && v.high.is_finite()));
            }
        }
    }
}

#[test]
fn a_fixed_and_a_chosen_strength_are_one_path() {
    let all = pooled(&POOLED, &EMPIRICAL);
    let product = [(300, 90), (60, 9), (500, 250), (7, 1)];
    let chosen = toward(&product, &all, &EMPIRICAL);
    let strength = chosen.attributes[0].prior_strength;
    assert!(strength > 1.0 && strength < GREATEST_STRENGTH);
    assert_eq!(toward(&product, &all, &Shrinkage::Strength(strength)), chosen);
    // It is the most likely one, by the definition of the beta-binomial with gamma functions.
    let means: Vec<f64> = chosen.attributes[0].levels.iter().map(|level| level.prior_rate).collect();
    let ln_beta = statrs::function::beta::ln_beta;
    let likelihood = |m: f64| -> f64 {
        let of_level = |(&(n, c), q): (&(u64, u64), &f64)| {
            let (a, b) = (m * q, m * (1.0 - q));
            ln_beta(c as f64 + a, (n - c) as f64 + b) - ln_beta(a, b)
        };
        product.iter().zip(&means).map(of_level).sum()
    };
    for i in 0..=400 {
        let m = (f64::from(i) * GREATEST_STRENGTH.ln() / 400.0).exp();
        assert!(likelihood(strength) >= likelihood(m) - 1e-6, "{strength} against {m}");
    }
}

#[test]
fn equal_means_are_the_pooled_case() {
    // A pooled table whose levels do not differ says no more than the product's overall rate.
    let all = pooled(&[(1000, 200), (500, 100), (2000, 400)], &EMPIRICAL);
    let product = [(100, 40), (50, 5), (200, 60)];
    let [own, expected] = [toward(&product, &all, &EMPIRICAL), pooled(&product, &EMPIRICAL)];
    let strength = expected.attributes[0].prior_strength;
    close(own.attributes[0].prior_strength, strength, 1e-8 * strength);
    for (own, expected) in own.attributes[0].levels.iter().zip(&expected.attributes[0].levels) {
        close(own.prior_rate, expected.prior_rate, 1e-15);
        close(own.shrunken_rate, expected.shrunken_rate, 1e-12);
    }
    let counts = patterns("a", &product).margin(0);
    close(most_likely_strength(&counts, &[0.3; 3]), strength, 1e-9 * strength);
}

#[test]
#[should_panic(expected = "b is in the pooled table")]
fn another_tables_attributes_are_a_bug() {
    let _ = LiftTable::toward(&patterns("b", &POOLED), &pooled(&POOLED, &EMPIRICAL), &EMPIRICAL);
}

/// Leads and conversions of each level.
type Levels = Vec<(u64, u64)>;

/// Four levels of a product, and of all leads.
fn product_and_pooled() -> impl Strategy<Value = (Levels, Levels)> {
    let levels = |most: u64| prop::collection::vec((0..most).prop_flat_map(|n| (Just(n), 0..=n)), 4);
    (levels(300), levels(3000)).prop_map(|(product, others)| {
        let pooled = product.iter().zip(&others).map(|(a, b)| (a.0 + b.0, a.1 + b.1)).collect();
        (product, pooled)
    })
}

proptest! {
    #[test]
    fn the_shrunken_rate_lies_between_the_level_and_the_prior((product, all) in product_and_pooled(), ln_m in -2.0_f64..14.0) {
        for shrinkage in [EMPIRICAL, Shrinkage::Strength(ln_m.exp())] {
            let all = pooled(&all, &EMPIRICAL);
            let lift = toward(&product, &all, &shrinkage);
            let (mut mean, total) = (0.0, lift.leads.max(1) as f64);
            for (level, of_all) in lift.attributes[0].levels.iter().zip(&all.attributes[0].levels) {
                let rate = level.rate.unwrap_or(level.prior_rate);
                let (low, high) = (rate.min(level.prior_rate), rate.max(level.prior_rate));
                prop_assert!(low - 1e-12 <= level.shrunken_rate && level.shrunken_rate <= high + 1e-12);
                prop_assert!(level.borrowed_leads <= (of_all.leads - level.leads) as f64);
                mean += level.leads as f64 * level.prior_rate / total;
            }
            prop_assert!((mean - lift.rate).abs() < 1e-12);
        }
    }
}
