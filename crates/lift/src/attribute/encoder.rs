//! An attribute's levels compiled for many values.

use std::collections::HashMap;

use super::Attribute;
use super::value::{Input, Reading, Value, WrongType};
use super::when::{Bound, Scalar, When, number_key};

/// An attribute compiled for many values: the index of the first level that holds.
#[derive(Debug, Clone)]
pub struct Encoder {
    input: Input,
    texts: HashMap<String, u32>,
    numbers: HashMap<u64, u32>,
    booleans: [Option<u32>; 2],
    ranges: Vec<(f64, f64, u32)>,
    /// Whether each range ends before the next starts, so that at most one holds a number and it is found by bisection.
    ascending: bool,
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
            ascending: false,
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
        encoder.ascending = encoder.ranges.windows(2).all(|pair| pair[0].0 <= pair[1].0 && pair[0].1 <= pair[1].0);
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
        let ranges = if self.ascending {
            let at = self.ranges.partition_point(|(from, ..)| *from <= x);
            &self.ranges[at.saturating_sub(1)..at]
        } else {
            &self.ranges
        };
        let range = ranges.iter().find(|(from, below, _)| x >= *from && (below.is_nan() || x < *below));
        match (special, range) {
            (Some(special), Some(&(_, _, range))) => Some(special.min(range)),
            (special, range) => special.or(range.map(|&(_, _, code)| code)),
        }
    }
}
