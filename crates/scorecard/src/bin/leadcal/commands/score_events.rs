//! What the leads to score did: the event log of `leadcal score`, and what should be known about it.

use jiff::Timestamp;
use leadcal_lift::error::DataError;
use leadcal_lift::events::{EventColumns, EventLog, LogCounts};
use leadcal_lift::leads::LeadFiles;
use leadcal_scorecard::batch::LogEvents;
use leadcal_scorecard::runtime::Scorer;

use super::summary::grouped;
use crate::args::{EventLogArgs, ScoreEventArgs};
use crate::error::{CommandError, warn};

/// Columns of a log taken for the lead's id by their plain name. One called `id` is the event's own.
const LEAD_NAMES: [&str; 2] = ["leadid", "lead"];
/// Names listed in a note.
const LISTED: usize = 20;

/// Opens the log, where one is named; `id` is the leads' id column.
pub(super) fn open(args: &EventLogArgs, leads: &LeadFiles, id: Option<&str>) -> Result<Option<EventLog>, CommandError> {
    let Some(pattern) = &args.events else { return Ok(None) };
    let id = id.ok_or_else(|| {
        let error =
            CommandError::bad_input("events are joined to leads by id, and no column of the leads is called id");
        error.with_help("name the leads' id column with --id").in_file(&leads.files()[0])
    })?;
    let files = LeadFiles::open(pattern)?;
    let lead = match &args.event_lead {
        Some(lead) => lead.clone(),
        None => lead_column(&files, id)?,
    };
    let columns = EventColumns { lead, time: args.event_time.clone(), name: args.event_name.clone() };
    let roles = [(&columns.lead, "--event-lead"), (&columns.time, "--event-time"), (&columns.name, "--event-name")];
    for (index, (column, flag)) in roles.into_iter().enumerate() {
        files.require(column).map_err(|error| {
            let error = CommandError::from(error);
            let columns = error.help.clone().unwrap_or_default();
            error.with_help(format!("name the right one with {flag}: {columns}"))
        })?;
        if let Some((_, other)) = roles[..index].iter().find(|(earlier, _)| *earlier == column) {
            let error = CommandError::bad_input(format!("column \"{column}\" is named by {other} and {flag}"));
            return Err(error
                .with_help("lead, time and name of an event are three columns")
                .in_file(&files.files()[0]));
        }
    }
    Ok(Some(EventLog::of(files, columns)?))
}

/// The column called as the leads' id column is, unless that is called `id`; else one called lead or lead id.
fn lead_column(events: &LeadFiles, id: &str) -> Result<String, CommandError> {
    let named = |names: &[&str]| events.columns().iter().find(|name| names.contains(&super::plain(name).as_str()));
    let same = events.columns().iter().find(|name| *name == id && super::plain(name) != "id");
    same.or_else(|| named(&LEAD_NAMES)).cloned().ok_or_else(|| {
        let error = CommandError::bad_input("which column of the events holds the lead's id?");
        let help = format!("name it with --event-lead; the columns are: {}", listed(events.columns()));
        error.with_help(help).in_file(&events.files()[0])
    })
}

/// Reads the events that the config counts; `None` where it counts none, or there is no log.
pub(super) fn read(
    args: &ScoreEventArgs,
    scorer: &Scorer,
    log: Option<&EventLog>,
    leads: &LeadFiles,
    id: Option<&str>,
) -> Result<Option<LogEvents>, CommandError> {
    if !needed(scorer) {
        if log.is_some() || args.as_of.is_some() {
            warn("the config has neither behaviours nor inactivity: events and --as-of change nothing");
        }
        return Ok(None);
    }
    let Some((log, id)) = log.zip(id) else {
        without_log(scorer, args.as_of.is_some());
        return Ok(None);
    };
    let events = LogEvents::read(scorer, log, leads, id, args.as_of).map_err(|error| asked(error, &[scorer]))?;
    match (args.as_of, events.as_of()) {
        (None, Some(newest)) => warn(&format!("scored as of {newest}, the newest time in the events")),
        (None, None) => warn("no event has a time, and no --as-of is given: behaviours and inactivity count nothing"),
        (Some(_), _) => {}
    }
    log_notes(&events, args.as_of);
    Ok(Some(events))
}

