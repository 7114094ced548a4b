//! Text of a spec: TOML values, comments in a column of their own, paths as the spec's folder sees them.

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

/// Comments of a block begin here at the latest; longer code pushes its own comment out.
const WIDEST: usize = 104;
/// Between code and comment.
const GAP: usize = 3;

/// A text as a TOML key, quoted where it has to be.
pub(super) fn key(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { toml(text) }
}

/// A text as a TOML string on one line.
pub(super) fn toml(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => _ = write!(quoted, "\\u{:04X}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Texts as a TOML list.
pub(super) fn list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| toml(text)).collect::<Vec<_>>().join(", "))
}

/// Lines of code with their comments below each other; a comment may be empty.
pub(super) fn aligned(lines: &[(String, String)]) -> String {
    let width = |code: &str| code.chars().count();
    let commented = lines.iter().filter(|(_, comment)| !comment.is_empty());
    let column = commented.map(|(code, _)| width(code)).filter(|width| *width <= WIDEST).max().unwrap_or(0) + GAP;
    let line = |(code, comment): &(String, String)| match comment.as_str() {
        "" => format!("{code}\n"),
        comment => {
            let gap = column.saturating_sub(width(code)).max(GAP);
            format!("{code}{}# {comment}\n", " ".repeat(gap))
        }
    };
    lines.iter().map(line).collect()
}

/// The lines as comments, those that are none yet.
pub(super) fn as_comments(text: &str) -> String {
    let line = |line: &str| match line {
        "" => "\n".to_owned(),
        line if line.starts_with('#') => format!("{line}\n"),
        line => format!("# {line}\n"),
    };
    text.lines().map(line).collect()
}

/// A text of a comment broken into lines.
pub(super) fn comment(text: &str) -> String {
    const WIDTH: usize = 118;
    let mut lines = vec!["#".to_owned()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("there is a first line");
        if last.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(format!("# {word}"));
        } else {
            last.push(' ');
            last.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}

/// The key of a file with its comment.
pub(super) fn file_line(key: &str, spec: &Path, file: &str) -> (String, String) {
    let path = path_from(spec, file);
    let comment = if Path::new(&path).is_absolute() { "" } else { "relative to this file" };
    (format!("{key} = {}", toml(&path)), comment.to_owned())
}

/// A path as the spec's folder sees it: relative where both are, so that the files can move together.
fn path_from(spec: &Path, file: &str) -> String {
    let folder = spec.parent().unwrap_or(Path::new(""));
    let plain = |path: &Path| path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if let Ok(inside) = Path::new(file).strip_prefix(folder) {
        inside.display().to_string()
    } else if plain(Path::new(file)) && plain(folder) {
        let up = folder.components().filter(|part| matches!(part, Component::Normal(_)));
        let relative: PathBuf = up.map(|_| Component::ParentDir).collect();
        relative.join(file).display().to_string()
    } else {
        std::path::absolute(file).map_or_else(|_| file.to_owned(), |path| path.display().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_the_specs_folder() {
        let named = |file: &str, spec: &str| path_from(Path::new(spec), file);
        assert_eq!(named("leads.csv", "leadcal.toml"), "leads.csv");
        assert_eq!(named("data/leads.csv", "data/spec.toml"), "leads.csv");
        assert_eq!(named("leads.csv", "specs/deep/spec.toml"), "../../leads.csv");
        assert_eq!(named("/data/leads.csv", "specs/spec.toml"), "/data/leads.csv");
    }

    #[test]
    fn comments_stand_below_each_other() {
        let line = |code: &str, comment: &str| (code.to_owned(), comment.to_owned());
        let lines =
            [line("a = 1", "one"), line("long = 2", "two"), line("plain = 3", ""), line(&"x".repeat(110), "far")];
        let expected = format!("a = 1      # one\nlong = 2   # two\nplain = 3\n{}   # far\n", "x".repeat(110));
        assert_eq!(aligned(&lines), expected);
        assert_eq!(as_comments("[a]\nb = 1\n\n# c\n"), "# [a]\n# b = 1\n\n# c\n");
        let long = comment(&"word ".repeat(60));
        assert_eq!(long.lines().count(), 3);
        assert!(long.lines().all(|line| line.starts_with("# word") && line.len() <= 118), "{long}");
    }

    #[test]
    fn texts_are_quoted_as_toml_has_them() {
        let texts = ["plain", "with \"quotes\"", "a\\b", "two\nlines", ""];
        let text = format!("x = {}", list(&texts.map(str::to_owned)));
        let back: toml::Table = text.parse().expect("TOML");
        let back: Vec<&str> = back["x"].as_array().expect("a list").iter().filter_map(toml::Value::as_str).collect();
        assert_eq!(back, texts);
        for name in texts.into_iter().chain(["a.b", "é", "-", "1", "a b"]) {
            let back: toml::Table = format!("{} = 1", key(name)).parse().expect("TOML");
            assert!(back.contains_key(name), "{name:?}");
        }
    }
}
