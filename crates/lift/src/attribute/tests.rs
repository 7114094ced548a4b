use proptest::prelude::*;

use super::*;

fn input(kind: FieldType) -> Input {
    Input { field: "f".to_owned(), kind, missing: vec!["NA".to_owned()] }
}

#[expect(clippy::needless_pass_by_value, reason = "the calls read better")]
fn check_read(kind: FieldType, value: Value<'_>, expected: Option<Reading<'_>>) {
    assert_eq!(input(kind).read(value).ok(), expected, "{kind} {value:?}");
}

#[test]
fn reads_values_by_type() {
    check_read(FieldType::Number, Value::Text(" 12.5 "), Some(Reading::Number(12.5)));
    check_read(FieldType::Number, Value::Text("abc"), None);
    check_read(FieldType::Number, Value::Text("NA"), Some(Reading::Missing));
    check_read(FieldType::Number, Value::Text("nan"), Some(Reading::Missing));
    check_read(FieldType::Number, Value::Boolean(true), None);
    check_read(FieldType::Text, Value::Number(75001.0), Some(Reading::Text("75001".into())));
    check_read(FieldType::Text, Value::Text("  "), Some(Reading::Missing));
    check_read(FieldType::Boolean, Value::Text("Yes"), Some(Reading::Boolean(true)));
    check_read(FieldType::Boolean, Value::Number(2.0), None);
    check_read(FieldType::Date, Value::Text("1970-01-11T08:00:00Z"), Some(Reading::Number(10.0)));
    check_read(FieldType::Date, Value::Text("1970-01-111"), None);
    check_read(FieldType::Date, Value::Text("é970-01-01é"), None);
}

#[test]
fn when_round_trips_in_its_json_form() {
    for form in [
        r#""missing""#,
        r#""otherwise""#,
        r#"{"in":["a","b"]}"#,
        r#"{"in":[-1,999.5]}"#,
        r#"{"in":[true]}"#,
        r#"{"from":25,"below":60}"#,
        r#"{"below":0.1}"#,
        r#"{"from":"2024-03-01"}"#,
    ] {
        let when: When = serde_json::from_str(form).expect(form);
        assert_eq!(serde_json::to_string(&when).expect(form), form);
    }
    for wrong in
        [r#""never""#, "{}", r#"{"in":[]}"#, r#"{"in":[1],"from":2}"#, r#"{"above":2}"#, r#"{"from":"soon"}"#, "3"]
    {
        assert!(serde_json::from_str::<When>(wrong).is_err(), "{wrong}");
    }
}

fn any_when() -> impl Strategy<Value = When> {
    let number = -3_i8..3;
    let bound = prop::option::of(number.clone().prop_map(|x| Bound::Number(f64::from(x))));
    prop_oneof![
        Just(When::Missing),
        Just(When::Otherwise),
        prop::collection::vec("[ab]{1,2}".prop_map(Scalar::Text), 1..3).prop_map(When::In),
        prop::collection::vec(number.prop_map(|x| Scalar::Number(f64::from(x))), 1..3).prop_map(When::In),
        any::<bool>().prop_map(|b| When::In(vec![Scalar::Boolean(b)])),
        (bound.clone(), bound).prop_map(|(from, below)| When::Range { from, below }),
    ]
}

#[derive(Debug, Clone)]
enum Owned {
    Missing,
    Number(f64),
    Text(String),
    Boolean(bool),
}

fn any_value() -> impl Strategy<Value = Owned> {
    prop_oneof![
        Just(Owned::Missing),
        (-6_i8..6).prop_map(|x| Owned::Number(f64::from(x) / 2.0)),
        prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0]).prop_map(Owned::Number),
        "[ab]{0,2}|NA|1|-2|yes|2024-01-01".prop_map(Owned::Text),
        any::<bool>().prop_map(Owned::Boolean),
    ]
}

proptest! {
    #[test]
    fn encoder_finds_the_first_level_that_holds(
        whens in prop::collection::vec(any_when(), 0..6),
        value in any_value(),
        kind in prop::sample::select(vec![FieldType::Number, FieldType::Text, FieldType::Boolean, FieldType::Date]),
    ) {
        let value = match &value {
            Owned::Missing => Value::Missing,
            Owned::Number(x) => Value::Number(*x),
            Owned::Text(text) => Value::Text(text),
            Owned::Boolean(b) => Value::Boolean(*b),
        };
        let levels = whens.iter().enumerate().map(|(i, when)| Level { name: i.to_string(), when: when.clone() }).collect();
        let attribute = Attribute { name: "a".to_owned(), input: input(kind), levels };
        let expected = attribute.input.read(value).map(|reading| {
            whens.iter().position(|when| when.holds(&reading)).map(|i| u32::try_from(i).expect("few levels"))
        });
        prop_assert_eq!(Encoder::new(&attribute).code(value), expected);
    }
}
