//! How the command behaves among other programs: closed pipes, full devices, terminals' settings.

use std::path::Path;
use std::process::{Command, Stdio};

use leadcal_scorecard::spec::Spec;

fn leadcal() -> Command {
    Command::new(env!("CARGO_BIN_EXE_leadcal"))
}

#[test]
fn a_reader_that_stops_early_is_no_error() {
    for args in [&["schema"][..], &["completions", "bash"], &["--help"]] {
        let mut child = leadcal().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        // The reading end is closed before the first byte is read.
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error() {
    let full = std::fs::File::options().write(true).open("/dev/full").expect("a device that is always full");
    let output = leadcal().arg("schema").stdout(full).stderr(Stdio::piped()).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.starts_with("error: cannot write standard output: No space left"), "{said}");
}

#[test]
fn nothing_printed_into_a_pipe_is_coloured() {
    for args in [&["--help"][..], &["completions"], &["no-such-command"]] {
        let output = leadcal().args(args).env_remove("NO_COLOR").output().expect("it runs");
        assert!(!output.stdout.contains(&0x1b) && !output.stderr.contains(&0x1b), "{args:?}");
    }
}

/// The commands that `leadcal --help` lists.
fn commands() -> Vec<String> {
    let help = leadcal().arg("--help").output().expect("it runs");
    let text = String::from_utf8(help.stdout).expect("UTF-8");
    let listed = text.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    // A line that goes on with the one above it is indented further.
    let listed = listed.filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    let names = listed.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    names.map(str::to_owned).collect()
}

fn help(command: &str) -> String {
    let help = leadcal().args([command, "--help"]).output().expect("it runs");
    assert!(help.status.success(), "{command}");
    String::from_utf8(help.stdout).expect("UTF-8")
}

#[test]
fn every_command_explains_itself() {
    for command in commands() {
        let text = help(&command);
        assert!(text.contains("Example"), "{command} gives an example:\n{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{command} fits 100 columns:\n{text}");
    }
}

const DOCUMENT: &str = include_str!("../docs/cli.md");

#[test]
fn the_document_knows_every_command_and_no_other() {
    let sections: Vec<(&str, &str)> = DOCUMENT
        .split("\n### `leadcal ")
        .skip(1)
        .map(|section| section.split_once('`').expect("a heading in backquotes"))
        .collect();
    let documented: Vec<&str> = sections.iter().map(|(name, _)| *name).collect();
    assert_eq!(documented, commands());
    for (name, section) in sections {
        let section = section.split("\n## ").next().expect("a first part");
        let help = help(name);
        for word in section.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
            let flag = word.strip_prefix("--").is_some_and(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
            assert!(!flag || help.contains(word), "leadcal {name} has no flag {word}");
        }
    }
}

#[test]
fn the_documented_spec_is_one_and_has_every_key() {
    const DOCUMENT: &str = include_str!("../docs/spec.md");
    let example = DOCUMENT.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let spec = Spec::parse(example, Path::new("leadcal.toml")).expect("the documented spec");
    assert_eq!(spec.roles().len(), 6, "every role of a column is shown");
    let shown: Vec<&str> = example.lines().filter_map(|line| line.split([' ', ']']).next()).collect();
    let table = DOCUMENT.split("| key | takes | default |").nth(1).expect("the table of keys");
    let keys = table.lines().skip(2).take_while(|line| line.starts_with('|')).filter_map(|line| line.split('|').nth(1));
    for key in keys.flat_map(|cell| cell.split('`').skip(1).step_by(2)).filter(|key| !key.starts_with('[')) {
        // One way to cut excludes the others, as one way to choose moments does.
        let another_way = ["target_rates", "value_and_cost", "every_days", "at"].contains(&key);
        assert!(shown.contains(&key) || another_way, "the example lacks {key}");
    }
}

/// What docs/replay.md shows is what the cases print.
#[test]
fn the_documented_lines_and_summary_of_a_replay_are_printed() {
    const DOCUMENT: &str = include_str!("../docs/replay.md");
    const PRINTED: [&str; 3] = [
        include_str!("cases/replay/cmd.stdout"),
        include_str!("cases/replay/cmd.stderr"),
        include_str!("cases/replay_baseline/cmd.stdout"),
    ];
    let blocks: Vec<&str> = DOCUMENT.split("```").skip(1).step_by(2).collect();
    let shown = blocks.iter().filter_map(|block| block.split_once('\n')).map(|(_, text)| text);
    let shown: Vec<&str> = shown.filter(|text| text.starts_with('{') || text.contains("leads replayed")).collect();
    assert_eq!(shown.len(), 3);
    for text in shown {
        assert!(PRINTED.iter().any(|printed| printed.contains(text)), "no case prints\n{text}");
    }
}
