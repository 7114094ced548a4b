//! How wide each column of a table is, and its lines.

use super::bar::Scale;
use super::{Cell, Column, broken};
use crate::error::printable;
use crate::terminal::{Look, columns_of};

/// Blanks between two columns.
const GAP: usize = 2;
/// Columns that bars take where there is room…
const BAR: usize = 16;
/// …and the fewest in which they say anything.
const LEAST_BAR: usize = 8;
/// Texts are wrapped to no fewer columns, before columns that can be done without go…
const READABLE: usize = 12;
/// …and to no fewer at all.
const LEAST_TEXT: usize = 6;

/// The table in lines of at most `width` columns, as far as its numbers allow.
pub(super) fn render(columns: &[Column<'_>], rows: &[Vec<Cell>], width: usize) -> String {
    let headings: Vec<String> = columns.iter().map(|column| printable(column.heading())).collect();
    let layout = Layout::new(columns, &headings, rows, width);
    let headings: Vec<Cell> = headings.into_iter().map(|heading| Cell::of(Look::Heading, heading)).collect();
    let mut text = layout.row(columns, &headings);
    text += &"─".repeat(layout.total());
    text.push('\n');
    for row in rows {
        text += &layout.row(columns, row);
    }
    text
}

/// What is drawn of each column, and how wide.
struct Layout {
    /// `None` where the column is left out.
    widths: Vec<Option<usize>>,
    /// The scale of the column's bars, where they are drawn.
    scales: Vec<Option<Scale>>,
}

impl Layout {
    fn new(columns: &[Column<'_>], headings: &[String], rows: &[Vec<Cell>], width: usize) -> Self {
        let cells = |at: usize| rows.iter().filter_map(move |row| row.get(at));
        let widest = |at: usize| cells(at).map(|cell| columns_of(&cell.text)).max().unwrap_or(0);
        let word = |at: usize| headings[at].split(' ').map(columns_of).max().unwrap_or(0);
        let scale = |at: usize| match columns[at] {
            // A single bar has nothing to be compared with.
            Column::Bar(_) if cells(at).filter(|cell| cell.bar.is_some()).count() > 1 => {
                Scale::over(cells(at).filter_map(|cell| cell.bar))
            }
            _ => None,
        };
        let all = 0..columns.len();
        let scales: Vec<Option<Scale>> = all.clone().map(scale).collect();
        let natural = |at: usize| {
            let width = widest(at).max(columns_of(&headings[at]));
            if scales[at].is_some() { width.max(BAR) } else { width }
        };
        let mut layout = Self { widths: all.clone().map(|at| Some(natural(at))).collect(), scales };
        for at in all.clone().filter(|&at| matches!(columns[at], Column::Bar(_))) {
            let texts = widest(at).max(columns_of(&headings[at]));
            layout.narrow(width, &[(at, texts.max(LEAST_BAR))]);
            // Beside texts as wide as a bar, bars cost nothing.
            let too_wide = layout.total() > width && texts < LEAST_BAR;
            if too_wide || layout.scales[at].is_none() {
                // What is said in texts stays.
                layout.scales[at] = None;
                layout.widths[at] = Some(texts).filter(|_| widest(at) > 0);
            }
        }
        let of_numbers = || all.clone().filter(|&at| columns[at].is_number()).map(|at| (at, widest(at).max(word(at))));
        layout.narrow(width, &of_numbers().collect::<Vec<_>>());
        let texts: Vec<usize> = all.clone().filter(|&at| matches!(columns[at], Column::Text(_))).collect();
        let to = |least: usize| texts.iter().map(|&at| (at, least)).collect::<Vec<_>>();
        layout.narrow(width, &to(READABLE));
        for at in all.rev().filter(|&at| matches!(columns[at], Column::Spare(_))) {
            if layout.total() > width {
                layout.widths[at] = None;
            }
        }
        layout.narrow(width, &to(LEAST_TEXT));
        layout
    }

    /// Columns of the whole table.
    fn total(&self) -> usize {
        let drawn = self.widths.iter().flatten();
        drawn.clone().sum::<usize>() + GAP * drawn.count().saturating_sub(1)
    }

    /// Makes the widest of these columns narrower, none narrower than its least, until the table fits.
    fn narrow(&mut self, width: usize, least: &[(usize, usize)]) {
        while self.total() > width {
            let can = least.iter().filter(|(at, least)| self.widths[*at].is_some_and(|width| width > *least));
            let Some(&(at, _)) = can.max_by_key(|(at, _)| self.widths[*at]) else { return };
            self.widths[at] = self.widths[at].map(|width| width - 1);
        }
    }

    /// A row in as many lines as its longest cell takes.
    fn row(&self, columns: &[Column<'_>], row: &[Cell]) -> String {
        let drawn = columns.iter().zip(row).enumerate().filter_map(|(at, (column, cell))| {
            let width = self.widths[at]?;
            let lines = match (cell.bar, self.scales[at]) {
                (Some(bar), Some(scale)) => vec![scale.draw(bar, width)],
                (Some(_), None) => vec![String::new()],
                (None, _) => fitted(&cell.text, width),
            };
            let look = |line: &String| cell.look.map_or_else(|| line.clone(), |look| look.on(line));
            Some((width, column.is_number(), lines.iter().map(look).collect::<Vec<_>>()))
        });
        let drawn: Vec<_> = drawn.collect();
        let height = drawn.iter().map(|(.., lines)| lines.len()).max().unwrap_or(0);
        let mut text = String::new();
        for index in 0..height {
            let cells = drawn.iter().map(|(width, right, lines)| {
                let line = lines.get(index).map_or("", String::as_str);
                let blanks = " ".repeat(width.saturating_sub(columns_of(line)));
                if *right { format!("{blanks}{line}") } else { format!("{line}{blanks}") }
            });
            text += cells.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end();
            text.push('\n');
        }
        text
    }
}

/// A text in lines of a width: between words where there are any, else anywhere.
fn fitted(text: &str, width: usize) -> Vec<String> {
    broken(text, width).into_iter().flat_map(|line| cut(line, width)).collect()
}

/// A word in pieces of a width: after `_`, `-`, `.` or `/` where one stands in the second half of a piece. A character wider
/// than that stands alone.
fn cut(word: String, width: usize) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = word;
    while columns_of(&rest) > width {
        let mut taken = 0;
        let fitting = rest.char_indices().take_while(|(_, c)| {
            taken += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
            taken <= width
        });
        let ends: Vec<usize> = fitting.map(|(at, c)| at + c.len_utf8()).collect();
        let joint = |end: &&usize| rest[..**end].ends_with(['_', '-', '.', '/']);
        let best = ends[ends.len() / 2..].iter().rev().find(joint).or(ends.last());
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let after = rest.split_off(best.copied().unwrap_or(first));
        pieces.push(std::mem::replace(&mut rest, after));
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(rest);
    }
    pieces
}
