//! What leads did: a sheet to paste events into, and sheets of formulas that count them for every lead.
//!
//! `Seen` understands each event and says for which lead it is, how old, and which behaviours count it. `Sorted` has the
//! same events by lead, the newest first, so that what the document asks for ("of what is left the newest `max_times`", sums
//! that take the newest first) is a running count and a running sum, read off at the last of a lead's rows.

use std::collections::BTreeMap;

use leadcal_lift::attribute::Scalar;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::cells::{Column, Table, cell, letters};
use super::leads::{Leads, MANY, moment};
use super::reading::{DAY, Words};
use super::rules::{End, Rules, is_one_of, next_above};
use crate::config::{Behaviour, ScoringConfig};

/// Name of the sheet to paste events into.
pub(super) const SHEET: &str = "Events";
/// First row of events.
pub(super) const FIRST: u32 = 5;
/// Row and column of the moment scored.
pub(super) const AS_OF: (u32, u16) = (2, 1);
/// Columns of a lead's name, the time, the event's name; then come properties.
pub(super) const LEAD: u16 = 0;
pub(super) const TIME: u16 = 1;
pub(super) const NAME: u16 = 2;
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
    /// Whole days since each lead's last event or, without one, its creation; `""` where there is neither.
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
        let mut seen = Table::new("Seen", rows)?;
        let first = seen.first();
        let at = |row: u32, column: u16| format!("{SHEET}!${}{}", letters(column), FIRST + row - first + 1);
        let trimmed = seen.column("time", |row| words.trimmed(&at(row, TIME)))?;
        let key = seen.column("day key", |row| Words::day(&trimmed.at(row)))?;
        let (day, micro) = moment(&mut seen, &trimmed, &key)?;
        let problems = seen.column("problem", |row| {
            format!("IF({}=\"?\",\"should be a time such as 2024-03-01T10:00:00Z\",\"\")", day.at(row))
        })?;
        let newest_day = rules.formula("newest day of all events", &format!("MAX({})", day.all()))?;
        let last_micros = seen.column("of the newest day", |row| {
            format!("IF(ISNUMBER({0}),IF({0}={newest_day},{1},\"\"),\"\")", day.at(row), micro.at(row))
        })?;
        let newest_micro = rules.formula("newest time of that day", &format!("MAX({})", last_micros.all()))?;
        let any = rules.formula("times of events", &format!("COUNT({})", day.all()))?;

        let mut now = Table::new("Moment", 1)?;
        let as_of = format!("{SHEET}!{}", cell(AS_OF.0, AS_OF.1));
        let typed = now.column("as of", |_| words.trimmed(&as_of))?;
        let typed_key = now.column("day key", |_| Words::day(&typed.at(first)))?;
        let (typed_day, typed_micro) = moment(&mut now, &typed, &typed_key)?;
        let or_newest = |typed_as: &Column, newest: &str| {
            format!("IF({}=\"\",IF({any}=0,\"\",{newest}),{})", typed.at(first), typed_as.at(first))
        };
        let now_day = now.column("day", |_| or_newest(&typed_day, &newest_day))?.at(first);
        let now_micro = now.column("microsecond", |_| or_newest(&typed_micro, &newest_micro))?.at(first);
        let problem = now.column("problem", |_| {
            format!("IF({}=\"?\",\"Scored as of should be a time such as 2024-03-01T10:00:00Z\",\"\")", typed_day.at(first))
        })?;
        // Microseconds between a day and a moment of it, and now.
        let until_now = |day: &str, micro: &str| format!("(({now_day}-{day})*{DAY}+({now_micro}-{micro}))");

        let lead = seen.column("lead", |row| {
            let place = format!("SUMPRODUCT(MAX(EXACT({}&\"\",{})*{}))", at(row, LEAD), leads.names.all(), leads.places.all());
            format!("IF(ISNUMBER({}),MOD({MANY}-{place},{MANY}),0)", day.at(row))
        })?;
        let age = seen.column("age", |row| {
            let age = until_now(&day.at(row), &micro.at(row));
            format!("IF({}=0,\"\",IF(ISNUMBER({now_day}),IF({age}<0,\"\",{age}),\"\"))", lead.at(row))
        })?;
        let rank = seen.column("newer ones", |row| {
            let mine = age.at(row);
            format!(
                "IF({mine}=\"\",\"\",COUNTIF({},\"<\"&{mine})+COUNTIF({},{mine}))",
                age.all(),
                age.above(row)
            )
        })?;
        let order = seen.column("order", |row| {
            format!("IF({0}=\"\",\"\",{1}*{2}+{0})", rank.at(row), lead.at(row), rows + 1)
        })?;
        let name = seen.column("name", |row| Words::text(&at(row, NAME)))?;
        let mut matches = Vec::new();
        for rule in &of_config {
            let mut conditions = Vec::new();
            if let Some(event) = rule.event {
                let event = rules.texts("event", [event])?;
                conditions.push(seen.column("event", |row| format!("IF(EXACT({},{event}),1,0)", name.at(row)))?);
            }
            for (property, listed) in rule.properties {
                let place = properties.iter().position(|known| known == property).expect("collected above");
                let column = PROPERTIES + u16::try_from(place).map_err(|_| XlsxError::RowColumnLimitError)?;
                conditions.push(property_is(&mut seen, |row| at(row, column), listed, words, rules)?);
            }
            let window = format!("{}*{DAY}", rule.window_days);
            matches.push(seen.column("matches", |row| {
                let all: String = conditions.iter().map(|condition| format!("*{}", condition.at(row))).collect();
                format!("IF({0}=\"\",0,({0}<{window}){all})", age.at(row))
            })?);
        }

        let mut sorted = Table::new("Sorted", rows)?;
        let key = sorted.column("order", |_| format!("IFERROR(SMALL({},ROW()-{first}),\"\")", order.all()))?;
        let source = sorted.column("event", |row| format!("IF({0}=\"\",\"\",MATCH({0},{1},0))", key.at(row), order.all()))?;
        let of_event = |from: &Column, row: u32| format!("INDEX({},{})", from.all(), source.at(row));
        let whose = sorted.column("lead", |row| format!("IF({}=\"\",\"\",{})", key.at(row), of_event(&lead, row)))?;
        let same = sorted.column("as above", |row| match row - first {
            0 => "FALSE".to_owned(),
            _ => format!("AND({0}<>\"\",{0}={1})", whose.at(row), whose.at(row - 1)),
        })?;
        let sorted_age = sorted.column("age", |row| format!("IF({}=\"\",\"\",{})", key.at(row), of_event(&age, row)))?;
        let sorted_day = sorted.column("day", |row| format!("IF({}=\"\",\"\",{})", key.at(row), of_event(&day, row)))?;
        let table = &mut leads.table;
        let place = table.column("first place", |row| {
            let place = format!("SUMPRODUCT(MAX(EXACT({},{})*{}))", leads.names.at(row), leads.names.all(), leads.places.all());
            let unnamed = format!("{}=0", leads.places.at(row));
            format!("IF(OR({any}=0,{unnamed}),0,{MANY}-{place})")
        })?;
        let last = table.column("last event", |row| {
            let place = place.at(row);
            let found = format!("MATCH({place},{},1)", whose.all());
            format!("IF({place}=0,0,IFERROR(IF(INDEX({},{found})={place},{found},0),0))", whose.all())
        })?;
        let mut counted = Vec::new();
        for (rule, matches) in of_config.into_iter().zip(matches) {
            let (times, weight) = running(&mut sorted, &rule, rules, (&same, &sorted_age, &sorted_day), |row| {
                format!("IF({}=\"\",0,{})", key.at(row), of_event(&matches, row))
            })?;
            let table = &mut leads.table;
            let mut of_lead = |heading: &str, from: &Column| {
                table.column(heading, |row| format!("IF({0}=0,0,INDEX({1},{0}))", last.at(row), from.all()))
            };
            counted.push((rule, Counted { times: of_lead("times", &times)?, weight: of_lead("weight", &weight)? }));
        }
        let silence = match created_at {
            None => None,
            Some((created_day, created_micro)) => Some(leads.table.column("days of silence", |row| {
                let newest = format!("INDEX({},MATCH({},{},0))", sorted_age.all(), place.at(row), whose.all());
                let created = until_now(&created_day.at(row), &created_micro.at(row));
                format!(
                    "IF(ISNUMBER({now_day}),INT(IF({}>0,{newest},IF(ISNUMBER({}),{created},-1))/{DAY}),-1)",
                    last.at(row),
                    created_day.at(row)
                )
            })?),
        };
        let problem = problem.at(first);
        Ok(Self { properties, problems, first_row: first, problem, silence, counted, tables: [seen, now, sorted] })
    }

    /// The sheets of formulas, complete.
    pub(super) fn into_sheets(self) -> [Worksheet; 3] {
        self.tables.map(Table::into_sheet)
    }
}

