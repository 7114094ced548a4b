//! Outcomes that one attribute tells exactly: maximum likelihood has no finite solution there.
//!
//! Albert and Anderson, "On the existence of maximum likelihood estimates in logistic regression models", Biometrika 71
//! (1984). Separation by several attributes together, or by the number of a linear attribute, is found while solving, as
//! divergence: levels of one outcome are no separation there, as all levels share one coefficient.

use leadcal_lift::attribute::Attribute;
use leadcal_lift::patterns::CovariatePatterns;

use crate::error::LogitError;

/// Checks that there are leads of both outcomes and that no attribute alone separates them completely.
///
/// # Errors
/// Naming the first attribute to blame.
pub fn check_attributes(patterns: &CovariatePatterns) -> Result<(), LogitError> {
    check_outcomes(patterns.counts().total_leads(), patterns.counts().total_conversions())?;
    for (index, attribute) in indicated(patterns) {
        let occupied = occupied(patterns, index);
        let converting = occupied.iter().filter(|(_, leads, conversions)| conversions == leads).count();
        let other = occupied.iter().filter(|(_, _, conversions)| *conversions == 0).count();
        if converting + other == occupied.len() {
            return Err(LogitError::SeparatingAttribute {
                attribute: attribute.name.clone(),
                converting_levels: converting,
                other_levels: other,
            });
        }
    }
    Ok(())
}

/// Checks that no level has conversions only or none: without a penalty its coefficient would be infinite.
///
/// # Errors
/// Naming the first attribute and level to blame.
pub(crate) fn check_levels(patterns: &CovariatePatterns) -> Result<(), LogitError> {
    for (index, attribute) in indicated(patterns) {
        let occupied = occupied(patterns, index);
        let one_sided = occupied.iter().find(|(_, leads, conversions)| *conversions == 0 || conversions == leads);
        if let Some(&(level, leads, conversions)) = one_sided {
            return Err(LogitError::SeparatedLevel {
                attribute: attribute.name.clone(),
                level: attribute.levels[level].name.clone(),
                leads,
                conversions,
            });
        }
    }
    Ok(())
}

/// The attributes with indicator columns, by index.
fn indicated(patterns: &CovariatePatterns) -> impl Iterator<Item = (usize, &Attribute)> {
    patterns.attributes().iter().enumerate().filter(|(index, _)| patterns.values(*index).is_none())
}

/// Level, leads and conversions of an attribute's levels that have leads.
fn occupied(patterns: &CovariatePatterns, attribute: usize) -> Vec<(usize, u64, u64)> {
    let margin = patterns.margin(attribute);
    let levels = margin.leads.iter().zip(&margin.conversions).enumerate();
    levels.map(|(level, (&leads, &conversions))| (level, leads, conversions)).filter(|level| level.1 > 0).collect()
}

/// Checks that there are leads and that both outcomes occur.
pub(crate) fn check_outcomes(leads: u64, conversions: u64) -> Result<(), LogitError> {
    if leads == 0 {
        Err(LogitError::NoLeads)
    } else if conversions == 0 || conversions == leads {
        Err(LogitError::OneOutcome { leads, conversions })
    } else {
        Ok(())
    }
}
