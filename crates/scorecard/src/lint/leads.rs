//! What a config shows beside past leads: bands nobody is in, columns that leak, attributes that tell the same.

use leadcal_lift::evidence::{GTest, g_test, weight_of_evidence};
use leadcal_lift::patterns::CovariatePatterns;

use super::{Code, Report};
use crate::backtest::{Figures, Part};
use crate::config::{ScoredAttribute, ScoringConfig, SignalKind};
use crate::leakage::Suspect;
use crate::start_small::HowFew;

/// The kinds of findings that need leads.
pub const CODES: [Code; 5] =
    [Code::EmptyBand, Code::PossibleLeakage, Code::ManyAttributes, Code::PaidTwice, Code::UnusedSignals];
/// More attributes than this are many…
const MANY: usize = 10;
/// …where so few reach as far.
const FEW: usize = 5;
/// Attributes tell the same news when no more than this share of what the lesser tells is new beside the other, and surely not all.
const NEW: f64 = 0.5;
/// Standard errors to the end of a one-sided 95 % interval.
const ONE_SIDED: f64 = 1.644_853_626_951_472_2;
/// Attributes whose p-value is above this tell nothing to be paid for.
const TELLS: f64 = 0.001;
/// Two attributes are paid twice when together they get at least so many times the points that the same evidence gets elsewhere.
const TWICE: f64 = 1.5;

/// What past leads say about a config and its attributes.
#[derive(Debug, Clone, Copy)]
pub struct Looked<'a> {
    /// The attributes that the config reads, counted on the leads.
    pub patterns: &'a CovariatePatterns,
    /// How few of them reach the AUC of all; `None` where it is not known.
    pub how_few: Option<&'a HowFew>,
    /// Columns that may leak the outcome.
    pub suspects: &'a [Suspect],
    /// Of each model that scored leads, by its place, what was measured.
    pub measured: &'a [(usize, Figures)],
    /// Columns that hold e-mail addresses.
    pub emails: &'a [String],
    /// Columns that hold names of people.
    pub names: &'a [String],
}

/// Adds what the leads show to what the config shows.
pub fn look(config: &ScoringConfig, looked: &Looked<'_>, report: &mut Report) {
    for not in &mut report.not_looked_at {
        not.codes.retain(|code| !CODES.contains(code));
    }
    report.not_looked_at.retain(|not| !not.codes.is_empty());
    for (model, figures) in looked.measured {
        empty_bands(config, *model, figures, report);
    }
    suspects(config, looked.suspects, report);
    match looked.how_few {
        Some(how_few) => many_attributes(how_few, report),
        None if looked.patterns.attributes().len() > MANY => {
            report.not_looked_at(&[Code::ManyAttributes], "a model of the leads that can be validated");
        }
        None => {}
    }
    paid_twice(config, looked.patterns, report);
    unused_signals(config, looked, report);
    report.sort();
}

fn empty_bands(config: &ScoringConfig, model: usize, figures: &Figures, report: &mut Report) {
    let known = &config.models[model];
    for Part { name, .. } in figures.bands.iter().filter(|band| band.leads == 0) {
        let Some(at) = known.bands.iter().position(|band| band.name == *name) else { continue };
        let product = known.product.as_ref().map_or_else(String::new, |product| format!("product {product}: "));
        let message =
            format!("{product}none of {} leads is in band {name} (from {})", figures.leads, known.bands[at].from);
        let remedy = "move where it begins, or drop it: leadcal backtest shows how many leads each band has";
        report.found(Code::EmptyBand, format!("/models/{model}/bands/{at}"), message, remedy);
    }
}

fn suspects(config: &ScoringConfig, suspects: &[Suspect], report: &mut Report) {
    for suspect in suspects {
        let pointer = pointer(config, &suspect.column);
        // What the evidence told already is not told again.
        if report.findings.iter().any(|found| found.code == Code::Leakage && found.pointer == pointer) {
            continue;
        }
        let code = if suspect.reason.strong() { Code::Leakage } else { Code::PossibleLeakage };
        let remedy = format!(
            "if it is filled in or changed after a lead came, leave it out (exclude = [\"{}\"] in [data]) and calibrate again",
            suspect.column
        );
        report.found(code, pointer, format!("{}: {}", suspect.column, suspect.reason), remedy);
    }
}

