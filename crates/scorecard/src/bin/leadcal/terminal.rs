//! What the terminal can show: how wide it is, and in which colours.
//!
//! Texts for people are made with colours in them. What prints them takes the colours out again where the stream is no
//! terminal, or a dumb one, or the user wants none: `--color`, `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE`, judged for standard
//! output and standard error apart. No colour stands alone: signs, words and headings say the same.

use std::env;

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use terminal_size::{Width, terminal_size_of};

/// Columns where nobody says how many there are, as in a pipe.
const USUAL: usize = 100;
/// Fewer columns than this are taken for as many.
const LEAST: usize = 40;
/// Running text is no wider than this, however wide the terminal: longer lines are hard to follow.
const TEXT: usize = 110;

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless the environment says otherwise.
    #[default]
    Auto,
    /// Also in a pipe or a file.
    Always,
    /// Nowhere.
    Never,
}

impl Colour {
    /// Makes it what standard output and standard error do from here on.
    pub(crate) fn choose(self) {
        let choice = match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        };
        choice.write_global();
    }
}

/// What a text means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// The heading of a table or a part.
    Heading,
    /// Above the average, and a verdict without a but.
    Positive,
    /// Below the average.
    Negative,
    /// To be taken with care.
    Careful,
    /// Wrong, or not to be used.
    Bad,
    /// Says little.
    Dim,
}

impl Look {
    fn style(self) -> Style {
        match self {
            Self::Heading => Style::new().bold(),
            // Told apart also by those who do not tell green from red.
            Self::Positive => AnsiColor::Cyan.on_default(),
            Self::Negative => AnsiColor::Red.on_default(),
            Self::Careful => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Dim => Style::new().dimmed(),
        }
    }

    /// A text in this look. The text is printable already: whatever steers a terminal has been escaped.
    pub(crate) fn on(self, text: &str) -> String {
        let style = self.style();
        if text.is_empty() { String::new() } else { format!("{style}{text}{style:#}") }
    }
}

/// Columns that a table may take.
pub(crate) fn width() -> usize {
    let columns = env::var("COLUMNS").ok();
    let terminal = || terminal_size_of(std::io::stdout()).map(|(Width(columns), _)| usize::from(columns));
    width_of(columns.as_deref(), terminal)
}

/// Columns that running text may take.
pub(crate) fn text_width() -> usize {
    width().min(TEXT)
}

/// The variable's number, else the terminal's.
fn width_of(columns: Option<&str>, terminal: impl FnOnce() -> Option<usize>) -> usize {
    let given = columns.and_then(|columns| columns.trim().parse().ok()).filter(|columns| *columns > 0);
    given.or_else(|| terminal().filter(|columns| *columns > 0)).unwrap_or(USUAL).max(LEAST)
}

/// Columns that a text takes; colours take none.
pub(crate) fn columns_of(text: &str) -> usize {
    if text.contains('\u{1b}') {
        unicode_width::UnicodeWidthStr::width(plain(text).as_str())
    } else {
        unicode_width::UnicodeWidthStr::width(text)
    }
}

/// A text without its colours.
pub(crate) fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_goes_over_the_terminal() {
        assert_eq!(width_of(Some("72"), || Some(200)), 72);
        assert_eq!(width_of(None, || Some(200)), 200);
        assert_eq!(width_of(None, || None), 100);
        // What is no number of columns says nothing.
        assert_eq!([Some(""), Some("0"), Some("wide")].map(|text| width_of(text, || Some(80))), [80; 3]);
        assert_eq!((width_of(Some("5"), || None), width_of(None, || Some(0))), (40, 100));
    }

    #[test]
    fn colours_take_no_room() {
        let red = Look::Bad.on("schlecht");
        assert!(red.len() > 8);
        assert_eq!((columns_of(&red), columns_of("日本"), plain(&red).as_str()), (8, 4, "schlecht"));
        assert_eq!(Look::Dim.on(""), "");
    }
}
