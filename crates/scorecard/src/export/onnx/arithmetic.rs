//! Small parts of a graph that compute with doubles.

use super::graph::Graph;

/// A count that may not have been made.
pub(super) fn counted(graph: &mut Graph, input: &str) -> String {
    let unknown = graph.node("IsNaN", &[input]);
    let none = graph.double(0.0);
    graph.node("Where", &[&unknown, &none, input])
}

pub(super) fn compared(graph: &mut Graph, operator: &str, value: &str, with: f64) -> String {
    let with = graph.double(with);
    graph.node(operator, &[value, &with])
}

pub(super) fn limited(graph: &mut Graph, value: &str, min: f64, max: f64) -> String {
    let (min, max) = (graph.double(min), graph.double(max));
    let raised = graph.node("Max", &[value, &min]);
    graph.node("Min", &[&raised, &max])
}

/// Halves away from zero; ONNX's own `Round` takes them to the even number.
pub(super) fn rounded(graph: &mut Graph, value: &str) -> String {
    let (zero, one) = (graph.double(0.0), graph.double(1.0));
    let size = graph.node("Abs", &[value]);
    let whole = graph.node("Floor", &[&size]);
    let part = graph.node("Sub", &[&size, &whole]);
    let up = compared(graph, "GreaterOrEqual", &part, 0.5);
    let above = graph.node("Add", &[&whole, &one]);
    let rounded = graph.node("Where", &[&up, &above, &whole]);
    let negative = graph.node("Less", &[value, &zero]);
    let below = graph.node("Sub", &[&zero, &rounded]);
    graph.node("Where", &[&negative, &below, &rounded])
}

/// The name of the last of ascending steps that a value reaches, or else the first name.
pub(super) fn reached<'n>(
    graph: &mut Graph,
    value: &str,
    first: &str,
    ascending: impl Iterator<Item = (f64, &'n str)>,
) -> String {
    let first = graph.text(first);
    ascending.fold(first, |below, (from, name)| {
        let here = compared(graph, "GreaterOrEqual", value, from);
        let name = graph.text(name);
        graph.node("Where", &[&here, &name, &below])
    })
}
