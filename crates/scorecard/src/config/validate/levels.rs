//! Levels of an attribute: each reachable, none overlapping another, all of the input's type.

use std::collections::{HashMap, HashSet};

use leadcal_lift::attribute::{Bound, FieldType, Input, Scalar, When};

use super::super::error::ConfigError;
use super::super::inputs::{Evidence, ScoredAttribute};
use super::rules::{Checked, Names, each, filled, number, share};

pub(super) fn check(at: &str, attribute: &ScoredAttribute) -> Checked {
    let input = &attribute.input;
    filled(&format!("{at}/input/field"), &input.field)?;
    for (at, marker) in each(&format!("{at}/input/missing"), &input.missing) {
        if marker.trim() != marker {
            let message = format!("\"{marker}\" has blanks around it, and texts are compared without");
            return Err(ConfigError::new(at, message));
        }
    }
    let at = format!("{at}/levels");
    if attribute.levels.is_empty() {
        return Err(ConfigError::new(at, "there is no level"));
    }
    let mut names = Names::new("level");
    let mut earlier = Earlier::default();
    for (index, (at, level)) in each(&at, &attribute.levels).enumerate() {
        names.check(&format!("{at}/level"), &level.name)?;
        let last = index + 1 == attribute.levels.len();
        when(&format!("{at}/when"), input, &level.when, last)?;
        earlier.add(&format!("{at}/when"), &level.name, &level.when)?;
        number(&format!("{at}/points"), level.points)?;
        if let Some(evidence) = &level.evidence {
            self::evidence(&format!("{at}/evidence"), evidence)?;
        }
    }
    Ok(())
}

/// A `when` on its own: values of the input's type, which can occur.
fn when(at: &str, input: &Input, when: &When, last: bool) -> Checked {
    match when {
        When::Missing => Ok(()),
        When::Otherwise if last => Ok(()),
        When::Otherwise => Err(ConfigError::new(at, "the levels after \"otherwise\" are never reached")
            .help("put the level with \"otherwise\" last")),
        When::In(values) => {
            let at = format!("{at}/in");
            if values.is_empty() {
                return Err(ConfigError::new(at, "the list is empty"));
            }
            scalars(&at, values)?;
            for (at, value) in each(&at, values) {
                of_type(&at, input, value)?;
            }
            Ok(())
        }
        When::Range { from, below } => range(at, input, *from, *below),
    }
}

fn of_type(at: &str, input: &Input, value: &Scalar) -> Checked {
    match (input.kind, value) {
        (FieldType::Text, Scalar::Text(text)) if input.means_missing(text) => {
            let message = format!("{} means missing in this field, so it is never in a list", shown(value));
            Err(ConfigError::new(at, message))
        }
        (FieldType::Text, Scalar::Text(_))
        | (FieldType::Number, Scalar::Number(_))
        | (FieldType::Boolean, Scalar::Boolean(_)) => Ok(()),
        (FieldType::Date, _) => Err(ConfigError::new(at, "a date field has levels by \"from\" and \"below\" only")),
        (kind, _) => Err(ConfigError::new(at, format!("{} is not a {kind}, the input's type", shown(value)))),
    }
}

fn range(at: &str, input: &Input, from: Option<Bound>, below: Option<Bound>) -> Checked {
    for (key, bound) in [("from", from), ("below", below)] {
        let at = format!("{at}/{key}");
        match (input.kind, bound) {
            (_, None) | (FieldType::Date, Some(Bound::Date(_))) => {}
            (FieldType::Number, Some(Bound::Number(x))) if x.is_finite() => {}
            (FieldType::Number, Some(Bound::Number(x))) => {
                return Err(ConfigError::new(at, format!("{x} is no number")));
            }
            (FieldType::Number, Some(Bound::Date(date))) => {
                return Err(ConfigError::new(at, format!("the date {date} cannot bound an input of type number")));
            }
            (FieldType::Date, Some(Bound::Number(x))) => {
                return Err(ConfigError::new(at, format!("{x} cannot bound an input of type date"))
                    .help("write a day such as \"2024-03-01\""));
            }
            (kind @ (FieldType::Text | FieldType::Boolean), _) => {
                return Err(ConfigError::new(at, format!("an input of type {kind} has no order; use \"in\"")));
            }
        }
    }
    match (from, below) {
        (None, None) => Err(ConfigError::new(at, "it has neither \"from\" nor \"below\"")),
        (Some(from), Some(below)) if from.number() >= below.number() => {
            Err(ConfigError::new(at, format!("from {} is not below {}", bound(from), bound(below))))
        }
        _ => Ok(()),
    }
}

