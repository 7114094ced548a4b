//! `leadcal fit`: the logistic model alone.

use std::path::PathBuf;

use leadcal_scorecard::{calibration, history, start_small};

use super::honesty::{self, Later};
use super::{activity, lift_table, summary};
use crate::args::{FitArgs, Format};
use crate::error::{CommandError, warn};
use crate::output::{keep_inputs, print, print_text, write};
use crate::progress::Progress;
use crate::tables::wrapped;

pub(crate) fn run(args: &FitArgs) -> Result<(), CommandError> {
    let spec = args.spec()?;
    let progress = Progress::start("reading leads");
    let history = start_small::keep_top(history::read(&spec)?, &spec)?;
    progress.next("the model and its validation");
    let model = calibration::model(&history, &spec)?;
    progress.next("later leads");
    let figures = model.validation.as_ref().expect("calibration validates the model");
    let later = [Later::of("model", figures, calibration::model_out_of_time(&history, &spec))];
    drop(progress);
    let honest = honesty::too_few(&history).into_iter().chain(later.iter().flat_map(Later::warnings));
    for warning in history.warnings.iter().cloned().chain(honest) {
        warn(&warning);
    }
    let json = model.to_json()?;
    if let Some(path) = &args.output {
        keep_inputs(path, history.files.iter().map(PathBuf::as_path).chain(args.data.spec_file()))?;
        write(path, json.as_bytes())?;
    }
    match args.format {
        Format::Json => print(json.as_bytes()),
        Format::Text => {
            let mut parts = vec![
                activity::rows(&history),
                summary::head(&history),
                format!(
                    "log likelihood {:.3}, l2 {}{}, intercept {:+.4}\n",
                    model.log_likelihood,
                    model.l2,
                    if model.l2 > 0.0 { " (intervals are approximate under a penalty)" } else { "" },
                    model.centred_intercept.value
                ),
                lift_table::coefficients(&model),
            ];
            let rate = model.conversions as f64 / model.leads as f64;
            parts.push(summary::validation(rate, history.folds.len(), &[("model", figures)]));
            parts.push(honesty::later(&history, &later));
            parts.push(summary::start_small(&history, None));
            parts.push(summary::left_out(&history));
            parts.retain(|part| !part.is_empty());
            print_text(&wrapped(&parts.join("\n")))
        }
    }
}
