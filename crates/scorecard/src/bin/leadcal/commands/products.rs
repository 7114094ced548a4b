//! What `calibrate` prints of products: which have a model of their own, and whether it does better than the pooled one.

use std::fmt::Write as _;

use leadcal_logit::validation::Validation;
use leadcal_scorecard::config::{Band, Model};
use leadcal_scorecard::products::{OwnCalibration, Products};
use leadcal_scorecard::readiness::LEAST;
use serde_json::{Value, json};

use super::summary::{grouped, percent};
use crate::error::printable;
use crate::scores::number;
use crate::tables::{Column, table};

/// One line a product; nothing where there is none. `models` are the config's, those of products first.
pub(super) fn table_of(products: &Products, models: &[Model]) -> String {
    let columns = [
        Column::Text("product"),
        Column::Number("leads"),
        Column::Number("converted"),
        Column::Number("rate"),
        Column::Text("pull"),
        Column::Number("points AUC: pooled, own"),
        Column::Number("model AUC: pooled, own"),
        Column::Number("log loss: pooled, own"),
    ];
    let mut text = String::new();
    if !products.own.is_empty() {
        text += &table(&columns, products.own.iter().map(own));
        text += "A product's rates and coefficients are drawn to those of all leads; pull is the penalty on leaving them (more is \
                 closer).\n";
        text += "Points, groups and bands printed here are those of all leads together; the files written hold each product's. Its \
                 bands:\n";
        for (own, model) in products.own.iter().zip(models) {
            _ = writeln!(text, "{}: {}", own.product, bands(model));
        }
    }
    for served in &products.pooled {
        _ = writeln!(
            text,
            "product {}: {} of {} leads converted; {LEAST} conversions and {LEAST} others make a model of its own, so the pooled one \
             serves it",
            served.product,
            grouped(served.conversions),
            grouped(served.leads)
        );
    }
    text
}

fn bands(model: &Model) -> String {
    let from = |band: &Band| format!("{} from {}", printable(&band.name), band.from);
    model.bands.iter().map(from).collect::<Vec<_>>().join(", ")
}

fn own(own: &OwnCalibration) -> Vec<String> {
    let pair = |of: fn(&Validation) -> String, which: usize| {
        own.figures.as_ref().map_or_else(
            || "not measured".to_owned(),
            |figures| format!("{}, {}", of(&figures.pooled[which]), of(&figures.own[which])),
        )
    };
    let auc = |validation: &Validation| format!("{:.4}", validation.auc);
    vec![
        own.product.clone(),
        grouped(own.points.leads),
        grouped(own.points.conversions),
        percent(own.points.rate),
        own.pull.map_or_else(|| "pooled only".to_owned(), |l2| format!("{l2}")),
        pair(auc, 0),
        pair(auc, 1),
        pair(|validation| format!("{:.5}", validation.log_loss), 1),
    ]
}

/// The same for programs.
pub(super) fn json(products: &Products, models: &[Model]) -> Value {
    let own = products.own.iter().zip(models).map(|(own, model)| {
        let bands = model.bands.iter().map(|band| json!({ "name": band.name, "from": number(band.from) }));
        let figures = own.figures.as_ref().map(|figures| {
            json!({
                "pooled": { "points": figures.pooled[0], "model": figures.pooled[1] },
                "own": { "points": figures.own[0], "model": figures.own[1] },
            })
        });
        json!({
            "product": own.product,
            "leads": own.points.leads,
            "conversions": own.points.conversions,
            "pull": own.pull,
            "validation": figures,
            "bands": bands.collect::<Vec<_>>(),
        })
    });
    let pooled = products
        .pooled
        .iter()
        .map(|served| json!({ "product": served.product, "leads": served.leads, "conversions": served.conversions }));
    json!({ "own": own.collect::<Vec<_>>(), "served_by_pooled": pooled.collect::<Vec<_>>() })
}
