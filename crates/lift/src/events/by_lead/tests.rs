use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::attribute::Scalar;
use crate::events::{EventColumns, parse_time};

const LEADS: &str = "id,name\nA,one\nB,two\n,nobody\nA,again\n7,seven\n";

fn filter(event: Option<&str>, page: Option<&str>) -> EventFilter {
    let properties = page.map(|page| ("page".to_owned(), vec![Scalar::Text(page.to_owned())]));
    EventFilter {
        event: event.map(str::to_owned),
        properties: properties.into_iter().collect::<BTreeMap<_, _>>(),
        once_a_day: false,
    }
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    path.to_str().expect("UTF-8").to_owned()
}

fn read(name: &str, log: &str, filters: &[(EventFilter, u32)], as_of: Option<&str>) -> Result<LeadEvents, DataError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let leads = LeadFiles::open(&write(folder.path(), "leads.csv", LEADS))?;
    let columns = EventColumns { lead: "lead".to_owned(), time: "time".to_owned(), name: "event".to_owned() };
    let log = EventLog::open(&write(folder.path(), name, log), columns)?;
    LeadEvents::read(&log, &leads, "id", filters, as_of.map(|time| parse_time(time).expect("a time")))
}

fn read_at<'a>(
    log: &str,
    looks: impl IntoIterator<Item = (&'a str, &'a [i64])>,
    filters: &[(EventFilter, u32)],
) -> Result<LeadEvents, DataError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let columns = EventColumns { lead: "lead".to_owned(), time: "time".to_owned(), name: "event".to_owned() };
    LeadEvents::read_at(&EventLog::open(&write(folder.path(), "log.csv", log), columns)?, looks, filters)
}

fn micros(text: &str) -> i64 {
    microseconds(parse_time(text).expect("a time"))
}

/// What a lead had done by the moment of all.
fn past<'a>(events: &'a LeadEvents, id: &str) -> Past<'a> {
    events.of(id, events.as_of().unwrap_or(i64::MIN))
}

/// Times of a lead's events that a filter counts.
fn counted(events: &LeadEvents, id: &str, filter: usize) -> Vec<i64> {
    let past = past(events, id).counted.iter();
    past.filter(|(_, by)| events.is_counted(filter, *by)).map(|(time, _)| *time).collect()
}

const EVENTS: &str = "lead,time,event,page\n\
    A,2024-03-01T12:00:00Z,view,/pricing\n\
    A,2024-03-03,view,/careers\n\
    B,2024-01-01,open,\n\
    7,2024-03-05T00:00:00+02:00,view,/pricing\n\
    A,2024-03-04,open,\n\
    X,2024-03-06,view,/pricing\n\
    ,2024-03-02,view,/pricing\n\
    A,,view,/pricing\n";

#[test]
fn events_are_of_their_leads_as_of_the_newest_time() {
    let filters =
        [(filter(Some("view"), Some("/pricing")), 5), (filter(Some("view"), None), 4), (filter(None, None), 3)];
    let events = read("events.csv", EVENTS, &filters, None).expect("events");
    // Also the event of a lead nobody knows makes the moment: the newest time of all the events given.
    assert_eq!(events.as_of(), Some(micros("2024-03-06")));
    assert_eq!(counted(&events, "A", 0), [micros("2024-03-01T12:00:00Z")]);
    assert_eq!(counted(&events, "A", 1), [micros("2024-03-03")]);
    assert_eq!(counted(&events, "A", 2), [micros("2024-03-04")]);
    assert_eq!(past(&events, "A").last, Some(micros("2024-03-04")));
    assert_eq!(past(&events, "B"), Past { last: Some(micros("2024-01-01")), counted: &[] });
    assert_eq!(counted(&events, "7", 0), [micros("2024-03-04T22:00:00Z")]);
    assert_eq!(past(&events, "X"), Past::default());
    let counts = LogCounts {
        events: 8,
        counted: 4,
        later: 0,
        unknown_lead: 1,
        without_lead: 1,
        without_time: 1,
        ..LogCounts::default()
    };
    assert_eq!(events.counts, counts);
    assert_eq!(events.matching, [5, 6, 8]);
    assert_eq!(events.names, Some(vec!["open".to_owned(), "view".to_owned()]));
    assert_eq!(events.stranger.as_deref(), Some("X"));
}

