//! `[attributes]`: what was inferred of each column, for the analyst to change.

use leadcal_lift::attribute::{FieldType, MISSING, OTHER};
use leadcal_lift::profile::ColumnProfile;

use super::super::summary::grouped;
use super::Found;
use super::text::{aligned, comment, key};

/// A special value stands on at least this share of the leads.
const SPECIAL_SHARE: f64 = 0.01;
/// Numbers that often mean "unknown" where they are a column's least or greatest.
const SPECIAL_NUMBERS: [f64; 9] = [-1.0, -9.0, -99.0, -999.0, -9999.0, 99.0, 999.0, 9999.0, 99999.0];

/// The sections, as comments where there is nothing to be said that is not inferred.
pub(super) fn text(found: &Found<'_>) -> String {
    let heading = "Attributes: every other column, its type and levels found from the data. Uncomment a section to change \
                   what was inferred. Keys: type, special, cuts, max_levels, min_share, min_conversions, min_gain, trend, \
                   join, group.";
    let mut lines = Vec::new();
    for attribute in found.history.patterns.attributes() {
        let Some(profile) = found.profiles.iter().find(|profile| profile.name == attribute.name) else { continue };
        if found.leaks(&attribute.name) {
            continue;
        }
        let levels = attribute.levels.iter().filter(|level| ![MISSING, OTHER].contains(&level.name.as_str()));
        let summary = summary(profile, attribute.input.kind, levels.count());
        let section = format!("[attributes.{}]", key(&profile.name));
        match special_number(profile).filter(|_| attribute.input.kind == FieldType::Number) {
            Some((value, leads)) => {
                lines.push((section, summary));
                let why = format!("{} leads: does it mean \"unknown\" or \"never\"?", grouped(leads));
                lines.push((format!("special = [{value}]"), why));
            }
            None => lines.push((format!("# {section}"), summary)),
        }
    }
    format!("\n{}{}", comment(heading), aligned(&lines))
}

fn summary(profile: &ColumnProfile, kind: FieldType, levels: usize) -> String {
    let missing =
        if profile.missing > 0 { format!("{} missing", grouped(profile.missing)) } else { "none missing".to_owned() };
    let distinct = profile.values().map_or(profile.numbers.distinct(), |values| values.len());
    let values = if distinct == 1 { "value" } else { "values" };
    let levels = if levels == 1 { "1 level".to_owned() } else { format!("{levels} levels") };
    format!("{kind}, {} distinct {values} in {levels}, {missing}", grouped(distinct as u64))
}

/// A number at the edge of a column that often means "unknown", where enough leads have it.
fn special_number(profile: &ColumnProfile) -> Option<(f64, u64)> {
    let sorted = profile.numbers.sorted();
    let edges = [sorted.first()?, sorted.last()?];
    let often = |leads: u64| leads as f64 >= SPECIAL_SHARE * profile.leads as f64;
    let known = |x: f64| SPECIAL_NUMBERS.iter().any(|special| special.to_bits() == x.to_bits());
    // A scale that runs from -1 to 99 has such edges by itself; one value apart from all others does not.
    edges.into_iter().find(|(x, leads)| known(*x) && often(*leads)).copied()
}
