use std::fs;

use polars::prelude::*;

use super::*;

/// Columns with their values as text.
type Columns = Vec<(String, Vec<Option<String>>)>;

fn read(files: &[(&str, &[u8])], pattern: &str) -> Result<Columns, DataError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).expect("written");
    }
    let leads = LeadFiles::open(folder.path().join(pattern).to_str().expect("UTF-8"))?;
    let mut columns: Columns = leads.columns().iter().map(|name| (name.clone(), Vec::new())).collect();
    leads.for_each_chunk(leads.columns(), |chunk| {
        for (name, values) in &mut columns {
            let series = chunk.frame.column(name).expect("asked for").cast(&DataType::String).expect("text");
            values.extend(series.str().expect("text").iter().map(|text| text.map(str::to_owned)));
        }
        Ok::<(), DataError>(())
    })?;
    Ok(columns)
}

fn check(files: &[(&str, &[u8])], pattern: &str, expected: &[(&str, &[&str])]) {
    let columns = read(files, pattern).expect("readable");
    let shown: Vec<(&str, Vec<&str>)> = columns
        .iter()
        .map(|(name, values)| (name.as_str(), values.iter().map(|v| v.as_deref().unwrap_or("-")).collect()))
        .collect();
    let expected: Vec<(&str, Vec<&str>)> = expected.iter().map(|(name, values)| (*name, values.to_vec())).collect();
    assert_eq!(shown, expected);
}

#[test]
fn finds_the_delimiter_and_reads_quotes_and_line_ends() {
    let expected: &[(&str, &[&str])] = &[("a", &["1", "x, y"]), ("b", &["2", "-"])];
    check(&[("l.csv", b"a,b\r\n1,2\r\n\"x, y\",\r\n")], "l.csv", expected);
    check(&[("l.csv", b"\xef\xbb\xbfa;b\n1;2\n\"x, y\";\n")], "l.csv", expected);
    check(&[("l.tsv", b"a\tb\n1\t2\nx, y\t")], "l.tsv", expected);
    check(&[("l.txt", b"a|b\n1|2\n\"x, y\"|\n")], "l.txt", expected);
    check(&[("l.csv", b"a\n1\n")], "l.csv", &[("a", &["1"])]);
    check(
        &[("l.csv", b"a,b\n\"two\nlines\",\"say \"\"hi\"\"\"\n")],
        "l.csv",
        &[("a", &["two\nlines"]), ("b", &["say \"hi\""])],
    );
}

#[test]
fn reads_ndjson_with_absent_keys() {
    check(
        &[("l.ndjson", b"{\"b\": 12.0, \"a\": \"x\"}\n\n{\"a\": null, \"c\": true}\n")],
        "l.ndjson",
        &[("a", &["x", "-"]), ("b", &["12", "-"]), ("c", &["-", "true"])],
    );
}

#[test]
fn reads_every_file_of_a_glob_in_path_order() {
    check(&[("l2.csv", b"b,a\n4,3\n"), ("l1.csv", b"a,b\n1,2\n")], "l*.csv", &[("a", &["1", "3"]), ("b", &["2", "4"])]);
}

#[test]
fn reads_parquet_over_row_groups() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("l.parquet");
    let mut frame = df!("n" => (0..1000).collect::<Vec<i64>>(), "t" => vec!["x"; 1000]).expect("a frame");
    let file = fs::File::create(&path).expect("created");
    ParquetWriter::new(file).with_row_group_size(Some(300)).finish(&mut frame).expect("written");
    let leads = LeadFiles::open(path.to_str().expect("UTF-8")).expect("readable");
    let mut rows = Vec::new();
    let mut next = 1;
    leads
        .for_each_chunk(&["n".to_owned()], |chunk| {
            assert_eq!(chunk.first_row, next);
            next += chunk.frame.height() as u64;
            rows.extend(chunk.frame.column("n").expect("n").i64().expect("i64").iter().flatten());
            Ok::<(), DataError>(())
        })
        .expect("read");
    assert_eq!(rows, (0..1000).collect::<Vec<i64>>());
}

fn check_error(files: &[(&str, &[u8])], pattern: &str, message: &str) {
    let error = read(files, pattern).expect_err(message);
    let folderless = format!("{error} {}", error.place().unwrap_or_default().replace('\\', "/"));
    assert!(folderless.contains(message), "{folderless}");
}

#[test]
fn names_what_cannot_be_read() {
    check_error(&[], "l.csv", "no such file");
    check_error(&[("l.csv", b"")], "l.csv", "empty");
    check_error(&[("l.csv", b" \r\n")], "l.csv", "empty");
    check_error(&[("l.parquet", b"")], "l.parquet", "empty");
    check_error(&[("l.parquet", b"not parquet at all")], "l.parquet", "cannot read as Parquet");
    check_error(&[("l.xls", b"x")], "l.xls", "unknown kind of file");
    check_error(&[("l.csv", b"a,b,a\n1,2,3\n")], "l.csv", "two columns are named \"a\" (columns 1 and 3)");
    check_error(&[("l.csv", b"a,b\n1,2\n1,2,3\n4,5\n6,7\n8,9\n")], "l.csv", "the row has 3 fields, the header has 2");
    check_error(&[("l.csv", b"a,,c\n1,2,3\n")], "l.csv", "column 2 has no name");
    check_error(&[("l.csv", b"a,b\n1\n")], "l.csv", "the row has 1 fields, the header has 2");
    check_error(&[("l.csv", b"a,b\n1,2\n3\n4,5\n6,7\n8,9\n")], "l.csv", "line 3");
    check_error(&[("l.csv", b"a,b\n1,2\n3,\xff\n")], "l.csv", "line 3, column \"b\"");
    check_error(&[("l.ndjson", b"{\"a\": 1}\n[1]\n")], "l.ndjson", "line 2");
    check_error(&[("l.ndjson", b"{\"a\": [1]}\n")], "l.ndjson", "holds a list");
    check_error(&[("l1.csv", b"a,b\n1,2\n"), ("l2.csv", b"a\n1\n")], "l*.csv", "lacks column \"b\"");
}
