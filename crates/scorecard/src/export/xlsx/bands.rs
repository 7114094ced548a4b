//! The readable sheet of what a score means: bands and what to do, stages, groups with their limits and tiers. Formulas take
//! every bound from here.

use std::ops::Range;

use rust_xlsxwriter::{Color, Format, FormatAlign, Worksheet, XlsxError};

use super::cells::{cell, down};
use super::style;
use crate::config::{Model, ScoringConfig};

/// Name of the sheet.
const SHEET: &str = "Bands";

/// Where the bounds of a model stand.
pub(super) struct BoundsOf {
    /// Cells of the score's lowest and highest value.
    pub(super) range: [String; 2],
    pub(super) bands: Option<Ladder>,
    pub(super) stages: Option<Ladder>,
    /// Of each group: name, lowest and highest sum, tiers.
    pub(super) groups: Vec<([String; 3], Option<Ladder>)>,
}

/// Names and where each begins.
pub(super) struct Ladder {
    pub(super) names: String,
    /// A cell a name.
    pub(super) from: Vec<String>,
    pub(super) actions: String,
    pub(super) rates: String,
    /// Whether it begins with the highest.
    pub(super) best_first: bool,
}

/// The sheet, and where each model's bounds stand on it.
pub(super) fn sheet(config: &ScoringConfig) -> Result<(Worksheet, Vec<BoundsOf>), XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(SHEET)?.set_formula_result_default("").set_screen_gridlines(false);
    sheet.write_string_with_format(0, 0, "What a score means", &style::title())?;
    let hint = "A lead is in the last band, and the last stage, that begins at its score or below.";
    sheet.write_string_with_format(1, 0, hint, &style::hint())?;
    for (column, width) in (0..).zip([30.0, 12.0, 12.0, 40.0, 16.0]) {
        sheet.set_column_width(column, width)?;
    }
    let mut writer = Writer { sheet, next: 3 };
    let bounds =
        config.models.iter().map(|model| writer.model(model, config.models.len() == 1)).collect::<Result<_, _>>()?;
    let mut sheet = writer.sheet;
    sheet.set_print_fit_to_pages(1, 0);
    Ok((sheet, bounds))
}

struct Writer {
    sheet: Worksheet,
    next: u32,
}

impl Writer {
    fn model(&mut self, model: &Model, alone: bool) -> Result<BoundsOf, XlsxError> {
        let others = if alone { "All leads" } else { "All products that have no table of their own" };
        let product = model.product.as_deref().unwrap_or(others);
        let title = style::plain().set_bold().set_font_size(14).set_font_color(style::INK);
        self.sheet.write_string_with_format(self.next, 0, product, &title)?;
        self.next += 1;
        self.headings(&["Score", "lowest", "highest"])?;
        let row = self.next;
        self.line("", &[model.range.min, model.range.max], None)?;
        let range = [1, 2].map(|column| place(row, column));
        let bands = model.bands.iter().map(|band| Rung {
            name: &band.name,
            from: band.from,
            action: band.action.as_deref().unwrap_or_default(),
            rate: band.expected_rate,
        });
        let bands = self.ladder("Band", &bands.collect::<Vec<_>>(), true)?;
        let stages =
            model.stages.iter().map(|stage| Rung { name: &stage.name, from: stage.from, action: "", rate: None });
        let stages = self.ladder("Stage", &stages.collect::<Vec<_>>(), false)?;
        self.headings(&["Group", "lowest", "highest"])?;
        let first = self.next;
        for group in &model.groups {
            self.line(&group.name, &[group.min, group.max], None)?;
        }
        let mut groups = Vec::new();
        for (row, group) in (first..).zip(&model.groups) {
            let tiers =
                group.tiers.iter().map(|tier| Rung { name: &tier.name, from: tier.from, action: "", rate: None });
            let tiers = self.ladder(&format!("Grade: {}", group.name), &tiers.collect::<Vec<_>>(), false)?;
            groups.push(([0, 1, 2].map(|column| place(row, column)), tiers));
        }
        self.next += 2;
        Ok(BoundsOf { range, bands, stages, groups })
    }

    fn headings(&mut self, headings: &[&str]) -> Result<(), XlsxError> {
        self.next += 1;
        for (column, heading) in (0..).zip(headings) {
            let format = style::heading();
            let format = if matches!(column, 1 | 2 | 4) { format.set_align(FormatAlign::Right) } else { format };
            self.sheet.write_string_with_format(self.next, column, *heading, &format)?;
        }
        self.next += 1;
        Ok(())
    }

    fn line(&mut self, name: &str, numbers: &[f64], color: Option<Color>) -> Result<(), XlsxError> {
        let format = filled(color);
        self.sheet.write_string_with_format(self.next, 0, name, &format)?;
        for (column, x) in (1..).zip(numbers) {
            self.sheet.write_number_with_format(self.next, column, *x, &format)?;
        }
        self.next += 1;
        Ok(())
    }

    fn ladder(&mut self, what: &str, rungs: &[Rung<'_>], meant: bool) -> Result<Option<Ladder>, XlsxError> {
        if rungs.is_empty() {
            return Ok(None);
        }
        let headings = if meant { &[what, "from", "", "what to do", "expected rate"][..] } else { &[what, "from"] };
        self.headings(headings)?;
        let start = self.next;
        for (index, rung) in rungs.iter().enumerate() {
            let row = self.next;
            let color = meant.then(|| style::of_band(index, rungs.len()));
            self.line(rung.name, &[rung.from], color)?;
            if meant {
                self.sheet.write_blank(row, 2, &filled(color))?;
                self.sheet.write_string_with_format(row, 3, rung.action, &filled(color).set_text_wrap())?;
                match rung.rate {
                    Some(rate) => {
                        self.sheet.write_number_with_format(row, 4, rate, &filled(color).set_num_format(style::RATE))?
                    }
                    None => self.sheet.write_blank(row, 4, &filled(color))?,
                };
            }
        }
        let rows = start..self.next;
        let from = rows.clone().map(|row| place(row, 1)).collect();
        let best_first = rungs.first().zip(rungs.last()).is_some_and(|(first, last)| first.from > last.from);
        let [names, actions, rates] = [0, 3, 4].map(|column| range(&rows, column));
        Ok(Some(Ladder { names, from, actions, rates, best_first }))
    }
}

struct Rung<'c> {
    name: &'c str,
    from: f64,
    action: &'c str,
    rate: Option<f64>,
}

fn filled(color: Option<Color>) -> Format {
    let line = style::line();
    color.into_iter().fold(line, Format::set_background_color)
}

fn place(row: u32, column: u16) -> String {
    format!("{SHEET}!{}", cell(row, column))
}

fn range(rows: &Range<u32>, column: u16) -> String {
    match rows.len() {
        1 => place(rows.start, column),
        _ => format!("{SHEET}!{}", down(rows, column)),
    }
}