#[test]
fn nothing_later_than_the_moment_is_known() {
    let filters = [(filter(Some("view"), None), 30)];
    let events = read("events.csv", EVENTS, &filters, Some("2024-03-03")).expect("events");
    assert_eq!(events.as_of(), Some(micros("2024-03-03")));
    assert_eq!(counted(&events, "A", 0), [micros("2024-03-03"), micros("2024-03-01T12:00:00Z")]);
    assert_eq!(past(&events, "7"), Past::default());
    assert_eq!(events.counts.later, 2);
}

#[test]
fn columns_are_needed_only_where_they_are_asked_for() {
    let log = "lead,time,event\nA,2024-03-01,view\n";
    let events = read("events.csv", log, &[(filter(Some("view"), None), 1)], None).expect("no property is asked for");
    assert_eq!(events.counts.counted, 1);
    let events = read("events.csv", log, &[], None).expect("inactivity alone");
    assert_eq!(past(&events, "A"), Past { last: Some(micros("2024-03-01")), counted: &[] });
    let priced = [(filter(None, Some("/pricing")), 1)];
    let error = read("events.csv", log, &priced, None).expect_err("no such property");
    assert_eq!(error.to_string(), "no column \"page\"");
    let line = "{\"lead\": \"A\", \"time\": \"2024-03-01\", \"event\": \"view\"}\n";
    let events = read("events.ndjson", line, &priced, None).expect("a key may be absent");
    assert_eq!((events.counts.counted, events.matching), (0, vec![0]));
}

#[test]
fn a_log_without_a_time_has_no_moment() {
    let events = read("events.csv", "lead,time,event\nA,,view\n", &[(filter(None, None), 1)], None).expect("events");
    assert_eq!((events.as_of(), past(&events, "A")), (None, Past::default()));
    assert_eq!(events.counts, LogCounts { events: 1, without_time: 1, ..LogCounts::default() });
}

#[test]
fn a_time_that_is_none_is_named() {
    let log = "lead,time,event\nA,2024-03-01,view\nX,soon,view\n";
    for as_of in [None, Some("2024-03-01")] {
        let error = read("events.csv", log, &[], as_of).expect_err("no time");
        assert_eq!(error.to_string(), "column \"time\" should hold times, found the text \"soon\"");
        assert!(error.place().expect("a place").ends_with("events.csv, row 2, column \"time\""));
    }
}

