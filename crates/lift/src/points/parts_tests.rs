//! Points of repetitions, of steps and in groups, against plain computations over single leads.

use super::*;
use crate::attribute::{Attribute, FieldType, Input, Level, Scalar, When};
use crate::patterns::{Counts, ENGAGEMENT, Feature, Source};
use crate::shrinkage::Shrinkage;
use proptest::prelude::*;

fn attribute(name: &str, levels: u32) -> Attribute {
    let level =
        |index: u32| Level { name: format!("level {index}"), when: When::In(vec![Scalar::Number(f64::from(index))]) };
    Attribute {
        name: name.to_owned(),
        input: Input { field: name.to_owned(), kind: FieldType::Number, missing: Vec::new() },
        levels: (0..levels).map(level).collect(),
    }
}

const NUMBERS: [f64; 4] = [0.0, 0.5, 1.0, 2.5];

/// A field of two levels, a number of four and three steps of silence, every combination with its leads and conversions.
fn table(cells: &[(u64, u64)]) -> CovariatePatterns {
    let attributes = vec![attribute("field", 2), attribute("visits", 4), attribute("silence", 3)];
    let codes = (0..24_u32).flat_map(|at| [at % 2, at / 2 % 4, at / 8]).collect();
    let counts = Counts {
        leads: cells.iter().map(|cell| cell.0).collect(),
        conversions: cells.iter().map(|cell| cell.1).collect(),
    };
    let visits = Feature { group: ENGAGEMENT.to_owned(), values: Some(NUMBERS.to_vec().into()), ..Feature::default() };
    let features = vec![Feature::default(), visits, Feature::new(Source::Inactivity)];
    CovariatePatterns::new(attributes, codes, counts).with_features(features)
}

