//! How many leads a second one core scores, one lead at a time: a config of 12 attributes compiled once, leads of made-up
//! values, with their reasons. `cargo bench -p leadcal-scorecard --no-default-features` needs no polars.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use jiff::{Timestamp, ToSpan};
use leadcal_lift::attribute::Value;
use leadcal_scorecard::config::ScoringConfig;
use leadcal_scorecard::runtime::{Event, Lead, Scorer};
use serde_json::{Value as Json, json};

const ATTRIBUTES: usize = 12;
const LEVELS: usize = 8;
const LEADS: usize = 1_000;

/// Half the attributes are texts, half are numbers; `more` adds behaviours, signals and the like to the model.
fn scorer(more: &Json) -> Scorer {
    let attributes: Vec<Json> = (0..ATTRIBUTES).map(attribute).collect();
    let mut model = json!({
        "base_points": 20, "range": { "min": 0, "max": 100 }, "attributes": attributes,
        "groups": [{ "name": "fit", "min": -60, "max": 80, "tiers": [{ "name": "A", "from": 20 }, { "name": "B", "from": -60 }] },
                   { "name": "engagement", "min": -60, "max": 80 }],
        "bands": [{ "name": "cold", "from": 0 }, { "name": "warm", "from": 41 }, { "name": "hot", "from": 61 }],
    });
    for (key, value) in more.as_object().expect("an object") {
        model[key] = value.clone();
    }
    let config = json!({ "format": "leadcal.scoring-config", "version": 1, "name": "benchmark", "models": [model] });
    Scorer::new(&ScoringConfig::parse(&config.to_string()).expect("a config")).expect("a valid config")
}

fn attribute(index: usize) -> Json {
    let points = |level: usize| (index * 7 + level * 5) as f64 % 23.0 - 9.0;
    let level = |level: usize| match index % 2 {
        0 => json!({ "level": text(level), "when": { "in": [text(level)] }, "points": points(level) }),
        _ => {
            json!({ "level": format!("from {level}"), "when": { "from": level * 10, "below": level * 10 + 10 }, "points": points(level) })
        }
    };
    let mut levels: Vec<Json> = (0..LEVELS).map(level).collect();
    levels.push(json!({ "level": "(missing)", "when": "missing", "points": -1 }));
    levels.push(json!({ "level": "(other)", "when": "otherwise", "points": 0 }));
    let kind = if index.is_multiple_of(2) { "text" } else { "number" };
    json!({ "name": format!("attribute {index}"), "group": "fit", "levels": levels,
            "input": { "field": format!("field {index}"), "type": kind, "missing": ["Select"] } })
}

fn text(level: usize) -> &'static str {
    ["web", "fair", "partner", "referral", "webinar", "organic search", "paid search", "purchased list", "social"]
        [level]
}

/// Value `field` of lead `lead`, spread over all levels, some missing.
fn value(lead: usize, field: usize) -> Value<'static> {
    let level = (lead * 31 + field * 17 + lead * field) % (LEVELS + 2);
    match (level, field % 2) {
        (9, _) => Value::Missing,
        (_, 0) => Value::Text(text(level)),
        _ => Value::Number((level * 10) as f64 + 0.5),
    }
}

fn leads(scorer: &Scorer) -> Vec<Lead<'static>> {
    let lead = |lead| {
        let mut field = 0..;
        Lead::new(scorer, |_| value(lead, field.next().expect("endless")))
    };
    (0..LEADS).map(lead).collect()
}

fn attributes(c: &mut Criterion) {
    let scorer = scorer(&json!({}));
    let leads = leads(&scorer);
    let mut group = c.benchmark_group("12 attributes");
    group.throughput(Throughput::Elements(LEADS as u64));
    group.bench_function("score with reasons", |b| {
        b.iter(|| leads.iter().map(|lead| scorer.score(lead, &[], None).expect("a score").score).sum::<f64>());
    });
}

fn everything(c: &mut Criterion) {
    let behaviours: Vec<Json> = ["page_view", "click", "webinar", "download"]
        .map(|event| json!({ "name": event, "group": "engagement", "event": event, "window_days": 90, "points_each": 5, "max_times": 4, "half_life_days": 14 }))
        .into();
    let terms = json!([{ "behaviour": "click", "coefficient": 0.5 }, { "attribute": "attribute 0", "level": "web", "coefficient": 0.25 }]);
    let scorer = scorer(&json!({
        "behaviours": behaviours,
        "inactivity": { "group": "engagement", "steps": [{ "after_days": 30, "points": -15 }] },
        "probability": { "kind": "logistic", "intercept": -2, "terms": terms }
    }));
    let leads = leads(&scorer);
    let as_of: Timestamp = "2026-06-30T12:00:00Z".parse().expect("a time");
    let event = |index: i64| Event {
        time: as_of - (index * index * 7).hours(),
        name: if index % 3 == 0 { "page_view" } else { "click" }.to_owned(),
        properties: std::collections::BTreeMap::default(),
    };
    let events: Vec<Event> = (0..15).map(event).collect();
    let mut group = c.benchmark_group("12 attributes, 4 behaviours, 15 events, probability");
    group.throughput(Throughput::Elements(LEADS as u64));
    group.bench_function("score with reasons", |b| {
        b.iter(|| {
            leads.iter().map(|lead| scorer.score(lead, &events, Some(as_of)).expect("a score").score).sum::<f64>()
        });
    });
}

criterion_group!(benches, attributes, everything);
criterion_main!(benches);
