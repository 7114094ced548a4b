use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::Path;

use super::*;
use crate::attribute::Scalar;
use crate::error::DataError;
use crate::events::{EventColumns, parse_time};
use crate::leads::LeadFiles;
use crate::outcome::Outcome;
use crate::profile::profile;

mod naive;
mod properties;

const LEADS: &str = "id,created,converted,won\n";
const EVENTS: &str = "lead,time,event,page\n";

fn days(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).expect("at least a day")
}

fn time(text: &str) -> Timestamp {
    parse_time(text).expect("a time")
}

fn options(times: SnapshotTimes, window: u32, horizon: u32, end: Option<&str>) -> SnapshotOptions {
    SnapshotOptions { times, window_days: days(window), horizon_days: days(horizon), data_end: end.map(time) }
}

fn filter(event: &str, page: Option<&str>) -> EventFilter {
    let properties = page.map(|page| ("page".to_owned(), vec![Scalar::Text(page.to_owned())]));
    EventFilter {
        event: Some(event.to_owned()),
        properties: properties.into_iter().collect::<BTreeMap<_, _>>(),
        once_a_day: false,
    }
}

/// Leads written as CSV without their header, after a lead of each outcome, so that the column says which is which; those
/// two have no creation time and are no rows.
fn dated_leads(folder: &Path, leads: &str) -> Result<DatedLeads, DataError> {
    let leads = LeadFiles::open(&write(folder, "leads.csv", &format!("{LEADS}y,,,yes\nn,,,no\n{leads}")))?;
    let columns = SnapshotColumns {
        id: Some("id".to_owned()),
        created_at: "created".to_owned(),
        converted_at: "converted".to_owned(),
        missing: vec!["NA".to_owned()],
    };
    let won = profile(&leads, &["won".to_owned()], &[])?;
    let outcome = Outcome::of(&won[0], None, leads.files())?;
    DatedLeads::read(&leads, &columns, &outcome)
}

fn event_log(pattern: &str) -> Result<EventLog, DataError> {
    let columns = EventColumns { lead: "lead".to_owned(), time: "time".to_owned(), name: "event".to_owned() };
    EventLog::open(pattern, columns)
}

/// Writes a file and returns its path.
fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    path.to_str().expect("UTF-8").to_owned()
}

/// Snapshots of leads and events written as CSV without their headers.
fn snapshots(
    leads: &str,
    events: Option<&str>,
    options: &SnapshotOptions,
    behaviours: &[EventFilter],
) -> Result<Snapshots, DataError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let leads = dated_leads(folder.path(), leads)?;
    let Some(events) = events else { return leads.snapshots(options, None) };
    let log = event_log(&write(folder.path(), "events.csv", &format!("{EVENTS}{events}")))?;
    leads.snapshots(options, Some((&log, behaviours)))
}

/// The rows as "lead day outcome", the two leads of the frame left out.
fn rows(snapshots: &Snapshots) -> Vec<String> {
    let day = |row: &SnapshotRow| Timestamp::from_microsecond(row.as_of).expect("a time").to_string()[..10].to_owned();
    let outcome = |row: &SnapshotRow| if row.converted { "yes" } else { "no" };
    snapshots.rows.iter().map(|row| format!("{} {} {}", row.lead - 2, day(row), outcome(row))).collect()
}

#[test]
fn a_row_is_a_lead_some_days_after_its_creation() {
    let leads = "\
        a,2024-01-01,,no\n\
        b,2024-01-02,2024-01-12,yes\n\
        c,2024-01-02,2024-01-12T00:00:01Z,yes\n\
        d,2024-01-02,2024-02-11,yes\n\
        e,2024-01-02,2024-02-11T00:00:01Z,yes\n\
        f,2024-01-20,,no\n\
        g,2024-01-20,2024-02-01,yes\n\
        h,NA,2024-02-01,yes\n\
        i,2024-01-01,,yes\n\
        j,2024-01-01,2024-01-05,no\n\
        k,2024-01-01,,\n";
    let made = snapshots(leads, None, &options(SnapshotTimes::AfterDays(10), 5, 30, Some("2024-02-28")), &[]);
    let made = made.expect("snapshots");
    assert_eq!(
        rows(&made),
        ["0 2024-01-11 no", "2 2024-01-12 yes", "3 2024-01-12 yes", "4 2024-01-12 no", "9 2024-01-11 no"]
    );
    let expected = SnapshotCounts {
        leads: 13,
        rows: 5,
        conversions: 2,
        leads_with_rows: 5,
        already_converted: 1,
        censored: 2,
        without_outcome: 1,
        without_created_at: 3,
        without_converted_at: 1,
        dated_without_conversion: 1,
        data_end: Some(microseconds(time("2024-02-28"))),
        latest: Some(microseconds(time("2024-02-11T00:00:01Z"))),
        ..SnapshotCounts::default()
    };
    assert_eq!(made.counts, expected);
    assert_eq!(
        made.counts.to_string(),
        "5 rows of 5 leads at a moment of their past, 2 of them converted in time\n\
         1 moment after the lead's conversion: no row\n\
         2 moments too near the end of the data to know what followed: no row\n\
         1 lead without an outcome: no row\n\
         3 leads without a creation time: no row\n\
         1 lead converted, but without a time of conversion: no row\n\
         1 lead with a time of conversion but not converted by the outcome column, which decides"
    );
}

