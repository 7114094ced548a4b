use super::*;
use crate::example::{assert_close, simulated, table};
use crate::fit::LogitParams;
use crate::metrics::auc as area_under;

fn fit_and_predict(train: &CovariatePatterns) -> Result<Prediction, LogitError> {
    let fitted = LogitParams::new().check()?.fit(train)?;
    let (scores, probabilities) = (fitted.linear_predictors(train), fitted.probabilities(train));
    Ok(Prediction { scores, probabilities })
}

#[test]
fn figures_are_those_of_the_held_out_leads() {
    let patterns = simulated(&[3, 4, 2], -1.0, 1);
    let folds = Folds::stratified(&patterns, 5, 0).expect("enough leads");
    let validation = cross_validate(&patterns, &folds, fit_and_predict).expect("valid");
    let mut areas = Vec::new();
    for (part, metrics) in folds.counts().iter().zip(&validation.folds) {
        let train = patterns.with_counts(patterns.counts().without(part));
        let prediction = fit_and_predict(&train).expect("fits");
        let area = area_under(&prediction.scores, part).expect("both outcomes");
        assert_eq!(metrics.auc.to_bits(), area.value.to_bits());
        assert_eq!((metrics.leads, metrics.conversions), (part.total_leads(), part.total_conversions()));
        areas.push(area);
    }
    let mean = areas.iter().map(|area| area.value).sum::<f64>() / 5.0;
    assert_close(validation.auc, mean, 1e-15, "mean AUC");
    let variance = areas.iter().map(|area| area.variance).sum::<f64>() / 25.0;
    assert_close(validation.auc_std_error, variance.sqrt(), 1e-15, "standard error");
    assert!(validation.auc_interval[0] < mean && mean < validation.auc_interval[1]);
    assert!(validation.auc > 0.5 && validation.calibration.slope > 0.5 && validation.calibration.slope < 1.5);
}

#[test]
fn a_model_of_noise_is_worth_nothing_out_of_fold() {
    // Equal rates everywhere: what the training folds see is chance.
    let rows: Vec<([u32; 2], u64, u64)> = (0..20).map(|at| ([at % 5, at / 5], 50, 10)).collect();
    let rows: Vec<(&[u32], u64, u64)> = rows.iter().map(|(codes, n, c)| (codes.as_slice(), *n, *c)).collect();
    let patterns = table(&[5, 4], &rows);
    let folds = Folds::stratified(&patterns, 5, 0).expect("enough leads");
    let validation = cross_validate(&patterns, &folds, fit_and_predict).expect("valid");
    assert!(validation.auc < 0.5, "training surplus is held-out shortage: {}", validation.auc);
}

#[test]
fn folds_that_are_no_partition_are_errors() {
    let patterns = table(&[2], &[(&[0], 10, 4), (&[1], 10, 6)]);
    let part = |leads: [u64; 2], conversions: [u64; 2]| Counts { leads: leads.into(), conversions: conversions.into() };
    let error = |folds: Vec<Counts>| {
        cross_validate(&patterns, &Folds::given(folds), fit_and_predict).expect_err("no partition").to_string()
    };
    let half = || part([5, 5], [2, 3]);
    assert!(cross_validate(&patterns, &Folds::given(vec![half(), half()]), fit_and_predict).is_ok());
    assert!(error(vec![half()]).starts_with("folds must be at least 2"));
    assert!(error(vec![half(), part([5, 4], [2, 3])]).contains("pattern 1 has 9 leads"));
    assert!(error(vec![half(), Counts::default()]).contains("fold 1 is of 0 patterns, the table of 2"));
    let one_sided = error(vec![part([4, 6], [4, 6]), part([6, 4], [0, 0])]);
    assert_eq!(one_sided, "fold 0 has 10 conversions of 10 leads; every fold needs both outcomes");
}

#[test]
fn errors_of_the_calibration_and_of_its_predictions_come_through() {
    let patterns = simulated(&[3], -1.0, 2);
    let folds = Folds::stratified(&patterns, 3, 0).expect("enough leads");
    let validate = |result: fn(&CovariatePatterns) -> Result<Prediction, LogitError>| {
        cross_validate(&patterns, &folds, result).expect_err("wrong")
    };
    assert!(matches!(validate(|_| Err(LogitError::NoLeads)), LogitError::NoLeads));
    let short = validate(|_| Ok(Prediction { scores: vec![0.0], probabilities: vec![0.5] }));
    assert!(matches!(short, LogitError::Length { expected: 3, found: 1 }));
    let wrong = validate(|_| Ok(Prediction { scores: vec![0.0; 3], probabilities: vec![2.0; 3] }));
    assert!(matches!(wrong, LogitError::Probability { .. }));
}
