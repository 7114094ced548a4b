//! The distribution of the scores, and the bands.

use leadcal_lift::points::PointsTable;

use super::super::Report;
use super::super::markup::{Element, element};
use super::super::plot::{Plot, scores};
use super::super::table::{Head, figure, name, number, paragraph, row, table};
use super::super::words::{grouped, percent};
use super::pooled;
use crate::config::Model;
use crate::cut_offs::{CutOff, clamped_scores};

/// A band with what the calibration leads in it did.
pub(super) struct BandCount {
    pub(super) name: String,
    scores: String,
    pub(super) leads: u64,
    pub(super) conversions: u64,
}

pub(super) fn section(report: &Report<'_>) -> Vec<Element> {
    let points = &report.points.table;
    let plot = plot(report);
    let mut content = vec![
        paragraph(
            "All calibration leads by their score. The farther apart the two shapes, the better the score tells leads apart. \
             These leads are those the points were made from, so the figures flatter a little: judge by the leads held out, above.",
        ),
        figure(&plot.title, plot.svg(), None, []),
    ];
    if !pooled(report).bands.is_empty() {
        content.push(bands_table(report, points));
        content.push(chosen(&report.assembled.band_cut_offs));
    }
    if !report.assembled.stage_cut_offs.is_empty() {
        content.push(element("h3").text("Stages"));
        content.push(chosen(&report.assembled.stage_cut_offs));
    }
    content
}

pub(super) fn plot(report: &Report<'_>) -> Plot {
    scores::plot("scores".to_owned(), &report.points.table, pooled(report))
}

fn bands_table(report: &Report<'_>, points: &PointsTable) -> Element {
    let mut heads = vec![
        Head::Text("Band"),
        Head::Number("Score"),
        Head::Number("Leads"),
        Head::Number("Converted"),
        Head::Number("Rate"),
        Head::Number("Of all conversions"),
    ];
    heads.extend(points.weeks.map(|_| Head::Number("Leads a week")));
    let line = |band: BandCount| {
        let rate = (band.leads > 0).then(|| percent(band.conversions as f64 / band.leads as f64));
        let share = element("small").text(percent(band.leads as f64 / points.leads.max(1) as f64));
        let cells = [
            name(&band.name),
            number(&band.scores),
            number(&grouped(band.leads)).child(share),
            number(&grouped(band.conversions)),
            number(&rate.unwrap_or_else(|| "\u{2013}".to_owned())),
            number(&percent(band.conversions as f64 / points.conversions.max(1) as f64)),
        ];
        row(cells.into_iter().chain(points.weeks.map(|weeks| number(&format!("{:.1}", band.leads as f64 / weeks)))))
    };
    table("Bands", &heads, bands(points, pooled(report)).into_iter().map(line))
}

/// The bands of a model with their counts, lowest first.
pub(super) fn bands(points: &PointsTable, model: &Model) -> Vec<BandCount> {
    let ends = model.bands.iter().skip(1).map(|band| Some(band.from)).chain([None]);
    let counted = model.bands.iter().zip(ends).map(|(band, below)| {
        let within = clamped_scores(points)
            .filter(|(score, ..)| *score >= band.from && below.is_none_or(|below| *score < below));
        let (leads, conversions) = within.fold((0, 0), |sum, (_, n, c)| (sum.0 + n, sum.1 + c));
        let last = below.map_or_else(|| model.range.max.max(band.from), |below| below - 1.0);
        BandCount { name: band.name.clone(), scores: format!("{} to {last}", band.from), leads, conversions }
    });
    counted.collect()
}

/// How bands or stages were cut.
fn chosen(cut_offs: &[CutOff]) -> Element {
    let line = |of: &CutOff| element("li").text(format!("{} from {}: {}.", of.name, of.from, of.chosen));
    element("ul").class("small").children(cut_offs.iter().map(line))
}
