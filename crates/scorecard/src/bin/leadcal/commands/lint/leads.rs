//! What a config shows beside past leads.

use std::path::Path;

use leadcal_lift::leads::LeadFiles;
use leadcal_lift::profile::profile;
use leadcal_scorecard::backtest::looks::{self, Look};
use leadcal_scorecard::backtest::{FigureOptions, Figures, Scored, figures};
use leadcal_scorecard::calibration;
use leadcal_scorecard::config::ScoringConfig;
use leadcal_scorecard::history::{self, History};
use leadcal_scorecard::leakage;
use leadcal_scorecard::lint::leads::Looked;
use leadcal_scorecard::lint::{Report, leads};
use leadcal_scorecard::readiness;
use leadcal_scorecard::runtime::Scorer;
use leadcal_scorecard::spec::Spec;
use leadcal_scorecard::start_small::{self, HowFew};

use super::super::init::contacts;
use super::super::labelled::Labelled;
use crate::args::EventLogArgs;
use crate::error::{CommandError, warn};
use crate::progress::Progress;

/// Adds what the leads of a spec show to a report.
pub(super) fn look(
    config: &ScoringConfig,
    file: &Path,
    mut spec: Spec,
    report: &mut Report,
) -> Result<(), CommandError> {
    let scorer = Scorer::new(config).map_err(|error| CommandError::from(error).in_file(file))?;
    let progress = Progress::start("scoring leads");
    let measured = measured(&scorer, spec.clone())?;
    progress.next("reading leads");
    let leads = LeadFiles::open(&spec.data.leads)?;
    let contacts = contacts(&profile(&leads, leads.columns(), &spec.data.missing)?, &[]);
    only_read_columns(&mut spec, &scorer, &leads);
    let history = history::read(&spec)?;
    let counts = history.patterns.counts();
    readiness::enough(counts.total_leads(), counts.total_conversions())?;
    let suspects = leakage::suspects(&history.patterns, &history.dated)?;
    progress.next("how few attributes do");
    let how_few = how_few(&history, &spec);
    drop(progress);
    let looked = Looked {
        patterns: &history.patterns,
        how_few: how_few.as_ref(),
        suspects: &suspects,
        measured: &measured,
        emails: &contacts.emails,
        names: &contacts.names,
    };
    leads::look(config, &looked, report);
    Ok(())
}

/// Leaves out the columns that the config does not read: it is the config that is looked at, not what could be in it.
fn only_read_columns(spec: &mut Spec, scorer: &Scorer, leads: &LeadFiles) {
    let has_role = |column: &str| spec.roles().iter().any(|(_, role)| *role == column);
    let attributes: Vec<&str> = scorer
        .config()
        .models
        .iter()
        .flat_map(|model| &model.attributes)
        .map(|attribute| attribute.input.field.as_str())
        .collect();
    let others: Vec<String> = leads
        .columns()
        .iter()
        .filter(|column| !attributes.contains(&column.as_str()) && !has_role(column))
        .filter(|column| !spec.data.exclude.contains(column))
        .cloned()
        .collect();
    spec.attributes.retain(|column, _| attributes.contains(&column.as_str()));
    spec.data.exclude.extend(others);
    spec.model.top = None;
    // What was in a group may be left out.
    spec.groups.clear();
}

/// How few of the attributes reach as far as all; `None`, with a note, where no model tells.
fn how_few(history: &History, spec: &Spec) -> Option<HowFew> {
    let found = calibration::model(history, spec).map_err(|error| error.to_string()).and_then(|model| {
        let figures = model.validation.as_ref().expect("calibration validates the model");
        start_small::how_few(history, spec, figures).map_err(|error| error.to_string())
    });
    found.unwrap_or_else(|error| {
        warn(&format!("how few attributes would do is not known: {error}"));
        None
    })
}

/// What each model says of the leads it scores.
fn measured(scorer: &Scorer, spec: Spec) -> Result<Vec<(usize, Figures)>, CommandError> {
    // The spec's events, and no others.
    let events = EventLogArgs { events: None, event_lead: None, event_time: String::new(), event_name: String::new() };
    let labelled = Labelled::open(spec, &events, &[scorer])?;
    let looks = labelled.looks(&labelled.outcome()?)?;
    let events = labelled.events(scorer, &looks, &looks.looks)?;
    labelled.say_events(scorer, events.as_ref());
    let mut failed = 0_u64;
    let scored = labelled.score(scorer, events.as_ref(), &looks.looks, |_, _, _| failed += 1)?;
    if failed > 0 {
        warn(&format!("{failed} leads cannot be scored and are left out: leadcal backtest names them"));
    }
    let (taken, rows): (Vec<Look>, Vec<Scored>) =
        scored.looks.iter().map(|scored| (scored.look, scored.scored)).unzip();
    let options = FigureOptions { weeks: looks::weeks(&taken), ..FigureOptions::default() };
    let models = &scorer.config().models;
    let of_model = |model: usize| {
        let rows: Vec<Scored> = rows.iter().filter(|row| row.model == model).copied().collect();
        (!rows.is_empty()).then(|| (model, figures(models, &rows, &options)))
    };
    Ok((0..models.len()).filter_map(of_model).collect())
}
