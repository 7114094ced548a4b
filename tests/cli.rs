//! How the command behaves among other programs: closed pipes, full devices, terminals' settings.

use std::process::{Command, Stdio};

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

#[test]
fn every_command_explains_itself() {
    let help = leadcal().arg("--help").output().expect("it runs");
    let text = String::from_utf8(help.stdout).expect("UTF-8");
    let commands: Vec<&str> = text
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.contains(&"schema"), "{text}");
    for command in commands.into_iter().filter(|command| *command != "help") {
        let help = leadcal().args([command, "--help"]).output().expect("it runs");
        let text = String::from_utf8(help.stdout).expect("UTF-8");
        assert!(help.status.success() && text.contains("Example"), "{command} gives an example:\n{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{command} fits 100 columns:\n{text}");
    }
}
