//! What `backtest` prints of bands and stages, of all leads and of each product's.

use std::fmt::Write as _;

use leadcal_scorecard::backtest::{AsExpected, Figures, Part};
use leadcal_scorecard::config::Model;

use super::super::summary::{grouped, percent};
use super::text::{auc, interval, short};
use super::{Report, calls};
use crate::error::printable;
use crate::tables::{Cell, Column, table};
use crate::terminal::Look;

/// The bands: who is in them, and whether they convert as the config says.
pub(super) fn bands(figures: &Figures, models: &[Model]) -> String {
    if figures.bands.is_empty() {
        return if models.iter().all(|model| model.bands.is_empty()) {
            "The config has no bands.\n".to_owned()
        } else {
            "The products' bands have different names; they stand with each product.\n".to_owned()
        };
    }
    let from: Option<Vec<f64>> = figures.bands.iter().map(|band| band.from).collect();
    let scores = match from {
        None => vec!["by product".to_owned(); figures.bands.len()],
        Some(from) => {
            let ends = from.iter().skip(1).map(Some).chain([None]);
            let between = |(from, next): (&f64, Option<&f64>)| match next {
                Some(next) => format!("{from} to under {next}"),
                None => format!("from {from}"),
            };
            from.iter().zip(ends).map(between).collect()
        }
    };
    let mut text = parts("band", &figures.bands, scores);
    let action = |band: &Part| Some(format!("{}: {}", printable(&band.name), printable(band.action.as_ref()?)));
    let actions: Vec<String> = figures.bands.iter().filter_map(action).collect();
    if !actions.is_empty() {
        _ = writeln!(text, "What the config says to do: {}.", actions.join("; "));
    }
    text
}

/// The stages, each with those above it.
pub(super) fn stages(figures: &Figures) -> String {
    if figures.stages.is_empty() {
        return String::new();
    }
    let from = |stage: &Part| stage.from.map_or_else(|| "by product".to_owned(), |from| format!("from {from}"));
    "\n".to_owned() + &parts("stage, with those above", &figures.stages, figures.stages.iter().map(from).collect())
}

/// What the tables of bands and stages say.
pub(super) fn how_to_read(figures: &Figures) -> &'static str {
    if figures.bands.is_empty() && figures.stages.is_empty() {
        return "";
    }
    "Lift is the rate over that of all leads. As expected means that the rate the config expects lies within the 95 % interval.\n"
}

fn parts(what: &str, parts: &[Part], scores: Vec<String>) -> String {
    let weekly = parts.iter().any(|part| part.leads_a_week.is_some());
    let mut who = vec![Column::Text(what), Column::Number("score"), Column::Number("leads"), Column::Number("of all")];
    who.extend(weekly.then_some(Column::Number("a week")));
    who.extend([Column::Number("converted"), Column::Number("of all conversions")]);
    let rows = parts.iter().zip(scores).map(|(part, score)| {
        let mut row = vec![part.name.clone(), score, grouped(part.leads), percent(part.share)];
        row.extend(part.leads_a_week.map(|a_week| format!("{a_week:.1}")));
        row.extend([grouped(part.conversions), percent(part.of_conversions)]);
        row
    });
    let how = [
        Column::Text(what),
        Column::Number("rate"),
        Column::Bar(""),
        Column::Spare("95 % interval"),
        Column::Number("lift"),
        Column::Number("config expects"),
        Column::Text("as expected?"),
    ];
    let rates = parts.iter().map(|part| {
        vec![
            part.name.as_str().into(),
            part.rate.map_or_else(String::new, |rate| percent(rate.rate)).into(),
            Cell::bar(0.0, part.rate.map_or(0.0, |rate| rate.rate)),
            part.rate.map_or_else(String::new, |rate| interval(rate.interval)).into(),
            part.lift.map_or_else(String::new, |lift| format!("{lift:.2}")).into(),
            part.expected_rate.map_or_else(String::new, percent).into(),
            part.as_expected.map_or_else(|| Cell::from(""), as_expected),
        ]
    });
    table(&who, rows) + "\n" + &table(&how, rates)
}

fn as_expected(found: AsExpected) -> Cell {
    match found {
        AsExpected::Less => Cell::of(Look::Bad, "no, less"),
        AsExpected::Yes => Cell::of(Look::Positive, "yes"),
        AsExpected::More => Cell::of(Look::Careful, "no, more"),
    }
}

/// Each product's figures, where there are several.
pub(super) fn products(report: &Report) -> String {
    if report.measured.models.is_empty() {
        return String::new();
    }
    let columns = [
        Column::Text("product"),
        Column::Number("leads"),
        Column::Number("converted"),
        Column::Number("rate (95 % interval)"),
        Column::Number("AUC (95 % interval)"),
    ];
    let rows = report.measured.models.iter().map(|(of, figures)| {
        vec![
            of.clone().unwrap_or_else(|| "all others".to_owned()),
            grouped(figures.leads),
            grouped(figures.conversions),
            figures.rate.map_or_else(String::new, short),
            figures.auc.map_or_else(String::new, auc),
        ]
    });
    let mut text = table(&columns, rows);
    for (of, figures) in &report.measured.models {
        let name = product(of.as_deref());
        _ = write!(text, "\nOf {name}:\n{}{}", bands(figures, &report.config.models), stages(figures));
        let value = calls::value(figures);
        if !value.is_empty() {
            text += "\n";
            text += &value;
        }
    }
    text
}

/// A product's name, as it is printed.
pub(super) fn product(product: Option<&str>) -> String {
    product.map_or_else(|| "all other products".to_owned(), |product| format!("product {}", printable(product)))
}
