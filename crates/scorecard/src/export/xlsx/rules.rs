//! The sheet of what formulas compare with. Every text and number of the config that a formula needs stands in a cell here
//! or on a readable sheet, and the formula names the cell: so no formula holds a text of the config, however it is written,
//! and no number loses digits (Excel reads 15 of a number inside a formula, 17 of a cell's).

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::cells::{cell, down, shortened, write_formula};

/// Name of the sheet.
const SHEET: &str = "Rules";

/// The sheet in the making: blocks of cells, one below the other.
pub(super) struct Rules {
    sheet: Worksheet,
    next: u32,
}

/// Texts with a code each, beside each other.
pub(super) struct Coded {
    pub(super) texts: String,
    pub(super) codes: String,
}

/// A code for each stretch of the numbers.
pub(super) enum Steps {
    /// The same everywhere.
    Always(usize),
    /// Negated lower ends and the codes above them.
    Table {
        /// Cells of the ends, ascending.
        bins: String,
        /// Cells of the codes, one more than ends.
        codes: String,
    },
}

impl Rules {
    pub(super) fn new() -> Result<Self, XlsxError> {
        let mut sheet = Worksheet::new();
        sheet.set_name(SHEET)?.set_formula_result_default("").set_hidden(true);
        sheet.set_column_width(0, 40)?.set_column_width(1, 30)?;
        Ok(Self { sheet, next: 0 })
    }

    /// One number.
    pub(super) fn number(&mut self, about: &str, x: f64) -> Result<String, XlsxError> {
        self.numbers(about, [x])
    }

    /// Numbers, one below the other; at least one.
    pub(super) fn numbers(&mut self, about: &str, list: impl IntoIterator<Item = f64>) -> Result<String, XlsxError> {
        self.block(about, list.into_iter().map(Cell::Number), 1)
    }

    /// Texts, one below the other; at least one.
    pub(super) fn texts<'t>(
        &mut self,
        about: &str,
        list: impl IntoIterator<Item = &'t str>,
    ) -> Result<String, XlsxError> {
        self.block(about, list.into_iter().map(|text| Cell::Text(text.to_owned())), 1)
    }

    /// One formula.
    pub(super) fn formula(&mut self, about: &str, formula: &str) -> Result<String, XlsxError> {
        self.block(about, [Cell::Formula(formula.to_owned())], 1)
    }

    /// Texts with codes; at least one.
    pub(super) fn coded<'t>(
        &mut self,
        about: &str,
        list: impl IntoIterator<Item = (&'t str, usize)>,
    ) -> Result<Coded, XlsxError> {
        let (texts, codes): (Vec<&str>, Vec<usize>) = list.into_iter().unzip();
        let start = self.next;
        let texts = self.texts(about, texts)?;
        self.next = start;
        let codes = self.block(about, codes.into_iter().map(|code| Cell::Number(code as f64)), 2)?;
        Ok(Coded { texts, codes })
    }

    /// The code above each end, ascending, and that below them all. An end is a number or a cell.
    pub(super) fn steps(&mut self, about: &str, ends: Vec<(End, usize)>, below: usize) -> Result<Steps, XlsxError> {
        if ends.is_empty() {
            return Ok(Steps::Always(below));
        }
        let codes: Vec<f64> = ends.iter().rev().map(|(_, code)| *code as f64).chain([below as f64]).collect();
        let start = self.next;
        let bins = ends.into_iter().rev().map(|(end, _)| match end {
            // 0 - x, as the negative of 0 is not 0 to everybody.
            End::Number(x) => Cell::Number(0.0 - x),
            End::Cell(cell) => Cell::Formula(format!("0-{cell}")),
        });
        let bins = self.block(about, bins, 1)?;
        self.next = start;
        let codes = self.block(about, codes.into_iter().map(Cell::Number), 2)?;
        Ok(Steps::Table { bins, codes })
    }

    /// The sheet, complete.
    pub(super) fn into_sheet(self) -> Worksheet {
        self.sheet
    }

    fn block(&mut self, about: &str, cells: impl IntoIterator<Item = Cell>, column: u16) -> Result<String, XlsxError> {
        let start = self.next;
        self.sheet.write_string(start, 0, shortened(about))?;
        for content in cells {
            match content {
                Cell::Number(x) => drop(self.sheet.write_number(self.next, column, x)?),
                Cell::Text(text) => drop(self.sheet.write_string(self.next, column, text)?),
                Cell::Formula(formula) => {
                    write_formula(&mut self.sheet, self.next, column, &formula, &rust_xlsxwriter::Format::default())?;
                }
            }
            self.next += 1;
        }
        let end = self.next.max(start + 1);
        self.next = end;
        let place = if end == start + 1 { cell(start, column) } else { down(&(start..end), column) };
        Ok(format!("{SHEET}!{place}"))
    }
}

/// The next number a spreadsheet can tell from this one. It knows none between 0 and about 1e-307.
pub(super) fn next_above(x: f64) -> f64 {
    if x.abs() < NEXT_TO_NOTHING { NEXT_TO_NOTHING } else { x.next_up() }
}

const NEXT_TO_NOTHING: f64 = 1e-307;

enum Cell {
    Number(f64),
    Text(String),
    Formula(String),
}

/// Where a step begins.
pub(super) enum End {
    /// A number.
    Number(f64),
    /// The cell that holds it.
    Cell(String),
}

impl Coded {
    /// Formula for the code of a text, `other` where it is none of these. Case and blanks count.
    pub(super) fn code_of(&self, text: &str, other: usize) -> String {
        match other {
            0 => format!("SUMPRODUCT(EXACT({text},{})*{})", self.texts, self.codes),
            _ => format!("({other}+SUMPRODUCT(EXACT({text},{})*({}-{other})))", self.texts, self.codes),
        }
    }
}

impl Steps {
    /// Formula for the code of a number. FREQUENCY compares to the last bit, where `<` and MATCH compare 15 digits.
    pub(super) fn code_of(&self, number: &str) -> String {
        match self {
            Self::Always(code) => code.to_string(),
            Self::Table { bins, codes } => format!("SUMPRODUCT(FREQUENCY(-{number},{bins})*{codes})"),
        }
    }
}

/// Formula for whether a text is one of a range of texts. Case and blanks count.
pub(super) fn is_one_of(text: &str, range: &str) -> String {
    format!("(SUMPRODUCT(--EXACT({text},{range}))>0)")
}
