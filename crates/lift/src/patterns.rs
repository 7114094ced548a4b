//! Covariate patterns: the distinct combinations of attribute levels, each with its leads and conversions.
//!
//! Everything after reading is a function of this table (Hosmer and Lemeshow's "covariate patterns"): lift is a margin
//! of it, the logistic likelihood a weighted sum over it, AUC and bands of any additive score are sums over it.

use std::sync::Arc;

use crate::attribute::Attribute;

#[cfg(feature = "calibrate")]
mod coarsen;
#[cfg(feature = "calibrate")]
mod encode;
mod feature;
#[cfg(feature = "calibrate")]
mod packed_key;
#[cfg(feature = "calibrate")]
mod project;
#[cfg(feature = "calibrate")]
mod read;
#[cfg(feature = "calibrate")]
mod rows;

#[cfg(feature = "calibrate")]
pub use coarsen::{Coarse, Coarsened};
#[cfg(feature = "calibrate")]
pub use encode::{LeadAttribute, read_codes};
pub use feature::{Decay, ENGAGEMENT, FIT, Feature, LogOddsEach, Repeats, Source, Times};
#[cfg(feature = "calibrate")]
pub use read::{PatternsRead, read_patterns};

/// Leads and conversions of each pattern, in the table's order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Leads of each pattern.
    pub leads: Vec<u64>,
    /// Those of them that converted.
    pub conversions: Vec<u64>,
}

impl Counts {
    /// All leads.
    pub fn total_leads(&self) -> u64 {
        self.leads.iter().sum()
    }

    /// All conversions.
    pub fn total_conversions(&self) -> u64 {
        self.conversions.iter().sum()
    }

    /// These counts less those of a part of the same table, such as a validation fold.
    #[must_use]
    pub fn without(&self, part: &Self) -> Self {
        let less = |all: &[u64], part: &[u64]| all.iter().zip(part).map(|(a, b)| a - b).collect();
        Self { leads: less(&self.leads, &part.leads), conversions: less(&self.conversions, &part.conversions) }
    }

    /// The counts of some of the patterns.
    ///
    /// # Panics
    /// Where there is no such pattern.
    #[must_use]
    pub fn picked(&self, patterns: &[usize]) -> Self {
        let picked = |of_all: &[u64]| patterns.iter().map(|&pattern| of_all[pattern]).collect();
        Self { leads: picked(&self.leads), conversions: picked(&self.conversions) }
    }
}

/// The distinct combinations of levels, sorted by their codes, with their counts.
#[derive(Debug, Clone)]
pub struct CovariatePatterns {
    attributes: Arc<[Attribute]>,
    codes: Arc<[u32]>,
    features: Arc<[Feature]>,
    counts: Counts,
}

impl CovariatePatterns {
    /// Builds the table from parts: `codes` is row-major, patterns x attributes; each code is an index into that
    /// attribute's levels.
    ///
    /// # Panics
    /// Where the lengths do not fit each other or a code is no level: a bug of the caller.
    pub fn new(attributes: Vec<Attribute>, codes: Vec<u32>, counts: Counts) -> Self {
        assert_eq!(codes.len(), attributes.len() * counts.leads.len(), "one code for each pattern and attribute");
        assert_eq!(counts.leads.len(), counts.conversions.len(), "leads and conversions of each pattern");
        if !attributes.is_empty() {
            for row in codes.chunks_exact(attributes.len()) {
                for (&code, attribute) in row.iter().zip(&attributes) {
                    assert!((code as usize) < attribute.levels.len(), "code {code} is no level of {}", attribute.name);
                }
            }
        }
        let features = vec![Feature::default(); attributes.len()].into();
        Self { attributes: attributes.into(), codes: codes.into(), features, counts }
    }

    /// The table with a number for each level of an attribute, such as how often an event happened: a model then has one
    /// coefficient for the number instead of one for each level.
    ///
    /// # Panics
    /// Where there is no such attribute, or not one finite number for each of its levels: a bug of the caller.
    #[must_use]
    pub fn with_values(self, attribute: usize, values: Vec<f64>) -> Self {
        let Attribute { name, levels, .. } = &self.attributes[attribute];
        assert_eq!(values.len(), levels.len(), "a number for each level of {name}");
        assert!(values.iter().all(|value| value.is_finite()), "every level of {name} is a finite number");
        let mut features = self.features.to_vec();
        features[attribute].values = Some(values.into());
        Self { features: features.into(), ..self }
    }

    /// The table with what each attribute is made of.
    ///
    /// # Panics
    /// Where there is not one for each attribute, or values are not a finite number for each level: a bug of the caller.
    #[must_use]
    pub fn with_features(self, features: Vec<Feature>) -> Self {
        assert_eq!(features.len(), self.attributes.len(), "a feature for each attribute");
        let values: Vec<Option<Box<[f64]>>> = features.iter().map(|feature| feature.values.clone()).collect();
        let table = Self { features: features.into(), ..self };
        (0..).zip(values).fold(table, |table, (attribute, values)| match values {
            Some(values) => table.with_values(attribute, values.into()),
            None => table,
        })
    }

