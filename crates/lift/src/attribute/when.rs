//! The predicate that decides a level.

use jiff::civil::Date;

use super::value::{Reading, days};

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
pub(super) fn number_key(x: f64) -> u64 {
    (x + 0.0).to_bits()
}
