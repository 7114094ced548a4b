use leadcal_lift::attribute::Value;
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::*;
use crate::config::arbitrary::any_config;

/// A scorer of one model: one group without effective limits unless `keys` say otherwise.
fn scorer(keys: &Json) -> Scorer {
    let mut model = json!({
        "base_points": 0, "range": { "min": -1000, "max": 1000 },
        "groups": [{ "name": "g", "min": -1000, "max": 1000 }], "attributes": []
    });
    for (key, value) in keys.as_object().expect("an object") {
        model[key] = value.clone();
    }
    let config = json!({ "format": "leadcal.scoring-config", "version": 1, "name": "test", "models": [model] });
    let config = ScoringConfig::parse(&config.to_string()).map_err(|error| error.to_string()).expect("a valid config");
    Scorer::new(&config).expect("a valid config")
}

fn object(value: Json) -> Map<String, Json> {
    serde_json::from_value(value).expect("an object")
}

/// Scores a lead with events, each a time and the event's other keys.
fn result(scorer: &Scorer, lead: Json, events: &Json, as_of: Option<&str>) -> Result<Json, ScoreError> {
    let lead = object(lead);
    let lead = Lead::from_json(scorer, &lead)?;
    let events: Vec<Event> = serde_json::from_value(events.clone()).expect("events");
    let as_of = as_of.map(|time| parse_time(time).expect("a time"));
    scorer.score(&lead, &events, as_of).map(|score| serde_json::to_value(score).expect("JSON"))
}

fn raw(scorer: &Scorer, lead: Json, events: &Json, as_of: Option<&str>) -> f64 {
    result(scorer, lead, events, as_of).expect("a score")["raw"].as_f64().expect("a number")
}

fn check_raw(scorer: &Scorer, cases: &[(Json, f64)]) {
    for (lead, expected) in cases {
        let found = raw(scorer, lead.clone(), &json!([]), None);
        assert!((found - expected).abs() < 1e-12, "{lead}: {found}, expected {expected}");
    }
}

fn attribute(kind: &str, levels: &Json) -> Json {
    json!([{ "name": "a", "group": "g", "input": { "field": "f", "type": kind, "missing": ["NA"] }, "levels": levels }])
}

#[test]
fn number_levels() {
    let levels = json!([
        { "level": "special", "when": { "in": [-1] }, "points": 1 },
        { "level": "low", "when": { "below": 25 }, "points": 2 },
        { "level": "middle", "when": { "from": 25, "below": 60 }, "points": 3 },
        { "level": "high", "when": { "from": 70 }, "points": 4 },
        { "level": "(missing)", "when": "missing", "points": 5 }
    ]);
    let scorer = scorer(&json!({ "attributes": attribute("number", &levels) }));
    check_raw(
        &scorer,
        &[
            (json!({ "f": -1 }), 1.0),
            (json!({ "f": "-1.0" }), 1.0),
            (json!({ "f": -2 }), 2.0),
            (json!({ "f": 24.999 }), 2.0),
            (json!({ "f": 25 }), 3.0),
            (json!({ "f": " 59.9 " }), 3.0),
            (json!({ "f": 60 }), 0.0),
            (json!({ "f": 70 }), 4.0),
            (json!({ "f": "inf" }), 4.0),
            (json!({ "f": "-inf" }), 2.0),
            (json!({ "f": "NaN" }), 5.0),
            (json!({ "f": null }), 5.0),
            (json!({}), 5.0),
            (json!({ "f": "  " }), 5.0),
            (json!({ "f": " NA " }), 5.0),
            (json!({ "f": u64::MAX }), 4.0),
        ],
    );
}

