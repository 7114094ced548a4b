//! Whether an e-mail address is at the own domain of the lead's company.

use leadcal_lift::signals::{disposable_email_domains, free_email_domains};

use super::leads::{BLANKS, Leads};
use super::signals::class;
use super::{Dialect, quote};

/// The condition under which the signal fires.
pub(super) fn condition(leads: &mut Leads, field: &str, company: &str) -> String {
    let dialect = leads.dialect;
    let domain = leads.domain(field);
    let public = quote::texts(dialect, free_email_domains().chain(disposable_email_domains()));
    let host = host(leads, company);
    let name = leads.lower_trimmed(company);
    let is_domain = format!(
        "{domain} LIKE '%.%' AND {domain} NOT LIKE '.%' AND {domain} NOT LIKE '%.' AND {domain} NOT LIKE '%..%' \
         AND {domain} NOT IN {public} AND {name} <> ''"
    );
    let at_site = format!("({domain} = {host} OR {} OR {})", is_below(&domain, &host), is_below(&host, &domain));
    let at_name = begins_with_label(leads, &name, &domain);
    format!("{is_domain} AND CASE WHEN {host} IS NOT NULL THEN {at_site} ELSE {at_name} END")
}

/// The host of a web site in a field; NULL where the field's text is no web site.
fn host(leads: &mut Leads, company: &str) -> String {
    let dialect = leads.dialect;
    let about = format!("{company}, as a host");
    let blank = holds_blank(leads);
    let text = leads.lower_trimmed(company);
    let scheme = dialect.position("'://'", &text);
    let rest = format!("CASE WHEN {scheme} > 0 THEN SUBSTR({text}, {scheme} + 3) ELSE {text} END");
    let rest = leads.columns.of(1, &rest, &about);
    let slashes = format!("REPLACE(REPLACE(REPLACE({rest}, '?', '/'), '#', '/'), ':', '/')");
    let end = dialect.position("'/'", &format!("({slashes} || '/')"));
    let host = leads.columns.of(2, &format!("SUBSTR({rest}, 1, {end} - 1)"), &about);
    let host =
        leads.columns.of(3, &format!("CASE WHEN {host} LIKE 'www.%' THEN SUBSTR({host}, 5) ELSE {host} END"), &about);
    let host = leads.columns.of(
        4,
        &format!("CASE WHEN {host} LIKE '%.' THEN SUBSTR({host}, 1, LENGTH({host}) - 1) ELSE {host} END"),
        &about,
    );
    let is_one = format!(
        "{host} LIKE '%.%' AND {host} NOT LIKE '.%' AND {host} NOT LIKE '%.' AND {host} NOT LIKE '%..%' AND NOT {}",
        blank(&host)
    );
    leads.columns.of(5, &format!("CASE WHEN {is_one} THEN {host} END"), &about)
}

/// Whether a text has a blank in it.
fn holds_blank(leads: &mut Leads) -> impl Fn(&str) -> String + use<> {
    let dialect = leads.dialect;
    let blanks = leads.blanks();
    move |text| match dialect {
        Dialect::Sqlite => format!("{text} GLOB {}", quote::text(dialect, &format!("*[{BLANKS}]*"))),
        _ => format!("TRANSLATE({text}, {blanks}, '') <> {text}"),
    }
}

/// Whether a domain is a subdomain of another. LIKE would take the letters of one for wildcards.
fn is_below(domain: &str, of: &str) -> String {
    format!(
        "(LENGTH({domain}) > LENGTH({of}) AND SUBSTR({domain}, CASE WHEN LENGTH({domain}) > LENGTH({of}) \
         THEN LENGTH({domain}) - LENGTH({of}) ELSE 1 END) = '.' || {of})"
    )
}

/// Words of a name that are looked at where each number of them needs its own comparison.
pub(super) const MOST_WORDS: usize = 24;

/// Whether the first words of a name, written together, are a label of a domain, but not its last, without its hyphens and
/// with at least 3 characters.
///
/// A label is one where it stands between two dots, and words have none: so the words are looked for between dots.
fn begins_with_label(leads: &mut Leads, name: &str, domain: &str) -> String {
    let dialect = leads.dialect;
    // Up to the last dot.
    let labels = dialect.trim_end(domain, &format!("(REPLACE({domain}, '.', '') || 'x')"));
    let labels = leads.columns.of(4, &format!("'.' || REPLACE({labels}, '-', '')"), "labels of the domain");
    let found = |words: &str| {
        format!("LENGTH({words}) >= 3 AND {} > 0", dialect.position(&format!("('.' || {words} || '.')"), &labels))
    };
    let letters = class(char::is_alphanumeric);
    if dialect == Dialect::Sqlite {
        // It has no lists, so it walks along the letters; where the next is none, a word ends.
        let next = format!("SUBSTR({name}, place + 1, 1)");
        let is_letter = format!("{next} GLOB {}", quote::text(dialect, &format!("[{letters}]")));
        return format!(
            "EXISTS (WITH RECURSIVE walk(place, words) AS (SELECT 0, '' UNION ALL \
             SELECT place + 1, CASE WHEN {is_letter} THEN words || {next} ELSE words END FROM walk WHERE place < LENGTH({name})) \
             SELECT 1 FROM walk WHERE NOT {is_letter} AND {})",
            found("words")
        );
    }
    // One blank between two words, and none around.
    let no_letters = quote::text(dialect, &format!("[^{letters}]+"));
    let every = if matches!(dialect, Dialect::DuckDb | Dialect::PostgreSql) { ", 'g'" } else { "" };
    let words = format!("TRIM(REGEXP_REPLACE({name}, {no_letters}, ' '{every}))");
    let words = leads.columns.of(1, &words, "words of the company");
    // A word ends at n where a blank follows, or nothing.
    let ends = format!("SUBSTR({words} || ' ', n + 1, 1) = ' '");
    let any = |numbers: &str| {
        let found = found(&format!("REPLACE(SUBSTR({words}, 1, n), ' ', '')"));
        format!("EXISTS (SELECT 1 FROM {numbers} WHERE {ends} AND {found})")
    };
    match dialect {
        Dialect::DuckDb => any(&format!("UNNEST(GENERATE_SERIES(1, LENGTH({words}))) AS s(n)")),
        Dialect::PostgreSql => any(&format!("GENERATE_SERIES(1, LENGTH({words})) AS s(n)")),
        Dialect::BigQuery => any(&format!("UNNEST(GENERATE_ARRAY(1, LENGTH({words}))) AS n")),
        Dialect::Spark => {
            let found = found(&format!("REPLACE(SUBSTR({words}, 1, n), ' ', '')"));
            format!("EXISTS(SEQUENCE(1, LENGTH({words})), n -> {ends} AND {found})")
        }
        // Subqueries that know the row are few in Snowflake, so each number of words is asked about by itself.
        Dialect::Snowflake | Dialect::Sqlite => {
            let first = |count| format!("ARRAY_TO_STRING(ARRAY_SLICE(SPLIT({words}, ' '), 0, {count}), '')");
            let any: Vec<String> = (1..=MOST_WORDS).map(|count| found(&first(count))).collect();
            format!("({})", any.join(" OR "))
        }
    }
}
