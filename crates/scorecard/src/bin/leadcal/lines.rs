//! NDJSON written line by line: to standard output, or to a file that takes its name when all lines are in it.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::CommandError;
use crate::output::{Target, end_quietly};

/// A file of lines in the making.
pub(crate) struct LinesFile {
    path: PathBuf,
    target: BufWriter<Target>,
}

impl LinesFile {
    /// Starts the file; `-` is standard output.
    pub(crate) fn create(path: &Path) -> Result<Self, CommandError> {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("ndjson").to_ascii_lowercase();
        if !["ndjson", "jsonl"].contains(&extension.as_str()) {
            let error = CommandError::bad_input("unknown kind of output file");
            return Err(error.with_help("name it .ndjson or .jsonl").in_file(path));
        }
        Ok(Self { path: path.to_owned(), target: BufWriter::new(Target::create(path)?) })
    }

    /// Appends a line.
    pub(crate) fn write(&mut self, line: &impl Serialize) -> Result<(), CommandError> {
        let written = serde_json::to_writer(&mut self.target, line).map_err(io::Error::from);
        end_quietly(&self.path, written.and_then(|()| self.target.write_all(b"\n")))
    }

    /// Gives the file its name.
    pub(crate) fn keep(self) -> Result<(), CommandError> {
        match self.target.into_inner().map_err(io::IntoInnerError::into_error) {
            Ok(target) => target.keep(&self.path),
            Err(cause) => end_quietly(&self.path, Err(cause)),
        }
    }
}
