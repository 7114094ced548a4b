//! An ONNX graph in the making. Numbers of fields and types are those of `onnx.proto`.

use std::collections::{HashMap, HashSet};

use super::protobuf::Message;
use crate::export::inputs::Names;

/// Version of the file's form, and of the operators: the oldest with `RegexFullMatch` and `StringConcat`.
const IR: i64 = 9;
const OPERATORS: i64 = 20;
/// Version of the operators of `ai.onnx.ml`.
const ML_OPERATORS: i64 = 3;
const ML: &str = "ai.onnx.ml";

/// Type of a tensor's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Int64 = 7,
    Text = 8,
    Double = 11,
}

/// Nodes in the order in which they run; a value is known by its name.
#[derive(Debug, Default)]
pub(super) struct Graph {
    names: Names,
    nodes: Vec<Message>,
    /// With their names.
    constants: Vec<(String, Message)>,
    /// Names of constants by what they hold, so that each is kept once.
    known: HashMap<Vec<u8>, String>,
    /// Values that a node takes: runtimes warn of constants that none does.
    taken: HashSet<String>,
    inputs: Vec<Message>,
    outputs: Vec<Message>,
    /// The first input, which knows how many leads there are.
    first: Option<String>,
}

impl Graph {
    /// A graph in which some names are taken.
    pub(super) fn new(names: Names) -> Self {
        Self { names, ..Self::default() }
    }

    /// A value for each lead, from the caller.
    pub(super) fn input(&mut self, name: &str, kind: Type) {
        self.inputs.push(value_info(name, kind, true));
        self.first.get_or_insert_with(|| name.to_owned());
    }

    /// A value for each lead, for the caller. Where nothing is asked of a lead it is one value for all.
    pub(super) fn output(&mut self, wanted: &str, kind: Type, value: &str) {
        let name = self.names.take(wanted);
        match self.first.clone() {
            Some(first) => {
                let shape = self.node("Shape", &[&first]);
                self.named("Expand", &[value, &shape], &name);
            }
            None => self.named("Identity", &[value], &name),
        }
        self.outputs.push(value_info(&name, kind, self.first.is_some()));
    }

    /// The result of an operator.
    pub(super) fn node(&mut self, operator: &str, inputs: &[&str]) -> String {
        let name = self.next(operator);
        self.named(operator, inputs, &name);
        name
    }

    /// A name for the result of the next node.
    fn next(&mut self, operator: &str) -> String {
        self.names.take(format!("{operator} {}", self.nodes.len()))
    }

    fn named(&mut self, operator: &str, inputs: &[&str], output: &str) {
        self.taken.extend(inputs.iter().map(|&input| input.to_owned()));
        self.nodes.push(node(operator, inputs, output));
    }

    /// Whether a text is matched by a regular expression as a whole.
    pub(super) fn matches(&mut self, text: &str, pattern: &str) -> String {
        let name = self.next("RegexFullMatch");
        let pattern = attribute("pattern", 3).bytes(4, pattern);
        self.nodes.push(node("RegexFullMatch", &[text], &name).message(5, &pattern));
        name
    }

    /// An index for each of some texts, and one for every other.
    pub(super) fn encoded(&mut self, text: &str, indices: &[(&str, usize)], other: usize) -> String {
        let name = self.next("LabelEncoder");
        let keys = indices.iter().fold(attribute("keys_strings", 8), |keys, (text, _)| keys.bytes(9, text));
        let values = attribute("values_int64s", 7);
        let values = indices.iter().fold(values, |values, (_, index)| values.int(8, signed(*index)));
        let default = attribute("default_int64", 2).int(3, signed(other));
        self.nodes.push(node("LabelEncoder", &[text], &name).messages(5, &[keys, values, default]).bytes(7, ML));
        name
    }

    pub(super) fn double(&mut self, x: f64) -> String {
        self.constant(&tensor(Type::Double, None).bytes(9, x.to_le_bytes()))
    }

    /// A table of numbers.
    pub(super) fn doubles(&mut self, numbers: &[f64]) -> String {
        let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        self.constant(&tensor(Type::Double, Some(numbers.len())).bytes(9, bytes))
    }

    pub(super) fn index(&mut self, index: usize) -> String {
        self.constant(&tensor(Type::Int64, None).bytes(9, signed(index).to_le_bytes()))
    }

    pub(super) fn text(&mut self, text: &str) -> String {
        self.constant(&tensor(Type::Text, None).bytes(6, text))
    }

    fn constant(&mut self, tensor: &Message) -> String {
        let Self { names, constants, .. } = self;
        let name = self.known.entry(tensor.clone().into_bytes()).or_insert_with(|| {
            let name = names.take(format!("constant {}", constants.len()));
            constants.push((name.clone(), tensor.clone().bytes(8, &name)));
            name
        });
        name.clone()
    }

    /// The file.
    pub(super) fn file(self, name: &str) -> Vec<u8> {
        let constants = self.constants.into_iter().filter(|(name, _)| self.taken.contains(name));
        let constants: Vec<Message> = constants.map(|(_, constant)| constant).collect();
        let graph = Message::new()
            .messages(1, &self.nodes)
            .bytes(2, "scoring")
            .messages(5, &constants)
            .messages(11, &self.inputs)
            .messages(12, &self.outputs);
        let operators = |domain: &str, version| Message::new().bytes(1, domain).int(2, version);
        Message::new()
            .int(1, IR)
            .bytes(2, "leadcal")
            .bytes(3, env!("CARGO_PKG_VERSION"))
            .bytes(6, name)
            .message(7, &graph)
            .messages(8, &[operators("", OPERATORS), operators(ML, ML_OPERATORS)])
            .into_bytes()
    }
}

fn node(operator: &str, inputs: &[&str], output: &str) -> Message {
    let inputs = inputs.iter().fold(Message::new(), |node, input| node.bytes(1, input));
    inputs.bytes(2, output).bytes(4, operator)
}

/// An attribute of a node, with the number of its type; its value is still to be added.
fn attribute(name: &str, kind: i64) -> Message {
    Message::new().bytes(1, name).int(20, kind)
}

/// A tensor of one value, or a list of some; the values are still to be added.
fn tensor(kind: Type, length: Option<usize>) -> Message {
    let shape = length.map_or_else(Message::new, |length| Message::new().int(1, signed(length)));
    shape.int(2, kind as i64)
}

fn signed(length: usize) -> i64 {
    i64::try_from(length).expect("a list is shorter than 2^63")
}

/// The name and type of an input or output: one value a lead, or a single one.
fn value_info(name: &str, kind: Type, for_each_lead: bool) -> Message {
    let leads = Message::new().bytes(2, "leads");
    let shape = if for_each_lead { Message::new().message(1, &leads) } else { Message::new() };
    let tensor = Message::new().int(1, kind as i64).message(2, &shape);
    Message::new().bytes(1, name).message(2, &Message::new().message(1, &tensor))
}
