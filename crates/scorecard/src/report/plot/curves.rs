//! ROC, gains and calibration: points and model, on leads held out and on later ones.

use leadcal_logit::validation::Validation;

use super::{Axes, Plot, line, path, rectangle, text};
use crate::curves::Curves;
use crate::report::markup::{Element, element};
use crate::report::words::{percent, whole_percent};

const SIZE: [f64; 2] = [380.0, 360.0];

/// The share of the leads at which gains are told.
const FIFTH: f64 = 0.2;

/// Curves with the name of what they are of, and the class that draws them.
pub(in super::super) struct Named<'a> {
    pub(in super::super) name: &'static str,
    pub(in super::super) class: &'static str,
    pub(in super::super) curves: &'a Curves,
    /// On leads held out.
    pub(in super::super) auc: f64,
}

impl<'a> Named<'a> {
    pub(in super::super) fn points(curves: &'a Curves, validation: &Validation) -> Self {
        Self { name: "points", class: "of-points", curves, auc: validation.auc }
    }
}

pub(in super::super) fn roc(all: &[Named<'_>]) -> Plot {
    let axes = Axes::new(SIZE, [0.0, 1.0], [0.0, 1.0]);
    let names = ["share of the leads that did not convert", "share of the conversions"];
    let mut content = axes.drawn(names, whole_percent, whole_percent);
    content.push(line("chance", axes.at([0.0, 0.0]), axes.at([1.0, 1.0])));
    content.extend(all.iter().map(|of| path(of.class, of.curves.roc.iter().map(|of| axes.at(*of)))));
    content.extend(legend(&axes, all, |of| format!("{} {:.3}", of.name, of.auc)));
    let of: Vec<String> = all.iter().map(|of| format!("{} {:.3}", of.name, of.auc)).collect();
    Plot {
        id: "roc".to_owned(),
        title: "ROC: how well scores rank".to_owned(),
        about: format!(
            "Share of conversions against share of other leads above each cut-off. Area under the curve: {}; 0.5 is chance.",
            of.join("; ")
        ),
        size: SIZE,
        content,
    }
}

pub(in super::super) fn gains(all: &[Named<'_>]) -> Plot {
    let axes = Axes::new(SIZE, [0.0, 1.0], [0.0, 1.0]);
    let mut content =
        axes.drawn(["best share of the leads by score", "share of the conversions"], whole_percent, whole_percent);
    content.push(line("chance", axes.at([0.0, 0.0]), axes.at([1.0, 1.0])));
    content.push(line("chance", axes.at([FIFTH, 0.0]), axes.at([FIFTH, 1.0])));
    content.extend(all.iter().map(|of| path(of.class, of.curves.gains.iter().map(|of| axes.at(*of)))));
    let fifth = |of: &Named<'_>| whole_percent(at(&of.curves.gains, FIFTH));
    content.extend(legend(&axes, all, |of| format!("{} {}", of.name, fifth(of))));
    let of: Vec<String> = all.iter().map(|of| format!("{} {}", of.name, fifth(of))).collect();
    Plot {
        id: "gains".to_owned(),
        title: "Gains: conversions among the best leads".to_owned(),
        about: format!("Share of all conversions among the best 20 % of the leads by score: {}.", of.join("; ")),
        size: SIZE,
        content,
    }
}

pub(in super::super) fn calibration(all: &[Named<'_>]) -> Plot {
    let bins = || all.iter().flat_map(|of| &of.curves.calibration);
    let most = bins().map(|bin| bin.predicted.max(bin.conversions as f64 / bin.leads as f64)).fold(0.0, f64::max);
    let most = (1.08 * most).clamp(0.01, 1.0);
    let label = if most < 0.05 { percent } else { whole_percent };
    let axes = Axes::new(SIZE, [0.0, most], [0.0, most]);
    let mut content = axes.drawn(["predicted rate", "rate that came true"], label, label);
    content.push(line("chance", axes.at([0.0, 0.0]), axes.at([most, most])));
    for of in all {
        let rate = |at: usize| of.curves.calibration[at].conversions as f64 / of.curves.calibration[at].leads as f64;
        let places = of.curves.calibration.iter().enumerate().map(|(at, bin)| axes.at([bin.predicted, rate(at)]));
        let places: Vec<[f64; 2]> = places.collect();
        for (place, bin) in places.iter().zip(&of.curves.calibration) {
            let [low, high] = bin.interval.map(|end| axes.y.at(end));
            content.push(line("whisker", [place[0], low], [place[0], high]));
        }
        if !places.is_empty() {
            content.push(path(of.class, places.iter().copied()));
        }
        content.extend(places.iter().map(|place| mark(of.class, *place)));
    }
    content.extend(legend(&axes, all, |of| of.name.to_owned()));
    Plot {
        id: "calibration".to_owned(),
        title: "Calibration: does what is predicted come true?".to_owned(),
        about: "Ten bins of leads by their predicted rate; on the diagonal the prediction is right.".to_owned(),
        size: SIZE,
        content,
    }
}

/// Points are squares, the model's marks are round.
fn mark(class: &'static str, [x, y]: [f64; 2]) -> Element {
    let mark = rectangle([x - 4.0, y - 4.0], [8.0, 8.0]).class(&format!("mark {class}"));
    if class.starts_with("of-points") { mark } else { mark.attr("rx", 4) }
}

/// In the lower right, where these curves are not.
fn legend(axes: &Axes, all: &[Named<'_>], label: impl Fn(&Named<'_>) -> String) -> Vec<Element> {
    let [_, _, right, bottom] = axes.area();
    let mut drawn = Vec::new();
    for (index, of) in all.iter().rev().enumerate() {
        let y = bottom - 16.0 - 19.0 * index as f64;
        let label = text([right - 40.0, y + 4.0], "end", &label(of)).class("key");
        drawn.push(element("g").child(label).child(path(of.class, [[right - 34.0, y], [right - 4.0, y]])));
    }
    drawn
}

/// The height of a curve at a place.
pub(in super::super) fn at(curve: &[[f64; 2]], x: f64) -> f64 {
    curve.iter().find(|place| place[0] >= x - 1e-9).map_or(0.0, |place| place[1])
}