fn cells() -> impl Strategy<Value = Vec<(u64, u64)>> {
    prop::collection::vec((0_u64..120).prop_flat_map(|leads| (Just(leads), 0..=leads)), 24).prop_filter(
        "both outcomes",
        |cells| {
            let (leads, conversions) = cells.iter().fold((0, 0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
            conversions > 0 && conversions < leads
        },
    )
}

fn options(keep_inconclusive: bool) -> PointsOptions {
    PointsOptions { keep_inconclusive, ..PointsOptions::default() }
}

fn assigned(patterns: &CovariatePatterns, options: &PointsOptions) -> PointsTable {
    let lift = LiftTable::from_patterns(patterns, &Shrinkage::Strength(0.0));
    assign(patterns, &lift, options, None).expect("points")
}

/// Half away from zero, unless the value is as near to half a point as rounding errors come.
fn whole(value: f64) -> Option<i64> {
    let near_half = ((value.abs() - 0.5).fract().abs()).min(1.0 - (value.abs() - 0.5).fract().abs()) < 1e-9;
    #[expect(clippy::cast_possible_truncation, reason = "a few thousand at most")]
    (!near_half).then(|| value.round() as i64)
}

/// Number and outcome of every single lead.
fn leads(cells: &[(u64, u64)]) -> Vec<(f64, f64)> {
    let lead = |(at, &(leads, conversions)): (usize, &(u64, u64))| {
        (0..leads).map(move |lead| (NUMBERS[at / 2 % 4], if lead < conversions { 1.0 } else { 0.0 }))
    };
    cells.iter().enumerate().flat_map(lead).collect()
}

proptest! {
    #[test]
    fn points_of_each_are_the_least_squares_slope_over_single_leads(cells in cells()) {
        let table = assigned(&table(&cells), &options(true));
        let each = table.attributes[1].each.expect("points of each");
        let leads = leads(&cells);
        let n = leads.len() as f64;
        let (mean_x, mean_y) = leads.iter().fold((0.0, 0.0), |(x, y), lead| (x + lead.0 / n, y + lead.1 / n));
        let covariance: f64 = leads.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
        let variance: f64 = leads.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
        prop_assume!(variance > 1e-9);
        if let Some(points) = whole(100.0 * covariance / variance) {
            prop_assert_eq!(each.points, points);
        }
        let active = leads.iter().filter(|lead| lead.0 > 0.0).count() as u64;
        prop_assert!(!each.conclusive || active >= table.min_leads);
        prop_assert!(each.points_interval[0] <= each.points && each.points <= each.points_interval[1]);
    }

    #[test]
    fn steps_are_differences_of_rates_and_inconclusive_ones_carry_on(cells in cells(), keep in any::<bool>()) {
        let table = assigned(&table(&cells), &options(keep));
        let rates: Vec<Option<f64>> = (0..3)
            .map(|step| {
                let of_step = &cells[8 * step..8 * (step + 1)];
                let (leads, conversions) = of_step.iter().fold((0, 0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
                (leads > 0).then(|| 100.0 * conversions as f64 / leads as f64)
            })
            .collect();
        let steps = &table.attributes[2].levels;
        prop_assert_eq!((steps[0].points, steps[0].conclusive), (0, false));
        let mut before = 0;
        for (step, rate) in steps.iter().zip(&rates).skip(1) {
            if step.conclusive || keep {
                if let (Some(rate), Some(active)) = (rate, rates[0])
                    && let Some(points) = whole(rate - active)
                {
                    prop_assert_eq!(step.points, points);
                }
                before = step.points;
            } else {
                prop_assert_eq!(step.points, before);
            }
            if step.conclusive {
                let [low, high] = step.points_interval;
                prop_assert!(low >= 0 || high <= 0, "{:?}", step);
            }
        }
    }

    /// A score is the base points and the groups' sums within their limits, each lead's sum made of what the table shows;
    /// the limits are the 0.5th and 99.5th percentile of single leads' sums.
    #[test]
    fn scores_add_up_what_the_table_shows(cells in cells()) {
        let patterns = table(&cells);
        let table = assigned(&patterns, &options(true));
        let contribution = |attribute: usize, code: u32| {
            let attribute = &table.attributes[attribute];
            let level = &attribute.levels[code as usize];
            match (attribute.each, level.number) {
                (Some(each), Some(number)) => each.points as f64 * number,
                _ => level.points as f64,
            }
        };
        let sums = |pattern: usize| {
            let codes = patterns.codes(pattern);
            let [field, visits, silence] = [0, 1, 2].map(|at| contribution(at, codes[at]));
            [field, visits + silence]
        };
        prop_assert_eq!(&table.groups.iter().map(|group| group.name.as_str()).collect::<Vec<_>>(), &["fit", "engagement"]);
        for (index, group) in table.groups.iter().enumerate() {
            let of_leads = (0..24).flat_map(|at| std::iter::repeat_n(sums(at)[index], usize::try_from(cells[at].0).expect("few")));
            let mut of_leads: Vec<f64> = of_leads.collect();
            of_leads.sort_by(f64::total_cmp);
            let n = of_leads.len();
            let at = |parts: usize| of_leads[(n * parts).div_ceil(200).max(1) - 1];
            let (mut low, mut high) = (at(1), at(199));
            if low >= high {
                (low, high) = (of_leads[0], of_leads[n - 1]);
            }
            prop_assert!((group.min as f64 - low.floor()).abs() < 1e-9, "{} is not {low}", group.min);
            prop_assert!((group.max as f64 - high.ceil()).abs() < 1e-9, "{} is not {high}", group.max);
        }
        for (pattern, score) in table.scores_of(&patterns).into_iter().enumerate() {
            let limited = sums(pattern).into_iter().zip(&table.groups);
            let sum: f64 = limited.map(|(sum, group)| sum.clamp(group.min as f64, group.max as f64)).sum();
            prop_assert!((score - (table.base_points as f64 + sum).round()).abs() < 1e-9, "{score}");
        }
    }
}
