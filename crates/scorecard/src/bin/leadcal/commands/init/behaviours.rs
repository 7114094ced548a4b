//! `[behaviours]`: what leads do often enough to be worth points.
//!
//! Proposed by how many leads did it, never by who of them converted: chosen by that, they would look better on the same
//! leads than they are.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use leadcal_lift::attribute::Scalar;
use leadcal_lift::events::EventFilter;
use leadcal_lift::profile::ColumnProfile;

use super::super::summary::grouped;
use super::event_log::Log;
use super::text::{aligned, comment, key, toml};
use super::{FEW, unique};

/// Behaviours proposed; the others stand below them as comments.
const PROPOSED: usize = 16;
/// A property with more distinct values tells events too finely to propose them.
const VALUES: usize = 12;
/// Of the others, those that are listed.
const LISTED: usize = 12;
/// Behaviours that are counted in the log to choose among: each takes a bit for every lead.
const COUNTED: usize = 512;

/// Events of a name, or those of them with a value of a property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    event: String,
    property: Option<(String, String)>,
    /// Distinct values of the property.
    distinct: usize,
    /// Events that may be meant, at most.
    events: u64,
}

/// What could be a behaviour, and what was not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Candidates {
    pub(super) of: Vec<Candidate>,
    /// Names with fewer events than a level takes leads.
    rare: Vec<String>,
    not_counted: usize,
}

/// A candidate that tells leads apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Choice<'a> {
    candidate: &'a Candidate,
    /// Leads that did it.
    did: u64,
    proposed: bool,
    /// The property whose values are proposed instead.
    instead: Option<&'a str>,
}

impl Candidate {
    /// Event and property of a value that may be proposed.
    fn set(&self) -> Option<(&str, &str)> {
        let (property, _) = self.property.as_ref().filter(|_| self.distinct <= VALUES)?;
        Some((&self.event, property))
    }

    pub(super) fn filter(&self) -> EventFilter {
        let value = |(property, value): &(String, String)| (property.clone(), vec![Scalar::Text(value.clone())]);
        EventFilter {
            event: Some(self.event.clone()),
            properties: self.property.iter().map(value).collect::<BTreeMap<_, _>>(),
            once_a_day: false,
        }
    }

    fn name(&self) -> String {
        match &self.property {
            None => self.event.clone(),
            Some((_, value)) => format!("{} {value}", self.event),
        }
    }

    /// The line of the spec, under a name of its own.
    fn code(&self, taken: &mut Vec<String>) -> String {
        let name = key(&unique(&self.name(), taken));
        let event = toml(&self.event);
        match &self.property {
            None => format!("{name} = {{ event = {event} }}"),
            Some((property, value)) => {
                format!("{name} = {{ event = {event}, where = {{ {} = {} }} }}", key(property), toml(value))
            }
        }
    }
}

impl Candidates {
    /// Every name with enough events, and with it every value of the properties with few distinct ones.
    pub(super) fn of(log: &Log, min_leads: u64) -> Self {
        let properties: Vec<&ColumnProfile> = log.properties().collect();
        Self::from_counts(log.names(), &properties, min_leads)
    }

    fn from_counts(mut names: Vec<(String, u64)>, properties: &[&ColumnProfile], min_leads: u64) -> Self {
        names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let rare = names.split_off(names.partition_point(|(_, events)| *events >= min_leads));
        let mut pairs = Vec::new();
        for property in properties {
            let values = property.values().filter(|values| (2..=FEW).contains(&values.len())).unwrap_or_default();
            let distinct = values.len();
            for (value, of_value) in values.into_iter().filter(|(_, events)| *events >= min_leads) {
                for (event, of_event) in &names {
                    pairs.push(Candidate {
                        event: event.clone(),
                        property: Some((property.name.clone(), value.clone())),
                        distinct,
                        events: of_value.min(*of_event),
                    });
                }
            }
        }
        pairs.sort_by_key(|pair| Reverse(pair.events));
        let name = |(event, events)| Candidate { event, property: None, distinct: 0, events };
        let mut of: Vec<Candidate> = names.into_iter().map(name).chain(pairs).collect();
        let not_counted = of.len().saturating_sub(COUNTED);
        of.truncate(COUNTED);
        Self { of, rare: rare.into_iter().map(|(name, _)| name).collect(), not_counted }
    }

