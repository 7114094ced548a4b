//! What can be typed. `options.rs` turns it into what the libraries take.

mod backtest;
mod check;
mod diff;
mod lint;
mod man;
mod plots;
mod replay;
mod schema;

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use jiff::Timestamp;
use leadcal_lift::events::parse_time;
use leadcal_lift::points::{PointsMethod, Scale};
use leadcal_lift::shrinkage::Shrinkage;
use leadcal_logit::fit::Solver;
use leadcal_scorecard::export::{Dialect, Target};
use leadcal_scorecard::spec::{METHODS, SOLVERS, checked_folds, checked_l2, checked_strength, checked_top};

pub(crate) use self::backtest::{BacktestArgs, CallArgs, LabelledArgs, LabelledColumns, MomentArgs, PeriodArgs};
pub(crate) use self::check::{CheckArgs, CheckFormat};
pub(crate) use self::diff::{DiffArgs, DiffFormat};
pub(crate) use self::lint::LintArgs;
pub(crate) use self::man::ManArgs;
pub(crate) use self::plots::{PlotArgs, PlotFormat};
pub(crate) use self::replay::{DeliveryArgs, ReplayArgs};
pub(crate) use self::schema::{SchemaArgs, SchemaOf};
use crate::terminal::Colour;

/// Calibrates lead scoring from history: points for each attribute, a predictive model, and one scoring config.
#[derive(Debug, Parser)]
#[command(name = "leadcal", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    /// When to colour.
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        hide_possible_values = true,
        help = "When to colour: always, never, or auto: on a terminal, unless NO_COLOR is set"
    )]
    pub(crate) color: Colour,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, or check passed; 1 check or lint failed; 2 bad usage or bad input;
3 the calculation could not be completed (no convergence, not enough data)";

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look at past leads and write a commented spec
    Init(InitArgs),
    /// Past leads to points, model and scoring config: the main job
    Calibrate(CalibrateArgs),
    /// The lift table and its points alone
    Points(LiftPointsArgs),
    /// The logistic model alone
    Fit(FitArgs),
    /// Join points and model into a scoring config
    Emit(EmitArgs),
    /// Score a file of leads with a scoring config
    Score(ScoreArgs),
    /// Measure a scoring config on leads whose outcome is known
    Backtest(BacktestArgs),
    /// The gate: may this config go live, on leads whose outcome is known?
    Check(CheckArgs),
    /// Play history forward: when leads would have entered and left each band and stage
    Replay(ReplayArgs),
    /// Tell what changed between two scoring configs, level by level
    Diff(DiffArgs),
    /// Find where a scoring config does not keep to good practice
    Lint(LintArgs),
    /// Write a scoring config in another tool's language
    Export(ExportArgs),
    /// Print a JSON Schema
    Schema(SchemaArgs),
    /// Print the completion script of a shell
    #[command(after_help = "Example:\n  leadcal completions bash > ~/.local/share/bash-completion/completions/leadcal")]
    Completions(CompletionsArgs),
    /// Print a manual page, or write them all
    Man(ManArgs),
}

/// `leadcal init`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadcal init leads.csv --outcome converted --id lead_id
  leadcal init leads.csv --outcome converted --events 'events-*.parquet'")]
pub(crate) struct InitArgs {
    /// Past leads: .csv, .tsv, .txt, .parquet, .ndjson or .jsonl; quote a glob such as 'leads-*.csv'
    pub(crate) leads: String,
    /// Column that says who converted
    #[arg(long, value_name = "COL")]
    pub(crate) outcome: String,
    /// Value of the outcome column that means converted, unless it is true/false, yes/no or 1/0
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub(crate) positive: Option<String>,
    /// Column carried to outputs, never an attribute
    #[arg(long, value_name = "COL")]
    pub(crate) id: Option<String>,
    /// Columns that are no attributes
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    pub(crate) exclude: Vec<String>,
    /// What leads did, one event a row, in the same formats as leads
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<String>,
    /// Spec file to write; - is standard output
    #[arg(short, long, value_name = "FILE", default_value = "leadcal.toml")]
    pub(crate) output: PathBuf,
    /// Write over a spec that exists
    #[arg(long)]
    pub(crate) force: bool,
}

