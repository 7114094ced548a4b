//! The sheet of events by lead, the newest first, with running counts and sums.

use rust_xlsxwriter::XlsxError;

use super::super::cells::{Column, Table};
use super::super::reading::DAY;
use super::super::rules::Rules;
use super::seen::Seen;
use super::{Counted, Rule};

/// Columns of the sheet. Rows below the last event are `""`.
pub(super) struct Sorted {
    pub(super) table: Table,
    /// The event's lead, and how old it is.
    pub(super) lead: Column,
    pub(super) age: Column,
    day: Column,
    /// Place of the event among those seen.
    source: Column,
    /// Whether the row above is of the same lead.
    same: Column,
}

impl Sorted {
    pub(super) fn new(rows: u32, seen: &Seen) -> Result<Self, XlsxError> {
        let mut table = Table::new("Sorted", rows)?;
        let first = table.first();
        let key = table.column("order", |_| format!("IFERROR(SMALL({},ROW()-{first}),\"\")", seen.order.all()))?;
        let source = table
            .column("event", |row| format!("IF({0}=\"\",\"\",MATCH({0},{1},0))", key.at(row), seen.order.all()))?;
        let mut of_event = |heading: &str, from: &Column| {
            table.column(heading, |row| format!("IF({0}=\"\",\"\",INDEX({1},{0}))", source.at(row), from.all()))
        };
        let lead = of_event("lead", &seen.lead)?;
        let age = of_event("age", &seen.age)?;
        let day = of_event("day", &seen.day)?;
        let same = table.column("as above", |row| match row - first {
            0 => "FALSE".to_owned(),
            _ => format!("AND({0}<>\"\",{0}={1})", lead.at(row), lead.at(row - 1)),
        })?;
        Ok(Self { table, lead, age, day, source, same })
    }

    /// Adds the columns that count a behaviour from row to row, from what it matches: how often, and the sum of the weights.
    pub(super) fn count(&mut self, rule: &Rule<'_>, matches: &Column, rules: &mut Rules) -> Result<Counted, XlsxError> {
        let Self { table, age, day, source, same, .. } = self;
        let first = table.first();
        // What a column holds a row above, where that is the same lead's.
        let before = |column: &Column, row: u32, without: &str| match row - first {
            0 => without.to_owned(),
            _ => format!("IF({},{},{without})", same.at(row), column.at(row - 1)),
        };
        let matched =
            table.column("matches", |row| format!("IF({0}=\"\",0,INDEX({1},{0}))", source.at(row), matches.all()))?;
        let candidate = if rule.once_a_day {
            let days = table.next_column();
            table.column("day counted", |row| {
                format!("IF({}=1,{},{})", matched.at(row), day.at(row), before(&days, row, "\"\""))
            })?;
            table.column("first of its day", |row| {
                let counted = before(&days, row, "\"\"");
                format!("IF({}=1,IF({}={counted},0,1),0)", matched.at(row), day.at(row))
            })?
        } else {
            matched
        };
        let most = rule.max_times.unwrap_or(u32::MAX);
        let times = table.next_column();
        table.column("times", |row| format!("MIN({most},{}+{})", before(&times, row, "0"), candidate.at(row)))?;
        let half_life = rule.half_life_days.map(|days| rules.number("half-life in days", days)).transpose()?;
        let weight = table.next_column();
        table.column("weight", |row| {
            let one = half_life.as_ref().map_or("1".to_owned(), |half_life| {
                // POWER has no result that is too small to tell from 0.
                format!("IFERROR(POWER(2,-({}/{DAY})/{half_life}),0)", age.at(row))
            });
            let counts = format!("{}>{}", times.at(row), before(&times, row, "0"));
            format!("{}+IF({counts},{one},0)", before(&weight, row, "0"))
        })?;
        Ok(Counted { times, weight })
    }
}
