//! What can be typed after `leadcal diff`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `leadcal diff`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadcal diff scoring.json candidate.json
  leadcal diff <(git show origin/main:scoring.json) scoring.json --format markdown
  leadcal diff --exit-code old/model.json new/model.json")]
pub(crate) struct DiffArgs {
    /// Scoring config, or model.json, as it was
    pub(crate) before: PathBuf,
    /// The same kind of file as it is now
    pub(crate) after: PathBuf,
    /// Exit with 1 where a score, band, stage, grade or probability can change
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// File to write; by default standard output
    #[arg(short, long, value_name = "FILE", default_value = "-", help_heading = "Output")]
    pub(crate) output: PathBuf,
    /// How to print what changed
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub(crate) format: DiffFormat,
}

/// How to print what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum DiffFormat {
    #[default]
    Text,
    Json,
    /// For a pull request
    Markdown,
}
