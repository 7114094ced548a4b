//! Distinct numbers with their counts, in bounded memory whatever the column.
//!
//! Exact up to [`MAX_NUMBERS`] distinct values. With more, values are rounded toward zero to fewer significant bits,
//! one bit at a time, until they fit: counts are kept whole, and since each rounding nests in the next, the result
//! depends on the set of values alone, not on their order.

use std::collections::HashMap;

/// Distinct numbers kept before the least significant bit is given up.
const MAX_NUMBERS: usize = 1 << 17;

/// Distinct numbers (NaN excepted) and how many leads have each.
#[derive(Debug, Clone, Default)]
pub struct NumberCounts {
    /// Bits of the number, -0 as 0, with `dropped` low bits cleared.
    counts: HashMap<u64, u64>,
    dropped: u32,
    fractions: bool,
}

impl NumberCounts {
    /// Adds leads that have a number.
    pub fn add(&mut self, x: f64, leads: u64) {
        self.fractions |= x.fract().abs() > 0.0;
        *self.counts.entry((x + 0.0).to_bits() & self.mask()).or_insert(0) += leads;
        while self.counts.len() > MAX_NUMBERS {
            self.dropped += 1;
            let mask = self.mask();
            for (bits, leads) in std::mem::take(&mut self.counts) {
                *self.counts.entry(bits & mask).or_insert(0) += leads;
            }
        }
    }

    /// The numbers in ascending order.
    pub fn sorted(&self) -> Vec<(f64, u64)> {
        let mut sorted: Vec<(f64, u64)> =
            self.counts.iter().map(|(&bits, &leads)| (f64::from_bits(bits), leads)).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        sorted
    }

    /// Leads that have a number.
    pub fn leads(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Distinct numbers kept.
    pub fn distinct(&self) -> usize {
        self.counts.len()
    }

    /// Whether the numbers are as they were, none rounded.
    pub fn exact(&self) -> bool {
        self.dropped == 0
    }

    /// Whether every number is whole.
    pub fn whole(&self) -> bool {
        !self.fractions
    }

    fn mask(&self) -> u64 {
        !0 << self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_keeps_counts_and_ignores_order() {
        let values: Vec<f64> = (0..300_000).map(|i| f64::from(i) * 1.1).collect();
        let mut up = NumberCounts::default();
        let mut down = NumberCounts::default();
        for (&first, &last) in values.iter().zip(values.iter().rev()) {
            up.add(first, 1);
            down.add(last, 1);
        }
        assert_eq!(up.sorted(), down.sorted());
        assert_eq!(up.leads(), 300_000);
        assert!(!up.exact() && !up.whole() && up.distinct() > MAX_NUMBERS / 2);
        let median = up
            .sorted()
            .into_iter()
            .scan(0, |sum, (x, n)| {
                *sum += n;
                Some((x, *sum))
            })
            .find(|p| p.1 >= 150_000);
        assert!((median.expect("a median").0 / 165_000.0 - 1.0).abs() < 1e-4);
    }

    #[test]
    fn zero_has_one_sign() {
        let mut counts = NumberCounts::default();
        counts.add(-0.0, 1);
        counts.add(0.0, 2);
        assert_eq!(counts.sorted(), [(0.0, 3)]);
    }
}
