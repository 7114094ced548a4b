//! What a config must satisfy beyond its shape. The first contradiction is reported, in the document's order.

mod levels;
mod rules;

use std::collections::HashSet;

use leadcal_lift::signals::SignalKind;

use self::rules::{Checked, Names, each, filled, number, share};
use super::VERSION;
use super::error::ConfigError;
use super::inputs::{Behaviour, Inactivity, ScoredAttribute, Signal};
use super::types::{Band, Group, Model, Probability, Provenance, Range, ScoringConfig, Stage, TermOf};

pub(crate) fn validate(config: &ScoringConfig) -> Checked {
    if config.version != VERSION {
        let message = format!("the version is {}, expected {VERSION}", config.version);
        return Err(ConfigError::new("/version", message));
    }
    filled("/name", &config.name)?;
    if config.models.is_empty() {
        return Err(ConfigError::new("/models", "there is no model").help("add one with \"product\": null"));
    }
    let mut products = HashSet::new();
    for (at, model) in each("/models", &config.models) {
        let pointer = format!("{at}/product");
        if let Some(product) = &model.product {
            filled(&pointer, product)?;
        }
        if !products.insert(&model.product) {
            return Err(ConfigError::new(
                pointer,
                match &model.product {
                    Some(product) => format!("there are two models of the product \"{product}\""),
                    None => "there are two models whose product is null".to_owned(),
                },
            ));
        }
        self::model(&at, model)?;
    }
    config.provenance.as_ref().map_or(Ok(()), provenance)
}

fn model(at: &str, model: &Model) -> Checked {
    number(&format!("{at}/base_points"), model.base_points)?;
    range(&format!("{at}/range"), model.range)?;
    if model.groups.is_empty() {
        return Err(ConfigError::new(format!("{at}/groups"), "there is no group"));
    }
    let mut names = Names::new("group");
    for (at, group) in each(&format!("{at}/groups"), &model.groups) {
        names.check(&format!("{at}/name"), &group.name)?;
        self::group(&at, group)?;
    }
    let mut names = Names::new("attribute");
    for (at, attribute) in each(&format!("{at}/attributes"), &model.attributes) {
        names.check(&format!("{at}/name"), &attribute.name)?;
        self::attribute(&at, model, attribute)?;
    }
    let mut names = Names::new("behaviour");
    for (at, behaviour) in each(&format!("{at}/behaviours"), &model.behaviours) {
        names.check(&format!("{at}/name"), &behaviour.name)?;
        self::behaviour(&at, model, behaviour)?;
    }
    let mut names = Names::new("signal");
    for (at, signal) in each(&format!("{at}/signals"), &model.signals) {
        names.check(&format!("{at}/name"), &signal.name)?;
        self::signal(&at, model, signal)?;
    }
    if let Some(inactivity) = &model.inactivity {
        self::inactivity(&format!("{at}/inactivity"), model, inactivity)?;
    }
    bands(&format!("{at}/bands"), model.range, &model.bands)?;
    stages(&format!("{at}/stages"), &model.stages)?;
    if let Some(probability) = &model.probability {
        self::probability(&format!("{at}/probability"), model, probability)?;
    }
    if let Some(expected) = &model.expected_rate_by_score {
        number(&format!("{at}/expected_rate_by_score/intercept"), expected.intercept)?;
        number(&format!("{at}/expected_rate_by_score/slope"), expected.slope)?;
    }
    Ok(())
}

fn range(at: &str, range: Range) -> Checked {
    number(&format!("{at}/min"), range.min)?;
    number(&format!("{at}/max"), range.max)?;
    if range.min > range.max {
        return Err(ConfigError::new(format!("{at}/min"), format!("min {} is above max {}", range.min, range.max)));
    }
    Ok(())
}

fn group(at: &str, group: &Group) -> Checked {
    range(at, Range { min: group.min, max: group.max })?;
    let mut names = Names::new("tier");
    for (at, tier) in each(&format!("{at}/tiers"), &group.tiers) {
        names.check(&format!("{at}/name"), &tier.name)?;
        number(&format!("{at}/from"), tier.from)?;
    }
    for (index, pair) in group.tiers.windows(2).enumerate() {
        if pair[1].from >= pair[0].from {
            let message = format!("{} is not below {} of the tier before", pair[1].from, pair[0].from);
            return Err(ConfigError::new(format!("{at}/tiers/{}/from", index + 1), message)
                .help("tiers go from the best to the lowest"));
        }
    }
    match group.tiers.last() {
        Some(lowest) if lowest.from > group.min => {
            let message = format!("a sum below {} is in no tier, and the group's min is {}", lowest.from, group.min);
            Err(ConfigError::new(format!("{at}/tiers/{}/from", group.tiers.len() - 1), message)
                .help(format!("let the last tier start at {}", group.min)))
        }
        _ => Ok(()),
    }
}

