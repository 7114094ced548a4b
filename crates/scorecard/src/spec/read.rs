//! TOML text to [`Spec`]: one function a section.

mod activity;
mod agreement;
mod groups;
mod signals;

use std::collections::BTreeMap;
use std::path::Path;

use leadcal_lift::attribute::{Bound, FieldType, Scalar};
use leadcal_lift::binning::optimal::Trend;
use leadcal_lift::points::{PointsOptions, Scale};
use leadcal_lift::shrinkage::Shrinkage;

use super::cut_rules::bands_and_stages;
use super::error::SpecProblem;
use super::limits::{
    METHODS, SOLVERS, TRENDS, checked_folds, checked_l2, checked_max_levels, checked_min_share, checked_scale,
    checked_strength, checked_top,
};
use super::section::{Entry, Mistake, Section};
use super::{AttributeOptions, Data, ModelOptions, Outcome, RoleConflict, Spec};

const SECTIONS: [&str; 13] = [
    "name",
    "data",
    "attributes",
    "events",
    "snapshot",
    "behaviours",
    "inactivity",
    "signals",
    "groups",
    "points",
    "model",
    "bands",
    "stages",
];
const ATTRIBUTE: [&str; 10] =
    ["type", "special", "cuts", "max_levels", "min_share", "min_conversions", "min_gain", "trend", "join", "group"];
const COLUMN: &str = "the name of a column";

/// Reads the whole table of the spec file at `path`.
pub(super) fn spec(whole: &Section<'_>, path: &Path) -> Result<Spec, Mistake> {
    whole.allow(&SECTIONS, &[])?;
    let data_entry = whole.require("data", "the leads and their outcome")?;
    let data_section = data_entry.table("[data]".to_owned())?;
    let (leads, outcome) = leads_and_outcome(&data_section, path)?;
    let defaults = Spec::with_leads(leads, outcome);
    let (bands, stages) = bands_and_stages(whole)?;
    let (points, shrinkage) = whole.read("points", points)?.unwrap_or_default();
    let events = whole.read("events", |entry| activity::events(entry, path))?;
    let behaviours = whole.read("behaviours", |entry| activity::behaviours(entry, events.as_ref()))?;
    let spec = Spec {
        name: whole.read("name", |entry| entry.name("a name"))?,
        data: data(&data_section, defaults.data)?,
        attributes: whole.read("attributes", attributes)?.unwrap_or_default(),
        events,
        snapshot: whole.read("snapshot", activity::snapshot)?,
        behaviours: behaviours.unwrap_or_default(),
        inactivity: whole.read("inactivity", activity::inactivity)?.unwrap_or_default(),
        signals: whole.read("signals", signals::signals)?.unwrap_or_default(),
        groups: whole.read("groups", groups::groups)?.unwrap_or_default(),
        points,
        shrinkage,
        model: whole.read("model", model)?.unwrap_or_default(),
        bands,
        stages,
    };
    agreement::check(&spec, whole)?;
    match spec.conflict() {
        None => Ok(spec),
        Some(conflict) => Err(Mistake {
            offset: Some(place_of(&conflict, whole, &data_section).unwrap_or(data_entry.key_offset)),
            problem: Box::new(conflict.into()),
        }),
    }
}

/// Where the second of two contradicting keys stands.
fn place_of(conflict: &RoleConflict, whole: &Section<'_>, data: &Section<'_>) -> Option<usize> {
    if let Some(signal) = conflict.second.strip_prefix("signals.") {
        return signals::place_of_field(&whole.get("signals")?, signal, &conflict.column);
    }
    match conflict.second.strip_prefix("attributes.") {
        Some(column) => {
            let attributes = whole.get("attributes")?.table(String::new()).ok()?;
            attributes.get(column).map(|entry| entry.key_offset)
        }
        None => data.get(&conflict.second).map(|entry| entry.key_offset),
    }
}

fn leads_and_outcome(section: &Section<'_>, path: &Path) -> Result<(String, Outcome), Mistake> {
    section.allow(
        &["leads", "outcome", "id", "created_at", "converted_at", "product", "fold", "exclude", "missing"],
        &[],
    )?;
    let leads = section.require("leads", "the path of the leads, such as \"leads.csv\"")?.name("a path")?;
    let outcome = section.require("outcome", "the column that says who converted")?;
    Ok((beside(path, &leads), outcome_column(outcome)?))
}

