//! Leads and an event log joined to rows with what each lead had done, with the time it takes: what tests/interop
//! compares with `DuckDB`.
//!
//! Arguments: a CSV file of leads (`id`, `created_at`, `converted_at`, `converted`), an event log (`lead_id`, `time`,
//! `event`, `page`), and until when conversions are known. Every lead is looked at 30 days after its creation, 90 days back, 60 days ahead. Prints JSON: the seconds, and sums
//! that tell whether another program found the same.
#![expect(clippy::print_stdout, reason = "its job")]

use std::error::Error;
use std::num::NonZeroU32;
use std::time::Instant;

use jiff::Timestamp;
use leadcal_lift::attribute::Scalar;
use leadcal_lift::events::{EventColumns, EventFilter, EventLog};
use leadcal_lift::leads::LeadFiles;
use leadcal_lift::outcome::Outcome;
use leadcal_lift::profile::profile;
use leadcal_lift::snapshots::{DatedLeads, SnapshotColumns, SnapshotOptions, SnapshotTimes};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [leads, events, end] = arguments.as_slice() else {
        return Err("three arguments: LEADS EVENTS DATA_END".into());
    };
    let start = Instant::now();
    let leads = dated_leads(leads)?;
    let leads_read = start.elapsed().as_secs_f64();
    let days = |days| NonZeroU32::new(days).ok_or("no days");
    let options = SnapshotOptions {
        times: SnapshotTimes::AfterDays(30),
        window_days: days(90)?,
        horizon_days: days(60)?,
        data_end: Some(end.parse::<Timestamp>()?),
    };
    let columns = EventColumns { lead: "lead_id".to_owned(), time: "time".to_owned(), name: "event".to_owned() };
    let log = EventLog::open(events, columns)?;
    let behaviours = [filter("page_view", Some("/pricing")), filter("demo_request", None), filter("email_open", None)];
    let snapshots = leads.snapshots(&options, Some((&log, &behaviours)))?;
    let seconds = start.elapsed().as_secs_f64();
    let activity = snapshots.activity.ok_or("events were given")?;
    let counts: Vec<usize> = activity.behaviours.iter().map(|behaviour| behaviour.ages.len()).collect();
    let ages: Vec<f64> = activity.behaviours.iter().map(|behaviour| behaviour.ages.iter().sum()).collect();
    let active = activity.last_event.iter().flatten().count();
    let last: i128 = activity.last_event.iter().flatten().map(|&time| i128::from(time)).sum();
    println!(
        "{{\"seconds\": {seconds}, \"leads_read\": {leads_read}, \"events\": {}, \"rows\": {}, \"conversions\": {}, \
         \"active\": {active}, \"last_events\": {last}, \"counts\": {counts:?}, \"ages\": {ages:?}}}",
        activity.counts.events, snapshots.counts.rows, snapshots.counts.conversions
    );
    Ok(())
}

fn dated_leads(path: &str) -> Result<DatedLeads, Box<dyn Error>> {
    let leads = LeadFiles::open(path)?;
    let columns = SnapshotColumns {
        id: Some("id".to_owned()),
        created_at: "created_at".to_owned(),
        converted_at: "converted_at".to_owned(),
        missing: Vec::new(),
    };
    let converted = profile(&leads, &["converted".to_owned()], &[])?;
    let outcome = Outcome::of(&converted[0], None, leads.files())?;
    Ok(DatedLeads::read(&leads, &columns, &outcome)?)
}

fn filter(event: &str, page: Option<&str>) -> EventFilter {
    let properties = page.map(|page| ("page".to_owned(), vec![Scalar::Text(page.to_owned())]));
    EventFilter { event: Some(event.to_owned()), properties: properties.into_iter().collect(), once_a_day: false }
}
