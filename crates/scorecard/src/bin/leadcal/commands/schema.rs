//! `leadcal schema`: a JSON Schema.

use leadcal_scorecard::schema::{check_report_schema, scoring_config_schema};

use crate::args::{SchemaArgs, SchemaOf};
use crate::error::CommandError;
use crate::output::print;

/// Prints the schema.
pub(crate) fn run(args: &SchemaArgs) -> Result<(), CommandError> {
    let schema = match args.of {
        SchemaOf::Config => scoring_config_schema(),
        SchemaOf::Check => check_report_schema(),
    };
    print(schema.as_bytes())
}
