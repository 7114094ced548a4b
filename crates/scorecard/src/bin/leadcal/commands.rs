//! One file a command.

mod activity;
mod backtest;
mod calibrate;
mod check;
mod completions;
mod diff;
mod emit;
mod export;
mod fit;
mod honesty;
mod init;
mod labelled;
mod lift_table;
mod lint;
mod man;
mod next;
mod points;
mod products;
mod replay;
mod schema;
mod score;
mod score_events;
mod summary;

use std::path::Path;

use leadcal_scorecard::config::ScoringConfig;

use crate::args::Command;
use crate::error::CommandError;

/// Columns taken for the leads' id by their plain name.
const ID_NAMES: [&str; 2] = ["id", "leadid"];

/// A column's name without its case, blanks, underscores and hyphens.
fn plain(name: &str) -> String {
    name.to_lowercase().replace([' ', '_', '-'], "")
}

/// The bytes of a file.
fn bytes(path: &Path) -> Result<Vec<u8>, CommandError> {
    std::fs::read(path).map_err(|e| CommandError::bad_input(format!("cannot read the file: {e}")).in_file(path))
}

/// The scoring config of a file.
fn config(path: &Path) -> Result<ScoringConfig, CommandError> {
    ScoringConfig::parse_bytes(&bytes(path)?).map_err(|e| CommandError::from(e).in_file(path))
}

/// Runs a command.
///
/// # Errors
/// What is wrong with what the user gave it, or what could not be computed from it.
pub(crate) fn run(command: Command) -> Result<(), CommandError> {
    match command {
        Command::Init(args) => init::run(&args),
        Command::Calibrate(args) => calibrate::run(&args),
        Command::Points(args) => points::run(&args),
        Command::Fit(args) => fit::run(&args),
        Command::Emit(args) => emit::run(&args),
        Command::Score(args) => score::run(&args),
        Command::Backtest(args) => backtest::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Lint(args) => lint::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    }
}