/// Where an attribute, behaviour or signal of a name stands in the first model that has it.
fn pointer(config: &ScoringConfig, name: &str) -> String {
    let found = config.models.iter().enumerate().find_map(|(index, model)| {
        let list = |list: &str, at: Option<usize>| at.map(|at| format!("/models/{index}/{list}/{at}"));
        list("attributes", model.attributes.iter().position(|part| part.input.field == name || part.name == name))
            .or_else(|| list("behaviours", model.behaviours.iter().position(|part| part.name == name)))
            .or_else(|| list("signals", model.signals.iter().position(|part| part.name == name)))
    });
    found.unwrap_or_default()
}

fn many_attributes(how_few: &HowFew, report: &mut Report) {
    let few = how_few.path.len();
    if how_few.of <= MANY || few > FEW || !how_few.reached {
        return;
    }
    let remedy = format!(
        "start small: leadcal calibrate --top {few}; each attribute is a field that someone has to fill in and keep right"
    );
    report.found(Code::ManyAttributes, "", how_few.to_string(), remedy);
}

/// Attributes of which the one tells what the other tells, and both are paid as if they stood alone.
fn paid_twice(config: &ScoringConfig, patterns: &CovariatePatterns, report: &mut Report) {
    // One model of those there are: what attributes share is a matter of the leads.
    let Some(model) = config.models.iter().find(|model| model.product.is_none()).or(config.models.first()) else {
        return;
    };
    let rates: Vec<(&str, f64)> = model
        .attributes
        .iter()
        .filter_map(|attribute| Some((attribute.input.field.as_str(), points_for_evidence(attribute)?)))
        .collect();
    let usual = median(rates.iter().map(|(_, rate)| *rate).collect());
    let Some(usual) = usual.filter(|usual| *usual > 0.0) else {
        return report
            .not_looked_at(&[Code::PaidTwice], "evidence beside the levels, which leadcal calibrate and emit write");
    };
    let index = |field: &str| patterns.attributes().iter().position(|attribute| attribute.name == field);
    let known: Vec<(&str, f64, usize)> =
        rates.iter().filter_map(|(field, rate)| Some((*field, *rate, index(field)?))).collect();
    let telling = |at: usize| Some(g_test(&patterns.margin(at))).filter(|test| test.p_value < TELLS);
    for (at, &(first, paid_first, first_at)) in known.iter().enumerate() {
        let Some(first_tells) = telling(first_at) else { continue };
        for &(second, paid_second, second_at) in &known[at + 1..] {
            let Some(second_tells) = telling(second_at) else { continue };
            let together = g_test(patterns.project(&[first_at, second_at]).patterns.counts());
            let (more, less) = if told(first_tells) >= told(second_tells) {
                ((first, first_tells), (second, second_tells))
            } else {
                ((second, second_tells), (first, first_tells))
            };
            let paid = (paid_first + paid_second) / usual;
            let new = new_beside(more.1, together);
            let same = new.estimate <= NEW * told(less.1) && new.at_most < told(less.1);
            if !same || paid < TWICE {
                continue;
            }
            let ((more, _), (less, tells)) = (more, less);
            let message = format!(
                "{less} and {more} tell the same news: {:.0} % of what {less} tells about conversion {more} tells as well, and \
                 together they are paid {paid:.1} times what one of them would be",
                100.0 * (1.0 - new.estimate / told(tells)).clamp(0.0, 1.0)
            );
            let remedy = "make the points from the model of all attributes together (--method fitted), or leave one of the two \
                          out";
            report.found(Code::PaidTwice, pointer(config, less), message, remedy);
        }
    }
}

