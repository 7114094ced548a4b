//! Covariate patterns to a sparse design matrix: each pattern is the intercept and at most one column of each attribute.
//!
//! Invariant: parameter 0 is the intercept, parameter `1 + j` belongs to column `j`; columns are sorted by attribute, then
//! level. Levels without leads have no column.

use leadcal_lift::patterns::CovariatePatterns;

/// How levels become columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// Every level with leads has its own column (full one-hot). Needs a penalty; no choice of reference changes the fit.
    FullOneHot,
    /// The most populous level of each attribute (the first of several) has no column: its coefficient is 0.
    Reference,
}

/// One column of the design: the indicator of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Index of the attribute.
    pub attribute: usize,
    /// Index of the level among the attribute's levels.
    pub level: usize,
}

/// Entry of a row that stands for "no column".
const NO_COLUMN: u32 = 0;

/// A sparse one-hot design over covariate patterns.
#[derive(Debug, Clone)]
pub struct Design {
    columns: Vec<Column>,
    /// Patterns x attributes: the parameter of the pattern's level, `NO_COLUMN` where it has none.
    parameters: Vec<u32>,
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
        let mut parameter_of_level: Vec<Vec<u32>> = Vec::with_capacity(attributes);
        for attribute in 0..attributes {
            let leads = patterns.margin(attribute).leads;
            let reference = match coding {
                Coding::FullOneHot => None,
                Coding::Reference => most_populous(&leads),
            };
            let mut parameters = vec![NO_COLUMN; leads.len()];
            for level in (0..leads.len()).filter(|&level| leads[level] > 0 && Some(level) != reference) {
                columns.push(Column { attribute, level });
                parameters[level] = u32::try_from(columns.len()).expect("codes are u32, so levels are fewer");
            }
            parameter_of_level.push(parameters);
        }
        let mut parameters = Vec::with_capacity(patterns.len() * attributes);
        for pattern in 0..patterns.len() {
            let codes = patterns.codes(pattern);
            parameters.extend(codes.iter().zip(&parameter_of_level).map(|(&code, of_level)| of_level[code as usize]));
        }
        Self { columns, parameters, attributes }
    }

    /// The columns, intercept not counted.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Number of parameters: the columns and the intercept.
    pub fn parameters(&self) -> usize {
        self.columns.len() + 1
    }

    /// The parameters of a pattern besides the intercept, in ascending order.
    pub fn active(&self, pattern: usize) -> impl Iterator<Item = usize> + '_ {
        self.parameters[pattern * self.attributes..(pattern + 1) * self.attributes]
            .iter()
            .filter(|&&parameter| parameter != NO_COLUMN)
            .map(|&parameter| parameter as usize)
    }

    /// The parameters of each attribute, as ranges (possibly empty) of consecutive parameters.
    pub fn blocks(&self) -> Vec<std::ops::Range<usize>> {
        let start = |attribute: usize| 1 + self.columns.partition_point(|column| column.attribute < attribute);
        (0..self.attributes).map(|attribute| start(attribute)..start(attribute + 1)).collect()
    }
}

/// Index of the level with most leads, the first of several; none where no level has leads.
fn most_populous(leads: &[u64]) -> Option<usize> {
    let most = leads.iter().copied().max().filter(|&most| most > 0)?;
    leads.iter().position(|&n| n == most)
}

#[cfg(test)]
mod tests;
