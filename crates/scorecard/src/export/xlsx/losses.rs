//! What a workbook cannot say.

use leadcal_lift::attribute::Scalar;
use leadcal_lift::signals::SignalKind;

use crate::config::ScoringConfig;
use crate::export::Losses;

/// Forms of times that formulas read.
const TIMES: &str = "times are read as 2024-03-01, or with a time of day to the minute, second or fraction behind T or a blank, and a \
                     zone as Z, +01:00, +0100 or +01; other forms, such as 20240301T100000Z, are shown as a problem";

pub(super) fn of(config: &ScoringConfig) -> Losses {
    let mut losses = Losses::default();
    for (index, model) in config.models.iter().enumerate() {
        if !model.behaviours.is_empty() {
            losses.add(format!("/models/{index}/behaviours"), "behaviours", TIMES);
        }
        for (place, behaviour) in model.behaviours.iter().enumerate() {
            let pointer = format!("/models/{index}/behaviours/{place}");
            let part = format!("behaviour \"{}\"", behaviour.name);
            for (property, listed) in &behaviour.properties {
                if listed.contains(&Scalar::Text(String::new())) {
                    let lost = format!(
                        "an empty \"{property}\" counts as none, as an empty cell cannot be told from a missing one"
                    );
                    losses.add(&pointer, &part, lost);
                }
            }
        }
        for (place, signal) in model.signals.iter().enumerate() {
            let pointer = format!("/models/{index}/signals/{place}");
            let part = format!("signal \"{}\"", signal.name);
            match &signal.kind {
                SignalKind::CompanyEmailDomain { .. } => {
                    losses.add(
                        pointer,
                        part,
                        "not worked out from address and company; somebody types yes or no for each lead",
                    );
                }
                SignalKind::Uncapitalised { .. } => {
                    let lost = "letters beyond U+FFFF, as of Adlam, count as letters without case";
                    losses.add(pointer, part, lost);
                }
                _ => {}
            }
        }
        if model.inactivity.is_some() {
            losses.add(format!("/models/{index}/inactivity"), "inactivity", TIMES);
        }
    }
    losses
}
