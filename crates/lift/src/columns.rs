//! The values of a polars column, one by one, as the attributes' [`Value`]: the only place that knows which polars type
//! becomes which value. Reading patterns and scoring in batches both walk columns through here, so that a value means
//! the same in calibration and in scoring.
//!
//! | polars type | value |
//! |---|---|
//! | null | missing |
//! | Boolean | boolean |
//! | integers up to 2^53, Float32, Float64, Decimal | number |
//! | integers beyond 2^53, which a 64-bit float cannot hold exactly | text, all digits |
//! | String, Categorical, Enum | text |
//! | Date | text, `2024-03-01` |
//! | Datetime without a zone | text, `2024-03-01T10:00:00` |
//! | Datetime with a zone | text in UTC, `2024-03-01T09:00:00Z` |
//! | Time | text, `10:00:00` |
//! | anything else (lists, structs, binary, durations) | [`UnsupportedType`] |

use std::fmt::{self, Write as _};

use jiff::Timestamp;
use jiff::tz::Offset;
use polars::prelude::{Column, DataType, Series, TimeUnit};

use crate::attribute::Value;
use crate::events::{DAY, microseconds, parse_time};

/// Largest integer up to which every integer is a 64-bit float.
const EXACT_INTEGERS: u64 = 1 << 53;

/// A column whose type has no meaning as an attribute's value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "column \"{column}\" is of type {found}, which leadcal does not read; make it text, a number, a boolean or a date"
)]
pub struct UnsupportedType {
    /// The column.
    pub column: String,
    /// Its polars type.
    pub found: String,
}

