//! The sheet of a model: for every lead the level of each attribute, what each part adds, and the score. Steps 2 to 8 of the
//! document, a column each.

use std::fmt::Write;

use rust_xlsxwriter::XlsxError;

use super::bands::{BoundsOf, Ladder};
use super::cells::{Column, Table};
use super::events::{Counted, Events};
use super::leads::Leads;
use super::levels::level_of;
use super::points::PointsOf;
use super::rules::{End, Rules};
use crate::config::{Model, Probability, TermOf};

/// The most terms that one formula adds up.
const TERMS: usize = 40;

/// A model's columns on its sheet. Lists are in the model's order.
pub(super) struct Scored {
    pub(super) table: Table,
    pub(super) seen: Observed,
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

/// What a model sees of each lead.
pub(super) struct Observed {
    /// Code of each attribute's level: its place from 1, 0 where none holds, -1 where the value cannot be understood.
    pub(super) levels: Vec<Column>,
    /// How often each behaviour counts, and the sum of the weights.
    pub(super) behaviours: Vec<Counted>,
    /// How often each signal fires.
    pub(super) signals: Vec<Column>,
    /// Place of the step of inactivity from 1, 0 for none.
    pub(super) step: Option<Column>,
}

/// Where a model's numbers stand.
pub(super) struct Places<'a> {
    pub(super) points: &'a PointsOf,
    pub(super) bounds: &'a BoundsOf,
    pub(super) events: Option<&'a Events<'a>>,
    /// The model that serves each lead, by its place from 1.
    pub(super) serving: &'a Column,
}

/// A model's sheet in the making. Nothing is worked out for leads of other models.
struct Sheet {
    table: Table,
    serves: Column,
}

impl Sheet {
    fn column(&mut self, heading: &str, formula: impl Fn(u32) -> String) -> Result<Column, XlsxError> {
        let serves = &self.serves;
        self.table.column(heading, |row| format!("IF({},{},\"\")", serves.at(row), formula(row)))
    }

