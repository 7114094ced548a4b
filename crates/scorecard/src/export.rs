//! The scoring config in other tools' languages: one file a [`Target`].
//!
//! An export is files, and a list of [`Loss`]es: every part of the config that the target cannot express, with what it does
//! instead. What is not in the list is expressed, and a lead scores there as it does in [`crate::runtime`]. Nothing here
//! reads leads or writes files.

mod crm;
mod dbt;
mod functions;
mod hubspot;
mod inputs;
mod loss;
mod mautic;
mod onnx;
mod partition;
mod pmml;
mod points;
mod salesforce;
mod sql;
mod xlsx;
mod zoho;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::config::{ConfigError, Model, ScoringConfig};

#[cfg(feature = "calibrate")]
pub(crate) use functions::scorer_of_models;
pub use loss::{Loss, Losses};
pub use sql::{Dialect, SqlOptions};

/// A tool or language a config can be exported to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// A table of points as CSV.
    Csv,
    /// The SELECT as a dbt project.
    Dbt,
    /// HubSpot's lead scoring API, release 2027-03-beta.
    Hubspot,
    /// A function as an ES module.
    JavaScript,
    /// A table of points as JSON.
    Json,
    /// Mautic's point actions and triggers.
    Mautic,
    /// A graph for ONNX runtimes.
    Onnx,
    /// A document for PMML evaluators.
    Pmml,
    /// A function as a Python module.
    Python,
    /// Salesforce's formula fields.
    Salesforce,
    /// A SELECT.
    Sql,
    /// A workbook with live formulas.
    Xlsx,
    /// Zoho CRM's scoring rules.
    Zoho,
}

impl Target {
    /// Every target with the word that names it and what it is, by word.
    pub const ALL: [(&'static str, Self, &'static str); 13] = [
        ("csv", Self::Csv, "table of points, one row for each thing that scores"),
        ("dbt", Self::Dbt, "dbt project with the SELECT as a model, and tests"),
        ("hubspot", Self::Hubspot, "drafts for HubSpot's lead scoring API (2027-03-beta)"),
        ("javascript", Self::JavaScript, "a function that scores a lead: an ES module without dependencies"),
        ("json", Self::Json, "table of points as JSON"),
        ("mautic", Self::Mautic, "point actions and triggers for Mautic's REST API"),
        ("onnx", Self::Onnx, "ONNX: a graph that scores leads in batches"),
        ("pmml", Self::Pmml, "PMML 4.4: scorecards with reason codes, and a regression for the probability"),
        ("python", Self::Python, "a function that scores a lead: a module without dependencies"),
        ("salesforce", Self::Salesforce, "formula fields for Salesforce, as files of its Metadata API"),
        ("sql", Self::Sql, "a SELECT that scores the leads of a table in the warehouse"),
        ("xlsx", Self::Xlsx, "a workbook with live formulas: type a lead in, see score, band and reasons"),
        ("zoho", Self::Zoho, "scoring rules for Zoho CRM's API (v8)"),
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
    /// Of a workbook: rows for leads in its list, 200 where it is not said.
    pub rows: Option<u32>,
    /// Of a workbook: rows for events, 1 000 where it is not said.
    pub event_rows: Option<u32>,
    /// CRMs: what fields and events of the config are called there, where the target's rule for names is not what is wanted.
    pub names: BTreeMap<String, String>,
    /// CRMs: the object whose records are scored; each target has its usual one.
    pub object: Option<String>,
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
    /// The config is too large for a workbook.
    #[error("a workbook cannot hold the config: {why}")]
    Workbook {
        /// What is too large.
        why: String,
    },
    /// The tool has nothing of this name.
    #[error("\"{name}\" is no name there: expected {expected}")]
    Name {
        /// As the caller gave it.
        name: String,
        /// What a name is like.
        expected: &'static str,
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
/// A config that contradicts itself, a product that no model serves, a config that is too large for the target, or a name
/// that the target cannot write.
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
        Target::Hubspot => hubspot::hubspot(config, options),
        Target::JavaScript => functions::javascript(config),
        Target::Json => points::json(config),
        Target::Mautic => mautic::mautic(config, options),
        Target::Onnx => onnx::onnx(config),
        Target::Pmml => pmml::pmml(config),
        Target::Python => functions::python(config),
        Target::Salesforce => salesforce::salesforce(config, options)?,
        Target::Sql => sql::sql(config, &options.sql)?,
        Target::Xlsx => xlsx::workbook(config, options)?,
        Target::Zoho => zoho::zoho(config, options),
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
