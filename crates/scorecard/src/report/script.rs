//! The page's script: the scorer that `leadcal export --to javascript` writes, as a function of its models, and what makes
//! the page interactive (`page/`), in one inline script.

use crate::config::ScoringConfig;
use crate::export::scorer_of_models;

/// The parts of the page's script in the order in which they run.
const PAGE: [&str; 22] = [
    include_str!("page/data.js"),
    include_str!("page/rating.js"),
    include_str!("page/figures.js"),
    include_str!("page/interval.js"),
    include_str!("page/curve.js"),
    include_str!("page/edits.js"),
    include_str!("page/written.js"),
    include_str!("page/edited.js"),
    include_str!("page/scorer.js"),
    include_str!("page/dom.js"),
    include_str!("page/page.js"),
    include_str!("page/numbers.js"),
    include_str!("page/toolbar.js"),
    include_str!("page/distribution.js"),
    include_str!("page/bands.js"),
    include_str!("page/points.js"),
    include_str!("page/lead_form.js"),
    include_str!("page/lead.js"),
    include_str!("page/download.js"),
    include_str!("page/theme.js"),
    include_str!("page/attributes.js"),
    include_str!("page/start.js"),
];

/// The script of a report with this config: `scorerOf(models)` gives the function `score(lead, events, asOf)`, `models` as
/// the exported module has them, and throws `LeadError` and `NoModelError` of its own.
pub(super) fn script(config: &ScoringConfig) -> String {
    let scorer = scorer_of_models(config);
    format!(
        "\"use strict\";\n(() => {{\nfunction scorerOf(GIVEN_MODELS) {{\n{scorer}return score;\n}}\n{}}})();\n",
        PAGE.concat()
    )
}
