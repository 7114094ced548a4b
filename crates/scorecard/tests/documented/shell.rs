//! Commands of a page, run as a reader would who has leadcal installed and stands in a clone.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use tempfile::TempDir;

use crate::page::Page;

const LEADCAL: &str = env!("CARGO_BIN_EXE_leadcal");
/// The width the tables were pasted at.
const COLUMNS: &str = "100";

/// A command: one line, or several that belong together.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Command(String);

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The commands of a block, without its comments.
pub(crate) fn commands(lines: &[String]) -> Vec<Command> {
    let mut found = Vec::new();
    let mut lines = lines.iter().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    while let Some(first) = lines.next() {
        let mut command = first.clone();
        let mut go_on = |until: &dyn Fn(&str) -> bool, command: &mut String| {
            for line in lines.by_ref() {
                command.push('\n');
                command.push_str(line);
                if until(line) {
                    break;
                }
            }
        };
        if command.ends_with('\\') {
            go_on(&|line| !line.ends_with('\\'), &mut command);
        }
        if let Some(end) = end_of_document(&command) {
            go_on(&|line| line == end, &mut command);
        }
        found.push(Command(command.replace("cargo run -- ", "leadcal ")));
    }
    found
}

/// What ends the document that a line begins with `<<END` or `<<'END'`.
fn end_of_document(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("<<")?;
    let word = rest.trim_start().trim_start_matches(['\'', '"']);
    let end: String = word.chars().take_while(char::is_ascii_alphanumeric).collect();
    (!end.is_empty()).then_some(end)
}

impl Command {
    fn exit_code(&self) -> i32 {
        let code = self.0.lines().find_map(|line| line.split_once("# exit code "));
        code.map_or(0, |(_, code)| code.trim().parse().expect("a number"))
    }
}

/// Where a page is followed.
pub(crate) struct Folder {
    root: TempDir,
    /// Where its `cd` lead.
    at: PathBuf,
    untouched: bool,
}

impl Folder {
    /// A folder with what a clone's reader has: the example data.
    pub(crate) fn new(repository: &Path) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        copy(&repository.join("notebooks-data"), &root.path().join("notebooks-data"));
        let at = root.path().canonicalize().expect("a folder");
        Self { root, at, untouched: true }
    }

    /// Runs a command; what it prints, standard error first.
    ///
    /// # Errors
    /// Where it ends with another exit code than the page says.
    pub(crate) fn run(&mut self, command: &Command, shared: &Shared) -> Result<String, String> {
        let known = shared.0.get(command).filter(|_| self.untouched);
        self.untouched = false;
        if let Some((made, printed)) = known {
            copy(made.root.path(), self.root.path());
            return printed.clone();
        }
        let binaries = Path::new(LEADCAL).parent().expect("a folder").display();
        let path = format!("{binaries}:{}", std::env::var("PATH").expect("a PATH"));
        let gone_to = self.root.path().with_extension("cd");
        let script = format!("trap 'pwd >\"$GONE_TO\"' EXIT\n{}", command.0);
        let output = process::Command::new("sh")
            .args(["-c", &script])
            .current_dir(&self.at)
            .env("GONE_TO", &gone_to)
            .env("PATH", path)
            .env("COLUMNS", COLUMNS)
            .env("TZ", "UTC")
            .env("HOME", self.root.path())
            // What they print would differ where the tests run in a workflow.
            .env_remove("GITHUB_ACTIONS")
            .env_remove("CLICOLOR_FORCE")
            .envs(GIT)
            .env("GIT_CEILING_DIRECTORIES", self.root.path().parent().expect("a folder"))
            .stdin(process::Stdio::null())
            .output()
            .expect("a shell");
        let gone = fs::read_to_string(&gone_to).expect("where the command went");
        fs::remove_file(&gone_to).expect("it is there");
        self.at = PathBuf::from(gone.trim_end());
        let printed =
            String::from_utf8([output.stderr, output.stdout].concat()).map_err(|_| format!("{command}: no UTF-8"))?;
        let (found, expected) = (output.status.code(), command.exit_code());
        if found == Some(expected) {
            return Ok(printed);
        }
        Err(format!("{command}\n  ends with {}, not {expected}\n{printed}", output.status))
    }
}

/// A reader who has set up git; always the same, so that commits have the same names.
const GIT: [(&str, &str); 8] = [
    ("GIT_CONFIG_GLOBAL", "/dev/null"),
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_AUTHOR_NAME", "A Reader"),
    ("GIT_AUTHOR_EMAIL", "reader@mail.example"),
    ("GIT_AUTHOR_DATE", "2026-08-15T12:00:00Z"),
    ("GIT_COMMITTER_NAME", "A Reader"),
    ("GIT_COMMITTER_EMAIL", "reader@mail.example"),
    ("GIT_COMMITTER_DATE", "2026-08-15T12:00:00Z"),
];

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("copied");
        }
    }
}

/// What the commands do that more than one page begins with.
///
/// In an untouched folder what a leadcal command prints and writes depends on nothing but the command, so it is run once.
pub(crate) struct Shared(HashMap<Command, (Folder, Result<String, String>)>);

impl Shared {
    pub(crate) fn of(pages: &[Page], repository: &Path) -> Self {
        let nothing = Self(HashMap::new());
        let mut seen = HashSet::new();
        let begun_with = pages.iter().filter_map(|page| {
            let block = page.blocks.iter().find(|block| block.language == "sh" && block.not_run.is_none())?;
            commands(&block.lines).into_iter().next().filter(|command| command.0.starts_with("leadcal "))
        });
        let repeated: HashSet<Command> = begun_with.filter(|command| !seen.insert(command.clone())).collect();
        let run = |command: Command| {
            let mut folder = Folder::new(repository);
            let printed = folder.run(&command, &nothing);
            (command, (folder, printed))
        };
        Self(repeated.into_iter().map(run).collect())
    }
}