    /// Columns that add up: `start`, then the terms in their order, with `+` as SUM rounds in its own way.
    fn sum(&mut self, heading: &str, start: &str, terms: &[Term<'_>]) -> Result<Column, XlsxError> {
        let mut sum: Option<Column> = None;
        for chunk in terms.chunks(TERMS).chain(terms.is_empty().then_some(&[][..])) {
            let before = sum.clone();
            sum = Some(self.column(heading, |row| {
                let mut formula = before.as_ref().map_or(start.to_owned(), |sum| sum.at(row));
                for term in chunk {
                    write!(formula, "+{}", term(row)).expect("texts can be written to");
                }
                formula
            })?);
        }
        Ok(sum.expect("at least one chunk"))
    }
}

/// A term of a sum: its formula in a row.
type Term<'a> = Box<dyn Fn(u32) -> String + 'a>;

/// The sheet of the model in a place of the config.
pub(super) fn score(
    index: usize,
    model: &Model,
    leads: &mut Leads<'_>,
    rules: &mut Rules,
    places: &Places<'_>,
) -> Result<Scored, XlsxError> {
    let bounds = places.bounds;
    let number = index + 1;
    let mut table = Table::new(format!("Model{number}"), leads.inputs.rows + 1)?;
    let serves =
        table.column("serves", |row| format!("AND({},{}={number})", leads.active.at(row), places.serving.at(row)))?;
    let mut sheet = Sheet { table, serves };
    let seen = observed(model, &mut sheet, leads, rules, places.events)?;
    let parts = parts(model, &mut sheet, &seen, places.points)?;

    let mut groups = Vec::new();
    for (group, ([_, min, max], _)) in model.groups.iter().zip(&bounds.groups) {
        let of_group = groups_of_parts(model).zip(&parts).filter(|(of, _)| *of == group.name).map(|(_, part)| part);
        let sum = sheet.sum(&format!("sum: {}", group.name), "0", &terms(of_group))?;
        groups.push(sheet.column(&group.name, |row| format!("MIN({max},MAX({min},{}))", sum.at(row)))?);
    }
    let raw = sheet.sum("raw", &places.points.base, &terms(&groups))?;
    // ROUND, and then one off where it took a sum that is a last digit short of a half for one.
    let rounded = sheet.column("rounded", |row| {
        let (raw, size) = (raw.at(row), format!("ABS({})", raw.at(row)));
        let near = format!("ROUND({size},0)");
        format!("SIGN({raw})*({near}-1+GESTEP({size},{near}-0.5)+GESTEP({size},{near}+0.5))")
    })?;
    let [min, max] = &bounds.range;
    let score = sheet.column("score", |row| format!("MIN({max},MAX({min},{}))", rounded.at(row)))?;

    let mut place = |heading: &str, ladder: &Option<Ladder>| {
        ladder.as_ref().map(|ladder| rung(&mut sheet, heading, ladder, &score, rules)).transpose()
    };
    let band = place("band", &bounds.bands)?;
    let stage = place("stage", &bounds.stages)?;
    let grade = grade(&mut sheet, &groups, bounds, rules)?;
    let probability = match &model.probability {
        Some(probability) => Some(chance(model, probability, &mut sheet, &seen, rules)?),
        None => None,
    };
    let expected = match model.expected_rate_by_score {
        Some(line) => {
            let intercept = rules.number("intercept by score", line.intercept)?;
            let slope = rules.number("slope by score", line.slope)?;
            Some(sheet.column("expected rate", |row| logistic(&format!("({intercept}+{slope}*{})", score.at(row))))?)
        }
        None => None,
    };
    let problem = match (seen.levels.first(), seen.levels.last()) {
        (Some(first), Some(last)) => {
            let message =
                |input: &leadcal_lift::attribute::Input| format!("{} should be a {}", input.field, input.kind);
            let messages: Vec<String> = model.attributes.iter().map(|attribute| message(&attribute.input)).collect();
            let messages = rules.texts("what cannot be understood", messages.iter().map(String::as_str))?;
            Some(sheet.column("problem", |row| {
                format!("IFERROR(INDEX({messages},MATCH(-1,{},0)),\"\")", first.across(last, row))
            })?)
        }
        _ => None,
    };
    let table = sheet.table;
    Ok(Scored { table, seen, parts, groups, raw, rounded, score, band, stage, grade, probability, expected, problem })
}

/// Steps 2 to 5: what the model sees of each lead.
fn observed(
    model: &Model,
    sheet: &mut Sheet,
    leads: &mut Leads<'_>,
    rules: &mut Rules,
    events: Option<&Events<'_>>,
) -> Result<Observed, XlsxError> {
    let mut levels = Vec::new();
    for attribute in &model.attributes {
        let level = level_of(attribute, leads, rules)?;
        levels.push(sheet.column(&format!("level: {}", attribute.name), level)?);
    }
    let behaviours = events.map(|events| model.behaviours.iter().map(|behaviour| events.of(behaviour)).collect());
    let signals = model.signals.iter().map(|signal| leads.signal(&signal.kind, &signal.name, rules));
    let signals = signals.collect::<Result<_, _>>()?;
    let silence = events.and_then(|events| events.silence.as_ref());
    let step = model.inactivity.as_ref().zip(silence).map(|(inactivity, silence)| {
        let ends = inactivity.steps.iter().zip(1..).map(|(step, code)| (End::Number(f64::from(step.after_days)), code));
        let steps = rules.steps("days of silence", ends.collect(), 0)?;
        sheet.column("step of inactivity", |row| steps.code_of(&silence.at(row)))
    });
    Ok(Observed { levels, behaviours: behaviours.unwrap_or_default(), signals, step: step.transpose()? })
}

/// What each part adds, in the order of step 6.
fn parts(model: &Model, sheet: &mut Sheet, seen: &Observed, points: &PointsOf) -> Result<Vec<Column>, XlsxError> {
    let mut parts = Vec::new();
    for ((attribute, level), part) in model.attributes.iter().zip(&seen.levels).zip(&points.attributes) {
        parts.push(sheet.column(&attribute.name, |row| of_level(&level.at(row), &part.points))?);
    }
    for ((behaviour, counted), part) in model.behaviours.iter().zip(&seen.behaviours).zip(&points.behaviours) {
        parts.push(sheet.column(&behaviour.name, |row| format!("{}*{}", part.points, counted.weight.at(row)))?);
    }
    for ((signal, times), part) in model.signals.iter().zip(&seen.signals).zip(&points.signals) {
        parts.push(sheet.column(&signal.name, |row| format!("{}*{}", part.points, times.at(row)))?);
    }
    if let Some((step, part)) = seen.step.as_ref().zip(points.steps.as_ref()) {
        parts.push(sheet.column("inactivity", |row| of_level(&step.at(row), &part.points))?);
    }
    Ok(parts)
}

/// The group of each part, in the order in which they are added.
fn groups_of_parts(model: &Model) -> impl Iterator<Item = &str> {
    let attributes = model.attributes.iter().map(|attribute| attribute.group.as_str());
    let behaviours = model.behaviours.iter().map(|behaviour| behaviour.group.as_str());
    let signals = model.signals.iter().map(|signal| signal.group.as_str());
    let inactivity = model.inactivity.iter().map(|inactivity| inactivity.group.as_str());
    attributes.chain(behaviours).chain(signals).chain(inactivity)
}

/// Columns as terms of a sum.
fn terms<'a>(columns: impl IntoIterator<Item = &'a Column>) -> Vec<Term<'a>> {
    columns.into_iter().map(|column| Box::new(move |row| column.at(row)) as Term<'a>).collect()
}