/// Whether the config reads events at all.
pub(super) fn needed(scorer: &Scorer) -> bool {
    scorer.config().models.iter().any(|model| !model.behaviours.is_empty() || model.inactivity.is_some())
}

/// Says what a config that reads events does without any.
pub(super) fn without_log(scorer: &Scorer, moment: bool) {
    let behaviours = scorer.config().models.iter().any(|model| !model.behaviours.is_empty());
    warn(match (behaviours, moment) {
        (true, false) => "no --events: the config's behaviours count nothing, and inactivity does not apply",
        (false, false) => "neither --events nor --as-of: the config's inactivity does not apply",
        (true, true) => {
            "no --events: the config's behaviours count nothing, and inactivity counts from the leads' creation"
        }
        (false, true) => "no --events: the config's inactivity counts from the leads' creation",
    });
}

/// An error that says which behaviour asks for a property that is no column.
pub(super) fn asked(error: DataError, scorers: &[&Scorer]) -> CommandError {
    let asking = match &error {
        DataError::UnknownColumn { column, .. } => {
            let models = scorers.iter().flat_map(|scorer| &scorer.config().models);
            let asking =
                models.flat_map(|model| &model.behaviours).find(|behaviour| behaviour.properties.contains_key(column));
            asking.map(|behaviour| format!(", which the config's behaviour \"{}\" asks for", behaviour.name))
        }
        _ => None,
    };
    let error = CommandError::from(error);
    CommandError { message: error.message.clone() + &asking.unwrap_or_default(), ..error }
}

/// Notes on events that do not count, and on behaviours without any.
pub(super) fn log_notes(events: &LogEvents, last: Option<Timestamp>) {
    notes(&LogNotes { counts: events.counts(), stranger: events.stranger(), last });
    unmatched(&events.unmatched(), events.names(), "");
}

/// What became of the events of a log.
pub(super) struct LogNotes<'a> {
    pub(super) counts: LogCounts,
    /// The first id that is no lead's.
    pub(super) stranger: Option<&'a str>,
    /// The last moment whose events count, where it was given.
    pub(super) last: Option<Timestamp>,
}

/// Notes on events that do not count.
pub(super) fn notes(log: &LogNotes<'_>) {
    let LogCounts { events: all, later, unknown_lead, without_lead, without_time, .. } = log.counts;
    let warn_of = |what: &str, n: u64, hint: &str| {
        if n > 0 {
            warn(&format!("events {what} do not count: {} of {}{hint}", grouped(n), grouped(all)));
        }
    };
    let stranger = log.stranger.unwrap_or_default();
    let hint = if unknown_lead + without_lead == all { " (ids are compared as text, so 007 is not 7)" } else { "" };
    warn_of(&format!("of leads that are not in the lead file, such as \"{stranger}\","), unknown_lead, hint);
    warn_of("without a lead", without_lead, "");
    warn_of("without a time", without_time, "");
    if let Some(last) = log.last {
        warn_of(&format!("later than {last}"), later, "");
    }
}

/// A note on behaviours, of a config where that must be said, that no event matches.
pub(super) fn unmatched(behaviours: &[&str], names: Option<&[String]>, of: &str) {
    if !behaviours.is_empty() {
        let names = names.filter(|names| !names.is_empty());
        let names = names.map(|names| format!("; its events are named: {}", listed(names))).unwrap_or_default();
        warn(&format!("behaviours{of} that no event of the log matches: {}{names}", behaviours.join(", ")));
    }
}

fn listed(names: &[String]) -> String {
    let more = names.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    names[..names.len().min(LISTED)].join(", ") + &more
}
