//! `leadcal score`: scores a file of leads.

use std::path::{Path, PathBuf};

use leadcal_lift::events::EventLog;
use leadcal_lift::leads::LeadFiles;
use leadcal_scorecard::batch::{BatchOptions, RowEvents, Unknown, score_frame};
use leadcal_scorecard::runtime::{CREATED_AT, PRODUCT, Scorer};
use polars::prelude::{Column as Values, DataFrame};

use super::score_events;
use super::summary::grouped;
use crate::args::ScoreArgs;
use crate::error::{CommandError, warn};
use crate::output::keep_inputs;
use crate::progress::Progress;
use crate::scores::ScoresFile;

/// Leads without a score that are named one by one; the rest are counted.
const NAMED: u64 = 10;

pub(crate) fn run(args: &ScoreArgs) -> Result<(), CommandError> {
    let scorer = scorer(&args.config)?;
    let leads = LeadFiles::open(&args.leads)?;
    let id = id_column(args.id.as_deref(), &leads)?;
    let product = role(args.product.as_deref(), PRODUCT, &leads)?;
    let created_at = role(args.created_at.as_deref(), CREATED_AT, &leads)?;
    let created_at_read = scorer.needs_created_at().then_some(created_at);
    let columns = columns(&[&scorer], &leads, product, created_at_read, id.as_deref());
    require_fields(&scorer, &leads)?;

    let log = score_events::open(&args.events.log, &leads, id.as_deref())?;
    let inputs = leads.files().iter().chain(log.iter().flat_map(EventLog::files)).chain([&args.config]);
    keep_inputs(&args.output, inputs.map(PathBuf::as_path))?;
    let progress = Progress::start("reading events");
    let events = score_events::read(&args.events, &scorer, log.as_ref(), &leads, id.as_deref())?;
    drop(progress);
    let options = BatchOptions {
        product: Some(product),
        created_at: Some(created_at),
        as_of: args.events.as_of,
        events: events.as_ref().map_or(RowEvents::None, RowEvents::Log),
        reasons: args.explain,
        ..BatchOptions::default()
    };
    let mut output = ScoresFile::create(&args.output, args.explain)?;
    let mut failures = Failures::default();
    let mut scored = 0;
    let mut absent = Vec::new();
    let mut unknown = Unknown::default();
    let progress = Progress::start("scoring");
    leads.for_each_chunk(&columns, |chunk| {
        let part = score_frame(&scorer, &chunk.frame, &options)?;
        let ids = ids(part.rows.iter().copied(), &chunk.frame, chunk.first_row, id.as_deref())?;
        output.write(ids, &part)?;
        scored += part.rows.len() as u64;
        absent = part.absent_fields;
        unknown.append(part.unknown);
        for failed in &part.errors {
            let row = chunk.first_row + failed.row as u64;
            failures.add(|| format!("not scored: {}, row {row}: {}", chunk.file.display(), failed.error));
        }
        Ok::<(), CommandError>(())
    })?;
    drop(progress);
    output.keep()?;
    if scored == 0 && failures.leads == 0 {
        warn("there was no lead to score");
    }
    absent_columns(&absent);
    unknown.notes(scorer.config()).iter().for_each(|note| warn(note));
    if id.is_none() {
        warn("no id column: leads are numbered by row; name one with --id");
    }
    failures.end(scored, "scored", "score those leads again")
}

/// The scorer of a config file.
pub(super) fn scorer(config: &Path) -> Result<Scorer, CommandError> {
    Scorer::new(&super::config(config)?).map_err(|e| CommandError::from(e).in_file(config))
}

/// That the leads have any column that the config reads, where it reads one.
pub(super) fn require_fields(scorer: &Scorer, leads: &LeadFiles) -> Result<(), CommandError> {
    if scorer.fields().is_empty() || scorer.fields().iter().any(|field| leads.columns().contains(field)) {
        return Ok(());
    }
    let error = CommandError::bad_input("the leads have none of the columns that the config reads");
    let help = format!("it reads: {}", scorer.fields().join(", "));
    Err(error.with_help(help).in_file(&leads.files()[0]))
}

