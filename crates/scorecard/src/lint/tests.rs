use serde_json::{Value, json};

use super::*;

/// A model that keeps to every practice, with these keys over its own.
fn config(keys: &Value, provenance: &Value) -> ScoringConfig {
    let evidence = |leads: u32, conversions: u32| json!({ "leads": leads, "conversions": conversions, "rate": 0.1, "lift": 1.0, "points_interval": [-20, 20], "conclusive": true });
    let mut model = json!({
        "base_points": 10, "range": { "min": 0, "max": 100 },
        "groups": [{ "name": "fit", "min": -20, "max": 40 }, { "name": "engagement", "min": -30, "max": 50 }],
        "attributes": [{
            "name": "seniority", "group": "fit", "input": { "field": "seniority", "type": "text" },
            "levels": [
                { "level": "VP", "when": { "in": ["VP"] }, "points": 12, "evidence": evidence(300, 60) },
                { "level": "(other)", "when": "otherwise", "points": -5, "evidence": evidence(900, 60) }
            ]
        }],
        "behaviours": [{ "name": "click", "group": "engagement", "event": "email_click", "window_days": 90, "points_each": 6, "max_times": 3, "half_life_days": 14 }],
        "inactivity": { "group": "engagement", "steps": [{ "after_days": 30, "points": -10 }] },
        "bands": [{ "name": "cold", "from": 0 }, { "name": "hot", "from": 11 }]
    });
    for (key, value) in keys.as_object().expect("an object") {
        model[key] = value.clone();
    }
    let text = json!({
        "format": "leadcal.scoring-config", "version": 1, "name": "test", "models": [model], "provenance": provenance
    });
    ScoringConfig::parse(&text.to_string()).map_err(|error| error.to_string()).expect("a config")
}

fn history() -> Value {
    json!({ "leads": 1200, "conversions": 120, "from": "2025-01", "to": "2025-12" })
}

fn found(config: &ScoringConfig, options: &LintOptions) -> Vec<(&'static str, String)> {
    let report = lint(config, options);
    report.findings.into_iter().map(|found| (found.code.as_str(), found.pointer)).collect()
}

/// What the usual model with these keys over its own is found to be.
fn check(keys: &Value, expected: &[(&str, &str)]) {
    let found = found(&config(keys, &history()), &LintOptions::default());
    let found: Vec<(&str, &str)> = found.iter().map(|(code, pointer)| (*code, pointer.as_str())).collect();
    assert_eq!(found, expected, "{keys}");
}

#[test]
fn a_model_that_keeps_to_every_practice_has_no_finding() {
    check(&json!({}), &[]);
}

#[test]
fn too_few_conversions_or_others() {
    let of = |leads: u32, conversions: u32| {
        let provenance = json!({ "leads": leads, "conversions": conversions });
        found(&config(&json!({}), &provenance), &LintOptions::default())
    };
    assert_eq!(of(1000, 39), [("few-conversions", "/provenance".to_owned())]);
    assert_eq!(of(1000, 961), [("few-conversions", "/provenance".to_owned())]);
    assert_eq!(of(1000, 40), []);
    assert_eq!(of(1000, 960), []);
    // Without provenance the evidence tells.
    assert_eq!(found(&config(&json!({}), &Value::Null), &LintOptions::default()), []);
    let few = json!({ "attributes": [{
        "name": "a", "group": "fit", "input": { "field": "a", "type": "text" },
        "levels": [{ "level": "x", "when": "otherwise", "points": -1, "evidence": {
            "leads": 90, "conversions": 9, "rate": 0.1, "lift": 1.0, "conclusive": true
        } }]
    }] });
    let found = found(&config(&few, &Value::Null), &LintOptions::default());
    assert_eq!(found, [("few-conversions", "/models/0".to_owned())]);
}

#[test]
fn nothing_that_takes_points_away() {
    let levels = |points: i32| {
        json!([{
            "name": "a", "group": "fit", "input": { "field": "a", "type": "text" },
            "levels": [{ "level": "x", "when": "otherwise", "points": points }]
        }])
    };
    let silent = json!({ "group": "engagement", "steps": [{ "after_days": 30, "points": 0 }] });
    let none = json!({ "base_points": 0, "attributes": levels(5), "inactivity": silent });
    check(&none, &[("no-negative-points", "/models/0")]);
    check(&json!({ "attributes": levels(-5), "inactivity": silent }), &[]);
    check(&json!({ "attributes": levels(5) }), &[]);
}

