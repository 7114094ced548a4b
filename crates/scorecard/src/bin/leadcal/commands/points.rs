//! `leadcal points`: the lift table and its points alone.

use std::path::PathBuf;

use leadcal_scorecard::{calibration, history, start_small};

use super::summary;
use crate::args::{Format, LiftPointsArgs};
use crate::error::{CommandError, warn};
use crate::output::{keep_inputs, print, write};
use crate::progress::Progress;

pub(crate) fn run(args: &LiftPointsArgs) -> Result<(), CommandError> {
    let spec = args.spec()?;
    let progress = Progress::start("reading leads");
    let history = start_small::keep_top(history::read(&spec)?, &spec)?;
    progress.next("points and their validation");
    let points = calibration::points(&history, &spec)?;
    drop(progress);
    for warning in history.warnings.iter().chain(&points.coarse()) {
        warn(warning);
    }
    if let Some(path) = &args.output {
        keep_inputs(path, history.files.iter().map(PathBuf::as_path).chain(args.data.spec_file()))?;
        write(path, points.table.to_json().as_bytes())?;
    }
    let text = match args.format {
        Format::Json => points.table.to_json(),
        Format::Text => {
            let measured = [("points", &points.validation)];
            [
                summary::head(&history),
                summary::levels(&points.table),
                summary::validation(points.table.rate, history.folds.len(), &measured),
                summary::start_small(&history, None),
                summary::left_out(&history),
            ]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
        }
    };
    print(text.as_bytes())
}
