//! Typed access to a TOML table that keeps every key's and value's place, for errors.

use std::cmp::Reverse;

use jiff::Timestamp;
use jiff::civil::Date;
use leadcal_lift::attribute::{Bound, Scalar};
use leadcal_lift::events::parse_time;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{Found, SpecProblem};
use super::limits::OutOfRange;

/// What is wrong, and the byte of the text where it is.
#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) offset: Option<usize>,
    pub(crate) problem: Box<SpecProblem>,
}

/// A table of the spec.
#[derive(Clone)]
pub(crate) struct Section<'a> {
    /// How errors call it, such as `[data]`.
    title: String,
    /// Where it starts; the whole spec has no place of its own.
    offset: Option<usize>,
    table: &'a DeTable<'a>,
}

/// A key of a section with its value.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'a> {
    section: &'a str,
    pub(crate) key: &'a str,
    pub(crate) key_offset: usize,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Section<'a> {
    /// The whole text as a table; errors call it so, such as "the spec".
    pub(crate) fn whole(table: &'a DeTable<'a>, title: &str) -> Self {
        Self { title: title.to_owned(), offset: None, table }
    }

    /// How errors call the table at one of its keys, such as `[groups.fit.tiers]`.
    pub(crate) fn title_of(&self, key: &str) -> String {
        format!("{}.{key}]", self.title.strip_suffix(']').unwrap_or(&self.title))
    }

    /// Its name, such as `data`.
    pub(crate) fn name(&self) -> &str {
        self.title.trim_start_matches('[').trim_end_matches(']')
    }

    /// All entries in the order they are written.
    pub(crate) fn entries(&self) -> Vec<Entry<'_>> {
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| Entry { section: &self.title, key: key.get_ref(), key_offset: key.span().start, value })
            .collect();
        entries.sort_by_key(|entry| (entry.key_offset, entry.value.span().start));
        entries
    }

    /// The entry of a key.
    pub(crate) fn get(&self, key: &str) -> Option<Entry<'_>> {
        let (key, value) = self.table.get_key_value(key)?;
        Some(Entry { section: &self.title, key: key.get_ref(), key_offset: key.span().start, value })
    }

    /// The entry of a key, read; `None` where the key is not there.
    pub(crate) fn read<'s, T>(
        &'s self,
        key: &str,
        read: impl FnOnce(Entry<'s>) -> Result<T, Mistake>,
    ) -> Result<Option<T>, Mistake> {
        self.get(key).map(read).transpose()
    }

    /// The entry of a key that must be there.
    pub(crate) fn require(&self, key: &'static str, expected: &'static str) -> Result<Entry<'_>, Mistake> {
        self.get(key).ok_or_else(|| Mistake {
            offset: self.offset,
            problem: Box::new(SpecProblem::MissingKey { key, section: self.title.clone(), expected }),
        })
    }

    /// Refuses every key but the known ones; `later` ones are known to be of a later version.
    pub(crate) fn allow(&self, known: &[&'static str], later: &[&str]) -> Result<(), Mistake> {
        let Some(entry) = self.entries().into_iter().find(|entry| !known.contains(&entry.key)) else {
            return Ok(());
        };
        let is_section = self.offset.is_none() && matches!(entry.value.get_ref(), DeValue::Table(_));
        let problem = if later.contains(&entry.key) {
            SpecProblem::NotSupported(if is_section {
                format!("the section [{}]", entry.key)
            } else {
                format!("\"{}\" in {}", entry.key, self.title)
            })
        } else {
            SpecProblem::UnknownKey {
                key: entry.key.to_owned(),
                is_section,
                section: self.title.clone(),
                nearest: nearest(entry.key, known),
                known: known.to_vec(),
            }
        };
        Err(Mistake { offset: Some(entry.key_offset), problem: Box::new(problem) })
    }

    /// Refuses two keys that exclude each other, at the one written later.
    pub(crate) fn exclusive(&self, first: &'static str, second: &'static str) -> Result<(), Mistake> {
        match (self.get(first), self.get(second)) {
            (Some(a), Some(b)) => Err(Mistake {
                offset: Some(a.key_offset.max(b.key_offset)),
                problem: Box::new(SpecProblem::Exclusive { section: self.title.clone(), first, second }),
            }),
            _ => Ok(()),
        }
    }
}

