//! Code with parts that not every config needs.
//!
//! A line `//? a b` (of Python `#? a b`) begins a part that is needed where any of these is, `//?` alone ends it; parts
//! stand inside of parts. A line `//= name` gives way to data, at its indentation.

use std::collections::BTreeSet;

/// The template with the parts needed and its data.
pub(super) fn filled(template: &str, comment: &str, needs: &BTreeSet<&str>, data: impl Fn(&str) -> String) -> String {
    let (part, datum) = (format!("{comment}?"), format!("{comment}= "));
    let mut text = String::new();
    // Whether each part that is open is needed.
    let mut open: Vec<bool> = Vec::new();
    for line in template.lines() {
        let code = line.trim_start();
        let indentation = &line[..line.len() - code.len()];
        if let Some(names) = code.strip_prefix(&part) {
            if names.is_empty() {
                open.pop();
            } else {
                open.push(names.split_whitespace().any(|name| needs.contains(name)));
            }
        } else if open.iter().all(|needed| *needed) {
            match code.strip_prefix(&datum) {
                Some(name) => data(name).lines().for_each(|line| push(&mut text, indentation, line)),
                None => push(&mut text, "", line),
            }
        }
    }
    text
}

fn push(text: &mut String, indentation: &str, line: &str) {
    text.push_str(indentation);
    text.push_str(line);
    text.push('\n');
}
