//! What single attributes do: paid twice, resting on few leads, on blanks or on rare values; how few would do; how they fade.

use leadcal_lift::attribute::{MISSING, OTHER};
use leadcal_lift::patterns::{CovariatePatterns, Decay, Source};
use leadcal_lift::points::{PointsAttribute, PointsLevel, PointsMethod, PointsTable};

use super::{Notice, listed, named, percent, severity};
use crate::report::Report;

/// Of what the levels are paid, so much is gone beside the others…
const TWICE_SHARE: f64 = 0.3;
/// …and so many log odds a lead.
const TWICE: f64 = 0.1;
/// Cramér's V of two attributes that go together enough to name one for the other.
const GOES_WITH: f64 = 0.3;
/// A level with fewer leads has few.
const FEW: u64 = 100;
/// Standard deviations of the scores that a level's points are worth.
const MOVES: f64 = 0.5;
/// Share of the leads without a value…
const BLANK: f64 = 0.4;
/// …and standard deviations of the scores that it is worth at least.
const BLANK_MOVES: f64 = 0.1;
/// Share of the leads in the pooled level.
const POOLED: f64 = 0.3;
/// Share of the ranking that one attribute does.
const ALONE: f64 = 0.8;
/// As many attributes of all are few.
const SMALL: f64 = 2.0 / 3.0;

pub(super) fn notices(report: &Report<'_>) -> Vec<Notice> {
    let rules = [paid_twice, few_leads, one_attribute, missing, other, start_small, decay_unknown];
    rules.into_iter().filter_map(|rule| rule(report)).collect()
}

/// An attribute whose levels are paid for what others are paid for, too.
struct Twice<'a> {
    at: usize,
    attribute: &'a PointsAttribute,
    /// Mean absolute log odds of a lead, alone.
    paid: f64,
    /// What of it is gone beside the others.
    gone: f64,
}

fn paid_twice(report: &Report<'_>) -> Option<Notice> {
    let table = &report.points.table;
    if table.method == PointsMethod::Fitted {
        return None;
    }
    let of = |(at, attribute): (usize, &'_ _)| {
        let attribute: &PointsAttribute = attribute;
        let joint = report.model.attributes.get(at)?;
        // Of what is counted, one repetition is paid, not a level.
        if attribute.each.is_some() {
            return None;
        }
        let (mut paid, mut gone) = (0.0, 0.0);
        for (level, fitted) in attribute.levels.iter().zip(&joint.levels).filter(|(level, _)| level.points != 0) {
            let Some(alone) = level.evidence.log_odds_lift else { continue };
            // Where a level says more beside the others, that makes up for others that say less.
            let kept = (fitted.effect.value * alone.signum()).max(0.0);
            let share = level.evidence.leads as f64 / table.leads as f64;
            paid += share * alone.abs();
            gone += share * (alone.abs() - kept);
        }
        Some((at, paid, gone))
    };
    let found = table.attributes.iter().enumerate().filter_map(of);
    let mut twice: Vec<Twice<'_>> = found
        .filter(|(_, paid, gone)| *gone >= TWICE && *gone >= TWICE_SHARE * paid)
        .map(|(at, paid, gone)| Twice { at, attribute: &table.attributes[at], paid, gone })
        .collect();
    twice.sort_by(|a, b| b.gone.total_cmp(&a.gone));
    let first = twice.first()?;
    let with = partner(&report.history.patterns, first.at).filter(|(_, v)| *v >= GOES_WITH);
    let with = with.map_or_else(String::new, |(name, v)| format!("; it goes most with \"{name}\" (Cramér's V {v:.2})"));
    let also = match twice.len() {
        1 => String::new(),
        _ => format!(
            "; so {} {}",
            if twice.len() == 2 { "is" } else { "are" },
            named(twice[1..].iter().map(|twice| twice.attribute.name.as_str()))
        ),
    };
    Some(Notice::new(
        "paid-twice",
        severity([35.0, 65.0], first.gone, [TWICE, 0.5]),
        &format!(
            "\"{}\" is paid for news that other attributes bring as well: {:.0} % of what its levels tell alone is gone beside \
             them{with}{also}",
            first.attribute.name,
            100.0 * first.gone / first.paid
        ),
        "the table of levels alone and beside the others names them; leave one of a pair out (--exclude), or use --method fitted",
    ))
}

