use super::*;
use crate::example::assert_close;
use proptest::prelude::*;

fn counts(rows: &[(u64, u64)]) -> Counts {
    Counts { leads: rows.iter().map(|row| row.0).collect(), conversions: rows.iter().map(|row| row.1).collect() }
}

/// One row a lead: score and outcome.
fn rows(scores: &[f64], counts: &Counts) -> Vec<(f64, bool)> {
    let patterns = scores.iter().zip(counts.leads.iter().zip(&counts.conversions));
    patterns.flat_map(|(&score, (&n, &c))| (0..n).map(move |lead| (score, lead < c))).collect()
}

/// Of each row: the share of rows of the other outcome that it is on the right side of, ties as one half.
fn brute_force_placements(rows: &[(f64, bool)]) -> Vec<(bool, f64)> {
    let placement = |&(score, converted): &(f64, bool)| {
        let others: Vec<f64> = rows.iter().filter(|row| row.1 != converted).map(|row| row.0).collect();
        let wins = others.iter().map(|other| {
            let (high, low) = if converted { (score, *other) } else { (*other, score) };
            if high > low { 1.0 } else { f64::from(u8::from(high >= low)) * 0.5 }
        });
        (converted, wins.sum::<f64>() / others.len() as f64)
    };
    rows.iter().map(placement).collect()
}

/// `DeLong`'s covariance from placements row by row.
fn brute_force_covariance(one: &[(bool, f64)], two: &[(bool, f64)]) -> f64 {
    [true, false]
        .map(|class| {
            let of =
                |rows: &[(bool, f64)]| rows.iter().filter(|row| row.0 == class).map(|row| row.1).collect::<Vec<_>>();
            let (one, two) = (of(one), of(two));
            let number = one.len() as f64;
            let mean = |values: &[f64]| values.iter().sum::<f64>() / number;
            let (m1, m2) = (mean(&one), mean(&two));
            one.iter().zip(&two).map(|(a, b)| (a - m1) * (b - m2)).sum::<f64>() / (number - 1.0) / number
        })
        .iter()
        .sum()
}

#[test]
fn auc_of_a_known_example() {
    // Mann-Whitney by hand: conversions at 0.8, 0.4, 0.4; others at 0.5, 0.4, 0.1: 3 + 1.5 + 1.5 of 9 pairs.
    let table = counts(&[(1, 1), (1, 0), (3, 2), (1, 0)]);
    let area = auc(&[0.8, 0.5, 0.4, 0.1], &table).expect("both outcomes");
    assert_close(area.value, 6.0 / 9.0, 1e-15, "AUC");
}

#[test]
fn auc_at_its_ends() {
    let table = counts(&[(5, 5), (7, 0)]);
    for (scores, expected) in [([1.0, 0.0], 1.0), ([0.0, 1.0], 0.0), ([3.0, 3.0], 0.5), ([0.0, -0.0], 0.5)] {
        let area = auc(&scores, &table).expect("both outcomes");
        assert_close(area.value, expected, 1e-15, "AUC");
        assert_close(area.variance, 0.0, 1e-15, "variance");
        assert!(area.interval()[0] >= 0.0 && area.interval()[1] <= 1.0);
    }
    let area = auc(&[f64::NEG_INFINITY, f64::INFINITY], &table).expect("infinities have an order");
    assert_close(area.value, 0.0, 1e-15, "AUC");
}

#[test]
fn one_conversion_has_the_largest_variance() {
    let area = auc(&[1.0, 0.0, 2.0], &counts(&[(1, 1), (3, 0), (1, 0)])).expect("both outcomes");
    assert_close(area.value, 0.75, 1e-15, "AUC");
    assert_close(area.variance, 0.75 * 0.25 + 0.25 / 4.0, 1e-15, "variance");
}

#[test]
fn scores_that_cannot_be_ranked_are_errors() {
    let table = counts(&[(5, 5), (7, 0)]);
    assert!(matches!(auc(&[1.0], &table), Err(LogitError::Length { expected: 2, found: 1 })));
    assert!(matches!(auc(&[1.0, f64::NAN], &table), Err(LogitError::Score { pattern: 1, .. })));
    assert!(matches!(auc(&[1.0], &counts(&[(5, 5)])), Err(LogitError::OneOutcome { .. })));
    assert!(matches!(gains(&[1.0], &counts(&[(0, 0)])), Err(LogitError::NoLeads)));
}

#[test]
fn probabilities_outside_their_range_are_errors() {
    for wrong in [-0.1, 1.1, f64::NAN] {
        let found = log_loss(&[0.5, wrong], &counts(&[(5, 5), (7, 0)]));
        assert!(matches!(found, Err(LogitError::Probability { pattern: 1, .. })), "{found:?}");
    }
    assert!(matches!(brier(&[0.5], &counts(&[(0, 0)])), Err(LogitError::NoLeads)));
}

