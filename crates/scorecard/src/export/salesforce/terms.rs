//! What a group adds up, as terms that each stand alone.

use jiff::civil::{Date, date};
use leadcal_lift::attribute::FieldType;
use leadcal_lift::signals::SignalKind;

use super::field::Field;
use super::formula::{COMPILED_FIELD, Term, decimal, literal};
use crate::config::{Group, Model, ScoredAttribute, Signal};
use crate::export::Losses;
use crate::export::crm::{Names, is_whole, missing_is_not_no};
use crate::export::partition::{Test, partition};

/// A CASE is ended here, so that a part can be filled to its limits.
const CASE_BYTES: usize = 1_000;
/// Numbers have at most 18 digits.
const TOO_LARGE: f64 = 1e18;
/// No text field that a formula may read holds more characters.
const LONGEST_TEXT: usize = 255;

/// Makes a group's terms.
pub(super) struct Scorer<'a, 'o> {
    pub(super) model: &'a Model,
    pub(super) at: &'a str,
    pub(super) prefix: &'a str,
    pub(super) names: &'a mut Names<'o>,
    pub(super) losses: &'a mut Losses,
}

impl Scorer<'_, '_> {
    /// What every lead gets, the terms, and the fields that somebody else fills.
    pub(super) fn terms(&mut self, group: &Group) -> (String, Vec<Term>, Vec<Field>) {
        let model = self.model;
        let mut rests = Vec::new();
        let (mut terms, mut inputs) = (Vec::new(), Vec::new());
        for (index, attribute) in model.attributes.iter().enumerate().filter(|(_, part)| part.group == group.name) {
            let (rest, more) = self.attribute(index, attribute);
            rests.push(rest);
            terms.extend(more);
        }
        for (index, behaviour) in model.behaviours.iter().enumerate().filter(|(_, part)| part.group == group.name) {
            let holds = "the sum of the weights of its events as of now, 1 for each event without a half-life";
            let part = format!("behaviour \"{}\"", behaviour.name);
            let input = self.input(&behaviour.name, holds, format!("{}/behaviours/{index}", self.at), part);
            terms.push(product(&input.name, behaviour.points_each));
            inputs.push(input);
        }
        for (index, signal) in model.signals.iter().enumerate().filter(|(_, part)| part.group == group.name) {
            match &signal.kind {
                SignalKind::FilledFields { fields } => terms.extend(self.filled(index, signal, fields)),
                _ => {
                    let part = format!("signal \"{}\"", signal.name);
                    let input =
                        self.input(&signal.name, "1 where it fires", format!("{}/signals/{index}", self.at), part);
                    terms.push(product(&input.name, signal.points));
                    inputs.push(input);
                }
            }
        }
        if let Some(inactivity) = model.inactivity.as_ref().filter(|inactivity| inactivity.group == group.name) {
            let holds = "the whole days since the lead's last event, else since its creation";
            let input = self.input("inactive days", holds, format!("{}/inactivity", self.at), "inactivity".to_owned());
            for (index, step) in inactivity.steps.iter().enumerate() {
                let below = inactivity.steps.get(index + 1).map(|next| f64::from(next.after_days));
                let test = Test::Numbers { from: Some(f64::from(step.after_days)), below, except: Vec::new() };
                terms.extend(
                    condition(&input.name, &test)
                        .map(|condition| given(&input.name, &condition, &decimal(step.points))),
                );
            }
            inputs.push(input);
        }
        (total(&rests), terms, inputs)
    }

    /// A number field that a flow or an integration fills. An empty one counts as 0.
    fn input(&mut self, name: &str, holds: &str, pointer: String, part: String) -> Field {
        let label = format!("{} {name}", self.prefix);
        let field = self.names.fresh(&label);
        let lost = format!(
            "Salesforce cannot compute it: somebody must keep the number field {field}, {holds}; empty adds nothing"
        );
        self.losses.add(pointer, part, lost);
        Field::input(field, &label, 9, &format!("Kept up to date by a flow or an integration: {holds}."))
    }

