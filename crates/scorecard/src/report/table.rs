//! Tables of figures. Where one is wider than the page, it scrolls by itself.

use super::markup::{Element, element};

/// A column's heading.
#[derive(Clone, Copy)]
pub(super) enum Head {
    Text(&'static str),
    Number(&'static str),
    /// Of small plots.
    Plot(&'static str),
}

/// A table with a caption for those who do not see where it stands.
pub(super) fn table(caption: &str, heads: &[Head], rows: impl IntoIterator<Item = Element>) -> Element {
    let head = |head: &Head| {
        let (name, class) = match head {
            Head::Text(name) => (name, None),
            Head::Number(name) => (name, Some("number")),
            Head::Plot(name) => (name, Some("plot-cell")),
        };
        let cell = element("th").attr("scope", "col");
        class.map_or(cell.clone(), |class| cell.class(class)).text(name)
    };
    let heads = element("tr").children(heads.iter().map(head));
    let table = element("table")
        .child(element("caption").class("unseen").text(caption))
        .child(element("thead").child(heads))
        .child(element("tbody").children(rows));
    element("div").class("scrolls").attr("tabindex", 0).attr("role", "region").attr("aria-label", caption).child(table)
}

pub(super) fn row(cells: impl IntoIterator<Item = Element>) -> Element {
    element("tr").children(cells)
}

/// The cell that names its row.
pub(super) fn name(text: &str) -> Element {
    element("th").attr("scope", "row").text(text)
}

pub(super) fn cell(text: &str) -> Element {
    element("td").text(text)
}

pub(super) fn number(text: &str) -> Element {
    element("td").class("number").text(text)
}

pub(super) fn plot(plot: Element) -> Element {
    element("td").class("plot-cell").child(plot)
}

/// What is shown when it is asked for.
pub(super) fn details(summary: Element, content: impl IntoIterator<Item = Element>) -> Element {
    element("details").child(summary).children(content)
}

pub(super) fn summary(text: &str) -> Element {
    element("summary").text(text)
}

pub(super) fn paragraph(text: &str) -> Element {
    element("p").text(text)
}

pub(super) fn note(text: &str) -> Element {
    element("p").class("note").text(text)
}

/// A plot with a title above, and what it shows below.
pub(super) fn figure(
    title: &str,
    plot: Element,
    caption: Option<&str>,
    below: impl IntoIterator<Item = Element>,
) -> Element {
    let caption = caption.map(|caption| element("figcaption").text(caption));
    let scrolls = element("div").class("scrolls").attr("tabindex", 0).attr("role", "region").attr("aria-label", title);
    element("figure").child(element("h3").text(title)).child(scrolls.child(plot)).children(caption).children(below)
}
