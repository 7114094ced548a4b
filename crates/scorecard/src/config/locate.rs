//! Where in a JSON text the value of a JSON pointer stands; and keys that stand twice in one object.

use std::collections::HashSet;

/// Line and column, both counted from 1; columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// The places of all values of a JSON text.
#[derive(Debug)]
pub(crate) struct Places<'t> {
    text: &'t str,
    /// JSON pointer and byte: of the key for members of objects, of the value elsewhere. In the text's order.
    entries: Vec<(String, usize)>,
    /// The first key that stands twice in one object.
    repeated: Option<(String, usize)>,
}

impl<'t> Places<'t> {
    /// Finds the places of a text that is valid JSON; in another text it finds what it can.
    pub(crate) fn of(text: &'t str) -> Self {
        let mut scanner = Scanner { text, at: 0, found: Self { text, entries: Vec::new(), repeated: None } };
        scanner.blanks();
        scanner.place("", scanner.at);
        scanner.value("");
        scanner.found
    }

    /// Position of the value at a pointer, or of the nearest value around it.
    pub(crate) fn position(&self, pointer: &str) -> Position {
        let mut pointer = pointer;
        loop {
            if let Some((_, byte)) = self.entries.iter().find(|(place, _)| place == pointer) {
                return self.at(*byte);
            }
            match pointer.rfind('/') {
                Some(end) => pointer = &pointer[..end],
                None => return Position { line: 1, column: 1 },
            }
        }
    }

    /// Pointer and position of the first key that stands twice in its object.
    pub(crate) fn repeated_key(&self) -> Option<(&str, Position)> {
        self.repeated.as_ref().map(|(pointer, byte)| (pointer.as_str(), self.at(*byte)))
    }

    fn at(&self, byte: usize) -> Position {
        let before = &self.text[..byte];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }
}

/// Appends a step to a JSON pointer (RFC 6901).
pub(crate) fn step(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    found: Places<'t>,
}

impl Scanner<'_> {
    fn place(&mut self, pointer: &str, byte: usize) {
        self.found.entries.push((pointer.to_owned(), byte));
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Skips `byte` and the blanks after it, where it is next.
    fn skip(&mut self, byte: u8) -> bool {
        let next = self.peek() == Some(byte);
        if next {
            self.at += 1;
            self.blanks();
        }
        next
    }

    fn value(&mut self, pointer: &str) {
        match self.peek() {
            Some(b'{') => self.object(pointer),
            Some(b'[') => self.array(pointer),
            Some(b'"') => _ = self.string(),
            _ => {
                let token = |byte: u8| !matches!(byte, b',' | b'}' | b']') && !byte.is_ascii_whitespace();
                while self.peek().is_some_and(token) {
                    self.at += 1;
                }
            }
        }
        self.blanks();
    }

    fn object(&mut self, pointer: &str) {
        self.skip(b'{');
        let mut keys = HashSet::new();
        while self.peek() == Some(b'"') {
            let byte = self.at;
            let key = self.string();
            let member = step(pointer, &key);
            self.place(&member, byte);
            if !keys.insert(key) && self.found.repeated.is_none() {
                self.found.repeated = Some((member.clone(), byte));
            }
            self.blanks();
            if !self.skip(b':') {
                return;
            }
            self.value(&member);
            if !self.skip(b',') {
                break;
            }
        }
        self.skip(b'}');
    }

    fn array(&mut self, pointer: &str) {
        self.skip(b'[');
        let mut index = 0_usize;
        while self.peek().is_some_and(|byte| byte != b']') {
            let element = format!("{pointer}/{index}");
            self.place(&element, self.at);
            self.value(&element);
            index += 1;
            if !self.skip(b',') {
                break;
            }
        }
        self.skip(b']');
    }

    /// Reads a string, its escapes resolved.
    fn string(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        while let Some(byte) = self.peek() {
            match byte {
                b'\\' => self.at += 2,
                b'"' => {
                    self.at += 1;
                    break;
                }
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.text.len());
        self.text.get(start..self.at).and_then(|quoted| serde_json::from_str(quoted).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_keys_and_elements() {
        let text = "{\n  \"a/b\": [10, {\"é\": 1, \"x~\": {} }],\n  \"last\\n\": null\n}";
        let places = Places::of(text);
        for (pointer, line, column) in [
            ("", 1, 1),
            ("/a~1b", 2, 3),
            ("/a~1b/0", 2, 11),
            ("/a~1b/1", 2, 15),
            ("/a~1b/1/é", 2, 16),
            ("/a~1b/1/x~0", 2, 24),
            ("/last\n", 3, 3),
            ("/last\n/deeper/still", 3, 3),
            ("/nowhere", 1, 1),
        ] {
            assert_eq!(places.position(pointer), Position { line, column }, "{pointer}");
        }
        assert_eq!(places.repeated_key(), None);
    }

    #[test]
    fn finds_repeated_keys() {
        let text = "{\"a\": {\"b\": 1,\n \"\\u0062\": 2}, \"a\": 3}";
        assert_eq!(Places::of(text).repeated_key(), Some(("/a/b", Position { line: 2, column: 2 })));
        assert_eq!(Places::of("[{\"a\": 1}, {\"a\": 1}]").repeated_key(), None);
    }

    #[test]
    fn broken_texts_do_no_harm() {
        for text in ["", "{", "[", "\"", "\"\\", "{\"a\"", "{\"a\":", "[1,", "}", "{\"a\":]", "[\"é\\"] {
            Places::of(text).position("/a/0");
        }
    }
}
