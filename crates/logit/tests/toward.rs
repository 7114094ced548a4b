//! Fits toward another model against scipy: the figures recorded by `tests/interop/logit_toward_reference.py` in
//! `reference/toward.json`.

use leadcal_lift::attribute::{Attribute, FieldType, Input, Level, Scalar, When};
use leadcal_lift::patterns::{Counts, CovariatePatterns};
use leadcal_logit::fit::LogitParams;
use leadcal_logit::inference::effects;
use serde_json::{Value, json};

fn integers(value: &Value) -> Vec<u64> {
    value.as_array().expect("a list").iter().map(|entry| entry.as_u64().expect("a whole number")).collect()
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|entry| entry.as_f64().expect("a number")).collect()
}

fn patterns(case: &Value) -> CovariatePatterns {
    let level = |index: u64| {
        let name = format!("l{index}");
        Level { when: When::In(vec![Scalar::Text(name.clone())]), name }
    };
    let attribute = |(index, levels): (usize, u64)| Attribute {
        name: format!("a{index}"),
        input: Input { field: format!("a{index}"), kind: FieldType::Text, missing: Vec::new() },
        levels: (0..levels).map(level).collect(),
    };
    let attributes = integers(&case["levels"]).into_iter().enumerate().map(attribute).collect();
    let codes = integers(&case["codes"]).into_iter().map(|code| u32::try_from(code).expect("few levels")).collect();
    let counts = Counts { leads: integers(&case["leads"]), conversions: integers(&case["conversions"]) };
    let patterns = CovariatePatterns::new(attributes, codes, counts);
    let values = case["values"].as_array().expect("a list").iter().enumerate().filter(|(_, values)| values.is_array());
    values.fold(patterns, |patterns, (attribute, values)| patterns.with_values(attribute, floats(values)))
}

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
