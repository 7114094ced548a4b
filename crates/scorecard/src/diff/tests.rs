use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value as Json, json};

use super::*;
use crate::config::arbitrary::{EVENTS, FIELDS, WORDS, any_config};
use crate::runtime::{Event, Lead, Score, ScoreError, Scorer, parse_time};

/// A config of one model with these keys over the usual ones.
fn config(keys: &Json) -> ScoringConfig {
    let mut model = json!({
        "base_points": 10, "range": { "min": 0, "max": 100 },
        "groups": [{ "name": "fit", "min": -50, "max": 50 }, { "name": "engagement", "min": -50, "max": 50 }],
        "attributes": []
    });
    for (key, value) in keys.as_object().expect("an object") {
        model[key] = value.clone();
    }
    let config = json!({ "format": "leadcal.scoring-config", "version": 1, "name": "test", "models": [model] });
    ScoringConfig::parse(&config.to_string()).expect("a config")
}

fn attribute(kind: &str, levels: &Json) -> Json {
    json!({ "attributes": [
        { "name": "a", "group": "fit", "input": { "field": "f", "type": kind, "missing": ["NA"] }, "levels": levels }
    ] })
}

fn only_model(before: &Json, after: &Json) -> ModelDiff {
    let diff = diff(&config(before), &config(after));
    let [model] = &diff.models[..] else { panic!("one model changed: {diff:?}") };
    model.clone()
}

/// Pieces as `level: before -> after`, with the names of levels in brackets where they are not the piece's.
fn pieces(attribute: &AttributeDiff) -> Vec<String> {
    let side = |level: &LevelDiff, side: &Option<LevelSide>, points: f64| match side {
        None => "-".to_owned(),
        Some(LevelSide { refused: true, .. }) => "refused".to_owned(),
        Some(LevelSide { level: None, .. }) => "no level".to_owned(),
        Some(LevelSide { level: Some(name), .. }) if *name == level.level => points.to_string(),
        Some(LevelSide { level: Some(name), .. }) => format!("{points} ({name})"),
    };
    let piece = |level: &LevelDiff| {
        let [was, is] =
            [side(level, &level.before, level.points.before), side(level, &level.after, level.points.after)];
        format!("{}: {was} -> {is}", level.level)
    };
    attribute.levels.iter().map(piece).collect()
}

fn check_levels(kind: &str, before: &Json, after: &Json, effect: Effect, expected: &[&str]) {
    let model = only_model(&attribute(kind, before), &attribute(kind, after));
    let [changed] = &model.attributes[..] else { panic!("one attribute changed: {model:?}") };
    assert_eq!(pieces(changed), expected);
    assert_eq!(changed.effect, effect);
}

#[test]
fn points_that_move_and_change_their_sign() {
    let levels = |x: i32, y: i32| {
        json!([
            { "level": "VP", "when": { "in": ["VP"] }, "points": x },
            { "level": "(other)", "when": "otherwise", "points": y }
        ])
    };
    check_levels("text", &levels(7, 1), &levels(9, -1), Effect::Scores, &["VP: 7 -> 9", "(other): 1 -> -1"]);
    let model = only_model(&attribute("text", &levels(7, 1)), &attribute("text", &levels(9, -1)));
    let moved = model.moved();
    let found: Vec<_> =
        moved.iter().map(|moved| (moved.of.as_str(), moved.points.moved, moved.points.sign_changed)).collect();
    assert_eq!(found, [("a = VP", 2.0, false), ("a = (other)", -2.0, true)]);
    assert_eq!(moved[1].pointer, "/models/0/attributes/0/levels/1");
}

#[test]
fn numbers_cut_anew_are_compared_piece_by_piece() {
    let before = json!([
        { "level": "unknown", "when": { "in": [-1] }, "points": 0 },
        { "level": "< 5", "when": { "below": 5 }, "points": 1 },
        { "level": "[5, 26)", "when": { "from": 5, "below": 26 }, "points": 2 },
        { "level": ">= 26", "when": { "from": 26 }, "points": 7 },
        { "level": "(missing)", "when": "missing", "points": 0 }
    ]);
    let after = json!([
        { "level": "< 5", "when": { "below": 5 }, "points": 1 },
        { "level": "[5, 20)", "when": { "from": 5, "below": 20 }, "points": 2 },
        { "level": ">= 20", "when": { "from": 20 }, "points": 6 },
        { "level": "(missing)", "when": "missing", "points": 0 }
    ]);
    let expected = [
        "-1: 0 (unknown) -> 1 (< 5)",
        "[5, 20): 2 ([5, 26)) -> 2",
        "[20, 26): 2 ([5, 26)) -> 6 (>= 20)",
        ">= 26: 7 -> 6 (>= 20)",
    ];
    check_levels("number", &before, &after, Effect::Scores, &expected);
}

