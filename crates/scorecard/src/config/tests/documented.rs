//! docs/scoring-config.md is held to what the code does.

use serde_json::Value;

use crate::config::ScoringConfig;
use crate::runtime::{Event, Lead, Scorer, parse_time};

const DOCUMENT: &str = include_str!("../../../../../docs/scoring-config.md");

/// The JSON blocks of the document, in their order.
fn blocks() -> Vec<&'static str> {
    DOCUMENT.split("```json\n").skip(1).map(|rest| rest.split("```").next().expect("a closed block")).collect()
}

/// The documented example of a config.
pub(super) fn example() -> &'static str {
    blocks()[0]
}

#[test]
fn the_example_is_as_leadcal_would_write_it() {
    let config = ScoringConfig::parse(example()).expect("the documented example");
    assert_eq!(config.to_json(), example());
}

#[test]
fn the_example_scores_as_documented() {
    let config = ScoringConfig::parse(example()).expect("the documented example");
    let scorer = Scorer::new(&config).expect("a valid config");
    let [_, lead, events, expected] = blocks()[..] else { panic!("config, lead, events, result") };
    let lead = serde_json::from_str(lead).expect("an object");
    let events: Vec<Event> = serde_json::from_str(events).expect("events");
    let lead = Lead::from_json(&scorer, &lead).expect("a lead");
    let score = scorer.score(&lead, &events, parse_time("2024-05-15T12:00:00Z")).expect("a score");
    let mut score = serde_json::to_value(&score).expect("JSON");
    let probability = score["probability"].as_f64().expect("a probability");
    score["probability"] = format!("{probability:.5}").parse::<f64>().expect("a number").into();
    let expected: Value = serde_json::from_str(expected).expect("a result");
    assert_eq!(super::numbers_as_floats(score), super::numbers_as_floats(expected));
}
