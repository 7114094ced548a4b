//! A spec's leads as covariate patterns: which columns are attributes and which are not, and why.
//!
//! Two passes over the leads, both in bounded memory: one to profile the columns, one to count the patterns. Where the spec
//! names the dates of creation and conversion, or keeps columns of dates as attributes, a pass for each looks at those.

use std::collections::BTreeSet;
use std::path::PathBuf;

use leadcal_lift::attribute::{Attribute, FieldType, Input, Level, MISSING, Scalar, When, date_of};
use leadcal_lift::binning::{Joining, LeftOut, coarsen};
use leadcal_lift::dated_columns::{DatedColumn, read_dated_columns};
use leadcal_lift::error::DataError;
use leadcal_lift::leads::LeadFiles;
use leadcal_lift::outcome::Outcome;
use leadcal_lift::patterns::{Counts, CovariatePatterns, Feature, LeadAttribute, read_patterns};
use leadcal_lift::profile::{ColumnProfile, profile};
use leadcal_lift::snapshots::{DatedLeads, SnapshotColumns};
use leadcal_logit::error::LogitError;
use leadcal_logit::validation::Folds;

use crate::out_of_time::{OutOfTime, Period};
use crate::readiness::Timing;
use crate::spec::Spec;
use crate::start_small::Top;

mod attributes;
mod rows;

use attributes::{attributes, columns, distinct_names};
pub use rows::RowsRead;

/// More distinct values than this are no validation folds.
const MAX_FOLDS: usize = 1000;

/// Past leads, counted by pattern.
#[derive(Debug)]
pub struct History {
    /// The files read.
    pub files: Vec<PathBuf>,
    /// How the outcome column was understood.
    pub outcome: Outcome,
    /// The leads by the fine levels of their attributes, made without a look at the outcome.
    pub fine: CovariatePatterns,
    /// Which fine levels of each attribute are joined, and to what.
    pub joinings: Vec<Option<Joining>>,
    /// The leads by the levels of their attributes, joined by the outcome of all of them.
    pub patterns: CovariatePatterns,
    /// The validation folds, of the fine patterns.
    pub folds: Folds,
    /// Where only some attributes are kept in `patterns`: which, and which each fold keeps.
    pub top: Option<Top>,
    /// Columns that are no attributes, with the reason.
    pub left_out: Vec<(String, NotUsed)>,
    /// What was counted and should be known, in plain words.
    pub warnings: Vec<String>,
    /// First and last month of `created_at`, such as `2024-03`.
    pub months: Option<(String, String)>,
    /// What was read on the way to rows, where leads are looked at at moments of their past.
    pub rows: Option<RowsRead>,
    /// Weeks from the first day of `created_at` to the last, both counted.
    pub weeks: Option<f64>,
    /// The earlier and the later leads, where `created_at` tells them apart.
    pub out_of_time: Option<OutOfTime>,
    /// When the leads came and converted, where `created_at` says so.
    pub timing: Option<Timing>,
    /// The attributes that are dates, by outcome.
    pub dated: Vec<DatedColumn>,
}

/// Why a column is no attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotUsed {
    /// It has another job: the spec's key for it.
    Role(&'static str),
    /// The user left it out.
    Excluded,
    /// Its values cannot tell leads apart.
    Values(LeftOut),
    /// A behaviour that no lead showed in its window.
    NeverHappened,
    /// So many others tell more together.
    NotAmongTop(usize),
}

impl std::fmt::Display for NotUsed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Role(role) => f.write_str(role),
            Self::Excluded => f.write_str("excluded by the spec or --exclude"),
            Self::Values(reason) => reason.fmt(f),
            Self::NeverHappened => f.write_str("no lead did it in the window before it was looked at"),
            Self::NotAmongTop(1) => f.write_str("not the one that tells most (--top)"),
            Self::NotAmongTop(top) => write!(f, "not among the {top} that tell most together (--top)"),
        }
    }
}

