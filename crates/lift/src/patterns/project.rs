//! The pattern table over some of its attributes: patterns that differ only in the others become one.

use super::coarsen::{Grouped, group};
use super::{Coarsened, CovariatePatterns};

impl CovariatePatterns {
    /// The table over these attributes alone, in this order, sorted by it. Patterns without leads stay, so that every
    /// pattern of this table has its own there; levels keep their numbers.
    ///
    /// # Panics
    /// Where there is no such attribute.
    #[must_use]
    pub fn project(&self, attributes: &[usize]) -> Coarsened {
        let radices: Vec<usize> = attributes.iter().map(|&at| self.attributes[at].levels.len()).collect();
        let codes = |pattern: usize| {
            let codes = self.codes(pattern);
            attributes.iter().map(move |&at| codes[at])
        };
        let Grouped { codes, counts, pattern_of } = group(&self.counts, &radices, codes);
        let kept = attributes.iter().map(|&at| self.attributes[at].clone()).collect();
        let features = attributes.iter().map(|&at| self.features[at].clone()).collect();
        Coarsened { patterns: Self { features, ..Self::new(kept, codes, counts) }, pattern_of }
    }
}
