//! The sections of a report, in the order in which they are read.

use super::Report;
use super::data::Data;
use super::markup::{Element, element};

/// A part of the report with a heading. Its id stays, so that it can be linked to.
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    content: Vec<Element>,
}

impl Section {
    fn new(id: &'static str, title: &'static str, content: Vec<Element>) -> Self {
        Self { id, title, content }
    }

    pub(super) fn html(&self) -> String {
        let heading = format!("{}-title", self.id);
        let title = element("h2").attr("id", &heading).text(self.title);
        let section = element("section").attr("id", self.id).attr("aria-labelledby", heading).child(title);
        section.children(self.content.iter().cloned()).to_string() + "\n"
    }
}

pub(super) fn all(report: &Report<'_>, data: &Data<'_>) -> Vec<Section> {
    let interactive = {
        let mut content = vec![
            element("div").attr("id", "try"),
            element("noscript").child(element("p").text("This part needs JavaScript.")),
        ];
        if let Some(all) = data.sampled_from() {
            let text = format!(
                "The leads have too many distinct combinations of levels for one page: what is computed here is computed from a \
                 random sample of {} of the {all} leads.",
                data.leads()
            );
            content.insert(0, element("p").class("note").text(text));
        }
        content
    };
    let counts = report.history.patterns.counts();
    let summary = format!("{} leads, {} converted.", counts.total_leads(), counts.total_conversions());
    vec![
        Section::new("summary", "In short", vec![element("p").text(summary)]),
        Section::new("readiness", "Can the data carry it?", Vec::new()),
        Section::new("attributes", "What points are given for", Vec::new()),
        Section::new("joint", "Alone and beside the others", Vec::new()),
        Section::new("accuracy", "How well it works on leads it has not seen", Vec::new()),
        Section::new("scores", "Scores and bands", Vec::new()),
        Section::new("try-it", "Try changes", interactive),
        Section::new("products", "Products", Vec::new()),
        Section::new("left-out", "What was left out, and why", Vec::new()),
        Section::new("provenance", "Where the numbers come from", Vec::new()),
    ]
}
