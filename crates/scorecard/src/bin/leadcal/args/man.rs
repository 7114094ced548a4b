//! What can be typed after `leadcal man`.

use std::path::PathBuf;

use clap::Args;

/// `leadcal man`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadcal man calibrate | man -l -
  leadcal man -o ~/.local/share/man/man1")]
pub(crate) struct ManArgs {
    /// Command whose page to print; without one leadcal's own
    #[arg(conflicts_with = "output")]
    pub(crate) command: Option<String>,
    /// Folder to write all pages to: leadcal.1, and one for each command; by default one page is printed
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
}
