//! Why a lead has no score.

use leadcal_lift::attribute::WrongType;

/// Why a lead has no score. Other leads are scored all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScoreError {
    /// No model is for this product and none for all others.
    #[error(
        "no model serves {}, and none has \"product\": null",
        product.as_ref().map_or("leads without a product".to_owned(), |product| format!("the product \"{product}\""))
    )]
    NoModel {
        /// The lead's product.
        product: Option<String>,
    },
    /// A field is not of the type its attribute reads.
    #[error(transparent)]
    WrongType(#[from] WrongType),
    /// A field of a JSON lead is an object or a list.
    #[error("field \"{field}\" should be a text, a number, a boolean or null, found {found}")]
    Nested {
        /// The field.
        field: String,
        /// "an object" or "a list".
        found: &'static str,
    },
    /// The lead's creation time cannot be read.
    #[error("field \"{field}\" should be a time such as 2024-03-01T10:00:00Z, found {found}")]
    NotATime {
        /// The field.
        field: String,
        /// The value, quoted when it is text.
        found: String,
    },
}

impl ScoreError {
    /// The field to blame, where it is one field.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::NoModel { .. } => None,
            Self::WrongType(wrong) => Some(&wrong.field),
            Self::Nested { field, .. } | Self::NotATime { field, .. } => Some(field),
        }
    }
}
