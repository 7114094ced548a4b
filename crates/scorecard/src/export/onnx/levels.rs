//! Which level of an attribute holds, and which step of inactivity is reached: an index for each lead.

use leadcal_lift::attribute::{FieldType, Scalar, When};

use super::arithmetic::compared;
use super::graph::Graph;
use crate::config::{Inactivity, ScoredAttribute};
use crate::export::inputs::day_number;

/// Blanks around a text, as in Rust and Unicode.
const BLANKS: &str = r"[\t-\r \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*";

/// Index of the first level that holds, or the number of levels.
pub(super) fn level(graph: &mut Graph, attribute: &ScoredAttribute, input: &str) -> String {
    let levels = || attribute.levels.iter().enumerate();
    let other = levels().find(|(_, level)| level.when == When::Otherwise);
    let other = other.map_or(attribute.levels.len(), |(index, _)| index);
    if attribute.input.kind == FieldType::Text {
        let mut listed = Vec::new();
        let mut missing = None;
        for (index, level) in levels() {
            match &level.when {
                When::In(values) => listed.extend(values.iter().filter_map(|value| Some((text(value)?, index)))),
                When::Missing => missing = missing.or(Some(index)),
                When::Otherwise | When::Range { .. } => (),
            }
        }
        let found = if listed.is_empty() { graph.index(other) } else { graph.encoded(input, &listed, other) };
        return missing.map_or(found.clone(), |missing| {
            let nothing = graph.matches(input, &means_nothing(&attribute.input.missing));
            let missing = graph.index(missing);
            graph.node("Where", &[&nothing, &missing, &found])
        });
    }
    let mut found = graph.index(other);
    for (index, level) in levels().collect::<Vec<_>>().into_iter().rev() {
        let holds = match &level.when {
            When::Otherwise => continue,
            When::Missing => graph.node("IsNaN", &[input]),
            When::In(values) => {
                let equal = values.iter().filter_map(number).map(|x| compared(graph, "Equal", input, x));
                let equal: Vec<String> = equal.collect();
                joined(graph, "Or", equal)
            }
            When::Range { from, below } => {
                let ends = [("GreaterOrEqual", *from), ("Less", *below)];
                let ends = ends.into_iter().filter_map(|(operator, end)| Some((operator, day_number(end?))));
                let within: Vec<String> = ends.map(|(operator, x)| compared(graph, operator, input, x)).collect();
                joined(graph, "And", within)
            }
        };
        let index = graph.index(index);
        found = graph.node("Where", &[&holds, &index, &found]);
    }
    found
}

/// Index of the step with the most days not above the days of silence.
pub(super) fn step(graph: &mut Graph, inactivity: &Inactivity, input: &str) -> String {
    let mut found = graph.index(inactivity.steps.len());
    for (index, step) in inactivity.steps.iter().enumerate() {
        let silent = compared(graph, "GreaterOrEqual", input, f64::from(step.after_days));
        let index = graph.index(index);
        found = graph.node("Where", &[&silent, &index, &found]);
    }
    found
}

/// The expression of texts that are empty or a marker of missing values, blanks around them aside.
fn means_nothing(markers: &[String]) -> String {
    let markers: Vec<String> = markers.iter().map(|marker| escaped(marker)).collect();
    format!("{BLANKS}(?:|{}){BLANKS}", markers.join("|"))
}

/// A text as a regular expression that matches it alone.
fn escaped(text: &str) -> String {
    let letter = |letter: char| match letter {
        letter if letter.is_alphanumeric() => letter.to_string(),
        letter => format!(r"\x{{{:x}}}", u32::from(letter)),
    };
    text.chars().map(letter).collect()
}

fn text(value: &Scalar) -> Option<&str> {
    if let Scalar::Text(text) = value { Some(text) } else { None }
}

/// Booleans are 1 and 0.
fn number(value: &Scalar) -> Option<f64> {
    match value {
        Scalar::Text(_) => None,
        Scalar::Number(x) => Some(*x),
        Scalar::Boolean(value) => Some(f64::from(u8::from(*value))),
    }
}

fn joined(graph: &mut Graph, operator: &str, conditions: Vec<String>) -> String {
    let whole = conditions.into_iter().reduce(|whole, next| graph.node(operator, &[&whole, &next]));
    whole.expect("a valid level lists a value or has an end")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_marker_is_matched_literally(marker in any::<String>()) {
            let escaped = escaped(&marker);
            let (first, parts) = escaped.split_once(r"\x{").unwrap_or((&escaped, ""));
        let mut unescaped = first.to_owned();
        for part in parts.split(r"\x{").filter(|part| !part.is_empty()) {
            let (code, rest) = part.split_once('}').expect("a code ends");
            let code = u32::from_str_radix(code, 16).expect("a hexadecimal number");
            unescaped.push(char::from_u32(code).expect("a letter"));
            unescaped.push_str(rest);
        }
        prop_assert_eq!(unescaped, marker);
            let plain = |letter: char| letter.is_alphanumeric() || r"\{}".contains(letter);
            prop_assert!(escaped.chars().all(plain));
        }
    }
}
