use super::*;
use crate::attribute::{Attribute, FieldType, Input, Level, Scalar, When};
use crate::patterns::Counts;
use crate::shrinkage::Shrinkage;
use proptest::prelude::*;

fn attribute(name: &str, levels: usize) -> Attribute {
    let level = |index: usize| {
        let name = format!("level {index}");
        Level { when: When::In(vec![Scalar::Text(name.clone())]), name }
    };
    Attribute {
        name: name.to_owned(),
        input: Input { field: name.to_owned(), kind: FieldType::Text, missing: Vec::new() },
        levels: (0..levels).map(level).collect(),
    }
}

/// One attribute, a pattern for each level.
fn one_attribute(levels: &[(u64, u64)]) -> CovariatePatterns {
    let counts =
        Counts { leads: levels.iter().map(|l| l.0).collect(), conversions: levels.iter().map(|l| l.1).collect() };
    let codes = (0..).take(levels.len()).collect();
    CovariatePatterns::new(vec![attribute("a", levels.len())], codes, counts)
}

fn lift_of(patterns: &CovariatePatterns, strength: f64) -> LiftTable {
    LiftTable::from_patterns(patterns, &Shrinkage::Strength(strength))
}

fn points_of(levels: &[(u64, u64)], strength: f64, options: &PointsOptions) -> Vec<i64> {
    let patterns = one_attribute(levels);
    let table = assign(&patterns, &lift_of(&patterns, strength), options, None).expect("points");
    table.attributes[0].levels.iter().map(|level| level.points).collect()
}

const SEED_EXAMPLE: [(u64, u64); 2] = [(100, 40), (900, 110)];

#[test]
fn forty_per_cent_against_fifteen_gets_25_points() {
    assert_eq!(points_of(&SEED_EXAMPLE, 0.0, &PointsOptions::default()), [25, -3]);
    assert_eq!(points_of(&SEED_EXAMPLE, 100.0, &PointsOptions::default()), [13, -3]);
}

#[test]
fn each_method_by_hand() {
    let options = |method, factor| PointsOptions { method, scale: Scale::Factor(factor), ..PointsOptions::default() };
    // 0.4 / 0.15 - 1 = 1.667; logit(0.4) - logit(0.15) = 1.329.
    assert_eq!(points_of(&SEED_EXAMPLE, 0.0, &options(PointsMethod::LiftRatio, 10.0)), [17, -2]);
    assert_eq!(points_of(&SEED_EXAMPLE, 0.0, &options(PointsMethod::LogOdds, 10.0)), [13, -2]);
}

#[test]
fn half_a_point_rounds_away_from_zero_on_both_sides() {
    // 15.5 % and 14.5 % against 15 %: half a point, which no rounding on the way may spoil.
    let keep = PointsOptions { keep_inconclusive: true, ..PointsOptions::default() };
    assert_eq!(points_of(&[(1000, 155), (1000, 145)], 0.0, &keep), [1, -1]);
    assert_eq!(points_of(&[(1000, 165), (1000, 135)], 1000.0, &keep), [1, -1]);
}

#[test]
fn inconclusive_levels_get_nothing_unless_kept() {
    let levels = [(20, 18), (40, 8), (2000, 300)];
    let patterns = one_attribute(&levels);
    let lift = lift_of(&patterns, 0.0);
    let table = assign(&patterns, &lift, &PointsOptions::default(), None).expect("points");
    let levels = &table.attributes[0].levels;
    // The first is far off but has too few leads, the second is not far off.
    assert!(lift.attributes[0].levels[0].conclusive);
    assert_eq!([levels[0].points, levels[1].points], [0, 0]);
    assert!(levels.iter().all(|level| !level.conclusive));
    assert!(levels[0].points_interval[0] > 0);
    let kept = PointsOptions { keep_inconclusive: true, ..PointsOptions::default() };
    let table = assign(&patterns, &lift, &kept, None).expect("points");
    assert!(table.attributes[0].levels[0].points > 50 && !table.attributes[0].levels[0].conclusive);
}