impl<'a> Entry<'a> {
    /// The value as a table called `title`.
    pub(crate) fn table(self, title: String) -> Result<Section<'a>, Mistake> {
        match self.value.get_ref() {
            DeValue::Table(table) => Ok(Section { title, offset: Some(self.key_offset), table }),
            _ => Err(self.wrong("a table")),
        }
    }

    /// The sections below this one, such as `[behaviours."pricing page"]`, by name, in the order written.
    pub(crate) fn sections<T>(
        self,
        read: impl Fn(&Section<'_>) -> Result<T, Mistake>,
    ) -> Result<Vec<(String, T)>, Mistake> {
        let section = self.table(format!("[{}]", self.key))?;
        let mut named = Vec::new();
        for member in section.entries() {
            if member.key.trim().is_empty() {
                return Err(member.mistake_of_key(SpecProblem::EmptyName(self.key.to_owned())));
            }
            let below = member.table(format!("[{}.{}]", self.key, member.key))?;
            named.push((member.key.to_owned(), read(&below)?));
        }
        Ok(named)
    }

    /// Whether the value is a table.
    pub(crate) fn is_table(self) -> bool {
        self.value.get_ref().is_table()
    }

    /// The value as text.
    pub(crate) fn text(self) -> Result<String, Mistake> {
        self.value.get_ref().as_str().map(str::to_owned).ok_or_else(|| self.wrong("a text"))
    }

    /// The value as a name: text that is not empty.
    pub(crate) fn name(self, expected: &str) -> Result<String, Mistake> {
        self.text().ok().filter(|name| !name.trim().is_empty()).ok_or_else(|| self.wrong(expected))
    }

    /// The value as true or false.
    pub(crate) fn flag(self) -> Result<bool, Mistake> {
        self.value.get_ref().as_bool().ok_or_else(|| self.wrong("true or false"))
    }

    /// The value as a number, whole or not; infinities and NaN included.
    pub(crate) fn number(self) -> Option<f64> {
        match self.value.get_ref() {
            DeValue::Integer(_) => self.whole().map(|n| n as f64),
            DeValue::Float(x) => x.as_str().parse().ok(),
            _ => None,
        }
    }

    /// The value as a whole number.
    pub(crate) fn whole(self) -> Option<i128> {
        let n = self.value.get_ref().as_integer()?;
        i128::from_str_radix(n.as_str(), n.radix()).ok()
    }

    /// The value as a whole number that `T` holds.
    pub(crate) fn integer<T: TryFrom<i128>>(self, expected: &str) -> Result<T, Mistake> {
        self.whole().and_then(|n| T::try_from(n).ok()).ok_or_else(|| self.wrong(expected))
    }

    /// The value as a number that passes a check.
    pub(crate) fn checked<T>(self, check: impl Fn(f64) -> Result<T, OutOfRange>) -> Result<T, Mistake> {
        // NaN passes no check, so a value that is no number gets the check's own message.
        check(self.number().unwrap_or(f64::NAN)).map_err(|out| self.wrong(out.expected))
    }

    /// The value as a whole number that passes a check.
    pub(crate) fn checked_whole<T>(self, check: impl Fn(u64) -> Result<T, OutOfRange>) -> Result<T, Mistake> {
        // Zero passes no check, for the same reason.
        let n = self.whole().and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
        check(n).map_err(|out| self.wrong(out.expected))
    }

    /// The value as one of some words.
    pub(crate) fn word<T: Copy>(self, words: &[(&'static str, T)]) -> Result<T, Mistake> {
        let text = self.value.get_ref().as_str();
        words.iter().find(|(word, _)| text == Some(word)).map(|(_, meaning)| *meaning).ok_or_else(|| {
            let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let mut mistake = self.wrong(&format!("\"{}\"", words.join("\", \"")));
            if let SpecProblem::WrongValue { nearest: found, .. } = mistake.problem.as_mut() {
                *found = text.and_then(|text| nearest(text, &words));
            }
            mistake
        })
    }

    /// The value as a list, each member read.
    pub(crate) fn list<T>(
        self,
        expected: &str,
        read: impl Fn(Entry<'a>) -> Result<T, Mistake>,
    ) -> Result<Vec<T>, Mistake> {
        let members = self.value.get_ref().as_array().ok_or_else(|| self.wrong(expected))?;
        members.iter().map(|value| read(Entry { value, ..self })).collect()
    }

    /// The value as a list of at least one member, none of them twice.
    pub(crate) fn distinct<T: PartialEq>(
        self,
        expected: &str,
        read: impl Fn(Entry<'a>) -> Result<T, Mistake>,
    ) -> Result<Vec<T>, Mistake> {
        let mut members: Vec<T> = Vec::new();
        for (value, member) in self.list(expected, |member| Ok((read(member)?, member)))? {
            if members.contains(&value) {
                return Err(member.wrong("a list that names nothing twice"));
            }
            members.push(value);
        }
        if members.is_empty() { Err(self.wrong(expected)) } else { Ok(members) }
    }

    /// Whether the value is a list.
    pub(crate) fn is_list(self) -> bool {
        self.value.get_ref().is_array()
    }

    /// The value as a text, number or boolean.
    pub(crate) fn scalar(self, expected: &str) -> Result<Scalar, Mistake> {
        let scalar = match self.value.get_ref() {
            DeValue::String(text) => Some(Scalar::Text(text.to_string())),
            DeValue::Boolean(b) => Some(Scalar::Boolean(*b)),
            _ => self.number().filter(|x| x.is_finite()).map(Scalar::Number),
        };
        scalar.ok_or_else(|| self.wrong(expected))
    }

    /// The value as a finite number or a date, which may be written as text.
    pub(crate) fn bound(self, expected: &str) -> Result<Bound, Mistake> {
        let bound = match self.value.get_ref() {
            DeValue::String(text) => text.parse().ok().map(Bound::Date),
            DeValue::Datetime(day) => calendar_day(day).map(Bound::Date),
            _ => self.number().filter(|x| x.is_finite()).map(Bound::Number),
        };
        bound.ok_or_else(|| self.wrong(expected))
    }

    /// The value as a moment: a time, or a date for its start; UTC where no zone is given. It may be written as text.
    pub(crate) fn moment(self, expected: &str) -> Result<Timestamp, Mistake> {
        let moment = match self.value.get_ref() {
            DeValue::String(text) => parse_time(text),
            DeValue::Datetime(time) => parse_time(&time.to_string()),
            _ => None,
        };
        moment.ok_or_else(|| self.wrong(expected))
    }

    /// The value is not what was expected.
    pub(crate) fn wrong(self, expected: &str) -> Mistake {
        self.mistake(SpecProblem::WrongValue {
            key: self.key.to_owned(),
            section: self.section.to_owned(),
            expected: expected.to_owned(),
            found: found(self.value.get_ref()),
            nearest: None,
        })
    }

    /// Something is wrong with the value.
    pub(crate) fn mistake(self, problem: SpecProblem) -> Mistake {
        Mistake { offset: Some(self.value.span().start), problem: Box::new(problem) }
    }

    /// Something is wrong with the key, or with there being one.
    pub(crate) fn mistake_of_key(self, problem: SpecProblem) -> Mistake {
        Mistake { offset: Some(self.key_offset), problem: Box::new(problem) }
    }
}

fn calendar_day(day: &toml::value::Datetime) -> Option<Date> {
    let (date, None, None) = (day.date?, day.time, day.offset) else {
        return None;
    };
    Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
}

fn found(value: &DeValue<'_>) -> Found {
    const LONGEST: usize = 40;
    Found(match value {
        DeValue::String(text) if text.is_empty() => "an empty text".to_owned(),
        DeValue::String(text) if text.chars().count() > LONGEST => {
            format!("{:?}…", text.chars().take(LONGEST).collect::<String>())
        }
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(n) => n.to_string(),
        DeValue::Float(x) => x.to_string(),
        DeValue::Boolean(b) => b.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(members) if members.is_empty() => "an empty list".to_owned(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    })
}

/// The known word that a mistyped one most likely meant.
fn nearest(word: &str, known: &[&'static str]) -> Option<&'static str> {
    let plain = |word: &str| word.to_lowercase().replace('-', "_");
    let word = plain(word);
    let allowed = (word.chars().count() / 3).max(1);
    known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(&word, &plain(known)), *known))
        .filter(|(distance, _)| *distance <= allowed)
        .max_by_key(|(distance, _)| Reverse(*distance))
        .map(|(_, known)| known)
}
