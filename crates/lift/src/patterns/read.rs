//! The one pass over the leads that makes the pattern table: encode, pack, group in parallel.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::encode::Columns;
use super::packed_key::{PackedKey, fits};
use super::{Counts, CovariatePatterns, LeadAttribute};
use crate::error::DataError;
use crate::leads::LeadFiles;
use crate::outcome::{CONVERTED, NOT_CONVERTED, Outcome};

/// The pattern table of the leads that have an outcome.
#[derive(Debug)]
pub struct PatternsRead {
    /// The table.
    pub patterns: CovariatePatterns,
    /// Leads without an outcome; they are in no pattern.
    pub without_outcome: u64,
}

/// Groups the leads by their attributes' levels in one pass. Memory grows with the distinct patterns, not the leads.
///
/// # Errors
/// What cannot be read; a value that is not of its attribute's type.
///
/// # Panics
/// Where an attribute's levels do not cover every value: calibration's attributes do.
pub fn read_patterns(
    leads: &LeadFiles,
    attributes: &[LeadAttribute],
    outcome: &Outcome,
) -> Result<PatternsRead, DataError> {
    let levels = attributes.iter().map(|a| u32::try_from(a.attribute.levels.len()).expect("levels fit 32 bits"));
    let radices: Vec<u32> = levels.collect();
    if fits(&radices, 64) {
        group::<u64>(leads, attributes, outcome, &radices)
    } else if fits(&radices, 128) {
        group::<u128>(leads, attributes, outcome, &radices)
    } else {
        group::<Box<[u32]>>(leads, attributes, outcome, &radices)
    }
}

type Groups<K> = HashMap<K, (u64, u64), FixedState>;

fn group<K: PackedKey>(
    leads: &LeadFiles,
    attributes: &[LeadAttribute],
    outcome: &Outcome,
    radices: &[u32],
) -> Result<PatternsRead, DataError> {
    let outcome = LeadAttribute::from(outcome.attribute.clone());
    let columns = Columns::new(attributes.iter().chain([&outcome]));
    let fields = columns.fields(leads)?;
    let mut partial: Vec<(Groups<K>, u64)> = Vec::new();
    partial.resize_with(rayon::current_num_threads(), || (Groups::default(), 0));
    leads.for_each_chunk(&fields, |chunk| {
        let rows = chunk.frame.height().div_ceil(partial.len()).max(1);
        let parts = partial.par_iter_mut().enumerate().map(|(part, (groups, without))| {
            let start = (part * rows).min(chunk.frame.height());
            let end = (start + rows).min(chunk.frame.height());
            let slice = chunk.frame.slice(i64::try_from(start).unwrap_or(i64::MAX), end - start);
            let codes = columns.encode(&chunk, &slice, start)?;
            let (outcomes, codes) = codes.split_last().expect("the outcome is the last column");
            for (row, &outcome) in outcomes.iter().enumerate() {
                if outcome != CONVERTED && outcome != NOT_CONVERTED {
                    *without += 1;
                    continue;
                }
                let key = K::pack(codes.iter().map(|column| column[row]), radices);
                let counts = groups.entry(key).or_default();
                counts.0 += 1;
                counts.1 += u64::from(outcome == CONVERTED);
            }
            Ok(())
        });
        // Every part runs to its end, so that the fault reported is the first by row whatever the number of threads.
        parts.collect::<Vec<Result<(), DataError>>>().into_iter().collect()
    })?;
    let mut all = Groups::<K>::default();
    let mut without_outcome = 0;
    for (groups, without) in partial {
        without_outcome += without;
        for (key, (leads, conversions)) in groups {
            let counts = all.entry(key).or_default();
            counts.0 += leads;
            counts.1 += conversions;
        }
    }
    let mut sorted: Vec<(K, (u64, u64))> = all.into_iter().collect();
    sorted.par_sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let mut codes = Vec::with_capacity(sorted.len() * attributes.len());
    let mut counts = Counts::default();
    for (key, (leads, conversions)) in sorted {
        key.unpack(radices, &mut codes);
        counts.leads.push(leads);
        counts.conversions.push(conversions);
    }
    let features = attributes.iter().map(|attribute| attribute.feature.clone()).collect();
    let attributes = attributes.iter().map(|attribute| attribute.attribute.clone()).collect();
    Ok(PatternsRead {
        patterns: CovariatePatterns::new(attributes, codes, counts).with_features(features),
        without_outcome,
    })
}
