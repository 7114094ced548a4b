//! Recorded cases: their numbers and pattern tables.

use leadcal_lift::attribute::{Attribute, FieldType, Input, Level, Scalar, When};
use leadcal_lift::patterns::{Counts, CovariatePatterns};
use serde_json::Value;

pub(crate) fn integers(value: &Value) -> Vec<u64> {
    value.as_array().expect("a list").iter().map(|entry| entry.as_u64().expect("a whole number")).collect()
}

pub(crate) fn floats(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|entry| entry.as_f64().expect("a number")).collect()
}

pub(crate) fn patterns(case: &Value) -> CovariatePatterns {
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
