//! The sheet of what is understood of each event.

use leadcal_lift::attribute::Scalar;
use rust_xlsxwriter::XlsxError;

use super::super::cells::{Column, Table, cell, letters};
use super::super::leads::{Leads, MANY, moment};
use super::super::reading::{DAY, Words};
use super::super::rules::{End, Rules, is_one_of, next_above};
use super::{AS_OF, FIRST, LEAD, NAME, PROPERTIES, Rule, SHEET, TIME};

/// Columns of the sheet, a row an event.
pub(super) struct Seen {
    pub(super) table: Table,
    pub(super) problems: Column,
    /// Day of the event since 1970-01-01, UTC.
    pub(super) day: Column,
    /// Row of the event's lead among those read; 0 where there is none.
    pub(super) lead: Column,
    /// Microseconds from the event to the moment scored; `""` for events that do not count: of no lead, or still to come.
    pub(super) age: Column,
    /// A number that sorts events by lead, and the newest first.
    pub(super) order: Column,
    pub(super) now: Now,
    name: Column,
}

/// The moment scored, as cells.
pub(super) struct Now {
    pub(super) table: Table,
    /// Day since 1970-01-01, UTC; `""` where there is no moment.
    pub(super) day: String,
    micro: String,
    /// How many events have a time.
    pub(super) events: String,
    pub(super) problem: String,
}

impl Seen {
    pub(super) fn new(rows: u32, leads: &Leads<'_>, words: &Words, rules: &mut Rules) -> Result<Self, XlsxError> {
        let mut table = Table::new("Seen", rows)?;
        let first = table.first();
        let at = |row: u32, column: u16| typed(row - first, column);
        let trimmed = table.column("time", |row| words.trimmed(&at(row, TIME)))?;
        let key = table.column("day key", |row| Words::day(&trimmed.at(row)))?;
        let (day, micro) = moment(&mut table, &trimmed, &key)?;
        let problems = table.column("problem", |row| {
            format!("IF({}=\"?\",\"should be a time such as 2024-03-01T10:00:00Z\",\"\")", day.at(row))
        })?;
        let now = Now::new(&mut table, &day, &micro, words, rules)?;
        let lead = table.column("lead", |row| {
            let (names, places) = (leads.names.all(), leads.places.all());
            let first = format!("SUMPRODUCT(MAX(EXACT({}&\"\",{names})*{places}))", at(row, LEAD));
            format!("IF(ISNUMBER({}),MOD({MANY}-{first},{MANY}),0)", day.at(row))
        })?;
        let age = table.column("age", |row| {
            let age = now.age_of(&day.at(row), &micro.at(row));
            format!("IF({}=0,\"\",IF(ISNUMBER({}),IF({age}<0,\"\",{age}),\"\"))", lead.at(row), now.day)
        })?;
        let rank = table.column("newer ones", |row| {
            let mine = age.at(row);
            format!("IF({mine}=\"\",\"\",COUNTIF({},\"<\"&{mine})+COUNTIF({},{mine}))", age.all(), age.above(row))
        })?;
        let order = table
            .column("order", |row| format!("IF({0}=\"\",\"\",{1}*{2}+{0})", rank.at(row), lead.at(row), rows + 1))?;
        let name = table.column("name", |row| Words::text(&at(row, NAME)))?;
        Ok(Self { table, problems, day, lead, age, order, now, name })
    }

    /// Adds the column of whether a behaviour counts each event, 1 or 0, its repetitions aside.
    pub(super) fn matches(
        &mut self,
        rule: &Rule<'_>,
        properties: &[&str],
        words: &Words,
        rules: &mut Rules,
    ) -> Result<Column, XlsxError> {
        let mut conditions = Vec::new();
        if let Some(event) = rule.event {
            let event = rules.texts("event", [event])?;
            let name = &self.name;
            conditions.push(self.table.column("event", |row| format!("IF(EXACT({},{event}),1,0)", name.at(row)))?);
        }
        for (property, listed) in rule.properties {
            let place = properties.iter().position(|known| known == property).expect("every property has a column");
            let column = PROPERTIES + u16::try_from(place).map_err(|_| XlsxError::RowColumnLimitError)?;
            conditions.push(property_is(&mut self.table, column, listed, words, rules)?);
        }
        let age = &self.age;
        self.table.column("matches", |row| {
            let young = format!("(1-GESTEP({},{}*{DAY}))", age.at(row), rule.window_days);
            let all: Vec<String> = [young].into_iter().chain(conditions.iter().map(|one| one.at(row))).collect();
            format!("IF({}=\"\",0,{})", age.at(row), all.join("*"))
        })
    }
}

