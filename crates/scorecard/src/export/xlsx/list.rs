//! The sheet of many leads: paste them on the right, see score and band of each on the left.

use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

use super::cells::Column;
use super::inputs::{Inputs, LIST, LIST_FIRST};
use super::leads::Leads;
use super::results::Results;
use super::sheets::{color_bands, input_format, offer, show};
use super::style;
use crate::config::ScoringConfig;

const HEADING: u32 = LIST_FIRST - 1;

/// A result of the list.
struct Shown {
    heading: &'static str,
    width: f64,
    format: &'static str,
    of: fn(&Results) -> &Column,
}

const fn shown(heading: &'static str, width: f64, format: &'static str, of: fn(&Results) -> &Column) -> Shown {
    Shown { heading, width, format, of }
}

/// The results that a config has.
fn results_of(config: &ScoringConfig) -> Vec<Shown> {
    let mut list = vec![shown("Score", 9.0, "General", |r| &r.score)];
    let mut add = |has: bool, result: Shown| list.extend(has.then_some(result));
    let models = || config.models.iter();
    let mut bands = models().flat_map(|model| &model.bands);
    add(bands.clone().next().is_some(), shown("Band", 12.0, "@", |r| &r.band));
    add(bands.any(|band| band.action.is_some()), shown("What to do", 24.0, "@", |r| &r.action));
    add(models().any(|model| !model.stages.is_empty()), shown("Stage", 10.0, "@", |r| &r.stage));
    add(models().flat_map(|model| &model.groups).any(|g| !g.tiers.is_empty()), shown("Grade", 8.0, "@", |r| &r.grade));
    add(models().any(|m| m.probability.is_some()), shown("Probability", 11.0, style::RATE, |r| &r.probability));
    add(true, shown("Speaks for it", 20.0, "@", |r| &r.speaks_for));
    add(true, shown("Speaks against it", 20.0, "@", |r| &r.speaks_against));
    add(true, shown("Problem", 26.0, "@", |r| &r.problem));
    list
}

/// How many columns results take; inputs stand right of them.
pub(super) fn result_columns(config: &ScoringConfig) -> u16 {
    u16::try_from(results_of(config).len()).expect("at most one for each result there is")
}

/// The sheet. `choices` has a range for each input that offers a list.
pub(super) fn sheet(
    config: &ScoringConfig,
    leads: &Leads<'_>,
    results: &Results,
    choices: &[Option<String>],
) -> Result<Worksheet, XlsxError> {
    let Inputs { list: inputs, rows, list_column } = leads.inputs;
    let mut sheet = Worksheet::new();
    sheet.set_name(LIST)?.set_formula_result_default("").set_screen_gridlines(false);
    sheet.write_string_with_format(0, 0, &config.name, &style::title())?;
    let hint = format!(
        "Paste leads into the yellow columns, as values; {rows} rows are ready. The columns left of them follow."
    );
    sheet.write_string_with_format(1, 0, hint, &style::hint())?;
    sheet.set_row_height(HEADING, 32)?;
    let last = LIST_FIRST + rows - 1;
    let shown = results_of(config);
    for (column, Shown { heading, width, format, of }) in (0..).zip(&shown) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(HEADING, column, *heading, &style::heading())?;
        let format = match *format {
            "@" => style::line(),
            number => style::line().set_num_format(number),
        };
        let format = match *heading {
            "Score" => format.set_bold().set_align(FormatAlign::Center),
            "Grade" | "Probability" => format.set_align(FormatAlign::Center),
            "Problem" => format.set_font_color("#B71C1C"),
            _ => format,
        };
        for (row, lead) in (LIST_FIRST..=last).zip(leads.table.first() + 1..) {
            show(&mut sheet, row, column, of(results), lead, &format)?;
        }
    }
    let banded = u16::from(shown.iter().any(|result| result.heading == "Band"));
    color_bands(&mut sheet, (LIST_FIRST, last), (0, banded), &results.heat.at(leads.table.first() + 1))?;
    for ((column, input), choices) in (*list_column..).zip(inputs).zip(choices) {
        let width = input.label.chars().count().clamp(12, 28) as f64 + 2.0;
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(HEADING, column, &input.label, &style::input_heading())?;
        let format: Format = input_format(input.ask);
        for row in LIST_FIRST..=last {
            sheet.write_blank(row, column, &format)?;
        }
        offer(&mut sheet, choices.as_ref(), (LIST_FIRST, last), column)?;
    }
    sheet.set_freeze_panes(LIST_FIRST, banded + 1)?;
    // On paper: results and the lead's name.
    sheet.set_print_area(0, 0, last, *list_column)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(HEADING, HEADING)?;
    sheet.set_selection(LIST_FIRST, *list_column, LIST_FIRST, *list_column)?;
    Ok(sheet)
}
