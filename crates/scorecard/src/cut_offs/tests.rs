use leadcal_lift::points::{FORMAT, PointsMethod, Range, ScoreCount, VERSION};
use proptest::prelude::*;

use super::*;

/// Points with these scores (leads each), over a range and some weeks.
fn points(scores: &[(i64, u64)], (min, max): (i64, i64), weeks: Option<f64>) -> PointsTable {
    let leads = scores.iter().map(|(_, leads)| leads).sum();
    PointsTable {
        format: FORMAT.to_owned(),
        version: VERSION,
        method: PointsMethod::RateDifference,
        scale_factor: 1.0,
        keep_inconclusive: false,
        min_leads: 30,
        base_points: 0,
        range: Range { min, max },
        leads,
        conversions: leads / 2,
        rate: 0.5,
        weeks,
        groups: Vec::new(),
        attributes: Vec::new(),
        product: None,
        products: Vec::new(),
        scores: scores.iter().map(|&(score, leads)| ScoreCount { score, leads, conversions: leads / 2 }).collect(),
    }
}

/// 70 leads at each score 0, 10, … 100, in ten weeks: 7 a week at each, 77 in all.
fn even() -> PointsTable {
    let scores: Vec<(i64, u64)> = (0..=10).map(|ten| (ten * 10, 70)).collect();
    points(&scores, (0, 100), Some(10.0))
}

/// Rate 0.5 at score 50, 0.8808 at 100, 0.1192 at 0.
const CURVE: ScoreCurve = ScoreCurve { intercept: -2.0, slope: 0.04 };

fn named<T: Copy>(pairs: &[(&str, T)]) -> Vec<(String, T)> {
    pairs.iter().map(|(name, asked)| ((*name).to_owned(), *asked)).collect()
}

fn worth(value: f64, cost: f64) -> ValueAndCost {
    ValueAndCost { value, cost }
}

fn check(cut: Cut, rule: &CutRule, curve: &ScoreCurve, expected: &[(&str, i64)], warnings: &[&str]) {
    let made = cut_offs(cut, rule, &even(), curve).expect("cut");
    let found: Vec<(&str, i64)> = made.cut_offs.iter().map(|cut_off| (cut_off.name.as_str(), cut_off.from)).collect();
    assert_eq!(found, expected, "{:?}", made.warnings);
    assert_eq!(made.warnings, warnings);
}

#[test]
fn capacity_counts_the_leads_a_week_from_a_score_on() {
    let rule = CutRule::CapacityPerWeek(named(&[("warm", 30.0), ("hot", 7.0)]));
    // 28 a week score 70 or more, and so do 28 of 61 or more; 35 score 60 or more.
    check(Cut::Bands, &rule, &CURVE, &[("cold", 0), ("warm", 61), ("hot", 91)], &[]);
    check(Cut::Stages, &rule, &CURVE, &[("warm", 61), ("hot", 91)], &[]);
    let made = cut_offs(Cut::Stages, &rule, &even(), &CURVE).expect("cut");
    assert_eq!(
        made.cut_offs[0].chosen,
        "lowest score with at most 30 leads a week (28.0 of 77.0 a week over 10.0 weeks)"
    );
}

#[test]
fn capacity_for_every_lead_and_for_less_than_the_highest_score_has() {
    let every = "sales could call every lead, 77.0 a week: a score is not needed to choose, only for the order";
    let rule = CutRule::CapacityPerWeek(named(&[("warm", 77.0), ("hot", 6.9)]));
    let too_few = "7.0 leads a week have the highest score, 100, more than the 6.9 that can be called";
    check(
        Cut::Bands,
        &rule,
        &CURVE,
        &[("warm", 0)],
        &[
            &format!("band \"warm\": {every}"),
            "band \"warm\" takes in every score of \"cold\", which was left out",
            &format!("{too_few}: band \"hot\" was left out"),
        ],
    );
    check(
        Cut::Stages,
        &rule,
        &CURVE,
        &[("warm", 0)],
        &[&format!("stage \"warm\": {every}"), &format!("{too_few}: stage \"hot\" was left out")],
    );
}

#[test]
fn capacity_needs_weeks() {
    let untimed = PointsTable { weeks: None, ..even() };
    let rule = CutRule::CapacityPerWeek(named(&[("warm", 77.0)]));
    for cut in [Cut::Bands, Cut::Stages] {
        assert_eq!(cut_offs(cut, &rule, &untimed, &CURVE), Err(CutOffError::NoWeeks(cut)));
    }
}

