//! What can be typed after `leadcal lint`.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use leadcal_scorecard::lint::{Code, Severity};

use super::backtest::amount;
use super::{Format, LabelledColumns};

/// `leadcal lint`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadcal lint scoring.json
  leadcal lint scoring.json --leads leadcal.toml --as-of 2026-08-01
  leadcal lint scoring.json --leads leads.csv --outcome converted --allow no-inactivity,thin-level
  leadcal lint scoring.json --format json --fail-on error")]
pub(crate) struct LintArgs {
    /// Scoring configs
    #[arg(required = true, value_name = "CONFIG")]
    pub(crate) configs: Vec<PathBuf>,
    /// Spec file (.toml) or past leads, for what only leads tell; without them it is not looked at
    #[arg(long, value_name = "SPEC|LEADS")]
    pub(crate) leads: Option<String>,
    /// Ask whether the calibration was more than a quarter old on this day
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<Date>,
    /// Leads that sales can call in a week [default: the spec's, where bands are cut by it]
    #[arg(long, value_name = "N", value_parser = amount)]
    pub(crate) capacity_per_week: Option<f64>,
    #[command(flatten)]
    pub(crate) columns: LabelledColumns,
    /// Findings that are fine here, by their codes
    #[arg(long, value_name = "CODE,…", value_delimiter = ',', value_parser = code(), hide_possible_values = true)]
    pub(crate) allow: Vec<Code>,
    /// Exit with 1 where there is a finding this bad or worse
    #[arg(long, value_enum, default_value_t)]
    pub(crate) fail_on: FailOn,
    /// File to write; by default standard output
    #[arg(short, long, value_name = "FILE", default_value = "-", help_heading = "Output")]
    pub(crate) output: PathBuf,
    /// How to print the findings
    #[arg(long, value_enum, default_value_t, help_heading = "Output")]
    pub(crate) format: Format,
}

/// The least bad finding that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum FailOn {
    Error,
    #[default]
    Warning,
    Advice,
    Never,
}

impl FailOn {
    /// Whether a finding fails.
    pub(crate) fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Advice => true,
            Self::Never => false,
        }
    }
}

fn code() -> impl TypedValueParser<Value = Code> {
    PossibleValuesParser::new(Code::ALL.map(|code| PossibleValue::new(code.as_str())))
        .try_map(|word| Code::ALL.into_iter().find(|code| code.as_str() == word).ok_or("not one of the codes"))
}
