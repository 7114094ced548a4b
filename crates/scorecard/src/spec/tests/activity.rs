//! `[events]`, `[snapshot]`, `[behaviours]` and `[inactivity]`.

use std::num::NonZeroU32;

use leadcal_lift::events::EventColumns;
use leadcal_lift::snapshots::{SnapshotOptions, SnapshotTimes};

use super::*;

/// The rest of a `[data]` that events can be joined to, three lines.
const DATED: &str = "id = \"id\"\ncreated_at = \"created\"\nconverted_at = \"converted\"";
const EVENTS: &str = "[events]\nfile = \"e.csv\"\nlead = \"id\"";
const SNAPSHOT: &str = "[snapshot]\nhorizon_days = 60\nafter_days = 14";

fn days(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).expect("above 0")
}

fn text(text: &str) -> Scalar {
    Scalar::Text(text.to_owned())
}

/// The sections on what leads do in [`FULL`].
pub(super) fn every_key_is_read(spec: &Spec) {
    let columns = EventColumns { lead: "lead".into(), time: "at".into(), name: "what".into() };
    assert_eq!(spec.events, Some(Events { file: "there/events/*.parquet".into(), columns }));
    assert_eq!(
        spec.snapshot,
        Some(SnapshotOptions {
            times: SnapshotTimes::EveryDays(days(30)),
            window_days: days(60),
            horizon_days: days(45),
            data_end: Some("2026-08-15T00:00:00Z".parse().expect("a time")),
        })
    );
    let pricing = BehaviourOptions {
        event: Some("page_view".into()),
        properties: BTreeMap::from([
            ("page".into(), vec![text("/pricing"), text("/plans")]),
            ("seconds".into(), vec![Scalar::Number(30.0)]),
        ]),
        once_a_day: true,
        max_times: Some(4),
        half_life: HalfLifeOption::Days(14.5),
        group: Some("interest".into()),
    };
    let any = BehaviourOptions { half_life: HalfLifeOption::None, ..BehaviourOptions::default() };
    assert_eq!(spec.behaviours, [("pricing page".to_owned(), pricing), ("any event".to_owned(), any)]);
    assert_eq!(spec.inactivity, InactivityOptions { steps: vec![14, 28], group: Some("interest".into()) });
}

#[test]
fn what_is_left_out_has_its_default() {
    let spec = parse_after_data(&format!("{DATED}\n{EVENTS}\n{SNAPSHOT}\n[behaviours.any]\n[inactivity]"));
    let columns = EventColumns { lead: "id".into(), time: "time".into(), name: "event".into() };
    assert_eq!(spec.events, Some(Events { file: "there/e.csv".into(), columns }));
    assert_eq!(
        spec.snapshot,
        Some(SnapshotOptions {
            times: SnapshotTimes::AfterDays(14),
            window_days: days(90),
            horizon_days: days(60),
            data_end: None,
        })
    );
    let any = BehaviourOptions {
        event: None,
        properties: BTreeMap::new(),
        once_a_day: false,
        max_times: None,
        half_life: HalfLifeOption::Estimate,
        group: None,
    };
    assert_eq!(spec.behaviours, [("any".to_owned(), any)]);
    assert_eq!(spec.inactivity, InactivityOptions { steps: vec![30, 60, 90], group: None });
    assert_eq!(parse_after_data("").inactivity, spec.inactivity);
}

#[test]
fn a_path_from_the_root_stays() {
    let text = format!("{DATED}\n[events]\nfile = \"/data/e.csv\"\nlead = \"id\"\n{SNAPSHOT}");
    assert_eq!(parse_after_data(&text).events.expect("given").file, "/data/e.csv");
}

#[test]
fn leads_are_looked_at_by_age_or_at_given_moments() {
    let times = |written: &str| {
        let text = format!("{DATED}\n[snapshot]\nhorizon_days = 60\n{written}");
        parse_after_data(&text).snapshot.expect("given").times
    };
    assert_eq!(times("after_days = 0"), SnapshotTimes::AfterDays(0));
    assert_eq!(times("after_days = 36500"), SnapshotTimes::AfterDays(36_500));
    assert_eq!(times("every_days = 1"), SnapshotTimes::EveryDays(days(1)));
    let moments = ["2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z", "2024-03-01T09:30:00Z", "2024-04-01T10:00:00Z"];
    assert_eq!(
        times("at = [\"2024-01-01\", 2024-02-01, \"2024-03-01 10:30:00+01:00\", 2024-04-01T12:00:00+02:00]"),
        SnapshotTimes::At(moments.iter().map(|moment| moment.parse().expect("a time")).collect())
    );
}

