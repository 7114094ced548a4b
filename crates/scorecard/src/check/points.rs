//! Which points changed their sign or moved far from the baseline's, and which attributes, behaviours and signals are new or gone.

use super::{Check, Finding, Kind, NO_BASELINE, OFF, Policy, Subject, Verdict};
use crate::diff::{ConfigDiff, ModelDiff, Moved, Presence, diff};

/// Of one product in a config of several: `product "loan": `.
fn of(diff: &ConfigDiff, model: &ModelDiff) -> String {
    match &model.product {
        Some(product) => format!("product \"{product}\": "),
        None if diff.models.len() > 1 => "all other products: ".to_owned(),
        None => String::new(),
    }
}

/// Which points changed their sign or moved far?
pub(super) fn points(subject: &Subject<'_>, policy: &Policy) -> Finding {
    let check = Check::Points;
    let Some(rule) = policy.points else { return Finding::not_asked(check, OFF) };
    let Some(baseline) = subject.baseline else { return Finding::not_asked(check, NO_BASELINE) };
    let diff = diff(baseline.config, subject.candidate.config);
    if subject.kind == Kind::Models {
        return coefficients(&diff, rule.verdict);
    }
    let mut all = 0;
    let mut far: Vec<(String, Moved)> = Vec::new();
    for model in &diff.models {
        let moved = model.moved();
        all += moved.len();
        let beyond =
            moved.into_iter().filter(|moved| moved.points.sign_changed || moved.points.moved.abs() > rule.most);
        far.extend(beyond.map(|moved| (of(&diff, model), moved)));
    }
    far.sort_by(|a, b| b.1.points.moved.abs().total_cmp(&a.1.points.moved.abs()));
    let signs = far.iter().filter(|(_, moved)| moved.points.sign_changed).count();
    let verdict = if far.is_empty() { Verdict::Fine } else { rule.verdict };
    let in_words = |(of, moved): &(String, Moved)| {
        let sign = if moved.points.sign_changed { ", another sign" } else { "" };
        format!("{of}{}: {} to {}{sign}", moved.of, moved.points.before, moved.points.after)
    };
    let says = match (all, far.first()) {
        (0, _) => "no points moved".to_owned(),
        (_, None) => format!("of {all} that moved none moved by more than {}, and none has another sign", rule.most),
        (_, Some(first)) => {
            let others = if far.len() > 1 { format!(", and {} more", far.len() - 1) } else { String::new() };
            format!("of {all} that moved {} moved far or to another sign: {}{others}", far.len(), in_words(first))
        }
    };
    Finding::new(check, verdict, says)
        .tolerating(format!("no other sign, and none moves by more than {}", rule.most))
        .advising("look at each: is it what the leads say (its evidence), or chance of a level with few leads?")
        .figures([("moved", all as f64), ("other_sign", signs as f64), ("far", far.len() as f64)])
        .at(far.first().map(|(_, moved)| moved.pointer.clone()))
        .details(far.iter().map(in_words))
}

/// Which coefficients of two models have another sign? Counted are levels whose sign both models are sure of.
fn coefficients(diff: &ConfigDiff, amounts_to: Verdict) -> Finding {
    let (mut changed, mut sure, mut details, mut pointer) = (0_usize, 0_usize, Vec::new(), None);
    for model in &diff.models {
        for (attribute, level) in
            model.attributes.iter().flat_map(|attribute| attribute.levels.iter().map(move |level| (attribute, level)))
        {
            let Some((before, after)) = level.before.as_ref().zip(level.after.as_ref()) else { continue };
            let Some((was, is)) = before.coefficient.zip(after.coefficient) else { continue };
            if was * is >= 0.0 {
                continue;
            }
            changed += 1;
            let conclusive =
                [before, after].iter().all(|side| side.evidence.is_some_and(|evidence| evidence.conclusive));
            if conclusive {
                sure += 1;
                pointer.get_or_insert_with(|| level.pointer.clone());
                details.push(format!("{}{} = {}: {was:+.3} to {is:+.3}", of(diff, model), attribute.name, level.level));
            }
        }
    }
    let verdict = if sure == 0 { Verdict::Fine } else { amounts_to };
    let says = match (changed, details.first()) {
        (0, _) => "no coefficient has another sign".to_owned(),
        (_, None) => format!("{changed} coefficients have another sign, none of which both models are sure of"),
        (_, Some(first)) => format!("{sure} coefficients have another sign: {first}"),
    };
    Finding::new(Check::Points, verdict, says)
        .tolerating("no other sign that both models are sure of")
        .advising("look at each: what changed in these leads, or in how the attribute is filled?")
        .figures([("other_sign", changed as f64), ("sure", sure as f64)])
        .at(pointer)
        .details(details)
}

