use super::*;
use crate::example::{assert_close, simulated, table};
use crate::inference::effects;

/// Three attributes; the first is the product, whose level 0 is one product.
fn all(seed: u64) -> CovariatePatterns {
    simulated(&[2, 3, 4, 3], -1.0, seed).with_values(3, vec![0.0, 1.0, 2.5])
}

fn params(l2: f64) -> LogitParams {
    LogitParams::new().l2(l2)
}

fn fit(patterns: &CovariatePatterns, l2: f64) -> FittedLogit {
    params(l2).check().expect("valid").fit(patterns).expect("fits")
}

fn toward(patterns: &CovariatePatterns, pooled: &FittedLogit, l2: f64) -> FittedLogit {
    params(l2).check().expect("valid").fit_toward(patterns, pooled).expect("fits")
}

#[test]
fn a_strong_pull_moves_the_intercept_alone() {
    let all = all(1);
    let (product, _) = all.subset(0, 0);
    let pooled = fit(&all, 1.0);
    let fitted = toward(&product, &pooled, 1e8);
    for (own, of_all) in fitted.coefficients().iter().flatten().zip(pooled.coefficients()[1..].iter().flatten()) {
        assert_close(*own, *of_all, 1e-5, "coefficient");
    }
    let offsets = pooled.linear_predictors_of(&product).expect("the same attributes");
    let moved = own_intercept(&offsets, product.counts());
    assert_close(fitted.intercept(), pooled.intercept() + moved, 1e-5, "intercept");
    let expected: f64 =
        (0..product.len()).map(|i| product.counts().leads[i] as f64 * fitted.probability(product.codes(i))).sum();
    assert_close(expected, product.counts().total_conversions() as f64, 1e-8, "expected conversions");
    // Known as well as the pooled coefficients, not better: with the same shares of leads, the same errors.
    let alike = toward(&all, &pooled, 1e8);
    for (own, of_all) in
        effects(&alike, &all).attributes.iter().flatten().zip(effects(&pooled, &all).attributes.iter().flatten())
    {
        assert_close(own.value, of_all.value, 1e-5, "effect");
        assert_close(own.std_error, of_all.std_error, 1e-4, "its standard error");
    }
}

#[test]
fn a_weak_pull_leaves_the_products_own_fit() {
    let all = all(2);
    let (product, _) = all.subset(0, 1);
    let (own, fitted) = (fit(&product, 1e-7), toward(&product, &fit(&all, 1.0), 1e-7));
    for (a, b) in own.probabilities(&product).iter().zip(fitted.probabilities(&product)) {
        assert_close(*a, b, 1e-6, "probability");
    }
    for (a, b) in
        effects(&own, &product).attributes.iter().flatten().zip(effects(&fitted, &product).attributes.iter().flatten())
    {
        assert_close(a.std_error, b.std_error, 1e-4, "standard error");
    }
}

#[test]
fn toward_a_model_without_effects_is_the_ordinary_penalty() {
    let product = simulated(&[3, 4], -1.0, 3);
    let nothing = fit(&product, 1e12);
    let (plain, fitted) = (fit(&product, 2.0), toward(&product, &nothing, 2.0));
    for (a, b) in plain.probabilities(&product).iter().zip(fitted.probabilities(&product)) {
        assert_close(*a, b, 1e-8, "probability");
    }
}

#[test]
fn levels_without_leads_and_shared_numbers_keep_the_pooled_coefficients() {
    let all = all(4);
    let pooled = fit(&all, 1.0);
    let mut counts = all.counts().clone();
    for pattern in 0..all.len() {
        // Nobody in level 2 of the third attribute, everybody at the number 1.
        if all.codes(pattern)[2] == 2 || all.codes(pattern)[3] != 1 {
            (counts.leads[pattern], counts.conversions[pattern]) = (0, 0);
        }
    }
    let (product, _) = all.with_counts(counts).subset(0, 0);
    let fitted = toward(&product, &pooled, 5.0);
    assert_close(fitted.coefficients()[1][2], pooled.coefficients()[2][2], 1e-12, "coefficient");
    let (own, of_all) = (fitted.slope(2).expect("linear"), pooled.slope(3).expect("linear"));
    assert_close(own.value, of_all.value, 1e-15, "slope");
    assert_close(own.std_error, (of_all.std_error.powi(2) + 0.2).sqrt(), 1e-12, "its standard error");
    let effects = effects(&fitted, &product);
    // Less sure than a level with leads, but not without an error.
    assert!(effects.attributes[1][2].std_error > effects.attributes[1][1].std_error);
    assert_close(effects.attributes[2][2].std_error, own.std_error * 1.5, 1e-12, "error of the number's level");
    crate::model::LogitModel::new(&fitted, &product, None).to_json().expect("a model file");
}

