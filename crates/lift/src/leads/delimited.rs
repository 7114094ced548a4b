//! Delimited text: comma, semicolon, tab or bar, found by looking; quotes; CRLF; a UTF-8 byte order mark.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use csv::{ByteRecord, ErrorKind, ReaderBuilder};

use super::text_columns::TextColumns;
use super::{CHUNK_ROWS, Chunk};
use crate::error::DataError;

/// How much of a file is looked at to find its delimiter.
const SAMPLE_BYTES: u64 = 65_536;
/// Rows of the sample whose field counts must agree.
const SAMPLE_ROWS: usize = 20;
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

pub(super) fn columns(file: &Path) -> Result<Vec<String>, DataError> {
    let mut reader = open(file)?;
    let header = reader.byte_headers().map_err(|e| fault(file, e))?;
    if header.is_empty() {
        return Err(DataError::Empty { file: file.to_owned() });
    }
    let names = header.iter().map(|name| std::str::from_utf8(name).map(|name| name.trim().to_owned()));
    names.collect::<Result<_, _>>().map_err(|_| DataError::NotUtf8 { file: file.to_owned(), line: 1, column: None })
}

pub(super) fn for_each_chunk<E: From<DataError>>(
    file: &Path,
    columns: &[String],
    each: &mut impl FnMut(Chunk<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let header = self::columns(file)?;
    // Where in a row each wanted column stands; every one was checked when the files were opened.
    let positions: Vec<usize> =
        columns.iter().filter_map(|name| header.iter().position(|column| column == name)).collect();
    let mut reader = open(file)?;
    let mut record = ByteRecord::new();
    let mut chunk = TextColumns::new(columns);
    let mut first_row = 1;
    while reader.read_byte_record(&mut record).map_err(|e| fault(file, e))? {
        for (index, &position) in positions.iter().enumerate() {
            let text = std::str::from_utf8(&record[position]).map_err(|_| DataError::NotUtf8 {
                file: file.to_owned(),
                line: record.position().map_or(0, csv::Position::line),
                column: Some(header[position].clone()),
            })?;
            chunk.push(index, Some(text));
        }
        chunk.end_row();
        if chunk.rows() == CHUNK_ROWS {
            each(Chunk { file, first_row, frame: chunk.take() })?;
            first_row += CHUNK_ROWS as u64;
        }
    }
    if chunk.rows() > 0 {
        each(Chunk { file, first_row, frame: chunk.take() })?;
    }
    Ok(())
}

fn open(file: &Path) -> Result<csv::Reader<File>, DataError> {
    let read = |source| DataError::Read { file: file.to_owned(), source };
    let mut sample = Vec::new();
    File::open(file).map_err(read)?.take(SAMPLE_BYTES).read_to_end(&mut sample).map_err(read)?;
    if sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&sample).iter().all(u8::is_ascii_whitespace) {
        return Err(DataError::Empty { file: file.to_owned() });
    }
    let opened = File::open(file).map_err(read)?;
    Ok(ReaderBuilder::new().delimiter(delimiter(&sample)).buffer_capacity(1 << 20).from_reader(opened))
}

/// The delimiter that cuts the first rows into the most fields, the same number in each; a comma where none does.
fn delimiter(sample: &[u8]) -> u8 {
    let fields = |delimiter: u8| -> usize {
        let mut reader =
            ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(sample);
        let mut widths: Vec<usize> =
            reader.byte_records().take(SAMPLE_ROWS + 1).filter_map(Result::ok).map(|record| record.len()).collect();
        // The sample may end inside its last row.
        if widths.len() > 1 {
            widths.pop();
        }
        // One ragged row must not hide the delimiter of the header and of most rows.
        let agreeing = widths.iter().filter(|&&width| width == widths[0]).count();
        let width = widths.first().copied().unwrap_or(0);
        // A delimiter that cuts nothing is none, however well the rows agree.
        if width > 1 && agreeing * 5 >= widths.len() * 4 { width } else { 0 }
    };
    // max_by_key keeps the last of equals: reversed, so that a comma wins a tie.
    DELIMITERS.into_iter().rev().max_by_key(|&delimiter| fields(delimiter)).unwrap_or(b',')
}

fn fault(file: &Path, error: csv::Error) -> DataError {
    let file = file.to_owned();
    match error.kind() {
        ErrorKind::UnequalLengths { pos, expected_len, len } => DataError::Ragged {
            file,
            line: pos.as_ref().map_or(0, csv::Position::line),
            expected: *expected_len,
            found: *len,
        },
        ErrorKind::Io(_) => match error.into_kind() {
            ErrorKind::Io(source) => DataError::Read { file, source },
            _ => unreachable!("matched as Io"),
        },
        _ => DataError::Csv { file, source: error },
    }
}
