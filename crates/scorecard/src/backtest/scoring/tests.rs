use std::num::NonZeroU32;

use jiff::Timestamp;
use leadcal_lift::events::{EventColumns, EventLog, microseconds, parse_time};
use leadcal_lift::outcome::Outcome as ReadOutcome;
use leadcal_lift::profile::profile;
use leadcal_lift::snapshots::{SnapshotOptions, SnapshotTimes};

use super::*;
use crate::backtest::looks::Looks;
use crate::config::ScoringConfig;
use crate::history::HistoryError;
use crate::spec::{Data, Outcome, Spec};

const CONFIG: &str = r#"{ "format": "leadcal.scoring-config", "version": 1, "name": "c", "models": [{
    "base_points": 10, "range": { "min": 0, "max": 100 }, "groups": [{ "name": "g", "min": -50, "max": 90 }],
    "attributes": [{ "name": "age", "group": "g", "input": { "field": "age", "type": "number" },
        "levels": [{ "level": "young", "when": { "below": 30 }, "points": 5 }] }],
    "behaviours": [
        { "name": "pages", "group": "g", "event": "view", "window_days": 8, "points_each": 7, "half_life_days": 3 },
        { "name": "days", "group": "g", "once_a_day": true, "window_days": 30, "points_each": 2, "max_times": 2 }],
    "inactivity": { "group": "g", "steps": [{ "after_days": 5, "points": -4 }, { "after_days": 9, "points": -6 }] } }] }"#;

const LEADS: &str = "id,age,created_at,converted_at,won\n\
    a,20,2024-03-01,2024-03-22,yes\n\
    b,40,2024-03-02T12:00:00Z,2024-03-10,yes\n\
    c,old,2024-03-01,,no\n\
    d,,2024-03-05,,no\n\
    e,25,2024-03-20,,no\n";

const EVENTS: &str = "lead,time,event\n\
    a,2024-03-02,view\na,2024-03-05,open\na,2024-03-11T00:00:00Z,view\na,2024-03-11T00:00:01Z,view\na,2024-03-19,open\n\
    a,2024-03-23,view\nb,2024-03-04,view\nd,2024-03-15,view\ne,2024-03-21,view\nx,2024-03-31,view\n";

struct Files {
    _folder: tempfile::TempDir,
    leads: LeadFiles,
    log: EventLog,
}

fn files() -> Files {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("UTF-8").to_owned()
    };
    let columns = EventColumns { lead: "lead".into(), time: "time".into(), name: "event".into() };
    let leads = LeadFiles::open(&write("leads.csv", LEADS)).expect("leads");
    let log = EventLog::open(&write("events.csv", EVENTS), columns).expect("events");
    Files { _folder: folder, leads, log }
}

fn looks(files: &Files, times: SnapshotTimes, horizon: u32) -> Result<Looks, HistoryError> {
    let mut data = Spec::with_leads("leads.csv", Outcome { column: "won".into(), positive: None }).data;
    let named = |name: &str| Some(name.to_owned());
    data = Data { id: named("id"), created_at: named("created_at"), converted_at: named("converted_at"), ..data };
    let outcome = profile(&files.leads, &["won".to_owned()], &data.missing).expect("profiled").remove(0);
    let outcome = ReadOutcome::of(&outcome, None, files.leads.files()).expect("an outcome");
    let days = |days| NonZeroU32::new(days).expect("days");
    let options = SnapshotOptions { times, window_days: days(90), horizon_days: days(horizon), data_end: None };
    Looks::read(&files.leads, &data, &outcome, Some(&options), Some(&files.log))
}

fn source<'a>(files: &'a Files, columns: &'a [String], events: &'a LogEvents) -> Source<'a> {
    Source { leads: &files.leads, columns, product: "product", created_at: "created_at", events: Some(events) }
}

