//! `[groups]`.

use super::*;

fn tiers(tiers: &[(&str, i64)]) -> Vec<(String, i64)> {
    tiers.iter().map(|&(name, from)| (name.to_owned(), from)).collect()
}

/// The groups of [`FULL`].
pub(super) fn every_key_is_read(spec: &Spec) {
    let tiers = Some(tiers(&[("A", 40), ("B", 20), ("C", -20)]));
    let fit = GroupOptions { min: Some(-20), max: Some(60), tiers };
    let interest = GroupOptions { max: Some(80), ..GroupOptions::default() };
    assert_eq!(spec.groups, [("fit".to_owned(), fit), ("interest".to_owned(), interest)]);
}

#[test]
fn limits_and_tiers_do_without_each_other() {
    let spec = parse_after_data("[groups.fit]\n[groups.engagement]\nmin = 5\n[groups.a]\ntiers = { \"1\" = 7 }");
    let empty = GroupOptions { min: None, max: None, tiers: None };
    let limited = GroupOptions { min: Some(5), ..empty.clone() };
    let tiered = GroupOptions { tiers: Some(tiers(&[("1", 7)])), ..empty.clone() };
    let expected = [("fit", empty), ("engagement", limited), ("a", tiered)];
    assert_eq!(spec.groups, expected.map(|(name, group)| (name.to_owned(), group)));
}

#[test]
fn the_last_tier_may_be_below_the_least_sum() {
    let spec = parse_after_data("[groups.fit]\nmin = 0\nmax = 10\ntiers = { A = 10, B = -5 }");
    assert_eq!(spec.groups[0].1.tiers, Some(tiers(&[("A", 10), ("B", -5)])));
}

#[test]
fn values_of_the_wrong_type_or_out_of_range() {
    let wrong = |line: &str, key: &str, expected: &str, found: &str, column| {
        check_value("[groups.fit]\nmin = -20", line, [key, "groups.fit"], [expected, found], column);
    };
    wrong("max = 0.5", "max", "a whole number", "0.5", 7);
    wrong("max = -20", "max", "above min, which is -20", "-20", 7);
    let far = "a whole number from -1000000000 to 1000000000";
    wrong("max = 1000000001", "max", far, "1000000001", 7);
    let table = "a table of names and numbers, the best first, such as { A = 40, B = 20, C = 0 }";
    wrong("tiers = {}", "tiers", table, "a table", 9);
    wrong("tiers = { \"\" = -20 }", "tiers", table, "a table", 9);
    wrong("tiers = [40, 20]", "tiers", "a table", "a list", 9);
    let wrong = |line: &str, key: &str, expected: &str, found: &str, column| {
        check_value("[groups.fit]\nmin = -20\nmax = 60", line, [key, "groups.fit.tiers"], [expected, found], column);
    };
    let below = "below the one before it: the best tier comes first";
    wrong("tiers = { A = 40, B = 40 }", "B", below, "40", 23);
    wrong("tiers = { A = 20, B = 40 }", "B", below, "40", 23);
    wrong("tiers = { A = true }", "A", "a whole number", "true", 15);
    wrong("tiers = { A = 61, B = -20 }", "A", "at most the group's max, 60", "61", 15);
    wrong("tiers = { A = 40, B = -19 }", "B", "at most the group's min, -20: it is the last tier", "-19", 23);
    check_after_data(
        "[groups.fit]\ncap = 60",
        "unknown key \"cap\" in [groups.fit]\n  in leadcal.toml:5:1\n  help: [groups.fit] knows min, max, tiers",
    );
    check_after_data(
        "[groups.\"\"]",
        "a section of [groups] has an empty name\n  in leadcal.toml:4:9\n  help: write [groups.\"a name\"]",
    );
}
