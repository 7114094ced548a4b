//! Where results go: standard output, or files written whole.

use std::io::{self, Write};
use std::path::Path;

use anstream::AutoStream;
use leadcal_scorecard::output::{OutputError, WholeFile, write_whole};

use crate::error::CommandError;
use crate::terminal::plain;

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

/// Writes a text for people to standard output, in colours where it shows them.
pub(crate) fn print_text(text: &str) -> Result<(), CommandError> {
    let mut shown = AutoStream::new(Vec::new(), AutoStream::choice(&io::stdout()));
    shown.write_all(text.as_bytes()).expect("to memory");
    print(&shown.into_inner())
}

/// Writes a text for people: to a file without colours.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<(), CommandError> {
    if is_stdout(path) { print_text(text) } else { write(path, plain(text).as_bytes()) }
}

/// That an output is none of the files read: what leadcal reads it never replaces.
pub(crate) fn keep_inputs<'a>(output: &Path, inputs: impl IntoIterator<Item = &'a Path>) -> Result<(), CommandError> {
    let real = |path: &Path| path.canonicalize().ok();
    let Some(output_file) = real(output).filter(|path| path.is_file()) else { return Ok(()) };
    if inputs.into_iter().any(|input| real(input).as_ref() == Some(&output_file)) {
        let error = CommandError::bad_input(format!("{} is read by this command", output.display()));
        return Err(error.with_help("name another file with --output"));
    }
    Ok(())
}

/// Writes a file whole, or to standard output where it is `-`.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    if is_stdout(path) { print(bytes) } else { Ok(write_whole(path, bytes)?) }
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-") || path == Path::new("/dev/stdout")
}

/// What rows and lines are written to as they come.
pub(crate) enum Target {
    Stdout(io::Stdout),
    File(WholeFile),
}

impl Target {
    /// Starts a file; `-` is standard output.
    pub(crate) fn create(path: &Path) -> Result<Self, CommandError> {
        Ok(if path == Path::new("-") { Self::Stdout(io::stdout()) } else { Self::File(WholeFile::create(path)?) })
    }

    /// Gives the file its name, which was started with this path.
    pub(crate) fn keep(self, path: &Path) -> Result<(), CommandError> {
        match self {
            Self::File(file) => Ok(file.keep()?),
            Self::Stdout(mut stdout) => end_quietly(path, stdout.flush()),
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(stdout) => stdout.write(bytes),
            Self::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(stdout) => stdout.flush(),
            Self::File(file) => file.flush(),
        }
    }
}

/// A closed pipe ends the command without a word: its reader has seen enough.
pub(crate) fn end_quietly(path: &Path, written: io::Result<()>) -> Result<(), CommandError> {
    match written {
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => std::process::exit(i32::from(crate::exit::DONE)),
        Err(cause) => Err(OutputError { path: path.to_owned(), cause }.into()),
        Ok(()) => Ok(()),
    }
}
