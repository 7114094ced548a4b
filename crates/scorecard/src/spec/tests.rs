use std::path::Path;

use leadcal_lift::points::{PointsMethod, Scale};

use super::*;

mod activity;
mod groups;
mod signals;

/// Every key, as in docs/spec.md.
const FULL: &str = r#"
name = "bank-term-deposit"
[data]
leads = "leads/*.csv"
outcome = { column = "y", positive = "yes" }
id = "lead_id"
created_at = "created_at"
converted_at = "converted_at"
product = "product"
fold = "fold"
exclude = ["phone"]
missing = ["", "NA", "Select"]
[attributes.age]
type = "number"
special = [-1]
cuts = [25, 60.5]
group = "fit"
[attributes."job title"]
type = "text"
max_levels = 12
min_share = 0.02
min_conversions = 8
join = true
[attributes.visits]
trend = "ascending"
min_gain = 3.5
[attributes.since]
cuts = [2024-01-01, "2024-07-01"]
[events]
file = "events/*.parquet"
lead = "lead"
time = "at"
name = "what"
[snapshot]
every_days = 30
window_days = 60
horizon_days = 45
data_end = 2026-08-15
[behaviours."pricing page"]
event = "page_view"
where = { page = ["/pricing", "/plans"], seconds = 30 }
once_a_day = true
max_times = 4
half_life_days = 14.5
group = "interest"
[behaviours."any event"]
half_life_days = "none"
[inactivity]
steps = [14, 28]
group = "interest"
[signals."free e-mail domain"]
kind = "free_email_domain"
field = "email"
also = ["mail.example"]
group = "fit"
[signals."throw-away mailbox"]
kind = "disposable_email_domain"
field = "email"
also = ["bin.example", "gone.example"]
[signals."keys in a row"]
kind = "keyboard_run"
field = "first name"
layouts = ["qwertz", "azerty"]
min_run = 5
[signals."last name"]
kind = "uncapitalised"
field = "last name"
[signals."optional fields"]
kind = "filled_fields"
fields = ["phone", "age"]
[groups.fit]
min = -20
max = 60
tiers = { A = 40, B = 20, C = -20 }
[groups.interest]
max = 80
[points]
method = "log-odds"
scale = "0-100"
shrinkage = 20
keep_inconclusive = true
min_leads = 50
[model]
solver = "lbfgs"
l2 = 0
folds = 10
seed = 7
top = 3
[bands]
target_rates = { cold = 0, warm = 0.15, hot = 0.5 }
stages = { MQL = 50, SQL = 75 }
"#;

/// Parses, and says what is wrong the way a person reads it.
fn check(text: &str, expected: &str) {
    let error = Spec::parse(text, Path::new("leadcal.toml")).expect_err("no valid spec");
    assert_eq!(error.to_string(), expected, "{text}");
}

/// The same for a spec that begins with a valid `[data]` of three lines.
fn check_after_data(text: &str, expected: &str) {
    check(&format!("[data]\nleads = \"leads.csv\"\noutcome = \"y\"\n{text}"), expected);
}

fn parse(text: &str) -> Spec {
    Spec::parse(text, Path::new("there/leadcal.toml")).expect("a valid spec")
}

/// The same for a spec that begins with the smallest `[data]`.
fn parse_after_data(text: &str) -> Spec {
    parse(&format!("[data]\nleads = \"leads.csv\"\noutcome = \"y\"\n{text}"))
}

/// Refused after `prefix`, which follows a valid `[data]`: a value, its key and section, what was expected and found.
fn check_value(prefix: &str, line: &str, key_and_section: [&str; 2], expected_and_found: [&str; 2], column: usize) {
    let ([key, section], [expected, found]) = (key_and_section, expected_and_found);
    let place = format!("{}:{column}", 4 + prefix.lines().count());
    check_after_data(
        &format!("{prefix}\n{line}"),
        &format!("\"{key}\" in [{section}] should be {expected}, found {found}\n  in leadcal.toml:{place}"),
    );
}

