//! Numbers as people read them.

/// Digits in groups of three, with narrow blanks that do not break: `45 211`.
pub(super) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A text with the digits of its numbers in groups.
pub(super) fn grouped_in(text: &str) -> String {
    let word = |word: &str| word.parse().map_or_else(|_| word.to_owned(), grouped);
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// A share of all.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1}\u{a0}%", 100.0 * share)
}

/// Without decimals, where tenths say nothing.
pub(super) fn whole_percent(share: f64) -> String {
    format!("{:.0}\u{a0}%", 100.0 * share)
}

/// Points with their sign; a minus as long as the plus.
pub(super) fn signed(points: i64) -> String {
    match points {
        0 => "0".to_owned(),
        1.. => format!("+{points}"),
        _ => format!("\u{2212}{}", points.unsigned_abs()),
    }
}

/// A number with its sign and so many decimals.
pub(super) fn signed_decimals(x: f64, decimals: usize) -> String {
    let size = format!("{:.decimals$}", x.abs());
    if size.trim_matches(['0', '.']).is_empty() {
        size
    } else if x < 0.0 {
        format!("\u{2212}{size}")
    } else {
        format!("+{size}")
    }
}

/// `low to high`.
pub(super) fn span([low, high]: [i64; 2]) -> String {
    format!("{} to {}", signed(low), signed(high))
}

pub(super) fn p_value(p: f64) -> String {
    if p < 0.0001 { "<\u{202f}0.0001".to_owned() } else { format!("{p:.4}") }
}

/// `1 lead`, `2 leads`.
pub(super) fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { many })
}

/// Names one after the other: `a`, `a and b`, `a, b and c`.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 45_211].map(grouped), ["0", "999", "45\u{202f}211"]);
        assert_eq!([0, 3, -12].map(signed), ["0", "+3", "\u{2212}12"]);
        let decimals = [0.004, 0.25, -1.5].map(|x| signed_decimals(x, 2));
        assert_eq!(decimals, ["0.00", "+0.25", "\u{2212}1.50"]);
        assert_eq!(listed(&["a".to_owned(), "b".to_owned(), "c".to_owned()]), "a, b and c");
    }
}