/// Why leads could not be counted.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The data.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The folds.
    #[error(transparent)]
    Folds(#[from] LogitError),
    /// A fold column that cannot serve.
    #[error("fold column \"{column}\" {found}")]
    FoldColumn {
        /// The column.
        column: String,
        /// What is wrong with it.
        found: String,
    },
    /// Two things that score are called the same.
    #[error("\"{name}\" is the name of both {first} and {second}")]
    SameName {
        /// The name.
        name: String,
        /// What has it first.
        first: &'static str,
        /// What has it again.
        second: &'static str,
    },
    /// Limits or tiers of a group that nothing is in.
    #[error("nothing is in the group \"{name}\"; the groups are: {known}")]
    UnknownGroup {
        /// The group.
        name: String,
        /// Those there are.
        known: String,
    },
    /// No lead was looked at.
    #[error("no lead can be looked at: {counts}")]
    NoRows {
        /// What became of the leads.
        counts: String,
    },
}

/// Reads and counts the leads of a spec.
///
/// # Errors
/// Whatever in the data cannot be understood; columns the spec names that are not there; folds that cannot be made.
pub fn read(spec: &Spec) -> Result<History, HistoryError> {
    let leads = LeadFiles::open(&spec.data.leads)?;
    for (_, column) in spec.roles() {
        leads.require(column)?;
    }
    for column in spec.data.exclude.iter().chain(spec.attributes.keys()) {
        leads.require(column)?;
    }
    for field in spec.signals.iter().flat_map(|(_, signal)| signal.kind.fields()) {
        leads.require(field)?;
    }
    let (profiled, left_out) = columns(spec, &leads);
    let mut profiles = profile(&leads, &profiled, &spec.data.missing)?;
    let outcome_at = position(&profiles, &spec.data.outcome.column);
    let outcome = Outcome::of(&profiles.remove(outcome_at), spec.data.outcome.positive.as_deref(), leads.files())?;
    let created_at = spec.data.created_at.as_ref().map(|column| &profiles[position(&profiles, column)]);
    let months = created_at.and_then(months);
    let weeks = created_at.and_then(weeks);
    let lives = lives(spec, &leads, created_at, &outcome)?;
    let timing = created_at.and_then(|column| Timing::of(column, lives.as_ref()));
    let period = created_at.and_then(Period::of);
    let fold =
        spec.data.fold.as_ref().map(|column| fold_attribute(&profiles[position(&profiles, column)])).transpose()?;

    let mut history = attributes(spec, &leads, &profiles, left_out)?;
    for (name, signal) in &spec.signals {
        let LeadAttribute { attribute, feature } = LeadAttribute::signal(name, signal.kind.clone());
        let group = signal.group.clone().unwrap_or_else(|| feature.group.clone());
        history.attributes.push(LeadAttribute { attribute, feature: Feature { group, ..feature } });
        history.joinings.push(None);
    }
    distinct_names(&history.attributes)?;
    let dates = history.attributes.iter().filter(|attribute| attribute.attribute.input.kind == FieldType::Date);
    let dates: Vec<String> = dates.map(|attribute| attribute.attribute.input.field.clone()).collect();
    let dated = read_dated_columns(&leads, &dates, spec.data.converted_at.as_deref(), &outcome)?;
    let (fine, folds, out_of_time, weeks, rows) = match &spec.snapshot {
        None => {
            let marks: Vec<&Attribute> = fold.iter().chain(period.as_ref().map(|period| &period.mark)).collect();
            history.attributes.extend(marks.iter().map(|&mark| LeadAttribute::from(mark.clone())));
            let read = read_patterns(&leads, &history.attributes, &outcome)?;
            let (fine, marked) = read.patterns.split(marks.len());
            let mut marked = marked.into_iter();
            let folds = match &fold {
                Some(fold) => given_folds(&fold.name, marked.next().unwrap_or_default(), "leads")?,
                None => Folds::stratified(&fine, spec.model.folds, spec.model.seed)?,
            };
            let out_of_time = period.map(|period| period.parts(marked.next().unwrap_or_default()));
            if read.without_outcome > 0 {
                history.warnings.push(format!("{} leads have no outcome and were not used", read.without_outcome));
            }
            (fine, folds, out_of_time, weeks, None)
        }
        Some(options) => {
            let found = rows::read(spec, options, &leads, lives.as_ref(), &mut history, fold)?;
            let weeks = Some(found.rows.weeks());
            (found.fine, found.folds, Some(found.out_of_time), weeks, Some(found.rows))
        }
    };
    known_groups(spec, &fine)?;
    history.warnings.extend(outcome.others_in_words());
    Ok(History {
        files: leads.files().to_vec(),
        outcome,
        patterns: coarsen(&fine, &history.joinings).patterns,
        fine,
        joinings: history.joinings,
        folds,
        top: None,
        left_out: history.left_out,
        warnings: history.warnings,
        months,
        rows,
        weeks,
        out_of_time,
        timing,
        dated,
    })
}

