//! Are the candidate's predictions right: not too bold or timid (slope), right on the whole (level), and of more use than the
//! leads' own rate said of everyone.
//!
//! With the candidate's probability, else the rate it expects at the score:
//!
//! - slope: logistic regression of the outcome on the prediction's log-odds; 1 is right
//! - level: exp(a), a the shift of all log-odds that makes the predictions sum to the conversions; 1 is right, 1.3 means that the
//!   odds of converting are 1.3 times those predicted
//! - rate alone: log loss of the predictions against that of the rate, paired
//!
//! Slope and level are within their range or out of it with the confidence of the policy's level, else not proven
//! ([`leadcal_logit::comparison::judge_range`]); the level is judged on the scale of the logarithm.

use leadcal_lift::patterns::Counts;
use leadcal_logit::comparison::{Bootstrap, judge, judge_range, log_loss_shortfall};
use leadcal_logit::inference::Effect;
use leadcal_logit::metrics::calibration_effects;

use super::comparison::verdict;
use super::{Check, Finding, OFF, Policy, Subject, Verdict, called, percent};
use crate::backtest::Predicted;

/// Slope, level and the rate alone.
pub(super) fn calibration(subject: &Subject<'_>, policy: &Policy) -> [Finding; 3] {
    let checks = [Check::CalibrationSlope, Check::CalibrationLevel, Check::RateAlone];
    let side = subject.candidate;
    let kinds = [Predicted::Probability, Predicted::ExpectedRateByScore];
    let Some((of, predicted)) = kinds.into_iter().find_map(|of| Some((of, side.predictions(of)?))) else {
        let why = "the candidate tells neither a probability nor the rate expected at the score for every lead";
        return checks.map(|check| Finding::not_asked(check, why));
    };
    let counts = side.counts();
    let effects = match calibration_effects(&predicted, &counts) {
        Ok(effects) => effects,
        Err(error) => return checks.map(|check| Finding::not_asked(check, error.to_string())),
    };
    let given = Given { of, counts: &counts, predicted: &predicted, level: policy.level };
    [
        policy.calibration_slope.map_or_else(
            || Finding::not_asked(checks[0], OFF),
            |range| match effects.slope {
                Some(slope) => given.slope(&slope, range),
                None => Finding::not_asked(checks[0], "every lead has the same prediction"),
            },
        ),
        policy
            .calibration_level
            .map_or_else(|| Finding::not_asked(checks[1], OFF), |range| given.level(&effects.in_the_large, range)),
        policy.rate_alone.map_or_else(|| Finding::not_asked(checks[2], OFF), |tolerance| given.rate_alone(tolerance)),
    ]
}

/// Predictions of all leads.
struct Given<'a> {
    of: Predicted,
    counts: &'a Counts,
    predicted: &'a [f64],
    level: f64,
}

impl Given<'_> {
    fn conversions(&self) -> u64 {
        self.counts.total_conversions()
    }

    fn slope(&self, slope: &Effect, range: [f64; 2]) -> Finding {
        let check = Check::CalibrationSlope;
        let judged = match judge_range(slope, self.conversions(), range, 1.0, self.level) {
            Ok(judged) => judged,
            Err(error) => return Finding::not_asked(check, error.to_string()),
        };
        let (verdict, needed) = verdict(judged.verdict);
        let meaning = match () {
            () if slope.value < range[0] => ": high predictions are too high and low ones too low",
            () if slope.value > range[1] => ": predictions differ less than the leads do",
            () => "",
        };
        let [low, high] = judged.interval;
        Finding::new(
            check,
            verdict,
            format!("slope of {} {:.2} ({low:.2} to {high:.2}){meaning}", called(self.of), slope.value),
        )
        .tolerating(format!("{} to {}; 1 is right", range[0], range[1]))
        .advising(self.remedy(verdict, needed, "calibrate anew, on leads like these"))
        .needing(needed)
        .figures([
            ("slope", slope.value),
            ("standard_error", slope.std_error),
            ("lower", low),
            ("upper", high),
        ])
    }

    fn level(&self, shift: &Effect, range: [f64; 2]) -> Finding {
        let check = Check::CalibrationLevel;
        let judged = match judge_range(shift, self.conversions(), range.map(f64::ln), 0.0, self.level) {
            Ok(judged) => judged,
            Err(error) => return Finding::not_asked(check, error.to_string()),
        };
        let (verdict, needed) = verdict(judged.verdict);
        let leads = self.counts.total_leads() as f64;
        let weighted = self.predicted.iter().zip(&self.counts.leads).map(|(p, n)| p * *n as f64);
        let (expected, found) = (weighted.sum::<f64>() / leads, self.conversions() as f64 / leads);
        let [low, high] = judged.interval.map(f64::exp);
        let odds = shift.value.exp();
        Finding::new(
            check,
            verdict,
            format!(
                "{} says {} convert, {} do: {odds:.2} times the odds ({low:.2} to {high:.2})",
                called(self.of),
                percent(expected),
                percent(found)
            ),
        )
        .tolerating(format!("{} to {} times the odds; 1 is right", range[0], range[1]))
        .advising(self.remedy(verdict, needed, "calibrate anew, on leads that convert as these do"))
        .needing(needed)
        .figures([
            ("expected_rate", expected),
            ("rate", found),
            ("odds_ratio", odds),
            ("lower", low),
            ("upper", high),
        ])
    }

    fn rate_alone(&self, tolerance: f64) -> Finding {
        let check = Check::RateAlone;
        let rate = self.conversions() as f64 / self.counts.total_leads() as f64;
        let said_of_all = vec![rate; self.predicted.len()];
        let shortfall = match log_loss_shortfall(self.predicted, &said_of_all, self.counts, Bootstrap::default()) {
            Ok(shortfall) => shortfall,
            Err(error) => return Finding::not_asked(check, error.to_string()),
        };
        let Some(judgement) =
            judge(&[(&shortfall, tolerance)], self.level).ok().and_then(|judged| judged.first().copied())
        else {
            return Finding::not_asked(check, "its tolerance or the level cannot be judged by");
        };
        let (verdict, needed) = verdict(judgement.verdict);
        let than = if shortfall.value > 0.0 { "worse" } else { "better" };
        Finding::new(
            check,
            verdict,
            format!(
                "log loss of {} {:.4}; {:.4} where {} is said of every lead: {:.4} {than}",
                called(self.of),
                shortfall.candidate,
                shortfall.baseline,
                percent(rate),
                shortfall.value.abs()
            ),
        )
        .tolerating(format!("at most {tolerance} worse"))
        .advising(self.remedy(
            verdict,
            needed,
            "the predictions mislead on these leads, whatever the ranking: calibrate anew, and do not state them meanwhile",
        ))
        .needing(needed)
        .figures([
            ("candidate", shortfall.candidate),
            ("rate_alone", shortfall.baseline),
            ("shortfall", shortfall.value),
            ("lower", judgement.lower),
            ("upper", judgement.upper),
        ])
    }

    fn remedy(&self, verdict: Verdict, needed: Option<u64>, worse: &str) -> String {
        match (verdict, needed) {
            (Verdict::Unproven, Some(needed)) if needed < u64::MAX => {
                format!("check on more leads: about {needed} conversions would tell, there are {}", self.conversions())
            }
            (Verdict::Unproven, _) => "check on more leads".to_owned(),
            _ => worse.to_owned(),
        }
    }
}
