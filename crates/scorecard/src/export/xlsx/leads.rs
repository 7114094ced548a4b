//! The sheet of what is understood of each lead: the form's in the first row, then the list's.

use std::collections::HashMap;

use leadcal_lift::signals::SignalKind;
use rust_xlsxwriter::XlsxError;

use super::cells::{Column, Table};
use super::inputs::{Inputs, LEAD};
use super::reading::{Words, time};
use super::rules::Rules;
use super::signals;

/// Name of the sheet.
pub(super) const SHEET: &str = "Read";
/// Above every row, so that the first of several is the largest of what is left of it.
pub(super) const MANY: u32 = 10_000_000;

/// How a cell is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Reading {
    Trimmed,
    Text,
    Number,
    Boolean,
    Day,
}

/// The sheet in the making; each reading is made once.
pub(super) struct Leads<'a> {
    pub(super) table: Table,
    pub(super) inputs: &'a Inputs,
    words: &'a Words,
    readings: HashMap<(usize, Reading), Column>,
    signals: Vec<(SignalKind, Column)>,
    /// Whether anything was typed.
    pub(super) active: Column,
    /// What the lead is called; and where its row is, as [`MANY`] less the row, 0 for unnamed ones of the list.
    pub(super) names: Column,
    pub(super) places: Column,
}

impl<'a> Leads<'a> {
    pub(super) fn new(inputs: &'a Inputs, words: &'a Words) -> Result<Self, XlsxError> {
        let mut table = Table::new(SHEET, inputs.rows + 1)?;
        let first = table.first();
        let name = |row: u32| inputs.cell(LEAD, row - first);
        let active = table.column("is a lead", |row| match row - first {
            0 => "TRUE".to_owned(),
            lead => format!("COUNTA({})>0", inputs.cells(lead)),
        })?;
        let names = table.column("lead", |row| format!("{}&\"\"", name(row)))?;
        let places = table.column("place", |row| {
            let place = format!("{MANY}-ROW()");
            if row == first { place } else { format!("IF({}=\"\",0,{place})", names.at(row)) }
        })?;
        Ok(Self { table, inputs, words, readings: HashMap::new(), signals: Vec::new(), active, names, places })
    }

    /// A field's value, read in one way.
    pub(super) fn field(&mut self, field: &str, how: Reading) -> Result<Column, XlsxError> {
        self.input(self.inputs.of_field(field), how)
    }

    fn input(&mut self, input: usize, how: Reading) -> Result<Column, XlsxError> {
        if let Some(made) = self.readings.get(&(input, how)) {
            return Ok(made.clone());
        }
        let (inputs, words, first) = (self.inputs, self.words, self.table.first());
        let source = |row: u32| inputs.cell(input, row - first);
        let heading = format!("{}: {how:?}", inputs.list[input].label);
        let column = match how {
            Reading::Trimmed => self.table.column(&heading, |row| words.trimmed(&source(row)))?,
            Reading::Text => self.table.column(&heading, |row| Words::text(&source(row)))?,
            Reading::Number | Reading::Boolean | Reading::Day => {
                let trimmed = self.input(input, Reading::Trimmed)?;
                self.table.column(&heading, |row| match how {
                    Reading::Number => words.number(&trimmed.at(row)),
                    Reading::Boolean => words.boolean(&trimmed.at(row)),
                    _ => Words::day(&trimmed.at(row)),
                })?
            }
        };
        self.readings.insert((input, how), column.clone());
        Ok(column)
    }

    /// A field's value as a moment: days since 1970-01-01 and microseconds of the day, UTC.
    pub(super) fn moment(&mut self, field: &str) -> Result<(Column, Column), XlsxError> {
        let trimmed = self.field(field, Reading::Trimmed)?;
        let key = self.field(field, Reading::Day)?;
        moment(&mut self.table, &trimmed, &key)
    }

    /// How often a signal fires.
    pub(super) fn signal(&mut self, kind: &SignalKind, name: &str, rules: &mut Rules) -> Result<Column, XlsxError> {
        if let Some((_, made)) = self.signals.iter().find(|(known, _)| known == kind) {
            return Ok(made.clone());
        }
        let heading = format!("signal: {name}");
        let column = match kind {
            SignalKind::CompanyEmailDomain { .. } => {
                let answer = self.input(self.inputs.of_signal(kind), Reading::Boolean)?;
                self.table.column(&heading, |row| format!("IF({}=1,1,0)", answer.at(row)))?
            }
            SignalKind::FilledFields { fields } => {
                let filled: Result<Vec<Column>, XlsxError> =
                    fields.iter().map(|field| self.field(field, Reading::Trimmed)).collect();
                let filled = filled?;
                self.table.column(&heading, |row| {
                    let each: Vec<String> = filled.iter().map(|field| format!("(LEN({})>0)", field.at(row))).collect();
                    format!("0+{}", each.join("+"))
                })?
            }
            SignalKind::FreeEmailDomain { field, .. } | SignalKind::DisposableEmailDomain { field, .. } => {
                let address = self.field(field, Reading::Trimmed)?;
                let at = self.table.column("last @", |row| signals::last_at(&address.at(row)))?;
                let rest = self.table.column("after it", |row| signals::after_at(&address.at(row), &at.at(row)))?;
                let rest = self.table.column("trimmed", |row| self.words.trimmed(&rest.at(row)))?;
                let domain = self.table.column("domain", |row| signals::domain(&rest.at(row)))?;
                let listed = signals::domains(kind, rules)?;
                self.table.column(&heading, |row| signals::listed(&domain.at(row), &listed))?
            }
            SignalKind::KeyboardRun { field, layouts, min_run } => {
                let text = self.field(field, Reading::Text)?;
                let runs = signals::runs(layouts, *min_run);
                if runs.is_empty() {
                    self.table.column(&heading, |_| "0".to_owned())?
                } else {
                    let runs = rules.texts(&heading, runs.iter().map(String::as_str))?;
                    self.table.column(&heading, |row| signals::holds_run(&text.at(row), &runs))?
                }
            }
            SignalKind::Uncapitalised { field } => {
                let text = self.field(field, Reading::Text)?;
                let (capital, small) = signals::letters_with_case();
                let capital = rules.texts("capitals", [capital.as_str()])?;
                let small = rules.texts("small letters", [small.as_str()])?;
                self.table.column(&heading, |row| signals::uncapitalised(&text.at(row), &capital, &small))?
            }
        };
        self.signals.push((kind.clone(), column.clone()));
        Ok(column)
    }
}

/// A trimmed text, and its day, as a moment.
pub(super) fn moment(table: &mut Table, trimmed: &Column, key: &Column) -> Result<(Column, Column), XlsxError> {
    let zone = table.column("zone", |row| time::zone(&trimmed.at(row)))?;
    let clock = table.column("clock", |row| time::clock(&trimmed.at(row), &zone.at(row)))?;
    let since =
        table.column("since midnight", |row| time::since_midnight(&trimmed.at(row), &zone.at(row), &clock.at(row)))?;
    let day = table.column("day", |row| time::day(&trimmed.at(row), &key.at(row), &since.at(row)))?;
    let micro = table.column("microsecond", |row| time::micro(&day.at(row), &since.at(row)))?;
    Ok((day, micro))
}