/// Adds the columns that count a behaviour from row to row: how often, and the sum of the weights.
fn running(
    sorted: &mut Table,
    rule: &Rule<'_>,
    rules: &mut Rules,
    (same, age, day): (&Column, &Column, &Column),
    matches: impl Fn(u32) -> String,
) -> Result<(Column, Column), XlsxError> {
    let first = sorted.first();
    // What a column holds a row above, where that is the same lead's.
    let before = |column: &Option<Column>, row: u32, without: &str| match column {
        Some(column) if row > first => format!("IF({},{},{without})", same.at(row), column.at(row - 1)),
        _ => without.to_owned(),
    };
    let matched = sorted.column("matches", matches)?;
    let candidate = if rule.once_a_day {
        // A column that looks one row up in itself: the day counted last.
        let days = sorted.next_column();
        sorted.column("day counted", |row| {
            format!("IF({}=1,{},{})", matched.at(row), day.at(row), before(&Some(days.clone()), row, "\"\""))
        })?;
        sorted.column("first of its day", |row| {
            let known = before(&Some(days.clone()), row, "\"\"");
            format!("IF({}=1,IF({}={known},0,1),0)", matched.at(row), day.at(row))
        })?
    } else {
        matched
    };
    let times = sorted.next_column();
    let most = rule.max_times.unwrap_or(u32::MAX);
    sorted.column("times", |row| {
        format!("MIN({most},{}+{})", before(&Some(times.clone()), row, "0"), candidate.at(row))
    })?;
    let half_life = rule.half_life_days.map(|days| rules.number("half-life in days", days)).transpose()?;
    let weight = sorted.next_column();
    sorted.column("weight", |row| {
        let one = half_life.as_ref().map_or("1".to_owned(), |half_life| {
            format!("IFERROR(POWER(2,-({}/{DAY})/{half_life}),0)", age.at(row))
        });
        let known = before(&Some(times.clone()), row, "0");
        format!("{}+IF({}>{known},{one},0)", before(&Some(weight.clone()), row, "0"), times.at(row))
    })?;
    Ok((times, weight))
}

