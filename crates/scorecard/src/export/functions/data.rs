//! The config as data for a function, and which parts of the code it needs.

use std::collections::BTreeSet;

use leadcal_lift::attribute::{Bound, FieldType, Scalar, When};
use leadcal_lift::signals::{Layout, SignalKind};

use super::literal::Literal;
use crate::config::{Band, Behaviour, Group, Model, ScoredAttribute, ScoringConfig, Signal, TermOf};

/// Key and value, left out where there is none.
type Entry = Option<(&'static str, Literal)>;

fn object<const N: usize>(entries: [Entry; N]) -> Literal {
    Literal::Object(entries.into_iter().flatten().collect())
}

#[expect(clippy::unnecessary_wraps, reason = "an entry that is always there among those that may be left out")]
fn text(key: &'static str, text: &str) -> Entry {
    Some((key, Literal::text(text)))
}

#[expect(clippy::unnecessary_wraps, reason = "an entry that is always there among those that may be left out")]
fn number(key: &'static str, x: impl Into<f64>) -> Entry {
    Some((key, Literal::Number(x.into())))
}

fn list<T>(items: &[T], item: impl Fn(&T) -> Literal) -> Literal {
    Literal::List(items.iter().map(item).collect())
}

/// The parts of a template that a config needs, by their names in it.
pub(super) fn needs(config: &ScoringConfig) -> BTreeSet<&'static str> {
    let mut needs = BTreeSet::new();
    let products = config.models.iter().any(|model| model.product.is_some());
    needs.extend(if products { &["products", "texts"][..] } else { &["one-model"] });
    for model in &config.models {
        for attribute in &model.attributes {
            needs.extend(match attribute.input.kind {
                FieldType::Number => &["numbers", "regex"][..],
                FieldType::Text => &["texts"],
                FieldType::Boolean => &["booleans"],
                FieldType::Date => &["dates", "calendar", "regex"],
            });
        }
        if !model.behaviours.is_empty() {
            needs.extend(["events", "behaviours", "calendar", "regex"]);
        }
        for listed in model.behaviours.iter().flat_map(|behaviour| behaviour.properties.values().flatten()) {
            needs.extend(match listed {
                Scalar::Text(_) => &["where", "where-texts", "texts"][..],
                Scalar::Number(_) => &["where", "where-numbers", "numbers"],
                Scalar::Boolean(_) => &["where", "where-booleans", "booleans"],
            });
        }
        for signal in &model.signals {
            needs.extend(["signals", "texts"]);
            needs.extend(match signal.kind {
                SignalKind::FreeEmailDomain { .. } => &["email", "free", "free-list"][..],
                SignalKind::DisposableEmailDomain { .. } => &["email", "disposable", "disposable-list"],
                SignalKind::CompanyEmailDomain { .. } => &["email", "company", "free-list", "disposable-list", "regex"],
                SignalKind::KeyboardRun { .. } => &["keyboard"],
                SignalKind::Uncapitalised { .. } => &["uncapitalised"],
                SignalKind::FilledFields { .. } => &["filled"],
            });
        }
        if model.inactivity.is_some() {
            needs.extend(["events", "inactivity", "calendar", "regex"]);
        }
        if model.probability.is_some() {
            needs.insert("probability");
        }
    }
    needs
}

/// The models with the config's keys. The probability's coefficients stand at what they belong to, a signal's fields are one
/// list, and `where` is one, too: names are never keys.
pub(super) fn models(config: &ScoringConfig) -> Literal {
    list(&config.models, model)
}

fn model(model: &Model) -> Literal {
    let coefficient = |of: TermOf| {
        let terms = &model.probability.as_ref()?.terms;
        number("coefficient", terms.iter().find(|term| term.of == of)?.coefficient)
    };
    let inactivity = model.inactivity.as_ref().map_or(Literal::Null, |inactivity| {
        let steps = list(&inactivity.steps, |step| {
            let coefficient = coefficient(TermOf::Inactivity(step.after_days));
            object([number("after_days", step.after_days), number("points", step.points), coefficient])
        });
        object([text("group", &inactivity.group), Some(("steps", steps))])
    });
    let probability = model.probability.as_ref();
    let rate = model.expected_rate_by_score.as_ref();
    object([
        Some(("product", model.product.as_deref().map_or(Literal::Null, Literal::text))),
        number("base_points", model.base_points),
        Some(("range", object([number("min", model.range.min), number("max", model.range.max)]))),
        Some(("groups", list(&model.groups, group))),
        Some(("attributes", list(&model.attributes, |of| attribute(of, coefficient)))),
        Some(("behaviours", list(&model.behaviours, |of| behaviour(of, coefficient)))),
        Some(("signals", list(&model.signals, |of| signal(of, coefficient)))),
        Some(("inactivity", inactivity)),
        Some(("bands", list(&model.bands, band))),
        Some(("stages", list(&model.stages, |stage| object([text("name", &stage.name), number("from", stage.from)])))),
        Some(("probability", probability.map_or(Literal::Null, |of| object([number("intercept", of.intercept)])))),
        rate.map(|rate| {
            ("expected_rate_by_score", object([number("intercept", rate.intercept), number("slope", rate.slope)]))
        }),
    ])
}

