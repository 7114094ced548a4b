//! A model file as a config that predicts and gives no points, so that it is scored by the rules of every other.

use leadcal_logit::model::{LogitModel, ModelAttribute, ModelLevel};

use crate::config::{
    ConfigError, Evidence, Format, Group, Model, Probability, ProbabilityKind, Range, ScoredAttribute, ScoredLevel,
    ScoringConfig, Term, TermOf, VERSION,
};

/// The group of attributes that give no points.
const GROUP: &str = "model";
/// A coefficient whose p-value is below this tells its sign.
const TELLING: f64 = 0.05;

/// The config of a model file: its attributes without points, its probability to the last bit but those of sums.
///
/// # Errors
/// Where the model makes no valid config, such as by levels that overlap.
pub fn config(model: &LogitModel, name: &str) -> Result<ScoringConfig, ConfigError> {
    let models = model.products.iter().chain([model]).map(of_product).collect();
    let config =
        ScoringConfig { format: Format::default(), version: VERSION, name: name.to_owned(), models, provenance: None };
    config.validate()?;
    Ok(config)
}

/// The attributes of a model file that no column of the leads can be: behaviours, signals and inactivity, whose making the file
/// does not tell.
pub fn not_columns<'m>(model: &'m LogitModel, columns: &[String]) -> Vec<&'m str> {
    let fields = model.attributes.iter().map(|attribute| attribute.input.field.as_str());
    fields.filter(|field| !columns.iter().any(|column| column == field)).collect()
}

fn of_product(model: &LogitModel) -> Model {
    let term = |attribute: &ModelAttribute, level: &ModelLevel| Term {
        of: TermOf::Level { attribute: attribute.name.clone(), level: level.level.clone() },
        coefficient: level.coefficient,
    };
    let terms = model
        .attributes
        .iter()
        .flat_map(|attribute| attribute.levels.iter().map(move |level| term(attribute, level)))
        .collect();
    let rate = model.conversions as f64 / model.leads.max(1) as f64;
    Model {
        product: model.product.clone(),
        base_points: 0.0,
        range: Range { min: 0.0, max: 0.0 },
        groups: vec![Group { name: GROUP.to_owned(), min: 0.0, max: 0.0, tiers: Vec::new() }],
        attributes: model.attributes.iter().map(|attribute| scored(attribute, rate)).collect(),
        behaviours: Vec::new(),
        signals: Vec::new(),
        inactivity: None,
        bands: Vec::new(),
        stages: Vec::new(),
        probability: Some(Probability { kind: ProbabilityKind::Logistic, intercept: model.intercept, terms }),
        expected_rate_by_score: None,
    }
}

fn scored(attribute: &ModelAttribute, overall: f64) -> ScoredAttribute {
    let level = |level: &ModelLevel| {
        let rate = level.conversions as f64 / level.leads.max(1) as f64;
        let evidence = Evidence {
            leads: level.leads,
            conversions: level.conversions,
            rate,
            lift: if overall > 0.0 { rate / overall } else { 0.0 },
            points_interval: None,
            conclusive: level.effect.p_value < TELLING,
        };
        ScoredLevel {
            name: level.level.clone(),
            when: level.when.clone(),
            points: 0.0,
            evidence: (level.leads > 0).then_some(evidence),
        }
    };
    ScoredAttribute {
        name: attribute.name.clone(),
        group: GROUP.to_owned(),
        input: attribute.input.clone(),
        levels: attribute.levels.iter().map(level).collect(),
    }
}
