//! Do golden leads keep their scores? Leads that people have agreed on: what they score is approved, and a change must be meant.

use super::{Check, Finding, Kind, NO_CONFIG, OFF, Policy, Subject, Verdict};

/// The golden leads with their scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    /// Of each lead, in the order of the file.
    pub leads: Vec<Lead>,
    /// Where the expected scores come from, for people: `golden-scores.csv`.
    pub against: String,
}

/// A golden lead.
#[derive(Debug, Clone, PartialEq)]
pub struct Lead {
    /// Its id, or `row 3`.
    pub id: String,
    /// What it should score; why that is not known otherwise.
    pub expected: Result<f64, String>,
    /// What the candidate makes of it; why it cannot otherwise.
    pub candidate: Result<Scored, String>,
    /// What the baseline makes of it, where there is one that can.
    pub baseline: Option<Scored>,
}

/// A score with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// The score.
    pub score: f64,
    /// Every contribution that is not 0, the largest first.
    pub reasons: Vec<Reason>,
}

/// A contribution to a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Of which attribute, behaviour or signal.
    pub name: String,
    /// Which level of it.
    pub level: Option<String>,
    /// Points.
    pub points: f64,
}

/// Reasons told of a lead.
const TOLD: usize = 4;

/// Do they keep their scores?
pub(super) fn golden(subject: &Subject<'_>, policy: &Policy) -> Finding {
    let check = Check::Golden;
    let Some(rule) = &policy.golden else { return Finding::not_asked(check, OFF) };
    if subject.kind == Kind::Models {
        return Finding::not_asked(check, NO_CONFIG);
    }
    if rule.leads.is_none() {
        return Finding::not_asked(check, "the policy names no golden leads");
    }
    let Some(Scores { leads, against }) = subject.golden else {
        return Finding::not_asked(
            check,
            "there is neither a baseline nor a file or column of approved scores to hold them against",
        );
    };
    let moved: Vec<String> = leads.iter().filter_map(|lead| lead.moved(rule.tolerance)).collect();
    let of = |n: usize| if n == 1 { "1 golden lead".to_owned() } else { format!("{n} golden leads") };
    let (verdict, says) = if leads.is_empty() {
        (Verdict::Worse, "the file of golden leads has no lead".to_owned())
    } else if let Some(first) = moved.first() {
        let others = if moved.len() > 1 { format!("; and {} more", moved.len() - 1) } else { String::new() };
        (Verdict::Worse, format!("{} of {} moved from {against}: {first}{others}", moved.len(), of(leads.len())))
    } else {
        (Verdict::Fine, format!("{} as in {against}", of(leads.len())))
    };
    Finding::new(check, verdict, says)
        .tolerating(match rule.tolerance {
            tolerance if tolerance > 0.0 => format!("a score moves by at most {tolerance}"),
            _ => "no score moves".to_owned(),
        })
        .advising(
            "where the new scores are meant, approve them: `leadcal score CANDIDATE GOLDEN -o SCORES`, and commit the file with the \
             config; else undo what moved them",
        )
        .figures([("leads", leads.len() as f64), ("moved", moved.len() as f64), ("tolerance", rule.tolerance)])
        .details(moved)
}

impl Lead {
    /// How it moved by more than the tolerance, and why.
    fn moved(&self, tolerance: f64) -> Option<String> {
        let Self { id, expected, candidate, baseline } = self;
        let expected = match expected {
            Ok(expected) => *expected,
            Err(why) => return Some(format!("\"{id}\" has no expected score: {why}")),
        };
        let scored = match candidate {
            Ok(scored) => scored,
            Err(why) => return Some(format!("\"{id}\" should score {expected} and cannot be scored: {why}")),
        };
        if (scored.score - expected).abs() <= tolerance {
            return None;
        }
        let mut why: Vec<String> = match baseline {
            Some(baseline) => changes(&baseline.reasons, &scored.reasons),
            None => scored.reasons.iter().map(Reason::in_words).collect(),
        };
        let more = why.len().saturating_sub(TOLD);
        why.truncate(TOLD);
        if more > 0 {
            why.push(format!("{more} more"));
        }
        let why = match (why.is_empty(), baseline) {
            (true, Some(_)) => "no attribute's points, so the base points or limits".to_owned(),
            (true, None) => "nothing counts for or against it".to_owned(),
            (false, Some(_)) => why.join(", "),
            (false, None) => format!("its reasons: {}", why.join(", ")),
        };
        Some(format!("\"{id}\" scores {} instead of {expected} ({why})", scored.score))
    }
}

impl Reason {
    fn in_words(&self) -> String {
        format!("{:+} {}", self.points, self.of())
    }

    fn of(&self) -> String {
        match &self.level {
            Some(level) => format!("{} = {level}", self.name),
            None => self.name.clone(),
        }
    }
}

/// What changed from some reasons to others, the largest first.
fn changes(before: &[Reason], after: &[Reason]) -> Vec<String> {
    let gone = before.iter().filter(|reason| !after.iter().any(|other| other.name == reason.name));
    let mut changes: Vec<(f64, String)> =
        gone.map(|reason| (reason.points, format!("{} {} to 0", reason.of(), reason.points))).collect();
    for reason in after {
        let was = before.iter().find(|other| other.name == reason.name).map_or(0.0, |other| other.points);
        if (reason.points - was).abs() > 0.0 {
            changes.push((reason.points - was, format!("{} {was} to {}", reason.of(), reason.points)));
        }
    }
    changes.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
    changes.into_iter().map(|(_, text)| text).collect()
}
