use leadcal_lift::attribute::{Attribute, FieldType, Input, Level, Scalar, When};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::fit::LogitParams;

/// A world: what one event adds, how many count, after how many days one is worth half.
#[derive(Clone, Copy)]
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
        let params = LogitParams::new().check().expect("valid");
        fit_repeats(rows, &[behaviour], 90, &params).expect("fitted")[0]
    }

    /// Twice the greatest log-likelihood at a shape, by the ordinary fit.
    fn value(&self, shape: Shape) -> f64 {
        let mut attributes = self.others.attributes().to_vec();
        attributes.push(shape.attribute("x"));
        let codes = shape.codes(&self.occurrences);
        let table = CovariatePatterns::from_rows(attributes, &self.converted, |row| {
            [self.others.codes(self.pattern_of[row] as usize)[0], codes[row]].into_iter()
        });
        let patterns = table.patterns.with_values(1, shape.numbers());
        -2.0 * LogitParams::new().check().expect("valid").fit(&patterns).expect("fitted").objective()
    }
}

fn holds(interval: [f64; 2], x: f64) -> bool {
    interval[0] <= x && x <= interval[1]
}

#[test]
fn the_truth_lies_within_the_intervals() {
    let worlds = [
        World { each: 0.8, max_times: 4, half_life: Some(14.0) },
        World { each: 0.7, max_times: 2, half_life: None },
        World { each: -0.9, max_times: 1, half_life: None },
        World { each: 0.5, max_times: 6, half_life: Some(30.0) },
    ];
    for (seed, world) in (0..).zip(worlds) {
        let drawn = draw(world, 6_000, seed);
        let fitted = drawn.fit(drawn.behaviour());
        assert!(holds(fitted.log_odds_each.interval, world.each), "{fitted:?}");
        let times = fitted.max_times_interval.expect("estimated");
        assert!(times.low <= world.max_times && times.high.is_none_or(|high| world.max_times <= high), "{fitted:?}");
        match (world.half_life, fitted.decay.expect("estimated")) {
            (Some(days), Decay::Estimated(interval)) => assert!(holds(interval, days), "{fitted:?}"),
            (None, Decay::NotShown(from)) => assert!(from > 20.0 && fitted.shape.half_life_days.is_none()),
            (_, decay) => panic!("seed {seed}: {decay:?}"),
        }
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
            assert!(drawn.value(other) <= best + 0.05, "{other:?} beats {:?}", fitted.shape);
        }
    }
    // The ends are where twice the log-likelihood is 3.84 below.
    let Some(Decay::Estimated(ends)) = fitted.decay else { panic!("{fitted:?}") };
    for days in ends {
        let end = drawn.value(Shape { half_life_days: Some(days), ..fitted.shape });
        assert!((best - end - CHI_SQUARED_95).abs() < 0.3, "{days}: {}", best - end);
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
