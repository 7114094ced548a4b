//! The effects of the truth: every attribute, signal and behaviour that moves the outcome, and by how much.

use leadcal_lift::attribute::Bound::Number;
use leadcal_lift::attribute::{Attribute, FieldType, Input, Level, Scalar, When};

use super::signals::Signal;
use super::truth::{AttributeEffect, Behaviour, SignalEffect};

const ALL: &[&str] = &["Flow", "Desk", "Ledger"];

/// What a lead is.
pub(crate) fn attributes() -> Vec<AttributeEffect> {
    let sizes = [None, Some(-1.0)];
    let cuts = [10.0, 50.0, 200.0, 1_000.0];
    vec![
        texts(
            ALL,
            "seniority",
            -0.3,
            &[
                ("Manager", 0.0),
                ("C-level", 0.7),
                ("VP", 0.6),
                ("Director", 0.4),
                ("Specialist", -0.5),
                ("Student or intern", -1.6),
            ],
        ),
        texts(
            &["Flow", "Desk"],
            "department",
            0.0,
            &[
                ("Operations", 0.0),
                ("Marketing", 0.3),
                ("Sales", 0.3),
                ("IT", 0.0),
                ("Finance", -0.4),
                ("Human resources", -0.4),
            ],
        ),
        texts(
            &["Ledger"],
            "department",
            0.0,
            &[
                ("Operations", 0.0),
                ("Marketing", -0.4),
                ("Sales", -0.4),
                ("IT", 0.0),
                ("Finance", 1.1),
                ("Human resources", -0.4),
            ],
        ),
        numbers(&["Flow", "Ledger"], "company_size", &sizes, &cuts, &[-0.3, -0.5, -0.7, 0.0, 0.5, 0.8, 0.4]),
        numbers(&["Desk"], "company_size", &sizes, &cuts, &[-0.2, -0.5, 0.4, 0.5, 0.0, -0.5, -0.8]),
        texts(
            ALL,
            "industry",
            0.0,
            &[
                ("Manufacturing", 0.0),
                ("Software", 0.6),
                ("Professional services", 0.3),
                ("Retail", 0.0),
                ("Financial services", 0.3),
                ("Healthcare", -0.2),
                ("Education", -0.6),
                ("Non-profit", -0.6),
                ("Public sector", -0.4),
            ],
        ),
        texts(
            ALL,
            "source",
            -0.2,
            &[
                ("Organic search", 0.0),
                ("Paid search", -0.2),
                ("Social", -0.6),
                ("Webinar", 0.3),
                ("Trade fair", -0.1),
                ("Purchased list", -1.1),
                ("Referral", 0.8),
                ("Partner", 0.6),
            ],
        ),
        texts(
            ALL,
            "budget_band",
            0.0,
            &[("Select", 0.0), ("under 10k", -0.3), ("10k to 50k", 0.3), ("50k to 200k", 0.6), ("over 200k", 0.6)],
        ),
        numbers(ALL, "seats", &[None], &[5.0, 20.0, 100.0], &[0.0, -0.4, 0.0, 0.4, 0.6]),
    ]
}

/// How well its contact fields are filled in.
pub(crate) fn signals() -> Vec<SignalEffect> {
    let row = |name, field, fires, signal, log_odds| SignalEffect { name, field, fires, signal, log_odds };
    vec![
        row("free e-mail domain", "email", "its domain is in free_mail_domains", Signal::FreeMail, -0.8),
        row("disposable e-mail domain", "email", "its domain is in disposable_domains", Signal::DisposableMail, -1.6),
        row(
            "keyboard run",
            "first_name",
            "holds at least 4 neighbouring letters of a row of the AZERTY, QWERTY or QWERTZ keyboard, in either direction",
            Signal::KeyboardRun,
            -1.8,
        ),
        row(
            "uncapitalised name",
            "last_name",
            "has lower-case letters and no upper-case one",
            Signal::Uncapitalised,
            -0.6,
        ),
        row("phone given", "phone", "is not empty", Signal::PhoneFilled, 0.5),
    ]
}

/// What it did.
pub(crate) fn behaviours() -> Vec<Behaviour> {
    let row = |name, (event, page), log_odds_each, max_times, half_life_days| Behaviour {
        name,
        event,
        page,
        log_odds_each,
        max_times,
        half_life_days,
    };
    vec![
        row("pricing page", ("page_view", Some("/pricing")), 0.9, 4, Some(14.0)),
        row("demo request", ("demo_request", None), 1.6, 1, None),
        row("webinar", ("webinar", None), 0.7, 2, None),
        row("download", ("download", None), 0.45, 3, None),
        row("e-mail click", ("email_click", None), 0.4, 3, None),
        row("careers page", ("page_view", Some("/careers")), -1.0, 2, None),
        row("unsubscribe", ("unsubscribe", None), -1.6, 1, None),
    ]
}

/// A text attribute: missing, then its levels.
fn texts(products: &[&'static str], field: &str, missing: f64, levels: &[(&'static str, f64)]) -> AttributeEffect {
    let none = Level { name: "(missing)".to_owned(), when: When::Missing };
    let named = levels
        .iter()
        .map(|&(name, _)| Level { name: name.to_owned(), when: When::In(vec![Scalar::Text(name.to_owned())]) });
    AttributeEffect {
        products: products.to_vec(),
        attribute: Attribute {
            name: field.to_owned(),
            input: Input { field: field.to_owned(), kind: FieldType::Text, missing: Vec::new() },
            levels: std::iter::once(none).chain(named).collect(),
        },
        log_odds: std::iter::once(missing).chain(levels.iter().map(|&(_, effect)| effect)).collect(),
    }
}

/// A number attribute: its special values (`None`: missing), then the intervals between `cuts`.
fn numbers(
    products: &[&'static str],
    field: &str,
    specials: &[Option<f64>],
    cuts: &[f64],
    log_odds: &[f64],
) -> AttributeEffect {
    let special = specials.iter().map(|special| match special {
        None => Level { name: "(missing)".to_owned(), when: When::Missing },
        Some(x) => Level { name: x.to_string(), when: When::In(vec![Scalar::Number(*x)]) },
    });
    let interval = (0..=cuts.len()).map(|place| {
        let from = place.checked_sub(1).map(|before| cuts[before]);
        let below = cuts.get(place).copied();
        let name = match (from, below) {
            (None, Some(below)) => format!("< {below}"),
            (Some(from), Some(below)) => format!("[{from}, {below})"),
            (Some(from), None) => format!(">= {from}"),
            (None, None) => "any".to_owned(),
        };
        Level { name, when: When::Range { from: from.map(Number), below: below.map(Number) } }
    });
    AttributeEffect {
        products: products.to_vec(),
        attribute: Attribute {
            name: field.to_owned(),
            input: Input { field: field.to_owned(), kind: FieldType::Number, missing: Vec::new() },
            levels: special.chain(interval).collect(),
        },
        log_odds: log_odds.to_vec(),
    }
}
