//! One file a command.

mod completions;
mod schema;

use crate::args::Command;
use crate::error::CommandError;

/// Runs a command.
pub(crate) fn run(command: Command) -> Result<(), CommandError> {
    match command {
        Command::Schema => schema::run(),
        Command::Completions(args) => completions::run(&args),
    }
}