#[test]
fn a_contact_pays_from_the_rate_that_is_cost_over_value() {
    // Half of the contacts must convert at 50, and three quarters at 100: ln 3 = 1.0986 = -2 + 0.04 x 77.5.
    let rule = CutRule::ValueAndCost(named(&[("warm", worth(100.0, 50.0)), ("hot", worth(200.0, 150.0))]));
    check(Cut::Bands, &rule, &CURVE, &[("cold", 0), ("warm", 50), ("hot", 78)], &[]);
    let made = cut_offs(Cut::Stages, &rule, &even(), &CURVE).expect("cut");
    // Over 80, 90 and 100: 70 x (200 x (0.768525 + 0.832018 + 0.880797) - 450).
    assert_eq!(
        made.cut_offs[1].chosen,
        "lowest score where expected rate x 200 is at least 150 (expected profit 3239 on 210 leads)"
    );
}

#[test]
fn where_nothing_pays_or_everything_does() {
    let rule = CutRule::ValueAndCost(named(&[("warm", worth(100.0, 10.0)), ("hot", worth(100.0, 90.0))]));
    check(
        Cut::Stages,
        &rule,
        &CURVE,
        &[("warm", 0)],
        &[
            "stage \"warm\": a contact pays with every lead: a score is not needed to choose",
            "no contact pays: at the highest score, 100, the expected rate of 88.1 % x 100 is below the cost of 90: \
             stage \"hot\" was left out",
        ],
    );
    let rest = CutRule::ValueAndCost(named(&[("rest", worth(100.0, 0.0)), ("hot", worth(100.0, 50.0))]));
    check(Cut::Bands, &rest, &CURVE, &[("rest", 0), ("hot", 50)], &[]);
}

#[test]
fn a_rate_that_falls_with_the_score_cuts_nothing() {
    let falling = ScoreCurve { intercept: 2.0, slope: -0.04 };
    let said = |name: &str| format!("leads with higher scores convert less, not more: band \"{name}\" was left out");
    let rule = CutRule::ValueAndCost(named(&[("warm", worth(100.0, 50.0))]));
    check(Cut::Bands, &rule, &falling, &[("cold", 0)], &[&said("warm")]);
    let rule = CutRule::TargetRates(named(&[("warm", 0.2), ("hot", 0.5)]));
    check(Cut::Bands, &rule, &falling, &[("cold", 0)], &[&said("warm"), &said("hot")]);
}

#[test]
fn a_first_band_called_cold_is_everybody_elses() {
    let unused = "band \"cold\" is everybody else's: what it asks for was not used";
    let rule = CutRule::CapacityPerWeek(named(&[("cold", 70.0), ("hot", 14.0)]));
    check(Cut::Bands, &rule, &CURVE, &[("cold", 0), ("hot", 81)], &[unused]);
    // A stage has no such meaning.
    check(Cut::Stages, &rule, &CURVE, &[("cold", 1), ("hot", 81)], &[]);
    let rule = CutRule::TargetRates(named(&[("cold", 0.0), ("hot", 0.5)]));
    check(Cut::Bands, &rule, &CURVE, &[("cold", 0), ("hot", 50)], &[]);
}

#[test]
fn a_name_that_starts_where_the_one_below_does_leaves_that_one_out() {
    let rule = CutRule::TargetRates(named(&[("warm", 0.5), ("hot", 0.502)]));
    check(Cut::Stages, &rule, &CURVE, &[("warm", 50), ("hot", 51)], &[]);
    let rule = CutRule::TargetRates(named(&[("mild", 0.501), ("warm", 0.502), ("hot", 0.505)]));
    check(
        Cut::Stages,
        &rule,
        &CURVE,
        &[("hot", 51)],
        &[
            "stage \"warm\" takes in every score of \"mild\", which was left out",
            "stage \"hot\" takes in every score of \"warm\", which was left out",
        ],
    );
}

/// Where a rule with one name cuts stages; `None` where it was left out.
fn cut_at(rule: &CutRule, points: &PointsTable, curve: &ScoreCurve) -> Option<i64> {
    let made = cut_offs(Cut::Stages, rule, points, curve).expect("cut");
    assert!(made.cut_offs.len() == 1 || !made.warnings.is_empty(), "nothing is left out in silence");
    made.cut_offs.first().map(|cut_off| cut_off.from)
}

