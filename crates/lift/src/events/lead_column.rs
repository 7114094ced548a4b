//! Which column of a log names leads.

use std::collections::HashSet;

use foldhash::fast::FixedState;

use crate::columns::for_each_value;
use crate::error::DataError;
use crate::leads::LeadFiles;

/// For each of some columns of a log: the events whose value there is a lead's id, the value of the column `id` of the
/// leads. One pass over each; memory grows with the leads.
///
/// # Errors
/// What cannot be read; a column that is not there.
pub fn events_of_leads(
    leads: &LeadFiles,
    id: &str,
    log: &LeadFiles,
    columns: &[String],
) -> Result<Vec<u64>, DataError> {
    leads.require(id)?;
    let mut ids: HashSet<Box<str>, FixedState> = HashSet::default();
    leads.for_each_chunk(&[id.to_owned()], |chunk| {
        for_each_value(chunk.column(id), |_, value| {
            if let Some(id) = value.text()
                && !ids.contains(id.as_ref())
            {
                ids.insert(id.into());
            }
        })
        .map_err(|unsupported| chunk.unsupported(unsupported))
    })?;
    let mut events = vec![0; columns.len()];
    for column in columns {
        log.require(column)?;
    }
    log.for_each_chunk(columns, |chunk| {
        for (column, events) in columns.iter().zip(&mut events) {
            for_each_value(chunk.column(column), |_, value| {
                *events += u64::from(value.text().is_some_and(|id| ids.contains(id.as_ref())));
            })
            .map_err(|unsupported| chunk.unsupported(unsupported))?;
        }
        Ok::<(), DataError>(())
    })?;
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_with_a_known_id_are_counted_by_column() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let open = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("written");
            LeadFiles::open(path.to_str().expect("UTF-8")).expect("readable")
        };
        let leads = open("leads.csv", "id,won\na,yes\nb,no\n7,no\n,no\n");
        let log = open("events.csv", "visitor,lead,event\nx,a,a\na,a,view\n,7,view\nc,c,view\nx,,view\n");
        let columns = ["visitor", "lead", "event"].map(str::to_owned);
        assert_eq!(events_of_leads(&leads, "id", &log, &columns).expect("read"), [1, 3, 1]);
        let error = events_of_leads(&leads, "id", &log, &["who".to_owned()]).expect_err("no such column");
        assert!(matches!(error, DataError::UnknownColumn { .. }), "{error}");
    }
}
