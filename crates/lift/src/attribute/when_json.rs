//! A `When` in JSON: `"missing"`, `"otherwise"`, `{"in": ["a", "b"]}`, `{"from": 25, "below": 60}`.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::value::parse_date;
use super::when::{Bound, Scalar, When};

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

/// Characters of a day such as `2024-03-01`.
const DAY_LENGTH: usize = 10;

fn no_day<E: de::Error>(text: &str) -> E {
    E::custom(format!("expected a number or a date such as 2024-03-01, found \"{text}\""))
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Scalar::deserialize(deserializer)? {
            Scalar::Number(x) => Ok(Self::Number(x)),
            // Nothing may stand around the day, which a lead's date may have: a time in a config would be dropped unseen.
            Scalar::Text(text) if text.len() != DAY_LENGTH => Err(no_day(&text)),
            Scalar::Text(text) => parse_date(&text).map(Self::Date).ok_or_else(|| no_day(&text)),
            Scalar::Boolean(b) => Err(de::Error::custom(format!("expected a number or a date, found {b}"))),
        }
    }
}

/// The object form of a `When`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WhenObject {
    #[serde(rename = "in", default, deserialize_with = "values", skip_serializing_if = "Option::is_none")]
    values: Option<Vec<Scalar>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<Bound>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    below: Option<Bound>,
}

/// The list of `in`; an empty one is refused here, so that the error is found at the list.
fn values<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Scalar>>, D::Error> {
    match Option::<Vec<Scalar>>::deserialize(deserializer)? {
        Some(values) if values.is_empty() => Err(de::Error::custom("\"in\" lists no value")),
        values => Ok(values),
    }
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
                    (Some(values), None, None) => Ok(When::In(values)),
                    (None, None, None) => {
                        Err(de::Error::custom("a level's `when` needs \"in\", \"from\" or \"below\""))
                    }
                    (None, from, below) => Ok(When::Range { from, below }),
                    (Some(_), ..) => Err(de::Error::custom("\"in\" cannot stand beside \"from\" or \"below\"")),
                }
            }
        }
        deserializer.deserialize_any(Either)
    }
}
