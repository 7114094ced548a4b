//! The `leadcal` command: parses arguments, calls the libraries, renders what they return, exits.
//!
//! Data go to files or standard output, everything said to a person goes to standard error. Start reading at `args.rs`
//! (what can be typed), then `commands/`.

mod args;
mod commands;
mod error;
mod exit;
mod github;
mod lines;
mod markdown;
mod options;
mod output;
mod progress;
mod scores;
mod tables;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // Help and version exit with 0, what cannot be parsed with 2.
    let cli = args::Cli::parse();
    cli.color.choose();
    match commands::run(cli.command) {
        Ok(()) => ExitCode::from(exit::DONE),
        Err(error) => {
            error.report();
            error.failure.into()
        }
    }
}
