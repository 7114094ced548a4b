//! What a model is made of: points that take away, bands, silence; and how old the calibration is.

use leadcal_lift::attribute::days;

use super::{Code, LintOptions, Linted, Report};
use crate::backtest::scope::last_day;
use crate::config::{Model, ScoringConfig};

/// Days after which a calibration is old: a quarter, at its longest.
const QUARTER: f64 = 92.0;
/// How a month is written.
const MONTH: &str = "2024-03";
/// Days in a week.
const WEEK: f64 = 7.0;

/// Is the calibration more than a quarter old?
pub(super) fn stale(config: &ScoringConfig, options: &LintOptions, report: &mut Report) {
    let to = config.provenance.as_ref().and_then(|provenance| provenance.to.as_deref());
    let Some((to, last)) = to.and_then(|to| Some((to, last_day(to)?))) else {
        return report.not_looked_at(&[Code::Stale], "a provenance that says until when its leads came (\"to\")");
    };
    let Some(as_of) = options.as_of else {
        return report.not_looked_at(&[Code::Stale], "the day of which it is asked: --as-of");
    };
    let age = days(as_of) - last as f64;
    if age > QUARTER {
        let message = format!("calibrated on leads up to {to}, {age} days before {as_of}: more than a quarter ago");
        report.found(Code::Stale, "/provenance/to", message, "calibrate anew with the leads that came since");
    }
}

/// Could sales call every lead anyway?
pub(super) fn needed(config: &ScoringConfig, options: &LintOptions, report: &mut Report) {
    const NEEDS: &str =
        "leads a week and what sales can call: --capacity-per-week, and the provenance's leads, from and to";
    let provenance = config.provenance.as_ref();
    let leads_a_week = provenance.and_then(|provenance| {
        let [from, to] = [provenance.from.as_deref()?, provenance.to.as_deref()?];
        // A month begins on its first day.
        let first = if from.len() == MONTH.len() { last_day(&format!("{from}-01"))? } else { last_day(from)? };
        let weeks = (last_day(to)? - first + 1) as f64 / WEEK;
        (weeks > 0.0).then(|| provenance.leads.map(|leads| leads as f64 / weeks))?
    });
    match leads_a_week.zip(options.capacity_per_week) {
        None => report.not_looked_at(&[Code::ScoringNotNeeded], NEEDS),
        Some((leads, capacity)) => enough_calls(leads, capacity, report),
    }
}

/// Says so where sales can call all leads.
fn enough_calls(leads_a_week: f64, capacity: f64, report: &mut Report) {
    if capacity >= leads_a_week {
        let message =
            format!("{leads_a_week:.1} leads come in a week and sales can call {capacity}: every lead can be called");
        let remedy = "call them all, best first; a score decides nothing until there are more leads than calls";
        report.found(Code::ScoringNotNeeded, "", message, remedy);
    }
}

/// What a model has and has not.
pub(super) fn structure(linted: &Linted<'_>, report: &mut Report) {
    let Linted { model, pointer, .. } = linted;
    let points = all_points(model);
    let most = points.iter().copied().fold(0.0, f64::max);
    if most > 0.0 && points.iter().all(|points| *points >= 0.0) {
        let message = format!(
            "none of {} points is negative, the highest is +{most}: nothing speaks against a lead",
            points.len()
        );
        let remedy = "take points for what converts below the overall rate: students, free mailboxes, careers pages, silence; \
                      leadcal calibrate gives such levels negative points";
        report.found(Code::NoNegativePoints, pointer, linted.says(&message), remedy);
    }
    if model.bands.is_empty() && model.stages.is_empty() {
        let message = "there are neither bands nor stages: a score alone says nothing to do";
        let remedy = "add [bands] to the spec, by target rates, weekly capacity or value and cost, and calibrate again";
        report.found(Code::NoBands, pointer, linted.says(message), remedy);
    }
    silence(linted, report);
}

fn silence(linted: &Linted<'_>, report: &mut Report) {
    let Linted { model, pointer, .. } = linted;
    if model.inactivity.is_some() {
        return;
    }
    let in_full = |(_, behaviour): &(usize, &crate::config::Behaviour)| {
        behaviour.points_each > 0.0 && behaviour.half_life_days.is_none()
    };
    let in_full: Vec<_> = model.behaviours.iter().enumerate().filter(in_full).collect();
    if let Some((at, _)) = in_full.first() {
        let named: Vec<String> = in_full
            .iter()
            .map(|(_, behaviour)| format!("{} ({} days)", behaviour.name, behaviour.window_days))
            .collect();
        let message =
            format!("silence costs nothing and these count in full to the end of their window: {}", named.join(", "));
        let remedy = "add inactivity, or a half-life to each; leadcal calibrate estimates both from events";
        return report.found(Code::NoDecay, format!("{pointer}/behaviours/{at}"), linted.says(&message), remedy);
    }
    let message = if model.behaviours.is_empty() {
        "nothing in the score fades: a lead that went silent long ago keeps it"
    } else {
        "silence costs nothing: what a lead did fades, but a lead that does nothing loses no more than that"
    };
    let remedy =
        "calibrate from the event log ([events] in the spec): it finds what 30, 60 and 90 days of silence mean";
    report.found(Code::NoInactivity, pointer, linted.says(message), remedy);
}

/// Every number of points in a model.
fn all_points(model: &Model) -> Vec<f64> {
    let levels = model.attributes.iter().flat_map(|attribute| &attribute.levels).map(|level| level.points);
    let behaviours = model.behaviours.iter().map(|behaviour| behaviour.points_each);
    let signals = model.signals.iter().map(|signal| signal.points);
    let silence = model.inactivity.iter().flat_map(|inactivity| &inactivity.steps).map(|step| step.points);
    levels.chain(behaviours).chain(signals).chain(silence).collect()
}
