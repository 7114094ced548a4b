use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::prelude::*;

use crate::attribute::{Attribute, FieldType, Input, Level, Scalar, When};
use crate::leads::LeadFiles;
use crate::outcome::Outcome;
use crate::profile::profile;

use super::*;

/// Attributes `a0`, `a1`, … whose levels are the digits 0, 1 and the rest.
fn attributes(width: usize) -> Vec<Attribute> {
    let level = |name: &str, when| Level { name: name.to_owned(), when };
    (0..width)
        .map(|index| Attribute {
            name: format!("a{index}"),
            input: Input { field: format!("a{index}"), kind: FieldType::Text, missing: Vec::new() },
            levels: vec![
                level("0", When::In(vec![Scalar::Text("0".to_owned())])),
                level("1", When::In(vec![Scalar::Text("1".to_owned())])),
                level("(other)", When::Otherwise),
            ],
        })
        .collect()
}

fn lead_attributes(attributes: Vec<Attribute>) -> Vec<LeadAttribute> {
    attributes.into_iter().map(LeadAttribute::from).collect()
}

fn read(width: usize, rows: &[(Vec<u8>, bool)]) -> CovariatePatterns {
    let mut csv = (0..width).fold(String::new(), |mut header, index| {
        write!(header, "a{index},").expect("a String");
        header
    });
    csv += "y\n";
    for (digits, converted) in rows {
        for digit in digits {
            write!(csv, "{digit},").expect("a String");
        }
        csv += if *converted { "1\n" } else { "0\n" };
    }
    // Both outcomes always occur, on leads of a third kind.
    let twos = "2,".repeat(width);
    writeln!(csv, "{twos}1\n{twos}0").expect("a String");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("l.csv");
    std::fs::write(&path, csv).expect("written");
    let leads = LeadFiles::open(path.to_str().expect("UTF-8")).expect("readable");
    let y = profile(&leads, &["y".to_owned()], &[]).expect("profiled");
    let outcome = Outcome::of(&y[0], None, leads.files()).expect("an outcome");
    read_patterns(&leads, &lead_attributes(attributes(width)), &outcome).expect("read").patterns
}

type Table = BTreeMap<Vec<u32>, (u64, u64)>;

fn table(patterns: &CovariatePatterns) -> Table {
    let counts = patterns.counts();
    (0..patterns.len()).map(|i| (patterns.codes(i).to_vec(), (counts.leads[i], counts.conversions[i]))).collect()
}

