//! Salesforce: custom formula fields as Metadata API files in source format, to be deployed with its command line.
//!
//! Every attribute is a sum of terms of which each stands alone, so that a group's sum can be cut into as many fields as the
//! limits of a formula ask for: 3 900 characters, 4 000 bytes, 5 000 bytes compiled (Salesforce Help, "Formula Field Limits and
//! Restrictions"). Compiled sizes count the formulas that a formula refers to; where they would grow too large, a formula reads
//! stored copies, which a flow keeps equal.

mod field;
mod formula;
mod terms;

use super::crm::{Names, all_whole, identifier, is_whole, outlook_losses, product_losses, type_losses};
use super::{Export, ExportError, ExportOptions, ExportedFile, Losses};
use crate::config::{Group, Model, ScoringConfig};
use field::{Field, Kind};
use formula::{Formula, decimal, literal};
use terms::Scorer;

/// Longest developer name of a field, without `__c`.
const LONGEST_NAME: usize = 40;
/// IFs in each other.
const DEEPEST: usize = 15;

/// Formula fields for each model.
///
/// # Errors
/// A name that no field of Salesforce has.
pub(super) fn salesforce(config: &ScoringConfig, options: &ExportOptions) -> Result<Export, ExportError> {
    for there in options.names.values() {
        let picklist = there.strip_prefix("TEXT(").and_then(|rest| rest.strip_suffix(')'));
        if !picklist.unwrap_or(there).split('.').all(is_api_name) {
            let expected = "an API name such as Age__c, Account.Industry or TEXT(Industry)";
            return Err(ExportError::Name { name: there.clone(), expected });
        }
    }
    let mut losses = Losses::default();
    product_losses(config, "Salesforce", &mut losses);
    let rule = |text: &str| identifier(text.strip_suffix("__c").unwrap_or(text), "F_");
    let mut names = Names::of_fields(config, &options.names, (LONGEST_NAME, "__c"), rule);
    let mut fields = Vec::new();
    for (index, model) in config.models.iter().enumerate() {
        let at = format!("/models/{index}");
        type_losses(model, &at, &mut losses);
        let prefix =
            model.product.as_ref().map_or_else(|| "Leadcal".to_owned(), |product| format!("Leadcal {product}"));
        let mut making = Making { model, at, prefix, names: &mut names, losses: &mut losses, fields: &mut fields };
        making.model();
        outlook_losses(model, &making.at, "Salesforce", &mut losses);
    }
    let file = |field: &Field| ExportedFile {
        name: format!("{}.field-meta.xml", field.name),
        bytes: field.xml().into_bytes(),
    };
    Ok(Export { files: fields.iter().map(file).collect(), losses: losses.into_list() })
}

fn is_api_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A model's fields in the making.
struct Making<'a, 'o> {
    model: &'a Model,
    /// JSON pointer to the model.
    at: String,
    /// What the fields' labels begin with.
    prefix: String,
    names: &'a mut Names<'o>,
    losses: &'a mut Losses,
    fields: &'a mut Vec<Field>,
}

impl Making<'_, '_> {
    fn model(&mut self) {
        let model = self.model;
        let groups: Vec<usize> =
            model.groups.iter().enumerate().map(|(index, group)| self.group(index, group)).collect();
        let base = Formula::plain(&decimal(model.base_points));
        let raw = groups.iter().fold(base, |sum, group| sum.text("+").reference(*group));
        let raw = self.add("Raw", Kind::Number(self.scale()), &raw, &self.at.clone());
        let score =
            Formula::plain(&format!("MAX({},MIN({},ROUND(", decimal(model.range.min), decimal(model.range.max)));
        let score = score.reference(raw).text(",0)))");
        let score = self.add("Score", Kind::Number(self.scale()), &score, &self.at.clone());
        let bands: Vec<(&str, f64)> = model.bands.iter().map(|band| (band.name.as_str(), band.from)).collect();
        self.steps("Band", "bands", &bands, score, true);
        let stages: Vec<(&str, f64)> = model.stages.iter().map(|stage| (stage.name.as_str(), stage.from)).collect();
        self.steps("Stage", "stages", &stages, score, false);
        self.grade(&groups);
        if !all_whole(model) {
            let lost = "Salesforce adds decimals, leadcal binary numbers: a sum that is a half in one of them may round the other way";
            self.losses.add(self.at.clone(), "the rounding of the score", lost);
        }
    }

    /// Decimals shown.
    fn scale(&self) -> usize {
        let range = self.model.range;
        if all_whole(self.model) && is_whole(range.min) && is_whole(range.max) { 0 } else { 9 }
    }

