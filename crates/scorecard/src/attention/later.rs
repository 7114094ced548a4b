//! Whether it holds on later leads: ranking and probabilities, the overall rate, the mix of leads, what levels mean.
//!
//! What a level means is compared by its log odds among later leads less those among earlier ones, d with variance v, the sum
//! of one over each of the four counts, half a lead added to each. Woolf's statistic (On estimating the relation between
//! blood group and disease, Annals of Human Genetics 19, 1955) says whether the d differ beyond chance:
//!
//! ```text
//! Q = sum over levels of (d - D)^2 / v,   D = (sum of d / v) / (sum of 1 / v)
//! ```
//!
//! chi-squared with (levels - 1) degrees of freedom where they do not. A change of the overall rate alone moves all d alike.

use leadcal_lift::binning::coarsen;
use leadcal_lift::evidence::chi_squared_upper_tail;
use leadcal_lift::patterns::{Counts, Source};
use leadcal_logit::metrics::population_stability_index;
use leadcal_logit::validation::HeldOut;

use super::{Notice, named, percent, severity};
use crate::report::Report;

/// A drop in AUC up to this is nothing to speak of.
const DROP: f64 = 0.02;
/// Standard errors of a drop in AUC.
const DROP_ERRORS: f64 = 2.0;
/// Times the earlier rate.
const MORE: f64 = 1.25;
/// Standard errors of a change of the rate.
const RATE_ERRORS: f64 = 3.0;
/// Stability index that is worth a look.
const MIX: f64 = 0.1;
/// Probability that chance alone makes any attribute's levels differ so.
const CHANCE: f64 = 0.01;
/// Conversions, and others, that a level has in both parts to be compared.
const LEAST: u64 = 5;

pub(super) fn notices(report: &Report<'_>) -> Vec<Notice> {
    let found = [ranking(report), probabilities(report), rate(report)].into_iter().flatten();
    found.chain(attributes(report)).collect()
}

/// The figures on later leads: of the points at 0, of the model at 1.
fn held_out<'a>(report: &Report<'a>, at: usize) -> Option<&'a HeldOut> {
    report.later[at].as_ref().ok().map(|(figures, _)| figures)
}

fn ranking(report: &Report<'_>) -> Option<Notice> {
    let later = held_out(report, 0)?;
    let same_time = &report.points.validation;
    let drop = same_time.auc - later.metrics.auc;
    let error = (same_time.auc_std_error.powi(2) + later.metrics.auc_variance).sqrt();
    (drop > DROP && drop > DROP_ERRORS * error).then(|| {
        Notice::new("later-ranking", severity([60.0, 90.0], drop, [DROP, 0.1]), &format!("points rank later leads worse: AUC {:.3} against {:.3} on leads of the same time", later.metrics.auc, same_time.auc), "trust the later figure; look for columns that leak the outcome and for what changed, and calibrate again soon")
    })
}

fn probabilities(report: &Report<'_>) -> Option<Notice> {
    let named = ["points", "model"].into_iter().enumerate();
    let mut named = named.filter_map(|(at, name)| Some((name, held_out(report, at)?)));
    let (of, later) = named.find(|(_, later)| later.metrics.log_loss > later.rate_log_loss)?;
    Some(Notice::new(
        "later-probabilities",
        85.0,
        &format!(
            "on later leads the probabilities of the {of} are worse than the earlier leads' rate said to everyone (log loss \
             {:.4} against {:.4})",
            later.metrics.log_loss, later.rate_log_loss
        ),
        "use the ranking, not the probabilities nor bands cut by rates, and calibrate on newer leads",
    ))
}

fn rate(report: &Report<'_>) -> Option<Notice> {
    let later = held_out(report, 0)?;
    let of = |conversions: u64, leads: u64| {
        let rate = conversions as f64 / leads as f64;
        (rate, rate * (1.0 - rate) / leads as f64)
    };
    let (before, before_variance) = of(later.train_conversions, later.train_leads);
    let (now, now_variance) = of(later.metrics.conversions, later.metrics.leads);
    let times = (now / before).ln().abs();
    let sure = (now - before).abs() > RATE_ERRORS * (before_variance + now_variance).sqrt();
    (sure && times >= MORE.ln()).then(|| {
        Notice::new("rate-moved", severity([50.0, 85.0], times, [MORE.ln(), 4.0_f64.ln()]), &format!("later leads convert at {}, earlier ones did at {}", percent(now), percent(before)), "expected rates and bands cut by them are of the past: calibrate on newer leads, or cut bands by capacity_per_week")
    })
}