impl Now {
    /// What was typed, else the newest of the events' times.
    fn new(
        events: &mut Table,
        day: &Column,
        micro: &Column,
        words: &Words,
        rules: &mut Rules,
    ) -> Result<Self, XlsxError> {
        let newest_day = rules.formula("newest day of all events", &format!("MAX({})", day.all()))?;
        let of_that_day = events.column("of the newest day", |row| {
            format!("IF(ISNUMBER({0}),IF({0}={newest_day},{1},\"\"),\"\")", day.at(row), micro.at(row))
        })?;
        let newest_micro = rules.formula("newest time of that day", &format!("MAX({})", of_that_day.all()))?;
        let any = rules.formula("events with a time", &format!("COUNT({})", day.all()))?;

        let mut table = Table::new("Moment", 1)?;
        let first = table.first();
        let as_of = format!("{SHEET}!{}", cell(AS_OF.0, AS_OF.1));
        let typed = table.column("as of", |_| words.trimmed(&as_of))?;
        let key = table.column("day key", |_| Words::day(&typed.at(first)))?;
        let (typed_day, typed_micro) = moment(&mut table, &typed, &key)?;
        let mut or_newest = |heading: &str, typed_as: &Column, newest: &str| {
            let otherwise = format!("IF({any}=0,\"\",{newest})");
            table.column(heading, |row| format!("IF({}=\"\",{otherwise},{})", typed.at(row), typed_as.at(row)))
        };
        let day = or_newest("day", &typed_day, &newest_day)?.at(first);
        let micro = or_newest("microsecond", &typed_micro, &newest_micro)?.at(first);
        let problem = table.column("problem", |row| {
            let message = "Scored as of should be a time such as 2024-03-01T10:00:00Z";
            format!("IF({}=\"?\",\"{message}\",\"\")", typed_day.at(row))
        })?;
        Ok(Self { table, day, micro, events: any, problem: problem.at(first) })
    }

    /// Microseconds from a time to the moment.
    pub(super) fn age_of(&self, day: &str, micro: &str) -> String {
        format!("(({}-{day})*{DAY}+({}-{micro}))", self.day, self.micro)
    }
}

/// The cell of an event, counted from 0.
fn typed(event: u32, column: u16) -> String {
    format!("{SHEET}!${}{}", letters(column), FIRST + event + 1)
}

/// Adds a column that is 1 where an event's property is one of those listed.
fn property_is(
    table: &mut Table,
    column: u16,
    listed: &[Scalar],
    words: &Words,
    rules: &mut Rules,
) -> Result<Column, XlsxError> {
    let first = table.first();
    let cell = |row: u32| typed(row - first, column);
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
        let text = table.column("text", |row| Words::text(&cell(row)))?;
        kinds.push(table.column("a text listed", |row| {
            format!("AND({0}<>\"\",{1})", text.at(row), is_one_of(&text.at(row), &range))
        })?);
    }
    if !numbers.is_empty() || !booleans.is_empty() {
        let trimmed = table.column("trimmed", |row| words.trimmed(&cell(row)))?;
        if !numbers.is_empty() {
            numbers.sort_by(f64::total_cmp);
            let ends = numbers.into_iter().flat_map(|x| [(End::Number(x), 1), (End::Number(next_above(x)), 0)]);
            let listed = rules.steps("property's numbers", ends.collect(), 0)?;
            let number = table.column("number", |row| words.number(&trimmed.at(row)))?;
            kinds.push(table.column("a number listed", |row| {
                format!("IF(ISNUMBER({0}),{1}=1,FALSE)", number.at(row), listed.code_of(&number.at(row)))
            })?);
        }
        if !booleans.is_empty() {
            let boolean = table.column("yes or no", |row| words.boolean(&trimmed.at(row)))?;
            kinds.push(table.column("an answer listed", |row| {
                let each: Vec<String> = booleans.iter().map(|code| format!("{}={code}", boolean.at(row))).collect();
                format!("OR({})", each.join(","))
            })?);
        }
    }
    table.column("property", |row| {
        let any: Vec<String> = kinds.iter().map(|kind| kind.at(row)).collect();
        format!("IF(OR({}),1,0)", any.join(","))
    })
}