/// A path in the file at `spec`, relative to that file's folder. An absolute path stays as it is.
pub(crate) fn beside(spec: &Path, file: &str) -> String {
    spec.parent().unwrap_or(Path::new("")).join(file).to_string_lossy().into_owned()
}

fn outcome_column(entry: Entry<'_>) -> Result<Outcome, Mistake> {
    if !entry.is_table() {
        let column = entry.name("the name of a column, or { column = \"y\", positive = \"yes\" }")?;
        return Ok(Outcome { column, positive: None });
    }
    let section = entry.table("[data.outcome]".to_owned())?;
    section.allow(&["column", "positive"], &[])?;
    Ok(Outcome {
        column: section.require("column", COLUMN)?.name(COLUMN)?,
        positive: section.read("positive", |entry| {
            Ok(match entry.scalar("the value that means converted")? {
                Scalar::Text(text) => text,
                Scalar::Number(x) => x.to_string(),
                Scalar::Boolean(b) => b.to_string(),
            })
        })?,
    })
}

fn data(section: &Section<'_>, defaults: Data) -> Result<Data, Mistake> {
    let column = |key| section.read(key, |entry| entry.name(COLUMN));
    let columns = "a list of columns, such as [\"phone\"]";
    let texts = "a list of texts, such as [\"\", \"NA\"]";
    Ok(Data {
        id: column("id")?,
        created_at: column("created_at")?,
        converted_at: column("converted_at")?,
        product: column("product")?,
        fold: column("fold")?,
        exclude: section
            .read("exclude", |entry| entry.list(columns, |member| member.name(COLUMN)))?
            .unwrap_or(defaults.exclude),
        missing: section.read("missing", |entry| entry.list(texts, Entry::text))?.unwrap_or(defaults.missing),
        ..defaults
    })
}

fn attributes(entry: Entry<'_>) -> Result<BTreeMap<String, AttributeOptions>, Mistake> {
    let section = entry.table("[attributes]".to_owned())?;
    section.entries().into_iter().map(|entry| Ok((entry.key.to_owned(), attribute(entry)?))).collect()
}

fn attribute(entry: Entry<'_>) -> Result<AttributeOptions, Mistake> {
    let section = entry.table(format!("[attributes.{}]", entry.key))?;
    section.allow(&ATTRIBUTE, &[])?;
    for limit in ["max_levels", "min_share", "min_conversions", "min_gain", "trend"] {
        section.exclusive("cuts", limit)?;
    }
    let kinds = [FieldType::Number, FieldType::Text, FieldType::Boolean, FieldType::Date];
    let kind = section.read("type", |entry| {
        entry.word(&[("number", kinds[0]), ("text", kinds[1]), ("boolean", kinds[2]), ("date", kinds[3])])
    })?;
    Ok(AttributeOptions {
        kind,
        special: section.read("special", |entry| special(entry, kind))?.unwrap_or_default(),
        cuts: section.read("cuts", |entry| cuts(entry, kind))?,
        max_levels: section.read("max_levels", |entry| entry.checked_whole(checked_max_levels))?,
        min_share: section.read("min_share", |entry| entry.checked(checked_min_share))?,
        min_conversions: section.read("min_conversions", |entry| entry.integer("a whole number, 0 or more"))?,
        min_gain: section.read("min_gain", |entry| entry.checked(checked_l2))?,
        trend: section.read("trend", |entry| trend(entry, kind))?,
        join: section.read("join", |entry| join(entry, kind))?.unwrap_or(false),
        group: section.read("group", |entry| entry.name("a name"))?,
    })
}

fn trend(entry: Entry<'_>, kind: Option<FieldType>) -> Result<Trend, Mistake> {
    match kind {
        Some(FieldType::Text | FieldType::Boolean) => Err(entry.wrong("left out: only numbers and dates have a trend")),
        Some(FieldType::Number | FieldType::Date) | None => entry.word(&TRENDS),
    }
}

fn join(entry: Entry<'_>, kind: Option<FieldType>) -> Result<bool, Mistake> {
    match kind {
        Some(FieldType::Text) | None => entry.flag(),
        Some(_) => Err(entry.wrong("left out: only texts are joined by their rates")),
    }
}

