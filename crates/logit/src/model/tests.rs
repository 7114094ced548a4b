use super::*;
use crate::example::simulated;
use crate::fit::LogitParams;
use crate::validation::{Folds, Prediction, cross_validate};

fn model() -> (LogitModel, CovariatePatterns) {
    let patterns = simulated(&[3, 2, 3], -1.0, 1).with_values(2, vec![0.0, 1.0, 2.5]);
    let params = LogitParams::new().check().expect("valid");
    let fitted = params.fit(&patterns).expect("fits");
    let folds = Folds::stratified(&patterns, 3, 0).expect("enough leads");
    let validation = cross_validate(&patterns, &folds, |train| {
        let fitted = params.fit(train)?;
        let (scores, probabilities) = (fitted.linear_predictors(train), fitted.probabilities(train));
        Ok::<_, LogitError>(Prediction { scores, probabilities })
    });
    (LogitModel::new(&fitted, &patterns, Some(validation.expect("valid"))), patterns)
}

#[test]
fn a_model_read_back_is_the_same_and_predicts_the_same_bits() {
    let (model, patterns) = model();
    let text = model.to_json().expect("valid");
    let read = LogitModel::from_json(&text).expect("what was written");
    assert_eq!(read, model);
    assert_eq!(read.to_json().expect("valid"), text);
    assert_eq!(read.attributes(), patterns.attributes());
    let fitted = LogitParams::new().check().expect("valid").fit(&patterns).expect("fits");
    for pattern in 0..patterns.len() {
        let codes = patterns.codes(pattern);
        assert_eq!(read.probability(codes).to_bits(), fitted.probability(codes).to_bits());
    }
    let unvalidated = LogitModel { validation: None, ..model };
    assert_eq!(LogitModel::from_json(&unvalidated.to_json().expect("valid")).expect("written"), unvalidated);
}

#[test]
fn the_file_opens_with_what_it_is() {
    let text = model().0.to_json().expect("valid");
    let expected = "{\n  \"format\": \"leadcal.logit-model\",\n  \"version\": 1,\n  \"leads\": ";
    assert!(text.starts_with(expected) && text.ends_with("}\n"), "{text}");
}

#[test]
fn files_that_are_no_model_are_errors_that_name_the_place() {
    let (model, _) = model();
    let text = model.to_json().expect("valid");
    let error = |text: &str| LogitModel::from_json(text).expect_err("no model").to_string();
    assert_eq!(error("{}"), "/format: expected \"leadcal.logit-model\", found nothing");
    let other = text.replace("leadcal.logit-model", "leadcal.scoring-config");
    assert_eq!(error(&other), "/format: expected \"leadcal.logit-model\", found \"leadcal.scoring-config\"");
    let newer = text.replace("\"version\": 1", "\"version\": 2, \"colour\": \"red\"");
    assert_eq!(error(&newer), "/version: version 2 is newer than this leadcal reads (1)");
    let unknown = text.replace("\"l2\":", "\"l3\":");
    assert!(error(&unknown).starts_with("line 7 column 6: unknown field `l3`"), "{}", error(&unknown));
    assert!(error("{\n  \"format\": ").starts_with("line 2 column 12: EOF"), "{}", error("{\n  \"format\": "));
    let twice = text.replace("\"l1\"", "\"l0\"");
    assert_eq!(error(&twice), "/attributes/0/levels/1/level: level \"l0\" of attribute \"a0\" is there twice");
    let twice = text.replace("\"name\": \"a1\"", "\"name\": \"a0\"");
    assert_eq!(error(&twice), "/attributes/1/name: attribute \"a0\" is there twice");
}

#[test]
fn a_slope_and_its_numbers_belong_together() {
    let (model, _) = model();
    let error = |model: LogitModel| model.to_json().expect_err("contradicts itself").to_string();
    let mut without = model.clone();
    without.attributes[2].slope = None;
    assert_eq!(error(without), "/attributes/2/levels/0/value: expected none without a slope, found 0");
    let mut without = model.clone();
    without.attributes[2].levels[1].value = None;
    assert_eq!(error(without), "/attributes/2/levels/1/value: expected the number of the level, found nothing");
    let mut other = model.clone();
    other.attributes[2].levels[2].value = Some(3.0);
    assert!(error(other).starts_with("/attributes/2/levels/2/value: slope x value is "));
    let text = model.to_json().expect("valid");
    assert_eq!(text.matches("\"slope\": {").count(), 1, "one attribute has a slope");
}

#[test]
fn numbers_that_are_not_finite_are_never_written() {
    let (mut model, _) = model();
    model.attributes[1].levels[0].coefficient = f64::NAN;
    let error = model.to_json().expect_err("NaN").to_string();
    assert_eq!(error, "/attributes/1/levels/0/coefficient: expected a finite number, found NaN");
}
