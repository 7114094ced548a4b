//! The file of alerts that were not delivered yet: NDJSON, one alert a line, as it is posted.
//!
//! It is written whole or not at all and is on disk before an alert is sent. One process at a time works on it.

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::output::{OutputError, WholeFile};

/// An alert to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Its id, the idempotency key.
    pub id: String,
    /// The line it is posted as, JSON without a line break.
    pub body: String,
}

/// The file of undelivered alerts, held by this process until it is dropped.
#[derive(Debug)]
pub struct Undelivered {
    path: PathBuf,
    lock_path: PathBuf,
    _lock: File,
    alerts: Vec<Alert>,
}

/// What can be wrong with the file.
#[derive(Debug, thiserror::Error)]
pub enum UndeliveredError {
    /// It cannot be read.
    #[error("cannot read the file: {0}")]
    Read(#[source] io::Error),
    /// A line of it is no alert.
    #[error("line {line} is no alert of a replay")]
    NoAlert {
        /// The line, from 1.
        line: usize,
    },
    /// Another process holds it.
    #[error("another command is delivering its alerts")]
    Busy,
    /// It cannot be written.
    #[error(transparent)]
    Write(#[from] OutputError),
}

impl Undelivered {
    /// Opens the file, which need not be there yet.
    ///
    /// # Errors
    /// [`UndeliveredError`] in all its forms.
    pub fn open(path: &Path) -> Result<Self, UndeliveredError> {
        let mut lock_path = path.as_os_str().to_owned();
        lock_path.push(".lock");
        let lock_path = PathBuf::from(lock_path);
        let cannot_lock = |cause| OutputError { path: lock_path.clone(), cause };
        let lock = File::options().create(true).append(true).open(&lock_path).map_err(cannot_lock)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(UndeliveredError::Busy),
            Err(TryLockError::Error(cause)) => return Err(cannot_lock(cause).into()),
        }
        let mut file = Self { path: path.to_owned(), lock_path, _lock: lock, alerts: Vec::new() };
        match fs::read_to_string(path) {
            Ok(text) => file.alerts = parse(&text)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(UndeliveredError::Read(error)),
        }
        Ok(file)
    }

    /// The alerts in it, in their order.
    pub fn alerts(&self) -> &[Alert] {
        &self.alerts
    }

    /// Adds alerts that are not in it by their id. They are on disk when this returns.
    pub(super) fn add(&mut self, alerts: &[Alert]) -> Result<(), UndeliveredError> {
        let mut there: HashSet<&str> = self.alerts.iter().map(|alert| alert.id.as_str()).collect();
        let new: Vec<Alert> = alerts.iter().filter(|alert| there.insert(&alert.id)).cloned().collect();
        if new.is_empty() {
            return Ok(());
        }
        self.alerts.extend(new);
        self.write()
    }

    /// Takes alerts out by their ids; with the last one the file goes.
    pub(super) fn remove(&mut self, ids: &[&str]) -> Result<(), UndeliveredError> {
        if ids.is_empty() {
            return Ok(());
        }
        let ids: HashSet<&str> = ids.iter().copied().collect();
        self.alerts.retain(|alert| !ids.contains(alert.id.as_str()));
        if self.alerts.is_empty() {
            let removed = fs::remove_file(&self.path);
            return Ok(removed.map_err(|cause| OutputError { path: self.path.clone(), cause })?);
        }
        self.write()
    }

    fn write(&self) -> Result<(), UndeliveredError> {
        let error = |cause| OutputError { path: self.path.clone(), cause };
        let mut file = io::BufWriter::new(WholeFile::create(&self.path)?);
        for alert in &self.alerts {
            writeln!(file, "{}", alert.body).map_err(error)?;
        }
        let file = file.into_inner().map_err(|failed| error(failed.into_error()))?;
        file.keep()?;
        // That the file has its name must be on disk as well, where a folder can be asked for that.
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Ok(folder) = File::open(folder) {
            _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Drop for Undelivered {
    fn drop(&mut self) {
        // Still locked. Where it cannot be removed it stays, empty and unlocked, and is in nobody's way.
        _ = fs::remove_file(&self.lock_path);
    }
}

fn parse(text: &str) -> Result<Vec<Alert>, UndeliveredError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            let alert = serde_json::from_str::<Map<String, Value>>(line).ok().filter(|alert| {
                ["lead", "time", "kind", "change", "name"]
                    .iter()
                    .all(|key| alert.get(*key).is_some_and(Value::is_string))
                    // Lines of a replay have these keys too; one that leaves or comes down is no alert of any rule.
                    && alert.get("change").and_then(Value::as_str) == Some("enter")
                    && alert.get("direction").and_then(Value::as_str) != Some("down")
            });
            let id = alert.as_ref().and_then(|alert| alert.get("id")).and_then(Value::as_str);
            // It goes into a header.
            let id = id.filter(|id| !id.is_empty() && id.chars().all(|c| c.is_ascii_graphic()));
            let id = id.ok_or(UndeliveredError::NoAlert { line: index + 1 })?.to_owned();
            Ok(Alert { id, body: line.to_owned() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(id: &str) -> Alert {
        let body = format!(r#"{{"id":"{id}","lead":"a","time":"t","kind":"band","change":"enter","name":"hot"}}"#);
        Alert { id: id.to_owned(), body }
    }

    #[test]
    fn alerts_stay_in_the_file_until_they_are_taken_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("undelivered.ndjson");
        let ids = |path: &Path| {
            let file = Undelivered::open(path).expect("readable");
            file.alerts().iter().map(|alert| alert.id.clone()).collect::<Vec<_>>()
        };
        let mut file = Undelivered::open(&path).expect("not there yet");
        assert!(matches!(Undelivered::open(&path), Err(UndeliveredError::Busy)));
        file.add(&[alert("1"), alert("2")]).expect("written");
        drop(file);
        let mut file = Undelivered::open(&path).expect("readable");
        file.add(&[alert("2"), alert("3")]).expect("written");
        file.remove(&["1"]).expect("written");
        drop(file);
        assert_eq!(ids(&path), ["2", "3"]);
        Undelivered::open(&path).expect("readable").remove(&["3", "2"]).expect("removed");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0, "neither file nor lock is left");
    }

    #[test]
    fn what_is_no_alert_is_refused_with_its_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("leads.ndjson");
        let left = alert("7").body.replace("enter", "leave");
        let down = alert("7").body.replace("\"name\"", "\"direction\":\"down\",\"name\"");
        for line in [r#"{"id":"7","name":"Ada"}"#, "id,name", &alert("a\\nb").body, "[]", &left, &down] {
            let text = format!("{}\n\n{line}\n", alert("1").body);
            fs::write(&path, &text).expect("written");
            let error = Undelivered::open(&path).expect_err("no alert");
            assert_eq!(error.to_string(), "line 3 is no alert of a replay");
            assert_eq!(fs::read_to_string(&path).expect("still there"), text);
        }
    }
}
