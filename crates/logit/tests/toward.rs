//! Fits toward another model against scipy: the figures recorded by `tests/interop/logit_toward_reference.py` in
//! `reference/toward.json`.

use leadcal_lift::patterns::Counts;
use leadcal_logit::fit::LogitParams;
use leadcal_logit::inference::effects;
use serde_json::{Value, json};

mod recorded;
use recorded::{floats, integers, patterns};

fn check(found: f64, expected: f64, tolerance: f64, what: &str) {
    let error = (found - expected).abs() / expected.abs().max(1e-3);
    assert!(error <= tolerance, "{what}: found {found}, expected {expected} (relative error {error:.2e})");
}

#[test]
fn fits_toward_a_pooled_model_agree_with_scipy() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("reference/toward.json")).expect("recorded JSON");
    for case in cases {
        let all = patterns(&case);
        let pooled = LogitParams::new().l2(1.0).check().expect("valid").fit(&all).expect("fits");
        let counts =
            Counts { leads: integers(&case["product_leads"]), conversions: integers(&case["product_conversions"]) };
        let product = all.with_counts(counts);
        for expected in case["fits"].as_array().expect("a list") {
            let l2 = expected["l2"].as_f64().expect("a number");
            let fitted = LogitParams::new().l2(l2).check().expect("valid").fit_toward(&product, &pooled).expect("fits");
            let columns: Vec<_> = fitted.columns().iter().map(|c| json!([c.attribute, c.level])).collect();
            assert_eq!(Value::from(columns), expected["columns"]);
            let parameters = floats(&expected["parameters"]);
            check(fitted.intercept(), parameters[0], 1e-8, "intercept");
            for (column, expected) in fitted.columns().iter().zip(&parameters[1..]) {
                let found = match column.level {
                    Some(level) => fitted.coefficients()[column.attribute][level],
                    None => fitted.slope(column.attribute).expect("linear").value,
                };
                check(found, *expected, 1e-8, "coefficient");
            }
            check(fitted.objective(), expected["objective"].as_f64().expect("a number"), 1e-9, "objective");
            let centred = effects(&fitted, &product).attributes.into_iter().flatten();
            for (effect, expected) in centred.zip(expected["centred"].as_array().expect("a list")) {
                let [value, std_error] = [0, 1].map(|at| expected[at].as_f64().expect("a number"));
                check(effect.value, value, 1e-8, "centred effect");
                // The recorded ones rest on a numerical derivative of the whole fit.
                check(effect.std_error, std_error, 1e-5, "its standard error");
            }
        }
    }
}
