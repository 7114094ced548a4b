//! `leadcal diff`: what changed between two scoring configs, or two model files.

mod view;

use std::fmt::Write as _;
use std::path::Path;

use leadcal_logit::model::{FORMAT as MODEL, LogitModel};
use leadcal_scorecard::config::{FORMAT as CONFIG, ScoringConfig};
use leadcal_scorecard::diff::{ConfigDiff, Effect, diff, model_files};

use self::view::{Section, sections, summary};
use crate::args::{DiffArgs, DiffFormat};
use crate::error::{CommandError, printable};
use crate::markdown;
use crate::output::{keep_inputs, write, write_text};
use crate::tables::{Column, table, wrapped};

pub(crate) fn run(args: &DiffArgs) -> Result<(), CommandError> {
    let (before, after) = (&args.before, &args.after);
    keep_inputs(&args.output, [before.as_path(), after.as_path()])?;
    let (kind, found) = match (document(before)?, document(after)?) {
        (Document::Config(before), Document::Config(after)) => (Kind::Config, diff(&before, &after)),
        (Document::Model(before), Document::Model(after)) => (Kind::Model, model_files(&before, &after)),
        (before, after) => {
            let error =
                CommandError::bad_input(format!("a {} cannot be compared with a {}", before.word(), after.word()));
            return Err(error.with_help("name two scoring configs, or two model files").in_file(&args.after));
        }
    };
    let output = |text: String| write(&args.output, text.as_bytes());
    match args.format {
        DiffFormat::Text => write_text(&args.output, &text(&found, kind))?,
        DiffFormat::Markdown => output(in_markdown(&found, kind))?,
        DiffFormat::Json => {
            output(serde_json::to_string_pretty(&found).expect("a difference has a JSON form") + "\n")?;
        }
    }
    if args.exit_code && found.effect > Effect::Nothing {
        return Err(CommandError::check_failed(summary(&found, kind).trim_end_matches('.')).in_file(after));
    }
    Ok(())
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Config,
    Model,
}

/// A file that was read.
enum Document {
    Config(Box<ScoringConfig>),
    Model(Box<LogitModel>),
}

impl Document {
    fn word(&self) -> &'static str {
        match self {
            Self::Config(_) => "scoring config",
            Self::Model(_) => "model file",
        }
    }
}

/// Reads a file once, as it may be a pipe. One that says to be neither is read as a config, whose reader tells what is
/// wrong with it.
fn document(path: &Path) -> Result<Document, CommandError> {
    let bytes = super::bytes(path)?;
    let known: Option<serde_json::Value> = serde_json::from_slice(&bytes).ok();
    match known.as_ref().and_then(|document| document["format"].as_str()) {
        Some(MODEL) => {
            let model = LogitModel::from_json(&String::from_utf8_lossy(&bytes));
            let model = model.map_err(|error| CommandError::bad_input(error.to_string()).in_file(path))?;
            Ok(Document::Model(Box::new(model)))
        }
        Some(other) if other != CONFIG && other.starts_with("leadcal.") => {
            let error =
                CommandError::bad_input(format!("expected a scoring config or a model file, found \"{other}\""));
            Err(error.with_help("points become a scoring config with leadcal emit").in_file(path))
        }
        _ => {
            let config = ScoringConfig::parse_bytes(&bytes).map_err(|error| CommandError::from(error).in_file(path))?;
            Ok(Document::Config(Box::new(config)))
        }
    }
}

fn text(found: &ConfigDiff, kind: Kind) -> String {
    let mut text = wrapped(&summary(found, kind));
    for Section { heading, lines, headings, rows } in sections(found, kind) {
        text.push('\n');
        if let Some(heading) = heading {
            text += &wrapped(&printable(&heading));
        }
        for line in lines {
            text += &wrapped(&printable(&line));
        }
        if !rows.is_empty() {
            let columns: Vec<Column<'_>> = headings
                .iter()
                .map(|(heading, number)| if *number { Column::Number(heading) } else { Column::Text(heading) })
                .collect();
            text += &table(&columns, rows);
        }
    }
    text
}

fn in_markdown(found: &ConfigDiff, kind: Kind) -> String {
    let mut text = format!("**{}**\n", markdown::escaped(&summary(found, kind)));
    for Section { heading, lines, headings, rows } in sections(found, kind) {
        // Several models are long: each opens with a click.
        let folded = heading.is_some();
        if let Some(heading) = heading {
            _ = write!(text, "\n<details><summary>{}</summary>\n", markdown::escaped(&heading));
        }
        if !lines.is_empty() {
            text.push('\n');
        }
        for line in lines {
            _ = writeln!(text, "- {}", markdown::escaped(&line));
        }
        if !rows.is_empty() {
            let (names, numbers): (Vec<&str>, Vec<bool>) = headings.into_iter().unzip();
            _ = write!(text, "\n{}", markdown::table(&names, &numbers, &rows));
        }
        if folded {
            text += "\n</details>\n";
        }
    }
    text
}