#[test]
fn text_levels() {
    let levels = json!([
        { "level": "Lyon", "when": { "in": ["Lyon", "75001", "18446744073709551615", "true"] }, "points": 1 },
        { "level": "(other)", "when": "otherwise", "points": 2 }
    ]);
    let scorer = scorer(&json!({ "attributes": attribute("text", &levels) }));
    check_raw(
        &scorer,
        &[
            (json!({ "f": "Lyon" }), 1.0),
            (json!({ "f": "lyon" }), 2.0),
            (json!({ "f": " Lyon" }), 2.0),
            (json!({ "f": 75001 }), 1.0),
            (json!({ "f": 75001.0 }), 1.0),
            (json!({ "f": u64::MAX }), 1.0),
            (json!({ "f": u64::MAX - 1 }), 2.0),
            (json!({ "f": true }), 1.0),
            (json!({}), 2.0),
        ],
    );
}

#[test]
fn boolean_and_date_levels() {
    let yes = scorer(&json!({ "attributes": attribute("boolean", &json!([
        { "level": "yes", "when": { "in": [true] }, "points": 1 }, { "level": "no", "when": { "in": [false] }, "points": 2 }
    ])) }));
    check_raw(
        &yes,
        &[
            (json!({ "f": true }), 1.0),
            (json!({ "f": "YES" }), 1.0),
            (json!({ "f": 0 }), 2.0),
            (json!({ "f": "" }), 0.0),
        ],
    );
    let since = scorer(&json!({ "attributes": attribute("date", &json!([
        { "level": "old", "when": { "below": "2020-01-01" }, "points": 1 },
        { "level": "new", "when": { "from": "2020-01-01", "below": "2024-02-29" }, "points": 2 }
    ])) }));
    check_raw(
        &since,
        &[
            (json!({ "f": "2019-12-31T23:59:59Z" }), 1.0),
            (json!({ "f": "2020-01-01" }), 2.0),
            (json!({ "f": "2024-02-28 23:59" }), 2.0),
            (json!({ "f": "2024-02-29" }), 0.0),
        ],
    );
}

