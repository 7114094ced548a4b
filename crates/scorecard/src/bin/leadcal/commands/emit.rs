//! `leadcal emit`: points and model joined into a scoring config.

use std::path::{Path, PathBuf};

use leadcal_lift::points::PointsTable;
use leadcal_logit::model::LogitModel;
use leadcal_scorecard::assemble::{AssembleOptions, assemble};
use leadcal_scorecard::config::Provenance;
use leadcal_scorecard::provenance::TOOL;
use leadcal_scorecard::spec::Spec;

use super::calibrate::name;
use crate::args::EmitArgs;
use crate::error::{CommandError, warn};
use crate::output::{keep_inputs, write};

pub(crate) fn run(args: &EmitArgs) -> Result<(), CommandError> {
    let points =
        PointsTable::from_json(&read(&args.points)?).map_err(|e| CommandError::from(e).in_file(&args.points))?;
    let model = args.model.as_deref().map(|path| {
        LogitModel::from_json(&read(path)?).map_err(|e| CommandError::bad_input(e.to_string()).in_file(path))
    });
    let model = model.transpose()?;
    let spec = args.spec.as_deref().map(Spec::read).transpose()?;
    let provenance = Provenance {
        tool: Some(TOOL.to_owned()),
        leads: Some(points.leads),
        conversions: Some(points.conversions),
        ..Provenance::default()
    };
    let options = match &spec {
        Some(spec) => {
            AssembleOptions { name: name(spec), bands: spec.bands.as_ref(), stages: spec.stages.as_ref(), provenance }
        }
        None => {
            let stem =
                args.points.file_stem().map_or_else(|| "points".to_owned(), |s| s.to_string_lossy().into_owned());
            AssembleOptions { name: stem, provenance, ..AssembleOptions::default() }
        }
    };
    let assembled = assemble(&points, model.as_ref(), options)?;
    for warning in &assembled.warnings {
        warn(warning);
    }
    let inputs = [Some(&args.points), args.model.as_ref(), args.spec.as_ref()];
    keep_inputs(&args.output, inputs.into_iter().flatten().map(PathBuf::as_path))?;
    write(&args.output, assembled.config.to_json().as_bytes())
}

/// The text of a file.
fn read(path: &Path) -> Result<String, CommandError> {
    String::from_utf8(super::bytes(path)?).map_err(|_| {
        let error = CommandError::bad_input("the text is not UTF-8").with_help("name a JSON file that leadcal wrote");
        error.in_file(path)
    })
}
