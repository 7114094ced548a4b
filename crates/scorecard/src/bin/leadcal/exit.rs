//! Exit codes: an interface scripts rely on (docs/cli.md).

use std::process::ExitCode;

/// The command did what was asked, or the check passed.
pub(crate) const DONE: u8 = 0;
/// A check or lint failed.
pub(crate) const CHECK_FAILED: u8 = 1;
/// Bad usage or bad input. clap exits with the same code for what it cannot parse.
pub(crate) const BAD_INPUT: u8 = 2;
/// The calculation could not be completed: no convergence, not enough data.
pub(crate) const NOT_COMPUTED: u8 = 3;

/// Why a command failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// A check the user asked for failed.
    Check,
    /// What the user gave cannot be used, or the output cannot be written.
    BadInput,
    /// The input is fine, but there is no result.
    NotComputed,
}

impl Failure {
    /// The exit code.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Check => CHECK_FAILED,
            Self::BadInput => BAD_INPUT,
            Self::NotComputed => NOT_COMPUTED,
        }
    }
}

impl From<Failure> for ExitCode {
    fn from(failure: Failure) -> Self {
        Self::from(failure.code())
    }
}