/// A part of the models that is new or gone.
struct Part {
    name: String,
    pointer: String,
    /// The products whose leads it concerns.
    products: Vec<String>,
}

/// Which attributes, behaviours and signals are new or gone?
pub(super) fn attributes(subject: &Subject<'_>, policy: &Policy) -> Finding {
    let check = Check::Attributes;
    let Some(amounts_to) = policy.attributes else { return Finding::not_asked(check, OFF) };
    let Some(baseline) = subject.baseline else { return Finding::not_asked(check, NO_BASELINE) };
    let diff = diff(baseline.config, subject.candidate.config);
    let [added, removed] = [Presence::Added, Presence::Removed].map(|presence| parts(&diff, presence));
    let verdict = if added.is_empty() && removed.is_empty() { Verdict::Fine } else { amounts_to };
    let said: Vec<String> = [listed("new", &added), listed("gone", &removed)].into_iter().flatten().collect();
    let says = if said.is_empty() { "none is new, none is gone".to_owned() } else { said.join("; ") };
    let detail = |what: &str, part: &Part| {
        let of = if diff.models.len() > 1 { format!(" (of {})", part.products.join(", ")) } else { String::new() };
        format!("{what}: {}{of}", part.name)
    };
    Finding::new(check, verdict, says)
        .tolerating("none new, none gone")
        .advising("see that every field that is new is filled wherever leads are scored, and that those gone are gone for a reason")
        .figures([("new", added.len() as f64), ("gone", removed.len() as f64)])
        .at(added.first().map(|part| part.pointer.clone()))
        .details(added.iter().map(|part| detail("new", part)))
        .details(removed.iter().map(|part| detail("gone", part)))
}

/// The parts that are in one of the configs alone, each name once.
fn parts(diff: &ConfigDiff, presence: Presence) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for model in &diff.models {
        let attributes = model.attributes.iter().chain(&model.inactivity);
        let attributes = attributes.map(|part| (&part.name, part.presence, &part.pointer));
        let others = model.behaviours.iter().chain(&model.signals);
        let others = others.map(|part| (&part.name, part.presence, &part.pointer));
        let product = model.product.clone().unwrap_or_else(|| "all other products".to_owned());
        for (name, _, pointer) in attributes.chain(others).filter(|part| part.1 == presence) {
            match parts.iter_mut().find(|part| part.name == *name) {
                Some(part) => part.products.push(product.clone()),
                None => {
                    parts.push(Part { name: name.clone(), pointer: pointer.clone(), products: vec![product.clone()] });
                }
            }
        }
    }
    parts
}

/// `2 new (a, b)`; `None` where there are none.
fn listed(what: &str, parts: &[Part]) -> Option<String> {
    const LISTED: usize = 6;
    let names: Vec<&str> = parts.iter().take(LISTED).map(|part| part.name.as_str()).collect();
    let more = if parts.len() > LISTED { ", …" } else { "" };
    (!parts.is_empty()).then(|| format!("{} {what} ({}{more})", parts.len(), names.join(", ")))
}
