use leadcal_lift::points::{PointsMethod, Range, ScoreCount};

use super::*;

/// 100 leads at each score 0, 10, … 100, of which as many convert as the score says, in per cent.
fn points() -> PointsTable {
    let scores = (0..=10).map(|ten| ScoreCount { score: ten * 10, leads: 100, conversions: ten.unsigned_abs() * 10 });
    PointsTable {
        format: leadcal_lift::points::FORMAT.to_owned(),
        version: leadcal_lift::points::VERSION,
        method: PointsMethod::RateDifference,
        scale_factor: 1.0,
        keep_inconclusive: false,
        min_leads: 30,
        base_points: 0,
        range: Range { min: 0, max: 100 },
        leads: 1100,
        conversions: 550,
        rate: 0.5,
        weeks: Some(11.0),
        groups: Vec::new(),
        attributes: Vec::new(),
        product: None,
        products: Vec::new(),
        scores: scores.collect(),
    }
}

/// Rate 0.5 at score 50, 0.8808 at 100.
const CURVE: ScoreCurve = ScoreCurve { intercept: -2.0, slope: 0.04 };

fn check(rule: Option<&CutRule>, expected: &[(&str, f64, Option<f64>)], warnings: usize) {
    let made = bands(rule, &points(), &CURVE).expect("cut");
    let found: Vec<(&str, f64, Option<f64>)> =
        made.bands.iter().map(|band| (band.name.as_str(), band.from, band.expected_rate)).collect();
    assert_eq!(found, expected);
    assert_eq!(made.warnings.len(), warnings, "{:?}", made.warnings);
}

fn named(pairs: &[(&str, f64)]) -> Vec<(String, f64)> {
    pairs.iter().map(|(name, x)| ((*name).to_owned(), *x)).collect()
}

#[test]
fn fixed_cut_offs_keep_their_scores() {
    let rule = CutRule::CutOffs(vec![("low".to_owned(), 0), ("high".to_owned(), 80), ("never".to_owned(), 101)]);
    check(Some(&rule), &[("low", 0.0, Some(0.35)), ("high", 80.0, Some(0.9)), ("never", 101.0, None)], 1);
}

#[test]
fn target_rates_find_the_lowest_score_that_reaches_them() {
    let rule = CutRule::TargetRates(named(&[("warm", 0.5), ("hot", 0.8)]));
    check(Some(&rule), &[("cold", 0.0, Some(0.2)), ("warm", 50.0, Some(0.65)), ("hot", 85.0, Some(0.95))], 0);
}

#[test]
fn a_rate_out_of_reach_and_a_rate_always_reached_leave_a_band_out() {
    let rule = CutRule::TargetRates(named(&[("all", 0.1), ("top", 0.95)]));
    check(Some(&rule), &[("all", 0.0, Some(0.5))], 2);
}

#[test]
fn without_a_rule_the_overall_rate_cuts() {
    check(None, &[("cold", 0.0, Some(0.2)), ("warm", 50.0, Some(0.6)), ("hot", 78.0, Some(0.9))], 0);
}

#[test]
fn a_band_by_capacity_tells_what_its_leads_did() {
    let rule = CutRule::CapacityPerWeek(named(&[("warm", 50.0), ("hot", 10.0)]));
    check(Some(&rule), &[("cold", 0.0, Some(0.25)), ("warm", 51.0, Some(0.75)), ("hot", 91.0, Some(1.0))], 0);
}

#[test]
fn stages_follow_the_same_rules_and_need_no_lowest() {
    let made = stages(None, &points(), &CURVE).expect("cut");
    assert!(made.stages.is_empty() && made.cut_offs.is_empty() && made.warnings.is_empty());
    let rule = CutRule::TargetRates(named(&[("MQL", 0.5), ("SQL", 0.8)]));
    let made = stages(Some(&rule), &points(), &CURVE).expect("cut");
    let stage = |name: &str, from| Stage { name: name.to_owned(), from };
    assert_eq!(made.stages, [stage("MQL", 50.0), stage("SQL", 85.0)]);
    let rule = CutRule::CutOffs(vec![("MQL".to_owned(), 50), ("SQL".to_owned(), 101)]);
    let made = stages(Some(&rule), &points(), &CURVE).expect("cut");
    assert_eq!(made.stages, [stage("MQL", 50.0), stage("SQL", 101.0)]);
    assert_eq!(made.warnings, ["no calibration lead reaches stage \"SQL\""]);
}