#[test]
fn snapshots_do_without_events() {
    let spec = parse_after_data(&format!("created_at = \"c\"\nconverted_at = \"d\"\n{SNAPSHOT}"));
    assert_eq!((spec.events, spec.snapshot.is_some()), (None, true));
}

#[test]
fn behaviours_keep_the_order_written() {
    let text = format!("{DATED}\n[behaviours.visit]\n[behaviours.download]\n{EVENTS}\n{SNAPSHOT}\n[behaviours.click]");
    let names: Vec<_> = parse_after_data(&text).behaviours.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["visit", "download", "click"]);
}

#[test]
fn properties_are_single_values_or_lists() {
    let text = format!(
        "{DATED}\n{EVENTS}\n{SNAPSHOT}\n[behaviours.a]\nwhere = {{ page = \"/pricing\", paid = true, n = [1, 2.5] }}"
    );
    assert_eq!(
        parse_after_data(&text).behaviours[0].1.properties,
        BTreeMap::from([
            ("page".into(), vec![self::text("/pricing")]),
            ("paid".into(), vec![Scalar::Boolean(true)]),
            ("n".into(), vec![Scalar::Number(1.0), Scalar::Number(2.5)]),
        ])
    );
}

#[test]
fn no_steps_turn_inactivity_off() {
    let spec = parse_after_data(&format!("{DATED}\n{EVENTS}\n{SNAPSHOT}\n[inactivity]\nsteps = []"));
    assert_eq!(spec.inactivity.steps, [0_u32; 0]);
}

#[test]
fn sections_need_each_other() {
    let needs = |text: &str, needs: &str, place: &str| {
        check_after_data(text, &format!("{needs}\n  in leadcal.toml:{place}"));
    };
    let log = "needs [events]: the log of what leads do";
    needs("[behaviours.visit]", &format!("[behaviours] {log}"), "4:2");
    needs("[inactivity]\nsteps = [30]", &format!("[inactivity] {log}"), "4:2");
    needs(
        &format!("{DATED}\n{EVENTS}"),
        "[events] needs [snapshot]: when leads are looked at, since later events must not count",
        "7:2",
    );
    let without = |left_out: usize| {
        let lines = DATED.lines().enumerate().filter(|(at, _)| *at != left_out).map(|(_, line)| line);
        format!("{}\n{EVENTS}\n{SNAPSHOT}", lines.collect::<Vec<_>>().join("\n"))
    };
    let id = "\"id\" in [data]: the column with the ids by which events name leads";
    let created = "\"created_at\" in [data]: the column that says when a lead came";
    let converted = "\"converted_at\" in [data]: the column that says when it converted";
    for (left_out, column) in [id, created, converted].into_iter().enumerate() {
        needs(&without(left_out), &format!("[events] needs {column}"), "6:2");
    }
    needs(&format!("converted_at = \"c\"\n{SNAPSHOT}"), &format!("[snapshot] needs {created}"), "5:2");
    needs(&format!("created_at = \"c\"\n{SNAPSHOT}"), &format!("[snapshot] needs {converted}"), "5:2");
}

#[test]
fn missing_keys_are_asked_for() {
    let needs = |text: &str, needs: &str| check_after_data(text, &format!("{needs}\n  in leadcal.toml:4:2"));
    needs(
        "[events]\nlead = \"id\"",
        "[events] needs the key \"file\": the path of the events, such as \"events.parquet\"",
    );
    needs("[events]\nfile = \"e.csv\"", "[events] needs the key \"lead\": the column with the lead's id");
    needs(
        "[snapshot]\nafter_days = 1",
        "[snapshot] needs the key \"horizon_days\": how many days after it a conversion counts",
    );
    needs(
        "[snapshot]\nhorizon_days = 1",
        "[snapshot] needs the key \"after_days\": the age at which a lead is looked at (or give every_days or at)",
    );
}

