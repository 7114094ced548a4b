//! Comparisons of a candidate with a baseline against statsmodels, scipy, scikit-learn and numpy: the figures recorded by
//! `tests/interop/comparison_reference.py` in `reference/comparison.json`.
#![cfg(feature = "calibrate")]

use leadcal_lift::patterns::Counts;
use leadcal_logit::comparison::{Bootstrap, Shortfall, auc_shortfall, band_order, brier_shortfall, log_loss_shortfall};
use leadcal_logit::inference::Effect;
use leadcal_logit::metrics::calibration_effects;
use serde_json::Value;

#[expect(dead_code, reason = "pattern tables are for other tests")]
mod recorded;
use recorded::{floats, integers};

fn reference() -> Value {
    serde_json::from_str(include_str!("reference/comparison.json")).expect("recorded JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn counts(case: &Value) -> Counts {
    Counts { leads: integers(&case["leads"]), conversions: integers(&case["conversions"]) }
}

fn check(found: f64, expected: &Value, what: &str) {
    let expected = expected.as_f64().expect("a number");
    let error = (found - expected).abs() / expected.abs().max(1e-4);
    assert!(error < 1e-8, "{what}: found {found}, expected {expected}");
}

fn check_shortfall(found: &Shortfall, expected: &Value, what: &str) {
    check(found.candidate, &expected["candidate"], what);
    check(found.baseline, &expected["baseline"], what);
    check(found.value, &expected["value"], what);
    check(found.std_error, &expected["std_error"], what);
}

#[test]
fn shortfalls_agree_with_brute_force_and_scikit_learn_and_bootstraps_with_numpy() {
    let reference = reference();
    let tails = floats(&reference["tails"]);
    for case in list(&reference["cases"]) {
        let (candidate, baseline) = (floats(&case["candidate"]), floats(&case["baseline"]));
        let (counts, expected) = (counts(case), &case["shortfalls"]);
        let auc = auc_shortfall(&candidate, &baseline, &counts).expect("both outcomes");
        check_shortfall(&auc, &expected["auc"], "AUC");
        check(auc.p_value(), &expected["auc"]["p_value"], "p-value of the AUC's shortfall");
        // Quantiles of draws differ by chance; with so many by about 0.015 standard errors at 0.05.
        let bootstrap = Bootstrap { draws: 20_000, seed: 1 };
        for (name, found) in [
            ("log_loss", log_loss_shortfall(&candidate, &baseline, &counts, bootstrap).expect("both outcomes")),
            ("brier", brier_shortfall(&candidate, &baseline, &counts, bootstrap).expect("both outcomes")),
        ] {
            check_shortfall(&found, &expected[name], name);
            for (tail, quantile) in tails.iter().zip(floats(&expected[name]["quantiles"])) {
                let bound = if *tail <= 0.5 { found.lower(*tail) } else { found.upper(1.0 - tail) };
                let off = (bound - quantile).abs() / found.std_error;
                assert!(off < 0.1, "{name} at {tail} of {}: {bound}, numpy's {quantile}", case["name"]);
            }
        }
    }
}

#[test]
fn calibration_and_its_errors_agree_with_statsmodels() {
    for case in list(&reference()["cases"]) {
        let found = calibration_effects(&floats(&case["candidate"]), &counts(case)).expect("both outcomes");
        let expected = &case["calibration"];
        let check_effect = |effect: Effect, name: &str| {
            check(effect.value, &expected[name][0], name);
            check(effect.std_error, &expected[name][1], name);
        };
        check_effect(found.slope.expect("predictions differ"), "slope");
        check_effect(found.intercept, "intercept");
        check_effect(found.in_the_large, "in_the_large");
    }
}

#[test]
fn bounds_of_differences_of_rates_agree_with_scipy() {
    for case in list(&reference()["bands"]) {
        let found = band_order(&counts(case), 0.05).expect("valid");
        check(found[0].lower, &case["bounds"][0], "lower bound");
        check(found[0].upper, &case["bounds"][1], "upper bound");
    }
}
