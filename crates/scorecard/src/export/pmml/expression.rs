//! The expressions of PMML that the export uses.

use crate::xml::Element;

/// The value of a field.
pub(super) fn field(name: &str) -> Element {
    Element::new("FieldRef").with("field", name)
}

pub(super) fn number(x: f64) -> Element {
    Element::new("Constant").with("dataType", "double").text(x.to_string())
}

pub(super) fn text(text: &str) -> Element {
    Element::new("Constant").with("dataType", "string").text(text)
}

pub(super) fn boolean(value: bool) -> Element {
    Element::new("Constant").with("dataType", "boolean").text(value.to_string())
}

pub(super) fn apply(function: &str, arguments: impl IntoIterator<Item = Element>) -> Element {
    Element::new("Apply").with("function", function).children(arguments)
}

/// `or` or `and` of conditions; one stands for itself.
pub(super) fn joined(function: &str, mut conditions: Vec<Element>) -> Element {
    if conditions.len() == 1 { conditions.remove(0) } else { apply(function, conditions) }
}

/// Conditions that are asked one inside the other; evaluators have no stack for thousands.
const CHAIN: usize = 16;

/// The value of the first condition that holds, or else the last one. Where there is none the result is missing.
pub(super) fn first_of(mut cases: Vec<(Element, Element)>, otherwise: Option<Element>) -> Option<Element> {
    if cases.len() > CHAIN {
        let later = cases.split_off(cases.len() / 2);
        let any = joined("or", cases.iter().map(|(condition, _)| condition.clone()).collect());
        let earlier = first_of(cases, None);
        return Some(apply("if", [any].into_iter().chain(earlier).chain(first_of(later, otherwise))));
    }
    cases
        .into_iter()
        .rev()
        .fold(otherwise, |rest, (condition, value)| Some(apply("if", [condition, value].into_iter().chain(rest))))
}

/// A number within limits.
pub(super) fn limited(x: Element, min: f64, max: f64) -> Element {
    apply("min", [apply("max", [x, number(min)]), number(max)])
}

/// A number rounded to a whole one, halves away from zero. PMML's own `round` takes halves up, and `floor` is of 32 bits in
/// some evaluators; what is left of a division by one is exact.
pub(super) fn rounded(x: &str) -> Element {
    let size = || apply("abs", [field(x)]);
    let part = || apply("modulo", [size(), number(1.0)]);
    let whole = || apply("-", [size(), part()]);
    let up = apply("greaterOrEqual", [part(), number(0.5)]);
    let rounded = || apply("if", [up.clone(), apply("+", [whole(), number(1.0)]), whole()]);
    let below = apply("lessThan", [field(x), number(0.0)]);
    apply("if", [below, apply("-", [number(0.0), rounded()]), rounded()])
}

/// Whether a field that is not missing holds one of these values.
pub(super) fn is_one_of(name: &str, mut values: Vec<Element>) -> Element {
    match values.len() {
        1 => apply("equal", [field(name), values.remove(0)]),
        _ => apply("isIn", [field(name)].into_iter().chain(values)),
    }
}

/// Whether a text that is not missing is empty or one of the markers, without the blanks around it.
pub(super) fn means_nothing(name: &str, markers: &[String]) -> Element {
    let trimmed = || apply("trimBlanks", [field(name)]);
    let zero = Element::new("Constant").with("dataType", "integer").text("0");
    let mut conditions = vec![apply("equal", [apply("stringLength", [trimmed()]), zero])];
    conditions.extend(
        markers.iter().filter(|marker| !marker.is_empty()).map(|marker| apply("equal", [trimmed(), text(marker)])),
    );
    joined("or", conditions)
}
