//! What leads do: how much repetitions are worth, how it fades, and what silence costs.

use leadcal_lift::patterns::{Decay, Repeats, Source, Times};
use leadcal_lift::points::{PointsAttribute, PointsEach};

use super::super::Report;
use super::super::markup::{Element, element};
use super::super::plot::{Plot, repeats};
use super::super::table::{Head, cell, details, figure, name, number, paragraph, row, summary, table};
use super::super::words::{grouped, percent, signed, signed_decimals, span};

/// Behaviours drawn, at most; each is in the table.
const MOST: usize = 12;

/// Nothing where no behaviour and no silence was calibrated.
pub(super) fn section(report: &Report<'_>) -> Option<Vec<Element>> {
    let mut content = Vec::new();
    let found = found(report);
    if !found.is_empty() {
        content.extend(behaviours(report, &found));
    }
    let attributes = &report.points.table.attributes;
    if let Some(silence) = attributes.iter().find(|attribute| attribute.source == Source::Inactivity) {
        content.push(element("h3").text("What silence costs"));
        content.push(paragraph(
            "Days without any event, compared with leads that were active lately. An inconclusive step costs what the step before \
             it does.",
        ));
        content.push(super::attributes::levels(&report.points.table, silence));
    }
    (!content.is_empty()).then_some(content)
}

fn behaviours(report: &Report<'_>, found: &[(&PointsAttribute, PointsEach, &Repeats)]) -> Vec<Element> {
    let heads = [
        Head::Text("Behaviour"),
        Head::Number("Leads"),
        Head::Number("Points each"),
        Head::Number("95 %"),
        Head::Text("At most"),
        Head::Text("Half-life"),
        Head::Number("Log odds each"),
    ];
    let mut content = vec![
        paragraph(
            "Points each: of one event on the day it happened. At most so many events count, the newest first, and with a \
             half-life each is worth half after so many days. In brackets: what fits the data as well.",
        ),
        table("Behaviours", &heads, found.iter().map(|(attribute, each, repeats)| line(attribute, *each, repeats))),
    ];
    let figures = found.iter().enumerate().take(MOST).flat_map(|(at, (attribute, each, repeats))| {
        let (rates, decay) = drawn(report, at, attribute, *each, repeats);
        let heads = [Head::Text("Times"), Head::Number("Leads"), Head::Number("Rate")];
        let lines = repeats::counted(attribute).into_iter().map(|(times, leads, conversions)| {
            row([
                name(&format!("{times}")),
                number(&grouped(leads)),
                number(&percent(conversions as f64 / leads as f64)),
            ])
        });
        let figures = details(summary("In figures"), [table(&rates.title, &heads, lines)]);
        let decay = decay.map(|decay| figure(&decay.title, decay.svg(), Some(&decay.about), []));
        [figure(&rates.title, rates.svg(), None, [figures])].into_iter().chain(decay)
    });
    content.push(element("div").class("plots").children(figures));
    content
}

/// Of each behaviour its rates by repetitions, and its decay where it fades.
pub(super) fn plots(report: &Report<'_>) -> Vec<Plot> {
    let found = found(report);
    let drawn = found.iter().enumerate().flat_map(|(at, (attribute, each, repeats))| {
        let (rates, decay) = drawn(report, at, attribute, *each, repeats);
        std::iter::once(rates).chain(decay)
    });
    drawn.collect()
}

fn drawn(
    report: &Report<'_>,
    at: usize,
    attribute: &PointsAttribute,
    each: PointsEach,
    of: &Repeats,
) -> (Plot, Option<Plot>) {
    let id = |what: &str| format!("behaviour-{:02}-{what}", at + 1);
    let decay = of.half_life_days.map(|half_life| repeats::decay(id("decay"), attribute, each, of, half_life));
    (repeats::rates(id("repeats"), attribute, report.points.table.rate), decay)
}

fn found<'a>(report: &Report<'a>) -> Vec<(&'a PointsAttribute, PointsEach, &'a Repeats)> {
    let of = |attribute: &'a PointsAttribute| match (&attribute.source, attribute.each) {
        (Source::Behaviour(repeats), Some(each)) => Some((attribute, each, repeats)),
        _ => None,
    };
    report.points.table.attributes.iter().filter_map(of).collect()
}

fn line(attribute: &PointsAttribute, each: PointsEach, repeats: &Repeats) -> Element {
    let leads = attribute.levels.iter().filter(|level| level.number.is_some_and(|times| times > 0.0));
    let most = match repeats.max_times_interval {
        None => format!("{} (given)", repeats.max_times),
        Some(Times { low, high: None }) => format!("{} ({low} or more)", repeats.max_times),
        Some(Times { low, high: Some(high) }) => format!("{} ({low} to {high})", repeats.max_times),
    };
    let half_life = match (repeats.half_life_days, repeats.decay) {
        (Some(days), Some(Decay::Estimated([low, high]))) => format!("{days:.1} days ({low:.1} to {high:.1})"),
        (Some(days), _) => format!("{days:.1} days (given)"),
        (None, Some(Decay::NotShown(from))) => format!("none ({from:.0} days or more)"),
        (None, Some(_)) => "none (the data cannot tell)".to_owned(),
        (None, None) => "none (given)".to_owned(),
    };
    let inconclusive = (!each.conclusive).then(|| element("small").text("inconclusive"));
    row([
        name(&attribute.name),
        number(&grouped(leads.map(|level| level.evidence.leads).sum())),
        number(&signed(each.points)).children(inconclusive),
        number(&span(each.points_interval)),
        cell(&most),
        cell(&half_life),
        number(&repeats.log_odds_each.map_or_else(String::new, |each| signed_decimals(each.value, 2))),
    ])
}
