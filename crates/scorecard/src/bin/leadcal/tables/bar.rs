//! Bars of block characters: from the left where nothing is negative, else to both sides of an axis.

use crate::terminal::Look;

/// The scale of a column's bars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    /// Over all bars and zero; `None` where there is no bar of any length.
    pub(super) fn over(bars: impl Iterator<Item = [f64; 2]>) -> Option<Self> {
        let finite = bars.flatten().filter(|end| end.is_finite());
        let (low, high) = finite.fold((0.0_f64, 0.0_f64), |(low, high), end| (low.min(end), high.max(end)));
        (high > low).then_some(Self { low, high })
    }

    /// A bar in so many columns, coloured by sign. It ends without blanks.
    pub(super) fn draw(self, [from, to]: [f64; 2], columns: usize) -> String {
        let (from, to) = (from.max(self.low), to.min(self.high));
        if self.low >= 0.0 {
            return Look::Positive.on(&rightward(to / self.high, columns, &EIGHTHS));
        }
        // One column is the axis.
        let unit = (self.high - self.low) / columns.saturating_sub(1).max(1) as f64;
        let left = whole((-self.low / unit).round()).min(columns.saturating_sub(1));
        let negative = leftward((-from).max(0.0) / unit, left);
        let right = columns.saturating_sub(1 + left);
        let positive = rightward(to.max(0.0) / (unit * right.max(1) as f64), right, &HALVES);
        let blanks = " ".repeat(left - negative.chars().count());
        format!("{blanks}{}│{}", Look::Negative.on(&negative), Look::Positive.on(&positive))
    }
}

const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
/// To the left only halves can be drawn, so that to the right none finer are.
const HALVES: [char; 2] = ['▌', '█'];

/// A share of some columns from the left, in parts of a column. What is more than nothing shows.
fn rightward(share: f64, columns: usize, parts: &[char]) -> String {
    let most = columns * parts.len();
    let filled = whole((share * most as f64).round()).max(usize::from(share > 0.0)).min(most);
    let (full, rest) = (filled / parts.len(), filled % parts.len());
    let mut bar = parts[parts.len() - 1].to_string().repeat(full);
    bar.extend((rest > 0).then(|| parts[rest - 1]));
    bar
}

/// So many columns leftward, in halves.
fn leftward(length: f64, columns: usize) -> String {
    let halves = whole((length * 2.0).round()).max(usize::from(length > 0.0)).min(columns * 2);
    let half = if halves % 2 == 1 { "▐" } else { "" };
    format!("{half}{}", "█".repeat(halves / 2))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of columns: small, none below 0")]
fn whole(number: f64) -> usize {
    number.max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::{columns_of, plain};

    fn drawn(all: &[f64], value: f64, columns: usize) -> String {
        let scale = Scale::over(all.iter().map(|&x| [x.min(0.0), x.max(0.0)])).expect("a scale");
        plain(&scale.draw([value.min(0.0), value.max(0.0)], columns))
    }

    #[test]
    fn shares_are_drawn_in_eighths() {
        let of = |value| drawn(&[0.5, 0.25], value, 4);
        assert_eq!(["████", "██", "▏", ""], [0.5, 0.25, 0.001, 0.0].map(of).each_ref().map(String::as_str));
        assert_eq!(of(0.5 * 17.0 / 32.0), "██▏");
    }

    #[test]
    fn signs_go_to_both_sides_of_an_axis() {
        let of = |value| drawn(&[-4.0, 6.0], value, 11);
        assert_eq!(of(6.0), "    │██████");
        assert_eq!(of(-4.0), "████│");
        assert_eq!(of(-1.5), "  ▐█│");
        assert_eq!(of(2.5), "    │██▌");
        assert_eq!(of(0.0), "    │");
        // Only negative ones, and one that crosses the axis.
        assert_eq!(drawn(&[-2.0], -1.0, 5), "  ██│");
        let scale = Scale::over([[-4.0, 6.0]].into_iter()).expect("a scale");
        assert_eq!(plain(&scale.draw([-2.0, 3.0], 11)), "  ██│███");
    }

    #[test]
    fn no_bar_is_wider_than_its_columns() {
        for low in [-9.0, -1.0, -0.01, 0.0] {
            for high in [0.0, 0.02, 1.0, 30.0] {
                let Some(scale) = Scale::over([[low, high]].into_iter()) else { continue };
                for columns in 1..30 {
                    assert!(columns_of(&scale.draw([low, high], columns)) <= columns, "{low} {high} {columns}");
                }
            }
        }
        assert_eq!(Scale::over([[0.0, 0.0], [f64::NAN, 0.0]].into_iter()), None);
    }
}
