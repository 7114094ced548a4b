//! How often a signal fires, as an expression of columns of the leads.

use std::collections::BTreeSet;

use leadcal_lift::signals::{Layout, SignalKind, disposable_email_domains, free_email_domains};

use super::leads::Leads;
use super::{Dialect, company, quote};

/// Georgian letters of the alphabet without capitals, which are no small letters to the signal.
const GEORGIAN: std::ops::RangeInclusive<char> = '\u{10D0}'..='\u{10FF}';

/// How often a signal fires: a whole number, never NULL.
pub(super) fn times(leads: &mut Leads, kind: &SignalKind) -> String {
    let condition = match kind {
        SignalKind::FreeEmailDomain { field, also } => is_listed(leads, field, free_email_domains(), also),
        SignalKind::DisposableEmailDomain { field, also } => is_listed(leads, field, disposable_email_domains(), also),
        SignalKind::CompanyEmailDomain { field, company } => company::condition(leads, field, company),
        SignalKind::KeyboardRun { field, layouts, min_run } => keyboard_run(leads, field, layouts, *min_run),
        SignalKind::Uncapitalised { field } => uncapitalised(leads, field),
        SignalKind::FilledFields { fields } => {
            let filled = fields.iter().map(|field| format!("CASE WHEN {} THEN 1 ELSE 0 END", leads.filled(field)));
            return filled.collect::<Vec<_>>().join(" + ");
        }
    };
    format!("CASE WHEN {condition} THEN 1 ELSE 0 END")
}

fn is_listed(leads: &mut Leads, field: &str, listed: impl Iterator<Item = &'static str>, also: &[String]) -> String {
    let also = also.iter().map(|domain| domain.trim().to_lowercase());
    // A domain without a dot, or with an empty label, is none, though it be listed.
    let also = also.filter(|domain| domain.contains('.') && domain.split('.').all(|label| !label.is_empty()));
    let domains: BTreeSet<String> = listed.map(str::to_owned).chain(also).collect();
    let domain = leads.domain(field);
    format!("{domain} IN {}", quote::texts(leads.dialect, domains))
}

/// Every stretch of `min_run` neighbours on a row, in both directions: a longer run holds one of them.
fn keyboard_run(leads: &mut Leads, field: &str, layouts: &[Layout], min_run: u32) -> String {
    let length = min_run.max(2) as usize;
    let mut runs = BTreeSet::new();
    for row in layouts.iter().flat_map(|layout| layout.rows()) {
        let letters: Vec<char> = row.chars().collect();
        for run in letters.windows(length) {
            runs.insert(run.iter().collect::<String>());
            runs.insert(run.iter().rev().collect());
        }
    }
    if runs.is_empty() {
        return "1 = 0".to_owned();
    }
    let text = leads.lower(field);
    let holds = runs.iter().map(|run| format!("{text} LIKE '%{run}%'"));
    holds.collect::<Vec<_>>().join(" OR ")
}

fn uncapitalised(leads: &mut Leads, field: &str) -> String {
    let dialect = leads.dialect;
    let name = leads.text(field, &[]);
    if dialect == Dialect::Sqlite {
        // It knows the case of ASCII letters only, so the letters are listed.
        let is_capital = |letter: char| !GEORGIAN.contains(&letter) && letter.to_lowercase().ne([letter]);
        let is_small = |letter: char| !GEORGIAN.contains(&letter) && letter.to_uppercase().ne([letter]);
        let holds = |class: String| quote::text(dialect, &format!("*[{class}]*"));
        return format!(
            "{name} GLOB {} AND NOT {name} GLOB {}",
            holds(class(|letter| is_small(letter) && !is_capital(letter))),
            holds(class(is_capital))
        );
    }
    let georgian: String = GEORGIAN.collect();
    let about = format!("{field}, without Georgian letters");
    let name = leads.columns.of(1, &format!("TRANSLATE({name}, {}, '')", quote::text(dialect, &georgian)), &about);
    format!("{} = {name} AND {} <> {name}", dialect.lower(&name), dialect.upper(&name))
}

/// The inside of a class of characters, `A-Z…`: ranges of those that are in it.
pub(super) fn class(holds: impl Fn(char) -> bool) -> String {
    let mut ranges: Vec<(char, char)> = Vec::new();
    let mut before = None;
    for letter in '\u{1}'..=char::MAX {
        if holds(letter) {
            match ranges.last_mut() {
                Some((_, end)) if Some(*end) == before => *end = letter,
                _ => ranges.push((letter, letter)),
            }
        }
        before = Some(letter);
    }
    let mut class = String::new();
    for (start, end) in ranges {
        class.push(start);
        if start != end {
            class.push('-');
            class.push(end);
        }
    }
    class
}
