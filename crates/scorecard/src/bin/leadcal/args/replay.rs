//! What can be typed after `leadcal replay`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use leadcal_scorecard::replay::alerts::AlertRule;

use super::{EventLogArgs, moment};

/// `leadcal replay`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadcal replay scoring.json leads.csv --events events.parquet -o moves.ndjson
  leadcal replay scoring.json leads.csv --events events.parquet --from 2024-06-01 --to 2024-09-01
  leadcal replay new.json leads.csv --events events.parquet --baseline old.json -o differences.ndjson
  leadcal replay scoring.json leads.csv --events events.csv --from 2024-09-01 --webhook @hook.txt
  leadcal replay --resend undelivered.ndjson --webhook @hook.txt")]
pub(crate) struct ReplayArgs {
    /// Scoring config
    #[arg(required_unless_present = "resend")]
    pub(crate) config: Option<PathBuf>,
    /// Leads as they stand today: .csv, .tsv, .txt, .parquet, .ndjson or .jsonl; quote a glob such as 'leads-*.csv'
    #[arg(required_unless_present = "resend")]
    pub(crate) leads: Option<String>,
    /// Column with the lead's id, which events and lines name it by [default: one called id or lead id]
    #[arg(long, value_name = "COL")]
    pub(crate) id: Option<String>,
    /// Column with the product line, where the config has models of products [default: product]
    #[arg(long, value_name = "COL")]
    pub(crate) product: Option<String>,
    /// Column with the time the lead was created, where it begins.
    #[arg(
        long,
        value_name = "COL",
        help = "Column with the time the lead was created, where it begins [default: created_at]"
    )]
    pub(crate) created_at: Option<String>,
    #[command(flatten)]
    pub(crate) log: EventLogArgs,
    /// First moment told of, such as 2024-07-01 or 2024-07-01T12:00:00Z; what came before counts all the same [default: the first lead's beginning]
    #[arg(long, value_name = "TIME", value_parser = moment, help_heading = "Replay")]
    pub(crate) from: Option<Timestamp>,
    /// Last moment looked at [default: the newest time in the events]
    #[arg(long, value_name = "TIME", value_parser = moment, help_heading = "Replay")]
    pub(crate) to: Option<Timestamp>,
    /// Which entries are alerts, from below: stages, top-band, band:NAME, stage:NAME
    #[arg(
        long,
        value_name = "RULE,…",
        value_delimiter = ',',
        default_value = "stages,top-band",
        help_heading = "Replay"
    )]
    pub(crate) alerts: Vec<AlertRule>,
    /// Older config to compare with: lines then tell who moves when under which of the two
    #[arg(long, value_name = "CONFIG", help_heading = "Replay")]
    pub(crate) baseline: Option<PathBuf>,
    /// NDJSON file to write; by default standard output
    #[arg(short, long, value_name = "FILE", default_value = "-", help_heading = "Output")]
    pub(crate) output: PathBuf,
    #[command(flatten)]
    pub(crate) delivery: DeliveryArgs,
}

/// Where alerts are delivered, and how hard to try.
#[derive(Debug, Args)]
#[command(next_help_heading = "Delivery")]
pub(crate) struct DeliveryArgs {
    /// Post each alert to this URL, or to the one in a file: @FILE
    #[arg(long, value_name = "URL|@FILE", conflicts_with = "baseline")]
    pub(crate) webhook: Option<String>,
    /// File that holds alerts until they are delivered
    #[arg(long, value_name = "FILE", requires = "webhook", default_value = "undelivered.ndjson")]
    pub(crate) undelivered: PathBuf,
    /// Post the alerts of a file of undelivered ones instead of a replay
    #[arg(
        long,
        value_name = "FILE",
        requires = "webhook",
        conflicts_with_all = ["config", "leads", "events", "undelivered", "baseline", "from", "to", "alerts", "output"]
    )]
    pub(crate) resend: Option<PathBuf>,
    /// The longest that one request may take
    #[arg(long, value_name = "SECONDS", requires = "webhook", default_value = "10", value_parser = seconds)]
    pub(crate) timeout: Duration,
    /// Further tries of an alert that the receiver may take later
    #[arg(long, value_name = "N", requires = "webhook", default_value = "5")]
    pub(crate) retries: u32,
    /// Wait before the first of them; it doubles before each further one
    #[arg(long, value_name = "SECONDS", requires = "webhook", default_value = "1", value_parser = seconds)]
    pub(crate) backoff: Duration,
    /// Alerts in a row that fail before the others are left for later
    #[arg(
        long,
        value_name = "N",
        requires = "webhook",
        default_value = "3",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub(crate) give_up_after: u32,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let longest = Duration::from_hours(24);
    seconds.filter(|seconds| *seconds <= longest).ok_or_else(|| "expected seconds, from 0 to 86400".to_owned())
}
