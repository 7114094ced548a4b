//! Bands and stages: how many leads are in each, and whether they convert as the config says.

use serde::Serialize;

use super::figures::Rate;
use super::{Scored, expected_rate};
use crate::config::Model;

/// The leads of a band, or those that reached a stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    /// Of the band or stage.
    pub name: String,
    /// Lowest score in it; `None` where several models have it from different scores on.
    pub from: Option<f64>,
    /// What the config says to do with them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Its leads.
    pub leads: u64,
    /// Their share of all leads.
    pub share: f64,
    /// Its leads in a week.
    pub leads_a_week: Option<f64>,
    /// Those of its leads that converted.
    pub conversions: u64,
    /// Their share of all conversions; 0 where there are none.
    pub of_conversions: f64,
    /// The rate; `None` without leads.
    #[serde(flatten)]
    pub rate: Option<Rate>,
    /// Its rate over that of all leads; `None` where either is not there.
    pub lift: Option<f64>,
    /// The rate that the config expects: a band's `expected_rate`; of a stage the mean over its leads of
    /// `expected_rate_by_score`.
    pub expected_rate: Option<f64>,
    /// Whether the leads convert so.
    pub as_expected: Option<AsExpected>,
}

/// Where an expected rate lies to the interval of the rate found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AsExpected {
    /// Above it: leads convert less than expected.
    Less,
    /// In it.
    Yes,
    /// Below it: leads convert more than expected.
    More,
}

impl Part {
    fn expect(&mut self, rate: Option<f64>) {
        self.expected_rate = rate;
        self.as_expected = self.rate.zip(rate).map(|(found, expected)| AsExpected::of(found, expected));
    }
}

impl AsExpected {
    fn of(rate: Rate, expected: f64) -> Self {
        let [low, high] = rate.interval;
        if expected > high {
            Self::Less
        } else if expected < low {
            Self::More
        } else {
            Self::Yes
        }
    }
}

/// A part in the making, of one or several models.
#[derive(Default)]
struct Sum {
    leads: u64,
    conversions: u64,
    /// Expected conversions; `None` once a lead has no expected rate.
    expected: Option<f64>,
}

impl Sum {
    fn add(&mut self, row: &Scored, expected: Option<f64>) {
        self.leads += row.leads;
        self.conversions += row.conversions;
        self.expected = self.expected.zip(expected).map(|(sum, rate)| sum + rate * row.leads as f64);
    }
}

/// The bands that the models used have in common; none where their names differ.
pub(crate) fn bands(models: &[Model], used: &[usize], rows: &[Scored], weeks: Option<f64>) -> Vec<Part> {
    let names = |model: &Model| model.bands.iter().map(|band| band.name.clone()).collect();
    let Some(names) = common(models, used, names) else { return Vec::new() };
    let mut sums = sums(names.len());
    for row in rows {
        let model = &models[row.model];
        // As the runtime does: the last that starts at the score or below it.
        if let Some(at) = model.bands.iter().rposition(|band| band.from <= row.score) {
            sums[at].add(row, model.bands[at].expected_rate);
        }
    }
    let mut parts = parts(names, &sums, rows, weeks, |at| of_all(used, |model| Some(models[model].bands[at].from)));
    for (at, part) in parts.iter_mut().enumerate() {
        part.action = of_all(used, |model| models[model].bands[at].action.clone());
        // What all models say is no mean: a band without leads has it, too.
        part.expect(of_all(used, |model| models[model].bands[at].expected_rate).or(part.expected_rate));
    }
    parts
}

/// The stages that the models used have in common, each with the leads of those above it; none where their names differ.
pub(super) fn stages(models: &[Model], used: &[usize], rows: &[Scored], weeks: Option<f64>) -> Vec<Part> {
    let names = |model: &Model| model.stages.iter().map(|stage| stage.name.clone()).collect();
    let Some(names) = common(models, used, names) else { return Vec::new() };
    let mut sums = sums(names.len());
    for row in rows {
        let model = &models[row.model];
        for (sum, _) in sums.iter_mut().zip(&model.stages).take_while(|(_, stage)| stage.from <= row.score) {
            sum.add(row, expected_rate(model, row.score));
        }
    }
    parts(names, &sums, rows, weeks, |at| of_all(used, |model| Some(models[model].stages[at].from)))
}

fn sums(count: usize) -> Vec<Sum> {
    (0..count).map(|_| Sum { expected: Some(0.0), ..Sum::default() }).collect()
}

/// The names that all models used have, in one order.
fn common(models: &[Model], used: &[usize], names: impl Fn(&Model) -> Vec<String>) -> Option<Vec<String>> {
    of_all(used, |model| Some(names(&models[model])))
}

/// What is the same for all models used.
fn of_all<T: PartialEq>(used: &[usize], of: impl Fn(usize) -> Option<T>) -> Option<T> {
    let (first, others) = used.split_first()?;
    let first = of(*first)?;
    others.iter().all(|&model| of(model).as_ref() == Some(&first)).then_some(first)
}

fn parts(
    names: Vec<String>,
    sums: &[Sum],
    rows: &[Scored],
    weeks: Option<f64>,
    from: impl Fn(usize) -> Option<f64>,
) -> Vec<Part> {
    let all_leads: u64 = rows.iter().map(|row| row.leads).sum();
    let all_conversions: u64 = rows.iter().map(|row| row.conversions).sum();
    let overall = Rate::of(all_leads, all_conversions).map(|rate| rate.rate).filter(|rate| *rate > 0.0);
    let part = |(at, (name, sum)): (usize, (String, &Sum))| {
        let rate = Rate::of(sum.leads, sum.conversions);
        let expected_rate = sum.expected.filter(|_| sum.leads > 0).map(|expected| expected / sum.leads as f64);
        let mut part = Part {
            name,
            from: from(at),
            action: None,
            leads: sum.leads,
            share: sum.leads as f64 / all_leads.max(1) as f64,
            leads_a_week: weeks.map(|weeks| sum.leads as f64 / weeks),
            conversions: sum.conversions,
            of_conversions: sum.conversions as f64 / all_conversions.max(1) as f64,
            rate,
            lift: rate.zip(overall).map(|(rate, overall)| rate.rate / overall),
            expected_rate: None,
            as_expected: None,
        };
        part.expect(expected_rate);
        part
    };
    names.into_iter().zip(sums).enumerate().map(part).collect()
}