#[test]
fn every_key_is_read() {
    let spec = parse(FULL);
    assert_eq!(spec.name.as_deref(), Some("bank-term-deposit"));
    assert_eq!(spec.data.leads, "there/leads/*.csv");
    assert_eq!(spec.data.outcome, Outcome { column: "y".into(), positive: Some("yes".into()) });
    assert_eq!(spec.data.exclude, ["phone"]);
    assert_eq!(spec.data.missing, ["", "NA", "Select"]);
    assert_eq!(
        spec.roles(),
        [
            ("outcome", "y"),
            ("id", "lead_id"),
            ("created_at", "created_at"),
            ("converted_at", "converted_at"),
            ("product", "product"),
            ("fold", "fold")
        ]
    );
    let age = &spec.attributes["age"];
    assert_eq!(age.kind, Some(FieldType::Number));
    assert_eq!(age.special, [Scalar::Number(-1.0)]);
    assert_eq!(age.cuts.as_deref(), Some(&[Bound::Number(25.0), Bound::Number(60.5)][..]));
    assert_eq!(age.group.as_deref(), Some("fit"));
    assert_eq!(spec.attributes["job title"].max_levels, Some(12));
    assert_eq!(spec.attributes["job title"].min_share, Some(0.02));
    assert_eq!(spec.attributes["job title"].min_conversions, Some(8));
    assert!(spec.attributes["job title"].join && !age.join);
    assert_eq!(spec.attributes["visits"].trend, Some(Trend::Ascending));
    assert_eq!(spec.attributes["visits"].min_gain, Some(3.5));
    let (winter, summer) = (jiff::civil::date(2024, 1, 1), jiff::civil::date(2024, 7, 1));
    assert_eq!(spec.attributes["since"].cuts.as_deref(), Some(&[Bound::Date(winter), Bound::Date(summer)][..]));
    assert_eq!(
        spec.points,
        PointsOptions {
            method: PointsMethod::LogOdds,
            scale: Scale::ZeroToHundred,
            keep_inconclusive: true,
            min_leads: 50,
            groups: Vec::new(),
        }
    );
    assert_eq!(spec.shrinkage, Shrinkage::Strength(20.0));
    assert_eq!(spec.model, ModelOptions { solver: Solver::Lbfgs, l2: 0.0, folds: 10, seed: 7, top: Some(3) });
    let rates = vec![("cold".to_owned(), 0.0), ("warm".to_owned(), 0.15), ("hot".to_owned(), 0.5)];
    assert_eq!(spec.bands, Some(CutRule::TargetRates(rates)));
    assert_eq!(spec.stages, Some(CutRule::CutOffs(vec![("MQL".to_owned(), 50), ("SQL".to_owned(), 75)])));
    activity::every_key_is_read(&spec);
    signals::every_key_is_read(&spec);
    groups::every_key_is_read(&spec);
}

#[test]
fn what_is_left_out_has_its_default() {
    let outcome = Outcome { column: "converted".into(), positive: None };
    let spec = parse("[data]\nleads = \"/data/leads.csv\"\noutcome = \"converted\"");
    assert_eq!(spec, Spec::with_leads("/data/leads.csv", outcome));
    assert_eq!(spec.data.missing, ["", "NA"]);
    assert_eq!(spec.shrinkage, Shrinkage::EmpiricalBayes);
}

#[test]
fn bands_keep_the_order_written() {
    let spec = parse("[data]\nleads = \"l\"\noutcome = \"y\"\n[bands]\ncut_offs = { warm = -5, cool = 0, hot = 61 }");
    let marks = vec![("warm".to_owned(), -5), ("cool".to_owned(), 0), ("hot".to_owned(), 61)];
    assert_eq!(spec.bands, Some(CutRule::CutOffs(marks)));
}

#[test]
fn bands_and_stages_are_cut_in_the_same_four_ways() {
    let named = |name: &str, value, cost| (name.to_owned(), ValueAndCost { value, cost });
    for (written, rule) in [
        ("cut_offs = { a = 0, b = 7 }", CutRule::CutOffs(vec![("a".to_owned(), 0), ("b".to_owned(), 7)])),
        ("target_rates = { a = 0.1 }", CutRule::TargetRates(vec![("a".to_owned(), 0.1)])),
        (
            "capacity_per_week = { a = 100, b = 2.5 }",
            CutRule::CapacityPerWeek(vec![("a".to_owned(), 100.0), ("b".to_owned(), 2.5)]),
        ),
        (
            "value_and_cost = { a = { value = 900, cost = 0 }, b = { cost = 120.5, value = 900 } }",
            CutRule::ValueAndCost(vec![named("a", 900.0, 0.0), named("b", 900.0, 120.5)]),
        ),
    ] {
        let data = "[data]\nleads = \"l\"\noutcome = \"y\"";
        let bands = parse(&format!("{data}\n[bands]\n{written}"));
        assert_eq!((bands.bands, bands.stages), (Some(rule.clone()), None));
        let stages = parse(&format!("{data}\n[stages]\n{written}"));
        assert_eq!((stages.bands, stages.stages), (None, Some(rule.clone())));
        let both = parse(&format!("{data}\n[bands]\n{written}\n[stages]\n{written}"));
        assert_eq!((both.bands, both.stages), (Some(rule.clone()), Some(rule)));
    }
}

