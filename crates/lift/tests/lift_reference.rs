//! Lift, shrinkage and evidence against recorded values of scipy and statsmodels (made by
//! `tests/interop/lift_reference.py`), and against the figures that come with the real data where those are present.
#![cfg(feature = "calibrate")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use leadcal_lift::beta;
use leadcal_lift::lift::{LevelLift, LiftTable, Margin};
use leadcal_lift::patterns::Counts;
use leadcal_lift::points::{PointsOptions, level_values, round_points};
use leadcal_lift::shrinkage::Shrinkage;
use serde::Deserialize;

#[derive(Deserialize)]
struct Recorded {
    beta_quantiles: Vec<Quantile>,
    tables: Vec<Table>,
}

#[derive(Deserialize)]
struct Quantile {
    a: f64,
    b: f64,
    tail: f64,
    low: f64,
    high: f64,
}

#[derive(Deserialize)]
struct Table {
    leads: u64,
    conversions: u64,
    attributes: Vec<Attribute>,
}

#[derive(Deserialize)]
struct Attribute {
    prior_strength: f64,
    information_value: f64,
    g_statistic: f64,
    degrees_of_freedom: u64,
    p_value: f64,
    q_value: f64,
    levels: Vec<Level>,
}

#[derive(Deserialize)]
struct Level {
    leads: u64,
    conversions: u64,
    rate: Option<f64>,
    lift_ratio: Option<f64>,
    lift_difference: Option<f64>,
    log_odds_lift: Option<f64>,
    weight_of_evidence: Option<f64>,
    by_strength: BTreeMap<String, Shrunken>,
}

#[derive(Deserialize)]
struct Shrunken {
    shrunken_rate: f64,
    rate_interval: [f64; 2],
}

fn recorded() -> Recorded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/lift.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("recorded values")).expect("their shape")
}

/// Within `tolerance` of `expected`, relative to it; values under `floor` are compared absolutely.
fn check(what: &str, found: f64, expected: f64, tolerance: f64, floor: f64) {
    let gap = (found - expected).abs();
    assert!(gap <= tolerance * expected.abs().max(floor), "{what}: found {found:e}, expected {expected:e}");
}

fn check_option(what: &str, found: Option<f64>, expected: Option<f64>) {
    assert_eq!(found.is_some(), expected.is_some(), "{what}: found {found:?}, expected {expected:?}");
    if let (Some(found), Some(expected)) = (found, expected) {
        check(what, found, expected, 1e-9, 1e-3);
    }
}

#[test]
fn beta_quantiles_equal_scipy() {
    for case in recorded().beta_quantiles {
        let Quantile { a, b, tail, low, high } = case;
        let [found_low, found_high] = beta::interval(a, b, 1.0 - 2.0 * tail);
        let what = format!("Beta({a}, {b}) at {tail}");
        // 1 - 2 tail loses the digits of a small tail: ask for those quantiles directly.
        let found_low = if tail < 0.01 { beta::quantile(a, b, tail) } else { found_low };
        let found_high = if tail < 0.01 { 1.0 - beta::quantile(b, a, tail) } else { found_high };
        check(&what, found_low, low, 1e-8, 1e-290);
        check(&what, found_high, high, 1e-8, 1e-290);
    }
}

fn lift_table(table: &Table, shrinkage: Shrinkage) -> LiftTable {
    let margins: Vec<Margin> = table
        .attributes
        .iter()
        .enumerate()
        .map(|(index, attribute)| Margin {
            attribute: format!("attribute {index}"),
            levels: (0..attribute.levels.len()).map(|level| format!("level {level}")).collect(),
            counts: Counts {
                leads: attribute.levels.iter().map(|level| level.leads).collect(),
                conversions: attribute.levels.iter().map(|level| level.conversions).collect(),
            },
            numbers: None,
            reference: None,
        })
        .collect();
    LiftTable::from_margins(table.leads, table.conversions, &margins, &shrinkage)
}

