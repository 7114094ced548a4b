//! The sheet of a model: for every lead the level of each attribute, what each part adds, and the score. Steps 2 to 8 of the
//! document, a column each.

use jiff::civil::Date;
use leadcal_lift::attribute::{Bound, FieldType, Reading as Value, Scalar, When};
use rust_xlsxwriter::XlsxError;

use super::bands::{BoundsOf, Ladder};
use super::cells::{Column, Table};
use super::events::{Counted, Events};
use super::leads::{Leads, Reading};
use super::points::PointsOf;
use super::rules::{End, Rules, Steps, is_one_of, next_above};
use crate::config::{Model, ScoredAttribute, TermOf};

/// The most terms that one formula adds up.
const TERMS: usize = 40;

/// A model's columns on its sheet. Lists are in the model's order.
pub(super) struct Scored {
    pub(super) table: Table,
    /// Code of each attribute's level: its place from 1, 0 where none holds, -1 where the value cannot be understood.
    pub(super) levels: Vec<Column>,
    /// How often behaviours and signals count.
    pub(super) times: Vec<Column>,
    /// Place of the step of inactivity.
    pub(super) step: Option<Column>,
    /// Points of attributes, behaviours, signals and inactivity.
    pub(super) parts: Vec<Column>,
    /// Limited sums of the groups.
    pub(super) groups: Vec<Column>,
    pub(super) raw: Column,
    pub(super) rounded: Column,
    pub(super) score: Column,
    pub(super) band: Option<Column>,
    pub(super) stage: Option<Column>,
    pub(super) grade: Option<Column>,
    pub(super) probability: Option<Column>,
    pub(super) expected: Option<Column>,
    /// What cannot be understood.
    pub(super) problem: Option<Column>,
}

/// Where a model's numbers stand.
pub(super) struct Places<'a> {
    pub(super) points: &'a PointsOf,
    pub(super) bounds: &'a BoundsOf,
    pub(super) events: Option<&'a Events<'a>>,
    /// The model that serves each lead, by its place from 1.
    pub(super) serving: &'a Column,
}

