//! Mautic: point actions and point triggers as bodies for its REST API (Mautic 5 to 7).
//!
//! A point action gives points when a contact does something of a few kinds, for ever, each time or the first time; none looks
//! at a field. A trigger does something when a contact's points reach a number. Both are written unpublished.

use leadcal_lift::attribute::Scalar;
use serde_json::{Value as Json, json};

use super::crm::{file_stems, is_whole, json_file, limits_bind, outlook_losses, product_losses};
use super::{Export, ExportOptions, Losses};
use crate::config::{Behaviour, Model, ScoringConfig};

/// Mautic's point actions with the words that events of that kind are often named by, and the key of what limits them.
const ACTIONS: [(&str, &[&str], &str); 6] = [
    ("asset.download", &["asset_download", "download"], "assets"),
    ("email.open", &["email_open", "email_opened", "open"], "emails"),
    ("email.send", &["email_send", "email_sent"], "emails"),
    ("form.submit", &["form_submit", "form_submission", "form_submitted"], "forms"),
    ("page.hit", &["landing_page_view"], "pages"),
    ("url.hit", &["page_view", "pageview", "page_hit", "visit"], ""),
];
/// Properties of a page view that say which page.
const PAGE: [&str; 4] = ["page", "path", "page_url", "url"];
const COLOURS: [&str; 6] = ["a0acb8", "4e5d9d", "35b4b9", "fdb933", "f86b4f", "a20000"];

/// Two files for each model: its actions and its triggers.
pub(super) fn mautic(config: &ScoringConfig, options: &ExportOptions) -> Export {
    let mut losses = Losses::default();
    product_losses(config, "Mautic", &mut losses);
    let mut files = Vec::new();
    for (index, (model, stem)) in config.models.iter().zip(file_stems(config)).enumerate() {
        let mut plan = Plan { model, at: format!("/models/{index}"), options, losses: &mut losses };
        let behaviours = model.behaviours.iter().enumerate();
        let points: Vec<Json> = behaviours.flat_map(|(index, behaviour)| plan.actions(index, behaviour)).collect();
        let triggers = plan.triggers();
        plan.left_out();
        outlook_losses(model, &plan.at, "Mautic", &mut losses);
        files.push(json_file(format!("{stem}.points.json"), &points));
        files.push(json_file(format!("{stem}.triggers.json"), &triggers));
    }
    Export { files, losses: losses.into_list() }
}

/// A model on its way to Mautic.
struct Plan<'a> {
    model: &'a Model,
    /// JSON pointer to the model.
    at: String,
    options: &'a ExportOptions,
    losses: &'a mut Losses,
}

