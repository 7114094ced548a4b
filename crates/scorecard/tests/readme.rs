//! README.md does what it says: its commands run, and print what stands below them.
//!
//! Each ```` ```sh ```` block is run line by line in a copy of what a clone's reader has; a `text` block after it is what
//! the last line prints, `…` standing for lines left out. A line that ends in `# exit code N` fails with it.
#![cfg(unix)]

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

const README: &str = include_str!("../../../README.md");
const LEADCAL: &str = env!("CARGO_BIN_EXE_leadcal");
/// The width the tables were pasted at.
const COLUMNS: &str = "100";

/// A fenced block: its language and its lines.
struct Block {
    language: &'static str,
    lines: Vec<&'static str>,
}

fn blocks() -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut inside = false;
    for line in README.lines() {
        match line.strip_prefix("```") {
            Some(language) if !inside => found.push(Block { language, lines: Vec::new() }),
            Some(_) => {}
            None if inside => found.last_mut().expect("a block has begun").lines.push(line),
            None => continue,
        }
        inside ^= line.starts_with("```");
    }
    found
}

/// Runs a line as a shell does where leadcal is installed; what it prints, standard error first.
fn run(line: &str, folder: &Path) -> String {
    let binaries = Path::new(LEADCAL).parent().expect("a folder").display();
    let path = format!("{binaries}:{}", env::var("PATH").expect("a PATH"));
    let command = line.replace("cargo run -- ", "leadcal ");
    let output = Command::new("sh")
        .args(["-c", &command])
        .current_dir(folder)
        .env("PATH", path)
        .env("COLUMNS", COLUMNS)
        .output()
        .expect("a shell");
    let printed = String::from_utf8([output.stderr, output.stdout].concat()).expect("UTF-8");
    let code = line.split_once("# exit code ").map_or(0, |(_, code)| code.parse().expect("a number"));
    assert_eq!(output.status.code(), Some(code), "{line}\n{printed}");
    printed
}

/// That the pasted lines are what was printed, in order and with nothing between them but where `…` stands.
fn check_printed(command: &str, printed: &str, pasted: &[&str]) {
    let lines: Vec<&str> = printed.lines().map(str::trim_end).collect();
    let mut from = 0;
    for part in pasted.split(|line| *line == "…") {
        let found = (from..=lines.len().saturating_sub(part.len())).find(|&at| lines[at..].starts_with(part));
        from = found.unwrap_or_else(|| panic!("README.md: {command} does not print\n{}", part.join("\n"))) + part.len();
    }
}

#[test]
fn commands_run_and_print_what_the_readme_shows() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../notebooks-data");
    fs::create_dir(folder.path().join("notebooks-data")).expect("a folder");
    for file in ["leads.csv", "events.parquet", "leadcal.toml"] {
        fs::copy(data.join(file), folder.path().join("notebooks-data").join(file)).expect("copied");
    }
    let mut last = ("", String::new());
    let mut checked = 0;
    for block in blocks() {
        match block.language {
            "sh" if block.lines[0].starts_with("cargo test") => {}
            "sh" => {
                for line in block.lines {
                    last = (line, run(line, folder.path()));
                }
            }
            "text" => {
                check_printed(last.0, &last.1, &block.lines);
                checked += 1;
            }
            _ => {}
        }
    }
    assert!(checked >= 4, "README.md shows {checked} outputs");
}
