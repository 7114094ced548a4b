//! What a target cannot say.

use std::fmt;

use serde::Serialize;

/// A part of a config that a target cannot express.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// JSON pointer to the part in the config.
    pub pointer: String,
    /// The part in words, such as `behaviour "pricing page"`.
    pub part: String,
    /// What is lost, and what the target does instead.
    pub lost: String,
}

/// `behaviour "pricing page": its half-life; every event counts in full (/models/0/behaviours/0/half_life_days)`
impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.part, self.lost, self.pointer)
    }
}

/// The losses of an export in the making, in the order in which they are added.
#[derive(Debug, Clone, Default)]
pub struct Losses {
    list: Vec<Loss>,
}

impl Losses {
    /// Adds one; the same is not said twice.
    pub fn add(&mut self, pointer: impl Into<String>, part: impl Into<String>, lost: impl Into<String>) {
        let loss = Loss { pointer: pointer.into(), part: part.into(), lost: lost.into() };
        if !self.list.contains(&loss) {
            self.list.push(loss);
        }
    }

    /// All that were added.
    pub fn into_list(self) -> Vec<Loss> {
        self.list
    }
}