    /// A group's sum within its limits.
    fn group(&mut self, index: usize, group: &Group) -> usize {
        let mut scorer =
            Scorer { model: self.model, at: &self.at, prefix: &self.prefix, names: self.names, losses: self.losses };
        let (constant, terms, inputs) = scorer.terms(group);
        self.fields.extend(inputs);
        let start = Formula::plain(&format!("MAX({},MIN({},{}", decimal(group.min), decimal(group.max), constant));
        let at = format!("{}/groups/{index}", self.at);
        let mut parts = Formula::pack(terms);
        let whole = match &parts[..] {
            [] => Some(start.clone()),
            [part] => {
                Some(start.clone().text("+").append(part)).filter(|whole| whole.clone().text("))").fits(self.fields))
            }
            _ => None,
        };
        let sum = whole.unwrap_or_else(|| {
            let name = |number| format!("{} {}", group.name, number + 1);
            let parts = parts.drain(..).enumerate();
            let parts: Vec<usize> =
                parts.map(|(number, part)| self.add(&name(number), Kind::Number(self.scale()), &part, &at)).collect();
            parts.into_iter().fold(start, |sum, part| sum.text("+").reference(part))
        });
        self.add(&group.name, Kind::Number(self.scale()), &sum.text("))"), &at)
    }

    /// The last of some steps that a number reaches, as text.
    fn steps(&mut self, label: &str, key: &str, steps: &[(&str, f64)], number: usize, first_always: bool) {
        if steps.is_empty() {
            return;
        }
        let pointer = format!("{}/{key}", self.at);
        match steps_formula(steps, number, first_always).filter(|_| steps.len() <= DEEPEST) {
            Some(formula) if formula.with_stored(self.fields).fits_as_text() => {
                self.add(label, Kind::Text, &formula, &pointer);
            }
            _ => self.losses.add(
                pointer,
                format!("the {key}"),
                "left out: too many, too long, or names with line breaks for a formula",
            ),
        }
    }

    fn grade(&mut self, groups: &[usize]) {
        let model = self.model;
        let graded = model.groups.iter().zip(groups).filter(|(group, _)| !group.tiers.is_empty());
        let formulas: Option<Vec<Formula>> = graded
            .map(|(group, number)| {
                let steps: Vec<(&str, f64)> =
                    group.tiers.iter().rev().map(|tier| (tier.name.as_str(), tier.from)).collect();
                steps_formula(&steps, *number, true).filter(|_| steps.len() <= DEEPEST)
            })
            .collect();
        let pointer = format!("{}/groups", self.at);
        let joined = formulas.map(|formulas| formulas.into_iter().reduce(|all, next| all.text("&").append(&next)));
        match joined {
            Some(None) => {}
            Some(Some(formula)) if formula.with_stored(self.fields).fits_as_text() => {
                self.add("Grade", Kind::Text, &formula, &pointer);
            }
            _ => self.losses.add(
                pointer,
                "the tiers",
                "left out: too many, too long, or names with line breaks for a formula",
            ),
        }
    }

    /// Adds a formula field; reads stored copies of what it refers to where it would be too large otherwise.
    fn add(&mut self, label: &str, kind: Kind, formula: &Formula, pointer: &str) -> usize {
        let label = format!("{} {label}", self.prefix);
        if !formula.fits(self.fields) {
            for index in formula.references() {
                self.store(index, pointer, formula.compiled(self.fields));
            }
        }
        let (text, compiled) = (formula.render(self.fields), formula.compiled(self.fields));
        let name = self.names.fresh(&label);
        if !formula.fits(self.fields) {
            let lost =
                format!("cannot be deployed: {} characters, and about {compiled} bytes compiled", text.chars().count());
            self.losses.add(pointer, format!("the formula field {name}"), lost);
        }
        self.fields.push(Field::formula(name, &label, kind, text, compiled));
        self.fields.len() - 1
    }

    /// A Number field that a flow keeps equal to a formula's.
    fn store(&mut self, index: usize, pointer: &str, compiled: usize) {
        if self.fields[index].stored.is_some() {
            return;
        }
        let formula = &self.fields[index];
        let (label, from) = (format!("{} stored", formula.label), formula.name.clone());
        let name = self.names.fresh(&label);
        let lost = format!(
            "formulas that refer to each other are about {compiled} bytes compiled, more than Salesforce takes: a flow must copy \
             {from} into {name}, which the sum reads"
        );
        self.losses.add(pointer, format!("the formula field {from}"), lost);
        self.fields[index].stored = Some(name.clone());
        self.fields.push(Field::input(name, &label, 9, &format!("A flow keeps it equal to {from}.")));
    }
}

/// `IF(score>=61,"hot",IF(score>=41,"warm","cold"))`; none where a name has no literal.
fn steps_formula(steps: &[(&str, f64)], number: usize, first_always: bool) -> Option<Formula> {
    let mut formula = Formula::plain("");
    let (asked, last) = if first_always { (&steps[1..], literal(steps[0].0)?) } else { (steps, "\"\"".to_owned()) };
    for (name, from) in asked.iter().rev() {
        formula = formula.text("IF(").reference(number).text(&format!(">={},{},", decimal(*from), literal(name)?));
    }
    Some(formula.text(&last).text(&")".repeat(asked.len())))
}

#[cfg(test)]
mod tests;
