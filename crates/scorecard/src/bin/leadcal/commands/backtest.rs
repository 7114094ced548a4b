//! `leadcal backtest`: a scoring config on leads whose outcome is known.

mod bands;
mod calls;
mod json;
mod text;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use leadcal_lift::events::EventLog;
use leadcal_lift::leads::LeadFiles;
use leadcal_lift::outcome::Outcome;
use leadcal_lift::profile::profile;
use leadcal_lift::snapshots::SnapshotOptions;
use leadcal_scorecard::backtest::looks::{self, Look, Looks};
use leadcal_scorecard::backtest::periods::{self, Period};
use leadcal_scorecard::backtest::scope::{Origin, Scope, date, scope};
use leadcal_scorecard::backtest::scoring::{ScoredLook, Source, score};
use leadcal_scorecard::backtest::{FigureOptions, Figures, Scored, figures, warnings};
use leadcal_scorecard::batch::LogEvents;
use leadcal_scorecard::config::{Model, ScoringConfig};
use leadcal_scorecard::provenance::sha256;
use leadcal_scorecard::runtime::{CREATED_AT, PRODUCT, Scorer};
use leadcal_scorecard::spec::{Data, Spec};

use super::score::{Failures, absent_columns, columns, id_column, require_fields, scorer};
use super::score_events;
use crate::args::{BacktestArgs, Format};
use crate::error::{CommandError, warn};
use crate::output::{keep_inputs, write, write_text};
use crate::progress::Progress;