#[test]
fn log_loss_and_brier_of_known_examples() {
    let table = counts(&[(4, 1)]);
    assert_close(
        log_loss(&[0.25], &table).expect("valid"),
        -0.25 * 0.25_f64.ln() - 0.75 * 0.75_f64.ln(),
        1e-15,
        "loss",
    );
    assert_close(brier(&[0.25], &table).expect("valid"), 0.1875, 1e-15, "Brier");
    // Certain and right costs nothing, certain and wrong a finite amount.
    let certain = counts(&[(1, 1), (1, 0)]);
    assert_close(log_loss(&[1.0, 0.0], &certain).expect("valid"), 0.0, 1e-15, "right");
    assert_close(log_loss(&[0.0, 1.0], &certain).expect("valid"), 36.043_653_389_117_15, 1e-14, "wrong");
}

#[test]
fn calibration_error_of_a_known_example() {
    // Ten bins of ten leads: five at 0.2 with 3 of 10 converted, five at 0.6 with 5 of 10.
    let probabilities: Vec<f64> = (0..10).map(|bin| if bin < 5 { 0.2 } else { 0.6 } + f64::from(bin) * 1e-12).collect();
    let table = counts(&[[(10, 3); 5], [(10, 5); 5]].concat());
    assert_close(expected_calibration_error(&probabilities, &table).expect("valid"), 0.1, 1e-9, "error");
    // One prediction for all: one bin.
    assert_close(expected_calibration_error(&[0.3; 10], &table).expect("valid"), 0.1, 1e-12, "error");
}

#[test]
fn right_predictions_have_slope_one_and_intercept_zero() {
    let right = calibration(&[0.2, 0.5, 0.8], &counts(&[(50, 10), (40, 20), (10, 8)])).expect("valid");
    assert_close(right.slope, 1.0, 1e-12, "slope");
    assert_close(right.intercept, 0.0, 1e-12, "intercept");
    assert_close(right.expected_error, 0.0, 1e-15, "error");
    let same = calibration(&[0.2, 0.2], &counts(&[(50, 10), (40, 20)])).expect("valid");
    assert_close(same.slope, 0.0, 1e-15, "slope of one prediction");
}

#[test]
fn gains_of_a_known_example() {
    let curve = gains(&[1.0, 3.0, 1.0, 2.0], &counts(&[(40, 2), (10, 5), (30, 0), (20, 3)])).expect("valid");
    let points: Vec<_> = curve.iter().map(|gain| [gain.score, gain.leads, gain.conversions]).collect();
    assert_eq!(points, [[3.0, 0.1, 0.5], [2.0, 0.3, 0.8], [1.0, 1.0, 1.0]]);
}

#[test]
fn stability_of_known_examples() {
    let index = |before: &[u64], now: &[u64]| population_stability_index(before, now).expect("leads on both sides");
    assert_close(index(&[10, 30], &[100, 300]), 0.0, 1e-15, "same shares");
    assert_close(index(&[50, 50], &[25, 75]), 0.25 * 3.0_f64.ln(), 1e-15, "moved");
    assert_close(index(&[50, 50, 0], &[25, 75, 0]), 0.25 * 3.0_f64.ln(), 1e-15, "an empty level");
    assert_close(index(&[50, 50], &[25, 75]), index(&[25, 75], &[50, 50]), 1e-15, "symmetric");
    assert!(index(&[10, 0], &[5, 5]).is_finite());
    assert!(matches!(population_stability_index(&[1], &[1, 2]), Err(LogitError::Length { .. })));
    assert!(matches!(population_stability_index(&[0], &[1]), Err(LogitError::NoLeads)));
}

