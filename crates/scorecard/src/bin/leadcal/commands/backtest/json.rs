//! What `backtest --format json` prints: every figure of the tables.

use leadcal_scorecard::backtest::looks;
use leadcal_scorecard::backtest::scope::{Taken, date};
use serde_json::{Value, json};

use super::Report;

/// The report for programs.
pub(super) fn json(report: &Report) -> Value {
    let scope = &report.scope;
    let (taken, after, from, to) = match &scope.taken {
        Taken::All => ("all", None, None, None),
        Taken::After(to) => ("after", Some(to), None, None),
        Taken::Period(from, to) => ("period", None, *from, *to),
    };
    let created = looks::days(&scope.looks).map(|(first, last)| [first, last].map(|day| date(day).to_string()));
    let text = |date: Option<jiff::civil::Date>| date.map(|date| date.to_string());
    json!({
        "config": report.config.name,
        "files": report.files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>(),
        "scope": {
            "taken": taken,
            "after": after,
            "from": text(from),
            "to": text(to),
            "created": created,
            "config_made_from": scope.made_from.word(),
            "in_words": scope.made_from.to_string(),
            "undated": scope.undated,
        },
        "read": report.read,
        "not_scored": report.failed,
        "figures": report.measured.figures,
        "models": report.measured.models.iter().map(|(product, figures)| json!({ "product": product, "figures": figures })).collect::<Vec<_>>(),
        "periods": report.measured.periods.iter().flatten()
            .map(|period| json!({ "from": period.from, "to": period.to, "figures": period.figures }))
            .collect::<Vec<_>>(),
        "warnings": report.warnings,
    })
}
