//! The SQL dialects, and what differs between them.

use std::fmt;
use std::str::FromStr;

use super::quote;

/// A dialect of SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// `BigQuery`'s.
    BigQuery,
    /// `DuckDB`'s.
    #[default]
    DuckDb,
    /// `PostgreSQL`'s, from version 14 on, with ICU.
    PostgreSql,
    /// Snowflake's.
    Snowflake,
    /// Spark SQL, from version 3.5 on; Databricks' too.
    Spark,
    /// `SQLite`'s, from version 3.35 on, with its mathematical functions.
    Sqlite,
}

impl Dialect {
    /// Every dialect with the word that names it, by word.
    pub const ALL: [(&'static str, Self); 6] = [
        ("bigquery", Self::BigQuery),
        ("duckdb", Self::DuckDb),
        ("postgresql", Self::PostgreSql),
        ("snowflake", Self::Snowflake),
        ("spark", Self::Spark),
        ("sqlite", Self::Sqlite),
    ];
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, _) = Self::ALL.iter().find(|(_, dialect)| dialect == self).expect("every dialect has a word");
        f.write_str(word)
    }
}

impl FromStr for Dialect {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, dialect)| *dialect).ok_or("no such dialect")
    }
}

/// Expressions, from the texts of expressions. Texts of characters (`chars`) are expressions as well.
impl Dialect {
    /// The type of texts.
    pub(super) fn text_type(self) -> &'static str {
        match self {
            Self::PostgreSql | Self::Sqlite => "TEXT",
            Self::DuckDb | Self::Snowflake => "VARCHAR",
            Self::Spark | Self::BigQuery => "STRING",
        }
    }

    /// The type of 64-bit floats.
    pub(super) fn double_type(self) -> &'static str {
        match self {
            Self::PostgreSql => "DOUBLE PRECISION",
            Self::DuckDb | Self::Spark => "DOUBLE",
            Self::BigQuery => "FLOAT64",
            Self::Snowflake => "FLOAT",
            Self::Sqlite => "REAL",
        }
    }

    /// The type of 64-bit whole numbers.
    pub(super) fn integer_type(self) -> &'static str {
        match self {
            Self::Sqlite => "INTEGER",
            Self::BigQuery => "INT64",
            _ => "BIGINT",
        }
    }

    pub(super) fn as_text(self, x: &str) -> String {
        format!("CAST({x} AS {})", self.text_type())
    }

    pub(super) fn as_double(self, x: &str) -> String {
        format!("CAST({x} AS {})", self.double_type())
    }

    /// A number, NULL where it is NaN. `SQLite` has none: it keeps NULL instead.
    pub(super) fn without_nan(self, x: &str) -> String {
        let nan = quote::text(self, "NaN");
        match self {
            Self::Sqlite => x.to_owned(),
            Self::BigQuery => format!("CASE WHEN IS_NAN({x}) THEN NULL ELSE {x} END"),
            Self::DuckDb | Self::Spark => format!("CASE WHEN ISNAN({x}) THEN NULL ELSE {x} END"),
            Self::PostgreSql | Self::Snowflake => format!("NULLIF({x}, {})", self.as_double(&nan)),
        }
    }

    /// A text as a number; NULL where it is none.
    pub(super) fn number_of_text(self, text: &str) -> String {
        let number = self.as_double(text);
        match self {
            Self::DuckDb | Self::Spark | Self::Snowflake => format!("TRY_{number}"),
            Self::BigQuery => format!("SAFE_{number}"),
            Self::PostgreSql => format!(
                "CASE WHEN {text} ~* '^\\s*[+-]?(inf|infinity|nan|([0-9]+\\.?[0-9]*|\\.[0-9]+)(e[+-]?[0-9]+)?)\\s*$' \
                 THEN {number} END"
            ),
            // In this comparison the text becomes a number where all of it is one.
            Self::Sqlite => format!("CASE WHEN {text} = {number} THEN {number} END"),
        }
    }

    /// A text of characters that nobody sees, by their numbers.
    pub(super) fn characters(self, text: &str) -> String {
        let numbers = |each: fn(u32) -> String, between: &str| {
            text.chars().map(|letter| each(u32::from(letter))).collect::<Vec<_>>().join(between)
        };
        match self {
            Self::Sqlite => format!("CHAR({})", numbers(|number| number.to_string(), ", ")),
            // Its CHR knows numbers up to 255.
            Self::Spark => format!("'{}'", numbers(|number| format!("\\u{number:04x}"), "")),
            _ => numbers(|number| format!("CHR({number})"), " || "),
        }
    }

    /// A text without these characters at its ends.
    pub(super) fn trim(self, text: &str, chars: &str) -> String {
        match self {
            Self::PostgreSql => format!("BTRIM({text}, {chars})"),
            Self::Spark => format!("TRIM(BOTH {chars} FROM {text})"),
            _ => format!("TRIM({text}, {chars})"),
        }
    }

    /// A text without these characters at its end.
    pub(super) fn trim_end(self, text: &str, chars: &str) -> String {
        match self {
            Self::Spark => format!("TRIM(TRAILING {chars} FROM {text})"),
            _ => format!("RTRIM({text}, {chars})"),
        }
    }

    /// A text in lower case, by Unicode's full mapping as far as the engine has it.
    pub(super) fn lower(self, text: &str) -> String {
        match self {
            Self::PostgreSql => format!("LOWER({text} COLLATE \"und-x-icu\")"),
            Self::Spark => format!("LOWER({text})"),
            // It knows ASCII only; with these, every letter that keyboards have a row for.
            Self::Sqlite => {
                let capitals =
                    [("\u{130}", "i\u{307}"), ("\u{212a}", "k"), ("\u{c4}", "ä"), ("\u{d6}", "ö"), ("\u{dc}", "ü")];
                let replaced = capitals
                    .iter()
                    .fold(text.to_owned(), |text, (capital, small)| format!("REPLACE({text}, '{capital}', '{small}')"));
                format!("LOWER({replaced})")
            }
            // These map letter by letter, and only this letter becomes two.
            Self::DuckDb | Self::BigQuery | Self::Snowflake => {
                format!("LOWER(REPLACE({text}, '\u{130}', 'i\u{307}'))")
            }
        }
    }

    /// A text in upper case.
    pub(super) fn upper(self, text: &str) -> String {
        match self {
            Self::PostgreSql => format!("UPPER({text} COLLATE \"und-x-icu\")"),
            _ => format!("UPPER({text})"),
        }
    }

    /// Where a text begins in another, from 1; 0 where it does not.
    pub(super) fn position(self, of: &str, within: &str) -> String {
        match self {
            Self::PostgreSql | Self::BigQuery => format!("STRPOS({within}, {of})"),
            Self::Snowflake => format!("POSITION({of}, {within})"),
            Self::DuckDb | Self::Spark | Self::Sqlite => format!("INSTR({within}, {of})"),
        }
    }

    /// The day that the first ten characters of a text name; NULL, or another day, where they name none.
    pub(super) fn day(self, text: &str) -> String {
        let ten = format!("SUBSTR({text}, 1, 10)");
        match self {
            Self::DuckDb | Self::Spark | Self::Snowflake => format!("TRY_CAST({ten} AS DATE)"),
            Self::BigQuery => format!("SAFE_CAST({ten} AS DATE)"),
            // With a change, if one of nothing, it corrects days that do not exist.
            Self::Sqlite => format!("DATE({ten}, '+0 days')"),
            Self::PostgreSql => format!(
                "CASE WHEN {ten} ~ '^[0-9]{{4}}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' AND SUBSTR({text}, 1, 4) <> '0000' \
                 THEN MAKE_DATE(CAST(SUBSTR({text}, 1, 4) AS INTEGER), CAST(SUBSTR({text}, 6, 2) AS INTEGER), 1) \
                 + CAST(SUBSTR({text}, 9, 2) AS INTEGER) - 1 END"
            ),
        }
    }

    /// A day of [`Dialect::day`] as `2024-03-01`.
    pub(super) fn day_text(self, day: &str) -> String {
        match self {
            Self::PostgreSql | Self::Snowflake => format!("TO_CHAR({day}, 'YYYY-MM-DD')"),
            _ => self.as_text(day),
        }
    }

    /// A day written as `2024-03-01`, to compare those of [`Dialect::day`] with.
    pub(super) fn day_literal(self, day: &str) -> String {
        match self {
            Self::Sqlite => quote::text(self, day),
            _ => format!("DATE {}", quote::text(self, day)),
        }
    }

    /// A time as microseconds since 1970, finer digits dropped.
    pub(super) fn microseconds(self, time: &str) -> String {
        match self {
            Self::PostgreSql => format!("CAST(FLOOR(EXTRACT(EPOCH FROM {time}) * 1000000) AS BIGINT)"),
            Self::DuckDb => format!("EPOCH_US({time})"),
            Self::Spark => format!("UNIX_MICROS({time})"),
            Self::BigQuery => format!("UNIX_MICROS(CAST({time} AS TIMESTAMP))"),
            Self::Snowflake => format!("DATE_PART(EPOCH_MICROSECOND, {time})"),
            Self::Sqlite => {
                // strftime reads seconds; it would round the fraction, which stands between them and the zone.
                let (text, rest) = (format!("TRIM({time})"), format!("SUBSTR(TRIM({time}), 20)"));
                let zone = format!("LTRIM({rest}, '.0123456789')");
                format!(
                    "CAST(STRFTIME('%s', SUBSTR({text}, 1, 19) || {zone}) AS INTEGER) * 1000000 \
                     + CAST(SUBSTR(SUBSTR({rest}, 2, MAX(LENGTH({rest}) - LENGTH({zone}) - 1, 0)) || '000000', 1, 6) AS INTEGER)"
                )
            }
        }
    }

    /// The rest of a division of whole numbers.
    pub(super) fn modulo(self, of: &str, by: &str) -> String {
        match self {
            Self::Sqlite => format!("({of}) % {by}"),
            _ => format!("MOD({of}, {by})"),
        }
    }

    /// The largest whole number not above one that is not negative.
    pub(super) fn floor(self, x: &str) -> String {
        match self {
            // Its FLOOR is not part of every build.
            Self::Sqlite => format!("CAST(CAST({x} AS INTEGER) AS REAL)"),
            _ => self.as_double(&format!("FLOOR({x})")),
        }
    }

    /// A number raised to `min` and lowered to `max`.
    pub(super) fn limit(self, x: &str, min: f64, max: f64) -> String {
        let (min, max) = (quote::number(self, min), quote::number(self, max));
        match self {
            Self::Sqlite => format!("MIN(MAX({x}, {min}), {max})"),
            _ => format!("LEAST(GREATEST({x}, {min}), {max})"),
        }
    }

    /// How a common table expression begins that is read more than once, or whose columns are.
    pub(super) fn materialized(self) -> &'static str {
        match self {
            // These two would write the expressions of its columns wherever the columns are named.
            Self::PostgreSql | Self::Sqlite => "MATERIALIZED ",
            _ => "",
        }
    }
}
