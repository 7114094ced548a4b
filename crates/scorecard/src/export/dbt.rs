//! The statement of [`super::sql`] as a project of dbt: a model with its sources and tests.
//!
//! dbt evaluates Jinja templates in all of its files, so whatever of the config could begin one is written as one that gives
//! it back.

use std::collections::HashSet;
use std::fmt::Write as _;

use serde_json::json;

use super::sql::{Dialect, SqlOptions, quote, statement_from};
use super::{Export, ExportError, ExportedFile};
use crate::config::ScoringConfig;

/// Name of the project, and of the profile it asks for.
const PROJECT: &str = "\
name: leadcal
version: \"1.0.0\"
config-version: 2
require-dbt-version: \">=1.10.5\"
profile: leadcal
model-paths: [\"models\"]
test-paths: [\"tests\"]
";

/// What stands for the tables of the leads and events in the model.
const LEADS: &str = "leadcal_source_leads";
const EVENTS: &str = "leadcal_source_events";

/// The project's files.
pub(super) fn dbt(config: &ScoringConfig, options: &SqlOptions) -> Result<Export, ExportError> {
    let (statement, losses) = statement_from(config, options, LEADS, EVENTS)?;
    let (head, steps) = statement.split_once("WITH\n").expect("the statement has steps");
    let reads_events = steps.contains(EVENTS);
    let import = |name: &str, table: &str| {
        format!("{name} AS (\n  SELECT * FROM {{{{ source('leadcal_{table}', '{table}') }}}}\n),\n")
    };
    let mut model = format!("{}{{{{ config(materialized='table') }}}}\n\nWITH\n", escaped(head));
    model.push_str(&import(LEADS, "leads"));
    if reads_events {
        model.push_str(&import(EVENTS, "events"));
    }
    model.push_str(&escaped(steps));
    let mut sources = String::from("version: 2\n\nsources:\n");
    sources.push_str(&source(options.dialect, "leads", &options.leads_table));
    if reads_events {
        sources.push_str(&source(options.dialect, "events", &options.events_table));
    }
    let file = |name: &str, text: String| ExportedFile { name: name.to_owned(), bytes: text.into_bytes() };
    let files = vec![
        file("dbt_project.yml", PROJECT.to_owned()),
        file("models/lead_scores.sql", model),
        file("models/schema.yml", schema(config, options.dialect)),
        file("models/sources.yml", sources),
        file("tests/lead_scores_within_range.sql", range_test(config, options.dialect)),
    ];
    Ok(Export { files, losses })
}

/// A text in which Jinja sees nothing to evaluate, and which is itself once rendered.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '{' if matches!(letters.peek(), Some('{' | '%' | '#')) => escaped.push_str("{{ '{' }}"),
            // Jinja makes line ends alike.
            '\r' => escaped.push_str("{{ '\\r' }}"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A text as a scalar of YAML, whose value is not evaluated.
fn yaml(text: &str) -> String {
    let mut scalar = String::new();
    for letter in json!(escaped(text)).to_string().chars() {
        match letter {
            // YAML wants these escaped, JSON does not.
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                _ = write!(scalar, "\\u{:04x}", u32::from(letter));
            }
            letter => scalar.push(letter),
        }
    }
    scalar
}

/// A source of one table; the schema is the target's where the name has none.
fn source(dialect: Dialect, table: &str, name: &str) -> String {
    let parts: Vec<String> = name.split('.').map(|part| quote::cased(dialect, part)).collect();
    let (identifier, above) = parts.split_last().expect("a split gives at least one part");
    let schema = above.last().map_or_else(|| "\"{{ target.schema }}\"".to_owned(), |schema| yaml(schema));
    let database = match above.split_last() {
        Some((_, database)) if !database.is_empty() => format!("    database: {}\n", yaml(&database.join("."))),
        _ => String::new(),
    };
    format!(
        "  - name: leadcal_{table}\n{database}    schema: {schema}\n    quoting:\n      identifier: true\n    tables:\n      \
         - name: {table}\n        identifier: {}\n",
        yaml(identifier)
    )
}

/// The model's columns with their tests.
fn schema(config: &ScoringConfig, dialect: Dialect) -> String {
    let mut text = String::from(
        "version: 2

models:
  - name: lead_scores
    description: The score of every lead, one row each.
    columns:
      - name: id
        data_tests:
          - not_null
          - unique
      - name: score
        description: The score within its range; null only where the lead has an error.
        data_tests:
          - not_null:
              config:
                where: \"error IS NULL\"
      - name: error
        description: Why a lead has no score; null where it has one.
",
    );
    let bands = each_once(config.models.iter().flat_map(|model| &model.bands).map(|band| band.name.as_str()));
    let stages = each_once(config.models.iter().flat_map(|model| &model.stages).map(|stage| stage.name.as_str()));
    for (column, names) in [("band", bands), ("stage", stages)] {
        if !names.is_empty() {
            // The test writes the values between quotes as they are.
            let values: Vec<String> = names.iter().map(|name| yaml(&quote::inside_quotes(dialect, name))).collect();
            _ = write!(
                text,
                "      - name: {column}\n        data_tests:\n          - accepted_values:\n              arguments:\n                \
                 values: [{}]\n",
                values.join(", ")
            );
        }
    }
    text
}

fn each_once<'c>(names: impl Iterator<Item = &'c str>) -> Vec<&'c str> {
    let mut seen = HashSet::new();
    names.filter(|name| seen.insert(*name)).collect()
}

