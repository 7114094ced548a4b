//! What a command printed, against the lines of it that a page shows.

/// Stands on a line of its own for lines left out.
const LEFT_OUT: &str = "…";

/// So many new lines in one place are shown where nothing was left out.
const MOST_NEW: usize = 8;

/// Checks that the lines shown were printed, in order and with nothing between them but where `…` stands.
///
/// # Errors
/// The lines that were not.
pub(crate) fn check(printed: &[&str], shown: &[String]) -> Result<(), String> {
    let parts: Vec<&[String]> = shown.split(|line| line == LEFT_OUT).collect();
    let last = parts.len() - 1;
    let mut from = 0;
    for (at, part) in parts.iter().enumerate() {
        let holds = |start: &usize| printed[*start..].iter().zip(*part).filter(|(a, b)| a == b).count() == part.len();
        let latest = printed.len().checked_sub(part.len()).filter(|latest| from <= *latest);
        let starts = latest.map_or(0..0, |latest| match at {
            // Without an `…` before or after it, a part is what the output begins or ends with.
            0 if last == 0 => 0..usize::from(latest == 0),
            0 => 0..1,
            _ if at == last => latest..latest + 1,
            _ => from..latest + 1,
        });
        let start = starts.into_iter().find(holds).ok_or_else(|| part.join("\n"))?;
        from = start + part.len();
    }
    Ok(())
}

/// What of the new output stands for the lines shown of an older one: the line most like each of them, in order, and
/// what little is printed between two that had nothing left out between them.
pub(crate) fn refreshed(printed: &[&str], shown: &[String]) -> Vec<String> {
    if shown.is_empty() {
        return printed.iter().map(|&line| line.to_owned()).collect();
    }
    let kept: Vec<&String> = shown.iter().filter(|line| *line != LEFT_OUT).collect();
    let mut lines = Vec::new();
    let mut from = 0;
    let mut left_out = false;
    let mut pairs = aligned(printed, &kept).into_iter();
    for line in shown {
        if line == LEFT_OUT {
            left_out = true;
        } else if let Some(at) = pairs.next().expect("one for each line kept") {
            push(&mut lines, &printed[from..at], left_out);
            lines.push(printed[at].to_owned());
            (from, left_out) = (at + 1, false);
        }
    }
    push(&mut lines, &printed[from..], left_out);
    lines
}

/// Adds the lines between two, or that they are left out: where they were, and where they are many.
fn push(lines: &mut Vec<String>, between: &[&str], left_out: bool) {
    if !left_out && between.len() <= MOST_NEW {
        lines.extend(between.iter().map(|&line| line.to_owned()));
    } else if !between.is_empty() {
        lines.push(LEFT_OUT.to_owned());
    }
}

/// For each line kept the printed one that it has become, none twice and in order, such that they are most alike in all: a
/// longest common subsequence of lines that may differ.
fn aligned(printed: &[&str], kept: &[&String]) -> Vec<Option<usize>> {
    let likeness: Vec<Vec<u32>> = kept.iter().map(|old| printed.iter().map(|new| alike(old, new)).collect()).collect();
    // best[i][j]: of the lines kept from i on and those printed from j on.
    let mut best = vec![vec![0; printed.len() + 1]; kept.len() + 1];
    for i in (0..kept.len()).rev() {
        for j in (0..printed.len()).rev() {
            let paired = likeness[i][j] + best[i + 1][j + 1];
            best[i][j] = if likeness[i][j] > 0 { paired } else { 0 }.max(best[i + 1][j]).max(best[i][j + 1]);
        }
    }
    let mut from = 0;
    let mut pair = |i: usize| {
        let goal = best[i][from];
        if best[i + 1][from] == goal {
            return None;
        }
        let found = (from..printed.len())
            .find(|&j| likeness[i][j] > 0 && likeness[i][j] + best[i + 1][j + 1] == goal)
            .expect("the line that the goal was reached with");
        from = found + 1;
        Some(found)
    };
    (0..kept.len()).map(&mut pair).collect()
}

/// How alike two lines are: the same; of one beginning, as rows of a table with other figures are; of mostly the same words.
fn alike(old: &str, new: &str) -> u32 {
    if old == new {
        return 100;
    }
    let begins = |line: &'_ str| line.trim_start().split("  ").next().unwrap_or_default().to_owned();
    let (first, second) = (begins(old), begins(new));
    if !first.is_empty() && first == second {
        return 50;
    }
    let words = |line: &'_ str| -> Vec<String> {
        let words = line.split(|letter: char| !letter.is_alphabetic());
        words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    let (old, new) = (words(old), words(new));
    let common = old.iter().filter(|word| new.contains(word)).count();
    // At least three of five words.
    if common > 0 && common * 5 >= old.len().max(new.len()) * 3 { 20 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    fn shown_of(printed: &str, shown: &str) -> String {
        let printed: Vec<&str> = printed.lines().collect();
        let refreshed = refreshed(&printed, &lines(shown));
        assert_eq!(check(&printed, &refreshed), Ok(()));
        refreshed.join("\n")
    }

    #[test]
    fn lines_left_out_may_be_none_and_no_others_are() {
        let printed = ["a", "b", "c"];
        for held in ["a\nb\nc", "…\na\nb\nc", "a\n…\nc", "…\nc", "a\n…", "…\nb\n…", "a\n…\nb\nc"] {
            assert_eq!(check(&printed, &lines(held)), Ok(()), "{held}");
        }
        for wrong in ["a\nc", "b\n…", "a\nb", "…\nb", "b\nc", "…\nc\n…\nc", "a\nb\nc\nd"] {
            assert!(check(&printed, &lines(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn rows_with_other_figures_are_found_again() {
        let printed =
            "title\n\nsource  Partner  9\nsource  Referral  12\ncountry  France  3\nout of fold\n  points 0.81";
        assert_eq!(shown_of(printed, "…\ncountry  France  2\n…"), "…\ncountry  France  3\n…");
        assert_eq!(shown_of(printed, "…\nout of fold\n  points 0.79"), "…\nout of fold\n  points 0.81");
    }

    #[test]
    fn what_is_new_between_lines_that_stood_together_is_shown() {
        assert_eq!(shown_of("a\nnew\nb\nc\nd", "a\nb\n…\nd"), "a\nnew\nb\n…\nd");
        assert_eq!(shown_of("b\nnew", "a\nb"), "b\nnew");
    }

    #[test]
    fn an_empty_block_gets_everything() {
        assert_eq!(shown_of("a\nb", ""), "a\nb");
    }
}
