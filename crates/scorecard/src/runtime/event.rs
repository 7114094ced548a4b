//! What a lead did: events, their times and properties.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use leadcal_lift::attribute::{Scalar, boolean_of_number, parse_boolean, parse_number};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// Microseconds of a day.
pub(crate) const DAY: i64 = 86_400_000_000;

/// One thing a lead did.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// When; finer digits than microseconds do not count.
    #[serde(deserialize_with = "time")]
    pub time: Timestamp,
    /// What, such as `page_view`.
    pub name: String,
    /// Details, such as the page; a property without a value is left out.
    #[serde(default)]
    pub properties: BTreeMap<String, Scalar>,
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_time(&text)
        .ok_or_else(|| D::Error::custom(format!("expected a time such as 2024-03-01T10:00:00Z, found \"{text}\"")))
}

/// A moment written as `2024-03-01T10:00:00Z`, `2024-03-01T11:00:00+01:00`, `2024-03-01 10:00:00` or `2024-03-01`;
/// without a zone it is UTC, without a time of day midnight.
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let civil: DateTime = text.parse().ok()?;
        civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })
}

/// Microseconds since 1970-01-01T00:00:00Z, finer digits dropped toward the past.
pub(crate) fn microseconds(time: Timestamp) -> i64 {
    i64::try_from(time.as_nanosecond().div_euclid(1_000)).expect("the years -9999 to 9999 fit into microseconds")
}

impl Event {
    /// Whether it is the event a behaviour counts: its name and every property listed, with one of the values listed.
    pub(crate) fn is(&self, name: &str, properties: &BTreeMap<String, Vec<Scalar>>) -> bool {
        self.name == name
            && properties.iter().all(|(property, listed)| {
                self.properties.get(property).is_some_and(|found| listed.iter().any(|listed| means(listed, found)))
            })
    }
}

/// Whether a property's value, understood as the listed value's type, equals it.
fn means(listed: &Scalar, found: &Scalar) -> bool {
    let number = |x: f64| (x + 0.0).to_bits();
    match (listed, found) {
        (Scalar::Text(listed), Scalar::Text(found)) => listed == found,
        (Scalar::Text(listed), Scalar::Number(found)) => *listed == found.to_string(),
        (Scalar::Text(listed), Scalar::Boolean(found)) => *listed == found.to_string(),
        (Scalar::Number(listed), Scalar::Number(found)) => number(*listed) == number(*found),
        (Scalar::Number(listed), Scalar::Text(found)) => parse_number(found).map(number) == Some(number(*listed)),
        (Scalar::Number(_), Scalar::Boolean(_)) => false,
        (Scalar::Boolean(listed), Scalar::Boolean(found)) => listed == found,
        (Scalar::Boolean(listed), Scalar::Text(found)) => parse_boolean(found) == Some(*listed),
        (Scalar::Boolean(listed), Scalar::Number(found)) => boolean_of_number(*found) == Some(*listed),
    }
}
