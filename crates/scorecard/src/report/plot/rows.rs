//! Plots of one line a level, with the level's name at the left and its figures at the right: a table's small plots as one file.

use super::{Plot, Scale, line, rectangle, text};
use crate::report::markup::Element;

const WIDTH: f64 = 820.0;
const ROW: f64 = 26.0;
const TOP: f64 = 12.0;
const LEFT: f64 = 230.0;
const RIGHT: f64 = 590.0;
/// Letters of a level's name, at most; the whole name is in the table.
const LETTERS: usize = 32;

/// What a line shows.
pub(in super::super) enum Shown {
    /// Points with their interval, and whether they are conclusive.
    Bar { points: f64, interval: [f64; 2], conclusive: bool },
    /// An effect alone and beside the others.
    Dumbbell { alone: f64, beside: f64 },
}

/// A line of a plot.
pub(in super::super) struct Line {
    pub(in super::super) label: String,
    pub(in super::super) shown: Shown,
    pub(in super::super) figures: String,
}

pub(in super::super) fn plot(id: String, title: String, about: String, lines: &[Line]) -> Plot {
    let values = lines.iter().flat_map(|line| match line.shown {
        // An interval of few leads would make all others small.
        Shown::Bar { points, interval, conclusive } if conclusive => [points, interval[0], interval[1]],
        Shown::Bar { points, .. } => [points; 3],
        Shown::Dumbbell { alone, beside } => [alone, beside, beside],
    });
    let (low, high) = values.fold((0.0_f64, 0.0_f64), |(low, high), x| (low.min(x), high.max(x)));
    let room = 0.05 * (high - low).max(1e-6);
    let scale = Scale::new([low - room, high + room], [LEFT, RIGHT]);
    let height = TOP + ROW * lines.len() as f64 + 12.0;
    let zero = scale.at(0.0);
    let mut content = vec![line("zero", [zero, TOP - 6.0], [zero, height - 8.0])];
    for (at, of) in lines.iter().enumerate() {
        let y = TOP + ROW * (at as f64 + 0.5);
        content.push(text([LEFT - 14.0, y + 4.5], "end", &shortened(&of.label)));
        content.extend(marks(&of.shown, &scale, y));
        content.push(text([RIGHT + 14.0, y + 4.5], "start", &of.figures).class("tick"));
    }
    Plot { id, title, about, size: [WIDTH, height], content }
}

fn marks(shown: &Shown, scale: &Scale, y: f64) -> Vec<Element> {
    match *shown {
        Shown::Bar { points, interval: [low, high], conclusive } => {
            let (zero, end) = (scale.at(0.0), scale.at(points));
            let class = match (conclusive, points < 0.0) {
                (false, _) => "weak",
                (true, true) => "minus",
                (true, false) => "plus",
            };
            let mut marks = vec![rectangle([zero.min(end), y - 7.0], [(end - zero).abs(), 14.0]).class(class)];
            marks.push(line("whisker", [scale.at(low), y], [scale.at(high), y]));
            let ends = [low, high].into_iter().filter(|end| scale.holds(*end));
            marks.extend(ends.map(|end| line("whisker", [scale.at(end), y - 4.0], [scale.at(end), y + 4.0])));
            marks
        }
        Shown::Dumbbell { alone, beside } => {
            let (from, to) = (scale.at(alone), scale.at(beside));
            let mark = |x: f64| rectangle([x - 5.0, y - 5.0], [10.0, 10.0]);
            vec![line("between", [from, y], [to, y]), mark(from).class("alone"), mark(to).class("beside")]
        }
    }
}

fn shortened(label: &str) -> String {
    if label.chars().count() <= LETTERS {
        return label.to_owned();
    }
    label.chars().take(LETTERS - 1).chain(['\u{2026}']).collect()
}
