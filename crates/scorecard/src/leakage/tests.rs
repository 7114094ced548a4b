use leadcal_lift::attribute::{Attribute, FieldType, Input, Level, Scalar, When};

use leadcal_lift::patterns::Feature;

use super::*;

/// A table of one attribute whose levels, by name, have these leads and conversions.
fn table(name: &str, levels: &[(&str, u64, u64)]) -> CovariatePatterns {
    let level = |(name, _, _): &(&str, u64, u64)| Level {
        name: (*name).to_owned(),
        when: When::In(vec![Scalar::Text((*name).to_owned())]),
    };
    let attribute = Attribute {
        name: name.to_owned(),
        input: Input { field: name.to_owned(), kind: FieldType::Text, missing: Vec::new() },
        levels: levels.iter().map(level).collect(),
    };
    let codes = (0_u32..).take(levels.len()).collect();
    let counts = Counts {
        leads: levels.iter().map(|level| level.1).collect(),
        conversions: levels.iter().map(|level| level.2).collect(),
    };
    CovariatePatterns::new(vec![attribute], codes, counts)
}

fn reason(name: &str, levels: &[(&str, u64, u64)]) -> Option<Reason> {
    let mut found = suspects(&table(name, levels), &[]).expect("both outcomes");
    found.pop().map(|suspect| suspect.reason)
}

fn dated(counts: [u64; 6]) -> DatedColumn {
    let [conversions, filled_conversions, others, filled_others, compared, after_conversion] = counts;
    let column = "demo".to_owned();
    DatedColumn { column, conversions, filled_conversions, others, filled_others, compared, after_conversion }
}

#[test]
fn almost_perfect_ranking_is_strong() {
    // AUC of two levels: half of 1 + the conversions' share in the better one - that of the others, here 0.9647.
    let found = reason("x", &[("a", 1_000, 50), ("b", 970, 950)]).expect("a suspect");
    assert!(matches!(found, Reason::Ranks { auc } if (auc - 0.5 * (1.95 - 20.0 / 970.0)).abs() < 1e-12), "{found:?}");
    assert!(found.strong());
    assert!(!reason("x", &[("a", 1_000, 100), ("b", 910, 900)]).expect("worth a look").strong());
}

#[test]
fn filled_almost_only_for_one_outcome() {
    // 1 000 leads, 150 converted.
    let filled = |conversions: u64, others: u64| {
        reason(
            "x",
            &[("v", conversions + others, conversions), (MISSING, 1_000 - conversions - others, 150 - conversions)],
        )
    };
    // As a column of conversion dates that a third of the conversions lack: one slip, and none.
    assert!(matches!(filled(100, 0), Some(Reason::Filled { converted: true, .. })));
    assert!(matches!(filled(100, 1), Some(Reason::Filled { converted: true, .. })));
    // A demo request: a third of the conversions and few others, but every seventh of who asked did not convert.
    assert!(!filled(50, 8).is_some_and(|reason| reason.strong()));
    // Too few to tell from chance: all six converted.
    assert_eq!(filled(6, 0), None);
    // A reason for the loss, filled for a third of the others, and one filled for all but few leads.
    assert!(matches!(filled(0, 280), Some(Reason::Filled { converted: false, .. })));
    assert_eq!(filled(140, 800), None);
    // Filled for everybody alike: of those filled 85 % did not convert, as of all.
    assert_eq!(filled(75, 425), None);
}

#[test]
fn a_high_overall_rate_makes_no_leak() {
    // 96 % convert; the field is filled for half of either: 96 % of the filled converted.
    assert_eq!(reason("x", &[("v", 500, 480), (MISSING, 500, 480)]), None);
}

#[test]
fn the_interval_is_that_of_jeffreys() {
    // Of 30 conversions 15 filled, of 970 others 4: 15 of 19 is no 95 %, so the share decides before the interval.
    assert_eq!(filled_by_outcome((15, 30, 4, 970)), None);
    // By numerical integration the 2.5 % quantile of Beta(20.5, 20.5) is 0.3496, and the 97.5 % quantile of
    // Beta(0.5, n + 0.5) is 0.0245 for n = 101.
    assert!(filled_by_outcome((20, 40, 0, 101)).is_some());
    // For n = 60 it is 0.0408: not ten times.
    assert_eq!(filled_by_outcome((20, 40, 0, 60)), None);
    assert_eq!(filled_by_outcome((5, 5, 0, 0)), None);
}

