//! Columns that may tell the outcome because they were filled in after it: named, never dropped silently.
//!
//! | reason | rule | |
//! |---|---|---|
//! | ranks | alone the attribute ranks the leads with an AUC above 0.95 | strong |
//! | filled | of the leads with a value at least 95 % converted (or did not), and the shares with a value differ at least tenfold, whatever chance did | strong |
//! | dated after | at least 5 % of the converted leads, and 10 of them, have a date here that is later than their conversion | strong |
//! | tells much | information value above 1, less what as many levels reach by chance | worth a look |
//! | named | information value above 0.3, and a word in the name that stands for a state or a result | worth a look |
//!
//! The weak rules, worth a look, ask whether a column was written to later. What leads did until a moment of their past cannot
//! have been, so they are silent on behaviours and days without an event, which may well tell much.
//!
//! "Whatever chance did": the lower end of the larger share's 95 % Jeffreys interval is ten times the upper end of the
//! smaller share's, and above 0.1. Information values above 0.3 are strong and above 0.5 suspicious by Siddiqi (*Credit Risk
//! Scorecards*, 2006); honest attributes of marketing data pass 0.5 often, 1 hardly ever. Chance reaches, of k levels,
//! (k - 1) / (N p (1 - p)) on average, the mean of a chi-squared statistic over what makes one of an information value.

use leadcal_lift::attribute::MISSING;
use leadcal_lift::beta;
use leadcal_lift::dated_columns::DatedColumn;
use leadcal_lift::evidence::information_value;
use leadcal_lift::patterns::{Counts, CovariatePatterns, Source};
use leadcal_lift::signals::SignalKind;
use leadcal_logit::error::LogitError;
use leadcal_logit::metrics::auc;

/// An attribute that alone ranks the leads better than this was most likely recorded after the outcome.
pub(crate) const RANKS: f64 = 0.95;
/// Of the leads with a value, at least this share is of one outcome…
const OF_ONE_OUTCOME: f64 = 0.95;
/// …the shares with a value differ at least so many times…
const TIMES: f64 = 10.0;
/// …and of the leads of that outcome more than this share have a value.
const FILLED: f64 = 0.1;
/// Share of the converted leads dated after their conversion…
const AFTER: f64 = 0.05;
/// …and how many they are at least.
const AFTER_LEADS: u64 = 10;
/// Information value that hardly any honest attribute has.
const TELLS_MUCH: f64 = 1.0;
/// Information value that is strong.
const STRONG: f64 = 0.3;
/// Words in names of columns that sales, or another tool, keep writing to while a lead goes on.
const WORDS: [&str; 17] = [
    "last",
    "latest",
    "final",
    "status",
    "stage",
    "outcome",
    "result",
    "reason",
    "disposition",
    "closed",
    "won",
    "lost",
    "duration",
    "quality",
    "grade",
    "rating",
    "score",
];

/// A column that may tell the outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// The column.
    pub column: String,
    /// What speaks against it.
    pub reason: Reason,
}

/// What speaks against a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// Alone it ranks the leads almost perfectly.
    Ranks {
        /// Its AUC.
        auc: f64,
    },
    /// It has a value almost only on leads of one outcome.
    Filled {
        /// Whether that outcome is the conversion.
        converted: bool,
        /// Share of the converted leads with a value.
        of_conversions: f64,
        /// Share of the other leads with a value.
        of_others: f64,
    },
    /// Its dates are later than the conversion.
    DatedAfter {
        /// Converted leads of which it is.
        leads: u64,
        /// Converted leads that have both dates.
        compared: u64,
    },
    /// It tells more than honest attributes do.
    TellsMuch {
        /// Its information value.
        information_value: f64,
    },
    /// It tells much, and its name stands for a state or a result.
    Named {
        /// The word in its name.
        word: &'static str,
        /// Its information value.
        information_value: f64,
    },
}

impl Reason {
    /// Whether it is more than worth a look: `init` leaves the column out.
    pub fn strong(&self) -> bool {
        matches!(self, Self::Ranks { .. } | Self::Filled { .. } | Self::DatedAfter { .. })
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ranks { auc } => write!(f, "alone it reaches AUC {auc:.3}"),
            Self::Filled { converted, of_conversions, of_others } => {
                let whom = if *converted { "leads that converted" } else { "leads that did not convert" };
                let (conversions, others) = (100.0 * of_conversions, 100.0 * of_others);
                write!(
                    f,
                    "it is filled almost only for {whom} ({conversions:.1} % of those that did, {others:.1} % of the others)"
                )
            }
            Self::DatedAfter { leads, compared } => {
                write!(f, "its date is after the conversion for {leads} of {compared} converted leads")
            }
            Self::TellsMuch { information_value } => {
                write!(
                    f,
                    "it tells more than attributes known beforehand usually do (information value {information_value:.2})"
                )
            }
            Self::Named { word, information_value } => {
                write!(f, "its name says \"{word}\" and it tells much (information value {information_value:.2})")
            }
        }
    }
}

