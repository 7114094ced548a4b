//! The policy file: what it says, what is refused and where.

use std::path::Path;

use super::*;

fn parse(text: &str) -> Result<Policy, SpecError> {
    Policy::parse(text, Path::new("gate/check.toml"))
}

fn refused(text: &str) -> String {
    parse(text).expect_err("refused").to_string().replace("\n  ", " | ")
}

#[test]
fn the_default_file_says_what_is_so_without_one() {
    assert_eq!(parse(DEFAULT).expect("a policy"), Policy::default());
    assert_eq!(parse("").expect("a policy"), Policy::default());
    // Also what stands in comments is a policy.
    let uncommented = DEFAULT.lines().map(|line| {
        line.strip_prefix("# ")
            .filter(|rest| rest.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ')))
            .unwrap_or(line)
    });
    let uncommented: Vec<&str> = uncommented.filter(|line| !line.starts_with("expected = ")).collect();
    let policy = parse(&uncommented.join("\n")).expect("a policy");
    let golden = policy.golden.expect("on");
    assert_eq!((golden.leads.as_deref(), golden.id.as_deref()), (Some("gate/golden.csv"), Some("lead_id")));
    assert_eq!(policy.sales_load.expect("on").bands.expect("named"), ["warm", "hot"]);
}

#[test]
fn a_check_can_be_turned_off() {
    let policy = parse("[auc]\non = false\n[band_order]\non = false\n[golden]\non = false").expect("a policy");
    assert_eq!((policy.auc, policy.band_order, policy.golden), (None, false, None));
    assert_eq!(policy.brier, Some(0.002));
    for check in crate::check::Check::ALL {
        parse(&format!("[{}]\non = false", check.name())).expect("every check has a section");
    }
}

#[test]
fn marks_go_together() {
    let age = |text: &str| parse(&format!("[age]\n{text}")).expect("a policy").age.expect("on");
    assert_eq!(age("fail_days = 30"), Marks { warn: 30.0, fail: 30.0 });
    assert_eq!(age("warn_days = 500"), Marks { warn: 500.0, fail: 500.0 });
    assert_eq!(Marks { warn: 0.1, fail: 0.25 }.verdict(0.1), Verdict::Warn);
    assert_eq!(Marks { warn: 0.1, fail: 0.25 }.verdict(0.25), Verdict::Worse);
}

#[test]
fn mistakes_have_a_place() {
    for (text, expected) in [
        (
            "[acu]\ntolerance = 1",
            "unknown section [acu] in the policy | in gate/check.toml:1:2 | help: did you mean \"auc\"?",
        ),
        (
            "[auc]\ntolernace = 1",
            "unknown key \"tolernace\" in [auc] | in gate/check.toml:2:1 | help: did you mean \"tolerance\"?",
        ),
        (
            "[auc]\ntolerance = 0",
            "\"tolerance\" in [auc] should be a number above 0: no number of leads shows a candidate to be no worse at all, found 0 \
             | in gate/check.toml:2:13",
        ),
        (
            "level = 0.6",
            "\"level\" in the policy should be a number above 0, at most 0.5, found 0.6 | in gate/check.toml:1:9",
        ),
        ("[auc]\non = 1", "\"on\" in [auc] should be true or false, found 1 | in gate/check.toml:2:6"),
        ("auc = 0.01", "\"auc\" in the policy should be a table, found 0.01 | in gate/check.toml:1:7"),
        (
            "[age]\nwarn_days = 100\nfail_days = 50",
            "\"fail_days\" in [age] should be no less than where it warns, found 50 | in gate/check.toml:3:13",
        ),
        (
            "[golden]\nscores = \"a.csv\"",
            "[golden] needs the key \"leads\": the path of the golden leads, such as \"golden.csv\" | in gate/check.toml:2:1",
        ),
        (
            "[golden]\nleads = \"l.csv\"\nscores = \"a.csv\"\nexpected = \"score\"",
            "[golden] has both \"scores\" and \"expected\" | in gate/check.toml:4:1 | help: keep one of them",
        ),
        (
            "[points]\nverdict = \"fail\"",
            "\"verdict\" in [points] should be \"warn\", \"worse\", found \"fail\" | in gate/check.toml:2:11",
        ),
        ("[auc\n", "the policy is not valid TOML: unclosed table, expected `]` | in gate/check.toml:1:5"),
    ] {
        assert_eq!(refused(text), expected, "{text}");
    }
}