#[test]
fn no_bands_and_what_fades() {
    check(&json!({ "bands": [] }), &[("no-bands", "/models/0")]);
    check(&json!({ "bands": [], "stages": [{ "name": "MQL", "from": 30 }] }), &[]);
    check(&json!({ "inactivity": null }), &[("no-inactivity", "/models/0")]);
    check(&json!({ "inactivity": null, "behaviours": [] }), &[("no-inactivity", "/models/0")]);
    let full = json!([{ "name": "click", "group": "engagement", "event": "email_click", "window_days": 90, "points_each": 6 }]);
    check(&json!({ "inactivity": null, "behaviours": full }), &[("no-decay", "/models/0/behaviours/0")]);
    check(&json!({ "behaviours": full }), &[]);
}

#[test]
fn bands_and_stages_out_of_reach() {
    // 10 + 12 of the level + 18 of three clicks.
    let bands = |hot: i32| json!({ "bands": [{ "name": "cold", "from": 0 }, { "name": "hot", "from": hot }] });
    check(&bands(40), &[]);
    check(&bands(41), &[("unreachable-band", "/models/0/bands/1/from")]);
    check(&json!({ "stages": [{ "name": "MQL", "from": 41 }] }), &[("unreachable-stage", "/models/0/stages/0/from")]);
    // 10 - 5 - 10 is below the range.
    check(&json!({ "bands": [{ "name": "cold", "from": -5 }, { "name": "hot", "from": 1 }] }), &[]);
    check(
        &json!({ "base_points": 20, "bands": [{ "name": "cold", "from": 0 }, { "name": "warm", "from": 5 }] }),
        &[("unreachable-band", "/models/0/bands/0/from")],
    );
    // A group's limit holds scores down.
    let groups = json!([{ "name": "fit", "min": -20, "max": 5 }, { "name": "engagement", "min": -30, "max": 50 }]);
    let mut low = bands(34);
    low["groups"] = groups;
    check(&low, &[("unreachable-band", "/models/0/bands/1/from")]);
}

#[test]
fn opens() {
    let behaviours = |event: &str, each: i32, max: Value, once: bool| {
        json!({ "behaviours": [
            { "name": "click", "group": "engagement", "event": "email_click", "window_days": 90, "points_each": 6, "max_times": 3 },
            { "name": "o", "group": "engagement", "event": event, "window_days": 90, "points_each": each, "max_times": max, "once_a_day": once }
        ] })
    };
    let uncapped = ("opens-uncapped", "/models/0/behaviours/1");
    let above = ("opens-above-clicks", "/models/0/behaviours/1/points_each");
    check(&behaviours("email_open", 2, json!(null), false), &[uncapped]);
    check(&behaviours("Email Opened", 7, json!(null), false), &[uncapped, above]);
    check(&behaviours("email_open", 7, json!(3), false), &[above]);
    check(&behaviours("open", 2, json!(3), false), &[]);
    check(&behaviours("email_open", 2, json!(null), true), &[]);
    check(&behaviours("email_open", -2, json!(null), false), &[]);
    // What is opened is no e-mail.
    check(&behaviours("opportunity_open", 7, json!(null), false), &[]);
    let mut with_property = behaviours("email", 2, json!(null), false);
    with_property["behaviours"][1]["where"] = json!({ "action": ["opened"] });
    check(&with_property, &[uncapped]);
}

#[test]
fn thin_edited_and_leaking_levels() {
    let levels = |[vp, other]: [(u32, u32); 2], points: i32, interval: Value| {
        let evidence = |(leads, conversions): (u32, u32), interval: &Value| json!({ "leads": leads, "conversions": conversions, "rate": 0.1, "lift": 1.0, "points_interval": interval, "conclusive": true });
        json!({ "attributes": [{
            "name": "a", "group": "fit", "input": { "field": "a", "type": "text" },
            "levels": [
                { "level": "VP", "when": { "in": ["VP"] }, "points": points, "evidence": evidence(vp, &interval) },
                { "level": "(other)", "when": "otherwise", "points": -5, "evidence": evidence(other, &json!(null)) }
            ]
        }] })
    };
    let usual = json!([5, 15]);
    check(&levels([(30, 9), (900, 60)], 8, usual.clone()), &[]);
    check(&levels([(29, 9), (900, 60)], 8, usual.clone()), &[("thin-level", "/models/0/attributes/0/levels/0")]);
    check(&levels([(29, 9), (900, 60)], 0, usual.clone()), &[]);
    let edited = ("edited-points", "/models/0/attributes/0/levels/0/points");
    check(&levels([(300, 90), (900, 60)], 16, usual.clone()), &[edited]);
    check(&levels([(300, 90), (900, 60)], 15, usual.clone()), &[]);
    check(&levels([(300, 90), (900, 60)], 0, usual.clone()), &[]);
    check(&levels([(100, 100), (1100, 5)], 8, usual.clone()), &[("leakage", "/models/0/attributes/0")]);
    check(&levels([(100, 90), (1100, 30)], 8, usual), &[]);
}

