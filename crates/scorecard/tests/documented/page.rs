//! A page: its text, and its fenced blocks.

use std::fs;
use std::path::{Path, PathBuf};

/// A page of Markdown.
pub(crate) struct Page {
    /// Its path in the repository.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) blocks: Vec<Block>,
}

/// A fenced block.
pub(crate) struct Block {
    pub(crate) language: String,
    pub(crate) lines: Vec<String>,
    /// Line of its opening fence, from 1.
    pub(crate) line: usize,
    /// Why it is not run, where the line above says so.
    pub(crate) not_run: Option<String>,
}

impl Block {
    /// Whether it says how commands are called, instead of what one prints: `leadcal score CONFIG LEADS [flags]`, with names in
    /// capitals or choices where something is to be filled in.
    pub(crate) fn is_synopsis(&self) -> bool {
        let in_capitals = |word: &str| word.len() > 1 && word.chars().all(|letter| letter.is_ascii_uppercase());
        let to_fill_in = |line: &str| {
            line.contains(['[', '|'])
                || line.split(|letter: char| !letter.is_ascii_alphabetic()).any(in_capitals)
                || line.split(' ').count() == 2
        };
        !self.lines.is_empty() && self.lines.iter().all(|line| line.starts_with("leadcal ") && to_fill_in(line))
    }
}

/// The Markdown files below a folder, in the order of their paths.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The backquotes that a fence consists of, and what follows them.
pub(crate) fn fence(line: &str) -> Option<(usize, &str)> {
    let rest = line.trim_start_matches('`');
    let length = line.len() - rest.len();
    (length >= 3 && !rest.contains('`')).then_some((length, rest.trim()))
}

impl Page {
    /// Reads a page.
    ///
    /// # Panics
    /// Where a block is indented, and so would not be found, or is never closed.
    pub(crate) fn read(file: &Path, repository: &Path) -> Self {
        let text = fs::read_to_string(file).expect("a page");
        let name = file.strip_prefix(repository).expect("a file of the repository").display().to_string();
        let blocks = blocks(&text, &name);
        Self { name, text, blocks }
    }

    /// The text with other lines in some of its blocks.
    pub(crate) fn with_blocks(&self, replaced: &[(usize, Vec<String>)]) -> String {
        let mut lines: Vec<&str> = self.text.lines().collect();
        for (at, new) in replaced.iter().rev() {
            let Block { line, lines: old, .. } = &self.blocks[*at];
            lines.splice(*line..line + old.len(), new.iter().map(String::as_str));
        }
        lines.join("\n") + "\n"
    }
}

fn blocks(text: &str, name: &str) -> Vec<Block> {
    let mut found = Vec::new();
    // The block that is open, with the length of its fence.
    let mut open: Option<(Block, usize)> = None;
    let mut not_run = None;
    for (at, line) in text.lines().enumerate() {
        let place = format!("{name}:{}", at + 1);
        match (open.take(), fence(line)) {
            (Some((block, length)), Some((closing, ""))) if closing >= length => found.push(block),
            (Some((mut block, length)), _) => {
                block.lines.push(line.to_owned());
                open = Some((block, length));
            }
            (None, Some((length, language))) => {
                // What follows the language, such as `rust,no_run`, is not it.
                let language = language.split([' ', ',']).next().unwrap_or_default().to_owned();
                let block = Block { language, lines: Vec::new(), line: at + 1, not_run: not_run.take() };
                open = Some((block, length));
            }
            (None, None) => {
                let indented = line.strip_prefix("    ").unwrap_or_default();
                let is_command = ["leadcal ", "cargo ", "```"].iter().any(|start| indented.starts_with(start));
                assert!(!is_command, "{place}: a command is run where it stands in a fenced block at the margin");
                if !line.trim().is_empty() {
                    not_run = reason_not_to_run(line);
                }
            }
        }
    }
    assert!(open.is_none(), "{name}: a block is never closed");
    found
}

fn reason_not_to_run(line: &str) -> Option<String> {
    if line == "<!-- test command -->" {
        return Some("the tests that this one belongs to".to_owned());
    }
    let reason = line.strip_prefix("<!-- not run: ")?.strip_suffix(" -->")?;
    Some(reason.to_owned())
}
