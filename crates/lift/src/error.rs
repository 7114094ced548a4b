//! What can be wrong with the data, each with its place and a remedy.

use std::path::PathBuf;

use crate::attribute::FieldType;

/// Why leads could not be read or turned into patterns. The text says what is wrong, [`place`](Self::place) where, and
/// [`help`](Self::help) what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// A path or glob that names no file.
    #[error("no such file: {pattern}")]
    NoSuchFile {
        /// What was asked for.
        pattern: String,
    },
    /// A glob that cannot be parsed.
    #[error("not a file pattern: {pattern}: {source}")]
    Pattern {
        /// What was asked for.
        pattern: String,
        /// The cause.
        source: glob::PatternError,
    },
    /// A file that cannot be opened or read.
    #[error("cannot read the file: {source}")]
    Read {
        /// The file.
        file: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A file whose extension is none of those read.
    #[error("unknown kind of file")]
    UnknownFormat {
        /// The file.
        file: PathBuf,
    },
    /// A file without a single byte or line.
    #[error("the file is empty")]
    Empty {
        /// The file.
        file: PathBuf,
    },
    /// Columns but not one lead.
    #[error("the file has a header but no lead")]
    NoLeads {
        /// The file.
        file: PathBuf,
    },
    /// Two columns of the same name.
    #[error("two columns are named \"{column}\" (columns {first} and {second})")]
    DuplicateColumn {
        /// The file.
        file: PathBuf,
        /// The name.
        column: String,
        /// Position of the first, from 1.
        first: usize,
        /// Position of the second, from 1.
        second: usize,
    },
    /// A column without a name.
    #[error("column {position} has no name")]
    NoName {
        /// The file.
        file: PathBuf,
        /// Its position, from 1.
        position: usize,
    },
    /// A CSV row with too many or too few fields.
    #[error("the row has {found} fields, the header has {expected}")]
    Ragged {
        /// The file.
        file: PathBuf,
        /// The line it starts at, from 1.
        line: u64,
        /// Fields in the header.
        expected: u64,
        /// Fields in the row.
        found: u64,
    },
    /// Bytes that are not UTF-8.
    #[error("the text is not UTF-8")]
    NotUtf8 {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The column, where it is known.
        column: Option<String>,
    },
    /// CSV that cannot be parsed for another reason.
    #[error("cannot read as CSV: {source}")]
    Csv {
        /// The file.
        file: PathBuf,
        /// The cause.
        source: csv::Error,
    },
    /// A Parquet file that cannot be read.
    #[error("cannot read as Parquet: {source}")]
    Parquet {
        /// The file.
        file: PathBuf,
        /// The cause.
        source: polars::error::PolarsError,
    },
    /// A line that is not a JSON object.
    #[error("cannot read as a JSON object: {source}")]
    Json {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The cause.
        source: serde_json::Error,
    },
    /// A list or an object where a plain value belongs.
    #[error("column \"{column}\" holds {found}, expected a number, text, boolean or date")]
    Nested {
        /// The file.
        file: PathBuf,
        /// The line, from 1, where it is known.
        line: Option<u64>,
        /// The column.
        column: String,
        /// What was found.
        found: String,
    },
    /// Files of one glob whose columns differ.
    #[error("the file lacks column \"{column}\", which {other} has")]
    FilesDiffer {
        /// The file.
        file: PathBuf,
        /// The column.
        column: String,
        /// A file that has it.
        other: String,
    },
    /// A column that is not in the data.
    #[error("no column \"{column}\"")]
    UnknownColumn {
        /// The file.
        file: PathBuf,
        /// The name asked for.
        column: String,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// An outcome column that does not hold two values, or holds two that do not say which one means converted.
    #[error("outcome column \"{column}\" {found}")]
    Outcome {
        /// The file.
        file: PathBuf,
        /// The column.
        column: String,
        /// What was found instead.
        found: String,
        /// What to do.
        help: String,
    },
    /// A column of numbers with texts in between.
    #[error("column \"{column}\" is a number in {numbers} rows but not in {others}: the first is {found}")]
    MixedNumbers {
        /// The file of the first text.
        file: PathBuf,
        /// The column.
        column: String,
        /// Row of the first text, from 1, the header not counted.
        row: u64,
        /// Rows that hold a number.
        numbers: u64,
        /// Rows that hold something else.
        others: u64,
        /// The first text, quoted.
        found: String,
    },
    /// A value that is not of the type its attribute was given.
    #[error("column \"{column}\" should be a {expected}, found {found}")]
    WrongType {
        /// The file.
        file: PathBuf,
        /// The column.
        column: String,
        /// Row, from 1, the header not counted.
        row: u64,
        /// The attribute's type.
        expected: FieldType,
        /// The value.
        found: String,
    },
    /// A value that should be a moment and is not.
    #[error("column \"{column}\" should hold times, found {found}")]
    NotATime {
        /// The file.
        file: PathBuf,
        /// The column.
        column: String,
        /// Row, from 1, the header not counted.
        row: u64,
        /// The value.
        found: String,
    },
    /// Two leads of one id, whose events could not be told apart.
    #[error("two leads have the id \"{id}\": row {first_row} of {} and row {row}", first_file.display())]
    DuplicateLead {
        /// The file of the second.
        file: PathBuf,
        /// The column of ids.
        column: String,
        /// The id.
        id: String,
        /// The file of the first.
        first_file: PathBuf,
        /// Row of the first, from 1, the header not counted.
        first_row: u64,
        /// Row of the second.
        row: u64,
    },
    /// A log without an event.
    #[error("no events: the file has columns but no rows")]
    NoEvents {
        /// The first file of the log.
        file: PathBuf,
    },
    /// A log none of whose events is of a lead in the lead file.
    #[error(
        "none of the {events} events is of a lead in the lead file: \"{column}\" holds ids such as \"{found}\", the leads' ids are such as \"{expected}\""
    )]
    StrangeEvents {
        /// The first file of the log.
        file: PathBuf,
        /// The log's column of lead ids.
        column: String,
        /// Events with a lead id.
        events: u64,
        /// The first id in the log.
        found: String,
        /// The first id of the leads.
        expected: String,
    },
    /// Cuts or special values of another type than the column's.
    #[error("column \"{column}\" is a {kind}, and `{option}` holds other values")]
    OptionMisfit {
        /// The file.
        file: PathBuf,
        /// The column.
        column: String,
        /// `cuts`, `trend`, `join` or `special`.
        option: &'static str,
        /// The column's type.
        kind: FieldType,
    },
    /// No column is left to be an attribute.
    #[error("no attribute is left: {left_out}")]
    NoAttributes {
        /// The file.
        file: PathBuf,
        /// Each column with the reason.
        left_out: String,
    },
}