#[test]
fn the_positive_value_may_be_a_number_or_a_boolean() {
    let positive = |written: &str| {
        let text = format!("[data]\nleads = \"l\"\noutcome = {{ column = \"y\", positive = {written} }}");
        parse(&text).data.outcome.positive.expect("given")
    };
    assert_eq!((positive("2").as_str(), positive("1.5").as_str(), positive("true").as_str()), ("2", "1.5", "true"));
}

#[test]
fn an_unknown_key_is_named_with_its_place_and_the_nearest() {
    check(
        "[data]\nleads = \"l.csv\"\noutcom = \"y\"",
        "unknown key \"outcom\" in [data]\n  in leadcal.toml:3:1\n  help: did you mean \"outcome\"?",
    );
    check_after_data(
        "[point]\nscale = 1",
        "unknown section [point] in the spec\n  in leadcal.toml:4:2\n  help: did you mean \"points\"?",
    );
    check_after_data(
        "[attributes.\"job title\"]\n  minShare = 0.1",
        "unknown key \"minShare\" in [attributes.job title]\n  in leadcal.toml:5:3\n  help: did you mean \"min_share\"?",
    );
    check_after_data(
        "[bands]\nfoo = 1",
        "unknown key \"foo\" in [bands]\n  in leadcal.toml:5:1\n  help: [bands] knows cut_offs, target_rates, \
         capacity_per_week, value_and_cost, stages",
    );
}

#[test]
fn keys_of_later_versions_are_said_to_be_so() {
    let later = |what: &str, place: &str| {
        format!("{what} is not supported yet by this version of leadcal\n  in leadcal.toml:{place}\n  help: remove it")
    };
    check_after_data("[model]\nl2 = \"cv\"", &later("l2 = \"cv\" in [model]", "5:6"));
}

#[test]
fn missing_keys_are_asked_for() {
    check("", "the spec needs the key \"data\": the leads and their outcome\n  in leadcal.toml");
    check(
        "[data]\noutcome = \"y\"",
        "[data] needs the key \"leads\": the path of the leads, such as \"leads.csv\"\n  in leadcal.toml:1:2",
    );
    check_after_data(
        "[bands]\nstages = { MQL = 50 }",
        "[bands] needs the key \"cut_offs\": each band's lowest score (or give target_rates, capacity_per_week or \
         value_and_cost)\n  in leadcal.toml:4:2",
    );
    check_after_data(
        "[stages]",
        "[stages] needs the key \"cut_offs\": each stage's lowest score (or give target_rates, capacity_per_week or \
         value_and_cost)\n  in leadcal.toml:4:2",
    );
    check_after_data(
        "[bands.value_and_cost]\nwarm = { value = 9 }",
        "[bands.value_and_cost.warm] needs the key \"cost\": what a contact costs, in the unit of value, such as 15\n  \
         in leadcal.toml:5:1",
    );
}

