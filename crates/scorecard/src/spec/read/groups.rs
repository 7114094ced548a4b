//! `[groups]`: limits and tiers that are given instead of being derived.

use super::super::GroupOptions;
use super::super::cut_rules::mark;
use super::super::section::{Entry, Mistake, Section};

pub(super) fn groups(entry: Entry<'_>) -> Result<Vec<(String, GroupOptions)>, Mistake> {
    entry.sections(|section| {
        section.allow(&["min", "max", "tiers"], &[])?;
        let min = section.read("min", mark)?;
        let max = section.read("max", |entry| match (mark(entry)?, min) {
            (max, Some(min)) if max <= min => Err(entry.wrong(&format!("above min, which is {min}"))),
            (max, _) => Ok(max),
        })?;
        Ok(GroupOptions { min, max, tiers: section.read("tiers", |entry| tiers(entry, section, min, max))? })
    })
}

/// Every sum from `min` to `max` must be in a tier, and every tier must hold one.
fn tiers(
    entry: Entry<'_>,
    group: &Section<'_>,
    min: Option<i64>,
    max: Option<i64>,
) -> Result<Vec<(String, i64)>, Mistake> {
    let section = entry.table(group.title_of("tiers"))?;
    let mut tiers: Vec<(String, i64)> = Vec::new();
    let members = section.entries();
    for member in &members {
        let from = mark(*member)?;
        if tiers.last().is_some_and(|(_, better)| from >= *better) {
            return Err(member.wrong("below the one before it: the best tier comes first"));
        }
        if let Some(max) = max.filter(|max| from > *max) {
            return Err(member.wrong(&format!("at most the group's max, {max}")));
        }
        tiers.push((member.key.to_owned(), from));
    }
    let (Some(lowest), None) = (members.last(), section.get("")) else {
        return Err(entry.wrong("a table of names and numbers, the best first, such as { A = 40, B = 20, C = 0 }"));
    };
    match (tiers.last(), min) {
        (Some((_, from)), Some(min)) if *from > min => {
            Err(lowest.wrong(&format!("at most the group's min, {min}: it is the last tier")))
        }
        _ => Ok(tiers),
    }
}