/// When each lead was created and converted, where both columns are named; with ids where they become rows.
fn lives(
    spec: &Spec,
    leads: &LeadFiles,
    created_at: Option<&ColumnProfile>,
    outcome: &Outcome,
) -> Result<Option<DatedLeads>, DataError> {
    let (Some(created_at), Some(converted_at)) = (created_at, &spec.data.converted_at) else { return Ok(None) };
    if spec.snapshot.is_none() && created_at.days.leads() == 0 {
        return Ok(None);
    }
    let columns = SnapshotColumns {
        // Events are joined and folds dealt by it.
        id: spec.snapshot.as_ref().and(spec.data.id.clone()),
        created_at: created_at.name.clone(),
        converted_at: converted_at.clone(),
        missing: spec.data.missing.clone(),
    };
    DatedLeads::read(leads, &columns, outcome).map(Some)
}

fn months(created_at: &ColumnProfile) -> Option<(String, String)> {
    let days = created_at.days.sorted();
    let month = |days: f64| {
        let date = date_of(days);
        format!("{:04}-{:02}", date.year(), date.month())
    };
    Some((month(days.first()?.0), month(days.last()?.0)))
}

fn weeks(created_at: &ColumnProfile) -> Option<f64> {
    let days = created_at.days.sorted();
    Some((days.last()?.0 - days.first()?.0 + 1.0) / 7.0)
}

/// A fold column as an attribute, so that one pass counts patterns and folds.
fn fold_attribute(profile: &ColumnProfile) -> Result<Attribute, HistoryError> {
    let wrong = |found: String| HistoryError::FoldColumn { column: profile.name.clone(), found };
    let values = profile.values().filter(|values| values.len() <= MAX_FOLDS);
    let values = values.ok_or_else(|| wrong(format!("has more than {MAX_FOLDS} distinct values")))?;
    if values.len() < 2 {
        return Err(wrong("needs at least two folds".to_owned()));
    }
    let mut levels: Vec<Level> = values
        .into_iter()
        .map(|(fold, _)| Level { when: When::In(vec![Scalar::Text(fold.clone())]), name: fold })
        .collect();
    levels.push(Level { name: MISSING.to_owned(), when: When::Otherwise });
    let input = Input { field: profile.name.clone(), kind: FieldType::Text, missing: Vec::new() };
    Ok(Attribute { name: profile.name.clone(), input, levels })
}

/// Folds of a column's values, from the counts of each and last of those without one. `counted` are leads or rows.
fn given_folds(column: &str, mut parts: Vec<Counts>, counted: &str) -> Result<Folds, HistoryError> {
    let missing = parts.pop().map_or(0, |part| part.total_leads());
    if missing > 0 {
        let found = format!("is empty for {missing} {counted}");
        return Err(HistoryError::FoldColumn { column: column.to_owned(), found });
    }
    // A value that stands on leads without an outcome only is no fold.
    parts.retain(|part: &Counts| part.total_leads() > 0);
    Ok(Folds::given(parts))
}

fn position(profiles: &[ColumnProfile], column: &str) -> usize {
    profiles.iter().position(|profile| profile.name == column).expect("columns with a role are profiled")
}

/// That every group the spec sets limits or tiers of has something in it.
fn known_groups(spec: &Spec, patterns: &CovariatePatterns) -> Result<(), HistoryError> {
    let groups: BTreeSet<&str> =
        (0..patterns.attributes().len()).map(|at| patterns.feature(at).group.as_str()).collect();
    let unknown = spec.groups.iter().find(|(name, _)| !groups.contains(name.as_str()));
    unknown.map_or(Ok(()), |(name, _)| {
        let known: Vec<&str> = groups.into_iter().collect();
        Err(HistoryError::UnknownGroup { name: name.clone(), known: known.join(", ") })
    })
}
