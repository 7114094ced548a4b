//! `leadcal calibrate`, the main job: points, model and scoring config in a folder, and a summary.

use std::path::{Path, PathBuf};

use leadcal_logit::model::LogitModel;
use leadcal_logit::validation::Validation;
use leadcal_scorecard::assemble::{AssembleOptions, Assembled, assemble};
use leadcal_scorecard::attention::{Notice, notices};
use leadcal_scorecard::calibration::{self, CalibratedPoints};
use leadcal_scorecard::config::Model;
use leadcal_scorecard::curves::Curves;
use leadcal_scorecard::history::{self, History};
use leadcal_scorecard::leakage::Suspect;
use leadcal_scorecard::output::write_folder;
use leadcal_scorecard::products::{self, Products};
use leadcal_scorecard::provenance;
use leadcal_scorecard::readiness::{self, Finding};
use leadcal_scorecard::report::{self, Report};
use leadcal_scorecard::spec::{CutRule, Spec};
use leadcal_scorecard::start_small::{self, HowFew};
use serde_json::{Value, json};

use super::honesty::{self, Later};
use super::summary::grouped_in;
use super::{activity, lift_table, next, products as products_summary, summary};
use crate::args::{CalibrateArgs, Format, PlotFormat};
use crate::error::{CommandError, printable, warn};
use crate::output::{print, print_text};
use crate::progress::Progress;
use crate::tables::{hanging, wrapped};
use crate::terminal::Look;

const POINTS: &str = "points.json";
const MODEL: &str = "model.json";
const CONFIG: &str = "scoring.json";
const REPORT: &str = "report.html";

pub(crate) fn run(args: &CalibrateArgs) -> Result<(), CommandError> {
    let spec = args.spec()?;
    let made = Calibration::of(&spec, args.data.spec_file())?;
    let files = made.files(&spec)?;
    let written: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    write_folder(&args.output, &written)?;
    let mut paths: Vec<PathBuf> = files.iter().map(|(name, _)| args.output.join(name)).collect();
    if let Some(folder) = &args.plots.plots {
        let plots = made.plots(&spec, &args.plots.plots_format)?;
        let written: Vec<(&str, &[u8])> = plots.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        write_folder(folder, &written)?;
        paths.extend(plots.iter().map(|(name, _)| folder.join(name)));
    }
    for warning in &made.warnings {
        warn(warning);
    }
    match args.format {
        Format::Json => {
            let mut summary = made.json(&spec);
            summary["written"] = paths.iter().map(|path| path.display().to_string()).collect();
            print(format!("{summary:#}\n").as_bytes())
        }
        Format::Text => print_text(&made.text(&spec, args.data.spec_file(), &args.output)),
    }
}

/// A calibration with everything that is said of it.
struct Calibration {
    history: History,
    findings: Vec<Finding>,
    suspects: Vec<Suspect>,
    points: CalibratedPoints,
    model: LogitModel,
    model_curves: Curves,
    later: [Later; 2],
    products: Products,
    how_few: Option<HowFew>,
    assembled: Assembled,
    warnings: Vec<String>,
}

impl Calibration {
    fn of(spec: &Spec, spec_file: Option<&Path>) -> Result<Self, CommandError> {
        let progress = Progress::start("reading leads");
        let history = history::read(spec)?;
        let counts = history.patterns.counts();
        readiness::enough(counts.total_leads(), counts.total_conversions())?;
        let history = start_small::keep_top(history, spec)?;
        let suspects = honesty::suspects(&history)?;
        progress.next("points and their validation");
        let mut points = calibration::points(&history, spec)?;
        progress.next("the model and its validation");
        let (mut model, model_curves) = calibration::model_and_curves(&history, spec)?;
        let figures = model.validation.as_ref().expect("calibration validates the model");
        progress.next("how few attributes do");
        let how_few = start_small::how_few(&history, spec, figures);
        progress.next("later leads");
        let later = [
            Later::of("points", &points.validation, calibration::points_out_of_time(&history, spec)),
            Later::of("model", figures, calibration::model_out_of_time(&history, spec)),
        ];
        let findings = readiness::findings(&readiness::Evidence {
            timing: history.timing.as_ref(),
            capacity_per_week: capacity_per_week(spec),
            min_leads: spec.points.min_leads,
            points: &points.table,
            held_out: &points.validation,
            model: &model,
            rows: history.rows.as_ref(),
        });
        progress.next("products");
        let products = products::calibrate(&history, spec)?;
        points.table.products = products.own.iter().map(|own| own.points.clone()).collect();
        model.products = products.own.iter().map(|own| own.model.clone()).collect();
        progress.next("the scoring config");
        let options = AssembleOptions {
            name: name(spec),
            bands: spec.bands.as_ref(),
            stages: spec.stages.as_ref(),
            provenance: provenance::of(&history, spec_file)?,
        };
        let assembled = assemble(&points.table, Some(&model), options)?;

        let mut warnings = history.warnings.clone();
        warnings.extend(suspects.iter().map(Suspect::warning));
        warnings.extend(later.iter().flat_map(Later::warnings));
        warnings.extend(products.warnings.iter().cloned());
        warnings.extend(points.coarse());
        warnings.extend(assembled.warnings.iter().cloned());
        // A list of attributes is no reason to withhold a calibration that succeeded.
        let how_few = how_few.unwrap_or_else(|error| {
            warnings.push(format!("how few attributes would do is not known: {error}"));
            None
        });
        Ok(Self {
            history,
            findings,
            suspects,
            points,
            model,
            model_curves,
            later,
            products,
            how_few,
            assembled,
            warnings,
        })
    }

