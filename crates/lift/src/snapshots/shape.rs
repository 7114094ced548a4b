//! What repetitions of a behaviour are worth beside a single event: at most so many count, and older ones less.

use super::Occurrences;
use crate::attribute::{Attribute, Bound, FieldType, Input, Level, Scalar, When};
use crate::patterns::Repeats;

/// Levels of a decayed count for each 1: it is rounded to a sixteenth of an event.
const PARTS: u32 = 16;

/// How the events of a row add up to one number: the newest `max_times`, each 2^(-age / half-life).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// At most so many events count, the newest; at least 1.
    pub max_times: u32,
    /// Days after which an event is worth half; no decay where there is none.
    pub half_life_days: Option<f64>,
}

impl From<&Repeats> for Shape {
    fn from(repeats: &Repeats) -> Self {
        Self { max_times: repeats.max_times, half_life_days: repeats.half_life_days }
    }
}

impl Shape {
    /// What events of these ages in days, the newest first, add up to.
    #[inline]
    pub fn weight(&self, ages: &[f64]) -> f64 {
        let counted = ages.iter().take(self.max_times as usize);
        match self.half_life_days {
            None => counted.count() as f64,
            Some(half_life) => counted.map(|age| (-age / half_life).exp2()).sum(),
        }
    }

    /// The level of [`Self::attribute`] that events of these ages are in.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a weight is 0 to max_times")]
    pub fn code(&self, ages: &[f64]) -> u32 {
        (self.weight(ages) * self.parts()).round() as u32
    }

    /// The levels of every row.
    pub fn codes(&self, occurrences: &Occurrences) -> Vec<u32> {
        (0..occurrences.first.len() - 1).map(|row| self.code(occurrences.of(row))).collect()
    }

    /// The number that each level stands for: whole numbers of times, or sixteenths where they decay.
    pub fn numbers(&self) -> Vec<f64> {
        (0..=self.levels()).map(|level| f64::from(level) / self.parts()).collect()
    }

    /// The number as an attribute. A level holds what rounds to its number.
    pub fn attribute(&self, name: &str) -> Attribute {
        let levels = self.numbers().into_iter().enumerate().map(|(index, number)| {
            let last = index == self.levels() as usize;
            let half = 0.5 / self.parts();
            if self.half_life_days.is_none() {
                let times = if index == 1 { "time" } else { "times" };
                let (name, when) = if last {
                    (format!(">= {number} {times}"), When::Range { from: Some(Bound::Number(number)), below: None })
                } else {
                    (format!("{number} {times}"), When::In(vec![Scalar::Number(number)]))
                };
                return Level { name, when };
            }
            let from = (index > 0).then_some(Bound::Number(number - half));
            let below = (!last).then_some(Bound::Number(number + half));
            Level { name: format!("{number} times, decayed"), when: When::Range { from, below } }
        });
        let input = Input { field: name.to_owned(), kind: FieldType::Number, missing: Vec::new() };
        Attribute { name: name.to_owned(), input, levels: levels.collect() }
    }

    fn levels(&self) -> u32 {
        if self.half_life_days.is_some() { self.max_times * PARTS } else { self.max_times }
    }

    fn parts(&self) -> f64 {
        if self.half_life_days.is_some() { f64::from(PARTS) } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribute::{Encoder, Value};

    #[test]
    fn the_newest_count_and_older_ones_less() {
        let ages = [0.0, 7.0, 14.0, 80.0];
        let shape = |max_times, half_life_days| Shape { max_times, half_life_days };
        assert_eq!(shape(3, None).weight(&ages).to_bits(), 3.0_f64.to_bits());
        assert_eq!(shape(9, None).code(&ages), 4);
        assert!((shape(3, Some(7.0)).weight(&ages) - 1.75).abs() < 1e-12);
        assert_eq!(shape(3, Some(7.0)).code(&ages), 28);
        assert_eq!(shape(3, Some(7.0)).code(&[]), 0);
    }

    #[test]
    fn levels_are_those_of_their_numbers() {
        for shape in [Shape { max_times: 3, half_life_days: None }, Shape { max_times: 2, half_life_days: Some(9.0) }] {
            let attribute = shape.attribute("visits");
            let encoder = Encoder::new(&attribute);
            let numbers = shape.numbers();
            assert_eq!(attribute.levels.len(), numbers.len());
            for (level, number) in (0_u32..).zip(numbers) {
                assert_eq!(encoder.code(Value::Number(number)), Ok(Some(level)), "{number}");
            }
            assert!(
                attribute
                    .levels
                    .iter()
                    .enumerate()
                    .all(|(at, level)| { attribute.levels[..at].iter().all(|earlier| earlier.name != level.name) })
            );
        }
    }
}
