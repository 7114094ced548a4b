use super::*;
use proptest::prelude::*;

fn counts(levels: &[(u64, u64)]) -> Counts {
    Counts { leads: levels.iter().map(|l| l.0).collect(), conversions: levels.iter().map(|l| l.1).collect() }
}

fn overall(levels: &[(u64, u64)]) -> f64 {
    let counts = counts(levels);
    counts.total_conversions() as f64 / counts.total_leads() as f64
}

/// The levels with the same prior mean each.
fn cells(levels: &[(u64, u64)], mean: f64) -> Vec<Cell> {
    levels.iter().map(|&(n, c)| Cell { conversions: c as f64, others: (n - c) as f64, mean }).collect()
}

/// The strength of the pull toward one rate.
fn strength_at(levels: &[(u64, u64)], rate: f64) -> f64 {
    most_likely_strength(&counts(levels), &vec![rate; levels.len()])
}

#[test]
fn rising_factorials_and_harmonic_sums_equal_their_definitions() {
    for x in [1e-6, 0.3, 2.0, 17.5, 4e5] {
        for k in [0_u32, 1, 5, 16, 33, 1000] {
            let terms = || (0..k).map(|i| x + f64::from(i));
            let (sum, log): (f64, f64) = (terms().map(f64::recip).sum(), terms().map(f64::ln).sum());
            assert!((harmonic(x, f64::from(k)) - sum).abs() <= 1e-13 * sum.max(1.0), "harmonic({x}, {k})");
            assert!((ln_rising(x, f64::from(k)) - log).abs() <= 1e-13 * log.abs().max(1.0), "ln_rising({x}, {k})");
        }
    }
}

#[test]
fn equal_levels_are_shrunk_fully_and_different_ones_hardly() {
    let equal = [(1000, 150), (1000, 151), (1000, 149)];
    assert!(strength_at(&equal, overall(&equal)) >= GREATEST_STRENGTH);
    let different = [(1000, 10), (1000, 500), (1000, 990)];
    assert!(strength_at(&different, overall(&different)) < 3.0);
}

#[test]
fn counts_that_say_nothing_are_shrunk_fully() {
    for (levels, rate) in
        [(&[][..], 0.2), (&[(0, 0)], 0.2), (&[(1, 1), (1, 0)], 0.5), (&[(50, 0), (9, 0)], 0.0), (&[(50, 50)], 1.0)]
    {
        assert!(strength_at(levels, rate) >= GREATEST_STRENGTH, "{levels:?}");
    }
}

#[test]
fn of_two_modes_the_higher_is_taken() {
    // Many tight levels and one far off, over a range of how far: wherever the best mode jumps, it is the best.
    for far in 20..100 {
        let mut levels = vec![(400, 40); 12];
        levels.push((100, far));
        let rate = 0.1;
        let found = strength_at(&levels, rate);
        let best = (0..=2000)
            .map(|i| (f64::from(i) * 1e6_f64.ln() / 2000.0).exp())
            .map(|m| log_likelihood(&cells(&levels, rate), m))
            .fold(f64::NEG_INFINITY, f64::max);
        assert!(log_likelihood(&cells(&levels, rate), found) >= best - 1e-9, "far {far}: {found}");
    }
}

#[test]
fn a_level_without_leads_has_the_overall_rate() {
    for strength in [0.0, 1.0, 500.0] {
        assert!((shrunken_rate(0, 0, 0.15, strength) - 0.15).abs() < 1e-15);
        let [low, high] = rate_interval(0, 0, 0.15, strength);
        assert!(low < 0.15 && 0.15 < high, "{low} {high}");
    }
}

#[test]
fn jeffreys_interval_reaches_the_ends() {
    let [low, high] = rate_interval(20, 0, 0.3, 0.0);
    assert!(low.abs() < f64::MIN_POSITIVE && (0.0..0.2).contains(&high));
    let [low, high] = rate_interval(20, 20, 0.3, 0.0);
    assert!((high - 1.0).abs() < f64::EPSILON && low > 0.8);
    // 1 of 10: scipy.stats.beta(1.5, 9.5).ppf([0.025, 0.975]).
    let [low, high] = rate_interval(10, 1, 0.3, 0.0);
    assert!((low - 0.011_011_67).abs() < 1e-7 && (high - 0.381_314_77).abs() < 1e-7, "{low} {high}");
}

