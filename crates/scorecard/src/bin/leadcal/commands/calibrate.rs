//! `leadcal calibrate`, the main job: points, model and scoring config in a folder, and a summary.

use std::path::Path;

use leadcal_lift::points::PointsTable;
use leadcal_logit::model::LogitModel;
use leadcal_scorecard::assemble::{AssembleOptions, assemble};
use leadcal_scorecard::leakage::Suspect;
use leadcal_scorecard::output::write_folder;
use leadcal_scorecard::spec::{CutRule, Spec};
use leadcal_scorecard::{calibration, history, products, provenance, readiness, start_small};
use serde_json::json;

use super::honesty::{self, Later};
use super::{activity, products as products_summary, summary};
use crate::args::{CalibrateArgs, Format};
use crate::error::{CommandError, warn};
use crate::output::print;
use crate::progress::Progress;

const POINTS: &str = "points.json";
const MODEL: &str = "model.json";
const CONFIG: &str = "scoring.json";

pub(crate) fn run(args: &CalibrateArgs) -> Result<(), CommandError> {
    let spec = args.spec()?;
    let progress = Progress::start("reading leads");
    let history = history::read(&spec)?;
    let counts = history.patterns.counts();
    readiness::enough(counts.total_leads(), counts.total_conversions())?;
    let history = start_small::keep_top(history, &spec)?;
    let suspects = honesty::suspects(&history)?;
    progress.next("points and their validation");
    let points = calibration::points(&history, &spec)?;
    progress.next("the model and its validation");
    let model = calibration::model(&history, &spec)?;
    let model_figures = model.validation.as_ref().expect("calibration validates the model");
    progress.next("products");
    let products = products::calibrate(&history, &spec)?;
    let own = || products.own.iter();
    let table = PointsTable { products: own().map(|own| own.points.clone()).collect(), ..points.table.clone() };
    let fitted = LogitModel { products: own().map(|own| own.model.clone()).collect(), ..model.clone() };
    progress.next("how few attributes do");
    let how_few = start_small::how_few(&history, &spec, model_figures);
    progress.next("later leads");
    let later = [
        Later::of("points", &points.validation, calibration::points_out_of_time(&history, &spec)),
        Later::of("model", model_figures, calibration::model_out_of_time(&history, &spec)),
    ];
    let findings = readiness::findings(&readiness::Evidence {
        timing: history.timing.as_ref(),
        capacity_per_week: capacity_per_week(&spec),
        min_leads: spec.points.min_leads,
        points: &points.table,
        held_out: &points.validation,
        model: &model,
        rows: history.rows.as_ref(),
    });
    progress.next("the scoring config");
    let options = AssembleOptions {
        name: name(&spec),
        bands: spec.bands.as_ref(),
        stages: spec.stages.as_ref(),
        provenance: provenance::of(&history, args.data.spec_file())?,
    };
    let assembled = assemble(&table, Some(&fitted), options)?;
    let files = [(POINTS, table.to_json()), (MODEL, fitted.to_json()?), (CONFIG, assembled.config.to_json())];
    let written: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    write_folder(&args.output, &written)?;
    drop(progress);

    let mut warnings = history.warnings.clone();
    warnings.extend(suspects.iter().map(Suspect::warning));
    warnings.extend(later.iter().flat_map(Later::warnings));
    warnings.extend(products.warnings.iter().cloned());
    warnings.extend(points.coarse());
    warnings.extend(assembled.warnings);
    // A list of attributes is no reason to withhold a calibration that succeeded.
    let how_few = how_few.unwrap_or_else(|error| {
        warnings.push(format!("how few attributes would do is not known: {error}"));
        None
    });
    for warning in &warnings {
        warn(warning);
    }
    // The one that serves all products without their own stands last.
    let scoring = assembled.config.models.last().expect("a config has a model");
    let measured = [("points", &points.validation), ("model", model_figures)];
    let text = match args.format {
        Format::Json => {
            let mut summary = summary::history_json(&history);
            summary["readiness"] = json!(findings);
            summary["suspects"] = honesty::suspects_json(&suspects);
            summary["validation"] = json!({ "points": points.validation, "model": model_figures });
            summary["snapshots"] = activity::rows_json(&history);
            summary["products"] = products_summary::json(&products);
            summary["out_of_time"] = honesty::later_json(&history, &later);
            summary["start_small"] = summary::start_small_json(&history, how_few.as_ref());
            summary["bands"] = summary::bands_json(&points.table, scoring, &assembled.band_cut_offs);
            summary["stages"] = summary::stages_json(&assembled.stage_cut_offs);
            summary["warnings"] = warnings.into();
            summary["written"] = files.iter().map(|(name, _)| args.output.join(name).display().to_string()).collect();
            format!("{summary:#}\n")
        }
        Format::Text => {
            let config = args.output.join(CONFIG).display().to_string();
            let mut parts = vec![
                honesty::readiness(&findings),
                activity::rows(&history),
                summary::head(&history),
                summary::attributes(&points.table),
                activity::behaviours(&points.table),
                activity::inactivity(&points.table),
                summary::validation(points.table.rate, history.folds.len(), &measured),
                honesty::later(&history, &later),
                summary::start_small(&history, how_few.as_ref()),
                products_summary::table_of(&products),
                activity::groups(&points.table),
                summary::bands(&points.table, scoring, &assembled.band_cut_offs),
                summary::stages(&assembled.stage_cut_offs),
                summary::disagreements(&points.table, &model),
                summary::left_out(&history),
                format!(
                    "Written to {}: {POINTS} (every level with its evidence), {MODEL}, {CONFIG}\n\
                     Next: leadcal points shows every level; leadcal score {config} LEADS scores a file\n",
                    args.output.display()
                ),
            ];
            parts.retain(|part| !part.is_empty());
            parts.join("\n")
        }
    };
    print(text.as_bytes())
}

/// The spec's name, else the leads file's.
pub(super) fn name(spec: &Spec) -> String {
    let stem = || Path::new(&spec.data.leads).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    spec.name.clone().or_else(stem).filter(|name| !name.is_empty()).unwrap_or_else(|| "leads".to_owned())
}

/// The leads a week that sales can call, where the bands are cut by it.
fn capacity_per_week(spec: &Spec) -> Option<f64> {
    match &spec.bands {
        Some(CutRule::CapacityPerWeek(bands)) => bands.first().map(|(_, leads)| *leads),
        _ => None,
    }
}
