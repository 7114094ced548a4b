//! XML elements and how they are written: PMML, `JUnit`.

use std::fmt::Write as _;

/// An element with its attributes, and elements or a text inside.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Element>,
    text: Option<String>,
}

impl Element {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, attributes: Vec::new(), children: Vec::new(), text: None }
    }

    pub(crate) fn with(mut self, attribute: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((attribute, value.into()));
        self
    }

    pub(crate) fn child(mut self, child: Element) -> Self {
        self.children.push(child);
        self
    }

    pub(crate) fn children(mut self, children: impl IntoIterator<Item = Element>) -> Self {
        self.children.extend(children);
        self
    }

    pub(crate) fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The element as a document of its own.
    pub(crate) fn document(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.write(0, &mut out);
        out
    }

    fn write(&self, depth: usize, out: &mut String) {
        let indent = "  ".repeat(depth);
        let _ = write!(out, "{indent}<{}", self.name);
        for (name, value) in &self.attributes {
            let _ = write!(out, " {name}=\"{}\"", escaped(value));
        }
        if let Some(text) = &self.text {
            let _ = writeln!(out, ">{}</{}>", content(text), self.name);
        } else if self.children.is_empty() {
            out.push_str("/>\n");
        } else {
            out.push_str(">\n");
            for child in &self.children {
                child.write(depth + 1, out);
            }
            let _ = writeln!(out, "{indent}</{}>", self.name);
        }
    }
}

/// A text between tags. PMML4S reads only what follows the last reference or the last character outside the Basic
/// Multilingual Plane, so such a text is a section of character data, which it reads whole.
fn content(text: &str) -> String {
    if needs_references(text) {
        escaped(text)
    } else if text.contains(|letter| matches!(letter, '<' | '&' | '\u{10000}'..)) {
        format!("<![CDATA[{}]]>", possible(text))
    } else {
        possible(text)
    }
}

/// Whether a text can only stand between tags with references in it.
pub(crate) fn needs_references(text: &str) -> bool {
    text.contains('\r') || text.contains("]]>")
}

/// What XML cannot hold is U+FFFD.
fn possible(text: &str) -> String {
    text.replace(impossible, "\u{fffd}")
}

/// A text between quotation marks, or tags, so that a reader finds every character of it: tabs and ends of lines would
/// become blanks.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => {
                let _ = write!(out, "&#{};", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    possible(&out)
}

/// Whether XML 1.0 has no way to write a character: control characters, and two that are none.
pub(crate) fn impossible(letter: char) -> bool {
    matches!(letter, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a reader finds: references resolved, everything else as it stands.
    fn read(escaped: &str) -> String {
        [
            ("&#9;", "\t"),
            ("&#10;", "\n"),
            ("&#13;", "\r"),
            ("&quot;", "\""),
            ("&gt;", ">"),
            ("&lt;", "<"),
            ("&amp;", "&"),
        ]
        .iter()
        .fold(escaped.to_owned(), |text, (reference, letter)| text.replace(reference, letter))
    }

    proptest! {
        #[test]
        fn a_reader_finds_the_text_and_no_markup(text in "([<>&\"'\\]\t\n\r\u{1}\u{b}a]|\\PC)*") {
            let written = escaped(&text);
            prop_assert!(!written.contains(['<', '>', '"', '\t', '\n', '\r']));
            prop_assert!(!written.chars().any(impossible));
            prop_assert_eq!(read(&written), possible(&text));
            let between = content(&text);
            let found = match between.strip_prefix("<![CDATA[") {
                Some(data) => {
                    prop_assert_eq!(data.matches("]]>").count(), 1);
                    data.trim_end_matches("]]>").to_owned()
                }
                None => {
                    prop_assert!(!between.contains('<') && !between.contains("]]>"));
                    read(&between)
                }
            };
            prop_assert_eq!(found, possible(&text));
        }
    }

    #[test]
    fn elements_are_indented_and_texts_are_not() {
        let inner = Element::new("b").with("x", "1 < 2\n").text("]]>\u{1}");
        let other = Element::new("d").text(" & ");
        let document = Element::new("a").child(inner).child(Element::new("c")).child(other).document();
        let expected = "<a>\n  <b x=\"1 &lt; 2&#10;\">]]&gt;\u{fffd}</b>\n  <c/>\n  <d><![CDATA[ & ]]></d>\n</a>\n";
        assert_eq!(document, format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{expected}"));
    }
}
