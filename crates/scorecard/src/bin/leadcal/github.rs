//! Annotations on a pull request's lines, as GitHub Actions reads them from what a step prints (workflow commands).
//!
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>: `::error file=…,line=…,title=…::text`.
//! The runner reads both streams; they go to standard error, so that results on standard output stay what they are.

use std::io::{self, Write as _};
use std::path::Path;

/// How an annotation is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Error,
    Warning,
    Notice,
}

/// A note on a line of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Annotation<'a> {
    pub(crate) level: Level,
    /// As it was named on the command line, which in a checkout is its path in the repository.
    pub(crate) file: &'a Path,
    /// From 1.
    pub(crate) line: usize,
    pub(crate) title: &'a str,
    pub(crate) message: &'a str,
}

/// Whether the command runs as a step of a GitHub workflow.
pub(crate) fn in_workflow() -> bool {
    std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Writes annotations, where the command runs as a step of a GitHub workflow.
pub(crate) fn annotate(annotations: &[Annotation<'_>]) {
    if !in_workflow() {
        return;
    }
    let text: String = annotations.iter().map(command).collect();
    // Where standard error is closed there is nobody left to tell.
    _ = io::stderr().write_all(text.as_bytes());
}

fn command(annotation: &Annotation<'_>) -> String {
    let Annotation { level, file, line, title, message } = annotation;
    let level = match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Notice => "notice",
    };
    let (file, title) = (property(&file.display().to_string()), property(title));
    format!("::{level} file={file},line={line},title={title}::{}\n", data(message))
}

/// What ends a command or begins another cannot stand in its text.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_a_command_or_begins_another() {
        let annotation = Annotation {
            level: Level::Warning,
            file: Path::new("a,b:c.json"),
            line: 7,
            title: "100 %: x,y",
            message: "first\r\n::error::second, 5 %",
        };
        let expected =
            "::warning file=a%2Cb%3Ac.json,line=7,title=100 %25%3A x%2Cy::first%0D%0A::error::second, 5 %25\n";
        assert_eq!(command(&annotation), expected);
    }
}