    /// What an attribute is made of.
    ///
    /// # Panics
    /// Where there is no such attribute.
    pub fn feature(&self, attribute: usize) -> &Feature {
        &self.features[attribute]
    }

    /// The number of each level of an attribute, where its levels stand for numbers.
    ///
    /// # Panics
    /// Where there is no such attribute.
    pub fn values(&self, attribute: usize) -> Option<&[f64]> {
        self.features[attribute].values.as_deref()
    }

    /// The same patterns with other counts, such as those of a training fold. Patterns may then have no leads.
    ///
    /// # Panics
    /// Where `counts` is not of this table's length.
    #[must_use]
    pub fn with_counts(&self, counts: Counts) -> Self {
        assert_eq!(counts.leads.len(), self.len(), "counts of each pattern");
        let (attributes, codes, features) =
            (Arc::clone(&self.attributes), Arc::clone(&self.codes), Arc::clone(&self.features));
        Self { attributes, codes, features, counts }
    }

    /// The attributes whose levels make a pattern.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// Number of patterns.
    pub fn len(&self) -> usize {
        self.counts.leads.len()
    }

    /// Whether there is no pattern.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Leads and conversions of each pattern.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The level codes of pattern `index`, one for each attribute.
    ///
    /// # Panics
    /// Where there is no such pattern.
    pub fn codes(&self, index: usize) -> &[u32] {
        let width = self.attributes.len();
        &self.codes[index * width..(index + 1) * width]
    }

    /// Takes the last `marks` attributes out of the patterns, such as the fold and the period of each lead: the table without
    /// them, and for each of them the counts of each of its levels over that table's patterns.
    ///
    /// # Panics
    /// Where there are fewer attributes than marks.
    pub fn split(&self, marks: usize) -> (Self, Vec<Vec<Counts>>) {
        let width = self.attributes.len().checked_sub(marks).expect("no more marks than attributes");
        let (rest, marked) = self.attributes.split_at(width);
        let mut codes: Vec<u32> = Vec::new();
        let mut counts = Counts::default();
        let mut parts: Vec<Vec<Counts>> =
            marked.iter().map(|mark| vec![Counts::default(); mark.levels.len()]).collect();
        let mut previous: Option<&[u32]> = None;
        // Patterns are sorted by codes, so those that differ in the last attributes alone are neighbours.
        for pattern in 0..self.len() {
            let (shared, levels) = self.codes(pattern).split_at(width);
            if previous != Some(shared) {
                codes.extend_from_slice(shared);
                for counts in std::iter::once(&mut counts).chain(parts.iter_mut().flatten()) {
                    counts.leads.push(0);
                    counts.conversions.push(0);
                }
                previous = Some(shared);
            }
            let of_levels = parts.iter_mut().zip(levels).map(|(part, &level)| &mut part[level as usize]);
            for counts in std::iter::once(&mut counts).chain(of_levels) {
                *counts.leads.last_mut().expect("just pushed") += self.counts.leads[pattern];
                *counts.conversions.last_mut().expect("just pushed") += self.counts.conversions[pattern];
            }
        }
        let features = self.features[..width].into();
        (Self { features, ..Self::new(rest.to_vec(), codes, counts) }, parts)
    }

    /// The patterns in one level of an attribute, without that attribute, and for each the index of its pattern here.
    /// They stay sorted and distinct: within one level, patterns differ in another attribute.
    ///
    /// # Panics
    /// Where there is no such attribute.
    pub fn subset(&self, attribute: usize, code: u32) -> (Self, Vec<usize>) {
        assert!(attribute < self.attributes.len(), "attribute {attribute} is of the table");
        let of_level: Vec<usize> = (0..self.len()).filter(|&pattern| self.codes(pattern)[attribute] == code).collect();
        let others = |at: &usize| *at != attribute;
        let indices: Vec<usize> = (0..self.attributes.len()).filter(others).collect();
        let codes = of_level.iter().flat_map(|&pattern| indices.iter().map(move |&at| self.codes(pattern)[at]));
        let counts = self.counts.picked(&of_level);
        let attributes = indices.iter().map(|&at| self.attributes[at].clone()).collect();
        let features = indices.iter().map(|&at| self.features[at].clone()).collect();
        (Self { features, ..Self::new(attributes, codes.collect(), counts) }, of_level)
    }

    /// Leads and conversions of each level of attribute `index`: a margin of the table.
    ///
    /// # Panics
    /// Where there is no such attribute.
    pub fn margin(&self, index: usize) -> Counts {
        let levels = self.attributes[index].levels.len();
        let mut margin = Counts { leads: vec![0; levels], conversions: vec![0; levels] };
        for pattern in 0..self.len() {
            let code = self.codes(pattern)[index] as usize;
            margin.leads[code] += self.counts.leads[pattern];
            margin.conversions[code] += self.counts.conversions[pattern];
        }
        margin
    }
}

#[cfg(all(test, feature = "calibrate"))]
mod tests;
