use super::*;

fn profile_of(csv: &str) -> (ColumnProfile, Vec<PathBuf>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("l.csv");
    std::fs::write(&path, csv).expect("written");
    let leads = LeadFiles::open(path.to_str().expect("UTF-8")).expect("readable");
    let missing = ["NA".to_owned()];
    let mut profiles = profile(&leads, &leads.columns()[..1], &missing).expect("profiled");
    (profiles.remove(0), leads.files().to_vec())
}

fn column(values: impl IntoIterator<Item = String>) -> String {
    values.into_iter().fold("a,b\n".to_owned(), |csv, value| csv + &value + ",1\n")
}

fn check_kind(values: &[&str], expected: FieldType) {
    let (profile, files) = profile_of(&column(values.iter().map(|&v| v.to_owned())));
    assert_eq!(profile.kind(&files).expect("a kind"), expected, "{values:?}");
}

#[test]
fn infers_types() {
    check_kind(&["1", "2.5", "NA", "-3e2"], FieldType::Number);
    check_kind(&["0", "1"], FieldType::Number);
    check_kind(&["yes", "no"], FieldType::Text);
    check_kind(&["True", "false", ""], FieldType::Boolean);
    check_kind(&["2024-01-01", "2024-01-02T10:00:00Z"], FieldType::Date);
    check_kind(&["2024-01-01", "soon"], FieldType::Text);
    check_kind(&["1", "2", "3", "many"], FieldType::Text);
    check_kind(&["NA", ""], FieldType::Text);
}

#[test]
fn counts_what_is_missing_and_what_is_not_finite() {
    let (profile, _) = profile_of(&column(["1", "NaN", "NA", "", " ", "inf", "1"].map(str::to_owned)));
    assert_eq!((profile.leads, profile.missing, profile.nan, profile.infinite), (7, 4, 1, 1));
    assert_eq!(profile.values(), Some(vec![("1".to_owned(), 2), ("inf".to_owned(), 1)]));
}

#[test]
fn names_the_first_text_in_a_column_of_numbers() {
    let values = (0..2000).map(|i| if i == 1234 || i == 1500 { format!("x{i}") } else { i.to_string() });
    let (profile, files) = profile_of(&column(values));
    let error = profile.kind(&files).expect_err("mixed");
    assert!(error.place().expect("a place").contains("row 1235"), "{error}");
    assert!(error.to_string().contains("\"x1234\""), "{error}");
}

#[test]
fn more_texts_than_are_kept_still_tell_numbers_from_text() {
    let (numbers, files) = profile_of(&column((0..150_000).map(|i| i.to_string())));
    assert_eq!(numbers.kind(&files).expect("a kind"), FieldType::Number);
    assert_eq!(numbers.numbers.leads(), 150_000);
    let (texts, files) = profile_of(&column((0..150_000).map(|i| format!("t{i}"))));
    assert_eq!(texts.kind(&files).expect("a kind"), FieldType::Text);
    assert_eq!(texts.values(), None);
}

mod any_bytes {
    use proptest::prelude::*;

    use super::*;
    use crate::binning::{BinningOptions, attribute};
    use crate::outcome::Outcome;
    use crate::patterns::{LeadAttribute, read_patterns};

    /// Everything calibration does with a file, up to the patterns.
    fn read_all(name: &str, bytes: &[u8]) -> Result<u64, DataError> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        let leads = LeadFiles::open(path.to_str().expect("UTF-8"))?;
        let profiles = profile(&leads, leads.columns(), &["NA".to_owned()])?;
        let outcome = Outcome::of(&profiles[0], None, leads.files())?;
        let options = BinningOptions { min_leads: 1, ..BinningOptions::default() };
        let mut attributes = Vec::new();
        for profile in &profiles[1..] {
            attributes.extend(attribute(profile, &options, leads.files())?.ok().map(LeadAttribute::from));
        }
        let read = read_patterns(&leads, &attributes, &outcome)?;
        Ok(read.patterns.counts().total_leads() + read.without_outcome)
    }

    proptest! {
        #[test]
        fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            for name in ["l.csv", "l.ndjson", "l.parquet"] {
                _ = read_all(name, &bytes);
            }
        }

        #[test]
        fn every_row_of_a_readable_file_is_counted(
            rows in prop::collection::vec(("[01]", "[a-c\"; ,|\t\u{e9}.0-9-]{0,5}", "-?[0-9]{1,3}|NA|inf|nan|2024-01-0[1-9]|true|"), 2..40),
        ) {
            let mut writer = csv::Writer::from_writer(b"y,text,value\n0,\"q\",1\n1,\"q\",2\n".to_vec());
            for (y, text, value) in &rows {
                writer.write_record([y, text, value]).expect("written to memory");
            }
            let bytes = writer.into_inner().expect("written to memory");
            prop_assert_eq!(read_all("l.csv", &bytes).expect("readable"), rows.len() as u64 + 2);
        }
    }
}
