use polars::prelude::*;

use super::*;

/// Values of a column written one a line, as `for_each_value` gives them.
fn values(column: &Column) -> Vec<String> {
    let mut found = Vec::new();
    for_each_value(column, |row, value| {
        assert_eq!(row, found.len());
        found.push(match value {
            Value::Missing => "-".to_owned(),
            Value::Number(x) => format!("number {x}"),
            Value::Text(text) => format!("text {text}"),
            Value::Boolean(b) => format!("boolean {b}"),
        });
    })
    .expect("a readable type");
    found
}

fn check(column: impl Into<Column>, expected: &[&str]) {
    assert_eq!(values(&column.into()), expected);
}

#[test]
fn plain_types() {
    check(Series::new("c".into(), [Some(true), None]), &["boolean true", "-"]);
    check(Series::new("c".into(), [Some("a"), None, Some("")]), &["text a", "-", "text "]);
    check(Series::new("c".into(), [Some(1_i8), None]), &["number 1", "-"]);
    check(Series::new("c".into(), [Some(-3_i32), None]), &["number -3", "-"]);
    check(Series::new("c".into(), [Some(1.5_f32), None]), &["number 1.5", "-"]);
    check(Series::new("c".into(), [f64::NAN, f64::INFINITY]), &["number NaN", "number inf"]);
    check(Series::new_null("c".into(), 2), &["-", "-"]);
}

#[test]
fn integers_keep_every_digit() {
    check(
        Series::new("c".into(), [9_007_199_254_740_992_i64, 9_007_199_254_740_993, i64::MIN, -1]),
        &["number 9007199254740992", "text 9007199254740993", "text -9223372036854775808", "number -1"],
    );
    check(Series::new("c".into(), [u64::MAX, 7]), &["text 18446744073709551615", "number 7"]);
}

#[test]
fn dates_and_times_are_text() {
    let days = Series::new("c".into(), [Some(0_i32), None, Some(19_783), Some(-1), Some(i32::MAX)]);
    check(
        days.cast(&DataType::Date).expect("days"),
        &["text 1970-01-01", "-", "text 2024-03-01", "text 1969-12-31", "text day 2147483647 from 1970-01-01"],
    );
    let seconds = 1_709_287_200_i64;
    for (unit, scale) in
        [(TimeUnit::Milliseconds, 1_000), (TimeUnit::Microseconds, 1_000_000), (TimeUnit::Nanoseconds, 1_000_000_000)]
    {
        let instants = Series::new("c".into(), [Some(seconds * scale), None]);
        check(instants.cast(&DataType::Datetime(unit, None)).expect("instants"), &["text 2024-03-01T10:00:00", "-"]);
    }
    let time = Series::new("c".into(), [36_000_000_000_000_i64]);
    check(time.cast(&DataType::Time).expect("a time"), &["text 10:00:00"]);
    let beyond = Series::new("c".into(), [i64::MAX]);
    check(
        beyond.cast(&DataType::Datetime(TimeUnit::Milliseconds, None)).expect("an instant"),
        &["text 9223372036854775807 ms from 1970-01-01"],
    );
}

#[test]
fn zoned_instants_are_written_in_utc() {
    let zone = TimeZone::opt_try_new(Some("UTC")).expect("a zone");
    // A cast to a zone needs a polars feature that reading a Parquet file with zones does not.
    let instants = Int64Chunked::new("c".into(), [1_709_287_200_000_i64]).into_datetime(TimeUnit::Milliseconds, zone);
    check(instants.into_series(), &["text 2024-03-01T10:00:00Z"]);
}

#[test]
fn categories_and_decimals() {
    let texts = Series::new("c".into(), [Some("b"), None, Some("a"), Some("b")]);
    let categories = texts.cast(&DataType::from_categories(Categories::global())).expect("categories");
    check(categories, &["text b", "-", "text a", "text b"]);
    let decimals = Series::new("c".into(), [1.25_f64]).cast(&DataType::Decimal(10, 2)).expect("decimals");
    check(decimals, &["number 1.25"]);
}

#[test]
fn chunks_slices_and_scalars() {
    let mut column: Column = Series::new("c".into(), [1_i64, 2]).into();
    column.append(&Series::new("c".into(), [Some(3_i64), None]).into()).expect("same type");
    check(column.clone(), &["number 1", "number 2", "number 3", "-"]);
    check(column.slice(1, 2), &["number 2", "number 3"]);
    check(Column::new_scalar("c".into(), Scalar::from(5_i64), 2), &["number 5", "number 5"]);
}

#[test]
fn other_types_are_refused_by_name() {
    let durations =
        Series::new("wait".into(), [1_i64]).cast(&DataType::Duration(TimeUnit::Milliseconds)).expect("durations");
    let error = for_each_value(&durations.into(), |_, _| ()).expect_err("a duration");
    assert_eq!(error.column, "wait");
    assert!(error.to_string().starts_with("column \"wait\" is of type duration[ms]"), "{error}");
}