/// `leadcal calibrate`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadcal calibrate                                 with the spec ./leadcal.toml
  leadcal calibrate leads.csv --outcome converted   without a spec
  leadcal calibrate --scale 0-100 -o out            a flag goes over the spec")]
pub(crate) struct CalibrateArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) points: PointsArgs,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// Folder for points.json, model.json, scoring.json and report.html
    #[arg(short, long, value_name = "DIR", default_value = "calibration", help_heading = "Output")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) plots: PlotArgs,
    /// How to print the summary
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub(crate) format: Format,
}

/// `leadcal points`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadcal points leads.csv --outcome converted
  leadcal points --method log-odds --scale 20 -o points.json")]
pub(crate) struct LiftPointsArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) points: PointsArgs,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// File to write the points to, for `leadcal emit`
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// How to print the table
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub(crate) format: Format,
}

/// `leadcal fit`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadcal fit leads.csv --outcome converted
  leadcal fit --l2 0 -o model.json")]
pub(crate) struct FitArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// File to write the model to, for `leadcal emit`
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// How to print the table
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub(crate) format: Format,
}

/// `leadcal emit`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadcal emit --points points.json -o scoring.json
  leadcal emit --points points.json --model model.json --spec leadcal.toml")]
pub(crate) struct EmitArgs {
    /// Points, as `leadcal points -o` writes them
    #[arg(long, value_name = "FILE")]
    pub(crate) points: PathBuf,
    /// Model, as `leadcal fit -o` writes it; without one the config tells no probability
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// Spec whose name, bands and stages the config gets
    #[arg(long, value_name = "FILE")]
    pub(crate) spec: Option<PathBuf>,
    /// Scoring config to write; - is standard output
    #[arg(short, long, value_name = "FILE", default_value = "scoring.json")]
    pub(crate) output: PathBuf,
}

/// `leadcal score`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadcal score calibration/scoring.json new-leads.csv
  leadcal score scoring.json leads.parquet --id lead_id --explain -o scored.parquet
  leadcal score scoring.json leads.csv --events events.parquet --as-of 2024-07-01")]
pub(crate) struct ScoreArgs {
    /// Scoring config
    pub(crate) config: PathBuf,
    /// Leads to score: .csv, .tsv, .txt, .parquet, .ndjson or .jsonl; quote a glob such as 'leads-*.csv'
    pub(crate) leads: String,
    /// Column carried to the output; without one leads are numbered
    #[arg(long, value_name = "COL")]
    pub(crate) id: Option<String>,
    /// Column with the product line, where the config has models of products [default: product]
    #[arg(long, value_name = "COL")]
    pub(crate) product: Option<String>,
    /// Column with the time the lead was created, for inactivity.
    #[arg(
        long,
        value_name = "COL",
        help = "Column with the time the lead was created, where the config looks at inactivity [default: created_at]"
    )]
    pub(crate) created_at: Option<String>,
    #[command(flatten)]
    pub(crate) events: ScoreEventArgs,
    /// File to write: .csv, .parquet or .ndjson; by default CSV on standard output
    #[arg(short, long, value_name = "FILE", default_value = "-", help_heading = "Output")]
    pub(crate) output: PathBuf,
    /// Add the reasons: every contribution to the score, largest first
    #[arg(long, help_heading = "Output")]
    pub(crate) explain: bool,
}

/// What the leads did.
#[derive(Debug, Args)]
#[command(next_help_heading = "Events")]
pub(crate) struct EventLogArgs {
    /// What the leads did, one event a row: a file or glob of the same formats
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<String>,
    /// Column of the events with the lead's id [default: the one called as the leads' id, else one called lead or lead id]
    #[arg(long, value_name = "COL", requires = "events")]
    pub(crate) event_lead: Option<String>,
    /// Column of the events with their time
    #[arg(long, value_name = "COL", requires = "events", default_value = "time")]
    pub(crate) event_time: String,
    /// Column of the events with their name
    #[arg(long, value_name = "COL", requires = "events", default_value = "event")]
    pub(crate) event_name: String,
}