/// The attribute whose mix moved most, and the one whose levels' meaning did.
fn attributes(report: &Report<'_>) -> Vec<Notice> {
    let history = report.history;
    let Some(parts) = &history.out_of_time else { return Vec::new() };
    let joined = coarsen(&history.fine, &history.joinings);
    let [before, now] = [&parts.train, &parts.test].map(|part| joined.patterns.with_counts(joined.gathered(part)));
    let kept = |name: &str| history.patterns.attributes().iter().any(|attribute| attribute.name == name);
    let mut moved: Vec<Moved> = Vec::new();
    for (at, attribute) in joined.patterns.attributes().iter().enumerate().filter(|(_, a)| kept(&a.name)) {
        // What is left of faded events is a number on a line, not a level.
        if matches!(joined.patterns.feature(at).source, Source::Behaviour(_)) {
            continue;
        }
        let levels = attribute.levels.iter().map(|level| level.name.as_str()).collect::<Vec<_>>();
        moved.push(Moved::of(&attribute.name, &levels, &before.margin(at), &now.margin(at)));
    }
    [mix(&moved), meaning(&moved)].into_iter().flatten().collect()
}

/// How an attribute differs between earlier and later leads.
struct Moved<'a> {
    attribute: &'a str,
    /// Stability index less what chance alone makes of it, and the level whose share moved most with its shares.
    mix: Option<(f64, String, [f64; 2])>,
    /// Probability that chance alone makes levels differ so, and the level that does most, with its rates.
    meaning: Option<(f64, LevelMoved)>,
}

struct LevelMoved {
    level: String,
    /// Log odds beyond those of the other levels.
    beyond: f64,
    rates: [f64; 2],
}

impl<'a> Moved<'a> {
    fn of(attribute: &'a str, levels: &[&str], before: &Counts, now: &Counts) -> Self {
        Self { attribute, mix: mix_moved(levels, before, now), meaning: meaning_moved(levels, before, now) }
    }
}

fn mix_moved(levels: &[&str], before: &Counts, now: &Counts) -> Option<(f64, String, [f64; 2])> {
    let index = population_stability_index(&before.leads, &now.leads).ok()?;
    let filled = before.leads.iter().zip(&now.leads).filter(|(b, n)| **b + **n > 0).count();
    let [all_before, all_now] = [before, now].map(|counts| counts.total_leads() as f64);
    let chance = filled.saturating_sub(1) as f64 * (1.0 / all_before + 1.0 / all_now);
    let shares = |at: usize| [before.leads[at] as f64 / all_before, now.leads[at] as f64 / all_now];
    let change = |at: &usize| (shares(*at)[1] - shares(*at)[0]).abs();
    let most = (0..levels.len()).max_by(|a, b| change(a).total_cmp(&change(b)))?;
    Some((index - chance, levels[most].to_owned(), shares(most)))
}

fn meaning_moved(levels: &[&str], before: &Counts, now: &Counts) -> Option<(f64, LevelMoved)> {
    let others = |counts: &Counts, at: usize| counts.leads[at] - counts.conversions[at];
    let compared = |at: &usize| [before, now].iter().all(|part| part.conversions[*at].min(others(part, *at)) >= LEAST);
    let changes: Vec<(usize, f64, f64)> = (0..levels.len())
        .filter(compared)
        .map(|at| {
            let cells = [now.conversions[at], others(now, at), before.conversions[at], others(before, at)];
            let [a, b, c, d] = cells.map(|n| n as f64 + 0.5);
            (at, (a / b).ln() - (c / d).ln(), 1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d)
        })
        .collect();
    let weights: f64 = changes.iter().map(|(.., v)| 1.0 / v).sum();
    let mean = changes.iter().map(|(_, d, v)| d / v).sum::<f64>() / weights;
    let statistic: f64 = changes.iter().map(|(_, d, v)| (d - mean).powi(2) / v).sum();
    let surest = |(_, d, v): &(usize, f64, f64)| (d - mean).abs() / v.sqrt();
    let &(at, change, _) = changes.iter().max_by(|a, b| surest(a).total_cmp(&surest(b)))?;
    let rates = [before, now].map(|part| part.conversions[at] as f64 / part.leads[at] as f64);
    let p_value = chi_squared_upper_tail(statistic, changes.len() as u64 - 1);
    Some((p_value, LevelMoved { level: levels[at].to_owned(), beyond: change - mean, rates }))
}

