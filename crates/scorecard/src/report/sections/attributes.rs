//! Points of every level with what they rest on, the most telling attribute first.

use leadcal_lift::patterns::Source;
use leadcal_lift::points::{PointsAttribute, PointsTable};

use super::super::Report;
use super::super::markup::{Element, element};
use super::super::plot::rows::{Line, Shown};
use super::super::plot::{Plot, Scale, mini, rows};
use super::super::table::{Head, cell, details, name, note, number, paragraph, plot, row, summary, table};
use super::super::words::{counted, grouped, p_value, percent, signed, span};
use super::strongest;

/// Attributes that stand open.
const OPEN: usize = 6;
/// Levels shown in all; the attributes after that are named with their best and worst level.
const MOST_LEVELS: usize = 500;
/// Levels of an attribute that stand open.
const OPEN_LEVELS: usize = 24;

pub(super) fn section(report: &Report<'_>) -> Vec<Element> {
    let table = &report.points.table;
    let scale = mini::scale(table.attributes.iter().flat_map(reach));
    let mut content = vec![paragraph(
        "Bars are points, lines through them the 95 % interval of the points by chance alone. A hollow, dashed bar is \
             inconclusive: its interval reaches across 0, or too few leads are in the level, so it earns nothing. All bars are \
             on one scale.",
    )];
    let mut rows_left = MOST_LEVELS;
    let mut short = Vec::new();
    for (rank, attribute) in strongest(table).into_iter().enumerate() {
        let rows = rows_of(attribute);
        if rows.len() > rows_left {
            short.push(attribute);
        } else {
            rows_left -= rows.len();
            content.push(drawn(table, attribute, rows, &scale, rank < OPEN));
        }
    }
    if !short.is_empty() {
        content.push(in_short(&short));
    }
    content.extend(super::summary::start_small(report));
    content.extend(groups(table));
    content
}

/// A plot for each attribute, the most telling first.
pub(super) fn plots(report: &Report<'_>) -> Vec<Plot> {
    let attributes = strongest(&report.points.table).into_iter().enumerate();
    let plot = |(rank, attribute): (usize, &PointsAttribute)| {
        let line = |of: Row| {
            let rate = percent(of.conversions as f64 / of.leads as f64);
            let to = of.points[1];
            Line {
                figures: format!("{} points, {} leads, {rate}", signed(to), grouped(of.leads)),
                shown: Shown::Bar {
                    points: to as f64,
                    interval: of.interval.unwrap_or([to, to]).map(|end| end as f64),
                    conclusive: of.note != "inconclusive",
                },
                label: of.level,
            }
        };
        let lines: Vec<Line> = rows_of(attribute).into_iter().map(line).collect();
        let about =
            format!("Points of each level with their 95 % interval, leads and conversion rate; {}.", about(attribute));
        rows::plot(format!("attribute-{:03}", rank + 1), format!("{}: points", attribute.name), about, &lines)
    };
    attributes.map(plot).collect()
}

/// One line of an attribute.
struct Row {
    level: String,
    leads: u64,
    conversions: u64,
    /// Least and greatest of the levels joined in it.
    points: [i64; 2],
    interval: Option<[i64; 2]>,
    note: &'static str,
}