#[test]
fn days_are_written_as_days() {
    let levels = |day: &str| {
        json!([
            { "level": "old", "when": { "below": day }, "points": 6 },
            { "level": "new", "when": { "from": day }, "points": 0 }
        ])
    };
    let expected = ["[2020-01-01, 2021-01-01): 0 (new) -> 6 (old)"];
    check_levels("date", &levels("2020-01-01"), &levels("2021-01-01"), Effect::Scores, &expected);
}

#[test]
fn a_text_that_gets_a_level_of_its_own_and_a_renamed_level() {
    let before = json!([
        { "level": "C-Level", "when": { "in": ["C-Level"] }, "points": 7 },
        { "level": "(other)", "when": "otherwise", "points": 1 }
    ]);
    let after = json!([
        { "level": "Executive", "when": { "in": ["C-Level"] }, "points": 7 },
        { "level": "VP", "when": { "in": ["VP"] }, "points": 5 },
        { "level": "(other)", "when": "otherwise", "points": 1 }
    ]);
    let expected = ["C-Level: 7 -> 7 (Executive)", "VP: 1 ((other)) -> 5"];
    check_levels("text", &before, &after, Effect::Scores, &expected);
    let renamed = json!([
        { "level": "Executive", "when": { "in": ["C-Level"] }, "points": 7 },
        { "level": "(other)", "when": "otherwise", "points": 1 }
    ]);
    check_levels("text", &before, &renamed, Effect::Nothing, &["C-Level: 7 -> 7 (Executive)"]);
}

#[test]
fn a_marker_of_missing_that_is_dropped() {
    let levels = json!([
        { "level": "(missing)", "when": "missing", "points": -2 },
        { "level": "any", "when": { "from": 0 }, "points": 3 }
    ]);
    let (before, mut after) = (attribute("number", &levels), attribute("number", &levels));
    after["attributes"][0]["input"]["missing"] = json!([]);
    let model = only_model(&before, &after);
    assert_eq!(pieces(&model.attributes[0]), ["the text \"NA\": -2 ((missing)) -> refused"]);
    assert_eq!(model.attributes[0].changes[0].what, "missing");
}

#[test]
fn another_type_is_compared_by_names_alone() {
    let number = attribute("number", &json!([{ "level": "x", "when": { "from": 1 }, "points": 3 }]));
    let text = attribute("text", &json!([{ "level": "y", "when": { "in": ["1"] }, "points": 4 }]));
    let model = only_model(&number, &text);
    assert_eq!(pieces(&model.attributes[0]), ["y: - -> 4", "x: 3 -> -"]);
    assert_eq!(model.effect, Effect::Scores);
}

#[test]
fn behaviours_signals_and_silence() {
    let before = json!({
        "behaviours": [{ "name": "pricing", "group": "engagement", "window_days": 90, "points_each": 8, "half_life_days": 14 }],
        "signals": [{ "name": "phone", "group": "fit", "kind": "filled_fields", "fields": ["phone"], "points": 2 }],
        "inactivity": { "group": "engagement", "steps": [{ "after_days": 30, "points": -5 }, { "after_days": 60, "points": -9 }] }
    });
    let after = json!({
        "behaviours": [
            { "name": "demo", "group": "engagement", "window_days": 90, "points_each": 20 },
            { "name": "pricing", "group": "engagement", "window_days": 60, "points_each": 9 }
        ],
        "inactivity": { "group": "engagement", "steps": [{ "after_days": 45, "points": -5 }, { "after_days": 60, "points": -9 }] }
    });
    let model = only_model(&before, &after);
    let presence: Vec<_> = model.behaviours.iter().map(|part| (part.name.as_str(), part.presence)).collect();
    assert_eq!(presence, [("demo", Presence::Added), ("pricing", Presence::Changed)]);
    let pricing: Vec<_> = model.behaviours[1].changes.iter().map(|change| change.what.as_str()).collect();
    assert_eq!(pricing, ["half_life_days", "window_days"]);
    assert_eq!(model.signals[0].presence, Presence::Removed);
    let inactivity = model.inactivity.as_ref().expect("changed");
    assert_eq!(pieces(inactivity), ["30 to 44 days: -5 (30 days) -> -"]);
    let moved: Vec<_> = model.moved().into_iter().map(|moved| (moved.of, moved.points.moved)).collect();
    let expected = [("inactivity = 30 to 44 days", 5.0), ("demo, each", 20.0), ("pricing, each", 1.0), ("phone", -2.0)];
    assert_eq!(moved, expected.map(|(of, by)| (of.to_owned(), by)));
}

