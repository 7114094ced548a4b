//! A spec's leads as covariate patterns: which columns are attributes and which are not, and why.
//!
//! Two passes over the leads, both in bounded memory: one to profile the columns, one to count the patterns. Where the spec
//! names the dates of creation and conversion, or keeps columns of dates as attributes, a pass for each looks at those.

use std::collections::BTreeSet;
use std::path::PathBuf;

use leadcal_lift::attribute::{Attribute, FieldType, Input, Level, MISSING, Scalar, When, date_of};
use leadcal_lift::binning::{self, BinningOptions, Joining, LeftOut, coarsen};
use leadcal_lift::dated_columns::{DatedColumn, read_dated_columns};
use leadcal_lift::error::DataError;
use leadcal_lift::leads::LeadFiles;
use leadcal_lift::outcome::Outcome;
use leadcal_lift::patterns::{Counts, CovariatePatterns, Feature, LeadAttribute, Source, read_patterns};
use leadcal_lift::profile::{ColumnProfile, profile};
use leadcal_logit::error::LogitError;
use leadcal_logit::validation::Folds;

use crate::out_of_time::{OutOfTime, Period};
use crate::readiness::Timing;
use crate::spec::Spec;
use crate::start_small::Top;

mod rows;

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
    let timing = created_at.map(|column| Timing::read(&spec.data, &leads, column, &outcome)).transpose()?.flatten();
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
                Some(fold) => given_folds(fold, marked.next().unwrap_or_default())?,
                None => Folds::stratified(&fine, spec.model.folds, spec.model.seed)?,
            };
            let out_of_time = period.map(|period| period.parts(marked.next().unwrap_or_default()));
            if read.without_outcome > 0 {
                history.warnings.push(format!("{} leads have no outcome and were not used", read.without_outcome));
            }
            (fine, folds, out_of_time, weeks, None)
        }
        Some(options) => {
            let found = rows::read(spec, options, &leads, &outcome, &mut history, fold)?;
            let weeks = Some(found.rows.weeks());
            (found.fine, found.folds, Some(found.out_of_time), weeks, Some(found.rows))
        }
    };
    known_groups(spec, &fine)?;
    if outcome.negative.len() > 1 {
        let others: Vec<String> = outcome.negative.iter().map(|(value, n)| format!("{value:?} ({n})")).collect();
        history.warnings.push(format!("outcome values taken as not converted: {}", others.join(", ")));
    }
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

/// The columns to profile, and those that are no attributes whatever they hold. The product may be an attribute too.
fn columns(spec: &Spec, leads: &LeadFiles) -> (Vec<String>, Vec<(String, NotUsed)>) {
    let mut profiled = Vec::new();
    let mut left_out = Vec::new();
    for column in leads.columns() {
        let role = spec.roles().into_iter().find(|(_, name)| name == column).map(|(role, _)| role);
        match role {
            Some(role) if role != "product" => {
                left_out.push((column.clone(), NotUsed::Role(role)));
                if !matches!(role, "id" | "converted_at") {
                    profiled.push(column.clone());
                }
            }
            _ if spec.data.exclude.contains(column) => left_out.push((column.clone(), NotUsed::Excluded)),
            _ => profiled.push(column.clone()),
        }
    }
    (profiled, left_out)
}

fn position(profiles: &[ColumnProfile], column: &str) -> usize {
    profiles.iter().position(|profile| profile.name == column).expect("columns with a role are profiled")
}

struct Candidates {
    attributes: Vec<LeadAttribute>,
    joinings: Vec<Option<Joining>>,
    left_out: Vec<(String, NotUsed)>,
    warnings: Vec<String>,
}

