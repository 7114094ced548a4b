use leadcal_lift::attribute::{FieldType, Input, Level, MISSING, Scalar, When};
use leadcal_lift::lift::LiftTable;
use leadcal_lift::patterns::CovariatePatterns;
use leadcal_lift::points::{PointsOptions, assign};
use leadcal_lift::shrinkage::Shrinkage;
use leadcal_logit::fit::LogitParams;

use super::*;
use crate::runtime::{Lead, Scorer};

fn attribute(name: &str, texts: &[&str]) -> Attribute {
    let input = Input { field: name.to_owned(), kind: FieldType::Text, missing: Vec::new() };
    let level =
        |text: &&str| Level { name: (*text).to_owned(), when: When::In(vec![Scalar::Text((*text).to_owned())]) };
    let mut levels: Vec<Level> = texts.iter().map(level).collect();
    levels.push(Level { name: MISSING.to_owned(), when: When::Missing });
    Attribute { name: name.to_owned(), input, levels }
}

/// The seed example: of 400 leads 60 converted (15 %); of 100 with a demo request 40 did.
fn patterns() -> CovariatePatterns {
    let attributes = vec![attribute("colour", &["blue", "red"]), attribute("demo", &["no", "yes"])];
    let codes = vec![0, 0, 0, 1, 1, 0, 1, 1];
    let counts = Counts { leads: vec![150, 50, 150, 50], conversions: vec![10, 20, 10, 20] };
    CovariatePatterns::new(attributes, codes, counts)
}

fn assembled() -> (ScoringConfig, LogitModel) {
    let patterns = patterns();
    let lift = LiftTable::from_patterns(&patterns, &Shrinkage::Strength(0.0));
    let points = assign(&patterns, &lift, &PointsOptions::default(), None).expect("points");
    let fitted = LogitParams::new().check().expect("valid").fit(&patterns).expect("fitted");
    let model = LogitModel::new(&fitted, &patterns, None);
    let options = AssembleOptions { name: "seed".to_owned(), ..AssembleOptions::default() };
    (assemble(&points, Some(&model), options).expect("assembled").config, model)
}

#[test]
fn the_seed_example_earns_25_points_and_stands_first() {
    let (config, _) = assembled();
    let attributes = &config.models[0].attributes;
    assert_eq!(attributes[0].name, "demo");
    let points: Vec<f64> = attributes[0].levels.iter().map(|level| level.points).collect();
    assert_eq!(points, [-8.0, 25.0, 0.0]);
    let evidence = attributes[0].levels[1].evidence.as_ref().expect("evidence");
    assert_eq!((evidence.leads, evidence.conversions, evidence.conclusive), (100, 40, true));
    assert_eq!(ScoringConfig::parse(&config.to_json()).expect("parses"), config);
}

#[test]
fn the_config_gives_the_models_probability() {
    let (config, model) = assembled();
    let scorer = Scorer::new(&config).expect("a valid config");
    for (colour, demo, codes) in [("blue", "no", [0, 0]), ("red", "yes", [1, 1])] {
        let lead = serde_json::json!({ "colour": colour, "demo": demo });
        let lead = Lead::from_json(&scorer, lead.as_object().expect("an object")).expect("plain values");
        let score = scorer.score(&lead, &[], None).expect("scored");
        let expected = model.probability(&codes);
        assert!((score.probability.expect("a probability") - expected).abs() < 1e-14);
    }
}

#[test]
fn points_and_model_of_other_leads_are_refused() {
    let (_, mut model) = assembled();
    let lift = LiftTable::from_patterns(&patterns(), &Shrinkage::Strength(0.0));
    let points = assign(&patterns(), &lift, &PointsOptions::default(), None).expect("points");
    model.leads += 1;
    let error = assemble(&points, Some(&model), AssembleOptions::default()).expect_err("refused");
    assert!(error.to_string().contains("400 leads"), "{error}");
    model.attributes.reverse();
    let error = assemble(&points, Some(&model), AssembleOptions::default()).expect_err("refused");
    assert!(error.to_string().contains("colour"), "{error}");
}
