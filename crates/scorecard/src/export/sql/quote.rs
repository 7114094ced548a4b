//! Texts, numbers and names as each dialect writes them.

use std::fmt::Write as _;

use super::Dialect;

/// A text as a literal. It must not hold the character NUL, which [`super::names`] refuses.
pub(in crate::export) fn text(dialect: Dialect, text: &str) -> String {
    match dialect {
        // With E, backslashes mean the same whatever standard_conforming_strings says.
        Dialect::PostgreSql if text.contains('\\') => {
            format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
        }
        Dialect::DuckDb | Dialect::PostgreSql | Dialect::Sqlite => format!("'{}'", text.replace('\'', "''")),
        Dialect::Spark | Dialect::BigQuery | Dialect::Snowflake => {
            let mut literal = String::with_capacity(text.len() + 2);
            literal.push('\'');
            for letter in text.chars() {
                match letter {
                    '\\' => literal.push_str("\\\\"),
                    '\'' => literal.push_str("\\'"),
                    '\n' => literal.push_str("\\n"),
                    '\r' => literal.push_str("\\r"),
                    // Spark puts the value of a setting where ${name} stands, in literals too.
                    '$' if dialect == Dialect::Spark => literal.push_str("\\u0024"),
                    letter => literal.push(letter),
                }
            }
            literal.push('\'');
            literal
        }
    }
}

/// A text as it stands between the quotes of a literal without a prefix.
pub(in crate::export) fn inside_quotes(dialect: Dialect, text: &str) -> String {
    match dialect {
        Dialect::PostgreSql => text.replace('\'', "''"),
        _ => {
            let literal = self::text(dialect, text);
            literal[1..literal.len() - 1].to_owned()
        }
    }
}

/// A list of texts in parentheses.
pub(super) fn texts<T: AsRef<str>>(dialect: Dialect, list: impl IntoIterator<Item = T>) -> String {
    let list: Vec<String> = list.into_iter().map(|item| text(dialect, item.as_ref())).collect();
    format!("({})", list.join(", "))
}

/// Digits up to which `SQLite` reads a decimal number without an error.
const SQLITE_DIGITS: usize = 15;
/// Up to here every integer is a float.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A number as a 64-bit float, to the bit.
pub(in crate::export) fn number(dialect: Dialect, x: f64) -> String {
    // Adding 0 makes -0 a 0.
    let x = x + 0.0;
    let plain = x == 0.0 || (1e-5..1e15).contains(&x.abs());
    let digits = if plain { x.to_string() } else { format!("{x:e}") };
    let significant = digits.split('e').next().unwrap_or_default().chars().filter(char::is_ascii_digit).count();
    match dialect {
        Dialect::Sqlite if significant > SQLITE_DIGITS => as_fraction(x).unwrap_or_else(|| with_exponent(&digits)),
        // A number with an exponent is a float in these.
        Dialect::DuckDb | Dialect::Spark | Dialect::BigQuery | Dialect::Sqlite => with_exponent(&digits),
        // Decimal numbers are exact ones here, of many digits and slow.
        Dialect::PostgreSql => format!("'{digits}'::float8"),
        Dialect::Snowflake => format!("'{digits}'::FLOAT"),
    }
}

fn with_exponent(digits: &str) -> String {
    if digits.contains('e') { digits.to_owned() } else { format!("{digits}e0") }
}

/// A number as a whole number divided by powers of 2, which floats do without an error.
fn as_fraction(x: f64) -> Option<String> {
    let (mut whole, mut halvings) = (x, 0_u32);
    while whole.fract() != 0.0 {
        (whole, halvings) = (whole * 2.0, halvings + 1);
    }
    let mut fraction = format!("({whole}");
    while halvings > 0 {
        // At most 2^49, of 15 digits.
        let by = halvings.min(49);
        _ = write!(fraction, " / {}e0", 1_u64 << by);
        halvings -= by;
    }
    fraction.push(')');
    // A whole number without a division would be no float.
    (whole.abs() < EXACT && fraction.contains('/')).then_some(fraction)
}

/// A name of a table's column.
pub(super) fn column(dialect: Dialect, name: &str) -> String {
    identifier(dialect, &cased(dialect, name))
}

/// A name of a table, each part between dots by itself.
pub(in crate::export) fn table(dialect: Dialect, name: &str) -> String {
    name.split('.').map(|part| column(dialect, part)).collect::<Vec<_>>().join(".")
}

/// A name as a column of this name is usually called. Names that people write without quotes are in capitals in Snowflake.
pub(in crate::export) fn cased(dialect: Dialect, name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    if dialect == Dialect::Snowflake && name.chars().all(plain) { name.to_ascii_uppercase() } else { name.to_owned() }
}

fn identifier(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::Spark | Dialect::BigQuery => format!("`{}`", name.replace('`', "``")),
        _ => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

/// A text for a comment: whatever could end one, or mean something to a template, becomes a dot.
pub(super) fn comment(text: &str) -> String {
    let harmless = |letter: char| letter.is_alphanumeric() || " _-.,:()<>=".contains(letter);
    text.chars().map(|letter| if harmless(letter) { letter } else { '·' }).collect()
}
