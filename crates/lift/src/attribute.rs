//! An attribute of a lead, its levels, and the predicate (`When`) that decides which level a lead is in.
//!
//! Plain serde types without polars: calibration, the runtime scorer and the exports all read the same ones.
//! Two readings of a `When` exist and a property test holds them together: [`When::holds`], the definition, and
//! [`Encoder`], the same compiled for many values.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use jiff::civil::Date;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Name of the level for leads whose field is missing.
pub const MISSING: &str = "(missing)";
/// Name of the level for texts that are no level of their own: rare ones and ones never seen.
pub const OTHER: &str = "(other)";

/// One property of a lead, cut into levels. The first level whose `when` holds is the lead's level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// What people call it; unique in a model.
    pub name: String,
    /// Where its value comes from.
    pub input: Input,
    /// In their natural order; `otherwise` last.
    pub levels: Vec<Level>,
}

/// The field an attribute reads and how its value is understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// Column or property of the lead.
    pub field: String,
    /// How the value is understood.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Texts that mean "missing" besides the empty one, such as `NA` or `Select`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

/// How a field's value is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// A number; text is parsed.
    Number,
    /// Text; a number is written the shortest way.
    Text,
    /// true/false, yes/no, 1/0.
    Boolean,
    /// A day, `2024-03-01`; a time of day after it is dropped.
    Date,
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "number",
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Date => "date",
        })
    }
}

/// One level of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Its name, unique within the attribute.
    #[serde(rename = "level")]
    pub name: String,
    /// Which values are in it.
    pub when: When,
}

/// The predicate that decides a level. In JSON: `"missing"`, `"otherwise"`, `{"in": ["a", "b"]}`,
/// `{"from": 25, "below": 60}` (either end may be left out).
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// No value.
    Missing,
    /// Any value, missing included: the rest.
    Otherwise,
    /// One of these values.
    In(Vec<Scalar>),
    /// A number or day in `[from, below)`; an end that is `None` is open.
    Range {
        /// Closed lower end.
        from: Option<Bound>,
        /// Open upper end.
        below: Option<Bound>,
    },
}

/// A value listed in a `When::In`.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Compared exactly.
    Text(String),
    /// Compared exactly; for special values such as -1.
    Number(f64),
    /// For yes/no fields.
    Boolean(bool),
}

/// An end of a `When::Range`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// For number fields.
    Number(f64),
    /// For date fields; in JSON the text `2024-03-01`.
    Date(Date),
}

/// A field's value as a source gives it, before the attribute's type is applied.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Absent or null.
    Missing,
    /// A number.
    Number(f64),
    /// A text.
    Text(&'a str),
    /// True or false.
    Boolean(bool),
}

/// A value understood as the attribute's type: what a `When` is asked about.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading<'a> {
    /// No value.
    Missing,
    /// A number, or a date as days since 1970-01-01.
    Number(f64),
    /// A text.
    Text(Cow<'a, str>),
    /// Yes or no.
    Boolean(bool),
}

/// A value that cannot be understood as its field's type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("field \"{field}\" should be a {expected}, found {found}")]
pub struct WrongType {
    /// The field.
    pub field: String,
    /// What the attribute reads it as.
    pub expected: FieldType,
    /// The value, quoted when it is text.
    pub found: String,
}

