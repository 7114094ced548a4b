//! The pattern table of rows in memory, such as leads at moments of their past.

use super::coarsen::{Grouped, group};
use super::{Coarsened, Counts, CovariatePatterns};
use crate::attribute::Attribute;

impl CovariatePatterns {
    /// Groups rows by their codes, one for each attribute, and says in which pattern each row is.
    ///
    /// # Panics
    /// Where a code is no level of its attribute: a bug of the caller.
    pub fn from_rows<I: Iterator<Item = u32>>(
        attributes: Vec<Attribute>,
        converted: &[bool],
        codes: impl Fn(usize) -> I + Sync,
    ) -> Coarsened {
        let counts = Counts {
            leads: vec![1; converted.len()],
            conversions: converted.iter().map(|&converted| u64::from(converted)).collect(),
        };
        let radices: Vec<usize> = attributes.iter().map(|attribute| attribute.levels.len()).collect();
        let Grouped { codes, counts, pattern_of } = group(&counts, &radices, codes);
        Coarsened { patterns: Self::new(attributes, codes, counts), pattern_of }
    }
}
