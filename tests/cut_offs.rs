//! Bands and stages by every rule, from the spec to the config: checked against the scores that the config itself gives.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::generated::{contains, done, folder, refused};

const LEADS: u32 = 3_000;
/// The leads come on the 28 days of a February.
const WEEKS: f64 = 4.0;
const CREATED: &str = "created_at = \"extra\"\n";
/// Makes more scores than the three sources do.
const FINE: &str = "[points]\nmethod = \"fitted\"\nscale = 10\nkeep_inconclusive = true\n[attributes.employees]\ncuts = [50, 100, 200, 300, 400]\n";

/// A folder with leads that came in four weeks, and a spec with these sections.
fn with_spec(created_at: &str, sections: &str) -> tempfile::TempDir {
    let folder = folder(LEADS, |lead, _| format!("2023-02-{:02}", 1 + lead % 28));
    write_spec(folder.path(), created_at, sections);
    folder
}

fn write_spec(folder: &Path, created_at: &str, sections: &str) {
    let data = format!("[data]\nleads = \"leads.csv\"\noutcome = \"converted\"\n{created_at}");
    fs::write(folder.join("leadcal.toml"), data + FINE + sections).expect("written");
}

fn model(folder: &Path, config: &str) -> Value {
    let text = fs::read_to_string(folder.join(config)).expect("written");
    serde_json::from_str::<Value>(&text).expect("JSON")["models"][0].take()
}

/// Names and starts of a model's bands or stages.
fn starts(model: &Value, key: &str) -> Vec<(String, f64)> {
    let starts = model[key].as_array().into_iter().flatten();
    starts
        .map(|start| (start["name"].as_str().expect("a name").to_owned(), start["from"].as_f64().expect("a score")))
        .collect()
}

/// The leads' scores by `leadcal score`.
fn scores(folder: &Path) -> Vec<f64> {
    done(folder, "score calibration/scoring.json leads.csv -o scored.csv");
    let scored = fs::read_to_string(folder.join("scored.csv")).expect("written");
    scored.lines().skip(1).map(|line| line.split(',').nth(1).expect("a score").parse().expect("a number")).collect()
}

/// `emit` makes the same bands and stages from `points.json` alone.
fn emits_the_same(folder: &Path) {
    done(folder, "emit --points calibration/points.json --spec leadcal.toml -o emitted.json");
    let (calibrated, emitted) = (model(folder, "calibration/scoring.json"), model(folder, "emitted.json"));
    assert_eq!(emitted["bands"], calibrated["bands"]);
    assert_eq!(emitted["stages"], calibrated["stages"]);
}

#[test]
fn bands_by_capacity() {
    let folder = with_spec(CREATED, "[bands]\ncapacity_per_week = { warm = 300, hot = 120.5 }\n");
    let folder = folder.path();
    let said = done(folder, "calibrate");
    contains(&said, &["warm from ", "lowest score with at most 300 leads a week", "of 750.0 a week over 4.0 weeks"]);
    emits_the_same(folder);
    let scores = scores(folder);
    let a_week = |from: f64| scores.iter().filter(|score| **score >= from).count() as f64 / WEEKS;
    let bands = starts(&model(folder, "calibration/scoring.json"), "bands");
    let names: Vec<&str> = bands.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["cold", "warm", "hot"]);
    for ((_, from), capacity) in bands[1..].iter().zip([300.0, 120.5]) {
        assert!(a_week(*from) <= capacity && a_week(from - 1.0) > capacity, "{from}: {}", a_week(*from));
    }
}

#[test]
fn more_capacity_than_leads() {
    let folder =
        with_spec(CREATED, "[bands]\ncapacity_per_week = { all = 750 }\n[stages]\ncapacity_per_week = { MQL = 0.1 }\n");
    let said = done(folder.path(), "calibrate");
    contains(&said, &["band \"all\": sales could call every lead, 750.0 a week: a score is not needed to choose"]);
    contains(
        &said,
        &["leads a week have the highest score", "more than the 0.1 that can be called: stage \"MQL\" was left out"],
    );
}

