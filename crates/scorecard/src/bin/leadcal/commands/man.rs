//! `leadcal man`: the manual pages, made from what `--help` says.

use std::io;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use leadcal_scorecard::output::write_folder;

use crate::args::{Cli, ManArgs};
use crate::error::CommandError;
use crate::output::print;

/// Prints one page, or writes all into a folder.
pub(crate) fn run(args: &ManArgs) -> Result<(), CommandError> {
    // `help` prints what the pages say: it needs none.
    let mut leadcal = Cli::command().disable_help_subcommand(true);
    leadcal.build();
    if let Some(folder) = &args.output {
        let pages: Vec<(String, Vec<u8>)> =
            std::iter::once(&leadcal).chain(leadcal.get_subcommands()).map(|c| (file_name(c), page(c))).collect();
        let files: Vec<(&str, &[u8])> = pages.iter().map(|(name, page)| (name.as_str(), page.as_slice())).collect();
        return Ok(write_folder(folder, &files)?);
    }
    match &args.command {
        None => print(&page(&leadcal)),
        Some(name) => match leadcal.find_subcommand(name) {
            Some(command) => print(&page(command)),
            None => Err(unknown(name, &leadcal)),
        },
    }
}

fn unknown(name: &str, leadcal: &Command) -> CommandError {
    let names: Vec<&str> = leadcal.get_subcommands().map(Command::get_name).collect();
    CommandError::bad_input(format!("leadcal has no command \"{name}\""))
        .with_help(format!("one of {}", names.join(", ")))
}

/// What `man` looks for, such as `leadcal-score.1`.
fn file_name(command: &Command) -> String {
    Man::new(command.clone()).get_filename()
}

/// A command's page. What follows the options in its help gets sections of its own, at the end, its lines kept as they are:
/// `clap_mangen` would run the examples together.
fn page(command: &Command) -> Vec<u8> {
    // The pages have no date, which would be the clock's. An empty argument has to be written as quotes: clap_mangen does not
    // quote it, and the version would be read as the date.
    let man =
        Man::new(command.clone().after_help(None)).date("\"\"").source(concat!("leadcal ", env!("CARGO_PKG_VERSION")));
    let mut bytes = Vec::new();
    let written: io::Result<()> = man.render(&mut bytes).and_then(|()| match command.get_after_help() {
        Some(text) => sections(&text.to_string()).to_writer(&mut bytes),
        None => Ok(()),
    });
    written.expect("memory takes what is written");
    bytes
}

/// Sections of a text whose paragraphs begin with what they are, such as `Examples:`.
fn sections(text: &str) -> Roff {
    let mut roff = Roff::new();
    for paragraph in text.split("\n\n") {
        let (heading, body) = paragraph.split_once(':').unwrap_or(("Notes", paragraph));
        roff.control("SH", [heading.to_uppercase().as_str()]);
        roff.control("nf", []);
        for line in body.trim_start().lines() {
            roff.text([roman(line.trim_start())]);
        }
        roff.control("fi", []);
    }
    roff
}
