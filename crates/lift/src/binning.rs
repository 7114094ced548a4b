//! Columns to attributes: numbers and dates to intervals, texts to levels with the rare ones pooled.
//!
//! In two steps, because the second looks at the outcome and must not look at the leads it is validated on.
//! [`attribute`] makes fine levels of the column's values alone. Once the leads are counted by fine levels, [`coarsen`]
//! joins them by how leads converted: intervals to the [`optimal`] ones, texts of similar rates where asked for.

use std::fmt;
use std::path::PathBuf;

use crate::attribute::{
    Attribute, Bound, Encoder, FieldType, Input, Level, MISSING, OTHER, Scalar, Value, When, date_of, parse_number,
};
use crate::error::DataError;
use crate::profile::ColumnProfile;

mod category;
mod coarse;
mod column;
pub mod optimal;
mod quantile;

pub use coarse::{Joining, coarsen};
pub use column::optimal_cuts;
use optimal::{Limits, Trend};

/// How a column becomes an attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct BinningOptions {
    /// The type; inferred by default.
    pub kind: Option<FieldType>,
    /// Values that are levels of their own, such as -1 for "never". None by default.
    pub special: Vec<Scalar>,
    /// Where numbers or dates are cut: quantiles by default.
    pub cuts: Option<Vec<Bound>>,
    /// At most this many intervals or levels of joined texts ([`NUMBER_LEVELS`]), or texts ([`TEXT_LEVELS`]), by
    /// default.
    pub max_levels: Option<usize>,
    /// Least share of the leads in a level (of those with a number or date, for intervals); 0 by default.
    pub min_share: f64,
    /// Least number of leads in a level; 30 by default.
    pub min_leads: u64,
    /// Least number of conversions, and of others, in an interval or a level of joined texts; 5 by default, under which
    /// normal approximations of counts are poor (Cochran, Biometrics 10, 1954).
    pub min_conversions: u64,
    /// What each further interval or level of joined texts must be worth, as a chi-squared statistic
    /// ([`Limits::min_gain`]); [`MIN_GAIN`] by default.
    pub min_gain: f64,
    /// How the conversion rate may move from interval to interval; as it likes by default.
    pub trend: Trend,
    /// Whether texts that convert alike are joined; not by default.
    pub join: bool,
    /// Keep the column whatever speaks against it, as long as it has two levels: the user asked for it.
    pub keep: bool,
}

/// Intervals of a number unless told otherwise: more gain next to nothing out of fold (docs/statistics.md, "Binning").
pub const NUMBER_LEVELS: usize = 10;
/// What a further level must be worth unless told otherwise: the 1 % point of chi-squared with one degree of freedom. Cuts
/// chosen among many fit chance; without a price, levels of columns that tell nothing look as if they did.
pub const MIN_GAIN: f64 = 6.63;
/// Fine intervals of a number, from which the levels are joined.
pub const PRE_BINS: usize = 64;
/// Texts that are levels of their own unless told otherwise; the most frequent ones.
pub const TEXT_LEVELS: usize = 50;
/// A column of texts is an identifier when at least this share of its values are distinct.
const IDENTIFIER_SHARE: f64 = 0.9;
/// A column of whole numbers is an identifier when at least this share of its values are distinct: amounts repeat more.
const NUMBER_IDENTIFIER_SHARE: f64 = 0.99;
/// A column of texts is one of numbers with commas when at least this share of its values are.
const COMMA_SHARE: f64 = 0.5;
/// Below this many values, numbers are distinct by chance.
const NUMBER_IDENTIFIER_VALUES: u64 = 100;

impl Default for BinningOptions {
    fn default() -> Self {
        Self {
            kind: None,
            special: Vec::new(),
            cuts: None,
            max_levels: None,
            min_share: 0.0,
            min_leads: 30,
            min_conversions: 5,
            min_gain: MIN_GAIN,
            trend: Trend::None,
            join: false,
            keep: false,
        }
    }
}

