use super::*;
use crate::example::{assert_close, simulated, table};
use leadcal_lift::patterns::Counts;
use proptest::prelude::*;

fn fit(patterns: &CovariatePatterns, l2: f64) -> Result<FittedLogit, LogitError> {
    LogitParams::new().l2(l2).check().expect("valid").fit(patterns)
}

fn message(result: Result<FittedLogit, LogitError>) -> String {
    result.expect_err("cannot be fitted").to_string()
}

#[test]
fn parameters_are_checked() {
    for l2 in [-1.0, f64::NAN, f64::INFINITY] {
        let error = LogitParams::new().l2(l2).check().expect_err("out of range");
        assert!(matches!(error, LogitError::Parameter { name: "l2", .. }), "{error}");
    }
    let error = LogitParams::new().max_iterations(0).check().expect_err("out of range").to_string();
    assert_eq!(error, "max_iterations must be at least 1, found 0");
}

#[test]
fn one_attribute_without_a_penalty_reproduces_the_rates() {
    let patterns = table(&[3], &[(&[0], 100, 40), (&[1], 900, 110), (&[2], 50, 49)]);
    let fitted = fit(&patterns, 0.0).expect("fits");
    for (code, rate) in [(0, 0.4), (1, 110.0 / 900.0), (2, 0.98)] {
        assert_close(fitted.probability(&[code]), rate, 1e-13, "rate");
    }
    assert_eq!(fitted.coefficients()[0][1].to_bits(), 0);
}

#[test]
fn a_large_penalty_leaves_the_overall_rate() {
    let patterns = simulated(&[3, 2], -1.0, 1);
    let counts = patterns.counts();
    let rate = counts.total_conversions() as f64 / counts.total_leads() as f64;
    for p in fit(&patterns, 1e9).expect("fits").probabilities(&patterns) {
        assert_close(p, rate, 1e-6, "rate");
    }
}

#[test]
fn no_attributes_fit_the_overall_rate() {
    let fitted = fit(&table(&[], &[(&[], 10, 3)]), 1.0).expect("fits");
    assert_close(fitted.probability(&[]), 0.3, 1e-15, "rate");
}

#[test]
fn a_level_without_leads_counts_as_the_average_lead() {
    for l2 in [0.0, 1.0] {
        let fitted = fit(&table(&[3], &[(&[0], 30, 10), (&[2], 20, 5)]), l2).expect("fits");
        let levels = &fitted.coefficients()[0];
        assert_close(levels[1], 0.6 * levels[0] + 0.4 * levels[2], 1e-15, "mean");
    }
}

#[test]
fn tables_without_two_outcomes_are_errors() {
    assert_eq!(message(fit(&table(&[1], &[]), 1.0)), "there are no leads to learn from");
    assert_eq!(message(fit(&table(&[1], &[(&[0], 0, 0)]), 1.0)), "there are no leads to learn from");
    for conversions in [0, 5] {
        let error = fit(&table(&[1], &[(&[0], 5, conversions)]), 1.0).expect_err("one outcome");
        assert!(matches!(error, LogitError::OneOutcome { leads: 5, .. }), "{error}");
    }
}

#[test]
fn an_attribute_that_tells_every_outcome_is_an_error_with_any_penalty() {
    let patterns = table(&[2, 3], &[(&[0, 0], 9, 9), (&[1, 1], 5, 0), (&[0, 2], 4, 4), (&[1, 2], 7, 0)]);
    for l2 in [0.0, 1.0, 1e6] {
        let error = fit(&patterns, l2).expect_err("separated");
        assert!(matches!(&error, LogitError::SeparatingAttribute { attribute, .. } if attribute == "a0"), "{error}");
    }
}

#[test]
fn a_level_of_one_outcome_needs_a_penalty() {
    let patterns = table(&[3], &[(&[0], 90, 40), (&[1], 7, 0), (&[2], 50, 20)]);
    let error = message(fit(&patterns, 0.0));
    assert!(error.contains("level \"l1\" of attribute \"a0\" has 0 conversions of 7 leads"), "{error}");
    assert!(error.contains("l2 > 0"), "{error}");
    assert!(fit(&patterns, 1.0).expect("fits").coefficients()[0][1] < 0.0);
}

