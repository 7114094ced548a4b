//! A text to a checked [`ScoringConfig`]: JSON, format and version, shape, meaning, in this order.

use serde::Deserialize;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::error::ConfigError;
use super::locate::{Places, step};
use super::types::ScoringConfig;
use super::{FORMAT, VERSION};

pub(crate) fn parse_bytes(bytes: &[u8]) -> Result<ScoringConfig, ConfigError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        ConfigError { line: Some(line), ..ConfigError::new("", "the text is not UTF-8") }
    })?;
    parse(text)
}

pub(crate) fn parse(text: &str) -> Result<ScoringConfig, ConfigError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document: Value = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (Some(error.line()), Some(error.column()));
        ConfigError { line, column, ..ConfigError::new("", format!("this is not JSON: {}", without_position(&error))) }
    })?;
    let places = Places::of(text);
    let located = |error: ConfigError| {
        let position = places.position(&error.pointer);
        ConfigError { line: Some(position.line), column: Some(position.column), ..error }
    };
    if let Some((pointer, position)) = places.repeated_key() {
        let (line, column) = (Some(position.line), Some(position.column));
        return Err(ConfigError { line, column, ..ConfigError::new(pointer, "this key stands twice in one object") });
    }
    check_header(&document).map_err(located)?;
    let config = shape(text).map_err(located)?;
    config.validate().map_err(located)?;
    Ok(config)
}

/// Format and version come first, so that a newer file is called newer and not misspelt.
fn check_header(document: &Value) -> Result<(), ConfigError> {
    match document.get("format") {
        None => {
            return Err(ConfigError::new("", format!("this is no scoring config: it has no \"format\": \"{FORMAT}\"")));
        }
        Some(Value::String(format)) if format == FORMAT => {}
        Some(other) => {
            return Err(ConfigError::new("/format", format!("the format is {other}, expected \"{FORMAT}\"")));
        }
    }
    match document.get("version") {
        None => Err(ConfigError::new("", "the version is missing").help(format!("add \"version\": {VERSION}"))),
        Some(version) => match version.as_u64() {
            Some(version) if version == u64::from(VERSION) => Ok(()),
            Some(version) if version > u64::from(VERSION) => {
                let message = format!("version {version} is newer than this leadcal reads, which is up to {VERSION}");
                Err(ConfigError::new("/version", message).help("upgrade leadcal"))
            }
            _ => Err(ConfigError::new("/version", format!("the version is {version}, expected {VERSION}"))),
        },
    }
}

fn shape(text: &str) -> Result<ScoringConfig, ConfigError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mut track = serde_path_to_error::Track::new();
    ScoringConfig::deserialize(serde_path_to_error::Deserializer::new(&mut deserializer, &mut track)).map_err(|error| {
        let mut pointer = String::new();
        for segment in &track.path() {
            match segment {
                Segment::Seq { index } => pointer = step(&pointer, &index.to_string()),
                Segment::Map { key } => pointer = step(&pointer, key),
                Segment::Enum { .. } | Segment::Unknown => {}
            }
        }
        ConfigError::new(pointer, without_position(&error))
    })
}

/// The message without `serde_json`'s own " at line 1 column 2", which we say our way.
fn without_position(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    message.strip_suffix(&position).unwrap_or(&message).replace('`', "\"")
}
