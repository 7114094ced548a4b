use super::*;
use crate::leads::LeadFiles;
use crate::profile::profile;

fn attribute_of(
    values: impl IntoIterator<Item = String>,
    options: &BinningOptions,
) -> Result<Result<Attribute, LeftOut>, DataError> {
    let csv = values.into_iter().fold("a,b\n".to_owned(), |csv, value| csv + &value + ",1\n");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("l.csv");
    std::fs::write(&path, csv).expect("written");
    let leads = LeadFiles::open(path.to_str().expect("UTF-8")).expect("readable");
    let profiles = profile(&leads, &leads.columns()[..1], &["NA".to_owned()]).expect("profiled");
    attribute(&profiles[0], options, leads.files())
}

fn check(values: impl IntoIterator<Item = String>, options: &BinningOptions, expected: &[&str]) {
    let attribute = attribute_of(values, options).expect("well typed").expect("an attribute");
    let names: Vec<&str> = attribute.levels.iter().map(|level| level.name.as_str()).collect();
    assert_eq!(names, expected);
}

fn few() -> BinningOptions {
    BinningOptions { min_leads: 2, ..BinningOptions::default() }
}

fn repeat(values: &[&str], times: usize) -> Vec<String> {
    (0..times).flat_map(|_| values.iter().map(|&v| v.to_owned())).collect()
}

#[test]
fn pools_rare_texts_and_those_beyond_the_most_frequent() {
    let mut values = repeat(&["x", "y", "y", "NA"], 3);
    values.push("rare".to_owned());
    check(values.clone(), &few(), &["x", "y", "(missing)", "(other)"]);
    check(values, &BinningOptions { max_levels: Some(1), ..few() }, &["y", "(missing)", "(other)"]);
}

#[test]
fn cuts_numbers_at_quantiles_with_ties_together() {
    let hundred = (0..100).map(|i| i.to_string());
    check(
        hundred,
        &BinningOptions { min_share: 0.49, keep: true, ..few() },
        &["< 49", "[49, 50)", "[50, 51)", ">= 51", "(missing)"],
    );
    let mostly_zero = repeat(&["0", "0", "0", "0", "0", "0", "1", "2"], 5);
    check(mostly_zero, &few(), &["< 1", "[1, 2)", ">= 2", "(missing)"]);
    check(
        repeat(&["1", "2", "3"], 9),
        &BinningOptions { cuts: Some(vec![Bound::Number(1.5)]), ..few() },
        &["< 1.5", ">= 1.5", "(missing)"],
    );
    let options = BinningOptions { special: vec![Scalar::Number(-1.0)], ..few() };
    check(repeat(&["-1", "-1", "5", "7"], 4), &options, &["-1", "< 7", ">= 7", "(missing)"]);
}

/// Half of the leads have one value: it takes one of the fine intervals, and the others share the rest evenly.
#[test]
fn a_frequent_value_leaves_the_other_intervals_to_the_rest() {
    let values = (0..20_000).map(|i| if i % 2 == 0 { "0.5".to_owned() } else { format!("{}", f64::from(i) / 7.0) });
    let attribute = attribute_of(values, &few()).expect("well typed").expect("an attribute");
    assert_eq!(attribute.levels.len(), PRE_BINS + 1, "and missing");
    let names: Vec<&str> = attribute.levels.iter().map(|level| level.name.as_str()).collect();
    assert_eq!(names[..2], ["< 0.5", "[0.5, 0.7142857142857143)"]);
    let third = &attribute.levels[2].when;
    let When::Range { below: Some(Bound::Number(below)), .. } = third else { panic!("an interval: {third:?}") };
    assert!((40.0..55.0).contains(below), "one of 62 parts: {below}");
}

