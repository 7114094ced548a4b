//! What can be typed after `leadcal backtest`.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use leadcal_scorecard::spec::{MOST_DAYS, checked_amount, checked_cost};

use super::{EventLogArgs, Format, moment};

/// `leadcal backtest`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadcal backtest calibration/scoring.json                          with the spec ./leadcal.toml
  leadcal backtest scoring.json leads.csv --outcome converted        without a spec
  leadcal backtest scoring.json --from 2024-07-01 --capacity-per-week 40
  leadcal backtest scoring.json --value-per-conversion 900 --cost-per-contact 15
  leadcal backtest scoring.json leads.csv --outcome converted --events events.csv --after-days 14 --horizon-days 60")]
pub(crate) struct BacktestArgs {
    /// Scoring config
    pub(crate) config: PathBuf,
    #[command(flatten)]
    pub(crate) leads: LabelledArgs,
    #[command(flatten)]
    pub(crate) moment: MomentArgs,
    #[command(flatten)]
    pub(crate) events: EventLogArgs,
    #[command(flatten)]
    pub(crate) period: PeriodArgs,
    #[command(flatten)]
    pub(crate) calls: CallArgs,
    /// File to write; by default standard output
    #[arg(short, long, value_name = "FILE", default_value = "-", help_heading = "Output")]
    pub(crate) output: PathBuf,
    /// How to print the figures
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub(crate) format: Format,
}

/// Leads whose outcome is known: a spec file, or a file of leads and flags.
#[derive(Debug, Args)]
#[command(next_help_heading = "Leads")]
pub(crate) struct LabelledArgs {
    /// Spec file (.toml), or past leads (.csv, .tsv, .txt, .parquet, .ndjson, .jsonl; quote a glob)
    #[arg(value_name = "SPEC|LEADS", default_value = "leadcal.toml", help_heading = "Arguments")]
    pub(crate) input: String,
    #[command(flatten)]
    pub(crate) columns: LabelledColumns,
}

/// What the columns of labelled leads are for; over the spec.
#[derive(Debug, Args)]
#[command(next_help_heading = "Leads")]
pub(crate) struct LabelledColumns {
    /// Column that says who converted; needed where leads are named instead of a spec
    #[arg(long, value_name = "COL")]
    pub(crate) outcome: Option<String>,
    /// Value of the outcome column that means converted, unless it is true/false, yes/no or 1/0
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub(crate) positive: Option<String>,
    /// Column with the lead's id, by which events are joined [default: the spec's, else one called id or lead id]
    #[arg(long, value_name = "COL")]
    pub(crate) id: Option<String>,
    /// Column with the product line, where the config has models of products [default: the spec's, else product]
    #[arg(long, value_name = "COL")]
    pub(crate) product: Option<String>,
    /// Column with the time the lead was created.
    #[arg(
        long,
        value_name = "COL",
        help = "Column with the time the lead was created [default: the spec's, else created_at where there is one]"
    )]
    pub(crate) created_at: Option<String>,
    /// Column with the time it converted.
    #[arg(
        long,
        value_name = "COL",
        help = "Column with the time it converted [default: the spec's, else converted_at where there is one]"
    )]
    pub(crate) converted_at: Option<String>,
}

/// The moment of their past at which leads are looked at; over the spec's `[snapshot]`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Moment")]
pub(crate) struct MomentArgs {
    /// Look at each lead so many days after its creation, knowing what it had done by then
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=i64::from(MOST_DAYS)))]
    pub(crate) after_days: Option<u32>,
    /// Look at all leads that were there at this moment, such as 2024-07-01; UTC without a zone
    #[arg(long, value_name = "TIME", value_parser = moment, conflicts_with = "after_days")]
    pub(crate) as_of: Option<Timestamp>,
    /// Count conversions up to so many days after the moment, and leave out leads for which that is not over [default: the
    /// spec's, else every later conversion counts]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_DAYS)))]
    pub(crate) horizon_days: Option<u32>,
}

/// The leads taken, by when they were created.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which leads")]
pub(crate) struct PeriodArgs {
    /// Only leads created on this day or later
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<Date>,
    /// Only leads created on this day or earlier
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Option<Date>,
    /// All leads, also where later ones than the config's could be told apart
    #[arg(long, conflicts_with_all = ["from", "to"])]
    pub(crate) all: bool,
}

/// What calls bring and cost, and how many can be made.
#[derive(Debug, Args)]
#[command(next_help_heading = "Calls")]
pub(crate) struct CallArgs {
    /// What a conversion is worth
    #[arg(long, value_name = "AMOUNT", requires = "cost_per_contact", value_parser = amount)]
    pub(crate) value_per_conversion: Option<f64>,
    /// What contacting a lead costs
    #[arg(long, value_name = "AMOUNT", requires = "value_per_conversion", value_parser = cost)]
    pub(crate) cost_per_contact: Option<f64>,
    /// Leads that sales can call in a week
    #[arg(long, value_name = "N", value_parser = amount)]
    pub(crate) capacity_per_week: Option<f64>,
}

pub(super) fn amount(text: &str) -> Result<f64, String> {
    checked_amount(text.parse().unwrap_or(f64::NAN)).map_err(|out| out.to_string())
}

fn cost(text: &str) -> Result<f64, String> {
    checked_cost(text.parse().unwrap_or(f64::NAN)).map_err(|out| out.to_string())
}
