//! From data to places, and the round numbers that an axis is labelled with.

/// A straight line from a stretch of numbers to a stretch of places.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Scale {
    from: [f64; 2],
    to: [f64; 2],
}

impl Scale {
    /// A stretch of no length is given one.
    pub(in super::super) fn new(from: [f64; 2], to: [f64; 2]) -> Self {
        let [low, high] = from;
        let from = if high > low && (high - low).is_finite() { from } else { [low - 1.0, low + 1.0] };
        Self { from, to }
    }

    /// The place of a number; beyond the ends, the end.
    pub(in super::super) fn at(&self, x: f64) -> f64 {
        let share = ((x - self.from[0]) / (self.from[1] - self.from[0])).clamp(0.0, 1.0);
        self.to[0] + share * (self.to[1] - self.to[0])
    }

    pub(in super::super) fn holds(&self, x: f64) -> bool {
        (self.from[0]..=self.from[1]).contains(&x)
    }

    /// About so many round numbers within the stretch: multiples of 1, 2 or 5 times a power of ten.
    pub(in super::super) fn ticks(&self, about: u32) -> Vec<f64> {
        let rough = (self.from[1] - self.from[0]) / f64::from(about.max(1));
        let power = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|of| of * power).into_iter().find(|step| *step >= rough * (1.0 - 1e-9));
        let step = step.unwrap_or(10.0 * power);
        let first = (self.from[0] / step - 1e-9).ceil();
        let ticks = (0..=2 * about + 2).map(|index| (first + f64::from(index)) * step);
        // Plus 0, so that none is -0.
        ticks.take_while(|tick| *tick <= self.from[1] + 1e-9 * step).map(|tick| tick + 0.0).collect()
    }
}

/// A tick in as few digits as tell it from its neighbours.
pub(in super::super) fn tick_label(tick: f64) -> String {
    let text = format!("{tick:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        let check = |from: [f64; 2], expected: &[&str]| {
            let ticks = Scale::new(from, [0.0, 1.0]).ticks(5);
            assert_eq!(ticks.into_iter().map(tick_label).collect::<Vec<_>>(), expected, "{from:?}");
        };
        check([0.0, 1.0], &["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        check([-13.0, 47.0], &["0", "20", "40"]);
        check([0.0, 0.07], &["0", "0.02", "0.04", "0.06"]);
        check([3.0, 3.0], &["2", "2.5", "3", "3.5", "4"]);
    }

    #[test]
    fn places_stay_between_the_ends() {
        let scale = Scale::new([0.0, 10.0], [100.0, 200.0]);
        for (x, place) in [(-5.0, 100.0), (0.0, 100.0), (5.0, 150.0), (20.0, 200.0)] {
            assert!((scale.at(x) - place).abs() < 1e-12);
        }
        let down = Scale::new([0.0, 1.0], [50.0, 0.0]);
        assert!((down.at(0.25) - 37.5).abs() < 1e-12);
    }
}
