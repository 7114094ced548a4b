use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::config::arbitrary::any_config;

const SHIPPED: &str = include_str!("../../../../docs/scoring-config.schema.json");
const SHIPPED_CHECK: &str = include_str!("../../../../docs/check.schema.json");
const DOCUMENT: &str = include_str!("../../../../docs/scoring-config.md");

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(&scoring_config_schema()).expect("JSON");
    jsonschema::validator_for(&schema).expect("a JSON Schema")
}

fn example() -> Value {
    let block = DOCUMENT.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a JSON block");
    serde_json::from_str(block).expect("JSON")
}

#[test]
fn the_shipped_file_is_what_is_generated() {
    assert!(
        SHIPPED == scoring_config_schema(),
        "docs/scoring-config.schema.json is out of date: leadcal schema > docs/scoring-config.schema.json"
    );
    assert!(
        SHIPPED_CHECK == check_report_schema(),
        "docs/check.schema.json is out of date: leadcal schema --of check > docs/check.schema.json"
    );
}

#[test]
fn the_documented_example_is_valid() {
    let errors: Vec<String> = validator().iter_errors(&example()).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn what_the_parser_refuses_by_shape_is_invalid() {
    let validator = validator();
    let changes: [(&str, Value); 15] = [
        ("/format", json!("leadcal.other")),
        ("/version", json!(2)),
        ("/models", json!([])),
        ("/models/0/groups", json!([])),
        ("/models/0/base_points", json!("10")),
        ("/models/0/base_points", json!(1e10)),
        ("/models/0/attributes/0/levels/0/when", json!("absent")),
        ("/models/0/attributes/0/levels/0/when", json!({})),
        ("/models/0/attributes/0/levels/0/when", json!({ "in": [] })),
        ("/models/0/attributes/0/levels/0/when", json!({ "in": [1], "from": 2 })),
        ("/models/0/attributes/0/levels/0/evidence/points_interval", json!([1])),
        ("/models/0/behaviours/0/window_days", json!(0)),
        ("/models/0/behaviours/0/half_life_days", json!(0)),
        ("/models/0/signals/2", json!({ "name": "s", "group": "fit", "kind": "uncapitalised", "points": 1 })),
        (
            "/models/0/signals/2",
            json!({ "name": "s", "group": "fit", "kind": "company_email_domain", "field": "email", "points": 1 }),
        ),
    ];
    for (pointer, value) in changes {
        let mut config = example();
        *config.pointer_mut(pointer).expect(pointer) = value;
        assert!(!validator.is_valid(&config), "{pointer}");
        assert!(ScoringConfig::parse(&config.to_string()).is_err(), "{pointer}");
    }
}

#[test]
fn unknown_keys_are_invalid_wherever_they_stand() {
    let validator = validator();
    let mut objects = Vec::new();
    list_objects(&example(), "", &mut objects);
    assert!(objects.len() > 50, "{} objects", objects.len());
    for pointer in objects.iter().filter(|pointer| !pointer.ends_with("/where")) {
        let mut config = example();
        let object = config.pointer_mut(pointer).and_then(Value::as_object_mut).expect("an object");
        object.insert("no such key".to_owned(), json!(1));
        assert!(!validator.is_valid(&config), "{pointer}");
        assert!(ScoringConfig::parse(&config.to_string()).is_err(), "{pointer}");
    }
}

fn list_objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.push(at.to_owned());
            members.iter().for_each(|(key, value)| list_objects(value, &format!("{at}/{key}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| list_objects(item, &format!("{at}/{index}"), found));
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_valid_config_is_valid_under_the_schema(config in any_config()) {
        let written: Value = serde_json::from_str(&config.to_json()).expect("JSON");
        let errors: Vec<String> = validator().iter_errors(&written).map(|error| error.to_string()).collect();
        prop_assert!(errors.is_empty(), "{:#?}", errors);
    }
}
