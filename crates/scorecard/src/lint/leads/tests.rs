use leadcal_lift::attribute::{Attribute, FieldType, Input, Level, Scalar, When};
use leadcal_lift::patterns::Counts;
use serde_json::{Value, json};

use super::*;
use crate::backtest::{FigureOptions, Scored, figures};
use crate::leakage::Reason;
use crate::start_small::Chosen;

#[test]
fn medians() {
    for (values, expected) in [(vec![], None), (vec![3.0], Some(3.0)), (vec![4.0, 1.0], Some(2.5))] {
        assert_eq!(median(values), expected);
    }
}

/// Two attributes of two levels each, and how many leads and conversions are in each of the four cells.
fn patterns(cells: [(u64, u64); 4]) -> CovariatePatterns {
    let attribute = |name: &str| {
        let level =
            |value: &str| Level { name: value.to_owned(), when: When::In(vec![Scalar::Text(value.to_owned())]) };
        let input = Input { field: name.to_owned(), kind: FieldType::Text, missing: Vec::new() };
        Attribute { name: name.to_owned(), input, levels: vec![level("x"), level("y")] }
    };
    let counts = Counts {
        leads: cells.iter().map(|cell| cell.0).collect(),
        conversions: cells.iter().map(|cell| cell.1).collect(),
    };
    CovariatePatterns::new(vec![attribute("title"), attribute("seniority")], vec![0, 0, 0, 1, 1, 0, 1, 1], counts)
}

/// A config whose attributes have the evidence of those cells and these points: of title, of seniority, of a third attribute.
fn config(cells: [(u64, u64); 4], points: [i32; 3], signals: &Value) -> ScoringConfig {
    let sum = |a: usize, b: usize| (cells[a].0 + cells[b].0, cells[a].1 + cells[b].1);
    let level = |name: &str, (leads, conversions): (u64, u64), points: i32| {
        json!({
            "level": name, "when": { "in": [name] }, "points": points,
            "evidence": { "leads": leads, "conversions": conversions, "rate": 0.1, "lift": 1.0, "conclusive": true }
        })
    };
    let attribute = |name: &str, x: (u64, u64), y: (u64, u64), points: i32| {
        json!({
            "name": name, "group": "g", "input": { "field": name, "type": "text" },
            "levels": [level("x", x, points), level("y", y, -points)]
        })
    };
    let model = json!({
        "base_points": 0, "range": { "min": -99, "max": 99 }, "groups": [{ "name": "g", "min": -99, "max": 99 }],
        "attributes": [
            attribute("title", sum(0, 1), sum(2, 3), points[0]),
            attribute("seniority", sum(0, 2), sum(1, 3), points[1]),
            attribute("source", sum(0, 1), sum(2, 3), points[2])
        ],
        "signals": signals, "bands": [{ "name": "cold", "from": -99 }, { "name": "hot", "from": 10 }]
    });
    let text = json!({ "format": "leadcal.scoring-config", "version": 1, "name": "c", "models": [model] });
    ScoringConfig::parse(&text.to_string()).map_err(|error| error.to_string()).expect("a config")
}

const SAME: [(u64, u64); 4] = [(480, 96), (20, 4), (20, 1), (480, 24)];
const APART: [(u64, u64); 4] = [(250, 80), (250, 30), (250, 25), (250, 8)];

fn found<'a>(
    config: &ScoringConfig,
    patterns: &'a CovariatePatterns,
    change: impl Fn(&mut Looked<'a>),
) -> Vec<(&'static str, String)> {
    let mut looked = Looked { patterns, how_few: None, suspects: &[], measured: &[], emails: &[], names: &[] };
    change(&mut looked);
    let mut report = Report::default();
    look(config, &looked, &mut report);
    report.findings.into_iter().map(|found| (found.code.as_str(), found.message)).collect()
}

