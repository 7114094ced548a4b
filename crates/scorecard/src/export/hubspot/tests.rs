use proptest::prelude::*;

use super::*;
use crate::config::arbitrary::any_config;
use crate::export::tests::example;
use crate::export::{Target, export};

fn body(export: &Export, index: usize) -> Json {
    serde_json::from_slice(&export.files[index].bytes).expect("JSON")
}

fn exported(config: &ScoringConfig) -> Export {
    export(config, Target::Hubspot, &ExportOptions::default()).expect("an export")
}

/// The keys HubSpot's schema requires of an operation by its type, besides the type, the operator and
/// `includeObjectsWithNoValueSet`, and the operators its guide names.
const OPERATIONS: [(&str, &[&str], &[&str]); 6] = [
    ("ALL_PROPERTY", &[], &["IS_KNOWN", "IS_UNKNOWN"]),
    ("ENUMERATION", &["values"], &["IS_ANY_OF", "IS_NONE_OF"]),
    ("NUMBER", &["value"], &["IS_EQUAL_TO", "IS_NOT_EQUAL_TO", "IS_GREATER_THAN_OR_EQUAL_TO", "IS_LESS_THAN"]),
    ("BOOL", &["value"], &["IS_EQUAL_TO"]),
    ("TIME_POINT", &["timePoint", "type"], &["IS_AFTER", "IS_BEFORE"]),
    ("ROLLING_DATE_RANGE", &["numberOfDays", "requiresTimeZoneConversion"], &["IS_LESS_THAN_X_DAYS_AGO"]),
];

/// Every object of the body is one of the forms the schema has.
fn check(value: &Json) {
    let word = |key: &str| value[key].as_str().unwrap_or_default();
    if let Some(kind) = value.get("operationType") {
        let (_, keys, operators) = OPERATIONS.iter().find(|(name, ..)| kind == name).expect("a known operation");
        assert!(operators.contains(&word("operator")), "{value}");
        assert!(value["includeObjectsWithNoValueSet"].is_boolean());
        assert!(keys.iter().all(|key| value.get(key).is_some()), "{value}");
    }
    if value.get("groupName").is_some() {
        assert!(["FIT", "INTENT"].contains(&word("groupCategory")));
        assert!(value["ruleConfigurations"].is_array());
        for key in ["decayIntervalDays", "percentToDecayPerInterval"] {
            let number = value.get("groupDecay").map(|decay| decay[key].as_i64().expect("whole"));
            assert!(number.is_none_or(|number| i32::try_from(number).is_ok_and(|number| number > 0)));
        }
    }
    if value.get("eventTypeId").is_some() {
        assert!(value["recordCalculation"].is_object());
    }
    match word("type") {
        "COMPOSITE" => {
            assert_eq!(word("operator"), "AND");
            assert!(!value["conditions"].as_array().expect("a list").is_empty());
        }
        "CONDITIONAL" => assert!(value["value"].is_number() && value["whereCondition"]["type"] == "COMPOSITE"),
        "CONSTANT" => assert!(value["value"].is_number()),
        "SINGLE" => assert!(value["property"].is_string() && value["operation"].is_object()),
        _ => {}
    }
    match value {
        Json::Object(keys) => keys.values().for_each(check),
        Json::Array(items) => items.iter().for_each(check),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn bodies_have_the_forms_of_the_schema(config in any_config()) {
        let export = exported(&config);
        for (index, file) in export.files.iter().enumerate() {
            let body = body(&export, index);
            check(&body);
            if file.name.ends_with(".create.json") {
                for key in ["allowedGroupTypes", "groupConfigs", "maxScorePerCategory", "name", "objectTypeId"] {
                    prop_assert!(body.get(key).is_some(), "{key}");
                }
                let limit = body["maxScorePerCategory"].as_i64().expect("whole");
                prop_assert!((100..=10_000).contains(&limit) && limit % 100 == 0);
            } else {
                prop_assert!(body["outputs"].as_array().is_some_and(|outputs| !outputs.is_empty()));
            }
        }
        // The same losses, each once, whatever is exported twice.
        prop_assert_eq!(export.losses, exported(&config).losses);
    }
}

#[test]
fn the_example_is_groups_of_rules() {
    let export = exported(&example());
    let names: Vec<&str> = export.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["bank_term_deposit.create.json", "bank_term_deposit.outputs.json"]);
    let draft = body(&export, 0);
    assert_eq!(draft["allowedGroupTypes"], json!(["FIT", "INTENT"]));
    let groups = draft["groupConfigs"].as_array().expect("groups");
    let shape = |group: &Json| {
        (
            group["groupName"].clone(),
            group["groupCategory"].clone(),
            group["minValue"].clone(),
            group["maxValue"].clone(),
        )
    };
    assert_eq!(
        groups.iter().map(shape).collect::<Vec<_>>(),
        [
            (json!("Base points"), json!("FIT"), json!(10), json!(10)),
            (json!("fit"), json!("FIT"), json!(-50), json!(60)),
            (json!("engagement"), json!("INTENT"), json!(-50), json!(60)),
        ]
    );
    let rules = groups[1]["ruleConfigurations"].as_array().expect("rules");
    let success = &rules[0]["configuration"]["calculation"];
    assert_eq!(success["value"], json!(53));
    assert_eq!(success["whereCondition"]["conditions"][0]["operation"]["values"], json!(["success"]));
    // "< 25" leaves out the special value listed before it.
    let young =
        rules.iter().map(|rule| &rule["configuration"]["calculation"]).find(|calculation| calculation["value"] == 12);
    let operators = young.expect("a rule")["whereCondition"]["conditions"].as_array().expect("conditions");
    let operators: Vec<&str> =
        operators.iter().filter_map(|condition| condition["operation"]["operator"].as_str()).collect();
    assert_eq!(operators, ["IS_LESS_THAN", "IS_NOT_EQUAL_TO"]);
    assert_eq!(groups[2]["groupDecay"], json!({ "decayIntervalDays": 14, "percentToDecayPerInterval": 50 }));
    // Base points stand in fit, so its tiers begin higher by them.
    let outputs = body(&export, 1);
    assert_eq!(outputs["outputs"][1]["boundaries"]["FIT"][0], json!({ "label": "A", "threshold": 50 }));
    assert_eq!(outputs["outputs"][0]["boundaries"][2], json!({ "label": "hot", "threshold": 61 }));
}

