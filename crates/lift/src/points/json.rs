//! A points table as JSON: written the same way every time, read strictly.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::table::{FORMAT, PointsTable, VERSION};

/// Why a text is no points table.
#[derive(Debug, thiserror::Error)]
pub enum PointsTableError {
    /// Not JSON, or not of the table's shape.
    #[error("not a points table: {0}")]
    Json(#[from] serde_json::Error),
    /// Another kind of file.
    #[error("\"format\" should be \"{FORMAT}\", found \"{found}\"")]
    Format {
        /// The format it names.
        found: String,
    },
    /// Made by another version of the program.
    #[error(
        "\"version\" should be {VERSION}, found {found}; this program is too old or the file is not of this format"
    )]
    Version {
        /// The version it names.
        found: u32,
    },
    /// Of the right shape, but contradictory.
    #[error("{place}: {problem}")]
    Invalid {
        /// JSON pointer.
        place: String,
        /// What is wrong there.
        problem: String,
    },
}

/// The part of the file that says what it is.
#[derive(Deserialize)]
struct Header {
    format: String,
    version: u32,
}

impl PointsTable {
    /// Reads a points table, strictly.
    ///
    /// # Errors
    /// [`PointsTableError`] with the line and column where the text is not JSON of this shape (an unknown key, a
    /// missing one, a wrong type), or the JSON pointer of what contradicts itself.
    pub fn from_json(text: &str) -> Result<Self, PointsTableError> {
        // First what it is: a newer version may well have keys this one does not know.
        let header: Header = serde_json::from_str(text)?;
        if header.format != FORMAT {
            return Err(PointsTableError::Format { found: header.format });
        }
        if header.version != VERSION {
            return Err(PointsTableError::Version { found: header.version });
        }
        let table: Self = serde_json::from_str(text)?;
        table.check()?;
        Ok(table)
    }

    /// The table as JSON: two-space indentation, keys in the order of the fields, a newline at the end.
    ///
    /// # Panics
    /// Never: a table has nothing that JSON cannot say.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("text keys and numbers alone");
        text.push('\n');
        text
    }

    fn check(&self) -> Result<(), PointsTableError> {
        self.check_table().and_then(|()| {
            let mut products = BTreeSet::new();
            for (index, table) in self.products.iter().enumerate() {
                let place = format!("/products/{index}");
                let problem = match &table.product {
                    None => Some("a product's table names it"),
                    Some(product) if !products.insert(product) => Some("another table is of this product"),
                    Some(_) if !table.products.is_empty() => Some("a product's table has no products of its own"),
                    Some(_) => None,
                };
                if let Some(problem) = problem {
                    return Err(PointsTableError::Invalid { place, problem: problem.to_owned() });
                }
                table.check_table().map_err(|error| match error {
                    PointsTableError::Invalid { place: inner, problem } => {
                        PointsTableError::Invalid { place: place + &inner, problem }
                    }
                    other => other,
                })?;
            }
            Ok(())
        })
    }

    fn check_table(&self) -> Result<(), PointsTableError> {
        let invalid =
            |place: String, problem: &str| Err(PointsTableError::Invalid { place, problem: problem.to_owned() });
        if self.range.min >= self.range.max {
            return invalid("/range".to_owned(), "min should be below max");
        }
        if self.conversions > self.leads {
            return invalid("/conversions".to_owned(), "more conversions than leads");
        }
        if self.weeks.is_some_and(|weeks| weeks <= 0.0 || !weeks.is_finite()) {
            return invalid("/weeks".to_owned(), "a number of weeks should be above 0");
        }
        let mut groups = BTreeSet::new();
        for (index, group) in self.groups.iter().enumerate() {
            let place = format!("/groups/{index}");
            if !groups.insert(&group.name) {
                return invalid(format!("{place}/name"), "another group has this name");
            }
            if group.min > group.max {
                return invalid(place, "min should not be above max");
            }
        }
        let mut names = BTreeSet::new();
        for (index, attribute) in self.attributes.iter().enumerate() {
            let place = format!("/attributes/{index}");
            if !names.insert(&attribute.name) {
                return invalid(format!("{place}/name"), "another attribute has this name");
            }
            if !groups.contains(&attribute.group) {
                return invalid(format!("{place}/group"), "there is no group of this name");
            }
            if attribute.levels.is_empty() {
                return invalid(format!("{place}/levels"), "an attribute needs at least one level");
            }
            let mut levels = BTreeSet::new();
            for (index, level) in attribute.levels.iter().enumerate() {
                let place = format!("{place}/levels/{index}");
                if level.number.is_some() != attribute.each.is_some() || !level.number.is_none_or(f64::is_finite) {
                    return invalid(
                        format!("{place}/number"),
                        "levels stand for numbers where the attribute has \"each\"",
                    );
                }
                if !levels.insert(&level.level) {
                    return invalid(format!("{place}/level"), "another level of the attribute has this name");
                }
                if level.points_interval[0] > level.points_interval[1] {
                    return invalid(format!("{place}/points_interval"), "the lower end is above the upper");
                }
                if level.evidence.conversions > level.evidence.leads {
                    return invalid(format!("{place}/evidence/conversions"), "more conversions than leads");
                }
            }
        }
        for (index, score) in self.scores.iter().enumerate() {
            if score.conversions > score.leads {
                return invalid(format!("/scores/{index}/conversions"), "more conversions than leads");
            }
            if index > 0 && self.scores[index - 1].score >= score.score {
                return invalid(format!("/scores/{index}/score"), "scores should ascend");
            }
        }
        Ok(())
    }
}
