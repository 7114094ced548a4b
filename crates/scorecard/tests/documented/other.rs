//! Blocks that are no commands: specs, configs, data, sources.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use leadcal_scorecard::check::Policy;
use leadcal_scorecard::config::ScoringConfig;
use leadcal_scorecard::spec::Spec;
use serde_json::Value;

use crate::page::Block;

/// Languages of which nothing is checked here: `rust` is compiled as documentation, `javascript` run by
/// `tests/interop/test_export_functions.py`.
const UNCHECKED: [&str; 8] = ["rust", "javascript", "yaml", "sql", "html", "diff", "markdown", "csv"];

/// What is wrong with a block.
pub(crate) fn fault(block: &Block) -> Option<String> {
    let text = block.lines.join("\n");
    match block.language.as_str() {
        "json" => json_fault(&text),
        "toml" => toml_fault(&text),
        "python" => python_fault(&text),
        language if UNCHECKED.contains(&language) => None,
        language => Some(format!("the language {language:?} of a block is none that is known")),
    }
}

/// One value, or one on each line; a scoring config is read as one.
fn json_fault(text: &str) -> Option<String> {
    let whole = serde_json::from_str::<Value>(text);
    let fault = match &whole {
        Ok(value) if value.get("format").is_some() => ScoringConfig::parse(text).err().map(|error| error.to_string()),
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    };
    fault.filter(|_| !text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()))
}

/// What a part of a spec needs beside it: sections with their keys.
const REST_OF_SPEC: [(&str, &[&str]); 3] = [
    (
        "data",
        &[
            r#"leads = "leads.csv""#,
            r#"outcome = "converted""#,
            r#"id = "id""#,
            r#"created_at = "created_at""#,
            r#"converted_at = "converted_at""#,
        ],
    ),
    ("events", &[r#"file = "events.csv""#, r#"lead = "lead""#]),
    ("snapshot", &["horizon_days = 60", "after_days = 14"]),
];

/// A spec, or a part of one; a file that is another says so in its first line, as `# check.toml` does.
fn toml_fault(text: &str) -> Option<String> {
    let part = match text.parse::<toml::Table>() {
        Ok(part) => part,
        Err(error) => return Some(error.to_string()),
    };
    let first = text.lines().next().unwrap_or_default();
    if first.starts_with("# check.toml") {
        return Policy::parse(text, Path::new("check.toml")).err().map(|error| error.to_string());
    }
    if first.starts_with("# ") && first.contains(".toml") && !first.contains("leadcal.toml") {
        return None;
    }
    let mut spec = text.to_owned();
    for (section, keys) in REST_OF_SPEC {
        let given = part.get(section).and_then(toml::Value::as_table);
        let lacking = |line: &&&str| {
            let key = line.split(' ').next().unwrap_or_default();
            let another_moment = key == "after_days"
                && given.is_some_and(|keys| keys.contains_key("every_days") || keys.contains_key("at"));
            !another_moment && !given.is_some_and(|keys| keys.contains_key(key))
        };
        let heading = format!("[{section}]");
        let mut lines: Vec<&str> = spec.lines().collect();
        let at = lines.iter().position(|line| line.starts_with(&heading)).unwrap_or_else(|| {
            lines.push(&heading);
            lines.len() - 1
        });
        let below = lines.split_off(at + 1);
        lines.extend(keys.iter().filter(lacking).copied());
        lines.extend(below);
        spec = lines.join("\n");
    }
    Spec::parse(&spec, Path::new("leadcal.toml")).err().map(|error| error.to_string())
}

/// Whether Python can read it; nothing is said where there is no Python.
fn python_fault(text: &str) -> Option<String> {
    let arguments = ["-c", "import ast, sys; ast.parse(sys.stdin.read())"];
    let mut command = Command::new("python3");
    let python = command.args(arguments).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut python = python.ok()?;
    python.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it is read");
    let output = python.wait_with_output().expect("it ends");
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}
