use super::*;
use crate::attribute::{Attribute, FieldType, Input, Level, Scalar, When};
use proptest::prelude::*;

fn margin(attribute: &str, levels: &[(u64, u64)]) -> Margin {
    Margin {
        attribute: attribute.to_owned(),
        levels: (0..levels.len()).map(|index| format!("level {index}")).collect(),
        counts: Counts {
            leads: levels.iter().map(|level| level.0).collect(),
            conversions: levels.iter().map(|level| level.1).collect(),
        },
        numbers: None,
        reference: None,
    }
}

fn table(levels: &[(u64, u64)], strength: f64) -> LiftTable {
    let leads = levels.iter().map(|level| level.0).sum();
    let conversions = levels.iter().map(|level| level.1).sum();
    LiftTable::from_margins(leads, conversions, &[margin("a", levels)], &Shrinkage::Strength(strength))
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12, "found {found}, expected {expected}");
}

#[test]
fn forty_per_cent_against_fifteen() {
    let lift = table(&[(100, 40), (900, 110)], 0.0);
    close(lift.rate, 0.15);
    let level = &lift.attributes[0].levels[0];
    close(level.lift_ratio.expect("leads"), 0.4 / 0.15);
    close(level.lift_difference.expect("leads"), 0.25);
    close(level.log_odds_lift.expect("defined"), (0.4_f64 / 0.6).ln() - (0.15_f64 / 0.85).ln());
    close(level.shrunken_rate, 0.4);
    assert!(level.conclusive);
    close(table(&[(100, 40), (900, 110)], 100.0).attributes[0].levels[0].shrunken_rate, 0.275);
}

#[test]
fn a_level_without_leads_claims_nothing() {
    for shrinkage in [0.0, 20.0] {
        let lift = table(&[(100, 40), (0, 0), (900, 110)], shrinkage);
        let level = &lift.attributes[0].levels[1];
        assert_eq!(
            (level.rate, level.lift_ratio, level.lift_difference, level.log_odds_lift),
            (None, None, None, None)
        );
        close(level.shrunken_rate, 0.15);
        assert!(!level.conclusive);
        assert_eq!(lift.attributes[0].degrees_of_freedom, 1);
    }
}

#[test]
fn where_all_or_none_converted_nothing_is_conclusive() {
    for levels in [&[(1000, 0), (500, 0)][..], &[(1000, 1000), (500, 500)], &[(0, 0), (0, 0)], &[]] {
        for strength in [0.0, 20.0] {
            let lift = table(levels, strength);
            assert!(lift.rate.is_finite());
            assert!(lift.attributes[0].levels.iter().all(|level| !level.conclusive), "{levels:?}");
        }
    }
    assert_eq!(table(&[(1000, 0)], 0.0).attributes[0].levels[0].lift_ratio, None);
}

#[test]
fn q_values_count_the_attributes_tried() {
    let one = margin("one", &[(100, 30), (900, 120)]);
    let nothing = |name: &str| margin(name, &[(500, 75), (500, 75)]);
    let margins = [nothing("x"), one, nothing("y"), nothing("z")];
    let lift = LiftTable::from_margins(1000, 150, &margins, &Shrinkage::EmpiricalBayes);
    close(lift.attributes[1].q_value, lift.attributes[1].p_value * 4.0);
    close(lift.attributes[0].q_value, 1.0);
}

#[test]
fn patterns_and_their_margins_have_the_same_lift() {
    let level = |name: &str| Level { name: name.to_owned(), when: When::In(vec![Scalar::Text(name.to_owned())]) };
    let attribute = |name: &str| Attribute {
        name: name.to_owned(),
        input: Input { field: name.to_owned(), kind: FieldType::Text, missing: Vec::new() },
        levels: vec![level("level 0"), level("level 1")],
    };
    let counts = Counts { leads: vec![100, 50, 30, 20], conversions: vec![10, 20, 3, 9] };
    let patterns = CovariatePatterns::new(vec![attribute("a"), attribute("b")], vec![0, 0, 0, 1, 1, 0, 1, 1], counts);
    let margins = [margin("a", &[(150, 30), (50, 12)]), margin("b", &[(130, 13), (70, 29)])];
    let shrinkage = Shrinkage::EmpiricalBayes;
    let expected = LiftTable::from_margins(200, 42, &margins, &shrinkage);
    assert_eq!(LiftTable::from_patterns(&patterns, &shrinkage), expected);
}

/// Leads and conversions of some levels.
fn levels(least_leads: u64) -> impl Strategy<Value = Vec<(u64, u64)>> {
    prop::collection::vec((least_leads..5000).prop_flat_map(|n| (Just(n), 0..=n)), 1..12)
}

proptest! {
    #[test]
    fn lift_differences_cancel_over_the_leads(levels in levels(0)) {
        let lift = table(&levels, 0.0);
        let attribute = &lift.attributes[0].levels;
        let sum: f64 = attribute.iter().map(|l| l.lift_difference.unwrap_or(0.0) * l.leads as f64).sum();
        prop_assert!(sum.abs() <= 1e-12 * lift.leads.max(1) as f64);
    }

    #[test]
    fn all_ways_to_put_lift_have_one_sign(levels in levels(1)) {
        for level in &table(&levels, 0.0).attributes[0].levels {
            let difference = level.lift_difference.expect("leads");
            if difference.abs() > 1e-12 {
                prop_assert!(level.lift_ratio.is_none_or(|ratio| (ratio - 1.0).signum() * difference > 0.0));
                prop_assert!(level.log_odds_lift.is_none_or(|log_odds| log_odds * difference > 0.0));
            }
        }
    }
}
