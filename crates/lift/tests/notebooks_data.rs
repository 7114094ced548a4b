//! The committed example data are what the generator writes, are what their dictionary says, and follow their truth.

#[path = "../examples/notebooks_data/dataset/mod.rs"]
mod dataset;
#[path = "notebooks_data/snapshots.rs"]
mod snapshots;
#[path = "../examples/notebooks_data/write.rs"]
mod write;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dataset::leads::Lead;
use dataset::outcome::{Model, Outcome};
use dataset::signals::{FREE_MAIL, Signal, has_keyboard_run, is_uncapitalised};
use dataset::{DATA_END, DAY, Dataset, SEED, generate, names};
use leadcal_lift::signals::{self, Layout};

static DATA: LazyLock<Dataset> = LazyLock::new(|| generate(SEED));

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../notebooks-data")
}

fn dictionary() -> String {
    std::fs::read_to_string(folder().join("README.md")).expect("the data dictionary")
}

#[test]
fn committed_files_are_what_the_generator_writes() {
    let temp = tempfile::tempdir().expect("a temporary folder");
    for (name, bytes) in write::files(&DATA).expect("files") {
        std::fs::write(temp.path().join(name), bytes).expect("written");
        let [committed, written] =
            [folder().join(name), temp.path().join(name)].map(|path| std::fs::read(path).expect("a data file"));
        assert!(
            committed == written,
            "notebooks-data/{name} is not what the generator writes; if the change is meant, run\n  \
             cargo run -p leadcal-lift --example notebooks_data -- notebooks-data\nand update notebooks-data/README.md"
        );
    }
}

#[test]
fn a_seed_decides_everything() {
    let [once, again, other] = [7, 7, 8].map(|seed| write::files(&generate(seed)).expect("files"));
    assert!(once == again, "the same seed gives the same bytes");
    for (one, two) in once.iter().zip(&other) {
        assert!(one.1 != two.1, "another seed gives another {}", one.0);
    }
}

#[test]
fn the_dictionary_tells_each_columns_missing_share() {
    let text = dictionary();
    let check = |column: &str, missing: usize, rows: usize| {
        let row = text.lines().find(|line| line.starts_with(&format!("| `{column}` |")));
        let told = row.and_then(|row| row.split('|').nth(3)).map(str::trim);
        let share = format!("{:.1} %", 100.0 * missing as f64 / rows as f64);
        assert_eq!(told, Some(share.as_str()), "missing share of {column}");
    };
    let mut csv = csv::Reader::from_path(folder().join("leads.csv")).expect("leads.csv");
    let header = csv.headers().expect("a header").clone();
    let rows: Vec<csv::StringRecord> = csv.records().collect::<Result<_, _>>().expect("rows");
    for (place, column) in header.iter().enumerate() {
        check(column, rows.iter().filter(|row| row[place].is_empty()).count(), rows.len());
    }
    let events = &DATA.events;
    check("page", events.iter().filter(|event| event.page.is_none()).count(), events.len());
    check("asset", events.iter().filter(|event| event.asset.is_none()).count(), events.len());
}

#[test]
fn the_dictionary_tells_the_counts() {
    let text = dictionary();
    let holds = |claim: String| assert!(text.contains(&claim), "notebooks-data/README.md should say \"{claim}\"");
    let truth: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder().join("truth.json")).expect("truth.json")).expect("JSON");
    let made = |name: &str| truth["made"][name].as_u64().expect("a count");
    let (leads, silent) = (made("leads"), made("leads_without_events"));
    holds(format!("seed {SEED}"));
    holds(format!("{} leads created from 2025-01-01 to 2026-06-30", spaced(leads)));
    holds(format!("{} % of them converted", share(made("conversions_known"), leads)));
    holds(format!("{} events from", spaced(made("events"))));
    holds(format!("of {} leads; {} leads have none", spaced(leads - silent), spaced(silent)));
    holds(format!("no row of a snapshot ({} leads)", made("converted_before_snapshot")));
    holds(format!("after the data do ({}) are censored", made("censored")));
    let (rows, conversions) = (made("snapshot_rows"), made("snapshot_conversions"));
    let expected = truth["made"]["expected_rate"].as_f64().expect("a rate");
    holds(format!(
        "{} snapshot rows, {conversions} of them converted: {} %, where the truth expects {:.1} %",
        spaced(rows),
        share(conversions, rows),
        100.0 * expected
    ));

    let mut counts = BTreeMap::new();
    for event in &DATA.events {
        *counts.entry(event.name).or_insert(0) += 1;
    }
    for (event, count) in counts {
        holds(format!("| `{event}` | {} |", spaced(count)));
    }
    let older = DATA.events.iter().filter(|event| event.time < DATA.leads[event.lead].created_at).count() as u64;
    holds(format!("{} % of the events are older", share(older, made("events"))));
    let of_leads = |holds: fn(&Lead) -> bool| 100.0 * count(holds) as f64 / leads as f64;
    holds(format!("-1 ({:.0} % of the leads)", of_leads(|lead| lead.company_size == Some(-1))));
    holds(format!("`Select` ({:.0} %)", of_leads(|lead| lead.budget_band == Some("Select"))));
}

