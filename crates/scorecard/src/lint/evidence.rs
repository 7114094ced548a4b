//! What points rest on, as the config itself says it: leads, conversions, intervals.

use leadcal_lift::patterns::Counts;
use leadcal_logit::metrics::auc;

use super::{Code, Linted, Report};
use crate::config::{Evidence, ScoredAttribute};
use crate::leakage::RANKS;
use crate::readiness::LEAST;

/// Points on fewer leads than this are mostly chance.
const FEW_LEADS: u64 = 30;
/// So many thin levels of an attribute are named; the rest are counted.
const NAMED: usize = 5;

/// What a model's evidence shows.
pub(super) fn evidence(linted: &Linted<'_>, report: &mut Report) {
    counts(linted, report);
    for (at, attribute) in linted.model.attributes.iter().enumerate() {
        let pointer = format!("{}/attributes/{at}", linted.pointer);
        thin(linted, attribute, &pointer, report);
        edited(linted, attribute, &pointer, report);
        leaks(linted, attribute, &pointer, report);
    }
    let any =
        linted.model.attributes.iter().flat_map(|attribute| &attribute.levels).any(|level| level.evidence.is_some());
    if !any && !linted.model.attributes.is_empty() {
        report.not_looked_at(
            &[Code::Leakage, Code::ThinLevel, Code::EditedPoints],
            "evidence beside the levels, which leadcal calibrate and emit write",
        );
    }
}

/// Are there enough conversions, and leads that did not convert?
fn counts(linted: &Linted<'_>, report: &mut Report) {
    let provenance = linted.config.provenance.as_ref().filter(|_| linted.model.product.is_none());
    let told = provenance.and_then(|provenance| Some((provenance.leads?, provenance.conversions?)));
    let (pointer, counts) = match told {
        Some(told) => ("/provenance".to_owned(), Some(told)),
        // Every lead is in one level of each attribute; not all levels have evidence.
        None => {
            (linted.pointer.clone(), linted.model.attributes.iter().map(totals).max().filter(|(leads, _)| *leads > 0))
        }
    };
    let Some((leads, conversions)) = counts else {
        let needs = "how many leads it was calibrated on: a provenance, or evidence beside the levels";
        return report.not_looked_at(&[Code::FewConversions], needs);
    };
    let others = leads.saturating_sub(conversions);
    if conversions.min(others) < LEAST {
        let message = format!(
            "{conversions} of {leads} leads converted and {others} did not; points take at least {LEAST} of each"
        );
        let remedy = "wait for more, add older leads, or count an earlier step as the conversion";
        report.found(Code::FewConversions, pointer, linted.says(&message), remedy);
    }
}

fn levels(attribute: &ScoredAttribute) -> impl Iterator<Item = Evidence> + '_ {
    attribute.levels.iter().filter_map(|level| level.evidence)
}

fn totals(attribute: &ScoredAttribute) -> (u64, u64) {
    levels(attribute).fold((0, 0), |(leads, conversions), level| {
        (leads.saturating_add(level.leads), conversions.saturating_add(level.conversions))
    })
}

/// Levels with points on few leads; not those of a product that the leads of all products stand behind.
fn thin(linted: &Linted<'_>, attribute: &ScoredAttribute, pointer: &str, report: &mut Report) {
    let pooled = linted.config.models.iter().find(|model| model.product.is_none() && linted.model.product.is_some());
    let pooled = pooled.and_then(|model| model.attributes.iter().find(|other| other.name == attribute.name));
    let behind = |name: &str| {
        let level = pooled.and_then(|pooled| pooled.levels.iter().find(|level| level.name == name));
        level.and_then(|level| level.evidence).map_or(0, |evidence| evidence.leads)
    };
    let thin: Vec<_> = attribute
        .levels
        .iter()
        .enumerate()
        .filter_map(|(at, level)| Some((at, level, level.evidence?.leads)))
        .filter(|(_, level, leads)| level.points != 0.0 && *leads.max(&behind(&level.name)) < FEW_LEADS)
        .collect();
    let Some((first, ..)) = thin.first() else { return };
    let mut named: Vec<String> = thin
        .iter()
        .take(NAMED)
        .map(|(_, level, leads)| format!("{} {:+} on {leads}", level.name, level.points))
        .collect();
    if thin.len() > NAMED {
        named.push(format!("and {} more", thin.len() - NAMED));
    }
    let message = format!("{}: points rest on fewer than {FEW_LEADS} leads: {}", attribute.name, named.join(", "));
    let remedy =
        "give such a level no points, or join it with one like it: min_leads and max_levels in the spec do both";
    report.found(Code::ThinLevel, format!("{pointer}/levels/{first}"), linted.says(&message), remedy);
}

/// Points that are not those the evidence beside them gave.
fn edited(linted: &Linted<'_>, attribute: &ScoredAttribute, pointer: &str, report: &mut Report) {
    for (at, level) in attribute.levels.iter().enumerate() {
        let Some([low, high]) = level.evidence.and_then(|evidence| evidence.points_interval) else { continue };
        // A level that may be chance has no points, whatever its interval.
        if level.points != 0.0 && (level.points < low || level.points > high) {
            let message = format!(
                "{} = {} has {:+} points, outside {low:+} to {high:+}, which its evidence allows",
                attribute.name, level.name, level.points
            );
            let remedy = "if it was edited by hand, say why in the change, and drop the evidence it does not rest on; else \
                          calibrate again";
            report.found(Code::EditedPoints, format!("{pointer}/levels/{at}/points"), linted.says(&message), remedy);
        }
    }
}

/// Does the attribute alone rank the leads almost perfectly?
fn leaks(linted: &Linted<'_>, attribute: &ScoredAttribute, pointer: &str, report: &mut Report) {
    let levels: Vec<Evidence> = levels(attribute).filter(|level| level.leads > 0).collect();
    let rates: Vec<f64> = levels.iter().map(|level| level.conversions as f64 / level.leads as f64).collect();
    let counts = Counts {
        leads: levels.iter().map(|level| level.leads).collect(),
        conversions: levels.iter().map(|level| level.conversions.min(level.leads)).collect(),
    };
    // Without both outcomes nothing is ranked.
    let Ok(auc) = auc(&rates, &counts) else { return };
    if auc.value > RANKS {
        let message = format!(
            "{} alone reaches AUC {:.3}, above {RANKS}: it was most likely filled in after the outcome",
            attribute.name, auc.value
        );
        let remedy =
            format!("leave the column out (exclude = [\"{}\"] in [data]) and calibrate again", attribute.input.field);
        report.found(Code::Leakage, pointer, linted.says(&message), remedy);
    }
}
