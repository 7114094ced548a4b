use proptest::prelude::*;

use super::*;
use crate::evidence::information_value;

const TRENDS: [Trend; 6] = [Trend::Auto, Trend::Ascending, Trend::Descending, Trend::Peak, Trend::Valley, Trend::None];

fn counts(cells: &[(u64, u64)]) -> Counts {
    Counts {
        leads: cells.iter().map(|(conversions, others)| conversions + others).collect(),
        conversions: cells.iter().map(|cell| cell.0).collect(),
    }
}

/// The levels of a binning, and then the counts elsewhere.
fn levels(cells: &[(u64, u64)], starts: &[usize]) -> Vec<(u64, u64)> {
    let ends = starts.iter().skip(1).copied().chain([cells.len()]);
    let sum = |cells: &[(u64, u64)]| cells.iter().fold((0, 0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
    starts.iter().zip(ends).map(|(&start, end)| sum(&cells[start..end])).collect()
}

/// The information value of a binning.
fn value(cells: &[(u64, u64)], starts: &[usize], elsewhere: (u64, u64)) -> f64 {
    let mut levels = levels(cells, starts);
    levels.push(elsewhere);
    information_value(&counts(&levels))
}

/// The definition of every limit, one by one.
fn keeps_to(cells: &[(u64, u64)], starts: &[usize], limits: &Limits) -> bool {
    let leads: u64 = cells.iter().map(|(conversions, others)| conversions + others).sum();
    let levels = levels(cells, starts);
    let least = limits.min_conversions.max(1);
    let enough = levels.iter().all(|&(conversions, others)| {
        let level = conversions + others;
        conversions >= least
            && others >= least
            && level >= limits.min_leads
            && level as f64 >= limits.min_share * leads as f64
    });
    // The rate as odds, compared as fractions.
    let steps: Vec<std::cmp::Ordering> =
        levels.windows(2).map(|pair| (pair[1].0 * pair[0].1).cmp(&(pair[0].0 * pair[1].1))).collect();
    let rises: Vec<bool> = steps.iter().filter(|step| step.is_ne()).map(|step| step.is_gt()).collect();
    let turns = |up_then_down: bool| rises.windows(2).all(|pair| pair[0] == pair[1] || pair[0] == up_then_down);
    let peak = turns(true);
    let valley = turns(false);
    let trend = match limits.trend {
        Trend::None => true,
        Trend::Ascending => rises.iter().all(|&rise| rise),
        Trend::Descending => !rises.iter().any(|&rise| rise),
        Trend::Peak => peak,
        Trend::Valley => valley,
        Trend::Auto => peak || valley,
    };
    enough && trend && levels.len() <= limits.max_levels
}

/// Every way to cut `count` pre-bins.
fn binnings(count: usize) -> impl Iterator<Item = Vec<usize>> {
    (0..1_u32 << (count - 1))
        .map(move |cuts| (0..count).filter(|&start| start == 0 || cuts >> (start - 1) & 1 == 1).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    /// The best of all binnings, for every trend, by trying them all.
    #[test]
    fn equals_exhaustive_search(
        cells in prop::collection::vec((0_u64..12, 0_u64..30), 1..10),
        elsewhere in (0_u64..20, 0_u64..20),
        max_levels in 1_usize..7,
        min_share in prop_oneof![Just(0.0), 0.0..0.4],
        min_leads in prop_oneof![Just(0), 0_u64..40],
        min_conversions in 0_u64..12,
        min_gain in prop_oneof![Just(0.0), 0.0..5.0],
    ) {
        for trend in TRENDS {
            let limits = Limits { max_levels, min_share, min_leads, min_conversions, trend, min_gain };
            let found = optimal_bins(&counts(&cells), elsewhere, &limits);
            let allowed: Vec<Vec<usize>> =
                binnings(cells.len()).filter(|starts| keeps_to(&cells, starts, &limits)).collect();
            if allowed.is_empty() {
                prop_assert_eq!(found, vec![0], "{:?}: one level where the limits cannot be kept", trend);
                continue;
            }
            prop_assert!(allowed.contains(&found), "{:?}: {:?} keeps to the limits", trend, found);
            let all = cells.iter().fold(elsewhere, |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
            let cost = level_cost(min_gain, all.0, all.1);
            let worth = |starts: &Vec<usize>| value(&cells, starts, elsewhere) - cost * (starts.len() - 1) as f64;
            let best = allowed.iter().map(worth).fold(f64::NEG_INFINITY, f64::max);
            let of_found = worth(&found);
            prop_assert!((best - of_found).abs() <= 1e-11 * best.abs().max(1e-3), "{:?}: {} of {}", trend, of_found, best);
        }
    }
}

const LIMITS: Limits =
    Limits { max_levels: 10, min_share: 0.0, min_leads: 0, min_conversions: 1, trend: Trend::None, min_gain: 0.0 };

fn check(cells: &[(u64, u64)], limits: &Limits, expected: &[usize]) {
    assert_eq!(optimal_bins(&counts(cells), (0, 0), limits), expected, "{limits:?}");
}

#[test]
fn joins_equal_rates_and_keeps_unequal_ones() {
    check(&[(1, 9), (2, 18), (5, 5), (50, 50)], &LIMITS, &[0, 2]);
    check(&[(1, 9), (5, 5), (1, 9)], &LIMITS, &[0, 1, 2]);
    check(&[(1, 9), (5, 5), (1, 9)], &Limits { trend: Trend::Peak, ..LIMITS }, &[0, 1, 2]);
    check(&[(1, 9), (5, 5), (1, 9)], &Limits { max_levels: 1, ..LIMITS }, &[0]);
}

#[test]
fn degenerate_columns_are_one_level() {
    check(&[], &LIMITS, &[]);
    check(&[(0, 0)], &LIMITS, &[0]);
    check(&[(0, 5), (0, 7)], &LIMITS, &[0]);
    check(&[(3, 0), (7, 0)], &LIMITS, &[0]);
    check(&[(1, 1), (2, 1)], &Limits { min_conversions: 4, ..LIMITS }, &[0]);
    // Pre-bins without leads, as in a training fold, join a neighbour.
    let starts = optimal_bins(&counts(&[(0, 0), (1, 9), (0, 0), (5, 5), (0, 0)]), (0, 0), &LIMITS);
    assert_eq!(starts.len(), 2);
}

/// 64 pre-bins under every trend: the levels number no more than asked for, and looser limits never lose.
#[test]
fn looser_limits_never_lose() {
    let cells: Vec<(u64, u64)> = (0..64_u64).map(|i| (20 + i * 37 % 23, 100 + i * 53 % 61)).collect();
    let table = counts(&cells);
    for trend in TRENDS {
        let mut before = -1.0;
        for max_levels in [1, 2, 3, 5, 8, 20, 64] {
            let starts = optimal_bins(&table, (3, 9), &Limits { max_levels, trend, ..LIMITS });
            let now = value(&cells, &starts, (3, 9));
            assert!(starts.len() <= max_levels && now >= before - 1e-12, "{trend:?}, {max_levels}");
            before = now;
        }
    }
}