#[test]
fn what_cannot_be_fitted_toward_is_named() {
    let product = simulated(&[3, 2], -1.0, 5);
    let pooled = fit(&product, 1.0);
    let message = |params: LogitParams, patterns: &CovariatePatterns| {
        params.check().expect("valid").fit_toward(patterns, &pooled).expect_err("no fit").to_string()
    };
    assert_eq!(message(params(0.0), &product), "l2 must be above 0 to fit toward another model, found 0");
    let other = simulated(&[3, 2, 2], -1.0, 5);
    assert!(message(params(1.0), &other).contains("attribute \"a2\": that model does not have it"));
    let other = simulated(&[3, 4], -1.0, 5);
    assert!(message(params(1.0), &other).contains("attribute \"a1\": it has 2 levels in that model, 4 in the table"));
    let other = product.clone().with_values(1, vec![0.0, 1.0]);
    assert!(message(params(1.0), &other).contains("attribute \"a1\": its levels do not stand for the same numbers"));
    if cfg!(feature = "calibrate") {
        let lbfgs = params(1.0).solver(crate::fit::Solver::Lbfgs);
        assert!(message(lbfgs, &product).starts_with("solver must be newton"));
    }
}

/// The choice for a product, the pooled models being fitted without the folds of it.
fn choice(product: &CovariatePatterns, others: &CovariatePatterns) -> PullChoice {
    let folds = Folds::stratified(product, 5, 1).expect("enough leads");
    let pooled: Vec<FittedLogit> = folds
        .counts()
        .iter()
        .map(|held_out| {
            let training = product.counts().without(held_out);
            let add = |a: &[u64], b: &[u64]| a.iter().zip(b).map(|(a, b)| a + b).collect();
            fit(
                &product.with_counts(Counts {
                    leads: add(&training.leads, &others.counts().leads),
                    conversions: add(&training.conversions, &others.counts().conversions),
                }),
                1.0,
            )
        })
        .collect();
    let choice = choose_pull(&params(1.0), &STRENGTHS, product, &folds, &pooled).expect("fits");
    // The figures are those of the metric, weighted by the leads of the folds.
    let mut total = 0.0;
    for (held_out, pooled) in folds.counts().iter().zip(&pooled) {
        let fitted = toward(&product.with_counts(product.counts().without(held_out)), pooled, 10.0);
        let loss = crate::metrics::log_loss(&fitted.probabilities(product), held_out).expect("valid");
        total += loss * held_out.total_leads() as f64;
    }
    let figures = choice.figures.iter().find(|figures| figures.pull == Pull::Strength(10.0)).expect("tried");
    assert_close(figures.log_loss, total / product.counts().total_leads() as f64, 1e-12, "log loss");
    choice
}

#[test]
fn a_product_like_the_others_is_pooled_and_one_unlike_them_is_not() {
    let rates = |scale: u64, converting: [u64; 4]| {
        let codes: [&[u32]; 4] = [&[0, 0], &[0, 1], &[1, 0], &[1, 1]];
        let rows: Vec<(&[u32], u64, u64)> =
            codes.iter().zip(converting).map(|(codes, c)| (*codes, 100 * scale, c * scale)).collect();
        table(&[2, 2], &rows)
    };
    let others = rates(20, [10, 20, 30, 50]);
    assert_eq!(choice(&rates(1, [10, 20, 30, 50]), &others).chosen, Pull::PooledOnly);
    let unlike = choice(&rates(5, [50, 30, 20, 10]), &others);
    let Pull::Strength(l2) = unlike.chosen else { panic!("{unlike:?}") };
    assert!(l2 <= 100.0, "{unlike:?}");
    let least = unlike.figures.iter().map(|figures| figures.log_loss).fold(f64::INFINITY, f64::min);
    assert!(unlike.figures.last().expect("tried").log_loss > least + 0.02);
}

#[test]
fn folds_and_pooled_models_go_together() {
    let product = simulated(&[3, 2], -1.0, 6);
    let folds = Folds::stratified(&product, 3, 1).expect("enough leads");
    let error = choose_pull(&params(1.0), &STRENGTHS, &product, &folds, &[fit(&product, 1.0)]).expect_err("one model");
    assert!(error.to_string().contains("3 folds and 1 pooled models"), "{error}");
}
