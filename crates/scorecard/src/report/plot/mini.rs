//! Small plots of one row of a table: they have no text of their own, as the row's figures stand beside them.

use super::{Scale, line, rectangle};
use crate::report::markup::{Element, element};

const SIZE: [f64; 2] = [240.0, 24.0];
const MIDDLE: f64 = 12.0;

/// The scale of all bars of a table.
pub(in super::super) fn scale(values: impl IntoIterator<Item = f64>) -> Scale {
    let (low, high) = values.into_iter().fold((0.0_f64, 0.0_f64), |(low, high), x| (low.min(x), high.max(x)));
    let room = 0.04 * (high - low).max(1.0);
    Scale::new([low - room, high + room], [0.0, SIZE[0]])
}

/// Points as a bar from 0, and their interval as a line with ends; cut off where it leaves the scale.
pub(in super::super) fn bar(scale: &Scale, points: f64, [low, high]: [f64; 2], conclusive: bool) -> Element {
    let (zero, end) = (scale.at(0.0), scale.at(points));
    let class = match (conclusive, points < 0.0) {
        (false, _) => "weak",
        (true, true) => "minus",
        (true, false) => "plus",
    };
    let mut drawn = vec![
        rectangle([zero.min(end), 5.0], [(end - zero).abs(), 14.0]).class(class),
        line("whisker", [scale.at(low), MIDDLE], [scale.at(high), MIDDLE]),
    ];
    for end in [low, high].into_iter().filter(|end| scale.holds(*end)) {
        drawn.push(line("whisker", [scale.at(end), 8.0], [scale.at(end), 16.0]));
    }
    drawn.push(line("zero", [zero, 0.0], [zero, SIZE[1]]));
    svg(drawn)
}

/// Two values on one line: a hollow and a filled mark.
pub(in super::super) fn dumbbell(scale: &Scale, alone: f64, beside: f64) -> Element {
    let (from, to, zero) = (scale.at(alone), scale.at(beside), scale.at(0.0));
    let drawn = vec![
        line("zero", [zero, 0.0], [zero, SIZE[1]]),
        line("between", [from, MIDDLE], [to, MIDDLE]),
        rectangle([from - 4.0, MIDDLE - 6.0], [8.0, 12.0]).class("alone"),
        rectangle([to - 4.0, MIDDLE - 6.0], [8.0, 12.0]).class("beside"),
    ];
    svg(drawn)
}

/// Stretched to the width of its cell.
fn svg(content: Vec<Element>) -> Element {
    element("svg")
        .class("mini")
        .attr("viewBox", format!("0 0 {} {}", SIZE[0], SIZE[1]))
        .attr("preserveAspectRatio", "none")
        .attr("aria-hidden", "true")
        .children(content)
}