fn count(holds: fn(&Lead) -> bool) -> usize {
    DATA.leads.iter().filter(|lead| holds(lead)).count()
}

/// `12 345`.
fn spaced(n: u64) -> String {
    if n < 1_000 { n.to_string() } else { format!("{} {:03}", spaced(n / 1_000), n % 1_000) }
}

fn share(part: u64, all: u64) -> String {
    format!("{:.1}", 100.0 * part as f64 / all as f64)
}

#[test]
fn nothing_up_to_the_snapshot_knows_the_outcome() {
    // The probability worked out again from the published log, to which converting leads added events, is the one drawn
    // from: so nothing that depends on the outcome lies before a snapshot.
    let model = Model::new(&DATA.truth);
    let mut logs = vec![Vec::new(); DATA.leads.len()];
    DATA.events.iter().for_each(|event| logs[event.lead].push(*event));
    for ((lead, outcome), log) in DATA.leads.iter().zip(&DATA.outcomes).zip(&logs) {
        let again = model.probability(lead, log);
        assert_eq!(again.to_bits(), outcome.probability.to_bits(), "{}", lead.id);
    }
}

#[test]
fn times_are_inside_the_data() {
    assert!(DATA.events.is_sorted_by_key(|event| event.time));
    assert!(DATA.leads.is_sorted_by_key(|lead| lead.created_at));
    assert!(DATA.events.iter().all(|event| event.time <= DATA_END));
    for (lead, outcome) in DATA.leads.iter().zip(&DATA.outcomes) {
        assert_eq!(outcome.as_of, lead.created_at + 14 * DAY);
        let latest = outcome.as_of + 60 * DAY;
        assert!(outcome.converts_at.is_none_or(|time| time > lead.created_at && time <= latest), "{}", lead.id);
        assert!(outcome.converted_at().is_none_or(|time| time <= DATA_END), "{}", lead.id);
    }
}

/// Snapshot rows, whatever was known of them, for which `holds`: how many, conversions, and their expectation.
fn rates(holds: impl Fn(&Lead) -> bool) -> (f64, f64, f64) {
    let rows = DATA.leads.iter().zip(&DATA.outcomes).filter(|(lead, _)| holds(lead)).map(|(_, outcome)| outcome);
    let rows: Vec<&Outcome> =
        rows.filter(|outcome| outcome.converts_at.is_none_or(|time| time > outcome.as_of)).collect();
    let conversions = rows.iter().filter(|outcome| outcome.converts_at.is_some()).count();
    (rows.len() as f64, conversions as f64, rows.iter().map(|outcome| outcome.probability).sum())
}

#[test]
fn conversions_are_as_many_as_the_truth_expects() {
    for (low, high) in [(0.0, 0.03), (0.03, 0.1), (0.1, 0.25), (0.25, 0.5), (0.5, 1.0)] {
        let rows = DATA.outcomes.iter().filter(|outcome| outcome.converts_at.is_none_or(|time| time > outcome.as_of));
        let inside: Vec<&Outcome> = rows.filter(|row| row.probability >= low && row.probability < high).collect();
        let conversions = inside.iter().filter(|outcome| outcome.converts_at.is_some()).count() as f64;
        let expected: f64 = inside.iter().map(|outcome| outcome.probability).sum();
        let variance: f64 = inside.iter().map(|outcome| outcome.probability * (1.0 - outcome.probability)).sum();
        assert!(
            (conversions - expected).abs() < 4.0 * variance.sqrt(),
            "{conversions} conversions, {expected:.1} expected between {low} and {high}"
        );
    }
}