impl Input {
    /// Understands a value as this input's type. NaN counts as missing; infinities are numbers.
    ///
    /// # Errors
    /// [`WrongType`] where the value is not of the type, such as the text `abc` in a number field.
    pub fn read<'a>(&self, value: Value<'a>) -> Result<Reading<'a>, WrongType> {
        let wrong = || WrongType {
            field: self.field.clone(),
            expected: self.kind,
            found: match value {
                Value::Missing => "nothing".to_owned(),
                Value::Number(x) => format!("the number {x}"),
                Value::Text(text) => format!("the text \"{text}\""),
                Value::Boolean(b) => format!("{b}"),
            },
        };
        if let Value::Text(text) = value
            && self.means_missing(text)
        {
            return Ok(Reading::Missing);
        }
        Ok(match (self.kind, value) {
            (_, Value::Missing) => Reading::Missing,
            (_, Value::Number(x)) if x.is_nan() => Reading::Missing,
            (FieldType::Number, Value::Number(x)) => Reading::Number(x),
            (FieldType::Number, Value::Text(text)) => match parse_number(text) {
                Some(x) if x.is_nan() => Reading::Missing,
                Some(x) => Reading::Number(x),
                None => return Err(wrong()),
            },
            (FieldType::Text, Value::Text(text)) => Reading::Text(Cow::Borrowed(text)),
            (FieldType::Text, Value::Number(x)) => Reading::Text(Cow::Owned(format!("{x}"))),
            (FieldType::Text, Value::Boolean(b)) => Reading::Text(Cow::Borrowed(if b { "true" } else { "false" })),
            (FieldType::Boolean, Value::Boolean(b)) => Reading::Boolean(b),
            (FieldType::Boolean, Value::Text(text)) => Reading::Boolean(parse_boolean(text).ok_or_else(wrong)?),
            (FieldType::Boolean, Value::Number(x)) => Reading::Boolean(boolean_of_number(x).ok_or_else(wrong)?),
            (FieldType::Date, Value::Text(text)) => Reading::Number(days(parse_date(text).ok_or_else(wrong)?)),
            (FieldType::Number, Value::Boolean(_)) | (FieldType::Date, Value::Number(_) | Value::Boolean(_)) => {
                return Err(wrong());
            }
        })
    }

    /// Whether a text means "no value" here: empty after trimming, or one of the markers.
    pub fn means_missing(&self, text: &str) -> bool {
        let text = text.trim();
        text.is_empty() || self.missing.iter().any(|marker| marker == text)
    }
}

