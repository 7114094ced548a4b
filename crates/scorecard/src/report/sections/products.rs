//! Products with a calibration of their own, beside the pooled one.

use leadcal_logit::validation::Validation;

use super::super::Report;
use super::super::markup::{Element, element};
use super::super::table::{Head, cell, name, number, paragraph, row, table};
use super::super::words::{grouped, percent};
use crate::config::Model;
use crate::products::OwnCalibration;
use crate::readiness::LEAST;

pub(super) fn section(report: &Report<'_>) -> Option<Vec<Element>> {
    let products = report.products;
    report.spec.data.product.as_ref()?;
    let mut content = Vec::new();
    if !products.own.is_empty() {
        let heads = [
            Head::Text("Product"),
            Head::Number("Leads"),
            Head::Number("Rate"),
            Head::Text("Pull"),
            Head::Number("Points AUC, pooled"),
            Head::Number("own"),
            Head::Number("Model AUC, pooled"),
            Head::Number("own"),
            Head::Text("Bands"),
        ];
        content.push(paragraph(
            "Each of these products has points and a model of its own, drawn to those of all leads; pull is the penalty on leaving \
             them, so more is closer. Figures are of the product\u{2019}s leads held out. The rest of this report is of all leads \
             together; points.json, model.json and scoring.json hold each product\u{2019}s.",
        ));
        let models = &report.assembled.config.models;
        content.push(table("Products", &heads, products.own.iter().zip(models).map(|(own, model)| line(own, model))));
    }
    if !products.pooled.is_empty() {
        let heads = [Head::Text("Served by the pooled calibration"), Head::Number("Leads"), Head::Number("Converted")];
        let line = |of: &crate::products::Served| {
            row([name(&of.product), number(&grouped(of.leads)), number(&grouped(of.conversions))])
        };
        content.push(paragraph(&format!(
            "{LEAST} conversions and {LEAST} others make a calibration of a product\u{2019}s own. These have fewer:"
        )));
        content.push(table("Products without a calibration of their own", &heads, products.pooled.iter().map(line)));
    }
    if content.is_empty() {
        content.push(element("p").text("No product has a calibration of its own: the pooled one serves all."));
    }
    Some(content)
}

fn line(own: &OwnCalibration, model: &Model) -> Element {
    let auc =
        |of: Option<&Validation>| number(&of.map_or_else(|| "\u{2013}".to_owned(), |of| format!("{:.3}", of.auc)));
    let figures = own.figures.as_ref();
    let bands: Vec<String> = model.bands.iter().map(|band| format!("{} from {}", band.name, band.from)).collect();
    row([
        name(&own.product),
        number(&grouped(own.points.leads))
            .child(element("small").text(format!("{} converted", grouped(own.points.conversions)))),
        number(&percent(own.points.rate)),
        cell(&own.pull.map_or_else(|| "pooled only".to_owned(), |l2| format!("{l2}"))),
        auc(figures.map(|of| &of.pooled[0])),
        auc(figures.map(|of| &of.own[0])),
        auc(figures.map(|of| &of.pooled[1])),
        auc(figures.map(|of| &of.own[1])),
        cell(&bands.join(", ")),
    ])
}
