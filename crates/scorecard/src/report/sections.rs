//! The sections of a report, in the order in which they are read.

mod accuracy;
mod attributes;
mod behaviours;
mod joint;
mod left_out;
mod products;
mod provenance;
mod readiness;
mod scores;
mod summary;

use leadcal_lift::points::{PointsAttribute, PointsTable};
use leadcal_logit::validation::HeldOut;

use super::Report;
use super::markup::{Element, element};
use super::plot::Plot;
use super::words::grouped;
use crate::config::Model;
use crate::curves::Curves;

/// A part of the report with a heading. Its id stays, so that it can be linked to.
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    content: Vec<Element>,
}

impl Section {
    pub(super) fn html(&self) -> String {
        let heading = format!("{}-title", self.id);
        let title = element("h2").attr("id", &heading).text(self.title);
        let section = element("section").attr("id", self.id).attr("aria-labelledby", heading).child(title);
        section.children(self.content.iter().cloned()).to_string() + "\n"
    }
}

/// All that stand in a report; products only where the spec names them, behaviours where there are any.
pub(super) fn all(report: &Report<'_>, try_it: Vec<Element>) -> Vec<Section> {
    let section = |id, title, content| Section { id, title, content };
    let mut sections = vec![
        section("summary", "In short", summary::section(report)),
        section("readiness", "Can the data carry it?", readiness::section(report)),
        section("attributes", "What points are given for", attributes::section(report)),
        section("joint", "Alone and beside the others", joint::section(report)),
        section("accuracy", "How well it works on leads it has not seen", accuracy::section(report)),
        section("scores", "Scores and bands", scores::section(report)),
        section("try-it", "Try changes", try_it),
    ];
    let after_joint = sections.len() - 3;
    let done = behaviours::section(report).map(|content| section("behaviours", "What leads do", content));
    sections.splice(after_joint..after_joint, done);
    sections.extend(products::section(report).map(|content| section("products", "Products", content)));
    sections.push(section("left-out", "What was left out, and why", left_out::section(report)));
    sections.push(section("provenance", "Where the numbers come from", provenance::section(report)));
    sections
}

/// Where the page puts its widgets, or why there are none. `sampled` are the leads of a sample, and all leads.
pub(super) fn try_it(offered: bool, sampled: Option<(u64, u64)>) -> Vec<Element> {
    if !offered {
        let text = "The config is too large for a page that computes with it: change scoring.json, and compare with leadcal diff.";
        return vec![element("p").text(text)];
    }
    let text = "Move the bands, change points, type in a lead: figures follow, and the config can be downloaded as changed. Nothing \
                leaves this page.";
    let mut content = vec![element("p").text(text)];
    if let Some((leads, all)) = sampled {
        content.push(element("p").class("note").text(format!(
            "The leads have too many distinct combinations of levels for one page: what is computed here is computed from a random \
             sample of {} of the {} leads.",
            grouped(leads),
            grouped(all)
        )));
    }
    content.push(element("div").attr("id", "try"));
    content.push(element("noscript").child(element("p").text("This part needs JavaScript.")));
    content
}

/// Every plot that is also to be had as a file.
pub(super) fn plots(report: &Report<'_>) -> Vec<Plot> {
    let mut plots = attributes::plots(report);
    plots.extend(joint::plots(report));
    plots.extend(behaviours::plots(report));
    plots.extend(accuracy::plots(report));
    plots.push(scores::plot(report));
    plots
}

/// The config's model for all products without their own; it stands last.
fn pooled<'a>(report: &Report<'a>) -> &'a Model {
    report.assembled.config.models.last().expect("a config has a model")
}

/// Figures and curves on later leads, of points and model, where they were measured.
fn later_figures<'a>(report: &Report<'a>) -> [Option<&'a (HeldOut, Curves)>; 2] {
    report.later.map(|measured| measured.as_ref().ok())
}

/// The attributes, the most telling first.
fn strongest(table: &PointsTable) -> Vec<&PointsAttribute> {
    let mut sorted: Vec<&PointsAttribute> = table.attributes.iter().collect();
    sorted.sort_by(|a, b| b.information_value.total_cmp(&a.information_value).then_with(|| a.name.cmp(&b.name)));
    sorted
}

/// Whether a lead may count several times, as it was at several moments.
fn rows_of_leads(report: &Report<'_>) -> bool {
    report.history.rows.as_ref().is_some_and(|rows| rows.repeated)
}