/// The sheet of the model in a place of the config.
pub(super) fn score(
    index: usize,
    model: &Model,
    leads: &mut Leads<'_>,
    rules: &mut Rules,
    places: &Places<'_>,
) -> Result<Scored, XlsxError> {
    let Places { points, bounds, events, serving } = places;
    let number = index + 1;
    let mut table = Table::new(format!("Model{number}"), leads.inputs.rows + 1)?;
    let serves =
        table.column("serves", |row| format!("AND({},{}={number})", leads.active.at(row), serving.at(row)))?;
    // Nothing is worked out for leads of other models.
    let when_served = |row: u32, formula: &str| format!("IF({},{formula},\"\")", serves.at(row));

    let mut levels = Vec::new();
    for attribute in &model.attributes {
        let level = level_of(attribute, leads, rules)?;
        levels.push(table.column(&format!("level: {}", attribute.name), |row| when_served(row, &level(row)))?);
    }
    let counted: Vec<Counted> = match events {
        Some(events) => model.behaviours.iter().map(|behaviour| events.of(behaviour)).collect(),
        None => Vec::new(),
    };
    let signals: Vec<Column> =
        model.signals.iter().map(|signal| leads.signal(&signal.kind, &signal.name, rules)).collect::<Result<_, _>>()?;
    let silence = events.and_then(|events| events.silence.clone());
    let step = model.inactivity.as_ref().zip(silence).map(|(inactivity, silence)| {
        let ends = inactivity.steps.iter().zip(1..).map(|(step, code)| (End::Number(f64::from(step.after_days)), code));
        let steps = rules.steps("days of silence", ends.collect(), 0)?;
        table.column("step of inactivity", |row| when_served(row, &steps.code_of(&silence.at(row))))
    });
    let step = step.transpose()?;

    let mut parts = Vec::new();
    for ((attribute, level), part) in model.attributes.iter().zip(&levels).zip(&points.attributes) {
        parts.push(table.column(&attribute.name, |row| when_served(row, &of_level(&level.at(row), &part.points)))?);
    }
    for ((behaviour, counted), part) in model.behaviours.iter().zip(&counted).zip(&points.behaviours) {
        parts.push(table.column(&behaviour.name, |row| {
            when_served(row, &format!("{}*{}", part.points, counted.weight.at(row)))
        })?);
    }
    for ((signal, times), part) in model.signals.iter().zip(&signals).zip(&points.signals) {
        parts.push(table.column(&signal.name, |row| {
            when_served(row, &format!("{}*{}", part.points, times.at(row)))
        })?);
    }
    if let Some((step, part)) = step.as_ref().zip(points.steps.as_ref()) {
        parts.push(table.column("inactivity", |row| when_served(row, &of_level(&step.at(row), &part.points)))?);
    }

    let mut groups = Vec::new();
    for (group, ([_, min, max], _)) in model.groups.iter().zip(&bounds.groups) {
        let terms: Vec<&Column> = groups_of_parts(model).zip(&parts).filter(|(of, _)| *of == group.name).map(|(_, part)| part).collect();
        let terms: Vec<Box<dyn Fn(u32) -> String + '_>> =
            terms.into_iter().map(|part| Box::new(move |row| part.at(row)) as Box<dyn Fn(u32) -> String>).collect();
        let sum = added(&mut table, &format!("sum: {}", group.name), "0", &terms, &serves)?;
        groups.push(table.column(&group.name, |row| when_served(row, &format!("MIN({max},MAX({min},{}))", sum.at(row))))?);
    }
    let terms: Vec<Box<dyn Fn(u32) -> String + '_>> =
        groups.iter().map(|group| Box::new(move |row| group.at(row)) as Box<dyn Fn(u32) -> String>).collect();
    let raw = added(&mut table, "raw", &points.base, &terms, &serves)?;
    drop(terms);
    // ROUND, and then one off where it took a sum that is a last digit short of a half for one.
    let rounded = table.column("rounded", |row| {
        let (raw, size) = (raw.at(row), format!("ABS({})", raw.at(row)));
        let near = format!("ROUND({size},0)");
        when_served(row, &format!("SIGN({raw})*({near}-1+GESTEP({size},{near}-0.5)+GESTEP({size},{near}+0.5))"))
    })?;
    let [min, max] = &bounds.range;
    let score = table.column("score", |row| when_served(row, &format!("MIN({max},MAX({min},{}))", rounded.at(row))))?;

    let rung = |ladder: &Ladder, of: &Column, heading: &str, table: &mut Table, rules: &mut Rules| {
        let ends = ladder.from.iter().zip(1..).map(|(from, code)| (End::Cell(from.clone()), code)).collect();
        let steps = rules.steps(heading, ends, 0)?;
        table.column(heading, |row| when_served(row, &steps.code_of(&of.at(row))))
    };
    let band = bounds.bands.as_ref().map(|bands| rung(bands, &score, "band", &mut table, rules)).transpose()?;
    let stage = bounds.stages.as_ref().map(|stages| rung(stages, &score, "stage", &mut table, rules)).transpose()?;
    let mut grades = Vec::new();
    for (sum, (_, tiers)) in groups.iter().zip(&bounds.groups) {
        if let Some(tiers) = tiers {
            // Tiers stand best first.
            let ends = tiers.from.iter().enumerate().rev().map(|(place, from)| (End::Cell(from.clone()), place + 1)).collect();
            let steps = rules.steps("tiers", ends, 0)?;
            grades.push((table.column("tier", |row| when_served(row, &steps.code_of(&sum.at(row))))?, &tiers.names));
        }
    }
    let grade = (!grades.is_empty()).then(|| {
        table.column("grade", |row| {
            let names: Vec<String> = grades.iter().map(|(tier, names)| format!("INDEX({names},{})", tier.at(row))).collect();
            when_served(row, &names.join("&"))
        })
    });
    let grade = grade.transpose()?;

    let probability = model.probability.as_ref().map(|probability| {
        let coefficient = |of: TermOf| {
            probability.terms.iter().find(|term| term.of == of).map_or(0.0, |term| term.coefficient)
        };
        let mut terms: Vec<Box<dyn Fn(u32) -> String + '_>> = Vec::new();
        for (attribute, level) in model.attributes.iter().zip(&levels) {
            let of = |name: &str| TermOf::Level { attribute: attribute.name.clone(), level: name.to_owned() };
            let each: Vec<f64> = attribute.levels.iter().map(|level| coefficient(of(&level.name))).collect();
            if each.iter().any(|c| c.abs() > 0.0) {
                let range = rules.numbers(&format!("coefficients: {}", attribute.name), each)?;
                terms.push(Box::new(move |row| of_level(&level.at(row), &range)));
            }
        }
        let names = model.behaviours.iter().map(|behaviour| TermOf::Behaviour(behaviour.name.clone()));
        let weights = counted.iter().map(|counted| &counted.weight);
        let of_signals = model.signals.iter().map(|signal| TermOf::Signal(signal.name.clone()));
        for (of, times) in names.zip(weights).chain(of_signals.zip(&signals)) {
            let coefficient = coefficient(of);
            if coefficient.abs() > 0.0 {
                let cell = rules.number("coefficient", coefficient)?;
                terms.push(Box::new(move |row| format!("{cell}*{}", times.at(row))));
            }
        }
        if let Some((step, inactivity)) = step.as_ref().zip(model.inactivity.as_ref()) {
            let each = inactivity.steps.iter().map(|step| coefficient(TermOf::Inactivity(step.after_days)));
            let range = rules.numbers("coefficients: inactivity", each)?;
            terms.push(Box::new(move |row| of_level(&step.at(row), &range)));
        }
        let intercept = rules.number("intercept", probability.intercept)?;
        let log_odds = added(&mut table, "log-odds", &intercept, &terms, &serves)?;
        table.column("probability", |row| when_served(row, &logistic(&log_odds.at(row))))
    });
    let probability = probability.transpose()?;
    let expected = model.expected_rate_by_score.map(|line| {
        let intercept = rules.number("intercept by score", line.intercept)?;
        let slope = rules.number("slope by score", line.slope)?;
        table.column("expected rate", |row| {
            when_served(row, &logistic(&format!("({intercept}+{slope}*{})", score.at(row))))
        })
    });
    let expected = expected.transpose()?;
    let problem = match (levels.first(), levels.last()) {
        (Some(first), Some(last)) => {
            let messages: Vec<String> = model
                .attributes
                .iter()
                .map(|attribute| format!("{} should be a {}", attribute.input.field, attribute.input.kind))
                .collect();
            let messages = rules.texts("what cannot be understood", messages.iter().map(String::as_str))?;
            Some(table.column("problem", |row| {
                let found = format!("MATCH(-1,{},0)", first.across(last, row));
                when_served(row, &format!("IFERROR(INDEX({messages},{found}),\"\")"))
            })?)
        }
        _ => None,
    };
    let times = counted.into_iter().map(|counted| counted.times).chain(signals).collect();
    Ok(Scored {
        table, levels, times, step, parts, groups, raw, rounded, score, band, stage, grade, probability, expected, problem,
    })
}