    /// Those that enough leads did and enough did not, the names first, with how many did.
    fn telling(&self, reach: &[u64], rows: u64, min_leads: u64) -> Vec<Choice<'_>> {
        let of_name = |event: &str| {
            let at = self.of.iter().position(|other| other.event == event && other.property.is_none());
            at.map_or(rows, |at| reach[at])
        };
        let tells = |(candidate, did): &(&Candidate, u64)| {
            // A value that nearly everybody with the event has says nothing beside the event.
            let all = if candidate.property.is_some() { of_name(&candidate.event) } else { rows };
            *did >= min_leads && all - did >= min_leads
        };
        let telling = self.of.iter().zip(reach.iter().copied()).filter(tells);
        let mut choices: Vec<Choice<'_>> =
            telling.map(|(candidate, did)| Choice { candidate, did, proposed: false, instead: None }).collect();
        choices.sort_by_key(|choice| (choice.candidate.distinct, Reverse(choice.did)));
        choices
    }

    /// Proposes every name, or instead of it the values of a property where they are few: an event that counts for two
    /// behaviours earns points twice.
    fn chosen(&self, reach: &[u64], rows: u64, min_leads: u64) -> Vec<Choice<'_>> {
        let mut choices = self.telling(reach, rows, min_leads);
        for name in choices.iter_mut().filter(|choice| choice.candidate.property.is_none()).take(PROPOSED) {
            name.proposed = true;
        }
        let sets: Vec<(&str, &str)> = choices.iter().filter_map(|choice| choice.candidate.set()).collect();
        let mut split: Vec<&str> = Vec::new();
        for (event, property) in sets {
            let of_set = |choice: &Choice<'_>| choice.candidate.set() == Some((event, property));
            let is_name = |choice: &Choice<'_>| choice.candidate.event == event && choice.candidate.property.is_none();
            let values = choices.iter().filter(|choice| of_set(choice)).count();
            let proposed = choices.iter().filter(|choice| choice.proposed && !is_name(choice)).count();
            if split.contains(&event) || values < 2 || proposed + values > PROPOSED {
                continue;
            }
            split.push(event);
            for choice in &mut choices {
                if of_set(choice) {
                    choice.proposed = true;
                } else if is_name(choice) {
                    choice.proposed = false;
                    choice.instead = Some(property);
                }
            }
        }
        choices.sort_by_key(|choice| !choice.proposed && choice.instead.is_none());
        choices
    }

    /// The section, where it is known how many of so many leads did each.
    pub(super) fn text(&self, reach: &[u64], rows: u64, min_leads: u64, taken: &mut Vec<String>) -> String {
        let chosen = self.chosen(reach, rows, min_leads);
        let heading = format!(
            "Behaviours: points for what leads do before they are looked at. Beside each, how many of the {} leads did it: \
             they are proposed by that, not by who converted. An event counts for every behaviour that it fits, so of all \
             events of a name and some of them choose one, or they earn points twice. Keys: event, where, once_a_day, \
             max_times, half_life_days, group.",
            grouped(rows)
        );
        let mut lines: Vec<(String, String)> = Vec::new();
        let proposed = chosen.iter().filter(|choice| choice.proposed || choice.instead.is_some()).count();
        for choice in chosen.iter().take(proposed + LISTED) {
            let code = choice.candidate.code(taken);
            let did = grouped(choice.did);
            lines.push(match (choice.proposed, choice.instead) {
                (true, _) => (code, did),
                (false, Some(property)) => (format!("# {code}"), format!("{did}; split by {property} below")),
                (false, None) => (format!("# {code}"), did),
            });
        }
        let days = key(&unique("days active", taken));
        lines.push((format!("# {days} = {{ once_a_day = true }}"), "days with an event of any kind".to_owned()));
        let mut text = format!("\n{}[behaviours]\n{}", comment(&heading), aligned(&lines));
        let names = || self.of.iter().zip(reach).filter(|(candidate, _)| candidate.property.is_none());
        let few: Vec<&String> = names().filter(|(_, did)| **did < min_leads).map(|(name, _)| &name.event).collect();
        let few = [few, self.rare.iter().collect()].concat();
        if !few.is_empty() {
            text += &comment(&format!("Done by fewer than {min_leads} of them: {}.", named(&few)));
        }
        let all = names().filter(|(_, did)| **did >= min_leads && rows - **did < min_leads);
        let all: Vec<&String> = all.map(|(name, _)| &name.event).collect();
        if !all.is_empty() {
            text += &comment(&format!("Done by all of them, or all but fewer than {min_leads}: {}.", named(&all)));
        }
        let more = chosen.len().saturating_sub(proposed + LISTED);
        if more > 0 {
            text += &comment(&format!("{more} more were done by {min_leads} of them or more."));
        }
        if self.not_counted > 0 {
            text += &comment(&format!("{} rarer values of properties were not counted.", self.not_counted));
        }
        text
    }

    /// The section where leads cannot be looked at yet: names of events alone.
    pub(super) fn text_of_events(&self, taken: &mut Vec<String>) -> String {
        let names = self.of.iter().filter(|candidate| candidate.property.is_none()).take(PROPOSED);
        let events = |n: u64| if n == 1 { "1 event".to_owned() } else { format!("{} events", grouped(n)) };
        let lines: Vec<(String, String)> =
            names.map(|candidate| (candidate.code(taken), events(candidate.events))).collect();
        format!("\n[behaviours]\n{}", aligned(&lines))
    }
}

/// Names in quotes, as many as a person reads.
fn named(names: &[&String]) -> String {
    let quoted: Vec<String> = names.iter().take(LISTED).map(|name| toml(name)).collect();
    match names.len().saturating_sub(LISTED) {
        0 => quoted.join(", "),
        more => format!("{} and {more} more", quoted.join(", ")),
    }
}

#[cfg(test)]
mod tests;
