//! Columns to attributes: which are, with what levels, and why the others are not.

use leadcal_lift::attribute::FieldType;
use leadcal_lift::binning::{self, BinningOptions, Joining};
use leadcal_lift::error::DataError;
use leadcal_lift::leads::LeadFiles;
use leadcal_lift::patterns::{Feature, LeadAttribute, Source};
use leadcal_lift::profile::ColumnProfile;

use super::{HistoryError, NotUsed};
use crate::spec::Spec;

/// The columns to profile, and those that are no attributes whatever they hold. The product may be an attribute too.
pub(super) fn columns(spec: &Spec, leads: &LeadFiles) -> (Vec<String>, Vec<(String, NotUsed)>) {
    let mut profiled = Vec::new();
    let mut left_out = Vec::new();
    for column in leads.columns() {
        let role = spec.roles().into_iter().find(|(_, name)| name == column).map(|(role, _)| role);
        match role {
            Some(role) if role != "product" => {
                left_out.push((column.clone(), NotUsed::Role(role)));
                if !matches!(role, "id" | "converted_at") {
                    profiled.push(column.clone());
                }
            }
            _ if spec.data.exclude.contains(column) => left_out.push((column.clone(), NotUsed::Excluded)),
            _ => profiled.push(column.clone()),
        }
    }
    (profiled, left_out)
}

pub(super) struct Candidates {
    pub(super) attributes: Vec<LeadAttribute>,
    pub(super) joinings: Vec<Option<Joining>>,
    pub(super) left_out: Vec<(String, NotUsed)>,
    pub(super) warnings: Vec<String>,
}

pub(super) fn attributes(
    spec: &Spec,
    leads: &LeadFiles,
    profiles: &[ColumnProfile],
    left_out: Vec<(String, NotUsed)>,
) -> Result<Candidates, DataError> {
    let mut found = Candidates { attributes: Vec::new(), joinings: Vec::new(), left_out, warnings: Vec::new() };
    for profile in profiles {
        if found.left_out.iter().any(|(column, _)| *column == profile.name) {
            continue;
        }
        let options = options(spec, &profile.name);
        match binning::attribute(profile, &options, leads.files())? {
            Ok(attribute) => {
                found.joinings.push(Joining::of(&attribute, &options));
                found.warnings.extend(number_warnings(profile, attribute.input.kind));
                let group = spec.attributes.get(&profile.name).and_then(|given| given.group.clone());
                let feature = Feature::default();
                let feature = Feature { group: group.unwrap_or(feature.group), ..feature };
                found.attributes.push(LeadAttribute { attribute, feature });
            }
            Err(reason) => found.left_out.push((profile.name.clone(), NotUsed::Values(reason))),
        }
    }
    let rank = |column: &str| leads.columns().iter().position(|name| name == column);
    found.left_out.sort_by_key(|(column, _)| rank(column));
    if found.attributes.is_empty() {
        let reasons: Vec<String> = found.left_out.iter().map(|(column, why)| format!("{column} ({why})")).collect();
        return Err(DataError::NoAttributes { file: leads.files()[0].clone(), left_out: reasons.join(", ") });
    }
    Ok(found)
}

/// That no two attributes are called the same: points and reasons name them.
pub(super) fn distinct_names(attributes: &[LeadAttribute]) -> Result<(), HistoryError> {
    let what = |attribute: &LeadAttribute| match attribute.feature.source {
        Source::Field => "a column of the leads",
        Source::Signal(_) => "a signal",
        Source::Behaviour(_) => "a behaviour",
        Source::Inactivity => "the days without an event",
    };
    for (at, attribute) in attributes.iter().enumerate() {
        let name = &attribute.attribute.name;
        if let Some(earlier) = attributes[..at].iter().find(|earlier| earlier.attribute.name == *name) {
            return Err(HistoryError::SameName { name: name.clone(), first: what(earlier), second: what(attribute) });
        }
    }
    Ok(())
}

fn number_warnings(profile: &ColumnProfile, kind: FieldType) -> Vec<String> {
    let mut warnings = Vec::new();
    if kind == FieldType::Number && profile.nan > 0 {
        warnings.push(format!("column \"{}\": {} NaN counted as missing", profile.name, profile.nan));
    }
    if kind == FieldType::Number && profile.infinite > 0 {
        warnings.push(format!(
            "column \"{}\": {} infinite numbers fall into its outermost levels",
            profile.name, profile.infinite
        ));
    }
    warnings
}

fn options(spec: &Spec, column: &str) -> BinningOptions {
    let defaults = BinningOptions { min_leads: spec.points.min_leads, ..BinningOptions::default() };
    let Some(given) = spec.attributes.get(column) else { return defaults };
    BinningOptions {
        kind: given.kind,
        special: given.special.clone(),
        cuts: given.cuts.clone(),
        max_levels: given.max_levels,
        min_share: given.min_share.unwrap_or(defaults.min_share),
        min_conversions: given.min_conversions.unwrap_or(defaults.min_conversions),
        min_gain: given.min_gain.unwrap_or(defaults.min_gain),
        trend: given.trend.unwrap_or(defaults.trend),
        join: given.join,
        keep: true,
        ..defaults
    }
}
