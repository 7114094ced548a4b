//! The report's plots as files.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Where plots go, and as what.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct PlotArgs {
    /// Also write every plot of the report as a file of its own into this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) plots: Option<PathBuf>,
    /// What the plots' files are
    #[arg(long, value_name = "FORMAT,…", value_enum, value_delimiter = ',', requires = "plots", default_value = "svg")]
    pub(crate) plots_format: Vec<PlotFormat>,
}

/// What a plot's file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum PlotFormat {
    /// Lines and text, for documents and the web
    Svg,
    /// Pixels, for slides and mail
    Png,
}
