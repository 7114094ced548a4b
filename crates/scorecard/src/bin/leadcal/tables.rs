//! Tables for people: plain text without colour, at most 100 columns wide, numbers to the right.

use comfy_table::{CellAlignment, ContentArrangement, TableComponent, presets};

use crate::error::printable;

/// Widest line of a table, in columns of the terminal.
const WIDTH: u16 = 100;

/// A column of a table with its heading.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Column<'a> {
    /// Text, to the left; wrapped where the table would be too wide.
    Text(&'a str),
    /// Numbers, to the right.
    Number(&'a str),
}

/// Renders rows of cells under their headings, ending with a line break.
pub(crate) fn table(columns: &[Column<'_>], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = comfy_table::Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table.set_style(TableComponent::HeaderLines, '─');
    table.set_header(columns.iter().map(|column| match column {
        Column::Text(heading) | Column::Number(heading) => printable(heading),
    }));
    for row in rows {
        table.add_row(row.iter().map(|cell| printable(cell)));
    }
    for (at, column) in columns.iter().enumerate() {
        if let Some(rendered) = table.column_mut(at) {
            rendered.set_padding((0, if at + 1 == columns.len() { 0 } else { 2 }));
            if let Column::Number(_) = column {
                rendered.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    table.trim_fmt() + "\n"
}

/// A text with its lines broken between words where they are wider than a table may be.
pub(crate) fn wrapped(text: &str) -> String {
    let mut broken = String::new();
    for line in text.lines() {
        if line.chars().count() <= usize::from(WIDTH) {
            broken += line;
            broken.push('\n');
            continue;
        }
        let mut width = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if width > 0 && width + 1 + length > usize::from(WIDTH) {
                broken.push('\n');
                width = 0;
            } else if width > 0 {
                broken.push(' ');
                width += 1;
            }
            broken += word;
            width += length;
        }
        broken.push('\n');
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right() {
        let rows = [["age", "1 204", "-3"], ["source of the lead", "87", "12"]];
        let text = table(
            &[Column::Text("attribute"), Column::Number("leads"), Column::Number("points")],
            rows.map(|row| row.map(str::to_owned).to_vec()),
        );
        let expected = "\
attribute           leads  points
─────────────────────────────────
age                 1 204      -3
source of the lead     87      12
";
        assert_eq!(text, expected);
    }

    #[test]
    fn no_line_is_wider_than_100_columns() {
        let row = vec!["lang und breit ".repeat(20), "a\u{1b}[31mb\nc".to_owned(), "日本語".repeat(10)];
        let text = table(&[Column::Text("a"), Column::Text("b"), Column::Text("c")], [row]);
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        assert!(!text.contains('\u{1b}'), "control characters are escaped");
        assert!(text.lines().count() > 3, "long text is wrapped, not cut: {text}");
    }

    #[test]
    fn long_lines_are_broken_between_words() {
        let long = format!("{}end\nshort", "word ".repeat(30));
        let text = wrapped(&long);
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        assert_eq!(text.replace('\n', " "), long.replace('\n', " ") + " ");
        assert_eq!(wrapped("a  b\n"), "a  b\n");
    }

    #[test]
    fn a_table_may_be_empty() {
        assert_eq!(table(&[Column::Text("band")], []), "band\n────\n");
    }
}
