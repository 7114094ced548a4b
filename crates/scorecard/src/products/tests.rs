use std::fmt::Write as _;

use super::*;
use crate::history;
use crate::spec::Outcome;

/// Leads of products, each with its own chance of conversion by source: `(product, leads, [web, fair])` in percent.
fn history_of(products: &[(&str, u32, [u32; 2])]) -> (History, Spec) {
    let mut csv = String::from("product,source,noise,won\n");
    for (product, leads, chances) in products {
        for lead in 0..*leads {
            let source = lead as usize % 2;
            // Every hundred leads of a source convert as often as their chance says.
            let won = (lead / 2 * 37) % 100 < chances[source];
            writeln!(csv, "{product},{},{},{}", ["web", "fair"][source], lead % 7 / 3, u8::from(won)).expect("memory");
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("leads.csv");
    std::fs::write(&path, csv).expect("written");
    let outcome = Outcome { column: "won".to_owned(), positive: None };
    let mut spec = Spec::with_leads(path.to_str().expect("UTF-8"), outcome);
    spec.data.product = Some("product".to_owned());
    (history::read(&spec).expect("read"), spec)
}

fn points(own: &OwnCalibration, attribute: &str, level: &str) -> i64 {
    points_of(&own.points, attribute, level)
}

fn points_of(table: &PointsTable, attribute: &str, level: &str) -> i64 {
    let attribute = table.attributes.iter().find(|found| found.name == attribute).expect("the attribute");
    attribute.levels.iter().find(|found| found.level == level).expect("the level").points
}

#[test]
fn a_product_unlike_the_others_has_its_own_points() {
    let (history, spec) = history_of(&[("A", 4_000, [30, 10]), ("B", 2_000, [10, 30]), ("C", 100, [30, 10])]);
    let made = calibrate(&history, &spec).expect("calibrated");
    let names: Vec<&str> = made.own.iter().map(|own| own.product.as_str()).collect();
    assert_eq!(names, ["A", "B"]);
    assert_eq!(made.pooled, [Served { product: "C".to_owned(), leads: 100, conversions: 21 }]);
    let pooled = crate::calibration::points(&history, &spec).expect("points").table;
    let [a, b] = [&made.own[0], &made.own[1]];
    // A is like most leads, B the other way round.
    assert!(points(a, "source", "web") >= points_of(&pooled, "source", "web"));
    assert!(points(b, "source", "fair") >= 8 && points(b, "source", "web") <= -8, "{:?}", b.points.attributes);
    assert!(b.pull.is_some());
    let figures = b.figures.as_ref().expect("measured");
    for which in 0..2 {
        assert!(figures.own[which].auc > figures.pooled[which].auc + 0.1, "{figures:?}");
        assert!(figures.own[which].log_loss < figures.pooled[which].log_loss);
    }
    assert!(b.points.attributes.iter().all(|attribute| attribute.name != "product"));
    assert_eq!(b.model.leads, 2_000);
}

#[test]
fn products_alike_share_the_pooled_lift() {
    let (history, spec) = history_of(&[("A", 3_000, [30, 10]), ("B", 3_000, [30, 10])]);
    let made = calibrate(&history, &spec).expect("calibrated");
    let pooled = crate::calibration::points(&history, &spec).expect("points").table;
    for own in &made.own {
        assert!((points(own, "source", "web") - points_of(&pooled, "source", "web")).abs() <= 1);
        let figures = own.figures.as_ref().expect("measured");
        assert!((figures.own[1].log_loss - figures.pooled[1].log_loss).abs() < 0.005, "{figures:?}");
    }
}

/// The pooled figures on a product's leads are those of the pooled model's own cross-validation, on these leads alone.
#[test]
fn figures_are_of_held_out_leads() {
    let (history, spec) = history_of(&[("A", 1_000, [40, 10]), ("B", 600, [25, 20])]);
    let made = calibrate(&history, &spec).expect("calibrated");
    let mut expected = Vec::new();
    for held_out in history.folds.counts() {
        let train = coarsen(&history.fine.with_counts(history.fine.counts().without(held_out)), &history.joinings);
        let fitted = params(&spec).expect("valid").fit(&train.patterns).expect("fitted");
        let probabilities = train.spread(&fitted.probabilities(&train.patterns));
        let at = history.fine.attributes().iter().position(|attribute| attribute.name == "product").expect("it");
        let (mut loss, mut leads) = (0.0, 0.0);
        for (pattern, probability) in probabilities.iter().enumerate() {
            let code = history.fine.codes(pattern)[at] as usize;
            if history.fine.attributes()[at].levels[code].name == "B" {
                let (n, c) = (held_out.leads[pattern] as f64, held_out.conversions[pattern] as f64);
                loss -= c * probability.ln() + (n - c) * (1.0 - probability).ln();
                leads += n;
            }
        }
        expected.push(loss / leads);
    }
    let figures = made.own[1].figures.as_ref().expect("measured");
    for (fold, expected) in figures.pooled[1].folds.iter().zip(expected) {
        assert!((fold.log_loss - expected).abs() < 1e-9, "{} is not {expected}", fold.log_loss);
    }
}

#[test]
fn without_a_product_there_is_none() {
    let (history, mut spec) = history_of(&[("A", 1_000, [30, 10]), ("B", 1_000, [30, 10])]);
    spec.data.product = None;
    let made = calibrate(&history, &spec).expect("calibrated");
    assert!(made.own.is_empty() && made.pooled.is_empty() && made.warnings.is_empty());
    let (history, spec) = history_of(&[("A", 1_000, [30, 10])]);
    let made = calibrate(&history, &spec).expect("calibrated");
    assert!(made.own.is_empty());
    assert!(made.warnings[0].contains("column \"product\": every lead has the same value"), "{:?}", made.warnings);
}