/// Place of the last rung, from 1, that begins at a number or below; 0 for none.
fn rung(
    sheet: &mut Sheet,
    heading: &str,
    ladder: &Ladder,
    of: &Column,
    rules: &mut Rules,
) -> Result<Column, XlsxError> {
    let mut ends: Vec<(&String, usize)> = ladder.from.iter().zip(1..).collect();
    if ladder.best_first {
        ends.reverse();
    }
    let ends = ends.into_iter().map(|(from, code)| (End::Cell(from.clone()), code)).collect();
    let steps = rules.steps(heading, ends, 0)?;
    sheet.column(heading, |row| steps.code_of(&of.at(row)))
}

fn grade(
    sheet: &mut Sheet,
    groups: &[Column],
    bounds: &BoundsOf,
    rules: &mut Rules,
) -> Result<Option<Column>, XlsxError> {
    let mut tiers = Vec::new();
    for (sum, (_, ladder)) in groups.iter().zip(&bounds.groups) {
        if let Some(ladder) = ladder {
            tiers.push((rung(sheet, "tier", ladder, sum, rules)?, &ladder.names));
        }
    }
    if tiers.is_empty() {
        return Ok(None);
    }
    let names = |row: u32| tiers.iter().map(move |(tier, names)| format!("INDEX({names},{})", tier.at(row)));
    sheet.column("grade", |row| names(row).collect::<Vec<_>>().join("&")).map(Some)
}

/// Step 8.
fn chance(
    model: &Model,
    probability: &Probability,
    sheet: &mut Sheet,
    seen: &Observed,
    rules: &mut Rules,
) -> Result<Column, XlsxError> {
    let coefficient =
        |of: TermOf| probability.terms.iter().find(|term| term.of == of).map_or(0.0, |term| term.coefficient);
    let mut terms: Vec<Term<'_>> = Vec::new();
    for (attribute, level) in model.attributes.iter().zip(&seen.levels) {
        let of = |name: &str| TermOf::Level { attribute: attribute.name.clone(), level: name.to_owned() };
        let each: Vec<f64> = attribute.levels.iter().map(|level| coefficient(of(&level.name))).collect();
        if each.iter().any(|c| c.abs() > 0.0) {
            let range = rules.numbers(&format!("coefficients: {}", attribute.name), each)?;
            terms.push(Box::new(move |row| of_level(&level.at(row), &range)));
        }
    }
    let behaviours = model.behaviours.iter().map(|behaviour| TermOf::Behaviour(behaviour.name.clone()));
    let weights = seen.behaviours.iter().map(|counted| &counted.weight);
    let signals = model.signals.iter().map(|signal| TermOf::Signal(signal.name.clone()));
    for (of, times) in behaviours.zip(weights).chain(signals.zip(&seen.signals)) {
        let coefficient = coefficient(of);
        if coefficient.abs() > 0.0 {
            let cell = rules.number("coefficient", coefficient)?;
            terms.push(Box::new(move |row| format!("{cell}*{}", times.at(row))));
        }
    }
    if let Some((step, inactivity)) = seen.step.as_ref().zip(model.inactivity.as_ref()) {
        let each = inactivity.steps.iter().map(|step| coefficient(TermOf::Inactivity(step.after_days)));
        let range = rules.numbers("coefficients: inactivity", each)?;
        terms.push(Box::new(move |row| of_level(&step.at(row), &range)));
    }
    let intercept = rules.number("intercept", probability.intercept)?;
    let log_odds = sheet.sum("log-odds", &intercept, &terms)?;
    sheet.column("probability", |row| logistic(&log_odds.at(row)))
}

/// What a level, by its code, has in a range of cells; 0 for no level.
fn of_level(code: &str, range: &str) -> String {
    format!("IF({code}>0,INDEX({range},{code}),0)")
}

fn logistic(x: &str) -> String {
    // EXP has no result beyond 709.
    format!("IF({x}<-700,0,1/(1+EXP(-{x})))")
}