fn mix(moved: &[Moved<'_>]) -> Option<Notice> {
    let mut over: Vec<_> =
        moved.iter().filter_map(|moved| Some((moved, moved.mix.as_ref()?))).filter(|(_, mix)| mix.0 >= MIX).collect();
    over.sort_by(|a, b| b.1.0.total_cmp(&a.1.0));
    let (first, (index, level, [before, now])) = over.first()?;
    let also = match over.len() {
        1 => String::new(),
        _ => format!("; {} moved as well", named(over[1..].iter().map(|(moved, _)| moved.attribute))),
    };
    Some(Notice::new(
        "mix-moved",
        severity([40.0, 70.0], *index, [MIX, 0.5]),
        &format!(
            "later leads are others: \"{}\" moved by a stability index of {index:.2} ({level} from {} to {}){also}",
            first.attribute,
            percent(*before),
            percent(*now)
        ),
        "ask what changed (a campaign, a form, a source), and calibrate again when enough such leads have an outcome",
    ))
}

fn meaning(moved: &[Moved<'_>]) -> Option<Notice> {
    let compared: Vec<_> = moved.iter().filter_map(|moved| Some((moved, moved.meaning.as_ref()?))).collect();
    // Bonferroni's: as many attributes were looked at.
    let mut over: Vec<_> = compared.iter().filter(|(_, (p, _))| p * compared.len() as f64 <= CHANCE).collect();
    over.sort_by(|a, b| a.1.0.total_cmp(&b.1.0));
    let (first, (_, LevelMoved { level, beyond, rates: [before, now] })) = over.first()?;
    let also = match over.len() {
        1 => String::new(),
        _ => format!("; so do levels of {}", named(over[1..].iter().map(|(moved, _)| moved.attribute))),
    };
    Some(Notice::new(
        "meaning-moved",
        severity([45.0, 75.0], beyond.abs(), [0.0, 1.5]),
        &format!(
            "\"{}\" does not mean later what it meant before: {level} went from {} to {}, {beyond:+.2} log odds beside the \
             other levels{also}",
            first.attribute,
            percent(*before),
            percent(*now)
        ),
        "its points are an average over both; calibrate on leads from after the change, or leave it out",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(levels: &[(u64, u64)]) -> Counts {
        let (leads, conversions) = levels.iter().copied().unzip();
        Counts { leads, conversions }
    }

    #[test]
    fn a_rate_that_moves_alike_changes_no_meaning() {
        // Odds of 1 to 4 and 2 to 3 double: 1 to 2 and 4 to 3.
        let before = counts(&[(500, 100), (500, 200)]);
        let now = counts(&[(300, 100), (700, 400)]);
        let (p_value, _) = meaning_moved(&["a", "b"], &before, &now).expect("compared");
        assert!(p_value > 0.9, "{p_value}");
        // By hand: d = ln(80.5 / 420.5) - ln(200.5 / 300.5) and ln(200.5 / 300.5) - ln(80.5 / 420.5), one the negative of the
        // other with the same variance v; Q = 2 d^2 / v.
        let (before, now) = (counts(&[(501, 200), (501, 80)]), counts(&[(501, 80), (501, 200)]));
        let (p_value, moved) = meaning_moved(&["a", "b"], &before, &now).expect("compared");
        let d = (80.5_f64 / 421.5).ln() - (200.5_f64 / 301.5).ln();
        let v = 1.0 / 80.5 + 1.0 / 421.5 + 1.0 / 200.5 + 1.0 / 301.5;
        assert!((p_value - chi_squared_upper_tail(2.0 * d * d / v, 1)).abs() < 1e-12 && p_value < 1e-9);
        assert!((moved.beyond.abs() - d.abs()).abs() < 1e-12);
    }

    #[test]
    fn levels_without_conversions_are_not_compared() {
        let before = counts(&[(500, 100), (500, 4)]);
        let now = counts(&[(500, 100), (500, 200)]);
        let (p_value, moved) = meaning_moved(&["a", "b"], &before, &now).expect("one level");
        assert_eq!((p_value, moved.level.as_str()), (1.0, "a"));
        assert!(meaning_moved(&["a"], &counts(&[(9, 0)]), &counts(&[(9, 0)])).is_none());
    }

    #[test]
    fn the_mix_is_measured_beyond_chance() {
        let (before, now) = (counts(&[(500, 9), (500, 9)]), counts(&[(400, 9), (600, 9)]));
        let (index, level, shares) = mix_moved(&["a", "b"], &before, &now).expect("leads");
        // (0.4 - 0.5) ln(0.4 / 0.5) + (0.6 - 0.5) ln(0.6 / 0.5), less 1 x (1 / 1000 + 1 / 1000).
        assert!((index - (0.1 * (1.5_f64).ln() - 0.002)).abs() < 1e-12, "{index}");
        assert_eq!((level.as_str(), shares), ("b", [0.5, 0.6]));
    }
}
