//! Where the numbers come from, so that they can be made again.

use leadcal_lift::shrinkage::Shrinkage;

use super::super::Report;
use super::super::markup::{Element, element};
use super::super::table::paragraph;
use super::super::words::grouped;
use crate::spec::CutRule;

pub(super) fn section(report: &Report<'_>) -> Vec<Element> {
    let mut entries: Vec<(&str, String)> = Vec::new();
    let provenance = report.assembled.config.provenance.as_ref();
    let mut entry = |name, text: Option<String>| entries.extend(text.map(|text| (name, text)));
    let files: Vec<String> = report.history.files.iter().map(|file| file.display().to_string()).collect();
    entry("Made by", provenance.and_then(|of| of.tool.clone()));
    entry("Leads", Some(files.join(", ")));
    entry("SHA-256 of the leads", provenance.and_then(|of| of.leads_sha256.clone()));
    if let Some(rows) = &report.history.rows {
        let files: Vec<String> = rows.event_files.iter().map(|file| file.display().to_string()).collect();
        entry("Events", (!files.is_empty()).then(|| files.join(", ")));
    }
    entry("SHA-256 of the events", provenance.and_then(|of| of.events_sha256.clone()));
    entry("SHA-256 of the spec", provenance.and_then(|of| of.spec_sha256.clone()));
    entry("Months", report.history.months.as_ref().map(|(from, to)| format!("{from} to {to}")));
    entry("Outcome", Some(outcome(report)));
    settings(report, &mut entry);
    let list = entries.into_iter().flat_map(|(name, text)| [element("dt").text(name), element("dd").text(text)]);
    vec![
        paragraph("The same leads, the same spec and the same version give these files again, byte for byte."),
        element("dl").class("facts").children(list),
    ]
}

fn outcome(report: &Report<'_>) -> String {
    let outcome = &report.spec.data.outcome;
    let positive = outcome.positive.as_ref().map(|value| format!(" = \u{201c}{value}\u{201d}"));
    format!("column \u{201c}{}\u{201d}{}", outcome.column, positive.unwrap_or_default())
}

fn settings(report: &Report<'_>, entry: &mut impl FnMut(&'static str, Option<String>)) {
    let (spec, table) = (report.spec, &report.points.table);
    entry("Points", Some(format!("{}, scale {} (factor {})", table.method, spec.points.scale, table.scale_factor)));
    let shrinkage = match spec.shrinkage {
        Shrinkage::EmpiricalBayes => "empirical Bayes".to_owned(),
        Shrinkage::Strength(m) => format!("prior strength {m} leads"),
    };
    entry("Shrinkage", Some(shrinkage));
    let kept = if table.keep_inconclusive { "keep their points" } else { "earn nothing" };
    entry("Levels", Some(format!("inconclusive ones, or with fewer than {} leads, {kept}", table.min_leads)));
    entry("Model", Some(format!("logistic regression, l2 = {}", report.model.l2)));
    let given = match &spec.data.fold {
        Some(column) => format!("{} of column \u{201c}{column}\u{201d}", report.history.folds.len()),
        None => format!("{}, seed {}", report.history.folds.len(), spec.model.seed),
    };
    entry("Folds", Some(given));
    let rule = match &spec.bands {
        None => "target rates: warm from the overall rate, hot from twice that",
        Some(CutRule::CutOffs(_)) => "given cut-offs",
        Some(CutRule::TargetRates(_)) => "target rates",
        Some(CutRule::CapacityPerWeek(_)) => "leads that can be called in a week",
        Some(CutRule::ValueAndCost(_)) => "value of a conversion and cost of a contact",
    };
    entry("Bands", Some(rule.to_owned()));
    entry(
        "Patterns",
        Some(format!("{} distinct combinations of levels", grouped(report.history.patterns.len() as u64))),
    );
}
