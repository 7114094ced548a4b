//! `leadcal points`: the lift table and its points alone.

use std::path::PathBuf;

use leadcal_scorecard::{calibration, history, start_small};

use super::honesty::{self, Later};
use super::{activity, lift_table, summary};
use crate::args::{Format, LiftPointsArgs};
use crate::error::{CommandError, warn};
use crate::output::{keep_inputs, print, print_text, write};
use crate::progress::Progress;
use crate::tables::wrapped;

pub(crate) fn run(args: &LiftPointsArgs) -> Result<(), CommandError> {
    let spec = args.spec()?;
    let progress = Progress::start("reading leads");
    let history = start_small::keep_top(history::read(&spec)?, &spec)?;
    progress.next("points and their validation");
    let points = calibration::points(&history, &spec)?;
    progress.next("later leads");
    let later = [Later::of("points", &points.validation, calibration::points_out_of_time(&history, &spec))];
    drop(progress);
    let honest = honesty::too_few(&history).into_iter().chain(later.iter().flat_map(Later::warnings));
    for warning in history.warnings.iter().cloned().chain(honest).chain(points.coarse()) {
        warn(&warning);
    }
    if let Some(path) = &args.output {
        keep_inputs(path, history.files.iter().map(PathBuf::as_path).chain(args.data.spec_file()))?;
        write(path, points.table.to_json().as_bytes())?;
    }
    match args.format {
        Format::Json => print(points.table.to_json().as_bytes()),
        Format::Text => {
            let measured = [("points", &points.validation)];
            let parts = [
                activity::rows(&history),
                summary::head(&history),
                lift_table::levels(&points.table),
                activity::behaviours(&points.table),
                activity::groups(&points.table),
                summary::validation(points.table.rate, history.folds.len(), &measured),
                summary::start_small(&history, None),
                honesty::later(&history, &later),
                summary::left_out(&history),
            ]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>();
            print_text(&wrapped(&parts.join("\n")))
        }
    }
}