/// A lead looked at at a moment scores what `leadcal score --as-of` gives it at that moment.
#[test]
fn a_look_scores_as_its_file_does_as_of_the_moment() {
    let files = files();
    let scorer = Scorer::new(&ScoringConfig::parse(CONFIG).expect("a config")).expect("a valid config");
    let looks = looks(&files, SnapshotTimes::EveryDays(NonZeroU32::new(5).expect("days")), 10).expect("looks");
    let moments = looks.moments_of(&looks.looks);
    let events = LogEvents::read_at(&scorer, &files.log, "id", looks.moments(&moments)).expect("events");
    let columns = ["id", "age", "created_at"].map(str::to_owned);
    let mut failed = Vec::new();
    let found = score(&scorer, &source(&files, &columns, &events), &looks.looks, |file, row, error| {
        failed.push((file.file_name().expect("a name").to_owned(), row, error.to_string()));
    });
    let found = found.expect("scored").looks;
    let message = "field \"age\" should be a number, found the text \"old\"".to_owned();
    assert_eq!(failed, [("leads.csv".into(), 3, message)], "named once, however often it was looked at");

    // The data end with the last event, on 31 March. Lead a converts on the 22nd, b on the 10th.
    let looked_at: Vec<(u32, String, bool)> = found
        .iter()
        .map(|scored| {
            let moment = Timestamp::from_microsecond(scored.look.moment.expect("a moment")).expect("a time");
            (scored.look.lead, moment.to_string(), scored.look.converted)
        })
        .collect();
    let look = |lead, day: &str, converted| (lead, format!("2024-03-{day}"), converted);
    let expected = [
        look(0, "06T00:00:00Z", false),
        look(0, "11T00:00:00Z", false),
        look(0, "16T00:00:00Z", true),
        look(0, "21T00:00:00Z", true),
        look(1, "07T12:00:00Z", true),
        look(3, "10T00:00:00Z", false),
        look(3, "15T00:00:00Z", false),
        look(3, "20T00:00:00Z", false),
    ];
    assert_eq!(looked_at, expected);
    for scored in &found {
        let moment = Timestamp::from_microsecond(scored.look.moment.expect("a moment")).expect("a time");
        let events = LogEvents::read(&scorer, &files.log, &files.leads, "id", Some(moment)).expect("events");
        let options =
            BatchOptions { created_at: Some("created_at"), events: RowEvents::Log(&events), ..BatchOptions::default() };
        files
            .leads
            .for_each_chunk(&columns, |chunk| {
                let part = score_frame(&scorer, &chunk.frame, &options).expect("scores");
                let at = part.rows.iter().position(|&row| row == scored.look.lead as usize).expect("scored");
                let expected = part.columns.column("score").expect("scores").f64().expect("floats").get(at);
                assert_eq!(Some(scored.scored.score), expected, "lead {} at {moment}", scored.look.lead);
                Ok::<(), DataError>(())
            })
            .expect("read");
    }
    // By hand: base 10, young 5, two pages of ages 0 and 9 days of which 8 count, two days active of 30, no silence.
    assert!((found[1].scored.score - (10.0 + 5.0 + 7.0 + 4.0)).abs() < 1e-12);
}

#[test]
fn a_moment_that_nobody_sees_is_an_error() {
    let files = files();
    let at = |day: &str| SnapshotTimes::At(vec![parse_time(day).expect("a time")]);
    assert!(looks(&files, at("2024-02-01"), 10).expect_err("before all leads").to_string().contains("no lead"));
    let found = looks(&files, at("2024-03-15"), 10).expect("looks");
    // Lead b had converted, e was not created yet.
    assert_eq!(
        found.looks.iter().map(|look| (look.lead, look.converted)).collect::<Vec<_>>(),
        [(0, true), (2, false), (3, false)]
    );
    let moment = microseconds(parse_time("2024-03-15").expect("a time"));
    assert!(found.looks.iter().all(|look| look.moment == Some(moment)));
}
