//! Whole-program tests on leads too many to keep as files: made here, calibrated in a folder of their own.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::{LEADCAL, files};

/// A folder with `leads.csv`: source, employees, the column given, converted.
fn folder(leads: u32, column: impl Fn(u32, bool) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("leads.csv"), csv(leads, column)).expect("written");
    folder
}

fn csv(leads: u32, column: impl Fn(u32, bool) -> String) -> String {
    let mut text = String::from("source,employees,extra,converted\n");
    // A linear congruential generator (Numerical Recipes): the same leads on every machine.
    let mut state = 1_u32;
    let mut below = |n: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % n
    };
    for lead in 0..leads {
        let (source, employees) = (["web", "fair", "partner"][below(3) as usize], below(500));
        let converted = below(100) < if source == "partner" { 40 } else { 10 + employees / 50 };
        let extra = column(lead, converted);
        writeln!(text, "{source},{employees},{extra},{}", if converted { "yes" } else { "no" }).expect("to memory");
    }
    text
}

pub(super) fn leadcal(folder: &Path, words: &str) -> Output {
    Command::new(LEADCAL).args(words.split(' ')).current_dir(folder).output().expect("it runs")
}

/// Runs to the end; what was printed, standard output and standard error together.
pub(super) fn done(folder: &Path, words: &str) -> String {
    let output = leadcal(folder, words);
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}: {text}");
    text
}

/// Fails with this exit code, prints no data and leaves every file as it was; what was said.
pub(super) fn refused(folder: &Path, words: &str, code: i32) -> String {
    let before = files(folder);
    let output = leadcal(folder, words);
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(code), "{words}: {said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{words}");
    assert_eq!(files(folder), before, "{words}");
    said
}

pub(super) fn contains(text: &str, pieces: &[&str]) {
    for piece in pieces {
        assert!(text.contains(piece), "expected {piece:?} in:\n{text}");
    }
}

const CALIBRATE: &str = "calibrate leads.csv --outcome converted";

#[test]
fn text_far_down_a_number_column() {
    let folder = folder(45_000, |lead, _| if lead == 39_999 { "many".to_owned() } else { (lead % 977).to_string() });
    let said = refused(folder.path(), CALIBRATE, 2);
    contains(&said, &["column \"extra\"", "\"many\"", "in leads.csv, row 40000", "help: mend the value"]);
}

#[test]
fn columns_that_tell_nothing_are_left_out_and_said_so() {
    for (column, reason) in [
        ((|_, _| String::new()) as fn(u32, bool) -> String, "no lead has a value"),
        (|_, _| "NA".to_owned(), "no lead has a value"),
        (|_, _| "same".to_owned(), "every lead has the same value"),
        (|lead, _| format!("lead-{lead}"), "looks like an identifier"),
    ] {
        let folder = folder(2_000, column);
        contains(&done(folder.path(), CALIBRATE), &["extra", reason]);
    }
}

#[test]
fn a_column_that_separates_perfectly() {
    let folder = folder(2_000, |_, converted| if converted { "won" } else { "lost" }.to_owned());
    let said = refused(folder.path(), CALIBRATE, 3);
    contains(&said, &["separates", "recorded after the outcome"]);
    for fit in ["fit leads.csv --outcome converted --l2 0", "fit leads.csv --outcome converted"] {
        let said = refused(folder.path(), fit, 3);
        contains(&said, &["attribute \"extra\" alone separates", "leave the attribute out"]);
    }
}

#[test]
fn ten_thousand_categories() {
    let folder = folder(40_000, |lead, _| format!("town {}", lead % 10_000));
    done(folder.path(), CALIBRATE);
    let points = fs::read_to_string(folder.path().join("calibration/points.json")).expect("written");
    assert!(points.matches("\"town ").count() <= 200, "most towns are pooled");
}

#[test]
fn too_few_to_calibrate() {
    for leads in [2, 5, 12] {
        let folder = folder(leads, |lead, _| (lead % 2).to_string());
        let output = leadcal(folder.path(), CALIBRATE);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(matches!(output.status.code(), Some(2 | 3)), "{leads} leads: {said}");
        assert!(said.contains("error: "), "{said}");
    }
}

#[test]
fn the_order_of_the_rows_changes_nothing() {
    let forward = folder(3_000, |lead, _| (lead % 7).to_string());
    let backward = tempfile::tempdir().expect("a folder");
    let text = fs::read_to_string(forward.path().join("leads.csv")).expect("written");
    let (header, rows) = text.split_once('\n').expect("a header");
    let rows: Vec<&str> = rows.lines().rev().collect();
    fs::write(backward.path().join("leads.csv"), format!("{header}\n{}\n", rows.join("\n"))).expect("written");
    done(forward.path(), CALIBRATE);
    done(backward.path(), CALIBRATE);
    for name in ["calibration/points.json", "calibration/model.json"] {
        let read = |folder: &tempfile::TempDir| fs::read_to_string(folder.path().join(name)).expect("written");
        assert_eq!(read(&forward), read(&backward), "{name}");
    }
}