#[test]
fn rates_have_the_sign_of_the_truth() {
    let (rows, conversions, _) = rates(|_| true);
    let overall = conversions / rows;
    let check = |name: &str, sign: f64, holds: &dyn Fn(&Lead) -> bool| {
        let (rows, conversions, _) = rates(holds);
        let gap = conversions / rows - overall;
        assert!(rows >= 100.0, "{name}: {rows} rows are too few to tell");
        assert!(gap * sign > 0.02, "{name} converts at {:.3} against {overall:.3}", conversions / rows);
    };
    check("students", -1.0, &|lead| lead.seniority == Some("Student or intern"));
    check("C-level", 1.0, &|lead| lead.seniority == Some("C-level"));
    check("referrals", 1.0, &|lead| lead.source == Some("Referral"));
    check("purchased lists", -1.0, &|lead| lead.source == Some("Purchased list"));
    check("software", 1.0, &|lead| lead.industry == Some("Software"));
    check("education", -1.0, &|lead| lead.industry == Some("Education"));
    check("free mail", -1.0, &|lead| Signal::FreeMail.fires(lead));
    check("disposable mail", -1.0, &|lead| Signal::DisposableMail.fires(lead));
    check("keyboard run", -1.0, &|lead| Signal::KeyboardRun.fires(lead));
    check("uncapitalised", -1.0, &|lead| Signal::Uncapitalised.fires(lead));
    let events_of = |name: &'static str, page: Option<&'static str>| {
        let mut seen = vec![false; DATA.leads.len()];
        for event in DATA.events.iter().filter(|event| event.name == name && event.page == page) {
            let as_of = DATA.outcomes[event.lead].as_of;
            seen[event.lead] |= event.time <= as_of && event.time > as_of - 90 * DAY;
        }
        move |lead: &Lead| seen[lead.id[1..].parse::<usize>().expect("a number") - 1]
    };
    check("pricing page", 1.0, &events_of("page_view", Some("/pricing")));
    check("demo request", 1.0, &events_of("demo_request", None));
    check("careers page", -1.0, &events_of("page_view", Some("/careers")));
    check("unsubscribe", -1.0, &events_of("unsubscribe", None));
}

#[test]
fn only_those_meant_to_fire_a_name_signal_do() {
    assert!(names::KEYBOARD_RUNS.iter().all(|run| has_keyboard_run(run)));
    for (text, run) in [("Ferdinand", false), ("ASDF", true), ("fdsa", true), ("Weber", false), ("佐藤", false)] {
        assert_eq!(has_keyboard_run(text), run, "{text}");
    }
    for (text, fires) in [("müller", true), ("van den Berg", false), ("佐藤", false), ("", false), ("SMITH", false)]
    {
        assert_eq!(is_uncapitalised(text), fires, "{text}");
    }
    let by_run: Vec<&Lead> = DATA.leads.iter().filter(|lead| has_keyboard_run(&lead.last_name)).collect();
    assert!(by_run.iter().all(|lead| lead.first_name.as_deref().is_none_or(has_keyboard_run)));
    for locale in names::LOCALES {
        assert!(locale.free_mail.iter().all(|domain| FREE_MAIL.contains(domain)), "{}", locale.country);
        for name in names::stock(locale.first).into_iter().chain(names::stock(locale.last)) {
            assert!(!has_keyboard_run(name) && !is_uncapitalised(name), "{name}");
        }
    }
}

#[test]
fn leadcals_own_signals_agree_with_the_truth() {
    for lead in &DATA.leads {
        let email = lead.email.as_deref().unwrap_or_default();
        let first_name = lead.first_name.as_deref().unwrap_or_default();
        assert_eq!(signals::free_email_domain(email, &[]), Signal::FreeMail.fires(lead), "{email}");
        assert_eq!(signals::disposable_email_domain(email, &[]), Signal::DisposableMail.fires(lead), "{email}");
        assert_eq!(signals::keyboard_run(first_name, &Layout::ALL, 4), Signal::KeyboardRun.fires(lead), "{first_name}");
        assert_eq!(signals::uncapitalised(&lead.last_name), Signal::Uncapitalised.fires(lead), "{}", lead.last_name);
    }
}

#[test]
fn fields_are_as_untidy_as_the_dictionary_says() {
    let text = std::fs::read_to_string(folder().join("leads.csv")).expect("leads.csv");
    assert!(text.contains("\"Vice President, Sales\""), "a quoted comma");
    assert!(text.contains("\"Studio \"\""), "quotes in quotes");
    assert!(count(|lead| lead.last_name.chars().any(|letter| letter as u32 >= 0x600)) > 50, "scripts without case");
    assert!(count(|lead| Signal::KeyboardRun.fires(lead)) > 100);
    assert!(count(|lead| Signal::DisposableMail.fires(lead)) > 100);
    let on_list = |lead: &&Lead| matches!(lead.source, Some("Trade fair" | "Purchased list" | "Partner"));
    let empty = |lead: &Lead| {
        lead.budget_band.is_none() && lead.seats.is_none() && lead.newsletter.is_none() && lead.form_variant.is_none()
    };
    assert!(DATA.leads.iter().filter(on_list).all(empty));
    let parquet = std::fs::metadata(folder().join("events.parquet")).expect("events.parquet").len();
    assert!(parquet < 1_500_000, "{parquet} bytes are too many to commit");
}
