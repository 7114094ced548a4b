//! Properties of snapshots on random leads, events and options.

use proptest::prelude::*;
use proptest::sample::select;

use super::naive::{Asked, Event, Features, Lead, expected};
use super::*;
use crate::events::DAY;
use polars::frame::DataFrame;
use polars::prelude::{Column, DataType, ParquetWriter, TimeUnit};

/// Few days, so that many events are at the ends of a window.
const DAYS: i64 = 16;
const ASKED: [Asked; 5] = [
    Asked { name: Some("view"), page: None, once_a_day: false },
    Asked { name: Some("view"), page: Some("/p"), once_a_day: false },
    Asked { name: Some("mail"), page: Some("/q"), once_a_day: false },
    Asked { name: None, page: None, once_a_day: true },
    Asked { name: Some("view"), page: None, once_a_day: true },
];

/// A moment on a grid of half days, so that events, creations and horizons meet, or a microsecond beside it.
fn moment() -> impl Strategy<Value = i64> {
    let start = microseconds(time("2024-01-01"));
    (0..2 * DAYS, select(vec![0, 0, -1, 1])).prop_map(move |(half_days, beside)| start + half_days * DAY / 2 + beside)
}

fn at(time: i64) -> Timestamp {
    Timestamp::from_microsecond(time).expect("a time")
}

/// Up to five leads after the two that [`dated_leads`] adds.
fn leads() -> impl Strategy<Value = Vec<Lead>> {
    let maybe = |share: f64| prop::option::weighted(share, moment());
    let lead = (prop::bool::weighted(0.9), maybe(0.9), maybe(0.5), prop::option::weighted(0.9, any::<bool>()));
    prop::collection::vec(lead, 0..6).prop_map(|drawn| {
        let known = |id: &str, won| Lead { id: Some(id.to_owned()), created: None, converted: None, won: Some(won) };
        let drawn = drawn.into_iter().enumerate().map(|(number, (has_id, created, converted, won))| Lead {
            id: has_id.then(|| format!("l{number}")),
            created,
            converted,
            won,
        });
        [known("y", true), known("n", false)].into_iter().chain(drawn).collect()
    })
}

/// An event of one of the leads drawn, of no lead, or of one that is in no file.
fn event() -> impl Strategy<Value = Event> {
    (
        prop::option::weighted(0.95, 0..6_usize),
        prop::option::weighted(0.95, moment()),
        select(vec!["view", "mail", "call"]),
        select(vec![Some("/p"), Some("/q"), None]),
    )
        .prop_map(|(lead, time, name, page)| Event { lead: lead.map(|lead| format!("l{lead}")), time, name, page })
}

/// Events, one of them of a known lead: a log of strangers alone is an error.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let of_known = Event { lead: Some("y".to_owned()), time: None, name: "view", page: None };
    let drawn = prop::collection::vec(event(), 0..60);
    drawn.prop_map(move |drawn| std::iter::once(of_known.clone()).chain(drawn).collect::<Vec<Event>>()).prop_shuffle()
}

fn times() -> impl Strategy<Value = SnapshotTimes> {
    prop_oneof![
        (0_u32..10).prop_map(SnapshotTimes::AfterDays),
        (1_u32..10).prop_map(|n| SnapshotTimes::EveryDays(days(n))),
        prop::collection::vec(moment(), 0..5).prop_map(|times| SnapshotTimes::At(times.into_iter().map(at).collect())),
    ]
}

fn options(data_end: impl Strategy<Value = Option<i64>>) -> impl Strategy<Value = SnapshotOptions> {
    (times(), 1_u32..12, 1_u32..8, data_end).prop_map(|(times, window, horizon, end)| SnapshotOptions {
        times,
        window_days: days(window),
        horizon_days: days(horizon),
        data_end: end.map(at),
    })
}

fn written(time: Option<i64>) -> String {
    time.map(|time| at(time).to_string()).unwrap_or_default()
}

