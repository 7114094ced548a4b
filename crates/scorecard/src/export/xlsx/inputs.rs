//! What a salesperson types: the cells of a lead on the form and in the list.

use leadcal_lift::attribute::{FieldType, Scalar, When, parse_number};
use leadcal_lift::signals::SignalKind;

use super::cells::{cell, letters};
use crate::config::ScoringConfig;
use crate::runtime::{CREATED_AT, PRODUCT};

/// Sheet of one lead.
pub(super) const FORM: &str = "Score a lead";
/// Sheet of many leads.
pub(super) const LIST: &str = "Score a list";
/// First row of the form's inputs.
pub(super) const FORM_FIRST: u32 = 9;
/// Column of the form's inputs.
pub(super) const FORM_COLUMN: u16 = 2;
/// First row of leads in the list.
pub(super) const LIST_FIRST: u32 = 5;
/// Index of the input that holds the lead's name.
pub(super) const LEAD: usize = 0;

/// What is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// Stays as typed: cells are formatted as text.
    Text,
    Number,
    YesOrNo,
    Day,
    Time,
}

/// An input of a lead.
#[derive(Debug)]
pub(super) struct Input {
    /// The field's name, or what else is asked.
    pub(super) label: String,
    pub(super) ask: Ask,
    /// Texts to choose from; others may be typed.
    pub(super) choices: Vec<String>,
    /// The signal whose answer is typed, for want of a formula.
    signal: Option<SignalKind>,
}

/// All inputs, and where they stand.
pub(super) struct Inputs {
    pub(super) list: Vec<Input>,
    /// Rows of the list.
    pub(super) rows: u32,
    /// The list's first column of inputs.
    pub(super) list_column: u16,
}

impl Inputs {
    /// The inputs that a config reads: the lead's name first, then fields in the order of the models.
    pub(super) fn new(config: &ScoringConfig, rows: u32, list_column: u16) -> Self {
        let mut inputs = Self { list: Vec::new(), rows, list_column };
        inputs.list.push(Input { label: "Lead".to_owned(), ask: Ask::Text, choices: Vec::new(), signal: None });
        let products: Vec<String> = config.models.iter().filter_map(|model| model.product.clone()).collect();
        if !products.is_empty() {
            inputs.add(PRODUCT, Ask::Text, products);
        }
        for attribute in config.models.iter().flat_map(|model| &model.attributes) {
            let source = &attribute.input;
            // A marker such as 999 is a text, so what is typed has to stay one.
            let numeric_marker = source.missing.iter().any(|marker| parse_number(marker).is_some());
            let ask = match source.kind {
                FieldType::Number if !numeric_marker => Ask::Number,
                FieldType::Boolean if !numeric_marker => Ask::YesOrNo,
                FieldType::Date => Ask::Day,
                _ => Ask::Text,
            };
            let listed = attribute.levels.iter().filter_map(|level| match &level.when {
                When::In(values) => Some(values),
                _ => None,
            });
            let texts = listed.flatten().filter_map(|value| match value {
                Scalar::Text(text) => Some(text.clone()),
                _ => None,
            });
            inputs.add(&source.field, ask, texts.collect());
        }
        for signal in config.models.iter().flat_map(|model| &model.signals) {
            if matches!(signal.kind, SignalKind::CompanyEmailDomain { .. }) {
                continue;
            }
            for field in signal.kind.fields() {
                inputs.add(field, Ask::Text, Vec::new());
            }
        }
        if config.models.iter().any(|model| model.inactivity.is_some()) {
            inputs.add(CREATED_AT, Ask::Time, Vec::new());
        }
        for signal in config.models.iter().flat_map(|model| &model.signals) {
            let known = inputs.list.iter().any(|input| input.signal.as_ref() == Some(&signal.kind));
            if matches!(signal.kind, SignalKind::CompanyEmailDomain { .. }) && !known {
                let label = format!("{}: yes or no", signal.name);
                let kind = Some(signal.kind.clone());
                inputs.list.push(Input { label, ask: Ask::YesOrNo, choices: Vec::new(), signal: kind });
            }
        }
        inputs
    }

    /// Adds a field, or what it is asked for besides: read in two ways, it is typed as text, which all understand.
    fn add(&mut self, field: &str, ask: Ask, choices: Vec<String>) {
        match self.list.iter_mut().skip(1).find(|input| input.label == field) {
            Some(input) => {
                if input.ask != ask {
                    input.ask = Ask::Text;
                }
                for choice in choices {
                    if !input.choices.contains(&choice) {
                        input.choices.push(choice);
                    }
                }
            }
            None => self.list.push(Input { label: field.to_owned(), ask, choices, signal: None }),
        }
    }

    /// The input of a field that the config reads.
    pub(super) fn of_field(&self, field: &str) -> usize {
        let found = self.list.iter().skip(1).position(|input| input.label == field && input.signal.is_none());
        1 + found.expect("every field read has an input")
    }

    /// The input of a signal that is typed.
    pub(super) fn of_signal(&self, kind: &SignalKind) -> usize {
        let found = self.list.iter().position(|input| input.signal.as_ref() == Some(kind));
        found.expect("every signal typed has an input")
    }

    /// The cell where an input of a lead is typed: lead 0 is the form's, the others are the list's.
    pub(super) fn cell(&self, input: usize, lead: u32) -> String {
        let input = u16::try_from(input).unwrap_or(u16::MAX);
        match lead.checked_sub(1) {
            None => format!("'{FORM}'!{}", cell(FORM_FIRST + u32::from(input), FORM_COLUMN)),
            Some(index) => format!("'{LIST}'!{}", at(LIST_FIRST + index, self.list_column.saturating_add(input))),
        }
    }

    /// The cells of all inputs of a lead of the list.
    pub(super) fn cells(&self, lead: u32) -> String {
        let last = self.cell(self.list.len() - 1, lead);
        let (_, last) = last.split_once('!').expect("a cell has a sheet");
        format!("{}:{last}", self.cell(0, lead))
    }
}

/// A cell such as `$C5`.
fn at(row: u32, column: u16) -> String {
    format!("${}{}", letters(column), row + 1)
}