/// The attribute that goes most with another, by Cramér's V of their levels.
fn partner(patterns: &CovariatePatterns, of: usize) -> Option<(&str, f64)> {
    let others = (0..patterns.attributes().len()).filter(|&other| other != of);
    let measured = others.map(|other| (patterns.attributes()[other].name.as_str(), cramers_v(patterns, of, other)));
    measured.max_by(|a, b| a.1.total_cmp(&b.1))
}

/// Cramér's V of two attributes: sqrt(chi-squared / N / (the smaller number of levels with leads - 1)), 0 to 1.
fn cramers_v(patterns: &CovariatePatterns, a: usize, b: usize) -> f64 {
    let both = patterns.project(&[a, b]).patterns;
    let [of_a, of_b] = [0, 1].map(|at| both.margin(at).leads);
    let all = both.counts().total_leads() as f64;
    // Chi-squared / N is the sum over cells of n^2 / (row x column), less 1.
    let mut sum = 0.0;
    for (pattern, &leads) in both.counts().leads.iter().enumerate().filter(|(_, leads)| **leads > 0) {
        let codes = both.codes(pattern);
        sum += (leads as f64).powi(2) / (of_a[codes[0] as usize] as f64 * of_b[codes[1] as usize] as f64);
    }
    let filled = |margin: &[u64]| margin.iter().filter(|leads| **leads > 0).count();
    let smaller = filled(&of_a).min(filled(&of_b)).saturating_sub(1);
    if smaller == 0 || all <= 0.0 { 0.0 } else { ((sum - 1.0).max(0.0) / smaller as f64).sqrt() }
}

/// Standard deviation of the scores of the leads.
fn spread(table: &PointsTable) -> f64 {
    let sum = |of: &dyn Fn(f64) -> f64| {
        table.scores.iter().map(|count| of(count.score as f64) * count.leads as f64).sum::<f64>() / table.leads as f64
    };
    let mean = sum(&|score| score);
    sum(&|score| (score - mean).powi(2)).sqrt()
}

fn few_leads(report: &Report<'_>) -> Option<Notice> {
    let table = &report.points.table;
    let spread = spread(table);
    let levels = table.attributes.iter().filter(|attribute| attribute.each.is_none());
    let levels = levels.flat_map(|attribute| attribute.levels.iter().map(move |level| (attribute, level)));
    let moves = |level: &PointsLevel| level.points.abs() as f64 / spread;
    let mut found: Vec<_> =
        levels.filter(|(_, level)| level.conclusive && level.evidence.leads < FEW && moves(level) > MOVES).collect();
    found.sort_by(|a, b| moves(b.1).total_cmp(&moves(a.1)));
    let (_, most) = found.first()?;
    let shown = |(attribute, level): &(&PointsAttribute, &PointsLevel)| {
        let [low, high] = level.points_interval;
        format!(
            "\"{}\" {} ({:+} on {} leads, 95 %: {low:+} to {high:+})",
            attribute.name, level.level, level.points, level.evidence.leads
        )
    };
    Some(Notice::new(
        "few-leads",
        severity([35.0, 60.0], moves(most), [MOVES, 3.0]),
        &format!("many points on few leads: {}", listed(found.iter().map(shown))),
        &format!("check what these leads have in common; --min-leads {FEW} holds such levels back"),
    ))
}

fn one_attribute(report: &Report<'_>) -> Option<Notice> {
    let few = report.how_few?;
    let first = few.path.first()?;
    let suspected = report.suspects.iter().any(|suspect| suspect.column == first.attribute);
    let share = (first.auc - 0.5) / (few.auc_of_all - 0.5);
    (share >= ALONE && few.of > 2 && !suspected).then(|| {
        Notice::new(
            "one-attribute",
            severity([40.0, 60.0], share, [ALONE, 1.0]),
            &format!(
                "\"{}\" alone reaches AUC {:.3} of the {:.3} that all {} attributes reach",
                first.attribute, first.auc, few.auc_of_all, few.of
            ),
            "make sure that it is known when a lead is to be scored, and always filled in the same way",
        )
    })
}

/// Levels called `name` with their attribute and share of the leads, from a share on, largest first.
fn large<'a>(table: &'a PointsTable, name: &'a str, from: f64) -> Vec<(&'a PointsAttribute, &'a PointsLevel, f64)> {
    let levels = table.attributes.iter().filter_map(|attribute| {
        let level = attribute.levels.iter().find(|level| level.level == name)?;
        Some((attribute, level, level.evidence.leads as f64 / table.leads as f64))
    });
    let mut found: Vec<_> = levels.filter(|(.., share)| *share >= from).collect();
    found.sort_by(|a, b| b.2.total_cmp(&a.2));
    found
}

