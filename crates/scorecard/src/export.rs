//! The scoring config in other tools' languages: one file a [`Target`].
//!
//! An export is files, and a list of [`Loss`]es: every part of the config that the target cannot express, with what it does
//! instead. What is not in the list is expressed, and a lead scores there as it does in [`crate::runtime`]. Nothing here
//! reads leads or writes files.

mod functions;
mod dbt;
mod loss;
mod points;
mod sql;

use std::fmt;
use std::str::FromStr;

use crate::config::{ConfigError, Model, ScoringConfig};

pub use loss::{Loss, Losses};
pub use sql::{Dialect, SqlOptions};

/// A tool or language a config can be exported to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// A table of points as CSV.
    Csv,
    /// The SELECT as a dbt project.
    Dbt,
    /// A function as an ES module.
    JavaScript,
    /// A table of points as JSON.
    Json,
    /// A function as a Python module.
    Python,
    /// A SELECT.
    Sql,
}

impl Target {
    /// Every target with the word that names it and what it is, by word.
    pub const ALL: [(&'static str, Self, &'static str); 6] = [
        ("csv", Self::Csv, "table of points, one row for each thing that scores"),
        ("dbt", Self::Dbt, "dbt project with the SELECT as a model, and tests"),
        ("javascript", Self::JavaScript, "a function that scores a lead: an ES module without dependencies"),
        ("json", Self::Json, "table of points as JSON"),
        ("python", Self::Python, "a function that scores a lead: a module without dependencies"),
        ("sql", Self::Sql, "a SELECT that scores the leads of a table, with their events, in the warehouse"),
    ];
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, ..) = Self::ALL.iter().find(|(_, target, _)| target == self).expect("every target has a word");
        f.write_str(word)
    }
}

impl FromStr for Target {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().find(|(known, ..)| *known == word).map(|(_, target, _)| *target).ok_or("no such target")
    }
}

/// How to export, where a target leaves a choice. What a target does not ask for changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExportOptions {
    /// Export only the model that serves this product, as the one of all leads.
    pub product: Option<String>,
    /// For SQL and dbt: the dialect, the tables and their columns.
    pub sql: SqlOptions,
}

/// A config in a target's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// At least one.
    pub files: Vec<ExportedFile>,
    /// What the target cannot say, in the config's order.
    pub losses: Vec<Loss>,
}

impl Export {
    /// An export of one file.
    fn one(name: impl Into<String>, bytes: impl Into<Vec<u8>>, losses: Losses) -> Self {
        Self { files: vec![ExportedFile { name: name.into(), bytes: bytes.into() }], losses: losses.into_list() }
    }
}

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedFile {
    /// Its usual name; parts of a path are separated by `/`.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A config that cannot be exported at all.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The config contradicts itself.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// No model serves the product asked for.
    #[error("no model of the config serves the product \"{product}\"")]
    NoModel {
        /// The product.
        product: String,
    },
    /// A name or text that the target has no way to write.
    #[error("{what} \"{name}\" cannot be written: {why}")]
    Unwritable {
        /// What it is, such as `the field`.
        what: String,
        /// The name or text.
        name: String,
        /// Why not.
        why: String,
    },
}

/// Exports a config.
///
/// # Errors
/// A config that contradicts itself, a product that no model serves, or a name that the target cannot write.
pub fn export(config: &ScoringConfig, target: Target, options: &ExportOptions) -> Result<Export, ExportError> {
    config.validate()?;
    let only;
    let config = match &options.product {
        None => config,
        Some(product) => {
            only = of_product(config, product)?;
            &only
        }
    };
    Ok(match target {
        Target::Csv => points::csv(config),
        Target::Dbt => dbt::dbt(config, &options.sql)?,
        Target::JavaScript => functions::javascript(config),
        Target::Json => points::json(config),
        Target::Python => functions::python(config),
        Target::Sql => sql::sql(config, &options.sql)?,
    })
}

/// The config with the model of one product alone, for every lead.
fn of_product(config: &ScoringConfig, product: &str) -> Result<ScoringConfig, ExportError> {
    let of = |wanted: Option<&str>| config.models.iter().find(|model| model.product.as_deref() == wanted);
    let model = of(Some(product)).or_else(|| of(None));
    let model = model.ok_or_else(|| ExportError::NoModel { product: product.to_owned() })?;
    Ok(ScoringConfig { models: vec![Model { product: None, ..model.clone() }], ..config.clone() })
}

#[cfg(test)]
pub(crate) mod tests;
