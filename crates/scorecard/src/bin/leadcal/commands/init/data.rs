//! `[data]`: what the columns of the leads are for, and which are left out.

use leadcal_lift::binning::LeftOut;
use leadcal_lift::dated_columns::read_dated_columns;
use leadcal_lift::leads::LeadFiles;
use leadcal_lift::profile::ColumnProfile;
use leadcal_scorecard::history::{History, NotUsed};
use leadcal_scorecard::leakage::{self, Suspect};

use super::super::summary::grouped;
use super::super::{ID_NAMES, plain};
use super::text::{aligned, comment, file_line, toml};
use super::{Found, product};
use crate::args::InitArgs;
use crate::error::CommandError;

/// Texts that often mean "unknown".
const UNKNOWN_TEXTS: [&str; 10] =
    ["select", "unknown", "n/a", "none", "null", "nil", "not provided", "-", "?", "undefined"];

/// Columns of the leads that are dates and whose names say of what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Dates {
    pub(super) created_at: Option<String>,
    pub(super) converted_at: Option<String>,
}

impl Dates {
    pub(super) fn of(history: &History, profiles: &[ColumnProfile]) -> Self {
        let excluded =
            |name: &str| history.left_out.iter().any(|(column, why)| column == name && *why == NotUsed::Excluded);
        let dated = |profile: &&ColumnProfile| all_dates(profile) && !excluded(&profile.name);
        let named = |words: &[&str]| {
            let names = profiles.iter().filter(dated).map(|profile| &profile.name);
            names.into_iter().find(|name| words.iter().any(|word| name.to_lowercase().contains(word))).cloned()
        };
        let created_at = named(&["created", "create date", "creation"]);
        let converted_at = named(&["converted", "conversion", "closed", "won"]);
        Self { converted_at: converted_at.filter(|column| Some(column) != created_at.as_ref()), created_at }
    }

    fn keys(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let keys = [("created_at", &self.created_at), ("converted_at", &self.converted_at)];
        keys.into_iter().filter_map(|(key, column)| Some((key, column.as_ref()?)))
    }
}

fn all_dates(profile: &ColumnProfile) -> bool {
    profile.present() > 0 && profile.days.leads() == profile.present()
}

/// Columns that may tell the outcome: attributes, signals, and columns of dates that are attributes or may be made ones.
pub(super) fn suspects(
    leads: &LeadFiles,
    history: &History,
    dates: &Dates,
    profiles: &[ColumnProfile],
) -> Result<Vec<Suspect>, CommandError> {
    let has_job = |column: &str| {
        let left_out = history.left_out.iter().find(|(name, _)| name == column);
        dates.keys().any(|(_, name)| name == column)
            || left_out.is_some_and(|(_, why)| !matches!(why, NotUsed::Values(LeftOut::Date)))
    };
    let columns = profiles.iter().filter(|profile| all_dates(profile) && !has_job(&profile.name));
    let columns: Vec<String> = columns.map(|profile| profile.name.clone()).collect();
    let dated = read_dated_columns(leads, &columns, dates.converted_at.as_deref(), &history.outcome)?;
    Ok(leakage::suspects(&history.patterns, &dated)?)
}

/// Identifiers, those whose names say so first.
pub(super) fn ids(history: &History) -> Vec<String> {
    let identifiers = history
        .left_out
        .iter()
        .filter(|(_, why)| matches!(why, NotUsed::Values(LeftOut::Identifier { .. } | LeftOut::FreeText)));
    let mut names: Vec<String> = identifiers.map(|(name, _)| name.clone()).collect();
    names.sort_by_key(|name| !called_id(name));
    names
}

/// Whether a column's name says that it is the leads' id.
pub(super) fn called_id(name: &str) -> bool {
    ID_NAMES.contains(&plain(name).as_str())
}

/// The section, and which columns are no attributes for want of values that tell leads apart.
pub(super) fn text(args: &InitArgs, found: &Found<'_>) -> String {
    let history = found.history;
    let positive = toml(&history.outcome.positive);
    let mut lines = vec![
        file_line("leads", &args.output, &args.leads),
        (
            format!("outcome = {{ column = {}, positive = {positive} }}", toml(&args.outcome)),
            "who converted".to_owned(),
        ),
    ];
    if let Some(id) = &found.id {
        lines.push((format!("id = {}", toml(id)), "carried to outputs, never an attribute".to_owned()));
    }
    for (key, column) in found.dates.keys() {
        let what = if key == "created_at" { "when the lead came" } else { "when it converted, never an attribute" };
        lines.push((format!("{key} = {}", toml(column)), what.to_owned()));
    }
    lines.extend(product::line(&history.patterns, found.suspects));
    lines.push(("missing = [\"\", \"NA\"]".to_owned(), "texts that mean \"no value\"".to_owned()));
    let mut text = format!("\n[data]\n{}", aligned(&lines));
    for (column, value, leads) in unknown_texts(history, found.profiles) {
        let (value, leads) = (toml(&value), grouped(leads));
        text += &comment(&format!(
            "{value} in column {} ({leads} leads): a level of its own, unless it is added to `missing`",
            toml(column)
        ));
    }
    let excluded = aligned(&excluded(found));
    text += if excluded.is_empty() { "exclude = [" } else { "exclude = [\n" };
    text + &excluded + "]\n" + &left_out(found)
}

fn excluded(found: &Found<'_>) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for (column, reason) in &found.history.left_out {
        // An address may be the id that events name leads by.
        if *reason == NotUsed::Excluded && found.id.as_ref() != Some(column) {
            let why = if found.identifying.contains(column) { "says who a lead is, not of what kind" } else { "" };
            lines.push((format!("  {},", toml(column)), why.to_owned()));
        }
    }
    for Suspect { column, reason } in found.column_suspects() {
        let excluded = toml(column);
        lines.push(if reason.strong() {
            (format!("  {excluded},"), format!("leak? {reason}: was it known before the outcome?"))
        } else {
            let text = format!("worth a look: {reason}; is it filled in or changed after a lead came?");
            (format!("  # {excluded},"), text)
        });
    }
    lines
}

fn left_out(found: &Found<'_>) -> String {
    let lines: Vec<(String, String)> = found
        .history
        .left_out
        .iter()
        .filter(|(column, reason)| {
            let has_job = found.id.as_ref() == Some(column) || found.dates.keys().any(|(_, name)| name == column);
            matches!(reason, NotUsed::Values(_)) && !has_job && !found.leaks(column)
        })
        .map(|(column, reason)| (format!("#   {}", toml(column)), reason.to_string()))
        .collect();
    if lines.is_empty() {
        return String::new();
    }
    format!("# Left out without being asked (a section [attributes.NAME] keeps a column):\n{}", aligned(&lines))
}

/// Texts of the attributes that often mean "unknown".
fn unknown_texts<'a>(history: &History, profiles: &'a [ColumnProfile]) -> Vec<(&'a str, String, u64)> {
    let is_attribute = |name: &str| history.patterns.attributes().iter().any(|attribute| attribute.name == name);
    let texts = profiles.iter().filter(|profile| is_attribute(&profile.name)).flat_map(|profile| {
        let values = profile.values().unwrap_or_default().into_iter();
        values.map(|(value, leads)| (profile.name.as_str(), value, leads))
    });
    texts.filter(|(_, value, _)| UNKNOWN_TEXTS.contains(&value.trim().to_lowercase().as_str())).collect()
}