#[test]
fn bands_change_results_and_actions_nothing() {
    let bands = |from: u32, action: &str| json!({ "bands": [{ "name": "cold", "from": 0 }, { "name": "hot", "from": from, "action": action }] });
    let change = |before: &Json, after: &Json| {
        let model = only_model(before, after);
        (model.changes[0].what.clone(), model.effect)
    };
    assert_eq!(change(&bands(60, "call"), &bands(67, "call")), ("band hot: from".to_owned(), Effect::Results));
    assert_eq!(change(&bands(60, "call"), &bands(60, "visit")), ("band hot: action".to_owned(), Effect::Nothing));
    assert_eq!(change(&bands(60, "call"), &json!({})), ("band cold".to_owned(), Effect::Results));
}

#[test]
fn coefficients_change_results_and_evidence_nothing() {
    let with = |coefficient: f64, leads: u32| {
        let evidence = json!({ "leads": leads, "conversions": 9, "rate": 0.1, "lift": 1.5, "conclusive": true });
        let mut keys =
            attribute("text", &json!([{ "level": "x", "when": { "in": ["x"] }, "points": 4, "evidence": evidence }]));
        let terms = json!([{ "attribute": "a", "level": "x", "coefficient": coefficient }]);
        keys["probability"] = json!({ "kind": "logistic", "intercept": -2.0, "terms": terms });
        keys
    };
    let evidence = only_model(&with(0.5, 90), &with(0.5, 91));
    assert_eq!((evidence.effect, evidence.attributes[0].levels.len()), (Effect::Nothing, 1));
    assert_eq!(only_model(&with(0.5, 90), &with(0.6, 90)).effect, Effect::Results);
}

#[test]
fn a_product_that_gets_a_model_is_compared_with_the_one_that_served_it() {
    let model = |product: Json, base: i32| {
        json!({
            "product": product, "base_points": base, "range": { "min": 0, "max": 9 },
            "groups": [{ "name": "g", "min": 0, "max": 9 }], "attributes": []
        })
    };
    let config = |models: Json| {
        let text =
            json!({ "format": "leadcal.scoring-config", "version": 1, "name": "c", "models": models }).to_string();
        ScoringConfig::parse(&text).expect("a config")
    };
    let one = config(json!([model(Json::Null, 1)]));
    let two = config(json!([model(json!("loan"), 3), model(Json::Null, 1)]));
    let found = |before, after| {
        let diff = diff(before, after);
        let [model] = &diff.models[..] else { panic!("{diff:?}") };
        (model.product.clone(), model.presence, model.changes[0].before.clone(), model.effect)
    };
    let loan = Some("loan".to_owned());
    assert_eq!(found(&one, &two), (loan.clone(), Presence::Added, Some(json!(1.0)), Effect::Scores));
    assert_eq!(found(&two, &one), (loan, Presence::Removed, Some(json!(3.0)), Effect::Scores));
    let same = config(json!([model(json!("loan"), 1), model(Json::Null, 1)]));
    assert_eq!(diff(&one, &same).effect, Effect::Nothing, "its leads score as before");
    let only_loan = config(json!([model(json!("loan"), 1)]));
    assert_eq!(diff(&same, &only_loan).effect, Effect::Scores, "the others are not scored any more");
}

