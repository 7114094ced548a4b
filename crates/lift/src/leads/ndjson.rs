//! NDJSON: one object a line. A key that is absent from a line is a missing value.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde_json::{Map, Value};

use super::text_columns::TextColumns;
use super::{CHUNK_ROWS, Chunk};
use crate::error::DataError;

/// Every key that stands on any line, by name: their order must not depend on the order of the lines.
pub(super) fn columns(file: &Path) -> Result<Vec<String>, DataError> {
    let mut names = BTreeSet::new();
    let mut lines = 0_u64;
    for_each_line(file, |_, object| {
        lines += 1;
        for name in object.keys() {
            if !names.contains(name) {
                names.insert(name.clone());
            }
        }
        Ok::<(), DataError>(())
    })?;
    if lines == 0 {
        return Err(DataError::Empty { file: file.to_owned() });
    }
    Ok(names.into_iter().collect())
}

pub(super) fn for_each_chunk<E: From<DataError>>(
    file: &Path,
    columns: &[String],
    each: &mut impl FnMut(Chunk<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut chunk = TextColumns::new(columns);
    let mut first_row = 1;
    for_each_line::<E>(file, |line, object| {
        for (index, name) in columns.iter().enumerate() {
            let nested = |found: &str| DataError::Nested {
                file: file.to_owned(),
                line: Some(line),
                column: name.clone(),
                found: found.to_owned(),
            };
            match object.get(name) {
                None | Some(Value::Null) => chunk.push(index, None),
                Some(Value::String(text)) => chunk.push(index, Some(text)),
                Some(Value::Bool(b)) => chunk.push(index, Some(if *b { "true" } else { "false" })),
                Some(Value::Number(number)) => chunk.push(index, Some(&number_text(number))),
                Some(Value::Array(_)) => return Err(nested("a list").into()),
                Some(Value::Object(_)) => return Err(nested("an object").into()),
            }
        }
        chunk.end_row();
        if chunk.rows() == CHUNK_ROWS {
            each(Chunk { file, first_row, frame: chunk.take() })?;
            first_row += CHUNK_ROWS as u64;
        }
        Ok(())
    })?;
    if chunk.rows() > 0 {
        each(Chunk { file, first_row, frame: chunk.take() })?;
    }
    Ok(())
}

/// 12 and 12.0 are the same text, as they are the same number.
fn number_text(number: &serde_json::Number) -> String {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(x), ..) => x.to_string(),
        (_, Some(x), _) => x.to_string(),
        (.., Some(x)) => x.to_string(),
        _ => number.to_string(),
    }
}

fn for_each_line<E: From<DataError>>(
    file: &Path,
    mut each: impl FnMut(u64, Map<String, Value>) -> Result<(), E>,
) -> Result<(), E> {
    let read = |source| DataError::Read { file: file.to_owned(), source };
    let mut reader = BufReader::with_capacity(1 << 20, File::open(file).map_err(read)?);
    let mut bytes = Vec::new();
    let mut line = 0;
    loop {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes).map_err(read)? == 0 {
            return Ok(());
        }
        line += 1;
        let content = if line == 1 { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes) } else { &bytes };
        if content.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let text = std::str::from_utf8(content).map_err(|_| DataError::NotUtf8 {
            file: file.to_owned(),
            line,
            column: None,
        })?;
        let object =
            serde_json::from_str(text).map_err(|source| DataError::Json { file: file.to_owned(), line, source })?;
        each(line, object)?;
    }
}
