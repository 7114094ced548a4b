//! Bands and tiers. HubSpot makes a score's output properties when the score is created, so they are a second body, for the draft.

use serde_json::{Map, Value as Json, json};

use super::{Category, Draft};
use crate::config::Group;
use crate::export::crm::number;

/// What stands where HubSpot's own identifiers go.
const ID_OF_BANDS: &str = "ID of the threshold output";
const ID_OF_TIERS: &str = "ID of the matrix output";

impl Draft<'_, '_> {
    /// The `outputConfiguration` of `PUT …/scores/{scoreId}/draft`; none without bands and tiers.
    pub(super) fn outputs(&mut self) -> Option<Json> {
        let model = self.model;
        let mut outputs = Vec::new();
        let by_hand = "HubSpot names the output when the score is created: put its ID into the file of outputs, and that into the draft";
        if !model.bands.is_empty() {
            let boundary = |(name, from): (&str, f64)| json!({ "label": name, "threshold": number(from) });
            let boundaries: Vec<Json> = model.bands.iter().map(|band| boundary((&band.name, band.from))).collect();
            outputs.push(json!({ "outputType": "THRESHOLD", "id": ID_OF_BANDS, "boundaries": boundaries }));
            self.losses.add(format!("{}/bands", self.at), "the bands", by_hand);
        }
        if !model.stages.is_empty() {
            self.losses.add(
                format!("{}/stages", self.at),
                "the stages",
                "left out: HubSpot's score has one list of thresholds, the bands'",
            );
        }
        if let Some(tiers) = self.tiers() {
            outputs.push(json!({ "outputType": "MATRIX", "id": ID_OF_TIERS, "boundaries": tiers }));
            self.losses.add(format!("{}/groups", self.at), "the tiers", by_hand);
        }
        (!outputs.is_empty()).then(|| json!({ "outputs": outputs }))
    }

    /// The tiers by category where each category has one group, as the grade is then HubSpot's.
    fn tiers(&mut self) -> Option<Map<String, Json>> {
        let model = self.model;
        let graded: Vec<(usize, &Group)> =
            model.groups.iter().enumerate().filter(|(_, group)| !group.tiers.is_empty()).collect();
        if graded.is_empty() {
            return None;
        }
        let of = |category| model.groups.iter().filter(|group| self.category(group) == category).collect::<Vec<_>>();
        let [fit, intent] = [of(Category::Fit), of(Category::Intent)];
        if fit.len() != 1 || intent.len() != 1 || graded.len() != 2 {
            for (index, group) in graded {
                let lost = "left out: HubSpot grades one group of fit and one of engagement, both with tiers";
                self.losses.add(
                    format!("{}/groups/{index}/tiers", self.at),
                    format!("the tiers of \"{}\"", group.name),
                    lost,
                );
            }
            return None;
        }
        // The base points stand in fit.
        let boundaries = |group: &Group, base: f64| -> Json {
            let boundary = |(name, from): (&str, f64)| json!({ "label": name, "threshold": number(from + base) });
            group.tiers.iter().map(|tier| boundary((&tier.name, tier.from))).collect()
        };
        let fit = (Category::Fit.word().to_owned(), boundaries(fit[0], model.base_points));
        let intent = (Category::Intent.word().to_owned(), boundaries(intent[0], 0.0));
        Some([fit, intent].into_iter().collect())
    }
}
