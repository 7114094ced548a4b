//! Are the leads still the kind of leads that the candidate was calibrated on?
//!
//! Population stability index, of the score over ten bins of equal count among the leads calibrated on, and of each attribute over
//! its levels, behaviours and signals over how often they came, silence over its steps. Before: of an attribute the leads of its
//! levels' `evidence`; of everything without evidence the candidate's own leads, where the file has them. An index that chance
//! alone reaches with a chance of level over the number of indices is fine however high
//! ([`leadcal_logit::metrics::stability_by_chance`]).

use leadcal_logit::metrics::{population_stability_index, stability_by_chance};

use super::policy::Marks;
use super::{Check, Finding, OFF, Policy, Subject, Verdict, of_product};
use crate::backtest::Scored;
use crate::batch::ModelPopulation;
use crate::config::{Model, ScoredAttribute};

const BINS: usize = 10;
/// Details listed of levels that moved.
const LISTED: usize = 3;
const NO_OWN: &str = "nothing to hold it against: the leads the candidate was calibrated on are not among those named, or are \
                      those checked";

/// Leads over levels, then and now.
struct Shift {
    /// What it is a shift of.
    of: String,
    /// JSON pointer of it in the config.
    pointer: Option<String>,
    before: Vec<u64>,
    now: Vec<u64>,
    /// Names of the levels.
    levels: Vec<String>,
}

/// A shift with its index.
struct Measured {
    shift: Shift,
    index: f64,
    verdict: Verdict,
}

/// Are scores distributed as among the leads calibrated on?
pub(super) fn score(subject: &Subject<'_>, policy: &Policy) -> Finding {
    let check = Check::ScoreStability;
    let Some(marks) = policy.score_stability else { return Finding::not_asked(check, OFF) };
    let Some(own) = subject.own else { return Finding::not_asked(check, NO_OWN) };
    let models = subject.candidate.models();
    let shifts = subject.candidate.used().into_iter().map(|model| {
        let scores =
            |rows: &[Scored]| rows.iter().filter(|row| row.model == model).map(|row| row.score).collect::<Vec<f64>>();
        binned(of_product(models, model) + "the score", scores(own.rows), &scores(subject.candidate.rows))
    });
    let to_do = "find out what changed in where leads come from (attribute_stability says of which attributes); then calibrate anew";
    finding(check, &measured(shifts.flatten().collect(), marks, policy.level), marks).advising(to_do)
}

/// Are attributes, behaviours and signals distributed as among the leads calibrated on?
pub(super) fn attributes(subject: &Subject<'_>, policy: &Policy) -> Finding {
    let check = Check::AttributeStability;
    let Some(marks) = policy.attribute_stability else { return Finding::not_asked(check, OFF) };
    let models = subject.candidate.models();
    let mut shifts = Vec::new();
    for model in subject.candidate.used() {
        let own = subject.own.and_then(|own| own.population.models.get(model));
        let Some(now) = subject.population.models.get(model) else { continue };
        shifts.extend(
            of_model(&models[model], model, own, now)
                .into_iter()
                .map(|shift| Shift { of: of_product(models, model) + &shift.of, ..shift }),
        );
    }
    let to_do =
        "find out what changed: a form, a campaign, an import, a field that is no longer filled; then calibrate anew";
    finding(check, &measured(shifts, marks, policy.level), marks).advising(to_do)
}

/// Scores in bins of about equal count among those before; scores that are the same stay together.
fn binned(of: String, mut before: Vec<f64>, now: &[f64]) -> Option<Shift> {
    before.sort_by(f64::total_cmp);
    let mut starts: Vec<f64> = (1..BINS).filter_map(|bin| before.get(bin * before.len() / BINS).copied()).collect();
    starts.dedup_by(|a, b| a.total_cmp(b).is_eq());
    // A bin that starts at the lowest score has nothing below it.
    starts.retain(|start| before.first().is_some_and(|least| least < start));
    let counts = |scores: &[f64]| {
        let mut counts = vec![0; starts.len() + 1];
        for score in scores {
            counts[starts.partition_point(|start| start <= score)] += 1;
        }
        counts
    };
    let levels =
        std::iter::once("lowest".to_owned()).chain(starts.iter().map(|start| format!("from {start}"))).collect();
    (!before.is_empty()).then(|| Shift { of, pointer: None, before: counts(&before), now: counts(now), levels })
}