#[test]
fn unknown_keys() {
    let unknown = |text: &str, unknown: &str| check_after_data(text, &format!("unknown key {unknown}"));
    unknown(
        "[events]\npath = \"e\"",
        "\"path\" in [events]\n  in leadcal.toml:5:1\n  help: [events] knows file, lead, time, name",
    );
    unknown(
        "[snapshot]\nhorizon = 60",
        "\"horizon\" in [snapshot]\n  in leadcal.toml:5:1\n  help: [snapshot] knows after_days, every_days, at, \
         window_days, horizon_days, data_end",
    );
    unknown(
        "[behaviours.\"pricing page\"]\nhalf_life = 3",
        "\"half_life\" in [behaviours.pricing page]\n  in leadcal.toml:5:1\n  help: [behaviours.pricing page] knows \
         event, where, once_a_day, max_times, half_life_days, group",
    );
    unknown(
        "[inactivity]\nstep = [3]",
        "\"step\" in [inactivity]\n  in leadcal.toml:5:1\n  help: did you mean \"steps\"?",
    );
    check_after_data(
        "[behaviors.a]",
        "unknown section [behaviors] in the spec\n  in leadcal.toml:4:2\n  help: did you mean \"behaviours\"?",
    );
}

#[test]
fn snapshots_are_taken_in_one_way() {
    for (first, second) in [("after_days", "every_days"), ("after_days", "at"), ("every_days", "at")] {
        let value = |key| if key == "at" { "[2024-01-01]" } else { "3" };
        check_after_data(
            &format!("[snapshot]\nhorizon_days = 60\n{second} = {}\n{first} = {}", value(second), value(first)),
            &format!(
                "[snapshot] has both \"{first}\" and \"{second}\"\n  in leadcal.toml:7:1\n  help: keep one of them"
            ),
        );
    }
}

#[test]
fn events_have_three_columns() {
    let wrong = |line: &str, key: &str, expected: &str, found: &str, column| {
        check_value("[events]\nfile = \"e.csv\"", line, [key, "events"], [expected, found], column);
    };
    wrong("lead = 3", "lead", COLUMN, "3", 8);
    wrong("lead = \"time\"", "lead", "another column than that of \"time\"", "\"time\"", 8);
    wrong("lead = \"event\"", "lead", "another column than that of \"name\"", "\"event\"", 8);
    let events = "[events]\nfile = \"e.csv\"\nlead = \"id\"";
    check_value(events, "time = \"id\"", ["time", "events"], ["another column than that of \"lead\"", "\"id\""], 8);
    check_value(events, "name = \"time\"", ["name", "events"], ["another column than that of \"time\"", "\"time\""], 8);
    check_value(
        events,
        "time = \"event\"",
        ["time", "events"],
        ["another column than that of \"name\"", "\"event\""],
        8,
    );
    check_value(events, "time = \"\"", ["time", "events"], [COLUMN, "an empty text"], 8);
    check_value("[events]", "file = \" \"", ["file", "events"], ["a path", "\" \""], 8);
}

#[test]
fn snapshot_values() {
    let wrong = |line: &str, key: &str, expected: &str, found: &str, column| {
        check_value("[snapshot]\nhorizon_days = 60", line, [key, "snapshot"], [expected, found], column);
    };
    let from_0 = "a whole number of days from 0 to 36500";
    let from_1 = "a whole number of days from 1 to 36500";
    wrong("after_days = -1", "after_days", from_0, "-1", 14);
    wrong("after_days = 36501", "after_days", from_0, "36501", 14);
    wrong("after_days = 1.5", "after_days", from_0, "1.5", 14);
    wrong("every_days = 0", "every_days", from_1, "0", 14);
    wrong("every_days = 99999999999", "every_days", from_1, "99999999999", 14);
    let times = "a list of dates or times, such as [2024-01-01, 2024-07-01]";
    let moment = "a date or time, such as 2024-01-01 or 2024-01-01T12:00:00Z";
    wrong("at = 2024-01-01", "at", times, "2024-01-01", 6);
    wrong("at = []", "at", times, "an empty list", 6);
    wrong("at = [\"May\"]", "at", moment, "\"May\"", 7);
    wrong("at = [12:30:00]", "at", moment, "12:30:00", 7);
    wrong("at = [20240101]", "at", moment, "20240101", 7);
    let twice = "a list that names nothing twice";
    wrong("at = [2024-01-01, \"2024-01-01T01:00:00+01:00\"]", "at", twice, "\"2024-01-01T01:00:00+01:00\"", 19);
    let snapshot = "[snapshot]\nafter_days = 14";
    check_value(snapshot, "horizon_days = 0", ["horizon_days", "snapshot"], [from_1, "0"], 16);
    let snapshot = "[snapshot]\nafter_days = 14\nhorizon_days = 60";
    check_value(snapshot, "window_days = 0", ["window_days", "snapshot"], [from_1, "0"], 15);
    check_value(snapshot, "data_end = true", ["data_end", "snapshot"], [moment, "true"], 12);
    check_value(snapshot, "data_end = \"2024-02-30\"", ["data_end", "snapshot"], [moment, "\"2024-02-30\""], 12);
}

