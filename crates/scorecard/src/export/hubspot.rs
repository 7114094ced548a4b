//! HubSpot's lead scoring API, release 2027-03-beta: the body that creates a score as a draft, and the bands and tiers to put
//! into its draft. HubSpot publishes the schema (HubSpot public API spec collection, "Marketing Lead Scoring"), and the words of
//! property operations in its guide "List filters overview".
//!
//! Each level is a rule of its own whose condition excludes the other levels, so that no score rests on an order of rules.

mod behaviours;
mod filters;
mod outputs;

use serde_json::{Value as Json, json};

use super::crm::{
    Names, all_whole, file_stems, identifier, json_file, number, outlook_losses, product_losses, reach, title,
    type_losses,
};
use super::partition::{Test, partition};
use super::{Export, ExportOptions, Losses};
use crate::config::{Group, Model, ScoringConfig, Signal};
use leadcal_lift::signals::SignalKind;

/// The object type of contacts.
const CONTACTS: &str = "0-1";
/// HubSpot's guide "Build lead scores" offers limits of a score up to this.
const LARGEST_LIMIT: f64 = 10_000.0;
/// What the rounding to an allowed limit goes up by.
const LIMIT_STEP: f64 = 100.0;

/// Whose points HubSpot takes a group's to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Category {
    Fit,
    Intent,
}

impl Category {
    fn word(self) -> &'static str {
        match self {
            Self::Fit => "FIT",
            Self::Intent => "INTENT",
        }
    }
}

/// One score for each model.
pub(super) fn hubspot(config: &ScoringConfig, options: &ExportOptions) -> Export {
    let mut losses = Losses::default();
    product_losses(config, "HubSpot", &mut losses);
    let mut names = Names::of_fields(config, &options.names, (100, ""), |text| identifier(text, "p_").to_lowercase());
    let object = options.object.as_deref().unwrap_or(CONTACTS);
    let mut files = Vec::new();
    for (index, (model, stem)) in config.models.iter().zip(file_stems(config)).enumerate() {
        let mut draft = Draft { model, at: format!("/models/{index}"), names: &mut names, losses: &mut losses };
        let body = draft.body(&title(config, model), object);
        files.push(json_file(format!("{stem}.create.json"), &body));
        if let Some(outputs) = draft.outputs() {
            files.push(json_file(format!("{stem}.outputs.json"), &outputs));
        }
    }
    Export { files, losses: losses.into_list() }
}

/// A model on its way to HubSpot.
struct Draft<'a, 'o> {
    model: &'a Model,
    /// JSON pointer to the model.
    at: String,
    names: &'a mut Names<'o>,
    losses: &'a mut Losses,
}

impl Draft<'_, '_> {
    /// The body of `POST /marketing/lead-scoring/2027-03-beta/scores`.
    fn body(&mut self, name: &str, object: &str) -> Json {
        let model = self.model;
        type_losses(model, &self.at, self.losses);
        let mut groups = Vec::new();
        if model.base_points.abs() > 0.0 {
            let base = number(model.base_points);
            let rule = rule(&json!({ "type": "CONSTANT", "value": base }));
            groups.push(json!({
                "groupName": "Base points", "groupCategory": "FIT", "minValue": base, "maxValue": base, "ruleConfigurations": [rule],
            }));
        }
        groups.extend(model.groups.iter().enumerate().map(|(index, group)| self.group(index, group)));
        let categories = [Category::Fit, Category::Intent];
        let used = |category: &Category| {
            let base = *category == Category::Fit && model.base_points.abs() > 0.0;
            base || model.groups.iter().any(|group| self.category(group) == *category)
        };
        let allowed: Vec<&str> =
            categories.iter().filter(|category| used(category)).map(|category| category.word()).collect();
        let limit = self.limit();
        self.range_and_rounding();
        outlook_losses(model, &self.at, "HubSpot", self.losses);
        json!({
            "name": name, "objectTypeId": object, "allowedGroupTypes": allowed, "maxScorePerCategory": limit, "groupConfigs": groups,
        })
    }

    /// Engagement where anything in the group is about what the lead did.
    fn category(&self, group: &Group) -> Category {
        let behaves = self.model.behaviours.iter().any(|behaviour| behaviour.group == group.name);
        let tires = self.model.inactivity.iter().any(|inactivity| inactivity.group == group.name);
        if behaves || tires { Category::Intent } else { Category::Fit }
    }

