//! Points and fitted model joined into a scoring config.

use leadcal_lift::attribute::{Attribute, When};
use leadcal_lift::patterns::{Counts, Source};
use leadcal_lift::points::{LevelEvidence, PointsAttribute, PointsGroup, PointsLevel, PointsTable};
use leadcal_logit::error::LogitError;
use leadcal_logit::model::LogitModel;
use leadcal_logit::score_curve::ScoreCurve;

use crate::bands::{bands, stages};
use crate::config::{
    Behaviour, ConfigError, Evidence, ExpectedRateByScore, Format, Group, Inactivity, InactivityStep, Model,
    Probability, ProbabilityKind, Provenance, Range, ScoredAttribute, ScoredLevel, ScoringConfig, Signal, Term, TermOf,
    Tier, VERSION,
};
use crate::cut_offs::{CutOff, CutOffError, clamped_scores};
use crate::spec::CutRule;

/// The group of attributes that are not given one: what a lead is, as against what it does.
pub const DEFAULT_GROUP: &str = "fit";
/// Rates and lifts of the evidence are written with this many decimals; points.json has them in full.
const DECIMALS: f64 = 1e4;

/// What a config is made of besides points and model.
#[derive(Debug, Clone, Default)]
pub struct AssembleOptions<'a> {
    /// The config's name.
    pub name: String,
    /// How bands are cut.
    pub bands: Option<&'a CutRule>,
    /// How stages are cut; none without a rule.
    pub stages: Option<&'a CutRule>,
    /// Where the numbers come from.
    pub provenance: Provenance,
}

/// A config with what should be known about it.
#[derive(Debug, Clone)]
pub struct Assembled {
    /// The config.
    pub config: ScoringConfig,
    /// Where its bands start, and why there.
    pub band_cut_offs: Vec<CutOff>,
    /// Where its stages start, and why there.
    pub stage_cut_offs: Vec<CutOff>,
    /// In plain words.
    pub warnings: Vec<String>,
}

