//! `leadcal schema`: the JSON Schema of the scoring config.

use crate::error::CommandError;
use crate::output::print;

/// Prints the schema.
pub(crate) fn run() -> Result<(), CommandError> {
    print(leadcal_scorecard::schema::scoring_config_schema().as_bytes())
}
