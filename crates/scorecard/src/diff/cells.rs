//! The values of a field, cut wherever the levels of either of two attributes cut them.

use std::collections::BTreeSet;

use leadcal_lift::attribute::{FieldType, Input, MISSING, Reading, Scalar, Value, When, date_of};

/// Values between which neither attribute tells a difference.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// No value.
    Missing,
    /// This text.
    Text(String),
    /// A text that neither lists; this one stands for all.
    AnyOtherText(String),
    /// This number.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// Numbers, or days since 1970-01-01, in `[from, below)`, but those that are cells of their own. `probe` is one of them.
    Range { from: f64, below: f64, probe: f64 },
}

/// What becomes of a cell's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// They are in the level of this index.
    Level(usize),
    /// No level holds.
    None,
    /// They are not of the input's type.
    Refused,
}

/// The cells of two attributes of one type.
pub(super) fn cells(inputs: [&Input; 2], whens: &[&When]) -> Vec<Cell> {
    let mut texts: BTreeSet<&str> = inputs.iter().flat_map(|input| &input.missing).map(String::as_str).collect();
    let mut numbers: Vec<f64> = Vec::new();
    let mut edges: Vec<f64> = vec![f64::NEG_INFINITY];
    for when in whens {
        match when {
            When::In(values) => {
                for value in values {
                    match value {
                        Scalar::Text(text) => _ = texts.insert(text),
                        // -0 and 0 are one number.
                        Scalar::Number(x) => numbers.push(x + 0.0),
                        Scalar::Boolean(_) => {}
                    }
                }
            }
            When::Range { from, below } => edges.extend([from, below].into_iter().flatten().map(|x| x.number() + 0.0)),
            When::Missing | When::Otherwise => {}
        }
    }
    let mut cells: Vec<Cell> = Vec::new();
    match inputs[0].kind {
        FieldType::Text => {
            let mut other = "*".to_owned();
            while texts.contains(other.as_str()) {
                other.push('*');
            }
            cells.extend(texts.iter().map(|text| Cell::Text((*text).to_owned())));
            cells.push(Cell::AnyOtherText(other));
        }
        FieldType::Boolean => cells.extend([Cell::Boolean(true), Cell::Boolean(false)]),
        FieldType::Number | FieldType::Date => {
            sort(&mut numbers);
            sort(&mut edges);
            cells.extend(numbers.iter().map(|x| Cell::Number(*x)));
            let ends = edges.iter().skip(1).chain([&f64::INFINITY]);
            cells.extend(edges.iter().zip(ends).filter_map(|(&from, &below)| {
                let mut probe = from;
                while numbers.contains(&probe) {
                    probe = probe.next_up();
                }
                (probe < below).then_some(Cell::Range { from, below, probe })
            }));
        }
    }
    if inputs[0].kind != FieldType::Text {
        cells.extend(texts.iter().map(|text| Cell::Text((*text).to_owned())));
    }
    // A text that means "missing" to both is no piece of its own.
    cells.retain(|cell| !matches!(cell, Cell::Text(text) if inputs.iter().all(|input| input.means_missing(text))));
    cells.push(Cell::Missing);
    cells
}

fn sort(numbers: &mut Vec<f64>) {
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
}

impl Cell {
    /// Where these values are among an attribute's levels.
    pub(super) fn place(&self, input: &Input, whens: &[&When]) -> Place {
        let reading = match self {
            Self::Missing => Reading::Missing,
            Self::Text(text) | Self::AnyOtherText(text) => match input.read(Value::Text(text)) {
                Ok(reading) => reading,
                Err(_) => return Place::Refused,
            },
            Self::Number(x) | Self::Range { probe: x, .. } => Reading::Number(*x),
            Self::Boolean(b) => Reading::Boolean(*b),
        };
        whens.iter().position(|when| when.holds(&reading)).map_or(Place::None, Place::Level)
    }
}

/// Cells in words; ranges that touch are one.
pub(super) fn in_words(cells: &[&Cell], kind: FieldType) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut open: Option<[f64; 2]> = None;
    for cell in cells {
        if let Cell::Range { from, below, .. } = cell {
            match &mut open {
                Some(range) if range[1].total_cmp(from).is_eq() => range[1] = *below,
                _ => words.extend(open.replace([*from, *below]).map(|range| range_in_words(range, kind))),
            }
            continue;
        }
        words.extend(open.take().map(|range| range_in_words(range, kind)));
        words.push(match cell {
            Cell::Missing => MISSING.to_owned(),
            Cell::AnyOtherText(_) => "any other text".to_owned(),
            Cell::Text(text) if kind == FieldType::Text => text.clone(),
            Cell::Text(text) => format!("the text \"{text}\""),
            Cell::Number(x) => x.to_string(),
            Cell::Boolean(b) => b.to_string(),
            Cell::Range { .. } => continue,
        });
    }
    words.extend(open.map(|range| range_in_words(range, kind)));
    words.join(", ")
}

fn range_in_words([from, below]: [f64; 2], kind: FieldType) -> String {
    let end = |x: f64| if kind == FieldType::Date { date_of(x).to_string() } else { x.to_string() };
    match (from.is_finite(), below.is_finite()) {
        (true, true) => format!("[{}, {})", end(from), end(below)),
        (true, false) => format!(">= {}", end(from)),
        (false, true) => format!("< {}", end(below)),
        (false, false) if kind == FieldType::Date => "any day".to_owned(),
        (false, false) => "any number".to_owned(),
    }
}
