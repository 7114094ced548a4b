//! Tables for people: as wide as the terminal allows, numbers to the right, small bars, colours by sign.
//!
//! Where a table is too wide, bars give way first, then headings of numbers are wrapped, then texts, then columns that can be
//! done without go, the last first.

mod bar;
mod layout;

use crate::error::printable;
use crate::terminal::{Look, columns_of, text_width, width};

/// A column of a table with its heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column<'a> {
    /// Text, to the left; wrapped where the table would be too wide.
    Text(&'a str),
    /// Numbers, to the right.
    Number(&'a str),
    /// Numbers that a narrow table does without.
    Spare(&'a str),
    /// Bars, all to one scale, and texts in between.
    Bar(&'a str),
}

impl<'a> Column<'a> {
    fn heading(self) -> &'a str {
        match self {
            Self::Text(heading) | Self::Number(heading) | Self::Spare(heading) | Self::Bar(heading) => heading,
        }
    }

    fn is_number(self) -> bool {
        matches!(self, Self::Number(_) | Self::Spare(_))
    }
}

/// A cell: a text with its look, or a bar.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    text: String,
    look: Option<Look>,
    /// From where to where it goes, in the column's unit.
    bar: Option<[f64; 2]>,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text: printable(&text), look: None, bar: None }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl Cell {
    /// A text in a look.
    pub(crate) fn of(look: Look, text: impl Into<String>) -> Self {
        Self { look: Some(look), ..Self::from(text.into()) }
    }

    /// A text that begins with a signed number, coloured by its sign.
    pub(crate) fn signed(text: impl Into<String>) -> Self {
        let cell = Self::from(text.into());
        let number = cell.text.trim_start_matches(['+', '-']);
        let look = match cell.text.chars().next() {
            _ if !number.starts_with(|c: char| c.is_ascii_digit() && c != '0') && !number.starts_with("0.") => None,
            Some('+') => Some(Look::Positive),
            Some('-') => Some(Look::Negative),
            _ => None,
        };
        Self { look, ..cell }
    }

    /// A bar from one number to another, to the scale of all bars of its column; zero is always on it.
    pub(crate) fn bar(from: f64, to: f64) -> Self {
        Self { text: String::new(), look: None, bar: Some([from, to]) }
    }

    /// The same where it says little.
    #[must_use]
    pub(crate) fn dim(self) -> Self {
        Self { look: Some(Look::Dim), ..self }
    }
}

/// Renders rows of cells under their headings, ending with a line break.
pub(crate) fn table<C: Into<Cell>>(columns: &[Column<'_>], rows: impl IntoIterator<Item = Vec<C>>) -> String {
    let rows: Vec<Vec<Cell>> = rows.into_iter().map(|row| row.into_iter().map(Into::into).collect()).collect();
    layout::render(columns, &rows, width())
}

/// A text with its lines broken between words where they are wider than running text should be; lines of tables, which have
/// several blanks between their columns, where they are wider than the terminal.
pub(crate) fn wrapped(text: &str) -> String {
    wrapped_to(text, text_width(), width())
}

fn wrapped_to(text: &str, text_width: usize, width: usize) -> String {
    let mut lines = String::new();
    for line in text.lines() {
        let most = if line.contains("  ") { width } else { text_width };
        for line in broken(line, most) {
            lines += &line;
            lines.push('\n');
        }
    }
    lines
}

/// A text behind a mark such as `1. `, its further lines standing below its first word.
pub(crate) fn hanging(mark: &str, text: &str) -> String {
    let indent = columns_of(mark);
    let mut lines = String::new();
    for (index, line) in broken(text, text_width() - indent).iter().enumerate() {
        lines += &if index == 0 { mark.to_owned() } else { " ".repeat(indent) };
        lines += line;
        lines.push('\n');
    }
    lines
}

/// A line in as many as it takes: each as wide as `width` at most, broken between words.
fn broken(line: &str, width: usize) -> Vec<String> {
    if columns_of(line) <= width {
        return vec![line.to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.last_mut().expect("there is one");
        if last.is_empty() {
            last.push_str(word);
        } else if columns_of(last) + 1 + columns_of(word) > width {
            lines.push(word.to_owned());
        } else {
            last.push(' ');
            *last += word;
        }
    }
    lines
}

#[cfg(test)]
mod tests;
