//! A seeded sample of the leads, where their patterns are too many for a page.

use leadcal_lift::patterns::Counts;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The same counts give the same sample, always.
const SEED: u64 = 0;

/// The counts of exactly so many of the leads, all leads alike, without replacement; all where there are no more.
///
/// Lead by lead in the patterns' order, each is taken with the chance that those still needed have among those still to
/// come (Fan, Muller and Rezucha, Journal of the American Statistical Association 57, 1962, method 1; Knuth's algorithm S).
pub(super) fn sample(counts: &Counts, leads: u64) -> Counts {
    let mut to_come = counts.total_leads();
    let mut needed = leads.min(to_come);
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let mut draw = |among: u64| {
        let mut taken = 0;
        for _ in 0..among {
            if needed > 0 && rng.random_range(0..to_come) < needed {
                needed -= 1;
                taken += 1;
            }
            to_come -= 1;
        }
        taken
    };
    let mut sampled = Counts::default();
    for (&leads, &conversions) in counts.leads.iter().zip(&counts.conversions) {
        let converted = draw(conversions);
        sampled.leads.push(converted + draw(leads - conversions));
        sampled.conversions.push(converted);
    }
    sampled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_leads_are_kept_and_rates_stay() {
        let counts = Counts { leads: vec![60_000, 1, 39_999], conversions: vec![6_000, 1, 20_000] };
        let kept = sample(&counts, 10_000);
        assert_eq!(kept, sample(&counts, 10_000));
        assert_eq!(kept.total_leads(), 10_000);
        for pattern in 0..3 {
            assert!(kept.leads[pattern] <= counts.leads[pattern] && kept.conversions[pattern] <= kept.leads[pattern]);
        }
        let rate = |counts: &Counts, at: usize| counts.conversions[at] as f64 / counts.leads[at] as f64;
        for pattern in [0, 2] {
            // Four standard errors of a rate of a half among 4 000 leads are 0.03.
            assert!((rate(&kept, pattern) - rate(&counts, pattern)).abs() < 0.03);
        }
        assert_eq!(sample(&counts, 200_000), counts);
        assert_eq!(sample(&Counts::default(), 5), Counts::default());
    }
}
