//! The level of an attribute, and the step of inactivity, as a derived field: scorecards and regressions ask for its name.

use leadcal_lift::attribute::{Bound, FieldType, Scalar, When};

use super::expression::{apply, boolean, field, first_of, is_one_of, joined, means_nothing, number, text};
use crate::config::{Inactivity, InactivityStep, ScoredAttribute};
use crate::export::inputs::day_number;
use crate::xml::Element;

/// The derived field `name` with the level of an attribute that reads `input`; it is missing where no level holds.
pub(super) fn level(name: &str, attribute: &ScoredAttribute, input: &str) -> Element {
    let mut cases = Vec::new();
    let mut otherwise = None;
    let mut of_missing = None;
    for level in &attribute.levels {
        let value = || text(&level.name);
        match &level.when {
            When::Missing => {
                of_missing.get_or_insert_with(value);
                if attribute.input.kind == FieldType::Text {
                    cases.push((means_nothing(input, &attribute.input.missing), value()));
                }
            }
            When::Otherwise => {
                of_missing.get_or_insert_with(value);
                otherwise = Some(value());
            }
            When::In(values) => cases.push((is_one_of(input, values.iter().map(constant).collect()), value())),
            When::Range { from, below } => cases.push((within(input, *from, *below), value())),
        }
    }
    // Functions refuse a missing value, so that is asked first.
    let known = first_of(cases, otherwise);
    let missing = apply("isMissing", [field(input)]);
    let expression = match (of_missing, known) {
        (Some(of_missing), known) => apply("if", [missing, of_missing].into_iter().chain(known)),
        (None, Some(known)) => apply("if", [apply("isNotMissing", [field(input)]), known]),
        (None, None) => unreachable!("an attribute has a level, and a level a condition or a name for the missing"),
    };
    derived(name, expression)
}

/// The derived field `name` with the step that so many days of silence reach.
pub(super) fn silence(name: &str, inactivity: &Inactivity, input: &str) -> Element {
    let reached = |step: &InactivityStep| {
        let condition = apply("greaterOrEqual", [field(input), number(f64::from(step.after_days))]);
        (condition, text(&step_name(step)))
    };
    let steps = first_of(inactivity.steps.iter().rev().map(reached).collect(), None);
    derived(name, apply("if", [apply("isNotMissing", [field(input)])].into_iter().chain(steps)))
}

/// Such as `30 days`.
pub(super) fn step_name(step: &InactivityStep) -> String {
    format!("{} days", step.after_days)
}

fn derived(name: &str, expression: Element) -> Element {
    Element::new("DerivedField")
        .with("name", name)
        .with("optype", "categorical")
        .with("dataType", "string")
        .child(expression)
}

fn constant(value: &Scalar) -> Element {
    match value {
        Scalar::Text(value) => text(value),
        Scalar::Number(x) => number(*x),
        Scalar::Boolean(value) => boolean(*value),
    }
}

fn within(input: &str, from: Option<Bound>, below: Option<Bound>) -> Element {
    let bound = |function, bound: Bound| apply(function, [field(input), number(day_number(bound))]);
    let ends = [from.map(|end| bound("greaterOrEqual", end)), below.map(|end| bound("lessThan", end))];
    joined("and", ends.into_iter().flatten().collect())
}
