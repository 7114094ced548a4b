//! The JSON Schema of the scoring config, which `leadcal schema` prints and `docs/scoring-config.schema.json` holds.
//!
//! Every config that [`ScoringConfig::parse`] accepts is valid under it. The other way round it only checks the shape:
//! names that refer to nothing or levels that overlap are beyond a JSON Schema.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

use crate::check::Report;
use crate::config::{LARGEST, ScoringConfig, Signal, Term};

/// The schema as JSON text, two-space indentation, with a newline at the end.
///
/// # Panics
/// Never: a schema always has a JSON form.
pub fn scoring_config_schema() -> String {
    text(schemars::schema_for!(ScoringConfig), "leadcal scoring config, version 1")
}

/// The schema of what `leadcal check --format json` prints, which `docs/check.schema.json` holds, as JSON text.
///
/// # Panics
/// Never: a schema always has a JSON form.
pub fn check_report_schema() -> String {
    text(schemars::schema_for!(Report), "leadcal check report, version 1")
}

fn text(mut schema: Schema, title: &str) -> String {
    schema.insert("title".to_owned(), title.into());
    let mut text = serde_json::to_string_pretty(&sorted(schema.to_value())).expect("a schema is JSON");
    text.push('\n');
    text
}

/// The same with the keys of each object sorted, so that the text does not depend on how `serde_json` was built.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<String, Value> =
                members.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            members.into_iter().collect()
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

/// Points, limits, coefficients.
pub(crate) fn points(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "number", "minimum": -LARGEST, "maximum": LARGEST })
}

/// A number above 0, or null for none.
pub(crate) fn positive(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["number", "null"], "exclusiveMinimum": 0, "maximum": LARGEST })
}

/// `leadcal_lift::attribute::Input`
pub(crate) fn input(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "properties": {
            "field": { "type": "string", "minLength": 1, "description": "Column or property of the lead." },
            "type": { "enum": ["number", "text", "boolean", "date"], "description": "How the value is understood." },
            "missing": {
                "type": "array",
                "items": { "type": "string" },
                "description": "Texts that mean \"missing\" besides the empty one, such as NA or Select."
            }
        },
        "required": ["field", "type"],
        "additionalProperties": false
    })
}

/// `leadcal_lift::attribute::When`
pub(crate) fn when(_: &mut SchemaGenerator) -> Schema {
    let bound = json_schema!({ "anyOf": [
        { "type": "number" },
        { "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "description": "A day, such as 2024-03-01." },
        { "type": "null" }
    ] });
    json_schema!({ "anyOf": [
        { "const": "missing", "description": "No value." },
        { "const": "otherwise", "description": "Any value: the rest. Stands last." },
        {
            "type": "object",
            "properties": { "in": scalars(), "from": { "type": "null" }, "below": { "type": "null" } },
            "required": ["in"],
            "additionalProperties": false,
            "description": "One of these values."
        },
        {
            "type": "object",
            "properties": { "in": { "type": "null" }, "from": bound, "below": bound },
            "anyOf": [{ "required": ["from"] }, { "required": ["below"] }],
            "additionalProperties": false,
            "description": "A number or day in [from, below)."
        }
    ] })
}

/// Properties of an event, each with the values that count.
pub(crate) fn properties(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "propertyNames": { "minLength": 1 }, "additionalProperties": scalars() })
}

fn scalars() -> Schema {
    json_schema!({ "type": "array", "items": { "type": ["string", "number", "boolean"] }, "minItems": 1, "uniqueItems": true })
}

/// One form for each kind, as `config/signal_form.rs` reads them.
impl JsonSchema for Signal {
    fn schema_name() -> Cow<'static, str> {
        "Signal".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let text = || json_schema!({ "type": "string", "minLength": 1 });
        let texts = || json_schema!({ "type": ["array", "null"], "items": text() });
        let mut form = |kinds: &[&str], keys: &[(&str, Schema)]| {
            let own = keys.iter().map(|(key, _)| *key).filter(|key| ["field", "company", "fields"].contains(key));
            let required: Vec<&str> = ["name", "group", "kind"].into_iter().chain(own).chain(["points"]).collect();
            let mut schema = json_schema!({
                "type": "object",
                "properties": { "name": text(), "group": { "type": "string" }, "kind": { "enum": kinds } },
                "required": required,
                "additionalProperties": false
            });
            // A key of another kind may stand there as null, which says nothing.
            let others = ["field", "company", "fields", "also", "layouts", "min_run"]
                .map(|key| (key, json_schema!({ "type": "null" })));
            let points = ("points", points(generator));
            if let Some(properties) = schema.get_mut("properties").and_then(|properties| properties.as_object_mut()) {
                for (key, value) in others.iter().chain(keys).chain([&points]) {
                    properties.insert((*key).to_owned(), value.clone().to_value());
                }
            }
            schema
        };
        let layouts = json_schema!({
            "type": ["array", "null"], "items": { "enum": ["azerty", "qwerty", "qwertz"] }, "minItems": 1
        });
        let min_run = json_schema!({ "type": ["integer", "null"], "minimum": 2, "maximum": u32::MAX });
        let fields = json_schema!({ "type": "array", "items": text(), "minItems": 1, "uniqueItems": true });
        json_schema!({
            "description": "Points for the quality of the lead's data.",
            "anyOf": [
                form(&["free_email_domain", "disposable_email_domain"], &[("field", text()), ("also", texts())]),
                form(&["company_email_domain"], &[("field", text()), ("company", text())]),
                form(&["keyboard_run"], &[("field", text()), ("layouts", layouts), ("min_run", min_run)]),
                form(&["uncapitalised"], &[("field", text())]),
                form(&["filled_fields"], &[("fields", fields)])
            ]
        })
    }
}

/// One form for each thing a term may belong to, as `config/term_form.rs` reads them.
impl JsonSchema for Term {
    fn schema_name() -> Cow<'static, str> {
        "Term".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let keys = ["attribute", "level", "behaviour", "signal", "inactivity_days"];
        let mut form = |own: &[&str], schema: &Schema| {
            let mut properties = serde_json::Map::new();
            for key in keys {
                // A key of another form may stand there as null, which says nothing.
                let value = if own.contains(&key) { schema.clone() } else { json_schema!({ "type": "null" }) };
                properties.insert(key.to_owned(), value.to_value());
            }
            properties.insert("coefficient".to_owned(), points(generator).to_value());
            let required: Vec<&str> = own.iter().copied().chain(["coefficient"]).collect();
            json_schema!({
                "type": "object", "properties": properties, "required": required, "additionalProperties": false
            })
        };
        let name = json_schema!({ "type": "string" });
        let days = json_schema!({ "type": "integer", "minimum": 0, "maximum": u32::MAX });
        json_schema!({
            "description": "What one part of a lead adds to the log-odds.",
            "anyOf": [
                form(&["attribute", "level"], &name),
                form(&["behaviour"], &name),
                form(&["signal"], &name),
                form(&["inactivity_days"], &days)
            ]
        })
    }
}

#[cfg(test)]
mod tests;
