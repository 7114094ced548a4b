//! Formulas for the level that holds for a lead.

use jiff::civil::Date;
use leadcal_lift::attribute::{Bound, FieldType, Reading as Value, Scalar, When};
use rust_xlsxwriter::XlsxError;

use super::cells::Column;
use super::leads::{Leads, Reading};
use super::rules::{End, Rules, Steps, is_one_of, next_above};
use crate::config::ScoredAttribute;

/// Makes a formula of the cell of a value that is understood.
type OfValue = Box<dyn Fn(&str) -> String>;

/// Formula for the code of an attribute's level in a row.
pub(super) fn level_of(
    attribute: &ScoredAttribute,
    leads: &mut Leads<'_>,
    rules: &mut Rules,
) -> Result<Box<dyn Fn(u32) -> String>, XlsxError> {
    let source = &attribute.input;
    // The document's own definition says which level holds.
    let code = |value: &Value<'_>| {
        attribute.levels.iter().position(|level| level.when.holds(value)).map_or(0, |index| index + 1)
    };
    let trimmed = leads.field(&source.field, Reading::Trimmed)?;
    let mut missing = vec![];
    if !source.missing.is_empty() {
        let markers = rules.texts("mean missing", source.missing.iter().map(String::as_str))?;
        missing.push(format!("AND(ISTEXT({{}}),{})", is_one_of("{}", &markers)));
    }
    let missing_code = code(&Value::Missing);
    let source_is_text = source.kind == FieldType::Text;
    let about = format!("levels: {}", attribute.name);
    let (value, found): (Column, OfValue) = match source.kind {
        FieldType::Text => {
            let listed = attribute.levels.iter().enumerate().flat_map(|(index, level)| {
                let values = if let When::In(values) = &level.when { &values[..] } else { &[] };
                values.iter().filter_map(move |value| match value {
                    Scalar::Text(text) => Some((text.as_str(), index + 1)),
                    _ => None,
                })
            });
            let listed: Vec<(&str, usize)> = listed.collect();
            let other = attribute.levels.iter().position(|level| level.when == When::Otherwise).map_or(0, |i| i + 1);
            let text = leads.field(&source.field, Reading::Text)?;
            if listed.is_empty() {
                (text, Box::new(move |_| other.to_string()))
            } else {
                let listed = rules.coded(&about, listed)?;
                (text, Box::new(move |text| listed.code_of(text, other)))
            }
        }
        FieldType::Boolean => {
            let [yes, no] = [true, false].map(|value| code(&Value::Boolean(value)));
            let value = leads.field(&source.field, Reading::Boolean)?;
            (value, Box::new(move |value| format!("IF({value}=1,{yes},{no})")))
        }
        FieldType::Number | FieldType::Date => {
            let how = if source.kind == FieldType::Date { Reading::Day } else { Reading::Number };
            let steps = stretches(&about, attribute, code, rules)?;
            (leads.field(&source.field, how)?, Box::new(move |value| steps.code_of(value)))
        }
    };
    Ok(Box::new(move |row| {
        let (trimmed, value) = (trimmed.at(row), value.at(row));
        let mut no_value = vec![format!("{trimmed}=\"\""), format!("{value}=\"\"")];
        no_value.extend(missing.iter().map(|condition| condition.replace("{}", &trimmed)));
        let not_understood = format!("{value}=\"?\"");
        let text = found(&value);
        let known = if source_is_text { text } else { format!("IF({not_understood},-1,{text})") };
        format!("IF(OR({}),{missing_code},{known})", no_value.join(","))
    }))
}

/// The code of every number, or day such as 20240301: it changes only at the bounds and special values of the levels.
fn stretches(
    about: &str,
    attribute: &ScoredAttribute,
    code: impl Fn(&Value<'_>) -> usize,
    rules: &mut Rules,
) -> Result<Steps, XlsxError> {
    // What is compared on the sheet, and what the levels compare.
    let mut ends: Vec<(f64, f64)> = Vec::new();
    for level in &attribute.levels {
        match &level.when {
            When::In(values) => {
                for value in values {
                    if let Scalar::Number(x) = value {
                        ends.extend([*x, next_above(*x)].map(|x| (x, x)));
                    }
                }
            }
            When::Range { from, below } => {
                ends.extend(from.iter().chain(below).map(|bound| match bound {
                    Bound::Number(x) => (*x, *x),
                    Bound::Date(date) => (day_number(*date), bound.number()),
                }));
            }
            When::Missing | When::Otherwise => {}
        }
    }
    ends.retain(|(end, _)| end.is_finite());
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    ends.dedup_by(|a, b| a.0 <= b.0);
    let ends = ends.into_iter().map(|(end, value)| (End::Number(end), code(&Value::Number(value)))).collect();
    rules.steps(about, ends, code(&Value::Number(f64::MIN)))
}

/// A day as the number that formulas compare: 20240301.
fn day_number(date: Date) -> f64 {
    f64::from(i32::from(date.year()) * 10_000 + i32::from(date.month()) * 100 + i32::from(date.day()))
}
