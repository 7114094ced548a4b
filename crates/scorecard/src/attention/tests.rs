use super::*;

#[test]
fn severities_go_from_mark_to_mark_and_no_further() {
    for (value, expected) in [(0.0, 40.0), (1.0, 40.0), (2.0, 50.0), (3.0, 60.0), (9.0, 60.0)] {
        assert!((severity([40.0, 60.0], value, [1.0, 3.0]) - expected).abs() < 1e-12, "{value}");
    }
    // The fewer the graver.
    assert!((severity([50.0, 20.0], 0.5, [0.0, 1.0]) - 35.0).abs() < 1e-12);
}

#[test]
fn lists_name_three_and_count_the_others() {
    let names = ["a", "b", "c", "d", "e"];
    let shown = |number: usize| named(names[..number].iter().copied());
    assert_eq!(
        [shown(0), shown(1), shown(2), shown(3), shown(5)],
        ["", "\"a\"", "\"a\" and \"b\"", "\"a\", \"b\" and \"c\"", "\"a\", \"b\", \"c\" and 2 more"]
    );
}

#[test]
fn sentences_begin_with_a_capital() {
    assert_eq!([sentence("été 3"), sentence("--top 3"), sentence("")], ["Été 3.", "--top 3.", "."]);
}

/// Each row of the table in docs/cli.md is a rule, in the order of the codes.
#[test]
fn the_documented_rules_are_these() {
    let docs = include_str!("../../../../docs/cli.md");
    let (_, section) = docs.split_once("#### What to look at first").expect("the section");
    let (section, _) = section.split_once("\nThe flags stand").expect("what follows it");
    let codes = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    assert_eq!(codes.collect::<Vec<_>>(), CODES);
}
