//! Leads whose outcome is known, as a command line names them: read, looked at and scored. Shared by `backtest` and `check`.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use leadcal_lift::events::EventLog;
use leadcal_lift::leads::LeadFiles;
use leadcal_lift::outcome::Outcome;
use leadcal_lift::profile::profile;
use leadcal_lift::snapshots::SnapshotOptions;
use leadcal_scorecard::backtest::looks::{self, Look, Looks};
use leadcal_scorecard::backtest::scope::{Scope, date};
use leadcal_scorecard::backtest::scoring::{ScoredLooks, Source, score};
use leadcal_scorecard::batch::LogEvents;
use leadcal_scorecard::provenance::sha256;
use leadcal_scorecard::runtime::{CREATED_AT, PRODUCT, ScoreError, Scorer};
use leadcal_scorecard::spec::{Data, Spec};

use super::score::{columns, id_column, require_fields};
use super::score_events;
use crate::args::EventLogArgs;
use crate::error::{CommandError, warn};

/// The column of conversion times, where nobody says otherwise.
const CONVERTED_AT: &str = "converted_at";

/// Leads whose outcome is known.
pub(super) struct Labelled {
    /// What was asked for.
    pub(super) spec: Spec,
    /// The files.
    pub(super) leads: LeadFiles,
    /// What their columns are for.
    data: Data,
    log: Option<EventLog>,
}

impl Labelled {
    /// Opens the files far enough to know that some scorers can score them.
    pub(super) fn open(spec: Spec, events: &EventLogArgs, scorers: &[&Scorer]) -> Result<Self, CommandError> {
        let leads = LeadFiles::open(&spec.data.leads)?;
        let data = with_usual_columns(&spec, scorers, &leads)?;
        for scorer in scorers {
            require_fields(scorer, &leads)?;
        }
        let log = match &spec.events {
            Some(log) if events.events.is_none() => Some(EventLog::open(&log.file, log.columns.clone())?),
            _ => score_events::open(events, &leads, data.id.as_deref())?,
        };
        let asked = scorers.iter().any(|scorer| score_events::needed(scorer));
        check_moment(&spec, &data, asked && log.is_some())?;
        Ok(Self { spec, leads, data, log })
    }

    /// The files read.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.leads.files().iter().chain(self.log.iter().flat_map(EventLog::files)).map(PathBuf::as_path)
    }

    /// The digest of the lead files.
    pub(super) fn sha256(&self) -> Result<String, CommandError> {
        Ok(sha256(self.leads.files().iter().map(PathBuf::as_path))?)
    }

    /// Who converted.
    pub(super) fn outcome(&self) -> Result<Outcome, CommandError> {
        let Data { outcome, missing, .. } = &self.data;
        let column = profile(&self.leads, std::slice::from_ref(&outcome.column), missing)?.remove(0);
        Ok(Outcome::of(&column, outcome.positive.as_deref(), self.leads.files())?)
    }

    /// Each lead at its moments.
    pub(super) fn looks(&self, outcome: &Outcome) -> Result<Looks, CommandError> {
        Ok(Looks::read(&self.leads, &self.data, outcome, self.spec.snapshot.as_ref(), self.log.as_ref())?)
    }

    /// What the leads had done by the moments of the looks taken; `None` where the scorer does not ask, or nobody knows.
    pub(super) fn events(
        &self,
        scorer: &Scorer,
        looks: &Looks,
        taken: &[Look],
    ) -> Result<Option<LogEvents>, CommandError> {
        let Some((log, id)) = self.log.as_ref().zip(self.data.id.as_deref()) else { return Ok(None) };
        if !score_events::needed(scorer) {
            return Ok(None);
        }
        let moments = looks.moments_of(taken);
        let events = LogEvents::read_at(scorer, log, id, looks.moments(&moments));
        Ok(Some(events.map_err(|error| score_events::asked(error, &[scorer]))?))
    }

    /// Says what should be known of the events read for a scorer, or of there being none.
    pub(super) fn say_events(&self, scorer: &Scorer, events: Option<&LogEvents>) {
        match events {
            Some(events) => score_events::log_notes(events, None),
            None if score_events::needed(scorer) => {
                score_events::without_log(scorer, self.spec.snapshot.is_some());
                warn(
                    "a config that reads events ranks worse without them: name a spec with [events] and [snapshot], or --events \
                     and --after-days",
                );
            }
            None => {}
        }
    }

    /// Scores some looks; a lead that cannot be scored is handed to `failed`.
    pub(super) fn score(
        &self,
        scorer: &Scorer,
        events: Option<&LogEvents>,
        looks: &[Look],
        failed: impl FnMut(&Path, u64, &ScoreError),
    ) -> Result<ScoredLooks, CommandError> {
        let product = self.data.product.as_deref().unwrap_or(PRODUCT);
        let created_at = self.data.created_at.as_deref().unwrap_or(CREATED_AT);
        let created_at_read = scorer.needs_created_at().then_some(created_at);
        let columns = columns(&[scorer], &self.leads, product, created_at_read, self.data.id.as_deref());
        let source = Source { leads: &self.leads, columns: &columns, product, created_at, events };
        Ok(score(scorer, &source, looks, failed)?)
    }
}

/// The spec's data with the columns that have their usual names, where it names none.
fn with_usual_columns(spec: &Spec, scorers: &[&Scorer], leads: &LeadFiles) -> Result<Data, CommandError> {
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
    if scorers.iter().any(|scorer| scorer.needs_product()) {
        usual(&mut data.product, PRODUCT);
    }
    data.id = id_column(data.id.as_deref(), leads)?;
    Ok(data)
}

/// That events that count come with moments, and moments with the dates they need.
fn check_moment(spec: &Spec, data: &Data, events_count: bool) -> Result<(), CommandError> {
    if spec.snapshot.is_none() {
        if events_count {
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

/// What became of leads and events.
pub(super) fn read_sentences(looks: &Looks, scope: &Scope, events: Option<&LogEvents>) -> Vec<String> {
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

/// What should be known about the leads taken, before anything is measured.
pub(super) fn warnings(outcome: &Outcome, scope: &Scope) -> Vec<String> {
    let mut warnings = Vec::from_iter(outcome.others_in_words());
    if looks::repeated(&scope.looks) {
        let warning = "a lead may be several rows, which resemble each other: the intervals, which take them as independent, are \
                       too narrow";
        warnings.push(warning.to_owned());
    }
    if scope.undated > 0 {
        warnings.push(format!("left out for want of a creation date: {}", scope.undated));
    }
    warnings
}

/// That no lead is left to measure on.
pub(super) fn no_leads(looks: &Looks, scope: &Scope) -> CommandError {
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
pub(super) fn whenever(snapshot: &SnapshotOptions) -> bool {
    snapshot.data_end == Some(Timestamp::MAX)
}