fn attribute(at: &str, model: &Model, attribute: &ScoredAttribute) -> Checked {
    group_exists(at, model, &attribute.group)?;
    levels::check(at, attribute)
}

fn behaviour(at: &str, model: &Model, behaviour: &Behaviour) -> Checked {
    group_exists(at, model, &behaviour.group)?;
    if let Some(event) = &behaviour.event {
        filled(&format!("{at}/event"), event)?;
    }
    for (property, values) in &behaviour.properties {
        let at = super::locate::step(&format!("{at}/where"), property);
        filled(&at, property)?;
        if values.is_empty() {
            return Err(ConfigError::new(at, "the list of values is empty, so no event counts"));
        }
        levels::scalars(&at, values)?;
    }
    if behaviour.window_days == 0 {
        return Err(ConfigError::new(format!("{at}/window_days"), "a window of 0 days holds no event"));
    }
    number(&format!("{at}/points_each"), behaviour.points_each)?;
    if behaviour.max_times == Some(0) {
        return Err(ConfigError::new(format!("{at}/max_times"), "at most 0 times is never")
            .help("leave the behaviour out, or leave max_times out to count every event"));
    }
    let Some(half_life) = behaviour.half_life_days else { return Ok(()) };
    let at = format!("{at}/half_life_days");
    number(&at, half_life)?;
    if half_life <= 0.0 {
        return Err(ConfigError::new(at, format!("{half_life} is not above 0")));
    }
    Ok(())
}

fn signal(at: &str, model: &Model, signal: &Signal) -> Checked {
    group_exists(at, model, &signal.group)?;
    let fields = signal.kind.fields();
    if fields.is_empty() {
        return Err(ConfigError::new(format!("{at}/fields"), "no field is listed"));
    }
    let mut names = Names::new("field");
    for (index, field) in fields.into_iter().enumerate() {
        let at = match (&signal.kind, index) {
            (SignalKind::FilledFields { .. }, _) => format!("{at}/fields/{index}"),
            (_, 0) => format!("{at}/field"),
            (_, _) => format!("{at}/company"),
        };
        names.check(&at, field)?;
    }
    match &signal.kind {
        SignalKind::FreeEmailDomain { also, .. } | SignalKind::DisposableEmailDomain { also, .. } => {
            let mut names = Names::new("domain");
            for (at, domain) in each(&format!("{at}/also"), also) {
                names.check(&at, domain)?;
            }
        }
        SignalKind::KeyboardRun { layouts, min_run, .. } => {
            if layouts.is_empty() {
                return Err(ConfigError::new(format!("{at}/layouts"), "no layout is listed"));
            }
            if *min_run < 2 {
                return Err(ConfigError::new(format!("{at}/min_run"), format!("{min_run} is below 2")));
            }
        }
        SignalKind::CompanyEmailDomain { .. } | SignalKind::Uncapitalised { .. } | SignalKind::FilledFields { .. } => {}
    }
    number(&format!("{at}/points"), signal.points)
}

fn inactivity(at: &str, model: &Model, inactivity: &Inactivity) -> Checked {
    group_exists(at, model, &inactivity.group)?;
    if inactivity.steps.is_empty() {
        return Err(ConfigError::new(format!("{at}/steps"), "there is no step"));
    }
    for (at, step) in each(&format!("{at}/steps"), &inactivity.steps) {
        number(&format!("{at}/points"), step.points)?;
    }
    for (index, pair) in inactivity.steps.windows(2).enumerate() {
        if pair[1].after_days <= pair[0].after_days {
            let message = format!("{} is not above {} of the step before", pair[1].after_days, pair[0].after_days);
            return Err(ConfigError::new(format!("{at}/steps/{}/after_days", index + 1), message));
        }
    }
    Ok(())
}

