//! The outcome of each lead as it stands, and when it came, in the order of the leads.

use crate::attribute::Encoder;
use crate::columns::for_each_value;
use crate::error::DataError;
use crate::leads::LeadFiles;
use crate::outcome::{CONVERTED, NOT_CONVERTED, Outcome};
use crate::snapshots::moments;

/// What became of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeadOutcome {
    /// Whether it converted; `None` where nobody knows.
    pub converted: Option<bool>,
    /// When it was created, in microseconds since 1970-01-01T00:00:00Z.
    pub created: Option<i64>,
}

/// Reads the outcome of every lead, and when it was created where a column says so. `missing` are the texts that mean "no
/// value" there. Memory grows with the leads.
///
/// # Errors
/// What cannot be read; a column that is not there; a time that is none.
pub fn read_outcomes(
    leads: &LeadFiles,
    outcome: &Outcome,
    created_at: Option<&str>,
    missing: &[String],
) -> Result<Vec<LeadOutcome>, DataError> {
    let field = outcome.attribute.input.field.as_str();
    let fields: Vec<String> = [Some(field), created_at].into_iter().flatten().map(str::to_owned).collect();
    for column in &fields {
        leads.require(column)?;
    }
    let outcomes = Encoder::new(&outcome.attribute);
    let mut read = Vec::new();
    leads.for_each_chunk(&fields, |chunk| {
        let first = read.len();
        for_each_value(chunk.column(field), |_, value| {
            let converted = match outcomes.code(value).ok().flatten() {
                Some(CONVERTED) => Some(true),
                Some(NOT_CONVERTED) => Some(false),
                _ => None,
            };
            read.push(LeadOutcome { converted, created: None });
        })
        .map_err(|column| chunk.unsupported(column))?;
        if let Some(column) = created_at {
            for (lead, created) in read[first..].iter_mut().zip(moments(&chunk, chunk.column(column), missing)?) {
                lead.created = created;
            }
        }
        Ok::<(), DataError>(())
    })?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::{microseconds, parse_time};
    use crate::profile::profile;

    #[test]
    fn outcomes_stand_in_the_order_of_the_leads() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("leads.csv");
        let read = |rows: &str, created_at: Option<&str>| {
            std::fs::write(&path, format!("came,won\n{rows}")).expect("written");
            let leads = LeadFiles::open(path.to_str().expect("UTF-8"))?;
            let won = profile(&leads, &["won".to_owned()], &[])?;
            let outcome = Outcome::of(&won[0], None, leads.files())?;
            read_outcomes(&leads, &outcome, created_at, &["NA".to_owned()])
        };
        let day = Some(microseconds(parse_time("2024-03-01").expect("a time")));
        let lead = |converted, created| LeadOutcome { converted, created };
        let rows = "2024-03-01,yes\nNA,no\n,\n2024-03-01,\n";
        let expected = [lead(Some(true), day), lead(Some(false), None), lead(None, None), lead(None, day)];
        assert_eq!(read(rows, Some("came")).expect("read"), expected);
        let undated = expected.map(|lead| LeadOutcome { created: None, ..lead });
        assert_eq!(read(rows, None).expect("read"), undated);
        let error = read("soon,yes\n2024-03-01,no\n", Some("came")).expect_err("no time");
        assert_eq!(error.to_string(), "column \"came\" should hold times, found the text \"soon\"");
    }
}
