//! Whole-program tests of what `calibrate` says to look at first, on leads made here.

use std::fmt::Write as _;
use std::fs;

use jiff::ToSpan;
use jiff::civil::date;
use serde_json::Value;

use super::generated::{contains, done, leadcal};

/// A number below the one given, out of a generator.
type Below<'a> = &'a mut dyn FnMut(u32) -> u32;

/// Leads of two years, one line each: what `fields` says of a lead by its day, and whether it converted.
fn folder(leads: u32, header: &str, fields: impl Fn(u32, Below<'_>) -> (String, bool)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    // A linear congruential generator (Numerical Recipes): the same leads on every machine.
    let mut state = 5_u32;
    let mut below = |n: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % n
    };
    let mut text = format!("{header},created,won\n");
    for lead in 0..leads {
        let day = lead * 730 / leads;
        let (fields, won) = fields(day, &mut below);
        let created = date(2023, 1, 1) + i64::from(day).days();
        writeln!(text, "{fields},{created},{}", if won { "yes" } else { "no" }).expect("to memory");
    }
    fs::write(folder.path().join("leads.csv"), text).expect("written");
    let spec = "[data]\nleads = \"leads.csv\"\noutcome = \"won\"\ncreated_at = \"created\"\n";
    fs::write(folder.path().join("leadcal.toml"), spec).expect("written");
    folder
}

/// Codes and texts of what to look at, gravest first.
fn look_at(folder: &tempfile::TempDir) -> Vec<(String, String)> {
    let output = leadcal(folder.path(), "calibrate --format json");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let summary: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let notices = summary["look_at"].as_array().expect("a list");
    let severity = |notice: &Value| notice["severity"].as_f64().expect("a number");
    assert!(notices.is_sorted_by(|a, b| severity(a) >= severity(b)) && notices.len() <= 5, "{notices:?}");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    notices.iter().map(|notice| (text(&notice["code"]), text(&notice["found"]))).collect()
}

fn found<'a>(notices: &'a [(String, String)], code: &str) -> Option<&'a str> {
    notices.iter().find(|(found, _)| found == code).map(|(_, text)| text.as_str())
}

const SOURCES: [&str; 3] = ["web", "fair", "partner"];

#[test]
fn nothing_is_said_of_a_calibration_without_a_fault() {
    let folder = folder(6_000, "source,size,day part", |_, below| {
        let (source, size, part) = (below(3), below(3), below(3));
        let chance = 8 + 12 * source / 2 + 8 * size + 5 * part;
        (format!("{},s{size},p{part}", SOURCES[source as usize]), below(100) < chance)
    });
    assert_eq!(look_at(&folder), []);
    let text = done(folder.path(), "calibrate");
    assert!(!text.contains("look at first"), "{text}");
    contains(
        &text,
        &[
            "  leadcal backtest calibration/scoring.json leadcal.toml\n",
            "  leadcal score calibration/scoring.json leads.csv\n",
        ],
    );
}

#[test]
fn a_column_written_after_the_outcome_comes_first() {
    let folder = folder(3_000, "source,size,amount", |_, below| {
        let (source, size) = (below(3), below(3));
        let won = below(100) < 10 + 15 * source / 2 + 5 * size;
        let amount = if won && below(10) > 0 { format!("{}", 100 + below(900)) } else { String::new() };
        (format!("{},s{size},{amount}", SOURCES[source as usize]), won)
    });
    let notices = look_at(&folder);
    assert_eq!(notices[0].0, "leakage", "{notices:?}");
    contains(
        &done(folder.path(), "calibrate"),
        &["\nWhat to look at first:\n1. \"amount\" (", "--exclude amount leaves it out."],
    );
}

#[test]
fn what_changed_over_time_is_said() {
    // The rate climbs from 6 to 25 % and more in the end, fairs go from a quarter of the leads to most, and partners from good to bad.
    let folder = folder(8_000, "source,size", |day, below| {
        let late = day > 500;
        let source = if late && below(2) == 0 { 1 } else { below(3) as usize };
        let size = below(3);
        let partner = if source == 2 { if late { 0 } else { 20 } } else { 4 };
        let chance = if late { 22 } else { 5 } + partner + 4 * size;
        (format!("{},s{size}", SOURCES[source]), below(100) < chance)
    });
    let notices = look_at(&folder);
    contains(found(&notices, "rate-moved").expect("said"), &["Later leads convert at ", " %, earlier ones did at "]);
    contains(
        found(&notices, "mix-moved").expect("said"),
        &["\"source\" moved by a stability index of ", "(fair from "],
    );
    contains(
        found(&notices, "meaning-moved").expect("said"),
        &["\"source\" does not mean later what it meant before: partner went from "],
    );
}

#[test]
fn twins_are_paid_twice_and_a_band_of_half_the_leads_chooses_little() {
    let folder = folder(4_000, "title,seniority,size", |_, below| {
        let (rank, size) = (below(4), below(3));
        // One in ten titles is another's.
        let title = if below(10) == 0 { below(4) } else { rank };
        (format!("t{title},r{rank},s{size}"), below(100) < 5 + 9 * rank + 2 * size)
    });
    fs::write(
        folder.path().join("leadcal.toml"),
        "[data]\nleads = \"leads.csv\"\noutcome = \"won\"\ncreated_at = \"created\"\n\
         [bands]\ncut_offs = { cold = 0, warm = 30, hot = 31 }\n",
    )
    .expect("written");
    let notices = look_at(&folder);
    contains(found(&notices, "paid-twice").expect("said"), &["it goes most with \"", "(Cramér's V 0."]);
    contains(
        found(&notices, "top-band-large").expect("said"),
        &["The best band, \"hot\", holds ", " a week: it chooses little."],
    );
}
