//! Outcomes that one attribute tells exactly: maximum likelihood has no finite solution there.
//!
//! Albert and Anderson, "On the existence of maximum likelihood estimates in logistic regression models", Biometrika 71
//! (1984). Separation by several attributes together is found while solving, as divergence.

use leadcal_lift::patterns::CovariatePatterns;

use crate::error::LogitError;

/// Checks that there are leads of both outcomes, that no attribute separates them completely, and, without a penalty,
/// that no level has conversions only or none.
///
/// # Errors
/// Naming the first attribute, and level, to blame.
pub(crate) fn check(patterns: &CovariatePatterns, l2: f64) -> Result<(), LogitError> {
    check_outcomes(patterns.counts().total_leads(), patterns.counts().total_conversions())?;
    for (index, attribute) in patterns.attributes().iter().enumerate() {
        let margin = patterns.margin(index);
        let occupied: Vec<_> = (0..margin.leads.len())
            .map(|level| (level, margin.leads[level], margin.conversions[level]))
            .filter(|&(_, leads, _)| leads > 0)
            .collect();
        let converting = occupied.iter().filter(|(_, leads, conversions)| conversions == leads).count();
        let other = occupied.iter().filter(|(_, _, conversions)| *conversions == 0).count();
        if converting + other == occupied.len() {
            return Err(LogitError::SeparatingAttribute {
                attribute: attribute.name.clone(),
                converting_levels: converting,
                other_levels: other,
            });
        }
        let one_sided = occupied.iter().find(|(_, leads, conversions)| *conversions == 0 || conversions == leads);
        if let (true, Some(&(level, leads, conversions))) = (l2 <= 0.0, one_sided) {
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