impl Plan<'_> {
    /// The point actions of a behaviour: one, or one for each page.
    fn actions(&mut self, index: usize, behaviour: &Behaviour) -> Vec<Json> {
        let at = format!("{}/behaviours/{index}", self.at);
        let part = format!("behaviour \"{}\"", behaviour.name);
        let Some((kind, limits)) = self.kind(behaviour) else {
            let kinds: Vec<&str> = ACTIONS.iter().map(|(kind, ..)| *kind).collect();
            let lost = format!(
                "left out: Mautic has no such point action; say with --rename EVENT=ACTION which it is: {}",
                kinds.join(", ")
            );
            self.losses.add(format!("{at}/event"), part, lost);
            return Vec::new();
        };
        let Some(properties) = properties(kind, limits, behaviour) else {
            let lost = "left out: of its conditions Mautic knows only the page's address, and otherwise IDs of its own";
            self.losses.add(format!("{at}/where"), part, lost);
            return Vec::new();
        };
        if kind == "url.hit" && !behaviour.properties.is_empty() {
            let lost = "the text is compared with the end of the page's address, query included";
            self.losses.add(format!("{at}/where"), part.clone(), lost);
        }
        self.losses.add(format!("{at}/window_days"), part.clone(), "points stay for ever");
        if behaviour.half_life_days.is_some() {
            self.losses.add(format!("{at}/half_life_days"), part.clone(), "points do not fade");
        }
        if behaviour.once_a_day {
            self.losses.add(format!("{at}/once_a_day"), part.clone(), "every event counts, not one a day");
        }
        let once = behaviour.max_times == Some(1);
        if let Some(most) = behaviour.max_times.filter(|_| !once || properties.len() > 1) {
            let lost = if once {
                "each page counts once, not all pages together".to_owned()
            } else {
                format!("every event counts, not {most} of them")
            };
            self.losses.add(format!("{at}/max_times"), part.clone(), lost);
        }
        let delta = whole(behaviour.points_each);
        if !is_whole(behaviour.points_each) {
            self.losses.add(format!("{at}/points_each"), part, format!("Mautic's points are whole: {delta} each"));
        }
        let body = |properties: Json| {
            json!({
                "name": behaviour.name,
                "description": "Made by leadcal from a scoring config.",
                "type": kind,
                "isPublished": false,
                "repeatable": !once,
                "delta": delta,
                "properties": properties,
            })
        };
        properties.into_iter().map(body).collect()
    }

    /// The kind of action an event is, with the key of what limits it.
    fn kind(&self, behaviour: &Behaviour) -> Option<(&'static str, &'static str)> {
        let event = behaviour.event.as_ref()?;
        let named = self.options.names.get(event).unwrap_or(event).as_str();
        let found = ACTIONS.iter().find(|(kind, words, _)| *kind == named || words.contains(&named));
        found.map(|(kind, _, limits)| (*kind, *limits))
    }

    /// A trigger for each band but the lowest, and each stage, that tags the contact.
    fn triggers(&mut self) -> Vec<Json> {
        let model = self.model;
        let bands: Vec<(&str, f64)> = model.bands.iter().map(|band| (band.name.as_str(), band.from)).collect();
        let stages: Vec<(&str, f64)> = model.stages.iter().map(|stage| (stage.name.as_str(), stage.from)).collect();
        let mut triggers = Vec::new();
        for (key, steps, first) in [("bands", bands, 1), ("stages", stages, 0)] {
            if steps.is_empty() {
                continue;
            }
            let lost = "a trigger fires when a contact's points reach it, once, and not on the way back; the lowest band has none";
            self.losses.add(format!("{}/{key}", self.at), format!("the {key}"), lost);
            let tag = |name: &str| format!("{key}: {name}");
            for (index, (name, from)) in steps.iter().enumerate().skip(first) {
                let others: Vec<String> =
                    steps.iter().filter(|(other, _)| other != name).map(|(other, _)| tag(other)).collect();
                let event = json!({
                    "name": format!("Tag {}", tag(name)),
                    "type": "lead.changetags",
                    "order": 1,
                    "properties": { "add_tags": [tag(name)], "remove_tags": others },
                });
                triggers.push(json!({
                    "name": tag(name),
                    "description": "Made by leadcal from a scoring config.",
                    "isPublished": false,
                    // Contacts start at 0 instead of the base points.
                    "points": reached(from - model.base_points),
                    "color": COLOURS[index.min(COLOURS.len() - 1)],
                    "triggerExistingLeads": false,
                    "events": [event],
                }));
            }
        }
        triggers
    }

    /// What has no place in Mautic's points.
    fn left_out(&mut self) {
        let model = self.model;
        for (index, attribute) in model.attributes.iter().enumerate() {
            let lost = "left out: no point action looks at a field; give these points in a campaign";
            self.losses.add(
                format!("{}/attributes/{index}", self.at),
                format!("attribute \"{}\"", attribute.name),
                lost,
            );
        }
        for (index, signal) in model.signals.iter().enumerate() {
            let lost = "left out: no point action looks at a field";
            self.losses.add(format!("{}/signals/{index}", self.at), format!("signal \"{}\"", signal.name), lost);
        }
        if model.inactivity.is_some() {
            self.losses.add(
                format!("{}/inactivity", self.at),
                "inactivity",
                "left out: silence costs no points in Mautic",
            );
        }
        for (index, group) in model.groups.iter().enumerate() {
            if limits_bind(model, group) {
                let lost = "its points are not limited in Mautic";
                self.losses.add(format!("{}/groups/{index}", self.at), format!("group \"{}\"", group.name), lost);
            }
            if !group.tiers.is_empty() {
                let part = format!("the tiers of \"{}\"", group.name);
                self.losses.add(format!("{}/groups/{index}/tiers", self.at), part, "left out: Mautic has no grades");
            }
        }
        if model.base_points.abs() > 0.0 {
            let lost = "contacts start at 0; triggers are set lower by as much";
            self.losses.add(format!("{}/base_points", self.at), "the base points", lost);
        }
        self.losses.add(format!("{}/range", self.at), "the score's range", "points are not limited in Mautic");
    }
}

/// The properties of the actions that a behaviour is; none where its conditions have no place.
fn properties(kind: &str, limits: &str, behaviour: &Behaviour) -> Option<Vec<Json>> {
    let conditions: Vec<(&String, &Vec<Scalar>)> = behaviour.properties.iter().collect();
    if kind != "url.hit" {
        return conditions.is_empty().then(|| vec![json!({ limits: [] })]);
    }
    let page = |url: String| json!({ "page_url": url, "page_hits": null, "first_time": false, "returns_within": 0, "returns_after": 0, "accumulative_time": 0 });
    match conditions[..] {
        [] => Some(vec![page("*".to_owned())]),
        [(property, values)] if PAGE.contains(&property.as_str()) => {
            let text = |value: &Scalar| match value {
                Scalar::Text(text) if text.trim() == text => Some(page(format!("*{}", pattern(text)))),
                Scalar::Text(_) | Scalar::Number(_) | Scalar::Boolean(_) => None,
            };
            values.iter().map(text).collect()
        }
        _ => None,
    }
}

