use std::collections::BTreeMap;

use leadcal_lift::points::PointsTable;
use leadcal_logit::metrics::auc;
use serde_json::Value;

use super::super::tests::{Made, leads_of_products, made, notebooks};
use super::*;
use crate::cut_offs::clamped_scores;

/// Leads and conversions of each score.
type Scores = BTreeMap<i64, (u64, u64)>;

/// The scores of a model's leads, computed from the page's data alone, as docs/scoring-config.md says.
#[expect(clippy::cast_possible_truncation, reason = "scores are whole numbers")]
fn scores(data: &Value, at: usize) -> Scores {
    let (table, model, config) = (&data["table"], &data["models"][at], &data["config"]["models"][at]);
    let number = |value: &Value| value.as_f64().expect("a number");
    let index = |value: &Value| usize::try_from(value.as_u64().expect("an index")).expect("small");
    let columns = table["columns"].as_array().expect("columns");
    let row_bytes = index(&table["row_bytes"]);
    let codes = STANDARD.decode(table["codes"].as_str().expect("text")).expect("base64");
    let group_of = |part: &Value| {
        let mut groups = config["groups"].as_array().expect("groups").iter();
        groups.position(|group| group["name"] == part["group"]).expect("a group of the model")
    };
    let mut scores = Scores::new();
    for (row, bytes) in codes.chunks_exact(row_bytes).enumerate() {
        let mut place = 0;
        let codes: Vec<usize> = columns
            .iter()
            .map(|column| {
                let bits = index(&column["bits"]);
                let bit = |at: usize| usize::from(bytes[at / 8] >> (at % 8) & 1);
                let code = (0..bits).map(|at| bit(place + at) << at).sum();
                place += bits;
                assert!(code < column["levels"].as_array().expect("levels").len());
                code
            })
            .collect();
        let only = &model["only"];
        if !only.is_null() && codes[index(&only["column"])] != index(&only["code"]) {
            continue;
        }
        let mut sums = vec![0.0; config["groups"].as_array().expect("groups").len()];
        for term in model["terms"].as_array().expect("terms") {
            let column = &columns[index(&term["column"])];
            let (code, at) = (codes[index(&term["column"])], index(&term["at"]));
            let (part, points) = match column["kind"].as_str().expect("a kind") {
                "attribute" => {
                    let attribute = &config["attributes"][at];
                    let level = &attribute["levels"][code];
                    assert_eq!((&attribute["name"], &level["level"]), (&column["name"], &column["levels"][code]));
                    (attribute, number(&level["points"]))
                }
                "behaviour" => {
                    let behaviour = &config["behaviours"][at];
                    (behaviour, number(&behaviour["points_each"]) * number(&column["times"][code]))
                }
                "signal" => {
                    let signal = &config["signals"][at];
                    (signal, number(&signal["points"]) * number(&column["times"][code]))
                }
                _ => {
                    let inactivity = &config["inactivity"];
                    let step = column["steps"][code].as_u64().map(|step| usize::try_from(step).expect("small"));
                    (inactivity, step.map_or(0.0, |step| number(&inactivity["steps"][step]["points"])))
                }
            };
            sums[group_of(part)] += points;
        }
        let groups = config["groups"].as_array().expect("groups").iter().zip(&sums);
        let limited: f64 = groups.map(|(group, sum)| sum.max(number(&group["min"])).min(number(&group["max"]))).sum();
        let score = (number(&config["base_points"]) + limited).round();
        let score = score.max(number(&config["range"]["min"])).min(number(&config["range"]["max"])) as i64;
        let entry = scores.entry(score).or_default();
        entry.0 += table["leads"][row].as_u64().expect("a count");
        entry.1 += table["conversions"][row].as_u64().expect("a count");
    }
    scores
}

/// The same of the calibration.
#[expect(clippy::cast_possible_truncation, reason = "scores are whole numbers")]
fn calibrated(points: &PointsTable) -> Scores {
    let mut scores = Scores::new();
    for (score, leads, conversions) in clamped_scores(points) {
        let entry = scores.entry(score as i64).or_default();
        *entry = (entry.0 + leads, entry.1 + conversions);
    }
    scores
}

fn area(scores: &Scores) -> f64 {
    let (leads, conversions) = scores.values().copied().unzip();
    let scores: Vec<f64> = scores.keys().map(|score| *score as f64).collect();
    auc(&scores, &Counts { leads, conversions }).expect("both outcomes").value
}

fn check(made: &Made) {
    let data: Value = serde_json::from_str(&Data::of(&made.report(), 1_000_000).json()).expect("JSON");
    assert!(data["table"]["sampled_from"].is_null());
    let own = made.products.own.iter().map(|own| &own.points);
    for (at, points) in own.chain([&made.points.table]).enumerate() {
        let (found, expected) = (scores(&data, at), calibrated(points));
        assert_eq!(found, expected, "model {at}");
        assert_eq!(area(&found).to_bits(), area(&expected).to_bits());
        let bands = data["config"]["models"][at]["bands"].as_array().expect("bands");
        for (band, next) in bands.iter().zip(bands.iter().skip(1).map(Some).chain([None])) {
            let from = |band: &Value| band["from"].as_f64().expect("a score");
            let below = next.map_or(f64::INFINITY, from);
            let within = found.iter().filter(|(score, _)| (from(band)..below).contains(&(**score as f64)));
            let (leads, conversions) = within.fold((0, 0), |sum, (_, of)| (sum.0 + of.0, sum.1 + of.1));
            let rate = band["expected_rate"].as_f64();
            let found = (leads > 0).then(|| conversions as f64 / leads as f64);
            assert_eq!(rate.is_some(), found.is_some(), "band {band}");
            assert!(rate.zip(found).is_none_or(|(rate, found)| (rate - found).abs() < 1e-6), "band {band}");
        }
        assert_eq!(data["models"][at]["leads"], found.values().map(|of| of.0).sum::<u64>());
    }
}

#[test]
fn the_pages_data_give_the_calibrations_scores() {
    check(&made(&leads_of_products(), |spec| spec.data.product = Some("product".to_owned())));
}

#[test]
fn events_signals_and_silence_score_in_the_page_as_in_the_calibration() {
    check(&notebooks("leadcal.toml"));
}

#[test]
fn too_many_patterns_become_a_sample_that_fits() {
    let made = made(&leads_of_products(), |_| ());
    let data = Data::of(&made.report(), 60);
    assert_eq!(data.sampled_from(), Some(3_000));
    assert!((1..=60).contains(&data.leads()));
    assert!(data.table.codes.len() <= 60);
}

#[test]
fn codes_are_packed_bit_by_bit() {
    assert_eq!([1, 2, 3, 4, 5, 256, 257].map(bits_for), [0, 1, 2, 2, 3, 8, 9]);
    let mut row = [0; 2];
    pack(&mut row, &[5, 0, 1, 300], &[3, 0, 2, 9]);
    assert_eq!(u16::from_le_bytes(row), 5 | 1 << 3 | 300 << 5);
}