#[test]
fn the_same_news_paid_twice() {
    let of = |cells: [(u64, u64); 4], points: [i32; 3]| {
        let patterns = patterns(cells);
        let config = config(cells, points, &json!([]));
        let mut report = Report::default();
        paid_twice(&config, &patterns, &mut report);
        report.findings.into_iter().map(|found| (found.pointer, found.message)).collect::<Vec<_>>()
    };
    let found = of(SAME, [10, 10, 10]);
    let [(pointer, message)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(pointer, "/models/0/attributes/1");
    assert!(message.starts_with("seniority and title tell the same news: 100 %"), "{message}");
    assert_eq!(of(SAME, [10, 2, 10]), [], "one of them is paid");
    assert_eq!(of(APART, [10, 10, 10]), [], "each tells something of its own");
}

#[test]
fn bands_that_nobody_is_in() {
    let config = config(APART, [10, 10, 10], &json!([]));
    let rows = |score: f64| [Scored { model: 0, score, probability: None, leads: 70, conversions: 7 }];
    let measured = |score: f64| [(0, figures(&config.models, &rows(score), &FigureOptions::default()))];
    let of = |score: f64| {
        let measured = measured(score);
        let mut report = Report::default();
        empty_bands(&config, measured[0].0, &measured[0].1, &mut report);
        report.findings.into_iter().map(|found| found.message).collect::<Vec<_>>()
    };
    assert_eq!(of(3.0), ["none of 70 leads is in band hot (from 10)"]);
    assert_eq!(of(12.0), ["none of 70 leads is in band cold (from -99)"]);
}

#[test]
fn columns_that_leak_and_many_attributes() {
    let config = config(APART, [10, 10, 10], &json!([]));
    let suspects = [
        Suspect { column: "title".into(), reason: Reason::Ranks { auc: 0.97 } },
        Suspect { column: "source".into(), reason: Reason::TellsMuch { information_value: 1.4 } },
    ];
    let codes = |found: Vec<(&'static str, String)>| found.into_iter().map(|(code, _)| code).collect::<Vec<_>>();
    let patterns = patterns(APART);
    let leaks = found(&config, &patterns, |looked| looked.suspects = &suspects);
    assert_eq!(codes(leaks), ["leakage", "possible-leakage"]);
    let how_few = |of: usize, chosen: usize, reached: bool| {
        let chosen = (0..chosen).map(|at| Chosen { attribute: format!("a{at}"), log_loss: 0.3, auc: 0.8 });
        HowFew { path: chosen.collect(), of, auc_of_all: 0.801, std_error: 0.01, reached, sampled: None }
    };
    for (few, expected) in [
        (how_few(11, 5, true), &["many-attributes"][..]),
        (how_few(10, 5, true), &[]),
        (how_few(11, 6, true), &[]),
        (how_few(30, 5, false), &[]),
    ] {
        assert_eq!(codes(found(&config, &patterns, |looked| looked.how_few = Some(&few))), expected, "{few:?}");
    }
}

#[test]
fn fields_that_no_signal_looks_at() {
    let (emails, names) = (["email".to_owned()], ["first_name".to_owned()]);
    let patterns = patterns(APART);
    let codes = |signals: &Value| {
        let config = config(APART, [10, 10, 10], signals);
        let found = found(&config, &patterns, |looked| (looked.emails, looked.names) = (&emails, &names));
        found.into_iter().map(|(_, message)| message.split(' ').nth(3).map(str::to_owned)).collect::<Vec<_>>()
    };
    let free = json!({ "name": "free", "group": "g", "kind": "free_email_domain", "field": "email", "points": -1 });
    let other = json!({ "name": "free", "group": "g", "kind": "free_email_domain", "field": "email2", "points": -1 });
    let run = json!({ "name": "run", "group": "g", "kind": "keyboard_run", "field": "first_name", "points": -1 });
    let [mails, people] = ["e-mail", "names"].map(|word| Some(word.to_owned()));
    assert_eq!(codes(&json!([])), [mails.clone(), people.clone()]);
    assert_eq!(codes(&json!([free])), [people]);
    assert_eq!(codes(&json!([other, run])), [mails]);
    assert_eq!(codes(&json!([free, run])), []);
}
