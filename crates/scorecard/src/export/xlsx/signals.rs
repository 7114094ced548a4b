//! Formulas for the data-quality signals.

use leadcal_lift::signals::{Layout, SignalKind, disposable_email_domains, free_email_domains};
use rust_xlsxwriter::XlsxError;

use super::reading::{lower, places};
use super::rules::{Rules, is_one_of};

/// Place of an address's last `@`, 0 where there is none.
pub(super) fn last_at(address: &str) -> String {
    let places = places(address);
    format!("IF(ISNUMBER(FIND(\"@\",{address})),SUMPRODUCT(MAX((MID({address},{places},1)=\"@\")*{places})),0)")
}

/// What follows an address's last `@`; `""` where nothing stands before it.
pub(super) fn after_at(address: &str, at: &str) -> String {
    format!("IF({at}<2,\"\",MID({address},{at}+1,LEN({address})))")
}

/// An address's domain in lower case, from what follows the `@` without blanks around; `""` where it has none.
pub(super) fn domain(rest: &str) -> String {
    let domain = format!("LEFT({rest},LEN({rest})-(RIGHT({rest},1)=\".\"))");
    format!(
        "IF({rest}=\"\",\"\",IF(OR(ISERROR(FIND(\".\",{domain})),LEFT({domain},1)=\".\",RIGHT({domain},1)=\".\",\
         ISNUMBER(FIND(\"..\",{domain}))),\"\",{}))",
        lower(&domain)
    )
}

/// The domains a signal looks for, as ranges of cells.
pub(super) fn domains(kind: &SignalKind, rules: &mut Rules) -> Result<Vec<String>, XlsxError> {
    let (built_in, also) = match kind {
        SignalKind::FreeEmailDomain { also, .. } => (rules.texts("open to anyone", free_email_domains())?, also),
        SignalKind::DisposableEmailDomain { also, .. } => {
            (rules.texts("throw-away", disposable_email_domains())?, also)
        }
        _ => return Ok(Vec::new()),
    };
    let mut ranges = vec![built_in];
    if !also.is_empty() {
        let also: Vec<String> = also.iter().map(|domain| domain.trim().to_lowercase()).collect();
        ranges.push(rules.texts("and these", also.iter().map(String::as_str))?);
    }
    Ok(ranges)
}

/// 1 where a domain is in one of the ranges.
pub(super) fn listed(domain: &str, ranges: &[String]) -> String {
    let each: Vec<String> = ranges.iter().map(|range| is_one_of(domain, range)).collect();
    format!("IF({domain}=\"\",0,IF(OR({}),1,0))", each.join(","))
}

/// Every stretch of `min_run` letters of the layouts' rows, in both directions.
pub(super) fn runs(layouts: &[Layout], min_run: u32) -> Vec<String> {
    let length = usize::try_from(min_run.max(2)).unwrap_or(usize::MAX);
    let mut runs = Vec::new();
    for row in layouts.iter().flat_map(|layout| layout.rows()) {
        let letters: Vec<char> = row.chars().collect();
        for run in letters.windows(length) {
            for text in [run.iter().collect::<String>(), run.iter().rev().collect()] {
                if !runs.contains(&text) {
                    runs.push(text);
                }
            }
        }
    }
    runs
}

/// 1 where a text holds one of the runs.
pub(super) fn holds_run(text: &str, runs: &str) -> String {
    format!("IF(SUMPRODUCT(--ISNUMBER(FIND({runs},{})))>0,1,0)", lower(text))
}

/// The letters that have a lower case, and those that have an upper case, of those a spreadsheet takes for one character.
/// They are spelt out since spreadsheets have gaps: one of them leaves İ as it is.
pub(super) fn letters_with_case() -> (String, String) {
    let basic = (0..=0xFFFF_u32).filter_map(char::from_u32).filter(|c| !matches!(c, '\u{10D0}'..='\u{10FF}'));
    let capital = basic.clone().filter(|c| c.to_lowercase().ne([*c])).collect();
    let small = basic.filter(|c| c.to_lowercase().eq([*c]) && c.to_uppercase().ne([*c])).collect();
    (capital, small)
}

/// 1 where a text has small letters and no capital.
pub(super) fn uncapitalised(text: &str, capital: &str, small: &str) -> String {
    let places = places(text);
    let has = |letters: &str| format!("SUMPRODUCT(--ISNUMBER(FIND(MID({text},{places},1),{letters})))>0");
    format!("IF({text}=\"\",0,IF({},0,IF({},1,0)))", has(capital), has(small))
}
