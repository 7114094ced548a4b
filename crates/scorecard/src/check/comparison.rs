//! Is the candidate as good as the baseline: AUC (paired `DeLong`), log loss and Brier score (paired bootstrap), judged together at
//! one level ([`leadcal_logit::comparison`]).
//!
//! Predictions compared are the configs' probabilities where both have one for every lead, else the rates they expect at the score;
//! where one has neither, log loss and Brier score are not asked.

use leadcal_lift::patterns::Counts;
use leadcal_logit::comparison::{
    Bootstrap, FEWEST, Judgement, Shortfall, auc_shortfall, brier_shortfall, judge, log_loss_shortfall,
};
use leadcal_logit::error::LogitError;

use super::{Check, Finding, Kind, NO_BASELINE, OFF, Policy, Side, Subject, Verdict, called};
use crate::backtest::{Predicted, RankedBy, ranking};

/// The three comparisons. Those turned off or without figures take no part in the level that the others share.
pub(super) fn comparison(subject: &Subject<'_>, policy: &Policy) -> [Finding; 3] {
    let Some(baseline) = subject.baseline else {
        return [Check::Auc, Check::LogLoss, Check::Brier].map(|check| Finding::not_asked(check, NO_BASELINE));
    };
    let sides = [subject.candidate, baseline];
    let counts = subject.candidate.counts();
    let figures = [
        Figure { check: Check::Auc, tolerance: policy.auc, found: auc(subject.kind, sides, &counts) },
        Figure { check: Check::LogLoss, tolerance: policy.log_loss, found: loss(sides, &counts, log_loss_shortfall) },
        Figure { check: Check::Brier, tolerance: policy.brier, found: loss(sides, &counts, brier_shortfall) },
    ];
    let asked: Vec<(&Shortfall, f64)> =
        figures.iter().filter_map(|figure| Some((&figure.found.as_ref().ok()?.0, figure.tolerance?))).collect();
    // Tolerances above 0 and a level within its bounds are what a policy is made of.
    let mut judged = judge(&asked, policy.level).unwrap_or_default().into_iter();
    figures.map(|figure| {
        let Figure { check, tolerance, found } = figure;
        let Some(tolerance) = tolerance else { return Finding::not_asked(check, OFF) };
        match found {
            Err(why) => Finding::not_asked(check, why),
            Ok((shortfall, of)) => match judged.next() {
                Some(judgement) => finding(check, &shortfall, of, tolerance, judgement, policy.level),
                None => Finding::not_asked(check, "its tolerance or the level cannot be judged by"),
            },
        }
    })
}

