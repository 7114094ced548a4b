//! What a command says when it fails: what is wrong, where, and what to do.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use leadcal_lift::error::DataError;
use leadcal_lift::points::PointsTableError;
use leadcal_logit::error::LogitError;
use leadcal_scorecard::assemble::AssembleError;
use leadcal_scorecard::backtest::scoring::ScoringError;
use leadcal_scorecard::batch::BatchError;
use leadcal_scorecard::calibration::CalibrationError;
use leadcal_scorecard::config::ConfigError;
use leadcal_scorecard::cut_offs::CutOffError;
use leadcal_scorecard::export::ExportError;
use leadcal_scorecard::history::HistoryError;
use leadcal_scorecard::output::OutputError;
use leadcal_scorecard::readiness::TooFew;
use leadcal_scorecard::report::PngError;
use leadcal_scorecard::spec::{RoleConflict, SpecError};

use crate::exit::Failure;
use crate::terminal::Look;

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

    /// A calculation that could not be completed.
    pub(crate) fn not_computed(message: impl Into<String>) -> Self {
        Self { failure: Failure::NotComputed, ..Self::bad_input(message) }
    }

    /// A check that failed.
    pub(crate) fn check_failed(message: impl Into<String>) -> Self {
        Self { failure: Failure::Check, ..Self::bad_input(message) }
    }

    /// The same in a file, where no place was known.
    #[must_use]
    pub(crate) fn in_file(self, file: &Path) -> Self {
        let place = match self.place {
            Some(place) => format!("in {}, {place}", file.display()),
            None => format!("in {}", file.display()),
        };
        Self { place: Some(place), ..self }
    }

    /// Writes it to standard error.
    pub(crate) fn report(&self) {
        say(&self.render());
    }

    fn render(&self) -> String {
        let mut text = format!("{} {}\n", Look::Bad.on("error:"), shortened(&printable(&self.message)));
        if let Some(place) = &self.place {
            _ = writeln!(text, "  {}", printable(place));
        }
        if let Some(help) = &self.help {
            _ = writeln!(text, "  {} {}", Look::Heading.on("help:"), printable(help));
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

impl From<DataError> for CommandError {
    fn from(error: DataError) -> Self {
        Self { place: error.place(), help: error.help(), ..Self::bad_input(error.to_string()) }
    }
}

impl From<HistoryError> for CommandError {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Data(error) => error.into(),
            HistoryError::Folds(error) => error.into(),
            HistoryError::FoldColumn { .. } => {
                Self::bad_input(error.to_string()).with_help("a fold column holds a fold number in every row")
            }
            HistoryError::SameName { .. } => Self::bad_input(error.to_string())
                .with_help("call the behaviour or signal something else, or exclude the column"),
            HistoryError::UnknownGroup { .. } => Self::bad_input(error.to_string()).with_help(
                "name one of them in [groups], or put an attribute, behaviour or signal into it with `group`",
            ),
            HistoryError::NoRows { .. } => Self::not_computed(error.to_string()).with_help(
                "check created_at and converted_at in [data]; else give the leads longer history, or a shorter \
                 horizon_days or after_days in [snapshot]",
            ),
        }
    }
}

impl From<LogitError> for CommandError {
    fn from(error: LogitError) -> Self {
        Self::not_computed(error.to_string())
    }
}

impl From<PngError> for CommandError {
    fn from(error: PngError) -> Self {
        Self::not_computed(error.to_string()).with_help("write it as SVG: --plots-format svg")
    }
}

impl From<TooFew> for CommandError {
    fn from(too_few: TooFew) -> Self {
        Self::not_computed(too_few.to_string()).with_help(too_few.help())
    }
}

impl From<CalibrationError> for CommandError {
    fn from(error: CalibrationError) -> Self {
        let fold = matches!(error, CalibrationError::Fold { .. });
        let error = Self::not_computed(error.to_string());
        if fold {
            error.with_help("all leads together are fine: try other folds with --seed or --folds")
        } else {
            error
        }
    }
}