    /// Names and texts of the files.
    fn files(&self, spec: &Spec) -> Result<[(&'static str, String); 4], CommandError> {
        let config = self.assembled.config.to_json();
        let report = report::html(&self.report(spec));
        Ok([(POINTS, self.points.table.to_json()), (MODEL, self.model.to_json()?), (CONFIG, config), (REPORT, report)])
    }

    /// Names and bytes of the plots' files.
    fn plots(&self, spec: &Spec, formats: &[PlotFormat]) -> Result<Vec<(String, Vec<u8>)>, CommandError> {
        let mut formats = formats.to_vec();
        formats.sort_unstable();
        formats.dedup();
        let mut files = Vec::new();
        for plot in report::plots(&self.report(spec)) {
            for format in &formats {
                files.push(match format {
                    PlotFormat::Svg => (format!("{}.svg", plot.name), plot.svg.clone().into_bytes()),
                    PlotFormat::Png => (format!("{}.png", plot.name), plot.png()?),
                });
            }
        }
        Ok(files)
    }

    fn report<'a>(&'a self, spec: &'a Spec) -> Report<'a> {
        Report {
            spec,
            history: &self.history,
            findings: &self.findings,
            suspects: &self.suspects,
            points: &self.points,
            model: &self.model,
            model_curves: &self.model_curves,
            later: [self.later[0].measured(), self.later[1].measured()],
            products: &self.products,
            how_few: self.how_few.as_ref(),
            assembled: &self.assembled,
            capacity_per_week: capacity_per_week(spec),
            warnings: &self.warnings,
        }
    }

    /// The config's model for all products without their own; it stands last.
    fn scoring(&self) -> &Model {
        self.assembled.config.models.last().expect("a config has a model")
    }

    /// Out-of-fold figures of points and model.
    fn measured(&self) -> [(&'static str, &Validation); 2] {
        let model = self.model.validation.as_ref().expect("calibration validates the model");
        [("points", &self.points.validation), ("model", model)]
    }

    fn json(&self, spec: &Spec) -> Value {
        let mut summary = summary::history_json(&self.history);
        summary["readiness"] = json!(self.findings);
        summary["suspects"] = honesty::suspects_json(&self.suspects);
        summary["snapshots"] = activity::rows_json(&self.history);
        summary["validation"] =
            self.measured().into_iter().map(|(name, figures)| (name.to_owned(), json!(figures))).collect();
        summary["out_of_time"] = honesty::later_json(&self.history, &self.later);
        summary["start_small"] = summary::start_small_json(&self.history, self.how_few.as_ref());
        summary["products"] = products_summary::json(&self.products, &self.assembled.config.models);
        let table = &self.points.table;
        summary["bands"] = summary::bands_json(table, self.scoring(), &self.assembled.band_cut_offs);
        summary["stages"] = summary::stages_json(&self.assembled.stage_cut_offs);
        summary["look_at"] = json!(notices(&self.report(spec)));
        summary["warnings"] = self.warnings.clone().into();
        summary
    }

    fn text(&self, spec: &Spec, spec_file: Option<&Path>, folder: &Path) -> String {
        let (history, table) = (&self.history, &self.points.table);
        let mut parts = vec![
            honesty::readiness(&self.findings),
            activity::rows(history),
            summary::head(history),
            lift_table::attributes(table),
            activity::behaviours(table),
            activity::inactivity(table),
            summary::validation(table.rate, history.folds.len(), &self.measured())
                + summary::better_model(table.method, self.measured()),
            honesty::later(history, &self.later),
            summary::start_small(history, self.how_few.as_ref()),
            products_summary::table_of(&self.products, &self.assembled.config.models),
            activity::groups(table),
            summary::bands(table, self.scoring(), &self.assembled.band_cut_offs),
            summary::stages(&self.assembled.stage_cut_offs),
            lift_table::disagreements(table, &self.model),
            summary::left_out(history),
        ];
        parts.retain(|part| !part.is_empty());
        parts.push(format!(
            "Written to {}: {POINTS} (every level with its evidence), {MODEL}, {CONFIG}, {REPORT}\n",
            folder.display()
        ));
        wrapped(&parts.join("\n"))
            + &look_at(&notices(&self.report(spec)))
            // To be copied: never broken.
            + &next::steps(spec, spec_file, &self.assembled.config, &folder.join(CONFIG), &folder.join(REPORT))
    }
}

/// What to look at first, numbered.
fn look_at(notices: &[Notice]) -> String {
    let mut text = String::new();
    for (index, notice) in notices.iter().enumerate() {
        let number = Look::Heading.on(&format!("{}.", index + 1));
        text += &hanging(&format!("{number} "), &printable(&grouped_in(&notice.found)));
        text += &hanging("   → ", &printable(&notice.look));
    }
    if text.is_empty() { text } else { format!("\n{}\n{text}", Look::Heading.on("What to look at first:")) }
}

/// The spec's name, else the leads file's.
pub(super) fn name(spec: &Spec) -> String {
    let stem = || Path::new(&spec.data.leads).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    spec.name.clone().or_else(stem).filter(|name| !name.is_empty()).unwrap_or_else(|| "leads".to_owned())
}

/// The leads a week that sales can call, where the bands are cut by it.
pub(super) fn capacity_per_week(spec: &Spec) -> Option<f64> {
    match &spec.bands {
        Some(CutRule::CapacityPerWeek(bands)) => bands.first().map(|(_, leads)| *leads),
        _ => None,
    }
}
