//! A SELECT in the making: named steps, each a common table expression, and columns by the expressions they hold.

use std::fmt::Write as _;

use super::{Dialect, quote};

/// The common table expressions of a statement, in order.
#[derive(Debug, Clone, Default)]
pub(in crate::export) struct Query {
    steps: Vec<(String, String)>,
}

impl Query {
    pub(super) fn step(&mut self, name: impl Into<String>, select: impl Into<String>) {
        self.steps.push((name.into(), select.into()));
    }

    /// Name of the step with a SELECT; added under a name where there is none.
    pub(super) fn shared_step(&mut self, name: String, select: String) -> String {
        if let Some((known, _)) = self.steps.iter().find(|(_, known)| *known == select) {
            return known.clone();
        }
        self.step(name.clone(), select);
        name
    }

    /// The statement, with a last SELECT.
    pub(super) fn statement(&self, dialect: Dialect, last: &str) -> String {
        let mut text = String::from("WITH\n");
        for (index, (name, select)) in self.steps.iter().enumerate() {
            let comma = if index + 1 == self.steps.len() { "" } else { "," };
            let _ = writeln!(text, "{name} AS {}(\n{select}\n){comma}", dialect.materialized());
        }
        text.push_str(last);
        text.push('\n');
        text
    }
}

/// A SELECT of items, one a line.
pub(super) fn select(items: &[String], from: &str) -> String {
    format!("  SELECT\n    {}\n{from}", items.join(",\n    "))
}

/// Columns computed from the leads' table; those of a layer may read those of the layers before it.
#[derive(Debug, Default)]
pub(super) struct Columns {
    layers: Vec<Vec<Column>>,
    count: usize,
}

#[derive(Debug)]
struct Column {
    name: String,
    expression: String,
    about: String,
}

impl Columns {
    /// Name of the column that holds an expression; made where there is none. `about` says what it is, for people.
    pub(super) fn of(&mut self, layer: usize, expression: &str, about: &str) -> String {
        while self.layers.len() <= layer {
            self.layers.push(Vec::new());
        }
        let columns = &mut self.layers[layer];
        if let Some(column) = columns.iter().find(|column| column.expression == expression) {
            return column.name.clone();
        }
        self.count += 1;
        let name = format!("c{}", self.count);
        columns.push(Column { name: name.clone(), expression: expression.to_owned(), about: quote::comment(about) });
        name
    }

    /// The columns of each layer as items of a SELECT; the first has at least none.
    pub(super) fn layers(&self) -> impl Iterator<Item = Vec<String>> {
        self.layers.iter().map(|columns| {
            let item = |column: &Column| format!("{} AS {} /* {} */", column.expression, column.name, column.about);
            columns.iter().map(item).collect()
        })
    }
}
