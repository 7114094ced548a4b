//! Files of every version of the format are still read: one is kept of each, as a case of the conformance suite, which
//! holds it to the scores it always had.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use leadcal_scorecard::config::{ScoringConfig, VERSION};
use serde_json::Value;

const FORMATS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/conformance/formats");
const SCHEMA: &str = include_str!("../../../docs/scoring-config.schema.json");

#[test]
fn a_file_of_every_version_is_read() {
    let mut kept: Vec<String> = fs::read_dir(FORMATS)
        .expect("the folder of formats")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    kept.sort();
    let mut wanted: Vec<String> = (1..=VERSION).map(|version| format!("version-{version}.json")).collect();
    wanted.sort();
    assert_eq!(kept, wanted, "one file of each version, none more");
    for version in 1..=VERSION {
        let config = config_of(version);
        assert_eq!(config["version"], version);
        ScoringConfig::parse(&config.to_string()).unwrap_or_else(|error| panic!("version {version}: {error}"));
    }
}

/// Only the newest is held against the schema, which describes what is written now.
#[test]
fn the_newest_file_is_valid_and_has_every_key() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema");
    let config = config_of(VERSION);
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    if let Err(error) = validator.validate(&config) {
        panic!("{}: {error}", error.instance_path());
    }
    let (mut known, mut used) = (BTreeSet::new(), BTreeSet::new());
    properties(&schema, &mut known);
    keys(&config, &mut used);
    let unused: Vec<_> = known.difference(&used).collect();
    assert!(unused.is_empty(), "keys of the format that version-{VERSION}.json does not have: {unused:?}");
}

fn config_of(version: u32) -> Value {
    let file = Path::new(FORMATS).join(format!("version-{version}.json"));
    let case: Value = serde_json::from_str(&fs::read_to_string(file).expect("a file")).expect("JSON");
    case["config"].clone()
}

/// The names of all properties that a schema describes.
fn properties(schema: &Value, found: &mut BTreeSet<String>) {
    if let Some(Value::Object(described)) = schema.get("properties") {
        found.extend(described.keys().cloned());
    }
    match schema {
        Value::Object(members) => members.values().for_each(|inner| properties(inner, found)),
        Value::Array(items) => items.iter().for_each(|inner| properties(inner, found)),
        _ => {}
    }
}

/// The keys of all objects of a document.
fn keys(document: &Value, found: &mut BTreeSet<String>) {
    match document {
        Value::Object(members) => {
            found.extend(members.keys().cloned());
            members.values().for_each(|inner| keys(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| keys(inner, found)),
        _ => {}
    }
}
