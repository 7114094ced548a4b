//! What leads do: events, their times and properties, and which of them a behaviour counts.
//!
//! One definition for calibration, which reads event logs, and for the runtime scorer, which is handed events: the same
//! text is the same time, and the same filter takes the same events. This file itself knows neither files nor polars.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

#[cfg(feature = "calibrate")]
mod by_lead;
#[cfg(feature = "calibrate")]
mod history;
#[cfg(feature = "calibrate")]
mod lead_column;
#[cfg(feature = "calibrate")]
mod log;
#[cfg(feature = "calibrate")]
mod matching;
#[cfg(feature = "calibrate")]
mod parts;

#[cfg(feature = "calibrate")]
pub use by_lead::{LeadEvents, LogCounts, Past};
#[cfg(feature = "calibrate")]
pub use history::{Happened, LeadHistories};
#[cfg(feature = "calibrate")]
pub use lead_column::events_of_leads;
#[cfg(feature = "calibrate")]
pub use log::{EventColumns, EventLog};
#[cfg(feature = "calibrate")]
pub(crate) use matching::{Matcher, Matches, NamesSeen, WORD};
#[cfg(feature = "calibrate")]
pub(crate) use parts::{Who, parts};

use crate::attribute::{Scalar, Value, boolean_of_number, number_text, parse_boolean, parse_number};

/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;

/// Days as microseconds.
pub fn span(days: u32) -> i64 {
    i64::from(days).saturating_mul(DAY)
}

/// One thing a lead did.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// When; finer digits than microseconds do not count.
    #[serde(deserialize_with = "time")]
    pub time: Timestamp,
    /// What, such as `page_view`.
    pub name: String,
    /// Details, such as the page; a property without a value is left out, one of null is as if left out.
    #[serde(default, deserialize_with = "properties")]
    pub properties: BTreeMap<String, Scalar>,
}

/// Which events a behaviour counts: those of one name, or of any, whose properties have one of the values listed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EventFilter {
    /// The events' name, such as `page_view`; any event where it is `None`.
    pub event: Option<String>,
    /// Each property listed must have one of its values; others do not matter.
    pub properties: BTreeMap<String, Vec<Scalar>>,
    /// Whether the events of one UTC day count as one, the newest of them.
    pub once_a_day: bool,
}

impl EventFilter {
    /// Whether an event is one of those counted; where once a day, the newest of those of its day is.
    pub fn holds(&self, event: &Event) -> bool {
        event.is(self.event.as_deref(), &self.properties)
    }
}

impl Event {
    /// Whether it is the event a behaviour counts: its name, where one is asked for, and every property listed, with one of
    /// the values listed.
    pub fn is(&self, name: Option<&str>, properties: &BTreeMap<String, Vec<Scalar>>) -> bool {
        name.is_none_or(|name| self.name == name)
            && properties.iter().all(|(property, listed)| {
                self.properties.get(property).is_some_and(|found| one_of(listed, value(found)))
            })
    }
}

/// Whether a property's value, understood as the type of each listed value, equals one of them. No value equals none.
pub(crate) fn one_of(listed: &[Scalar], found: Value<'_>) -> bool {
    listed.iter().any(|listed| means(listed, found))
}

fn means(listed: &Scalar, found: Value<'_>) -> bool {
    let number = |x: f64| (x + 0.0).to_bits();
    match (listed, found) {
        (_, Value::Missing) | (Scalar::Number(_), Value::Boolean(_)) => false,
        (Scalar::Text(listed), Value::Text(found)) => listed == found,
        (Scalar::Text(listed), Value::Number(found)) => *listed == number_text(found),
        (Scalar::Text(listed), Value::Boolean(found)) => *listed == found.to_string(),
        (Scalar::Number(listed), Value::Number(found)) => number(*listed) == number(found),
        (Scalar::Number(listed), Value::Text(found)) => parse_number(found).map(number) == Some(number(*listed)),
        (Scalar::Boolean(listed), Value::Boolean(found)) => *listed == found,
        (Scalar::Boolean(listed), Value::Text(found)) => parse_boolean(found) == Some(*listed),
        (Scalar::Boolean(listed), Value::Number(found)) => boolean_of_number(found) == Some(*listed),
    }
}

fn value(scalar: &Scalar) -> Value<'_> {
    match scalar {
        Scalar::Text(text) => Value::Text(text),
        Scalar::Number(x) => Value::Number(*x),
        Scalar::Boolean(b) => Value::Boolean(*b),
    }
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_time(&text)
        .ok_or_else(|| D::Error::custom(format!("expected a time such as 2024-03-01T10:00:00Z, found \"{text}\"")))
}

fn properties<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Scalar>, D::Error> {
    let all = BTreeMap::<String, Option<Scalar>>::deserialize(deserializer)?;
    Ok(all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}

/// The UTC day of a time in microseconds, counted from 1970-01-01.
pub fn day(time: i64) -> i64 {
    time.div_euclid(DAY)
}

/// A moment written as `2024-03-01T10:00:00Z`, `2024-03-01T11:00:00+01:00`, `2024-03-01 10:00:00` or `2024-03-01`;
/// without a zone it is UTC, without a time of day midnight.
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let pieces = Pieces::parse(text.trim()).ok()?;
    let civil = pieces.date().to_datetime(pieces.time().unwrap_or(Time::midnight()));
    pieces.to_numeric_offset().unwrap_or(Offset::UTC).to_timestamp(civil).ok()
}

/// Microseconds since 1970-01-01T00:00:00Z, finer digits dropped toward the past.
///
/// # Panics
/// Never: every [`Timestamp`] fits.
pub fn microseconds(time: Timestamp) -> i64 {
    i64::try_from(time.as_nanosecond().div_euclid(1_000)).expect("the years -9999 to 9999 fit into microseconds")
}
