//! Whole-program tests of what leadcal says about the data and about later leads, on leads made here.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::Value;

use super::generated::{contains, done, leadcal, refused};

const HEADER: &str = "source,size,extra,created,converted_on,won";
const SPEC: &str = "[data]\nleads = \"leads.csv\"\noutcome = \"won\"\ncreated_at = \"created\"\n\
                    converted_at = \"converted_on\"\n";

/// A lead made here.
#[derive(Clone)]
struct Lead {
    source: &'static str,
    size: &'static str,
    extra: String,
    created: Date,
    converted: Option<Date>,
}

impl Lead {
    fn row(&self) -> String {
        let Self { source, size, extra, created, converted } = self;
        let on = converted.map_or_else(String::new, |day| day.to_string());
        format!("{source},{size},{extra},{created},{on},{}", if converted.is_some() { "yes" } else { "no" })
    }
}

/// Leads over 400 days from 2024-01-01, a fifth of them converted within 20 days; `extra` is made of the day, the outcome
/// and a number below 100.
fn leads(number: u32, extra: impl Fn(u32, Option<Date>, u32) -> String) -> Vec<Lead> {
    // A linear congruential generator (Numerical Recipes): the same leads on every machine.
    let mut state = 7_u32;
    let mut below = |n: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % n
    };
    let lead = |lead: u32| {
        let day = lead * 400 / number;
        let created = date(2024, 1, 1) + i64::from(day).days();
        let source = ["web", "fair", "partner"][below(3) as usize];
        let size = ["small", "medium", "large"][below(3) as usize];
        let chance = if source == "partner" { 30 } else { 12 } + if size == "large" { 12 } else { 0 };
        let converted = below(100) < chance;
        let converted = converted.then_some(created + i64::from(below(20)).days());
        let extra = extra(day, converted, below(100));
        Lead { source, size, extra, created, converted }
    };
    (0..number).map(lead).collect()
}

fn write(folder: &Path, name: &str, leads: &[Lead]) {
    let mut text = format!("{HEADER}\n");
    for lead in leads {
        writeln!(text, "{}", lead.row()).expect("to memory");
    }
    fs::write(folder.join(name), text).expect("written");
}

/// A folder with these leads and a spec that names their dates.
fn folder(leads: &[Lead], more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "leads.csv", leads);
    fs::write(folder.path().join("leadcal.toml"), format!("{SPEC}{more}")).expect("written");
    folder
}

fn summary(folder: &Path) -> Value {
    let output = leadcal(folder, "calibrate --format json");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

#[test]
fn too_few_conversions_are_refused_and_points_and_fit_warn() {
    let mut few = leads(1_500, |_, _, chance| if chance < 50 { "a" } else { "b" }.to_owned());
    let mut kept = 0;
    few.retain(|lead| {
        kept += usize::from(lead.converted.is_some());
        lead.converted.is_none() || kept <= 39
    });
    let total = few.len();
    let folder = folder(&few, "");
    let said = refused(folder.path(), "calibrate", 3);
    contains(
        &said,
        &[
            &format!("39 of {total} leads converted"),
            "calibration takes at least 40 of each",
            "help: wait for 1 more conversion,",
        ],
    );
    for command in ["points", "fit"] {
        contains(&done(folder.path(), command), &["note: 39 of", "what follows is mostly chance"]);
    }
}

#[test]
fn the_summary_starts_with_what_the_data_can_carry() {
    let folder = folder(&leads(3_000, |_, _, chance| (chance % 2).to_string()), "");
    let output = leadcal(folder.path(), "calibrate");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.starts_with("can the data carry it?"), "{text}");
    contains(
        &text,
        &[
            "of 3 000 leads",
            "2024-01-01 to 2025-02-0",
            "90 % convert within 18 days",
            "The data can carry a scorecard",
            "Out of time (trained to 2024-10-06, measured after):",
            "earlier leads' rate alone",
        ],
    );
    let summary = summary(folder.path());
    let findings = summary["readiness"].as_array().expect("a list");
    assert_eq!(findings.len(), 8);
    assert!(findings.iter().all(|finding| finding["verdict"].is_string()), "{findings:?}");
    // Without dates it says so, and measures nothing on later leads.
    let spec = "[data]\nleads = \"leads.csv\"\noutcome = \"won\"\nexclude = [\"created\", \"converted_on\"]\n";
    fs::write(folder.path().join("leadcal.toml"), spec).expect("written");
    let said = done(folder.path(), "calibrate");
    contains(&said, &["name created_at in the spec", "Not measured on later leads: no column says when leads came"]);
}

