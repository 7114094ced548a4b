//! What leads did: a sheet to paste events into, and sheets of formulas that count them for every lead.
//!
//! `Seen` understands each event and says for which lead it is, how old, and which behaviours count it. `Sorted` has the
//! same events by lead, the newest first, so that what the document asks for ("of what is left the newest `max_times`", sums
//! that take the newest first) is a running count and a running sum, read off at the last of a lead's rows.

mod seen;
mod sorted;

use std::collections::BTreeMap;

use leadcal_lift::attribute::Scalar;
use rust_xlsxwriter::{Worksheet, XlsxError};

use self::seen::Seen;
use self::sorted::Sorted;
use super::cells::{Column, Table};
use super::leads::{Leads, MANY};
use super::reading::{DAY, Words};
use super::rules::Rules;
use crate::config::{Behaviour, ScoringConfig};

/// Name of the sheet to paste events into.
pub(super) const SHEET: &str = "Events";
/// First row of events.
pub(super) const FIRST: u32 = 5;
/// Row and column of the moment scored.
pub(super) const AS_OF: (u32, u16) = (2, 1);
/// Columns of a lead's name, the time, the event's name; then come properties.
const LEAD: u16 = 0;
const TIME: u16 = 1;
const NAME: u16 = 2;
const PROPERTIES: u16 = 3;

/// What decides how often a behaviour counts: behaviours of several models that agree in this are counted once.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Rule<'c> {
    event: Option<&'c str>,
    properties: &'c BTreeMap<String, Vec<Scalar>>,
    once_a_day: bool,
    window_days: u32,
    max_times: Option<u32>,
    half_life_days: Option<f64>,
}

impl<'c> Rule<'c> {
    fn of(behaviour: &'c Behaviour) -> Self {
        let Behaviour { event, properties, once_a_day, window_days, max_times, half_life_days, .. } = behaviour;
        Self {
            event: event.as_deref(),
            properties,
            once_a_day: *once_a_day,
            window_days: *window_days,
            max_times: *max_times,
            half_life_days: *half_life_days,
        }
    }
}

/// How often a behaviour counts for each lead, and the sum of the weights.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    pub(super) times: Column,
    pub(super) weight: Column,
}

/// What leads did, counted.
pub(super) struct Events<'c> {
    /// The properties that behaviours look at: a column each on the sheet.
    pub(super) properties: Vec<&'c str>,
    /// What is wrong with each event's time, and the row of the first event.
    pub(super) problems: Column,
    pub(super) first_row: u32,
    /// What is wrong with the moment scored.
    pub(super) problem: String,
    /// Whole days since each lead's last event or, without one, its creation; -1 where there is neither.
    pub(super) silence: Option<Column>,
    counted: Vec<(Rule<'c>, Counted)>,
    tables: [Table; 3],
}

impl<'c> Events<'c> {
    /// The counts of a behaviour of the config.
    pub(super) fn of(&self, behaviour: &Behaviour) -> Counted {
        let rule = Rule::of(behaviour);
        let found = self.counted.iter().find(|(known, _)| *known == rule);
        found.map(|(_, counted)| counted.clone()).expect("every behaviour of the config is counted")
    }

    /// Counts the events of so many rows for all behaviours of a config.
    pub(super) fn new(
        config: &'c ScoringConfig,
        rows: u32,
        leads: &mut Leads<'_>,
        words: &Words,
        rules: &mut Rules,
        created_at: Option<(Column, Column)>,
    ) -> Result<Self, XlsxError> {
        let mut of_config: Vec<Rule<'c>> = Vec::new();
        let mut properties: Vec<&str> = Vec::new();
        for behaviour in config.models.iter().flat_map(|model| &model.behaviours) {
            let rule = Rule::of(behaviour);
            if !of_config.contains(&rule) {
                of_config.push(rule);
            }
            for property in behaviour.properties.keys() {
                if !properties.contains(&property.as_str()) {
                    properties.push(property);
                }
            }
        }
        let mut seen = Seen::new(rows, leads, words, rules)?;
        let mut sorted = Sorted::new(rows, &seen)?;
        let (place, last) = places(leads, &seen, &sorted)?;
        let mut counted = Vec::new();
        for rule in of_config {
            let matches = seen.matches(&rule, &properties, words, rules)?;
            let Counted { times, weight } = sorted.count(&rule, &matches, rules)?;
            let mut of_lead = |heading: &str, from: &Column| {
                leads.table.column(heading, |row| format!("IF({0}=0,0,INDEX({1},{0}))", last.at(row), from.all()))
            };
            counted.push((rule, Counted { times: of_lead("times", &times)?, weight: of_lead("weight", &weight)? }));
        }
        let silence = created_at.map(|(created_day, created_micro)| {
            let since = leads.table.column("silence", |row| {
                let newest = format!("INDEX({},MATCH({},{},0))", sorted.age.all(), place.at(row), sorted.lead.all());
                let created = seen.now.age_of(&created_day.at(row), &created_micro.at(row));
                let known = format!("AND(ISNUMBER({}),ISNUMBER({}))", seen.now.day, created_day.at(row));
                format!("IF({}>0,{newest},IF({known},{created},-1))", last.at(row))
            })?;
            // INT, and then one off where it took a day that is a microsecond short for a whole one.
            leads.table.column("days of silence", |row| {
                let since = since.at(row);
                format!("INT({since}/{DAY})-1+GESTEP({since},INT({since}/{DAY})*{DAY})")
            })
        });
        Ok(Self {
            properties,
            problems: seen.problems,
            first_row: seen.table.first(),
            problem: seen.now.problem,
            silence: silence.transpose()?,
            counted,
            tables: [seen.table, seen.now.table, sorted.table],
        })
    }

    /// The sheets of formulas, complete.
    pub(super) fn into_sheets(self) -> [Worksheet; 3] {
        self.tables.map(Table::into_sheet)
    }
}

/// Adds the columns of where each lead stands: the row that its events are counted for, the first of its name, and its last row
/// on the sheet of sorted events; 0 where there is none.
fn places(leads: &mut Leads<'_>, seen: &Seen, sorted: &Sorted) -> Result<(Column, Column), XlsxError> {
    let Leads { table, names, places, .. } = leads;
    let place = table.column("first place", |row| {
        let first = format!("SUMPRODUCT(MAX(EXACT({},{})*{}))", names.at(row), names.all(), places.all());
        format!("IF(OR({}=0,{}=0),0,{MANY}-{first})", seen.now.events, places.at(row))
    })?;
    let last = table.column("last event", |row| {
        let (place, of_events) = (place.at(row), sorted.lead.all());
        let found = format!("MATCH({place},{of_events},1)");
        format!("IF({place}=0,0,IFERROR(IF(INDEX({of_events},{found})={place},{found},0),0))")
    })?;
    Ok((place, last))
}
