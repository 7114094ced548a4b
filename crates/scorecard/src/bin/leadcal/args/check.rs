//! What can be typed after `leadcal check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::{EventLogArgs, LabelledColumns, MomentArgs, PeriodArgs};

/// `leadcal check`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadcal check scoring.json --baseline live/scoring.json --leads leads.csv --outcome converted
  leadcal check scoring.json --baseline live/scoring.json --policy check.toml       with the spec ./leadcal.toml
  leadcal check scoring.json --leads 'leads-2026-*.csv' --outcome converted         against its own word
  leadcal check model.json --baseline live/model.json --leads leads.csv --outcome converted
  leadcal check scoring.json --baseline live/scoring.json --format markdown -o comment.md
  leadcal check --print-policy > check.toml")]
pub(crate) struct CheckArgs {
    /// Scoring config, or model, that might go live
    #[arg(required_unless_present = "print_policy")]
    pub(crate) candidate: Option<PathBuf>,
    /// The one that is live; without it the candidate is held against what it says itself
    #[arg(long, value_name = "CONFIG")]
    pub(crate) baseline: Option<PathBuf>,
    /// Which checks are asked, and what each tolerates [default: every check, with its default]
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Print the default policy, a commented file, and do nothing else
    #[arg(long, exclusive = true)]
    pub(crate) print_policy: bool,
    /// Day of which the calibration's age is asked [default: --as-of, else the day of the newest lead]
    #[arg(long, value_name = "DATE")]
    pub(crate) age_as_of: Option<Date>,
    #[command(flatten)]
    pub(crate) leads: CheckedLeads,
    #[command(flatten)]
    pub(crate) moment: MomentArgs,
    #[command(flatten)]
    pub(crate) events: EventLogArgs,
    #[command(flatten)]
    pub(crate) period: PeriodArgs,
    /// File to write; by default standard output
    #[arg(short, long, value_name = "FILE", default_value = "-", help_heading = "Output")]
    pub(crate) output: PathBuf,
    /// How to write what was found
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub(crate) format: CheckFormat,
}

/// Leads whose outcome is known: a spec file, or a file of leads and flags.
#[derive(Debug, Args)]
#[command(next_help_heading = "Leads")]
pub(crate) struct CheckedLeads {
    /// Spec file (.toml), or past leads (.csv, .tsv, .txt, .parquet, .ndjson, .jsonl; quote a glob)
    #[arg(long, value_name = "SPEC|LEADS", default_value = "leadcal.toml")]
    pub(crate) leads: String,
    #[command(flatten)]
    pub(crate) columns: LabelledColumns,
}

/// How to write what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum CheckFormat {
    /// Lines for people
    #[default]
    Text,
    /// JSON; its schema: leadcal schema --of check
    Json,
    /// Markdown, such as for a comment on a pull request
    Markdown,
    /// XML as of `JUnit`.
    #[value(help = "JUnit XML: a test case for each check")]
    Junit,
}
