//! `leadcal completions SHELL`: what the shell needs to complete leadcal's arguments.

use clap::CommandFactory;

use crate::args::{Cli, CompletionsArgs};
use crate::error::CommandError;
use crate::output::print;

/// Prints the script.
pub(crate) fn run(args: &CompletionsArgs) -> Result<(), CommandError> {
    // To memory first: clap_complete panics where standard output is closed.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "leadcal", &mut script);
    print(&script)
}
