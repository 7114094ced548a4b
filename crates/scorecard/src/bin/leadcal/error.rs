//! What a command says when it fails: what is wrong, where, and what to do.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use leadcal_scorecard::output::OutputError;
use leadcal_scorecard::spec::{RoleConflict, SpecError};

use crate::exit::Failure;

/// A failed command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommandError {
    /// What is wrong, in one sentence: what was expected, what was found.
    pub(crate) message: String,
    /// Where: `in leads.csv, row 17`.
    pub(crate) place: Option<String>,
    /// What to do about it.
    pub(crate) help: Option<String>,
    /// Which exit code it is.
    pub(crate) failure: Failure,
}

impl CommandError {
    /// Bad usage or bad input, so far without place and help.
    pub(crate) fn bad_input(message: impl Into<String>) -> Self {
        Self { message: message.into(), place: None, help: None, failure: Failure::BadInput }
    }

    /// The same with help.
    #[must_use]
    pub(crate) fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Writes it to standard error.
    pub(crate) fn report(&self) {
        // Where standard error is closed there is nobody left to tell.
        _ = io::stderr().write_all(self.render().as_bytes());
    }

    fn render(&self) -> String {
        let mut text = format!("error: {}\n", printable(&self.message));
        if let Some(place) = &self.place {
            _ = writeln!(text, "  {}", printable(place));
        }
        if let Some(help) = &self.help {
            _ = writeln!(text, "  help: {}", printable(help));
        }
        text
    }
}

/// Text from files and arguments with its control characters escaped: none may steer the terminal or break the line.
pub(crate) fn printable(text: &str) -> String {
    let escape = |c: char| if c.is_control() { c.escape_default().collect() } else { String::from(c) };
    text.chars().map(escape).collect()
}

impl From<SpecError> for CommandError {
    fn from(error: SpecError) -> Self {
        Self {
            place: Some(format!("in {}", error.place())),
            help: error.help(),
            ..Self::bad_input(error.problem.to_string())
        }
    }
}

impl From<RoleConflict> for CommandError {
    fn from(conflict: RoleConflict) -> Self {
        Self::bad_input(conflict.to_string()).with_help("name the column for one of them only")
    }
}

impl From<OutputError> for CommandError {
    fn from(error: OutputError) -> Self {
        Self::bad_input(error.to_string()).with_help(error.help())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit;

    #[test]
    fn an_error_says_what_where_and_what_to_do() {
        let error = CommandError {
            place: Some("in leads.csv, row 17".into()),
            ..CommandError::bad_input("column \"a\nb\" is \u{1b}[31mred").with_help("mend it")
        };
        let expected = "error: column \"a\\nb\" is \\u{1b}[31mred\n  in leads.csv, row 17\n  help: mend it\n";
        assert_eq!(error.render(), expected);
        assert_eq!(CommandError::bad_input("no").render(), "error: no\n");
    }

    #[test]
    fn exit_codes_stay_what_they_are() {
        assert_eq!((exit::DONE, exit::CHECK_FAILED), (0, 1));
        assert_eq!((Failure::BadInput.code(), Failure::NotComputed.code()), (2, 3));
    }
}
