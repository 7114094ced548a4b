use super::*;
use crate::example::assert_close;
use proptest::prelude::*;

fn fit(rows: &[(f64, u64, u64)]) -> Result<ScoreCurve, LogitError> {
    let scores: Vec<f64> = rows.iter().map(|row| row.0).collect();
    let counts = Counts { leads: rows.iter().map(|r| r.1).collect(), conversions: rows.iter().map(|r| r.2).collect() };
    ScoreCurve::fit(&scores, &counts)
}

#[test]
fn two_scores_reproduce_their_rates() {
    let curve = fit(&[(-10.0, 200, 10), (40.0, 50, 30)]).expect("overlap");
    assert_close(curve.rate(-10.0), 0.05, 1e-13, "rate");
    assert_close(curve.rate(40.0), 0.6, 1e-13, "rate");
}

#[test]
fn a_constant_score_has_slope_zero() {
    for scores in [[7.0, 7.0], [0.0, -0.0], [1.0 / 3.0 * 3.0, 1.0 + f64::EPSILON]] {
        let curve = fit(&[(scores[0], 60, 10), (scores[1], 40, 10)]).expect("constant");
        assert_eq!(curve.slope.to_bits(), 0);
        assert_close(curve.rate(123.0), 0.2, 1e-15, "overall rate");
    }
}

#[test]
fn a_score_that_separates_has_a_steep_but_finite_slope() {
    for (rows, ascending) in [
        (vec![(0.0, 5, 0), (1.0, 5, 5)], true),
        (vec![(0.0, 5, 5), (1.0, 5, 0)], false),
        // Mixed outcomes at one score only would let the slope grow for ever too.
        (vec![(0.0, 5, 0), (1.0, 9, 4), (2.0, 5, 5)], true),
    ] {
        let curve = fit(&rows).expect("smoothed");
        assert!(curve.slope.is_finite() && curve.slope.abs() > 1.0 && (curve.slope > 0.0) == ascending, "{curve:?}");
    }
    // Half a lead of each outcome more at either score: 0.5 of 6 and 5.5 of 6.
    let curve = fit(&[(0.0, 5, 0), (1.0, 5, 5)]).expect("smoothed");
    assert_close(curve.rate(0.0), 0.5 / 6.0, 1e-12, "rate");
    assert_close(curve.rate(1.0), 5.5 / 6.0, 1e-12, "rate");
}

#[test]
fn only_patterns_with_leads_need_finite_scores() {
    assert!(fit(&[(f64::INFINITY, 0, 0), (0.0, 9, 3), (1.0, 9, 5)]).is_ok());
    assert!(matches!(fit(&[(f64::NAN, 1, 0), (0.0, 9, 3)]), Err(LogitError::Score { pattern: 0, .. })));
    assert!(matches!(fit(&[(0.0, 9, 0)]), Err(LogitError::OneOutcome { .. })));
}

#[test]
fn almost_separated_scores_converge() {
    let curve = fit(&[(-3.0, 1_000_000, 1), (3.0, 1_000, 999)]).expect("overlap");
    assert_close(curve.rate(3.0), 0.999, 1e-10, "rate");
    assert_close(curve.rate(-3.0) * 1e6, 1.0, 1e-8, "rate");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_unit_of_the_score_does_not_matter(
        rows in proptest::collection::vec((-50_i32..50, 1_u64..9, 0_u64..9), 2..12),
        unit in prop_oneof![Just(1e-6), Just(0.1), Just(1e12)],
        shift in -1e3..1e3_f64,
    ) {
        let rows: Vec<_> = rows.into_iter().map(|(score, n, c)| (f64::from(score), n, c.min(n))).collect();
        let moved: Vec<_> = rows.iter().map(|&(score, n, c)| ((score + shift) * unit, n, c)).collect();
        match (fit(&rows), fit(&moved)) {
            (Ok(one), Ok(two)) => {
                for (row, other) in rows.iter().zip(&moved) {
                    assert_close(two.rate(other.0), one.rate(row.0), 1e-8, "rate");
                }
            }
            (Err(one), Err(two)) => prop_assert_eq!(one.to_string(), two.to_string()),
            (one, two) => prop_assert!(false, "{:?} and {:?}", one, two),
        }
    }
}

#[test]
fn a_million_distinct_scores_are_no_obstacle() {
    // Weyl's sequence spreads evenly without a generator; every tenth of the leads converts more as scores rise.
    let scores: Vec<f64> = (1..=1_000_000_u32).map(|i| (f64::from(i) * 0.618_033_988_749_895).fract()).collect();
    let conversions = scores.iter().zip(1_u32..).map(|(score, i)| u64::from(f64::from(i % 1000) < 300.0 * score));
    let counts = Counts { leads: vec![1; scores.len()], conversions: conversions.collect() };
    let curve = ScoreCurve::fit(&scores, &counts).expect("converges");
    assert!(curve.slope > 1.0 && (curve.rate(0.5) - 0.15).abs() < 0.05, "{curve:?}");
}