#[test]
fn joint_separation_shows_as_divergence() {
    let diverges = |rows: &[(&[u32], u64, u64)]| match fit(&table(&[2, 2], rows), 0.0) {
        Ok(_) => false,
        Err(LogitError::Diverged { .. }) => true,
        Err(error) => panic!("{error}"),
    };
    // Every level has both outcomes. Raising a1 = l1 and lowering a0 = l1 as much fits ever better.
    let separated: [(&[u32], u64, u64); 3] = [(&[0, 0], 40, 3), (&[0, 1], 30, 30), (&[1, 1], 25, 12)];
    assert!(diverges(&separated));
    assert!(fit(&table(&[2, 2], &separated), 1.0).is_ok());
    // Opposite corners, one without conversions and one without others.
    assert!(diverges(&[(&[0, 0], 40, 0), (&[0, 1], 30, 10), (&[1, 0], 30, 10), (&[1, 1], 20, 20)]));
    // One corner alone is no separation: the three mixed patterns determine every coefficient.
    assert!(!diverges(&[(&[0, 0], 40, 0), (&[0, 1], 30, 10), (&[1, 0], 30, 10), (&[1, 1], 20, 15)]));
}

#[test]
fn collinear_attributes_are_named() {
    // a1 repeats a0; a2 is something else.
    let patterns =
        table(&[2, 2, 2], &[(&[0, 0, 0], 40, 9), (&[0, 0, 1], 30, 10), (&[1, 1, 0], 30, 20), (&[1, 1, 1], 20, 12)]);
    for (solver, l2) in [(Solver::Newton, 0.0), (Solver::Lbfgs, 0.0)] {
        let Ok(params) = LogitParams::new().solver(solver).l2(l2).check() else { continue };
        let error = params.fit(&patterns).expect_err("not determined");
        let LogitError::Collinear { column, others, .. } = &error else { panic!("{error}") };
        assert_eq!((column.attribute.as_str(), others.as_slice()), ("a1", ["a0".to_owned()].as_slice()));
    }
    let fitted = fit(&patterns, 1.0).expect("a penalty shares the effect");
    assert_close(fitted.coefficients()[0][0], fitted.coefficients()[1][0], 1e-10, "shared effect");
}

#[test]
fn pooled_and_summed_attributes_are_collinear() {
    // a2 is l1 exactly where a0 and a1 differ in a way that its columns are sums of theirs: one lead for each cell of
    // a1 x a2 that a0 determines.
    let rows: Vec<([u32; 2], u64, u64)> = vec![([0, 0], 20, 5), ([1, 1], 20, 8), ([2, 1], 20, 4), ([3, 2], 20, 11)];
    let rows: Vec<(&[u32], u64, u64)> = rows.iter().map(|(codes, n, c)| (codes.as_slice(), *n, *c)).collect();
    let error = fit(&table(&[4, 3], &rows), 0.0).expect_err("a1 is a coarser a0");
    assert!(matches!(&error, LogitError::Collinear { others, .. } if others == &["a0"]), "{error}");
}

/// Two attributes of levels and one of numbers.
fn mixed(seed: u64) -> CovariatePatterns {
    simulated(&[3, 4, 2], -1.0, seed).with_values(1, vec![0.0, 1.0, 2.5, 6.0])
}

#[test]
fn a_linear_attribute_has_a_slope_and_levels_of_slope_times_number() {
    for l2 in [0.0, 1.0] {
        let patterns = mixed(11);
        let fitted = fit(&patterns, l2).expect("fits");
        let slope = fitted.slope(1).expect("linear");
        assert!(slope.std_error > 0.0 && fitted.slope(0).is_none());
        for (coefficient, value) in fitted.coefficients()[1].iter().zip(patterns.values(1).expect("linear")) {
            assert_eq!(coefficient.to_bits(), (slope.value * value + 0.0).to_bits());
        }
        // The optimum: residuals weighted by the numbers are what the penalty asks for.
        let counts = patterns.counts();
        let residuals = (0..patterns.len()).map(|pattern| {
            let codes = patterns.codes(pattern);
            let expected = counts.leads[pattern] as f64 * fitted.probability(codes);
            patterns.values(1).expect("linear")[codes[1] as usize] * (expected - counts.conversions[pattern] as f64)
        });
        assert_close(residuals.sum::<f64>() + l2 * slope.value, 0.0, 1e-9, "gradient");
    }
}

#[test]
fn two_levels_and_their_numbers_are_the_same_model() {
    // With one level of number 0 and one of number 1, the slope is the level's coefficient against the reference.
    let levels = simulated(&[2, 3], -1.0, 12);
    let numbers = levels.clone().with_values(0, vec![0.0, 1.0]);
    let (levels, numbers) = (fit(&levels, 0.0).expect("fits"), fit(&numbers, 0.0).expect("fits"));
    let slope = numbers.slope(0).expect("linear").value;
    assert_close(slope, levels.coefficients()[0][1] - levels.coefficients()[0][0], 1e-12, "slope");
    assert_close(numbers.log_likelihood(), levels.log_likelihood(), 1e-13, "log-likelihood");
}

