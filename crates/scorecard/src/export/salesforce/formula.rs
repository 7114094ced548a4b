//! Formulas in the making: their text, what they refer to, and how large they are.

use super::field::Field;

/// Longest formula in characters.
pub(super) const LONGEST: usize = 3_900;
/// Largest formula in bytes when saved.
pub(super) const LARGEST_SAVED: usize = 4_000;
/// Largest formula in bytes when compiled.
pub(super) const LARGEST_COMPILED: usize = 5_000;
/// What a reference to a field is taken to compile to; a CASE repeats it for every value. Salesforce publishes no rule: the estimate
/// errs high, and Salesforce's own check has the last word.
pub(super) const COMPILED_FIELD: usize = 40;

/// One addend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) text: String,
    /// Estimated bytes when compiled.
    pub(super) compiled: usize,
}

/// A formula: texts and references to formula fields by their index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Formula {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(Term),
    /// Of a formula field.
    Reference(usize),
}

impl Formula {
    /// A text that refers to nothing.
    pub(super) fn plain(text: &str) -> Self {
        Self { pieces: Vec::new() }.text(text)
    }

    pub(super) fn text(mut self, text: &str) -> Self {
        self.pieces.push(Piece::Text(Term { text: text.to_owned(), compiled: text.len() }));
        self
    }

    pub(super) fn reference(mut self, field: usize) -> Self {
        self.pieces.push(Piece::Reference(field));
        self
    }

    pub(super) fn append(mut self, other: &Self) -> Self {
        self.pieces.extend(other.pieces.iter().cloned());
        self
    }

    /// Sums of terms, as few as the limits allow, in the terms' order.
    pub(super) fn pack(terms: Vec<Term>) -> Vec<Self> {
        let mut sums: Vec<Self> = Vec::new();
        for term in terms {
            let alone = Self { pieces: vec![Piece::Text(term)] };
            let longer = sums.last().map(|sum| sum.clone().text("+").append(&alone));
            match (sums.last_mut(), longer) {
                (Some(last), Some(longer)) if longer.fits(&[]) => *last = longer,
                _ => sums.push(alone),
            }
        }
        sums
    }

    /// The fields it refers to, each once.
    pub(super) fn references(&self) -> Vec<usize> {
        let mut found = Vec::new();
        for piece in &self.pieces {
            if let Piece::Reference(index) = piece
                && !found.contains(index)
            {
                found.push(*index);
            }
        }
        found
    }

    /// The text with the names of what it refers to, stored copies before formulas.
    pub(super) fn render(&self, fields: &[Field]) -> String {
        let text = |piece: &Piece| match piece {
            Piece::Text(term) => term.text.clone(),
            Piece::Reference(index) => fields[*index].stored.as_ref().unwrap_or(&fields[*index].name).clone(),
        };
        self.pieces.iter().map(text).collect()
    }

    /// Estimated bytes when compiled, what it refers to included.
    pub(super) fn compiled(&self, fields: &[Field]) -> usize {
        let of = |piece: &Piece| match piece {
            Piece::Text(term) => term.compiled,
            Piece::Reference(index) if fields[*index].stored.is_some() => COMPILED_FIELD,
            Piece::Reference(index) => fields[*index].compiled,
        };
        self.pieces.iter().map(of).sum()
    }

    /// Whether Salesforce takes it.
    pub(super) fn fits(&self, fields: &[Field]) -> bool {
        self.compiled(fields) <= LARGEST_COMPILED && self.fits_as_text_of(fields)
    }

    /// The same as it were if all it refers to were stored.
    pub(super) fn with_stored(&self, fields: &[Field]) -> Self {
        let piece = |piece: &Piece| match piece {
            Piece::Text(term) => Piece::Text(term.clone()),
            // Names are no longer than these.
            Piece::Reference(index) => {
                let text = fields[*index].stored.clone().unwrap_or_else(|| "x".repeat(43));
                Piece::Text(Term { text, compiled: COMPILED_FIELD })
            }
        };
        Self { pieces: self.pieces.iter().map(piece).collect() }
    }

    /// Whether one that refers to nothing fits.
    pub(super) fn fits_as_text(&self) -> bool {
        self.fits(&[])
    }

    fn fits_as_text_of(&self, fields: &[Field]) -> bool {
        let text = self.render(fields);
        text.chars().count() <= LONGEST && text.len() <= LARGEST_SAVED
    }
}

/// A text as a literal; none for what a line of a formula cannot hold.
pub(super) fn literal(text: &str) -> Option<String> {
    let forbidden = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{2028}' | '\u{2029}');
    if text.contains(forbidden) {
        return None;
    }
    Some(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// A number in digits: formulas know no exponents.
pub(super) fn decimal(x: f64) -> String {
    let digits = (x + 0.0).to_string();
    if x < 0.0 { format!("({digits})") } else { digits }
}