/// The figures on later leads are those of calibrating a file of the earlier ones and scoring a file of the later ones.
#[test]
fn out_of_time_figures_are_those_of_scoring_later_leads() {
    let all = leads(3_000, |_, _, chance| (chance % 3).to_string());
    let folder = folder(&all, "exclude = [\"extra\"]\n");
    let found = summary(folder.path());
    let cut: Date = found["out_of_time"]["trained_to"].as_str().expect("a day").parse().expect("a day");
    let (earlier, later): (Vec<Lead>, Vec<Lead>) = all.into_iter().partition(|lead| lead.created <= cut);
    assert!((0.69..0.71).contains(&(earlier.len() as f64 / 3_000.0)));

    write(folder.path(), "earlier.csv", &earlier);
    write(folder.path(), "later.csv", &later);
    done(folder.path(), "calibrate earlier.csv --outcome won --exclude extra,created,converted_on -o earlier");
    done(folder.path(), "score earlier/scoring.json later.csv -o scored.csv");
    let scored = fs::read_to_string(folder.path().join("scored.csv")).expect("written");
    let mut rows = scored.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = rows.next().expect("a header");
    let column = |name: &str| header.iter().position(|&found| found == name).expect("the column");
    let (score, probability) = (column("score"), column("probability"));
    let parse = |text: &str| -> f64 { text.parse().expect("a number") };
    let scored: Vec<(f64, f64, bool)> = rows
        .zip(&later)
        .map(|(row, lead)| (parse(row[score]), parse(row[probability]), lead.converted.is_some()))
        .collect();
    assert_eq!(scored.len(), later.len());

    let model = &found["out_of_time"]["model"];
    assert_eq!(model["metrics"]["leads"], later.len());
    assert_eq!(model["train_leads"], earlier.len());
    let loss = |(_, p, y): &(f64, f64, bool)| -(if *y { *p } else { 1.0 - p }).ln();
    let log_loss = scored.iter().map(loss).sum::<f64>() / scored.len() as f64;
    assert!((number(&model["metrics"]["log_loss"]) - log_loss).abs() < 1e-5, "{model} {log_loss}");
    assert!((number(&model["metrics"]["auc"]) - auc(&scored, |lead| lead.1)).abs() < 1e-9, "{model}");
    let points = &found["out_of_time"]["points"];
    assert!((number(&points["metrics"]["auc"]) - auc(&scored, |lead| lead.0)).abs() < 1e-9, "{points}");
}

/// Area under the ROC curve, pair by pair.
fn auc(leads: &[(f64, f64, bool)], score: impl Fn(&(f64, f64, bool)) -> f64) -> f64 {
    let (mut area, mut pairs) = (0.0, 0.0);
    for one in leads.iter().filter(|lead| lead.2) {
        for other in leads.iter().filter(|lead| !lead.2) {
            let (one, other) = (score(one), score(other));
            area += if one > other {
                1.0
            } else if one < other {
                0.0
            } else {
                0.5
            };
            pairs += 1.0;
        }
    }
    area / pairs
}

#[test]
fn what_held_in_its_time_only_is_reported() {
    // Until day 280 the campaign's leads convert, afterwards everybody but those do.
    let turns = |day: u32, converted: Option<Date>, chance: u32| {
        let of_campaign = (chance < 75) == (converted.is_some() == (day <= 280));
        if of_campaign { "campaign" } else { "other" }.to_owned()
    };
    let said = done(folder(&leads(4_000, turns), "").path(), "calibrate");
    contains(
        &said,
        &[
            "note: the points: AUC 0.",
            "on later leads: something leaks the outcome or has changed",
            "note: the model: on later leads its probabilities are worse",
        ],
    );
    let steady = |_: u32, converted: Option<Date>, chance: u32| {
        if (chance < 60) == converted.is_some() { "campaign" } else { "other" }.to_owned()
    };
    let said = done(folder(&leads(4_000, steady), "").path(), "calibrate");
    assert!(!said.contains("on later leads: something") && !said.contains("probabilities are worse"), "{said}");
}

