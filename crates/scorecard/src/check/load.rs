//! Do the bands hold as many leads as the baseline's, and do sales have as many to call?
//!
//! Both configs band the same leads, so a band's share changes by the leads that only one of them puts into it; the paired Wald
//! interval ([`leadcal_logit::comparison::share_shift`]) tells a change from chance.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use leadcal_logit::comparison::share_shift;

use super::policy::BandSizes;
use super::{Check, Finding, Kind, NO_BASELINE, NO_CONFIG, OFF, Policy, Side, Subject, Verdict, percent};

/// The band that each lead is in; `None` where its model has none.
fn band_of_each(side: Side<'_>) -> Vec<Option<&str>> {
    let band = |row: &crate::backtest::Scored| {
        let bands = &side.models()[row.model].bands;
        bands.iter().rfind(|band| band.from <= row.score).map(|band| band.name.as_str())
    };
    side.rows.iter().map(band).collect()
}

/// The names of a config's bands, each once, lowest first.
fn names(side: Side<'_>) -> Vec<&str> {
    let mut names = Vec::new();
    for band in side.models().iter().flat_map(|model| &model.bands) {
        if !names.contains(&band.name.as_str()) {
            names.push(band.name.as_str());
        }
    }
    names
}

/// Leads in a band, by which of both configs puts them there.
#[derive(Default, Clone, Copy)]
struct Shared {
    candidate: u64,
    baseline: u64,
    gained: u64,
    lost: u64,
}

/// Do the bands hold as many leads as the baseline's?
pub(super) fn sizes(subject: &Subject<'_>, policy: &Policy) -> Finding {
    let check = Check::BandSizes;
    let Some(BandSizes { tolerance, verdict: amounts_to }) = policy.band_sizes else {
        return Finding::not_asked(check, OFF);
    };
    let Some(baseline) = subject.baseline else { return Finding::not_asked(check, NO_BASELINE) };
    if subject.kind == Kind::Models {
        return Finding::not_asked(check, NO_CONFIG);
    }
    let [after, before] = [subject.candidate, baseline].map(names);
    if after.is_empty() || before.is_empty() {
        let which = if after.is_empty() { "candidate" } else { "baseline" };
        return Finding::not_asked(check, format!("the {which} has no bands"));
    }
    let mut shared: BTreeMap<&str, Shared> = BTreeMap::new();
    for (is, was) in band_of_each(subject.candidate).into_iter().zip(band_of_each(baseline)) {
        if let Some(is) = is {
            let band = shared.entry(is).or_default();
            band.candidate += 1;
            band.gained += u64::from(was != Some(is));
        }
        if let Some(was) = was {
            let band = shared.entry(was).or_default();
            band.baseline += 1;
            band.lost += u64::from(is != Some(was));
        }
    }
    let all = subject.candidate.rows.len() as u64;
    let (mut worst, mut details, mut largest) = (Verdict::Fine, Vec::new(), (0.0_f64, String::new()));
    let both = after.iter().chain(before.iter().filter(|name| !after.contains(name)));
    for &name in both {
        let found = shared.get(name).copied().unwrap_or_default();
        let Ok(shift) = share_shift(found.gained, found.lost, all) else { continue };
        let [low, high] = shift.interval;
        let surely = if shift.value < 0.0 { -high } else { low };
        let verdict = match () {
            () if surely > tolerance => amounts_to,
            () if shift.value.abs() > tolerance => Verdict::Warn,
            () => Verdict::Fine,
        };
        worst = worst.max(verdict);
        let presence = match (after.contains(&name), before.contains(&name)) {
            (true, false) => " (a new band)",
            (false, true) => " (gone)",
            _ => "",
        };
        let share = |leads: u64| percent(leads as f64 / all as f64);
        let text = format!(
            "\"{name}\"{presence} holds {} of the leads, before {}",
            share(found.candidate),
            share(found.baseline)
        );
        if shift.value.abs() >= largest.0 {
            largest = (shift.value.abs(), text.clone());
        }
        details.push(text);
    }
    let says = match worst {
        Verdict::Fine => format!("no band gains or loses more than {} of the leads", percent(largest.0)),
        _ => largest.1,
    };
    Finding::new(check, worst, says)
        .tolerating(format!("a band gains or loses at most {} of the leads", percent(tolerance)))
        .advising("move the bands' cut-offs, or agree the new sizes with those who work the bands and raise [band_sizes] tolerance")
        .figures([("largest_shift", largest.0), ("tolerance", tolerance)])
        .details(details)
}