/// What the leads to score did, and the moment scored.
#[derive(Debug, Args)]
#[command(next_help_heading = "Events")]
pub(crate) struct ScoreEventArgs {
    #[command(flatten)]
    pub(crate) log: EventLogArgs,
    /// The moment scored, such as 2024-07-01 or 2024-07-01T12:00:00Z; UTC without a zone [default: the newest time in the events]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) as_of: Option<Timestamp>,
}

/// `leadcal export`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadcal export scoring.json --to csv -o points.csv
  leadcal export scoring.json --to json --strict")]
pub(crate) struct ExportArgs {
    /// Scoring config
    pub(crate) config: PathBuf,
    /// What to export to
    #[arg(long, value_name = "TARGET", value_parser = target())]
    pub(crate) to: Target,
    /// File to write, or folder where the target is several files; by default standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// Fail, and write nothing, where any part of the config cannot be said in the target
    #[arg(long, help_heading = "Output")]
    pub(crate) strict: bool,
    /// Also write what cannot be said as JSON
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) losses: Option<PathBuf>,
    /// Export the model that serves this product alone, as the one of all leads
    #[arg(long, value_name = "NAME")]
    pub(crate) product: Option<String>,
    /// Rows for leads in the list that are ready [default: 200]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000), help_heading = "xlsx")]
    pub(crate) rows: Option<u32>,
    /// Rows for events that are ready [default: 1000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000), help_heading = "xlsx")]
    pub(crate) event_rows: Option<u32>,
    /// What a field or an event is called in the CRM, unless the target's rule for names is right
    #[arg(long, value_name = "NAME=THERE", value_parser = pair, help_heading = "CRMs")]
    pub(crate) rename: Vec<(String, String)>,
    /// Object whose records are scored
    #[arg(long, value_name = "NAME", help_heading = "CRMs")]
    pub(crate) object: Option<String>,
    #[command(flatten)]
    pub(crate) sql: SqlArgs,
}

/// `page_view=4-96000`. The name may contain `=`, what it is called there may not.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((name, there)) if !name.is_empty() && !there.is_empty() => Ok((name.to_owned(), there.to_owned())),
        _ => Err("expected NAME=THERE, such as age=Age__c".to_owned()),
    }
}

/// Where SQL finds the leads and events. Names of tables may have several parts, such as `crm.leads`.
#[derive(Debug, Args)]
#[command(next_help_heading = "SQL and dbt")]
pub(crate) struct SqlArgs {
    /// Dialect of SQL; Databricks speaks Spark's
    #[arg(long, default_value = "duckdb", value_parser = one_of(Dialect::ALL))]
    pub(crate) dialect: Dialect,
    /// Table of the leads
    #[arg(long, value_name = "TABLE", default_value = "leads")]
    pub(crate) leads_table: String,
    /// Table of the events, where the config looks at events
    #[arg(long, value_name = "TABLE", default_value = "events")]
    pub(crate) events_table: String,
    /// Column of the leads that identifies them
    #[arg(long, value_name = "COL", default_value = "id")]
    pub(crate) id: String,
    /// Column of the leads with the product line, where the config has models of products
    #[arg(long, value_name = "COL", default_value = "product")]
    pub(crate) product_column: String,
    /// Column of the leads with the time they were created, where the config looks at inactivity
    #[arg(long, value_name = "COL", default_value = "created_at")]
    pub(crate) created_at: String,
    /// Column of the events with the lead's id
    #[arg(long, value_name = "COL", default_value = "lead_id")]
    pub(crate) event_lead: String,
    /// Column of the events with their time
    #[arg(long, value_name = "COL", default_value = "time")]
    pub(crate) event_time: String,
    /// Column of the events with their name
    #[arg(long, value_name = "COL", default_value = "event")]
    pub(crate) event_name: String,
    /// Score as of this moment; by default the newest time of the events
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) as_of: Option<Timestamp>,
}

/// `leadcal completions`
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub(crate) shell: Shell,
}

