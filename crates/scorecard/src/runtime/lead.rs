//! One lead as the scorer reads it: a value for each field of [`Scorer::fields`].

use std::borrow::Cow;

use jiff::Timestamp;
use leadcal_lift::attribute::Value;
use leadcal_lift::events::parse_time;
use serde_json::{Map, Value as Json};

use super::{ScoreError, Scorer};

/// Field of a lead that holds its product line, unless the caller says otherwise.
pub const PRODUCT: &str = "product";
/// Field of a lead that holds the time it was created, unless the caller says otherwise.
pub const CREATED_AT: &str = "created_at";

/// Largest integer up to which every integer is a 64-bit float.
const EXACT_INTEGERS: u64 = 1 << 53;

/// One lead, for one [`Scorer`].
#[derive(Debug, Clone, Default)]
pub struct Lead<'a> {
    product: Option<Cow<'a, str>>,
    created_at: Option<Timestamp>,
    values: Vec<Slot<'a>>,
}

#[derive(Debug, Clone)]
enum Slot<'a> {
    Value(Value<'a>),
    /// An integer beyond 2^53, whose digits no float keeps.
    Digits(String),
}

impl<'a> Lead<'a> {
    /// A lead without product and creation time. `value_of` is asked once for each of [`Scorer::fields`], in their order.
    pub fn new(scorer: &Scorer, mut value_of: impl FnMut(&str) -> Value<'a>) -> Self {
        let values = scorer.fields().iter().map(|field| Slot::Value(value_of(field))).collect();
        Self { product: None, created_at: None, values }
    }

    /// The same lead of a product line; blank is none.
    #[must_use]
    pub fn with_product(mut self, product: impl Into<Cow<'a, str>>) -> Self {
        self.product = Some(product.into()).filter(|product| !product.trim().is_empty());
        self
    }

    /// The same lead, created at a time.
    #[must_use]
    pub fn with_created_at(mut self, created_at: Timestamp) -> Self {
        self.created_at = Some(created_at);
        self
    }

    /// A lead from a JSON object. Its product and creation time are the fields [`PRODUCT`] and [`CREATED_AT`]; fields that
    /// the config does not read are ignored.
    ///
    /// # Errors
    /// [`ScoreError::Nested`] where a field that is read is an object or a list, [`ScoreError::NotATime`] where the
    /// creation time is needed and is not a time.
    pub fn from_json(scorer: &Scorer, object: &'a Map<String, Json>) -> Result<Self, ScoreError> {
        let values = scorer.fields().iter().map(|field| slot(field, object.get(field))).collect::<Result<_, _>>()?;
        let mut lead = Self { product: None, created_at: None, values };
        if scorer.needs_product() {
            let product = slot(PRODUCT, object.get(PRODUCT))?;
            if let Some(product) = text(product) {
                lead = lead.with_product(product);
            }
        }
        if scorer.needs_created_at() {
            lead.created_at = created_at(CREATED_AT, slot(CREATED_AT, object.get(CREATED_AT))?.get())?;
        }
        Ok(lead)
    }

    pub(crate) fn product(&self) -> Option<&str> {
        self.product.as_deref()
    }

    pub(crate) fn created_at(&self) -> Option<Timestamp> {
        self.created_at
    }

    /// The value of field `index` of [`Scorer::fields`]; missing where the lead was made for another scorer.
    pub(crate) fn value(&self, index: usize) -> Value<'_> {
        self.values.get(index).map_or(Value::Missing, Slot::get)
    }
}

impl Slot<'_> {
    fn get(&self) -> Value<'_> {
        match self {
            Self::Value(value) => *value,
            Self::Digits(digits) => Value::Text(digits),
        }
    }
}

fn slot<'a>(field: &str, value: Option<&'a Json>) -> Result<Slot<'a>, ScoreError> {
    let nested = |found| ScoreError::Nested { field: field.to_owned(), found };
    Ok(Slot::Value(match value {
        None | Some(Json::Null) => Value::Missing,
        Some(Json::Bool(b)) => Value::Boolean(*b),
        Some(Json::String(text)) => Value::Text(text),
        Some(Json::Number(number)) => {
            let size = number.as_i64().map(i64::unsigned_abs).or(number.as_u64());
            match number.as_f64() {
                Some(x) if size.is_none_or(|size| size <= EXACT_INTEGERS) => Value::Number(x),
                _ => return Ok(Slot::Digits(number.to_string())),
            }
        }
        Some(Json::Array(_)) => return Err(nested("a list")),
        Some(Json::Object(_)) => return Err(nested("an object")),
    }))
}

fn text(slot: Slot<'_>) -> Option<Cow<'_, str>> {
    match slot {
        Slot::Value(value) => super::observe::text(value),
        Slot::Digits(digits) => Some(Cow::Owned(digits)),
    }
}

/// A field's value as the time a lead was created.
pub(crate) fn created_at(field: &str, value: Value<'_>) -> Result<Option<Timestamp>, ScoreError> {
    let not_a_time = |found: String| ScoreError::NotATime { field: field.to_owned(), found };
    match value {
        Value::Missing => Ok(None),
        Value::Text(text) if text.trim().is_empty() => Ok(None),
        Value::Number(x) if x.is_nan() => Ok(None),
        Value::Text(text) => parse_time(text).map(Some).ok_or_else(|| not_a_time(format!("the text \"{text}\""))),
        Value::Number(x) => Err(not_a_time(format!("the number {x}"))),
        Value::Boolean(b) => Err(not_a_time(b.to_string())),
    }
}
