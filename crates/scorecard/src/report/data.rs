//! What the page computes with: the config, and the calibration leads as covariate patterns.
//!
//! `<script type="application/json" id="leadcal-data">` holds one object:
//!
//! | key | meaning |
//! |---|---|
//! | `config` | `scoring.json`, every value as written |
//! | `rate` | conversions / leads of all calibration leads |
//! | `capacity_per_week` | leads that sales can call in a week; null where bands are not cut by it |
//! | `table` | the leads, see below |
//! | `models` | one for each model of the config, in its order |
//!
//! `table` is shared by all models:
//!
//! | key | meaning |
//! |---|---|
//! | `columns` | what a pattern has a level of: `name`, `kind` (`attribute`, `behaviour`, `signal`, `inactivity`), `bits`, `levels` (names, in the order of codes). Of a behaviour or signal `times`: the number of each level that points are multiplied with. Of inactivity `steps`: of each level the index of its step in the config, null for active leads |
//! | `row_bytes` | bytes of a pattern |
//! | `codes` | base64 of the patterns one after the other. A pattern is a little-endian number of `row_bytes` bytes; the code of the first column is its lowest `bits` bits, that of the second the next, and so on |
//! | `leads`, `conversions` | counts of each pattern |
//! | `sampled_from` | null, or the number of all leads where the counts are those of a sample |
//!
//! A model:
//!
//! | key | meaning |
//! |---|---|
//! | `product` | as in the config |
//! | `leads`, `conversions` | all that it was calibrated on, whether sampled or not |
//! | `weeks` | weeks in which all leads came; null where unknown |
//! | `auc` | of its points out of fold: `value`, `interval`; null where not measured |
//! | `only` | null where the model was calibrated on the whole table; else `column` and `code`: on the patterns with that level |
//! | `terms` | what scores, in the order in which sums are added up: `column`, an index into the table's columns, and `at`, the index in the model's `attributes`, `behaviours` or `signals` (0 for inactivity). The code of an attribute is the index of its level in the config |
//!
//! With these, sums of points by docs/scoring-config.md give the calibration's own scores: a test holds it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use leadcal_lift::attribute::When;
use leadcal_lift::patterns::{Counts, CovariatePatterns, Source};
use leadcal_logit::validation::Validation;
use serde::Serialize;

use super::Report;
use super::sample::sample;
use crate::config::{Model, ScoringConfig};

#[derive(Serialize)]
pub(super) struct Data<'a> {
    config: &'a ScoringConfig,
    rate: f64,
    capacity_per_week: Option<f64>,
    table: Table<'a>,
    models: Vec<ModelData<'a>>,
}

#[derive(Serialize)]
struct Table<'a> {
    columns: Vec<ColumnData<'a>>,
    row_bytes: usize,
    codes: String,
    leads: Vec<u64>,
    conversions: Vec<u64>,
    sampled_from: Option<u64>,
}

#[derive(Serialize)]
struct ColumnData<'a> {
    name: &'a str,
    kind: &'static str,
    bits: u32,
    levels: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<Vec<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<Option<usize>>>,
}

#[derive(Serialize)]
struct ModelData<'a> {
    product: Option<&'a str>,
    leads: u64,
    conversions: u64,
    weeks: Option<f64>,
    auc: Option<AucData>,
    only: Option<Only>,
    terms: Vec<Term>,
}

#[derive(Serialize)]
struct AucData {
    value: f64,
    interval: [f64; 2],
}

#[derive(Serialize, Clone, Copy)]
struct Only {
    column: usize,
    code: usize,
}

#[derive(Serialize)]
struct Term {
    column: usize,
    at: usize,
}

impl<'a> Data<'a> {
    /// The data of a report; codes and counts take `most_bytes` at most.
    pub(super) fn of(report: &Report<'a>, most_bytes: usize) -> Self {
        let patterns = &report.history.patterns;
        let counts = patterns.counts();
        let models = report.assembled.config.models.iter().map(|model| model_data(report, model));
        Self {
            config: &report.assembled.config,
            rate: counts.total_conversions() as f64 / counts.total_leads().max(1) as f64,
            capacity_per_week: report.capacity_per_week,
            table: table(patterns, most_bytes),
            models: models.collect(),
        }
    }

    /// All leads, where the table holds a sample of them.
    pub(super) fn sampled_from(&self) -> Option<u64> {
        self.table.sampled_from
    }

    /// The leads that the table holds.
    pub(super) fn leads(&self) -> u64 {
        self.table.leads.iter().sum()
    }

    /// As JSON that no HTML parser takes for markup.
    pub(super) fn json(&self) -> String {
        let json = serde_json::to_string(self).expect("structs, lists and texts always have a JSON form");
        json.replace('<', "\\u003c")
    }
}