/// The leads and what their columns are for: a spec file, or a file of leads and flags.
#[derive(Debug, Args)]
#[command(next_help_heading = "Leads")]
pub(crate) struct DataArgs {
    /// Spec file (.toml), or past leads (.csv, .tsv, .txt, .parquet, .ndjson, .jsonl; quote a glob)
    #[arg(value_name = "SPEC|LEADS", default_value = "leadcal.toml", help_heading = "Arguments")]
    pub(crate) input: String,
    /// Column that says who converted; needed where leads are named instead of a spec
    #[arg(long, value_name = "COL")]
    pub(crate) outcome: Option<String>,
    /// Value of the outcome column that means converted, unless it is true/false, yes/no or 1/0
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    pub(crate) positive: Option<String>,
    /// Columns that are no attributes, besides those the spec excludes
    #[arg(long, value_name = "COL,…", value_delimiter = ',')]
    pub(crate) exclude: Vec<String>,
    /// Column carried to outputs, never an attribute
    #[arg(long, value_name = "COL")]
    pub(crate) id: Option<String>,
    /// Column of given validation folds, instead of seeded ones
    #[arg(long, value_name = "COL")]
    pub(crate) fold: Option<String>,
}

/// How lift becomes points.
#[derive(Debug, Args)]
#[command(next_help_heading = "Points")]
pub(crate) struct PointsArgs {
    /// Formula of the points [default: rate-difference]
    #[arg(long, value_parser = one_of(METHODS), hide_default_value = true)]
    pub(crate) method: Option<PointsMethod>,
    /// Size of a point: a number above 0, or 0-100 for scores from 0 to 100 [default: 1]
    #[arg(long, value_name = "NUMBER|0-100", allow_hyphen_values = true)]
    pub(crate) scale: Option<Scale>,
    /// empirical-bayes, or a number of leads: how far rates are drawn to the overall rate; 0 is off [default: empirical-bayes]
    #[arg(long, value_name = "WORD|NUMBER", allow_hyphen_values = true, value_parser = shrinkage)]
    pub(crate) shrinkage: Option<Shrinkage>,
    /// Let a level keep its points where its interval contains "no lift"
    #[arg(long)]
    pub(crate) keep_inconclusive: bool,
    /// A level with fewer leads is pooled or inconclusive [default: 30]
    #[arg(long, value_name = "N")]
    pub(crate) min_leads: Option<u64>,
}

/// How the logistic model is fitted and validated.
#[derive(Debug, Args)]
#[command(next_help_heading = "Model")]
pub(crate) struct ModelArgs {
    /// Algorithm [default: newton]
    #[arg(long, value_parser = one_of(SOLVERS))]
    pub(crate) solver: Option<Solver>,
    /// Penalty on the squared coefficients, 0 or more [default: 1]
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true, value_parser = l2)]
    pub(crate) l2: Option<f64>,
    /// Folds of the cross-validation [default: 5]
    #[arg(long, value_name = "N", value_parser = folds)]
    pub(crate) folds: Option<usize>,
    /// Seed of the folds [default: 0]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Keep only the K attributes that tell most together
    #[arg(long, value_name = "K", value_parser = top)]
    pub(crate) top: Option<usize>,
}

/// How to print what people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
}

/// Parses one of some words.
fn one_of<T: Copy + Send + Sync + 'static, const N: usize>(
    words: [(&'static str, T); N],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words.map(|(word, _)| word)).try_map(move |text| {
        words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning).ok_or("not one of the words")
    })
}

fn target() -> impl TypedValueParser<Value = Target> {
    let words = Target::ALL.map(|(word, _, about)| PossibleValue::new(word).help(about));
    PossibleValuesParser::new(words).try_map(|word| word.parse::<Target>())
}

fn shrinkage(text: &str) -> Result<Shrinkage, String> {
    if text == "empirical-bayes" {
        return Ok(Shrinkage::EmpiricalBayes);
    }
    checked_strength(text.parse().unwrap_or(f64::NAN)).map_err(|out| out.to_string())
}

fn l2(text: &str) -> Result<f64, String> {
    checked_l2(text.parse().unwrap_or(f64::NAN)).map_err(|out| out.to_string())
}

fn moment(text: &str) -> Result<Timestamp, String> {
    parse_time(text).ok_or_else(|| "expected a time such as 2024-07-01T12:00:00Z, or a day".to_owned())
}

fn folds(text: &str) -> Result<usize, String> {
    checked_folds(text.parse().unwrap_or(0)).map_err(|out| out.to_string())
}

fn top(text: &str) -> Result<usize, String> {
    checked_top(text.parse().unwrap_or(0)).map_err(|out| out.to_string())
}

#[cfg(test)]
mod tests;
