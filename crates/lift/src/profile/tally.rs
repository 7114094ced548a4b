//! A column's profile in the making: value after value, in bounded memory.

use std::collections::HashMap;

use super::{ColumnProfile, MAX_TEXTS, NotANumber, NumberCounts, Position, TextCount};
use crate::attribute::{FieldType, Input, Value, days, parse_date, parse_number};

/// A column's profile in the making.
pub(super) struct Tally {
    name: String,
    input: Input,
    pub(super) leads: u64,
    missing: u64,
    nan: u64,
    infinite: u64,
    texts: Option<HashMap<String, TextCount>>,
    /// Values of a typed source, and texts after there were too many to keep.
    numbers: NumberCounts,
    booleans: [u64; 2],
    not_a_number: Option<NotANumber>,
    days: NumberCounts,
}

impl Tally {
    pub(super) fn new(name: &str, missing: &[String]) -> Self {
        let markers = missing.iter().filter(|marker| !marker.is_empty()).cloned().collect();
        Self {
            name: name.to_owned(),
            input: Input { field: name.to_owned(), kind: FieldType::Text, missing: markers },
            leads: 0,
            missing: 0,
            nan: 0,
            infinite: 0,
            texts: Some(HashMap::new()),
            numbers: NumberCounts::default(),
            booleans: [0; 2],
            not_a_number: None,
            days: NumberCounts::default(),
        }
    }

    pub(super) fn add(&mut self, value: Value<'_>, position: impl Fn() -> Position) {
        self.leads += 1;
        match value {
            Value::Missing => self.missing += 1,
            Value::Boolean(b) => self.booleans[usize::from(b)] += 1,
            Value::Number(x) => self.add_number(x, 1),
            Value::Text(text) => match &mut self.texts {
                Some(texts) => {
                    if let Some(count) = texts.get_mut(text) {
                        count.leads += 1;
                    } else {
                        texts.insert(text.to_owned(), TextCount { leads: 1, first: position() });
                        if texts.len() > MAX_TEXTS {
                            self.drop_texts();
                        }
                    }
                }
                None => self.add_parsed(text, &TextCount { leads: 1, first: position() }),
            },
        }
    }

    fn add_number(&mut self, x: f64, leads: u64) {
        if x.is_nan() {
            self.nan += leads;
            self.missing += leads;
        } else {
            if x.is_infinite() {
                self.infinite += leads;
            }
            self.numbers.add(x, leads);
        }
    }

    fn add_parsed(&mut self, text: &str, count: &TextCount) {
        if self.input.means_missing(text) {
            self.missing += count.leads;
        } else if let Some(x) = parse_number(text) {
            self.add_number(x, count.leads);
        } else {
            if let Some(date) = parse_date(text) {
                self.days.add(days(date), count.leads);
            }
            match &mut self.not_a_number {
                Some(other) => {
                    other.leads += count.leads;
                    if count.first < other.first {
                        other.first = count.first.clone();
                        text.clone_into(&mut other.text);
                    }
                }
                None => {
                    self.not_a_number =
                        Some(NotANumber { text: text.to_owned(), first: count.first.clone(), leads: count.leads });
                }
            }
        }
    }

    fn drop_texts(&mut self) {
        for (text, count) in self.texts.take().into_iter().flatten() {
            self.add_parsed(&text, &count);
        }
    }

    pub(super) fn finish(mut self) -> ColumnProfile {
        let texts = self.texts.take().map(|texts| {
            let mut sorted: Vec<(String, TextCount)> = texts.into_iter().collect();
            sorted.sort_by(|a, b| a.0.cmp(&b.0));
            for (text, count) in &sorted {
                self.add_parsed(text, count);
            }
            // "nan" is no text either: it was counted as missing.
            sorted.retain(|(text, _)| !self.input.means_missing(text) && !parse_number(text).is_some_and(f64::is_nan));
            sorted
        });
        ColumnProfile {
            name: self.name,
            markers: self.input.missing,
            leads: self.leads,
            missing: self.missing,
            nan: self.nan,
            infinite: self.infinite,
            texts,
            numbers: self.numbers,
            booleans: self.booleans,
            not_a_number: self.not_a_number,
            days: self.days,
        }
    }
}
