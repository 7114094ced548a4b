//! Plots as SVG: a drawing surface with axes, and what all plots share.
//!
//! Colours are classes (`style.css` of the page, `plot/standalone.css` of a file), so that dark mode and print follow. Shape,
//! dash and place tell apart what colour does. Texts are escaped by [`markup`](super::markup).

mod scale;

pub(super) mod curves;
pub(super) mod mini;
pub(super) mod png;
pub(super) mod repeats;
pub(super) mod rows;
pub(super) mod scores;

pub(super) use scale::{Scale, tick_label};

use super::markup::{Element, element};

/// A plot with what is said of it to those who do not see it.
pub(super) struct Plot {
    /// Unique in the report; also the name of its file.
    pub(super) id: String,
    pub(super) title: String,
    pub(super) about: String,
    pub(super) size: [f64; 2],
    pub(super) content: Vec<Element>,
}

impl Plot {
    /// As it stands in the page.
    pub(super) fn svg(&self) -> Element {
        let [title, about] = ["title", "about"].map(|part| format!("plot-{}-{part}", self.id));
        let [width, height] = self.size;
        element("svg")
            .class("plot")
            .attr("viewBox", format!("0 0 {width} {height}"))
            .attr("role", "img")
            .attr("aria-labelledby", &title)
            .attr("aria-describedby", &about)
            .child(element("title").attr("id", title).text(&self.title))
            .child(element("desc").attr("id", about).text(&self.about))
            .children(self.content.iter().cloned())
    }

    /// As a file of its own, with its title and colours.
    pub(super) fn file(&self) -> String {
        const TITLE: f64 = 34.0;
        let [width, height] = self.size;
        let style = element("style").markup(include_str!("plot/standalone.css"));
        let svg = element("svg")
            .attr("xmlns", "http://www.w3.org/2000/svg")
            .attr("width", width)
            .attr("height", height + TITLE)
            .attr("viewBox", format!("0 {} {width} {}", -TITLE, height + TITLE))
            .attr("role", "img")
            .child(element("title").text(&self.title))
            .child(element("desc").text(&self.about))
            .child(style)
            .child(rectangle([0.0, -TITLE], [width, height + TITLE]).class("paper"))
            .child(text([12.0, -12.0], "start", &self.title).class("heading"))
            .children(self.content.iter().cloned());
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{svg}\n")
    }
}

/// A place, to a tenth of a pixel.
pub(super) fn px(x: f64) -> f64 {
    (x * 10.0).round() / 10.0 + 0.0
}

pub(super) fn line(class: &str, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2]) -> Element {
    let line = element("line").class(class).attr("x1", px(x1)).attr("y1", px(y1));
    line.attr("x2", px(x2)).attr("y2", px(y2))
}

pub(super) fn rectangle([x, y]: [f64; 2], [width, height]: [f64; 2]) -> Element {
    let rectangle = element("rect").attr("x", px(x)).attr("y", px(y));
    rectangle.attr("width", px(width.max(0.0))).attr("height", px(height.max(0.0)))
}

pub(super) fn text([x, y]: [f64; 2], anchor: &'static str, text: &str) -> Element {
    element("text").attr("x", px(x)).attr("y", px(y)).attr("text-anchor", anchor).text(text)
}

/// A line through some places.
pub(super) fn path(class: &str, places: impl IntoIterator<Item = [f64; 2]>) -> Element {
    let places = places.into_iter().map(|[x, y]| format!("{} {}", px(x), px(y)));
    let places: Vec<String> = places.collect();
    element("path").class(class).attr("d", format!("M{}", places.join("L")))
}

/// A plotting area with axes below and at the left.
pub(super) struct Axes {
    pub(super) x: Scale,
    pub(super) y: Scale,
    area: [f64; 4],
}

impl Axes {
    /// `size` is the whole plot's; room is kept for labels.
    pub(super) fn new([width, height]: [f64; 2], x: [f64; 2], y: [f64; 2]) -> Self {
        let area @ [left, top, right, bottom] = [62.0, 12.0, width - 24.0, height - 46.0];
        Self { x: Scale::new(x, [left, right]), y: Scale::new(y, [bottom, top]), area }
    }

    pub(super) fn at(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [self.x.at(x), self.y.at(y)]
    }

    /// Left, top, right, bottom of the plotting area.
    pub(super) fn area(&self) -> [f64; 4] {
        self.area
    }

    /// Grid lines, ticks with their labels, and what is measured.
    pub(super) fn drawn(
        &self,
        [x_name, y_name]: [&str; 2],
        x_label: impl Fn(f64) -> String,
        y_label: impl Fn(f64) -> String,
    ) -> Vec<Element> {
        let [left, top, right, bottom] = self.area;
        let mut drawn = Vec::new();
        for tick in self.y.ticks(5) {
            let y = self.y.at(tick);
            drawn.push(line("grid", [left, y], [right, y]));
            drawn.push(text([left - 8.0, y + 4.0], "end", &y_label(tick)).class("tick"));
        }
        for tick in self.x.ticks(5) {
            let x = self.x.at(tick);
            drawn.push(line("grid", [x, bottom], [x, bottom + 5.0]));
            drawn.push(text([x, bottom + 19.0], "middle", &x_label(tick)).class("tick"));
        }
        drawn.push(line("axis", [left, bottom], [right, bottom]));
        drawn.push(text([f64::midpoint(left, right), bottom + 38.0], "middle", x_name).class("name"));
        let middle = f64::midpoint(top, bottom);
        let turned = text([13.0, middle], "middle", y_name).class("name");
        drawn.push(turned.attr("transform", format!("rotate(-90 13 {})", px(middle))));
        drawn
    }
}
