//! Covariate patterns to a sparse design matrix: each pattern is the intercept and at most one column of each attribute.
//!
//! An attribute whose levels stand for numbers ([`CovariatePatterns::values`]) is linear: it has one column, whose entry is
//! the number of the pattern's level, whatever the coding. Any other has indicator columns.
//!
//! Invariant: parameter 0 is the intercept, parameter `1 + j` belongs to column `j`; columns are sorted by attribute, then
//! level. Levels without leads have no column ([`Coding::EveryLevel`] apart), nor has a linear attribute with the same number
//! for all leads.

use leadcal_lift::patterns::CovariatePatterns;
use ndarray::Array1;

/// How levels become columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// Every level with leads has its own column (full one-hot). Needs a penalty; no choice of reference changes the fit.
    FullOneHot,
    /// The most populous level of each attribute (the first of several) has no column: its coefficient is 0.
    Reference,
    /// Every level has its own column, with leads or without: another model says what to expect of it. Needs a penalty.
    EveryLevel,
}

/// One column of the design.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Index of the attribute.
    pub attribute: usize,
    /// Index of the level that the column indicates; `None` for the numbers of a linear attribute.
    pub level: Option<usize>,
}

/// What a level of an attribute is in the design: a parameter and the entry of its column.
#[derive(Debug, Clone, Copy)]
struct Cell {
    parameter: usize,
    entry: f64,
}

/// Cell that stands for "no column".
const NO_CELL: u32 = 0;

/// A sparse design over covariate patterns.
#[derive(Debug, Clone)]
pub struct Design {
    columns: Vec<Column>,
    cells: Vec<Cell>,
    /// Patterns x attributes: the cell of the pattern's level, `NO_CELL` where it has none.
    rows: Vec<u32>,
    attributes: usize,
}

impl Design {
    /// Codes a table of patterns.
    ///
    /// # Panics
    /// Never: levels are numbered by `u32`.
    pub fn new(patterns: &CovariatePatterns, coding: Coding) -> Self {
        let attributes = patterns.attributes().len();
        let mut columns = Vec::new();
        let mut cells = vec![Cell { parameter: 0, entry: 0.0 }];
        let mut cell_of_level: Vec<Vec<u32>> = Vec::with_capacity(attributes);
        for attribute in 0..attributes {
            let leads = patterns.margin(attribute).leads;
            let mut of_level = vec![NO_CELL; leads.len()];
            let mut add = |level: usize, parameter: usize, entry: f64| {
                of_level[level] = u32::try_from(cells.len()).expect("codes are u32, so levels are fewer");
                cells.push(Cell { parameter, entry });
            };
            if let Some(values) = patterns.values(attribute) {
                if differ(values, &leads) {
                    columns.push(Column { attribute, level: None });
                    for (level, &value) in values.iter().enumerate().filter(|(_, value)| **value != 0.0) {
                        add(level, columns.len(), value);
                    }
                }
            } else {
                let reference = match coding {
                    Coding::FullOneHot | Coding::EveryLevel => None,
                    Coding::Reference => most_populous(&leads),
                };
                let has_column = |level: &usize| match coding {
                    Coding::EveryLevel => true,
                    Coding::FullOneHot | Coding::Reference => leads[*level] > 0 && Some(*level) != reference,
                };
                for level in (0..leads.len()).filter(has_column) {
                    columns.push(Column { attribute, level: Some(level) });
                    add(level, columns.len(), 1.0);
                }
            }
            cell_of_level.push(of_level);
        }
        let mut rows = Vec::with_capacity(patterns.len() * attributes);
        for pattern in 0..patterns.len() {
            let codes = patterns.codes(pattern);
            rows.extend(codes.iter().zip(&cell_of_level).map(|(&code, of_level)| of_level[code as usize]));
        }
        Self { columns, cells, rows, attributes }
    }

    /// The columns, intercept not counted.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Number of parameters: the columns and the intercept.
    pub fn parameters(&self) -> usize {
        self.columns.len() + 1
    }

    /// The parameters of a pattern besides the intercept, in ascending order, each with the entry of its column: 1 for an
    /// indicator. Entries of 0 are left out.
    pub fn active(&self, pattern: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        self.row(pattern).iter().filter(|&&cell| cell != NO_CELL).map(|&cell| {
            let Cell { parameter, entry } = self.cells[cell as usize];
            (parameter, entry)
        })
    }

    /// What each cell adds to a linear predictor, for [`Self::eta`].
    pub(crate) fn contributions(&self, parameters: &Array1<f64>) -> Vec<f64> {
        let of_columns = self.cells.iter().skip(1).map(|cell| parameters[cell.parameter] * cell.entry);
        std::iter::once(0.0).chain(of_columns).collect()
    }

    /// The linear predictor of a pattern from the intercept and the contributions of the cells.
    pub(crate) fn eta(&self, pattern: usize, intercept: f64, contributions: &[f64]) -> f64 {
        self.row(pattern).iter().fold(intercept, |eta, &cell| eta + contributions[cell as usize])
    }

    /// The largest absolute entry of a column: 1 for an indicator.
    pub(crate) fn largest_entry(&self, column: usize) -> f64 {
        // Cells are in the order of their parameters.
        let first = self.cells.partition_point(|cell| cell.parameter <= column);
        let cells = self.cells[first..].iter().take_while(|cell| cell.parameter == column + 1);
        cells.map(|cell| cell.entry.abs()).fold(0.0, f64::max)
    }

    /// The parameters of each attribute, as ranges (possibly empty) of consecutive parameters.
    pub fn blocks(&self) -> Vec<std::ops::Range<usize>> {
        let start = |attribute: usize| 1 + self.columns.partition_point(|column| column.attribute < attribute);
        (0..self.attributes).map(|attribute| start(attribute)..start(attribute + 1)).collect()
    }

    /// The blocks of indicator columns that are not empty.
    pub(crate) fn indicator_blocks(&self) -> Vec<std::ops::Range<usize>> {
        let indicators =
            |block: &std::ops::Range<usize>| !block.is_empty() && self.columns[block.start - 1].level.is_some();
        self.blocks().into_iter().filter(indicators).collect()
    }

    fn row(&self, pattern: usize) -> &[u32] {
        &self.rows[pattern * self.attributes..(pattern + 1) * self.attributes]
    }
}

/// Whether leads differ in their numbers.
#[expect(clippy::float_cmp, reason = "given numbers, not computed ones")]
fn differ(values: &[f64], leads: &[u64]) -> bool {
    let mut occupied = values.iter().zip(leads).filter(|(_, n)| **n > 0).map(|(value, _)| value);
    occupied.next().is_some_and(|first| occupied.any(|value| value != first))
}

/// Index of the level with most leads, the first of several; none where no level has leads.
fn most_populous(leads: &[u64]) -> Option<usize> {
    let most = leads.iter().copied().max().filter(|&most| most > 0)?;
    leads.iter().position(|&n| n == most)
}

#[cfg(test)]
mod tests;