#[test]
fn log_odds_points_of_separating_levels_are_finite() {
    let options =
        PointsOptions { method: PointsMethod::LogOdds, scale: Scale::Factor(10.0), ..PointsOptions::default() };
    let patterns = one_attribute(&[(100, 0), (100, 100), (0, 0), (200, 60)]);
    let table = assign(&patterns, &lift_of(&patterns, 0.0), &options, None).expect("points");
    let levels = &table.attributes[0].levels;
    // (0 + 1/2) / 101 and (100 + 1/2) / 101 against 0.4.
    assert_eq!([levels[0].points, levels[1].points, levels[2].points], [-49, 57, 0]);
    assert!(
        levels.iter().all(|level| level.points_interval[0] <= level.points && level.points <= level.points_interval[1])
    );
}

#[test]
fn one_valued_outcomes_give_no_points() {
    for method in [PointsMethod::RateDifference, PointsMethod::LiftRatio, PointsMethod::LogOdds] {
        for levels in [[(500, 0), (500, 0)], [(500, 500), (500, 500)]] {
            for scale in [Scale::Factor(1.0), Scale::ZeroToHundred] {
                for keep_inconclusive in [false, true] {
                    let options = PointsOptions { method, scale, keep_inconclusive, ..PointsOptions::default() };
                    assert_eq!(points_of(&levels, 0.0, &options), [0, 0], "{method} {levels:?}");
                    assert_eq!(points_of(&levels, 10.0, &options), [0, 0], "{method} {levels:?}");
                }
            }
        }
    }
}

#[test]
fn base_points_bring_the_lowest_scores_to_zero() {
    let patterns = one_attribute(&[(500, 200), (480, 20), (20, 0)]);
    let table = assign(&patterns, &lift_of(&patterns, 0.0), &PointsOptions::default(), None).expect("points");
    // 22 % overall: +18, -18, and 0 for too few leads.
    assert_eq!(table.base_points, 18);
    assert_eq!(table.range, Range { min: 0, max: 100 });
    let scores: Vec<(i64, u64, u64)> = table.scores.iter().map(|s| (s.score, s.leads, s.conversions)).collect();
    assert_eq!(scores, [(0, 480, 20), (18, 20, 0), (36, 500, 200)]);
    let wide = PointsOptions { scale: Scale::Factor(5.0), ..PointsOptions::default() };
    let table = assign(&patterns, &lift_of(&patterns, 0.0), &wide, None).expect("points");
    assert_eq!((table.base_points, table.range.max), (89, 89 + 90));
}

#[test]
fn zero_to_hundred_spans_the_leads() {
    let patterns = one_attribute(&[(500, 200), (300, 60), (200, 10)]);
    let options = PointsOptions { scale: Scale::ZeroToHundred, ..PointsOptions::default() };
    let table = assign(&patterns, &lift_of(&patterns, 0.0), &options, None).expect("points");
    let points: Vec<i64> = table.attributes[0].levels.iter().map(|level| level.points).collect();
    // 40 %, 20 % and 5 % against 27 %: 35 percentage points become 100.
    assert!((table.scale_factor - 100.0 / 35.0).abs() < 1e-12);
    assert_eq!(points, [37, -20, -63]);
    assert_eq!((table.base_points, table.range), (63, Range { min: 0, max: 100 }));
    assert_eq!(table.scores_of(&patterns), [100.0, 43.0, 0.0]);
}

#[test]
fn zero_to_hundred_with_few_leads_apart_spans_them_all() {
    // Both percentiles fall on the large level, so the least and greatest leads are taken.
    let patterns = one_attribute(&[(100_000, 10_000), (40, 40)]);
    let options = PointsOptions {
        scale: Scale::ZeroToHundred,
        keep_inconclusive: true,
        min_leads: 30,
        ..PointsOptions::default()
    };
    let table = assign(&patterns, &lift_of(&patterns, 0.0), &options, None).expect("points");
    assert_eq!(table.scores_of(&patterns), [0.0, 100.0]);
}

