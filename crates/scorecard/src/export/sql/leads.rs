//! What the leads' table says: the values of fields as the types of the config's inputs, missing ones as NULL.
//!
//! Every function gives the name of a column of `leadcal_leads`. `l` is the leads' table, `w.blanks` what counts as blank.

use std::collections::HashSet;

use leadcal_lift::attribute::{FieldType, Input};
use leadcal_lift::signals::SignalKind;

use super::query::Columns;
use super::{Dialect, quote};
use crate::config::ScoringConfig;

/// Columns of the leads, by what the config asks for.
#[derive(Debug)]
pub(super) struct Leads {
    pub(super) dialect: Dialect,
    pub(super) columns: Columns,
    /// Fields that are read as texts, so that a number of theirs is a text too.
    texts: HashSet<String>,
    numbers: HashSet<String>,
}

/// What a field says.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// The column with the value; NULL where it is missing.
    pub(super) value: String,
    /// Holds where the value is not of the input's type.
    pub(super) wrong: Option<String>,
}

/// Characters that count as blank: Unicode's `White_Space`.
pub(super) const BLANKS: &str = "\t\n\u{b}\u{c}\r \u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\
    \u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}";

/// What a boolean's column holds: no, yes, or neither.
const NO: &str = "0";
const YES: &str = "1";
const NEITHER: &str = "2";

impl Leads {
    pub(super) fn new(dialect: Dialect, config: &ScoringConfig) -> Self {
        Self {
            dialect,
            columns: Columns::default(),
            texts: fields_read_as(config, FieldType::Text),
            numbers: fields_read_as(config, FieldType::Number),
        }
    }

    /// The column of a field, as text.
    fn raw_text(&self, field: &str) -> String {
        let text = self.dialect.as_text(&format!("l.{}", quote::column(self.dialect, field)));
        match self.dialect {
            // Behind an operator, the column's own collation does not count.
            Dialect::Sqlite => format!("({text} || '')"),
            _ => text,
        }
    }

    /// A field, trimmed as text.
    fn trimmed(&self, field: &str) -> String {
        self.dialect.trim(&self.raw_text(field), "w.blanks")
    }

    /// `CASE WHEN` a field's text means missing `THEN NULL`, to go on from.
    fn unless_missing(&self, field: &str, missing: &[String]) -> String {
        let markers = std::iter::once("").chain(missing.iter().map(String::as_str));
        format!("CASE WHEN {} IN {} THEN NULL", self.trimmed(field), quote::texts(self.dialect, markers))
    }

    /// A field understood as an attribute's input.
    pub(super) fn reading(&mut self, input: &Input) -> Reading {
        let (field, missing) = (input.field.as_str(), input.missing.as_slice());
        match input.kind {
            FieldType::Text => Reading { value: self.text(field, missing), wrong: None },
            FieldType::Number if self.texts.contains(field) => self.number_of_text(field, missing),
            FieldType::Number => Reading { value: self.number(field), wrong: None },
            FieldType::Boolean => {
                let word = self.dialect.lower(&self.trimmed(field));
                let one_of = |words: &[&str]| quote::texts(self.dialect, words);
                let value = format!(
                    "{} WHEN {word} IN {} THEN {YES} WHEN {word} IN {} THEN {NO} WHEN {word} IS NOT NULL THEN {NEITHER} END",
                    self.unless_missing(field, missing),
                    one_of(&["true", "yes", "t", "y", "1", "1.0"]),
                    one_of(&["false", "no", "f", "n", "0", "0.0", "-0.0"]),
                );
                let value = self.columns.of(0, &value, field);
                Reading { wrong: Some(format!("{value} = {NEITHER}")), value }
            }
            FieldType::Date => {
                let text = self.trimmed_text(field, missing);
                let day = self.columns.of(1, &self.dialect.day(&text), field);
                // A day that does not exist, or is written otherwise, is none.
                let value = format!(
                    "CASE WHEN {} = SUBSTR({text}, 1, 10) AND SUBSTR({text}, 1, 4) <> '0000' \
                     AND SUBSTR({text}, 11, 1) IN ('', 'T', ' ') THEN {day} END",
                    self.dialect.day_text(&day)
                );
                let value = self.columns.of(2, &value, field);
                Reading { wrong: Some(format!("{text} IS NOT NULL AND {value} IS NULL")), value }
            }
        }
    }

