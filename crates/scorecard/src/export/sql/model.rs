//! One model's steps: what it sees of a lead, points, sums of the groups, score.

use std::fmt::Write as _;

use super::events::{self, Properties};
use super::leads::{Leads, Reading};
use super::query::{Query, select};
use super::{Dialect, SqlOptions, contributions, quote, signals};
use crate::config::{Model, Probability, TermOf};

/// What a model reads of the leads, once the columns for it are made.
pub(super) struct Seen {
    readings: Vec<Reading>,
    /// How often each signal fires.
    signals: Vec<String>,
    /// The time the lead was created, where inactivity asks for it.
    created: Option<String>,
}

impl Seen {
    pub(super) fn new(leads: &mut Leads, model: &Model, options: &SqlOptions) -> Self {
        let readings = model.attributes.iter().map(|attribute| leads.reading(&attribute.input)).collect();
        let signals = model.signals.iter().map(|signal| signals::times(leads, &signal.kind)).collect();
        let created = model.inactivity.as_ref().map(|_| {
            let time = format!("l.{}", quote::column(leads.dialect, &options.created_at));
            leads.columns.of(0, &leads.dialect.microseconds(&time), "created at")
        });
        Self { readings, signals, created }
    }

    /// Whether a value of a lead can be of a wrong type.
    fn may_err(&self) -> bool {
        self.readings.iter().any(|reading| reading.wrong.is_some())
    }
}

/// Adds a model's steps, named with a prefix such as `leadcal_1_`, and gives the last SELECT.
pub(super) fn add_steps(
    query: &mut Query,
    model: &Model,
    seen: &Seen,
    properties: &Properties,
    dialect: Dialect,
    prefix: &str,
    condition: Option<String>,
) -> String {
    let repetitions = model.behaviours.iter().enumerate().map(|(index, behaviour)| {
        // Models often count the same.
        let select = events::repetitions(dialect, behaviour, properties);
        query.shared_step(format!("{prefix}behaviour_{}", index + 1), select)
    });
    let repetitions: Vec<String> = repetitions.collect();
    query.step(format!("{prefix}seen"), see(model, seen, dialect, &repetitions, condition));
    let next = |items: &[String], from: &str| {
        let mut all = vec!["t.*".to_owned()];
        all.extend_from_slice(items);
        select(&all, &format!("  FROM {prefix}{from} AS t"))
    };
    let contributions = contributions::all(model, dialect);
    let mut points: Vec<String> = contributions
        .iter()
        .enumerate()
        .map(|(index, part)| format!("{} AS p{} /* {} */", part.points, index + 1, quote::comment(&part.name)))
        .collect();
    if let Some(probability) = &model.probability {
        points.push(format!("{} AS log_odds", log_odds(model, probability, dialect)));
    }
    query.step(format!("{prefix}points"), next(&points, "seen"));
    let groups: Vec<String> = model
        .groups
        .iter()
        .enumerate()
        .map(|(index, group)| {
            let of_group = contributions.iter().enumerate().filter(|(_, part)| part.group == group.name);
            let sum = of_group.map(|(index, _)| format!("p{}", index + 1)).collect::<Vec<_>>().join(" + ");
            let sum = if sum.is_empty() { quote::number(dialect, 0.0) } else { sum };
            format!(
                "{} AS g{} /* {} */",
                dialect.limit(&sum, group.min, group.max),
                index + 1,
                quote::comment(&group.name)
            )
        })
        .collect();
    query.step(format!("{prefix}groups"), next(&groups, "points"));
    let mut raw = quote::number(dialect, model.base_points);
    for index in 1..=model.groups.len() {
        _ = write!(raw, " + g{index}");
    }
    let raw = unless_wrong(seen, raw);
    query.step(format!("{prefix}raw"), next(&[format!("{raw} AS raw")], "groups"));
    // Half away from zero, which ROUND is not everywhere.
    let whole = dialect.floor("ABS(raw)");
    let [half, one, none] = [0.5, 1.0, 0.0].map(|x| quote::number(dialect, x));
    let size = format!("({whole} + CASE WHEN ABS(raw) - {whole} >= {half} THEN {one} ELSE {none} END)");
    let rounded = format!("CASE WHEN raw < {none} THEN {none} - {size} ELSE {size} END AS rounded");
    query.step(format!("{prefix}rounded"), next(&[rounded], "raw"));
    let score = unless_wrong(seen, dialect.limit("rounded", model.range.min, model.range.max));
    query.step(format!("{prefix}score"), next(&[format!("{score} AS score")], "rounded"));
    if has_reasons_apart(dialect, &contributions) {
        let reasons = contributions::reasons_by_row(&contributions, dialect, &format!("{prefix}score"));
        query.step(format!("{prefix}reasons"), reasons);
    }
    result(model, seen, &contributions, dialect, prefix)
}