#[test]
fn fitted_points_come_from_the_effects() {
    let patterns = one_attribute(&[(500, 200), (500, 20), (10, 5)]);
    let lift = lift_of(&patterns, 0.0);
    let options =
        PointsOptions { method: PointsMethod::Fitted, scale: Scale::Factor(10.0), ..PointsOptions::default() };
    let effect = |value, low, high| EffectInterval { value, low, high };
    let effects = [vec![effect(0.75, 0.5, 1.0), effect(-0.2, -0.5, 0.1), effect(2.0, 1.0, 3.0)]];
    let table = assign(&patterns, &lift, &options, Some(&effects)).expect("points");
    let found: Vec<_> =
        table.attributes[0].levels.iter().map(|l| (l.points, l.points_interval, l.conclusive)).collect();
    assert_eq!(found, [(8, [5, 10], true), (0, [-5, 1], false), (0, [10, 30], false)]);

    let fails = |effects: Option<&[Vec<EffectInterval>]>| {
        assign(&patterns, &lift, &options, effects).expect_err("an error").to_string()
    };
    assert!(fails(None).contains("needs the logistic model's effects"));
    assert!(fails(Some(&[])).contains("has 1 in the lift table, 0"));
    assert!(fails(Some(&[vec![]])).contains("levels of attribute \"a\" has 3"));
    let nan = [vec![effect(f64::NAN, 0.0, 1.0); 3]];
    assert!(fails(Some(&nan)).contains("attribute \"a\", level \"level 0\""));
}

#[test]
fn what_cannot_be_scaled_is_an_error() {
    let patterns = one_attribute(&SEED_EXAMPLE);
    let lift = lift_of(&patterns, 0.0);
    let fails = |factor| {
        let options = PointsOptions { scale: Scale::Factor(factor), ..PointsOptions::default() };
        assign(&patterns, &lift, &options, None).expect_err("an error").to_string()
    };
    for factor in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(fails(factor).contains("above 0"), "{factor}");
    }
    assert!(fails(1e300).contains("level \"level 0\" would get 2.5e301 points"), "{}", fails(1e300));
    let empty = one_attribute(&[(0, 0), (0, 0)]);
    let nothing = assign(&empty, &lift_of(&empty, 0.0), &PointsOptions::default(), None);
    assert_eq!(nothing, Err(PointsError::NoLeads));
    let other = one_attribute(&[(100, 40), (800, 100), (100, 10)]);
    let mixed = assign(&other, &lift, &PointsOptions::default(), None);
    assert_eq!(mixed, Err(PointsError::OtherPatterns { attribute: "a".to_owned() }));
}

#[test]
fn methods_and_scales_are_written_as_words() {
    for (method, word) in PointsMethod::WORDS {
        assert_eq!(method.to_string(), word);
        assert_eq!(word.parse(), Ok(method));
        assert_eq!(serde_json::to_string(&method).expect("JSON"), format!("\"{word}\""));
    }
    assert!("rate".parse::<PointsMethod>().is_err());
    for (text, json, scale) in [("0-100", "\"0-100\"", Scale::ZeroToHundred), ("2.5", "2.5", Scale::Factor(2.5))] {
        assert_eq!(text.parse(), Ok(scale));
        assert_eq!(serde_json::from_str::<Scale>(json).expect("JSON"), scale);
        assert_eq!(serde_json::to_string(&scale).expect("JSON"), json);
        assert_eq!(scale.to_string(), text);
    }
    for json in ["0", "-2", "\"1-100\"", "true"] {
        assert!(serde_json::from_str::<Scale>(json).is_err(), "{json}");
    }
}

fn example_table() -> PointsTable {
    let counts = Counts { leads: vec![100, 50, 300, 20], conversions: vec![10, 20, 3, 9] };
    let attributes = vec![attribute("a", 2), attribute("b", 3)];
    let patterns = CovariatePatterns::new(attributes, vec![0, 0, 0, 1, 1, 0, 1, 1], counts);
    let lift = LiftTable::from_patterns(&patterns, &Shrinkage::EmpiricalBayes);
    assign(&patterns, &lift, &PointsOptions::default(), None).expect("points")
}

#[test]
fn a_points_table_reads_back_to_the_byte() {
    let table = example_table();
    let json = table.to_json();
    assert!(!json.contains("weeks"));
    let timed = PointsTable { weeks: Some(52.5), ..example_table() };
    assert_eq!(PointsTable::from_json(&timed.to_json()).expect("its own JSON"), timed);
    let back = PointsTable::from_json(&json).expect("its own JSON");
    assert_eq!(back, table);
    assert_eq!(back.to_json(), json);
    assert!(
        json.starts_with("{\n  \"format\": \"leadcal.points\",\n  \"version\": 2,\n  \"method\": \"rate-difference\"")
    );
    assert_eq!(table.attributes[1].attribute(), attribute("b", 3));
}

