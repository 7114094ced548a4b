//! Rules that many parts of a config share.

use std::collections::HashSet;

use crate::config::{ConfigError, LARGEST};

pub(super) type Checked = Result<(), ConfigError>;

/// Each item with its JSON pointer.
pub(super) fn each<'a, T>(at: &str, items: &'a [T]) -> impl Iterator<Item = (String, &'a T)> {
    items.iter().enumerate().map(move |(index, item)| (format!("{at}/{index}"), item))
}

pub(super) fn filled(at: &str, text: &str) -> Checked {
    if text.trim().is_empty() { Err(ConfigError::new(at, "the text is empty")) } else { Ok(()) }
}

pub(super) fn number(at: &str, x: f64) -> Checked {
    if x.is_finite() && x.abs() <= LARGEST {
        Ok(())
    } else {
        Err(ConfigError::new(at, format!("{x} is not a number from -{LARGEST} to {LARGEST}")))
    }
}

pub(super) fn share(at: &str, x: f64) -> Checked {
    if (0.0..=1.0).contains(&x) { Ok(()) } else { Err(ConfigError::new(at, format!("{x} is not from 0 to 1"))) }
}

/// Names of one list: none empty, none twice.
pub(super) struct Names<'a> {
    what: &'static str,
    seen: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    pub(super) fn new(what: &'static str) -> Self {
        Self { what, seen: HashSet::new() }
    }

    pub(super) fn check(&mut self, at: &str, name: &'a str) -> Checked {
        filled(at, name)?;
        if self.seen.insert(name) {
            Ok(())
        } else {
            Err(ConfigError::new(at, format!("there are two {}s named \"{name}\"", self.what)))
        }
    }
}
