//! Parquet, a row group at a time.

use std::fs::File;
use std::path::Path;

use polars::prelude::{ArrowDataType, ParquetReader, SerReader};

use super::Chunk;
use crate::error::DataError;

/// Row groups larger than this are read in slices; each slice decodes its row group's pages up to it again, so slices
/// are large.
const SLICE_ROWS: usize = 1 << 20;

pub(super) fn columns(file: &Path) -> Result<Vec<String>, DataError> {
    let schema = open(file)?.schema().map_err(|source| DataError::Parquet { file: file.to_owned(), source })?;
    Ok(schema.iter_values().map(|field| field.name.to_string()).collect())
}

pub(super) fn for_each_chunk<E: From<DataError>>(
    file: &Path,
    columns: &[String],
    each: &mut impl FnMut(Chunk<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let fault = |source| DataError::Parquet { file: file.to_owned(), source };
    let mut reader = open(file)?;
    let schema = reader.schema().map_err(fault)?;
    for name in columns {
        if let Some(field) = schema.get(name.as_str())
            && let Some(found) = nested(&field.dtype)
        {
            let found = found.to_owned();
            return Err(DataError::Nested { file: file.to_owned(), line: None, column: name.clone(), found }.into());
        }
    }
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the method's type is not exported by polars")]
    let groups: Vec<usize> =
        reader.get_metadata().map_err(fault)?.row_groups.iter().map(|group| group.num_rows()).collect();
    let mut offset = 0;
    for rows in groups {
        let end = offset + rows;
        while offset < end {
            let length = SLICE_ROWS.min(end - offset);
            let frame = open(file)?
                .with_columns(Some(columns.to_vec()))
                .with_slice(Some((offset, length)))
                .finish()
                .map_err(fault)?;
            each(Chunk { file, first_row: offset as u64 + 1, frame })?;
            offset += length;
        }
    }
    Ok(())
}

/// What a column holds where it is not a plain value.
pub(super) fn nested(dtype: &ArrowDataType) -> Option<&'static str> {
    match dtype {
        ArrowDataType::List(_) | ArrowDataType::LargeList(_) | ArrowDataType::FixedSizeList(..) => Some("lists"),
        ArrowDataType::Struct(_) | ArrowDataType::Map(..) | ArrowDataType::Union(_) => Some("objects"),
        ArrowDataType::Binary | ArrowDataType::LargeBinary | ArrowDataType::BinaryView => Some("bytes"),
        _ => None,
    }
}

fn open(file: &Path) -> Result<ParquetReader<File>, DataError> {
    let opened = File::open(file).map_err(|source| DataError::Read { file: file.to_owned(), source })?;
    Ok(ParquetReader::new(opened))
}