/// The leads as CSV, without the two that [`dated_leads`] adds.
fn csv_of_leads(leads: &[Lead]) -> String {
    let won = |lead: &Lead| lead.won.map_or("", |won| if won { "yes" } else { "no" });
    let line = |lead: &Lead| {
        let id = lead.id.as_deref().unwrap_or_default();
        format!("{id},{},{},{}\n", written(lead.created), written(lead.converted), won(lead))
    };
    leads[2..].iter().map(line).collect()
}

fn csv_of_events(events: &[Event]) -> String {
    let line = |event: &Event| {
        let lead = event.lead.as_deref().unwrap_or_default();
        format!("{lead},{},{},{}\n", written(event.time), event.name, event.page.unwrap_or_default())
    };
    events.iter().map(line).collect()
}

fn filters() -> Vec<EventFilter> {
    ASKED.into_iter().map(Asked::filter).collect()
}

fn made(leads: &[Lead], events: Option<&[Event]>, options: &SnapshotOptions) -> Snapshots {
    let events = events.map(csv_of_events);
    snapshots(&csv_of_leads(leads), events.as_deref(), options, &filters()).expect("snapshots")
}

/// What a row's lead had done, of an activity.
fn features(activity: &Activity, row: usize) -> Features {
    Features {
        last_event: activity.last_event[row],
        idle_days: activity.idle_days[row],
        ages: activity.behaviours.iter().map(|occurrences| occurrences.of(row).to_vec()).collect(),
    }
}

fn all_features(snapshots: &Snapshots) -> Vec<Features> {
    let activity = snapshots.activity.as_ref().expect("events were given");
    (0..snapshots.rows.len()).map(|row| features(activity, row)).collect()
}

/// What happens to an event of the future.
#[derive(Debug, Clone, Copy)]
enum Change {
    Stays,
    Goes,
    /// By so many half days.
    Later(i64),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![Just(Change::Stays), Just(Change::Goes), (1..40_i64).prop_map(Change::Later)]
}

/// Another future: events after `as_of` stay, go or are later, and others come.
fn other_future(log: &[Event], as_of: i64, changes: &[Change], come: &[Event]) -> Vec<Event> {
    let future = |event: &Event| event.time.is_some_and(|time| time > as_of);
    let mut other: Vec<Event> = come.iter().filter(|event| future(event)).cloned().collect();
    for (event, change) in log.iter().zip(changes.iter().cycle()) {
        match (event.time, change) {
            (Some(time), Change::Later(half_days)) if future(event) => {
                other.push(Event { time: Some(time + half_days * DAY / 2), ..event.clone() });
            }
            (_, Change::Goes) if future(event) => {}
            _ => other.push(event.clone()),
        }
    }
    other
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn equal_the_definition(
        leads in leads(),
        events in prop::option::weighted(0.8, events()),
        options in options(prop::option::of(moment())),
    ) {
        let made = made(&leads, events.as_deref(), &options);
        let expected = expected(&leads, events.as_deref(), &options, &ASKED);
        prop_assert_eq!(&made.rows, &expected.rows);
        prop_assert_eq!(&made.counts, &expected.counts);
        prop_assert_eq!(made.activity.is_some(), events.is_some());
        if let Some(activity) = &made.activity {
            prop_assert_eq!(all_features(&made), expected.features);
            prop_assert_eq!(&activity.counts, &expected.events);
        }
    }

    /// A row is reached by a filter where an event in its window is counted.
    #[test]
    fn reach_is_of_rows_with_a_counted_event(
        leads in leads(),
        events in events(),
        options in options(prop::option::of(moment())),
    ) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let dated = dated_leads(folder.path(), &csv_of_leads(&leads)).expect("leads");
        let text = format!("{EVENTS}{}", csv_of_events(&events));
        let log = event_log(&write(folder.path(), "events.csv", &text)).expect("a log");
        let reach = dated.reach(&options, &log, &filters()).expect("read");
        let expected = expected(&leads, Some(&events), &options, &ASKED);
        prop_assert_eq!(&reach.counts, &expected.counts);
        let reached = |filter: usize| expected.features.iter().filter(|row| !row.ages[filter].is_empty()).count() as u64;
        prop_assert_eq!(reach.rows, (0..ASKED.len()).map(reached).collect::<Vec<_>>());
    }

    /// Whatever happens after a row's moment, and to whomever, its features stay as they are.
    #[test]
    fn the_future_does_not_show(
        leads in leads(),
        events in events(),
        options in options(moment().prop_map(Some)),
        changes in prop::collection::vec(change(), 1..20),
        come in prop::collection::vec(event(), 0..20),
    ) {
        let before = made(&leads, Some(&events), &options);
        let of_before = all_features(&before);
        for (index, row) in before.rows.iter().enumerate() {
            let after = made(&leads, Some(&other_future(&events, row.as_of, &changes, &come)), &options);
            prop_assert_eq!(&after.rows, &before.rows);
            let activity = after.activity.as_ref().expect("events were given");
            prop_assert_eq!(&features(activity, index), &of_before[index]);
        }
    }
}

