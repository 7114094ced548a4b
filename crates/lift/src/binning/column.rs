//! The optimal cuts of one column in memory, for whoever has no file to read.

use rayon::prelude::*;

use super::optimal::optimal_bins;
use super::{BinningOptions, quantile};
use crate::attribute::Scalar;
use crate::patterns::Counts;

/// Where to cut a column of numbers into intervals of the greatest information value: ascending, each cut the lower end
/// of an interval. `converted` says of each value whether its lead converted. Values that are special or NaN count
/// toward the totals alone. Given cuts are returned as they are.
///
/// # Panics
/// Where the two are not of one length.
pub fn optimal_cuts(values: &[f64], converted: &[bool], options: &BinningOptions) -> Vec<f64> {
    assert_eq!(values.len(), converted.len(), "an outcome for each value");
    if let Some(cuts) = &options.cuts {
        return cuts.iter().map(|cut| cut.number()).collect();
    }
    let special: Vec<f64> = options.special.iter().filter_map(number).collect();
    let in_interval = |x: f64| !x.is_nan() && special.iter().all(|s| (s + 0.0).to_bits() != (x + 0.0).to_bits());
    let mut sorted: Vec<f64> = values.iter().copied().filter(|&x| in_interval(x)).map(|x| x + 0.0).collect();
    sorted.par_sort_unstable_by(f64::total_cmp);
    let counts: Vec<(f64, u64)> =
        sorted.chunk_by(|a, b| a.to_bits() == b.to_bits()).map(|run| (run[0], run.len() as u64)).collect();
    let cuts = quantile::cuts(&counts, options);
    let mut bins = Counts { leads: vec![0; cuts.len() + 1], conversions: vec![0; cuts.len() + 1] };
    let mut elsewhere = (0, 0);
    for (&x, &converted) in values.iter().zip(converted) {
        if in_interval(x) {
            let bin = cuts.partition_point(|&cut| cut <= x);
            bins.leads[bin] += 1;
            bins.conversions[bin] += u64::from(converted);
        } else if converted {
            elsewhere.0 += 1;
        } else {
            elsewhere.1 += 1;
        }
    }
    let starts = optimal_bins(&bins, elsewhere, &options.limits());
    starts.into_iter().skip(1).map(|start| cuts[start - 1]).collect()
}

fn number(value: &Scalar) -> Option<f64> {
    match value {
        Scalar::Number(x) => Some(*x),
        Scalar::Text(_) | Scalar::Boolean(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::Bound;

    fn check(options: &BinningOptions, expected: &[f64]) {
        // Everybody from 50 on converts every second time, everybody below every tenth; -1 and NaN never.
        let values: Vec<f64> = (0..1200)
            .map(|i| match i % 12 {
                0 => -1.0,
                1 => f64::NAN,
                _ => f64::from(i * 7 % 100),
            })
            .collect();
        let converted: Vec<bool> = values
            .iter()
            .enumerate()
            .map(|(i, x)| if *x >= 50.0 { i / 12 % 2 == 0 } else { *x >= 0.0 && i / 12 % 10 == 0 })
            .collect();
        assert_eq!(optimal_cuts(&values, &converted, options), expected);
    }

    #[test]
    fn finds_where_the_rate_changes() {
        let special = vec![Scalar::Number(-1.0)];
        check(&BinningOptions { special: special.clone(), max_levels: Some(2), ..BinningOptions::default() }, &[50.0]);
        check(&BinningOptions { max_levels: Some(1), ..BinningOptions::default() }, &[]);
        check(&BinningOptions { cuts: Some(vec![Bound::Number(7.0)]), ..BinningOptions::default() }, &[7.0]);
        assert_eq!(optimal_cuts(&[], &[], &BinningOptions::default()), Vec::<f64>::new());
    }
}