#[test]
fn levels_of_one_outcome_are_no_separation_of_numbers() {
    let numbers = |rows: &[(&[u32], u64, u64)]| fit(&table(&[3], rows).with_values(0, vec![0.0, 1.0, 2.0]), 0.0);
    let fitted = numbers(&[(&[0], 50, 10), (&[1], 50, 20), (&[2], 3, 3)]).expect("overlap");
    assert!(fitted.slope(0).expect("linear").value > 0.0);
    // Nobody at 0, everybody above: separated, and named.
    let error = message(numbers(&[(&[0], 50, 0), (&[1], 50, 50), (&[2], 3, 3)]));
    assert!(error.contains("for the number of attribute \"a0\"; leave the attribute out"), "{error}");
    let error = message(numbers(&[(&[0], 50, 0), (&[1], 50, 20), (&[2], 0, 0)]));
    assert!(error.contains("the number of attribute \"a0\""), "{error}");
}

#[test]
fn a_number_that_all_leads_share_has_slope_zero() {
    let patterns = table(&[2, 2], &[(&[0, 0], 30, 10), (&[0, 1], 20, 9)]).with_values(0, vec![3.0, 4.0]);
    for l2 in [0.0, 1.0] {
        let slope = fit(&patterns, l2).expect("fits").slope(0).expect("linear");
        assert_eq!((slope.value.to_bits(), slope.std_error.to_bits()), (0, 0));
    }
}

#[test]
fn numbers_told_by_another_attribute_are_collinear() {
    let patterns = table(&[3, 3], &[(&[0, 0], 40, 9), (&[1, 1], 30, 10), (&[2, 2], 30, 20)]);
    let error = message(fit(&patterns.with_values(1, vec![0.0, 1.0, 5.0]), 0.0));
    assert!(error.starts_with("the number of attribute \"a1\" is told exactly by attribute \"a0\""), "{error}");
}

#[test]
fn too_few_iterations_are_an_error() {
    let error = LogitParams::new().max_iterations(1).check().expect("valid").fit(&simulated(&[3, 3], -2.0, 3));
    let error = message(error);
    assert!(error.starts_with("the newton solver did not converge: after 1 iterations"), "{error}");
    assert!(error.contains("largest coefficient"), "{error}");
}

#[test]
fn too_many_columns_are_an_error() {
    let levels = MAX_COLUMNS + 1;
    let codes = (0..u32::try_from(levels).expect("few")).collect();
    let counts = Counts { leads: vec![2; levels], conversions: vec![1; levels] };
    let patterns = CovariatePatterns::new(crate::example::attributes(&[levels]), codes, counts);
    let error = fit(&patterns, 1.0).expect_err("too many");
    assert!(matches!(error, LogitError::TooManyColumns { columns: 4097, levels: 4097, .. }), "{error}");
}

#[cfg(feature = "calibrate")]
mod lbfgs {
    use super::*;

    fn both(patterns: &CovariatePatterns, l2: f64) -> [FittedLogit; 2] {
        [Solver::Newton, Solver::Lbfgs]
            .map(|solver| LogitParams::new().solver(solver).l2(l2).check().expect("valid").fit(patterns).expect("fits"))
    }

    /// Largest difference of any coefficient, relative to the larger of 1 and the coefficient.
    fn difference(patterns: &CovariatePatterns, l2: f64) -> f64 {
        let [newton, lbfgs] = both(patterns, l2);
        let all = |fitted: &FittedLogit| -> Vec<f64> {
            std::iter::once(fitted.intercept()).chain(fitted.coefficients().iter().flatten().copied()).collect()
        };
        all(&newton).iter().zip(all(&lbfgs)).map(|(a, b)| (a - b).abs() / a.abs().max(1.0)).fold(0.0, f64::max)
    }

    #[test]
    #[expect(clippy::print_stderr, reason = "the figure is for the record")]
    fn agrees_with_newton_at_base_rates_below_and_above_one_half() {
        let mut worst = 0.0_f64;
        for (base, seed) in [(-3.0, 1), (-1.0, 2), (0.0, 3), (1.0, 4), (3.0, 5)] {
            let patterns = simulated(&[3, 4, 2, 3], base, seed);
            let separated = super::fit(&patterns, 0.0).is_err();
            for l2 in [0.0, 0.01, 1.0, 100.0] {
                if l2 > 0.0 || !separated {
                    worst = worst.max(difference(&patterns, l2));
                }
            }
        }
        assert!(worst < 1e-6, "{worst:e}");
        eprintln!("newton and lbfgs: largest difference of a coefficient {worst:.2e}");
    }

    #[test]
    fn numbers_agree_with_newton() {
        for seed in 1..4 {
            for l2 in [0.0, 0.01, 1.0, 100.0] {
                let worst = difference(&mixed(seed), l2);
                assert!(worst < 1e-6, "{worst:e}");
            }
        }
        let far = mixed(4).with_values(1, vec![1000.0, 1001.0, 1003.0, 1010.0]);
        let worst = difference(&far, 0.0);
        assert!(worst < 1e-6, "{worst:e}");
    }

