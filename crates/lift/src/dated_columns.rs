//! Columns of dates beside the outcome: for whom they are filled, and whether they lie after the conversion. What is dated
//! after a lead converted was not known when it had to be scored.

use polars::prelude::Column;

use crate::attribute::Encoder;
use crate::columns::{Time, for_each_time, for_each_value};
use crate::error::DataError;
use crate::events::DAY;
use crate::leads::{Chunk, LeadFiles};
use crate::outcome::{CONVERTED, NOT_CONVERTED, Outcome};

/// What a column of dates says about leads that converted and about the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedColumn {
    /// The column.
    pub column: String,
    /// Leads that converted.
    pub conversions: u64,
    /// Those of them that have a date here.
    pub filled_conversions: u64,
    /// Leads that did not convert.
    pub others: u64,
    /// Those of them that have a date here.
    pub filled_others: u64,
    /// Converted leads that have a date here and one of conversion.
    pub compared: u64,
    /// Those of them whose date here is of a later day (UTC) than their conversion.
    pub after_conversion: u64,
}

/// Counts columns of dates by the outcome, in one pass over the leads. Values that are no times, markers of "missing" among
/// them, count as no value: they are for whoever reads the column to refuse.
///
/// # Errors
/// What cannot be read; a column that is not there.
pub fn read_dated_columns(
    leads: &LeadFiles,
    columns: &[String],
    converted_at: Option<&str>,
    outcome: &Outcome,
) -> Result<Vec<DatedColumn>, DataError> {
    let empty = |column: &String| DatedColumn {
        column: column.clone(),
        conversions: 0,
        filled_conversions: 0,
        others: 0,
        filled_others: 0,
        compared: 0,
        after_conversion: 0,
    };
    let mut counted: Vec<DatedColumn> = columns.iter().map(empty).collect();
    if counted.is_empty() {
        return Ok(counted);
    }
    let outcome_field = &outcome.attribute.input.field;
    let mut fields: Vec<String> = Vec::new();
    for column in columns.iter().map(String::as_str).chain(converted_at).chain([outcome_field.as_str()]) {
        leads.require(column)?;
        if !fields.iter().any(|field| field == column) {
            fields.push(column.to_owned());
        }
    }
    let outcomes = Encoder::new(&outcome.attribute);
    leads.for_each_chunk(&fields, |chunk| {
        let mut codes = Vec::with_capacity(chunk.frame.height());
        for_each_value(chunk.column(outcome_field), |_, value| codes.push(outcomes.code(value).ok().flatten()))
            .map_err(|unsupported| chunk.unsupported(unsupported))?;
        let converted_days = converted_at.map(|column| days(&chunk, chunk.column(column))).transpose()?;
        for counts in &mut counted {
            let dated = days(&chunk, chunk.column(&counts.column))?;
            for (row, (day, code)) in dated.into_iter().zip(&codes).enumerate() {
                let converted = converted_days.as_ref().and_then(|days| days[row]);
                counts.take(day, *code, converted);
            }
        }
        Ok::<(), DataError>(())
    })?;
    Ok(counted)
}

impl DatedColumn {
    fn take(&mut self, day: Option<i64>, outcome: Option<u32>, converted: Option<i64>) {
        match outcome {
            Some(CONVERTED) => {
                self.conversions += 1;
                self.filled_conversions += u64::from(day.is_some());
                if let (Some(day), Some(converted)) = (day, converted) {
                    self.compared += 1;
                    self.after_conversion += u64::from(day > converted);
                }
            }
            Some(NOT_CONVERTED) => {
                self.others += 1;
                self.filled_others += u64::from(day.is_some());
            }
            _ => {}
        }
    }
}

/// The day of each row, from 1970-01-01. Days, not moments, are compared: of two columns one may lack the time of day.
fn days(chunk: &Chunk<'_>, column: &Column) -> Result<Vec<Option<i64>>, DataError> {
    let mut days = Vec::with_capacity(column.len());
    for_each_time(column, |_, time| {
        days.push(match time {
            Time::At(time) => Some(time.div_euclid(DAY)),
            Time::Missing | Time::Not(_) => None,
        });
    })
    .map_err(|unsupported| chunk.unsupported(unsupported))?;
    Ok(days)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::profile;

    fn counted(rows: &str, converted_at: Option<&str>) -> DatedColumn {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("leads.csv");
        std::fs::write(&path, format!("demo,converted_at,won\n{rows}")).expect("written");
        let leads = LeadFiles::open(path.to_str().expect("UTF-8")).expect("readable");
        let won = profile(&leads, &["won".to_owned()], &[]).expect("profiled");
        let outcome = Outcome::of(&won[0], None, leads.files()).expect("an outcome");
        let columns = ["demo".to_owned()];
        let mut counted = read_dated_columns(&leads, &columns, converted_at, &outcome).expect("read");
        counted.remove(0)
    }

    #[test]
    fn dates_are_counted_by_outcome_and_compared_by_day() {
        let rows = "\
            2024-03-02,2024-03-01,yes\n\
            2024-03-01T23:00:00Z,2024-03-01,yes\n\
            2024-03-01,2024-03-01T10:00:00Z,yes\n\
            2024-02-01,NA,yes\n\
            NA,2024-03-01,yes\n\
            2024-03-05,2024-03-01,no\n\
            later,,no\n\
            ,,no\n\
            2024-03-05,,\n";
        let expected = DatedColumn {
            column: "demo".to_owned(),
            conversions: 5,
            filled_conversions: 4,
            others: 3,
            filled_others: 1,
            compared: 3,
            after_conversion: 1,
        };
        assert_eq!(counted(rows, Some("converted_at")), expected);
        assert_eq!(counted(rows, None), DatedColumn { compared: 0, after_conversion: 0, ..expected });
    }
}
