//! The readable sheet of everything that scores. Formulas take the points from here, so a number changed here changes scores.

use std::ops::Range;

use rust_xlsxwriter::{
    ConditionalFormatDataBar, ConditionalFormatDataBarAxisPosition, Format, FormatAlign, Worksheet, XlsxError,
};

use super::cells::{cell, down};
use super::style;
use crate::config::{Evidence, Model, ScoringConfig};

/// Name of the sheet.
const SHEET: &str = "Points";
const PRODUCT: u16 = 0;
const NAME: u16 = 1;
const LEVEL: u16 = 2;
const GROUP: u16 = 3;
const POINTS: u16 = 4;
const LEADS: u16 = 5;
const CONVERTED: u16 = 6;
const CONVERSION_RATE: u16 = 7;
const HEADING: u32 = 3;

/// Where the points of a model stand. Lists are in the model's order.
pub(super) struct PointsOf {
    pub(super) base: String,
    /// Of each attribute.
    pub(super) attributes: Vec<Part>,
    pub(super) behaviours: Vec<Part>,
    pub(super) signals: Vec<Part>,
    pub(super) steps: Option<Part>,
}

/// Cells of a part of a model: one row a level.
pub(super) struct Part {
    /// The cell of its name.
    pub(super) name: String,
    pub(super) group: String,
    pub(super) levels: String,
    pub(super) points: String,
}

/// The sheet, and where each model's points stand on it.
pub(super) fn sheet(config: &ScoringConfig) -> Result<(Worksheet, Vec<PointsOf>), XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(SHEET)?.set_formula_result_default("").set_screen_gridlines(false);
    sheet.write_string_with_format(0, NAME, "What scores", &style::title())?;
    let hint = "The workbook scores with the points in this table: change one here and every score follows.";
    sheet.write_string_with_format(1, NAME, hint, &style::hint())?;
    let headings = ["Product", "Part", "Level", "Group", "Points", "Leads", "Converted", "Rate"];
    for (column, heading) in (0..).zip(headings) {
        let format = style::heading();
        let format = if column < POINTS { format } else { format.set_align(FormatAlign::Right) };
        sheet.write_string_with_format(HEADING, column, heading, &format)?;
    }
    for (column, width) in (0..).zip([14.0, 30.0, 56.0, 16.0, 16.0, 11.0, 11.0, 16.0]) {
        sheet.set_column_width(column, width)?;
    }
    if config.models.iter().all(|model| model.product.is_none()) {
        sheet.set_column_hidden(PRODUCT)?;
    }
    let mut writer = Writer { sheet, next: HEADING + 1, barred: Vec::new() };
    let models = config.models.iter().map(|model| writer.model(model)).collect::<Result<_, _>>()?;
    let Writer { mut sheet, next, barred } = writer;
    if let Some(first) = barred.first() {
        let all: Vec<String> = barred.iter().map(|rows| down(rows, POINTS)).collect();
        let bars = bar().set_multi_range(all.join(" "));
        sheet.add_conditional_format(first.start, POINTS, first.end - 1, POINTS, &bars)?;
    }
    let rate = ConditionalFormatDataBar::new().set_fill_color("#9DC3E6").set_solid_fill(true);
    sheet.add_conditional_format(HEADING + 1, CONVERSION_RATE, next - 1, CONVERSION_RATE, &rate)?;
    sheet.set_freeze_panes(HEADING + 1, 0)?;
    sheet.autofilter(HEADING, PRODUCT, next - 1, CONVERSION_RATE)?;
    sheet.set_print_fit_to_pages(1, 0).set_repeat_rows(HEADING, HEADING)?;
    Ok((sheet, models))
}

/// Green to the right above 0, red to the left below.
pub(super) fn bar() -> ConditionalFormatDataBar {
    ConditionalFormatDataBar::new()
        .set_fill_color(style::PLUS)
        .set_negative_fill_color(style::MINUS)
        .set_solid_fill(true)
        .set_border_off(true)
        .set_axis_position(ConditionalFormatDataBarAxisPosition::Midpoint)
}