/// Adds a column that is 1 where an event's property is one of those listed.
fn property_is(
    seen: &mut Table,
    cell: impl Fn(u32) -> String,
    listed: &[Scalar],
    words: &Words,
    rules: &mut Rules,
) -> Result<Column, XlsxError> {
    let (mut texts, mut numbers, mut booleans) = (Vec::new(), Vec::new(), Vec::new());
    for value in listed {
        match value {
            Scalar::Text(text) => texts.push(text.as_str()),
            Scalar::Number(x) => numbers.push(*x),
            Scalar::Boolean(yes) => booleans.push(if *yes { "1" } else { "2" }),
        }
    }
    let mut kinds = Vec::new();
    if !texts.is_empty() {
        let range = rules.texts("property's texts", texts)?;
        let text = seen.column("text", |row| Words::text(&cell(row)))?;
        kinds.push(seen.column("a text listed", |row| {
            format!("AND({0}<>\"\",{1})", text.at(row), is_one_of(&text.at(row), &range))
        })?);
    }
    if !numbers.is_empty() || !booleans.is_empty() {
        let trimmed = seen.column("trimmed", |row| words.trimmed(&cell(row)))?;
        if !numbers.is_empty() {
            numbers.sort_by(f64::total_cmp);
            let ends = numbers.into_iter().flat_map(|x| [(End::Number(x), 1), (End::Number(next_above(x)), 0)]);
            let listed = rules.steps("property's numbers", ends.collect(), 0)?;
            let number = seen.column("number", |row| words.number(&trimmed.at(row)))?;
            kinds.push(seen.column("a number listed", |row| {
                format!("IF(ISNUMBER({0}),{1}=1,FALSE)", number.at(row), listed.code_of(&number.at(row)))
            })?);
        }
        if !booleans.is_empty() {
            let boolean = seen.column("yes or no", |row| words.boolean(&trimmed.at(row)))?;
            kinds.push(seen.column("an answer listed", |row| {
                let each: Vec<String> = booleans.iter().map(|code| format!("{}={code}", boolean.at(row))).collect();
                format!("OR({})", each.join(","))
            })?);
        }
    }
    seen.column("property", |row| {
        let any: Vec<String> = kinds.iter().map(|kind| kind.at(row)).collect();
        format!("IF(OR({}),1,0)", any.join(","))
    })
}
