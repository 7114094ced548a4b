//! Golden leads: read and scored by candidate and baseline, with what they should score.

use std::collections::HashMap;
use std::path::Path;

use leadcal_lift::attribute::{FieldType, Input, Reading};
use leadcal_lift::columns::for_each_value;
use leadcal_lift::leads::LeadFiles;
use leadcal_scorecard::batch::{BatchOptions, RowEvents, score_frame};
use leadcal_scorecard::check::golden::{Lead, Reason, Scored, Scores};
use leadcal_scorecard::check::{Policy, policy};
use leadcal_scorecard::runtime::{CREATED_AT, PRODUCT, Scorer};
use polars::prelude::DataFrame;

use super::super::score::{columns, id_column, ids, require_fields, role};
use super::super::score_events;
use crate::args::{EventLogArgs, ScoreEventArgs};
use crate::error::CommandError;

/// The columns of the file that `leadcal score` writes.
const ID: &str = "id";
const SCORE: &str = "score";

/// The golden leads of a policy; `None` where it names none, or nothing says what they should score.
pub(super) fn read(
    policy: &Policy,
    candidate: &Scorer,
    baseline: Option<&Scorer>,
) -> Result<Option<Scores>, CommandError> {
    let Some((rule, pattern)) = policy.golden.as_ref().and_then(|rule| Some((rule, rule.leads.as_ref()?))) else {
        return Ok(None);
    };
    if rule.scores.is_none() && rule.expected.is_none() && baseline.is_none() {
        return Ok(None);
    }
    let leads = LeadFiles::open(pattern)?;
    let id = id_column(rule.id.as_deref(), &leads)?;
    let (expected, against) = match (&rule.scores, &rule.expected) {
        (Some(file), _) => (Expected::File(scores_file(file, id.as_deref(), &leads)?), file.clone()),
        (None, Some(column)) => {
            leads.require(column)?;
            (Expected::Column(column.clone()), format!("column \"{column}\" of {pattern}"))
        }
        (None, None) => (Expected::Baseline, "the baseline's scores".to_owned()),
    };
    let of_candidate = scored(rule, &leads, id.as_deref(), candidate, &expected)?;
    let of_baseline = baseline.map(|scorer| scored(rule, &leads, id.as_deref(), scorer, &expected)).transpose()?;
    let mut baselines = of_baseline.into_iter().flatten();
    let leads = of_candidate.into_iter().map(|row| {
        let baseline = baselines.next().map(|row| row.scored);
        let expected = match (&expected, &baseline) {
            (Expected::Baseline, Some(Ok(scored))) => Ok(scored.score),
            (Expected::Baseline, Some(Err(why))) => Err(format!("the baseline cannot score it: {why}")),
            _ => row.expected,
        };
        Lead { id: row.id, expected, candidate: row.scored, baseline: baseline.and_then(Result::ok) }
    });
    Ok(Some(Scores { leads: leads.collect(), against }))
}

/// The files that golden leads are read from.
pub(super) fn files(policy: &Policy) -> impl Iterator<Item = &Path> {
    policy.golden.iter().flat_map(|rule| [&rule.leads, &rule.scores, &rule.events]).flatten().map(Path::new)
}

/// Where expected scores come from.
enum Expected {
    File(HashMap<String, f64>),
    Column(String),
    Baseline,
}

/// A golden lead as one config scores it.
struct Row {
    id: String,
    expected: Result<f64, String>,
    scored: Result<Scored, String>,
}

