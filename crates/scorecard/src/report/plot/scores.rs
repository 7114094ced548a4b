//! The scores of the calibration leads by outcome, above the bands.

use leadcal_lift::points::PointsTable;

use super::{Plot, Scale, line, px, rectangle, text, tick_label};
use crate::config::Model;
use crate::cut_offs::clamped_scores;
use crate::report::markup::{Element, element};

const SIZE: [f64; 2] = [860.0, 320.0];
const LEFT: f64 = 16.0;
const TOP: f64 = 40.0;
const RIGHT: f64 = 844.0;
const BOTTOM: f64 = 276.0;
/// Bars at most.
const BARS: f64 = 84.0;

/// Bars up for those that converted, down for the others, each as shares of their own number.
pub(in super::super) fn plot(id: String, points: &PointsTable, model: &Model) -> Plot {
    let (least, most) = (model.range.min, model.range.max);
    let width = ((most - least + 1.0) / BARS).ceil().max(1.0);
    let x = Scale::new([least, most + 1.0], [LEFT, RIGHT]);
    let bins = bins(points, least, width);
    let others = (points.leads - points.conversions).max(1) as f64;
    let converted = points.conversions.max(1) as f64;
    let shares = bins.iter().map(|bin| [bin.1 as f64 / converted, (bin.0 - bin.1) as f64 / others]);
    let shares: Vec<[f64; 2]> = shares.collect();
    let highest = shares.iter().flatten().copied().fold(1e-9, f64::max);
    let middle = f64::midpoint(TOP, BOTTOM);
    let height = |share: f64| share / highest * (middle - TOP - 6.0);

    let mut content = zones(model, &x);
    for (at, [up, down]) in shares.iter().enumerate() {
        let from = least + width * at as f64;
        let (left, right) = (x.at(from), x.at(from + width));
        let size = |share: f64| [(right - left - 1.0).max(0.6), height(share)];
        if *up > 0.0 {
            content.push(rectangle([left, middle - height(*up)], size(*up)).class("converted"));
        }
        if *down > 0.0 {
            content.push(rectangle([left, middle], size(*down)).class("others"));
        }
    }
    content.push(line("axis", [LEFT, middle], [RIGHT, middle]));
    for tick in Scale::new([least, most], [0.0, 1.0]).ticks(10) {
        let at = x.at(tick + 0.5);
        content.push(line("grid", [at, BOTTOM], [at, BOTTOM + 5.0]));
        content.push(text([at, BOTTOM + 19.0], "middle", &tick_label(tick)).class("tick"));
    }
    content.push(text([f64::midpoint(LEFT, RIGHT), BOTTOM + 37.0], "middle", "score").class("name"));
    content.push(text([LEFT + 6.0, TOP + 14.0], "start", "\u{2191} converted").class("key"));
    content.push(text([LEFT + 6.0, BOTTOM - 8.0], "start", "\u{2193} did not convert").class("key"));
    Plot {
        id,
        title: "Scores of leads that converted and of those that did not".to_owned(),
        about: "Upwards the leads that converted, downwards the others, each as a share of all of their kind; the bands behind them."
            .to_owned(),
        size: SIZE,
        content,
    }
}

/// Leads and conversions of each bar, from the least score on.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a score in the range, by bars of 1 or more"
)]
fn bins(points: &PointsTable, least: f64, width: f64) -> Vec<(u64, u64)> {
    let mut bins = Vec::new();
    for (score, leads, conversions) in clamped_scores(points) {
        let at = ((score - least).max(0.0) / width) as usize;
        if bins.len() <= at {
            bins.resize(at + 1, (0, 0));
        }
        bins[at] = (bins[at].0 + leads, bins[at].1 + conversions);
    }
    bins
}

/// The bands as areas, each with its name above where there is room, and a line at each cut-off.
fn zones(model: &Model, x: &Scale) -> Vec<Element> {
    let mut drawn = Vec::new();
    let ends = model.bands.iter().skip(1).map(|band| band.from).chain([f64::INFINITY]);
    for (at, (band, end)) in model.bands.iter().zip(ends).enumerate() {
        let (left, right) = (x.at(band.from), x.at(end));
        let opacity = 0.1 + 0.9 * (at as f64 / (model.bands.len() as f64 - 1.0).max(1.0));
        let zone = rectangle([left, TOP], [right - left, BOTTOM - TOP]).class("zone");
        drawn.push(zone.attr("fill-opacity", px(opacity)));
        if right - left > 7.0 * band.name.chars().count() as f64 + 8.0 {
            drawn.push(text([left + 6.0, TOP - 10.0], "start", &band.name).class("key"));
        }
        if at > 0 {
            drawn.push(element("g").child(line("cut", [left, TOP - 26.0], [left, BOTTOM])));
        }
    }
    drawn
}