impl Suspect {
    /// What a person should know, and how to leave the column out.
    pub fn warning(&self) -> String {
        let doubt = if self.reason.strong() { "may leak the outcome" } else { "is worth a look" };
        format!(
            "column \"{}\" {doubt}: {}; if it is filled in or changed after a lead came, leave it out (exclude in [data], or \
             --exclude)",
            self.column, self.reason
        )
    }
}

/// The suspects among attributes and columns of dates, in the attributes' order, each with its strongest reason.
///
/// # Errors
/// Where the patterns do not have both outcomes.
pub fn suspects(patterns: &CovariatePatterns, dated: &[DatedColumn]) -> Result<Vec<Suspect>, LogitError> {
    let mut found: Vec<Suspect> = Vec::new();
    for (index, attribute) in patterns.attributes().iter().enumerate() {
        let margin = patterns.margin(index);
        let missing = attribute.levels.iter().position(|level| level.name == MISSING);
        // Leads without any of the fields that a signal counts are at its first level.
        let counts_fields = matches!(patterns.feature(index).source, Source::Signal(SignalKind::FilledFields { .. }));
        let missing = missing.or(counts_fields.then_some(0));
        let date = dated.iter().find(|date| date.column == attribute.name);
        let reason = ranks(&margin)?
            .or_else(|| filled(&margin, missing?))
            .or_else(|| after(date?))
            .or_else(|| (patterns.feature(index).source == Source::Field).then(|| told(&attribute.name, &margin))?);
        found.extend(reason.map(|reason| Suspect { column: attribute.name.clone(), reason }));
    }
    let is_attribute = |column: &str| patterns.attributes().iter().any(|attribute| attribute.name == column);
    for date in dated.iter().filter(|date| !is_attribute(&date.column)) {
        let by_outcome = (date.filled_conversions, date.conversions, date.filled_others, date.others);
        let reason = filled_by_outcome(by_outcome).or_else(|| after(date));
        found.extend(reason.map(|reason| Suspect { column: date.column.clone(), reason }));
    }
    Ok(found)
}

fn ranks(margin: &Counts) -> Result<Option<Reason>, LogitError> {
    let rates: Vec<f64> =
        margin.leads.iter().zip(&margin.conversions).map(|(&n, &c)| c as f64 / n.max(1) as f64).collect();
    let auc = auc(&rates, margin)?.value;
    Ok((auc > RANKS).then_some(Reason::Ranks { auc }))
}

fn filled(margin: &Counts, missing: usize) -> Option<Reason> {
    let (leads, conversions) = (margin.total_leads(), margin.total_conversions());
    let empty = (margin.conversions[missing], margin.leads[missing] - margin.conversions[missing]);
    let others = leads - conversions;
    filled_by_outcome((conversions - empty.0, conversions, others - empty.1, others))
}

/// Of conversions with a value, all conversions, others with a value, all others.
fn filled_by_outcome((conversions, all_conversions, others, all_others): (u64, u64, u64, u64)) -> Option<Reason> {
    let filled = (conversions + others) as f64;
    let ends = |filled: u64, all: u64| beta::interval(filled as f64 + 0.5, (all - filled) as f64 + 0.5, 0.95);
    let one_sided = |many: u64, all_many: u64, few: u64, all_few: u64| {
        let (low, high) = (ends(many, all_many)[0], ends(few, all_few)[1]);
        many as f64 >= OF_ONE_OUTCOME * filled && low > FILLED && low >= TIMES * high
    };
    let reason = |converted| Reason::Filled {
        converted,
        of_conversions: conversions as f64 / all_conversions as f64,
        of_others: others as f64 / all_others as f64,
    };
    if all_conversions == 0 || all_others == 0 {
        None
    } else if one_sided(conversions, all_conversions, others, all_others) {
        Some(reason(true))
    } else if one_sided(others, all_others, conversions, all_conversions) {
        Some(reason(false))
    } else {
        None
    }
}

fn after(date: &DatedColumn) -> Option<Reason> {
    let leads = date.after_conversion;
    let many = leads >= AFTER_LEADS && leads as f64 >= AFTER * date.conversions as f64;
    many.then_some(Reason::DatedAfter { leads, compared: date.compared })
}

fn told(name: &str, margin: &Counts) -> Option<Reason> {
    let information_value = information_value(margin);
    let (leads, conversions) = (margin.total_leads() as f64, margin.total_conversions() as f64);
    let levels = margin.leads.iter().filter(|&&leads| leads > 0).count() as f64;
    let surely = information_value - (levels - 1.0) * leads / (conversions * (leads - conversions));
    if surely > TELLS_MUCH {
        return Some(Reason::TellsMuch { information_value });
    }
    let word = words(name).into_iter().find_map(|part| WORDS.into_iter().find(|word| part == *word));
    word.filter(|_| surely > STRONG).map(|word| Reason::Named { word, information_value })
}

/// The words of a name: `lastActivity`, `last_activity` and `Last Activity` are two.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        let starts = !c.is_alphanumeric() || (c.is_uppercase() && small);
        if starts {
            words.push(String::new());
        }
        small = c.is_lowercase();
        if let Some(word) = words.last_mut()
            && c.is_alphanumeric()
        {
            word.extend(c.to_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests;