/// A text as a number: surrounding blanks allowed, decimal point, exponent, `inf`, `NaN`.
pub fn parse_number(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

/// A text as yes or no, whatever its case: true/false, yes/no, t/f, y/n, 1/0 (also `1.0`/`0.0`).
pub fn parse_boolean(text: &str) -> Option<bool> {
    let text = text.trim();
    let one_of = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if one_of(&["true", "yes", "t", "y", "1", "1.0"]) {
        Some(true)
    } else if one_of(&["false", "no", "f", "n", "0", "0.0"]) {
        Some(false)
    } else {
        None
    }
}

/// 1 is yes, 0 is no, anything else is neither.
pub fn boolean_of_number(x: f64) -> Option<bool> {
    if x.to_bits() == 1.0_f64.to_bits() {
        Some(true)
    } else if x.abs().to_bits() == 0 {
        Some(false)
    } else {
        None
    }
}

/// The day of a text such as `2024-03-01`, `2024-03-01T10:00:00Z` or `2024-03-01 10:00:00`.
pub fn parse_date(text: &str) -> Option<Date> {
    let text = text.trim();
    let day = text.get(..10)?;
    let rest = text.as_bytes().get(10);
    if rest.is_none_or(|&b| b == b'T' || b == b' ') { day.parse().ok() } else { None }
}

/// Days since 1970-01-01, the number a date is compared as.
pub fn days(date: Date) -> f64 {
    let epoch = jiff::civil::date(1970, 1, 1);
    let span = date.since(epoch).map_or(0, |span| span.get_days());
    f64::from(span)
}

/// The date of days since 1970-01-01; the nearest there is beyond the years -9999 to 9999.
#[expect(clippy::cast_possible_truncation, reason = "days come from dates, which fit")]
pub fn date_of(days: f64) -> Date {
    let epoch = jiff::civil::date(1970, 1, 1);
    let span = jiff::Span::new().try_days(days as i64);
    span.and_then(|span| epoch.checked_add(span)).unwrap_or(if days < 0.0 { Date::MIN } else { Date::MAX })
}

impl Bound {
    /// The number values are compared with.
    pub fn number(self) -> f64 {
        match self {
            Self::Number(x) => x,
            Self::Date(date) => days(date),
        }
    }
}

impl When {
    /// Whether a reading satisfies the predicate: the definition every other evaluation must equal.
    pub fn holds(&self, reading: &Reading<'_>) -> bool {
        match (self, reading) {
            (Self::Otherwise, _) | (Self::Missing, Reading::Missing) => true,
            (Self::In(values), _) => values.iter().any(|value| value.equals(reading)),
            (Self::Range { from, below }, Reading::Number(x)) => {
                from.is_none_or(|from| *x >= from.number()) && below.is_none_or(|below| *x < below.number())
            }
            (Self::Missing | Self::Range { .. }, _) => false,
        }
    }
}

impl Scalar {
    fn equals(&self, reading: &Reading<'_>) -> bool {
        match (self, reading) {
            (Self::Text(text), Reading::Text(found)) => text == found,
            (Self::Number(x), Reading::Number(found)) => number_key(*x) == number_key(*found),
            (Self::Boolean(b), Reading::Boolean(found)) => b == found,
            _ => false,
        }
    }
}

/// Bits that are equal exactly when two numbers (not NaN) compare equal: -0 and 0 are one.
fn number_key(x: f64) -> u64 {
    (x + 0.0).to_bits()
}

/// An attribute compiled for many values: the index of the first level that holds.
#[derive(Debug, Clone)]
pub struct Encoder {
    input: Input,
    texts: HashMap<String, u32>,
    numbers: HashMap<u64, u32>,
    booleans: [Option<u32>; 2],
    ranges: Vec<(f64, f64, u32)>,
    missing: Option<u32>,
    otherwise: Option<u32>,
}

impl Encoder {
    /// Compiles an attribute's levels.
    pub fn new(attribute: &Attribute) -> Self {
        let mut encoder = Self {
            input: attribute.input.clone(),
            texts: HashMap::new(),
            numbers: HashMap::new(),
            booleans: [None; 2],
            ranges: Vec::new(),
            missing: None,
            otherwise: None,
        };
        for (code, level) in (0_u32..).zip(&attribute.levels) {
            match &level.when {
                When::Missing => _ = encoder.missing.get_or_insert(code),
                When::Otherwise => _ = encoder.otherwise.get_or_insert(code),
                When::Range { from, below } => encoder.ranges.push((
                    from.map_or(f64::NEG_INFINITY, Bound::number),
                    // Nothing is below NaN: an open end is told by it and tested on its own.
                    below.map_or(f64::NAN, Bound::number),
                    code,
                )),
                When::In(values) => {
                    for value in values {
                        match value {
                            Scalar::Text(text) => _ = encoder.texts.entry(text.clone()).or_insert(code),
                            Scalar::Number(x) => _ = encoder.numbers.entry(number_key(*x)).or_insert(code),
                            Scalar::Boolean(b) => _ = encoder.booleans[usize::from(*b)].get_or_insert(code),
                        }
                    }
                }
            }
        }
        encoder
    }

    /// The level of a value; `None` where no level holds.
    ///
    /// # Errors
    /// [`WrongType`] where the value is not of the attribute's type.
    pub fn code(&self, value: Value<'_>) -> Result<Option<u32>, WrongType> {
        let found = match self.input.read(value)? {
            Reading::Missing => self.missing,
            Reading::Number(x) => self.number(x),
            Reading::Text(text) => self.texts.get(text.as_ref()).copied(),
            Reading::Boolean(b) => self.booleans[usize::from(b)],
        };
        // `otherwise` is last where a config is valid; the smaller index wins wherever it stands.
        Ok(match (found, self.otherwise) {
            (Some(code), Some(rest)) => Some(code.min(rest)),
            (code, rest) => code.or(rest),
        })
    }

    fn number(&self, x: f64) -> Option<u32> {
        let special = self.numbers.get(&number_key(x)).copied();
        let range = self.ranges.iter().find(|(from, below, _)| x >= *from && (below.is_nan() || x < *below));
        match (special, range) {
            (Some(special), Some(&(_, _, range))) => Some(special.min(range)),
            (special, range) => special.or(range.map(|&(_, _, code)| code)),
        }
    }
}

impl Serialize for Scalar {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(x) => serialize_number(*x, serializer),
            Self::Boolean(b) => serializer.serialize_bool(*b),
        }
    }
}

impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(x) => serialize_number(*x, serializer),
            Self::Date(date) => serializer.collect_str(date),
        }
    }
}

/// Whole numbers without a trailing `.0`, as people write them.
#[expect(clippy::cast_possible_truncation, reason = "whole and far below 2^53 is checked first")]
fn serialize_number<S: Serializer>(x: f64, serializer: S) -> Result<S::Ok, S::Error> {
    if x.fract().abs().to_bits() == 0 && x.abs() < 1e15 {
        serializer.serialize_i64(x as i64)
    } else {
        serializer.serialize_f64(x)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Scalar;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number or a boolean")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(text.to_owned()))
            }
            fn visit_bool<E: de::Error>(self, b: bool) -> Result<Scalar, E> {
                Ok(Scalar::Boolean(b))
            }
            fn visit_i64<E: de::Error>(self, x: i64) -> Result<Scalar, E> {
                Ok(Scalar::Number(x as f64))
            }
            fn visit_u64<E: de::Error>(self, x: u64) -> Result<Scalar, E> {
                Ok(Scalar::Number(x as f64))
            }
            fn visit_f64<E: de::Error>(self, x: f64) -> Result<Scalar, E> {
                Ok(Scalar::Number(x))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Scalar::deserialize(deserializer)? {
            Scalar::Number(x) => Ok(Self::Number(x)),
            Scalar::Text(text) => text.parse().map(Self::Date).map_err(|_| {
                de::Error::custom(format!("expected a number or a date such as 2024-03-01, found \"{text}\""))
            }),
            Scalar::Boolean(b) => Err(de::Error::custom(format!("expected a number or a date, found {b}"))),
        }
    }
}

/// The object form of a `When`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WhenObject {
    #[serde(rename = "in", default, skip_serializing_if = "Option::is_none")]
    values: Option<Vec<Scalar>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Bound>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    below: Option<Bound>,
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing => serializer.serialize_str("missing"),
            Self::Otherwise => serializer.serialize_str("otherwise"),
            Self::In(values) => {
                WhenObject { values: Some(values.clone()), from: None, below: None }.serialize(serializer)
            }
            Self::Range { from, below } => {
                WhenObject { values: None, from: *from, below: *below }.serialize(serializer)
            }
        }
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = When;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"missing\", \"otherwise\", {\"in\": [...]} or {\"from\": ..., \"below\": ...}")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<When, E> {
                match word {
                    "missing" => Ok(When::Missing),
                    "otherwise" => Ok(When::Otherwise),
                    _ => Err(E::invalid_value(de::Unexpected::Str(word), &self)),
                }
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<When, A::Error> {
                let object = WhenObject::deserialize(de::value::MapAccessDeserializer::new(map))?;
                match (object.values, object.from, object.below) {
                    (Some(values), None, None) if !values.is_empty() => Ok(When::In(values)),
                    (None, None, None) => {
                        Err(de::Error::custom("a level's `when` needs \"in\", \"from\" or \"below\""))
                    }
                    (None, from, below) => Ok(When::Range { from, below }),
                    (Some(values), ..) if values.is_empty() => Err(de::Error::custom("\"in\" lists no value")),
                    (Some(_), ..) => Err(de::Error::custom("\"in\" cannot stand beside \"from\" or \"below\"")),
                }
            }
        }
        deserializer.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests;
