//! Fits, inference and metrics against statsmodels, scikit-learn and numpy: the figures recorded by
//! `tests/interop/logit_reference.py` in `reference/logit.json`.

use leadcal_lift::patterns::CovariatePatterns;
use leadcal_logit::design::Column;
use leadcal_logit::fit::{FittedLogit, LogitParams, Solver};
use leadcal_logit::inference::{Effect, effects, raw_effects};
use leadcal_logit::metrics::{auc_difference, brier, calibration, log_loss};
use leadcal_logit::score_curve::ScoreCurve;
use serde_json::{Value, json};

mod recorded;
use recorded::{floats, patterns};

/// What every figure must agree to, relative to the larger of its size and 1e-3.
const TOLERANCE: f64 = 1e-8;
/// The bound for the L-BFGS solver, which stops where the objective no longer tells points apart.
#[cfg(feature = "calibrate")]
const LBFGS_TOLERANCE: f64 = 1e-6;

/// Compares figures and remembers the worst.
#[derive(Default)]
struct Comparison {
    figures: usize,
    worst: (f64, String),
}

impl Comparison {
    fn check(&mut self, found: f64, expected: &Value, tolerance: f64, what: &str) {
        let expected = expected.as_f64().expect("a number");
        let error = (found - expected).abs() / expected.abs().max(1e-3);
        assert!(error <= tolerance, "{what}: found {found}, expected {expected} (relative error {error:.2e})");
        self.figures += 1;
        if error > self.worst.0 {
            self.worst = (error, what.to_owned());
        }
    }

    #[expect(clippy::print_stderr, reason = "the figure is for the record")]
    fn report(&self, of: &str) {
        eprintln!("{of}: {} figures, worst relative error {:.2e} ({})", self.figures, self.worst.0, self.worst.1);
    }
}

fn cases() -> Vec<Value> {
    serde_json::from_str(include_str!("reference/logit.json")).expect("recorded JSON")
}

fn fit(patterns: &CovariatePatterns, solver: Solver, l2: f64) -> FittedLogit {
    let params = LogitParams::new().solver(solver).l2(l2).check().expect("valid");
    params.fit(patterns).expect("fits")
}

/// Coefficients, standard errors and log-likelihood of one fit; columns are in the same order on both sides.
fn compare_fit(comparison: &mut Comparison, fitted: &FittedLogit, expected: &Value, tolerance: f64) {
    let columns: Vec<_> = fitted.columns().iter().map(|column| json!([column.attribute, column.level])).collect();
    assert_eq!(Value::from(columns), expected["columns"]);
    let raw = raw_effects(fitted);
    let of_column = |column: &Column| match column.level {
        Some(level) => raw.attributes[column.attribute][level].expect("estimated"),
        None => fitted.slope(column.attribute).expect("linear"),
    };
    let effects: Vec<Effect> = std::iter::once(raw.intercept).chain(fitted.columns().iter().map(of_column)).collect();
    for (index, effect) in effects.iter().enumerate() {
        comparison.check(effect.value, &expected["parameters"][index], tolerance, "coefficient");
        comparison.check(effect.std_error, &expected["std_errors"][index], tolerance, "standard error");
    }
    comparison.check(fitted.log_likelihood(), &expected["log_likelihood"], tolerance, "log-likelihood");
}

/// The intercept's centred effect, then every level's.
fn centred(fitted: &FittedLogit, patterns: &CovariatePatterns) -> Vec<Effect> {
    let centred = effects(fitted, patterns);
    std::iter::once(centred.intercept).chain(centred.attributes.into_iter().flatten()).collect()
}

#[test]
fn unpenalised_fits_agree_with_statsmodels() {
    let mut comparison = Comparison::default();
    for case in cases() {
        let (patterns, expected) = (patterns(&case), &case["unpenalised"]);
        let fitted = fit(&patterns, Solver::Newton, 0.0);
        compare_fit(&mut comparison, &fitted, expected, TOLERANCE);
        for (effect, expected) in
            centred(&fitted, &patterns).iter().zip(expected["centred"].as_array().expect("a list"))
        {
            comparison.check(effect.value, &expected[0], TOLERANCE, "centred effect");
            comparison.check(effect.std_error, &expected[1], TOLERANCE, "its standard error");
            comparison.check(effect.interval[0], &expected[2], TOLERANCE, "its interval's lower end");
            comparison.check(effect.interval[1], &expected[3], TOLERANCE, "its interval's upper end");
            comparison.check(effect.p_value, &expected[4], TOLERANCE, "its p-value");
        }
    }
    comparison.report("newton, l2 = 0, against statsmodels");
}

