//! A workbook with live formulas, for people who sell: type a lead in, or paste a list, and see score, band and reasons.
//!
//! `Score a lead`, `Score a list` and `Events` are typed into; `Points`, `Bands` and `About` are read. Hidden sheets hold the
//! work between: `Read` understands what was typed (a row a lead), `Seen` and `Sorted` count events, `Model1`, … score, and
//! `Rules` holds what formulas compare with. No formula holds a text of the config, so none can become one.

mod about;
mod bands;
mod cells;
mod events;
mod form;
mod inputs;
mod leads;
mod levels;
mod list;
mod losses;
mod model;
mod points;
mod reading;
mod results;
mod rules;
mod sheets;
mod signals;
mod style;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::{Export, ExportError, ExportOptions};
use crate::config::ScoringConfig;
use crate::runtime::CREATED_AT;

/// Rows of the list, and of events, that are ready, unless the caller says otherwise.
const ROWS: u32 = 200;
const EVENT_ROWS: u32 = 1000;

/// The workbook.
///
/// # Errors
/// A config too large for a spreadsheet: a text of more than 32 767 characters, more columns than Excel has.
pub(super) fn workbook(config: &ScoringConfig, options: &ExportOptions) -> Result<Export, ExportError> {
    let losses = losses::of(config);
    let rows = options.rows.unwrap_or(ROWS);
    let event_rows = options.event_rows.unwrap_or(EVENT_ROWS);
    let bytes = bytes(config, rows, event_rows, &losses.clone().into_list())
        .map_err(|error| ExportError::Workbook { why: error.to_string() })?;
    Ok(Export::one("scoring.xlsx", bytes, losses))
}

fn bytes(config: &ScoringConfig, rows: u32, event_rows: u32, losses: &[super::Loss]) -> Result<Vec<u8>, XlsxError> {
    let mut rules = rules::Rules::new()?;
    let words = reading::Words::new(&mut rules)?;
    let inputs = inputs::Inputs::new(config, rows, list::result_columns(config));
    let choices = sheets::choices(&inputs, &mut rules)?;
    let (points_sheet, points) = points::sheet(config)?;
    let (bands_sheet, bounds) = bands::sheet(config)?;

    let mut leads = leads::Leads::new(&inputs, &words)?;
    let serving = results::serving(config, &mut leads, &mut rules)?;
    let inactivity = config.models.iter().any(|model| model.inactivity.is_some());
    let created_at = inactivity.then(|| leads.moment(CREATED_AT)).transpose()?;
    let has_events = inactivity || config.models.iter().any(|model| !model.behaviours.is_empty());
    let events = has_events
        .then(|| events::Events::new(config, event_rows, &mut leads, &words, &mut rules, created_at.clone()))
        .transpose()?;
    let mut models = Vec::new();
    for (index, ((model, points), bounds)) in config.models.iter().zip(&points).zip(&bounds).enumerate() {
        let places = model::Places { points, bounds, events: events.as_ref(), serving: &serving };
        models.push(model::score(index, model, &mut leads, &mut rules, &places)?);
    }
    let created_day = created_at.as_ref().map(|(day, _)| day);
    let results = results::results(&mut leads, &serving, &models, &bounds, events.as_ref(), created_day)?;

    let mut workbook = Workbook::new();
    let mut form = form::sheet(config, &leads, (&points, &bounds, &models), (&serving, &results), &choices)?;
    form.set_active(true);
    workbook.push_worksheet(form);
    workbook.push_worksheet(list::sheet(config, &leads, &results, &choices)?);
    if let Some(events) = &events {
        workbook.push_worksheet(about::events_sheet(events, event_rows)?);
    }
    workbook.push_worksheet(points_sheet);
    workbook.push_worksheet(bands_sheet);
    workbook.push_worksheet(about::about(config, losses, has_events)?);
    workbook.push_worksheet(leads.table.into_sheet());
    for sheet in events.into_iter().flat_map(events::Events::into_sheets) {
        workbook.push_worksheet(sheet);
    }
    for model in models {
        workbook.push_worksheet(model.table.into_sheet());
    }
    workbook.push_worksheet(rules.into_sheet());
    // The same config is the same bytes, so no clock.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_title("Lead scoring").set_creation_datetime(&created));
    workbook.save_to_buffer()
}

#[cfg(test)]
mod tests;
