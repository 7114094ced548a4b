//! HTML and SVG elements. Text and attributes are escaped as they are added: there is no other way to add what comes from
//! the data.

use std::fmt::{self, Display, Write as _};

/// Elements of HTML that have no content and no closing tag.
const VOID: [&str; 5] = ["br", "hr", "input", "link", "meta"];

/// An element with all that is in it.
#[derive(Debug, Clone)]
pub(super) struct Element {
    name: &'static str,
    attributes: String,
    content: String,
}

/// An element without attributes and content.
pub(super) fn element(name: &'static str) -> Element {
    Element { name, attributes: String::new(), content: String::new() }
}

impl Element {
    pub(super) fn attr(mut self, name: &'static str, value: impl Display) -> Self {
        _ = write!(self.attributes, " {name}=\"");
        escape(&mut self.attributes, &value.to_string());
        self.attributes.push('"');
        self
    }

    pub(super) fn class(self, class: &str) -> Self {
        self.attr("class", class)
    }

    pub(super) fn text(mut self, text: impl Display) -> Self {
        escape(&mut self.content, &text.to_string());
        self
    }

    /// Markup of ours.
    pub(super) fn markup(mut self, markup: &'static str) -> Self {
        self.content.push_str(markup);
        self
    }

    pub(super) fn child(mut self, child: Element) -> Self {
        child.write(&mut self.content);
        self
    }

    fn write(self, into: &mut String) {
        let Self { name, attributes, content } = self;
        for piece in ["<", name, &attributes, ">"] {
            into.push_str(piece);
        }
        if !VOID.contains(&name) {
            for piece in [&content, "</", name, ">"] {
                into.push_str(piece);
            }
        }
    }

    /// What is in it, escaped, without its tags.
    pub(super) fn content(self) -> String {
        self.content
    }

    pub(super) fn children(self, children: impl IntoIterator<Item = Element>) -> Self {
        children.into_iter().fold(self, Self::child)
    }
}

impl Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.clone().write(&mut text);
        f.write_str(&text)
    }
}

/// Text as it stands in HTML and XML, between tags and inside of double quotes. Control characters, which XML has no way to
/// say, become U+FFFD.
fn escape(into: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            '\t' | '\n' => into.push(c),
            c if c.is_control() => into.push('\u{fffd}'),
            '\u{fffe}' | '\u{ffff}' => into.push('\u{fffd}'),
            c => into.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_attributes_are_escaped() {
        let hostile = "</p><script>alert(1)</script><!-- \"onload='x' & \u{0}";
        let found = element("p").attr("title", hostile).text(hostile).child(element("br")).to_string();
        let escaped = "&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- &quot;onload=&#39;x&#39; &amp; \u{fffd}";
        assert_eq!(found, format!("<p title=\"{escaped}\">{escaped}<br></p>"));
    }
}