fn scored(
    rule: &policy::Golden,
    leads: &LeadFiles,
    id: Option<&str>,
    scorer: &Scorer,
    expected: &Expected,
) -> Result<Vec<Row>, CommandError> {
    require_fields(scorer, leads)?;
    let product = role(rule.product.as_deref(), PRODUCT, leads)?;
    let created_at = role(rule.created_at.as_deref(), CREATED_AT, leads)?;
    let mut read = columns(&[scorer], leads, product, scorer.needs_created_at().then_some(created_at), id);
    if let Expected::Column(column) = expected
        && !read.contains(column)
    {
        read.push(column.clone());
    }
    let asked = ScoreEventArgs {
        log: EventLogArgs {
            events: rule.events.clone(),
            event_lead: rule.event_lead.clone(),
            event_time: rule.event_time.clone(),
            event_name: rule.event_name.clone(),
        },
        as_of: rule.as_of,
    };
    let log = score_events::open(&asked.log, leads, id)?;
    let needed = score_events::needed(scorer);
    let events = if needed { score_events::read(&asked, scorer, log.as_ref(), leads, id)? } else { None };
    let options = BatchOptions {
        product: Some(product),
        created_at: Some(created_at),
        as_of: rule.as_of,
        events: events.as_ref().map_or(RowEvents::None, RowEvents::Log),
        reasons: true,
        ..BatchOptions::default()
    };
    let mut rows = Vec::new();
    leads.for_each_chunk(&read, |chunk| {
        let part = score_frame(scorer, &chunk.frame, &options)?;
        let height = chunk.frame.height();
        let names = match id {
            Some(_) => ids(0..height, &chunk.frame, chunk.first_row, id)?,
            None => (0..height as u64).map(|row| format!("row {}", chunk.first_row + row)).collect(),
        };
        let mut scored: Vec<Result<Scored, String>> = vec![Err(String::new()); height];
        let scores = part.columns.column(SCORE).and_then(|column| column.f64());
        let scores = scores.map_err(|error| CommandError::bad_input(error.to_string()))?;
        for (at, (&row, reasons)) in part.rows.iter().zip(&part.reasons).enumerate() {
            let score = scores.get(at).expect("every scored row has a score");
            scored[row] = Ok(Scored { score, reasons: reasons.iter().map(reason).collect() });
        }
        for failed in &part.errors {
            scored[failed.row] = Err(failed.error.to_string());
        }
        let found = expected_of(expected, &chunk.frame, &names)?;
        let of_chunk = names.into_iter().zip(found).zip(scored);
        rows.extend(of_chunk.map(|((id, expected), scored)| Row { id, expected, scored }));
        Ok::<(), CommandError>(())
    })?;
    Ok(rows)
}

fn reason(reason: &leadcal_scorecard::runtime::Reason<'_>) -> Reason {
    Reason {
        name: reason.name.to_owned(),
        level: reason.level.as_ref().map(ToString::to_string),
        points: reason.points,
    }
}

/// What the leads of a table should score.
fn expected_of(
    expected: &Expected,
    frame: &DataFrame,
    ids: &[String],
) -> Result<Vec<Result<f64, String>>, CommandError> {
    match expected {
        Expected::Baseline => Ok(vec![Err("there is no baseline".to_owned()); ids.len()]),
        Expected::File(scores) => {
            let absent = || "its id is not in the file of scores".to_owned();
            Ok(ids.iter().map(|id| scores.get(id).copied().ok_or_else(absent)).collect())
        }
        Expected::Column(column) => numbers(frame, column),
    }
}

/// The numbers of a column, or why they are none.
fn numbers(frame: &DataFrame, column: &str) -> Result<Vec<Result<f64, String>>, CommandError> {
    let input = Input { field: column.to_owned(), kind: FieldType::Number, missing: Vec::new() };
    let values = frame.column(column).expect("the column was asked for");
    let mut numbers = Vec::with_capacity(frame.height());
    let read = for_each_value(values, |_, value| {
        numbers.push(match input.read(value) {
            Ok(Reading::Number(x)) if x.is_finite() => Ok(x),
            Ok(Reading::Missing) => Err(format!("column \"{column}\" is empty")),
            _ => Err(format!("column \"{column}\" holds no number")),
        });
    });
    read.map_err(|error| CommandError::bad_input(error.to_string()))?;
    Ok(numbers)
}

/// The scores of a file that `leadcal score` wrote, by id.
fn scores_file(pattern: &str, id: Option<&str>, leads: &LeadFiles) -> Result<HashMap<String, f64>, CommandError> {
    if id.is_none() {
        let message = "approved scores are joined to golden leads by id, and no column is called id";
        let help = "name the leads' id column with id in [golden] of the policy";
        return Err(CommandError::bad_input(message).with_help(help).in_file(&leads.files()[0]));
    }
    let file = LeadFiles::open(pattern)?;
    for column in [ID, SCORE] {
        file.require(column).map_err(|error| {
            CommandError::from(error)
                .with_help("write it with `leadcal score APPROVED.json GOLDEN.csv --id COL -o SCORES.csv`")
        })?;
    }
    let mut scores = HashMap::new();
    file.for_each_chunk(&[ID.to_owned(), SCORE.to_owned()], |chunk| {
        let names = ids(0..chunk.frame.height(), &chunk.frame, chunk.first_row, Some(ID))?;
        for (row, (id, score)) in names.into_iter().zip(numbers(&chunk.frame, SCORE)?).enumerate() {
            let place = |message: String| {
                let place = Some(format!("row {}", chunk.first_row + row as u64));
                CommandError { place, ..CommandError::bad_input(message) }.in_file(chunk.file)
            };
            let score = score.map_err(&place)?;
            if scores.insert(id.clone(), score).is_some() {
                return Err(place(format!("id \"{id}\" stands twice")).with_help("a lead has one approved score"));
            }
        }
        Ok::<(), CommandError>(())
    })?;
    Ok(scores)
}