#[test]
fn errors_name_the_field() {
    let levels = json!([{ "level": "any", "when": "otherwise", "points": 1 }]);
    for (kind, value, message) in [
        ("number", json!("abc"), r#"field "f" should be a number, found the text "abc""#),
        ("number", json!(true), r#"field "f" should be a number, found true"#),
        ("boolean", json!(2), r#"field "f" should be a boolean, found the number 2"#),
        ("date", json!("1 March"), r#"field "f" should be a date, found the text "1 March""#),
        ("text", json!([1]), r#"field "f" should be a text, a number, a boolean or null, found a list"#),
        ("text", json!({}), r#"field "f" should be a text, a number, a boolean or null, found an object"#),
    ] {
        let scorer = scorer(&json!({ "attributes": attribute(kind, &levels) }));
        let error = result(&scorer, json!({ "f": value }), &json!([]), None).expect_err(message);
        assert_eq!((error.to_string().as_str(), error.field()), (message, Some("f")));
    }
    let scorer = scorer(&json!({ "inactivity": { "group": "g", "steps": [{ "after_days": 1, "points": 1 }] } }));
    for (value, found) in [(json!("soon"), "the text \"soon\""), (json!(3), "the number 3"), (json!(true), "true")] {
        let error = result(&scorer, json!({ "created_at": value }), &json!([]), None).expect_err(found);
        assert!(error.to_string().ends_with(found), "{error}");
    }
}

#[test]
fn groups_range_and_rounding() {
    let levels = json!([
        { "level": "up", "when": { "from": 0 }, "points": 70.5 },
        { "level": "down", "when": { "below": 0 }, "points": -70.5 }
    ]);
    let keys = |base: f64, limit: f64, range: f64| {
        scorer(&json!({
            "base_points": base, "range": { "min": -range, "max": range },
            "groups": [{ "name": "g", "min": -limit, "max": limit }, { "name": "none", "min": 2, "max": 5 }],
            "attributes": attribute("number", &levels)
        }))
    };
    for (scorer, f, [raw, rounded, score]) in [
        (keys(1.0, 60.0, 50.0), 1, [63.0, 63.0, 50.0]),
        (keys(1.0, 60.0, 50.0), -1, [-57.0, -57.0, -50.0]),
        (keys(-2.0, 100.0, 100.0), 1, [70.5, 71.0, 71.0]),
        (keys(-2.0, 100.0, 100.0), -1, [-70.5, -71.0, -71.0]),
        (keys(0.0, 0.5, 100.0), -1, [1.5, 2.0, 2.0]),
        (keys(-2.0, 0.25, 100.0), -1, [-0.25, 0.0, 0.0]),
        (keys(-2.0, 0.5, 0.25), 1, [0.5, 1.0, 0.25]),
    ] {
        let found = result(&scorer, json!({ "f": f }), &json!([]), None).expect("a score");
        assert_eq!([&found["raw"], &found["rounded"], &found["score"]], [raw, rounded, score]);
        assert!(!found.to_string().contains("-0.0"), "{found}");
    }
}

#[test]
fn bands_stages_and_grades() {
    let attributes = json!([{ "name": "a", "group": "y", "input": { "field": "f", "type": "number" }, "levels": [
        { "level": "1", "when": { "in": [1] }, "points": 20 }, { "level": "2", "when": { "in": [2] }, "points": 39.5 },
        { "level": "3", "when": { "in": [3] }, "points": 40.5 }
    ] }]);
    let scorer = scorer(&json!({
        "range": { "min": 0, "max": 100 },
        "groups": [
            { "name": "x", "min": 0, "max": 0, "tiers": [{ "name": "A", "from": 0 }] }, { "name": "none", "min": 0, "max": 0 },
            { "name": "y", "min": 0, "max": 100, "tiers": [{ "name": "1", "from": 40 }, { "name": "2", "from": 20 }, { "name": "3", "from": 0 }] }
        ],
        "attributes": attributes,
        "bands": [{ "name": "cold", "from": 0 }, { "name": "warm", "from": 20 }, { "name": "hot", "from": 41 }],
        "stages": [{ "name": "MQL", "from": 40 }]
    }));
    for (f, band, stage, grade) in [
        (0, "cold", None, "A3"),
        (1, "warm", None, "A2"),
        // 39.5 is rounded up to 40 for stage and band, but the tier looks at the sum itself.
        (2, "warm", Some("MQL"), "A2"),
        (3, "hot", Some("MQL"), "A1"),
    ] {
        let found = result(&scorer, json!({ "f": f }), &json!([]), None).expect("a score");
        assert_eq!(
            [&found["band"], &found["stage"], &found["grade"]],
            [&json!(band), &json!(stage), &json!(grade)],
            "{f}"
        );
    }
}

const VIEWS: [&str; 4] =
    ["2024-03-31T00:00:00Z", "2024-03-30T12:00:00Z", "2024-03-01T00:00:00Z", "2024-02-01T00:00:00Z"];

fn views(properties: &Json) -> Json {
    VIEWS.iter().map(|time| json!({ "time": time, "name": "view", "properties": properties })).collect()
}

#[test]
fn behaviours_count_in_their_window() {
    let behaviour = |keys: Json| {
        let mut behaviour = json!({ "name": "b", "group": "g", "event": "view", "window_days": 30, "points_each": 8 });
        behaviour.as_object_mut().expect("an object").extend(object(keys));
        scorer(&json!({ "behaviours": [behaviour] }))
    };
    let as_of = Some("2024-03-31T00:00:00Z");
    for (keys, expected) in [
        // The third view is exactly 30 days old, so it is out; the newest, at as_of itself, is in.
        (json!({}), 16.0),
        (json!({ "window_days": 31 }), 24.0),
        (json!({ "window_days": u32::MAX }), 32.0),
        (json!({ "window_days": 59 }), 24.0),
        (json!({ "window_days": 60 }), 32.0),
        (json!({ "max_times": 1 }), 8.0),
        (json!({ "max_times": 9 }), 16.0),
        (json!({ "half_life_days": 0.5 }), 12.0),
        (json!({ "half_life_days": 0.5, "max_times": 1 }), 8.0),
        (json!({ "half_life_days": 1e-9 }), 8.0),
        (json!({ "event": "click" }), 0.0),
        (json!({ "where": { "page": ["/", "/pricing"], "n": [3] } }), 16.0),
        (json!({ "where": { "page": ["/"] } }), 0.0),
        (json!({ "where": { "other": ["/pricing"] } }), 0.0),
        (json!({ "where": { "n": ["3"] } }), 16.0),
        (json!({ "where": { "n": [true] } }), 0.0),
        (json!({ "where": { "flag": [1] } }), 0.0),
        (json!({ "where": { "flag": [true] } }), 16.0),
        (json!({ "where": { "flag": ["yes"] } }), 16.0),
    ] {
        let events = views(&json!({ "page": "/pricing", "n": 3, "flag": "yes" }));
        let found = raw(&behaviour(keys.clone()), json!({}), &events, as_of);
        assert!((found - expected).abs() < 1e-12, "{keys}: {found}, expected {expected}");
    }
    let plain = behaviour(json!({}));
    // Without as_of the newest event is the moment; without either nothing counts; the future never does.
    let events = views(&json!({}));
    assert!((raw(&plain, json!({}), &events, None) - 16.0).abs() < 1e-12);
    assert!(raw(&plain, json!({}), &json!([]), None).abs() < 1e-12);
    assert!((raw(&plain, json!({}), &events, Some("2024-03-30T12:00:00Z")) - 16.0).abs() < 1e-12);
    assert!(raw(&plain, json!({}), &events, Some("2023-01-01")).abs() < 1e-12);
}

#[test]
fn the_events_of_a_day_may_count_as_one() {
    let behaviour = |keys: Json| {
        let mut behaviour = json!({ "name": "b", "group": "g", "window_days": 30, "points_each": 8 });
        behaviour.as_object_mut().expect("an object").extend(object(keys));
        scorer(&json!({ "behaviours": [behaviour] }))
    };
    let events = json!([
        { "time": "2024-03-31T12:30:00Z", "name": "view" },
        { "time": "2024-03-31T12:00:00Z", "name": "open" },
        { "time": "2024-03-31T00:00:00Z", "name": "view" },
        { "time": "2024-03-31T01:00:00+02:00", "name": "open" },
        { "time": "2024-03-30T00:00:00Z", "name": "view" }
    ]);
    for (keys, expected) in [
        (json!({}), 32.0),
        (json!({ "once_a_day": false, "event": "view" }), 16.0),
        (json!({ "once_a_day": true }), 16.0),
        (json!({ "once_a_day": true, "max_times": 1 }), 8.0),
        (json!({ "once_a_day": true, "window_days": 1 }), 16.0),
        (json!({ "once_a_day": true, "event": "view", "window_days": 1 }), 8.0),
        // 0 and 13 hours old; of the views 12 and 36.
        (json!({ "once_a_day": true, "half_life_days": 1 }), 8.0 * (1.0 + (-13.0_f64 / 24.0).exp2())),
        (
            json!({ "once_a_day": true, "event": "view", "half_life_days": 1 }),
            8.0 * (0.5_f64.sqrt() + (-1.5_f64).exp2()),
        ),
        (json!({ "once_a_day": true, "where": { "page": ["/"] } }), 0.0),
    ] {
        let found = raw(&behaviour(keys.clone()), json!({}), &events, Some("2024-03-31T12:00:00Z"));
        assert!((found - expected).abs() < 1e-12, "{keys}: {found}, expected {expected}");
    }
}

#[test]
fn inactivity_takes_one_step() {
    let steps = json!([{ "after_days": 30, "points": -15 }, { "after_days": 60, "points": -30 }]);
    let scorer = scorer(&json!({ "inactivity": { "group": "g", "steps": steps } }));
    let event =
        json!([{ "time": "2024-03-31T12:00:00Z", "name": "anything" }, { "time": "2025-01-01", "name": "later" }]);
    let none = json!([]);
    for (events, created_at, as_of, expected) in [
        (&event, json!(null), Some("2024-04-30T11:59:59Z"), 0.0),
        (&event, json!(null), Some("2024-04-30T12:00:00Z"), -15.0),
        (&event, json!(null), Some("2024-05-30T12:00:00Z"), -30.0),
        (&event, json!("2020-01-01"), Some("2024-04-01T00:00:00Z"), 0.0),
        // Nothing happened yet: silence counts from the lead's creation.
        (&event, json!("2024-01-01"), Some("2024-02-01"), -15.0),
        (&event, json!(null), Some("2024-02-01"), 0.0),
        (&event, json!("2024-06-01"), Some("2024-02-01"), 0.0),
        (&none, json!("2024-01-01T00:00:00+02:00"), Some("2024-01-30T22:00:00Z"), -15.0),
        (&none, json!("2024-01-01"), None, 0.0),
    ] {
        let found = raw(&scorer, json!({ "created_at": created_at }), events, as_of);
        assert!((found - expected).abs() < 1e-12, "{created_at} {as_of:?}: {found}, expected {expected}");
    }
}

#[test]
fn signals_fire() {
    let signal = |keys: Json| {
        let mut signal = json!({ "name": "s", "group": "g", "points": 5 });
        signal.as_object_mut().expect("an object").extend(object(keys));
        scorer(&json!({ "signals": [signal] }))
    };
    let free = signal(json!({ "kind": "free_email_domain", "field": "f", "also": ["corp.example"] }));
    check_raw(
        &free,
        &[(json!({ "f": "a@gmail.com" }), 5.0), (json!({ "f": "a@CORP.example" }), 5.0), (json!({}), 0.0)],
    );
    let disposable = signal(json!({ "kind": "disposable_email_domain", "field": "f" }));
    check_raw(&disposable, &[(json!({ "f": "a@yopmail.com" }), 5.0), (json!({ "f": "a@gmail.com" }), 0.0)]);
    let company = signal(json!({ "kind": "company_email_domain", "field": "f", "company": "h" }));
    check_raw(
        &company,
        &[
            (json!({ "f": "a@acme.example", "h": "Acme Tools" }), 5.0),
            (json!({ "f": "a@acme.example", "h": "https://www.acme.example/" }), 5.0),
            (json!({ "f": "Acme", "h": "a@acme.example" }), 0.0),
            (json!({ "f": "a@acme.example", "h": " " }), 0.0),
            (json!({ "h": "Acme" }), 0.0),
        ],
    );
    let told = result(&company, json!({ "f": "a@acme.example", "h": "Acme" }), &json!([]), None).expect("a score");
    assert_eq!(told["reasons"], json!([{ "name": "s", "level": null, "points": 5.0 }]));
    let run = signal(json!({ "kind": "keyboard_run", "field": "f" }));
    check_raw(&run, &[(json!({ "f": "azer" }), 5.0), (json!({ "f": "aze" }), 0.0), (json!({ "f": 1234 }), 0.0)]);
    let small = signal(json!({ "kind": "uncapitalised", "field": "f" }));
    check_raw(&small, &[(json!({ "f": "ada" }), 5.0), (json!({ "f": "Ada" }), 0.0), (json!({ "f": null }), 0.0)]);
    let filled = signal(json!({ "kind": "filled_fields", "fields": ["f", "h"] }));
    check_raw(
        &filled,
        &[(json!({ "f": 0, "h": false }), 10.0), (json!({ "f": " " }), 0.0), (json!({ "h": "x", "i": "y" }), 5.0)],
    );
}

#[test]
fn products_choose_the_model() {
    let model = |product: Option<&str>, base: i32| {
        json!({ "product": product, "base_points": base, "range": { "min": 0, "max": 100 },
                "groups": [{ "name": "g", "min": 0, "max": 0 }], "attributes": [] })
    };
    let scorer = |models: Json| {
        let config = json!({ "format": "leadcal.scoring-config", "version": 1, "name": "test", "models": models });
        Scorer::new(&ScoringConfig::parse(&config.to_string()).expect("a config")).expect("a valid config")
    };
    let all = scorer(json!([model(Some("loan"), 1), model(None, 2), model(Some("7"), 3)]));
    for (product, expected) in
        [(json!("loan"), 1.0), (json!("card"), 2.0), (json!(" "), 2.0), (json!(null), 2.0), (json!(7), 3.0)]
    {
        let found = raw(&all, json!({ "product": product }), &json!([]), None);
        assert!((found - expected).abs() < 1e-12, "{product}");
    }
    let some = scorer(json!([model(Some("loan"), 1)]));
    let card = result(&some, json!({ "product": "card" }), &json!([]), None).expect_err("no model");
    assert_eq!(card.to_string(), "no model serves the product \"card\", and none has \"product\": null");
    assert_eq!(card.field(), None);
    let none = result(&some, json!({}), &json!([]), None).expect_err("no model");
    assert!(none.to_string().starts_with("no model serves leads without a product"), "{none}");
}

#[test]
fn events_are_read_strictly() {
    for (event, message) in [
        (json!({ "time": "soon", "name": "a" }), "expected a time"),
        (json!({ "name": "a" }), "missing field `time`"),
        (json!({ "time": "2024-01-01", "name": "a", "page": "/" }), "unknown field `page`"),
        (json!({ "time": "2024-01-01", "name": "a", "properties": { "x": [] } }), "a text, a number or a boolean"),
    ] {
        let error = serde_json::from_value::<Event>(event).expect_err(message);
        assert!(error.to_string().contains(message), "{error}");
    }
}

#[test]
fn times() {
    let same = parse_time("2024-03-01T10:00:00Z").expect("a time");
    for text in ["2024-03-01T11:00:00+01:00", "2024-03-01 10:00:00", " 2024-03-01T10:00 ", "2024-03-01T10:00:00.000Z"] {
        assert_eq!(parse_time(text), Some(same), "{text}");
    }
    for text in [
        "",
        "10:00",
        "2024-13-01",
        "2024-03-01T25:00:00Z",
        "2024-03-01T10:00:00+99:00",
        "1709287200",
        "9999-12-30T21:59:59-01:00",
    ] {
        assert_eq!(parse_time(text), None, "{text}");
    }
}

proptest! {
    /// No data, every config: always a finite score inside the range, in a band where there are bands.
    #[test]
    fn a_lead_is_always_scored(config in any_config(), product in prop::option::of("loan|card")) {
        let scorer = Scorer::new(&config).expect("a valid config");
        let mut lead = Lead::new(&scorer, |_| Value::Missing);
        if let Some(product) = product {
            lead = lead.with_product(product);
        }
        let Ok(score) = scorer.score(&lead, &[], None) else {
            prop_assert!(config.models.iter().all(|model| model.product.is_some()));
            return Ok(());
        };
        let model = config.models.iter().find(|model| model.product.as_deref() == score.product).expect("a model");
        prop_assert!(score.raw.is_finite() && score.rounded.is_finite());
        prop_assert!(score.score >= model.range.min && score.score <= model.range.max);
        prop_assert_eq!(score.band.is_some(), !model.bands.is_empty());
        prop_assert_eq!(score.probability.is_some(), model.probability.is_some());
        prop_assert!(score.reasons.is_sorted_by(|a, b| a.points.abs() >= b.points.abs()));
    }
}