fn attributes(
    spec: &Spec,
    leads: &LeadFiles,
    profiles: &[ColumnProfile],
    left_out: Vec<(String, NotUsed)>,
) -> Result<Candidates, DataError> {
    let mut found = Candidates { attributes: Vec::new(), joinings: Vec::new(), left_out, warnings: Vec::new() };
    for profile in profiles {
        if found.left_out.iter().any(|(column, _)| *column == profile.name) {
            continue;
        }
        let options = options(spec, &profile.name);
        match binning::attribute(profile, &options, leads.files())? {
            Ok(attribute) => {
                found.joinings.push(Joining::of(&attribute, &options));
                found.warnings.extend(number_warnings(profile, attribute.input.kind));
                let group = spec.attributes.get(&profile.name).and_then(|given| given.group.clone());
                let feature = Feature::default();
                let feature = Feature { group: group.unwrap_or(feature.group), ..feature };
                found.attributes.push(LeadAttribute { attribute, feature });
            }
            Err(reason) => found.left_out.push((profile.name.clone(), NotUsed::Values(reason))),
        }
    }
    let rank = |column: &str| leads.columns().iter().position(|name| name == column);
    found.left_out.sort_by_key(|(column, _)| rank(column));
    if found.attributes.is_empty() {
        let reasons: Vec<String> = found.left_out.iter().map(|(column, why)| format!("{column} ({why})")).collect();
        return Err(DataError::NoAttributes { file: leads.files()[0].clone(), left_out: reasons.join(", ") });
    }
    Ok(found)
}

/// That no two attributes are called the same: points and reasons name them.
fn distinct_names(attributes: &[LeadAttribute]) -> Result<(), HistoryError> {
    let what = |attribute: &LeadAttribute| match attribute.feature.source {
        Source::Field => "a column of the leads",
        Source::Signal(_) => "a signal",
        Source::Behaviour(_) => "a behaviour",
        Source::Inactivity => "the days without an event",
    };
    for (at, attribute) in attributes.iter().enumerate() {
        let name = &attribute.attribute.name;
        if let Some(earlier) = attributes[..at].iter().find(|earlier| earlier.attribute.name == *name) {
            return Err(HistoryError::SameName { name: name.clone(), first: what(earlier), second: what(attribute) });
        }
    }
    Ok(())
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

fn number_warnings(profile: &ColumnProfile, kind: FieldType) -> Vec<String> {
    let mut warnings = Vec::new();
    if kind == FieldType::Number && profile.nan > 0 {
        warnings.push(format!("column \"{}\": {} NaN counted as missing", profile.name, profile.nan));
    }
    if kind == FieldType::Number && profile.infinite > 0 {
        warnings.push(format!(
            "column \"{}\": {} infinite numbers fall into its outermost levels",
            profile.name, profile.infinite
        ));
    }
    warnings
}

fn options(spec: &Spec, column: &str) -> BinningOptions {
    let defaults = BinningOptions { min_leads: spec.points.min_leads, ..BinningOptions::default() };
    let Some(given) = spec.attributes.get(column) else { return defaults };
    BinningOptions {
        kind: given.kind,
        special: given.special.clone(),
        cuts: given.cuts.clone(),
        max_levels: given.max_levels,
        min_share: given.min_share.unwrap_or(defaults.min_share),
        min_conversions: given.min_conversions.unwrap_or(defaults.min_conversions),
        min_gain: given.min_gain.unwrap_or(defaults.min_gain),
        trend: given.trend.unwrap_or(defaults.trend),
        join: given.join,
        keep: true,
        ..defaults
    }
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

fn given_folds(fold: &Attribute, mut parts: Vec<Counts>) -> Result<Folds, HistoryError> {
    let missing = parts.pop().map_or(0, |part| part.total_leads());
    if missing > 0 {
        let found = format!("is empty for {missing} leads");
        return Err(HistoryError::FoldColumn { column: fold.name.clone(), found });
    }
    // A value that stands on leads without an outcome only is no fold.
    parts.retain(|part: &Counts| part.total_leads() > 0);
    Ok(Folds::given(parts))
}