/// A line for each level with leads; where events fade, for whole numbers of what is left of them.
fn rows_of(attribute: &PointsAttribute) -> Vec<Row> {
    let reference = attribute.source.reference();
    let fades = matches!(&attribute.source, Source::Behaviour(repeats) if repeats.half_life_days.is_some());
    let whole = |number: Option<f64>| number.unwrap_or(0.0).ceil();
    let mut rows: Vec<(f64, Row)> = Vec::new();
    for (at, level) in attribute.levels.iter().enumerate().filter(|(_, level)| level.evidence.leads > 0) {
        let times = whole(level.number);
        let note = match level.conclusive {
            _ if Some(at) == reference => "compared with",
            true => "",
            false => "inconclusive",
        };
        let (leads, conversions) = (level.evidence.leads, level.evidence.conversions);
        match rows.last_mut().filter(|(of, _)| fades && of.to_bits() == times.to_bits()) {
            Some((_, row)) => {
                row.leads += leads;
                row.conversions += conversions;
                row.points[1] = level.points;
                row.interval = None;
            }
            None => {
                let level_name = match (fades, times > 0.0) {
                    (false, _) => level.level.clone(),
                    (true, false) => "never".to_owned(),
                    (true, true) => format!("above {} to {times}", times - 1.0),
                };
                let interval = Some(level.points_interval).filter(|_| Some(at) != reference);
                rows.push((
                    times,
                    Row { level: level_name, leads, conversions, points: [level.points; 2], interval, note },
                ));
            }
        }
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

/// What the scale of the bars has to hold: points, and intervals of conclusive ones.
fn reach(attribute: &PointsAttribute) -> Vec<f64> {
    let levels = attribute.levels.iter().filter(|level| level.evidence.leads > 0);
    let of = levels.flat_map(|level| {
        let interval = level.conclusive.then_some(level.points_interval);
        interval.into_iter().flatten().chain([level.points])
    });
    of.map(|points| points as f64).collect()
}

fn drawn(table_of: &PointsTable, attribute: &PointsAttribute, rows: Vec<Row>, scale: &Scale, open: bool) -> Element {
    let title = element("summary")
        .child(element("b").text(&attribute.name))
        .text(" ")
        .child(element("span").class("reach").text(range(attribute)))
        .text(" ")
        .child(element("small").text(about(attribute)));
    let open = open && rows.len() <= OPEN_LEVELS;
    let block = details(title, [levels_table(table_of, attribute, rows, scale)]).class("attribute");
    if open { block.attr("open", "") } else { block }
}

/// The levels of one attribute, on a scale of their own.
pub(super) fn levels(table_of: &PointsTable, attribute: &PointsAttribute) -> Element {
    let scale = mini::scale(reach(attribute));
    element("div").class("attribute").child(levels_table(table_of, attribute, rows_of(attribute), &scale))
}

fn levels_table(table_of: &PointsTable, attribute: &PointsAttribute, rows: Vec<Row>, scale: &Scale) -> Element {
    let heads = [
        Head::Text("Level"),
        Head::Plot("Points and interval"),
        Head::Number("Points"),
        Head::Number("Leads"),
        Head::Number("Converted"),
        Head::Number("Rate"),
    ];
    let drawn = |of: Row| level(&of, table_of.rate, scale);
    table(&format!("Points of {}", attribute.name), &heads, rows.into_iter().map(drawn))
}

fn level(of: &Row, rate: f64, scale: &Scale) -> Element {
    let own = of.conversions as f64 / of.leads as f64;
    let [from, to] = of.points;
    let points = if from == to { signed(from) } else { span(of.points) };
    let interval = of.interval.map(|interval| element("small").text(span(interval)));
    let note = Some(of.note).filter(|note| !note.is_empty()).map(|note| element("small").text(note));
    let lift = element("small").text(format!("{:.2}\u{d7}", if rate > 0.0 { own / rate } else { 0.0 }));
    let bar =
        mini::bar(scale, to as f64, of.interval.unwrap_or([to, to]).map(|end| end as f64), of.note != "inconclusive");
    row([
        name(&of.level).children(note),
        plot(bar),
        number(&points).children(interval),
        number(&grouped(of.leads)),
        number(&grouped(of.conversions)),
        number(&percent(own)).child(lift),
    ])
}

/// Least and most points.
fn range(attribute: &PointsAttribute) -> String {
    if let Some(each) = attribute.each {
        return format!("{} each", signed(each.points));
    }
    let points = || attribute.levels.iter().filter(|level| level.evidence.leads > 0).map(|level| level.points);
    let [least, most] = [points().min().unwrap_or(0), points().max().unwrap_or(0)];
    if least == most { signed(most) } else { span([least, most]) }
}

fn about(attribute: &PointsAttribute) -> String {
    let what = match &attribute.source {
        Source::Field => "",
        Source::Signal(_) => "signal, ",
        Source::Behaviour(_) => "behaviour, ",
        Source::Inactivity => "silence, ",
    };
    format!(
        "{what}group {}; information value {:.3}, q {}",
        attribute.group,
        attribute.information_value,
        p_value(attribute.q_value)
    )
}

/// Attributes for which there is no room: what they are worth, in a line each.
fn in_short(attributes: &[&PointsAttribute]) -> Element {
    let heads = [Head::Text("Attribute"), Head::Number("Levels"), Head::Number("Points"), Head::Text("About")];
    let line = |of: &&PointsAttribute| {
        row([name(&of.name), number(&grouped(of.levels.len() as u64)), number(&range(of)), cell(&about(of))])
    };
    let rest = counted(attributes.len() as u64, "attribute more", "attributes more");
    details(
        summary(&format!("{rest}, in short: points.json holds every level")),
        [table("More attributes", &heads, attributes.iter().map(line))],
    )
}

fn groups(table_of: &PointsTable) -> Option<Element> {
    let heads = [Head::Text("Group"), Head::Number("Least"), Head::Number("Most"), Head::Text("Tiers")];
    let line = |group: &leadcal_lift::points::PointsGroup| {
        let tiers: Vec<String> = group.tiers.iter().map(|tier| format!("{} from {}", tier.name, tier.from)).collect();
        row([name(&group.name), number(&signed(group.min)), number(&signed(group.max)), cell(&tiers.join(", "))])
    };
    let content = [
        table("Groups", &heads, table_of.groups.iter().map(line)),
        note("Points are summed within their group, and a group\u{2019}s sum is kept between its least and its most."),
    ];
    (!table_of.groups.is_empty()).then(|| details(summary("Groups and their limits"), content))
}