/// Says which columns count as missing for all leads.
pub(super) fn absent_columns(absent: &[String]) {
    if !absent.is_empty() {
        warn(&format!("columns the config reads that the leads do not have (missing for all): {}", absent.join(", ")));
    }
}

/// The leads that could not be scored: the first ones are named as they come.
#[derive(Default)]
pub(super) struct Failures {
    pub(super) leads: u64,
}

impl Failures {
    pub(super) fn add(&mut self, text: impl Fn() -> String) {
        self.leads += 1;
        if self.leads <= NAMED {
            warn(&text());
        }
    }

    /// What became of the others is `done`; `again` is what to do with the mended ones.
    pub(super) fn end(&self, others: u64, done: &str, again: &str) -> Result<(), CommandError> {
        if self.leads == 0 {
            return Ok(());
        }
        let all = grouped(others + self.leads);
        let error = CommandError::bad_input(format!("{} of {all} leads were not {done}", grouped(self.leads)));
        let others = if others > 0 { "the others were; " } else { "" };
        Err(error.with_help(format!("{others}mend the values named above and {again}")))
    }
}

pub(super) fn id_column(asked: Option<&str>, leads: &LeadFiles) -> Result<Option<String>, CommandError> {
    if let Some(column) = asked {
        leads.require(column)?;
        return Ok(Some(column.to_owned()));
    }
    Ok(leads.columns().iter().find(|name| super::ID_NAMES.contains(&super::plain(name).as_str())).cloned())
}

/// The column of a role: the one asked for, which must be there, else the usual one.
pub(super) fn role<'a>(asked: Option<&'a str>, usual: &'a str, leads: &LeadFiles) -> Result<&'a str, CommandError> {
    asked.map_or(Ok(usual), |column| Ok(leads.require(column).map(|()| column)?))
}

/// The columns to read: what configs read of what there is, the product where one asks for it, creation time and id.
pub(super) fn columns(
    scorers: &[&Scorer],
    leads: &LeadFiles,
    product: &str,
    created_at: Option<&str>,
    id: Option<&str>,
) -> Vec<String> {
    let mut wanted: Vec<&str> = scorers.iter().flat_map(|scorer| scorer.fields()).map(String::as_str).collect();
    wanted.extend(scorers.iter().any(|scorer| scorer.needs_product()).then_some(product));
    wanted.extend(created_at);
    wanted.extend(id);
    let mut columns: Vec<String> =
        leads.columns().iter().filter(|name| wanted.contains(&name.as_str())).cloned().collect();
    if columns.is_empty() {
        // Rows are counted by some column, even where none is read.
        columns.extend(leads.columns().first().cloned());
    }
    columns
}

/// The id of some rows: its column's value, else the row number.
pub(super) fn ids(
    rows: impl IntoIterator<Item = usize>,
    frame: &DataFrame,
    first_row: u64,
    id: Option<&str>,
) -> Result<Vec<String>, CommandError> {
    let Some(column) = id else {
        return Ok(rows.into_iter().map(|row| (first_row + row as u64).to_string()).collect());
    };
    let values: &Values = frame.column(column).expect("the id column was asked for");
    let mut all = Vec::with_capacity(frame.height());
    leadcal_lift::columns::for_each_value(values, |_, value| all.push(text(value)))
        .map_err(|e| CommandError::bad_input(e.to_string()))?;
    Ok(rows.into_iter().map(|row| std::mem::take(&mut all[row])).collect())
}

fn text(value: leadcal_lift::attribute::Value<'_>) -> String {
    use leadcal_lift::attribute::Value;
    match value {
        Value::Missing => String::new(),
        Value::Number(x) => x.to_string(),
        Value::Text(text) => text.to_owned(),
        Value::Boolean(b) => b.to_string(),
    }
}
