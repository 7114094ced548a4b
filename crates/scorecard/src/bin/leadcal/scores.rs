//! The file of scores: CSV, NDJSON or Parquet, by extension; written as leads are scored, named when all are.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use leadcal_lift::attribute::Scalar;
use leadcal_scorecard::batch::ScoredChunk;
use polars::error::PolarsError;
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{AnyValue, Column, DataFrame, DataType, NamedFrom, ParquetWriter, Schema, Series};
use serde_json::{Map, Value};

use crate::error::CommandError;
use crate::output::{Target, end_quietly};

/// The scores of a file of leads in the making.
pub(crate) struct ScoresFile {
    path: PathBuf,
    rows: Rows,
}

enum Rows {
    Csv(Box<csv::Writer<Target>>),
    Ndjson(BufWriter<Target>),
    /// polars does not give its target back, so it is shared with it.
    Parquet(Box<BatchedWriter<Shared>>, Shared),
}

#[derive(Clone)]
struct Shared(Arc<Mutex<Target>>);

impl ScoresFile {
    /// Starts the file; `-` is standard output, as CSV.
    pub(crate) fn create(path: &Path, reasons: bool) -> Result<Self, CommandError> {
        let target = Target::create(path)?;
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("csv").to_ascii_lowercase();
        let rows = match extension.as_str() {
            "ndjson" | "jsonl" => Rows::Ndjson(BufWriter::new(target)),
            "parquet" => {
                let target = Shared(Arc::new(Mutex::new(target)));
                let writer = ParquetWriter::new(target.clone()).batched(&schema(reasons));
                let writer = writer.map_err(|e| CommandError::bad_input(e.to_string()).in_file(path))?;
                Rows::Parquet(Box::new(writer), target)
            }
            "csv" => {
                let mut writer = csv::Writer::from_writer(target);
                let written = writer.write_record(schema(reasons).iter_names());
                end_quietly(path, written.map_err(io_error))?;
                Rows::Csv(Box::new(writer))
            }
            _ => {
                let error = CommandError::bad_input("unknown kind of output file");
                return Err(error.with_help("name it .csv, .ndjson or .parquet").in_file(path));
            }
        };
        Ok(Self { path: path.to_owned(), rows })
    }

    /// Appends scored leads with their ids.
    pub(crate) fn write(&mut self, ids: Vec<String>, scored: &ScoredChunk<'_>) -> Result<(), CommandError> {
        let id: Column = Series::new("id".into(), ids).into();
        let columns = [id].into_iter().chain(scored.columns.columns().iter().cloned()).collect();
        let frame = DataFrame::new(scored.rows.len(), columns).map_err(|e| CommandError::bad_input(e.to_string()))?;
        let written = match &mut self.rows {
            Rows::Csv(writer) => write_csv(writer, &frame),
            Rows::Ndjson(writer) => write_ndjson(writer, &frame),
            Rows::Parquet(writer, _) => writer.write_batch(&frame).map_err(polars_error),
        };
        end_quietly(&self.path, written)
    }

    /// Gives the file its name.
    pub(crate) fn keep(self) -> Result<(), CommandError> {
        let target = match self.rows {
            Rows::Csv(writer) => writer.into_inner().map_err(|e| io::Error::new(e.error().kind(), e.to_string())),
            Rows::Ndjson(writer) => writer.into_inner().map_err(io::IntoInnerError::into_error),
            Rows::Parquet(writer, target) => {
                let finished = writer.finish().map_err(polars_error);
                drop(writer);
                let target = Arc::into_inner(target.0).expect("the writer was the only other owner");
                finished.map(|_| target.into_inner().unwrap_or_else(PoisonError::into_inner))
            }
        };
        match target {
            Ok(target) => target.keep(&self.path),
            Err(cause) => end_quietly(&self.path, Err(cause)),
        }
    }
}

fn schema(reasons: bool) -> Schema {
    let number = DataType::Float64;
    let text = DataType::String;
    let columns = [
        ("id", &text),
        ("score", &number),
        ("rounded", &number),
        ("raw", &number),
        ("band", &text),
        ("stage", &text),
        ("grade", &text),
        ("probability", &number),
    ];
    let reasons = reasons.then_some(("reasons", &text));
    columns.into_iter().chain(reasons).map(|(name, kind)| (name.into(), kind.clone())).collect()
}

fn write_csv(writer: &mut csv::Writer<Target>, frame: &DataFrame) -> io::Result<()> {
    for row in 0..frame.height() {
        for column in frame.columns() {
            match cell(column, row) {
                Value::Null => writer.write_field(""),
                Value::String(text) => writer.write_field(text),
                other => writer.write_field(other.to_string()),
            }
            .map_err(io_error)?;
        }
        writer.write_record(None::<&[u8]>).map_err(io_error)?;
    }
    Ok(())
}

/// The cause itself, so that a closed pipe is known as one.
fn io_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(cause) => cause,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// The cause's kind, so that a full disk is known as one.
fn polars_error(error: PolarsError) -> io::Error {
    match error {
        PolarsError::IO { error, .. } => io::Error::new(error.kind(), error.kind().to_string()),
        other => io::Error::other(other),
    }
}

fn write_ndjson(writer: &mut BufWriter<Target>, frame: &DataFrame) -> io::Result<()> {
    for row in 0..frame.height() {
        let object: Map<String, Value> =
            frame.columns().iter().map(|column| (column.name().to_string(), cell(column, row))).collect();
        serde_json::to_writer(&mut *writer, &object)?;
        writer.write_all(b"\n")?;
    }
    Ok(())
}

fn cell(column: &Column, row: usize) -> Value {
    match column.get(row) {
        Ok(AnyValue::Float64(x)) => number(x),
        Ok(AnyValue::String(text)) => text.into(),
        Ok(AnyValue::StringOwned(text)) => text.as_str().into(),
        _ => Value::Null,
    }
}

/// A whole number without `.0`, as configs have it.
pub(crate) fn number(x: f64) -> Value {
    serde_json::to_value(Scalar::Number(x)).unwrap_or_default()
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}
