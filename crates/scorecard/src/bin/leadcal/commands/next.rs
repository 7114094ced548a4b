//! What to run after a calibration.

use std::path::Path;

use leadcal_scorecard::config::ScoringConfig;
use leadcal_scorecard::runtime::{CREATED_AT, PRODUCT};
use leadcal_scorecard::shell::word;
use leadcal_scorecard::spec::Spec;

use crate::error::printable;
use crate::tables::wrapped;
use crate::terminal::Look;

/// What to go on with: the report, and commands as they are typed.
pub(super) fn steps(
    spec: &Spec,
    spec_file: Option<&Path>,
    config: &ScoringConfig,
    file: &Path,
    report: &Path,
) -> String {
    let report = Look::Heading.on(&format!("Next: open {} in a browser.", printable(&report.display().to_string())));
    let head = wrapped(&format!("{report} What its bands would have meant, and the scores of these leads:"));
    format!("\n{head}  {}\n  {}\n", backtest(spec, spec_file, file), score(spec, config, file))
}

/// The command that measures the config in a file on the leads it was made from, or on those after them.
fn backtest(spec: &Spec, spec_file: Option<&Path>, file: &Path) -> String {
    let mut command = format!("leadcal backtest {}", path(file));
    if let Some(spec_file) = spec_file {
        return command + " " + &path(spec_file);
    }
    let outcome = &spec.data.outcome;
    command.extend([" ", &word(&spec.data.leads), " --outcome ", &word(&outcome.column)]);
    if let Some(positive) = &outcome.positive {
        command.extend([" --positive ", &word(positive)]);
    }
    command
}

fn path(path: &Path) -> String {
    word(&path.display().to_string())
}

/// The command that scores the leads calibrated on with the config in a file: with their events, and with the columns whose
/// names it could not guess.
fn score(spec: &Spec, config: &ScoringConfig, file: &Path) -> String {
    let models = &config.models;
    let inactivity = models.iter().any(|model| model.inactivity.is_some());
    let events = inactivity || models.iter().any(|model| !model.behaviours.is_empty());
    let products = models.iter().any(|model| model.product.is_some());
    let mut command = format!("leadcal score {} {}", path(file), word(&spec.data.leads));
    let mut add = |flag: &str, value: &str| command.extend([" ", flag, " ", &word(value)]);
    let data = &spec.data;
    if let Some(id) = data.id.as_ref().filter(|id| events || !super::ID_NAMES.contains(&super::plain(id).as_str())) {
        add("--id", id);
    }
    if let Some(product) = data.product.as_ref().filter(|column| products && *column != PRODUCT) {
        add("--product", product);
    }
    if let Some(created_at) = data.created_at.as_ref().filter(|column| inactivity && *column != CREATED_AT) {
        add("--created-at", created_at);
    }
    if let Some(log) = spec.events.as_ref().filter(|_| events) {
        add("--events", &log.file);
        add("--event-lead", &log.columns.lead);
        let usual = [("--event-time", &log.columns.time, "time"), ("--event-name", &log.columns.name, "event")];
        for (flag, column, _) in usual.into_iter().filter(|(_, column, usual)| column != usual) {
            add(flag, column);
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use leadcal_lift::events::EventColumns;
    use leadcal_scorecard::spec::{Events, Outcome};
    use serde_json::json;

    use super::*;

    fn check(config: &str, change: impl Fn(&mut Spec), expected: &str) {
        let models: serde_json::Value = serde_json::from_str(config).expect("JSON");
        let document = json!({ "format": "leadcal.scoring-config", "version": 1, "name": "c", "models": models });
        let config = ScoringConfig::parse(&document.to_string()).expect("a config");
        let mut spec = Spec::with_leads("leads.csv", Outcome { column: "won".into(), positive: None });
        spec.data.id = Some("Lead ID".into());
        spec.data.product = Some("product line".into());
        spec.data.created_at = Some("came".into());
        let columns = EventColumns { lead: "who".into(), time: "time".into(), name: "what".into() };
        spec.events = Some(Events { file: "events.csv".into(), columns });
        change(&mut spec);
        assert_eq!(score(&spec, &config, Path::new("out/scoring.json")), expected);
    }

    const BASE: &str = r#""base_points": 1, "range": { "min": 0, "max": 9 }, "attributes": [], "groups": [{ "name": "g", "min": 0, "max": 9 }]"#;

    #[test]
    fn flags_are_those_that_the_config_needs() {
        let fields = format!("[{{ {BASE} }}]");
        check(&fields, |_| {}, "leadcal score out/scoring.json leads.csv");
        check(
            &fields,
            |spec| {
                spec.data.leads = "leads-*.csv".into();
                spec.data.id = Some("it's".into());
            },
            r"leadcal score out/scoring.json 'leads-*.csv' --id 'it'\''s'",
        );
        let behaviour = format!(
            r#"[{{ "product": "a", {BASE} }}, {{ {BASE}, "behaviours": [{{ "name": "b", "group": "g", "window_days": 9, "points_each": 1 }}] }}]"#
        );
        check(
            &behaviour,
            |_| {},
            "leadcal score out/scoring.json leads.csv --id 'Lead ID' --product 'product line' --events events.csv --event-lead who \
             --event-name what",
        );
        let silence = format!(
            r#"[{{ {BASE}, "inactivity": {{ "group": "g", "steps": [{{ "after_days": 9, "points": -1 }}] }} }}]"#
        );
        check(
            &silence,
            |spec| {
                spec.events.as_mut().expect("events").columns.name = "event".into();
                spec.data.id = Some("id".into());
            },
            "leadcal score out/scoring.json leads.csv --id id --created-at came --events events.csv --event-lead who",
        );
        check(
            &silence,
            |spec| spec.data.created_at = Some("created_at".into()),
            "leadcal score out/scoring.json leads.csv --id 'Lead ID' --events events.csv --event-lead who --event-name what",
        );
    }
}
