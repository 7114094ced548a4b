//! Names and texts that a dialect cannot hold.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{Dialect, SqlOptions, events, quote};
use crate::config::ScoringConfig;
use crate::export::ExportError;

/// Bytes of a name in `PostgreSQL`; it would cut longer ones, and take one column for another.
const POSTGRESQL_BYTES: usize = 63;
/// Characters of a name elsewhere.
const LONGEST: usize = 255;
/// What no column of `BigQuery` may have in its name.
const NOT_IN_BIGQUERY: &str = "!\"$()*,./;?@[\\]^`{}~";

/// Refuses what cannot be written.
///
/// # Errors
/// [`ExportError::Unwritable`] where a text holds NUL, or where a field, a property or a name of the options is no name of
/// a column or table, or is the same name as another to the dialect.
pub(super) fn check(config: &ScoringConfig, options: &SqlOptions) -> Result<(), ExportError> {
    without_nul(&json!(config), "")?;
    let dialect = options.dialect;
    let mut leads = vec![options.id.as_str()];
    if config.models.iter().any(|model| model.product.is_some()) {
        leads.push(&options.product);
    }
    if config.models.iter().any(|model| model.inactivity.is_some()) {
        leads.push(&options.created_at);
    }
    for model in &config.models {
        leads.extend(model.attributes.iter().map(|attribute| attribute.input.field.as_str()));
        leads.extend(model.signals.iter().flat_map(|signal| signal.kind.fields()));
    }
    columns(dialect, "field", leads)?;
    let mut log: Vec<&str> = Vec::new();
    let mut tables = vec![&options.leads_table];
    if events::are_needed(config) {
        log.extend([&options.event_lead, &options.event_time, &options.event_name].map(String::as_str));
        let behaviours = config.models.iter().flat_map(|model| &model.behaviours);
        log.extend(behaviours.flat_map(|behaviour| behaviour.properties.keys().map(String::as_str)));
        tables.push(&options.events_table);
    }
    columns(dialect, "property", log)?;
    for table in tables {
        for part in table.split('.') {
            // BigQuery's projects have dashes.
            name(dialect, "table", part)?;
        }
    }
    Ok(())
}

fn without_nul(value: &Json, pointer: &str) -> Result<(), ExportError> {
    let refuse = |text: &str| {
        if !text.contains('\0') {
            return Ok(());
        }
        Err(ExportError::Unwritable {
            what: format!("a text of the config ({pointer})"),
            name: text.to_owned(),
            why: "SQL has no way to write the character NUL".to_owned(),
        })
    };
    match value {
        Json::String(text) => refuse(text),
        Json::Array(items) => {
            items.iter().enumerate().try_for_each(|(index, item)| without_nul(item, &format!("{pointer}/{index}")))
        }
        Json::Object(keys) => keys.iter().try_for_each(|(key, item)| {
            refuse(key)?;
            without_nul(item, &format!("{pointer}/{key}"))
        }),
        _ => Ok(()),
    }
}

/// Names of columns of one table.
fn columns(dialect: Dialect, what: &str, names: Vec<&str>) -> Result<(), ExportError> {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    for column in names {
        name(dialect, what, column)?;
        let key = match dialect {
            Dialect::PostgreSql => column.to_owned(),
            Dialect::Snowflake => quote::cased(dialect, column),
            _ => column.to_lowercase(),
        };
        if let Some(other) = known.insert(key, column).filter(|other| *other != column) {
            let why = format!("to {dialect} it is the same column as \"{other}\"");
            return Err(unwritable(what, column, why));
        }
    }
    Ok(())
}

fn name(dialect: Dialect, what: &str, name: &str) -> Result<(), ExportError> {
    let why = if name.is_empty() {
        "it is empty".to_owned()
    } else if name.contains('\0') {
        "SQL has no way to write the character NUL".to_owned()
    } else if dialect == Dialect::PostgreSql && name.len() > POSTGRESQL_BYTES {
        format!("names have at most {POSTGRESQL_BYTES} bytes in {dialect}")
    } else if name.chars().count() > LONGEST {
        format!("it has more than {LONGEST} characters")
    } else if let Some(letter) =
        name.chars().find(|letter| dialect == Dialect::BigQuery && NOT_IN_BIGQUERY.contains(*letter))
    {
        format!("names of columns have no {letter} in {dialect}")
    } else if dialect == Dialect::BigQuery && name.contains(|letter: char| letter.is_control()) {
        format!("names of columns have no control characters in {dialect}")
    } else if dialect == Dialect::Spark && name.contains("${") {
        format!("{dialect} puts a setting in its place")
    } else {
        return Ok(());
    };
    Err(unwritable(what, name, why))
}

fn unwritable(what: &str, name: &str, why: String) -> ExportError {
    ExportError::Unwritable { what: format!("the {what}"), name: name.to_owned(), why }
}