/// The group of each part, in the order in which they are added.
pub(super) fn groups_of_parts(model: &Model) -> impl Iterator<Item = &str> {
    let attributes = model.attributes.iter().map(|attribute| attribute.group.as_str());
    let behaviours = model.behaviours.iter().map(|behaviour| behaviour.group.as_str());
    let signals = model.signals.iter().map(|signal| signal.group.as_str());
    let inactivity = model.inactivity.iter().map(|inactivity| inactivity.group.as_str());
    attributes.chain(behaviours).chain(signals).chain(inactivity)
}

/// What a level, by its code, has in a range of cells; 0 for no level.
fn of_level(code: &str, range: &str) -> String {
    format!("IF({code}>0,INDEX({range},{code}),0)")
}

fn logistic(x: &str) -> String {
    // EXP has no result beyond 709.
    format!("IF({x}<-700,0,1/(1+EXP(-{x})))")
}

/// Adds columns that add up: `start`, then the terms in their order, with `+` as SUM rounds in its own way.
fn added(
    table: &mut Table,
    heading: &str,
    start: &str,
    terms: &[Box<dyn Fn(u32) -> String + '_>],
    serves: &Column,
) -> Result<Column, XlsxError> {
    let mut sum: Option<Column> = None;
    for chunk in terms.chunks(TERMS).chain(terms.is_empty().then_some(&[][..])) {
        let before = sum.clone();
        sum = Some(table.column(heading, |row| {
            let start = before.as_ref().map_or(start.to_owned(), |sum| sum.at(row));
            let terms: String = chunk.iter().map(|term| format!("+{}", term(row))).collect();
            format!("IF({},{start}{terms},\"\")", serves.at(row))
        })?);
    }
    Ok(sum.expect("at least one chunk"))
}

/// Formula for the code of an attribute's level in a row.
fn level_of(
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
    let (value, found): (Column, Box<dyn Fn(&str) -> String>) = match source.kind {
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
