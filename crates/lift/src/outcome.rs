//! Which values of the outcome column mean "converted".
//!
//! An outcome is an attribute of three levels (not converted, converted, missing), so the same encoder reads it.

use std::path::PathBuf;

use crate::attribute::{Attribute, FieldType, Input, Level, MISSING, Scalar, When, parse_boolean};
use crate::error::DataError;
use crate::profile::ColumnProfile;

/// The level of leads that did not convert.
pub const NOT_CONVERTED: u32 = 0;
/// The level of leads that did.
pub const CONVERTED: u32 = 1;

/// Values shown in an error before the rest is summed up.
const SHOWN: usize = 5;

/// How the outcome column is read, and what was in it.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Levels [`NOT_CONVERTED`], [`CONVERTED`], and missing.
    pub attribute: Attribute,
    /// The value that means converted.
    pub positive: String,
    /// The values that mean not converted, with their leads.
    pub negative: Vec<(String, u64)>,
    /// Leads without an outcome; they are not used.
    pub missing: u64,
}

impl Outcome {
    /// Decides the outcome's meaning from the column's values: true/false, yes/no, 1/0, or any two with `positive`
    /// naming the one that means converted. With `positive`, several other values all mean "not converted".
    ///
    /// # Errors
    /// [`DataError::Outcome`] where there are not two values, or where they do not say which one means converted.
    pub fn of(profile: &ColumnProfile, positive: Option<&str>, files: &[PathBuf]) -> Result<Self, DataError> {
        let fail = |found: String, help: String| DataError::Outcome {
            file: files[0].clone(),
            column: profile.name.clone(),
            found,
            help,
        };
        let Some(mut values) = profile.values() else {
            return Err(fail(
                format!("has more than {} distinct values", crate::profile::MAX_TEXTS),
                "the outcome is a column with one value for converted leads and another for the others".to_owned(),
            ));
        };
        values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        match values.as_slice() {
            [] => {
                return Err(fail("holds no value".to_owned(), "name the column that says who converted".to_owned()));
            }
            [(only, leads)] => {
                return Err(fail(
                    format!("has one value only: {only:?} ({leads})"),
                    "calibration compares leads that converted with leads that did not: both must be there".to_owned(),
                ));
            }
            _ => {}
        }
        let positive = match positive {
            Some(positive) if values.iter().any(|(value, _)| value == positive) => positive.to_owned(),
            Some(positive) => {
                return Err(fail(
                    format!("never holds {positive:?}: its values are {}", listed(profile, &values, files)),
                    "name the value that means converted with --positive".to_owned(),
                ));
            }
            None if values.len() > 2 => {
                let likely = values.iter().map(|(value, _)| value).find(|value| parse_boolean(value) == Some(true));
                let named = likely.unwrap_or(&values[1].0);
                return Err(fail(
                    format!("has {} distinct values: {}", values.len(), listed(profile, &values, files)),
                    format!("name the one that means converted with --positive {named:?}, or clean the others"),
                ));
            }
            None => match (parse_boolean(&values[0].0), parse_boolean(&values[1].0)) {
                (Some(true), Some(false)) => values[0].0.clone(),
                (Some(false), Some(true)) => values[1].0.clone(),
                _ => {
                    return Err(fail(
                        format!("does not say which value means converted: {}", listed(profile, &values, files)),
                        format!("name it, for instance with --positive {:?}", values[1].0),
                    ));
                }
            },
        };
        let negative: Vec<(String, u64)> = values.into_iter().filter(|(value, _)| *value != positive).collect();
        let level = |name: &str, values: Vec<&String>| Level {
            name: name.to_owned(),
            when: When::In(values.into_iter().map(|value| Scalar::Text(value.clone())).collect()),
        };
        let missing = Level { name: MISSING.to_owned(), when: When::Otherwise };
        let attribute = Attribute {
            name: profile.name.clone(),
            input: Input { field: profile.name.clone(), kind: FieldType::Text, missing: Vec::new() },
            levels: vec![
                level("not converted", negative.iter().map(|(value, _)| value).collect()),
                level("converted", vec![&positive]),
                missing,
            ],
        };
        Ok(Self { attribute, positive, negative, missing: profile.missing })
    }

    /// Which values were taken as not converted, where they are several.
    pub fn others_in_words(&self) -> Option<String> {
        let others: Vec<String> = self.negative.iter().map(|(value, n)| format!("{value:?} ({n})")).collect();
        (others.len() > 1).then(|| format!("outcome values taken as not converted: {}", others.join(", ")))
    }
}

/// `"no" (39922), "yes" (5289), "?" (1, first at row 17)`: the most frequent values, the place of rare ones.
fn listed(profile: &ColumnProfile, values: &[(String, u64)], files: &[PathBuf]) -> String {
    let first = |value: &str| {
        let texts = profile.texts.as_ref()?;
        let found = texts.binary_search_by(|(text, _)| text.as_str().cmp(value)).ok()?;
        Some(&texts[found].1.first)
    };
    let mut shown: Vec<String> = values
        .iter()
        .enumerate()
        .take(SHOWN)
        .map(|(rank, (value, leads))| match first(value) {
            Some(first) if rank >= 2 && files.len() == 1 => {
                format!("{value:?} ({leads}, first at row {})", first.row)
            }
            Some(first) if rank >= 2 => {
                format!("{value:?} ({leads}, first at row {} of {})", first.row, files[first.file].display())
            }
            _ => format!("{value:?} ({leads})"),
        })
        .collect();
    if values.len() > SHOWN {
        shown.push(format!("and {} more", values.len() - SHOWN));
    }
    shown.join(", ")
}
