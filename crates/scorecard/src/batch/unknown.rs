//! What a table holds that the config does not know: products without a model, columns none of whose values is in a level.
//!
//! Neither is an error: a lead of such a product is scored by the model of all others, such a value is in the level of all
//! others or in none. But it may be a misspelling, or a column exported in another form, such as true for yes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use leadcal_lift::attribute::{Value, When};

use crate::config::{ScoredAttribute, ScoringConfig};
use crate::runtime::text;

/// Of fewer leads with a value nothing is said: theirs may well be rare ones.
const LEAST: u64 = 10;
/// Products and levels that are named; of more, only how many there are.
const NAMED: usize = 5;

/// What was found, counted by lead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unknown {
    /// Leads of each product that the model of all others scores.
    products: BTreeMap<String, u64>,
    /// By place of model and attribute in the config.
    attributes: BTreeMap<(usize, usize), Met>,
}

/// The values of an attribute that were met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Met {
    present: u64,
    in_a_level: u64,
    /// The first that was in none.
    stranger: Option<String>,
}

/// What an attribute knows of values.
pub(crate) struct Known<'a> {
    /// Of each level whether it is of values that the config names or spans.
    named: Vec<bool>,
    /// Texts that mean "no value".
    missing: &'a [String],
}

impl<'a> Known<'a> {
    pub(crate) fn of(attribute: &'a ScoredAttribute) -> Self {
        let named = |when: &When| matches!(when, When::In(_) | When::Range { .. });
        Self {
            named: attribute.levels.iter().map(|level| named(&level.when)).collect(),
            missing: &attribute.input.missing,
        }
    }

    fn is_missing(&self, value: Value<'_>) -> bool {
        match value {
            Value::Missing => true,
            Value::Text(text) => text.trim().is_empty() || self.missing.iter().any(|missing| missing == text),
            Value::Number(_) | Value::Boolean(_) => false,
        }
    }
}

impl Unknown {
    pub(crate) fn product(&mut self, product: &str) {
        match self.products.get_mut(product) {
            Some(leads) => *leads += 1,
            None => _ = self.products.insert(product.to_owned(), 1),
        }
    }

    /// Counts the value of one lead, which is in the level `code`.
    pub(crate) fn value(&mut self, at: (usize, usize), value: Value<'_>, code: Option<u32>, known: &Known<'_>) {
        if known.is_missing(value) || !known.named.contains(&true) {
            return;
        }
        let met = self.attributes.entry(at).or_default();
        met.present += 1;
        if code.is_some_and(|code| known.named[code as usize]) {
            met.in_a_level += 1;
        } else if met.stranger.is_none() {
            met.stranger = text(value).map(Cow::into_owned);
        }
    }

    /// Adds what was found in rows after these.
    pub fn append(&mut self, other: Self) {
        for (product, leads) in other.products {
            *self.products.entry(product).or_default() += leads;
        }
        for (at, met) in other.attributes {
            let mine = self.attributes.entry(at).or_default();
            mine.present += met.present;
            mine.in_a_level += met.in_a_level;
            mine.stranger = mine.stranger.take().or(met.stranger);
        }
    }

    /// What a person should know of it, in the config's order.
    pub fn notes(&self, config: &ScoringConfig) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.products.is_empty() {
            let shown = self.products.iter().map(|(product, leads)| format!("\"{product}\" ({leads})"));
            notes.push(format!(
                "products without a model of their own, whose leads the model of all others scores: {}",
                listed(shown)
            ));
        }
        let strange = self.attributes.iter().filter(|(_, met)| met.in_a_level == 0 && met.present >= LEAST);
        let mut said: Vec<&str> = Vec::new();
        for (&(model, attribute), met) in strange {
            let attribute = &config.models[model].attributes[attribute];
            let field = attribute.input.field.as_str();
            if said.contains(&field) {
                continue;
            }
            said.push(field);
            let named = Known::of(attribute).named.into_iter().zip(&attribute.levels).filter(|(named, _)| *named);
            let levels: Vec<String> = named.map(|(_, level)| format!("\"{}\"", level.name)).collect();
            notes.push(format!(
                "column \"{field}\": none of its {} values is in a level of the config ({}); one of them is \"{}\"",
                met.present,
                listed(levels.into_iter()),
                met.stranger.as_deref().unwrap_or_default()
            ));
        }
        notes
    }
}

fn listed(texts: impl ExactSizeIterator<Item = String>) -> String {
    let more = texts.len().saturating_sub(NAMED);
    let shown = texts.take(NAMED).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}