fn special(entry: Entry<'_>, kind: Option<FieldType>) -> Result<Vec<Scalar>, Mistake> {
    let (expected, member) = match kind {
        Some(FieldType::Number) => ("a list of numbers, such as [-1]", "a number"),
        Some(FieldType::Text) => ("a list of texts, such as [\"unknown\"]", "a text"),
        None => ("a list of numbers or texts, such as [-1, \"unknown\"]", "a number or a text"),
        Some(FieldType::Boolean | FieldType::Date) => {
            return Err(entry.wrong("left out: only numbers and texts have special values"));
        }
    };
    entry.list(expected, |value| {
        let scalar = value.scalar(member)?;
        let fits = match scalar {
            Scalar::Number(_) => kind != Some(FieldType::Text),
            Scalar::Text(_) => kind != Some(FieldType::Number),
            Scalar::Boolean(_) => false,
        };
        if fits { Ok(scalar) } else { Err(value.wrong(member)) }
    })
}

fn cuts(entry: Entry<'_>, kind: Option<FieldType>) -> Result<Vec<Bound>, Mistake> {
    let expected = match kind {
        Some(FieldType::Number) => "a list of numbers, such as [25, 60]",
        Some(FieldType::Date) => "a list of dates, such as [2024-01-01]",
        None => "a list of numbers or dates, such as [25, 60]",
        Some(FieldType::Text | FieldType::Boolean) => "left out: only numbers and dates are cut",
    };
    let cuts = entry.list(expected, |member| member.bound("a finite number or a date"))?;
    let fits = |cut: &Bound| match cut {
        Bound::Number(_) => matches!(kind, None | Some(FieldType::Number)),
        Bound::Date(_) => matches!(kind, None | Some(FieldType::Date)),
    };
    let same_kind = cuts.windows(2).all(|pair| std::mem::discriminant(&pair[0]) == std::mem::discriminant(&pair[1]));
    if cuts.is_empty() || !same_kind || !cuts.iter().all(fits) {
        return Err(entry.wrong(expected));
    }
    if !cuts.windows(2).all(|pair| pair[0].number() < pair[1].number()) {
        return Err(entry.wrong("strictly ascending"));
    }
    Ok(cuts)
}

fn points(entry: Entry<'_>) -> Result<(PointsOptions, Shrinkage), Mistake> {
    let section = entry.table("[points]".to_owned())?;
    section.allow(&["method", "scale", "shrinkage", "keep_inconclusive", "min_leads"], &[])?;
    let defaults = PointsOptions::default();
    let options = PointsOptions {
        method: section.read("method", |entry| entry.word(&METHODS))?.unwrap_or(defaults.method),
        scale: section
            .read("scale", |entry| match entry.text().as_deref() {
                Ok("0-100") => Ok(Scale::ZeroToHundred),
                _ => entry.checked(checked_scale),
            })?
            .unwrap_or(defaults.scale),
        keep_inconclusive: section.read("keep_inconclusive", Entry::flag)?.unwrap_or(defaults.keep_inconclusive),
        min_leads: section
            .read("min_leads", |entry| entry.integer("a whole number, 0 or more"))?
            .unwrap_or(defaults.min_leads),
        groups: defaults.groups,
    };
    let shrinkage = section.read("shrinkage", |entry| match entry.text().as_deref() {
        Ok("empirical-bayes") => Ok(Shrinkage::EmpiricalBayes),
        _ => entry.checked(checked_strength),
    })?;
    Ok((options, shrinkage.unwrap_or_default()))
}

fn model(entry: Entry<'_>) -> Result<ModelOptions, Mistake> {
    let section = entry.table("[model]".to_owned())?;
    section.allow(&["solver", "l2", "folds", "seed", "top"], &[])?;
    let defaults = ModelOptions::default();
    Ok(ModelOptions {
        solver: section.read("solver", |entry| entry.word(&SOLVERS))?.unwrap_or(defaults.solver),
        l2: section
            .read("l2", |entry| match entry.text().as_deref() {
                Ok("cv") => Err(entry.mistake(SpecProblem::NotSupported("l2 = \"cv\" in [model]".to_owned()))),
                _ => entry.checked(checked_l2),
            })?
            .unwrap_or(defaults.l2),
        folds: section.read("folds", |entry| entry.checked_whole(checked_folds))?.unwrap_or(defaults.folds),
        seed: section.read("seed", |entry| entry.integer("a whole number, 0 or more"))?.unwrap_or(defaults.seed),
        top: section.read("top", |entry| entry.checked_whole(checked_top))?,
    })
}
