//! Values as literals of a language: readable, ASCII alone, and safe wherever the code may stand.

use std::fmt::Write;

/// Characters of a line that a list or object may fill before it is broken.
const WIDTH: usize = 110;

/// The language of a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    JavaScript,
    Python,
}

/// A value that stands in code.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
    List(Vec<Literal>),
    /// Keys are the config's own, so that any of them is an identifier.
    Object(Vec<(&'static str, Literal)>),
}

impl Literal {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(super) fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(|text| Self::text(text.as_ref())).collect())
    }

    /// As code, broken into lines where it is long; the further lines are indented, by so many blanks a level.
    pub(super) fn written(&self, language: Language, step: usize) -> String {
        self.at(language, step, 0)
    }

    fn at(&self, language: Language, step: usize, indent: usize) -> String {
        let short = self.on_one_line(language);
        if indent + short.len() <= WIDTH || step == 0 {
            return short;
        }
        let inner = indent + step;
        let entry = |(key, value): &(&str, Self)| format!("{}: {}", language.key(key), value.at(language, step, inner));
        let (open, items, close): (_, Vec<String>, _) = match self {
            Self::List(items) => ('[', items.iter().map(|item| item.at(language, step, inner)).collect(), ']'),
            Self::Object(entries) => ('{', entries.iter().map(entry).collect(), '}'),
            _ => return short,
        };
        // Texts and numbers fill their lines, anything else has a line of its own.
        let fills = matches!(self, Self::List(items) if items.iter().all(Self::is_plain));
        let mut code = String::from(open);
        let mut column = WIDTH;
        for item in items {
            if fills && column + item.len() + 2 <= WIDTH {
                code.push(' ');
                column += 1;
            } else {
                code.push('\n');
                code.push_str(&" ".repeat(inner));
                column = inner;
            }
            column += item.len() + 1;
            code.push_str(&item);
            code.push(',');
        }
        code.push('\n');
        code.push_str(&" ".repeat(indent));
        code.push(close);
        code
    }

    fn is_plain(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Object(_))
    }

    fn on_one_line(&self, language: Language) -> String {
        match self {
            Self::Null => language.word("null", "None").to_owned(),
            Self::Boolean(true) => language.word("true", "True").to_owned(),
            Self::Boolean(false) => language.word("false", "False").to_owned(),
            Self::Number(x) => number(*x),
            Self::Text(text) => language.text(text),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(|item| item.on_one_line(language)).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Object(entries) => {
                let entry =
                    |(key, value): &(&str, Self)| format!("{}: {}", language.key(key), value.on_one_line(language));
                let entries: Vec<String> = entries.iter().map(entry).collect();
                match language {
                    Language::JavaScript => format!("{{ {} }}", entries.join(", ")),
                    Language::Python => format!("{{{}}}", entries.join(", ")),
                }
            }
        }
    }
}

/// A number as both languages read it back, to the bit. Whole ones beyond 2^53 keep their exponent: Python compares integers
/// with all their digits.
fn number(x: f64) -> String {
    let x = x + 0.0;
    if x.is_infinite() {
        // Too large for a float, so that it is read as infinity.
        return if x > 0.0 { "1e999" } else { "-1e999" }.to_owned();
    }
    if x.abs() < 1e15 { x.to_string() } else { format!("{x:e}") }
}

impl Language {
    fn word(self, javascript: &'static str, python: &'static str) -> &'static str {
        match self {
            Self::JavaScript => javascript,
            Self::Python => python,
        }
    }

    fn key(self, key: &str) -> String {
        match self {
            Self::JavaScript => key.to_owned(),
            Self::Python => format!("\"{key}\""),
        }
    }

    /// A text in quotes. What is not printable ASCII is escaped, and a `<` that a web page could take for a tag.
    fn text(self, text: &str) -> String {
        let mut quoted = String::from("\"");
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            let tag =
                letter == '<' && letters.peek().is_some_and(|next| next.is_ascii_alphabetic() || "/!?".contains(*next));
            match letter {
                '"' | '\\' => quoted.extend(['\\', letter]),
                '\n' => quoted.push_str("\\n"),
                ' '..='~' if !tag => quoted.push(letter),
                _ => self.escape(letter, &mut quoted),
            }
        }
        quoted.push('"');
        quoted
    }

    fn escape(self, letter: char, quoted: &mut String) {
        match self {
            Self::Python if letter > '\u{ffff}' => {
                write!(quoted, "\\U{:08x}", u32::from(letter)).expect("a string takes everything");
            }
            _ => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    write!(quoted, "\\u{unit:04x}").expect("a string takes everything");
                }
            }
        }
    }
}