#[test]
fn a_points_table_that_is_none_says_why() {
    let json = example_table().to_json();
    let check = |from: &str, to: &str, expected: &str| {
        assert!(json.contains(from), "{from}");
        let error = PointsTable::from_json(&json.replacen(from, to, 1)).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
    };
    check("{", "", "not a points table");
    check("leadcal.points", "leadcal.model", "\"format\" should be \"leadcal.points\", found \"leadcal.model\"");
    check("\"version\": 2", "\"version\": 3, \"new\": 0", "\"version\" should be 2, found 3");
    check("\"version\": 2", "\"version\": 2, \"new\": 0", "unknown field `new`");
    check("\"keep_inconclusive\": false,", "", "missing field `keep_inconclusive`");
    check("\"base_points\": ", "\"base_points\": 0.", "line");
    check("\"max\": 100", "\"max\": 0", "/range: min should be below max");
    check("\"attributes\": [", "\"weeks\": 0, \"attributes\": [", "/weeks: a number of weeks should be above 0");
    check("\"attributes\": [", "\"weeks\": \"52\", \"attributes\": [", "invalid type");
    check("\"name\": \"b\"", "\"name\": \"a\"", "/attributes/1/name");
    check("\"level\": \"level 1\"", "\"level\": \"level 0\"", "/attributes/0/levels/1/level");
    check("\"leads\": 470", "\"leads\": 4", "/conversions: more conversions than leads");
}

#[test]
#[should_panic(expected = "other attributes")]
fn scores_of_other_patterns_are_a_bug() {
    let _ = example_table().scores_of(&one_attribute(&SEED_EXAMPLE));
}

#[test]
fn points_learnt_on_a_part_score_every_pattern() {
    let all = one_attribute(&[(500, 200), (500, 20), (40, 4)]);
    let train = all.with_counts(Counts { leads: vec![400, 400, 0], conversions: vec![160, 16, 0] });
    let table = assign(&train, &lift_of(&train, 0.0), &PointsOptions::default(), None).expect("points");
    assert_eq!(table.scores_of(&all), [36.0, 0.0, 18.0]);
    assert_eq!(table.scores.iter().map(|score| score.leads).sum::<u64>(), 800);
}

fn levels() -> impl Strategy<Value = Vec<(u64, u64)>> {
    let level = (0_u64..3000).prop_flat_map(|n| (Just(n), 0..=n));
    prop::collection::vec(level, 1..10).prop_filter("leads", |levels| levels.iter().any(|level| level.0 > 0))
}

proptest! {
    #[test]
    fn points_have_the_sign_of_the_lift(
        levels in levels(), strength in 0.0_f64..200.0, factor in 0.01_f64..50.0, method in 0_usize..3,
    ) {
        let method = PointsMethod::WORDS[method].0;
        let options = PointsOptions { method, scale: Scale::Factor(factor), keep_inconclusive: true, min_leads: 0, groups: Vec::new() };
        let patterns = one_attribute(&levels);
        let lift = lift_of(&patterns, strength);
        let table = assign(&patterns, &lift, &options, None).expect("points");
        for level in &table.attributes[0].levels {
            let difference = level.evidence.lift_difference.unwrap_or(0.0);
            prop_assert!(level.points == 0 || level.points.signum() as f64 * difference > 0.0);
        }
        let leads: u64 = table.scores.iter().map(|score| score.leads).sum();
        prop_assert_eq!(leads, table.leads);
        prop_assert!(table.range.min < table.range.max);
    }

    #[test]
    fn conclusive_intervals_leave_out_zero(levels in levels(), strength in 0.0_f64..200.0) {
        let patterns = one_attribute(&levels);
        let table = assign(&patterns, &lift_of(&patterns, strength), &PointsOptions::default(), None).expect("points");
        for level in &table.attributes[0].levels {
            let [low, high] = level.points_interval;
            if level.conclusive {
                prop_assert!(low >= 0 || high <= 0);
                prop_assert!(level.evidence.leads >= 30);
            } else {
                prop_assert_eq!(level.points, 0);
            }
        }
    }

    #[test]
    fn every_table_reads_back(levels in levels(), strength in 0.0_f64..200.0) {
        let patterns = one_attribute(&levels);
        let options = PointsOptions { scale: Scale::ZeroToHundred, ..PointsOptions::default() };
        let table = assign(&patterns, &lift_of(&patterns, strength), &options, None).expect("points");
        prop_assert_eq!(PointsTable::from_json(&table.to_json()).expect("its own JSON"), table);
    }
}