#[test]
fn values_of_the_wrong_type_or_out_of_range() {
    let wrong = |text: &str, key: &str, section: &str, expected: &str, found: &str, place: &str| {
        check_after_data(
            text,
            &format!("\"{key}\" in [{section}] should be {expected}, found {found}\n  in leadcal.toml:{place}"),
        );
    };
    wrong("id = 3", "id", "data", COLUMN, "3", "4:6");
    wrong("exclude = \"a\"", "exclude", "data", "a list of columns, such as [\"phone\"]", "\"a\"", "4:11");
    wrong("exclude = [\"a\", 2]", "exclude", "data", COLUMN, "2", "4:17");
    wrong("[points]\nscale = 0", "scale", "points", SCALE, "0", "5:9");
    wrong("[points]\nscale = inf", "scale", "points", SCALE, "inf", "5:9");
    wrong("[points]\nscale = \"0-10\"", "scale", "points", SCALE, "\"0-10\"", "5:9");
    wrong("[points]\nshrinkage = -1", "shrinkage", "points", SHRINKAGE, "-1", "5:13");
    wrong("[points]\nkeep_inconclusive = 1", "keep_inconclusive", "points", "true or false", "1", "5:21");
    wrong("[points]\nmin_leads = -1", "min_leads", "points", "a whole number, 0 or more", "-1", "5:13");
    wrong("[model]\nl2 = nan", "l2", "model", "a number, 0 or more", "nan", "5:6");
    wrong("[model]\nfolds = 1", "folds", "model", "a whole number from 2 to 100", "1", "5:9");
    wrong("[model]\nfolds = 2.5", "folds", "model", "a whole number from 2 to 100", "2.5", "5:9");
    wrong("[model]\ntop = 0", "top", "model", "a whole number, 1 or more", "0", "5:7");
    wrong("[attributes.a]\nmin_share = 0.6", "min_share", "attributes.a", "a number from 0 to 0.5", "0.6", "5:13");
    wrong("[attributes.a]\nmax_levels = 1", "max_levels", "attributes.a", "a whole number from 2 to 1000", "1", "5:14");
    wrong(
        "[attributes.a]\nmin_conversions = -1",
        "min_conversions",
        "attributes.a",
        "a whole number, 0 or more",
        "-1",
        "5:19",
    );
    let left_out = "left out: only numbers and dates have a trend";
    wrong("[attributes.a]\ntype = \"text\"\ntrend = \"peak\"", "trend", "attributes.a", left_out, "\"peak\"", "6:9");
    let left_out = "left out: only texts are joined by their rates";
    wrong("[attributes.a]\ntype = \"date\"\njoin = true", "join", "attributes.a", left_out, "true", "6:8");
    wrong("[attributes.a]\ncuts = [3, 3]", "cuts", "attributes.a", "strictly ascending", "a list", "5:8");
    wrong("[attributes.a]\ncuts = [1, inf]", "cuts", "attributes.a", "a finite number or a date", "inf", "5:12");
    wrong(
        "[attributes.a]\ntype = \"text\"\ncuts = [1]",
        "cuts",
        "attributes.a",
        "left out: only numbers and dates are cut",
        "a list",
        "6:8",
    );
    let type_and = |kind: &str, special: &str| format!("[attributes.a]\ntype = \"{kind}\"\nspecial = {special}");
    wrong(&type_and("number", "[-1, \"x\"]"), "special", "attributes.a", "a number", "\"x\"", "6:16");
    wrong(&type_and("text", "[true]"), "special", "attributes.a", "a text", "true", "6:12");
    let none = "left out: only numbers and texts have special values";
    wrong(&type_and("boolean", "[]"), "special", "attributes.a", none, "an empty list", "6:11");
    wrong("[points]\nshrinkage = 1e300", "shrinkage", "points", SHRINKAGE, "1e300", "5:13");
    let far = "a whole number from -1000000000 to 1000000000";
    wrong("[bands]\ncut_offs = { a = 10000000000 }", "a", "bands.cut_offs", far, "10000000000", "5:18");
    let higher = "above the one before it";
    wrong("[bands]\ncut_offs = { a = 5, b = 5 }", "b", "bands.cut_offs", higher, "5", "5:25");
    wrong("[bands]\ncut_offs = { a = 0.5 }", "a", "bands.cut_offs", "a whole number", "0.5", "5:18");
    wrong("[bands]\ntarget_rates = { a = 0.2, b = 0.1 }", "b", "bands.target_rates", higher, "0.1", "5:31");
    let rate = "a conversion rate below 1, such as 0.15";
    wrong("[bands]\ntarget_rates = { a = 15 }", "a", "bands.target_rates", rate, "15", "5:22");
    let marks = "a table of names and numbers, such as { cold = 0, hot = 61 }";
    wrong("[bands]\ncut_offs = {}", "cut_offs", "bands", marks, "a table", "5:12");
    wrong("[bands]\ncapacity_per_week = 9", "capacity_per_week", "bands", "a table", "9", "5:21");
    let amount = "a number above 0, at most 1000000000000";
    let capacity = |asked: &str| format!("[stages]\ncapacity_per_week = {asked}");
    wrong(&capacity("{ a = 0 }"), "a", "stages.capacity_per_week", amount, "0", "5:27");
    wrong(&capacity("{ a = inf }"), "a", "stages.capacity_per_week", amount, "inf", "5:27");
    wrong(&capacity("{ a = 9, b = 9 }"), "b", "stages.capacity_per_week", "below the one before it", "9", "5:34");
    let worth = |asked: &str| format!("[bands.value_and_cost]\na = {asked}");
    wrong(&worth("3"), "a", "bands.value_and_cost", "a table such as { value = 900, cost = 15 }", "3", "5:5");
    wrong(&worth("{ value = 0, cost = 1 }"), "value", "bands.value_and_cost.a", amount, "0", "5:15");
    let cost = "a number from 0 to 1000000000000";
    wrong(&worth("{ value = 9, cost = -1 }"), "cost", "bands.value_and_cost.a", cost, "-1", "5:25");
    let dearer = "dearer than the one before it: cost / value, the conversion rate that pays for it, above that one's";
    let two = worth("{ value = 9, cost = 3 }\nb = { value = 18, cost = 6 }");
    wrong(&two, "b", "bands.value_and_cost", dearer, "a table", "6:5");
    let names = "a table of names, such as { warm = { value = 900, cost = 15 } }";
    wrong("[bands]\nvalue_and_cost = {}", "value_and_cost", "bands", names, "a table", "5:18");
}

