//! What was calibrated, what it can and cannot do, and what to look at: in plain words.

use super::super::Report;
use super::super::markup::{Element, element};
use super::super::plot::curves::at;
use super::super::table::paragraph;
use super::super::words::{counted, grouped, grouped_in, listed, percent, whole_percent};
use super::strongest;
use crate::attention::notices;

/// Attributes named as the most telling.
const NAMED: usize = 3;

pub(super) fn section(report: &Report<'_>) -> Vec<Element> {
    let mut content = vec![element("p").class("lead").text(what(report)), tiles(report)];
    for (title, texts) in [
        ("What it can do", can(report)),
        ("What it cannot do", cannot(report)),
        ("Look at these first", look_at(report)),
    ] {
        content.push(element("h3").text(title));
        content
            .push(element("ul").class("points-list").children(texts.into_iter().map(|text| element("li").text(text))));
    }
    content
}

fn what(report: &Report<'_>) -> String {
    let table = &report.points.table;
    let rows = if super::rows_of_leads(report) { "looks at leads in the past" } else { "past leads" };
    let range = &table.range;
    format!(
        "A lead scorecard, made from {} {rows}, {} of which converted ({}). Every lead starts at {} and gains or loses points for \
         {}; the sum, from {} to {}, is its score. The higher the score, the likelier the lead converts.",
        grouped(table.leads),
        grouped(table.conversions),
        percent(table.rate),
        table.base_points,
        counted(table.attributes.len() as u64, "thing known of it", "things known of it"),
        range.min,
        range.max
    )
}

/// The figures that people ask for first.
fn tiles(report: &Report<'_>) -> Element {
    let table = &report.points.table;
    let validation = &report.points.validation;
    let tile = |figure: String, what: &str, small: String| {
        let dd = element("dd").child(element("b").text(figure)).child(element("small").text(small));
        element("div").child(element("dt").text(what)).child(dd)
    };
    let unit = if super::rows_of_leads(report) { "Looks at leads" } else { "Leads" };
    let mut tiles = vec![
        tile(grouped(table.leads), unit, format!("{} converted, {}", grouped(table.conversions), percent(table.rate))),
        tile(
            whole_percent(validation.auc),
            "Pairs ranked right",
            format!(
                "AUC {:.3}, 95 %: {:.3} to {:.3}",
                validation.auc, validation.auc_interval[0], validation.auc_interval[1]
            ),
        ),
        tile(
            whole_percent(at(&report.points.curves.gains, 0.2)),
            "Of all conversions",
            "are among the best fifth by score".to_owned(),
        ),
    ];
    if let Some(best) = super::scores::bands(table, super::pooled(report)).last().filter(|band| band.leads > 0) {
        let rate = best.conversions as f64 / best.leads as f64;
        let share = percent(best.leads as f64 / table.leads as f64);
        tiles.push(tile(
            percent(rate),
            &format!("Convert in {}", best.name),
            format!("the best band, {share} of the leads"),
        ));
    }
    element("dl").class("tiles").children(tiles)
}

fn can(report: &Report<'_>) -> Vec<String> {
    let table = &report.points.table;
    let auc = report.points.validation.auc;
    let mut texts = vec![
        format!(
            "Rank. Of two leads it has not seen, one that converted and one that did not, it puts the right one first in {} of \
             cases; a coin would in 50\u{a0}%. That is {}.",
            whole_percent(auc),
            how_good(auc)
        ),
        format!(
            "Choose whom to call. The best fifth of the leads by score holds {} of the conversions, the best half {}.",
            whole_percent(at(&report.points.curves.gains, 0.2)),
            whole_percent(at(&report.points.curves.gains, 0.5))
        ),
    ];
    let strongest: Vec<String> =
        strongest(table).into_iter().take(NAMED).map(|of| format!("\u{201c}{}\u{201d}", of.name)).collect();
    if !strongest.is_empty() {
        texts.push(format!("Say why. Every point has a reason; most is told by {}.", listed(&strongest)));
    }
    texts
}

fn how_good(auc: f64) -> &'static str {
    match auc {
        x if x < 0.6 => "little: hardly worth a score",
        x if x < 0.7 => "modest: useful to sort by, not to decide by",
        x if x < 0.8 => "good for lead scoring",
        x if x < 0.9 => "very good",
        _ => "so good that it should be doubted: look for columns filled in after the outcome",
    }
}

fn cannot(report: &Report<'_>) -> Vec<String> {
    let table = &report.points.table;
    let bands = super::scores::bands(table, super::pooled(report));
    let best = bands.last().filter(|band| band.leads > 0 && band.conversions < band.leads);
    let mut texts = Vec::new();
    if let Some(best) = best {
        texts.push(format!(
            "Be sure of one lead. Even in the best band, {}, {} of the leads did not convert.",
            best.name,
            whole_percent(1.0 - best.conversions as f64 / best.leads as f64)
        ));
    }
    texts.push(
        "Say what makes leads convert. Points tell who converts more often, not what would change if a lead were different."
            .to_owned(),
    );
    texts.push(match &report.history.months {
        Some((from, to)) => format!(
            "Know what has changed since. It was made from leads of {from} to {to}; calibrate again when the market, the \
             campaigns or the forms change, or after a quarter."
        ),
        None => "Know what has changed since these leads came: calibrate again when the market, the campaigns or the forms change."
            .to_owned(),
    });
    texts
}

/// What is not as it should be, most important first.
/// What `calibrate` ends with as well.
fn look_at(report: &Report<'_>) -> Vec<String> {
    let said = notices(report).into_iter().map(|notice| format!("{} {}", grouped_in(&notice.found), notice.look));
    let texts: Vec<String> = said.collect();
    if texts.is_empty() {
        return vec![
            "Nothing stands out. Look at the points of the strongest attributes, then at the bands.".to_owned(),
        ];
    }
    texts
}

pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// How few attributes would do.
pub(super) fn start_small(report: &Report<'_>) -> Option<Element> {
    let text = match (&report.history.top, report.how_few) {
        (Some(top), _) => top.to_string(),
        (None, Some(few)) => few.to_string(),
        (None, None) => return None,
    };
    Some(paragraph(&format!("Start small: {text}.")))
}
