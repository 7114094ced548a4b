//! An attribute's levels as conditions of which at most one holds, for tools that add the points of every condition that holds
//! and know neither an order of levels nor an "otherwise".

use jiff::civil::Date;
use leadcal_lift::attribute::{Bound, FieldType, Scalar, When};

use crate::config::ScoredAttribute;

/// A condition with its points.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part<'c> {
    /// Index of the level.
    pub(super) level: usize,
    pub(super) points: f64,
    pub(super) test: Test<'c>,
}

/// What a condition asks of the field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test<'c> {
    /// There is no value.
    Empty,
    /// The text is one of these.
    Texts(Vec<&'c str>),
    /// There is a text, and it is none of these.
    NoneOf(Vec<&'c str>),
    /// The number is this one.
    Number(f64),
    /// The field is this.
    Boolean(bool),
    /// There is a number in `[from, below)`, and it is none of `except`. Open ends are `None`; both may be.
    Numbers { from: Option<f64>, below: Option<f64>, except: Vec<f64> },
    /// There is a day in `[from, below)`.
    Days { from: Option<Date>, below: Option<Date> },
}

/// The conditions of an attribute, zero points included, of which exactly one holds for every value that any level holds for.
/// Numbers are taken to be finite, as every tool's are.
pub(super) fn partition(attribute: &ScoredAttribute) -> Vec<Part<'_>> {
    let part = |level: usize, test| Part { level, points: attribute.levels[level].points, test };
    let mut parts = Vec::new();
    let mut missing = None;
    let mut otherwise = None;
    let mut values: Vec<&Scalar> = Vec::new();
    let mut ranges: Vec<[Option<Bound>; 2]> = Vec::new();
    for (index, level) in attribute.levels.iter().enumerate() {
        match &level.when {
            When::Missing => missing = missing.or(Some(index)),
            When::Otherwise => otherwise = Some(index),
            When::In(listed) => {
                parts.extend(listed_values(listed).into_iter().map(|test| part(index, test)));
                values.extend(listed);
            }
            When::Range { from, below } => {
                parts.extend(range([*from, *below], &numbers(&values)).map(|test| part(index, test)));
                ranges.push([*from, *below]);
            }
        }
    }
    let markers: Vec<&str> = attribute.input.missing.iter().map(String::as_str).collect();
    let markers = if attribute.input.kind == FieldType::Text { markers } else { Vec::new() };
    if let Some(index) = missing.or(otherwise) {
        parts.push(part(index, Test::Empty));
        if !markers.is_empty() {
            parts.push(part(index, Test::Texts(markers.clone())));
        }
    }
    if let Some(index) = otherwise {
        let rest = match attribute.input.kind {
            FieldType::Text => {
                let listed = values.iter().filter_map(|value| match value {
                    Scalar::Text(text) => Some(text.as_str()),
                    Scalar::Number(_) | Scalar::Boolean(_) => None,
                });
                vec![Test::NoneOf(listed.chain(markers).collect())]
            }
            FieldType::Boolean => {
                let listed = |b: bool| values.contains(&&Scalar::Boolean(b));
                [true, false].into_iter().filter(|b| !listed(*b)).map(Test::Boolean).collect()
            }
            FieldType::Number => gaps(ranges).filter_map(|gap| range(gap, &numbers(&values))).collect(),
            FieldType::Date => {
                gaps(ranges).map(|[from, below]| Test::Days { from: day(from), below: day(below) }).collect()
            }
        };
        parts.extend(rest.into_iter().map(|test| part(index, test)));
    }
    parts
}

/// One test for all texts, one for each other value.
fn listed_values(listed: &[Scalar]) -> Vec<Test<'_>> {
    let mut texts = Vec::new();
    let mut tests = Vec::new();
    for value in listed {
        match value {
            Scalar::Text(text) => texts.push(text.as_str()),
            Scalar::Number(x) if x.is_finite() => tests.push(Test::Number(*x)),
            Scalar::Number(_) => {}
            Scalar::Boolean(b) => tests.push(Test::Boolean(*b)),
        }
    }
    if !texts.is_empty() {
        tests.push(Test::Texts(texts));
    }
    tests
}

/// A range without the special values inside it; none where no finite number is in it.
fn range<'c>([from, below]: [Option<Bound>; 2], specials: &[f64]) -> Option<Test<'c>> {
    if matches!(from.or(below), Some(Bound::Date(_))) {
        return Some(Test::Days { from: day(from), below: day(below) });
    }
    let from = from.map(Bound::number).filter(|from| *from != f64::NEG_INFINITY);
    let below = below.map(Bound::number).filter(|below| *below != f64::INFINITY);
    if from == Some(f64::INFINITY) || below == Some(f64::NEG_INFINITY) {
        return None;
    }
    let inside = |x: &f64| from.is_none_or(|from| *x >= from) && below.is_none_or(|below| *x < below);
    Some(Test::Numbers { from, below, except: specials.iter().copied().filter(inside).collect() })
}