/// Levels, repetitions (one step a behaviour), signals and the step of inactivity of each lead.
fn see(model: &Model, seen: &Seen, dialect: Dialect, repetitions: &[String], condition: Option<String>) -> String {
    let mut items = vec!["l.id".to_owned()];
    if dialect == Dialect::Snowflake {
        items.push("ROW_NUMBER() OVER (ORDER BY l.id) AS row_number".to_owned());
    }
    let mut from = "  FROM leadcal_leads AS l".to_owned();
    for (index, (attribute, reading)) in model.attributes.iter().zip(&seen.readings).enumerate() {
        let level = contributions::level(attribute, &reading.value, dialect);
        items.push(format!("{level} AS a{} /* {} */", index + 1, quote::comment(&attribute.name)));
    }
    for (index, (behaviour, step)) in model.behaviours.iter().zip(repetitions).enumerate() {
        let number = index + 1;
        items.push(format!("COALESCE(b{number}.times, 0) AS b{number}_times"));
        let none = quote::number(dialect, 0.0);
        let comment = quote::comment(&behaviour.name);
        items.push(format!("COALESCE(b{number}.weight, {none}) AS b{number}_weight /* {comment} */"));
        _ = write!(from, "\n  LEFT JOIN {step} AS b{number} ON b{number}.lead_id = l.id");
    }
    for (index, (signal, times)) in model.signals.iter().zip(&seen.signals).enumerate() {
        items.push(format!("{times} AS s{} /* {} */", index + 1, quote::comment(&signal.name)));
    }
    if let (Some(inactivity), Some(created)) = (&model.inactivity, &seen.created) {
        let step = events::step_of_silence(inactivity, "newest.last_us", &format!("l.{created}"), "m.as_of_us");
        items.push(format!("{step} AS silence"));
        from.push_str(
            "\n  CROSS JOIN leadcal_moment AS m\n  LEFT JOIN leadcal_last AS newest ON newest.lead_id = l.id",
        );
    }
    if seen.may_err() {
        let wrong = model.attributes.iter().zip(&seen.readings).filter_map(|(attribute, reading)| {
            let input = &attribute.input;
            let error = format!("field \"{}\" should be a {}", input.field, input.kind);
            reading.wrong.as_ref().map(|wrong| format!("WHEN {wrong} THEN {}", quote::text(dialect, &error)))
        });
        items.push(format!("CASE {} END AS error", wrong.collect::<Vec<_>>().join(" ")));
    }
    if let Some(condition) = condition {
        _ = write!(from, "\n  WHERE {condition}");
    }
    select(&items, &from)
}

/// An expression that is NULL for leads with a value of a wrong type.
fn unless_wrong(seen: &Seen, expression: String) -> String {
    if seen.may_err() { format!("CASE WHEN error IS NULL THEN {expression} END") } else { expression }
}

/// What the probability's logistic function is asked about, in the order of the document.
fn log_odds(model: &Model, probability: &Probability, dialect: Dialect) -> String {
    let coefficient = |of: &TermOf| {
        let term = probability.terms.iter().find(|term| term.of == *of);
        term.map(|term| quote::number(dialect, term.coefficient))
    };
    let none = quote::number(dialect, 0.0);
    let case = |column: String, whens: Vec<String>| {
        (!whens.is_empty()).then(|| format!("CASE {column} {} ELSE {none} END", whens.join(" ")))
    };
    let attributes = model.attributes.iter().enumerate().filter_map(|(index, attribute)| {
        let whens = attribute.levels.iter().enumerate().filter_map(|(level, known)| {
            let of = TermOf::Level { attribute: attribute.name.clone(), level: known.name.clone() };
            coefficient(&of).map(|x| format!("WHEN {level} THEN {x}"))
        });
        case(format!("a{}", index + 1), whens.collect())
    });
    let behaviours = model.behaviours.iter().enumerate().filter_map(|(index, behaviour)| {
        coefficient(&TermOf::Behaviour(behaviour.name.clone())).map(|x| format!("{x} * b{}_weight", index + 1))
    });
    let signals = model.signals.iter().enumerate().filter_map(|(index, signal)| {
        coefficient(&TermOf::Signal(signal.name.clone())).map(|x| format!("{x} * s{}", index + 1))
    });
    let steps = model.inactivity.iter().flat_map(|inactivity| inactivity.steps.iter().enumerate());
    let steps = steps.filter_map(|(index, step)| {
        coefficient(&TermOf::Inactivity(step.after_days)).map(|x| format!("WHEN {index} THEN {x}"))
    });
    let silence = case("silence".to_owned(), steps.collect());
    let terms = attributes.chain(behaviours).chain(signals).chain(silence);
    let mut sum = quote::number(dialect, probability.intercept);
    for term in terms {
        sum.push_str(" + ");
        sum.push_str(&term);
    }
    sum
}

/// 1 / (1 + e^-x); engines refuse powers that are too large or too small.
fn logistic(dialect: Dialect, x: &str) -> String {
    let [low, high, none, one] = [-700.0, 700.0, 0.0, 1.0].map(|x| quote::number(dialect, x));
    format!("CASE WHEN {x} < {low} THEN {none} WHEN {x} > {high} THEN {one} ELSE {one} / ({one} + EXP(-({x}))) END")
}