/// Why a column is no attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeftOut {
    /// No lead has a value.
    AllMissing,
    /// Every lead has the same value.
    Constant,
    /// Nearly all values are distinct.
    Identifier {
        /// Distinct values.
        distinct: usize,
        /// Leads with a value.
        present: u64,
    },
    /// More distinct texts than are kept.
    FreeText,
    /// A day says when, not who; with `type = "date"` it is kept.
    Date,
    /// No value is frequent enough to be a level.
    OnlyRare {
        /// Distinct values.
        distinct: usize,
        /// The least number of leads in a level.
        min_leads: u64,
    },
    /// Texts such as `12,34`.
    DecimalCommas,
    /// All leads but too few to be a level are in one.
    OneLevel {
        /// The leads elsewhere.
        others: u64,
    },
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AllMissing => f.write_str("no lead has a value"),
            Self::Constant => f.write_str("every lead has the same value"),
            Self::Identifier { distinct, present } => {
                write!(f, "looks like an identifier: {distinct} distinct values in {present} leads")
            }
            Self::FreeText => write!(f, "free text: more than {} distinct values", crate::profile::MAX_TEXTS),
            Self::Date => f.write_str("a date says when, not who (keep it with type = \"date\")"),
            Self::OnlyRare { distinct, min_leads } => {
                write!(f, "none of its {distinct} distinct values has {min_leads} leads (min_leads)")
            }
            Self::DecimalCommas => f.write_str("looks like numbers with commas: write 1234.56"),
            Self::OneLevel { others: 0 } => f.write_str("all leads fall into one level"),
            Self::OneLevel { others } => write!(f, "all leads but {others} fall into one level"),
        }
    }
}

impl BinningOptions {
    /// What levels that are joined must be.
    fn limits(&self) -> Limits {
        Limits {
            max_levels: self.max_levels.unwrap_or(NUMBER_LEVELS),
            min_share: self.min_share,
            min_leads: self.min_leads,
            min_conversions: self.min_conversions,
            trend: self.trend,
            min_gain: self.min_gain,
        }
    }
}

/// Makes an attribute of a column, or says why not. Its levels are fine ones, for [`coarsen`] to join.
///
/// # Errors
/// A value that is not of the type asked for, or numbers with stray texts between them.
pub fn attribute(
    profile: &ColumnProfile,
    options: &BinningOptions,
    files: &[PathBuf],
) -> Result<Result<Attribute, LeftOut>, DataError> {
    if profile.present() == 0 {
        return Ok(Err(LeftOut::AllMissing));
    }
    let kind = match options.kind {
        Some(kind) => {
            of_type(profile, kind, files)?;
            kind
        }
        None => profile.kind(files)?,
    };
    check_fit(profile, options, kind, files)?;
    if !options.keep
        && let Some(reason) = left_out(profile, kind)
    {
        return Ok(Err(reason));
    }
    let mut levels: Vec<Level> = options.special.iter().map(special).collect();
    match kind {
        FieldType::Number => levels.extend(quantile::levels(&profile.numbers, options, Bound::Number)),
        FieldType::Date => levels.extend(quantile::levels(&profile.days, options, |days| Bound::Date(date_of(days)))),
        FieldType::Boolean => levels
            .extend([false, true].map(|b| Level { name: b.to_string(), when: When::In(vec![Scalar::Boolean(b)]) })),
        FieldType::Text => match profile.values() {
            Some(values) => levels.extend(category::levels(&values, profile.leads, options)),
            None => return Ok(Err(LeftOut::FreeText)),
        },
    }
    let rest = levels.pop_if(|level| level.when == When::Otherwise);
    levels.push(Level { name: MISSING.to_owned(), when: When::Missing });
    levels.extend(rest);
    if kind == FieldType::Text {
        levels.push(Level { name: OTHER.to_owned(), when: When::Otherwise });
    }
    let input = Input { field: profile.name.clone(), kind, missing: profile.markers.clone() };
    let attribute = Attribute { name: profile.name.clone(), input, levels };
    Ok(one_level(profile, &attribute, options).map_or(Ok(attribute), Err))
}

/// Why an attribute all of whose leads, or all but too few to be a level, are in one level is none.
fn one_level(profile: &ColumnProfile, attribute: &Attribute, options: &BinningOptions) -> Option<LeftOut> {
    let encoder = Encoder::new(attribute);
    let mut leads = vec![0; attribute.levels.len()];
    let mut count = |value: Value<'_>, n: u64| {
        // Every value was checked to be of the attribute's type, and its levels cover all.
        if let Ok(Some(code)) = encoder.code(value) {
            leads[code as usize] += n;
        }
    };
    count(Value::Missing, profile.missing);
    let values = profile.values();
    match &values {
        Some(values) => values.iter().for_each(|(text, n)| count(Value::Text(text), *n)),
        None => profile.numbers.sorted().into_iter().for_each(|(x, n)| count(Value::Number(x), n)),
    }
    let others = profile.leads - leads.into_iter().max().unwrap_or(0);
    let distinct = values.map_or(profile.numbers.distinct(), |values| values.len());
    let ordinary = attribute.levels.iter().any(|level| !matches!(level.when, When::Missing | When::Otherwise));
    match others {
        0 if distinct <= 1 => Some(LeftOut::Constant),
        0 if !ordinary && profile.missing == 0 => Some(LeftOut::OnlyRare { distinct, min_leads: options.min_leads }),
        others if others == 0 || (!options.keep && others < options.min_leads) => Some(LeftOut::OneLevel { others }),
        _ => None,
    }
}

