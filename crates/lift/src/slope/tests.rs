use super::*;
use proptest::prelude::*;

fn counts(levels: &[(u64, u64)]) -> Counts {
    Counts { leads: levels.iter().map(|l| l.0).collect(), conversions: levels.iter().map(|l| l.1).collect() }
}

fn close(found: f64, expected: f64, within: f64) {
    assert!((found - expected).abs() <= within * expected.abs().max(1.0), "{found} is not {expected}");
}

/// How often a page was seen. Reference: statsmodels 0.15.0, `OLS(y, X).fit(cov_type="HC0")` and `Logit(y, X).fit(tol=1e-14)`
/// over the single leads.
const TIMES: [f64; 5] = [0.0, 1.0, 2.0, 3.5, 5.0];
const LEVELS: [(u64, u64); 5] = [(5000, 450), (1200, 160), (500, 90), (210, 55), (90, 20)];

#[test]
fn slopes_are_those_of_statsmodels() {
    let rate = rate_slope(&TIMES, &counts(&LEVELS));
    close(rate.value, REFERENCE[0], 1e-9);
    close(rate.std_error, REFERENCE[1], 1e-9);
    let log_odds = log_odds_slope(&TIMES, &counts(&LEVELS)).expect("a slope");
    close(log_odds.value, REFERENCE[2], 1e-7);
    close(log_odds.std_error, REFERENCE[3], 1e-7);
}

const REFERENCE: [f64; 4] =
    [0.040_361_392_886_126_11, 0.004_952_324_152_029_54, 0.314_212_516_030_226_9, 0.031_649_568_351_126_464];

#[test]
fn two_levels_are_a_difference() {
    let two = counts(&[(900, 110), (100, 40)]);
    let rate = rate_slope(&[0.0, 1.0], &two);
    close(rate.value, 0.4 - 110.0 / 900.0, 1e-12);
    // The unpooled standard error of a difference of two rates.
    let (p, q): (f64, f64) = (0.4, 110.0 / 900.0);
    close(rate.std_error, (p * (1.0 - p) / 100.0 + q * (1.0 - q) / 900.0).sqrt(), 1e-12);
    let log_odds = log_odds_slope(&[0.0, 1.0], &two).expect("a slope");
    close(log_odds.value, (0.4_f64 / 0.6).ln() - (110.0_f64 / 790.0).ln(), 1e-9);
    // Woolf's standard error of a log odds ratio.
    close(log_odds.std_error, (1.0 / 40.0 + 1.0 / 60.0 + 1.0 / 110.0 + 1.0 / 790.0_f64).sqrt(), 1e-9);
}

#[test]
fn where_nothing_can_be_learnt() {
    let flat = counts(&[(100, 10), (0, 0)]);
    assert_eq!(rate_slope(&[0.0, 1.0], &flat), Slope::NONE);
    assert_eq!(log_odds_slope(&[0.0, 1.0], &flat), None);
    assert_eq!(rate_slope(&[0.0, 1.0], &counts(&[(0, 0), (0, 0)])), Slope::NONE);
    for separated in [[(100, 0), (20, 20)], [(100, 0), (20, 0)], [(100, 100), (20, 20)]] {
        assert_eq!(log_odds_slope(&[0.0, 1.0], &counts(&separated)), None);
    }
}

proptest! {
    #[test]
    fn units_do_not_matter(
        levels in prop::collection::vec((1_u64..500).prop_flat_map(|n| (Just(n), 0..=n)), 2..8), unit in 0.01_f64..100.0,
    ) {
        let numbers: Vec<f64> = (0_u8..).take(levels.len()).map(f64::from).collect();
        let scaled: Vec<f64> = numbers.iter().map(|x| unit * x - 3.0).collect();
        let counts = counts(&levels);
        let (a, b) = (rate_slope(&numbers, &counts), rate_slope(&scaled, &counts));
        prop_assert!((a.value - unit * b.value).abs() < 1e-9);
        prop_assert!((a.std_error - unit * b.std_error).abs() < 1e-9);
        let (a, b) = (log_odds_slope(&numbers, &counts), log_odds_slope(&scaled, &counts));
        prop_assert_eq!(a.is_some(), b.is_some());
        if let (Some(a), Some(b)) = (a, b) {
            prop_assert!((a.value - unit * b.value).abs() < 1e-6 * a.value.abs().max(1.0));
        }
    }
}
