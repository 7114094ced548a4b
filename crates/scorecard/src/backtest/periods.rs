//! The same figures on the earlier and on the later leads: whether a config holds over time.
//!
//! The cut is the first day by which [`EARLIER_SHARE`] of the dated leads had come, as for calibration's figures out of time.

use super::Scored;
use super::figures::{FigureOptions, Figures, figures};
use super::looks::{Look, days, weeks};
use super::scope::date;
use super::scoring::ScoredLook;
use crate::config::Model;
use crate::out_of_time::{EARLIER_SHARE, FAR_ERRORS, LEAST};

/// The leads of a stretch of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    /// First day on which one was created.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Their figures.
    pub figures: Figures,
}

/// The earlier and the later leads; `None` where dates do not part them, or either has fewer than [`LEAST`] conversions or
/// others, which say nothing.
pub fn periods(models: &[Model], looks: &[ScoredLook]) -> Option<[Period; 2]> {
    let mut created: Vec<i64> = looks.iter().filter_map(|scored| scored.look.created).collect();
    created.sort_unstable();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count")]
    let earlier = (EARLIER_SHARE * created.len() as f64).ceil() as usize;
    let cut = *created.get(earlier.checked_sub(1)?)?;
    let period = |earlier: bool| {
        let of_period = looks.iter().filter(|scored| scored.look.created.is_some_and(|day| (day <= cut) == earlier));
        let (looks, rows): (Vec<Look>, Vec<Scored>) = of_period.map(|scored| (scored.look, scored.scored)).unzip();
        let (from, to) = days(&looks)?;
        let options = FigureOptions { weeks: weeks(&looks), ..FigureOptions::default() };
        Some(Period {
            from: date(from).to_string(),
            to: date(to).to_string(),
            figures: figures(models, &rows, &options),
        })
    };
    let telling =
        |period: &Period| period.figures.conversions.min(period.figures.leads - period.figures.conversions) >= LEAST;
    Some([period(true)?, period(false)?]).filter(|periods| periods.iter().all(telling))
}

/// That later leads are ranked clearly worse than earlier ones, which are others.
pub fn decay([earlier, later]: &[Period; 2]) -> Option<String> {
    let (before, after) = (earlier.figures.auc?, later.figures.auc?);
    let error = (before.variance + after.variance).sqrt();
    (before.value - after.value > FAR_ERRORS * error).then(|| {
        format!(
            "leads created from {} on are ranked worse than those before (AUC {:.3} after {:.3}, more than chance): the config \
             may have aged, or is measured on its own leads before",
            later.from, after.value, before.value
        )
    })
}
