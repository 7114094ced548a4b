//! Whole-program cases: each folder of `cases/` is a command with its input files and what it must print.
//!
//! `cmd.toml` holds the arguments and the exit code, `cmd.in/` the input files, `cmd.stdout` and `cmd.stderr` what is
//! printed, `cmd.out/` files that must be written. `TRYCMD=overwrite` writes the expected output anew.

mod activity;
mod attention;
mod cli;
mod climb;
mod cut_offs;
mod generated;
mod honesty;
mod init;
mod webhook;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const LEADCAL: &str = env!("CARGO_BIN_EXE_leadcal");

#[test]
fn cases() {
    trycmd::TestCases::new()
        .register_bin("leadcal", Path::new(LEADCAL))
        .env("COLUMNS", "100")
        .case("../../tests/cases/*/cmd.toml")
        .run();
}

/// A command that fails writes nothing: no output, no part of one, no folder for it.
#[test]
fn failed_cases_leave_no_file() {
    let mut failed = 0;
    for case in fs::read_dir("../../tests/cases").expect("the cases") {
        let case = case.expect("a case").path();
        let text = fs::read_to_string(case.join("cmd.toml")).expect("its cmd.toml");
        let command: toml::Table = text.parse().expect("TOML");
        if !command.get("status").is_some_and(toml::Value::is_table) {
            continue;
        }
        failed += 1;
        let sandbox = tempfile::tempdir().expect("a folder");
        copy(&case.join("cmd.in"), sandbox.path());
        let before = files(sandbox.path());
        let args = command["args"].as_array().expect("a list").iter().map(|arg| arg.as_str().expect("a text"));
        let output = Command::new(LEADCAL).args(args).current_dir(sandbox.path()).output().expect("it runs");
        assert!(!output.status.success(), "{}", case.display());
        assert_eq!(files(sandbox.path()), before, "{}", case.display());
    }
    assert!(failed > 0);
}

fn copy(from: &Path, to: &Path) {
    for path in files(from) {
        let target = to.join(path.strip_prefix(from).expect("below it"));
        if path.is_dir() {
            fs::create_dir(target).expect("a folder");
        } else {
            fs::copy(path, target).expect("a file");
        }
    }
}

/// Everything below a folder, folders before what is in them; nothing where there is no such folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        let below = files(&path);
        found.push(path);
        found.extend(below);
    }
    found.sort();
    found
}
