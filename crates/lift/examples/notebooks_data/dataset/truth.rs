//! What generates the outcomes: every number of the model, in the form in which `truth.json` tells it.

use leadcal_lift::attribute::Attribute;
use serde::Serialize;

use super::effects::{attributes, behaviours, signals};
use super::events::Event;
use super::signals::Signal;

/// The whole model: logit P(conversion in the horizon) is the sum of all that applies.
#[derive(Serialize)]
pub(crate) struct Truth {
    pub(crate) snapshot: Snapshot,
    pub(crate) intercepts: Vec<Intercept>,
    pub(crate) attributes: Vec<AttributeEffect>,
    pub(crate) signals: Vec<SignalEffect>,
    pub(crate) behaviours: Vec<Behaviour>,
    pub(crate) inactivity: Inactivity,
    pub(crate) no_effect: NoEffect,
    pub(crate) early_conversions: EarlyConversions,
}

/// When a lead is looked at, how far back, and how far ahead. Whole days.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the spec's snapshot section")]
pub(crate) struct Snapshot {
    pub(crate) after_days: i64,
    pub(crate) window_days: i64,
    pub(crate) horizon_days: i64,
}

/// Log-odds of a product's reference lead.
#[derive(Serialize)]
pub(crate) struct Intercept {
    pub(crate) product: &'static str,
    pub(crate) log_odds: f64,
}

/// Log-odds of an attribute's levels, against a reference level at 0.
#[derive(Serialize)]
pub(crate) struct AttributeEffect {
    /// The products it holds for.
    pub(crate) products: Vec<&'static str>,
    pub(crate) attribute: Attribute,
    /// One for each level, in the attribute's order.
    pub(crate) log_odds: Vec<f64>,
}

/// Log-odds of a data-quality signal that fires.
#[derive(Serialize)]
pub(crate) struct SignalEffect {
    pub(crate) name: &'static str,
    pub(crate) field: &'static str,
    pub(crate) fires: &'static str,
    #[serde(skip)]
    pub(crate) signal: Signal,
    pub(crate) log_odds: f64,
}

/// Log-odds of each counted event: the newest `max_times` in the window, each halved every `half_life_days`.
#[derive(Serialize)]
pub(crate) struct Behaviour {
    pub(crate) name: &'static str,
    pub(crate) event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) page: Option<&'static str>,
    pub(crate) log_odds_each: f64,
    pub(crate) max_times: usize,
    pub(crate) half_life_days: Option<f64>,
}

/// Log-odds by whole days since the last event of any kind: the step with the largest `after_days` reached.
#[derive(Serialize)]
pub(crate) struct Inactivity {
    pub(crate) without_events: &'static str,
    pub(crate) steps: Vec<Step>,
}

/// One step of inactivity.
#[derive(Serialize)]
pub(crate) struct Step {
    pub(crate) after_days: i64,
    pub(crate) log_odds: f64,
}

/// What is in the data and in no way in the outcome.
#[derive(Serialize)]
pub(crate) struct NoEffect {
    pub(crate) attributes: Vec<&'static str>,
    pub(crate) attributes_beside_others: Vec<&'static str>,
    pub(crate) events: Vec<&'static str>,
    pub(crate) pages: Vec<&'static str>,
}

/// Conversions at or before the snapshot, drawn without regard to anything.
#[derive(Serialize)]
pub(crate) struct EarlyConversions {
    pub(crate) probability: f64,
}

/// The model that made the data.
pub(crate) fn truth() -> Truth {
    Truth {
        snapshot: Snapshot { after_days: 14, window_days: 90, horizon_days: 60 },
        intercepts: vec![
            Intercept { product: "Flow", log_odds: -3.30 },
            Intercept { product: "Desk", log_odds: -2.75 },
            Intercept { product: "Ledger", log_odds: -3.80 },
        ],
        attributes: attributes(),
        signals: signals(),
        behaviours: behaviours(),
        inactivity: Inactivity {
            without_events: "a lead without an event up to the snapshot counts from created_at: 14 days, no step",
            steps: vec![Step { after_days: 30, log_odds: -0.7 }, Step { after_days: 60, log_odds: -1.3 }],
        },
        no_effect: NoEffect {
            attributes: vec!["country", "newsletter", "form_variant", "domain_age_years", "company", "created_at"],
            attributes_beside_others: vec!["job_title"],
            events: vec!["email_open"],
            pages: vec!["/", "/features", "/blog", "/customers", "/docs", "/login"],
        },
        early_conversions: EarlyConversions { probability: 0.012 },
    }
}

impl Behaviour {
    /// Whether an event is one of this behaviour.
    pub(crate) fn matches(&self, event: &Event) -> bool {
        event.name == self.event && (self.page.is_none() || self.page == event.page)
    }
}