impl From<ExportError> for CommandError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Config(error) => error.into(),
            error @ ExportError::NoModel { .. } => {
                Self::bad_input(error.to_string()).with_help("name one of the config's products with --product")
            }
            error @ ExportError::Workbook { .. } => Self::bad_input(error.to_string())
                .with_help("shorten the texts, or export one product alone with --product"),
            error @ ExportError::Name { .. } => {
                Self::bad_input(error.to_string()).with_help("say what it is called there with --rename or --object")
            }
            error @ ExportError::Unwritable { .. } => {
                Self::bad_input(error.to_string()).with_help("rename it in the config and in the data")
            }
        }
    }
}

impl From<ConfigError> for CommandError {
    fn from(error: ConfigError) -> Self {
        let line = error.line.map(|line| format!("line {line}"));
        let column = error.column.map(|column| format!("column {column}"));
        let pointer = Some(error.pointer).filter(|pointer| !pointer.is_empty());
        let place: Vec<String> = [line, column, pointer].into_iter().flatten().collect();
        Self {
            place: Some(place.join(", ")).filter(|place| !place.is_empty()),
            help: error.help,
            ..Self::bad_input(error.message)
        }
    }
}

impl From<AssembleError> for CommandError {
    fn from(error: AssembleError) -> Self {
        match error {
            AssembleError::Differ(_) => {
                Self::bad_input(error.to_string()).with_help("calibrate both from the same leads with the same spec")
            }
            AssembleError::LowestBand { least, .. } => Self::bad_input(error.to_string())
                .with_help(format!("add a band to cut_offs that starts at {least}, such as cold = {least}")),
            AssembleError::CutOffs(CutOffError::NoWeeks(_)) => Self::bad_input(error.to_string()).with_help(
                "name the column with the day each lead came, created_at in [data] of the spec, and calibrate again",
            ),
            AssembleError::Curve(error) => error.into(),
            AssembleError::Config(error) => error.into(),
        }
    }
}

impl From<PointsTableError> for CommandError {
    fn from(error: PointsTableError) -> Self {
        Self::bad_input(error.to_string())
    }
}

impl From<ScoringError> for CommandError {
    fn from(error: ScoringError) -> Self {
        match error {
            ScoringError::Data(error) => error.into(),
            ScoringError::Batch(error) => error.into(),
        }
    }
}

impl From<BatchError> for CommandError {
    fn from(error: BatchError) -> Self {
        Self::bad_input(error.to_string())
    }
}

/// A text cut where it passes what a person reads: a value from the data can be a whole file that lost a quote.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 600;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Says something a person should know on standard error.
pub(crate) fn warn(text: &str) {
    say(&format!("{} {}\n", Look::Careful.on("note:"), printable(text)));
}

/// Writes a text for people to standard error, in colours where it shows them.
pub(crate) fn say(text: &str) {
    // Where standard error is closed there is nobody left to tell.
    _ = anstream::stderr().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit;
    use crate::terminal::plain;

    #[test]
    fn an_error_says_what_where_and_what_to_do() {
        let error = CommandError {
            place: Some("in leads.csv, row 17".into()),
            ..CommandError::bad_input("column \"a\nb\" is \u{1b}[31mred").with_help("mend it")
        };
        let expected = "error: column \"a\\nb\" is \\u{1b}[31mred\n  in leads.csv, row 17\n  help: mend it\n";
        assert_eq!(plain(&error.render()), expected);
        assert_eq!(plain(&CommandError::bad_input("no").render()), "error: no\n");
        assert_eq!(
            plain(&CommandError::bad_input("é".repeat(10_000)).render()).chars().count(),
            600 + "error: …\n".chars().count()
        );
    }

    #[test]
    fn exit_codes_stay_what_they_are() {
        assert_eq!((exit::DONE, exit::CHECK_FAILED), (0, 1));
        assert_eq!((Failure::BadInput.code(), Failure::NotComputed.code()), (2, 3));
    }
}
