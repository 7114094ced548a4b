//! What is wrong with a spec, and where.

use std::fmt;
use std::path::PathBuf;

use super::RoleConflict;

/// What a spec file is called in errors.
pub(crate) const SPEC: &str = "spec";
/// What a policy of `leadcal check`, which is read by the same rules, is called in errors.
pub(crate) const POLICY: &str = "policy";

/// A spec, or policy, that cannot be used: what is wrong and where.
#[derive(Debug)]
pub struct SpecError {
    /// The file.
    pub path: PathBuf,
    /// Where in it, when the problem has a place.
    pub position: Option<Position>,
    /// What is wrong.
    pub problem: Box<SpecProblem>,
}

/// Line and column, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// What is wrong with a spec. Displayed, it is one line without the place.
#[derive(Debug, thiserror::Error)]
pub enum SpecProblem {
    /// The file cannot be read.
    #[error("cannot read the {file}: {cause}")]
    Unreadable {
        /// What the file is: a spec or a policy.
        file: &'static str,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The file is not UTF-8 text.
    #[error("the {0} is not UTF-8 text")]
    NotUtf8(&'static str),
    /// The text is not TOML.
    #[error("the {file} is not valid TOML: {message}")]
    Syntax {
        /// What the file is.
        file: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// A key that does not exist.
    #[error("unknown {} in {section}", Thing { key, is_section: *is_section })]
    UnknownKey {
        /// The key.
        key: String,
        /// Whether it is written as a section, `[key]`.
        is_section: bool,
        /// Where it stands, such as `[data]`.
        section: String,
        /// The known key nearest to it, if one is near.
        nearest: Option<&'static str>,
        /// All the known keys.
        known: Vec<&'static str>,
    },
    /// A key or value of the design that this version does not do.
    #[error("{0} is not supported yet by this version of leadcal")]
    NotSupported(String),
    /// A required key is not there.
    #[error("{section} needs the key \"{key}\": {expected}")]
    MissingKey {
        /// The key.
        key: &'static str,
        /// Where it should stand, such as `[data]`.
        section: String,
        /// What its value is for.
        expected: &'static str,
    },
    /// A value of the wrong type or out of range.
    #[error("\"{key}\" in {section} should be {expected}, found {found}")]
    WrongValue {
        /// The key.
        key: String,
        /// Where it stands, such as `[data]`.
        section: String,
        /// What was expected.
        expected: String,
        /// What was found.
        found: Found,
        /// The expected word nearest to it, if one is near.
        nearest: Option<&'static str>,
    },
    /// Two keys that exclude each other.
    #[error("{section} has both \"{first}\" and \"{second}\"")]
    Exclusive {
        /// The section.
        section: String,
        /// The one.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// A section that means nothing without something that is not there.
    #[error("{section} needs {needed}: {purpose}")]
    Needs {
        /// The section, such as `[behaviours]`.
        section: String,
        /// What is missing, such as `[events]`.
        needed: &'static str,
        /// What it is for.
        purpose: &'static str,
    },
    /// An attribute, a behaviour and a signal of one name.
    #[error("[{first}.{name}] and [{second}.{name}] have the same name")]
    SharedName {
        /// The name.
        name: String,
        /// Whose name it is: `attributes` or `behaviours`.
        first: &'static str,
        /// Whose name it is too: `behaviours` or `signals`.
        second: &'static str,
    },
    /// A section whose name is empty.
    #[error("a section of [{0}] has an empty name")]
    EmptyName(String),
    /// A column used for two things.
    #[error(transparent)]
    Conflict(#[from] RoleConflict),
}

/// A value as an error message shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found(pub String);

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

struct Thing<'a> {
    key: &'a str,
    is_section: bool,
}

impl fmt::Display for Thing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_section { write!(f, "section [{}]", self.key) } else { write!(f, "key \"{}\"", self.key) }
    }
}

impl SpecError {
    /// Where the problem is: `leadcal.toml:3:1`, or the file alone.
    pub fn place(&self) -> String {
        let path = self.path.display();
        self.position.map_or_else(|| path.to_string(), |at| format!("{path}:{}:{}", at.line, at.column))
    }

    /// What to do about it, where more can be said than the problem does.
    pub fn help(&self) -> Option<String> {
        match self.problem.as_ref() {
            SpecProblem::UnknownKey { nearest: Some(nearest), .. } | SpecProblem::WrongValue { nearest: Some(nearest), .. } => {
                Some(format!("did you mean \"{nearest}\"?"))
            }
            SpecProblem::UnknownKey { known, section, .. } => {
                Some(format!("{section} knows {}", known.join(", ")))
            }
            SpecProblem::NotSupported(_) => Some("remove it".to_owned()),
            SpecProblem::Exclusive { .. } => Some("keep one of them".to_owned()),
            SpecProblem::Conflict(RoleConflict { second, .. }) => Some(if second == "exclude" {
                "remove it from exclude: such a column is no attribute anyway".to_owned()
            } else if second.starts_with("attributes.") {
                format!("remove [{second}], or let the column be an attribute")
            } else if second.starts_with("signals.") {
                "let the signal read another column: this one tells who converted".to_owned()
            } else {
                "name another column for one of them".to_owned()
            }),
            SpecProblem::Unreadable { file, cause } if cause.kind() == std::io::ErrorKind::NotFound => Some(
                match *file {
                    POLICY => "write one with `leadcal check --print-policy > check.toml`, or do without: every check has its default",
                    _ => {
                        "write one with `leadcal init LEADS --outcome COL`, or do without: `leadcal calibrate LEADS --outcome COL`"
                    }
                }
                .to_owned(),
            ),
            SpecProblem::SharedName { second: "behaviours", .. } => Some("rename the behaviour".to_owned()),
            SpecProblem::SharedName { .. } => Some("rename the signal".to_owned()),
            SpecProblem::EmptyName(section) => Some(format!("write [{section}.\"a name\"]")),
            SpecProblem::NotUtf8(_) => Some("save it as UTF-8".to_owned()),
            SpecProblem::Unreadable { .. }
            | SpecProblem::Syntax { .. }
            | SpecProblem::MissingKey { .. }
            | SpecProblem::Needs { .. }
            | SpecProblem::WrongValue { .. } => None,
        }
    }
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  in {}", self.problem, self.place())?;
        self.help().map_or(Ok(()), |help| write!(f, "\n  help: {help}"))
    }
}

impl std::error::Error for SpecError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.problem.as_ref())
    }
}

impl Position {
    /// The position of a byte. Bytes that are no UTF-8 count as a character each.
    pub(crate) fn in_bytes(text: &[u8], offset: usize) -> Self {
        let before = String::from_utf8_lossy(&text[..offset.min(text.len())]);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self { line: 1 + before.matches('\n').count(), column: 1 + before[line_start..].chars().count() }
    }
}
