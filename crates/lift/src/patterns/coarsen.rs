//! The pattern table with levels joined: patterns that are then the same become one.

use rayon::prelude::*;

use super::packed_key::{PackedKey, fits};
use super::{Counts, CovariatePatterns, Feature};
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

    /// Counts over the first table, such as those of a held-out fold, over the joined one.
    ///
    /// # Panics
    /// Where `counts` is not of the first table's length.
    #[must_use]
    pub fn gathered(&self, counts: &Counts) -> Counts {
        assert_eq!(counts.leads.len(), self.pattern_of.len(), "counts of each pattern");
        let mut gathered = Counts { leads: vec![0; self.patterns.len()], conversions: vec![0; self.patterns.len()] };
        for (pattern, &of) in self.pattern_of.iter().enumerate() {
            gathered.leads[of as usize] += counts.leads[pattern];
            gathered.conversions[of as usize] += counts.conversions[pattern];
        }
        gathered
    }

    /// This table over some of its attributes alone, and where each pattern of the first table went there.
    ///
    /// # Panics
    /// Where there is no such attribute.
    #[must_use]
    pub fn project(&self, attributes: &[usize]) -> Self {
        let Self { patterns, pattern_of } = self.patterns.project(attributes);
        Self { patterns, pattern_of: self.spread(&pattern_of) }
    }
}

impl CovariatePatterns {
    /// The table with other attributes, each with levels of this table's joined. Patterns without leads stay, so that
    /// every pattern of this table has its own there. Levels keep their numbers where none of the attribute's are joined.
    ///
    /// # Panics
    /// Where there is not one for each attribute, or levels do not fit: a bug of the caller.
    #[must_use]
    pub fn coarsen(&self, coarse: Vec<Coarse>) -> Coarsened {
        assert_eq!(coarse.len(), self.attributes.len(), "one joined attribute for each");
        let level_of: Vec<&[u32]> = coarse.iter().map(|coarse| coarse.level_of.as_slice()).collect();
        let codes =
            |pattern: usize| self.codes(pattern).iter().zip(&level_of).map(|(&code, level_of)| level_of[code as usize]);
        let radices: Vec<usize> = coarse.iter().map(|coarse| coarse.attribute.levels.len()).collect();
        let Grouped { codes, counts, pattern_of } = group(&self.counts, &radices, codes);
        let unchanged = |coarse: &Coarse| {
            let levels = coarse.attribute.levels.len();
            levels == coarse.level_of.len() && (0..).zip(&coarse.level_of).all(|(level, &of)| level == of)
        };
        let features = self.features.iter().zip(&coarse).map(|(feature, coarse)| match feature.values {
            Some(_) if !unchanged(coarse) => Feature { values: None, ..feature.clone() },
            _ => feature.clone(),
        });
        let features = features.collect();
        let attributes = coarse.into_iter().map(|coarse| coarse.attribute).collect();
        Coarsened { patterns: Self { features, ..Self::new(attributes, codes, counts) }, pattern_of }
    }
}

/// The distinct combinations of other codes, sorted, with their counts, and where each pattern went.
pub(super) struct Grouped {
    pub(super) codes: Vec<u32>,
    pub(super) counts: Counts,
    pub(super) pattern_of: Vec<u32>,
}

/// Groups patterns, or rows, with these counts by other codes, each below its radix.
pub(super) fn group<I: Iterator<Item = u32>>(
    fine: &Counts,
    radices: &[usize],
    codes: impl Fn(usize) -> I + Sync,
) -> Grouped {
    let radices: Vec<u32> = radices.iter().map(|&n| u32::try_from(n).expect("levels fit 32 bits")).collect();
    if fits(&radices, 64) {
        group_by::<u64, I>(fine, &radices, codes)
    } else if fits(&radices, 128) {
        group_by::<u128, I>(fine, &radices, codes)
    } else {
        group_by::<Box<[u32]>, I>(fine, &radices, codes)
    }
}

fn group_by<K: PackedKey, I: Iterator<Item = u32>>(
    fine: &Counts,
    radices: &[u32],
    codes_of: impl Fn(usize) -> I + Sync,
) -> Grouped {
    let count = u32::try_from(fine.leads.len()).expect("patterns fit 32 bits");
    let mut keys: Vec<(K, u32)> =
        (0..count).into_par_iter().map(|pattern| (K::pack(codes_of(pattern as usize), radices), pattern)).collect();
    keys.par_sort_unstable();
    let mut codes = Vec::new();
    let mut counts = Counts::default();
    let mut pattern_of = vec![0; fine.leads.len()];
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
        counts.leads[last] += fine.leads[*pattern as usize];
        counts.conversions[last] += fine.conversions[*pattern as usize];
    }
    Grouped { codes, counts, pattern_of }
}