impl DataError {
    /// Where the fault is: file, and line or row and column as far as known.
    pub fn place(&self) -> Option<String> {
        let in_file = |file: &PathBuf| format!("in {}", file.display());
        Some(match self {
            Self::NoSuchFile { .. } | Self::Pattern { .. } => return None,
            Self::Read { file, .. }
            | Self::UnknownFormat { file }
            | Self::Empty { file }
            | Self::NoLeads { file }
            | Self::DuplicateColumn { file, .. }
            | Self::NoName { file, .. }
            | Self::Csv { file, .. }
            | Self::Parquet { file, .. }
            | Self::FilesDiffer { file, .. }
            | Self::UnknownColumn { file, .. }
            | Self::Outcome { file, .. }
            | Self::NoAttributes { file, .. }
            | Self::OptionMisfit { file, .. }
            | Self::NoEvents { file }
            | Self::StrangeEvents { file, .. }
            | Self::Nested { file, line: None, .. } => in_file(file),
            Self::Ragged { file, line, .. }
            | Self::Json { file, line, .. }
            | Self::Nested { file, line: Some(line), .. }
            | Self::NotUtf8 { file, line, column: None } => format!("{}, line {line}", in_file(file)),
            Self::NotUtf8 { file, line, column: Some(column) } => {
                format!("{}, line {line}, column \"{column}\"", in_file(file))
            }
            Self::MixedNumbers { file, row, column, .. }
            | Self::WrongType { file, row, column, .. }
            | Self::NotATime { file, row, column, .. }
            | Self::DuplicateLead { file, row, column, .. } => {
                format!("{}, row {row}, column \"{column}\"", in_file(file))
            }
        })
    }

    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Self::NoSuchFile { .. } => "check the path; globs such as leads-*.csv are expanded by leadcal".to_owned(),
            Self::UnknownFormat { .. } => {
                "name the file .csv, .tsv, .txt (delimited text), .parquet, or .ndjson / .jsonl".to_owned()
            }
            Self::Empty { .. } => "the file should hold a header and rows".to_owned(),
            Self::NoLeads { .. } => "the file should hold leads, one a row".to_owned(),
            Self::NoEvents { .. } => "the file should hold events, one a row; without any, leave [events] out".to_owned(),
            Self::NoName { .. } => "name it in the header, or remove the column".to_owned(),
            Self::DuplicateColumn { .. } => "rename or remove one of them".to_owned(),
            Self::Ragged { .. } => {
                "quote fields that hold the delimiter or a line break, or mend the row; no row is skipped silently"
                    .to_owned()
            }
            Self::NotUtf8 { .. } => "save the file as UTF-8, for instance: iconv -f WINDOWS-1252 -t UTF-8".to_owned(),
            Self::Json { .. } => "every line must be one object: {\"field\": value, ...}".to_owned(),
            Self::Nested { .. } => "flatten the field into plain columns, or leave it out with --exclude".to_owned(),
            Self::FilesDiffer { .. } => "all files of one pattern must have the same columns".to_owned(),
            Self::UnknownColumn { column, columns, .. } => {
                let first = columns[..columns.len().min(LISTED)].join(", ");
                let more = columns.len().saturating_sub(LISTED);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                let listed = format!("the columns are: {first}{more}");
                nearest(column, columns).map_or(listed.clone(), |near| format!("did you mean \"{near}\"? {listed}"))
            }
            Self::OptionMisfit { column, option, .. } => format!(
                "mend `{option}` in [attributes.{0}] of the spec, or give the column's `type` there",
                key(column)
            ),
            Self::Outcome { help, .. } => help.clone(),
            Self::MixedNumbers { column, found, .. } => format!(
                "mend the value; or, if it means \"unknown\", add {found} to `missing` in [data] of the spec; or set \
                 type = \"text\" in [attributes.{}]; or leave the column out with --exclude",
                key(column)
            ),
            Self::WrongType { column, .. } => format!(
                "mend the value, add it to `missing` in [data] of the spec, or change `type` in [attributes.{}]",
                key(column)
            ),
            Self::NotATime { .. } => "write times as 2024-03-01T10:00:00Z, 2024-03-01 10:00:00 or 2024-03-01 (UTC where no zone is given), or \
                 as a Parquet timestamp; a time that is not known should be empty"
                .to_owned(),
            Self::DuplicateLead { .. } => {
                "events are joined to leads by id: keep one row for each lead, or name another id column".to_owned()
            }
            Self::StrangeEvents { .. } => {
                "name the columns that hold the same ids: `id` in [data] and `lead` in [events] of the spec; ids are \
                 compared as text, so 007 is not 7"
                    .to_owned()
            }
            Self::NoAttributes { .. } => {
                "a section [attributes.NAME] in a spec keeps a column that was left out for its values".to_owned()
            }
            Self::Pattern { .. } | Self::Read { .. } | Self::Csv { .. } | Self::Parquet { .. } => return None,
        })
    }
}

/// Columns listed in an error.
const LISTED: usize = 40;

/// The name most like one that is not there.
pub(crate) fn nearest<'a>(column: &str, columns: &'a [String]) -> Option<&'a str> {
    const ALIKE: f64 = 0.8;
    let alike = |name: &str| strsim::jaro_winkler(&column.to_lowercase(), &name.to_lowercase());
    let near = columns.iter().map(|name| (alike(name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    near.filter(|(alike, _)| *alike >= ALIKE).map(|(_, name)| name.as_str())
}

/// A column's name as a TOML key.
fn key(column: &str) -> String {
    if column.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') && !column.is_empty() {
        column.to_owned()
    } else {
        format!("{column:?}")
    }
}
