//! Text columns that grow row by row into a chunk.

use polars::prelude::*;

/// The columns of a chunk in the making. An empty text is a null.
pub(super) struct TextColumns {
    names: Vec<String>,
    builders: Vec<StringChunkedBuilder>,
    rows: usize,
}

impl TextColumns {
    pub(super) fn new(names: &[String]) -> Self {
        Self { names: names.to_vec(), builders: builders(names), rows: 0 }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Appends to column `index`; every column gets one value, then [`end_row`](Self::end_row).
    pub(super) fn push(&mut self, index: usize, value: Option<&str>) {
        self.builders[index].append_option(value.filter(|text| !text.is_empty()));
    }

    pub(super) fn end_row(&mut self) {
        self.rows += 1;
    }

    /// The rows so far as a frame, leaving none.
    pub(super) fn take(&mut self) -> DataFrame {
        let full = std::mem::replace(&mut self.builders, builders(&self.names));
        let columns = full.into_iter().map(|builder| builder.finish().into_series().into_column()).collect();
        let rows = std::mem::take(&mut self.rows);
        DataFrame::new(rows, columns).expect("columns of one length and distinct names")
    }
}

fn builders(names: &[String]) -> Vec<StringChunkedBuilder> {
    names.iter().map(|name| StringChunkedBuilder::new(name.as_str().into(), super::CHUNK_ROWS)).collect()
}
