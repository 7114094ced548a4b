//! An attribute of a lead, its levels, and the predicate (`When`) that decides which level a lead is in.
//!
//! Plain serde types without polars: calibration, the runtime scorer and the exports all read the same ones.
//! Two readings of a `When` exist and a property test holds them together: [`When::holds`], the definition, and
//! [`Encoder`], the same compiled for many values.

use serde::{Deserialize, Serialize};

mod encoder;
mod value;
mod when;
mod when_json;

pub use encoder::Encoder;
pub(crate) use value::number_text;
pub use value::{
    FieldType, Input, Reading, Value, WrongType, boolean_of_number, date_of, days, parse_boolean, parse_date,
    parse_number,
};
pub use when::{Bound, Scalar, When};

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

#[cfg(test)]
mod tests;
