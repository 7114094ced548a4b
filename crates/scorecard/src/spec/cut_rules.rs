//! `[bands]` and `[stages]`: how scores are cut.

use super::error::SpecProblem;
use super::limits::{checked_amount, checked_cost, checked_mark};
use super::section::{Entry, Mistake, Section};
use super::{CutRule, ValueAndCost};

/// The ways to cut, by key. Exactly one is given.
const WAYS: [&str; 4] = ["cut_offs", "target_rates", "capacity_per_week", "value_and_cost"];
const HIGHER: &str = "above the one before it";

/// The rules of bands and of stages, from `[bands]`, where fixed stages may stand as well, and from `[stages]`.
pub(super) fn bands_and_stages(whole: &Section<'_>) -> Result<(Option<CutRule>, Option<CutRule>), Mistake> {
    let Some(entry) = whole.get("bands") else { return Ok((None, whole.read("stages", stages)?)) };
    let section = entry.table("[bands]".to_owned())?;
    let [a, b, c, d] = WAYS;
    section.allow(&[a, b, c, d, "stages"], &[])?;
    let bands = rule(&section, "each band's lowest score (or give target_rates, capacity_per_week or value_and_cost)")?;
    let within = section.read("stages", |entry| Ok((marks(entry, "bands")?, entry.key_offset)))?;
    let apart = whole.read("stages", |entry| Ok((stages(entry)?, entry.key_offset)))?;
    let stages = match (within, apart) {
        (Some((_, here)), Some((_, there))) => {
            return Err(Mistake {
                offset: Some(here.max(there)),
                problem: Box::new(SpecProblem::Exclusive {
                    section: "the spec".to_owned(),
                    first: "bands.stages",
                    second: "stages",
                }),
            });
        }
        (Some((marks, _)), None) => Some(CutRule::CutOffs(marks)),
        (None, apart) => apart.map(|(rule, _)| rule),
    };
    Ok((Some(bands), stages))
}

fn stages(entry: Entry<'_>) -> Result<CutRule, Mistake> {
    let section = entry.table("[stages]".to_owned())?;
    section.allow(&WAYS, &[])?;
    rule(&section, "each stage's lowest score (or give target_rates, capacity_per_week or value_and_cost)")
}

fn rule(section: &Section<'_>, cut_offs: &'static str) -> Result<CutRule, Mistake> {
    for (at, first) in WAYS.iter().enumerate() {
        for second in &WAYS[at + 1..] {
            section.exclusive(first, second)?;
        }
    }
    let parent = section.name();
    if let Some(entry) = section.get("target_rates") {
        Ok(CutRule::TargetRates(ordered(entry, parent, rate, |a, b| a < b, HIGHER)?))
    } else if let Some(entry) = section.get("capacity_per_week") {
        let capacity = |entry: Entry<'_>| entry.checked(checked_amount);
        // Leads from a name on upwards: the higher it starts, the fewer.
        Ok(CutRule::CapacityPerWeek(ordered(entry, parent, capacity, |a, b| a > b, "below the one before it")?))
    } else if let Some(entry) = section.get("value_and_cost") {
        let worth = |entry: Entry<'_>| value_and_cost(entry, parent);
        let order =
            "dearer than the one before it: cost / value, the conversion rate that pays for it, above that one's";
        Ok(CutRule::ValueAndCost(ordered(entry, parent, worth, |a, b| a.cost / a.value < b.cost / b.value, order)?))
    } else {
        Ok(CutRule::CutOffs(marks(section.require("cut_offs", cut_offs)?, parent)?))
    }
}

fn marks(entry: Entry<'_>, parent: &str) -> Result<Vec<(String, i64)>, Mistake> {
    ordered(entry, parent, mark, |a, b| a < b, HIGHER)
}

pub(super) fn mark(entry: Entry<'_>) -> Result<i64, Mistake> {
    let n = entry.whole().ok_or_else(|| entry.wrong("a whole number"))?;
    checked_mark(n).map_err(|out| entry.wrong(out.expected))
}

fn rate(entry: Entry<'_>) -> Result<f64, Mistake> {
    let expected = "a conversion rate below 1, such as 0.15";
    entry.number().filter(|x| (0.0..1.0).contains(x)).ok_or_else(|| entry.wrong(expected))
}

fn value_and_cost(entry: Entry<'_>, parent: &str) -> Result<ValueAndCost, Mistake> {
    if !entry.is_table() {
        return Err(entry.wrong("a table such as { value = 900, cost = 15 }"));
    }
    let section = entry.table(format!("[{parent}.value_and_cost.{}]", entry.key))?;
    section.allow(&["value", "cost"], &[])?;
    Ok(ValueAndCost {
        value: section.require("value", "what a conversion is worth, such as 900")?.checked(checked_amount)?,
        cost: section
            .require("cost", "what a contact costs, in the unit of value, such as 15")?
            .checked(checked_cost)?,
    })
}

/// A table of names and what each asks for, one at least, written in the order of the scores, lowest first.
fn ordered<T: Copy>(
    entry: Entry<'_>,
    parent: &str,
    read: impl Fn(Entry<'_>) -> Result<T, Mistake>,
    in_order: impl Fn(T, T) -> bool,
    order: &str,
) -> Result<Vec<(String, T)>, Mistake> {
    let section = entry.table(format!("[{parent}.{}]", entry.key))?;
    let mut asked: Vec<(String, T)> = Vec::new();
    for member in section.entries() {
        let of_this = read(member)?;
        if asked.last().is_some_and(|(_, last)| !in_order(*last, of_this)) {
            return Err(member.wrong(order));
        }
        asked.push((member.key.to_owned(), of_this));
    }
    if asked.is_empty() || section.get("").is_some() {
        return Err(entry.wrong(match entry.key {
            "value_and_cost" => "a table of names, such as { warm = { value = 900, cost = 15 } }",
            _ => "a table of names and numbers, such as { cold = 0, hot = 61 }",
        }));
    }
    Ok(asked)
}