#[test]
fn events_of_leads_that_are_not_looked_at_do_not_count() {
    let looks = [("A", &[micros("2024-03-02"), micros("2024-03-03")][..]), ("B", &[][..])];
    let events = read_at(EVENTS, looks, &[(filter(Some("view"), None), 30)]).expect("events");
    let expected = LogCounts {
        events: 8,
        counted: 2,
        later: 1,
        not_looked_at: 1,
        unknown_lead: 2,
        without_lead: 1,
        without_time: 1,
    };
    assert_eq!((events.counts, events.as_of()), (expected, None));
    assert_eq!(events.of("B", micros("2024-03-03")), Past::default());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// More filters than a word has bits, events at every distance from the moment and the windows' ends.
    #[test]
    fn the_same_as_looking_at_every_event(
        log in prop::collection::vec((0..4_usize, 0..12_i64, 0..3_usize, 0..3_usize), 0..40),
        as_of in prop::option::of(0..12_i64),
        windows in prop::collection::vec(1..9_u32, 70),
    ) {
        let (ids, names, pages) = (["A", "B", "7", "X"], ["view", "open", "click"], ["/pricing", "/careers", ""]);
        let of = |index: usize| {
            (Some(names[index % 3]).filter(|_| !index.is_multiple_of(4)), Some(pages[index % 2]).filter(|_| index % 5 > 1))
        };
        let filters: Vec<(EventFilter, u32)> = windows.iter().enumerate()
            .map(|(index, &days)| { let (name, page) = of(index); (filter(name, page), days) }).collect();
        let time = |day: i64| format!("2024-03-{:02}T00:00:00Z", day + 1);
        let mut text = "lead,time,event,page\n".to_owned();
        for &(id, day, name, page) in &log {
            writeln!(text, "{},{},{},{}", ids[id], time(day), names[name], pages[page]).expect("a String grows");
        }
        prop_assume!(!log.is_empty());
        let given = as_of.map(time);
        let events = read("events.csv", &text, &filters, given.as_deref()).expect("events");
        let moment = as_of.or(log.iter().map(|event| event.1).max()).expect("an event");
        prop_assert_eq!(events.as_of(), Some(micros(&time(moment))));
        for (id, name) in ids.iter().enumerate().take(3) {
            let known: Vec<_> = log.iter().filter(|event| event.0 == id && event.1 <= moment).collect();
            let last = known.iter().map(|event| event.1).max().map(|day| micros(&time(day)));
            prop_assert_eq!(past(&events, name).last, last);
            for (index, &days) in windows.iter().enumerate() {
                let (asked, page) = of(index);
                let mut expected: Vec<i64> = known.iter()
                    .filter(|event| event.1 > moment - i64::from(days))
                    .filter(|event| asked.is_none_or(|asked| asked == names[event.2]))
                    .filter(|event| page.is_none_or(|page| page == pages[event.3]))
                    .map(|event| micros(&time(event.1))).collect();
                expected.sort_unstable_by_key(|&time| Reverse(time));
                prop_assert_eq!(counted(&events, name, index), expected);
            }
        }
    }

    /// Of a lead with several moments each knows what it would know alone.
    #[test]
    fn moments_of_a_lead_do_not_see_each_other(
        log in prop::collection::vec((0..3_usize, 0..12_i64, 0..2_usize), 1..30),
        moments in prop::collection::vec(prop::collection::btree_set(0..12_i64, 0..5), 3),
        windows in prop::collection::vec(1..9_u32, 2),
    ) {
        let ids = ["A", "B", "7"];
        let time = |day: i64| format!("2024-03-{:02}T00:00:00Z", day + 1);
        let mut text = "lead,time,event\n".to_owned();
        for &(id, day, name) in &log {
            writeln!(text, "{},{},{}", ids[id], time(day), ["view", "open"][name]).expect("a String grows");
        }
        let filters = [(filter(Some("view"), None), windows[0]), (filter(None, None), windows[1])];
        let of_lead: Vec<Vec<i64>> = moments.iter().map(|days| days.iter().map(|&day| micros(&time(day))).collect()).collect();
        let together = read_at(&text, ids.into_iter().zip(of_lead.iter().map(Vec::as_slice)), &filters).expect("events");
        for (id, moments) in ids.into_iter().zip(&of_lead) {
            for moment in moments {
                let alone = read_at(&text, [(id, std::slice::from_ref(moment))], &filters).expect("events");
                let (all, one) = (together.of(id, *moment), alone.of(id, *moment));
                prop_assert_eq!(all.last, one.last);
                for (index, days) in windows.iter().enumerate() {
                    let within = |events: &LeadEvents, past: Past<'_>| -> Vec<i64> {
                        let counted = past.counted.iter().filter(|(_, by)| events.is_counted(index, *by));
                        counted.map(|(time, _)| *time).filter(|time| *time > moment - span(*days)).collect()
                    };
                    prop_assert_eq!(within(&together, all), within(&alone, one));
                }
            }
        }
    }
}
