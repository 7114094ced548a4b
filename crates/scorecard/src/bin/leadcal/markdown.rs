//! Markdown as pull requests show it, with texts from the data that cannot become anything but text.

use crate::error::printable;

/// A text on one line in which nothing is markup, a link, a mention or a cell's end.
pub(crate) fn escaped(text: &str) -> String {
    let text = printable(text);
    let mut escaped = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // Mentions and numbers of issues are looked for in the finished page, where a reference is the character again: a
            // comment parts them, so nobody is notified and nothing is linked.
            '@' | '#' => {
                escaped.push(c);
                escaped.push_str("<!-- -->");
            }
            ':' if text[at..].starts_with("://") => escaped.push_str("&#58;"),
            '.' if text[..at].to_lowercase().ends_with("www") => escaped.push_str("&#46;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '!' | '|' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

/// A table; `numbers` says which columns stand to the right. Cells are escaped.
pub(crate) fn table(headings: &[&str], numbers: &[bool], rows: &[Vec<String>]) -> String {
    let line = |cells: &mut dyn Iterator<Item = String>| format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "));
    let mut text = line(&mut headings.iter().map(|heading| escaped(heading)));
    text += &line(&mut numbers.iter().map(|number| if *number { "---:" } else { "---" }.to_owned()));
    for row in rows {
        text += &line(&mut row.iter().map(|cell| escaped(cell)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        let text = "<script>|[a](https://b.example) www.c.example @team #1 *x*: `y`\n";
        let expected = "&lt;script&gt;\\|\\[a\\]\\(https&#58;//b.example\\) www&#46;c.example @<!-- -->team #<!-- -->1 \\*x\\*: \\`y\\`\\\\n";
        assert_eq!(escaped(text), expected);
        let rows = [vec!["a|b".to_owned(), "+1".to_owned()]];
        assert_eq!(
            table(&["level", "points"], &[false, true], &rows),
            "| level | points |\n| --- | ---: |\n| a\\|b | +1 |\n"
        );
    }
}
