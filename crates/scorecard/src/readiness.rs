//! Whether the data can carry scoring at all: what `calibrate` says before anything else.
//!
//! | finding | careful | not enough |
//! |---|---|---|
//! | conversions, and leads that did not convert | under 100 of either | under 40 of either |
//! | overall rate (Jeffreys' 95 % interval) | known to no better than a quarter of itself | |
//! | time covered | unknown, or under half a year | |
//! | leads a week | under 25, or no more than sales can call | |
//! | outcome maturity | over 10 % of the leads younger than most conversions take | |
//! | levels | half or more inconclusive | all inconclusive |
//! | conversions (or others, if fewer) per coefficient | under 10 | |
//! | ranking of held-out leads by points | AUC under 0.6 | its 95 % interval reaches down to 0.5 |
//!
//! Sources: 100 events and 100 others for figures on held-out leads, Collins, Ogundimu and Altman, Statistics in Medicine 35,
//! 2016; ten events per variable, Peduzzi et al., Journal of Clinical Epidemiology 49, 1996, a rule of thumb whose ten has no
//! firm ground, van Smeden et al., BMC Medical Research Methodology 16, 2016. 40, 25 a week, 10 % and 0.6 are ours; below 0.7
//! ranking is "poor, not much better than a coin toss", Hosmer, Lemeshow and Sturdivant, Applied Logistic Regression, 2013.

use leadcal_lift::beta;
use leadcal_lift::points::{PointsAttribute, PointsTable};
use leadcal_logit::model::LogitModel;
use leadcal_logit::validation::Validation;
use serde::Serialize;

use crate::history::RowsRead;

mod timing;

pub use timing::Timing;

/// Fewer conversions, or fewer leads that did not convert, than this are refused.
pub const LEAST: u64 = 40;
/// Fewer of either make every figure on held-out leads rough.
const COMFORTABLE: u64 = 100;
/// An interval of the overall rate that reaches further from it than this share of it is wide.
const WIDE: f64 = 0.25;
/// Half a year, in days.
const HALF_YEAR: f64 = 182.0;
/// As few leads a week as one salesperson calls without choosing.
const ONE_CALLS_ALL: f64 = 25.0;
/// A larger share of leads too young to tell makes the rate too low.
const YOUNG: f64 = 0.1;
/// Conversions for each coefficient.
const PER_COEFFICIENT: f64 = 10.0;
/// An AUC on held-out leads that is hardly worth a scorecard.
const RANKS_LITTLE: f64 = 0.6;

/// Too few leads of an outcome to calibrate on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{conversions} of {leads} leads converted and {} did not; calibration takes at least {LEAST} of each",
    leads - conversions
)]
pub struct TooFew {
    /// All leads.
    pub leads: u64,
    /// Those that converted.
    pub conversions: u64,
}

impl TooFew {
    /// What to do about it.
    pub fn help(&self) -> String {
        let fewer = self.conversions.min(self.leads - self.conversions);
        let of = match (fewer == self.conversions, LEAST - fewer) {
            (true, 1) => "conversion",
            (true, _) => "conversions",
            (false, 1) => "lead that did not convert",
            (false, _) => "leads that did not convert",
        };
        format!(
            "wait for {} more {of}, add older leads, or count an earlier step (such as a meeting held) as the conversion; \
             until then rank leads by hand",
            LEAST - fewer
        )
    }
}

/// Refuses what is too little to calibrate on.
///
/// # Errors
/// [`TooFew`] below [`LEAST`] conversions or as many others.
pub fn enough(leads: u64, conversions: u64) -> Result<(), TooFew> {
    if conversions.min(leads - conversions) < LEAST { Err(TooFew { leads, conversions }) } else { Ok(()) }
}

/// What is known of the data once points and model are made.
#[derive(Debug, Clone, Copy)]
pub struct Evidence<'a> {
    /// The dates of the leads, where there are any.
    pub timing: Option<&'a Timing>,
    /// Leads that sales can call in a week, where it is known.
    pub capacity_per_week: Option<f64>,
    /// The least leads of a level, from the spec.
    pub min_leads: u64,
    /// The points.
    pub points: &'a PointsTable,
    /// The points' figures out of fold.
    pub held_out: &'a Validation,
    /// The model.
    pub model: &'a LogitModel,
    /// How rows were read, where leads are looked at at moments of their past.
    pub rows: Option<&'a RowsRead>,
}