#[test]
fn penalised_fits_agree_with_scikit_learn() {
    let mut comparison = Comparison::default();
    for case in cases() {
        let patterns = patterns(&case);
        for expected in case["penalised"].as_array().expect("a list") {
            let fitted = fit(&patterns, Solver::Newton, expected["l2"].as_f64().expect("a number"));
            compare_fit(&mut comparison, &fitted, expected, TOLERANCE);
            comparison.check(fitted.objective(), &expected["objective"], TOLERANCE, "objective");
            let expected = expected["centred"].as_array().expect("a list");
            for (effect, expected) in centred(&fitted, &patterns).iter().zip(expected) {
                comparison.check(effect.value, &expected[0], TOLERANCE, "centred effect");
                comparison.check(effect.std_error, &expected[1], TOLERANCE, "its standard error");
            }
        }
    }
    comparison.report("newton, l2 = 1 and 0.01, against scikit-learn");
}

#[cfg(feature = "calibrate")]
#[test]
fn the_lbfgs_solver_agrees_with_both() {
    let mut comparison = Comparison::default();
    for case in cases() {
        let patterns = patterns(&case);
        compare_fit(&mut comparison, &fit(&patterns, Solver::Lbfgs, 0.0), &case["unpenalised"], LBFGS_TOLERANCE);
        for expected in case["penalised"].as_array().expect("a list") {
            let fitted = fit(&patterns, Solver::Lbfgs, expected["l2"].as_f64().expect("a number"));
            compare_fit(&mut comparison, &fitted, expected, LBFGS_TOLERANCE);
        }
    }
    comparison.report("lbfgs against statsmodels and scikit-learn");
}

#[test]
fn metrics_agree_with_scikit_learn_and_brute_force() {
    let mut comparison = Comparison::default();
    for case in cases() {
        let (patterns, expected) = (patterns(&case), &case["metrics"]);
        let counts = patterns.counts();
        let (first, second) = (floats(&expected["first"]), floats(&expected["second"]));
        let areas = auc_difference(&first, &second, counts).expect("both outcomes");
        comparison.check(areas.first.value, &expected["auc"][0], TOLERANCE, "AUC");
        comparison.check(areas.second.value, &expected["auc"][1], TOLERANCE, "AUC of the second score");
        let covariance = &expected["auc_covariance"];
        comparison.check(areas.first.variance * 1e3, &scaled(&covariance[0][0]), TOLERANCE, "AUC variance");
        comparison.check(areas.second.variance * 1e3, &scaled(&covariance[1][1]), TOLERANCE, "second AUC variance");
        comparison.check(areas.covariance * 1e3, &scaled(&covariance[0][1]), TOLERANCE, "AUC covariance");
        let probabilities = floats(&expected["probabilities"]);
        comparison.check(
            log_loss(&probabilities, counts).expect("valid"),
            &expected["log_loss"],
            TOLERANCE,
            "log loss",
        );
        comparison.check(brier(&probabilities, counts).expect("valid"), &expected["brier"], TOLERANCE, "Brier");
        let found = calibration(&probabilities, counts).expect("overlap");
        comparison.check(found.slope, &expected["calibration"]["slope"], TOLERANCE, "calibration slope");
        comparison.check(found.intercept, &expected["calibration"]["intercept"], TOLERANCE, "calibration intercept");
        let curve = ScoreCurve::fit(&first, counts).expect("overlap");
        comparison.check(curve.slope, &expected["score_curve"]["slope"], TOLERANCE, "score curve slope");
        comparison.check(curve.intercept, &expected["score_curve"]["intercept"], TOLERANCE, "score curve intercept");
    }
    comparison.report("metrics against scikit-learn, statsmodels and brute force");
}

/// A variance of about 1e-4 in thousandths, so that its relative error counts.
fn scaled(value: &Value) -> Value {
    Value::from(value.as_f64().expect("a number") * 1e3)
}