#[test]
fn capacity_without_created_at() {
    let folder = with_spec("exclude = [\"extra\"]\n", "[stages]\ncapacity_per_week = { MQL = 300 }\n");
    let said = refused(folder.path(), "calibrate", 2);
    contains(
        &said,
        &["capacity_per_week for stages needs the number of weeks", "help: name the column", "created_at in [data]"],
    );
    // Points of another calibration may know the weeks; these do not.
    done(folder.path(), "points -o points.json");
    contains(&refused(folder.path(), "emit --points points.json --spec leadcal.toml", 2), &["created_at in [data]"]);
    write_spec(folder.path(), CREATED, "[stages]\ncapacity_per_week = { MQL = 300 }\n");
    done(folder.path(), "points -o points.json");
    done(folder.path(), "emit --points points.json --spec leadcal.toml");
}

#[test]
fn bands_by_value_and_cost_and_stages_by_rate() {
    let worth =
        "warm = { value = 900, cost = 150 }, hot = { value = 900, cost = 270 }, never = { value = 9, cost = 9 }";
    let sections =
        format!("[bands]\nvalue_and_cost = {{ {worth} }}\n[stages]\ntarget_rates = {{ MQL = 0.2, SQL = 0.35 }}\n");
    let folder = with_spec(CREATED, &sections);
    let folder = folder.path();
    contains(
        &done(folder, "calibrate"),
        &["expected rate x 900 is at least 150 (expected profit ", "band \"never\" was left out", "Stages:\nMQL from "],
    );
    let summary = done(folder, "calibrate --format json");
    let summary: Value = serde_json::from_str(&summary[..=summary.rfind('}').expect("JSON")]).expect("JSON");
    contains(summary["bands"][2]["chosen"].as_str().expect("a text"), &["at least 270"]);
    contains(summary["stages"][1]["chosen"].as_str().expect("a text"), &["at least 35.0 %"]);
    emits_the_same(folder);

    let model = model(folder, "calibration/scoring.json");
    let curve = |key: &str| model["expected_rate_by_score"][key].as_f64().expect("a number");
    let rate = |score: f64| 1.0 / (1.0 + (-curve("intercept") - curve("slope") * score).exp());
    let (bands, stages) = (starts(&model, "bands"), starts(&model, "stages"));
    for (from, reached) in
        [(bands[1].1, 150.0 / 900.0), (bands[2].1, 270.0 / 900.0), (stages[0].1, 0.2), (stages[1].1, 0.35)]
    {
        assert!(rate(from) >= reached && rate(from - 1.0) < reached, "{from}");
    }
    // No score has more expected profit than the one chosen.
    let scores = scores(folder);
    for (from, cost) in [(bands[1].1, 150.0), (bands[2].1, 270.0)] {
        let profit = |from: f64| -> f64 {
            scores.iter().filter(|score| **score >= from).map(|score| rate(*score) * 900.0 - cost).sum()
        };
        assert!((-50..=150).all(|score| profit(f64::from(score)) <= profit(from) + 1e-6), "{from}");
    }
}

#[test]
fn stages_in_bands_or_apart() {
    let folder = with_spec(CREATED, "[bands]\ntarget_rates = { hot = 0.3 }\nstages = { MQL = 20 }\n");
    done(folder.path(), "calibrate");
    let within = model(folder.path(), "calibration/scoring.json");
    write_spec(folder.path(), CREATED, "[bands]\ntarget_rates = { hot = 0.3 }\n[stages]\ncut_offs = { MQL = 20 }\n");
    done(folder.path(), "calibrate");
    assert_eq!(model(folder.path(), "calibration/scoring.json"), within);
    assert_eq!(starts(&within, "stages"), [("MQL".to_owned(), 20.0)]);
}