/// Calls `f` with the row (0 for the column's first) and value of each row, in order.
///
/// # Errors
/// [`UnsupportedType`] for lists, structs, binary data and durations; `f` has then not been called.
pub fn for_each_value(column: &Column, mut f: impl FnMut(usize, Value<'_>)) -> Result<(), UnsupportedType> {
    let series = column.as_materialized_series();
    let refuse = |_| unsupported(series);
    match series.dtype() {
        DataType::Null => (0..series.len()).for_each(|row| f(row, Value::Missing)),
        DataType::Boolean => each(series.bool().map_err(refuse)?.iter(), f, Value::Boolean),
        DataType::String => each_text(series, f)?,
        DataType::Categorical(..) | DataType::Enum(..) => each_text(&cast(series, &DataType::String)?, f)?,
        DataType::Int8 => each_number(series.i8().map_err(refuse)?.iter(), f),
        DataType::Int16 => each_number(series.i16().map_err(refuse)?.iter(), f),
        DataType::Int32 => each_number(series.i32().map_err(refuse)?.iter(), f),
        DataType::UInt8 => each_number(series.u8().map_err(refuse)?.iter(), f),
        DataType::UInt16 => each_number(series.u16().map_err(refuse)?.iter(), f),
        DataType::UInt32 => each_number(series.u32().map_err(refuse)?.iter(), f),
        DataType::Int64 => each_integer(series.i64().map_err(refuse)?.iter(), f, i64::unsigned_abs, |x| x as f64),
        DataType::UInt64 => each_integer(series.u64().map_err(refuse)?.iter(), f, |x| x, |x| x as f64),
        DataType::Float32 => each_number(series.f32().map_err(refuse)?.iter(), f),
        DataType::Float64 => each_number(series.f64().map_err(refuse)?.iter(), f),
        DataType::Decimal(..) => each_number(cast(series, &DataType::Float64)?.f64().map_err(refuse)?.iter(), f),
        DataType::Date => each_written(cast(series, &DataType::Int32)?.i32().map_err(refuse)?.iter(), f, write_day),
        DataType::Datetime(unit, zone) => {
            let (unit, zoned) = (*unit, zone.is_some());
            let ticks = cast(series, &DataType::Int64)?;
            each_written(ticks.i64().map_err(refuse)?.iter(), f, |ticks, text| write_instant(ticks, unit, zoned, text));
        }
        DataType::Time => each_written(cast(series, &DataType::Int64)?.i64().map_err(refuse)?.iter(), f, write_time),
        _ => return Err(unsupported(series)),
    }
    Ok(())
}

/// A value of a column of times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Time<'a> {
    /// Absent, null, blank or NaN.
    Missing,
    /// Microseconds since 1970-01-01T00:00:00Z, finer digits dropped toward the past.
    At(i64),
    /// A value that is no time.
    Not(Value<'a>),
}

/// Calls `f` with the row and the moment of each row, in order: [`parse_time`] of the value [`for_each_value`] gives,
/// without writing typed times as text first. Numbers are no times unless the column's type says so.
///
/// # Errors
/// [`UnsupportedType`], as `for_each_value`.
pub fn for_each_time(column: &Column, mut f: impl FnMut(usize, Time<'_>)) -> Result<(), UnsupportedType> {
    let series = column.as_materialized_series();
    let per_unit: fn(i64) -> Option<i64> = match series.dtype() {
        DataType::Date => |day| day.checked_mul(DAY),
        DataType::Datetime(TimeUnit::Milliseconds, _) => |tick| tick.checked_mul(1_000),
        DataType::Datetime(TimeUnit::Microseconds, _) => Some,
        DataType::Datetime(TimeUnit::Nanoseconds, _) => |tick| Some(tick.div_euclid(1_000)),
        _ => return for_each_value(column, |row, value| f(row, time(value))),
    };
    let years = microseconds(Timestamp::MIN)..=microseconds(Timestamp::MAX);
    let ticks = cast(series, &DataType::Int64)?;
    for (row, tick) in ticks.i64().map_err(|_| unsupported(series))?.iter().enumerate() {
        let time = match tick {
            None => Time::Missing,
            Some(tick) => match per_unit(tick).filter(|time| years.contains(time)) {
                Some(time) => Time::At(time),
                None => Time::Not(Value::Text("a moment beyond the years -9999 to 9999")),
            },
        };
        f(row, time);
    }
    Ok(())
}

fn time(value: Value<'_>) -> Time<'_> {
    match value {
        Value::Missing => Time::Missing,
        Value::Number(x) if x.is_nan() => Time::Missing,
        Value::Text(text) if text.trim().is_empty() => Time::Missing,
        Value::Text(text) => parse_time(text).map_or(Time::Not(value), |time| Time::At(microseconds(time))),
        Value::Number(_) | Value::Boolean(_) => Time::Not(value),
    }
}

fn unsupported(series: &Series) -> UnsupportedType {
    UnsupportedType { column: series.name().to_string(), found: series.dtype().to_string() }
}

fn cast(series: &Series, to: &DataType) -> Result<Series, UnsupportedType> {
    series.cast(to).map_err(|_| unsupported(series))
}

fn each<T>(
    items: impl Iterator<Item = Option<T>>,
    mut f: impl FnMut(usize, Value<'_>),
    value: impl Fn(T) -> Value<'static>,
) {
    for (row, item) in items.enumerate() {
        f(row, item.map_or(Value::Missing, &value));
    }
}

/// Numbers of types that fit a 64-bit float exactly.
fn each_number<T: Into<f64>>(items: impl Iterator<Item = Option<T>>, f: impl FnMut(usize, Value<'_>)) {
    each(items, f, |x| Value::Number(x.into()));
}

fn each_integer<T: Copy + fmt::Display>(
    items: impl Iterator<Item = Option<T>>,
    mut f: impl FnMut(usize, Value<'_>),
    size: impl Fn(T) -> u64,
    number: impl Fn(T) -> f64,
) {
    let mut digits = String::new();
    for (row, item) in items.enumerate() {
        match item {
            None => f(row, Value::Missing),
            Some(x) if size(x) <= EXACT_INTEGERS => f(row, Value::Number(number(x))),
            Some(x) => {
                digits.clear();
                write!(digits, "{x}").expect("writing to a String does not fail");
                f(row, Value::Text(&digits));
            }
        }
    }
}

fn each_text(texts: &Series, mut f: impl FnMut(usize, Value<'_>)) -> Result<(), UnsupportedType> {
    for (row, text) in texts.str().map_err(|_| unsupported(texts))?.iter().enumerate() {
        f(row, text.map_or(Value::Missing, Value::Text));
    }
    Ok(())
}

/// Values that become text: one buffer serves all rows.
fn each_written<T>(
    items: impl Iterator<Item = Option<T>>,
    mut f: impl FnMut(usize, Value<'_>),
    write: impl Fn(T, &mut String) -> fmt::Result,
) {
    let mut text = String::new();
    for (row, item) in items.enumerate() {
        match item {
            None => f(row, Value::Missing),
            Some(x) => {
                text.clear();
                write(x, &mut text).expect("writing to a String does not fail");
                f(row, Value::Text(&text));
            }
        }
    }
}

/// Days outside the years -9999 to 9999 are written so that no reader takes them for a date.
fn write_day(day: i32, text: &mut String) -> fmt::Result {
    match Timestamp::from_second(i64::from(day) * 86_400) {
        Ok(midnight) => write!(text, "{}", Offset::UTC.to_datetime(midnight).date()),
        Err(_) => write!(text, "day {day} from 1970-01-01"),
    }
}

fn write_instant(ticks: i64, unit: TimeUnit, zoned: bool, text: &mut String) -> fmt::Result {
    let instant = match unit {
        TimeUnit::Nanoseconds => Timestamp::from_nanosecond(i128::from(ticks)),
        TimeUnit::Microseconds => Timestamp::from_microsecond(ticks),
        TimeUnit::Milliseconds => Timestamp::from_millisecond(ticks),
    };
    match instant {
        Ok(instant) if zoned => write!(text, "{instant}"),
        Ok(instant) => write!(text, "{}", Offset::UTC.to_datetime(instant)),
        Err(_) => write!(text, "{ticks} {unit} from 1970-01-01"),
    }
}

fn write_time(nanosecond: i64, text: &mut String) -> fmt::Result {
    match Timestamp::from_nanosecond(i128::from(nanosecond)) {
        Ok(instant) => write!(text, "{}", Offset::UTC.to_datetime(instant).time()),
        Err(_) => write!(text, "{nanosecond} ns"),
    }
}

#[cfg(test)]
mod tests;
