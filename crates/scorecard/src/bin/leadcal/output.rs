//! Where results go: standard output, or files written whole.

use std::io::{self, Write};
use std::path::Path;

use leadcal_scorecard::output::{OutputError, write_whole};

use crate::error::CommandError;

/// Writes to standard output. That a reader stops early, as `head` does, is no error.
pub(crate) fn print(bytes: &[u8]) -> Result<(), CommandError> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => {
            Err(OutputError { path: "standard output".into(), cause }.into())
        }
        _ => Ok(()),
    }
}

/// Writes a file whole, or to standard output where it is `-`.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    if path == Path::new("-") || path == Path::new("/dev/stdout") {
        print(bytes)
    } else {
        Ok(write_whole(path, bytes)?)
    }
}