proptest! {
    /// Every rule against trying all scores of the range one by one, on leads with ties and beyond the range.
    #[test]
    fn all_rules_agree_with_trying_every_score(
        scores in proptest::collection::btree_map(-40_i64..80, 1_u64..400, 1..40),
        min in -20_i64..10,
        width in 1_i64..50,
        (intercept, slope) in (-6.0..3.0_f64, 0.0..0.3_f64),
        rate in 0.001..0.999_f64,
        (quarters, days) in (1_u64..2_000, 1_u64..800),
        (value, cost) in (0.5..1000.0_f64, 0.0..500.0_f64),
    ) {
        let scores: Vec<(i64, u64)> = scores.into_iter().collect();
        let max = min + width;
        let points = points(&scores, (min, max), Some(days as f64 / 7.0));
        let curve = ScoreCurve { intercept, slope };
        let clamped: Vec<(i64, u64)> = scores.iter().map(|&(score, leads)| (score.clamp(min, max), leads)).collect();
        let one = |asked| vec![("one".to_owned(), asked)];

        let fixed = cut_at(&CutRule::CutOffs(vec![("one".to_owned(), max)]), &points, &curve);
        prop_assert_eq!(fixed, Some(max));

        let expected = (min..=max).find(|&score| curve.rate(score as f64) >= rate);
        prop_assert_eq!(cut_at(&CutRule::TargetRates(one(rate)), &points, &curve), expected);

        // A capacity of quarters / 4 a week, in whole numbers: leads / (days / 7) <= quarters / 4.
        let from = |score: i64| clamped.iter().filter(|lead| lead.0 >= score).map(|lead| lead.1).sum::<u64>();
        let highest = clamped.iter().map(|lead| lead.0).max().expect("a lead");
        let expected = (min..=highest).find(|&score| from(score) * 28 <= quarters * days);
        let rule = CutRule::CapacityPerWeek(one(quarters as f64 / 4.0));
        prop_assert_eq!(cut_at(&rule, &points, &curve), expected);

        // No score, none at all included, has more expected profit; and no lower one pays.
        let pays = |score: i64| curve.rate(score as f64) * value - cost;
        let profit = |from: i64| {
            clamped.iter().filter(|lead| lead.0 >= from).map(|lead| lead.1 as f64 * pays(lead.0)).sum::<f64>()
        };
        let found = cut_at(&CutRule::ValueAndCost(vec![("one".to_owned(), worth(value, cost))]), &points, &curve);
        let best = profit(found.unwrap_or(max + 1));
        for score in min..=max + 1 {
            prop_assert!(best >= profit(score) - 1e-9 * (value + cost) * points.leads as f64);
        }
        prop_assert_eq!(found, (min..=max).find(|&score| curve.rate(score as f64) * value >= cost));
    }

    /// Cut-offs ascend strictly and stay in the range, whatever is asked.
    #[test]
    fn cut_offs_ascend(
        asked in proptest::collection::vec(0.01..40.0_f64, 1..6),
        slope in -0.1..0.3_f64,
        cut in prop_oneof![Just(Cut::Bands), Just(Cut::Stages)],
    ) {
        let names = |asked: Vec<f64>| -> Vec<(String, f64)> {
            asked.into_iter().enumerate().map(|(at, asked)| (format!("name {at}"), asked)).collect()
        };
        let (mut up, mut down) = (asked.clone(), asked);
        up.sort_by(f64::total_cmp);
        down.sort_by(|a, b| b.total_cmp(a));
        let curve = ScoreCurve { intercept: -2.0, slope };
        let costs = names(up.clone()).into_iter().map(|(name, cost)| (name, worth(40.0, cost))).collect();
        for rule in [
            CutRule::TargetRates(names(up.iter().map(|x| x / 40.0).collect())),
            CutRule::CapacityPerWeek(names(down)),
            CutRule::ValueAndCost(costs),
        ] {
            let made = cut_offs(cut, &rule, &even(), &curve).expect("cut");
            prop_assert!(made.cut_offs.is_sorted_by(|a, b| a.from < b.from), "{:?}", made);
            prop_assert!(made.cut_offs.iter().all(|cut_off| (0..=100).contains(&cut_off.from)));
            prop_assert!(cut == Cut::Stages || made.cut_offs[0].from == 0);
        }
    }
}