/// The SELECT of the result's columns.
fn result(
    model: &Model,
    seen: &Seen,
    contributions: &[contributions::Contribution],
    dialect: Dialect,
    prefix: &str,
) -> String {
    let text = |text: &str| quote::text(dialect, text);
    let no_text = dialect.as_text("NULL");
    let no_number = dialect.as_double("NULL");
    let cases = |whens: Vec<String>, nothing: &str| {
        if whens.is_empty() { nothing.to_owned() } else { format!("CASE {} END", whens.join(" ")) }
    };
    let number = |x: f64| quote::number(dialect, x);
    let bands = |of: &dyn Fn(&crate::config::Band) -> Option<String>| {
        // The band above a band without what is asked for hides it.
        let any = model.bands.iter().any(|band| of(band).is_some());
        let whens = model.bands.iter().rev().filter(|_| any).map(|band| {
            format!("WHEN score >= {} THEN {}", number(band.from), of(band).unwrap_or_else(|| "NULL".to_owned()))
        });
        whens.collect::<Vec<_>>()
    };
    let stages = model.stages.iter().rev();
    let stages = stages.map(|stage| format!("WHEN score >= {} THEN {}", number(stage.from), text(&stage.name)));
    let grades = model.groups.iter().enumerate().filter(|(_, group)| !group.tiers.is_empty());
    let grades = grades.map(|(index, group)| {
        let tiers = group.tiers.iter();
        let tiers = tiers.map(|tier| format!("WHEN g{} >= {} THEN {}", index + 1, number(tier.from), text(&tier.name)));
        format!("CASE {} END", tiers.collect::<Vec<_>>().join(" "))
    });
    let grade = grades.collect::<Vec<_>>().join(" || ");
    let grade = if grade.is_empty() { no_text.clone() } else { unless_wrong(seen, grade) };
    let probability = match &model.probability {
        Some(_) => unless_wrong(seen, logistic(dialect, "log_odds")),
        None => no_number.clone(),
    };
    let expected_rate = match &model.expected_rate_by_score {
        Some(rate) => logistic(dialect, &format!("({} + {} * score)", number(rate.intercept), number(rate.slope))),
        None => no_number.clone(),
    };
    let product = model.product.as_deref().map_or_else(|| no_text.clone(), text);
    let error = if seen.may_err() { "error" } else { no_text.as_str() };
    let items = [
        "id".to_owned(),
        format!("{product} AS product"),
        "raw".to_owned(),
        "rounded".to_owned(),
        "score".to_owned(),
        format!("{} AS band", cases(bands(&|band| Some(text(&band.name))), &no_text)),
        format!("{} AS action", cases(bands(&|band| band.action.as_deref().map(text)), &no_text)),
        format!("{} AS stage", cases(stages.collect(), &no_text)),
        format!("{grade} AS grade"),
        format!("{probability} AS probability"),
        format!("{} AS band_expected_rate", cases(bands(&|band| band.expected_rate.map(number)), &no_number)),
        format!("{expected_rate} AS expected_rate_by_score"),
        format!("{} AS reasons", unless_wrong(seen, contributions::reasons(contributions, dialect))),
        format!("{error} AS error"),
    ];
    let reasons = if has_reasons_apart(dialect, contributions) {
        format!("\n  LEFT JOIN {prefix}reasons AS r ON r.row_number = t.row_number")
    } else {
        String::new()
    };
    select(&items, &format!("  FROM {prefix}score AS t{reasons}"))
}

/// Whether the lists of reasons are a step of their own.
fn has_reasons_apart(dialect: Dialect, contributions: &[contributions::Contribution]) -> bool {
    dialect == Dialect::Snowflake && !contributions.is_empty()
}

/// The SELECT of leads that no model serves.
pub(super) fn unserved(dialect: Dialect) -> String {
    let (no_text, no_number) = (dialect.as_text("NULL"), dialect.as_double("NULL"));
    let error = quote::text(dialect, "no model serves the product");
    let items = COLUMNS.map(|(name, kind)| match kind {
        Kind::Id => "id".to_owned(),
        Kind::Error => format!("{error} AS error"),
        Kind::Text => format!("{no_text} AS {name}"),
        Kind::Number => format!("{no_number} AS {name}"),
    });
    select(&items, "  FROM leadcal_leads\n  WHERE model IS NULL")
}

enum Kind {
    Id,
    Text,
    Number,
    Error,
}

/// Columns of the result.
const COLUMNS: [(&str, Kind); 14] = [
    ("id", Kind::Id),
    ("product", Kind::Text),
    ("raw", Kind::Number),
    ("rounded", Kind::Number),
    ("score", Kind::Number),
    ("band", Kind::Text),
    ("action", Kind::Text),
    ("stage", Kind::Text),
    ("grade", Kind::Text),
    ("probability", Kind::Number),
    ("band_expected_rate", Kind::Number),
    ("expected_rate_by_score", Kind::Number),
    ("reasons", Kind::Text),
    ("error", Kind::Error),
];