#[test]
fn evidence_of_attributes_equals_scipy_and_statsmodels() {
    for table in recorded().tables {
        let lift = lift_table(&table, Shrinkage::EmpiricalBayes);
        for (found, expected) in lift.attributes.iter().zip(&table.attributes) {
            let what = |figure: &str| format!("{figure} of {} of {} leads", found.attribute, table.leads);
            check(&what("m"), found.prior_strength, expected.prior_strength, 1e-4, 1.0);
            check(&what("information value"), found.information_value, expected.information_value, 1e-9, 1e-6);
            check(&what("G"), found.g_statistic, expected.g_statistic, 1e-9, 1e-3);
            assert_eq!(found.degrees_of_freedom, expected.degrees_of_freedom);
            check(&what("p-value"), found.p_value, expected.p_value, 1e-9, 1e-300);
            check(&what("q-value"), found.q_value, expected.q_value, 1e-9, 1e-300);
        }
    }
}

#[test]
fn lift_of_levels_equals_scipy() {
    for table in recorded().tables {
        for (name, shrinkage) in [("fixed", Shrinkage::Strength(50.0)), ("none", Shrinkage::Strength(0.0))] {
            check_levels(&table, &lift_table(&table, shrinkage), name);
        }
        // With scipy's own m, so that a rounding of m does not show in the intervals.
        for (index, attribute) in table.attributes.iter().enumerate() {
            let lift = lift_table(&table, Shrinkage::Strength(attribute.prior_strength));
            for (found, expected) in lift.attributes[index].levels.iter().zip(&attribute.levels) {
                check_shrunken(found, &expected.by_strength["empirical"]);
            }
        }
    }
}

fn check_levels(table: &Table, lift: &LiftTable, strength: &str) {
    for (found, expected) in lift.attributes.iter().zip(&table.attributes) {
        for (found, expected) in found.levels.iter().zip(&expected.levels) {
            check_option("rate", found.rate, expected.rate);
            check_option("lift ratio", found.lift_ratio, expected.lift_ratio);
            check_option("lift difference", found.lift_difference, expected.lift_difference);
            check_option("log-odds lift", found.log_odds_lift, expected.log_odds_lift);
            check_option("weight of evidence", found.log_odds_lift, expected.weight_of_evidence);
            check_shrunken(found, &expected.by_strength[strength]);
        }
    }
}

fn check_shrunken(found: &LevelLift, expected: &Shrunken) {
    check("shrunken rate", found.shrunken_rate, expected.shrunken_rate, 1e-9, 1e-300);
    for (found, expected) in found.rate_interval.into_iter().zip(expected.rate_interval) {
        check("end of the rate's interval", found, expected, 1e-8, 1e-290);
    }
}

/// The figures that come with one cleaned data set.
#[derive(Deserialize)]
struct RealData {
    rows: u64,
    positives: u64,
    rate: f64,
    /// Decile cut points of the number attributes; a level is `(cut, next cut]`.
    cuts: BTreeMap<String, Vec<f64>>,
    /// Texts that are levels of the text attributes.
    levels: BTreeMap<String, Vec<String>>,
    iv: BTreeMap<String, f64>,
    /// By attribute and level: an index, -1 (missing number) or -2 (every other text).
    lift: BTreeMap<String, BTreeMap<String, RealLevel>>,
}

#[derive(Deserialize)]
struct RealLevel {
    n: u64,
    pos: u64,
    rate: f64,
    points: i64,
    woe: Option<f64>,
}

/// The level of a text or number as the reference figures code it.
fn reference_code(data: &RealData, attribute: &str, value: &str) -> String {
    if let Some(cuts) = data.cuts.get(attribute) {
        return match value.parse::<f64>() {
            Ok(x) => cuts.partition_point(|&cut| cut < x).to_string(),
            Err(_) => "-1".to_owned(),
        };
    }
    let text = if value.is_empty() { "__missing__" } else { value };
    let level = data.levels[attribute].iter().position(|level| level == text);
    level.map_or_else(|| "-2".to_owned(), |index| index.to_string())
}

