//! A custom field as a Metadata API file.

/// A custom field, plain or with a formula.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// API name, with `__c`.
    pub(super) name: String,
    pub(super) label: String,
    kind: Kind,
    description: String,
    pub(super) formula: Option<String>,
    /// Estimated bytes of the formula when compiled.
    pub(super) compiled: usize,
    /// API name of the field that holds a copy.
    pub(super) stored: Option<String>,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// With so many decimals.
    Number(usize),
    /// A formula's text.
    Text,
}

impl Field {
    pub(super) fn formula(name: String, label: &str, kind: Kind, formula: String, compiled: usize) -> Self {
        let description = "Made by leadcal from a scoring config; change the config, not the formula.".to_owned();
        Self { name, label: label.to_owned(), kind, description, formula: Some(formula), compiled, stored: None }
    }

    /// A number that somebody else keeps up to date.
    pub(super) fn input(name: String, label: &str, scale: usize, description: &str) -> Self {
        let (label, description) = (label.to_owned(), description.to_owned());
        Self { name, label, kind: Kind::Number(scale), description, formula: None, compiled: 0, stored: None }
    }

    /// Elements in alphabetical order, as Salesforce writes them.
    pub(super) fn xml(&self) -> String {
        let mut elements = vec![("fullName", self.name.clone()), ("description", escaped(&self.description))];
        if let Some(formula) = &self.formula {
            elements.push(("formula", escaped(formula)));
            elements.push(("formulaTreatBlanksAs", "BlankAsBlank".to_owned()));
        }
        elements.push(("label", escaped(&short(&self.label))));
        if let Kind::Number(scale) = self.kind {
            elements.push(("precision", "18".to_owned()));
            elements.push(("required", "false".to_owned()));
            elements.push(("scale", scale.to_string()));
        } else {
            elements.push(("required", "false".to_owned()));
        }
        elements.push(("type", if self.kind == Kind::Text { "Text" } else { "Number" }.to_owned()));
        elements.push(("unique", "false".to_owned()));
        let lines: Vec<String> = elements.iter().map(|(tag, text)| format!("    <{tag}>{text}</{tag}>\n")).collect();
        let lines = lines.concat();
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CustomField xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n{lines}\
             </CustomField>\n"
        )
    }
}

/// The longest label.
fn short(label: &str) -> String {
    label.chars().take(40).collect()
}

/// A text in XML; what XML cannot hold becomes a blank.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