/// A test that gives the leads whose score is beyond the range of their model.
fn range_test(config: &ScoringConfig, dialect: Dialect) -> String {
    let outside = config.models.iter().map(|model| {
        let product = match &model.product {
            Some(product) => format!("product = {}", quote::text(dialect, product)),
            None => "product IS NULL".to_owned(),
        };
        let (min, max) = (quote::number(dialect, model.range.min), quote::number(dialect, model.range.max));
        format!("({product} AND (score < {min} OR score > {max}))")
    });
    let outside: Vec<String> = outside.collect();
    let head = "-- Leads whose score is beyond the range of their model: there are none.\n";
    format!(
        "{head}SELECT id, product, score FROM {{{{ ref('lead_scores') }}}}\nWHERE {}\n",
        escaped(&outside.join("\n  OR "))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::tests::example;
    use crate::export::{ExportOptions, Target, export};

    #[test]
    fn nothing_of_the_config_is_a_template() {
        for (text, written) in [
            ("{ a }", "{ a }"),
            ("{{ a }}", "{{ '{' }}{ a }}"),
            ("{{{", "{{ '{' }}{{ '{' }}{"),
            ("{% raw %}", "{{ '{' }}% raw %}"),
            ("{# a", "{{ '{' }}# a"),
            ("a\r\nb", "a{{ '\\r' }}\nb"),
        ] {
            assert_eq!(escaped(text), written, "{text}");
        }
    }

    #[test]
    fn a_project_has_a_model_with_its_sources_and_tests() {
        let sql = SqlOptions { leads_table: "crm.leads".to_owned(), ..SqlOptions::default() };
        let options = ExportOptions { sql, ..ExportOptions::default() };
        let export = export(&example(), Target::Dbt, &options).expect("an export");
        let file = |name: &str| {
            let file = export.files.iter().find(|file| file.name == name).expect("the file");
            String::from_utf8(file.bytes.clone()).expect("a text")
        };
        let model = file("models/lead_scores.sql");
        assert!(model.contains("{{ source('leadcal_leads', 'leads') }}"), "{model}");
        assert!(model.contains("FROM leadcal_source_events AS e"), "{model}");
        let sources = file("models/sources.yml");
        assert!(
            sources.contains("schema: \"crm\"") && sources.contains("schema: \"{{ target.schema }}\""),
            "{sources}"
        );
        let schema = file("models/schema.yml");
        assert!(schema.contains("values: [\"cold\", \"warm\", \"hot\"]"), "{schema}");
        assert!(schema.contains("values: [\"MQL\", \"SQL\"]"), "{schema}");
        let range = file("tests/lead_scores_within_range.sql");
        assert!(range.ends_with("WHERE (product IS NULL AND (score < 0e0 OR score > 100e0))\n"), "{range}");
    }
}
