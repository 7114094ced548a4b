//! What can be typed after `leadcal schema`.

use clap::{Args, ValueEnum};

/// `leadcal schema`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  leadcal schema > scoring-config.schema.json
  leadcal schema --of check")]
pub(crate) struct SchemaArgs {
    /// Of which file
    #[arg(long, value_enum, default_value_t)]
    pub(crate) of: SchemaOf,
}

/// What a schema is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum SchemaOf {
    /// The scoring config
    #[default]
    Config,
    /// What leadcal check --format json prints
    Check,
}
