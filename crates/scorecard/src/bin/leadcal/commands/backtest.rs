//! `leadcal backtest`: a scoring config on leads whose outcome is known.

mod bands;
mod calls;
mod json;
mod text;

use std::collections::BTreeSet;
use std::path::PathBuf;

use leadcal_lift::snapshots::SnapshotOptions;
use leadcal_scorecard::backtest::looks::{self, Look};
use leadcal_scorecard::backtest::periods::{self, Period};
use leadcal_scorecard::backtest::scope::{Origin, Scope, scope};
use leadcal_scorecard::backtest::scoring::ScoredLook;
use leadcal_scorecard::backtest::{FigureOptions, Figures, Scored, figures, warnings};
use leadcal_scorecard::config::{Model, ScoringConfig};

use super::labelled::{self, Labelled};
use super::score::{Failures, absent_columns, scorer};
use crate::args::{BacktestArgs, Format};
use crate::error::{CommandError, warn};
use crate::output::{keep_inputs, write, write_text};
use crate::progress::Progress;

/// Everything that is said of a config on some leads.
struct Report {
    config: ScoringConfig,
    files: Vec<PathBuf>,
    /// What became of the leads on the way to looks, in sentences.
    read: Vec<String>,
    snapshot: Option<SnapshotOptions>,
    scope: Scope,
    /// Leads that could not be scored.
    failed: u64,
    measured: Measured,
    warnings: Vec<String>,
}

/// What was measured on the leads that were scored.
struct Measured {
    figures: Figures,
    /// Of each model, where there are several.
    models: Vec<(Option<String>, Figures)>,
    periods: Option<[Period; 2]>,
}

pub(crate) fn run(args: &BacktestArgs) -> Result<(), CommandError> {
    let scorer = scorer(&args.config)?;
    let config = scorer.config().clone();
    let asked = args.period.asked()?;
    let labelled = Labelled::open(args.spec()?, &args.events, &[&scorer])?;
    keep_inputs(&args.output, labelled.files().chain([args.config.as_path()]).chain(args.leads.spec_file()))?;

    let progress = Progress::start("reading outcomes");
    let outcome = labelled.outcome()?;
    let looks = labelled.looks(&outcome)?;
    let origin = Origin::of(config.provenance.as_ref(), &labelled.sha256()?);
    let scope = scope(looks.looks.clone(), asked, &origin);
    if scope.looks.is_empty() {
        return Err(labelled::no_leads(&looks, &scope));
    }
    progress.next("reading events");
    let events = labelled.events(&scorer, &looks, &scope.looks)?;
    labelled.say_events(&scorer, events.as_ref());
    progress.next("scoring");
    let mut failures = Failures::default();
    let scored = labelled.score(&scorer, events.as_ref(), &scope.looks, |file, row, error| {
        failures.add(|| format!("not scored: {}, row {row}: {error}", file.display()));
    })?;
    drop(progress);
    absent_columns(&scored.absent_fields);
    scored.unknown.notes(&config).iter().for_each(|note| warn(note));
    let leads_scored = scored.looks.chunk_by(|a, b| a.look.lead == b.look.lead).count() as u64;
    if scored.looks.is_empty() {
        return failures.end(0, "scored", "score those leads again");
    }

    let measured = measured(args, &config.models, &scored.looks)?;
    let mut warnings = measured.warnings();
    warnings.extend(labelled::warnings(&outcome, &scope));
    let report = Report {
        files: labelled.leads.files().to_vec(),
        read: labelled::read_sentences(&looks, &scope, events.as_ref()),
        snapshot: labelled.spec.snapshot,
        failed: failures.leads,
        config,
        scope,
        measured,
        warnings,
    };
    for warning in &report.warnings {
        warn(warning);
    }
    match args.format {
        Format::Text => write_text(&args.output, &text::text(&report))?,
        Format::Json => write(&args.output, format!("{:#}\n", json::json(&report)).as_bytes())?,
    }
    failures.end(leads_scored, "scored", "score those leads again")
}

/// The figures of scored looks.
fn measured(args: &BacktestArgs, models: &[Model], scored: &[ScoredLook]) -> Result<Measured, CommandError> {
    let (taken, rows): (Vec<Look>, Vec<Scored>) = scored.iter().map(|scored| (scored.look, scored.scored)).unzip();
    let options = FigureOptions {
        weeks: looks::weeks(&taken),
        value: args.calls.value(),
        capacity_per_week: args.calls.capacity_per_week,
    };
    if options.weeks.is_none() && options.capacity_per_week.is_some() {
        let error =
            CommandError::bad_input("a capacity is of a week, and nothing says in how many weeks the leads came");
        return Err(error.with_help("name the column with the day each lead was created with --created-at"));
    }
    let used: BTreeSet<usize> = rows.iter().map(|row| row.model).collect();
    let of_model = |&model: &usize| {
        let rows: Vec<Scored> = rows.iter().filter(|row| row.model == model).copied().collect();
        // The week's calls are shared by all products: where they end is a question of all leads.
        let options = FigureOptions { capacity_per_week: None, ..options };
        (models[model].product.clone(), figures(models, &rows, &options))
    };
    Ok(Measured {
        figures: figures(models, &rows, &options),
        models: if used.len() > 1 { used.iter().map(of_model).collect() } else { Vec::new() },
        periods: periods::periods(models, scored),
    })
}

impl Measured {
    /// What should be known about the figures.
    fn warnings(&self) -> Vec<String> {
        let mut said = warnings(&self.figures);
        if self.figures.ranked_by.is_none() {
            let warning = "scores of different products are on scales of their own, and not every model has \
                           expected_rate_by_score: leads are ranked within each product only";
            said.push(warning.to_owned());
        }
        for (product, figures) in &self.models {
            let product = bands::product(product.as_deref());
            said.extend(warnings(figures).into_iter().map(|warning| format!("{product}: {warning}")));
        }
        said.extend(self.periods.as_ref().and_then(periods::decay));
        said
    }
}
