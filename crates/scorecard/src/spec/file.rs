//! Strict TOML files: their text to what they say, or what is wrong with it and where.

use std::path::Path;

use toml::de::DeTable;

use super::error::{Position, SpecError, SpecProblem};
use super::section::{Mistake, Section};

/// Reads a file, which errors call `what`, such as "spec".
pub(crate) fn read<T>(
    path: &Path,
    what: &'static str,
    of: impl Fn(&Section<'_>) -> Result<T, Mistake>,
) -> Result<T, SpecError> {
    let error = |problem| SpecError { path: path.to_owned(), position: None, problem: Box::new(problem) };
    let bytes = std::fs::read(path).map_err(|cause| error(SpecProblem::Unreadable { file: what, cause }))?;
    match str::from_utf8(&bytes) {
        Ok(text) => parse(text, path, what, of),
        Err(cause) => {
            let position = Position::in_bytes(&bytes, cause.valid_up_to());
            Err(SpecError { position: Some(position), ..error(SpecProblem::NotUtf8(what)) })
        }
    }
}

/// Parses the text of the file at `path`.
pub(crate) fn parse<T>(
    text: &str,
    path: &Path,
    what: &'static str,
    of: impl Fn(&Section<'_>) -> Result<T, Mistake>,
) -> Result<T, SpecError> {
    let table = DeTable::parse(text).map_err(|error| Mistake {
        offset: error.span().map(|span| span.start),
        problem: Box::new(SpecProblem::Syntax { file: what, message: error.message().trim_end().replace('\n', ", ") }),
    });
    let found = table.and_then(|table| of(&Section::whole(table.get_ref(), &format!("the {what}"))));
    found.map_err(|mistake| SpecError {
        path: path.to_owned(),
        position: mistake.offset.map(|offset| Position::in_bytes(text.as_bytes(), offset)),
        problem: mistake.problem,
    })
}
