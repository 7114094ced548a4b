//! A level's test as HubSpot's conditions on a property, in the words of its guide "List filters overview".

use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::number;
use crate::export::partition::Test;

/// Conditions that hold together exactly where the test does. Without a value none holds but that of the empty field.
pub(super) fn conditions(property: &str, test: &Test<'_>) -> Vec<Json> {
    let on = |operation| condition(property, &operation);
    match test {
        Test::Empty => vec![on(operation("ALL_PROPERTY", "IS_UNKNOWN"))],
        Test::Texts(texts) => vec![on(with(operation("ENUMERATION", "IS_ANY_OF"), "values", json!(texts)))],
        Test::NoneOf(texts) if texts.is_empty() => vec![known(property)],
        Test::NoneOf(texts) => vec![on(with(operation("ENUMERATION", "IS_NONE_OF"), "values", json!(texts)))],
        Test::Number(x) => vec![on(of_number("IS_EQUAL_TO", *x))],
        Test::Boolean(b) => vec![on(with(operation("BOOL", "IS_EQUAL_TO"), "value", json!(b)))],
        Test::Numbers { from, below, except } => {
            let from = from.map(|x| of_number("IS_GREATER_THAN_OR_EQUAL_TO", x));
            let below = below.map(|x| of_number("IS_LESS_THAN", x));
            let except = except.iter().map(|x| of_number("IS_NOT_EQUAL_TO", *x));
            or_known(property, from.into_iter().chain(below).chain(except))
        }
        Test::Days { from, below } => {
            let from = from.map(|day| at_day("IS_AFTER", "INCLUSIVE", day));
            let below = below.map(|day| at_day("IS_BEFORE", "EXCLUSIVE", day));
            or_known(property, from.into_iter().chain(below))
        }
    }
}

/// There is a value.
pub(super) fn known(property: &str) -> Json {
    condition(property, &operation("ALL_PROPERTY", "IS_KNOWN"))
}

/// The operations as conditions; where there is none, that there is a value.
fn or_known(property: &str, operations: impl Iterator<Item = Json>) -> Vec<Json> {
    let conditions: Vec<Json> = operations.map(|operation| condition(property, &operation)).collect();
    if conditions.is_empty() { vec![known(property)] } else { conditions }
}

pub(super) fn condition(property: &str, operation: &Json) -> Json {
    json!({ "type": "SINGLE", "property": property, "operation": operation })
}

pub(super) fn operation(kind: &str, operator: &str) -> Json {
    json!({ "operationType": kind, "operator": operator, "includeObjectsWithNoValueSet": false })
}

pub(super) fn with(mut operation: Json, key: &str, value: Json) -> Json {
    operation[key] = value;
    operation
}

pub(super) fn of_number(operator: &str, x: f64) -> Json {
    with(operation("NUMBER", operator), "value", number(x))
}

/// HubSpot keeps a date property as the midnight of its day in UTC.
fn at_day(operator: &str, end: &str, day: Date) -> Json {
    let point = json!({
        "timeType": "DATE", "timezoneSource": "CUSTOM", "zoneId": "UTC",
        "year": day.year(), "month": day.month(), "day": day.day(), "hour": 0, "minute": 0, "second": 0, "millisecond": 0,
    });
    let mut operation = operation("TIME_POINT", operator);
    operation["type"] = json!("TIME_POINT");
    operation["propertyParser"] = json!("VALUE");
    operation["endpointBehavior"] = json!(end);
    operation["timePoint"] = point;
    operation
}