/// How a finding is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing to say against it.
    Fine,
    /// Usable, with what the finding's advice says in mind.
    Careful,
    /// The data do not carry it.
    NotEnough,
}

impl Verdict {
    /// As it is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Careful => "careful",
            Self::NotEnough => "not enough",
        }
    }
}

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub finding: &'static str,
    /// What was found.
    pub figure: String,
    /// How to take it.
    pub verdict: Verdict,
    /// What it means and what to do, where it is not fine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl Finding {
    fn fine(finding: &'static str, figure: String) -> Self {
        Self { finding, figure, verdict: Verdict::Fine, advice: None }
    }

    fn but(self, verdict: Verdict, holds: bool, advice: impl FnOnce() -> String) -> Self {
        if holds && self.advice.is_none() { Self { verdict, advice: Some(advice()), ..self } } else { self }
    }
}

/// Every finding, in the order of the table above.
pub fn findings(evidence: &Evidence<'_>) -> Vec<Finding> {
    let (leads, conversions) = (evidence.points.leads, evidence.points.conversions);
    let unit = if evidence.rows.is_some_and(|rows| rows.repeated) { "rows" } else { "leads" };
    let mut findings = vec![outcomes(leads, conversions, unit), rate(leads, conversions)];
    findings.push(time(evidence.timing));
    findings.extend(evidence.timing.map(|timing| per_week(timing, evidence.capacity_per_week)));
    findings.extend(evidence.timing.and_then(|timing| maturity(timing, evidence.rows.is_some())));
    findings.push(levels(evidence.points, evidence.min_leads));
    findings.push(per_coefficient(leads, conversions, evidence.model));
    findings.push(ranking(evidence.held_out));
    findings
}

/// One sentence over all findings.
pub fn conclusion(findings: &[Finding]) -> &'static str {
    match findings.iter().map(|finding| finding.verdict).max() {
        None | Some(Verdict::Fine) => "The data can carry a scorecard.",
        Some(Verdict::Careful) => "The data can carry a scorecard, with care where it says so.",
        Some(Verdict::NotEnough) => "The data can hardly carry a scorecard.",
    }
}

fn outcomes(leads: u64, conversions: u64, unit: &str) -> Finding {
    let others = leads - conversions;
    Finding::fine("conversions", format!("{conversions} of {leads} {unit}"))
        .but(Verdict::NotEnough, conversions.min(others) < LEAST, || {
            format!("points from fewer than {LEAST} conversions, or as many others, are mostly chance")
        })
        .but(Verdict::Careful, conversions.min(others) < COMFORTABLE, || {
            format!("with fewer than {COMFORTABLE} conversions, or as many others, AUC and points are rough")
        })
}

fn rate(leads: u64, conversions: u64) -> Finding {
    let rate = conversions as f64 / leads.max(1) as f64;
    let [low, high] = beta::interval(conversions as f64 + 0.5, (leads - conversions) as f64 + 0.5, 0.95);
    let wide = (high - rate).max(rate - low) > WIDE * rate;
    let figure = format!("{:.1} % (95 %: {:.1} to {:.1} %)", 100.0 * rate, 100.0 * low, 100.0 * high);
    Finding::fine("overall rate", figure).but(Verdict::Careful, wide, || {
        "the overall rate itself is known to no better than a quarter; points are measured from it".to_owned()
    })
}

fn time(timing: Option<&Timing>) -> Finding {
    let Some(timing) = timing else {
        return Finding::fine("time covered", "unknown".to_owned()).but(Verdict::Careful, true, || {
            "name created_at in the spec: seasons, and whether the score holds on later leads, cannot be seen without it"
                .to_owned()
        });
    };
    let days = timing.span_days();
    let figure = format!("{} to {} ({days} days)", timing.first, timing.last);
    Finding::fine("time covered", figure).but(Verdict::Careful, days < HALF_YEAR, || {
        "under half a year: seasons have not been seen, and a campaign can pass for a rule".to_owned()
    })
}

fn per_week(timing: &Timing, capacity: Option<f64>) -> Finding {
    let weekly = timing.dated as f64 / (timing.span_days() / 7.0);
    let advice = "sales could call everyone: scoring chooses nothing, it only says whom to call first".to_owned();
    let few = weekly < ONE_CALLS_ALL || capacity.is_some_and(|capacity| capacity >= weekly);
    Finding::fine("leads a week", format!("{weekly:.0}")).but(Verdict::Careful, few, || advice)
}

