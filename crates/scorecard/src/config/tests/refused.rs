//! Every kind of error of docs/scoring-config.md, made from its example.

use super::documented::example;
use crate::config::{ConfigError, ScoringConfig};

/// The error of the example with its first `old` replaced, which must be at `pointer` and say `message`. Its line must hold
/// the pointer's last key.
fn check(old: &str, new: &str, pointer: &str, message: &str) -> ConfigError {
    assert!(example().contains(old), "{old} is not in the example");
    let text = example().replacen(old, new, 1);
    let error = ScoringConfig::parse(&text).expect_err(&format!("{old} -> {new}"));
    assert!(error.message.contains(message), "{old} -> {new}: {error}");
    assert_eq!(error.pointer, pointer, "{error}");
    let line = text.lines().nth(error.line.expect("a line") - 1).expect("a line of the text");
    let key = pointer.rsplit('/').next().expect("a key").replace("~1", "/").replace("~0", "~");
    assert!(key.parse::<usize>().is_ok() || line.contains(&key), "{error}\n{line}");
    error
}

#[test]
fn text_that_is_no_config() {
    let refused = |text: &str| ScoringConfig::parse(text).expect_err(text);
    assert!(refused("").message.starts_with("this is not JSON"));
    assert_eq!(refused("{\n  \"format\" 1 }").to_string(), "line 2, column 12: this is not JSON: expected \":\"");
    assert!(refused("[]").message.contains("no scoring config"));
    assert!(refused("{}").message.contains("no scoring config"));
    assert_eq!(
        refused(r#"{"format": 1}"#).to_string(),
        r#"line 1, column 2, /format: the format is 1, expected "leadcal.scoring-config""#
    );
    assert!(refused(r#"{"format": "leadcal.scoring-config"}"#).message.contains("version is missing"));
    let error = ScoringConfig::parse_bytes(b"{\n\n\xff}").expect_err("not UTF-8");
    assert_eq!((error.line, error.message.as_str()), (Some(3), "the text is not UTF-8"));
    assert!(ScoringConfig::parse(&format!("\u{feff}{}", example())).is_ok());
}

#[test]
fn versions() {
    let newer = check(
        r#""version": 1"#,
        r#""version": 2, "new": true"#,
        "/version",
        "version 2 is newer than this leadcal reads",
    );
    assert_eq!(newer.help.as_deref(), Some("upgrade leadcal"));
    check(r#""version": 1"#, r#""version": 0"#, "/version", "expected 1");
    check(r#""version": 1"#, r#""version": "1""#, "/version", "expected 1");
    check(r#""version": 1"#, r#""version": 1.5"#, "/version", "expected 1");
}

#[test]
fn shapes() {
    let model = "/models/0";
    check(r#""base_points""#, r#""base_point""#, &format!("{model}/base_point"), "unknown field \"base_point\"");
    check(r#""base_points": 10,"#, "", model, "missing field \"base_points\"");
    check(r#""base_points": 10"#, r#""base_points": "10""#, &format!("{model}/base_points"), "expected f64");
    check(r#""base_points": 10"#, r#""base_points": null"#, &format!("{model}/base_points"), "expected f64");
    check(r#""min": 0,"#, r#""min": 0, "min": 0,"#, &format!("{model}/range/min"), "stands twice");
    check(r#""page": ["#, r#""page": [], "page": ["#, &format!("{model}/behaviours/0/where/page"), "stands twice");
    check(
        r#""window_days": 90"#,
        r#""window_days": -90"#,
        &format!("{model}/behaviours/0/window_days"),
        "expected u32",
    );
    check(r#""kind": "uncapitalised","#, r#""kind": "lower","#, &format!("{model}/signals/2/kind"), "unknown variant");
    check(
        r#""kind": "uncapitalised","#,
        r#""kind": "uncapitalised", "min_run": 4,"#,
        &format!("{model}/signals/2"),
        "has no key \"min_run\"",
    );
    check(
        r#""kind": "uncapitalised","#,
        r#""kind": "company_email_domain","#,
        &format!("{model}/signals/2"),
        "needs the key \"company\"",
    );
    check(r#""field": "first_name","#, "", &format!("{model}/signals/1"), "needs the key \"field\"");
    check(
        r#""conclusive": true"#,
        r#""conclusive": 1"#,
        &format!("{model}/attributes/0/levels/0/evidence/conclusive"),
        "expected a boolean",
    );
    check(r#""kind": "logistic""#, r#""kind": "probit""#, &format!("{model}/probability/kind"), "unknown variant");
    check(r#""provenance": {"#, r#""provenance": { "when": "now","#, "/provenance/when", "unknown field");
    check("[50, 55]", "[50]", &format!("{model}/attributes/0/levels/0/evidence/points_interval"), "length 1");
    check(r#""points": 53"#, r#""points": 1e999"#, "", "number out of range");
}

#[test]
fn levels_of_a_text_and_their_evidence() {
    let text = "/models/0/attributes/0/levels";
    check(r#""when": "missing""#, r#""when": "absent""#, &format!("{text}/1/when"), "expected");
    check(r#""when": { "in": ["success"] }"#, r#""when": {}"#, &format!("{text}/0/when"), "needs");
    check(r#""when": { "in": ["success"] }"#, r#""when": { "in": [] }"#, &format!("{text}/0/when/in"), "no value");
    check(
        r#""when": { "in": ["success"] }"#,
        r#""when": { "in": ["a"], "from": 1 }"#,
        &format!("{text}/0/when"),
        "cannot stand",
    );
    check(
        r#""when": { "in": ["success"] }"#,
        r#""when": { "of": ["a"] }"#,
        &format!("{text}/0/when/of"),
        "unknown field",
    );
    check(
        r#""when": { "in": ["success"] }"#,
        r#""when": { "in": ["a", "a"] }"#,
        &format!("{text}/0/when/in/1"),
        "listed twice",
    );
    check(
        r#""when": { "in": ["success"] }"#,
        r#""when": { "in": ["a", 1] }"#,
        &format!("{text}/0/when/in/1"),
        "the number 1 is not a text",
    );
    check(
        r#""when": { "in": ["success"] }"#,
        r#""when": { "in": [" unknown"] }"#,
        &format!("{text}/0/when/in/0"),
        "means missing",
    );
    check(r#""when": { "in": ["success"] }"#, r#""when": { "from": 1 }"#, &format!("{text}/0/when/from"), "no order");
    check(r#""when": { "in": ["success"] }"#, r#""when": "otherwise""#, &format!("{text}/0/when"), "never reached");
    check(r#""when": { "in": ["success"] }"#, r#""when": "missing""#, &format!("{text}/1/when"), "already");
    check(r#""level": "< 25""#, r#""level": "not asked""#, "/models/0/attributes/1/levels/1/level", "two levels named");
    check(r#""level": "< 25""#, r#""level": " ""#, "/models/0/attributes/1/levels/1/level", "empty");
    check(
        r#""missing": ["unknown"]"#,
        r#""missing": [" unknown"]"#,
        "/models/0/attributes/0/input/missing/0",
        "blanks",
    );
    check(r#""field": "age""#, r#""field": """#, "/models/0/attributes/1/input/field", "empty");
    check(
        r#""conversions": 978"#,
        r#""conversions": 1978"#,
        &format!("{text}/0/evidence/conversions"),
        "1978 conversions of 1511 leads",
    );
    check(r#""rate": 0.6473"#, r#""rate": 64.73"#, &format!("{text}/0/evidence/rate"), "from 0 to 1");
    check("[50, 55]", "[55, 50]", &format!("{text}/0/evidence/points_interval"), "above the upper end");
}

#[test]
fn levels_of_numbers_booleans_and_dates() {
    let levels = |attribute: usize| format!("/models/0/attributes/{attribute}/levels");
    let (number, boolean, date) = (levels(1), levels(2), levels(3));
    check(
        r#""when": { "in": [-1] }"#,
        r#""when": { "in": ["-1"] }"#,
        &format!("{number}/0/when/in/0"),
        "is not a number",
    );
    check(
        r#""when": { "from": 60 }"#,
        r#""when": { "in": [-1] }"#,
        &format!("{number}/3/when/in/0"),
        "in the level \"not asked\" already",
    );
    check(
        r#""when": { "from": 60 }"#,
        r#""when": { "in": [25] }"#,
        &format!("{number}/3/when/in/0"),
        "in the level \"[25, 60)\" already",
    );
    check(
        r#""when": { "from": 60 }"#,
        r#""when": { "from": 59.5 }"#,
        &format!("{number}/3/when"),
        "overlaps that of the level \"[25, 60)\"",
    );
    check(
        r#""when": { "from": 25, "below": 60 }"#,
        r#""when": { "from": 60, "below": 25 }"#,
        &format!("{number}/2/when"),
        "from 60 is not below 25",
    );
    check(
        r#""when": { "from": 25, "below": 60 }"#,
        r#""when": { "from": 25, "below": 25 }"#,
        &format!("{number}/2/when"),
        "is not below",
    );
    check(
        r#""when": { "from": 60 }"#,
        r#""when": { "from": "2020-01-01" }"#,
        &format!("{number}/3/when/from"),
        "type number",
    );
    check(
        r#""when": { "in": [true] }"#,
        r#""when": { "in": [1] }"#,
        &format!("{boolean}/0/when/in/0"),
        "is not a boolean",
    );
    check(
        r#""when": { "below": "2020-01-01" }"#,
        r#""when": { "below": 7 }"#,
        &format!("{date}/0/when/below"),
        "type date",
    );
    check(
        r#""when": { "below": "2020-01-01" }"#,
        r#""when": { "below": "soon" }"#,
        &format!("{date}/0/when/below"),
        "soon",
    );
    check(
        r#""when": { "below": "2020-01-01" }"#,
        r#""when": { "in": ["2020-01-01"] }"#,
        &format!("{date}/0/when/in/0"),
        "a date field",
    );
}

#[test]
fn names_and_references() {
    let model = "/models/0";
    check(r#""name": "bank-term-deposit""#, r#""name": """#, "/name", "empty");
    check(r#""product": null"#, r#""product": " ""#, "/models/0/product", "empty");
    check(
        r#""name": "age""#,
        r#""name": "poutcome""#,
        &format!("{model}/attributes/1/name"),
        "two attributes named \"poutcome\"",
    );
    check(r#""name": "engagement""#, r#""name": "fit""#, &format!("{model}/groups/1/name"), "two groups named");
    check(r#""name": "B""#, r#""name": "A""#, &format!("{model}/groups/0/tiers/1/name"), "two tiers named");
    check(
        r#""name": "uncapitalised name""#,
        r#""name": "keyboard run""#,
        &format!("{model}/signals/2/name"),
        "two signals",
    );
    check(r#""name": "warm""#, r#""name": "cold""#, &format!("{model}/bands/1/name"), "two bands named");
    check(r#""name": "SQL""#, r#""name": "MQL""#, &format!("{model}/stages/1/name"), "two stages named");
    let group = check(
        r#""group": "engagement","#,
        r#""group": "activity","#,
        &format!("{model}/attributes/2/group"),
        "no group \"activity\"",
    );
    assert_eq!(group.help.as_deref(), Some("its groups are \"fit\", \"engagement\""));
    check(
        r#""attribute": "poutcome""#,
        r#""attribute": "outcome""#,
        &format!("{model}/probability/terms/0/attribute"),
        "no attribute \"outcome\"",
    );
    check(
        r#""level": "success", "coefficient""#,
        r#""level": "failure", "coefficient""#,
        &format!("{model}/probability/terms/0/level"),
        "no level \"failure\"",
    );
    for (key, name, found) in [
        ("behaviour", "\"pricing page\", \"coefficient", "no behaviour \"nothing\""),
        ("signal", "\"free e-mail domain\", \"coefficient", "no signal \"nothing\""),
    ] {
        let term = format!("\"{key}\": {name}");
        let other = format!("\"{key}\": \"nothing\", \"coefficient");
        let index = if key == "behaviour" { 1 } else { 2 };
        check(&term, &other, &format!("{model}/probability/terms/{index}/{key}"), found);
    }
    check(
        r#""inactivity_days": 30"#,
        r#""inactivity_days": 31"#,
        &format!("{model}/probability/terms/3/inactivity_days"),
        "no step of inactivity after 31 days",
    );
    check(
        r#""inactivity_days": 30"#,
        r#""inactivity_days": 30, "signal": "free e-mail domain""#,
        &format!("{model}/probability/terms/3"),
        "a term belongs to one thing",
    );
    let term = r#"{ "attribute": "poutcome", "level": "success", "coefficient": 1.9812 }"#;
    check(term, &format!("{term}, {term}"), &format!("{model}/probability/terms/1/level"), "has a term already");
    check(
        r#""kind": "uncapitalised","#,
        r#""kind": "company_email_domain", "company": "last_name","#,
        &format!("{model}/signals/2/company"),
        "two fields",
    );
    check(
        r#""fields": ["phone", "company_size"]"#,
        r#""fields": ["phone", "phone"]"#,
        &format!("{model}/signals/3/fields/1"),
        "two fields",
    );
    check(
        r#""fields": ["phone", "company_size"]"#,
        r#""fields": []"#,
        &format!("{model}/signals/3/fields"),
        "no field",
    );
    check(r#""event": "page_view""#, r#""event": """#, &format!("{model}/behaviours/0/event"), "empty");
    check(r#"["/pricing"]"#, "[]", &format!("{model}/behaviours/0/where/page"), "empty");
    check(r#"["/pricing"]"#, r#"["a", "b", "a"]"#, &format!("{model}/behaviours/0/where/page/2"), "listed twice");
}

#[test]
fn numbers_and_orders() {
    let model = "/models/0";
    check(
        r#""range": { "min": 0"#,
        r#""range": { "min": 101"#,
        &format!("{model}/range/min"),
        "min 101 is above max 100",
    );
    check(r#""min": -50"#, r#""min": 61"#, &format!("{model}/groups/0/min"), "above max");
    check(
        r#""points": 53"#,
        r#""points": 2e9"#,
        &format!("{model}/attributes/0/levels/0/points"),
        "is not a number from",
    );
    check(
        r#"{ "name": "B", "from": 20 }"#,
        r#"{ "name": "B", "from": 40 }"#,
        &format!("{model}/groups/0/tiers/1/from"),
        "not below 40",
    );
    check(
        r#"{ "name": "C", "from": -50 }"#,
        r#"{ "name": "C", "from": 0 }"#,
        &format!("{model}/groups/0/tiers/2/from"),
        "a sum below 0 is in no tier",
    );
    check(r#""from": 41"#, r#""from": 61"#, &format!("{model}/bands/2/from"), "61 is not above 61");
    check(
        r#""from": 0, "action""#,
        r#""from": 1, "action""#,
        &format!("{model}/bands/0/from"),
        "a score below 1 is in no band",
    );
    check(
        r#""expected_rate": 0.15"#,
        r#""expected_rate": 15"#,
        &format!("{model}/bands/1/expected_rate"),
        "from 0 to 1",
    );
    check(r#""from": 75"#, r#""from": 50"#, &format!("{model}/stages/1/from"), "50 is not above 50");
    check(
        r#""after_days": 60"#,
        r#""after_days": 30"#,
        &format!("{model}/inactivity/steps/1/after_days"),
        "30 is not above 30",
    );
    check(r#""window_days": 90"#, r#""window_days": 0"#, &format!("{model}/behaviours/0/window_days"), "no event");
    check(r#""max_times": 5"#, r#""max_times": 0"#, &format!("{model}/behaviours/0/max_times"), "never");
    check(
        r#""half_life_days": 14"#,
        r#""half_life_days": 0"#,
        &format!("{model}/behaviours/0/half_life_days"),
        "not above 0",
    );
    check(r#""min_run": 4"#, r#""min_run": 1"#, &format!("{model}/signals/1/min_run"), "below 2");
    check(r#"["azerty", "qwerty", "qwertz"]"#, "[]", &format!("{model}/signals/1/layouts"), "no layout");
    check(r#""conversions": 5289"#, r#""conversions": 52890"#, "/provenance/conversions", "of 45211 leads");
}

#[test]
fn models_and_empty_lists() {
    let edited = |edit: fn(&mut ScoringConfig)| {
        let mut config = ScoringConfig::parse(example()).expect("the example");
        edit(&mut config);
        config.validate().expect_err("contradicts itself")
    };
    let twice = edited(|config| config.models.push(config.models[0].clone()));
    assert_eq!(twice.to_string(), "/models/1/product: there are two models whose product is null");
    assert_eq!(edited(|config| config.models.clear()).to_string(), "/models: there is no model");
    assert_eq!(edited(|config| config.models[0].groups.clear()).pointer, "/models/0/groups");
    assert_eq!(edited(|config| config.models[0].attributes[1].levels.clear()).pointer, "/models/0/attributes/1/levels");
    assert_eq!(edited(|config| config.version = 7).pointer, "/version");
    assert_eq!(edited(|config| config.models[0].base_points = f64::NAN).pointer, "/models/0/base_points");
    let steps = edited(|config| config.models[0].inactivity.iter_mut().for_each(|inactivity| inactivity.steps.clear()));
    assert_eq!(steps.pointer, "/models/0/inactivity/steps");
}