#[test]
fn behaviour_values() {
    let wrong = |line: &str, key: &str, expected: &str, found: &str, column| {
        check_value("[behaviours.a]", line, [key, "behaviours.a"], [expected, found], column);
    };
    wrong("event = \"\"", "event", "the name of an event", "an empty text", 9);
    wrong("event = [\"a\"]", "event", "the name of an event", "a list", 9);
    wrong("where = \"page\"", "where", "a table", "\"page\"", 9);
    wrong("once_a_day = 1", "once_a_day", "true or false", "1", 14);
    let times = "a whole number from 1 to 1000";
    wrong("max_times = 0", "max_times", times, "0", 13);
    wrong("max_times = 1001", "max_times", times, "1001", 13);
    wrong("max_times = -1", "max_times", times, "-1", 13);
    wrong("max_times = \"4\"", "max_times", times, "\"4\"", 13);
    let half_life = "a number of days above 0, at most 36500, or \"none\"";
    for found in ["0", "-1", "inf", "nan", "36500.5", "\"no\"", "true"] {
        wrong(&format!("half_life_days = {found}"), "half_life_days", half_life, found, 18);
    }
    wrong("group = \"\"", "group", "a name", "an empty text", 9);
    let wrong = |line: &str, key: &str, expected: &str, found: &str, column| {
        check_value("[behaviours.a]", line, [key, "behaviours.a.where"], [expected, found], column);
    };
    let values = "a list of the values that count, such as [\"/pricing\"]";
    let value = "a text, a number, or true or false";
    wrong("where = { page = [] }", "page", values, "an empty list", 18);
    wrong("where = { page = {} }", "page", &format!("a value, or {values}"), "a table", 18);
    wrong("where = { page = nan }", "page", &format!("a value, or {values}"), "nan", 18);
    wrong("where = { page = [2024-01-01] }", "page", value, "2024-01-01", 19);
    wrong("where = { page = [\"a\", \"a\"] }", "page", "a list that names nothing twice", "\"a\"", 24);
    wrong("where = { n = [0, 1, -0.0] }", "n", "a list that names nothing twice", "-0.0", 22);
    wrong("where = { \" \" = 1 }", " ", "left out: a property has a name", "1", 17);
    let no_property = "left out: [events] names this column, so it is no property";
    let prefix = format!("{DATED}\n{EVENTS}\nname = \"what\"\n[behaviours.a]");
    check_value(&prefix, "where = { what = 1 }", ["what", "behaviours.a.where"], [no_property, "1"], 18);
    check_after_data(
        "[behaviours.\" \"]",
        "a section of [behaviours] has an empty name\n  in leadcal.toml:4:13\n  help: write [behaviours.\"a name\"]",
    );
    check_value("[behaviours]", "a = 3", ["a", "behaviours"], ["a table", "3"], 5);
}

#[test]
fn inactivity_values() {
    let wrong = |line: &str, expected: &str, found: &str, column| {
        check_value("[inactivity]", line, ["steps", "inactivity"], [expected, found], column);
    };
    let days = "a whole number of days from 1 to 36500";
    wrong("steps = 30", "a list of whole days, such as [30, 60, 90]", "30", 9);
    wrong("steps = [0]", days, "0", 10);
    wrong("steps = [30, 1.5]", days, "1.5", 14);
    wrong("steps = [30, 60, 60]", "above the one before it", "60", 18);
    wrong("steps = [60, 30]", "above the one before it", "30", 14);
    check_value("[inactivity]", "group = 1", ["group", "inactivity"], ["a name", "1"], 9);
}