#[test]
fn a_mistyped_word_suggests_the_nearest() {
    check_after_data(
        "[points]\nmethod = \"rate_diffrence\"",
        "\"method\" in [points] should be \"rate-difference\", \"lift-ratio\", \"log-odds\", \"fitted\", \
         found \"rate_diffrence\"\n  in leadcal.toml:5:10\n  help: did you mean \"rate-difference\"?",
    );
}

#[test]
fn trends_are_words() {
    check_after_data(
        "[attributes.age]\ntrend = \"rising\"",
        "\"trend\" in [attributes.age] should be \"auto\", \"ascending\", \"descending\", \"peak\", \"valley\", \"none\", \
         found \"rising\"\n  in leadcal.toml:5:9",
    );
}

#[test]
fn keys_that_exclude_each_other() {
    check_after_data(
        "[bands]\ncut_offs = { a = 0 }\ntarget_rates = { a = 0.1 }",
        "[bands] has both \"cut_offs\" and \"target_rates\"\n  in leadcal.toml:6:1\n  help: keep one of them",
    );
    check_after_data(
        "[stages]\nvalue_and_cost = {}\ncapacity_per_week = {}",
        "[stages] has both \"capacity_per_week\" and \"value_and_cost\"\n  in leadcal.toml:6:1\n  help: keep one of them",
    );
    check_after_data(
        "[bands]\ncut_offs = { a = 0 }\nstages = { b = 5 }\n[stages]\ncut_offs = { b = 6 }",
        "the spec has both \"bands.stages\" and \"stages\"\n  in leadcal.toml:7:2\n  help: keep one of them",
    );
    check_after_data(
        "[attributes.age]\nmax_levels = 3\ncuts = [1]",
        "[attributes.age] has both \"cuts\" and \"max_levels\"\n  in leadcal.toml:6:1\n  help: keep one of them",
    );
}

#[test]
fn a_column_has_one_job() {
    check_after_data(
        "id = \"y\"",
        "column \"y\" is named both as outcome and as id\n  in leadcal.toml:4:1\n  \
         help: name another column for one of them",
    );
    check_after_data(
        "id = \"a\"\nexclude = [\"b\", \"a\"]",
        "column \"a\" is named both as id and as exclude\n  in leadcal.toml:5:1\n  \
         help: remove it from exclude: such a column is no attribute anyway",
    );
    check_after_data(
        "exclude = [\"b\"]\n[attributes.b]\ncuts = [1]",
        "column \"b\" is named both as exclude and as attributes.b\n  in leadcal.toml:5:13\n  \
         help: remove [attributes.b], or let the column be an attribute",
    );
    let spec = parse("[data]\nleads = \"l\"\noutcome = \"y\"\nproduct = \"p\"\n[attributes.p]\ntype = \"text\"");
    assert_eq!(spec.conflict(), None, "a product may be an attribute too");
}