/// One value of a JSON document changed: a number moved, a text lengthened, a list shortened or turned round.
fn mutated(document: &mut Json, at: Index) {
    let mut pointers = Vec::new();
    collect("", document, &mut pointers);
    let pointer = at.get(&pointers);
    match document.pointer_mut(pointer) {
        Some(Json::Number(number)) => {
            *number = (number.as_f64().unwrap_or(0.0) + 1.0).to_string().parse().expect("a number");
        }
        Some(Json::String(text)) => text.push('x'),
        Some(Json::Bool(b)) => *b = !*b,
        Some(Json::Array(list)) if list.len() > 2 => list.reverse(),
        Some(Json::Array(list)) => _ = list.pop(),
        Some(Json::Object(_) | Json::Null) | None => {}
    }
}

fn collect(pointer: &str, value: &Json, pointers: &mut Vec<String>) {
    pointers.push(pointer.to_owned());
    match value {
        Json::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| collect(&format!("{pointer}/{at}"), value, pointers));
        }
        Json::Object(object) => {
            for (key, value) in object {
                collect(&format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), value, pointers);
            }
        }
        _ => {}
    }
}

fn any_value() -> impl Strategy<Value = Json> {
    prop_oneof![
        select(WORDS.to_vec()).prop_map(|word| json!(word)),
        select(vec!["NA", "Select", "NAx", "ax", "2024-03-01"]).prop_map(|word| json!(word)),
        (-10..95_i32).prop_map(|x| json!(f64::from(x) / 2.0)),
        any::<bool>().prop_map(|b| json!(b)),
        Just(Json::Null),
    ]
}

fn any_lead() -> impl Strategy<Value = (Map<String, Json>, Vec<Event>)> {
    let fields = prop::collection::vec(any_value(), FIELDS.len());
    let product = select(vec![json!("loan"), json!("card"), Json::Null]);
    let event = (0..140_i64, select(EVENTS.to_vec()), prop::option::of(0..4_i32)).prop_map(|(day, name, a)| {
        let time = Timestamp::from_second(1_704_067_200 + day * 86_400).expect("a time").to_string();
        let properties = a.map_or(json!({}), |a| json!({ "a": a, "b": "/pricing" }));
        serde_json::from_value(json!({ "time": time, "name": name, "properties": properties })).expect("an event")
    });
    (fields, product, prop::collection::vec(event, 0..4)).prop_map(|(values, product, events)| {
        let mut lead: Map<String, Json> = FIELDS.map(str::to_owned).into_iter().zip(values).collect();
        lead.insert("product".to_owned(), product);
        lead.insert("created_at".to_owned(), json!("2024-01-01"));
        (lead, events)
    })
}

fn scored<'s>(scorer: &'s Scorer, (lead, events): &(Map<String, Json>, Vec<Event>)) -> Result<Score<'s>, ScoreError> {
    let as_of = parse_time("2024-05-20").expect("a time");
    scorer.score(&Lead::from_json(scorer, lead)?, events, Some(as_of))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// What is said to change nothing changes nothing.
    #[test]
    fn what_cannot_change_does_not(config in any_config(), at in any::<Index>(), leads in prop::collection::vec(any_lead(), 8)) {
        prop_assert!(!diff(&config, &config).differs);
        let mut document: Json = serde_json::from_str(&config.to_json()).expect("JSON");
        mutated(&mut document, at);
        let Ok(other) = ScoringConfig::parse(&document.to_string()) else { return Ok(()) };
        let diff = diff(&config, &other);
        prop_assert_eq!(diff.differs, config != other, "{:?}", diff);
        let scorers = [&config, &other].map(|config| Scorer::new(config).expect("a config"));
        for lead in &leads {
            match (scored(&scorers[0], lead), scored(&scorers[1], lead)) {
                (Ok(was), Ok(is)) => {
                    let size = 1.0 + was.raw.abs();
                    prop_assert!(diff.effect == Effect::Scores || (was.raw - is.raw).abs() < 1e-9 * size.max(1e6), "{diff:?}");
                    if diff.effect == Effect::Nothing {
                        let close = |a: Option<f64>, b: Option<f64>| a.zip(b).map_or(a == b, |(a, b)| (a - b).abs() < 1e-9);
                        prop_assert!(close(was.probability, is.probability), "{diff:?}");
                        prop_assert_eq!((was.band, was.stage, was.grade), (is.band, is.stage, is.grade), "{:?}", diff);
                    }
                }
                (Err(_), Err(_)) => {}
                _ => prop_assert_eq!(diff.effect, Effect::Scores),
            }
        }
    }
}
