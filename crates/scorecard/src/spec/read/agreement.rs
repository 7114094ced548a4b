//! What sections need of each other.

use std::collections::HashMap;

use super::super::Spec;
use super::super::error::SpecProblem;
use super::super::section::{Mistake, Section};

/// That every section has what it means nothing without, and that no two things have one name.
pub(super) fn check(spec: &Spec, whole: &Section<'_>) -> Result<(), Mistake> {
    needs(spec, whole)?;
    names(whole)
}

fn needs(spec: &Spec, whole: &Section<'_>) -> Result<(), Mistake> {
    let data = &spec.data;
    let events = (spec.events.is_some(), "[events]", "the log of what leads do");
    let snapshot =
        (spec.snapshot.is_some(), "[snapshot]", "when leads are looked at, since later events must not count");
    let id = (data.id.is_some(), "\"id\" in [data]", "the column with the ids by which events name leads");
    let created = (data.created_at.is_some(), "\"created_at\" in [data]", "the column that says when a lead came");
    let converted =
        (data.converted_at.is_some(), "\"converted_at\" in [data]", "the column that says when it converted");
    let rules: [(&str, &[_]); 4] = [
        ("behaviours", &[events]),
        ("inactivity", &[events]),
        ("events", &[snapshot, id, created, converted]),
        ("snapshot", &[created, converted]),
    ];
    for (section, needs) in rules {
        let missing = needs.iter().find(|(given, ..)| !given);
        if let (Some(entry), Some(&(_, needed, purpose))) = (whole.get(section), missing) {
            let section = format!("[{section}]");
            return Err(entry.mistake_of_key(SpecProblem::Needs { section, needed, purpose }));
        }
    }
    Ok(())
}

/// Attributes, behaviours and signals stand side by side in tables and reasons, told apart by their names.
fn names(whole: &Section<'_>) -> Result<(), Mistake> {
    let mut taken = HashMap::new();
    for second in ["attributes", "behaviours", "signals"] {
        let Some(entry) = whole.get(second) else { continue };
        let section = entry.table(format!("[{second}]"))?;
        for member in section.entries() {
            let name = member.key.to_owned();
            if let Some(first) = taken.insert(name.clone(), second) {
                return Err(member.mistake_of_key(SpecProblem::SharedName { name, first, second }));
            }
        }
    }
    Ok(())
}
