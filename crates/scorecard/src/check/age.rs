//! How old is the calibration? Days from the last day or month of the leads that the candidate was made from (`to` of its
//! `provenance`) to the day given, else to the day of the newest lead; never the clock.

use leadcal_lift::attribute::days;

use super::{Check, Finding, OFF, Policy, Subject, Verdict};
use crate::backtest::scope::last_day;

/// Is the calibration recent?
pub(super) fn age(subject: &Subject<'_>, policy: &Policy) -> Finding {
    let check = Check::Age;
    let Some(marks) = policy.age else { return Finding::not_asked(check, OFF) };
    let to = subject.candidate.config.provenance.as_ref().and_then(|provenance| provenance.to.as_deref());
    let Some((to, end)) = to.and_then(|to| Some((to, last_day(to)?))) else {
        return Finding::not_asked(check, "the candidate's provenance does not say until when its leads came");
    };
    let Some(as_of) = subject.as_of else {
        return Finding::not_asked(check, "the leads have no dates, and no --as-of is given");
    };
    // A month is not over before its last lead: no age is below 0.
    let age = (days(as_of) - end as f64).max(0.0);
    let verdict = marks.verdict(age);
    let says = format!("calibrated on leads up to {to}: {age} days before {as_of}");
    let tolerance = format!("less than {} days; {} fail", marks.warn, marks.fail);
    let to_do = match verdict {
        Verdict::Worse => "calibrate anew: the leads it knows are long gone",
        _ => "calibrate anew before long",
    };
    Finding::new(check, verdict, says).tolerating(tolerance).advising(to_do).figures([("days", age)])
}
