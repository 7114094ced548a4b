use leadcal_lift::patterns::{Counts, CovariatePatterns};
use proptest::prelude::*;

use super::*;
use crate::example::{assert_close, attributes, simulated};
use crate::fit::LogitParams;
use crate::metrics;
use crate::validation::{Folds, Prediction, Validation, cross_validate};

fn params() -> LogitValidParams {
    LogitParams::new().check().expect("the defaults")
}

fn fold_tables(patterns: &CovariatePatterns, folds: &Folds) -> Vec<FoldTable> {
    let fold =
        |held_out: &Counts| FoldTable::new(patterns.with_counts(patterns.counts().without(held_out)), held_out.clone());
    folds.counts().iter().map(fold).collect()
}

/// The same figures by plain cross-validation of the model over some attributes, on the table with all of them.
fn measured(patterns: &CovariatePatterns, folds: &Folds, chosen: &[usize]) -> Validation {
    let validation = cross_validate(patterns, folds, |train| {
        let projected = train.project(chosen);
        let fitted = params().fit(&projected.patterns)?;
        Ok::<_, LogitError>(Prediction {
            scores: projected.spread(&fitted.linear_predictors(&projected.patterns)),
            probabilities: projected.spread(&fitted.probabilities(&projected.patterns)),
        })
    });
    validation.expect("it can be fitted")
}

const ALL: Until = Until { attributes: usize::MAX, auc: None };

/// Every step of the whole path has the least log loss of all that could have been taken, and the figures of plain
/// cross-validation.
fn check(patterns: &CovariatePatterns, folds: &Folds) -> Vec<Step> {
    let path = forward(&fold_tables(patterns, folds), &params(), ALL).expect("it can be fitted");
    let count = patterns.attributes().len();
    assert_eq!(path.len(), count);
    let mut chosen: Vec<usize> = Vec::new();
    for step in &path {
        let left = (0..count).filter(|at| !chosen.contains(at));
        let losses: Vec<(f64, usize)> = left
            .map(|at| {
                let with: Vec<usize> = chosen.iter().copied().chain([at]).collect();
                (measured(patterns, folds, &with).log_loss, at)
            })
            .collect();
        let least = losses.iter().map(|(loss, _)| *loss).fold(f64::INFINITY, f64::min);
        let found = losses.iter().find(|(_, at)| *at == step.attribute).expect("an attribute that is left");
        assert!(found.0 <= least + 2.0 * EQUAL, "{step:?} of {losses:?}");
        chosen.push(step.attribute);
        let figures = measured(patterns, folds, &chosen);
        assert_close(step.log_loss, figures.log_loss, 1e-10, "log loss");
        assert_close(step.auc, figures.auc, 1e-10, "AUC");
    }
    // In the order in which they were chosen: another order of the columns rounds otherwise, and where two predictions are
    // equal but for that, a tie more or less is half a pair.
    let ordered = patterns.project(&chosen);
    let folds = Folds::given(folds.counts().iter().map(|held_out| ordered.gathered(held_out)).collect());
    let all = auc_of_all(&fold_tables(&ordered.patterns, &folds), &params()).expect("it can be fitted");
    assert_close(path[count - 1].auc, all, 1e-9, "the last step is the model of all");
    path
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn each_step_is_the_best_there_is(levels in prop::collection::vec(2_usize..4, 1..5), seed in 0_u64..1000) {
        let patterns = simulated(&levels, -1.0, seed);
        if let Ok(folds) = Folds::stratified(&patterns, 3, seed) {
            check(&patterns, &folds);
        }
    }
}

/// Two patterns have the same prediction in one fold, but for the rounding.
#[test]
fn predictions_that_differ_by_their_rounding() {
    let patterns = simulated(&[2, 2], -1.0, 19);
    check(&patterns, &Folds::stratified(&patterns, 3, 19).expect("enough leads"));
}

#[test]
fn linear_attributes_keep_their_numbers() {
    let patterns = simulated(&[4, 3, 3], -1.0, 5).with_values(0, vec![0.0, 1.0, 2.0, 7.0]);
    check(&patterns, &Folds::stratified(&patterns, 4, 0).expect("enough leads"));
}

/// Attributes 1 and 3 tell, 0 and 2 are dealt without a look at the outcome.
fn signal_and_noise() -> CovariatePatterns {
    let (mut codes, mut counts) = (Vec::new(), Counts::default());
    for pattern in 0..36_u32 {
        let levels = [pattern % 3, pattern / 3 % 2, pattern / 6 % 3, pattern / 18];
        codes.extend(levels);
        let [_, strong, _, weak] = levels;
        counts.leads.push(100 + u64::from(pattern % 5));
        counts.conversions.push(10 + u64::from(40 * strong + 15 * weak));
    }
    CovariatePatterns::new(attributes(&[3, 2, 3, 2]), codes, counts)
}

#[test]
fn noise_comes_last() {
    let patterns = signal_and_noise();
    let path = check(&patterns, &Folds::stratified(&patterns, 5, 1).expect("enough leads"));
    assert_eq!([path[0].attribute, path[1].attribute], [1, 3]);
    assert!(path[1].log_loss < path[3].log_loss, "noise costs: {path:?}");
}

