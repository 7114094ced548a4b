//! Rows and activity by their definitions alone: for every lead and moment, every event is looked at.

use std::collections::BTreeSet;

use super::*;
use crate::events::DAY;

/// A lead as the file says; times in microseconds.
#[derive(Debug, Clone)]
pub(super) struct Lead {
    pub(super) id: Option<String>,
    pub(super) created: Option<i64>,
    pub(super) converted: Option<i64>,
    pub(super) won: Option<bool>,
}

/// An event as the log says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Event {
    pub(super) lead: Option<String>,
    pub(super) time: Option<i64>,
    pub(super) name: &'static str,
    pub(super) page: Option<&'static str>,
}

/// What a behaviour counts: the name and the page where it asks for them, or days.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) name: Option<&'static str>,
    pub(super) page: Option<&'static str>,
    pub(super) once_a_day: bool,
}

impl Asked {
    pub(super) fn filter(self) -> EventFilter {
        EventFilter { event: self.name.map(str::to_owned), once_a_day: self.once_a_day, ..filter("", self.page) }
    }

    fn counts(self, event: &Event) -> bool {
        self.name.is_none_or(|name| name == event.name) && (self.page.is_none() || self.page == event.page)
    }
}

/// What a lead had done by a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Features {
    pub(super) last_event: Option<i64>,
    pub(super) idle_days: i64,
    pub(super) ages: Vec<Vec<f64>>,
}

pub(super) struct Expected {
    pub(super) rows: Vec<SnapshotRow>,
    pub(super) counts: SnapshotCounts,
    pub(super) features: Vec<Features>,
    pub(super) events: EventCounts,
}

/// Rows, features and counts. `events` is `None` without a log.
pub(super) fn expected(
    leads: &[Lead],
    events: Option<&[Event]>,
    options: &SnapshotOptions,
    asked: &[Asked],
) -> Expected {
    let log = events.unwrap_or_default();
    let of_leads = leads.iter().flat_map(|lead| [lead.created, lead.converted]).flatten();
    let latest = of_leads.chain(log.iter().filter_map(|event| event.time)).max();
    let data_end = options.data_end.map(microseconds).or(latest);
    let mut made = Expected {
        rows: Vec::new(),
        counts: SnapshotCounts { data_end, latest, ..SnapshotCounts::default() },
        features: Vec::new(),
        events: EventCounts::default(),
    };
    for (number, lead) in (0_u32..).zip(leads) {
        let counts = &mut made.counts;
        counts.leads += 1;
        counts.without_id += u64::from(lead.id.is_none());
        let Some(won) = lead.won else {
            counts.without_outcome += 1;
            continue;
        };
        let Some(created) = lead.created else {
            counts.without_created_at += 1;
            continue;
        };
        if won && lead.converted.is_none() {
            counts.without_converted_at += 1;
            continue;
        }
        counts.dated_without_conversion += u64::from(!won && lead.converted.is_some());
        let converted = lead.converted.filter(|_| won);
        for as_of in moments(created, options, data_end.expect("the lead's creation at least")) {
            let until = as_of + i64::from(options.horizon_days.get()) * DAY;
            if as_of < created {
                made.counts.before_creation += 1;
            } else if converted.is_some_and(|time| time <= as_of) {
                made.counts.already_converted += 1;
            } else if until > data_end.expect("as above") {
                made.counts.censored += 1;
            } else {
                let converted = converted.is_some_and(|time| as_of < time && time <= until);
                made.rows.push(SnapshotRow { lead: number, as_of, converted });
                made.features.push(features(lead, created, as_of, log, options, asked));
            }
        }
    }
    made.counts.rows = made.rows.len() as u64;
    made.counts.conversions = made.rows.iter().filter(|row| row.converted).count() as u64;
    made.counts.leads_with_rows = made.rows.iter().map(|row| row.lead).collect::<BTreeSet<_>>().len() as u64;
    for event in log {
        made.events.events += 1;
        *fate(event, leads, &made.rows, options, &mut made.events) += 1;
    }
    made
}

/// When a lead is looked at. Every so many days: the first time whatever the end of the data, then until it.
fn moments(created: i64, options: &SnapshotOptions, data_end: i64) -> Vec<i64> {
    match &options.times {
        SnapshotTimes::AfterDays(days) => vec![created + i64::from(*days) * DAY],
        SnapshotTimes::EveryDays(days) => {
            let moment = |times: i64| created + times * i64::from(days.get()) * DAY;
            (1..1000).filter(|&times| times == 1 || moment(times) <= data_end).map(moment).collect()
        }
        SnapshotTimes::At(times) => {
            times.iter().map(|&time| microseconds(time)).collect::<BTreeSet<_>>().into_iter().collect()
        }
    }
}

fn window_start(as_of: i64, options: &SnapshotOptions) -> i64 {
    as_of - i64::from(options.window_days.get()) * DAY
}

fn features(
    lead: &Lead,
    created: i64,
    as_of: i64,
    log: &[Event],
    options: &SnapshotOptions,
    asked: &[Asked],
) -> Features {
    let of_lead = |event: &&Event| lead.id.is_some() && event.lead == lead.id;
    let known: Vec<(i64, &Event)> = log
        .iter()
        .filter(of_lead)
        .filter_map(|event| Some((event.time?, event)))
        .filter(|(time, _)| *time <= as_of)
        .collect();
    let last_event = known.iter().map(|(time, _)| *time).max();
    let window: Vec<(i64, &Event)> =
        known.into_iter().filter(|(time, _)| *time > window_start(as_of, options)).collect();
    let ages = asked.iter().map(|asked| {
        let mut times: Vec<i64> =
            window.iter().filter(|(_, event)| asked.counts(event)).map(|(time, _)| *time).collect();
        times.sort_unstable();
        if asked.once_a_day {
            // The newest of each day.
            times = times
                .iter()
                .map(|time| (time.div_euclid(DAY), *time))
                .collect::<BTreeMap<_, _>>()
                .into_values()
                .collect();
        }
        times.into_iter().rev().map(|time| (as_of - time) as f64 / DAY as f64).collect()
    });
    Features { last_event, idle_days: (as_of - last_event.unwrap_or(created)) / DAY, ages: ages.collect() }
}

/// The count that an event belongs to.
fn fate<'a>(
    event: &Event,
    leads: &[Lead],
    rows: &[SnapshotRow],
    options: &SnapshotOptions,
    counts: &'a mut EventCounts,
) -> &'a mut u64 {
    let Some(id) = &event.lead else { return &mut counts.without_lead };
    let Some(lead) = leads.iter().position(|lead| lead.id.as_ref() == Some(id)) else {
        return &mut counts.unknown_lead;
    };
    let Some(time) = event.time else { return &mut counts.without_time };
    let of_lead: Vec<&SnapshotRow> = rows.iter().filter(|row| row.lead as usize == lead).collect();
    let after: Vec<&&SnapshotRow> = of_lead.iter().filter(|row| row.as_of >= time).collect();
    if of_lead.is_empty() {
        &mut counts.without_row
    } else if after.is_empty() {
        &mut counts.after_rows
    } else if after.iter().any(|row| time > window_start(row.as_of, options)) {
        &mut counts.used
    } else {
        &mut counts.before_window
    }
}