/// Rows whose horizon ends after the data were left out, so that no lead is too young there.
fn maturity(timing: &Timing, rows: bool) -> Option<Finding> {
    let maturity = timing.maturity?;
    let share = maturity.young as f64 / maturity.leads.max(1) as f64;
    let within = format!("90 % convert within {:.0} days", maturity.days.ceil());
    let figure = if rows {
        format!("{within}; rows whose horizon ends after the data are left out")
    } else {
        format!("{within}; {} leads ({:.1} %) are younger and not converted", maturity.young, 100.0 * share)
    };
    let finding = Finding::fine("outcome maturity", figure)
        .but(Verdict::Careful, share > YOUNG && !rows, || {
            "they count as not converted although some will convert: leave leads of the last weeks out, or wait"
                .to_owned()
        })
        .but(Verdict::Careful, maturity.converted_first > 0, || {
            format!(
                "{} leads converted before they were created: one of their dates is wrong",
                maturity.converted_first
            )
        });
    Some(finding)
}

fn levels(points: &PointsTable, min_leads: u64) -> Finding {
    // The level that others are compared with earns nothing by definition.
    let earning = |attribute: &PointsAttribute| {
        let reference = attribute.source.reference();
        let levels = attribute.levels.iter().enumerate();
        levels.filter(move |(at, _)| Some(*at) != reference).map(|(_, level)| level.clone()).collect::<Vec<_>>()
    };
    let levels = points.attributes.iter().flat_map(earning);
    let filled: Vec<_> = levels.filter(|level| level.evidence.leads > 0).collect();
    let inconclusive = filled.iter().filter(|level| !level.conclusive).count();
    let small = filled.iter().filter(|level| level.evidence.leads < min_leads).count();
    let pooled = filled.iter().filter(|level| level.level == leadcal_lift::attribute::OTHER).count();
    let figure = format!(
        "{inconclusive} of {} inconclusive, {small} with fewer than {min_leads} leads, {pooled} pooled from rare values",
        filled.len()
    );
    Finding::fine("levels", figure)
        .but(Verdict::NotEnough, inconclusive == filled.len(), || {
            "no level converts clearly better or worse than the average: there is nothing to score by".to_owned()
        })
        .but(Verdict::Careful, 2 * inconclusive >= filled.len(), || {
            "half of the levels or more earn no points: more leads would help, or fewer and coarser attributes"
                .to_owned()
        })
}

/// Coefficients that are estimated: of an attribute its levels with leads less one, or its slope.
pub fn coefficients(model: &LogitModel) -> usize {
    let of = model.attributes.iter().map(|attribute| match attribute.slope {
        Some(_) => 1,
        None => attribute.levels.iter().filter(|level| level.leads > 0).count().saturating_sub(1),
    });
    of.sum()
}

fn per_coefficient(leads: u64, conversions: u64, model: &LogitModel) -> Finding {
    let coefficients = coefficients(model);
    let each = conversions.min(leads - conversions) as f64 / coefficients.max(1) as f64;
    let figure = format!("{each:.1} ({coefficients} coefficients)");
    Finding::fine("conversions per coefficient", figure).but(Verdict::Careful, each < PER_COEFFICIENT, || {
        let penalty = if model.l2 > 0.0 { "the penalty l2 keeps it in bounds; " } else { "set l2 = 1 or more; " };
        format!(
            "under ten by a rough rule, the model may fit chance: {penalty}judge it by the figures on held-out leads"
        )
    })
}

fn ranking(held_out: &Validation) -> Finding {
    let [low, high] = held_out.auc_interval;
    let figure = format!("AUC {:.3} by points (95 %: {low:.3} to {high:.3})", held_out.auc);
    Finding::fine("ranking held-out leads", figure)
        .but(Verdict::NotEnough, low <= 0.5, || {
            "on leads they were not made from, points rank no better than chance can: what points there are may be luck; do \
             not score by them"
                .to_owned()
        })
        .but(Verdict::Careful, held_out.auc < RANKS_LITTLE, || {
            "the score tells leads apart only a little: look for attributes that say more before sales relies on it".to_owned()
        })
}

#[cfg(test)]
mod tests;
