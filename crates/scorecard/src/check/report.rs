//! The findings under one verdict, with what was checked on which leads: what every output is written from.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use super::policy::{Policy, Unproven};
use super::{Check, Finding, Verdict};
use crate::config::ConfigError;

/// Everything a check found. Its JSON is documented in docs/check.md and by `leadcal schema --of check`.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Report {
    /// Always `leadcal.check`.
    #[schemars(extend("const" = FORMAT))]
    pub format: &'static str,
    /// Version of the format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub version: u32,
    /// The whole: the worst of the findings.
    pub verdict: Verdict,
    /// The exit code of the command: 0 fine, warnings included; 1 worse; 3 not proven.
    #[schemars(range(min = 0, max = 3))]
    pub exit_code: u8,
    /// What the policy makes of a check that is not proven.
    pub unproven: Unproven,
    /// The verdict and why, in a sentence.
    pub says: String,
    /// What might go live.
    pub candidate: Named,
    /// What is live; absent where the candidate was held against its own word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Named>,
    /// The leads checked on; absent where the candidate is not valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leads: Option<LeadsChecked>,
    /// One of each check, in a fixed order.
    pub findings: Vec<Finding>,
    /// Points that moved from baseline to candidate, those that moved farthest first.
    pub changes: Vec<Change>,
    /// What should be known besides.
    pub notes: Vec<String>,
}

/// A config or model file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Named {
    /// What it calls itself; absent where it has no name or is not valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The file.
    pub file: String,
}

/// The leads that a check was made on.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LeadsChecked {
    /// Their files.
    pub files: Vec<String>,
    /// How many were scored by both configs; a lead looked at several times is several.
    pub leads: u64,
    /// Those that converted.
    pub conversions: u64,
    /// Their rate.
    pub rate: f64,
    /// First day on which one was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Whether a config was made from some of them, which flatters it; true also where that is not known.
    pub flattered: bool,
    /// Which leads were taken, and whose they are, in sentences.
    pub in_words: Vec<String>,
}

impl LeadsChecked {
    /// `, created 2024-01-01 to 2024-12-29`; nothing where the days are not known.
    pub fn created(&self) -> String {
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => format!(", created {from} to {to}"),
            _ => String::new(),
        }
    }
}

/// Points before and after.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Change {
    /// Such as `seniority = VP`; with the product where the config has several models.
    pub of: String,
    /// The baseline's.
    pub before: f64,
    /// The candidate's.
    pub after: f64,
    /// Whether one is above 0 and the other below.
    pub sign_changed: bool,
}

/// What `format` says.
pub const FORMAT: &str = "leadcal.check";

impl Report {
    /// The report of some findings.
    pub fn new(
        candidate: Named,
        baseline: Option<Named>,
        leads: LeadsChecked,
        findings: Vec<Finding>,
        policy: &Policy,
    ) -> Self {
        let unproven = policy.unproven;
        let verdict = whole(&findings, unproven);
        let says = in_words(verdict, &findings, unproven, baseline.is_some(), &leads);
        Self {
            format: FORMAT,
            version: 1,
            verdict,
            exit_code: exit_code(verdict),
            unproven,
            says,
            candidate,
            baseline,
            leads: Some(leads),
            findings,
            changes: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The report of a candidate that is no valid config: nothing else can be asked of it.
    pub fn invalid(candidate: Named, baseline: Option<Named>, error: &ConfigError) -> Self {
        let why = "the candidate is not valid";
        let findings = Check::ALL.map(|check| {
            if check != Check::Config {
                return Finding::not_asked(check, why);
            }
            Finding::new(check, Verdict::Worse, format!("not valid: {error}"))
                .tolerating("a valid config")
                .advising(
                    error
                        .help
                        .clone()
                        .unwrap_or_else(|| "mend it where it says; docs/scoring-config.md has the rules".to_owned()),
                )
                .at(Some(error.pointer.clone()))
        });
        Self {
            format: FORMAT,
            version: 1,
            verdict: Verdict::Worse,
            exit_code: exit_code(Verdict::Worse),
            unproven: Unproven::Unproven,
            says: format!("worse: the candidate is no valid scoring config: {error}"),
            candidate,
            baseline,
            leads: None,
            findings: findings.into(),
            changes: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The findings as people read them: the worst first, those not asked last.
    pub fn worst_first(&self) -> Vec<&Finding> {
        let mut findings: Vec<&Finding> = self.findings.iter().collect();
        findings.sort_by_key(|finding| (std::cmp::Reverse(finding.verdict), finding.check));
        findings
    }
}

/// The verdict of the whole; never "not asked".
fn whole(findings: &[Finding], unproven: Unproven) -> Verdict {
    let verdict = |finding: &Finding| match (finding.verdict, unproven) {
        (Verdict::Unproven, Unproven::Fine) | (Verdict::NotAsked, _) => Verdict::Fine,
        (Verdict::Unproven, Unproven::Worse) => Verdict::Worse,
        (verdict, _) => verdict,
    };
    findings.iter().map(verdict).max().unwrap_or(Verdict::Fine)
}

fn exit_code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::NotAsked | Verdict::Fine | Verdict::Warn => 0,
        Verdict::Worse => 1,
        Verdict::Unproven => 3,
    }
}

fn in_words(
    verdict: Verdict,
    findings: &[Finding],
    unproven: Unproven,
    baseline: bool,
    leads: &LeadsChecked,
) -> String {
    let of = |verdict: Verdict| findings.iter().filter(move |finding| finding.verdict == verdict);
    let names = |verdict: Verdict| of(verdict).map(|finding| finding.check.name()).collect::<Vec<_>>().join(", ");
    let asked = findings.iter().filter(|finding| finding.verdict != Verdict::NotAsked).count();
    let (open, warned) = (of(Verdict::Unproven).count(), of(Verdict::Warn).count());
    let mut says = match verdict {
        Verdict::Worse => {
            let failing = of(Verdict::Worse).count() + if unproven == Unproven::Worse { open } else { 0 };
            let left_open = if unproven == Unproven::Worse { Some(names(Verdict::Unproven)) } else { None }
                .filter(|names| !names.is_empty());
            let names: Vec<String> = [Some(names(Verdict::Worse)), left_open]
                .into_iter()
                .flatten()
                .filter(|names| !names.is_empty())
                .collect();
            format!("worse: {failing} of {asked} checks fail ({})", names.join(", "))
        }
        Verdict::Unproven => {
            let than = if baseline { "as good as the baseline" } else { "as good as it says" };
            let needed = of(Verdict::Unproven).filter_map(|finding| finding.conversions_needed).max();
            let needed = match needed {
                Some(needed) if needed < u64::MAX => {
                    format!("; about {needed} conversions would tell, there are {}", leads.conversions)
                }
                _ => String::new(),
            };
            format!(
                "not proven: too little data to say whether it is {than} ({}){needed}; no check fails",
                names(Verdict::Unproven)
            )
        }
        _ if warned > 0 => format!(
            "fine: no check of {asked} fails, {warned} {} a look ({})",
            if warned == 1 { "deserves" } else { "deserve" },
            names(Verdict::Warn)
        ),
        _ => format!("fine: {asked} checks, none fails"),
    };
    if open > 0 && verdict != Verdict::Unproven && unproven != Unproven::Worse {
        _ = write!(says, "; {open} not proven for want of data ({})", names(Verdict::Unproven));
    }
    says
}
