//! Points and fitted model joined into a scoring config.

use leadcal_lift::attribute::Attribute;
use leadcal_lift::patterns::Counts;
use leadcal_lift::points::{LevelEvidence, PointsAttribute, PointsLevel, PointsTable};
use leadcal_logit::error::LogitError;
use leadcal_logit::model::LogitModel;
use leadcal_logit::score_curve::ScoreCurve;

use crate::bands::{bands, stages};
use crate::config::{
    ConfigError, Evidence, ExpectedRateByScore, Format, Group, Model, Probability, ProbabilityKind, Provenance, Range,
    ScoredAttribute, ScoredLevel, ScoringConfig, Term, TermOf, VERSION,
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
    /// Group of an attribute where it is not [`DEFAULT_GROUP`], by attribute.
    pub groups: Vec<(String, String)>,
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

/// Joins points and model. Attributes stand by importance: widest range of points first, then by name.
///
/// # Errors
/// [`AssembleError`] where points and model are not of the same attributes, or what was asked for is no valid config.
pub fn assemble(
    points: &PointsTable,
    model: Option<&LogitModel>,
    options: AssembleOptions<'_>,
) -> Result<Assembled, AssembleError> {
    if let Some(model) = model {
        check_same(points, model)?;
    }
    let curve = score_curve(points)?;
    let made = bands(options.bands, points, &curve)?;
    let staged = stages(options.stages, points, &curve)?;
    if let Some(lowest) = made.bands.first()
        && lowest.from > points.range.min as f64
    {
        let (name, from, least) = (lowest.name.clone(), lowest.from, points.range.min);
        return Err(AssembleError::LowestBand { name, from, least });
    }
    let attributes = scored_attributes(points, &options.groups);
    let config = ScoringConfig {
        format: Format::default(),
        version: VERSION,
        name: options.name,
        models: vec![Model {
            product: None,
            base_points: points.base_points as f64,
            range: Range { min: points.range.min as f64, max: points.range.max as f64 },
            groups: groups(&attributes),
            attributes,
            behaviours: Vec::new(),
            signals: Vec::new(),
            inactivity: None,
            bands: made.bands,
            stages: staged.stages,
            probability: model.map(probability),
            expected_rate_by_score: Some(ExpectedRateByScore { intercept: curve.intercept, slope: curve.slope }),
        }],
        provenance: Some(options.provenance),
    };
    config.validate()?;
    let warnings = [made.warnings, staged.warnings].concat();
    Ok(Assembled { config, band_cut_offs: made.cut_offs, stage_cut_offs: staged.cut_offs, warnings })
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

fn scored_attributes(points: &PointsTable, groups: &[(String, String)]) -> Vec<ScoredAttribute> {
    let mut sorted: Vec<&PointsAttribute> = points.attributes.iter().collect();
    sorted.sort_by(|a, b| points_range(b).cmp(&points_range(a)).then_with(|| a.name.cmp(&b.name)));
    let group = |name: &str| {
        let given = groups.iter().find(|(attribute, _)| attribute == name);
        given.map_or_else(|| DEFAULT_GROUP.to_owned(), |(_, group)| group.clone())
    };
    sorted
        .into_iter()
        .map(|attribute| ScoredAttribute {
            name: attribute.name.clone(),
            group: group(&attribute.name),
            input: attribute.input.clone(),
            levels: attribute.levels.iter().map(scored_level).collect(),
        })
        .collect()
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

/// Each group with the least and most its attributes can give: a cap that changes no score until someone lowers it.
fn groups(attributes: &[ScoredAttribute]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for attribute in attributes {
        let points = || attribute.levels.iter().map(|level| level.points);
        // A value that no level covers gives nothing.
        let (least, most) = (points().fold(0.0, f64::min), points().fold(0.0, f64::max));
        match groups.iter_mut().find(|group| group.name == attribute.group) {
            Some(group) => {
                group.min += least;
                group.max += most;
            }
            None => groups.push(Group { name: attribute.group.clone(), min: least, max: most, tiers: Vec::new() }),
        }
    }
    groups
}

/// The model in its centred form: a positive coefficient means "above the average lead", as points do. A level that no
/// lead was in has no term: it counts as the average lead.
fn probability(model: &LogitModel) -> Probability {
    let term = |attribute: &str, level: &leadcal_logit::model::ModelLevel| Term {
        of: TermOf::Level { attribute: attribute.to_owned(), level: level.level.clone() },
        coefficient: level.effect.value,
    };
    let terms = model.attributes.iter();
    Probability {
        kind: ProbabilityKind::Logistic,
        intercept: model.centred_intercept.value,
        terms: terms
            .flat_map(|a| a.levels.iter().filter(|level| level.leads > 0).map(|level| term(&a.name, level)))
            .collect(),
    }
}

#[cfg(test)]
mod tests;
