use leadcal_lift::beta;

use super::*;
use crate::config::ScoringConfig;
use crate::spec::ValueAndCost;

/// Two bands, a stage, and a rate that is one half at score 20 and grows by a factor e in the odds every 10 points.
const MODEL: &str = r#""base_points": 0, "range": { "min": 0, "max": 40 }, "groups": [{ "name": "g", "min": 0, "max": 40 }],
    "attributes": [], "stages": [{ "name": "MQL", "from": 20 }], "expected_rate_by_score": { "intercept": -2, "slope": 0.1 }"#;

fn models(bands: &[&str]) -> Vec<Model> {
    let products = ["null", "\"b\""];
    let models = bands
        .iter()
        .zip(products)
        .map(|(bands, product)| format!(r#"{{ "product": {product}, {MODEL}, "bands": {bands} }}"#));
    let models = models.collect::<Vec<_>>().join(",");
    let text = format!(r#"{{ "format": "leadcal.scoring-config", "version": 1, "name": "c", "models": [{models}] }}"#);
    ScoringConfig::parse(&text).expect("a config").models
}

const COLD_AND_HOT: &str = r#"[{ "name": "cold", "from": 0, "expected_rate": 0.1 }, { "name": "hot", "from": 20, "action": "call", "expected_rate": 0.9 }]"#;

fn row(model: usize, score: f64, leads: u64, conversions: u64) -> Scored {
    Scored { model, score, probability: None, leads, conversions }
}

/// 100 leads, 30 conversions: 40 of them at score 10, 40 at 20, 20 at 30.
fn rows() -> Vec<Scored> {
    vec![row(0, 10.0, 30, 2), row(0, 30.0, 20, 14), row(0, 20.0, 40, 12), row(0, 10.0, 10, 2)]
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
}

#[test]
fn bands_and_stages_hold_what_the_runtime_puts_there() {
    let options = FigureOptions { weeks: Some(4.0), ..FigureOptions::default() };
    let found = figures(&models(&[COLD_AND_HOT]), &rows(), &options);
    assert_eq!((found.leads, found.conversions, found.leads_a_week), (100, 30, Some(25.0)));
    let [cold, hot] = &found.bands[..] else { panic!("two bands") };
    assert_eq!((cold.leads, cold.conversions, cold.from), (40, 4, Some(0.0)));
    assert_eq!((hot.leads, hot.conversions, hot.action.as_deref()), (60, 26, Some("call")));
    near(hot.share, 0.6);
    near(hot.of_conversions, 26.0 / 30.0);
    near(hot.leads_a_week.expect("weeks are known"), 15.0);
    near(hot.lift.expect("a rate"), 26.0 / 60.0 / 0.3);
    let rate = hot.rate.expect("leads");
    near(rate.rate, 26.0 / 60.0);
    assert_eq!(rate.interval.map(f64::to_bits), beta::interval(26.5, 34.5, 0.95).map(f64::to_bits));
    assert_eq!((cold.as_expected, hot.as_expected), (Some(AsExpected::Yes), Some(AsExpected::Less)));
    // A stage's expected rate is the mean of the curve's: one half for 40 leads, 1 / (1 + 1 / e) for 20.
    let [mql] = &found.stages[..] else { panic!("one stage") };
    assert_eq!((mql.leads, mql.conversions), (60, 26));
    near(mql.expected_rate.expect("a curve"), (40.0 * 0.5 + 20.0 / (1.0 + (-1.0_f64).exp())) / 60.0);
}

#[test]
fn ranking_is_that_of_the_pairs() {
    let found = figures(&models(&[COLD_AND_HOT]), &rows(), &FigureOptions::default());
    // Of 30 x 70 pairs: a conversion at 30 is above the 28 others at 20 and the 36 at 10, and ties with the 6 at 30; and so on.
    let won = 14.0 * (28.0 + 36.0 + 3.0) + 12.0 * (36.0 + 14.0) + 4.0 * 18.0;
    near(found.auc.expect("both outcomes").value, won / 2100.0);
    let alone = found.rate_alone.expect("both outcomes");
    near(alone.brier, 0.21);
    near(alone.log_loss, -(0.3 * 0.3_f64.ln() + 0.7 * 0.7_f64.ln()));
    // The only prediction is the curve's: no row has a probability.
    let [predicted] = &found.predictions[..] else { panic!("one prediction") };
    assert_eq!(predicted.of, Predicted::ExpectedRateByScore);
    let p = [1.0 / (1.0 + 1.0_f64.exp()), 0.5, 1.0 / (1.0 + (-1.0_f64).exp())];
    near(predicted.mean, (40.0 * p[0] + 40.0 * p[1] + 20.0 * p[2]) / 100.0);
    let square = |p: f64, leads: f64, conversions: f64| conversions * (1.0 - p).powi(2) + (leads - conversions) * p * p;
    near(predicted.brier, (square(p[0], 40.0, 4.0) + square(p[1], 40.0, 12.0) + square(p[2], 20.0, 14.0)) / 100.0);
}

#[test]
fn a_tenth_that_ends_among_tied_leads_takes_its_share_of_their_conversions() {
    let found = figures(&models(&[COLD_AND_HOT]), &rows(), &FigureOptions::default()).gains;
    let caught: Vec<f64> = found.iter().map(|gains| gains.conversions * 30.0).collect();
    for (found, expected) in caught.iter().zip([7.0, 14.0, 17.0, 20.0, 23.0, 26.0, 27.0, 28.0, 29.0, 30.0]) {
        near(*found, expected);
    }
    let from: Vec<(f64, bool)> = found.iter().map(|gains| (gains.from, gains.of_tied.is_some())).collect();
    let expected = [30.0, 30.0, 20.0, 20.0, 20.0, 20.0, 10.0, 10.0, 10.0, 10.0].into_iter();
    let tied = [true, false, true, true, true, false, true, true, true, false];
    assert_eq!(from, expected.zip(tied).collect::<Vec<_>>());
    near(found[0].of_tied.expect("half of the best twenty"), 0.5);
    near(found[1].lift, 14.0 / 20.0 / 0.3);
    near(found[1].rate, 0.7);
}

#[test]
fn calls_bring_conversions_times_value_less_their_cost() {
    let value = Some(ValueAndCost { value: 100.0, cost: 20.0 });
    let found = figures(&models(&[COLD_AND_HOT]), &rows(), &FigureOptions { value, ..FigureOptions::default() });
    let found = found.value.expect("asked for");
    near(found.break_even_rate, 0.2);
    let profits = |of: &[Profit]| of.iter().map(|profit| profit.profit).collect::<Vec<_>>();
    assert_eq!(profits(&found.bands), [400.0 - 800.0, 2600.0 - 1200.0]);
    assert_eq!(profits(&found.from_bands), [3000.0 - 2000.0, 1400.0]);
    assert_eq!(profits(&found.from_stages), [1400.0]);
    near(found.everyone.profit, 1000.0);
    let [low, high] = beta::interval(26.5, 34.5, 0.95);
    near(found.bands[1].interval[0], 60.0 * (100.0 * low - 20.0));
    near(found.bands[1].interval[1], 60.0 * (100.0 * high - 20.0));
    // From 30: 1400 - 400; from 20: 1400; from 10: 1000.
    let best = found.best.expect("calls pay");
    assert_eq!((best.from, best.leads, best.conversions, best.profit), (20.0, 60, 26, 1400.0));
}

#[test]
fn of_equal_profits_the_fewest_calls_are_best_and_none_may_be() {
    let of = |value: f64, cost: f64| {
        let value = Some(ValueAndCost { value, cost });
        figures(&models(&[COLD_AND_HOT]), &rows(), &FigureOptions { value, ..FigureOptions::default() }).value
    };
    // Leads at 20 convert at 30 %: at 30 % they bring nothing, so 30 is as good as 20.
    let best = of(100.0, 30.0).expect("asked for").best.expect("calls pay");
    assert_eq!((best.from, best.profit), (30.0, 800.0));
    assert_eq!(of(100.0, 70.0).expect("asked for").best, None);
}

#[test]
fn a_capacity_ends_where_the_next_score_would_be_too_many() {
    let of = |per_week: f64| {
        let options = FigureOptions { weeks: Some(2.0), capacity_per_week: Some(per_week), ..FigureOptions::default() };
        figures(&models(&[COLD_AND_HOT]), &rows(), &options).capacity.expect("weeks are known")
    };
    let found = of(29.9);
    assert_eq!((found.from, found.leads, found.conversions, found.missed), (Some(30.0), 20, 14, 16));
    assert_eq!((found.leads_a_week, found.next), (10.0, Some((20.0, 30.0))));
    near(found.missed_share, 16.0 / 30.0);
    assert_eq!(of(30.0).from, Some(20.0));
    let nobody = of(9.0);
    assert_eq!((nobody.from, nobody.leads, nobody.rate, nobody.next), (None, 0, None, Some((30.0, 10.0))));
    let everybody = of(50.0);
    assert_eq!((everybody.from, everybody.missed, everybody.next), (Some(10.0), 0, None));
}

#[test]
fn leads_of_several_models_are_ranked_by_their_expected_rates() {
    let models =
        models(&[COLD_AND_HOT, r#"[{ "name": "cold", "from": 0 }, { "name": "hot", "from": 15, "action": "call" }]"#]);
    let mut rows = rows();
    rows.push(row(1, 16.0, 10, 5));
    let found = figures(&models, &rows, &FigureOptions::default());
    assert_eq!(found.ranked_by, Some(RankedBy::ExpectedRate));
    let hot = &found.bands[1];
    assert_eq!((hot.from, hot.leads, hot.conversions, hot.action.as_deref()), (None, 70, 31, Some("call")));
    assert_eq!((hot.expected_rate, hot.as_expected), (None, None), "one of the models does not say");
    assert_eq!(found.bands[0].from, Some(0.0));
    near(found.gains[9].from, 1.0 / (1.0 + 1.0_f64.exp()));

    let other_names = self::models(&[COLD_AND_HOT, r#"[{ "name": "all", "from": 0 }]"#]);
    assert_eq!(figures(&other_names, &rows, &FigureOptions::default()).bands, []);
    let mut without_curve = models;
    without_curve[1].expected_rate_by_score = None;
    let found = figures(&without_curve, &rows, &FigureOptions::default());
    assert_eq!((found.ranked_by, found.auc, found.gains), (None, None, Vec::new()));
}

#[test]
fn one_outcome_and_no_lead_have_what_figures_there_are() {
    let options = FigureOptions {
        weeks: Some(1.0),
        value: Some(ValueAndCost { value: 1.0, cost: 1.0 }),
        capacity_per_week: Some(1.0),
    };
    let found = figures(&models(&[COLD_AND_HOT]), &[row(0, 20.0, 3, 0)], &options);
    assert_eq!((found.auc, found.rate_alone, found.gains.len()), (None, None, 0));
    assert_eq!(found.bands[0].rate, None);
    assert_eq!(found.bands[0].expected_rate, Some(0.1), "the config says so whatever leads there are");
    let rate = found.bands[1].rate.expect("leads");
    assert_eq!((rate.rate, rate.interval[0], found.bands[1].lift), (0.0, 0.0, None));
    assert_eq!(found.predictions[0].calibration, None);
    let none = figures(&models(&[COLD_AND_HOT]), &[], &options);
    assert_eq!((none.leads, none.rate, none.capacity, none.predictions.len()), (0, None, None, 0));
}

#[test]
fn what_is_wrong_with_bands_is_said() {
    let check = |rows: &[Scored], capacity_per_week: f64, expected: &[&str]| {
        let options =
            FigureOptions { weeks: Some(10.0), capacity_per_week: Some(capacity_per_week), ..FigureOptions::default() };
        assert_eq!(warnings(&figures(&models(&[COLD_AND_HOT]), rows, &options)), expected);
    };
    check(&[row(0, 0.0, 500, 50), row(0, 20.0, 100, 40)], 10.0, &[]);
    check(
        &[row(0, 0.0, 500, 250), row(0, 20.0, 100, 10)],
        9.5,
        &[
            "bands are out of order: \"hot\" converts at 10.0 %, \"cold\" below it at 50.0 % (the 95 % intervals do not meet, so it \
             is hardly chance)",
            "band \"hot\" alone has 10.0 leads a week, more than the 9.5 that can be called",
        ],
    );
    check(
        &[row(0, 0.0, 40, 20), row(0, 20.0, 10, 4)],
        10.0,
        &[
            "24 conversions and 26 other leads are few: with fewer than 40 of either the figures are mostly chance",
            "bands are out of order: \"hot\" converts at 40.0 %, \"cold\" below it at 50.0 % (the 95 % intervals overlap, so it \
             may be chance)",
        ],
    );
    check(&[row(0, 0.0, 500, 50)], 10.0, &["no lead is in band \"hot\": nothing can be said of it"]);
}
