use leadcal_lift::attribute::{Attribute, FieldType, Input, Level, Scalar, When};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::fit::LogitParams;
use crate::likelihood::logistic;

/// So little that slopes and the other attribute share it.
const L2: f64 = 1e-3;

/// A world: what one event adds, how many count, after how many days one is worth half.
#[derive(Debug, Clone, Copy)]
struct World {
    each: f64,
    max_times: u32,
    half_life: Option<f64>,
}

/// Rows drawn from a world, with an attribute of two levels that goes with the number of events and moves the outcome too.
struct Drawn {
    others: CovariatePatterns,
    pattern_of: Vec<u32>,
    converted: Vec<bool>,
    occurrences: Occurrences,
}

fn draw(world: World, rows: usize, seed: u64) -> Drawn {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let shape = Shape { max_times: world.max_times, half_life_days: world.half_life };
    let mut occurrences = Occurrences { first: vec![0], ages: Vec::new() };
    let (mut busy, mut converted) = (Vec::new(), Vec::new());
    for _ in 0..rows {
        let is_busy = rng.random::<f64>() < 0.4;
        let mut ages: Vec<f64> = Vec::new();
        while ages.len() < 8 && rng.random::<f64>() < if is_busy { 0.7 } else { 0.3 } {
            ages.push(90.0 * rng.random::<f64>().powi(2));
        }
        ages.sort_by(f64::total_cmp);
        let eta = -2.5 + world.each * shape.weight(&ages) + if is_busy { 0.8 } else { 0.0 };
        converted.push(rng.random::<f64>() < logistic(eta));
        busy.push(u32::from(is_busy));
        occurrences.ages.extend(ages);
        occurrences.first.push(occurrences.ages.len());
    }
    let level = |value| Level { name: format!("{value}"), when: When::In(vec![Scalar::Boolean(value)]) };
    let attribute = Attribute {
        name: "busy".to_owned(),
        input: Input { field: "busy".to_owned(), kind: FieldType::Boolean, missing: Vec::new() },
        levels: vec![level(false), level(true)],
    };
    let table = CovariatePatterns::from_rows(vec![attribute], &converted, |row| std::iter::once(busy[row]));
    Drawn { others: table.patterns, pattern_of: table.pattern_of, converted, occurrences }
}

impl Drawn {
    fn behaviour(&self) -> Behaviour<'_> {
        Behaviour { occurrences: &self.occurrences, most: 6, max_times: None, half_life: HalfLife::Estimate }
    }

    fn fit(&self, behaviour: Behaviour<'_>) -> FittedRepeats {
        let rows = Rows { others: &self.others, pattern_of: &self.pattern_of, converted: &self.converted };
        let params = LogitParams::new().l2(L2).check().expect("valid");
        fit_repeats(rows, &[behaviour], 90, &params).expect("fitted")[0]
    }

    /// Twice the greatest penalised log-likelihood at a shape, by the ordinary fit: every number a level of its own.
    fn value(&self, shape: Shape) -> f64 {
        let rows = self.converted.len();
        let weights: Vec<f64> = (0..rows).map(|row| shape.weight(self.occurrences.of(row))).collect();
        let mut numbers = weights.clone();
        numbers.sort_by(f64::total_cmp);
        numbers.dedup();
        let level = |&number: &f64| Level { name: format!("{number}"), when: When::In(vec![Scalar::Number(number)]) };
        let mut attributes = self.others.attributes().to_vec();
        attributes.push(Attribute {
            name: "x".to_owned(),
            input: Input { field: "x".to_owned(), kind: FieldType::Number, missing: Vec::new() },
            levels: numbers.iter().map(level).collect(),
        });
        let code = |row: usize| numbers.partition_point(|number| *number < weights[row]);
        let table = CovariatePatterns::from_rows(attributes, &self.converted, |row| {
            let code = u32::try_from(code(row)).expect("few numbers");
            [self.others.codes(self.pattern_of[row] as usize)[0], code].into_iter()
        });
        let patterns = table.patterns.with_values(1, numbers.clone());
        -2.0 * LogitParams::new().l2(L2).check().expect("valid").fit(&patterns).expect("fitted").objective()
    }
}

fn holds(interval: [f64; 2], x: f64) -> bool {
    interval[0] <= x && x <= interval[1]
}