fn bands(at: &str, range: Range, bands: &[Band]) -> Checked {
    let mut names = Names::new("band");
    for (at, band) in each(at, bands) {
        names.check(&format!("{at}/name"), &band.name)?;
        number(&format!("{at}/from"), band.from)?;
        if let Some(rate) = band.expected_rate {
            share(&format!("{at}/expected_rate"), rate)?;
        }
    }
    ascending(at, "band", bands.iter().map(|band| band.from))?;
    match bands.first() {
        Some(first) if first.from > range.min => {
            let message = format!("a score below {} is in no band, and the range's min is {}", first.from, range.min);
            Err(ConfigError::new(format!("{at}/0/from"), message)
                .help(format!("let the first band start at {}", range.min)))
        }
        _ => Ok(()),
    }
}

fn stages(at: &str, stages: &[Stage]) -> Checked {
    let mut names = Names::new("stage");
    for (at, stage) in each(at, stages) {
        names.check(&format!("{at}/name"), &stage.name)?;
        number(&format!("{at}/from"), stage.from)?;
    }
    ascending(at, "stage", stages.iter().map(|stage| stage.from))
}

fn ascending(at: &str, what: &str, starts: impl Iterator<Item = f64>) -> Checked {
    let mut before = None;
    for (index, from) in starts.enumerate() {
        if let Some(before) = before
            && from <= before
        {
            let message = format!("{from} is not above {before} of the {what} before");
            return Err(ConfigError::new(format!("{at}/{index}/from"), message));
        }
        before = Some(from);
    }
    Ok(())
}

fn probability(at: &str, model: &Model, probability: &Probability) -> Checked {
    number(&format!("{at}/intercept"), probability.intercept)?;
    let mut seen = HashSet::new();
    for (at, term) in each(&format!("{at}/terms"), &probability.terms) {
        term_belongs(&at, model, &term.of)?;
        if !seen.insert(&term.of) {
            let (key, what) = match &term.of {
                TermOf::Level { attribute, level } => ("level", format!("the level \"{level}\" of \"{attribute}\"")),
                TermOf::Behaviour(name) => ("behaviour", format!("the behaviour \"{name}\"")),
                TermOf::Signal(name) => ("signal", format!("the signal \"{name}\"")),
                TermOf::Inactivity(days) => ("inactivity_days", format!("the step after {days} days")),
            };
            return Err(ConfigError::new(format!("{at}/{key}"), format!("{what} has a term already")));
        }
        number(&format!("{at}/coefficient"), term.coefficient)?;
    }
    Ok(())
}

/// That the model has what a term belongs to.
fn term_belongs(at: &str, model: &Model, of: &TermOf) -> Checked {
    let none = |key: &str, message: String| Err(ConfigError::new(format!("{at}/{key}"), message));
    match of {
        TermOf::Level { attribute: name, level } => {
            let Some(attribute) = model.attributes.iter().find(|attribute| attribute.name == *name) else {
                return none("attribute", format!("the model has no attribute \"{name}\""));
            };
            if !attribute.levels.iter().any(|known| known.name == *level) {
                return none("level", format!("the attribute \"{name}\" has no level \"{level}\""));
            }
        }
        TermOf::Behaviour(name) if !model.behaviours.iter().any(|behaviour| behaviour.name == *name) => {
            return none("behaviour", format!("the model has no behaviour \"{name}\""));
        }
        TermOf::Signal(name) if !model.signals.iter().any(|signal| signal.name == *name) => {
            return none("signal", format!("the model has no signal \"{name}\""));
        }
        TermOf::Inactivity(days) => {
            let mut steps = model.inactivity.iter().flat_map(|inactivity| &inactivity.steps);
            if !steps.any(|step| step.after_days == *days) {
                return none("inactivity_days", format!("the model has no step of inactivity after {days} days"));
            }
        }
        TermOf::Behaviour(_) | TermOf::Signal(_) => {}
    }
    Ok(())
}

fn provenance(provenance: &Provenance) -> Checked {
    match (provenance.leads, provenance.conversions) {
        (Some(leads), Some(conversions)) if conversions > leads => {
            let message = format!("{conversions} conversions of {leads} leads");
            Err(ConfigError::new("/provenance/conversions", message))
        }
        _ => Ok(()),
    }
}

fn group_exists(at: &str, model: &Model, name: &str) -> Checked {
    if model.groups.iter().any(|group| group.name == name) {
        return Ok(());
    }
    let names: Vec<String> = model.groups.iter().map(|group| format!("\"{}\"", group.name)).collect();
    Err(ConfigError::new(format!("{at}/group"), format!("the model has no group \"{name}\""))
        .help(format!("its groups are {}", names.join(", "))))
}