/// A figure of both, or why there is none; with what it is a figure of.
struct Figure {
    check: Check,
    tolerance: Option<f64>,
    found: Result<(Shortfall, &'static str), String>,
}

fn auc(kind: Kind, [candidate, baseline]: [Side<'_>; 2], counts: &Counts) -> Result<(Shortfall, &'static str), String> {
    let none = || {
        "scores of different products are on scales of their own, and not every model has expected_rate_by_score: leads cannot \
         be ranked together"
            .to_owned()
    };
    let rank = |side: Side<'_>| match kind {
        Kind::Configs => ranking(side.models(), side.rows).ok_or_else(none),
        // Probabilities are on one scale, whichever model says them.
        Kind::Models => Ok((RankedBy::Score, side.rows.iter().map(|row| row.score).collect())),
    };
    let ((by, first), (_, second)) = (rank(candidate)?, rank(baseline)?);
    let of = match by {
        RankedBy::Score if kind == Kind::Models => called(Predicted::Probability),
        RankedBy::Score => "the score",
        RankedBy::ExpectedRate => called(Predicted::ExpectedRateByScore),
    };
    Ok((auc_shortfall(&first, &second, counts).map_err(|error| error.to_string())?, of))
}

type Compare = fn(&[f64], &[f64], &Counts, Bootstrap) -> Result<Shortfall, LogitError>;

fn loss(sides: [Side<'_>; 2], counts: &Counts, compare: Compare) -> Result<(Shortfall, &'static str), String> {
    let of = compared(sides).ok_or_else(|| {
        "the configs have no predictions of the same kind for every lead: neither do both tell a probability, nor both the rate \
         expected at the score"
            .to_owned()
    })?;
    let [first, second] = sides.map(|side| side.predictions(of).unwrap_or_default());
    let shortfall = compare(&first, &second, counts, Bootstrap::default()).map_err(|error| error.to_string())?;
    Ok((shortfall, called(of)))
}

/// The kind of prediction that both have for every lead.
fn compared(sides: [Side<'_>; 2]) -> Option<Predicted> {
    let both = |of: &Predicted| sides.iter().all(|side| side.predictions(*of).is_some());
    [Predicted::Probability, Predicted::ExpectedRateByScore].into_iter().find(both)
}

fn finding(check: Check, shortfall: &Shortfall, of: &str, tolerance: f64, judgement: Judgement, level: f64) -> Finding {
    let (name, worse, better) = match check {
        Check::Auc => ("AUC", "lower", "higher"),
        Check::LogLoss => ("log loss", "higher", "lower"),
        _ => ("Brier score", "higher", "lower"),
    };
    let Judgement { verdict: judged, lower, lower_level, upper, p_value } = judgement;
    let Shortfall { candidate, baseline, value, std_error, conversions, leads, .. } = *shortfall;
    let (verdict, needed) = verdict(judged);
    let confidence = percent_sure(level);
    let difference = if value.abs() < 5e-6 {
        "the same".to_owned()
    } else {
        format!("{:.5} {}", value.abs(), if value > 0.0 { worse } else { better })
    };
    let few = conversions.min(leads - conversions) < FEWEST;
    let sure = match verdict {
        Verdict::Worse => {
            format!("at least {:.5} {worse} with {} % confidence", lower.max(0.0), percent_sure(lower_level))
        }
        _ if value.abs().max(upper) < 5e-6 => "lead by lead".to_owned(),
        _ if few => format!("fewer than {FEWEST} leads of an outcome tell nothing"),
        _ if upper < 0.0 => format!("{better} by at least {:.5} with {confidence} % confidence", -upper),
        _ => format!("at most {:.5} {worse} with {confidence} % confidence", upper.max(0.0)),
    };
    let says = format!("{name} of {of} {candidate:.4}, the baseline's {baseline:.4}: {difference}, {sure}");
    let to_do = match verdict {
        Verdict::Unproven => format!(
            "check on more leads (about {} conversions; there are {conversions}), or allow for more in [{}]",
            needed.unwrap_or_default(),
            check.name()
        ),
        _ => format!(
            "undo what costs it (the changed points are listed by `leadcal diff BASELINE CANDIDATE`), or, where the change is worth it, \
             raise the tolerance in [{}]",
            check.name()
        ),
    };
    Finding::new(check, verdict, says)
        .tolerating(format!("at most {tolerance} {worse}"))
        .advising(to_do)
        .needing(needed)
        .figures([
            ("candidate", candidate),
            ("baseline", baseline),
            ("shortfall", value),
            ("standard_error", std_error),
            ("lower", lower),
            ("upper", upper),
            ("p_value", p_value),
            ("tolerance", tolerance),
        ])
}

/// The judgement of the data in the check's words, and the conversions it would take.
pub(super) fn verdict(judged: leadcal_logit::comparison::Verdict) -> (Verdict, Option<u64>) {
    use leadcal_logit::comparison::Verdict as Judged;
    match judged {
        Judged::Fine => (Verdict::Fine, None),
        Judged::Worse => (Verdict::Worse, None),
        Judged::Unproven { conversions_needed } => (Verdict::Unproven, Some(conversions_needed)),
    }
}

/// Whole percents where they are whole: 95, 98.3.
fn percent_sure(level: f64) -> String {
    let text = format!("{:.1}", 100.0 * (1.0 - level));
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}