fn bound(bound: Bound) -> String {
    match bound {
        Bound::Number(x) => x.to_string(),
        Bound::Date(date) => date.to_string(),
    }
}

/// Listed values: finite, none twice.
pub(super) fn scalars(at: &str, values: &[Scalar]) -> Checked {
    let mut seen = HashSet::new();
    for (at, value) in each(at, values) {
        if let Scalar::Number(x) = value
            && !x.is_finite()
        {
            return Err(ConfigError::new(at, format!("{x} is no number")));
        }
        if !seen.insert(Key::of(value)) {
            return Err(ConfigError::new(at, format!("{} is listed twice", shown(value))));
        }
    }
    Ok(())
}

fn shown(value: &Scalar) -> String {
    match value {
        Scalar::Text(text) => format!("the text \"{text}\""),
        Scalar::Number(x) => format!("the number {x}"),
        Scalar::Boolean(b) => b.to_string(),
    }
}

/// What makes two listed values the same; -0 and 0 are.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Text(&'a str),
    Number(u64),
    Boolean(bool),
}

impl<'a> Key<'a> {
    fn of(value: &'a Scalar) -> Self {
        match value {
            Scalar::Text(text) => Self::Text(text),
            Scalar::Number(x) => Self::Number((x + 0.0).to_bits()),
            Scalar::Boolean(b) => Self::Boolean(*b),
        }
    }
}

/// What the levels before hold, by the name of the level.
#[derive(Default)]
struct Earlier<'a> {
    missing: Option<&'a str>,
    listed: HashMap<Key<'a>, &'a str>,
    ranges: Vec<(f64, f64, &'a str)>,
}

impl<'a> Earlier<'a> {
    fn add(&mut self, at: &str, name: &'a str, when: &'a When) -> Checked {
        match when {
            When::Otherwise => {}
            When::Missing => {
                if let Some(other) = self.missing.replace(name) {
                    return Err(ConfigError::new(at, format!("missing is in the level \"{other}\" already")));
                }
            }
            When::In(values) => {
                for (at, value) in each(&format!("{at}/in"), values) {
                    let message = |other| format!("{} is in the level \"{other}\" already", shown(value));
                    if let Some(other) = self.listed.insert(Key::of(value), name) {
                        return Err(ConfigError::new(at, message(other)));
                    }
                    if let Scalar::Number(x) = value
                        && let Some((_, _, other)) = self.ranges.iter().find(|(from, below, _)| x >= from && x < below)
                    {
                        return Err(ConfigError::new(at, message(other)).help("list special values before the ranges"));
                    }
                }
            }
            When::Range { from, below } => {
                let from = from.map_or(f64::NEG_INFINITY, Bound::number);
                let below = below.map_or(f64::INFINITY, Bound::number);
                if let Some((_, _, other)) = self.ranges.iter().find(|(start, end, _)| from < *end && *start < below) {
                    return Err(ConfigError::new(at, format!("the range overlaps that of the level \"{other}\"")));
                }
                self.ranges.push((from, below, name));
            }
        }
        Ok(())
    }
}

fn evidence(at: &str, evidence: &Evidence) -> Checked {
    if evidence.conversions > evidence.leads {
        let message = format!("{} conversions of {} leads", evidence.conversions, evidence.leads);
        return Err(ConfigError::new(format!("{at}/conversions"), message));
    }
    share(&format!("{at}/rate"), evidence.rate)?;
    number(&format!("{at}/lift"), evidence.lift)?;
    if evidence.lift < 0.0 {
        return Err(ConfigError::new(format!("{at}/lift"), format!("{} is below 0", evidence.lift)));
    }
    if let Some([low, high]) = evidence.points_interval {
        number(&format!("{at}/points_interval/0"), low)?;
        number(&format!("{at}/points_interval/1"), high)?;
        if low > high {
            let message = format!("the lower end {low} is above the upper end {high}");
            return Err(ConfigError::new(format!("{at}/points_interval"), message));
        }
    }
    Ok(())
}
