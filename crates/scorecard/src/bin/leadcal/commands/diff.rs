//! `leadcal diff`: what changed between two scoring configs, or two model files.

mod view;

use std::fmt::Write as _;
use std::path::Path;

use leadcal_logit::model::{FORMAT as MODEL, LogitModel};
use leadcal_scorecard::config::FORMAT as CONFIG;
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
    let kinds = [kind(before)?, kind(after)?];
    let found = match kinds {
        [Kind::Config, Kind::Config] => diff(&super::config(before)?, &super::config(after)?),
        [Kind::Model, Kind::Model] => model_files(&model(before)?, &model(after)?),
        [before, after] => {
            let error =
                CommandError::bad_input(format!("a {} cannot be compared with a {}", before.word(), after.word()));
            return Err(error.with_help("name two scoring configs, or two model files").in_file(&args.after));
        }
    };
    let output = |text: String| write(&args.output, text.as_bytes());
    match args.format {
        DiffFormat::Text => write_text(&args.output, &text(&found, kinds[0]))?,
        DiffFormat::Markdown => output(in_markdown(&found, kinds[0]))?,
        DiffFormat::Json => {
            output(serde_json::to_string_pretty(&found).expect("a difference has a JSON form") + "\n")?;
        }
    }
    if args.exit_code && found.effect > Effect::Nothing {
        return Err(CommandError::check_failed(summary(&found, kinds[0]).trim_end_matches('.')).in_file(after));
    }
    Ok(())
}

/// What a file is, by its format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Config,
    Model,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Config => "scoring config",
            Self::Model => "model file",
        }
    }
}

/// A file that says to be neither is read as a config, whose reader tells what is wrong with it.
fn kind(path: &Path) -> Result<Kind, CommandError> {
    let document: Option<serde_json::Value> = serde_json::from_slice(&super::bytes(path)?).ok();
    let format = document.as_ref().and_then(|document| document["format"].as_str());
    match format {
        Some(MODEL) => Ok(Kind::Model),
        Some(other) if other != CONFIG && other.starts_with("leadcal.") => {
            let error =
                CommandError::bad_input(format!("expected a scoring config or a model file, found \"{other}\""));
            Err(error.with_help("points become a scoring config with leadcal emit").in_file(path))
        }
        _ => Ok(Kind::Config),
    }
}

fn model(path: &Path) -> Result<LogitModel, CommandError> {
    let bytes = super::bytes(path)?;
    let text = String::from_utf8_lossy(&bytes);
    LogitModel::from_json(&text).map_err(|error| CommandError::bad_input(error.to_string()).in_file(path))
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
