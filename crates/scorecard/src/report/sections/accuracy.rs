//! How well points and model do on leads they were not made from.

use leadcal_logit::validation::Validation;

use super::super::Report;
use super::super::markup::{Element, element};
use super::super::plot::Plot;
use super::super::plot::curves::{self, Named};
use super::super::table::{Head, details, figure, name, note, number, paragraph, row, summary, table};
use super::super::words::{grouped, percent, whole_percent};
use super::later_figures;

pub(super) fn section(report: &Report<'_>) -> Vec<Element> {
    let folds = report.history.folds.len();
    let mut content = vec![
        paragraph(&format!(
            "The leads were dealt into {folds} parts. Each part was scored by a calibration made without it, so every figure here \
             is of leads that were not looked at. Points rank by their score and predict by a curve through it; the model is the \
             logistic regression of all attributes together."
        )),
        figures(report),
    ];
    content.extend(later(report));
    let plots = plots(report).into_iter().map(|plot| figure(&plot.title, plot.svg(), Some(&plot.about), []));
    content.push(element("div").class("plots").children(plots));
    content.push(details(summary("The curves in figures"), [gains_table(report), calibration_table(report)]));
    content
}

/// ROC, gains and calibration.
pub(super) fn plots(report: &Report<'_>) -> Vec<Plot> {
    let all = named(report);
    vec![curves::roc(&all), curves::gains(&all), curves::calibration(&all[..all.len().min(2)])]
}

fn named<'a>(report: &Report<'a>) -> Vec<Named<'a>> {
    let mut all = vec![Named::points(&report.points.curves, &report.points.validation)];
    let validation = report.model.validation.as_ref();
    all.extend(validation.map(|of| Named {
        name: "model",
        class: "of-model",
        curves: report.model_curves,
        auc: of.auc,
    }));
    let names = [("points, later leads", "of-points-later"), ("model, later leads", "of-model-later")];
    for (measured, (name, class)) in later_figures(report).into_iter().zip(names) {
        all.extend(measured.map(|(figures, curves)| Named { name, class, curves, auc: figures.metrics.auc }));
    }
    all
}

fn figures(report: &Report<'_>) -> Element {
    let heads = [
        Head::Text("On leads held out"),
        Head::Number("AUC"),
        Head::Number("95 % interval"),
        Head::Number("Log loss"),
        Head::Number("Brier"),
        Head::Number("Calibration slope"),
    ];
    let of = |title: &str, of: &Validation| {
        figures_row(title, [of.auc, of.log_loss, of.brier, of.calibration.slope], of.auc_interval)
    };
    let mut rows = vec![of("points", &report.points.validation)];
    rows.extend(report.model.validation.as_ref().map(|validation| of("model", validation)));
    for (measured, title) in later_figures(report).into_iter().zip(["points, on later leads", "model, on later leads"])
    {
        rows.extend(measured.map(|(of, _)| {
            let figures = [of.metrics.auc, of.metrics.log_loss, of.metrics.brier, of.calibration.slope];
            figures_row(title, figures, of.auc_interval)
        }));
    }
    let rate = report.points.table.rate;
    let entropy = -(rate * rate.ln() + (1.0 - rate) * (1.0 - rate).ln());
    let alone =
        [number("0.500"), number(""), number(&format!("{entropy:.4}")), number(&format!("{:.4}", rate * (1.0 - rate)))];
    rows.push(row([name("the overall rate alone")].into_iter().chain(alone).chain([number("")])));
    table("Figures on leads held out", &heads, rows)
}

fn figures_row(title: &str, [auc, log_loss, brier, slope]: [f64; 4], [low, high]: [f64; 2]) -> Element {
    row([
        name(title),
        number(&format!("{auc:.3}")),
        number(&format!("{low:.3} to {high:.3}")),
        number(&format!("{log_loss:.4}")),
        number(&format!("{brier:.4}")),
        number(&format!("{slope:.2}")),
    ])
}

/// What later leads are, or why nothing was measured on them.
fn later(report: &Report<'_>) -> Vec<Element> {
    let mut notes: Vec<String> = Vec::new();
    if let (Some(parts), [Some(_), _] | [_, Some(_)]) = (&report.history.out_of_time, later_figures(report)) {
        notes.push(format!(
            "Later leads came after {}, and were scored by a calibration of those before: as it is used.",
            parts.cut
        ));
    }
    for measured in report.later {
        if let Err(why) = measured {
            let text = format!("Not measured on later leads: {why}.");
            if !notes.contains(&text) {
                notes.push(text);
            }
        }
    }
    notes.iter().map(|text| note(text)).collect()
}

fn gains_table(report: &Report<'_>) -> Element {
    let all = named(report);
    let heads: Vec<Head> =
        [Head::Text("Best share of the leads")].into_iter().chain(all.iter().map(|of| Head::Number(of.name))).collect();
    let line = |tenth: u32| {
        let share = f64::from(tenth) / 10.0;
        let of = all.iter().map(|of| number(&percent(curves::at(&of.curves.gains, share))));
        row([name(&whole_percent(share))].into_iter().chain(of))
    };
    table("Share of the conversions among the best leads", &heads, (1..=10).map(line))
}

fn calibration_table(report: &Report<'_>) -> Element {
    let heads = [
        Head::Text("Leads by predicted rate"),
        Head::Number("Predicted"),
        Head::Number("Came true"),
        Head::Number("95 % interval"),
        Head::Number("Leads"),
    ];
    let lines = named(report).into_iter().take(2).flat_map(|of| {
        of.curves.calibration.iter().enumerate().map(move |(at, bin)| {
            let [low, high] = bin.interval.map(percent);
            row([
                name(&format!("{}, bin {}", of.name, at + 1)),
                number(&percent(bin.predicted)),
                number(&percent(bin.conversions as f64 / bin.leads as f64)),
                number(&format!("{low} to {high}")),
                number(&grouped(bin.leads)),
            ])
        })
    });
    table("Predicted rates and what came true", &heads, lines)
}
