//! The sheets of words: how to use the workbook, where its numbers come from, what it cannot say; and that of events to paste.

use rust_xlsxwriter::{FormatAlign, Worksheet, XlsxError};

use super::cells::write_formula;
use super::events::{self, Events};
use super::inputs::Ask;
use super::sheets::input_format;
use super::style;
use crate::config::ScoringConfig;
use crate::export::Loss;

/// Characters that fit into a line.
const LINE: usize = 110;

/// How to use the workbook, where its numbers come from, what is lost.
pub(super) fn about(config: &ScoringConfig, losses: &[Loss], has_events: bool) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name("About")?.set_screen_gridlines(false);
    sheet.set_column_width(0, 30)?.set_column_width(1, 100)?;
    sheet.write_string_with_format(0, 0, "About this workbook", &style::title())?;
    let mut lines: Vec<(&str, String)> = vec![
        ("Config", config.name.clone()),
        ("Score a lead", "Type one lead in; the score, what to do and the reasons follow.".to_owned()),
        ("Score a list", "Paste many leads; a score a row.".to_owned()),
    ];
    if has_events {
        lines.push((
            "Events",
            "Paste what leads did: whose it is (as in the column Lead), when, what. Events without a lead belong to the lead of \
             the sheet Score a lead while its cell Lead is empty. Scores are as of the moment on top, else of the newest event."
                .to_owned(),
        ));
    }
    lines.push((
        "Points, Bands",
        "What scores and what a score means. Change a number there and every score follows.".to_owned(),
    ));
    lines.push((
        "Hidden sheets",
        "Hold the formulas between what is typed and what is shown; unhide them to follow a score.".to_owned(),
    ));
    if let Some(provenance) = &config.provenance {
        let count = |n: Option<u64>| n.map(|n| n.to_string());
        let known = [
            ("Made by", provenance.tool.clone()),
            ("Leads of the history", count(provenance.leads)),
            ("of them converted", count(provenance.conversions)),
            ("History from", provenance.from.clone()),
            ("History to", provenance.to.clone()),
            ("SHA-256 of the leads", provenance.leads_sha256.clone()),
            ("SHA-256 of the events", provenance.events_sha256.clone()),
            ("SHA-256 of the spec", provenance.spec_sha256.clone()),
        ];
        lines.extend(known.into_iter().filter_map(|(name, text)| Some((name, text?))));
    }
    // Models share most of what is lost.
    let mut said: Vec<(&str, Vec<&str>)> = Vec::new();
    for loss in losses {
        match said.iter_mut().find(|(lost, _)| *lost == loss.lost) {
            Some((_, parts)) if parts.contains(&loss.part.as_str()) => {}
            Some((_, parts)) => parts.push(&loss.part),
            None => said.push((&loss.lost, vec![&loss.part])),
        }
    }
    lines.extend(said.into_iter().map(|(lost, parts)| ("Not as in leadcal", format!("{}: {lost}", parts.join(", ")))));
    let line = style::line().set_text_wrap().set_align(FormatAlign::Top);
    for (row, (name, text)) in (2..).zip(lines) {
        // LibreOffice does not make room for wrapped lines by itself.
        let lines = u16::try_from(text.chars().count().div_ceil(LINE).clamp(1, 20)).expect("at most 20");
        sheet.set_row_height(row, 16 * u32::from(lines))?;
        sheet.write_string_with_format(row, 0, name, &line.clone().set_bold())?;
        sheet.write_string_with_format(row, 1, text, &line)?;
    }
    sheet.set_print_fit_to_pages(1, 0);
    Ok(sheet)
}

/// The sheet to paste events into.
pub(super) fn events_sheet(events: &Events<'_>, rows: u32) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(events::SHEET)?.set_formula_result_default("").set_screen_gridlines(false);
    sheet.write_string_with_format(0, 0, "What leads did", &style::title())?;
    let hint = format!("Paste events below, as values; {rows} rows are ready. Lead is as on the other sheets.");
    sheet.write_string_with_format(1, 0, hint, &style::hint())?;
    let (row, column) = events::AS_OF;
    sheet.write_string_with_format(row, column - 1, "Scored as of", &style::plain().set_bold())?;
    sheet.write_blank(row, column, &input_format(Ask::Time))?;
    sheet.write_string_with_format(row, column + 1, "empty: the newest event's time", &style::hint())?;
    let properties = events.properties.iter().map(|property| (*property, Ask::Text));
    let inputs: Vec<(&str, Ask)> =
        [("Lead", Ask::Text), ("Time (UTC)", Ask::Time), ("Event", Ask::Text)].into_iter().chain(properties).collect();
    let heading = events::FIRST - 1;
    let last = events::FIRST + rows;
    for (column, (label, ask)) in (0..).zip(&inputs) {
        sheet.set_column_width(column, 24)?;
        sheet.write_string_with_format(heading, column, *label, &style::input_heading())?;
        for row in events::FIRST..last {
            sheet.write_blank(row, column, &input_format(*ask))?;
        }
    }
    let column = u16::try_from(inputs.len()).map_err(|_| XlsxError::RowColumnLimitError)?;
    sheet.set_column_width(column, 50)?;
    sheet.write_string_with_format(heading, column, "Problem", &style::heading())?;
    for (row, event) in (events::FIRST..last).zip(events.first_row..) {
        write_formula(&mut sheet, row, column, &events.problems.at(event), &style::problem())?;
    }
    sheet.set_freeze_panes(events::FIRST, 0)?;
    sheet.set_print_fit_to_pages(1, 0).set_repeat_rows(heading, heading)?;
    Ok(sheet)
}
