//! The sheets to type into: one lead, many leads, events.

use rust_xlsxwriter::{ConditionalFormatFormula, DataValidation, Format, FormatAlign, Formula, Worksheet, XlsxError};

use super::cells::{Column, write_formula};
use super::inputs::{Ask, Input, Inputs};
use super::rules::Rules;
use super::style;

/// Format of a cell to type into: what has to stay a text is one from the start.
pub(super) fn input_format(ask: Ask) -> Format {
    let format = style::input();
    match ask {
        Ask::Text => format.set_num_format("@"),
        Ask::Number => format.set_align(FormatAlign::Left),
        Ask::YesOrNo => format,
        Ask::Day => format.set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
        Ask::Time => format.set_num_format("yyyy-mm-dd hh:mm:ss").set_align(FormatAlign::Left),
    }
}

/// What an input takes, in words.
pub(super) fn takes(ask: Ask) -> &'static str {
    match ask {
        Ask::Text => "a text",
        Ask::Number => "a number",
        Ask::YesOrNo => "yes or no",
        Ask::Day => "a day such as 2024-03-01",
        Ask::Time => "a time such as 2024-03-01T10:00:00Z; UTC where no zone is said",
    }
}

/// The lists that inputs choose from, as ranges of cells; nothing for an input without one.
pub(super) fn choices(inputs: &Inputs, rules: &mut Rules) -> Result<Vec<Option<String>>, XlsxError> {
    let list = |input: &Input, rules: &mut Rules| match (input.ask, &input.choices[..]) {
        (Ask::YesOrNo, _) => rules.texts(&format!("choices: {}", input.label), ["yes", "no"]).map(Some),
        (_, []) => Ok(None),
        (_, choices) => rules.texts(&format!("choices: {}", input.label), choices.iter().map(String::as_str)).map(Some),
    };
    inputs.list.iter().map(|input| list(input, rules)).collect()
}

/// Offers a list to choose from; anything else may be typed all the same.
pub(super) fn offer(
    sheet: &mut Worksheet,
    choices: Option<&String>,
    (first, last): (u32, u32),
    column: u16,
) -> Result<(), XlsxError> {
    if let Some(range) = choices {
        let list = DataValidation::new().allow_list_formula(Formula::new(range)).show_error_message(false);
        sheet.add_data_validation(first, column, last, column, &list)?;
    }
    Ok(())
}

/// Colours cells by the band of the lead in the row of `heat` that belongs to their first row.
pub(super) fn color_bands(
    sheet: &mut Worksheet,
    (first, last): (u32, u32),
    columns: (u16, u16),
    heat: &str,
) -> Result<(), XlsxError> {
    for place in 0..style::HEATS {
        let color = Format::new().set_background_color(style::of_band(place, style::HEATS));
        let rule = ConditionalFormatFormula::new().set_rule(format!("{heat}={place}").as_str()).set_format(color);
        sheet.add_conditional_format(first, columns.0, last, columns.1, &rule)?;
    }
    Ok(())
}

/// Writes a result: a formula that takes a cell as it is.
pub(super) fn show(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    result: &Column,
    of: u32,
    format: &Format,
) -> Result<(), XlsxError> {
    write_formula(sheet, row, column, &result.at(of), format)
}
