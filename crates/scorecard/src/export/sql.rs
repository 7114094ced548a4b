//! One SELECT that scores every lead of a table in the warehouse.
//!
//! `leads.rs` reads the leads' table, `events.rs` the events', `model.rs` turns what a model sees of them into scores; what
//! the dialects write differently is in `dialect.rs` and `quote.rs`. The statement is a chain of common table expressions
//! whose names begin with `leadcal_`, so that a step can be looked at by itself.

mod company;
mod contributions;
mod dialect;
mod events;
mod leads;
mod losses;
mod model;
mod names;
mod query;
pub(super) mod quote;
mod signals;

use std::fmt::Write as _;

use jiff::Timestamp;

use self::leads::Leads;
use self::model::Seen;
use self::query::{Query, select};
use super::{Export, ExportError, ExportedFile, Loss};
use crate::config::ScoringConfig;

pub use dialect::Dialect;

/// Where the leads and events are, and how SQL is written there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlOptions {
    /// The dialect.
    pub dialect: Dialect,
    /// Table of the leads, one row each; its parts separated by dots.
    pub leads_table: String,
    /// Table of the events, one row each.
    pub events_table: String,
    /// Column of the leads that identifies them.
    pub id: String,
    /// Column of the leads with their product line.
    pub product: String,
    /// Column of the leads with the time they were created.
    pub created_at: String,
    /// Column of the events with the id of the lead.
    pub event_lead: String,
    /// Column of the events with their time.
    pub event_time: String,
    /// Column of the events with their name.
    pub event_name: String,
    /// The moment scored; `None` is the newest time of the events.
    pub as_of: Option<Timestamp>,
}

impl Default for SqlOptions {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            leads_table: "leads".to_owned(),
            events_table: "events".to_owned(),
            id: "id".to_owned(),
            product: crate::runtime::PRODUCT.to_owned(),
            created_at: crate::runtime::CREATED_AT.to_owned(),
            event_lead: "lead_id".to_owned(),
            event_time: "time".to_owned(),
            event_name: "event".to_owned(),
            as_of: None,
        }
    }
}

/// The statement as a file.
pub(super) fn sql(config: &ScoringConfig, options: &SqlOptions) -> Result<Export, ExportError> {
    let table = |name: &str| quote::table(options.dialect, name);
    let (text, losses) = statement_from(config, options, &table(&options.leads_table), &table(&options.events_table))?;
    Ok(Export { files: vec![ExportedFile { name: "score.sql".to_owned(), bytes: text.into_bytes() }], losses })
}

/// The statement that reads the leads and events from two relations, as SQL names them, and what it cannot say.
pub(super) fn statement_from(
    config: &ScoringConfig,
    options: &SqlOptions,
    leads_from: &str,
    events_from: &str,
) -> Result<(String, Vec<Loss>), ExportError> {
    names::check(config, options)?;
    let (query, last) = steps(config, options, leads_from, events_from);
    let text = format!("{}{}", head(config, options), query.statement(options.dialect, &last));
    Ok((text, losses::losses(config, options.dialect).into_list()))
}

/// What the statement is, for people.
fn head(config: &ScoringConfig, options: &SqlOptions) -> String {
    format!("-- Scores of leads by the scoring config \"{}\", for {}.\n", quote::comment(&config.name), options.dialect)
}

/// The steps of the statement and its last SELECT, from two tables that may be any relation.
fn steps(config: &ScoringConfig, options: &SqlOptions, leads_from: &str, events_from: &str) -> (Query, String) {
    let dialect = options.dialect;
    let mut query = Query::default();
    if events::are_needed(config) {
        events::add_steps(&mut query, config, options, events_from);
    }
    let mut leads = Leads::new(dialect, config);
    let served = config.models.iter().any(|model| model.product.is_none());
    let choice = (config.models.len() > 1 || !served).then(|| choice(&mut leads, config, options));
    let seen: Vec<Seen> = config.models.iter().map(|model| Seen::new(&mut leads, model, options)).collect();
    add_leads(&mut query, &leads, options, leads_from, choice.as_deref());
    let properties = events::properties(config);
    let mut parts = Vec::new();
    for (index, (model, seen)) in config.models.iter().zip(&seen).enumerate() {
        let condition = choice.as_ref().map(|_| format!("l.model = {index}"));
        let prefix = if choice.is_some() { format!("leadcal_model_{}_", index + 1) } else { "leadcal_".to_owned() };
        parts.push(model::add_steps(&mut query, model, seen, &properties, dialect, &prefix, condition));
    }
    if !served {
        parts.push(model::unserved(dialect));
    }
    (query, parts.join("\n  UNION ALL\n"))
}

/// Which model serves a lead, by its index; NULL where none does.
fn choice(leads: &mut Leads, config: &ScoringConfig, options: &SqlOptions) -> String {
    let product = leads.text(&options.product, &[]);
    let mut whens = String::new();
    let mut rest = String::new();
    for (index, model) in config.models.iter().enumerate() {
        match &model.product {
            Some(name) => _ = write!(whens, " WHEN {product} = {} THEN {index}", quote::text(leads.dialect, name)),
            None => rest = format!(" ELSE {index}"),
        }
    }
    leads.columns.of(1, &format!("CASE{whens}{rest} END"), "index of the model")
}

/// The steps that read the leads, one for each layer of columns; the last is `leadcal_leads`.
fn add_leads(query: &mut Query, leads: &Leads, options: &SqlOptions, from: &str, choice: Option<&str>) {
    let dialect = leads.dialect;
    let blanks = format!("  SELECT {} AS blanks", dialect.characters(leads::BLANKS));
    query.step("leadcal_blanks", blanks);
    let layers: Vec<Vec<String>> = leads.columns.layers().collect();
    let mut items = vec![format!("l.{} AS id", quote::column(dialect, &options.id))];
    items.extend(layers.first().into_iter().flatten().cloned());
    let from = format!("  FROM {from} AS l CROSS JOIN leadcal_blanks AS w");
    query.step("leadcal_leads_0", select(&items, &from));
    let mut last = "leadcal_leads_0".to_owned();
    for (index, layer) in layers.iter().enumerate().skip(1).filter(|(_, layer)| !layer.is_empty()) {
        let mut items = vec!["t.*".to_owned()];
        items.extend(layer.iter().cloned());
        let step = format!("leadcal_leads_{index}");
        query.step(step.clone(), select(&items, &format!("  FROM {last} AS t")));
        last = step;
    }
    let model = choice.map(|column| format!(", t.{column} AS model")).unwrap_or_default();
    query.step("leadcal_leads", format!("  SELECT t.*{model} FROM {last} AS t"));
}

#[cfg(test)]
mod tests;