/// Why points and model make no config.
#[derive(Debug, thiserror::Error)]
pub enum AssembleError {
    /// They were calibrated on different attributes.
    #[error("points and model differ: {0}")]
    Differ(String),
    /// The lowest band leaves low scores without one.
    #[error("band \"{name}\" starts at {from}, but scores start at {least}: lower scores would have no band")]
    LowestBand {
        /// The lowest band.
        name: String,
        /// Where it starts.
        from: f64,
        /// The lowest score.
        least: i64,
    },
    /// Cut-offs that cannot be found.
    #[error(transparent)]
    CutOffs(#[from] CutOffError),
    /// No score curve.
    #[error(transparent)]
    Curve(#[from] LogitError),
    /// The numbers given make a config that contradicts itself.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// Joins points and model, one model of the config for each product that has its own, then the one for all the others.
/// Attributes stand by importance: widest range of points first, then by name.
///
/// # Errors
/// [`AssembleError`] where points and model are not of the same attributes, or what was asked for is no valid config.
pub fn assemble(
    points: &PointsTable,
    model: Option<&LogitModel>,
    options: AssembleOptions<'_>,
) -> Result<Assembled, AssembleError> {
    let mut models = Vec::new();
    let mut warnings = Vec::new();
    for table in &points.products {
        let product = table.product.as_deref().unwrap_or_default();
        let of_product = |model: &&LogitModel| model.product.as_deref() == Some(product);
        let fitted = model.map(|model| {
            let found = model.products.iter().find(of_product);
            found.ok_or_else(|| AssembleError::Differ(format!("the model has none of product \"{product}\"")))
        });
        let share = table.leads as f64 / points.leads.max(1) as f64;
        let [bands, stages] = [options.bands, options.stages].map(|rule| rule.map(|rule| rule.shared(share)));
        let made = scored(table, fitted.transpose()?, bands.as_ref(), stages.as_ref())?;
        warnings.extend(made.warnings.iter().map(|warning| format!("product \"{product}\": {warning}")));
        models.push(made.model);
    }
    let pooled = scored(points, model, options.bands, options.stages)?;
    models.push(pooled.model);
    warnings.extend(pooled.warnings);
    let provenance = Some(options.provenance);
    let config = ScoringConfig { format: Format::default(), version: VERSION, name: options.name, models, provenance };
    config.validate()?;
    Ok(Assembled { config, band_cut_offs: pooled.band_cut_offs, stage_cut_offs: pooled.stage_cut_offs, warnings })
}

/// A model of the config, and what should be known about it.
struct Scored {
    model: Model,
    band_cut_offs: Vec<CutOff>,
    stage_cut_offs: Vec<CutOff>,
    warnings: Vec<String>,
}

fn scored(
    points: &PointsTable,
    model: Option<&LogitModel>,
    band_rule: Option<&CutRule>,
    stage_rule: Option<&CutRule>,
) -> Result<Scored, AssembleError> {
    if let Some(model) = model {
        check_same(points, model)?;
    }
    let curve = score_curve(points)?;
    let made = bands(band_rule, points, &curve)?;
    let staged = stages(stage_rule, points, &curve)?;
    if let Some(lowest) = made.bands.first()
        && lowest.from > points.range.min as f64
    {
        let (name, from, least) = (lowest.name.clone(), lowest.from, points.range.min);
        return Err(AssembleError::LowestBand { name, from, least });
    }
    let model = Model {
        product: points.product.clone(),
        base_points: points.base_points as f64,
        range: Range { min: points.range.min as f64, max: points.range.max as f64 },
        groups: points.groups.iter().map(group).collect(),
        attributes: scored_attributes(points),
        behaviours: behaviours(points),
        signals: signals(points),
        inactivity: inactivity(points),
        bands: made.bands,
        stages: staged.stages,
        probability: model.map(|model| probability(points, model)),
        expected_rate_by_score: Some(ExpectedRateByScore { intercept: curve.intercept, slope: curve.slope }),
    };
    let warnings = [made.warnings, staged.warnings].concat();
    Ok(Scored { model, band_cut_offs: made.cut_offs, stage_cut_offs: staged.cut_offs, warnings })
}

fn check_same(points: &PointsTable, model: &LogitModel) -> Result<(), AssembleError> {
    let of_points: Vec<Attribute> = points.attributes.iter().map(PointsAttribute::attribute).collect();
    let of_model = model.attributes();
    if let Some((a, b)) = of_points.iter().zip(&of_model).find(|(a, b)| a != b) {
        let text = if a.name == b.name {
            format!("attribute \"{}\" has other levels in the model", a.name)
        } else {
            format!("the points have attribute \"{}\" where the model has \"{}\"", a.name, b.name)
        };
        return Err(AssembleError::Differ(text));
    }
    if of_points.len() != of_model.len() {
        let text = format!("the points have {} attributes, the model {}", of_points.len(), of_model.len());
        return Err(AssembleError::Differ(text));
    }
    if (points.leads, points.conversions) != (model.leads, model.conversions) {
        return Err(AssembleError::Differ(format!(
            "the points come from {} leads with {} conversions, the model from {} with {}",
            points.leads, points.conversions, model.leads, model.conversions
        )));
    }
    Ok(())
}

/// The expected rate by score of the calibration leads.
fn score_curve(points: &PointsTable) -> Result<ScoreCurve, LogitError> {
    let mut scores = Vec::new();
    let mut counts = Counts::default();
    for (score, leads, conversions) in clamped_scores(points) {
        scores.push(score);
        counts.leads.push(leads);
        counts.conversions.push(conversions);
    }
    ScoreCurve::fit(&scores, &counts)
}

fn group(group: &PointsGroup) -> Group {
    let tier = |tier: &leadcal_lift::points::Tier| Tier { name: tier.name.clone(), from: tier.from as f64 };
    Group {
        name: group.name.clone(),
        min: group.min as f64,
        max: group.max as f64,
        tiers: group.tiers.iter().map(tier).collect(),
    }
}

fn scored_attributes(points: &PointsTable) -> Vec<ScoredAttribute> {
    let fields = points.attributes.iter().filter(|attribute| attribute.source.is_field());
    let mut sorted: Vec<&PointsAttribute> = fields.collect();
    sorted.sort_by(|a, b| points_range(b).cmp(&points_range(a)).then_with(|| a.name.cmp(&b.name)));
    sorted
        .into_iter()
        .map(|attribute| ScoredAttribute {
            name: attribute.name.clone(),
            group: attribute.group.clone(),
            input: attribute.input.clone(),
            levels: attribute.levels.iter().map(scored_level).collect(),
        })
        .collect()
}

fn behaviours(points: &PointsTable) -> Vec<Behaviour> {
    let behaviour = |attribute: &PointsAttribute| {
        let (Source::Behaviour(repeats), Some(each)) = (&attribute.source, attribute.each) else { return None };
        Some(Behaviour {
            name: attribute.name.clone(),
            group: attribute.group.clone(),
            event: repeats.event.clone(),
            properties: repeats.properties.clone(),
            once_a_day: repeats.once_a_day,
            window_days: repeats.window_days,
            points_each: each.points as f64,
            max_times: Some(repeats.max_times),
            half_life_days: repeats.half_life_days,
        })
    };
    points.attributes.iter().filter_map(behaviour).collect()
}

fn signals(points: &PointsTable) -> Vec<Signal> {
    let signal = |attribute: &PointsAttribute| {
        let Source::Signal(kind) = &attribute.source else { return None };
        // Of one that fires once the points of firing, of filled fields those of each.
        let points =
            attribute.each.map_or_else(|| attribute.levels.last().map_or(0, |yes| yes.points), |each| each.points);
        let (name, group) = (attribute.name.clone(), attribute.group.clone());
        Some(Signal { name, group, kind: kind.clone(), points: points as f64 })
    };
    points.attributes.iter().filter_map(signal).collect()
}

/// The steps of silence, those without points too: the probability may tell them apart.
fn inactivity(points: &PointsTable) -> Option<Inactivity> {
    let attribute = points.attributes.iter().find(|attribute| attribute.source == Source::Inactivity)?;
    let steps = attribute
        .levels
        .iter()
        .filter_map(|level| Some(InactivityStep { after_days: after_days(&level.when)?, points: level.points as f64 }));
    Some(Inactivity { group: attribute.group.clone(), steps: steps.collect() })
}

/// The days from which a level of inactivity holds; `None` for the active leads.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "written from whole days")]
fn after_days(when: &When) -> Option<u32> {
    match when {
        When::Range { from: Some(from), .. } => Some(from.number() as u32),
        _ => None,
    }
}

fn points_range(attribute: &PointsAttribute) -> i64 {
    let points = attribute.levels.iter().map(|level| level.points);
    points.clone().max().unwrap_or(0) - points.min().unwrap_or(0)
}

fn scored_level(level: &PointsLevel) -> ScoredLevel {
    let LevelEvidence { leads, conversions, rate, lift, .. } = level.evidence;
    let short = |x: f64| (x * DECIMALS).round() / DECIMALS;
    let evidence = rate.zip(lift).map(|(rate, lift)| Evidence {
        leads,
        conversions,
        rate: short(rate),
        lift: short(lift),
        points_interval: Some(level.points_interval.map(|points| points as f64)),
        conclusive: level.conclusive,
    });
    ScoredLevel { name: level.level.clone(), when: level.when.clone(), points: level.points as f64, evidence }
}

/// The model in its centred form: a positive coefficient means "above the average lead", as points do. A level that no
/// lead was in has no term: it counts as the average lead. What is compared with a reference level, and what is counted,
/// starts from that level and from 0; the intercept takes what they are worth there.
fn probability(points: &PointsTable, model: &LogitModel) -> Probability {
    let mut intercept = model.centred_intercept.value;
    let mut terms = Vec::new();
    for attribute in &points.attributes {
        let fitted = model.attributes.iter().find(|fitted| fitted.name == attribute.name);
        let fitted = fitted.expect("points and model are of the same attributes");
        match &attribute.source {
            Source::Field => {
                let levels = fitted.levels.iter().filter(|level| level.leads > 0);
                terms.extend(levels.map(|level| Term {
                    of: TermOf::Level { attribute: attribute.name.clone(), level: level.level.clone() },
                    coefficient: level.effect.value,
                }));
            }
            Source::Behaviour(_) => {
                // The first level is never: a number of 0.
                intercept += fitted.levels[0].effect.value;
                let coefficient = fitted.slope.map_or(0.0, |slope| slope.value);
                terms.push(Term { of: TermOf::Behaviour(attribute.name.clone()), coefficient });
            }
            Source::Signal(_) => {
                // The first level is that it does not fire.
                let silent = fitted.levels[0].effect.value;
                intercept += silent;
                let fires = fitted.levels.last().map_or(0.0, |level| level.effect.value - silent);
                let coefficient = fitted.slope.map_or(fires, |slope| slope.value);
                terms.push(Term { of: TermOf::Signal(attribute.name.clone()), coefficient });
            }
            Source::Inactivity => {
                let active = fitted.levels[0].effect.value;
                intercept += active;
                let steps = fitted.levels.iter().filter_map(|level| Some((after_days(&level.when)?, level)));
                terms.extend(steps.filter(|(_, level)| level.leads > 0).map(|(days, level)| Term {
                    of: TermOf::Inactivity(days),
                    coefficient: level.effect.value - active,
                }));
            }
        }
    }
    Probability { kind: ProbabilityKind::Logistic, intercept, terms }
}

#[cfg(test)]
mod tests;