/// 95 % intervals: of eight, six or more hold the truth in all but 6 of 1000 tries.
#[test]
fn the_truth_lies_within_the_intervals() {
    let worlds = [
        World { each: 0.8, max_times: 4, half_life: Some(14.0) },
        World { each: 0.7, max_times: 2, half_life: None },
        World { each: -0.9, max_times: 1, half_life: None },
        World { each: 0.5, max_times: 6, half_life: Some(30.0) },
    ];
    for world in worlds {
        let mut held = [0; 3];
        for seed in 0..8 {
            let drawn = draw(world, 5_000, seed);
            let fitted = drawn.fit(drawn.behaviour());
            let times = fitted.max_times_interval.expect("estimated");
            let decay = match (world.half_life, fitted.decay.expect("estimated")) {
                (Some(days), Decay::Estimated(interval)) => holds(interval, days),
                (Some(days), Decay::NotShown(low)) => low <= days,
                (None, Decay::NotShown(_)) | (_, Decay::Undetermined) => true,
                (None, Decay::Estimated(_)) => false,
            };
            let holding = [
                holds(fitted.log_odds_each.interval, world.each),
                times.low <= world.max_times && times.high.is_none_or(|high| world.max_times <= high),
                decay,
            ];
            for (held, holding) in held.iter_mut().zip(holding) {
                *held += u32::from(holding);
            }
        }
        assert!(held.iter().all(|held| *held >= 6), "{held:?} of 8 intervals hold {world:?}");
    }
}

#[test]
fn the_shape_is_the_best_of_all() {
    let drawn = draw(World { each: 0.9, max_times: 3, half_life: Some(10.0) }, 2_000, 7);
    let fitted = drawn.fit(drawn.behaviour());
    let best = drawn.value(fitted.shape);
    for max_times in 1..=6 {
        for half_life_days in [1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 40.0, 80.0, 160.0] {
            let other = Shape { max_times, half_life_days: Some(half_life_days) };
            assert!(drawn.value(other) <= best + 1e-3, "{other:?} beats {:?}", fitted.shape);
        }
    }
    // The ends are where twice the log-likelihood, at the best number of times there, is 3.84 below.
    let Some(Decay::Estimated(ends)) = fitted.decay else { panic!("{fitted:?}") };
    let profile = |half_life: f64| {
        let of = |max_times| drawn.value(Shape { max_times, half_life_days: Some(half_life) });
        (1..=6).map(of).fold(f64::NEG_INFINITY, f64::max)
    };
    for days in ends {
        let below = best - profile(days);
        assert!((below - CHI_SQUARED_95).abs() < 0.2, "{days}: {below}");
    }
    // So it is with the numbers of times, each at its best half-life.
    let times = fitted.max_times_interval.expect("estimated");
    for max_times in 1..=6 {
        let of =
            |step: i32| drawn.value(Shape { max_times, half_life_days: Some(2.0_f64.powf(f64::from(step) / 8.0)) });
        let below = best - (0..60).map(of).fold(f64::NEG_INFINITY, f64::max);
        let inside = times.low <= max_times && times.high.is_none_or(|high| max_times <= high);
        assert!(
            if inside { below < CHI_SQUARED_95 + 0.1 } else { below > CHI_SQUARED_95 - 0.1 },
            "{max_times}: {below}"
        );
    }
}

#[test]
fn what_is_given_is_kept() {
    let drawn = draw(World { each: 0.9, max_times: 3, half_life: Some(10.0) }, 1_000, 3);
    let given = Behaviour { max_times: Some(2), half_life: HalfLife::Days(21.0), ..drawn.behaviour() };
    let fitted = drawn.fit(given);
    assert_eq!(fitted.shape, Shape { max_times: 2, half_life_days: Some(21.0) });
    assert_eq!((fitted.max_times_interval, fitted.decay), (None, None));
    let fitted = drawn.fit(Behaviour { half_life: HalfLife::None, ..drawn.behaviour() });
    assert_eq!((fitted.shape.half_life_days, fitted.decay), (None, None));
}

#[test]
fn data_that_cannot_tell_say_so() {
    let drawn = draw(World { each: 0.0, max_times: 3, half_life: None }, 1_500, 5);
    let fitted = drawn.fit(drawn.behaviour());
    assert_eq!(fitted.decay, Some(Decay::Undetermined), "{fitted:?}");
    assert_eq!(fitted.shape.half_life_days, None);
    assert!(holds(fitted.log_odds_each.interval, 0.0), "{fitted:?}");
}

#[test]
fn the_order_of_the_rows_does_not_matter() {
    let drawn = draw(World { each: 0.8, max_times: 4, half_life: Some(14.0) }, 800, 11);
    let backward: Vec<usize> = (0..800).rev().collect();
    let mut occurrences = Occurrences { first: vec![0], ages: Vec::new() };
    for &row in &backward {
        occurrences.ages.extend(drawn.occurrences.of(row));
        occurrences.first.push(occurrences.ages.len());
    }
    let turned = Drawn {
        others: drawn.others.clone(),
        pattern_of: backward.iter().map(|&row| drawn.pattern_of[row]).collect(),
        converted: backward.iter().map(|&row| drawn.converted[row]).collect(),
        occurrences,
    };
    assert_eq!(drawn.fit(drawn.behaviour()), turned.fit(turned.behaviour()));
}