#[test]
fn an_output_folder_that_cannot_be_made() {
    let folder = folder(1_000, |lead, _| (lead % 7).to_string());
    let said = refused(folder.path(), &format!("{CALIBRATE} -o leads.csv/out"), 2);
    contains(&said, &["cannot write leads.csv/out", "help: a part of that path is a file"]);
    let said = refused(folder.path(), &format!("{CALIBRATE} -o leads.csv"), 2);
    contains(&said, &["cannot write leads.csv", "help: a part of that path is a file"]);
}

/// On a disk of 8 kB, which holds neither the calibration nor the scores.
#[cfg(target_os = "linux")]
#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn a_full_disk() {
    let folder = folder(3_000, |lead, _| format!("town {}", lead % 40));
    done(folder.path(), CALIBRATE);
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).expect("a folder");
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=8k", "leadcal"]).arg(&disk).status();
    if !mounted.is_ok_and(|status| status.success()) {
        eprintln!("skipped: a small disk cannot be mounted here");
        return;
    }
    let runs = [
        format!("{CALIBRATE} -o disk/calibration"),
        "score calibration/scoring.json leads.csv -o disk/scored.csv".to_owned(),
        "score calibration/scoring.json leads.csv -o disk/scored.parquet".to_owned(),
    ]
    .map(|words| leadcal(folder.path(), &words));
    let left = files(&disk);
    let unmounted = Command::new("umount").arg(&disk).status();
    assert!(unmounted.expect("umount runs").success());
    assert!(left.is_empty(), "{left:?}");
    for output in runs {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        contains(&said, &["cannot write disk/", "No space left on device", "help: "]);
    }
}
#[test]
fn infinite_numbers_and_nan() {
    let folder = folder(3_000, |lead, _| match lead % 10 {
        0 => "inf".to_owned(),
        1 => "-inf".to_owned(),
        2 => "NaN".to_owned(),
        3 => "1e400".to_owned(),
        rest => rest.to_string(),
    });
    contains(&done(folder.path(), CALIBRATE), &["extra"]);
    for name in ["points.json", "model.json", "scoring.json"] {
        let text = fs::read_to_string(folder.path().join("calibration").join(name)).expect("written");
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON, which has no infinite number");
        assert!(value.is_object(), "{name}");
    }
    done(folder.path(), "score calibration/scoring.json leads.csv -o scored.csv");
    let scored = fs::read_to_string(folder.path().join("scored.csv")).expect("written");
    assert_eq!(scored.lines().count(), 3_001);
    assert!(!scored.contains("inf") && !scored.contains("NaN"));
}

/// The points of an attribute's intervals, in order; of joined texts, in the order of the table.
fn points_of(folder: &Path, attribute: &str) -> Vec<i64> {
    let text = fs::read_to_string(folder.join("points.json")).expect("written");
    let table: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let attributes = table["attributes"].as_array().expect("a list");
    let found = attributes.iter().find(|one| one["name"] == attribute).expect("the attribute");
    let levels = found["levels"].as_array().expect("a list").iter().filter(|level| level["level"] != "(missing)");
    levels.map(|level| level["points"].as_i64().expect("a whole number")).collect()
}

#[test]
fn a_trend_is_kept_and_like_texts_are_joined() {
    // Converts more in the middle: a peak.
    let middle = |lead: u32, converted: bool| {
        let far = if converted { lead % 40 } else { lead % 100 };
        (if lead.is_multiple_of(2) { 100 + far } else { 100 - far.min(99) }).to_string()
    };
    let folder = folder(6_000, middle);
    let spec = |options: &str| format!("[data]\nleads = \"leads.csv\"\noutcome = \"converted\"\n{options}");
    let points = |options: &str| {
        fs::write(folder.path().join("leadcal.toml"), spec(options)).expect("written");
        done(folder.path(), "points -o points.json");
    };
    points("[attributes.extra]\ntrend = \"peak\"");
    let peak = points_of(folder.path(), "extra");
    let top = peak.iter().position(|points| points == peak.iter().max().expect("levels")).expect("a top");
    assert!(peak.len() > 2 && peak[..=top].is_sorted() && peak[top..].is_sorted_by(|a, b| a >= b), "{peak:?}");
    points("[attributes.extra]\ntrend = \"ascending\"\nmin_gain = 0");
    assert!(points_of(folder.path(), "extra").is_sorted());
    points("[attributes.source]\njoin = true");
    // Web and fair convert alike and are one level, partner is another, "(other)" the third.
    let joined = points_of(folder.path(), "source");
    assert!(joined.len() == 3 && joined.iter().filter(|points| **points > 0).count() == 1, "{joined:?}");
}
