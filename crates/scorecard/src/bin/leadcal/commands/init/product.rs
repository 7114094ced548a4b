//! The column of product lines.

use leadcal_lift::attribute::{MISSING, OTHER};
use leadcal_lift::patterns::CovariatePatterns;
use leadcal_scorecard::leakage::Suspect;
use leadcal_scorecard::readiness::LEAST;

use super::super::plain;
use super::super::summary::grouped;
use super::text::toml;

/// What it is called, in [`plain`] form.
const NAMES: [&str; 10] = [
    "product",
    "productline",
    "productname",
    "productfamily",
    "producttype",
    "productinterest",
    "interestedproduct",
    "productofinterest",
    "solution",
    "plan",
];
/// With more values it is no product line.
const MOST: usize = 20;

/// The key that names the column with its comment; as a comment where fewer than two products have enough leads. `None`
/// where no attribute is called so.
pub(super) fn line(patterns: &CovariatePatterns, suspects: &[Suspect]) -> Option<(String, String)> {
    let suspicious = |name: &str| suspects.iter().any(|suspect| suspect.column == name);
    let attributes = patterns.attributes();
    let named = |name: &str| attributes.iter().position(|attribute| plain(&attribute.name) == name);
    let at = NAMES.iter().filter_map(|name| named(name)).find(|&at| !suspicious(&attributes[at].name))?;
    let margin = patterns.margin(at);
    let levels = attributes[at].levels.iter().enumerate();
    let products: Vec<usize> = levels
        .filter(|(code, level)| ![MISSING, OTHER].contains(&level.name.as_str()) && margin.leads[*code] > 0)
        .map(|(code, _)| code)
        .collect();
    if !(2..=MOST).contains(&products.len()) {
        return None;
    }
    let other = |code: usize| margin.leads[code] - margin.conversions[code];
    let own = products.iter().filter(|&&code| margin.conversions[code].min(other(code)) >= LEAST).count();
    let code = format!("product = {}", toml(&attributes[at].name));
    let fewest = grouped(products.iter().map(|&code| margin.conversions[code]).min().unwrap_or(0));
    Some(if own >= 2 {
        let all = products.len();
        (code, format!("product line: {own} of {all} have the {LEAST} conversions for points of their own"))
    } else {
        let text = format!("product line? points of its own take {LEAST} conversions, and the rarest has {fewest}");
        (format!("# {code}"), text)
    })
}
