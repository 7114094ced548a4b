use super::*;
use proptest::prelude::*;

fn counts(levels: &[(u64, u64)]) -> Counts {
    Counts { leads: levels.iter().map(|l| l.0).collect(), conversions: levels.iter().map(|l| l.1).collect() }
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-12 * expected.abs().max(1.0), "found {found}, expected {expected}");
}

#[test]
fn weight_of_evidence_is_the_difference_of_log_odds() {
    let logit = |rate: f64| (rate / (1.0 - rate)).ln();
    close(weight_of_evidence(40, 60, 150, 850).expect("defined"), logit(0.4) - logit(0.15));
    for (c, d) in [(0, 10), (10, 0), (0, 0)] {
        assert_eq!(weight_of_evidence(c, d, 150, 850), None);
    }
    assert_eq!(weight_of_evidence(10, 10, 20, 0), None);
}

#[test]
fn information_value_leaves_out_separating_levels() {
    let all = information_value(&counts(&[(100, 40), (900, 110)]));
    let expected = (40.0_f64 / 150.0 - 60.0 / 850.0) * ((40.0 / 150.0) / (60.0_f64 / 850.0)).ln()
        + (110.0_f64 / 150.0 - 790.0 / 850.0) * ((110.0 / 150.0) / (790.0_f64 / 850.0)).ln();
    close(all, expected);
    close(information_value(&counts(&[(50, 50), (50, 0)])), 0.0);
    close(information_value(&counts(&[])), 0.0);
}

#[test]
fn g_of_nothing_to_compare_is_zero() {
    for levels in [&[][..], &[(0, 0)], &[(100, 20)], &[(100, 20), (0, 0)], &[(10, 0), (20, 0)], &[(10, 10), (20, 20)]] {
        let test = g_test(&counts(levels));
        close(test.statistic, 0.0);
        close(test.p_value, 1.0);
    }
}

#[test]
fn g_sees_what_information_value_leaves_out() {
    let test = g_test(&counts(&[(50, 50), (50, 0)]));
    close(test.statistic, 200.0 * 2.0_f64.ln());
    assert_eq!(test.degrees_of_freedom, 1);
    assert!(test.p_value < 1e-30);
}

#[test]
fn a_huge_statistic_has_a_p_value_of_zero() {
    let test = g_test(&counts(&[(50_000_000, 50_000_000), (50_000_000, 0)]));
    assert!(test.p_value.abs() < f64::MIN_POSITIVE);
}

#[test]
fn benjamini_hochberg_on_the_papers_own_example() {
    // Benjamini and Hochberg 1995: four of fifteen are discoveries at 0.05.
    let p = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0,
    ];
    let discoveries = benjamini_hochberg(&p).into_iter().filter(|&q| q <= 0.05).count();
    assert_eq!(discoveries, 4);
    assert!(benjamini_hochberg(&[]).is_empty());
}

proptest! {
    #[test]
    fn benjamini_hochberg_equals_its_definition(p in prop::collection::vec(0.0_f64..=1.0, 1..20)) {
        let rank = |x: f64| p.iter().filter(|&&other| other <= x).count() as f64;
        for (&x, q) in p.iter().zip(benjamini_hochberg(&p)) {
            let at_or_above = p.iter().filter(|&&other| other >= x);
            let defined = at_or_above.map(|&other| other * p.len() as f64 / rank(other)).fold(1.0, f64::min);
            prop_assert!((q - defined).abs() < 1e-12);
            prop_assert!(q >= x);
        }
    }

    #[test]
    fn information_value_and_g_do_not_depend_on_the_order_of_levels(
        mut levels in prop::collection::vec((1_u64..500).prop_flat_map(|n| (Just(n), 0..=n)), 2..10),
    ) {
        let (value, test) = (information_value(&counts(&levels)), g_test(&counts(&levels)));
        levels.reverse();
        prop_assert!((information_value(&counts(&levels)) - value).abs() < 1e-12 * value.max(1.0));
        prop_assert!((g_test(&counts(&levels)).statistic - test.statistic).abs() < 1e-11 * test.statistic.max(1.0));
        prop_assert!(value >= 0.0 && test.statistic >= 0.0 && (0.0..=1.0).contains(&test.p_value));
    }
}
