//! Seeded draws from `ChaCha8` that use nothing but integer arithmetic and one multiplication, so that a seed gives
//! the same data on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// One stream of random draws.
pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    /// Stream number `stream` of a seed. Streams are independent: one more draw in one moves none of the others.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// Uniform in `[0, 1)`, with 53 bits.
    pub(crate) fn unit(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.0.next_u64() >> 11) as f64 * STEP
    }

    /// True with probability `p`.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Uniform in `low..=high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u128::from(high.abs_diff(low)) + 1;
        let offset = (u128::from(self.0.next_u64()) * span) >> 64;
        low + i64::try_from(offset).expect("below the span")
    }

    /// In `low..=high`, more often near `low`: the smaller of two uniform draws.
    pub(crate) fn low_between(&mut self, low: i64, high: i64) -> i64 {
        self.between(low, high).min(self.between(low, high))
    }

    /// One of `items`, each equally likely.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        let last = i64::try_from(items.len()).expect("a short list") - 1;
        items[usize::try_from(self.between(0, last)).expect("not negative")]
    }

    /// One of `items`, each as likely as its weight says.
    pub(crate) fn weighted<T: Copy>(&mut self, items: &[(T, u32)]) -> T {
        let total: i64 = items.iter().map(|&(_, weight)| i64::from(weight)).sum();
        let mut left = self.between(0, total - 1);
        for &(item, weight) in items {
            left -= i64::from(weight);
            if left < 0 {
                return item;
            }
        }
        unreachable!("the draw is below the sum of the weights")
    }

    /// How often `p` comes true before it first fails, at most `max`.
    pub(crate) fn repeats(&mut self, p: f64, max: usize) -> usize {
        (0..max).take_while(|_| self.chance(p)).count()
    }
}
