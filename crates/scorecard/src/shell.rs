//! Words of a command that a person can copy into a shell.

/// A word of a shell's command, quoted where it must be.
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./:,+@%".contains(c);
    let safe = !text.is_empty() && text.chars().all(plain);
    if safe { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_split_or_expand_them() {
        let shown = ["a/b.csv", "Lead ID", "it's", "", "leads-*.csv", "größe"].map(word);
        assert_eq!(shown, ["a/b.csv", "'Lead ID'", r"'it'\''s'", "''", "'leads-*.csv'", "größe"]);
    }
}