/// The column of conversion times, where nobody says otherwise.
const CONVERTED_AT: &str = "converted_at";

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
    let spec = args.spec()?;
    let leads = LeadFiles::open(&spec.data.leads)?;
    let data = with_usual_columns(&spec, &scorer, &leads)?;
    require_fields(&scorer, &leads)?;
    let log = open_log(args, &spec, &leads, data.id.as_deref())?;
    let inputs = leads.files().iter().chain(log.iter().flat_map(EventLog::files)).chain([&args.config]);
    keep_inputs(&args.output, inputs.map(PathBuf::as_path).chain(args.leads.spec_file()))?;
    check_moment(&spec, &data, &scorer, log.as_ref())?;

    let progress = Progress::start("reading outcomes");
    let outcome = outcome(&leads, &data)?;
    let looks = Looks::read(&leads, &data, &outcome, spec.snapshot.as_ref(), log.as_ref())?;
    let origin = Origin::of(config.provenance.as_ref(), &sha256(leads.files().iter().map(PathBuf::as_path))?);
    let scope = scope(looks.looks.clone(), asked, &origin);
    if scope.looks.is_empty() {
        return Err(no_leads(&looks, &scope));
    }
    progress.next("reading events");
    let events = read_events(&scorer, log.as_ref(), data.id.as_deref(), &looks, &scope.looks, spec.snapshot.is_some())?;
    progress.next("scoring");
    let product = data.product.as_deref().unwrap_or(PRODUCT);
    let created_at = data.created_at.as_deref().unwrap_or(CREATED_AT);
    let source = Source {
        leads: &leads,
        columns: &columns(
            &[&scorer],
            &leads,
            product,
            scorer.needs_created_at().then_some(created_at),
            data.id.as_deref(),
        ),
        product,
        created_at,
        events: events.as_ref(),
    };
    let mut failures = Failures::default();
    let scored = score(&scorer, &source, &scope.looks, |file, row, error| {
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
    warnings.extend(outcome.others_in_words());
    if looks::repeated(&scope.looks) {
        let warning = "a lead may be several rows, which resemble each other: the intervals, which take them as independent, are \
                       too narrow";
        warnings.push(warning.to_owned());
    }
    if scope.undated > 0 {
        warnings.push(format!("left out for want of a creation date: {}", scope.undated));
    }
    let report = Report {
        files: leads.files().to_vec(),
        read: read_sentences(&looks, &scope, events.as_ref()),
        snapshot: spec.snapshot,
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

/// The spec's data with the columns that have their usual names, where it names none.
fn with_usual_columns(spec: &Spec, scorer: &Scorer, leads: &LeadFiles) -> Result<Data, CommandError> {
    let mut data = spec.data.clone();
    for (_, column) in spec.roles() {
        leads.require(column)?;
    }
    let free = |name: &str| {
        leads.columns().iter().any(|column| column == name) && !spec.roles().iter().any(|(_, column)| *column == name)
    };
    let usual = |column: &mut Option<String>, name: &str| {
        if column.is_none() && free(name) {
            *column = Some(name.to_owned());
        }
    };
    usual(&mut data.created_at, CREATED_AT);
    usual(&mut data.converted_at, CONVERTED_AT);
    if scorer.needs_product() {
        usual(&mut data.product, PRODUCT);
    }
    data.id = id_column(data.id.as_deref(), leads)?;
    Ok(data)
}

/// The log: the one named by a flag, else the spec's.
fn open_log(
    args: &BacktestArgs,
    spec: &Spec,
    leads: &LeadFiles,
    id: Option<&str>,
) -> Result<Option<EventLog>, CommandError> {
    match &spec.events {
        Some(events) if args.events.events.is_none() => Ok(Some(EventLog::open(&events.file, events.columns.clone())?)),
        _ => score_events::open(&args.events, leads, id),
    }
}

/// That a log comes with moments, and moments with the dates they need.
fn check_moment(spec: &Spec, data: &Data, scorer: &Scorer, log: Option<&EventLog>) -> Result<(), CommandError> {
    if spec.snapshot.is_none() {
        if log.is_some() && score_events::needed(scorer) {
            let error = CommandError::bad_input("at which moment was each lead looked at?");
            return Err(error.with_help(
                "add --after-days N (days after its creation) or --as-of TIME: with events from after the outcome a score \
                 would know what it is to foretell",
            ));
        }
        return Ok(());
    }
    for (column, key, flag) in
        [(&data.created_at, "was created", "--created-at"), (&data.converted_at, "converted", "--converted-at")]
    {
        if column.is_none() {
            let error = CommandError::bad_input(format!(
                "leads are looked at at a moment of their past, but no column says when each lead {key}"
            ));
            let help = format!("name it with {flag}; without it, leads that had converted by then would count");
            return Err(error.with_help(help).in_file(Path::new(&data.leads)));
        }
    }
    Ok(())
}

fn outcome(leads: &LeadFiles, data: &Data) -> Result<Outcome, CommandError> {
    let column = profile(leads, std::slice::from_ref(&data.outcome.column), &data.missing)?.remove(0);
    Ok(Outcome::of(&column, data.outcome.positive.as_deref(), leads.files())?)
}

/// What the leads had done by the moments of the looks taken; `None` where the config does not ask, or nobody knows.
fn read_events(
    scorer: &Scorer,
    log: Option<&EventLog>,
    id: Option<&str>,
    looks: &Looks,
    taken: &[Look],
    moment: bool,
) -> Result<Option<LogEvents>, CommandError> {
    if !score_events::needed(scorer) {
        return Ok(None);
    }
    let Some((log, id)) = log.zip(id) else {
        score_events::without_log(scorer, moment);
        warn(
            "a config that reads events ranks worse without them: name a spec with [events] and [snapshot], or --events and --after-days",
        );
        return Ok(None);
    };
    let moments = looks.moments_of(taken);
    let events = LogEvents::read_at(scorer, log, id, looks.moments(&moments));
    let events = events.map_err(|error| score_events::asked(error, &[scorer]))?;
    score_events::log_notes(&events, None);
    Ok(Some(events))
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

/// What became of leads and events.
fn read_sentences(looks: &Looks, scope: &Scope, events: Option<&LogEvents>) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(counts) = &looks.counts {
        sentences.extend(counts.to_string().lines().map(str::to_owned));
    }
    if looks.without_outcome > 0 {
        let leads = if looks.without_outcome == 1 { "lead" } else { "leads" };
        sentences.push(format!("{} {leads} without an outcome: not taken", looks.without_outcome));
    }
    let others = looks.looks.len() - scope.looks.len();
    if others > 0 {
        let unit = if looks.counts.is_some() { "row" } else { "lead" };
        sentences.push(format!("{others} {unit}{} outside this period: not taken", if others == 1 { "" } else { "s" }));
    }
    if let Some(counts) = events.map(LogEvents::counts) {
        sentences.push(format!(
            "{} events read; {} that a behaviour counts lie in its window before their lead was looked at, {} came later and are \
             not known to the score",
            counts.events, counts.counted, counts.later
        ));
    }
    sentences
}

fn no_leads(looks: &Looks, scope: &Scope) -> CommandError {
    let found = match looks::days(&looks.looks) {
        Some((first, last)) => {
            format!("the leads were created from {} to {}", date(first), date(last))
        }
        None if scope.undated > 0 => "no lead has a creation date".to_owned(),
        None => "no lead has an outcome".to_owned(),
    };
    CommandError::not_computed(format!("there is no lead to measure on: {found}"))
        .with_help("choose another period with --from and --to, or --all")
}

/// Whether a conversion counts whenever it came.
fn whenever(snapshot: &SnapshotOptions) -> bool {
    snapshot.data_end == Some(Timestamp::MAX)
}