    #[test]
    fn a_rare_level_among_many_leads_is_as_exact() {
        // L-BFGS stops where rounding of the whole sum hides what a rare level still has to gain.
        let patterns =
            table(&[2, 2], &[(&[0, 0], 12_000, 800), (&[0, 1], 8_000, 1_800), (&[1, 1], 12, 5), (&[1, 0], 3, 1)]);
        for l2 in [0.0, 1e-3] {
            let worst = difference(&patterns, l2);
            assert!(worst < 1e-6, "{worst:e}");
        }
    }

    #[test]
    fn a_tie_of_outcomes_keeps_the_signs() {
        let patterns = table(&[2], &[(&[0], 50, 40), (&[1], 50, 10)]);
        assert!(difference(&patterns, 1.0) < 1e-6);
        let flipped = table(&[2], &[(&[0], 50, 10), (&[1], 50, 40)]);
        assert!(difference(&flipped, 1.0) < 1e-6);
    }

    #[test]
    fn without_columns_it_fits_the_overall_rate() {
        assert!(difference(&table(&[], &[(&[], 10, 3)]), 1.0) < 1e-6);
        assert!(difference(&table(&[1], &[(&[0], 10, 3)]), 0.0) < 1e-6);
    }

    #[test]
    fn what_linfa_calls_ok_is_checked() {
        let params = LogitParams::new().solver(Solver::Lbfgs);
        let patterns = simulated(&[4, 4, 4], -2.0, 7);
        let error = params.clone().max_iterations(1).check().expect("valid").fit(&patterns).expect_err("stopped early");
        assert!(matches!(error, LogitError::NotConverged { solver: Solver::Lbfgs, .. }), "{error}");
        let patterns = table(&[2, 2], &[(&[0, 0], 40, 3), (&[0, 1], 30, 30), (&[1, 1], 25, 12)]);
        let error = params.l2(0.0).check().expect("valid").fit(&patterns).expect_err("separated");
        assert!(matches!(error, LogitError::Diverged { .. } | LogitError::NotConverged { .. }), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn splitting_a_pattern_changes_nothing(seed in 0_u64..1000, base in -1.5..1.5_f64, at in 0.0..1.0_f64) {
        let patterns = simulated(&[3, 2, 3], base, seed);
        let (mut codes, mut counts) = (Vec::new(), Counts::default());
        for pattern in 0..patterns.len() {
            let (n, c) = (patterns.counts().leads[pattern], patterns.counts().conversions[pattern]);
            let part = (at * (n - c) as f64).floor();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and n - c")]
            let first = c + part as u64;
            for (leads, conversions) in [(first, c), (n - first, 0)] {
                codes.extend(patterns.codes(pattern));
                counts.leads.push(leads);
                counts.conversions.push(conversions);
            }
        }
        let split = CovariatePatterns::new(patterns.attributes().to_vec(), codes, counts);
        let (whole, parts) = (fit(&patterns, 1.0).expect("fits"), fit(&split, 1.0).expect("fits"));
        assert_close(parts.intercept(), whole.intercept(), 1e-11, "intercept");
        assert_close(parts.log_likelihood(), whole.log_likelihood(), 1e-11, "log-likelihood");
        for (a, b) in parts.coefficients().iter().flatten().zip(whole.coefficients().iter().flatten()) {
            assert_close(*a, *b, 1e-11, "coefficient");
        }
    }

    #[test]
    fn any_table_fits_or_says_why(rows in proptest::collection::vec((0_u32..3, 0_u32..3, 0_u64..6, 0_u64..6), 0..9)) {
        let rows: Vec<([u32; 2], u64, u64)> = rows.into_iter().map(|(a, b, n, c)| ([a, b], n, c.min(n))).collect();
        let rows: Vec<(&[u32], u64, u64)> = rows.iter().map(|(codes, n, c)| (codes.as_slice(), *n, *c)).collect();
        let patterns = table(&[3, 3], &rows);
        let linear = patterns.clone().with_values(1, vec![0.0, 1.0, 3.5]);
        for (patterns, l2) in [&patterns, &linear].into_iter().flat_map(|table| [0.0, 1e-3, 1.0].map(|l2| (table, l2))) {
            match fit(patterns, l2) {
                Ok(fitted) => {
                    prop_assert!(fitted.covariance().iter().all(|entry| entry.is_finite()));
                    prop_assert!(fitted.coefficients().iter().flatten().all(|b| b.abs() < 50.0));
                }
                Err(error) => prop_assert!(!matches!(error, LogitError::NotConverged { .. }), "{}", error),
            }
        }
    }
}