/// What an attribute tells that another does not, in the units of G.
struct New {
    estimate: f64,
    /// The upper end of its one-sided 95 % interval.
    at_most: f64,
}

/// What a second attribute tells beside the first, from the G test of the first and of both together. Their difference is
/// non-central chi-squared, whose mean is its degrees of freedom and what is told, its variance twice the first and four
/// times the second.
fn new_beside(first: GTest, together: GTest) -> New {
    let freedom = together.degrees_of_freedom.saturating_sub(first.degrees_of_freedom) as f64;
    let estimate = (together.statistic - first.statistic - freedom).max(0.0);
    New { estimate, at_most: estimate + ONE_SIDED * (2.0 * freedom + 4.0 * estimate).sqrt() }
}

/// What an attribute tells, in the units of G: the test's statistic beyond what chance makes of it.
fn told(test: GTest) -> f64 {
    test.statistic - test.degrees_of_freedom as f64
}

/// Points for each unit of a level's log-odds lift: the slope of the points on it, weighted by leads. `None` without evidence.
fn points_for_evidence(attribute: &ScoredAttribute) -> Option<f64> {
    let evidence = || attribute.levels.iter().filter_map(|level| Some((level.points, level.evidence?)));
    let (leads, conversions) = evidence()
        .fold((0, 0), |(leads, conversions), (_, level)| (leads + level.leads, conversions + level.conversions));
    let others = leads.checked_sub(conversions)?;
    let rows: Vec<(f64, f64, f64)> = evidence()
        .filter_map(|(points, level)| {
            let not = level.leads.checked_sub(level.conversions)?;
            Some((level.leads as f64, weight_of_evidence(level.conversions, not, conversions, others)?, points))
        })
        .collect();
    let weight: f64 = rows.iter().map(|(leads, ..)| leads).sum();
    let mean = |of: &dyn Fn(&(f64, f64, f64)) -> f64| rows.iter().map(|row| row.0 * of(row)).sum::<f64>() / weight;
    let (lift, points) = (mean(&|row| row.1), mean(&|row| row.2));
    let spread = mean(&|row| (row.1 - lift).powi(2));
    (rows.len() > 1 && spread > 0.0).then(|| mean(&|row| (row.1 - lift) * (row.2 - points)) / spread)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = values[(values.len() - 1) / 2];
    Some(f64::midpoint(lower, upper))
}

/// Columns that hold e-mail addresses or names which no signal looks at.
fn unused_signals(config: &ScoringConfig, looked: &Looked<'_>, report: &mut Report) {
    let signals = || config.models.iter().flat_map(|model| &model.signals).map(|signal| &signal.kind);
    let domain = |column: &&String| {
        !signals().any(|kind| {
            let looks = matches!(
                kind,
                SignalKind::FreeEmailDomain { .. }
                    | SignalKind::DisposableEmailDomain { .. }
                    | SignalKind::CompanyEmailDomain { .. }
            );
            looks && kind.fields()[0] == column.as_str()
        })
    };
    for column in looked.emails.iter().filter(domain) {
        let message =
            format!("the leads have e-mail addresses (column \"{column}\"), and no signal looks at their domains");
        let remedy = format!(
            "add signals of the kinds free_email_domain, disposable_email_domain and company_email_domain with field = \
             \"{column}\"; leadcal init writes them"
        );
        report.found(Code::UnusedSignals, "", message, remedy);
    }
    let spam = signals().any(|kind| matches!(kind, SignalKind::KeyboardRun { .. } | SignalKind::Uncapitalised { .. }));
    if let Some(column) = looked.names.first().filter(|_| !spam) {
        let message = format!("the leads have names (column \"{column}\"), and no signal looks for made-up ones");
        let remedy = format!(
            "add signals of the kinds keyboard_run and uncapitalised with field = \"{column}\"; leadcal init writes them"
        );
        report.found(Code::UnusedSignals, "", message, remedy);
    }
}

#[cfg(test)]
mod tests;