    /// Points of the levels; of texts as what they have more than any other text.
    fn attribute(&mut self, index: usize, attribute: &ScoredAttribute) -> (f64, Vec<Term>) {
        let field = self.names.of(&attribute.input.field);
        let parts = partition(attribute);
        let rest = parts.iter().find(|part| matches!(part.test, Test::NoneOf(_))).map_or(0.0, |part| part.points);
        let mut terms = Vec::new();
        let mut cases: Vec<(String, f64)> = Vec::new();
        for part in &parts {
            let level = &attribute.levels[part.level];
            let pointer = format!("{}/attributes/{index}/levels/{}", self.at, part.level);
            let words = format!("level \"{}\" of \"{}\"", level.name, attribute.name);
            let mut lose = |lost: &str| self.losses.add(pointer.clone(), words.clone(), lost);
            match &part.test {
                Test::NoneOf(_) => {}
                Test::Texts(texts) => {
                    for text in texts {
                        match text_value(text) {
                            Ok(value) => cases.push((value, part.points)),
                            Err(why) => lose(&why),
                        }
                    }
                }
                Test::Number(x) if x.abs() >= TOO_LARGE => {}
                Test::Number(x) => cases.push((decimal(*x), part.points)),
                Test::Empty if attribute.input.kind == FieldType::Boolean => {
                    if missing_is_not_no(&parts, part) {
                        lose("a checkbox is never empty: an unknown value counts as no");
                    }
                }
                test => {
                    if too_fine(test) {
                        lose("left out: a number of more than 18 decimals");
                    } else if (part.points - rest).abs() > 0.0 {
                        terms.extend(
                            condition(&field, test)
                                .map(|condition| given(&field, &condition, &difference(part.points, rest))),
                        );
                    }
                }
            }
        }
        cases.retain(|(_, points)| (points - rest).abs() > 0.0);
        terms.extend(case_terms(&field, &cases, rest));
        (rest, terms)
    }

    fn filled(&mut self, index: usize, signal: &Signal, fields: &[String]) -> Vec<Term> {
        let model = self.model;
        let mut terms = Vec::new();
        for field in fields {
            let boolean = |attribute: &&ScoredAttribute| {
                attribute.input.field == *field && attribute.input.kind == FieldType::Boolean
            };
            if model.attributes.iter().any(|attribute| boolean(&attribute)) {
                let lost = format!("the checkbox \"{field}\" is never empty and counts as filled");
                self.losses.add(format!("{}/signals/{index}", self.at), format!("signal \"{}\"", signal.name), lost);
            }
            let field = self.names.of(field);
            terms.push(given(&field, &format!("NOT(ISBLANK({field}))"), &decimal(signal.points)));
        }
        terms
    }
}

/// A listed text as a value of a CASE, or why no field holds it.
fn text_value(text: &str) -> Result<String, String> {
    if text.trim() != text {
        return Err(format!("no field holds {text:?}: Salesforce cuts the blanks around a text"));
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err("left out: a text field holds at most 255 characters".to_owned());
    }
    literal(text).ok_or_else(|| format!("left out: {text:?} has line breaks or other control characters"))
}

/// `CASE(field,"a",3,"b",-2,0)`, as many as keep each short.
fn case_terms(field: &str, cases: &[(String, f64)], rest: f64) -> Vec<Term> {
    let start = || Term { text: format!("CASE({field}"), compiled: field.len() };
    let mut terms = Vec::new();
    let mut term = start();
    for (value, points) in cases {
        let points = difference(*points, rest);
        term.text.extend([",", value, ",", &points]);
        term.compiled += references(field) + value.len() + points.len();
        if term.text.len() >= CASE_BYTES {
            terms.push(std::mem::replace(&mut term, start()));
        }
    }
    if term.text.len() > start().text.len() {
        terms.push(term);
    }
    for term in &mut terms {
        term.text.push_str(",0)");
    }
    terms
}

