//! Earlier and later leads: calibrated on the first, measured on the second, as a scorecard will be used.
//!
//! Random folds hold out leads of the same weeks as those calibrated on. What only held in those weeks, and what leaks the
//! outcome, looks good on them; it fails on leads that came later. The cut is the day by which [`EARLIER_SHARE`] of the
//! dated leads had come.

use leadcal_lift::attribute::{Attribute, Bound, FieldType, Input, Level, MISSING, When, date_of};
use leadcal_lift::patterns::Counts;
use leadcal_lift::profile::ColumnProfile;
use leadcal_logit::validation::{HeldOut, Validation};

/// Share of the dated leads that are calibrated on.
pub const EARLIER_SHARE: f64 = 0.7;
/// Fewer conversions, or fewer other leads, than this in either part measure nothing.
pub const LEAST: u64 = 20;
/// An out-of-fold AUC is far above the out-of-time one where it is above by more than this…
pub const FAR: f64 = 0.05;
/// …and by more than this many standard errors of the difference.
pub const FAR_ERRORS: f64 = 2.0;

/// The leads in two parts by when they came, as counts over the fine patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutOfTime {
    /// Last day of the earlier leads, such as `2025-12-28`.
    pub cut: String,
    /// The earlier leads.
    pub train: Counts,
    /// The later leads.
    pub test: Counts,
}

/// Why there are no out-of-time figures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotMeasured {
    /// No column says when leads came.
    #[error("no column says when leads came (created_at in the spec)")]
    NoDates,
    /// The column that should does not.
    #[error("column \"{0}\" (created_at) does not hold a date in every value")]
    NotDates(String),
    /// One part has too few leads of an outcome.
    #[error(
        "the leads {part} {cut} are {conversions} conversions and {others} others; it takes {LEAST} of each to say anything"
    )]
    TooFew {
        /// `up to` or `after`.
        part: &'static str,
        /// The day.
        cut: String,
        /// Conversions in the part.
        conversions: u64,
        /// Other leads in it.
        others: u64,
    },
    /// The earlier leads alone cannot be calibrated on, or the later not be measured.
    #[error("calibrated on the earlier leads: {0}")]
    Failed(String),
}

/// When a lead came, as an attribute that is read with the patterns and taken out of them again: earlier, later, missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    /// Levels earlier, later and missing.
    pub mark: Attribute,
    /// Last day of the earlier leads.
    pub cut: String,
}

impl Period {
    /// The period of a column of dates; `None` where it has no value, or values that are no dates.
    pub fn of(created_at: &ColumnProfile) -> Option<Self> {
        let dated = created_at.days.leads();
        if dated == 0 || dated != created_at.present() {
            return None;
        }
        let mut earlier = 0;
        let cut = created_at.days.sorted().into_iter().find_map(|(day, leads)| {
            earlier += leads;
            (earlier as f64 >= EARLIER_SHARE * dated as f64).then_some(day)
        })?;
        let next = Some(Bound::Date(date_of(cut + 1.0)));
        let level = |name: &str, when| Level { name: name.to_owned(), when };
        let input =
            Input { field: created_at.name.clone(), kind: FieldType::Date, missing: created_at.markers.clone() };
        let mark = Attribute {
            name: created_at.name.clone(),
            input,
            levels: vec![
                level("earlier", When::Range { from: None, below: next }),
                level("later", When::Range { from: next, below: None }),
                level(MISSING, When::Otherwise),
            ],
        };
        Some(Self { mark, cut: date_of(cut).to_string() })
    }

    /// The two parts, from the counts of the mark's levels over the fine patterns.
    pub fn parts(self, levels: Vec<Counts>) -> OutOfTime {
        let mut levels = levels.into_iter();
        let (train, test) = (levels.next().unwrap_or_default(), levels.next().unwrap_or_default());
        OutOfTime { cut: self.cut, train, test }
    }
}

/// The two parts where figures on them mean something.
///
/// # Errors
/// [`NotMeasured`] where they do not; `created_at` is the column named for the leads' dates.
pub fn measurable<'a>(parts: Option<&'a OutOfTime>, created_at: Option<&str>) -> Result<&'a OutOfTime, NotMeasured> {
    let Some(parts) = parts else {
        return Err(created_at.map_or(NotMeasured::NoDates, |column| NotMeasured::NotDates(column.to_owned())));
    };
    for (part, counts) in [("up to", &parts.train), ("after", &parts.test)] {
        let conversions = counts.total_conversions();
        let others = counts.total_leads() - conversions;
        if conversions.min(others) < LEAST {
            return Err(NotMeasured::TooFew { part, cut: parts.cut.clone(), conversions, others });
        }
    }
    Ok(parts)
}

/// What to say where a calibration (`what`) is much worse on later leads than on held-out leads of the same time, or says
/// less of them than the training leads' rate alone.
///
/// The standard errors of the two AUCs are added as if the leads measured on were different ones; they overlap, which makes
/// the difference surer than taken here. A leak and a change over time both look like this.
pub fn warnings(what: &str, out_of_fold: &Validation, later: &HeldOut) -> Vec<String> {
    let mut warnings = Vec::new();
    let difference = out_of_fold.auc - later.metrics.auc;
    let error = (out_of_fold.auc_std_error.powi(2) + later.metrics.auc_variance).sqrt();
    if difference > FAR && difference > FAR_ERRORS * error {
        warnings.push(format!(
            "the {what}: AUC {:.3} on held-out leads of the same time, but {:.3} on later leads: something leaks the outcome \
             or has changed; trust the later figure",
            out_of_fold.auc, later.metrics.auc
        ));
    }
    if later.metrics.log_loss > later.rate_log_loss {
        warnings.push(format!(
            "the {what}: on later leads its probabilities are worse (log loss {:.4}) than saying the earlier leads' overall \
             rate to everyone ({:.4}): use the ranking, not the probabilities, and calibrate on newer leads",
            later.metrics.log_loss, later.rate_log_loss
        ));
    }
    warnings
}

#[cfg(test)]
mod tests;
