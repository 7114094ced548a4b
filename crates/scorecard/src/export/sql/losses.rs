//! What a dialect cannot say exactly.

use leadcal_lift::attribute::{FieldType, Scalar};
use leadcal_lift::signals::SignalKind;

use super::Dialect;
use super::company::MOST_WORDS;
use super::leads::fields_read_as;
use crate::config::ScoringConfig;
use crate::export::Losses;

/// The losses of a config in a dialect.
pub(super) fn losses(config: &ScoringConfig, dialect: Dialect) -> Losses {
    let mut losses = Losses::default();
    let texts = fields_read_as(config, FieldType::Text);
    for (index, model) in config.models.iter().enumerate() {
        for (place, attribute) in model.attributes.iter().enumerate() {
            let input = &attribute.input;
            if input.kind == FieldType::Number && texts.contains(&input.field) {
                losses.add(
                    format!("/models/{index}/attributes/{place}/input"),
                    format!("attribute \"{}\"", attribute.name),
                    format!(
                        "field \"{}\" is read as a text elsewhere, and a column has one type; it must be a column of texts here, \
                         in which a number that is written otherwise than the shortest way is another text",
                        input.field
                    ),
                );
            }
        }
        for (place, behaviour) in model.behaviours.iter().enumerate() {
            for (property, listed) in &behaviour.properties {
                let kinds = |is: fn(&Scalar) -> bool| listed.iter().any(is);
                if kinds(|value| matches!(value, Scalar::Text(_))) && kinds(|value| !matches!(value, Scalar::Text(_))) {
                    losses.add(
                        format!("/models/{index}/behaviours/{place}/where"),
                        format!("behaviour \"{}\"", behaviour.name),
                        format!(
                            "property \"{property}\" lists texts beside other values, and a column has one type; it must be a column \
                             of texts here, in which a number that is written otherwise than the shortest way is another text"
                        ),
                    );
                }
            }
        }
        for (place, signal) in model.signals.iter().enumerate() {
            if let Some(lost) = of_signal(&signal.kind, dialect) {
                losses.add(format!("/models/{index}/signals/{place}"), format!("signal \"{}\"", signal.name), lost);
            }
        }
    }
    losses
}

fn of_signal(kind: &SignalKind, dialect: Dialect) -> Option<String> {
    match (kind, dialect) {
        (
            SignalKind::FreeEmailDomain { also, .. } | SignalKind::DisposableEmailDomain { also, .. },
            Dialect::Sqlite,
        ) if also.iter().any(|domain| !domain.is_ascii()) => Some(
            "SQLite knows capitals of ASCII only; domains with other letters are compared as they are written"
                .to_owned(),
        ),
        (SignalKind::CompanyEmailDomain { .. }, Dialect::Sqlite) => {
            Some("SQLite knows capitals of ASCII only; other letters are compared as they are written".to_owned())
        }
        (SignalKind::CompanyEmailDomain { .. }, Dialect::DuckDb | Dialect::BigQuery) => Some(SIGMA.to_owned()),
        (SignalKind::CompanyEmailDomain { .. }, Dialect::Snowflake) => {
            Some(format!("of a company's name, the first {MOST_WORDS} words are looked at; {SIGMA}"))
        }
        _ => None,
    }
}

const SIGMA: &str = "a capital sigma at the end of a Greek word becomes \u{3c3} instead of \u{3c2}";