/// The log as NDJSON; what an event has not is not written.
fn ndjson(events: &[Event]) -> String {
    let line = |event: &Event| {
        let mut keys = serde_json::Map::new();
        let time = event.time.map(|time| at(time).to_string());
        let texts = [("lead", event.lead.clone()), ("time", time), ("page", event.page.map(str::to_owned))];
        keys.insert("event".to_owned(), event.name.into());
        keys.extend(texts.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text?.into()))));
        format!("{}\n", serde_json::Value::Object(keys))
    };
    // So that every column is there, whatever the events have.
    let all = "{\"lead\": null, \"time\": null, \"event\": null, \"page\": null}\n";
    std::iter::once(all.to_owned()).chain(events.iter().map(line)).collect()
}

/// The log as Parquet with times of their own type, in row groups of so many events.
fn parquet(path: &Path, events: &[Event], group: usize) {
    let texts = |name: &str, of: &dyn Fn(&Event) -> Option<String>| {
        Column::new(name.into(), events.iter().map(of).collect::<Vec<Option<String>>>())
    };
    let times: Vec<Option<i64>> = events.iter().map(|event| event.time).collect();
    let times = Column::new("time".into(), times);
    let zoned = DataType::Datetime(TimeUnit::Microseconds, None);
    let columns = vec![
        texts("lead", &|event| event.lead.clone()),
        times.cast(&zoned).expect("times"),
        texts("event", &|event| Some(event.name.to_owned())),
        texts("page", &|event| event.page.map(str::to_owned)),
    ];
    let mut frame = DataFrame::new(events.len(), columns).expect("a table");
    let file = std::fs::File::create(path).expect("created");
    ParquetWriter::new(file).with_row_group_size(Some(group)).finish(&mut frame).expect("written");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// The same events in another order, over several files, in row groups and in another format are the same log.
    #[test]
    fn order_files_and_format_do_not_matter(
        leads in leads(),
        (events, shuffled) in events().prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
        options in options(prop::option::of(moment())),
        files in 1_usize..5,
        group in 1_usize..20,
    ) {
        let first = made(&leads, Some(&events), &options);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let dated = dated_leads(folder.path(), &csv_of_leads(&leads)).expect("leads");
        for (number, part) in shuffled.chunks(shuffled.len().div_ceil(files)).enumerate() {
            let csv = format!("{EVENTS}{}", csv_of_events(part));
            write(folder.path(), &format!("part{number}.csv"), &csv);
            parquet(&folder.path().join(format!("part{number}.parquet")), part, group);
        }
        write(folder.path(), "part.ndjson", &ndjson(&shuffled));
        for format in ["csv", "parquet", "ndjson"] {
            let pattern = folder.path().join(format!("part*.{format}"));
            let log = event_log(pattern.to_str().expect("UTF-8")).expect("a log");
            let mut other = dated.snapshots(&options, Some((&log, &filters()))).expect("snapshots");
            prop_assert_eq!(&other.rows, &first.rows);
            prop_assert_eq!(&other.counts, &first.counts);
            if format == "ndjson" {
                // The line that names the columns is an event of nobody, which warnings that count events count too.
                let activity = other.activity.as_mut().expect("events were given");
                activity.counts.events -= 1;
                activity.counts.without_lead -= 1;
                activity.warnings.clone_from(&first.activity.as_ref().expect("events were given").warnings);
            }
            prop_assert_eq!(&other.activity, &first.activity);
        }
    }
}