fn missing(report: &Report<'_>) -> Option<Notice> {
    let table = &report.points.table;
    let least = BLANK_MOVES * spread(table);
    let mut found = large(table, MISSING, BLANK);
    found.retain(|(_, level, _)| level.points != 0 && level.points.abs() as f64 >= least);
    let shown = |(attribute, level, share): &(&PointsAttribute, &PointsLevel, f64)| {
        format!("\"{}\" ({} of the leads, {:+})", attribute.name, percent(*share), level.points)
    };
    let (.., share) = found.first()?;
    Some(Notice::new(
        "missing",
        severity([30.0, 55.0], *share, [BLANK, 0.9]),
        &format!("leads earn or lose points for a blank: {}", listed(found.iter().map(shown))),
        "if sales fill it in while working a lead, the blank tells the outcome; if a form stopped asking, later leads lose for nothing",
    ))
}

fn other(report: &Report<'_>) -> Option<Notice> {
    let found = large(&report.points.table, OTHER, POOLED);
    let (.., share) = found.first()?;
    let shown = |(attribute, _, share): &(&PointsAttribute, &PointsLevel, f64)| {
        format!("\"{}\" ({})", attribute.name, percent(*share))
    };
    Some(Notice::new(
        "other",
        severity([25.0, 45.0], *share, [POOLED, 0.8]),
        &format!("many leads are in the level of all rare values: {}", listed(found.iter().map(shown))),
        "values that mean the same under several spellings, once mended, become levels; join = true joins titles that convert alike",
    ))
}

fn start_small(report: &Report<'_>) -> Option<Notice> {
    let few = report.how_few.filter(|few| few.reached && few.of > 3)?;
    let (steps, share) = (few.path.len(), few.path.len() as f64 / few.of as f64);
    (share <= SMALL).then(|| {
        let reached = few.path.last().map_or(0.5, |last| last.auc);
        Notice::new(
            "start-small",
            severity([50.0, 20.0], share, [0.0, SMALL]),
            &format!(
                "{steps} of {} attributes do as well: AUC {reached:.4} against {:.4}, within one standard error",
                few.of, few.auc_of_all
            ),
            &format!("--top {steps} keeps these: fewer fields to ask for, and fewer to explain"),
        )
    })
}

fn decay_unknown(report: &Report<'_>) -> Option<Notice> {
    let attributes = report.points.table.attributes.iter();
    let unknown: Vec<&str> = attributes
        .filter(|attribute| matches!(&attribute.source, Source::Behaviour(repeats) if repeats.decay == Some(Decay::Undetermined)))
        .map(|attribute| attribute.name.as_str())
        .collect();
    (!unknown.is_empty()).then(|| {
        Notice::new(
            "decay-unknown",
            25.0,
            &format!("the data cannot tell how fast {} fades, so its points never do", named(unknown.iter().copied())),
            "half_life_days in its [behaviours] section says it instead",
        )
    })
}

#[cfg(test)]
mod tests {
    use leadcal_lift::attribute::{Attribute, FieldType, Input, Level, When};
    use leadcal_lift::patterns::Counts;

    use super::*;

    /// Cramér's V of two attributes of two levels, from the leads of the four cells.
    fn v(cells: [u64; 4]) -> f64 {
        let level = |name: &str| Level { name: name.to_owned(), when: When::Otherwise };
        let attribute = |name: &str| Attribute {
            name: name.to_owned(),
            input: Input { field: name.to_owned(), kind: FieldType::Text, missing: Vec::new() },
            levels: vec![level("no"), level("yes")],
        };
        let counts = Counts { leads: cells.to_vec(), conversions: vec![0; 4] };
        let patterns =
            CovariatePatterns::new(vec![attribute("a"), attribute("b")], vec![0, 0, 0, 1, 1, 0, 1, 1], counts);
        cramers_v(&patterns, 0, 1)
    }

    #[test]
    fn cramers_v_is_1_for_twins_and_0_for_strangers() {
        assert!((v([30, 0, 0, 70]) - 1.0).abs() < 1e-12);
        assert!(v([30, 30, 70, 70]).abs() < 1e-7);
        // Phi of a fourfold table: (40 x 30 - 10 x 20) / sqrt(50 x 50 x 60 x 40).
        assert!((v([40, 10, 20, 30]) - 1000.0 / 6_000_000_f64.sqrt()).abs() < 1e-12);
        assert!(v([10, 0, 20, 0]).abs() < 1e-12);
    }
}