/// What ranges, none overlapping another, leave out.
fn gaps(mut ranges: Vec<[Option<Bound>; 2]>) -> impl Iterator<Item = [Option<Bound>; 2]> {
    let at = |end: Option<Bound>, open: f64| end.map_or(open, Bound::number);
    ranges.sort_by(|a, b| at(a[0], f64::NEG_INFINITY).total_cmp(&at(b[0], f64::NEG_INFINITY)));
    let mut starts = vec![None];
    starts.extend(ranges.iter().map(|range| range[1]));
    let ends = ranges.into_iter().map(|range| range[0]).chain([None]).collect::<Vec<_>>();
    let last = ends.len() - 1;
    starts.into_iter().zip(ends).enumerate().filter_map(move |(index, (from, below))| {
        // A range without a lower end leaves nothing before it, one without an upper end nothing after it.
        let closed = (index > 0 && from.is_none()) || (index < last && below.is_none());
        let empty = at(from, f64::NEG_INFINITY) >= at(below, f64::INFINITY);
        (!closed && !empty).then_some([from, below])
    })
}

fn numbers(values: &[&Scalar]) -> Vec<f64> {
    let number = |value: &&Scalar| match value {
        Scalar::Number(x) if x.is_finite() => Some(*x),
        Scalar::Number(_) | Scalar::Text(_) | Scalar::Boolean(_) => None,
    };
    values.iter().filter_map(number).collect()
}

fn day(bound: Option<Bound>) -> Option<Date> {
    match bound {
        Some(Bound::Date(date)) => Some(date),
        Some(Bound::Number(_)) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use leadcal_lift::attribute::{Reading, days};
    use proptest::prelude::*;

    use super::*;
    use crate::config::arbitrary::{WORDS, any_config};

    impl Test<'_> {
        fn holds(&self, reading: &Reading<'_>) -> bool {
            match (self, reading) {
                (Test::Empty, Reading::Missing) => true,
                (Test::Texts(texts), Reading::Text(text)) => texts.contains(&text.as_ref()),
                (Test::NoneOf(texts), Reading::Text(text)) => !texts.contains(&text.as_ref()),
                (Test::Number(x), Reading::Number(found)) => (x - found).abs() <= 0.0,
                (Test::Boolean(b), Reading::Boolean(found)) => b == found,
                (Test::Numbers { from, below, except }, Reading::Number(x)) => {
                    from.is_none_or(|from| *x >= from)
                        && below.is_none_or(|below| *x < below)
                        && !except.iter().any(|special| (x - special).abs() <= 0.0)
                }
                (Test::Days { from, below }, Reading::Number(x)) => {
                    from.is_none_or(|from| *x >= days(from)) && below.is_none_or(|below| *x < days(below))
                }
                _ => false,
            }
        }
    }

    /// Every value near an edge of the attribute's levels, and none.
    fn readings(attribute: &ScoredAttribute) -> Vec<Reading<'static>> {
        let mut readings = vec![Reading::Missing];
        match attribute.input.kind {
            FieldType::Text => {
                let words = WORDS.iter().map(|word| (*word).to_owned()).chain(["never seen".to_owned()]);
                let words = words.filter(|word| !attribute.input.means_missing(word));
                readings.extend(words.map(|word| Reading::Text(word.into())));
            }
            FieldType::Boolean => readings.extend([Reading::Boolean(true), Reading::Boolean(false)]),
            FieldType::Number | FieldType::Date => {
                let mut edges = vec![-1e12, 0.0, 1e12];
                for level in &attribute.levels {
                    match &level.when {
                        When::Range { from, below } => {
                            edges.extend([from, below].into_iter().flatten().map(|x| x.number()));
                        }
                        When::In(values) => edges.extend(numbers(&values.iter().collect::<Vec<_>>())),
                        When::Missing | When::Otherwise => {}
                    }
                }
                let near = edges.into_iter().flat_map(|x| [x.next_down(), x, x.next_up(), x + 1.0]);
                readings.extend(near.map(Reading::Number));
            }
        }
        readings
    }

    proptest! {
        #[test]
        fn one_condition_holds_and_gives_the_points_of_the_first_level(config in any_config()) {
            for attribute in config.models.iter().flat_map(|model| &model.attributes) {
                let parts = partition(attribute);
                for reading in readings(attribute) {
                    let expected = attribute.levels.iter().position(|level| level.when.holds(&reading));
                    let mut found: Vec<usize> =
                        parts.iter().filter(|part| part.test.holds(&reading)).map(|part| part.level).collect();
                    // A text marker of "missing" reads as missing, which the empty field does, too.
                    found.dedup();
                    prop_assert_eq!(found, Vec::from_iter(expected), "{:?} of {:?}", reading, attribute);
                }
            }
        }
    }
}
