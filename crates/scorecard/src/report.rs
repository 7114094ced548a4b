//! The report of a calibration: one HTML file that needs no network, for people to read and to try changes in.
//!
//! | part | where |
//! |---|---|
//! | the page around it all, and its colours | `report/template.html`, `report/style.css` |
//! | what the page computes with | `report/data.rs` |
//! | its script | `report/script.rs`, `report/page/` |
//! | the sections | `report/sections.rs` and below |
//! | plots | `report/plot.rs` and below |
//!
//! The same calibration gives the same bytes. Whatever comes from the data is escaped by `report/markup.rs`, and a strict content
//! security policy lets nothing run but the page's own script, whose digest it names.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use leadcal_logit::model::LogitModel;
use leadcal_logit::validation::HeldOut;
use sha2::{Digest, Sha256};

use crate::assemble::Assembled;
use crate::calibration::CalibratedPoints;
use crate::curves::Curves;
use crate::history::History;
use crate::leakage::Suspect;
use crate::out_of_time::NotMeasured;
use crate::products::Products;
use crate::provenance::TOOL;
use crate::readiness::Finding;
use crate::spec::Spec;
use crate::start_small::HowFew;

mod data;
mod markup;
mod plot;
mod sample;
mod script;
mod sections;
mod table;
mod words;

use data::Data;
use markup::element;
use sections::Section;

/// A calibration with everything that a report says of it.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// What was asked for.
    pub spec: &'a Spec,
    /// The leads.
    pub history: &'a History,
    /// What the data can carry.
    pub findings: &'a [Finding],
    /// Columns that may leak the outcome.
    pub suspects: &'a [Suspect],
    /// The points.
    pub points: &'a CalibratedPoints,
    /// The model, validated.
    pub model: &'a LogitModel,
    /// The model's curves on leads held out.
    pub model_curves: &'a Curves,
    /// Figures and curves on later leads, of points and model.
    pub later: [&'a Result<(HeldOut, Curves), NotMeasured>; 2],
    /// The products with a calibration of their own.
    pub products: &'a Products,
    /// How few attributes would do, where it is known.
    pub how_few: Option<&'a HowFew>,
    /// The config, and how its bands were cut.
    pub assembled: &'a Assembled,
    /// Leads that sales can call in a week, where it is known.
    pub capacity_per_week: Option<f64>,
    /// In plain words.
    pub warnings: &'a [String],
}

/// A plot of a report as a file of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlotFile {
    /// Its name without an ending, such as `roc`.
    pub name: String,
    /// SVG, with its colours in it.
    pub svg: String,
}

/// A plot that cannot be drawn as pixels.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the plot {name} cannot be drawn as PNG: {why}")]
pub struct PngError {
    /// The plot.
    pub name: String,
    /// In words.
    pub why: String,
}

impl PlotFile {
    /// The same as PNG, two pixels for each of the SVG's.
    ///
    /// # Errors
    /// Where it is too large to be held in memory.
    pub fn png(&self) -> Result<Vec<u8>, PngError> {
        plot::png::png(&self.svg).map_err(|why| PngError { name: self.name.clone(), why })
    }
}

/// Bytes of a report, at most.
const MOST_BYTES: usize = 990_000;
/// Fewer bytes than this hold no sample of the leads worth computing with.
const LEAST_SAMPLE: usize = 20_000;

/// The report as HTML.
pub fn html(report: &Report<'_>) -> String {
    let config = &report.assembled.config;
    let title = format!("{}: lead scoring calibrated", config.name);
    let style = concat!(include_str!("report/style.css"), include_str!("report/page/page.css"));
    let head = element("h1").text(&config.name).to_string();
    let foot = element("p").text(format!("Written by {TOOL}. This file is all there is: it loads nothing."));
    let page = |data: Option<Data<'_>>| {
        let script = if data.is_some() { script::script(config) } else { String::new() };
        let sampled = data.as_ref().and_then(|data| Some((data.leads(), data.sampled_from()?)));
        let sections = sections::all(report, sections::try_it(data.is_some(), sampled));
        let parts = [
            ("policy", policy(&script)),
            ("tool", TOOL.to_owned()),
            ("title", element("title").text(&title).content()),
            ("style", style.to_owned()),
            ("head", head.clone()),
            ("contents", contents(&sections)),
            ("sections", sections.iter().map(Section::html).collect()),
            ("foot", foot.to_string()),
            ("data", data.map_or_else(|| "null".to_owned(), |data| data.json())),
            ("script", script),
        ];
        filled(include_str!("report/template.html"), &parts)
    };
    // What the leads may take is what all the rest leaves.
    let least = page(Some(Data::of(report, 0)));
    match MOST_BYTES.checked_sub(least.len()) {
        Some(room) if room >= LEAST_SAMPLE => page(Some(Data::of(report, room))),
        _ => page(None),
    }
}

/// The report's plots, each as a file.
pub fn plots(report: &Report<'_>) -> Vec<PlotFile> {
    sections::plots(report).into_iter().map(|plot| PlotFile { svg: plot.file(), name: plot.id }).collect()
}

/// Nothing is loaded and nothing runs but the page's own script, named by its digest.
fn policy(script: &str) -> String {
    let digest = STANDARD.encode(Sha256::digest(script));
    format!(
        "default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )
}

fn contents(sections: &[Section]) -> String {
    let entry = |section: &Section| {
        element("li").child(element("a").attr("href", format!("#{}", section.id)).text(section.title))
    };
    element("ul").children(sections.iter().map(entry)).to_string()
}

/// A template with what stands for each `{{name}}`, looked for in the template alone.
fn filled(template: &str, parts: &[(&str, String)]) -> String {
    let mut text = String::new();
    for piece in template.split("{{") {
        match piece.split_once("}}") {
            None => text.push_str(piece),
            Some((name, rest)) => {
                let part = parts.iter().find(|(of, _)| *of == name);
                text.push_str(&part.expect("every name of the template has a part").1);
                text.push_str(rest);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests;