/// Do sales have as many leads to call?
pub(super) fn sales(subject: &Subject<'_>, policy: &Policy) -> Finding {
    let check = Check::SalesLoad;
    let Some(rule) = &policy.sales_load else { return Finding::not_asked(check, OFF) };
    if subject.kind == Kind::Models {
        return Finding::not_asked(check, NO_CONFIG);
    }
    let known = names(subject.candidate);
    if known.is_empty() {
        return Finding::not_asked(check, "the candidate has no bands");
    }
    let unknown = rule.bands.iter().flatten().find(|name| !known.contains(&name.as_str()));
    if let Some(name) = unknown {
        return Finding::new(check, Verdict::Worse, format!("the candidate has no band \"{name}\", which sales call"))
            .tolerating("every band that the policy names")
            .advising(format!("name the candidate's bands in [sales_load] bands: {}", known.join(", ")));
    }
    let called = |side: Side<'_>| {
        let lowest: Vec<Option<&str>> =
            side.models().iter().map(|model| model.bands.first().map(|band| band.name.as_str())).collect();
        let is_called = |(row, band): (&crate::backtest::Scored, Option<&str>)| match (&rule.bands, band) {
            (Some(bands), Some(band)) => bands.iter().any(|name| name == band),
            (None, Some(band)) => lowest[row.model] != Some(band),
            (_, None) => false,
        };
        side.rows.iter().zip(band_of_each(side)).filter(|row| is_called(*row)).count() as f64
    };
    let leads = called(subject.candidate);
    let before = subject.baseline.map(called);
    let a_week = |leads: f64| match subject.weeks {
        Some(weeks) => format!("{:.1} a week", leads / weeks),
        None => percent(leads / subject.candidate.rows.len() as f64) + " of the leads",
    };
    let of = match &rule.bands {
        Some(bands) => bands.join(", "),
        None => "all bands but the lowest".to_owned(),
    };
    let capacity = rule.capacity_per_week.zip(subject.weeks);
    let over = capacity.is_some_and(|(capacity, weeks)| leads / weeks > capacity);
    let change = before.filter(|before| *before > 0.0).map(|before| leads / before - 1.0);
    let moved = change.is_some_and(|change| change.abs() > rule.tolerance) || (before == Some(0.0) && leads > 0.0);
    if before.is_none() && capacity.is_none() {
        let why = if rule.capacity_per_week.is_some() {
            "nothing says in how many weeks the leads came"
        } else {
            "there is neither a baseline nor a capacity_per_week to hold the load against"
        };
        return Finding::not_asked(check, why);
    }
    let mut says = format!("to call ({of}): {}", a_week(leads));
    let mut tolerated = Vec::new();
    if let Some(before) = before {
        _ = match change {
            Some(change) => write!(says, ", before {} ({:+.1} %)", a_week(before), 100.0 * change),
            None => write!(says, ", before {}", a_week(before)),
        };
        tolerated.push(format!("{} more or fewer than before", percent(rule.tolerance)));
    }
    if let Some((capacity, _)) = capacity {
        _ = write!(says, "; {capacity} can be called");
        tolerated.push(format!("at most {capacity} a week"));
    }
    let verdict = match (over, moved) {
        (true, _) => Verdict::Worse,
        (false, true) => rule.verdict,
        (false, false) => Verdict::Fine,
    };
    let to_do = if over {
        "raise the cut-off of the lowest band that is called, or give sales more hands"
    } else {
        "move the cut-offs of the bands that are called, or agree the new load with sales and raise [sales_load] tolerance"
    };
    Finding::new(check, verdict, says)
        .tolerating(tolerated.join(", "))
        .advising(to_do)
        .figures([
            ("leads", leads),
            ("leads_before", before.unwrap_or(f64::NAN)),
            ("change", change.unwrap_or(f64::NAN)),
        ])
        .figures([("leads_a_week", subject.weeks.map_or(f64::NAN, |weeks| leads / weeks))])
}