/// When a test of a number, day, checkbox or an empty field holds; none where it never does.
fn condition(field: &str, test: &Test<'_>) -> Option<String> {
    let known = || format!("NOT(ISBLANK({field}))");
    let all = |conditions: Vec<String>| match &conditions[..] {
        [] => known(),
        conditions => format!("AND({},{})", known(), conditions.join(",")),
    };
    match test {
        Test::Empty => Some(format!("ISBLANK({field})")),
        Test::Boolean(true) => Some(field.to_owned()),
        Test::Boolean(false) => Some(format!("NOT({field})")),
        Test::Numbers { from, below, except } => {
            if from.is_some_and(|from| from >= TOO_LARGE) || below.is_some_and(|below| below <= -TOO_LARGE) {
                return None;
            }
            let from = from.filter(|from| *from > -TOO_LARGE).map(|x| format!("{field}>={}", decimal(x)));
            let below = below.filter(|below| *below < TOO_LARGE).map(|x| format!("{field}<{}", decimal(x)));
            let except = except.iter().filter(|x| x.abs() < TOO_LARGE).map(|x| format!("{field}<>{}", decimal(*x)));
            Some(all(from.into_iter().chain(below).chain(except).collect()))
        }
        Test::Days { from, below } => {
            // The days Salesforce knows.
            let (first, last) = (date(1700, 1, 1), date(4000, 12, 31));
            if from.is_some_and(|from| from > last) || below.is_some_and(|below| below <= first) {
                return None;
            }
            let day = |day: Date| format!("DATE({},{},{})", day.year(), day.month(), day.day());
            let from = from.filter(|from| *from > first).map(|from| format!("{field}>={}", day(from)));
            let below = below.filter(|below| *below <= last).map(|below| format!("{field}<{}", day(below)));
            Some(all(from.into_iter().chain(below).collect()))
        }
        Test::Texts(_) | Test::NoneOf(_) | Test::Number(_) => None,
    }
}

/// A bound or special value that needs more decimals than a field has.
fn too_fine(test: &Test<'_>) -> bool {
    let Test::Numbers { from, below, except } = test else { return false };
    let decimals = |x: &f64| x.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len());
    from.iter().chain(below).chain(except).any(|x| decimals(x) > 18)
}

/// Points where a condition of a field holds, as what they are more than the rest.
fn given(field: &str, condition: &str, points: &str) -> Term {
    term(field, format!("IF({condition},{points},0)"))
}

fn product(field: &str, points: f64) -> Term {
    term(field, format!("BLANKVALUE({field},0)*{}", decimal(points)))
}

/// Its compiled size counts every reference to the field, and days, which compile to much.
fn term(field: &str, text: String) -> Term {
    let references_to =
        text.matches(field).count() * references(field) + text.matches("DATE(").count() * COMPILED_FIELD;
    Term { compiled: text.len() + references_to, text }
}

fn references(field: &str) -> usize {
    if field.starts_with("TEXT(") { 3 * COMPILED_FIELD } else { COMPILED_FIELD }
}

/// What points have more than the rest; left to Salesforce's decimals where it is not whole.
fn difference(points: f64, rest: f64) -> String {
    if rest.abs() <= 0.0 || (is_whole(points) && is_whole(rest)) {
        return decimal(points - rest);
    }
    format!("{}-{}", decimal(points), decimal(rest))
}

/// A sum of numbers; left to Salesforce's decimals where they are not whole.
fn total(numbers: &[f64]) -> String {
    if numbers.iter().all(|x| is_whole(*x)) {
        return decimal(numbers.iter().sum());
    }
    numbers.iter().map(|x| decimal(*x)).collect::<Vec<_>>().join("+")
}
