//! What levels tell alone, and what they tell beside the other attributes.

use leadcal_lift::points::{PointsAttribute, PointsLevel};
use leadcal_logit::model::ModelLevel;

use super::super::Report;
use super::super::markup::{Element, element};
use super::super::plot::rows::{Line, Shown};
use super::super::plot::{Plot, mini, rows};
use super::super::table::{Head, details, name, note, number, paragraph, plot, row, summary, table};
use super::super::words::{counted, grouped, signed_decimals};

/// A level's log odds alone and beside the others disagree when they differ by more than this…
const DISAGREEMENT: f64 = 0.3;
/// …and the level has at least this share of the leads.
const SHARE: f64 = 0.01;
/// Disagreements drawn, at most.
const MOST: usize = 16;
/// Levels drawn in all, at most.
const MOST_LEVELS: usize = 160;

/// A level alone and beside the others, in log odds above the average lead.
pub(super) struct Compared<'a> {
    attribute: &'a str,
    level: &'a str,
    leads: u64,
    alone: f64,
    beside: f64,
}

impl Compared<'_> {
    fn difference(&self) -> f64 {
        (self.alone - self.beside).abs()
    }

    /// In words what the other attributes do to it.
    fn says(&self) -> &'static str {
        if self.alone * self.beside < 0.0 && self.beside.abs() > 0.1 {
            "the other way round"
        } else if self.beside.abs() < self.alone.abs() {
            "less: others tell it too"
        } else {
            "more"
        }
    }
}

pub(super) fn section(report: &Report<'_>) -> Vec<Element> {
    let mut content = vec![paragraph(
        "A level can convert well because of what its leads are besides. Alone, its effect is what its own conversion rate says; \
         beside the others, what the model leaves to it once all other attributes are known. Where both agree, points may be \
         added up without a second thought; where they differ, two attributes tell the same news, and the sum counts it twice.",
    )];
    let differing = disagreements(report);
    if differing.is_empty() {
        content.push(
            element("p")
                .class("lead")
                .text("No level with at least 1 % of the leads tells something else beside the others."),
        );
    } else {
        let these = counted(differing.len() as u64, "level differs", "levels differ");
        content.push(element("p").class("lead").text(format!("{these} by more than {DISAGREEMENT} log odds.")));
        content.push(drawn("Levels that differ most", &differing[..differing.len().min(MOST)]));
    }
    let every = compared(report);
    if every.len() <= MOST_LEVELS {
        let title = format!("All {} levels", every.len());
        content.push(details(summary(&title), [drawn("All levels", &every)]));
    } else {
        content.push(note(&format!("There are {} levels: points.json and model.json hold them all.", every.len())));
    }
    content
}

/// The levels that differ most; nothing where none does.
pub(super) fn plots(report: &Report<'_>) -> Option<Plot> {
    let line = |of: &Compared<'_>| Line {
        label: format!("{}: {}", of.attribute, of.level),
        shown: Shown::Dumbbell { alone: of.alone, beside: of.beside },
        figures: format!("{} alone, {} beside", signed_decimals(of.alone, 2), signed_decimals(of.beside, 2)),
    };
    let lines: Vec<Line> = disagreements(report).iter().take(MOST).map(line).collect();
    let about =
        "Log odds above the average lead: hollow what the level tells alone, filled what it tells beside the others.";
    (!lines.is_empty()).then(|| {
        rows::plot("alone-and-beside".to_owned(), "Alone and beside the others".to_owned(), about.to_owned(), &lines)
    })
}

fn drawn(caption: &str, levels: &[Compared<'_>]) -> Element {
    let heads = [
        Head::Text("Attribute, level"),
        Head::Plot("Log odds: \u{25a1} alone, \u{25a0} beside the others"),
        Head::Number("Alone"),
        Head::Number("Beside"),
        Head::Text("Tells"),
        Head::Number("Leads"),
    ];
    let scale = mini::scale(levels.iter().flat_map(|of| [of.alone, of.beside]));
    let line = |of: &Compared<'_>| {
        let agrees = of.difference() <= DISAGREEMENT;
        row([
            name(of.attribute).child(element("small").text(of.level)),
            plot(mini::dumbbell(&scale, of.alone, of.beside)),
            number(&signed_decimals(of.alone, 2)),
            number(&signed_decimals(of.beside, 2)),
            element("td").text(if agrees { "about the same" } else { of.says() }),
            number(&grouped(of.leads)),
        ])
    };
    table(caption, &heads, levels.iter().map(line))
}

/// Levels that say something else beside the other attributes, the greatest difference first.
fn disagreements<'a>(report: &Report<'a>) -> Vec<Compared<'a>> {
    let least = SHARE * report.points.table.leads as f64;
    let mut found = compared(report);
    found.retain(|of| of.difference() > DISAGREEMENT && of.leads as f64 >= least);
    found.sort_by(|a, b| {
        b.difference().total_cmp(&a.difference()).then_with(|| (a.attribute, a.level).cmp(&(b.attribute, b.level)))
    });
    found
}

/// Every level with leads of both outcomes; of faded events whole ones stand for all.
fn compared<'a>(report: &Report<'a>) -> Vec<Compared<'a>> {
    let attributes = report.points.table.attributes.iter().zip(&report.model.attributes);
    let of_attribute = |(marginal, joint): (&'a PointsAttribute, &'a leadcal_logit::model::ModelAttribute)| {
        let levels = marginal.levels.iter().zip(&joint.levels);
        levels.filter_map(move |(level, fitted)| compare(&marginal.name, level, fitted))
    };
    attributes.flat_map(of_attribute).collect()
}

fn compare<'a>(attribute: &'a str, level: &'a PointsLevel, fitted: &ModelLevel) -> Option<Compared<'a>> {
    let alone = level.evidence.log_odds_lift?;
    let whole = level.number.is_none_or(|times| times.fract() <= 0.0);
    let leads = level.evidence.leads;
    whole.then_some(Compared { attribute, level: &level.level, leads, alone, beside: fitted.effect.value })
}
