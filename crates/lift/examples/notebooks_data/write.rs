//! The files of a data set, as bytes.

use std::error::Error;

use jiff::Timestamp;
use polars::prelude::{
    Column, DataFrame, Int64Chunked, IntoColumn, NamedFrom, ParquetCompression, ParquetWriter, Series,
    StatisticsOptions, TimeUnit, TimeZone,
};
use serde::Serialize;

use crate::dataset::outcome::Outcome;
use crate::dataset::truth::Truth;
use crate::dataset::{DATA_END, DAY, Dataset, FIRST_DAY, signals};

/// Anything that can go wrong while writing.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

/// The generated files by name, in bytes.
///
/// # Errors
/// Where a writer fails.
pub(crate) fn files(data: &Dataset) -> Result<Vec<(&'static str, Vec<u8>)>, Failure> {
    Ok(vec![
        ("leads.csv", leads_csv(data)?),
        ("events.parquet", events_parquet(data)?),
        ("truth.json", truth_json(data)?),
    ])
}

const COLUMNS: [&str; 22] = [
    "id",
    "created_at",
    "converted_at",
    "converted",
    "product",
    "first_name",
    "last_name",
    "email",
    "job_title",
    "seniority",
    "department",
    "company",
    "company_size",
    "industry",
    "country",
    "source",
    "budget_band",
    "seats",
    "phone",
    "newsletter",
    "form_variant",
    "domain_age_years",
];

fn leads_csv(data: &Dataset) -> Result<Vec<u8>, Failure> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(COLUMNS)?;
    let number = |field: Option<i64>| field.map(|x| x.to_string()).unwrap_or_default();
    for (lead, outcome) in data.leads.iter().zip(&data.outcomes) {
        let converted_at = outcome.converted_at();
        let row = [
            lead.id.as_str(),
            &time(lead.created_at)?,
            &converted_at.map(time).transpose()?.unwrap_or_default(),
            if converted_at.is_some() { "yes" } else { "no" },
            lead.product,
            lead.first_name.as_deref().unwrap_or_default(),
            &lead.last_name,
            lead.email.as_deref().unwrap_or_default(),
            lead.job_title.unwrap_or_default(),
            lead.seniority.unwrap_or_default(),
            lead.department.unwrap_or_default(),
            &lead.company,
            &number(lead.company_size),
            lead.industry.unwrap_or_default(),
            lead.country,
            lead.source.unwrap_or_default(),
            lead.budget_band.unwrap_or_default(),
            &number(lead.seats),
            lead.phone.as_deref().unwrap_or_default(),
            lead.newsletter.unwrap_or_default(),
            lead.form_variant.unwrap_or_default(),
            &number(lead.domain_age_years),
        ];
        csv.write_record(row)?;
    }
    Ok(csv.into_inner()?)
}

fn events_parquet(data: &Dataset) -> Result<Vec<u8>, Failure> {
    let events = &data.events;
    let ids: Vec<&str> = events.iter().map(|event| data.leads[event.lead].id.as_str()).collect();
    let names: Vec<&str> = events.iter().map(|event| event.name).collect();
    let pages: Vec<Option<&str>> = events.iter().map(|event| event.page).collect();
    let assets: Vec<Option<&str>> = events.iter().map(|event| event.asset).collect();
    let times: Vec<i64> = events.iter().map(|event| event.time * 1_000).collect();
    // Not by a cast: polars' cast drops the zone where its `timezones` feature is off.
    let times = Int64Chunked::from_vec("time".into(), times);
    let times = times.into_datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC));
    let columns: Vec<Column> = vec![
        Series::new("lead_id".into(), ids).into_column(),
        times.into_column(),
        Series::new("event".into(), names).into_column(),
        Series::new("page".into(), pages).into_column(),
        Series::new("asset".into(), assets).into_column(),
    ];
    let mut frame = DataFrame::new(events.len(), columns)?;
    let mut bytes = Vec::new();
    // One row group, one thread: the bytes depend on nothing but the events.
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .with_statistics(StatisticsOptions::empty())
        .with_row_group_size(Some(events.len()))
        .set_parallel(false)
        .finish(&mut frame)?;
    Ok(bytes)
}

/// `truth.json`: the model, what a reader needs to rebuild its inputs, and what it made.
#[derive(Serialize)]
struct TruthFile<'a> {
    about: &'static str,
    seed: u64,
    leads_from: String,
    data_end: String,
    #[serde(flatten)]
    truth: &'a Truth,
    free_mail_domains: &'a [&'a str],
    disposable_domains: &'a [&'a str],
    keyboard_rows: &'a [&'a str],
    made: Made,
}

/// Figures of the data made.
#[derive(Serialize)]
struct Made {
    leads: usize,
    events: usize,
    leads_without_events: usize,
    conversions_known: usize,
    snapshot_rows: usize,
    snapshot_conversions: usize,
    converted_before_snapshot: usize,
    censored: usize,
    /// Mean true probability over the snapshot rows.
    expected_rate: f64,
    observed_rate: f64,
}

fn truth_json(data: &Dataset) -> Result<Vec<u8>, Failure> {
    let file = TruthFile {
        about: "What generated leads.csv and events.parquet. Read notebooks-data/README.md first.",
        seed: data.seed,
        leads_from: time(FIRST_DAY)?,
        data_end: time(DATA_END)?,
        truth: &data.truth,
        free_mail_domains: signals::FREE_MAIL,
        disposable_domains: signals::DISPOSABLE_MAIL,
        keyboard_rows: &signals::KEYBOARD_ROWS,
        made: made(data),
    };
    let mut bytes = serde_json::to_vec_pretty(&file)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn made(data: &Dataset) -> Made {
    let horizon = data.truth.snapshot.horizon_days * DAY;
    let mut active = vec![false; data.leads.len()];
    data.events.iter().for_each(|event| active[event.lead] = true);
    let early = |outcome: &&Outcome| outcome.converts_at.is_some_and(|t| t <= outcome.as_of);
    let (before, rest): (Vec<&Outcome>, Vec<&Outcome>) = data.outcomes.iter().partition(early);
    let (rows, censored): (Vec<&Outcome>, Vec<&Outcome>) =
        rest.into_iter().partition(|outcome: &&Outcome| outcome.as_of + horizon <= DATA_END);
    let conversions = rows.iter().filter(|outcome| outcome.converts_at.is_some()).count();
    let expected: f64 = rows.iter().map(|outcome| outcome.probability).sum();
    Made {
        leads: data.leads.len(),
        events: data.events.len(),
        leads_without_events: active.iter().filter(|&&any| !any).count(),
        conversions_known: data.outcomes.iter().filter(|outcome| outcome.converted_at().is_some()).count(),
        snapshot_rows: rows.len(),
        snapshot_conversions: conversions,
        converted_before_snapshot: before.len(),
        censored: censored.len(),
        expected_rate: rounded(expected / rows.len() as f64),
        observed_rate: rounded(conversions as f64 / rows.len() as f64),
    }
}

/// To four decimals: more would show the last bits of the machine's exponential.
fn rounded(x: f64) -> f64 {
    (x * 1e4).round() / 1e4
}

fn time(seconds: i64) -> Result<String, Failure> {
    Ok(Timestamp::from_second(seconds)?.to_string())
}
