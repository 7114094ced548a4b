//! Places in a workbook, and sheets of formulas: one row a lead or an event, one column a thing to know of it.

use std::ops::Range;

use rust_xlsxwriter::{Format, Formula, Worksheet, XlsxError};

/// Excel's limit of a formula, in characters.
const LONGEST_FORMULA: usize = 8192;

/// The letters of a column, the first being 0: `A`, `Z`, `AA`.
pub(super) fn letters(column: u16) -> String {
    let letter = char::from(b'A' + u8::try_from(column % 26).expect("below 26"));
    if column < 26 { letter.to_string() } else { format!("{}{letter}", letters(column / 26 - 1)) }
}

/// A cell such as `$C$5`; rows and columns count from 0.
pub(super) fn cell(row: u32, column: u16) -> String {
    format!("${}${}", letters(column), row + 1)
}

/// A part of a column such as `$C$5:$C$9`.
pub(super) fn down(rows: &Range<u32>, column: u16) -> String {
    format!("{}:{}", cell(rows.start, column), cell(rows.end - 1, column))
}

/// A column of a [`Table`], for formulas on any sheet.
#[derive(Debug, Clone)]
pub(super) struct Column {
    sheet: String,
    place: u16,
    rows: Range<u32>,
}

impl Column {
    /// The cell of a row.
    pub(super) fn at(&self, row: u32) -> String {
        format!("{}!${}{}", self.sheet, letters(self.place), row + 1)
    }

    /// All cells.
    pub(super) fn all(&self) -> String {
        format!("{}!{}", self.sheet, down(&self.rows, self.place))
    }

    /// The cells above a row, the heading included.
    pub(super) fn above(&self, row: u32) -> String {
        let letters = letters(self.place);
        format!("{}!${letters}${}:${letters}{row}", self.sheet, self.rows.start)
    }

    /// The cells of a row from this column to another of the same sheet.
    pub(super) fn across(&self, to: &Self, row: u32) -> String {
        format!("{}!${}{}:${}{}", self.sheet, letters(self.place), row + 1, letters(to.place), row + 1)
    }
}

/// A sheet of formulas with a heading a column. Nobody needs to see it.
pub(super) struct Table {
    name: String,
    sheet: Worksheet,
    rows: Range<u32>,
    next: u16,
}

/// Row of the headings of a [`Table`].
const HEADINGS: u32 = 0;

impl Table {
    /// A table of so many rows, below the headings.
    pub(super) fn new(name: impl Into<String>, rows: u32) -> Result<Self, XlsxError> {
        let name = name.into();
        let mut sheet = Worksheet::new();
        sheet.set_name(&name)?.set_formula_result_default("").set_hidden(true);
        sheet.set_freeze_panes(HEADINGS + 1, 0)?;
        Ok(Self { name, sheet, rows: HEADINGS + 1..HEADINGS + 1 + rows, next: 0 })
    }

    /// The first row.
    pub(super) fn first(&self) -> u32 {
        self.rows.start
    }

    /// Adds a column; the heading is never a formula.
    pub(super) fn column(&mut self, heading: &str, formula: impl Fn(u32) -> String) -> Result<Column, XlsxError> {
        let column = self.next;
        self.sheet.write_string_with_format(HEADINGS, column, shortened(heading), &Format::new().set_bold())?;
        for row in self.rows.clone() {
            write_formula(&mut self.sheet, row, column, &formula(row), &Format::default())?;
        }
        let made = self.next_column();
        self.next = column.checked_add(1).ok_or(XlsxError::RowColumnLimitError)?;
        Ok(made)
    }

    /// The column that will be added next, for formulas that look at the row above in their own.
    pub(super) fn next_column(&self) -> Column {
        Column { sheet: self.name.clone(), place: self.next, rows: self.rows.clone() }
    }

    /// The sheet, complete.
    pub(super) fn into_sheet(self) -> Worksheet {
        self.sheet
    }
}

/// The beginning of a text, where only people read it.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}

/// Writes a formula.
///
/// # Errors
/// One longer than Excel reads.
pub(super) fn write_formula(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    formula: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    if formula.len() >= LONGEST_FORMULA {
        let message = format!("a formula of {} characters, Excel reads {LONGEST_FORMULA}", formula.len());
        return Err(XlsxError::ParameterError(message));
    }
    sheet.write_formula_with_format(row, column, Formula::new(formula), format)?;
    Ok(())
}
