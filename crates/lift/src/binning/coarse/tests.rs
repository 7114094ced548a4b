use super::*;
use crate::attribute::{Bound, Input, MISSING, OTHER, Scalar};

mod exhaustive;

fn attribute(kind: FieldType, levels: Vec<Level>) -> Attribute {
    Attribute { name: "a".into(), input: Input { field: "a".into(), kind, missing: vec![] }, levels }
}

fn level(name: &str, when: When) -> Level {
    Level { name: name.to_owned(), when }
}

fn text(text: &str) -> Level {
    level(text, When::In(vec![Scalar::Text(text.to_owned())]))
}

/// -1, intervals cut at 1, 2, 3, missing.
fn number() -> Attribute {
    let bound = |x: i32| Some(Bound::Number(f64::from(x)));
    let mut levels = vec![level("-1", When::In(vec![Scalar::Number(-1.0)]))];
    for (from, below) in [(None, bound(1)), (bound(1), bound(2)), (bound(2), bound(3)), (bound(3), None)] {
        levels.push(level(&quantile::name(from, below), When::Range { from, below }));
    }
    levels.push(level(MISSING, When::Missing));
    attribute(FieldType::Number, levels)
}

fn towns() -> Attribute {
    let mut levels: Vec<Level> = ["Unknown", "Aix", "Brest", "Caen", "Aix, Caen"].map(text).into();
    levels.push(level(MISSING, When::Missing));
    levels.push(level(OTHER, When::Otherwise));
    attribute(FieldType::Text, levels)
}

fn options() -> BinningOptions {
    BinningOptions { min_leads: 0, min_conversions: 1, min_gain: 0.0, ..BinningOptions::default() }
}

fn of_number() -> BinningOptions {
    BinningOptions { special: vec![Scalar::Number(-1.0)], ..options() }
}

/// A table of one attribute with these (leads, conversions).
fn table(attribute: Attribute, counts: &[(u64, u64)]) -> CovariatePatterns {
    let (leads, conversions) = counts.iter().copied().unzip();
    let codes = (0_u32..).take(counts.len()).collect();
    CovariatePatterns::new(vec![attribute], codes, Counts { leads, conversions })
}

/// The joined levels by name, with where each fine one goes.
fn check(
    attribute: Attribute,
    options: &BinningOptions,
    counts: &[(u64, u64)],
    expected: &[&str],
    level_of: &[u32],
) -> Attribute {
    let joining = Joining::of(&attribute, options);
    let coarse = coarsen(&table(attribute, counts), &[joining]);
    let found = coarse.patterns.attributes()[0].clone();
    assert_eq!(found.levels.iter().map(|level| level.name.as_str()).collect::<Vec<_>>(), expected);
    let codes: Vec<u32> = (0..coarse.patterns.len()).map(|pattern| coarse.patterns.codes(pattern)[0]).collect();
    assert_eq!(coarse.spread(&codes), level_of);
    assert_eq!(coarse.patterns.counts().total_leads(), counts.iter().map(|(leads, _)| leads).sum::<u64>());
    found
}

#[test]
fn intervals_join_and_the_others_stay() {
    let counts = [(10, 1), (100, 10), (100, 10), (100, 50), (100, 50), (7, 3)];
    let joined = check(number(), &of_number(), &counts, &["-1", "< 2", ">= 2", MISSING], &[0, 1, 1, 2, 2, 3]);
    assert_eq!(joined.levels[2].when, When::Range { from: Some(Bound::Number(2.0)), below: None });
    let kept = Joining::of(&number(), &BinningOptions { cuts: Some(vec![Bound::Number(1.0)]), ..of_number() });
    assert_eq!(kept, None);
    let descending = BinningOptions { trend: Trend::Descending, ..of_number() };
    let counts = [(10, 1), (100, 50), (100, 20), (100, 30), (100, 10), (7, 3)];
    check(number(), &descending, &counts, &["-1", "< 1", "[1, 3)", ">= 3", MISSING], &[0, 1, 2, 2, 3, 4]);
}

#[test]
fn one_interval_is_the_rest() {
    let counts = [(10, 1), (100, 10), (100, 0), (100, 0), (100, 0), (7, 3)];
    let options = BinningOptions { min_conversions: 11, ..of_number() };
    let joined = check(number(), &options, &counts, &["-1", MISSING, ANY], &[0, 2, 2, 2, 2, 1]);
    assert_eq!(joined.levels[2].when, When::Otherwise);
}

#[test]
fn texts_join_by_rate_where_asked_for() {
    let counts = [(50, 10), (100, 10), (100, 50), (100, 10), (100, 50), (9, 1), (9, 2)];
    let special = vec![Scalar::Text("Unknown".to_owned())];
    assert_eq!(Joining::of(&towns(), &BinningOptions { special: special.clone(), ..options() }), None);
    let options = BinningOptions { special, join: true, ..options() };
    let expected = ["Unknown", "Aix, Caen", "Aix, Caen, Brest", MISSING, OTHER];
    let joined = check(towns(), &options, &counts, &expected, &[0, 1, 2, 1, 2, 3, 4]);
    let values = |texts: &[&str]| When::In(texts.iter().map(|text| Scalar::Text((*text).to_owned())).collect());
    assert_eq!(joined.levels[2].when, values(&["Aix, Caen", "Brest"]));
    // "Aix, Caen" is the name of a text and of two together.
    let counts = [(50, 10), (100, 10), (100, 50), (100, 10), (100, 90), (9, 1), (9, 2)];
    let expected = ["Unknown", "Aix, Caen", "Brest", "Aix, Caen'", MISSING, OTHER];
    check(towns(), &options, &counts, &expected, &[0, 1, 2, 1, 3, 4, 5]);
}

/// A text that no training lead has goes with those of an average rate.
#[test]
fn texts_without_leads_count_as_average() {
    let counts = [(0, 0), (100, 10), (100, 50), (0, 0), (100, 90), (0, 0), (0, 0)];
    let options = BinningOptions { special: vec![Scalar::Text("Unknown".to_owned())], join: true, ..options() };
    let joinings = [Joining::of(&towns(), &options)];
    let coarse = coarsen(&table(towns(), &counts), &joinings);
    let codes: Vec<u32> = (0..coarse.patterns.len()).map(|pattern| coarse.patterns.codes(pattern)[0]).collect();
    let codes = coarse.spread(&codes);
    assert_eq!(codes[3], codes[2], "Caen is with Brest, which converts as all do");
}

/// Patterns that become the same are one, with the sum of their leads; the others stay apart.
#[test]
fn patterns_are_grouped() {
    let codes = vec![1, 1, 1, 2, 2, 1, 3, 1, 3, 2, 4, 2];
    let counts = Counts { leads: vec![50, 50, 60, 40, 0, 100], conversions: vec![5, 5, 6, 20, 0, 50] };
    let patterns = CovariatePatterns::new(vec![number(), towns()], codes, counts);
    let coarse = coarsen(&patterns, &[Joining::of(&number(), &of_number()), None]);
    assert_eq!(coarse.patterns.attributes()[1], towns());
    let rows: Vec<&[u32]> = (0..coarse.patterns.len()).map(|pattern| coarse.patterns.codes(pattern)).collect();
    assert!(rows.is_sorted() && rows.len() < 6, "{rows:?}");
    assert_eq!(coarse.patterns.margin(1), patterns.margin(1));
    for pattern in 0..patterns.len() {
        let joined = coarse.pattern_of[pattern] as usize;
        assert_eq!(coarse.patterns.codes(joined)[1], patterns.codes(pattern)[1]);
    }
}