#[test]
fn everything_hubspot_cannot_say_is_told() {
    let pointers: Vec<String> = exported(&example()).losses.into_iter().map(|loss| loss.pointer).collect();
    let expected = [
        "/models/0/signals/0",
        "/models/0/signals/1",
        "/models/0/signals/2",
        "/models/0/behaviours/0/event",
        "/models/0/behaviours/0/window_days",
        "/models/0/behaviours/0/half_life_days",
        "/models/0/inactivity",
        "/models/0/groups/1",
        "/models/0/range",
        "/models/0",
        "/models/0/bands/0/action",
        "/models/0/bands/0/expected_rate",
        "/models/0/bands/1/action",
        "/models/0/bands/1/expected_rate",
        "/models/0/bands/2/action",
        "/models/0/bands/2/expected_rate",
        "/models/0/probability",
        "/models/0/expected_rate_by_score",
        "/models/0/bands",
        "/models/0/stages",
        "/models/0/groups",
    ];
    assert_eq!(pointers, expected);
}

#[test]
fn names_and_object_are_the_callers() {
    let names = [("age", "years"), ("page_view", "4-96000")].map(|(from, to)| (from.to_owned(), to.to_owned()));
    let options = ExportOptions { names: names.into(), object: Some("0-2".to_owned()), ..ExportOptions::default() };
    let export = export(&example(), Target::Hubspot, &options).expect("an export");
    let text = std::str::from_utf8(&export.files[0].bytes).expect("a text");
    assert!(text.contains("\"property\": \"years\"") && !text.contains("\"property\": \"age\""));
    assert!(text.contains("\"eventTypeId\": \"4-96000\"") && text.contains("\"objectTypeId\": \"0-2\""));
    assert!(!export.losses.iter().any(|loss| loss.pointer.ends_with("/event")));
}