fn naive(width: usize, rows: &[(Vec<u8>, bool)]) -> Table {
    let mut table = Table::new();
    table.insert(vec![2; width], (2, 1));
    for (digits, converted) in rows {
        let counts = table.entry(digits.iter().map(|&d| u32::from(d.min(2))).collect()).or_default();
        counts.0 += 1;
        counts.1 += u64::from(*converted);
    }
    table
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    // 45 attributes of 3 levels pass 64 bits, 90 pass 128.
    #[test]
    fn grouping_equals_counting_whatever_the_key(
        width in prop::sample::select(vec![1_usize, 3, 45, 90]),
        seed in prop::collection::vec((prop::collection::vec(0_u8..4, 3), any::<bool>()), 0..60),
    ) {
        let rows: Vec<(Vec<u8>, bool)> =
            seed.iter().map(|(digits, y)| (digits.iter().copied().cycle().take(width).collect(), *y)).collect();
        let patterns = read(width, &rows);
        prop_assert_eq!(table(&patterns), naive(width, &rows));
        prop_assert!((1..patterns.len()).all(|i| patterns.codes(i - 1) < patterns.codes(i)));
        let mut reversed = rows.clone();
        reversed.reverse();
        prop_assert_eq!(table(&read(width, &reversed)), table(&patterns));

        for marks in 0..=width.min(2) {
            let (rest, parts) = patterns.split(marks);
            let kept = width - marks;
            let shorter: Vec<(Vec<u8>, bool)> = rows.iter().map(|(d, y)| (d[..kept].to_vec(), *y)).collect();
            prop_assert_eq!(table(&rest), naive(kept, &shorter));
            prop_assert_eq!(parts.len(), marks);
            for (mark, levels) in parts.iter().enumerate() {
                for (level, counts) in (0_u32..).zip(levels) {
                    // The same leads, counted from the whole table by the mark's code alone.
                    let mut of_level = Table::new();
                    for (codes, (leads, conversions)) in table(&patterns) {
                        if codes[kept + mark] == level {
                            let sum = of_level.entry(codes[..kept].to_vec()).or_default();
                            sum.0 += leads;
                            sum.1 += conversions;
                        }
                    }
                    let mut found = table(&rest.with_counts(counts.clone()));
                    found.retain(|_, (leads, _)| *leads > 0);
                    prop_assert_eq!(found, of_level);
                }
            }
        }
    }

    #[test]
    fn parts_of_a_table_equal_counting(
        rows in prop::collection::vec((prop::collection::vec(0_u8..3, 4), any::<bool>()), 0..60),
        kept in prop::sample::subsequence(vec![0_usize, 1, 2, 3], 0..=4).prop_shuffle(),
        level in 0_u32..3,
    ) {
        let numbers = |attribute: usize| vec![0.0, 1.5, attribute as f64];
        let fine = read(4, &rows).with_values(1, numbers(1)).with_values(3, numbers(3));

        let Coarsened { patterns, pattern_of } = fine.project(&kept);
        let of_kept = |codes: &[u32]| -> Vec<u32> { kept.iter().map(|&at| codes[at]).collect() };
        prop_assert_eq!(table(&patterns), merged(&fine, of_kept));
        prop_assert!((1..patterns.len()).all(|i| patterns.codes(i - 1) < patterns.codes(i)));
        for (pattern, &of) in pattern_of.iter().enumerate() {
            prop_assert_eq!(of_kept(fine.codes(pattern)), patterns.codes(of as usize));
        }
        for (at, &attribute) in kept.iter().enumerate() {
            prop_assert_eq!(&patterns.attributes()[at].name, &fine.attributes()[attribute].name);
            prop_assert_eq!(patterns.values(at), fine.values(attribute));
        }

        let (part, of_part) = fine.subset(2, level);
        prop_assert_eq!(part.len(), of_part.len());
        prop_assert!((1..part.len()).all(|i| part.codes(i - 1) < part.codes(i)));
        let mut whole = Table::new();
        for (codes, counts) in table(&part) {
            whole.insert(vec![codes[0], codes[1], level, codes[2]], counts);
        }
        prop_assert_eq!(whole, table(&fine).into_iter().filter(|(codes, _)| codes[2] == level).collect::<Table>());
        for (pattern, &of) in of_part.iter().enumerate() {
            let codes = part.codes(pattern);
            let with_level = vec![codes[0], codes[1], level, codes[2]];
            prop_assert_eq!(with_level, fine.codes(of));
        }
        prop_assert_eq!((part.values(0), part.values(1), part.values(2)), (None, fine.values(1), fine.values(3)));
    }
}

/// The counts under other codes, by a map.
fn merged(patterns: &CovariatePatterns, codes: impl Fn(&[u32]) -> Vec<u32>) -> Table {
    let mut merged = Table::new();
    for (pattern, (leads, conversions)) in table(patterns) {
        let counts = merged.entry(codes(&pattern)).or_default();
        counts.0 += leads;
        counts.1 += conversions;
    }
    merged
}

#[test]
fn levels_keep_their_numbers_where_none_are_joined() {
    let counts = Counts { leads: vec![4, 5, 6], conversions: vec![1, 2, 3] };
    let numbers = vec![0.0, 1.0, 2.0];
    let patterns = CovariatePatterns::new(attributes(2), vec![0, 1, 1, 0, 2, 2], counts.clone())
        .with_values(0, numbers.clone())
        .with_values(1, numbers.clone());
    let coarse = |attribute: usize, level_of: Vec<u32>| {
        let mut attribute = patterns.attributes()[attribute].clone();
        attribute.levels.truncate(level_of.iter().max().map_or(0, |most| *most as usize + 1));
        Coarse { attribute, level_of }
    };
    let joined = patterns.coarsen(vec![coarse(0, vec![0, 1, 2]), coarse(1, vec![0, 1, 1])]).patterns;
    assert_eq!((joined.values(0), joined.values(1)), (Some(numbers.as_slice()), None));
    let swapped = patterns.coarsen(vec![coarse(0, vec![0, 1, 2]), coarse(1, vec![1, 0, 2])]).patterns;
    assert_eq!(swapped.values(1), None);
    assert_eq!(patterns.with_counts(counts).values(1), Some(numbers.as_slice()));
    let (rest, _) = patterns.split(1);
    assert_eq!(rest.values(0), Some(numbers.as_slice()));
}

#[test]
#[should_panic(expected = "a number for each level of a0")]
fn a_level_without_a_number_is_a_bug() {
    let _ = CovariatePatterns::new(attributes(1), vec![0], Counts { leads: vec![1], conversions: vec![0] })
        .with_values(0, vec![1.0]);
}