/// What a model sees of leads, then and now.
fn of_model(model: &Model, at: usize, own: Option<&ModelPopulation>, now: &ModelPopulation) -> Vec<Shift> {
    let mut shifts = Vec::new();
    for (index, (attribute, now)) in model.attributes.iter().zip(&now.levels).enumerate() {
        let before = evidence(attribute).or_else(|| own.map(|own| own.levels[index].clone()));
        let names = attribute.levels.iter().map(|level| level.name.clone()).chain(["in no level".to_owned()]);
        shifts.extend(before.map(|before| Shift {
            of: attribute.name.clone(),
            pointer: Some(format!("/models/{at}/attributes/{index}")),
            before,
            now: now.clone(),
            levels: names.collect(),
        }));
    }
    let Some(own) = own else { return shifts };
    let behaviours =
        model.behaviours.iter().map(|behaviour| &behaviour.name).zip(own.behaviours.iter().zip(&now.behaviours));
    let signals = model.signals.iter().map(|signal| &signal.name).zip(own.signals.iter().zip(&now.signals));
    for (kind, index, (name, (before, now))) in behaviours
        .enumerate()
        .map(|(at, part)| ("behaviours", at, part))
        .chain(signals.enumerate().map(|(at, part)| ("signals", at, part)))
    {
        let most = before.len().max(now.len());
        let filled = |counts: &[u64]| [counts, &vec![0; most - counts.len()]].concat();
        shifts.push(Shift {
            of: name.clone(),
            pointer: Some(format!("/models/{at}/{kind}/{index}")),
            before: filled(before),
            now: filled(now),
            levels: (0..most).map(|times| format!("{times} times")).collect(),
        });
    }
    if let Some(inactivity) = &model.inactivity {
        let steps = inactivity.steps.iter().map(|step| format!("{} days", step.after_days));
        shifts.push(Shift {
            of: "inactivity".to_owned(),
            pointer: Some(format!("/models/{at}/inactivity")),
            before: own.silence.clone(),
            now: now.silence.clone(),
            levels: std::iter::once("active".to_owned()).chain(steps).collect(),
        });
    }
    shifts
}

/// Leads of the history in each level, and in none; `None` where the config does not say.
fn evidence(attribute: &ScoredAttribute) -> Option<Vec<u64>> {
    let leads = |level: &crate::config::ScoredLevel| level.evidence.map_or(0, |evidence| evidence.leads);
    let counts: Vec<u64> = attribute.levels.iter().map(leads).chain([0]).collect();
    counts.iter().any(|&leads| leads > 0).then_some(counts)
}

/// Their indices, highest first.
fn measured(shifts: Vec<Shift>, marks: Marks, level: f64) -> Vec<Measured> {
    let tests = shifts.len().max(1) as f64;
    let measure = |shift: Shift| {
        let index = population_stability_index(&shift.before, &shift.now).ok()?;
        let filled = shift.before.iter().zip(&shift.now).filter(|(before, now)| **before + **now > 0).count();
        let (before, now) = (shift.before.iter().sum(), shift.now.iter().sum());
        let chance = stability_by_chance(filled, before, now, level / tests).ok()?;
        let verdict = if index <= chance { Verdict::Fine } else { marks.verdict(index) };
        Some(Measured { shift, index, verdict })
    };
    let mut measured: Vec<Measured> = shifts.into_iter().filter_map(measure).collect();
    measured.sort_by(|a, b| b.verdict.cmp(&a.verdict).then(b.index.total_cmp(&a.index)));
    measured
}

fn finding(check: Check, measured: &[Measured], marks: Marks) -> Finding {
    let Some(first) = measured.first() else { return Finding::not_asked(check, NO_OWN) };
    let verdict = first.verdict;
    let moved: Vec<&Measured> = measured.iter().filter(|measured| measured.verdict > Verdict::Fine).collect();
    let others = match moved.len() {
        0 | 1 => String::new(),
        n => format!(", and {} more of {}", n - 1, measured.len()),
    };
    let says = match verdict {
        Verdict::Fine if measured.len() == 1 => format!("index of {} {:.3}", first.shift.of, first.index),
        Verdict::Fine => format!("{} indices, the highest {:.3} ({})", measured.len(), first.index, first.shift.of),
        _ => format!("index of {} {:.3}: {}{others}", first.shift.of, first.index, first.shift.in_words()),
    };
    let figures = [("highest", first.index), ("moved", moved.len() as f64), ("measured", measured.len() as f64)];
    let details = measured.iter().map(|Measured { shift, index, verdict }| {
        let text = format!("{}: {index:.3}, {}", shift.of, verdict.word());
        if *verdict > Verdict::Fine { format!("{text}: {}", shift.in_words()) } else { text }
    });
    Finding::new(check, verdict, says)
        .tolerating(format!("below {}; {} fails", marks.warn, marks.fail))
        .figures(figures)
        .details(details)
        .at(first.shift.pointer.clone().filter(|_| verdict > Verdict::Fine))
}

impl Shift {
    /// The levels that weigh most in the index: `from 40 now holds 3.1 % of the leads, then 10.0 %`.
    fn in_words(&self) -> String {
        let (all_before, all_now) = (self.before.iter().sum::<u64>() as f64, self.now.iter().sum::<u64>() as f64);
        let share = |leads: u64, all: f64| leads as f64 / all;
        let mut levels: Vec<(f64, &str, f64, f64)> = self
            .levels
            .iter()
            .zip(self.before.iter().zip(&self.now))
            .map(|(name, (&before, &now))| {
                let (p, q) = (share(before, all_before), share(now, all_now));
                // A level empty on one side weighs as its half lead does.
                let (held_p, held_q) = (p.max(0.5 / all_before), q.max(0.5 / all_now));
                ((held_q - held_p) * (held_q / held_p).ln(), name.as_str(), p, q)
            })
            .collect();
        levels.sort_by(|a, b| b.0.total_cmp(&a.0));
        let said = levels.iter().take(LISTED).filter(|level| level.0 > 0.01).map(|(_, name, before, now)| {
            format!("\"{name}\" {} of the leads, then {}", super::percent(*now), super::percent(*before))
        });
        said.collect::<Vec<_>>().join("; ")
    }
}
