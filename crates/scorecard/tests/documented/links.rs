//! Links from page to page: the file is there, and so is the heading.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use crate::page::{fence, files_below};

/// What is wrong with the links of all pages.
pub(crate) fn faults(repository: &Path) -> Vec<String> {
    let mut files = vec![repository.join("README.md"), repository.join("CHANGELOG.md")];
    files.extend(["docs", "notebooks-data", "tests"].iter().flat_map(|folder| files_below(&repository.join(folder))));
    let mut faults = Vec::new();
    for file in files {
        let folder = file.parent().expect("a folder");
        let text = fs::read_to_string(&file).expect("a page");
        for link in targets(&text).iter().filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
            let (path, anchor) =
                link.split_once('#').map_or((link.as_str(), None), |(path, anchor)| (path, Some(anchor)));
            let target = if path.is_empty() { file.clone() } else { folder.join(path) };
            let name = file.strip_prefix(repository).expect("a file of the repository").display();
            if !target.exists() {
                faults.push(format!("{name}: nothing is at {link}"));
            } else if let Some(anchor) = anchor
                && !anchors(&fs::read_to_string(&target).expect("a page")).contains(&anchor.to_owned())
            {
                faults.push(format!("{name}: no heading is at {link}"));
            }
        }
    }
    faults
}

/// The lines of a page that stand in no block.
fn prose(text: &str) -> Vec<&str> {
    let mut open = None;
    let mut found = Vec::new();
    for line in text.lines() {
        match (open, fence(line)) {
            (None, Some((length, _))) => open = Some(length),
            (Some(length), Some((closing, ""))) if closing >= length => open = None,
            (None, None) => found.push(line),
            _ => {}
        }
    }
    found
}

/// Where a page's links and pictures lead.
pub(crate) fn targets(text: &str) -> Vec<String> {
    let no_code = without_code(&prose(text).join("\n"));
    let starts = ["](", " src=\"", " href=\"", " srcset=\""];
    let after = starts.iter().flat_map(|start| no_code.split(start).skip(1).collect::<Vec<_>>());
    after.filter_map(|rest| rest.split([')', '"', ' ']).next()).map(str::to_owned).collect()
}

/// A text without what stands between backquotes, which ends where as many stand again.
fn without_code(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        let (before, code) = rest.split_at(at);
        kept.push_str(before);
        let inside = code.trim_start_matches('`');
        let quotes = &code[..code.len() - inside.len()];
        // Quotes that nothing closes are text.
        rest = inside.split_once(quotes).map_or(inside, |(_, after)| after);
    }
    kept + rest
}

/// The anchors of a page's headings, as GitHub names them.
fn anchors(text: &str) -> Vec<String> {
    let mut times: HashMap<String, usize> = HashMap::new();
    let headings = prose(text).into_iter().filter(|line| line.starts_with('#'));
    let names = headings.map(|line| line.trim_start_matches('#').trim().to_lowercase());
    let anchors = names.map(|name| {
        let kept = name.chars().filter(|letter| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter));
        let anchor: String = kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect();
        let before = times.entry(anchor.clone()).or_default();
        *before += 1;
        if *before == 1 { anchor } else { format!("{anchor}-{}", *before - 1) }
    });
    anchors.collect()
}
