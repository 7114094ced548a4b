//! A field's value: what a source gives, and how an attribute's type understands it.

use std::borrow::Cow;
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

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

impl<'a> Value<'a> {
    /// The value as text, a number the shortest way; `None` where it is missing, blank or NaN.
    pub fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Missing => None,
            Self::Text(text) => (!text.trim().is_empty()).then_some(Cow::Borrowed(text)),
            Self::Number(x) => (!x.is_nan()).then(|| Cow::Owned(number_text(x))),
            Self::Boolean(b) => Some(Cow::Borrowed(if b { "true" } else { "false" })),
        }
    }

    /// The value as an error names it: quoted when it is text.
    pub(crate) fn described(self) -> String {
        match self {
            Self::Missing => "nothing".to_owned(),
            Self::Number(x) => format!("the number {x}"),
            Self::Text(text) => format!("the text \"{text}\""),
            Self::Boolean(b) => b.to_string(),
        }
    }
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
        let wrong = || WrongType { field: self.field.clone(), expected: self.kind, found: value.described() };
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
            (FieldType::Text, Value::Number(x)) => Reading::Text(Cow::Owned(number_text(x))),
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

/// A number as text, the shortest way: all its digits without an exponent, and no minus before a zero.
pub(crate) fn number_text(x: f64) -> String {
    // Adding 0 makes -0 a 0.
    (x + 0.0).to_string()
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

/// The day of a text such as `2024-03-01`, `2024-03-01T10:00:00Z` or `2024-03-01 10:00:00`; there is no year 0.
pub fn parse_date(text: &str) -> Option<Date> {
    let text = text.trim();
    let day = text.get(..10)?;
    let rest = text.as_bytes().get(10);
    let day: Date = day.parse().ok()?;
    (day.year() > 0 && rest.is_none_or(|&b| b == b'T' || b == b' ')).then_some(day)
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
