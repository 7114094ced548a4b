//! Bands and stages that no lead can reach, whatever it is and does.

use leadcal_lift::attribute::When;
use leadcal_lift::signals::SignalKind;

use super::{Code, Linted, Report};
use crate::config::{Behaviour, Model, ScoredAttribute};

/// Bands and stages outside of what scores can be.
pub(super) fn reach(linted: &Linted<'_>, report: &mut Report) {
    let Linted { model, pointer, .. } = linted;
    let [lowest, highest] = scores(model);
    for (at, band) in model.bands.iter().enumerate() {
        let next = model.bands.get(at + 1).map(|band| band.from);
        let pointer = format!("{pointer}/bands/{at}/from");
        if band.from > highest {
            let message = format!("band {} begins at {}, but no score is above {highest}", band.name, band.from);
            let remedy = "lower it, or raise what keeps scores down: the range, the limits of the groups, the points";
            report.found(Code::UnreachableBand, pointer, linted.says(&message), remedy);
        } else if let Some(next) = next.filter(|next| *next <= lowest) {
            let message = format!("band {} ends below {next}, but no score is below {lowest}", band.name);
            report.found(
                Code::UnreachableBand,
                pointer,
                linted.says(&message),
                "drop it, or raise where the next one begins",
            );
        }
    }
    for (at, stage) in model.stages.iter().enumerate().filter(|(_, stage)| stage.from > highest) {
        let message = format!("stage {} begins at {}, but no score is above {highest}", stage.name, stage.from);
        let remedy = "lower it, or raise what keeps scores down: the range, the limits of the groups, the points";
        report.found(Code::UnreachableStage, format!("{pointer}/stages/{at}/from"), linted.says(&message), remedy);
    }
}

/// The lowest and highest score that any lead could have.
fn scores(model: &Model) -> [f64; 2] {
    let mut raw = [model.base_points; 2];
    for group in &model.groups {
        let in_group = |name: &str| name == group.name;
        let attributes = model.attributes.iter().filter(|part| in_group(&part.group)).map(of_attribute);
        let behaviours = model.behaviours.iter().filter(|part| in_group(&part.group)).map(of_behaviour);
        let signals = model.signals.iter().filter(|part| in_group(&part.group)).map(|signal| {
            let times = match &signal.kind {
                SignalKind::FilledFields { fields } => fields.len() as f64,
                _ => 1.0,
            };
            with_nothing(signal.points * times)
        });
        let silence = model.inactivity.iter().filter(|silence| in_group(&silence.group)).map(|silence| {
            let steps = silence.steps.iter().map(|step| step.points);
            [steps.clone().fold(0.0, f64::min), steps.fold(0.0, f64::max)]
        });
        let parts = attributes.chain(behaviours).chain(signals).chain(silence);
        let sum = parts.fold([0.0, 0.0], |sum, part| [sum[0] + part[0], sum[1] + part[1]]);
        for (raw, sum) in raw.iter_mut().zip(sum) {
            *raw += sum.clamp(group.min, group.max);
        }
    }
    raw.map(|raw| raw.round().clamp(model.range.min, model.range.max))
}

/// Least and most points of an attribute; no level holds for some value unless one holds for all.
fn of_attribute(attribute: &ScoredAttribute) -> [f64; 2] {
    let points = attribute.levels.iter().map(|level| level.points);
    let any = attribute.levels.iter().any(|level| level.when == When::Otherwise);
    let start = if any { [f64::INFINITY, f64::NEG_INFINITY] } else { [0.0, 0.0] };
    [points.clone().fold(start[0], f64::min), points.fold(start[1], f64::max)]
}

/// Points of no event, and of as many as count.
fn of_behaviour(behaviour: &Behaviour) -> [f64; 2] {
    // The days of a window that begins within one.
    let days = behaviour.once_a_day.then(|| f64::from(behaviour.window_days) + 1.0);
    let times = behaviour.max_times.map_or(f64::INFINITY, f64::from).min(days.unwrap_or(f64::INFINITY));
    if behaviour.points_each == 0.0 { [0.0; 2] } else { with_nothing(behaviour.points_each * times) }
}

/// Points that may also not be given.
fn with_nothing(points: f64) -> [f64; 2] {
    [points.min(0.0), points.max(0.0)]
}
