//! leadcal's snapshots of the example data against the truth that made them.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use jiff::Timestamp;
use leadcal_lift::attribute::Scalar;
use leadcal_lift::events::{EventColumns, EventFilter, EventLog};
use leadcal_lift::leads::LeadFiles;
use leadcal_lift::outcome::Outcome;
use leadcal_lift::profile::profile;
use leadcal_lift::snapshots::{DatedLeads, SnapshotColumns, SnapshotOptions, SnapshotTimes};

use super::dataset::events::Event;
use super::dataset::{DATA_END, DAY, outcome};
use super::{DATA, folder};

fn dated_leads() -> DatedLeads {
    let leads = LeadFiles::open(folder().join("leads.csv").to_str().expect("UTF-8")).expect("leads.csv");
    let columns = SnapshotColumns {
        id: Some("id".to_owned()),
        created_at: "created_at".to_owned(),
        converted_at: "converted_at".to_owned(),
        missing: Vec::new(),
    };
    let converted = profile(&leads, &["converted".to_owned()], &[]).expect("a profile");
    let outcome = Outcome::of(&converted[0], None, leads.files()).expect("yes and no");
    DatedLeads::read(&leads, &columns, &outcome).expect("dates")
}

fn options() -> SnapshotOptions {
    let truth = &DATA.truth.snapshot;
    let days = |days: i64| u32::try_from(days).ok().and_then(NonZeroU32::new).expect("days");
    SnapshotOptions {
        times: SnapshotTimes::AfterDays(u32::try_from(truth.after_days).expect("days")),
        window_days: days(truth.window_days),
        horizon_days: days(truth.horizon_days),
        data_end: Some(Timestamp::from_second(DATA_END).expect("a time")),
    }
}

#[test]
fn rows_and_what_their_leads_had_done_are_those_of_the_truth() {
    let columns = EventColumns { lead: "lead_id".to_owned(), time: "time".to_owned(), name: "event".to_owned() };
    let log = EventLog::open(folder().join("events.parquet").to_str().expect("UTF-8"), columns).expect("events");
    let behaviours: Vec<EventFilter> = DATA
        .truth
        .behaviours
        .iter()
        .map(|behaviour| EventFilter {
            event: Some(behaviour.event.to_owned()),
            properties: behaviour
                .page
                .map(|page| ("page".to_owned(), vec![Scalar::Text(page.to_owned())]))
                .into_iter()
                .collect::<BTreeMap<_, _>>(),
            once_a_day: false,
        })
        .chain([EventFilter { once_a_day: true, ..EventFilter::default() }])
        .collect();
    let snapshots = dated_leads().snapshots(&options(), Some((&log, &behaviours))).expect("snapshots");
    let made: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder().join("truth.json")).expect("truth.json")).expect("JSON");
    let counts = &snapshots.counts;
    for (count, name) in [
        (counts.leads, "leads"),
        (counts.rows, "snapshot_rows"),
        (counts.conversions, "snapshot_conversions"),
        (counts.already_converted, "converted_before_snapshot"),
        (counts.censored, "censored"),
    ] {
        assert_eq!(Some(count), made["made"][name].as_u64(), "{name}");
    }
    let activity = snapshots.activity.expect("events were given");
    assert_eq!(activity.counts.events, DATA.events.len() as u64);
    assert!(activity.warnings.is_empty(), "{:?}", activity.warnings);

    let mut logs: Vec<Vec<&Event>> = vec![Vec::new(); DATA.leads.len()];
    for event in &DATA.events {
        logs[event.lead].push(event);
    }
    for (index, row) in snapshots.rows.iter().enumerate() {
        let lead = row.lead as usize;
        let outcome: outcome::Outcome = DATA.outcomes[lead];
        assert_eq!(row.as_of, outcome.as_of * 1_000_000);
        assert_eq!(row.converted, outcome.converts_at.is_some());
        let known = logs[lead].iter().filter(|event| event.time <= outcome.as_of);
        let last = known.clone().map(|event| event.time * 1_000_000).max();
        assert_eq!(activity.last_event[index], last);
        let window: Vec<&&Event> = known.filter(|event| event.time > outcome.as_of - 90 * DAY).collect();
        let mut days: Vec<i64> = window.iter().map(|event| event.time.div_euclid(DAY)).collect();
        days.dedup();
        let active_days = activity.behaviours.last().expect("the last behaviour counts days");
        assert_eq!(active_days.count(index), days.len());
        for (behaviour, occurrences) in DATA.truth.behaviours.iter().zip(&activity.behaviours) {
            let matching = window.iter().rev().filter(|event| behaviour.matches(event));
            let ages: Vec<f64> = matching.map(|event| (outcome.as_of - event.time) as f64 / DAY as f64).collect();
            assert_eq!(occurrences.of(index), ages, "{} of {}", behaviour.name, DATA.leads[lead].id);
        }
    }
}

#[test]
fn without_a_given_end_the_data_end_with_the_last_event() {
    let with = |data_end| dated_leads().snapshots(&SnapshotOptions { data_end, ..options() }, None).expect("snapshots");
    let latest = DATA
        .leads
        .iter()
        .map(|lead| lead.created_at)
        .chain(DATA.outcomes.iter().filter_map(|o| o.converted_at()))
        .max();
    let given = latest.map(|latest| Timestamp::from_second(latest).expect("a time"));
    assert_eq!(with(None).counts, with(given).counts);
}
