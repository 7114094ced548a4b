//! Job titles, and the seniority and department an enrichment service reads out of them.

use super::draw::Draw;

/// A job: the title people type, and the two attributes read from it.
#[derive(Clone, Copy)]
pub(crate) struct Job {
    pub(crate) title: &'static str,
    pub(crate) seniority: &'static str,
    pub(crate) department: &'static str,
}

/// Seniorities from the top down.
pub(crate) const SENIORITIES: [&str; 6] = ["C-level", "VP", "Director", "Manager", "Specialist", "Student or intern"];

const JOBS: &[(&str, &str, &str)] = &[
    ("Chief Executive Officer", "C-level", "Operations"),
    ("Founder, CEO", "C-level", "Operations"),
    ("Chief Operating Officer", "C-level", "Operations"),
    ("Chief Marketing Officer", "C-level", "Marketing"),
    ("Chief Revenue Officer", "C-level", "Sales"),
    ("CTO", "C-level", "IT"),
    ("Chief Information Officer", "C-level", "IT"),
    ("CFO", "C-level", "Finance"),
    ("Chief People Officer", "C-level", "Human resources"),
    ("VP Operations", "VP", "Operations"),
    ("VP Marketing", "VP", "Marketing"),
    ("Vice President, Sales", "VP", "Sales"),
    ("VP Engineering", "VP", "IT"),
    ("VP Finance", "VP", "Finance"),
    ("VP People", "VP", "Human resources"),
    ("Director of Operations", "Director", "Operations"),
    ("Head of Marketing", "Director", "Marketing"),
    ("Director, Demand Generation", "Director", "Marketing"),
    ("Sales Director", "Director", "Sales"),
    ("Head of IT", "Director", "IT"),
    ("Finance Director", "Director", "Finance"),
    ("Head of People", "Director", "Human resources"),
    ("Operations Manager", "Manager", "Operations"),
    ("Customer Support Manager", "Manager", "Operations"),
    ("Marketing Manager", "Manager", "Marketing"),
    ("Sales Manager", "Manager", "Sales"),
    ("IT Manager", "Manager", "IT"),
    ("Accounting Manager", "Manager", "Finance"),
    ("HR Manager", "Manager", "Human resources"),
    ("Office Assistant", "Specialist", "Operations"),
    ("Support Specialist", "Specialist", "Operations"),
    ("Content Marketer", "Specialist", "Marketing"),
    ("Account Executive", "Specialist", "Sales"),
    ("Systems Administrator", "Specialist", "IT"),
    ("Software Engineer", "Specialist", "IT"),
    ("Accountant", "Specialist", "Finance"),
    ("HR Generalist", "Specialist", "Human resources"),
    ("Student", "Student or intern", "Operations"),
    ("Marketing Intern", "Student or intern", "Marketing"),
    ("Working Student, IT", "Student or intern", "IT"),
    ("Sales Intern", "Student or intern", "Sales"),
];

/// The job of someone at a company of `size` employees: small ones are represented by their founders.
pub(crate) fn job(size: i64, draw: &mut Draw) -> Job {
    let weights: [u32; 6] = match size {
        ..10 => [34, 2, 8, 24, 24, 8],
        10..200 => [14, 8, 18, 30, 23, 7],
        _ => [5, 10, 20, 32, 26, 7],
    };
    let levels: Vec<(&str, u32)> = SENIORITIES.into_iter().zip(weights).collect();
    let seniority = draw.weighted(&levels);
    let titles: Vec<_> = JOBS.iter().filter(|job| job.1 == seniority).collect();
    let &(title, seniority, department) = draw.pick(&titles);
    Job { title, seniority, department }
}

/// The seniority as the enrichment service reports it: none for one in twelve, one step off now and then.
pub(crate) fn reported_seniority(job: Job, draw: &mut Draw) -> Option<&'static str> {
    let place = SENIORITIES.iter().position(|&level| level == job.seniority).expect("a seniority of the list");
    match draw.unit() {
        u if u < 0.08 => None,
        u if u < 0.11 => Some(SENIORITIES[place.saturating_sub(1)]),
        u if u < 0.14 => Some(SENIORITIES[(place + 1).min(SENIORITIES.len() - 1)]),
        _ => Some(job.seniority),
    }
}