    fn group(&mut self, index: usize, group: &Group) -> Json {
        let model = self.model;
        let mut rules = Vec::new();
        for (index, attribute) in model.attributes.iter().enumerate() {
            if attribute.group != group.name {
                continue;
            }
            let property = self.names.of(&attribute.input.field);
            for part in partition(attribute) {
                let level = &attribute.levels[part.level];
                let pointer = format!("{}/attributes/{index}/levels/{}", self.at, part.level);
                self.unsafe_texts(&part.test, pointer, format!("level \"{}\" of \"{}\"", level.name, attribute.name));
                if part.points.abs() > 0.0 {
                    rules.push(when(&filters::conditions(&property, &part.test), part.points));
                }
            }
        }
        rules.extend(self.behaviours(group));
        for (index, signal) in model.signals.iter().enumerate().filter(|(_, signal)| signal.group == group.name) {
            rules.extend(self.signal(index, signal));
        }
        if let Some(inactivity) = model.inactivity.as_ref().filter(|inactivity| inactivity.group == group.name) {
            let days: Vec<String> = inactivity.steps.iter().map(|step| step.after_days.to_string()).collect();
            let lost =
                format!("left out: HubSpot scores no silence; leads keep their points after {} days", days.join(", "));
            self.losses.add(format!("{}/inactivity", self.at), "inactivity", lost);
        }
        let mut json = json!({
            "groupName": group.name,
            "groupCategory": self.category(group).word(),
            "minValue": number(group.min),
            "maxValue": number(group.max),
            "ruleConfigurations": rules,
        });
        if let Some(decay) = self.decay(index, group) {
            json["groupDecay"] = decay;
        }
        json
    }

    /// A property's option cannot hold these texts as they are.
    fn unsafe_texts(&mut self, test: &Test<'_>, pointer: String, part: String) {
        let (Test::Texts(texts) | Test::NoneOf(texts)) = test else { return };
        let odd: Vec<String> = texts
            .iter()
            .filter(|text| text.contains(';') || text.trim() != **text)
            .map(|text| format!("{text:?}"))
            .collect();
        if !odd.is_empty() {
            let odd = odd.join(", ");
            let lost = format!("no option of a property is {odd}: HubSpot cuts blanks and takes ; to separate options");
            self.losses.add(pointer, part, lost);
        }
    }

    fn signal(&mut self, index: usize, signal: &Signal) -> Vec<Json> {
        if let SignalKind::FilledFields { fields } = &signal.kind {
            let filled = |names: &mut Names<'_>, field| when(&[filters::known(&names.of(field))], signal.points);
            return fields.iter().map(|field| filled(self.names, field)).collect();
        }
        let property = self.names.of(&format!("leadcal signal {}", signal.name));
        let lost = format!(
            "HubSpot cannot compute it: somebody must set the yes/no property {property}; no value counts as no"
        );
        self.losses.add(format!("{}/signals/{index}", self.at), format!("signal \"{}\"", signal.name), lost);
        vec![when(&filters::conditions(&property, &Test::Boolean(true)), signal.points)]
    }

    /// A limit of both categories that never binds.
    #[expect(clippy::cast_possible_truncation, reason = "limits are far below 2^53")]
    fn limit(&mut self) -> i64 {
        let total = |category: Category| {
            let groups = self.model.groups.iter().filter(|group| self.category(group) == category);
            let base = if category == Category::Fit { self.model.base_points.abs() } else { 0.0 };
            base + groups
                .map(|group| reach(self.model, group).map(f64::abs))
                .map(|[low, high]| low.max(high))
                .sum::<f64>()
        };
        let needed = total(Category::Fit).max(total(Category::Intent));
        if needed > LARGEST_LIMIT {
            let lost = format!("sums reach {needed}, HubSpot's scores only 10000; what is beyond is cut");
            self.losses.add(format!("{}/groups", self.at), "the groups' limits", lost);
        }
        ((needed / LIMIT_STEP).ceil().max(1.0) * LIMIT_STEP).min(LARGEST_LIMIT) as i64
    }

    fn range_and_rounding(&mut self) {
        let model = self.model;
        let sums = model.groups.iter().map(|group| reach(model, group));
        let [low, high] = sums.fold([model.base_points; 2], |sum, ends| [sum[0] + ends[0], sum[1] + ends[1]]);
        if low < model.range.min || high > model.range.max {
            let lost = format!("HubSpot has no range of the total, which reaches from {low} to {high}");
            self.losses.add(format!("{}/range", self.at), "the score's range", lost);
        }
        if !all_whole(model) {
            let lost = "HubSpot's score has the decimals that points and decay give it";
            self.losses.add(self.at.clone(), "the rounding of the score", lost);
        }
    }
}

/// A rule that gives what a calculation says.
fn rule(calculation: &Json) -> Json {
    json!({ "configuration": { "calculation": calculation }, "enabled": true })
}

/// A rule that gives points where all conditions hold.
fn when(conditions: &[Json], points: f64) -> Json {
    rule(&conditional(conditions, points))
}

fn conditional(conditions: &[Json], points: f64) -> Json {
    let all = json!({ "type": "COMPOSITE", "operator": "AND", "conditions": conditions });
    json!({ "type": "CONDITIONAL", "value": number(points), "whereCondition": all })
}

#[cfg(test)]
mod tests;
