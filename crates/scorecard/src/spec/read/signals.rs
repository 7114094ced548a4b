//! `[signals]`: what the text of a field says about the lead.

use leadcal_lift::signals::{Layout, email_domain};

use super::super::SignalOptions;
use super::super::section::{Entry, Mistake, Section};
use super::COLUMN;
use crate::config::{MIN_RUN, SignalKind};

type Read = fn(&Section<'_>) -> Result<SignalKind, Mistake>;

/// Every kind with its word, the keys it has besides `kind` and `group`, and how they are read.
const KINDS: [(&str, (&[&str], Read)); 6] = [
    (
        "free_email_domain",
        (&["field", "also"], |section| {
            Ok(SignalKind::FreeEmailDomain { field: column(section, "field")?, also: also(section)? })
        }),
    ),
    (
        "disposable_email_domain",
        (&["field", "also"], |section| {
            Ok(SignalKind::DisposableEmailDomain { field: column(section, "field")?, also: also(section)? })
        }),
    ),
    (
        "company_email_domain",
        (&["field", "company"], |section| {
            let (field, company) = (column(section, "field")?, column(section, "company")?);
            Ok(SignalKind::CompanyEmailDomain { field, company })
        }),
    ),
    (
        "keyboard_run",
        (&["field", "layouts", "min_run"], |section| {
            let (field, layouts, min_run) = (column(section, "field")?, layouts(section)?, min_run(section)?);
            Ok(SignalKind::KeyboardRun { field, layouts, min_run })
        }),
    ),
    ("uncapitalised", (&["field"], |section| Ok(SignalKind::Uncapitalised { field: column(section, "field")? }))),
    ("filled_fields", (&["fields"], |section| Ok(SignalKind::FilledFields { fields: columns(section, "fields")? }))),
];
/// The keys of any kind.
const KEYS: [&str; 8] = ["kind", "field", "company", "fields", "also", "layouts", "min_run", "group"];
/// Those whose values are columns.
const COLUMN_KEYS: [&str; 3] = ["field", "company", "fields"];
const LAYOUTS: [(&str, Layout); 3] =
    [("azerty", Layout::Azerty), ("qwerty", Layout::Qwerty), ("qwertz", Layout::Qwertz)];

pub(super) fn signals(entry: Entry<'_>) -> Result<Vec<(String, SignalOptions)>, Mistake> {
    entry.sections(|section| {
        section.allow(&KEYS, &[])?;
        let (keys, read) =
            section.require("kind", "what the signal looks at, such as \"free_email_domain\"")?.word(&KINDS)?;
        // A key of another kind is refused with the keys that this kind has.
        section.allow(&[&["kind"], keys, &["group"]].concat(), &[])?;
        Ok(SignalOptions { kind: read(section)?, group: section.read("group", |entry| entry.name("a name"))? })
    })
}

/// Where the signal of this name names a column.
pub(super) fn place_of_field(signals: &Entry<'_>, name: &str, column: &str) -> Option<usize> {
    let signals = signals.table(String::new()).ok()?;
    let signal = signals.get(name)?.table(String::new()).ok()?;
    let entries = COLUMN_KEYS.iter().filter_map(|key| signal.get(key));
    // A list of fields may name it; a single field does or does not.
    entries
        .into_iter()
        .find(|entry| entry.is_list() || entry.text().is_ok_and(|text| text == column))
        .map(|e| e.key_offset)
}

fn column(section: &Section<'_>, key: &'static str) -> Result<String, Mistake> {
    section.require(key, COLUMN)?.name(COLUMN)
}

fn columns(section: &Section<'_>, key: &'static str) -> Result<Vec<String>, Mistake> {
    let expected = "a list of columns, such as [\"phone\"]";
    section.require(key, expected)?.distinct(expected, |member| member.name(COLUMN))
}

fn also(section: &Section<'_>) -> Result<Vec<String>, Mistake> {
    let listed = section.read("also", |entry| {
        entry.distinct("a list of domains, such as [\"mail.example\"]", |member| {
            let expected = "a domain, such as \"mail.example\"";
            let domain = member.name(expected)?;
            // What no address has as its domain would never count.
            let as_in_an_address = email_domain(&format!("name@{domain}"));
            if as_in_an_address == Some(domain.trim().to_lowercase()) {
                Ok(domain)
            } else {
                Err(member.wrong(expected))
            }
        })
    })?;
    Ok(listed.unwrap_or_default())
}

fn layouts(section: &Section<'_>) -> Result<Vec<Layout>, Mistake> {
    let expected = "a list of keyboard layouts, such as [\"azerty\", \"qwerty\", \"qwertz\"]";
    let given = section.read("layouts", |entry| entry.distinct(expected, |member| member.word(&LAYOUTS)))?;
    Ok(given.unwrap_or_else(|| Layout::ALL.to_vec()))
}

fn min_run(section: &Section<'_>) -> Result<u32, Mistake> {
    let expected = "a whole number, 2 or more";
    let given = section.read("min_run", |entry| match entry.integer(expected)? {
        0 | 1 => Err(entry.wrong(expected)),
        letters => Ok(letters),
    })?;
    Ok(given.unwrap_or(MIN_RUN))
}