fn table(patterns: &CovariatePatterns, most_bytes: usize) -> Table<'_> {
    let attributes = patterns.attributes();
    let bits: Vec<u32> = attributes.iter().map(|attribute| bits_for(attribute.levels.len())).collect();
    let row_bytes = (bits.iter().sum::<u32>() as usize).div_ceil(8);
    let all = patterns.counts();
    // Base64 makes four characters of three bytes; counts are numbers and commas.
    let digits = |counts: &Counts| -> usize {
        let of = |counts: &[u64]| -> usize { counts.iter().map(|count| count.to_string().len() + 1).sum() };
        of(&counts.leads) + of(&counts.conversions)
    };
    let needed = patterns.len() * row_bytes * 4 / 3 + digits(all);
    let sampled = (needed > most_bytes).then(|| sample(all, (most_bytes / (row_bytes * 4 / 3 + 5)).max(1) as u64));
    let counts = sampled.as_ref().unwrap_or(all);
    let kept: Vec<usize> = (0..patterns.len()).filter(|&pattern| counts.leads[pattern] > 0).collect();
    let mut packed = vec![0; kept.len() * row_bytes];
    for (row, &pattern) in packed.chunks_exact_mut(row_bytes.max(1)).zip(&kept) {
        pack(row, patterns.codes(pattern), &bits);
    }
    let Counts { leads, conversions } = counts.picked(&kept);
    Table {
        columns: (0..attributes.len()).map(|at| column(patterns, at, bits[at])).collect(),
        row_bytes,
        codes: STANDARD.encode(packed),
        leads,
        conversions,
        sampled_from: sampled.is_some().then(|| all.total_leads()),
    }
}

/// Bits that hold the codes of so many levels.
fn bits_for(levels: usize) -> u32 {
    usize::BITS - levels.saturating_sub(1).leading_zeros()
}

/// Codes one after the other, lowest bit first.
fn pack(row: &mut [u8], codes: &[u32], bits: &[u32]) {
    let mut at = 0;
    for (&code, &bits) in codes.iter().zip(bits) {
        for bit in 0..bits {
            if code >> bit & 1 == 1 {
                row[at / 8] |= 1 << (at % 8);
            }
            at += 1;
        }
    }
}

fn column(patterns: &CovariatePatterns, at: usize, bits: u32) -> ColumnData<'_> {
    let attribute = &patterns.attributes()[at];
    let levels = attribute.levels.len();
    // A signal that fires once at most has levels for no and yes.
    let times = || patterns.values(at).map_or_else(|| (0..levels).map(|code| code as f64).collect(), <[f64]>::to_vec);
    let (kind, times, steps) = match patterns.feature(at).source {
        Source::Field => ("attribute", None, None),
        Source::Behaviour(_) => ("behaviour", Some(times()), None),
        Source::Signal(_) => ("signal", Some(times()), None),
        Source::Inactivity => {
            let mut next = 0..;
            let step = |when: &When| matches!(when, When::Range { from: Some(_), .. }).then(|| next.next()).flatten();
            ("inactivity", None, Some(attribute.levels.iter().map(|level| &level.when).map(step).collect()))
        }
    };
    let levels = attribute.levels.iter().map(|level| level.name.as_str()).collect();
    ColumnData { name: &attribute.name, kind, bits, levels, times, steps }
}

fn model_data<'a>(report: &Report<'a>, model: &'a Model) -> ModelData<'a> {
    let patterns = &report.history.patterns;
    let own =
        model.product.as_deref().and_then(|product| report.products.own.iter().find(|own| own.product == product));
    let points = own.map_or(&report.points.table, |own| &own.points);
    let validation: Option<&Validation> = match own {
        Some(own) => own.figures.as_ref().map(|figures| &figures.own[0]),
        None => Some(&report.points.validation),
    };
    ModelData {
        product: model.product.as_deref(),
        leads: points.leads,
        conversions: points.conversions,
        weeks: points.weeks,
        auc: validation.map(|found| AucData { value: found.auc, interval: found.auc_interval }),
        only: own.and_then(|own| only(report, &own.product)),
        terms: (0..patterns.attributes().len())
            .filter_map(|column| Some(Term { column, at: at(patterns, column, model)? }))
            .collect(),
    }
}

/// The patterns of a product, by its level of the column of products.
fn only(report: &Report<'_>, product: &str) -> Option<Only> {
    let name = report.spec.data.product.as_deref()?;
    let attributes = report.history.patterns.attributes();
    let column = attributes.iter().position(|attribute| attribute.name == name)?;
    let code = attributes[column].levels.iter().position(|level| level.name == product)?;
    Some(Only { column, code })
}

/// Where a model of the config has a column of the table; a product's model does not look at the product.
fn at(patterns: &CovariatePatterns, column: usize, model: &Model) -> Option<usize> {
    let name = &patterns.attributes()[column].name;
    match patterns.feature(column).source {
        Source::Field => model.attributes.iter().position(|of| of.name == *name),
        Source::Behaviour(_) => model.behaviours.iter().position(|of| of.name == *name),
        Source::Signal(_) => model.signals.iter().position(|of| of.name == *name),
        Source::Inactivity => model.inactivity.as_ref().map(|_| 0),
    }
}

#[cfg(test)]
mod tests;