/// A level of at least 30 % leaves no cut near the ends: the cuts that even shares would put there are spent between.
#[test]
fn no_cut_is_left_over() {
    let options = BinningOptions { min_share: 0.3, ..few() };
    let attribute = attribute_of((0..20_000).map(|i| format!("{}", f64::from(i) / 7.0)), &options);
    let names: Vec<String> =
        attribute.expect("well typed").expect("an attribute").levels.into_iter().map(|level| level.name).collect();
    assert_eq!(names.len(), PRE_BINS + 1, "and missing");
    assert_eq!((names[0].as_str(), names[PRE_BINS - 1].as_str()), ("< 857.1428571428571", ">= 2000"));
}

#[test]
fn dates_are_kept_when_asked_for() {
    let days = repeat(&["2024-01-01", "2024-06-01"], 4);
    assert_eq!(attribute_of(days.clone(), &few()).expect("well typed").expect_err("left out"), LeftOut::Date);
    let options = BinningOptions { kind: Some(FieldType::Date), keep: true, ..few() };
    check(days, &options, &["< 2024-06-01", ">= 2024-06-01", "(missing)"]);
}

#[test]
fn many_rare_texts_are_a_level_beside_a_frequent_one() {
    let mut values = repeat(&["gmail.com"], 9);
    values.extend((0..9).map(|i| format!("company{i}.com")));
    check(values, &few(), &["gmail.com", "(missing)", "(other)"]);
}

#[test]
fn infinities_are_in_the_outermost_levels_and_no_cut() {
    let values = repeat(&["-inf", "1", "2", "inf"], 9);
    check(values, &few(), &["< 1", "[1, 2)", ">= 2", "(missing)"]);
}

#[test]
fn one_interval_beside_missing_says_whether_there_is_a_number() {
    check(repeat(&["7", "NA"], 9), &few(), &["(missing)", "any"]);
    let options = BinningOptions { min_leads: 100, ..few() };
    check(repeat(&["1", "2", "NA", "NA"], 60), &options, &["(missing)", "any"]);
}

#[test]
fn cuts_and_special_values_are_of_the_columns_type() {
    let cuts = Some(vec![Bound::Date(jiff::civil::date(2024, 1, 1))]);
    for options in [
        BinningOptions { cuts, ..few() },
        BinningOptions { special: vec![Scalar::Text("x".to_owned())], ..few() },
        BinningOptions { join: true, ..few() },
    ] {
        let error = attribute_of(repeat(&["1", "2"], 9), &options).expect_err("not for numbers");
        assert!(error.to_string().contains("column \"a\" is a number"), "{error}");
    }
}

fn check_left_out(values: impl IntoIterator<Item = String>, expected: LeftOut) {
    assert_eq!(attribute_of(values, &few()).expect("well typed").expect_err("left out"), expected);
}

#[test]
fn leaves_out_what_cannot_tell_leads_apart() {
    check_left_out(repeat(&["NA", ""], 3), LeftOut::AllMissing);
    check_left_out(repeat(&["same"], 9), LeftOut::Constant);
    check_left_out(repeat(&["5"], 9), LeftOut::Constant);
    check_left_out(repeat(&["true"], 9), LeftOut::Constant);
    let mut nearly_all = repeat(&["x"], 9);
    nearly_all.push("rare".to_owned());
    check_left_out(nearly_all, LeftOut::OneLevel { others: 1 });
    let rare = attribute_of(repeat(&["a", "b"], 9), &BinningOptions { min_leads: 10, ..few() });
    assert_eq!(rare.expect("well typed").expect_err("rare"), LeftOut::OnlyRare { distinct: 2, min_leads: 10 });
    check_left_out(repeat(&["\"1,5\"", "\"2,5\""], 9), LeftOut::DecimalCommas);
    check_left_out((0..50).map(|i| format!("id{i}")), LeftOut::Identifier { distinct: 50, present: 50 });
    check_left_out((0..500).map(|i| i.to_string()), LeftOut::Identifier { distinct: 500, present: 500 });
}

#[test]
fn a_wrong_type_names_the_row() {
    let options = BinningOptions { kind: Some(FieldType::Number), ..few() };
    let error = attribute_of(["1", "2", "oops", "NA"].map(str::to_owned), &options).expect_err("not a number");
    assert!(error.place().expect("a place").contains("row 3"), "{error}");
}