/// That cuts, trend, joining and special values are of the column's type.
fn check_fit(
    profile: &ColumnProfile,
    options: &BinningOptions,
    kind: FieldType,
    files: &[PathBuf],
) -> Result<(), DataError> {
    let misfit = |option: &'static str| DataError::OptionMisfit {
        file: files[0].clone(),
        column: profile.name.clone(),
        option,
        kind,
    };
    let cut_fits = |cut: &Bound| match cut {
        Bound::Number(_) => kind == FieldType::Number,
        Bound::Date(_) => kind == FieldType::Date,
    };
    if !options.cuts.iter().flatten().all(cut_fits) {
        return Err(misfit("cuts"));
    }
    if options.trend != Trend::None && !matches!(kind, FieldType::Number | FieldType::Date) {
        return Err(misfit("trend"));
    }
    if options.join && kind != FieldType::Text {
        return Err(misfit("join"));
    }
    let special_fits = |value: &Scalar| match value {
        Scalar::Text(_) => kind == FieldType::Text,
        Scalar::Number(_) => kind == FieldType::Number,
        Scalar::Boolean(_) => kind == FieldType::Boolean,
    };
    if options.special.iter().all(special_fits) { Ok(()) } else { Err(misfit("special")) }
}

fn special(value: &Scalar) -> Level {
    let name = match value {
        Scalar::Text(text) => text.clone(),
        Scalar::Number(x) => x.to_string(),
        Scalar::Boolean(b) => b.to_string(),
    };
    Level { name, when: When::In(vec![value.clone()]) }
}

fn left_out(profile: &ColumnProfile, kind: FieldType) -> Option<LeftOut> {
    let present = profile.present();
    match kind {
        FieldType::Text => {
            let Some(values) = profile.values() else { return Some(LeftOut::FreeText) };
            let distinct = values.len();
            let with_commas = values.iter().filter(|(text, _)| text.contains(',') && comma_number(text));
            if with_commas.map(|(_, leads)| leads).sum::<u64>() as f64 >= COMMA_SHARE * present as f64 {
                return Some(LeftOut::DecimalCommas);
            }
            (present > 1 && distinct as f64 >= IDENTIFIER_SHARE * present as f64)
                .then_some(LeftOut::Identifier { distinct, present })
        }
        FieldType::Number => {
            let distinct = profile.numbers.distinct();
            (present >= NUMBER_IDENTIFIER_VALUES
                && profile.numbers.whole()
                && distinct as f64 >= NUMBER_IDENTIFIER_SHARE * present as f64)
                .then_some(LeftOut::Identifier { distinct, present })
        }
        FieldType::Date => Some(LeftOut::Date),
        FieldType::Boolean => None,
    }
}

/// Whether a text is a number once its commas are points, or are taken out.
fn comma_number(text: &str) -> bool {
    parse_number(&text.replace(',', ".")).is_some() || parse_number(&text.replace(',', "")).is_some()
}

/// That every value is of a type the user named.
fn of_type(profile: &ColumnProfile, kind: FieldType, files: &[PathBuf]) -> Result<(), DataError> {
    let wrong = |file: usize, row: u64, found: String| DataError::WrongType {
        file: files[file].clone(),
        column: profile.name.clone(),
        row,
        expected: kind,
        found,
    };
    match kind {
        FieldType::Text => Ok(()),
        FieldType::Number => match &profile.not_a_number {
            Some(other) => Err(wrong(other.first.file, other.first.row, format!("the text {:?}", other.text))),
            None if profile.booleans.iter().sum::<u64>() > 0 => Err(wrong(0, 1, "true or false".to_owned())),
            None => Ok(()),
        },
        FieldType::Boolean | FieldType::Date => {
            let of_kind = |text: &str| match kind {
                FieldType::Boolean => crate::attribute::parse_boolean(text).is_some(),
                _ => crate::attribute::parse_date(text).is_some(),
            };
            let texts = profile.texts.as_deref().unwrap_or_default();
            let first = texts.iter().filter(|(text, _)| !of_kind(text)).min_by_key(|(_, count)| &count.first);
            match first {
                Some((text, count)) => Err(wrong(count.first.file, count.first.row, format!("the text {text:?}"))),
                None if (kind == FieldType::Boolean && profile.boolean_counts().is_none())
                    || (kind == FieldType::Date && profile.days.leads() < profile.present()) =>
                {
                    Err(wrong(0, 1, "other values".to_owned()))
                }
                None => Ok(()),
            }
        }
    }
}

#[cfg(test)]
mod tests;
