//! Two model files, coefficient by coefficient.

use leadcal_lift::attribute::Input;
use leadcal_logit::model::{LogitModel, ModelAttribute};

use super::attributes::{Level, Side, added_or_removed, attribute};
use super::keys::{changed, paired};
use super::{AttributeDiff, Change, ConfigDiff, Effect, ModelDiff, Presence};

/// What changed from one model file to another. Coefficients are the levels' effects against the average lead, as a scoring config
/// has them; there are no points.
pub fn model_files(before: &LogitModel, after: &LogitModel) -> ConfigDiff {
    let [was, is] = [before, after].map(|model| std::iter::once(model).chain(&model.products).collect::<Vec<_>>());
    let name = |model: &&LogitModel| model.product.clone().unwrap_or_default();
    let [was_names, is_names] = [&was, &is].map(|models| models.iter().map(name).collect::<Vec<_>>());
    let compared = paired(&was_names, &is_names, |name| name).into_iter().filter_map(|[from, to]| {
        let presence = match (from, to) {
            (None, _) => Presence::Added,
            (_, None) => Presence::Removed,
            _ => Presence::Changed,
        };
        // A product without a model of its own is served by the one of all.
        let (from, to) = (from.map_or(before, |at| was[at]), to.map_or(after, |at| is[at]));
        let product = if presence == Presence::Removed { &from.product } else { &to.product };
        let changes = figures(from, to);
        let attributes = attributes(from, to);
        let effects = changes.iter().map(|change| change.effect);
        let effect = effects.chain(attributes.iter().map(|attribute| attribute.effect)).max();
        let differs = effect.is_some() || presence != Presence::Changed;
        differs.then(|| ModelDiff {
            product: product.clone(),
            presence,
            effect: effect.unwrap_or(Effect::Nothing),
            changes,
            attributes,
            behaviours: Vec::new(),
            signals: Vec::new(),
            inactivity: None,
        })
    });
    let models: Vec<ModelDiff> = compared.collect();
    let effect = models.iter().map(|model| model.effect).max().unwrap_or(Effect::Nothing);
    ConfigDiff { effect, differs: !models.is_empty(), changes: Vec::new(), models }
}

/// Everything but the attributes.
fn figures(before: &LogitModel, after: &LogitModel) -> Vec<Change> {
    let auc = [before, after].map(|model| model.validation.as_ref().map(|validation| validation.auc));
    let log_loss = [before, after].map(|model| model.validation.as_ref().map(|validation| validation.log_loss));
    let intercept = [before, after].map(|model| model.centred_intercept.value);
    let changes = [
        changed("intercept", &intercept[0], &intercept[1], Effect::Results),
        changed("l2", &before.l2, &after.l2, Effect::Nothing),
        changed("solver", &before.solver, &after.solver, Effect::Nothing),
        changed("leads", &before.leads, &after.leads, Effect::Nothing),
        changed("conversions", &before.conversions, &after.conversions, Effect::Nothing),
        changed("out-of-fold AUC", &auc[0], &auc[1], Effect::Nothing),
        changed("out-of-fold log loss", &log_loss[0], &log_loss[1], Effect::Nothing),
    ];
    changes.into_iter().flatten().collect()
}

fn attributes(before: &LogitModel, after: &LogitModel) -> Vec<AttributeDiff> {
    let pairs = paired(&before.attributes, &after.attributes, |attribute| &attribute.name);
    let diff = |[was, is]: [Option<usize>; 2]| match (was, is) {
        (Some(was), Some(is)) => {
            let (was, to) = (&before.attributes[was], is);
            attribute(&was.name, &side(was, to), &side(&after.attributes[is], to))
        }
        (None, Some(is)) => Some(alone(&after.attributes[is], is, Presence::Added)),
        (Some(was), None) => Some(alone(&before.attributes[was], was, Presence::Removed)),
        (None, None) => None,
    };
    pairs.into_iter().filter_map(diff).collect()
}

fn alone(attribute: &ModelAttribute, at: usize, presence: Presence) -> AttributeDiff {
    let mut diff = added_or_removed(&attribute.name, &side(attribute, at), presence);
    diff.effect = Effect::Results;
    for level in &mut diff.levels {
        level.effect = Effect::Results;
    }
    diff
}

fn side(attribute: &ModelAttribute, at: usize) -> Side<'_> {
    let ModelAttribute { input, levels, .. } = attribute;
    let levels = levels.iter().map(|level| Level {
        name: &level.level,
        when: &level.when,
        points: 0.0,
        coefficient: Some(level.effect.value),
        evidence: None,
    });
    let input: &Input = input;
    Side { pointer: format!("/attributes/{at}"), group: None, input, levels: levels.collect() }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const MODEL: &str = r#"{
        "format": "leadcal.logit-model", "version": 1, "leads": 100, "conversions": 20, "solver": "newton", "l2": 1.0,
        "log_likelihood": -40.0, "objective": 41.0, "intercept": -1.5,
        "centred_intercept": { "value": -1.4, "std_error": 0.1, "interval": [-1.6, -1.2], "p_value": 0.001 },
        "attributes": [{ "name": "size", "input": { "field": "size", "type": "number" }, "levels": [
            { "level": "< 5", "when": { "below": 5 }, "leads": 50, "conversions": 5, "coefficient": -0.5,
              "effect": { "value": -0.5, "std_error": 0.1, "interval": [-0.7, -0.3], "p_value": 0.001 } },
            { "level": ">= 5", "when": { "from": 5 }, "leads": 50, "conversions": 15, "coefficient": 0.5,
              "effect": { "value": 0.5, "std_error": 0.1, "interval": [0.3, 0.7], "p_value": 0.001 } }
        ] }]
    }"#;

    #[test]
    fn coefficients_are_compared_and_counts_change_nothing() {
        let read = |text: &str| LogitModel::from_json(text).expect("a model");
        let before = read(MODEL);
        assert!(!model_files(&before, &before).differs);
        let counts = model_files(&before, &read(&MODEL.replace("\"leads\": 100", "\"leads\": 101")));
        assert_eq!((counts.differs, counts.effect), (true, Effect::Nothing));
        let cut = MODEL.replace("\"below\": 5", "\"below\": 7").replace("\"from\": 5", "\"from\": 7");
        let recut = model_files(&before, &read(&cut));
        assert_eq!(recut.effect, Effect::Results);
        let [piece] = &recut.models[0].attributes[0].levels[..] else { panic!("{recut:?}") };
        assert_eq!(piece.level, "[5, 7)");
        let sides = [&piece.before, &piece.after].map(|side| side.as_ref().and_then(|side| side.coefficient));
        assert_eq!(sides, [Some(0.5), Some(-0.5)]);
        let mut smaller: Value = serde_json::from_str(MODEL).expect("JSON");
        smaller["attributes"] = Value::Array(Vec::new());
        let removed = model_files(&before, &read(&smaller.to_string()));
        assert_eq!(removed.models[0].attributes[0].presence, Presence::Removed);
    }
}
