//! What leads had done at each row.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::join::{Joined, in_window};
use super::leads::DatedLeads;
use super::rows::SnapshotRow;
use super::{EventCounts, SnapshotOptions};
use crate::error::nearest;
use crate::events::{DAY, EventFilter, NamesSeen, day, span};

/// Names listed in a warning.
const LISTED: usize = 40;

/// What the lead of each row had done by then. Lists are in the order of the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Activity {
    /// The last event of any kind at or before `as_of`, however old, in microseconds since 1970-01-01T00:00:00Z.
    pub last_event: Vec<Option<i64>>,
    /// Whole days since then, or since the lead's creation where it had done nothing.
    pub idle_days: Vec<i64>,
    /// The events that each behaviour counts, at most one of each UTC day where it counts days, in the order the behaviours were given.
    pub behaviours: Vec<Occurrences>,
    /// What became of the events.
    pub counts: EventCounts,
    /// Behaviours that count nothing, with what may be wrong, in plain words.
    pub warnings: Vec<String>,
}

/// The events of each row that one behaviour counts, by their age.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Occurrences {
    /// Row i has `ages[first[i]..first[i + 1]]`; one longer than there are rows.
    pub first: Vec<usize>,
    /// Days from each event to `as_of`, with fractions: 0 or more and less than the window, the newest event first.
    pub ages: Vec<f64>,
}

impl Occurrences {
    /// The ages in days of a row's events, the newest first.
    ///
    /// # Panics
    /// Where there is no such row.
    pub fn of(&self, row: usize) -> &[f64] {
        &self.ages[self.first[row]..self.first[row + 1]]
    }

    /// How often it happened in a row's window.
    ///
    /// # Panics
    /// Where there is no such row.
    pub fn count(&self, row: usize) -> usize {
        self.first[row + 1] - self.first[row]
    }
}

/// What is left of a join once it is known which rows are kept. `kept` says so for each row; a lead's kept rows come
/// before its others.
pub(super) fn activity(
    joined: Joined,
    leads: &DatedLeads,
    rows: &[SnapshotRow],
    kept: &[bool],
    options: &SnapshotOptions,
    behaviours: &[EventFilter],
) -> Activity {
    let window = span(options.window_days.get());
    let mut activity = Activity {
        last_event: Vec::new(),
        idle_days: Vec::new(),
        behaviours: Vec::new(),
        counts: joined.counts.clone(),
        warnings: Vec::new(),
    };
    let (mut last, mut lead_is_kept) = (None, false);
    for (index, row) in rows.iter().enumerate() {
        let lead_begins = index == 0 || rows[index - 1].lead != row.lead;
        if lead_begins {
            (last, lead_is_kept) = (None, false);
        }
        last = last.max(joined.last[index]);
        lead_is_kept |= kept[index];
        let (used, early) = (u64::from(joined.used[index]), u64::from(joined.early[index]));
        let late = u64::from(joined.late[index]);
        if kept[index] {
            let created = leads.dates[row.lead as usize].map_or(row.as_of, |dates| dates.created);
            activity.last_event.push(last);
            activity.idle_days.push((row.as_of - last.unwrap_or(created)).div_euclid(DAY));
            activity.counts.used += used;
            activity.counts.before_window += early;
        } else if lead_is_kept {
            activity.counts.after_rows += used + early;
        } else {
            activity.counts.without_row += used + early;
        }
        if lead_is_kept {
            activity.counts.after_rows += late;
        } else {
            activity.counts.without_row += late;
        }
    }
    let places: Vec<usize> = kept
        .iter()
        .scan(0, |next, &kept| {
            let place = *next;
            *next += usize::from(kept);
            Some(place)
        })
        .collect();
    let counted = joined.counted.into_par_iter().zip(behaviours);
    activity.behaviours = counted
        .map(|(events, behaviour)| occurrences(events, rows, kept, &places, window, behaviour.once_a_day))
        .collect();
    for ((filter, occurrences), &matching) in behaviours.iter().zip(&activity.behaviours).zip(&joined.matching) {
        if occurrences.ages.is_empty() {
            activity.warnings.push(nothing_counted(filter, matching, &joined.names));
        }
    }
    activity
}

/// The ages of a filter's events at each kept row, from the events with the first row that each is seen by.
fn occurrences(
    mut events: Vec<(u32, i64)>,
    rows: &[SnapshotRow],
    kept: &[bool],
    places: &[usize],
    window: i64,
    once_a_day: bool,
) -> Occurrences {
    // The newest first. Events of one time have one age, so their order in the log does not matter.
    events.par_sort_unstable_by_key(|&(_, time)| Reverse(time));
    let seen_by = |first: u32, time: i64| {
        let first = first as usize;
        let lead = rows[first].lead;
        (first..rows.len())
            .take_while(move |&row| rows[row].lead == lead && kept[row] && in_window(rows[row], window, time))
    };
    let n = kept.iter().filter(|&&kept| kept).count();
    let each_counted = |count: &mut dyn FnMut(usize, f64)| {
        // The day of the event each row counted last: the next one of that day is older.
        let mut days = vec![None; n];
        for &(row, time) in &events {
            for row in seen_by(row, time) {
                let today = Some(day(time));
                if !once_a_day || days[places[row]].replace(day(time)) != today {
                    count(places[row], (rows[row].as_of - time) as f64 / DAY as f64);
                }
            }
        }
    };
    let mut first = vec![0; n + 1];
    each_counted(&mut |place, _| first[place + 1] += 1);
    for row in 1..first.len() {
        first[row] += first[row - 1];
    }
    let mut next = first.clone();
    let mut ages = vec![0.0; first.last().copied().unwrap_or(0)];
    each_counted(&mut |place, age| {
        ages[next[place]] = age;
        next[place] += 1;
    });
    Occurrences { first, ages }
}

/// Why a behaviour counts nothing.
fn nothing_counted(filter: &EventFilter, matching: u64, names: &NamesSeen) -> String {
    let properties: Vec<&str> = filter.properties.keys().map(String::as_str).collect();
    let properties = properties.join(", ");
    let called = filter.event.as_ref().map(|name| format!(" \"{name}\"")).unwrap_or_default();
    if matching > 0 {
        return format!(
            "none of the {matching} events{called} that match is in the window of a row: nothing is counted"
        );
    }
    let Some(name) = &filter.event else {
        return if properties.is_empty() {
            "the log holds no event: nothing is counted".to_owned()
        } else {
            format!("no event has the values asked for {properties}: nothing is counted")
        };
    };
    let Some(all) = names.names() else {
        return format!("no event \"{name}\" matches: nothing is counted");
    };
    if all.contains(name) {
        return format!("no event \"{name}\" has the values asked for {properties}: nothing is counted");
    }
    let near = nearest(name, &all).map_or_else(|| ".".to_owned(), |near| format!("; did you mean \"{near}\"?"));
    let listed = all[..all.len().min(LISTED)].join(", ");
    format!("no event is named \"{name}\"{near} The names are: {listed}")
}
