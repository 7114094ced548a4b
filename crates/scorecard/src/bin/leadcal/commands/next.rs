//! What to run after a calibration.

use std::path::Path;

use leadcal_scorecard::config::ScoringConfig;
use leadcal_scorecard::runtime::{CREATED_AT, PRODUCT};
use leadcal_scorecard::spec::Spec;

/// The command that scores leads like those calibrated on with the config in a file: with their events, and with the
/// columns whose names it could not guess.
pub(super) fn score_command(spec: &Spec, config: &ScoringConfig, file: &Path) -> String {
    let models = &config.models;
    let inactivity = models.iter().any(|model| model.inactivity.is_some());
    let events = inactivity || models.iter().any(|model| !model.behaviours.is_empty());
    let products = models.iter().any(|model| model.product.is_some());
    let mut command = format!("leadcal score {} LEADS", word(&file.display().to_string()));
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
        add("--events", "EVENTS");
        add("--event-lead", &log.columns.lead);
        let usual = [("--event-time", &log.columns.time, "time"), ("--event-name", &log.columns.name, "event")];
        for (flag, column, _) in usual.into_iter().filter(|(_, column, usual)| column != usual) {
            add(flag, column);
        }
    }
    command
}

/// A word of a shell's command, quoted where it must be.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-./:,+@%".contains(c);
    let safe = !text.is_empty() && text.chars().all(plain);
    if safe { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
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
        assert_eq!(score_command(&spec, &config, Path::new("out/scoring.json")), expected);
    }

    const BASE: &str = r#""base_points": 1, "range": { "min": 0, "max": 9 }, "attributes": [], "groups": [{ "name": "g", "min": 0, "max": 9 }]"#;

    #[test]
    fn flags_are_those_that_the_config_needs() {
        let fields = format!("[{{ {BASE} }}]");
        check(&fields, |_| {}, "leadcal score out/scoring.json LEADS");
        check(
            &fields,
            |spec| spec.data.id = Some("it's".into()),
            r"leadcal score out/scoring.json LEADS --id 'it'\''s'",
        );
        let behaviour = format!(
            r#"[{{ "product": "a", {BASE} }}, {{ {BASE}, "behaviours": [{{ "name": "b", "group": "g", "window_days": 9, "points_each": 1 }}] }}]"#
        );
        check(
            &behaviour,
            |_| {},
            "leadcal score out/scoring.json LEADS --id 'Lead ID' --product 'product line' --events EVENTS --event-lead who \
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
            "leadcal score out/scoring.json LEADS --id id --created-at came --events EVENTS --event-lead who",
        );
        check(
            &silence,
            |spec| spec.data.created_at = Some("created_at".into()),
            "leadcal score out/scoring.json LEADS --id 'Lead ID' --events EVENTS --event-lead who --event-name what",
        );
    }
}