struct Writer {
    sheet: Worksheet,
    next: u32,
    /// Rows whose points are drawn: all but the base, which would dwarf them.
    barred: Vec<Range<u32>>,
}

impl Writer {
    fn model(&mut self, model: &Model) -> Result<PointsOf, XlsxError> {
        let product = model.product.as_deref().unwrap_or("all others");
        let base_row = self.next;
        let mut part = |name: &str, group: &str, levels: &[(String, f64, Option<Evidence>)]| {
            let start = self.next;
            for (level, points, evidence) in levels {
                self.row(product, name, level, group, *points, *evidence)?;
            }
            Ok::<_, XlsxError>(Part::at(start..self.next))
        };
        let base = part("every lead", "", &[("starts with".to_owned(), model.base_points, None)])?;
        let attributes = model.attributes.iter().map(|attribute| {
            let levels = attribute.levels.iter().map(|level| (level.name.clone(), level.points, level.evidence));
            part(&attribute.name, &attribute.group, &levels.collect::<Vec<_>>())
        });
        let attributes = attributes.collect::<Result<_, _>>()?;
        let behaviours = model.behaviours.iter().map(|behaviour| {
            let mut level = vec!["each time".to_owned(), format!("{} days back", behaviour.window_days)];
            level.extend(behaviour.once_a_day.then(|| "once a day".to_owned()));
            level.extend(behaviour.max_times.map(|most| format!("{most} at most")));
            level.extend(behaviour.half_life_days.map(|days| format!("half after {days:.1} days")));
            part(&behaviour.name, &behaviour.group, &[(level.join(", "), behaviour.points_each, None)])
        });
        let behaviours = behaviours.collect::<Result<_, _>>()?;
        let signals = model.signals.iter().map(|signal| {
            let level = if signal.kind.most() > 1 { "each time" } else { "where it is so" };
            part(&signal.name, &signal.group, &[(level.to_owned(), signal.points, None)])
        });
        let signals = signals.collect::<Result<_, _>>()?;
        let steps = model.inactivity.as_ref().map(|inactivity| {
            let steps = inactivity.steps.iter().map(|step| (format!("{} days", step.after_days), step.points, None));
            part("inactivity", &inactivity.group, &steps.collect::<Vec<_>>())
        });
        let steps = steps.transpose()?;
        if self.next > base_row + 1 {
            self.barred.push(base_row + 1..self.next);
        }
        Ok(PointsOf { base: base.points, attributes, behaviours, signals, steps })
    }

    fn row(
        &mut self,
        product: &str,
        name: &str,
        level: &str,
        group: &str,
        points: f64,
        evidence: Option<Evidence>,
    ) -> Result<(), XlsxError> {
        let row = self.next;
        let line = style::line();
        for (column, text) in [(PRODUCT, product), (NAME, name), (LEVEL, level), (GROUP, group)] {
            self.sheet.write_string_with_format(row, column, text, &line)?;
        }
        let number = |format: &str| -> Format { line.clone().set_num_format(format).set_align(FormatAlign::Right) };
        self.sheet.write_number_with_format(row, POINTS, points, &number(style::POINTS))?;
        for column in [LEADS, CONVERTED, CONVERSION_RATE] {
            self.sheet.write_blank(row, column, &line)?;
        }
        if let Some(evidence) = evidence {
            self.sheet.write_number_with_format(row, LEADS, evidence.leads as f64, &number("#,##0"))?;
            self.sheet.write_number_with_format(row, CONVERTED, evidence.conversions as f64, &number("#,##0"))?;
            self.sheet.write_number_with_format(row, CONVERSION_RATE, evidence.rate, &number(style::RATE))?;
        }
        self.next += 1;
        Ok(())
    }
}

impl Part {
    fn at(rows: Range<u32>) -> Self {
        let range = |column| match rows.len() {
            1 => format!("{SHEET}!{}", cell(rows.start, column)),
            _ => format!("{SHEET}!{}", down(&rows, column)),
        };
        let name = |column| format!("{SHEET}!{}", cell(rows.start, column));
        Self { name: name(NAME), group: name(GROUP), levels: range(LEVEL), points: range(POINTS) }
    }
}
