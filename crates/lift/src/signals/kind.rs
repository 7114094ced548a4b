//! What a signal looks at, and how often it fires.

use serde::{Deserialize, Serialize};

use super::{Layout, company_email_domain, disposable_email_domain, free_email_domain, keyboard_run, uncapitalised};
use crate::attribute::Value;

/// What a signal looks at. One definition for calibration, which counts how often it fired in the history, and for the
/// runtime scorer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SignalKind {
    /// The address is at a mailbox provider open to anyone.
    FreeEmailDomain {
        /// Field with the e-mail address.
        field: String,
        /// Domains that count besides the built-in list.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        also: Vec<String>,
    },
    /// The address is at a provider of throw-away mailboxes.
    DisposableEmailDomain {
        /// Field with the e-mail address.
        field: String,
        /// Domains that count besides the built-in list.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        also: Vec<String>,
    },
    /// The address is at the own domain of the lead's company.
    CompanyEmailDomain {
        /// Field with the e-mail address.
        field: String,
        /// Field with the company's name or its web site.
        company: String,
    },
    /// The text runs along a row of the keyboard.
    KeyboardRun {
        /// Field with the text.
        field: String,
        /// Keyboards looked at.
        layouts: Vec<Layout>,
        /// Letters in a row that make a run.
        min_run: u32,
    },
    /// The name has letters with a case and no capital.
    Uncapitalised {
        /// Field with the name.
        field: String,
    },
    /// Fires once for each of these fields that has a value.
    FilledFields {
        /// The fields.
        fields: Vec<String>,
    },
}

impl SignalKind {
    /// The fields it reads, in the order [`SignalKind::times`] asks for them.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::FreeEmailDomain { field, .. }
            | Self::DisposableEmailDomain { field, .. }
            | Self::KeyboardRun { field, .. }
            | Self::Uncapitalised { field } => vec![field],
            Self::CompanyEmailDomain { field, company } => vec![field, company],
            Self::FilledFields { fields } => fields.iter().map(String::as_str).collect(),
        }
    }

    /// How often it fires for a lead: 0 or 1, for filled fields the number of them. `value_of` gives the value of a field
    /// by its index in [`SignalKind::fields`]. A missing or blank value never fires.
    pub fn times<'v>(&self, value_of: impl Fn(usize) -> Value<'v>) -> u32 {
        let text = |index| value_of(index).text();
        let of_text = |fires: &dyn Fn(&str) -> bool| u32::from(text(0).is_some_and(|text| fires(&text)));
        match self {
            Self::FreeEmailDomain { also, .. } => of_text(&|address| free_email_domain(address, also)),
            Self::DisposableEmailDomain { also, .. } => of_text(&|address| disposable_email_domain(address, also)),
            Self::CompanyEmailDomain { .. } => {
                of_text(&|address| text(1).is_some_and(|company| company_email_domain(address, &company)))
            }
            Self::KeyboardRun { layouts, min_run, .. } => of_text(&|text| keyboard_run(text, layouts, *min_run)),
            Self::Uncapitalised { .. } => of_text(&uncapitalised),
            Self::FilledFields { fields } => (0..fields.len()).map(|index| u32::from(text(index).is_some())).sum(),
        }
    }

    /// The most times it can fire for a lead: 1, for filled fields the number of fields.
    pub fn most(&self) -> u32 {
        match self {
            Self::FilledFields { fields } => u32::try_from(fields.len()).unwrap_or(u32::MAX),
            _ => 1,
        }
    }
}