fn real_margins(data: &RealData, csv_file: &Path) -> Vec<Margin> {
    let mut reader = csv::Reader::from_path(csv_file).expect("the cleaned table");
    let header = reader.headers().expect("its header").clone();
    let outcome = header.iter().position(|name| name == "y").expect("the outcome");
    let columns: Vec<(usize, &str)> =
        header.iter().enumerate().filter(|(_, name)| data.lift.contains_key(*name)).collect();
    let mut counted: Vec<BTreeMap<String, (u64, u64)>> = vec![BTreeMap::new(); columns.len()];
    for row in reader.records() {
        let row = row.expect("a row");
        for (counts, &(column, name)) in counted.iter_mut().zip(&columns) {
            let entry = counts.entry(reference_code(data, name, &row[column])).or_default();
            entry.0 += 1;
            entry.1 += u64::from(&row[outcome] == "1");
        }
    }
    columns
        .iter()
        .zip(counted)
        .map(|(&(_, name), counts)| Margin {
            attribute: name.to_owned(),
            counts: Counts {
                leads: counts.values().map(|count| count.0).collect(),
                conversions: counts.values().map(|count| count.1).collect(),
            },
            levels: counts.into_keys().collect(),
            numbers: None,
            reference: None,
        })
        .collect()
}

fn check_real(folder: &Path, name: &str, data: &RealData) {
    let margins = real_margins(data, &folder.join(format!("{name}.csv")));
    assert_eq!(margins.len(), data.lift.len(), "every attribute of {name}");
    let lift = LiftTable::from_margins(data.rows, data.positives, &margins, &Shrinkage::Strength(0.0));
    check("overall rate", lift.rate, data.rate, 1e-15, 1e-3);
    let naive = PointsOptions { keep_inconclusive: true, min_leads: 0, ..PointsOptions::default() };
    let values = level_values(&lift, &naive, None).expect("values");
    let points = round_points(&lift, &values, 1.0, naive.keep_inconclusive).expect("points");
    for (attribute, points) in lift.attributes.iter().zip(points) {
        let expected = &data.lift[&attribute.attribute];
        assert_eq!(attribute.levels.len(), expected.len(), "levels of {}", attribute.attribute);
        for (level, points) in attribute.levels.iter().zip(points.levels) {
            let expected = &expected[&level.level];
            let what = format!("{name}, {}, level {}", attribute.attribute, level.level);
            assert_eq!((level.leads, level.conversions), (expected.n, expected.pos), "{what}");
            check(&what, level.rate.expect("leads"), expected.rate, 1e-15, 1e-3);
            assert_eq!(points.points, expected.points, "{what}: points");
            assert_eq!(level.log_odds_lift.is_some(), expected.woe.is_some(), "{what}: weight of evidence");
            if let (Some(found), Some(expected)) = (level.log_odds_lift, expected.woe) {
                check(&what, found, expected, 1e-12, 1e-2);
            }
        }
        let expected = data.iv[&attribute.attribute];
        check(&attribute.attribute, attribute.information_value, expected, 1e-12, 1e-3);
    }
}

#[test]
fn real_data_equals_its_reference_figures() {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", "..", "shared", "reference"].iter().collect();
    let Ok(text) = std::fs::read_to_string(folder.join("reference.json")) else {
        #[expect(clippy::print_stderr, reason = "a skipped test has to say so")]
        {
            eprintln!("skipped: no reference figures at {}", folder.display());
        }
        return;
    };
    let reference: BTreeMap<String, RealData> = serde_json::from_str(&text).expect("reference figures");
    for (name, data) in &reference {
        check_real(&folder, name, data);
    }
}