#[test]
fn a_product_s_thin_level_that_all_leads_stand_behind_is_none() {
    let model = |product: Value, leads: u32| {
        json!({
            "product": product, "base_points": 10, "range": { "min": 0, "max": 100 },
            "groups": [{ "name": "fit", "min": -20, "max": 40 }],
            "attributes": [{
                "name": "a", "group": "fit", "input": { "field": "a", "type": "text" },
                "levels": [
                    { "level": "VP", "when": { "in": ["VP"] }, "points": 8, "evidence": {
                        "leads": leads, "conversions": 9, "rate": 0.1, "lift": 1.0, "conclusive": true } },
                    { "level": "(other)", "when": "otherwise", "points": -5, "evidence": {
                        "leads": 900, "conversions": 60, "rate": 0.1, "lift": 1.0, "conclusive": true } }
                ]
            }],
            "bands": [{ "name": "all", "from": 0 }]
        })
    };
    let thin = |pooled: u32| {
        let text = json!({
            "format": "leadcal.scoring-config", "version": 1, "name": "c",
            "models": [model(json!("Desk"), 12), model(Value::Null, pooled)], "provenance": history()
        });
        let report = lint(&ScoringConfig::parse(&text.to_string()).expect("a config"), &LintOptions::default());
        let thin = report.findings.into_iter().filter(|found| found.code == Code::ThinLevel);
        thin.map(|found| found.message).collect::<Vec<_>>()
    };
    assert_eq!(thin(40), Vec::<String>::new());
    assert_eq!(
        thin(20),
        [
            "product Desk: a: points rest on fewer than 30 leads: VP +8 on 12",
            "all other products: a: points rest on fewer than 30 leads: VP +8 on 20"
        ]
    );
}

#[test]
fn age_is_asked_of_a_day_only() {
    let at = |day: &str| {
        let as_of = Some(day.parse().expect("a day"));
        found(&config(&json!({}), &history()), &LintOptions { as_of, ..LintOptions::default() })
    };
    assert_eq!(at("2026-04-02"), []);
    assert_eq!(at("2026-04-03"), [("stale", "/provenance/to".to_owned())]);
    let needs = |provenance: &Value| {
        let report = lint(&config(&json!({}), provenance), &LintOptions::default());
        let not = report.not_looked_at.into_iter().find(|not| not.codes.contains(&Code::Stale));
        not.map(|not| not.needs)
    };
    assert_eq!(needs(&history()).as_deref(), Some("the day of which it is asked: --as-of"));
    assert!(needs(&Value::Null).is_some_and(|needs| needs.starts_with("a provenance")));
}

#[test]
fn a_capacity_for_every_lead_needs_no_score() {
    // 1200 leads in 365 days are 23.01 a week.
    let with = |capacity: f64| {
        let options = LintOptions { capacity_per_week: Some(capacity), ..LintOptions::default() };
        found(&config(&json!({}), &history()), &options)
    };
    assert_eq!(with(24.0), [("scoring-not-needed", String::new())]);
    assert_eq!(with(23.0), []);
}

#[test]
fn what_is_allowed_is_neither_found_nor_missed() {
    let report = lint(&config(&json!({ "bands": [] }), &history()), &LintOptions::default());
    assert_eq!((report.count(Severity::Warning), report.count(Severity::Error)), (1, 0));
    let allowed = report.allowing(&[Code::NoBands, Code::Stale]);
    assert_eq!(allowed.findings, []);
    assert!(allowed.not_looked_at.iter().all(|not| !not.codes.contains(&Code::Stale)));
}

#[test]
fn every_kind_is_listed_once_and_worst_first() {
    let severities: Vec<Severity> = Code::ALL.iter().map(|code| code.severity()).collect();
    assert!(severities.is_sorted_by(|a, b| a >= b));
    assert!(Code::ALL.is_sorted(), "in the order they are compared by");
    let words: std::collections::BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(words.len(), Code::ALL.len());
}