#[test]
fn columns_filled_in_afterwards_are_named() {
    // A contract's kind, filled for most who converted and for one in 400 of the others.
    let contract = |day: u32, converted: Option<Date>, chance: u32| match (converted, chance) {
        (Some(_), 0..80) => ["year", "month"][chance as usize % 2].to_owned(),
        (None, 0) if day.is_multiple_of(4) => "month".to_owned(),
        _ => String::new(),
    };
    let contracts = folder(&leads(4_000, contract), "");
    contains(
        &done(contracts.path(), "calibrate"),
        &[
            "note: column \"extra\" may leak the outcome: it is filled almost only for leads that converted (",
            "leave it out (exclude in [data], or --exclude)",
        ],
    );
    let suspects = &summary(contracts.path())["suspects"];
    assert_eq!((&suspects[0]["column"], &suspects[0]["strong"]), (&"extra".into(), &true.into()));
    assert_eq!(suspects.as_array().map(Vec::len), Some(1));
    let spec = init(contracts.path());
    contains(
        &spec,
        &["created_at = \"created\"", "  \"extra\",   # leak? it is filled almost only for leads that converted"],
    );

    // A day on which something happened, for half of the leads, up to 30 days after the conversion.
    let happened = |_: u32, converted: Option<Date>, chance: u32| {
        let day = converted.unwrap_or(date(2024, 6, 1)) + (i64::from(chance) - 20).days();
        if chance < 50 { day.to_string() } else { String::new() }
    };
    let days = folder(&leads(3_000, happened), "[attributes.extra]\ntype = \"date\"\n");
    contains(
        &done(days.path(), "calibrate"),
        &["note: column \"extra\" may leak the outcome: its date is after the conversion for "],
    );
    contains(&init(days.path()), &["  \"extra\",   # leak? its date is after the conversion for "]);

    // Nothing of all that.
    let honest = folder(&leads(3_000, |_, _, chance| (chance % 5).to_string()), "");
    assert!(!done(honest.path(), "calibrate").contains("note: column"));
    assert!(!init(honest.path()).contains("leak?"));
}

/// What `init` writes for the folder's leads.
fn init(folder: &Path) -> String {
    done(folder, "init leads.csv --outcome won -o new.toml");
    fs::read_to_string(folder.join("new.toml")).expect("written")
}

/// Dates and given folds are read with the patterns and taken out again: neither moves the other's figures.
#[test]
fn dates_move_no_figure_out_of_fold() {
    let leads = leads(3_000, |_, _, chance| (chance % 4).to_string());
    let folder = folder(&leads, "fold = \"extra\"\n");
    let dated = summary(folder.path());
    assert!(dated["out_of_time"]["points"]["metrics"].is_object(), "{dated}");
    let spec = "[data]\nleads = \"leads.csv\"\noutcome = \"won\"\nexclude = [\"created\", \"converted_on\"]\n";
    fs::write(folder.path().join("leadcal.toml"), format!("{spec}fold = \"extra\"\n")).expect("written");
    let undated = summary(folder.path());
    assert_eq!(dated["validation"], undated["validation"]);
    fs::write(folder.path().join("leadcal.toml"), SPEC).expect("written");
    let drawn = summary(folder.path());
    assert_ne!(dated["validation"], drawn["validation"]);
    let later = |summary: &Value| summary["out_of_time"]["model"]["metrics"]["leads"].clone();
    assert_eq!(later(&dated), later(&drawn));
}

#[test]
fn dates_that_are_none() {
    let mut leads = leads(2_000, |_, _, chance| (chance % 5).to_string());
    let dated = folder(&leads, "");
    let path = dated.path().join("leads.csv");
    let text =
        fs::read_to_string(&path).expect("written").replacen("yes\n", "yes\nweb,small,1,2024-01-01,soon,yes\n", 1);
    fs::write(&path, text).expect("written");
    contains(&refused(dated.path(), "calibrate", 2), &["column \"converted_on\"", "\"soon\"", "in leads.csv, row "]);
    // Every tenth lead without a day is in neither part.
    let text = fs::read_to_string(folder(&leads, "").path().join("leads.csv")).expect("written");
    let undated = folder(&leads, "");
    let rows = text.lines().enumerate().map(|(at, row)| {
        let cells: Vec<&str> = row.split(',').collect();
        if at > 0 && at % 10 == 0 {
            format!("{},,{}\n", cells[..3].join(","), cells[4..].join(","))
        } else {
            format!("{row}\n")
        }
    });
    fs::write(undated.path().join("leads.csv"), rows.collect::<Vec<_>>().concat()).expect("written");
    contains(&done(undated.path(), "calibrate"), &["200 leads without a date are in neither part."]);
    let found = &summary(undated.path())["out_of_time"]["model"];
    let dated = [&found["train_leads"], &found["metrics"]["leads"]].map(|leads| leads.as_u64().expect("a count"));
    assert_eq!(dated.iter().sum::<u64>(), 1_800);
    // Most leads of the last day: nothing came later.
    for lead in leads.iter_mut().skip(300) {
        lead.created = date(2025, 6, 1);
        lead.converted = lead.converted.map(|_| date(2025, 6, 2));
    }
    let said = done(folder(&leads, "").path(), "calibrate");
    contains(&said, &["Not measured on later leads: the leads after 2025-06-01 are 0 conversions and 0 others"]);
}