#[test]
fn a_selection_ends_where_it_is_told_to() {
    let patterns = signal_and_noise();
    let tables = fold_tables(&patterns, &Folds::stratified(&patterns, 5, 1).expect("enough leads"));
    let chosen = |until| forward(&tables, &params(), until).expect("it can be fitted");
    let all = chosen(ALL);
    assert_eq!(chosen(Until { attributes: 2, ..ALL }), all[..2]);
    assert_eq!(chosen(Until { auc: Some(all[1].auc), ..ALL }), all[..2]);
    assert_eq!(chosen(Until { attributes: 3, auc: Some(1.0) }), all[..3]);
    assert_eq!(chosen(Until { attributes: 0, ..ALL }), []);
    assert_eq!(forward(&[], &params(), ALL).expect("nothing to fit"), []);
}

#[test]
fn of_equal_attributes_the_first_name_goes_before() {
    // The same split under two names, its levels the other way round.
    let mut twins = attributes(&[2, 2]);
    "z".clone_into(&mut twins[0].name);
    let counts = Counts { leads: vec![200, 300], conversions: vec![40, 150] };
    let patterns = CovariatePatterns::new(twins, vec![0, 1, 1, 0], counts);
    let folds = Folds::stratified(&patterns, 5, 0).expect("enough leads");
    let path = forward(&fold_tables(&patterns, &folds), &params(), ALL).expect("it can be fitted");
    assert_eq!([path[0].attribute, path[1].attribute], [1, 0]);
}

#[test]
fn what_cannot_be_fitted_names_its_fold() {
    let patterns = simulated(&[3, 2], -1.0, 3);
    let mut tables = fold_tables(&patterns, &Folds::stratified(&patterns, 3, 0).expect("enough leads"));
    let counts = tables[1].train().counts();
    let none = Counts { leads: counts.leads.clone(), conversions: vec![0; patterns.len()] };
    tables[1] = FoldTable::new(patterns.with_counts(none), tables[1].held_out().clone());
    let error = forward(&tables, &params(), ALL).expect_err("one outcome");
    assert_eq!(error.fold, 1);
    assert!(matches!(error.source, LogitError::OneOutcome { .. }), "{error}");
}

#[test]
fn a_sample_has_about_as_many_patterns_as_asked_and_the_same_rates() {
    let patterns = simulated(&[10, 10, 10, 10], -1.0, 7);
    let folds = Folds::stratified(&patterns, 5, 0).expect("enough leads");
    assert!(thinned(&patterns, &folds, patterns.len(), 0).is_none());
    let (sample, parts) = thinned(&patterns, &folds, 2_000, 0).expect("too many patterns");
    parts.check(&sample).expect("folds of the sample");
    assert!((1_850..2_150).contains(&sample.len()), "{}", sample.len());
    let rate = |counts: &Counts| counts.total_conversions() as f64 / counts.total_leads() as f64;
    assert!((rate(sample.counts()) - rate(patterns.counts())).abs() < 0.03);
    assert!((0..sample.len()).all(|pattern| sample.counts().leads[pattern] > 0));
    let again = thinned(&patterns, &folds, 2_000, 0).expect("too many patterns");
    assert_eq!((again.0.counts(), again.1), (sample.counts(), parts));
}

#[test]
fn a_sample_keeps_enough_of_the_rarer_outcome() {
    let patterns = simulated(&[10, 10, 10, 10], -5.0, 7);
    let conversions = patterns.counts().total_conversions();
    assert!((700..5_000).contains(&conversions), "{conversions}");
    let folds = Folds::stratified(&patterns, 5, 0).expect("enough leads");
    let (sample, _) = thinned(&patterns, &folds, 10, 0).expect("too many patterns");
    let kept = sample.counts().total_conversions();
    assert!((420..580).contains(&kept), "{kept}");
}

#[test]
fn the_figures_are_those_of_held_out_leads() {
    // By hand: one attribute, no training conversion rate of a fold is that of its held-out leads.
    let train = CovariatePatterns::new(
        attributes(&[2]),
        vec![0, 1],
        Counts { leads: vec![100, 100], conversions: vec![20, 60] },
    );
    let held_out = Counts { leads: vec![10, 30], conversions: vec![5, 10] };
    let fitted = params().fit(&train).expect("it can be fitted");
    let expected = metrics::log_loss(&fitted.probabilities(&train), &held_out).expect("valid");
    let path = forward(&[FoldTable::new(train, held_out)], &params(), ALL).expect("it can be fitted");
    assert_close(path[0].log_loss, expected, 1e-12, "log loss");
    // 5 of 15 conversions score low, 5 of 25 others: low conversions tie with low others, high ones beat them.
    let auc = (5.0 * 0.5 * 5.0 + 10.0 * (5.0 + 0.5 * 20.0)) / (15.0 * 25.0);
    assert_close(path[0].auc, auc, 1e-12, "AUC");
}