#[test]
fn dates_after_the_conversion() {
    let empty = table("x", &[("a", 100, 20), ("b", 100, 22)]);
    let found = |date: DatedColumn| suspects(&empty, &[date]).expect("both outcomes");
    assert_eq!(found(dated([200, 100, 800, 400, 100, 9])), []);
    let late = found(dated([200, 100, 800, 400, 100, 10]));
    assert_eq!(late[0].reason, Reason::DatedAfter { leads: 10, compared: 100 });
    assert_eq!(found(dated([201, 100, 800, 400, 100, 10])), [], "under a twentieth of the conversions");
    assert!(
        late[0].warning().contains("\"demo\" may leak the outcome: its date is after the conversion for 10 of 100")
    );
    let only = found(dated([200, 190, 800, 2, 190, 0]));
    assert!(matches!(only[0].reason, Reason::Filled { converted: true, .. }));
    // A date that is an attribute is judged where it stands.
    let attribute = table("demo", &[("a", 100, 20), ("b", 100, 22)]);
    let found = suspects(&attribute, &[dated([200, 100, 800, 400, 100, 10])]).expect("both outcomes");
    assert_eq!((found.len(), found[0].column.as_str()), (1, "demo"));
}

#[test]
fn what_tells_too_much_and_what_has_a_telling_name() {
    // Bank marketing's duration in ten levels has 1.67, X Education's last activity 0.81; here 0.83 and 0.42.
    let strong = [("a", 1_000, 100), ("b", 1_000, 400)];
    let value = information_value(&table("x", &strong).margin(0));
    assert!(STRONG < value && value < TELLS_MUCH, "{value}");
    assert_eq!(reason("page views", &strong), None);
    assert!(matches!(reason("Last Activity", &strong), Some(Reason::Named { word: "last", .. })));
    assert!(matches!(reason("lastActivity", &strong), Some(Reason::Named { word: "last", .. })));
    assert!(matches!(reason("deal_stage", &strong), Some(Reason::Named { word: "stage", .. })));
    assert_eq!(reason("lasting", &strong), None, "a word, not a part of one");
    assert_eq!(reason("last activity", &[("a", 1_000, 200), ("b", 1_000, 300)]), None, "it tells little");
    let much = [("a", 1_000, 100), ("b", 1_000, 500)];
    assert!(matches!(reason("page views", &much), Some(Reason::TellsMuch { .. })));
}

#[test]
fn what_leads_did_until_a_moment_cannot_have_been_written_to_later() {
    let column = table("last demo", &[("0", 900, 30), ("1", 100, 80)]);
    assert_eq!(suspects(&column, &[]).expect("both outcomes").len(), 1);
    let behaviour = column.with_features(vec![Feature::new(Source::Inactivity)]);
    assert_eq!(suspects(&behaviour, &[]).expect("both outcomes"), Vec::new());
}

#[test]
fn many_levels_of_few_leads_tell_much_by_chance_only() {
    // 20 levels of 10 leads each, 1 to 9 converted: their information value passes 1 less easily than it looks.
    let names: Vec<String> = (0..20).map(|level| format!("l{level}")).collect();
    let levels: Vec<(&str, u64, u64)> =
        (0..20).map(|level| (names[level].as_str(), 10, [1, 3, 5, 7, 9][level % 5])).collect();
    let value = information_value(&table("x", &levels).margin(0));
    assert!(value > TELLS_MUCH && value - 19.0 * 200.0 / (100.0 * 100.0) > TELLS_MUCH);
    let fewer: Vec<(&str, u64, u64)> =
        (0..20).map(|level| (names[level].as_str(), 10, [2, 3, 5, 7, 8][level % 5])).collect();
    let value = information_value(&table("x", &fewer).margin(0));
    assert!(value < TELLS_MUCH + 19.0 * 200.0 / (100.0 * 100.0), "{value}");
    assert_eq!(reason("x", &fewer), None);
}
