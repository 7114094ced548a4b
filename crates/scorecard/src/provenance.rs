//! Where a config's numbers come from: the tool, the digests of what was read, how many leads, from when.

use std::fs::File;
use std::io;
use std::path::Path;

use leadcal_lift::error::DataError;
use sha2::{Digest, Sha256};

use crate::config::Provenance;
use crate::history::History;

/// The tool and its version, as configs name it.
pub const TOOL: &str = concat!("leadcal ", env!("CARGO_PKG_VERSION"));

/// The provenance of a history. Several files are digested one after the other, in path order.
///
/// # Errors
/// Where a file cannot be read again.
pub fn of(history: &History, spec: Option<&Path>) -> Result<Provenance, DataError> {
    let counts = history.patterns.counts();
    let leads = history.files.iter().map(std::path::PathBuf::as_path);
    let logs = history.rows.as_ref().map(|rows| rows.event_files.as_slice()).filter(|files| !files.is_empty());
    let events = logs.map(|files| files.iter().map(std::path::PathBuf::as_path));
    Ok(Provenance {
        tool: Some(TOOL.to_owned()),
        leads_sha256: Some(sha256(leads)?),
        events_sha256: events.map(sha256).transpose()?,
        leads: Some(counts.total_leads()),
        conversions: Some(counts.total_conversions()),
        from: history.months.as_ref().map(|months| months.0.clone()),
        to: history.months.as_ref().map(|months| months.1.clone()),
        spec_sha256: spec.map(|spec| sha256([spec])).transpose()?,
    })
}

/// The SHA-256 of some files, one after the other, in hexadecimal.
///
/// # Errors
/// Where a file cannot be read.
pub fn sha256<'a>(files: impl IntoIterator<Item = &'a Path>) -> Result<String, DataError> {
    let mut digest = Sha256::new();
    for path in files {
        let copied = File::open(path).and_then(|mut file| io::copy(&mut file, &mut digest));
        copied.map_err(|source| DataError::Read { file: path.to_owned(), source })?;
    }
    Ok(format!("{:x}", digest.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_files_one_after_the_other() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [a, b] = ["a", "b"].map(|name| folder.path().join(name));
        std::fs::write(&a, "ab").expect("written");
        std::fs::write(&b, "c").expect("written");
        // FIPS 180-2, appendix B.1: the digest of "abc".
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256([a.as_path(), b.as_path()]).expect("read"), abc);
    }
}
