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
    read_patterns(&leads, &attributes(width), &outcome).expect("read").patterns
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

        let (rest, parts) = patterns.split_last();
        let shorter: Vec<(Vec<u8>, bool)> = rows.iter().map(|(d, y)| (d[..width - 1].to_vec(), *y)).collect();
        prop_assert_eq!(table(&rest), naive(width - 1, &shorter));
        let sum: u64 = parts.iter().map(Counts::total_leads).sum();
        prop_assert_eq!(sum, rest.counts().total_leads());
    }
}
