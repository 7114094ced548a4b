//! The pattern table with levels joined: patterns that are then the same become one.

use rayon::prelude::*;

use super::packed_key::{PackedKey, fits};
use super::{Counts, CovariatePatterns};
use crate::attribute::Attribute;

/// An attribute with some of another's levels joined.
#[derive(Debug, Clone)]
pub struct Coarse {
    /// The attribute with the joined levels.
    pub attribute: Attribute,
    /// Its level for each level of the other, by index.
    pub level_of: Vec<u32>,
}

/// A pattern table with joined levels, and where each pattern went.
#[derive(Debug, Clone)]
pub struct Coarsened {
    /// The joined table.
    pub patterns: CovariatePatterns,
    /// For each pattern of the first table, the index of its pattern in the joined one.
    pub pattern_of: Vec<u32>,
}

impl Coarsened {
    /// What was computed for each joined pattern, for each pattern of the first table.
    pub fn spread<T: Copy>(&self, of_joined: &[T]) -> Vec<T> {
        self.pattern_of.iter().map(|&pattern| of_joined[pattern as usize]).collect()
    }
}

impl CovariatePatterns {
    /// The table with other attributes, each with levels of this table's joined. Patterns without leads stay, so that
    /// every pattern of this table has its own there.
    ///
    /// # Panics
    /// Where there is not one for each attribute, or levels do not fit: a bug of the caller.
    #[must_use]
    pub fn coarsen(&self, coarse: Vec<Coarse>) -> Coarsened {
        let radices: Vec<u32> =
            coarse.iter().map(|c| u32::try_from(c.attribute.levels.len()).expect("levels fit 32 bits")).collect();
        if fits(&radices, 64) {
            group::<u64>(self, coarse, &radices)
        } else if fits(&radices, 128) {
            group::<u128>(self, coarse, &radices)
        } else {
            group::<Box<[u32]>>(self, coarse, &radices)
        }
    }
}

fn group<K: PackedKey>(fine: &CovariatePatterns, coarse: Vec<Coarse>, radices: &[u32]) -> Coarsened {
    assert_eq!(coarse.len(), fine.attributes.len(), "one joined attribute for each");
    let count = u32::try_from(fine.len()).expect("patterns fit 32 bits");
    let mut keys: Vec<(K, u32)> = (0..count)
        .into_par_iter()
        .map(|pattern| {
            let codes = fine.codes(pattern as usize).iter().zip(&coarse);
            (K::pack(codes.map(|(&code, coarse)| coarse.level_of[code as usize]), radices), pattern)
        })
        .collect();
    keys.par_sort_unstable();
    let mut codes = Vec::new();
    let mut counts = Counts::default();
    let mut pattern_of = vec![0; fine.len()];
    let mut previous: Option<&K> = None;
    for (key, pattern) in &keys {
        if previous != Some(key) {
            key.unpack(radices, &mut codes);
            counts.leads.push(0);
            counts.conversions.push(0);
            previous = Some(key);
        }
        let last = counts.leads.len() - 1;
        pattern_of[*pattern as usize] = u32::try_from(last).expect("no more patterns than before");
        counts.leads[last] += fine.counts.leads[*pattern as usize];
        counts.conversions[last] += fine.counts.conversions[*pattern as usize];
    }
    let attributes = coarse.into_iter().map(|coarse| coarse.attribute).collect();
    Coarsened { patterns: CovariatePatterns::new(attributes, codes, counts), pattern_of }
}