/// A text that Mautic compares as it is: it decodes HTML entities, then reads a shell's pattern.
fn pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '*' | '?' | '[' | ']' | '\\' => pattern.extend(['\\', c]),
            '&' => pattern.push_str("&amp;"),
            c => pattern.push(c),
        }
    }
    pattern
}

/// Points as Mautic keeps them.
#[expect(clippy::cast_possible_truncation, reason = "points are at most 1e9, which fits")]
fn whole(points: f64) -> i32 {
    points.round() as i32
}

/// The least whole number that is not below.
#[expect(clippy::cast_possible_truncation, reason = "clamped to what fits")]
fn reached(from: f64) -> i32 {
    from.ceil().clamp(f64::from(i32::MIN), f64::from(i32::MAX)) as i32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::arbitrary::any_config;
    use crate::export::tests::example;
    use crate::export::{Target, export};

    fn exported(config: &ScoringConfig) -> (Vec<Json>, Vec<Json>, Vec<String>) {
        let export = export(config, Target::Mautic, &ExportOptions::default()).expect("an export");
        let read = |index: usize| serde_json::from_slice(&export.files[index].bytes).expect("a list");
        (read(0), read(1), export.losses.into_iter().map(|loss| loss.pointer).collect())
    }

    #[test]
    fn the_example_is_an_action_and_triggers() {
        let (points, triggers, losses) = exported(&example());
        assert_eq!(points.len(), 1);
        assert_eq!(points[0]["type"], "url.hit");
        assert_eq!(points[0]["properties"]["page_url"], "*/pricing");
        assert_eq!((&points[0]["delta"], &points[0]["repeatable"]), (&json!(8), &json!(true)));
        let reached: Vec<(&str, i64)> = triggers
            .iter()
            .map(|trigger| (trigger["name"].as_str().unwrap_or(""), trigger["points"].as_i64().unwrap_or(0)))
            .collect();
        assert_eq!(reached, [("bands: warm", 31), ("bands: hot", 51), ("stages: MQL", 40), ("stages: SQL", 65)]);
        assert_eq!(triggers[0]["events"][0]["properties"]["remove_tags"], json!(["bands: cold", "bands: hot"]));
        for lost in [
            "/models/0/behaviours/0/where",
            "/models/0/behaviours/0/window_days",
            "/models/0/behaviours/0/half_life_days",
            "/models/0/behaviours/0/max_times",
            "/models/0/bands",
            "/models/0/stages",
            "/models/0/attributes/0",
            "/models/0/attributes/3",
            "/models/0/signals/3",
            "/models/0/inactivity",
            "/models/0/groups/0",
            "/models/0/groups/1/tiers",
            "/models/0/base_points",
            "/models/0/range",
            "/models/0/probability",
            "/models/0/expected_rate_by_score",
            "/models/0/bands/0/action",
            "/models/0/bands/0/expected_rate",
        ] {
            assert!(losses.iter().any(|pointer| pointer == lost), "{lost} in {losses:?}");
        }
    }

    #[test]
    fn addresses_are_no_patterns() {
        for (text, expected) in
            [("/a?b=*", "/a\\?b=\\*"), ("/[x]\\", "/\\[x\\]\\\\"), ("/a&lt;b", "/a&amp;lt;b"), ("/\"'<é", "/\"'<é")]
        {
            assert_eq!(pattern(text), expected);
        }
    }

    proptest! {
        #[test]
        fn every_behaviour_is_an_action_or_a_loss(config in any_config()) {
            let export = export(&config, Target::Mautic, &ExportOptions::default()).expect("an export");
            prop_assert_eq!(export.files.len(), 2 * config.models.len());
            for (index, model) in config.models.iter().enumerate() {
                let points: Vec<Json> = serde_json::from_slice(&export.files[2 * index].bytes).expect("a list");
                for (number, behaviour) in model.behaviours.iter().enumerate() {
                    let found = points.iter().filter(|action| action["name"] == behaviour.name.as_str()).count();
                    let at = format!("/models/{index}/behaviours/{number}");
                    let told = |key: &str| export.losses.iter().any(|loss| loss.pointer == format!("{at}/{key}"));
                    prop_assert!((found > 0) != (told("event") || (told("where") && !told("window_days"))));
                    prop_assert!(found == 0 || told("window_days"));
                }
                for action in &points {
                    prop_assert!(ACTIONS.iter().any(|(kind, ..)| action["type"] == *kind));
                    prop_assert!(action["delta"].as_i64().is_some_and(|delta| i32::try_from(delta).is_ok()));
                }
            }
        }
    }
}