fn group(group: &Group) -> Literal {
    let tiers = list(&group.tiers, |tier| object([text("name", &tier.name), number("from", tier.from)]));
    object([
        text("name", &group.name),
        number("min", group.min),
        number("max", group.max),
        (!group.tiers.is_empty()).then_some(("tiers", tiers)),
    ])
}

fn attribute(attribute: &ScoredAttribute, coefficient: impl Fn(TermOf) -> Entry) -> Literal {
    let levels = list(&attribute.levels, |level| {
        let of = TermOf::Level { attribute: attribute.name.clone(), level: level.name.clone() };
        object([
            text("level", &level.name),
            Some(("when", when(&level.when))),
            number("points", level.points),
            coefficient(of),
        ])
    });
    object([
        text("name", &attribute.name),
        text("group", &attribute.group),
        text("field", &attribute.input.field),
        text("type", &attribute.input.kind.to_string()),
        Some(("missing", Literal::texts(&attribute.input.missing))),
        Some(("levels", levels)),
    ])
}

fn when(when: &When) -> Literal {
    let bound = |key, bound: Option<Bound>| {
        Some((
            key,
            match bound? {
                Bound::Number(x) => Literal::Number(x),
                Bound::Date(date) => Literal::text(&date.to_string()),
            },
        ))
    };
    match when {
        When::Missing => Literal::text("missing"),
        When::Otherwise => Literal::text("otherwise"),
        When::In(values) => object([Some(("in", list(values, scalar)))]),
        When::Range { from, below } => object([bound("from", *from), bound("below", *below)]),
    }
}

fn scalar(scalar: &Scalar) -> Literal {
    match scalar {
        Scalar::Text(text) => Literal::text(text),
        Scalar::Number(x) => Literal::Number(*x),
        Scalar::Boolean(b) => Literal::Boolean(*b),
    }
}

fn behaviour(behaviour: &Behaviour, coefficient: impl Fn(TermOf) -> Entry) -> Literal {
    let properties = behaviour
        .properties
        .iter()
        .map(|(property, values)| object([text("property", property), Some(("values", list(values, scalar)))]));
    let properties: Vec<Literal> = properties.collect();
    object([
        text("name", &behaviour.name),
        text("group", &behaviour.group),
        behaviour.event.as_deref().and_then(|event| text("event", event)),
        (!properties.is_empty()).then_some(("where", Literal::List(properties))),
        behaviour.once_a_day.then_some(("once_a_day", Literal::Boolean(true))),
        number("window_days", behaviour.window_days),
        number("points_each", behaviour.points_each),
        behaviour.max_times.and_then(|times| number("max_times", times)),
        behaviour.half_life_days.and_then(|days| number("half_life_days", days)),
        coefficient(TermOf::Behaviour(behaviour.name.clone())),
    ])
}

fn signal(signal: &Signal, coefficient: impl Fn(TermOf) -> Entry) -> Literal {
    let (kind, also, keyboard) = match &signal.kind {
        SignalKind::FreeEmailDomain { also, .. } => ("free_email_domain", also.as_slice(), None),
        SignalKind::DisposableEmailDomain { also, .. } => ("disposable_email_domain", also.as_slice(), None),
        SignalKind::CompanyEmailDomain { .. } => ("company_email_domain", &[][..], None),
        SignalKind::KeyboardRun { layouts, min_run, .. } => ("keyboard_run", &[][..], Some((layouts, *min_run))),
        SignalKind::Uncapitalised { .. } => ("uncapitalised", &[][..], None),
        SignalKind::FilledFields { .. } => ("filled_fields", &[][..], None),
    };
    // As the domain of an address is compared.
    let also: Vec<String> = also.iter().map(|domain| domain.trim().to_lowercase()).collect();
    let layout = |layout: &Layout| match layout {
        Layout::Azerty => Literal::text("azerty"),
        Layout::Qwerty => Literal::text("qwerty"),
        Layout::Qwertz => Literal::text("qwertz"),
    };
    object([
        text("name", &signal.name),
        text("group", &signal.group),
        text("kind", kind),
        Some(("fields", Literal::texts(signal.kind.fields()))),
        (!also.is_empty()).then(|| ("also", Literal::texts(also))),
        keyboard.map(|(layouts, _)| ("layouts", list(layouts, layout))),
        keyboard.and_then(|(_, min_run)| number("min_run", min_run)),
        number("points", signal.points),
        coefficient(TermOf::Signal(signal.name.clone())),
    ])
}

fn band(band: &Band) -> Literal {
    object([
        text("name", &band.name),
        number("from", band.from),
        band.action.as_deref().and_then(|action| text("action", action)),
        band.expected_rate.and_then(|rate| number("expected_rate", rate)),
    ])
}