    /// A field as text, blanks around it included; NULL where it is blank or a marker.
    pub(super) fn text(&mut self, field: &str, missing: &[String]) -> String {
        let text = format!("{} ELSE {} END", self.unless_missing(field, missing), self.raw_text(field));
        self.columns.of(0, &text, field)
    }

    /// A field as a number, from a column of numbers.
    fn number(&mut self, field: &str) -> String {
        let number = self.dialect.as_double(&format!("l.{}", quote::column(self.dialect, field)));
        let number = self.columns.of(0, &number, field);
        self.without_nan(1, number, field)
    }

    /// A field as a number, from a column of texts.
    fn number_of_text(&mut self, field: &str, missing: &[String]) -> Reading {
        let text = self.trimmed_text(field, missing);
        let number = self.columns.of(1, &self.dialect.number_of_text(&text), field);
        let wrong = Some(format!("{text} IS NOT NULL AND {number} IS NULL"));
        Reading { value: self.without_nan(2, number, field), wrong }
    }

    fn without_nan(&mut self, layer: usize, number: String, field: &str) -> String {
        let known = self.dialect.without_nan(&number);
        if known == number { number } else { self.columns.of(layer, &known, field) }
    }

    /// A field as text, without blanks around it; NULL where it is blank or a marker.
    fn trimmed_text(&mut self, field: &str, missing: &[String]) -> String {
        let text = format!("{} ELSE {} END", self.unless_missing(field, missing), self.trimmed(field));
        self.columns.of(0, &text, field)
    }

    /// Whether a field has a value.
    pub(super) fn filled(&mut self, field: &str) -> String {
        let is_number = self.numbers.contains(field) && !self.texts.contains(field);
        let value = if is_number { self.number(field) } else { self.text(field, &[]) };
        format!("{value} IS NOT NULL")
    }

    /// A field in lower case.
    pub(super) fn lower(&mut self, field: &str) -> String {
        let lower = self.dialect.lower(&self.raw_text(field));
        self.columns.of(0, &lower, &format!("{field}, in lower case"))
    }

    /// The blanks, for expressions of a later layer.
    pub(super) fn blanks(&mut self) -> String {
        self.columns.of(0, "w.blanks", "what counts as blank")
    }

    /// A field without blanks around it, in lower case.
    pub(super) fn lower_trimmed(&mut self, field: &str) -> String {
        let text = self.dialect.lower(&self.trimmed(field));
        self.columns.of(0, &text, &format!("{field}, in lower case"))
    }

    /// The domain of the e-mail address in a field, in lower case, without a final dot. It may have no dot, or empty labels.
    pub(super) fn domain(&mut self, field: &str) -> String {
        let address = self.lower_trimmed(field);
        let blanks = self.blanks();
        // What is left of the last @: the end loses all that is no @. The x stands for "nothing else".
        let head = self.dialect.trim_end(&address, &format!("(REPLACE({address}, '@', '') || 'x')"));
        let head = self.columns.of(1, &format!("LENGTH({head})"), &format!("{field}, length up to the last at sign"));
        let domain = self.dialect.trim(&format!("SUBSTR({address}, {head} + 1)"), &blanks);
        let about = format!("{field}, domain");
        let domain = self.columns.of(2, &format!("CASE WHEN {head} >= 2 THEN {domain} END"), &about);
        let without_dot =
            format!("CASE WHEN {domain} LIKE '%.' THEN SUBSTR({domain}, 1, LENGTH({domain}) - 1) ELSE {domain} END");
        self.columns.of(3, &without_dot, &about)
    }
}

/// Fields that attributes read as a type; as texts, also those whose letters a signal looks at.
pub(super) fn fields_read_as(config: &ScoringConfig, kind: FieldType) -> HashSet<String> {
    let attributes = config.models.iter().flat_map(|model| &model.attributes);
    let inputs = attributes.map(|attribute| &attribute.input).filter(|input| input.kind == kind);
    let mut fields: HashSet<String> = inputs.map(|input| input.field.clone()).collect();
    if kind == FieldType::Text {
        let signals = config.models.iter().flat_map(|model| &model.signals);
        let of_letters = signals.filter(|signal| !matches!(signal.kind, SignalKind::FilledFields { .. }));
        fields.extend(of_letters.flat_map(|signal| signal.kind.fields()).map(str::to_owned));
    }
    fields
}
