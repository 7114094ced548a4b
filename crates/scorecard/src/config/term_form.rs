//! A term of the probability as it stands in JSON: one object whose keys say what it belongs to.

use serde::{Deserialize, Serialize};

use super::types::{Term, TermOf};

/// Every key a term may have; [`TermOf`] tells which belong together.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TermForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attribute: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    level: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    behaviour: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signal: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    inactivity_days: Option<u32>,
    coefficient: f64,
}

impl TryFrom<TermForm> for Term {
    type Error = &'static str;

    fn try_from(form: TermForm) -> Result<Self, &'static str> {
        let of = match (form.attribute, form.level, form.behaviour, form.signal, form.inactivity_days) {
            (Some(attribute), Some(level), None, None, None) => TermOf::Level { attribute, level },
            (None, None, Some(behaviour), None, None) => TermOf::Behaviour(behaviour),
            (None, None, None, Some(signal), None) => TermOf::Signal(signal),
            (None, None, None, None, Some(after_days)) => TermOf::Inactivity(after_days),
            _ => {
                return Err(
                    "a term belongs to one thing: \"attribute\" and \"level\", or \"behaviour\", or \"signal\", or \
                     \"inactivity_days\"",
                );
            }
        };
        Ok(Self { of, coefficient: form.coefficient })
    }
}

impl From<Term> for TermForm {
    fn from(term: Term) -> Self {
        let mut form = Self {
            attribute: None,
            level: None,
            behaviour: None,
            signal: None,
            inactivity_days: None,
            coefficient: term.coefficient,
        };
        match term.of {
            TermOf::Level { attribute, level } => (form.attribute, form.level) = (Some(attribute), Some(level)),
            TermOf::Behaviour(behaviour) => form.behaviour = Some(behaviour),
            TermOf::Signal(signal) => form.signal = Some(signal),
            TermOf::Inactivity(after_days) => form.inactivity_days = Some(after_days),
        }
        form
    }
}
