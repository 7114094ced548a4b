//! Writing a config so that it reads well in a diff: two-space indentation, a line for whatever fits into one, whole
//! numbers without `.0`, a newline at the end. The same config gives the same bytes.

use super::types::ScoringConfig;

/// Longest line, its indentation included, into which an object or list is put whole.
const WIDTH: usize = 110;

/// The config's text.
pub(crate) fn write(config: &ScoringConfig) -> String {
    let compact = serde_json::to_string(config).expect("structs, lists and texts always have a JSON form");
    let mut layout = Layout { compact: &compact, at: 0, text: String::with_capacity(compact.len() * 2) };
    layout.value(0);
    layout.text.push('\n');
    layout.text
}

/// Lays out compact JSON, as `serde_json` writes it: no blanks outside of strings.
struct Layout<'t> {
    compact: &'t str,
    at: usize,
    text: String,
}

impl Layout<'_> {
    fn peek(&self) -> u8 {
        self.compact.as_bytes().get(self.at).copied().unwrap_or(b'\0')
    }

    fn value(&mut self, depth: usize) {
        match self.peek() {
            b'{' | b'[' => {
                let mut line = Layout { compact: self.compact, at: self.at, text: String::new() };
                line.in_one_line();
                let column = self.text.len() - self.text.rfind('\n').map_or(0, |newline| newline + 1);
                if depth > 0 && column + line.text.chars().count() < WIDTH {
                    self.text.push_str(&line.text);
                    self.at = line.at;
                } else {
                    self.over_lines(depth);
                }
            }
            _ => self.scalar(),
        }
    }

    fn over_lines(&mut self, depth: usize) {
        let closing = self.open();
        while self.peek() != closing {
            self.new_line(depth + 1);
            self.key(closing);
            self.value(depth + 1);
            self.comma();
        }
        self.new_line(depth);
        self.close(closing);
    }

    fn in_one_line(&mut self) {
        let closing = self.open();
        let blank = closing == b'}' && self.peek() != closing;
        if blank {
            self.text.push(' ');
        }
        while self.peek() != closing {
            self.key(closing);
            match self.peek() {
                b'{' | b'[' => self.in_one_line(),
                _ => self.scalar(),
            }
            if self.comma() {
                self.text.push(' ');
            }
        }
        if blank {
            self.text.push(' ');
        }
        self.close(closing);
    }

    /// Copies the opening bracket and returns the closing one.
    fn open(&mut self) -> u8 {
        let closing = if self.peek() == b'{' { b'}' } else { b']' };
        self.text.push(char::from(self.peek()));
        self.at += 1;
        closing
    }

    fn close(&mut self, closing: u8) {
        self.text.push(char::from(closing));
        self.at += 1;
    }

    fn comma(&mut self) -> bool {
        let comma = self.peek() == b',';
        if comma {
            self.text.push(',');
            self.at += 1;
        }
        comma
    }

    /// Copies a member's key, in an object.
    fn key(&mut self, closing: u8) {
        if closing == b'}' {
            self.scalar();
            self.text.push_str(": ");
            self.at += 1;
        }
    }

    /// Copies a string, number, true, false or null.
    fn scalar(&mut self) {
        let bytes = self.compact.as_bytes();
        let start = self.at;
        if self.peek() == b'"' {
            self.at += 1;
            while self.peek() != b'"' {
                self.at += if self.peek() == b'\\' { 2 } else { 1 };
            }
            self.at += 1;
            self.text.push_str(&self.compact[start..self.at]);
        } else {
            while bytes.get(self.at).is_some_and(|byte| !matches!(byte, b',' | b'}' | b']')) {
                self.at += 1;
            }
            let token = &self.compact[start..self.at];
            self.text.push_str(token.strip_suffix(".0").unwrap_or(token));
        }
    }

    fn new_line(&mut self, depth: usize) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n("  ", depth));
    }
}
