//! What repetitions of a behaviour are worth, and how an event's worth fades.

use leadcal_lift::patterns::{Decay, Repeats};
use leadcal_lift::points::{PointsAttribute, PointsEach};

use super::{Axes, Plot, line, path, rectangle, tick_label};
use crate::report::words::{percent, signed, whole_percent};

const SIZE: [f64; 2] = [380.0, 260.0];
/// Places of a curve of decay.
const PLACES: u32 = 60;

/// The conversion rate by how often it happened, with intervals.
pub(in super::super) fn rates(id: String, attribute: &PointsAttribute, rate: f64) -> Plot {
    let times: Vec<(f64, f64, [f64; 2])> = counted(attribute)
        .into_iter()
        .map(|(times, leads, conversions)| {
            let [a, b] = [conversions as f64 + 0.5, (leads - conversions) as f64 + 0.5];
            (times, conversions as f64 / leads as f64, leadcal_lift::beta::interval(a, b, 0.95))
        })
        .collect();
    let most = times.iter().map(|(times, ..)| *times).fold(1.0, f64::max);
    // An interval of few leads would make all others small.
    let highest = times.iter().map(|(_, rate, [_, high])| (2.0 * rate).min(*high).max(*rate)).fold(rate, f64::max);
    let axes = Axes::new(SIZE, [-0.4, most + 0.4], [0.0, (1.05 * highest).min(1.0)]);
    let label = if highest < 0.05 { percent } else { whole_percent };
    let times_label = |tick: f64| if tick.fract().abs() < 1e-9 { tick_label(tick) } else { String::new() };
    let mut content = axes.drawn(["times it happened", "conversion rate"], times_label, label);
    let [left, _, right, _] = axes.area();
    content.push(line("chance", [left, axes.y.at(rate)], [right, axes.y.at(rate)]));
    for (times, rate, [low, high]) in times {
        let [x, y] = axes.at([times, rate]);
        content.push(line("whisker", [x, axes.y.at(low)], [x, axes.y.at(high)]));
        content.push(rectangle([x - 4.0, y - 4.0], [8.0, 8.0]).class("mark of-points"));
    }
    Plot {
        id,
        title: format!("{}: rate by repetitions", attribute.name),
        about: "Rate of the leads by how often it happened, with 95 % intervals; the dashed line is the overall rate."
            .to_owned(),
        size: SIZE,
        content,
    }
}

/// Leads and conversions by times, those of a fading behaviour by whole numbers of what is left of them.
pub(in super::super) fn counted(attribute: &PointsAttribute) -> Vec<(f64, u64, u64)> {
    let mut counted: Vec<(f64, u64, u64)> = Vec::new();
    for level in attribute.levels.iter().filter(|level| level.evidence.leads > 0) {
        let times = level.number.unwrap_or(0.0).ceil();
        let (leads, conversions) = (level.evidence.leads, level.evidence.conversions);
        match counted.last_mut() {
            Some(last) if last.0.to_bits() == times.to_bits() => *last = (times, last.1 + leads, last.2 + conversions),
            _ => counted.push((times, leads, conversions)),
        }
    }
    counted
}

/// Points of one event by its age, between those of the half-lives that fit the data as well.
pub(in super::super) fn decay(
    id: String,
    attribute: &PointsAttribute,
    each: PointsEach,
    repeats: &Repeats,
    half_life: f64,
) -> Plot {
    let points = each.points as f64;
    let window = f64::from(repeats.window_days);
    let [low, high] = [points.min(0.0), points.max(0.0)];
    let axes = Axes::new(SIZE, [0.0, window], if high > low { [low, high] } else { [0.0, 1.0] });
    let mut content = axes.drawn(["age of the event in days", "points"], tick_label, tick_label);
    let curve = |half_life: f64| -> Vec<[f64; 2]> {
        let ages = (0..=PLACES).map(|at| f64::from(at) / f64::from(PLACES) * window);
        ages.map(|age| axes.at([age, points * (-age / half_life).exp2()])).collect()
    };
    if let Some(Decay::Estimated([short, long])) = repeats.decay {
        let back = curve(long);
        content.push(path("between-curves", curve(short).into_iter().chain(back.into_iter().rev())));
    }
    content.push(path("of-points", curve(half_life)));
    if half_life <= window {
        let [x, y] = axes.at([half_life, points / 2.0]);
        let [_, _, _, bottom] = axes.area();
        content.push(line("chance", [x, y], [x, bottom]));
        content.push(rectangle([x - 4.0, y - 4.0], [8.0, 8.0]).class("mark of-points"));
    }
    Plot {
        id,
        title: format!("{}: points by age", attribute.name),
        about: format!(
            "{} points at first, half of them after {half_life:.1} days; none after {window} days.",
            signed(each.points)
        ),
        size: SIZE,
        content,
    }
}