#[test]
fn text_that_is_no_toml() {
    let error = Spec::parse("[data]\nleads = ", Path::new("leadcal.toml")).expect_err("no TOML");
    assert!(matches!(*error.problem, SpecProblem::Syntax { .. }), "{error}");
    assert_eq!(error.position, Some(Position { line: 2, column: 9 }));
    let error = Spec::parse("[data]\nleads = 1\nleads = 2", Path::new("leadcal.toml")).expect_err("twice");
    assert_eq!(error.position, Some(Position { line: 3, column: 1 }));
}

#[test]
fn columns_count_characters() {
    check(
        "data = { \"é\" = 1 , leeds = 2 }",
        "unknown key \"é\" in [data]\n  in leadcal.toml:1:10\n  help: [data] knows leads, outcome, id, created_at, \
         converted_at, product, fold, exclude, missing",
    );
    assert_eq!(Position::in_bytes("a\né x".as_bytes(), 5), Position { line: 2, column: 3 });
    assert_eq!(Position::in_bytes(b"a", 9), Position { line: 1, column: 2 });
}

#[test]
fn a_file_that_cannot_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("leadcal.toml");
    let error = Spec::read(&path).expect_err("not there");
    assert!(error.help().expect("help").contains("leadcal init"), "{error}");
    std::fs::write(&path, b"[data]\nleads = \"\xff\"").expect("written");
    let error = Spec::read(&path).expect_err("no UTF-8");
    assert_eq!(error.position, Some(Position { line: 2, column: 10 }));
}

mod any_input {
    use proptest::prelude::*;

    use super::*;

    fn survives(text: &str) {
        match Spec::parse(text, Path::new("leadcal.toml")) {
            Ok(spec) => {
                assert_eq!(spec.conflict(), None);
                let dated = spec.data.created_at.is_some() && spec.data.converted_at.is_some();
                assert!(spec.events.is_some() || spec.behaviours.is_empty());
                assert!(spec.events.is_none() || spec.snapshot.is_some() && spec.data.id.is_some());
                assert!(spec.snapshot.is_none() || dated);
                assert!(spec.inactivity.steps.is_sorted_by(|a, b| a < b));
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }

    proptest! {
        #[test]
        fn bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            survives(&String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn toml_like_text(text in "(\\[{1,2}[a-z.\"]{0,9}\\]{1,2}\n|[a-z_]{1,9} ?= ?[\\[{\"0-9a-z=,.\\]}-]{0,12}\n){0,8}") {
            survives(&text);
        }

        /// A valid spec with up to four pieces replaced by something else.
        #[test]
        fn mutated_spec(edits in proptest::collection::vec(
            (0.0..1.0_f64, 0_usize..20, prop_oneof![
                Just(String::new()), "[\\PC\n]{0,5}", Just("inf".into()), Just("nan".into()), Just("-1".into()),
                Just("99999999999999999999999".into()), Just("\"\"".into()), Just("[[]]".into()), Just("{}".into()),
                Just("2024-02-31".into()), Just("0x1F".into()), Just("'".into()),
            ]), 0..5,
        )) {
            let mut text: Vec<char> = FULL.chars().collect();
            for (at, length, replacement) in edits {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of the length")]
                let start = (at * text.len() as f64) as usize;
                let end = (start + length).min(text.len());
                text.splice(start..end, replacement.chars());
            }
            survives(&text.into_iter().collect::<String>());
        }

        /// One value of a valid spec replaced by a value of any type.
        #[test]
        fn exchanged_value(line in 0..FULL.lines().count(), value in prop_oneof![
            Just("1"), Just("-1"), Just("0.5"), Just("inf"), Just("\"\""), Just("\"x\""), Just("true"), Just("[]"),
            Just("[1]"), Just("[\"\"]"), Just("{}"), Just("{ a = 1 }"), Just("{ \"\" = 1 }"), Just("2024-01-01"),
            Just("12:30:00"), Just("{ column = 1 }"), Just("[nan]"), Just("18446744073709551616"),
        ]) {
            let text: Vec<String> = FULL
                .lines()
                .enumerate()
                .map(|(at, written)| match written.split_once(" = ") {
                    Some((key, _)) if at == line => format!("{key} = {value}"),
                    _ => written.to_owned(),
                })
                .collect();
            survives(&text.join("\n"));
        }
    }
}

const COLUMN: &str = "the name of a column";
const SCALE: &str = "a number above 0, or \"0-100\"";
const SHRINKAGE: &str = "a number from 0 to 1000000, or \"empirical-bayes\"";
