//! Which filters the events of a table satisfy, all at once: [`EventFilter::holds`] without an [`Event`](super::Event) for
//! each row.

use std::collections::{BTreeSet, HashMap, HashSet};

use foldhash::fast::FixedState;
use polars::frame::DataFrame;

use super::{EventFilter, one_of};
use crate::attribute::Scalar;
use crate::columns::{UnsupportedType, for_each_value};

/// Distinct event names kept to suggest one; with more, the column is no name of what happened.
const MAX_NAMES: usize = 1_000;
/// Filters of a word.
pub(crate) const WORD: usize = 64;

/// Filters prepared for many events.
pub(crate) struct Matcher<'a> {
    /// Words of bits an event has, one bit a filter.
    words: usize,
    /// The filters that ask for no name.
    of_any: Vec<u64>,
    /// The filters of each event name that one asks for, those of any among them.
    by_name: HashMap<&'a str, Vec<u64>>,
    by_property: Vec<Asked<'a>>,
}

/// What filters ask of a property: the filter and its values.
struct Asked<'a> {
    property: &'a str,
    values: Vec<(usize, &'a [Scalar])>,
}

/// The event names of a log, as long as there are not too many.
#[derive(Debug, Default)]
pub(crate) struct NamesSeen {
    names: HashSet<String, FixedState>,
    too_many: bool,
}

/// The filters each event of a table satisfies.
pub(crate) struct Matches {
    words: usize,
    bits: Vec<u64>,
}

impl<'a> Matcher<'a> {
    pub(crate) fn new(filters: &'a [EventFilter]) -> Self {
        let words = filters.len().div_ceil(WORD);
        let mut of_any = vec![0; words];
        let mut by_name: HashMap<&str, Vec<u64>> = HashMap::new();
        let mut by_property: Vec<Asked<'a>> = Vec::new();
        for (index, filter) in filters.iter().enumerate() {
            let bits = match &filter.event {
                None => &mut of_any,
                Some(name) => by_name.entry(name).or_insert_with(|| vec![0; words]),
            };
            bits[index / WORD] |= 1 << (index % WORD);
            for (property, listed) in &filter.properties {
                let at = by_property.iter().position(|asked| asked.property == property).unwrap_or_else(|| {
                    by_property.push(Asked { property, values: Vec::new() });
                    by_property.len() - 1
                });
                by_property[at].values.push((index, listed));
            }
        }
        for bits in by_name.values_mut() {
            bits.iter_mut().zip(&of_any).for_each(|(bits, of_any)| *bits |= of_any);
        }
        Self { words, of_any, by_name, by_property }
    }

    /// The properties that any filter looks at.
    pub(crate) fn properties(&self) -> impl Iterator<Item = &str> {
        self.by_property.iter().map(|asked| asked.property)
    }

    /// The filters each event satisfies; names are added to `seen`.
    pub(crate) fn matches(
        &self,
        events: &DataFrame,
        name: &str,
        seen: &mut NamesSeen,
    ) -> Result<Matches, UnsupportedType> {
        let column = |name: &str| events.column(name).expect("the column was asked for");
        let mut bits = vec![0; events.height() * self.words];
        for_each_value(column(name), |row, value| {
            let name = value.text();
            if let Some(name) = &name {
                seen.add(name);
            }
            let filters = name.and_then(|name| self.by_name.get(name.as_ref())).unwrap_or(&self.of_any);
            bits[row * self.words..(row + 1) * self.words].copy_from_slice(filters);
        })?;
        for asked in &self.by_property {
            for_each_value(column(asked.property), |row, value| {
                let bits = &mut bits[row * self.words..(row + 1) * self.words];
                if bits.iter().all(|&word| word == 0) {
                    return;
                }
                for (filter, listed) in &asked.values {
                    let (word, bit) = (filter / WORD, 1 << (filter % WORD));
                    if bits[word] & bit != 0 && !one_of(listed, value) {
                        bits[word] &= !bit;
                    }
                }
            })?;
        }
        Ok(Matches { words: self.words, bits })
    }
}

impl Matches {
    /// The filters that the event in a row satisfies, a bit for each: the lowest of the first word is the first filter's.
    pub(crate) fn bits(&self, row: usize) -> &[u64] {
        &self.bits[row * self.words..(row + 1) * self.words]
    }

    /// The filters that the event in a row satisfies, ascending.
    pub(crate) fn of(&self, row: usize) -> impl Iterator<Item = usize> {
        let words = self.bits(row).iter().enumerate();
        words.flat_map(|(word, &bits)| {
            let mut bits = bits;
            std::iter::from_fn(move || {
                let bit = bits.trailing_zeros();
                bits &= bits.checked_sub(1)?;
                Some(word * WORD + bit as usize)
            })
        })
    }
}

impl NamesSeen {
    fn add(&mut self, name: &str) {
        if !self.too_many && !self.names.contains(name) {
            self.names.insert(name.to_owned());
            self.too_many = self.names.len() > MAX_NAMES;
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.too_many |= other.too_many;
        self.names.extend(other.names);
        self.too_many |= self.names.len() > MAX_NAMES;
        if self.too_many {
            // Which of them would be kept depends on the order of the events.
            self.names.clear();
        }
    }

    /// The names, sorted; `None` where there are too many.
    pub(crate) fn names(&self) -> Option<Vec<String>> {
        (!self.too_many).then(|| self.names.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect())
    }
}

#[cfg(test)]
mod tests;
