//! Is the candidate sound, and does it score every lead?

use super::{Check, Finding, Kind, NO_CONFIG, OFF, Policy, Subject, Verdict};
use crate::lint::{self, LintOptions, Severity, lint};

/// Is it valid, and does it keep to good practice? One that is not valid does not come this far. Its age is asked by itself.
pub(super) fn config(subject: &Subject<'_>, policy: &Policy) -> Finding {
    let check = Check::Config;
    let Some(rule) = &policy.config else { return Finding::not_asked(check, OFF) };
    if subject.kind == Kind::Models {
        return Finding::not_asked(check, NO_CONFIG);
    }
    let found = lint(subject.candidate.config, &LintOptions::default()).allowing(&rule.ignore);
    let worst = found.findings.first();
    let verdict = match worst.map(|finding| finding.severity) {
        Some(severity) if rule.fail.is_some_and(|fail| severity >= fail) => Verdict::Worse,
        Some(Severity::Error | Severity::Warning) => Verdict::Warn,
        Some(Severity::Advice) | None => Verdict::Fine,
    };
    let in_words = |finding: &lint::Finding| format!("{}: {}", finding.code.as_str(), finding.message);
    let says = match worst {
        None => "valid, and nothing against good practice".to_owned(),
        Some(first) => {
            let others = found.findings.len() - 1;
            let others = if others > 0 { format!("; and {others} more") } else { String::new() };
            format!("valid; {}, {}{others}", first.severity.as_str(), in_words(first))
        }
    };
    let fine = match rule.fail {
        Some(Severity::Advice) => "no lint finding",
        Some(Severity::Warning) => "no lint finding but advice",
        Some(Severity::Error) | None => "no lint finding but advice; errors fail",
    };
    let count = |severity| found.count(severity) as f64;
    Finding::new(check, verdict, says)
        .tolerating(if rule.fail.is_none() { "no lint finding but advice" } else { fine })
        .advising(worst.map_or_else(String::new, |finding| finding.remedy.clone()))
        .figures([
            ("errors", count(Severity::Error)),
            ("warnings", count(Severity::Warning)),
            ("advice", count(Severity::Advice)),
        ])
        .at(worst.map(|finding| finding.pointer.clone()))
        .details(found.findings.iter().map(in_words))
}

/// Does it score every lead?
pub(super) fn scored(subject: &Subject<'_>, policy: &Policy) -> Finding {
    let check = Check::Scored;
    let Some(most) = policy.scored else { return Finding::not_asked(check, OFF) };
    let [unscored, only] = subject.unscored;
    let verdict = match () {
        () if unscored <= most => Verdict::Fine,
        // The baseline cannot score them either: nothing gets worse, yet nobody knows what those leads are worth.
        () if subject.baseline.is_some() && only == 0 => Verdict::Warn,
        () => Verdict::Worse,
    };
    let leads = |n: u64| if n == 1 { "1 lead".to_owned() } else { format!("{n} leads") };
    let says = match (unscored, subject.baseline) {
        (0, _) => "every lead is scored".to_owned(),
        (_, None) => format!("{} cannot be scored", leads(unscored)),
        (_, Some(_)) => format!("{} cannot be scored, {only} of which the baseline scores", leads(unscored)),
    };
    Finding::new(check, verdict, says)
        .tolerating(if most == 0 { "none left unscored".to_owned() } else { format!("at most {most} left unscored") })
        .advising("mend the values that the notes name, or the type of the attribute that reads them")
        .figures([("unscored", unscored as f64), ("unscored_by_the_candidate_alone", only as f64)])
}
