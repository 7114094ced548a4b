//! `[events]`, `[snapshot]`, `[behaviours]` and `[inactivity]`: what leads do and when they are looked at.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::Path;

use leadcal_lift::attribute::Scalar;
use leadcal_lift::events::EventColumns;
use leadcal_lift::snapshots::{SnapshotOptions, SnapshotTimes};

use super::super::limits::{MOST_DAYS, checked_half_life, checked_max_times};
use super::super::section::{Entry, Mistake, Section};
use super::super::{BehaviourOptions, Events, HalfLifeOption, InactivityOptions};
use super::{COLUMN, beside};

/// Days before a snapshot in which events count, where the spec does not say.
const WINDOW_DAYS: NonZeroU32 = NonZeroU32::new(90).expect("above 0");

pub(super) fn events(entry: Entry<'_>, path: &Path) -> Result<Events, Mistake> {
    let section = entry.table("[events]".to_owned())?;
    section.allow(&["file", "lead", "time", "name"], &[])?;
    let file = section.require("file", "the path of the events, such as \"events.parquet\"")?.name("a path")?;
    let column = |key, default: &str| {
        let given = section.read(key, |entry| entry.name(COLUMN))?;
        Ok(given.unwrap_or_else(|| default.to_owned()))
    };
    let columns = EventColumns {
        lead: section.require("lead", "the column with the lead's id")?.name(COLUMN)?,
        time: column("time", "time")?,
        name: column("name", "event")?,
    };
    // The default of a column that is not named may be what another is called.
    let differ = |first: &str, second: &str| match (section.get(first), section.get(second)) {
        (_, Some(entry)) => Err(entry.wrong(&format!("another column than that of \"{first}\""))),
        (Some(entry), None) => Err(entry.wrong(&format!("another column than that of \"{second}\""))),
        (None, None) => Ok(()),
    };
    match &columns {
        EventColumns { lead, time, .. } if lead == time => differ("lead", "time")?,
        EventColumns { lead, name, .. } if lead == name => differ("lead", "name")?,
        EventColumns { time, name, .. } if time == name => differ("time", "name")?,
        _ => {}
    }
    Ok(Events { file: beside(path, &file), columns })
}

pub(super) fn snapshot(entry: Entry<'_>) -> Result<SnapshotOptions, Mistake> {
    let section = entry.table("[snapshot]".to_owned())?;
    section.allow(&["after_days", "every_days", "at", "window_days", "horizon_days", "data_end"], &[])?;
    Ok(SnapshotOptions {
        times: times(&section)?,
        window_days: section.read("window_days", days)?.unwrap_or(WINDOW_DAYS),
        horizon_days: days(section.require("horizon_days", "how many days after it a conversion counts")?)?,
        data_end: section.read("data_end", moment)?,
    })
}

fn times(section: &Section<'_>) -> Result<SnapshotTimes, Mistake> {
    section.exclusive("after_days", "every_days")?;
    section.exclusive("after_days", "at")?;
    section.exclusive("every_days", "at")?;
    if let Some(entry) = section.get("every_days") {
        return Ok(SnapshotTimes::EveryDays(days(entry)?));
    }
    if let Some(entry) = section.get("at") {
        let expected = "a list of dates or times, such as [2024-01-01, 2024-07-01]";
        return Ok(SnapshotTimes::At(entry.distinct(expected, moment)?));
    }
    let entry = section.require("after_days", "the age at which a lead is looked at (or give every_days or at)")?;
    let expected = format!("a whole number of days from 0 to {MOST_DAYS}");
    let days = entry.integer(&expected)?;
    if days > MOST_DAYS { Err(entry.wrong(&expected)) } else { Ok(SnapshotTimes::AfterDays(days)) }
}

fn days(entry: Entry<'_>) -> Result<NonZeroU32, Mistake> {
    let days = entry.whole().and_then(|n| u32::try_from(n).ok()).filter(|&n| n <= MOST_DAYS).and_then(NonZeroU32::new);
    days.ok_or_else(|| entry.wrong(&format!("a whole number of days from 1 to {MOST_DAYS}")))
}

fn moment(entry: Entry<'_>) -> Result<jiff::Timestamp, Mistake> {
    entry.moment("a date or time, such as 2024-01-01 or 2024-01-01T12:00:00Z")
}

/// `events` says which columns of the log are no properties.
pub(super) fn behaviours(
    entry: Entry<'_>,
    events: Option<&Events>,
) -> Result<Vec<(String, BehaviourOptions)>, Mistake> {
    entry.sections(|section| {
        section.allow(&["event", "where", "once_a_day", "max_times", "half_life_days", "group"], &[])?;
        Ok(BehaviourOptions {
            event: section.read("event", |entry| entry.name("the name of an event"))?,
            properties: section.read("where", |entry| properties(entry, section, events))?.unwrap_or_default(),
            once_a_day: section.read("once_a_day", Entry::flag)?.unwrap_or(false),
            max_times: section.read("max_times", |entry| entry.checked_whole(checked_max_times))?,
            half_life: section.read("half_life_days", half_life)?.unwrap_or_default(),
            group: section.read("group", |entry| entry.name("a name"))?,
        })
    })
}

fn properties(
    entry: Entry<'_>,
    behaviour: &Section<'_>,
    events: Option<&Events>,
) -> Result<BTreeMap<String, Vec<Scalar>>, Mistake> {
    let section = entry.table(behaviour.title_of("where"))?;
    let roles = events.map(|Events { columns, .. }| [&columns.lead, &columns.time, &columns.name]);
    let mut properties = BTreeMap::new();
    for property in section.entries() {
        if property.key.trim().is_empty() {
            return Err(property.wrong("left out: a property has a name"));
        }
        if roles.is_some_and(|roles| roles.iter().any(|column| *column == property.key)) {
            return Err(property.wrong("left out: [events] names this column, so it is no property"));
        }
        let value = "a text, a number, or true or false";
        let values = if property.is_list() {
            property.distinct("a list of the values that count, such as [\"/pricing\"]", |value_at| {
                value_at.scalar(value)
            })?
        } else {
            vec![property.scalar("a value, or a list of the values that count, such as [\"/pricing\"]")?]
        };
        properties.insert(property.key.to_owned(), values);
    }
    Ok(properties)
}

fn half_life(entry: Entry<'_>) -> Result<HalfLifeOption, Mistake> {
    match entry.text().as_deref() {
        Ok("none") => Ok(HalfLifeOption::None),
        _ => Ok(HalfLifeOption::Days(entry.checked(checked_half_life)?)),
    }
}

pub(super) fn inactivity(entry: Entry<'_>) -> Result<InactivityOptions, Mistake> {
    let section = entry.table("[inactivity]".to_owned())?;
    section.allow(&["steps", "group"], &[])?;
    let steps = section.read("steps", |entry| {
        let expected = "a list of whole days, such as [30, 60, 90]";
        let steps = entry.list(expected, |step| Ok((days(step)?.get(), step)))?;
        if let Some(pair) = steps.windows(2).find(|pair| pair[1].0 <= pair[0].0) {
            return Err(pair[1].1.wrong("above the one before it"));
        }
        Ok(steps.into_iter().map(|(days, _)| days).collect())
    })?;
    Ok(InactivityOptions {
        steps: steps.unwrap_or_else(|| InactivityOptions::default().steps),
        group: section.read("group", |entry| entry.name("a name"))?,
    })
}
