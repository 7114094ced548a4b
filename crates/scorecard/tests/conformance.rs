//! The cases of `tests/conformance`, each a file: what docs/scoring-config.md says, held against the runtime.
//!
//! `LEADCAL_BLESS=1` fills in what is expected for the cases that lack it; it never changes what a case expects.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use leadcal_scorecard::config::ScoringConfig;
use leadcal_scorecard::runtime::{Event, Lead, Scorer, parse_time};
use serde_json::{Map, Value, json};

/// The keys a case may have, in their order; one of the last three says what is expected.
const KEYS: [&str; 9] =
    ["about", "config", "config_text", "lead", "events", "as_of", "expected", "config_error", "lead_error"];
/// The keys of a result, in the order in which they are written.
const RESULT: [&str; 9] = ["product", "raw", "rounded", "score", "band", "stage", "grade", "probability", "reasons"];
/// How far `raw`, `probability` and the points of reasons may be off; the rest is exact.
const TOLERANCE: f64 = 1e-9;

#[test]
fn the_runtime_does_as_every_case_says() {
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance"), &mut files);
    files.sort();
    assert!(files.len() >= 150, "only {} cases were found", files.len());
    let failures: Vec<String> = files
        .iter()
        .filter_map(|file| check(file).err().map(|failure| format!("{}: {failure}", file.display())))
        .collect();
    assert!(failures.is_empty(), "{} of {} cases fail:\n{}", failures.len(), files.len(), failures.join("\n"));
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder of cases") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
}

fn check(file: &Path) -> Result<(), String> {
    let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
    let case: Map<String, Value> = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    if let Some(key) = case.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!("unknown key {key}"));
    }
    let (kind, found) = outcome(&case)?;
    match KEYS[6..].iter().filter(|key| case.contains_key(**key)).collect::<Vec<_>>()[..] {
        [key] if agree(&case[*key], &found) && *key == kind => Ok(()),
        [key] => Err(format!("expected {key} {}, found {kind} {found}", case[*key])),
        [] if std::env::var_os("LEADCAL_BLESS").is_some() => {
            let rest = text.trim_end().strip_suffix('}').ok_or("should end in }")?.trim_end();
            fs::write(file, format!("{rest},\n  \"{kind}\": {}\n}}\n", written(&found)))
                .map_err(|error| error.to_string())
        }
        [] => Err(format!("expects nothing; LEADCAL_BLESS=1 would fill in {kind} {found}")),
        _ => Err("expects several things".to_owned()),
    }
}

/// What comes of a case: the key to expect it under, and its value.
fn outcome(case: &Map<String, Value>) -> Result<(&'static str, Value), String> {
    let text = match (case.get("config"), case.get("config_text")) {
        (Some(config), None) => config.to_string(),
        (None, Some(Value::String(text))) => text.clone(),
        _ => return Err("should have either config or config_text, a text".to_owned()),
    };
    let config = match ScoringConfig::parse(&text) {
        Ok(config) => config,
        Err(error) => return Ok(("config_error", json!({ "pointer": error.pointer }))),
    };
    if ScoringConfig::parse(&config.to_json()).as_ref() != Ok(&config) {
        return Err("the config written and read again is another".to_owned());
    }
    let scorer = Scorer::new(&config).map_err(|error| error.to_string())?;
    let lead = case.get("lead").and_then(Value::as_object).ok_or("the config is right, so there should be a lead")?;
    let events = case.get("events").cloned().unwrap_or_else(|| json!([]));
    let events: Vec<Event> = serde_json::from_value(events).map_err(|error| error.to_string())?;
    let as_of = match case.get("as_of") {
        None => None,
        Some(time) => Some(time.as_str().and_then(parse_time).ok_or("as_of should be a time")?),
    };
    match Lead::from_json(&scorer, lead).and_then(|lead| scorer.score(&lead, &events, as_of)) {
        Ok(score) => Ok(("expected", serde_json::to_value(score).map_err(|error| error.to_string())?)),
        Err(error) => Ok(("lead_error", json!({ "field": error.field() }))),
    }
}

/// Whether two outcomes are the same: numbers within the tolerance where it is due, key by key.
fn agree(expected: &Value, found: &Value) -> bool {
    let (Value::Object(expected), Value::Object(found)) = (expected, found) else {
        return match (expected, found) {
            (Value::Array(expected), Value::Array(found)) => {
                expected.len() == found.len() && expected.iter().zip(found).all(|(a, b)| agree(a, b))
            }
            (Value::Number(expected), Value::Number(found)) => expected.as_f64() == found.as_f64(),
            _ => expected == found,
        };
    };
    expected.len() == found.len()
        && expected.iter().all(|(key, a)| {
            let Some(b) = found.get(key) else { return false };
            match (key.as_str(), a.as_f64(), b.as_f64()) {
                ("raw" | "probability" | "points", Some(a), Some(b)) => (a - b).abs() <= TOLERANCE,
                _ => agree(a, b),
            }
        })
}

/// An outcome as the case files have it: whole numbers without `.0`, a line for each key and each reason of a result.
fn written(outcome: &Value) -> String {
    let Some(reasons) = outcome.get("reasons").and_then(Value::as_array) else {
        let (key, value) = outcome.as_object().and_then(|keys| keys.iter().next()).expect("an error has one key");
        return format!("{{ \"{key}\": {value} }}");
    };
    let mut text = "{".to_owned();
    for key in &RESULT[..8] {
        write!(text, "\n    \"{key}\": {},", number(&outcome[*key])).expect("a string takes everything");
    }
    let reasons: Vec<String> = reasons
        .iter()
        .map(|reason| {
            let points = number(&reason["points"]);
            format!("\n      {{ \"name\": {}, \"level\": {}, \"points\": {points} }}", reason["name"], reason["level"])
        })
        .collect();
    let close = if reasons.is_empty() { "]" } else { "\n    ]" };
    write!(text, "\n    \"reasons\": [{}{close}\n  }}", reasons.join(",")).expect("a string takes everything");
    text
}

fn number(value: &Value) -> String {
    match value.as_f64() {
        Some(x) if x.fract().abs() < f64::EPSILON && x.abs() < 1e15 => format!("{x:.0}"),
        _ => value.to_string(),
    }
}
