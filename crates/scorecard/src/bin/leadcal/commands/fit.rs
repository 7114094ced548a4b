//! `leadcal fit`: the logistic model alone.

use std::path::PathBuf;

use leadcal_scorecard::{calibration, history, start_small};

use super::summary;
use crate::args::{FitArgs, Format};
use crate::error::{CommandError, warn};
use crate::output::{keep_inputs, print, write};
use crate::progress::Progress;

pub(crate) fn run(args: &FitArgs) -> Result<(), CommandError> {
    let spec = args.spec()?;
    let progress = Progress::start("reading leads");
    let history = start_small::keep_top(history::read(&spec)?, &spec)?;
    progress.next("the model and its validation");
    let model = calibration::model(&history, &spec)?;
    drop(progress);
    for warning in &history.warnings {
        warn(warning);
    }
    let json = model.to_json()?;
    if let Some(path) = &args.output {
        keep_inputs(path, history.files.iter().map(PathBuf::as_path).chain(args.data.spec_file()))?;
        write(path, json.as_bytes())?;
    }
    let text = match args.format {
        Format::Json => json,
        Format::Text => {
            let mut parts = vec![
                summary::head(&history),
                format!(
                    "log likelihood {:.3}, l2 {}{}, intercept {:+.4}\n",
                    model.log_likelihood,
                    model.l2,
                    if model.l2 > 0.0 { " (intervals are approximate under a penalty)" } else { "" },
                    model.centred_intercept.value
                ),
                summary::coefficients(&model),
            ];
            if let Some(validation) = &model.validation {
                let rate = model.conversions as f64 / model.leads as f64;
                parts.push(summary::validation(rate, history.folds.len(), &[("model", validation)]));
            }
            parts.push(summary::start_small(&history, None));
            parts.push(summary::left_out(&history));
            parts.retain(|part| !part.is_empty());
            parts.join("\n")
        }
    };
    print(text.as_bytes())
}
