//! What is wrong with a scoring config, and where.

use std::fmt;

/// What is wrong with a scoring config, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// JSON pointer (RFC 6901) of the value; empty for the whole document.
    pub pointer: String,
    /// Line in the text, from 1; `None` for a config made in code.
    pub line: Option<usize>,
    /// Column in the line, in characters from 1.
    pub column: Option<usize>,
    /// What was expected and what was found.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl ConfigError {
    pub(crate) fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), line: None, column: None, message: message.into(), help: None }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

impl std::error::Error for ConfigError {}

/// `line 12, column 7, /models/0/bands/1/from: …`; the help is left to the caller.
impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if let Some(line) = self.line {
            write!(f, "line {line}")?;
            separator = ", ";
        }
        if let Some(column) = self.column {
            write!(f, "{separator}column {column}")?;
        }
        if !self.pointer.is_empty() {
            write!(f, "{separator}{}", self.pointer)?;
            separator = ", ";
        }
        if separator.is_empty() { f.write_str(&self.message) } else { write!(f, ": {}", self.message) }
    }
}
