//! What the workbook says of each lead, whichever model serves it: columns beside what was read of it.

use rust_xlsxwriter::XlsxError;

use super::bands::BoundsOf;
use super::cells::Column;
use super::events::Events;
use super::leads::{Leads, Reading};
use super::model::Scored;
use super::rules::Rules;
use super::style;
use crate::config::ScoringConfig;
use crate::runtime::{CREATED_AT, PRODUCT};

/// Columns of results.
pub(super) struct Results {
    /// What is wrong with the lead, `""` where it is scored.
    pub(super) problem: Column,
    /// Whether the row is a lead without a problem.
    pub(super) scored: Column,
    pub(super) raw: Column,
    pub(super) score: Column,
    pub(super) band: Column,
    pub(super) action: Column,
    pub(super) rate: Column,
    pub(super) stage: Column,
    pub(super) grade: Column,
    pub(super) probability: Column,
    pub(super) expected: Column,
    /// Name of the part with the most points, and of that with the fewest, if above and below 0.
    pub(super) speaks_for: Column,
    pub(super) speaks_against: Column,
    /// Colour of the band: its place from 0 to [`style::HEATS`] - 1.
    pub(super) heat: Column,
}

/// Adds the column of the model that serves each lead, by its place from 1; 0 where none does.
pub(super) fn serving(config: &ScoringConfig, leads: &mut Leads<'_>, rules: &mut Rules) -> Result<Column, XlsxError> {
    let products = config.models.iter().zip(1..).filter_map(|(model, code)| Some((model.product.as_deref()?, code)));
    let products: Vec<(&str, usize)> = products.collect();
    let other = config.models.iter().position(|model| model.product.is_none()).map_or(0, |index| index + 1);
    if products.is_empty() {
        return leads.table.column("model", |_| other.to_string());
    }
    let trimmed = leads.field(PRODUCT, Reading::Trimmed)?;
    let text = leads.field(PRODUCT, Reading::Text)?;
    let products = rules.coded("products", products)?;
    leads.table.column("model", |row| {
        format!("IF({}=\"\",{other},{})", trimmed.at(row), products.code_of(&text.at(row), other))
    })
}

/// Adds the columns of results.
pub(super) fn results(
    leads: &mut Leads<'_>,
    serving: &Column,
    models: &[Scored],
    bounds: &[BoundsOf],
    events: Option<&Events<'_>>,
    created_at: Option<&Column>,
) -> Result<Results, XlsxError> {
    let active = leads.active.clone();
    let table = &mut leads.table;
    let problem = table.column("problem", |row| {
        let of_model = models.iter().map(|model| model.problem.as_ref().map_or("\"\"".to_owned(), |p| p.at(row)));
        let mut problem = chosen(serving, row, of_model);
        if let Some(created_at) = created_at {
            let message = format!("{CREATED_AT} should be a time such as 2024-03-01T10:00:00Z");
            problem = format!("IF({}=\"?\",\"{message}\",{problem})", created_at.at(row));
        }
        if let Some(events) = events {
            problem = format!("IF({0}<>\"\",{0},{problem})", events.problem);
        }
        format!("IF({},IF({}=0,\"no model serves this product\",{problem}),\"\")", active.at(row), serving.at(row))
    })?;
    let scored = table.column("scored", |row| format!("AND({},{}=\"\")", active.at(row), problem.at(row)))?;
    let mut result = |heading: &str, of_model: &dyn Fn(usize, u32) -> Option<String>| {
        table.column(heading, |row| {
            let each = (0..models.len()).map(|index| of_model(index, row).unwrap_or("\"\"".to_owned()));
            format!("IF({},{},\"\")", scored.at(row), chosen(serving, row, each))
        })
    };
    let raw = result("raw", &|index, row| Some(models[index].raw.at(row)))?;
    result("rounded", &|index, row| Some(models[index].rounded.at(row)))?;
    let score = result("score", &|index, row| Some(models[index].score.at(row)))?;
    let of_band = |index: usize, row: u32| {
        models[index].band.as_ref().zip(bounds[index].bands.as_ref()).map(|(band, ladder)| (band.at(row), ladder))
    };
    let band =
        result("band", &|index, row| of_band(index, row).map(|(band, of)| format!("INDEX({},{band})", of.names)))?;
    let action = result("what to do", &|index, row| {
        of_band(index, row).map(|(band, of)| format!("INDEX({},{band})&\"\"", of.actions))
    })?;
    let rate = result("rate of the band", &|index, row| {
        of_band(index, row).map(|(band, of)| format!("IF(INDEX({0},{band})=\"\",\"\",INDEX({0},{band}))", of.rates))
    })?;
    let stage = result("stage", &|index, row| {
        let (stage, of) = models[index].stage.as_ref().zip(bounds[index].stages.as_ref())?;
        Some(format!("IF({0}=0,\"\",INDEX({1},{0}))", stage.at(row), of.names))
    })?;
    let optional = |column: &Option<Column>, row: u32| column.as_ref().map(|column| column.at(row));
    let grade = result("grade", &|index, row| optional(&models[index].grade, row))?;
    let probability = result("probability", &|index, row| optional(&models[index].probability, row))?;
    let expected = result("expected rate", &|index, row| optional(&models[index].expected, row))?;
    let strongest = |index: usize, row: u32, extreme: &str, beyond: &str| {
        let parts = &models[index].parts;
        let (first, last) = parts.first().zip(parts.last())?;
        let (points, names) = (first.across(last, row), first.across(last, 0));
        Some(format!("IF({extreme}({points}){beyond}0,INDEX({names},MATCH({extreme}({points}),{points},0)),\"\")"))
    };
    let speaks_for = result("speaks for it", &|index, row| strongest(index, row, "MAX", ">"))?;
    let speaks_against = result("speaks against it", &|index, row| strongest(index, row, "MIN", "<"))?;
    let heat = result("colour", &|index, row| {
        let (band, of) = of_band(index, row)?;
        let most = of.from.len().max(2) - 1;
        Some(format!("ROUND({}*({band}-1)/{most},0)", style::HEATS - 1))
    })?;
    Ok(Results {
        problem,
        scored,
        raw,
        score,
        band,
        action,
        rate,
        stage,
        grade,
        probability,
        expected,
        speaks_for,
        speaks_against,
        heat,
    })
}

/// The formula of the model that serves a lead, of formulas of all models.
pub(super) fn chosen(serving: &Column, row: u32, of_models: impl IntoIterator<Item = String>) -> String {
    let each: Vec<String> = of_models.into_iter().collect();
    match &each[..] {
        [one] => one.clone(),
        _ => format!("CHOOSE({},{})", serving.at(row), each.join(",")),
    }
}
