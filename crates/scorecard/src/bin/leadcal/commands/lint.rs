//! `leadcal lint`: best practice that a scoring config does not keep to.

mod leads;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use leadcal_scorecard::config::position;
use leadcal_scorecard::lint::{Code, Finding, LintOptions, Report, Severity, lint};
use leadcal_scorecard::spec::Spec;
use serde_json::{Value, json};

use crate::args::{Format, LintArgs};
use crate::error::{CommandError, printable};
use crate::github::{Annotation, Level, annotate};
use crate::options::spec_file;
use crate::output::{keep_inputs, write};
use crate::tables::wrapped;

pub(crate) fn run(args: &LintArgs) -> Result<(), CommandError> {
    let spec = args.leads.as_ref().map(|leads| args.columns.spec(leads)).transpose()?;
    if spec.is_none() && args.columns.named() {
        let error = CommandError::bad_input("columns of leads are named, but no leads");
        return Err(error.with_help("name them, or a spec, with --leads"));
    }
    let spec_file = args.leads.as_deref().and_then(spec_file);
    keep_inputs(&args.output, args.configs.iter().map(PathBuf::as_path).chain(spec_file))?;
    let options = LintOptions {
        as_of: args.as_of,
        capacity_per_week: args.capacity_per_week.or(spec.as_ref().and_then(super::calibrate::capacity_per_week)),
    };
    let linted = args.configs.iter().map(|file| Linted::of(file, spec.as_ref(), &options, &args.allow));
    let linted = linted.collect::<Result<Vec<_>, _>>()?;
    let output = match args.format {
        Format::Text => linted.iter().map(in_words).collect::<Vec<_>>().join("\n"),
        Format::Json => format!("{:#}\n", json!({ "configs": linted.iter().map(in_json).collect::<Vec<_>>() })),
    };
    write(&args.output, output.as_bytes())?;
    linted.iter().for_each(annotations);
    let fails = |linted: &&Linted| linted.report.findings.iter().any(|found| args.fail_on.fails(found.severity));
    let Some(first) = linted.iter().find(fails) else { return Ok(()) };
    let findings = linted.iter().flat_map(|linted| &linted.report.findings);
    let failing = findings.filter(|found| args.fail_on.fails(found.severity)).count();
    let error = CommandError::check_failed(format!("{} to mend", counted(failing, "finding")));
    Err(error
        .with_help("--allow CODE,… for what is meant to be so; --fail-on error, or never, to go on all the same")
        .in_file(first.file))
}

/// A config with what was found.
struct Linted<'a> {
    file: &'a Path,
    text: String,
    report: Report,
}

impl<'a> Linted<'a> {
    fn of(file: &'a Path, spec: Option<&Spec>, options: &LintOptions, allowed: &[Code]) -> Result<Self, CommandError> {
        let config = super::config(file)?;
        // A config that was parsed is UTF-8.
        let text = String::from_utf8_lossy(&super::bytes(file)?).into_owned();
        let mut report = lint(&config, options);
        if let Some(spec) = spec {
            leads::look(&config, file, spec.clone(), &mut report)?;
        }
        Ok(Self { file, text, report: report.allowing(allowed) })
    }

    fn line(&self, found: &Finding) -> usize {
        position(&self.text, &found.pointer).0
    }
}

fn in_words(linted: &Linted<'_>) -> String {
    let Linted { file, report, .. } = linted;
    let mut said = String::new();
    for finding in &report.findings {
        let Finding { code, severity, pointer, message, remedy } = finding;
        let line = linted.line(finding);
        _ = writeln!(said, "{}: {}", severity.as_str(), printable(&format!("{message} [{}]", code.as_str())));
        _ = writeln!(said, "  in {}, line {line}{}", printable(&file.display().to_string()), place(pointer));
        _ = writeln!(said, "  help: {}", printable(remedy));
    }
    if !report.findings.is_empty() {
        said.push('\n');
    }
    for not in &report.not_looked_at {
        let codes: Vec<&str> = not.codes.iter().map(|code| code.as_str()).collect();
        _ = writeln!(said, "not looked at: {} (needs {})", codes.join(", "), printable(&not.needs));
    }
    let of = |severity: Severity, word: &str| counted(report.count(severity), word);
    let advice = report.count(Severity::Advice);
    let counts = [of(Severity::Error, "error"), of(Severity::Warning, "warning"), format!("{advice} advice")];
    _ = writeln!(said, "{}", counts.join(", "));
    wrapped(&said)
}

fn place(pointer: &str) -> String {
    if pointer.is_empty() { String::new() } else { format!(", {}", printable(pointer)) }
}

fn in_json(linted: &Linted<'_>) -> Value {
    let mut json = json!(linted.report);
    json["config"] = linted.file.display().to_string().into();
    for (finding, found) in linted.report.findings.iter().zip(json["findings"].as_array_mut().into_iter().flatten()) {
        found["line"] = linted.line(finding).into();
    }
    json
}

fn annotations(linted: &Linted<'_>) {
    let notes: Vec<(String, String)> = linted
        .report
        .findings
        .iter()
        .map(|found| (format!("leadcal lint: {}", found.code.as_str()), format!("{}\n{}", found.message, found.remedy)))
        .collect();
    let annotations = linted.report.findings.iter().zip(&notes).map(|(found, (title, message))| Annotation {
        level: match found.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
            Severity::Advice => Level::Notice,
        },
        file: linted.file,
        line: linted.line(found),
        title,
        message,
    });
    annotate(&annotations.collect::<Vec<_>>());
}

fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = include_str!("../../../../../../docs/lint.md");

    #[test]
    fn the_document_lists_every_code_with_its_severity() {
        let rows: Vec<(&str, &str)> = DOCUMENT
            .lines()
            .filter_map(|line| line.strip_prefix("| `"))
            .filter_map(|row| row.split_once("` | "))
            .map(|(code, rest)| (code, rest.split(" |").next().unwrap_or_default()))
            .collect();
        let codes: Vec<(&str, &str)> = Code::ALL.iter().map(|code| (code.as_str(), code.severity().as_str())).collect();
        assert_eq!(rows, codes);
    }
}