#[test]
fn behaviours_count_the_newest_first() {
    let leads = "a,2024-03-01,,no\nb,2024-03-01,2024-03-20,yes\n";
    let events = "\
        a,2024-02-01,view,/p\n\
        a,2024-03-05T12:00:00Z,view,/p\n\
        a,2024-03-10,view,/q\n\
        a,2024-03-11,view,/p\n\
        a,2024-03-11T00:00:01Z,view,/p\n\
        b,2024-03-12,view,/p\n\
        y,2024-03-10,view,/p\n\
        z,2024-03-10,view,/p\n\
        ,2024-03-10,view,/p\n\
        a,,view,/p\n";
    let any = |page| EventFilter { event: None, once_a_day: true, ..filter("", page) };
    let asked = [
        filter("view", Some("/p")),
        filter("view", None),
        filter("veiw", None),
        filter("view", Some("/x")),
        any(None),
        any(Some("/x")),
    ];
    let options = options(SnapshotTimes::AfterDays(10), 10, 20, Some("2024-06-01"));
    let made = snapshots(leads, Some(events), &options, &asked).expect("snapshots");
    let activity = made.activity.expect("events were given");
    assert_eq!(activity.behaviours[0].of(0), [0.0, 5.5]);
    assert_eq!(activity.behaviours[1].of(0), [0.0, 1.0, 5.5]);
    assert_eq!((activity.behaviours[1].count(0), activity.behaviours[1].count(1)), (3, 0));
    assert_eq!((activity.behaviours[4].of(0), activity.behaviours[4].count(1)), (&[0.0, 1.0, 5.5][..], 0));
    assert_eq!(activity.idle_days, [0, 10]);
    assert_eq!(activity.last_event, [Some(microseconds(time("2024-03-11"))), None]);
    let expected = EventCounts {
        events: 10,
        used: 3,
        before_window: 1,
        after_rows: 2,
        without_row: 1,
        unknown_lead: 1,
        without_lead: 1,
        without_time: 1,
    };
    assert_eq!(activity.counts, expected);
    assert_eq!(
        activity.warnings,
        [
            "no event is named \"veiw\"; did you mean \"view\"? The names are: view",
            "no event \"view\" has the values asked for page: nothing is counted",
            "no event has the values asked for page: nothing is counted",
        ]
    );
}

#[test]
fn maturity_is_how_long_conversions_take_and_who_is_younger() {
    let frame = "id,created,converted,won\n";
    let maturity = |rows: &str, share: f64| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("leads.csv");
        std::fs::write(&path, format!("{frame}{rows}")).expect("written");
        let leads = LeadFiles::open(path.to_str().expect("UTF-8")).expect("readable");
        let columns = SnapshotColumns {
            id: None,
            created_at: "created".to_owned(),
            converted_at: "converted".to_owned(),
            missing: Vec::new(),
        };
        let won = profile(&leads, &["won".to_owned()], &[]).expect("profiled");
        let outcome = Outcome::of(&won[0], None, leads.files()).expect("an outcome");
        DatedLeads::read(&leads, &columns, &outcome).expect("read").maturity(share)
    };
    // Conversions after 1 to 10 days; the data end on the 31st of January.
    let mut rows: String =
        (1..=10).fold(String::new(), |rows, days| format!("{rows}{days},2024-01-01,2024-01-{:02},yes\n", days + 1));
    rows += "a,2024-01-22,,no\nb,2024-01-23,,no\nc,2024-01-31,,no\nd,,,no\n";
    let found = maturity(&rows, 0.9).expect("dated conversions");
    assert_eq!((found.leads, found.conversions, found.converted_first), (13, 10, 0));
    assert_eq!((found.days.to_bits(), found.young), (9.0_f64.to_bits(), 2), "b and c are younger than 9 days");
    assert_eq!(maturity(&rows, 0.91).expect("dated").days.to_bits(), 10.0_f64.to_bits());
    rows += "e,2024-01-05,2024-01-04,yes\n";
    assert_eq!(maturity(&rows, 0.9).expect("dated").converted_first, 1);
    assert_eq!(maturity("a,2024-01-01,,yes\nb,2024-01-01,,no\n", 0.9), None);
}

#[test]
fn the_events_of_a_day_may_count_as_one() {
    let leads = "a,2024-03-02T06:00:00Z,,no\n";
    // The window of the first row is (02T06, 04T06], of the second (04T06, 06T06].
    let events = "\
        a,2024-03-02T05:00:00Z,view,/p\n\
        a,2024-03-02T07:00:00Z,open,\n\
        a,2024-03-02T23:00:00Z,view,/p\n\
        a,2024-03-03T00:00:00Z,,\n\
        a,2024-03-04T06:00:00Z,view,/q\n\
        a,2024-03-04T18:00:00Z,view,/p\n\
        a,2024-03-04T12:00:00Z,view,/p\n";
    let daily =
        |event: Option<&str>| EventFilter { event: event.map(str::to_owned), once_a_day: true, ..filter("", None) };
    let asked = [daily(None), daily(Some("view")), EventFilter { once_a_day: false, ..daily(None) }];
    let every = SnapshotTimes::EveryDays(NonZeroU32::new(2).expect("days"));
    let options = SnapshotOptions { ..options(every, 2, 1, Some("2024-03-07T12:00:00Z")) };
    let made = snapshots(leads, Some(events), &options, &asked).expect("snapshots");
    let last = made.rows.len() - 2;
    let of = |behaviour: usize| {
        let found = &made.activity.as_ref().expect("events were given").behaviours[behaviour];
        [last, last + 1].map(|row| found.of(row).iter().map(|age| (age * 24.0).round()).collect::<Vec<f64>>())
    };
    assert_eq!(of(0), [vec![0.0, 30.0, 31.0], vec![36.0]]);
    assert_eq!(of(1), [vec![0.0, 31.0], vec![36.0]]);
    assert_eq!(of(2), [vec![0.0, 30.0, 31.0, 47.0], vec![36.0, 42.0]]);
}