#[test]
fn an_overall_rate_of_zero_or_one_is_a_point() {
    assert_eq!(rate_interval(50, 0, 0.0, 10.0).map(f64::to_bits), [0.0_f64, 0.0].map(f64::to_bits));
    assert_eq!(rate_interval(50, 50, 1.0, 10.0).map(f64::to_bits), [1.0_f64, 1.0].map(f64::to_bits));
}

#[test]
fn written_as_a_word_or_a_number() {
    for (text, expected) in [
        ("empirical-bayes", Shrinkage::EmpiricalBayes),
        ("0", Shrinkage::Strength(0.0)),
        ("12.5", Shrinkage::Strength(12.5)),
    ] {
        assert_eq!(text.parse(), Ok(expected));
        let json = if text.starts_with('e') { format!("\"{text}\"") } else { text.to_owned() };
        assert_eq!(serde_json::from_str::<Shrinkage>(&json).expect("JSON"), expected);
        assert_eq!(expected.to_string(), text);
    }
    for text in ["-1", "NaN", "inf", "bayes", ""] {
        let error = text.parse::<Shrinkage>().expect_err(text).to_string();
        assert!(error.contains("empirical-bayes") && error.contains("0 or more"), "{error}");
    }
    for json in ["-1", "\"bayes\"", "true", "-0.5"] {
        assert!(serde_json::from_str::<Shrinkage>(json).is_err(), "{json}");
    }
}

/// Leads and conversions of a level.
fn level(least_leads: u64) -> impl Strategy<Value = (u64, u64)> {
    (least_leads..100_000).prop_flat_map(|n| (Just(n), 0..=n))
}

proptest! {
    #[test]
    fn the_shrunken_rate_lies_between_the_level_and_all(
        (n, c) in level(1), p in 0.001_f64..0.999, ln_m in -2.0_f64..14.0,
    ) {
        let rate = c as f64 / n as f64;
        let shrunken = shrunken_rate(n, c, p, ln_m.exp());
        prop_assert!(rate.min(p) - 1e-12 <= shrunken && shrunken <= rate.max(p) + 1e-12);
    }

    #[test]
    fn the_interval_holds_the_shrunken_rate(
        (n, c) in level(0), p in 0.01_f64..0.99, ln_m in 0.0_f64..13.8,
    ) {
        let m = ln_m.exp();
        // A prior worth less than a conversion or a non-conversion puts its mean outside its own equal-tailed interval.
        prop_assume!(c as f64 + m * p >= 0.5 && (n - c) as f64 + m * (1.0 - p) >= 0.5);
        let [low, high] = rate_interval(n, c, p, m);
        let shrunken = shrunken_rate(n, c, p, m);
        prop_assert!(low <= shrunken && shrunken <= high, "{low} {shrunken} {high}");
    }

    #[test]
    fn jeffreys_interval_holds_the_rate((n, c) in level(1)) {
        let [low, high] = rate_interval(n, c, 0.2, 0.0);
        let rate = c as f64 / n as f64;
        prop_assert!(low <= rate && rate <= high, "{low} {rate} {high}");
    }

    #[test]
    fn the_strength_is_the_most_likely(levels in prop::collection::vec((2_u64..2000).prop_flat_map(|n| (Just(n), 0..=n)), 1..8)) {
        let rate = overall(&levels);
        prop_assume!(rate > 0.0 && rate < 1.0);
        let found = strength_at(&levels, rate);
        let value = log_likelihood(&cells(&levels, rate), found);
        for i in 0..=140 {
            let m = (f64::from(i) * 1e6_f64.ln() / 140.0).exp();
            prop_assert!(value >= log_likelihood(&cells(&levels, rate), m) - 1e-6, "{found} against {m}");
        }
    }
}