/// Patterns with few distinct scores and few leads, both outcomes at least twice.
fn patterns() -> impl Strategy<Value = (Vec<f64>, Vec<f64>, Counts)> {
    proptest::collection::vec((-3_i8..4, 0_i8..3, 0_u64..5, 0_u64..5), 1..12).prop_map(|mut rows| {
        rows.extend([(0, 1, 4, 2), (1, 2, 0, 0)]);
        let table = counts(&rows.iter().map(|row| (row.2, row.3.min(row.2))).collect::<Vec<_>>());
        let score = |of: fn(&(i8, i8, u64, u64)) -> i8| rows.iter().map(|row| f64::from(of(row))).collect();
        (score(|row| row.0), score(|row| row.1), table)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn auc_and_its_covariance_equal_brute_force((first, second, table) in patterns()) {
        let placements = [&first, &second].map(|scores| brute_force_placements(&rows(scores, &table)));
        let area = |of: &[(bool, f64)]| {
            let conversions: Vec<f64> = of.iter().filter(|row| row.0).map(|row| row.1).collect();
            conversions.iter().sum::<f64>() / conversions.len() as f64
        };
        let found = auc_difference(&first, &second, &table).expect("both outcomes");
        let [one, two] = &placements;
        assert_close(found.first.value, area(one), 1e-14, "AUC");
        assert_close(found.difference, area(one) - area(two), 1e-14, "difference");
        assert_close(found.first.variance, brute_force_covariance(one, one), 1e-14, "variance");
        assert_close(found.covariance, brute_force_covariance(one, two), 1e-14, "covariance");
        let difference: Vec<_> = one.iter().zip(two).map(|(a, b)| (a.0, a.1 - b.1)).collect();
        assert_close(found.variance, brute_force_covariance(&difference, &difference), 1e-14, "variance of difference");
        // Any order-keeping change of the scores leaves the AUC to the bit.
        let stretched: Vec<f64> = first.iter().map(|score| score.exp()).collect();
        prop_assert_eq!(auc(&stretched, &table).expect("both outcomes"), found.first);
    }

    #[test]
    fn grouped_equals_row_by_row((first, _, table) in patterns()) {
        let probabilities: Vec<f64> = first.iter().map(|score| 1.0 / (1.0 + (-score).exp())).collect();
        let single = rows(&probabilities, &table);
        let each = Counts { leads: vec![1; single.len()], conversions: single.iter().map(|row| u64::from(row.1)).collect() };
        let values: Vec<f64> = single.iter().map(|row| row.0).collect();
        let outcomes = single.iter().map(|row| f64::from(u8::from(row.1)));
        let loss: f64 = outcomes.clone().zip(&values).map(|(y, p)| -y * p.ln() - (1.0 - y) * (1.0 - p).ln()).sum();
        let squares: f64 = outcomes.zip(&values).map(|(y, p)| (p - y).powi(2)).sum();
        let number = values.len() as f64;
        assert_close(log_loss(&probabilities, &table).expect("valid"), loss / number, 1e-13, "log loss");
        assert_close(brier(&probabilities, &table).expect("valid"), squares / number, 1e-13, "Brier");
        let error = |values: &[f64], table: &Counts| expected_calibration_error(values, table).expect("valid");
        assert_close(error(&probabilities, &table), error(&values, &each), 1e-13, "calibration error");
        assert_close(auc(&values, &each).expect("valid").value, auc(&probabilities, &table).expect("valid").value, 1e-15, "AUC");
        let (grouped, rowed) = (gains(&probabilities, &table).expect("valid"), gains(&values, &each).expect("valid"));
        prop_assert_eq!(grouped, rowed);
    }
}

#[test]
fn calibration_has_its_errors() {
    let table = counts(&[(50, 10), (40, 20), (10, 8)]);
    let right = calibration_effects(&[0.2, 0.5, 0.8], &table).expect("valid");
    assert_close(right.in_the_large.value, 0.0, 1e-12, "in the large");
    // One parameter: the information is the sum of n p (1 - p).
    assert_close(right.in_the_large.std_error, (1.0 / (8.0 + 10.0 + 1.6_f64)).sqrt(), 1e-12, "its standard error");
    let slope = right.slope.expect("predictions differ");
    assert!(slope.interval[0] < 1.0 && slope.interval[1] > 1.0 && slope.p_value < 0.001);
    // Twice too high in log-odds by 1: only the level is off.
    let shifted = [0.2_f64, 0.5, 0.8].map(|p| 1.0 / (1.0 + ((1.0 - p) / p) * (-1.0_f64).exp()));
    let shifted = calibration_effects(&shifted, &table).expect("valid");
    assert_close(shifted.in_the_large.value, -1.0, 1e-10, "in the large");
    assert_close(shifted.slope.expect("predictions differ").value, 1.0, 1e-10, "slope");
    assert_close(shifted.slope.expect("predictions differ").std_error, slope.std_error, 1e-9, "its standard error");

    let same = calibration_effects(&[0.2; 3], &table).expect("valid");
    assert!(same.slope.is_none() && same.intercept.std_error.is_finite());
    assert_close(same.in_the_large.value, (38.0_f64 / 62.0).ln() - 0.25_f64.ln(), 1e-12, "in the large");
    // Told apart without error: the slope that stands in for an infinite one is little known.
    let separated = calibration_effects(&[0.1, 0.2, 0.9], &counts(&[(5, 0), (5, 0), (5, 5)])).expect("valid");
    let slope = separated.slope.expect("predictions differ");
    assert!(slope.interval[0] < 0.8 && slope.interval[1] > 1.25, "{slope:?}");
    // Certain and wrong predictions are far off and finite.
    let wrong = calibration_effects(&[0.0, 1.0], &counts(&[(10, 3), (10, 4)])).expect("valid");
    assert!(wrong.in_the_large.value.is_finite() && wrong.in_the_large.std_error.is_finite());
    assert!(matches!(calibration_effects(&[0.1], &counts(&[(5, 0)])), Err(LogitError::OneOutcome { .. })));
}
