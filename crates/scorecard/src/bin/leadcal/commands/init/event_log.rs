//! `[events]`: which column of the log is what.

use std::path::Path;

use leadcal_lift::attribute::FieldType;
use leadcal_lift::events::{EventColumns, EventLog, events_of_leads};
use leadcal_lift::leads::LeadFiles;
use leadcal_lift::profile::{ColumnProfile, profile};

use super::super::plain;
use super::super::summary::grouped;
use super::text::{aligned, comment, file_line, toml};
use crate::error::CommandError;

/// What the columns are called, in [`plain`] form, where several could be meant; the first that is there.
const TIMES: [&str; 9] =
    ["time", "timestamp", "eventtime", "datetime", "date", "occurredat", "happenedat", "eventdate", "createdat"];
const EVENTS: [&str; 10] = [
    "event",
    "eventname",
    "eventtype",
    "name",
    "activity",
    "activityname",
    "action",
    "interaction",
    "type",
    "activitytype",
];
/// More distinct texts are no names of what happened.
const MOST_NAMES: usize = 1_000;
/// Columns of the leads that are looked for in the log, each in a pass.
const IDS: usize = 6;

/// A log whose columns are known.
pub(super) struct Log {
    /// The path or glob it was given as.
    pub(super) pattern: String,
    pub(super) file: EventLog,
    /// The column of the leads that its events name them by.
    pub(super) id: String,
    /// Events, and those of them that name one of the leads.
    pub(super) events: [u64; 2],
    /// Of every column.
    pub(super) profiles: Vec<ColumnProfile>,
}

/// Finds the columns of a log. `ids` are columns of the leads that may identify them, the likeliest first.
pub(super) fn find(pattern: &str, leads: &LeadFiles, ids: &[String]) -> Result<Log, CommandError> {
    let files = LeadFiles::open(pattern)?;
    let profiles = profile(&files, files.columns(), &[])?;
    let wrong = |what: &str| CommandError::bad_input(what).in_file(&files.files()[0]);
    let time = time_column(&profiles).ok_or_else(|| {
        wrong("no column holds times alone").with_help("write when each event was as 2024-03-01T10:00:00Z")
    })?;
    let others: Vec<String> = files.columns().iter().filter(|column| **column != time).cloned().collect();
    let (id, lead, of_leads) = lead_column(leads, ids, &files, &others)?.ok_or_else(|| {
        let (what, help) = if ids.is_empty() {
            ("the leads have no column of ids that events could name them by".to_owned(), "name it with --id COL")
        } else {
            let ids: Vec<String> = ids.iter().take(IDS).map(|id| format!("\"{id}\"")).collect();
            let what = format!("no column of the events holds ids of the leads (looked at {})", ids.join(", "));
            (what, "name the column of the leads that does with --id COL, or check that both are of the same leads")
        };
        wrong(&what).with_help(help)
    })?;
    let name = name_column(&profiles, &[&time, &lead]).ok_or_else(|| {
        wrong("no column says what happened")
            .with_help(format!("add one with a name for each event, at most {MOST_NAMES} different ones"))
    })?;
    let file = EventLog::open(pattern, EventColumns { lead, time, name })?;
    let events = [profiles[0].leads, of_leads];
    Ok(Log { pattern: pattern.to_owned(), file, id, events, profiles })
}

/// The column of the leads and that of the log which agree most, with the events that name a lead.
fn lead_column(
    leads: &LeadFiles,
    ids: &[String],
    log: &LeadFiles,
    columns: &[String],
) -> Result<Option<(String, String, u64)>, CommandError> {
    let mut best: Option<(String, String, u64)> = None;
    for id in ids.iter().take(IDS) {
        // Of equals the likelier id stays. A match of numbers may be by chance, so all are looked at.
        let events = events_of_leads(leads, id, log, columns)?;
        for (column, events) in columns.iter().zip(events) {
            if events > best.as_ref().map_or(0, |(_, _, most)| *most) {
                best = Some((id.clone(), column.clone(), events));
            }
        }
    }
    Ok(best)
}

/// The first of the names that a column has, or the first column.
fn best_named(candidates: &[&ColumnProfile], names: &[&str]) -> Option<String> {
    let named = |name: &&str| candidates.iter().find(|profile| plain(&profile.name) == **name);
    names.iter().find_map(named).or(candidates.first()).map(|profile| profile.name.clone())
}

fn time_column(profiles: &[ColumnProfile]) -> Option<String> {
    let times = profiles.iter().filter(|profile| profile.present() > 0 && profile.days.leads() == profile.present());
    best_named(&times.collect::<Vec<_>>(), &TIMES)
}

/// A column of texts that every event has, by its name, or else the one with the fewest distinct texts.
fn name_column(profiles: &[ColumnProfile], used: &[&str]) -> Option<String> {
    let distinct = |profile: &ColumnProfile| profile.values().map_or(usize::MAX, |values| values.len());
    let is_text = |profile: &ColumnProfile| matches!(profile.kind(&[]), Ok(FieldType::Text));
    let mut texts: Vec<&ColumnProfile> = profiles
        .iter()
        .filter(|profile| !used.contains(&profile.name.as_str()) && profile.missing == 0)
        .filter(|profile| profile.not_a_number.is_some() && distinct(profile) <= MOST_NAMES && is_text(profile))
        .collect();
    // One text alone tells events apart from nothing.
    texts.sort_by_key(|profile| (distinct(profile) < 2, distinct(profile)));
    best_named(&texts, &EVENTS)
}

impl Log {
    /// Columns that are properties of the events.
    pub(super) fn properties(&self) -> impl Iterator<Item = &ColumnProfile> {
        let properties = self.file.properties();
        self.profiles.iter().filter(move |profile| properties.contains(&profile.name))
    }

    /// The distinct names of events with how many there are.
    pub(super) fn names(&self) -> Vec<(String, u64)> {
        let name = &self.file.columns().name;
        let profile = self.profiles.iter().find(|profile| profile.name == *name);
        profile.and_then(ColumnProfile::values).unwrap_or_default()
    }

    pub(super) fn text(&self, spec: &Path) -> String {
        let EventColumns { lead, time, name } = self.file.columns();
        let [events, of_leads] = self.events;
        let others: Vec<String> = self.file.properties().iter().map(|column| toml(column)).collect();
        let names = self.names().len();
        let lines = [
            file_line("file", spec, &self.pattern),
            (format!("lead = {}", toml(lead)), format!("the id of the lead: column {} of the leads", toml(&self.id))),
            (format!("time = {}", toml(time)), "when; without a zone it is UTC".to_owned()),
            (format!("name = {}", toml(name)), format!("what, {names} distinct names")),
        ];
        let properties = match others.len() {
            0 => "They have no properties.".to_owned(),
            _ => format!("Their properties are {}.", others.join(", ")),
        };
        let heading = format!(
            "Events: what leads did. {} of {} events are of these leads. {properties}",
            grouped(of_leads),
            grouped(events)
        );
        format!("\n{}[events]\n{}", comment(&heading), aligned(&lines))
    }
}

#[cfg(test)]
mod tests;
