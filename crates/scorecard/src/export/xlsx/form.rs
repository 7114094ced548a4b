//! The sheet of one lead: type it in on the left, see the score above and the reasons beside it.

use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

use super::bands::BoundsOf;
use super::cells::{Column, down, write_formula};
use super::inputs::{Ask, FORM, FORM_COLUMN, FORM_FIRST, LEAD};
use super::leads::Leads;
use super::model::Scored;
use super::points::{Part, PointsOf, bar};
use super::results::{Results, chosen};
use super::sheets::{color_bands, input_format, offer, show, takes};
use super::style;
use crate::config::{Model, ScoringConfig};

const LABEL: u16 = 1;
const REASON: u16 = 4;
const PART: u16 = 8;
const GROUP: u16 = 9;
const LEVEL: u16 = 10;
const POINTS: u16 = 11;
const SIZE: u16 = 13;
const RANK: u16 = 14;
const CARD: u32 = 3;
const HEADING: u32 = FORM_FIRST - 1;

/// What the form shows of a part of a model: formulas for name, group, level and points.
type Shown = [String; 4];

/// The sheet. `choices` has a range for each input that offers a list.
pub(super) fn sheet(
    config: &ScoringConfig,
    leads: &Leads<'_>,
    (points, bounds, models): (&[PointsOf], &[BoundsOf], &[Scored]),
    (serving, results): (&Column, &Results),
    choices: &[Option<String>],
) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(FORM)?.set_formula_result_default("").set_screen_gridlines(false);
    let widths = [2.0, 30.0, 30.0, 3.0, 30.0, 26.0, 14.0, 3.0, 28.0, 16.0, 26.0, 14.0, 3.0];
    for (column, width) in (0..).zip(widths) {
        sheet.set_column_width(column, width)?;
    }
    sheet.set_column_hidden(SIZE)?.set_column_hidden(RANK)?;
    sheet.write_string_with_format(0, LABEL, &config.name, &style::title())?;
    let hint = "Type a lead into the yellow cells. The score, the reasons and what to do follow at once.";
    sheet.write_string_with_format(1, LABEL, hint, &style::hint())?;
    let lead = leads.table.first();
    card(&mut sheet, config, results, lead)?;
    inputs(&mut sheet, leads, choices)?;
    let parts = parts_of(config, points, models, lead);
    let rows = parts.iter().map(Vec::len).max().unwrap_or_default();
    let rows = u32::try_from(rows).map_err(|_| XlsxError::RowColumnLimitError)?;
    every_part(&mut sheet, &parts, rows, serving, results, lead)?;
    reasons(&mut sheet, rows)?;
    sums(&mut sheet, config, (points, bounds, models), rows, (serving, results), lead)?;
    sheet.set_freeze_panes(FORM_FIRST, 0)?.set_selection(FORM_FIRST, FORM_COLUMN, FORM_FIRST, FORM_COLUMN)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_margins(0.4, 0.4, 0.5, 0.5, 0.2, 0.2);
    Ok(sheet)
}

/// The result, large, on top.
fn card(sheet: &mut Worksheet, config: &ScoringConfig, results: &Results, lead: u32) -> Result<(), XlsxError> {
    let any = |has: fn(&Model) -> bool| config.models.iter().any(has);
    let rate = style::card_value().set_num_format(style::RATE);
    let value = style::card_value();
    let cells: [(u16, &str, &Column, &Format, bool); 8] = [
        (LABEL, "Score", &results.score, &value, true),
        (FORM_COLUMN, "Band", &results.band, &value, any(|model| !model.bands.is_empty())),
        (REASON, "What to do", &results.action, &value, any(|m| m.bands.iter().any(|b| b.action.is_some()))),
        (REASON + 1, "Stage", &results.stage, &value, any(|model| !model.stages.is_empty())),
        (REASON + 2, "Grade", &results.grade, &value, any(|m| m.groups.iter().any(|g| !g.tiers.is_empty()))),
        (
            PART,
            "Leads of this band that convert",
            &results.rate,
            &rate,
            any(|m| m.bands.iter().any(|b| b.expected_rate.is_some())),
        ),
        (LEVEL, "Probability of this lead", &results.probability, &rate, any(|model| model.probability.is_some())),
        (POINTS, "Rate at this score", &results.expected, &rate, any(|m| m.expected_rate_by_score.is_some())),
    ];
    sheet.set_row_height(CARD + 1, 34)?;
    for column in LABEL..=POINTS {
        sheet.write_blank(CARD, column, &style::card_label())?;
        sheet.write_blank(CARD + 1, column, &style::card_value())?;
    }
    for (column, label, result, format, known) in cells {
        if known {
            sheet.write_string_with_format(CARD, column, label, &style::card_label())?;
            show(sheet, CARD + 1, column, result, lead, format)?;
        }
    }
    color_bands(sheet, (CARD + 1, CARD + 1), (LABEL, FORM_COLUMN), &results.heat.at(lead))?;
    show(sheet, CARD + 2, LABEL, &results.problem, lead, &style::problem())
}

fn inputs(sheet: &mut Worksheet, leads: &Leads<'_>, choices: &[Option<String>]) -> Result<(), XlsxError> {
    section(sheet, LABEL, "The lead")?;
    headings(sheet, LABEL, &["Field"], &style::heading())?;
    headings(sheet, FORM_COLUMN, &["Type here"], &style::input_heading())?;
    for ((row, (index, input)), choices) in (FORM_FIRST..).zip(leads.inputs.list.iter().enumerate()).zip(choices) {
        sheet.write_string_with_format(row, LABEL, &input.label, &style::line())?;
        sheet.write_blank(row, FORM_COLUMN, &input_format(input.ask))?;
        offer(sheet, choices.as_ref(), (row, row), FORM_COLUMN)?;
        if index != LEAD && input.ask != Ask::Text {
            let note = rust_xlsxwriter::DataValidation::new().set_input_message(takes(input.ask))?;
            if choices.is_none() {
                sheet.add_data_validation(row, FORM_COLUMN, row, FORM_COLUMN, &note)?;
            }
        }
    }
    Ok(())
}

fn section(sheet: &mut Worksheet, column: u16, title: &str) -> Result<(), XlsxError> {
    let format = style::plain().set_bold().set_font_size(13).set_font_color(style::INK);
    sheet.write_string_with_format(HEADING - 1, column, title, &format)?;
    Ok(())
}

fn headings(sheet: &mut Worksheet, first: u16, headings: &[&str], format: &Format) -> Result<(), XlsxError> {
    for (column, heading) in (first..).zip(headings) {
        let format = if *heading == "Points" { format.clone().set_align(FormatAlign::Right) } else { format.clone() };
        sheet.write_string_with_format(HEADING, column, *heading, &format)?;
    }
    Ok(())
}

/// Formulas for what each model's parts say of a lead.
fn parts_of(config: &ScoringConfig, points: &[PointsOf], models: &[Scored], lead: u32) -> Vec<Vec<Shown>> {
    let mut all = Vec::new();
    for ((model, points), scored) in config.models.iter().zip(points).zip(models) {
        let of_level =
            |code: &Column, part: &Part| format!("IF({0}>0,INDEX({1},{0}),\"\")", code.at(lead), part.levels);
        let times = |times: &Column| format!("IF({0}=0,\"\",{0}&IF({0}=1,\" time\",\" times\"))", times.at(lead));
        let mut levels: Vec<(&Part, String)> = Vec::new();
        levels.extend(
            points.attributes.iter().zip(&scored.seen.levels).map(|(part, level)| (part, of_level(level, part))),
        );
        let counts = scored.seen.behaviours.iter().map(|counted| &counted.times).chain(&scored.seen.signals);
        let counted = points.behaviours.iter().chain(&points.signals).zip(counts);
        let counts = model.behaviours.iter().map(|_| true).chain(model.signals.iter().map(|s| s.kind.most() > 1));
        levels.extend(
            counted.zip(counts).map(|((part, n), counts)| (part, if counts { times(n) } else { "\"\"".to_owned() })),
        );
        levels.extend(points.steps.iter().zip(&scored.seen.step).map(|(part, step)| (part, of_level(step, part))));
        let shown = levels
            .into_iter()
            .zip(&scored.parts)
            .map(|((part, level), points)| [part.name.clone(), part.group.clone(), level, points.at(lead)]);
        all.push(shown.collect());
    }
    all
}

/// Every part in the order of the config, with its level and points; and, hidden, its place among the reasons.
fn every_part(
    sheet: &mut Worksheet,
    parts: &[Vec<Shown>],
    rows: u32,
    serving: &Column,
    results: &Results,
    lead: u32,
) -> Result<(), XlsxError> {
    section(sheet, PART, "Every part, in the order they are added")?;
    headings(sheet, PART, &["Part", "Group", "Level", "Points"], &style::heading())?;
    let sizes = down(&(FORM_FIRST..FORM_FIRST + rows.max(1)), SIZE);
    for (index, row) in (0..).zip(FORM_FIRST..FORM_FIRST + rows) {
        for (shown, column) in (0..).zip([PART, GROUP, LEVEL, POINTS]) {
            let of_models = parts
                .iter()
                .map(|parts| parts.get(index).map_or("\"\"".to_owned(), |part: &Shown| part[shown].clone()));
            let formula = format!("IF({},{},\"\")", results.scored.at(lead), chosen(serving, lead, of_models));
            let format = if column == POINTS {
                style::line().set_num_format(style::POINTS).set_align(FormatAlign::Right)
            } else {
                style::line()
            };
            write_formula(sheet, row, column, &formula, &format)?;
        }
        let [points, size] = [POINTS, SIZE].map(|column| super::cells::cell(row, column));
        write_formula(sheet, row, SIZE, &format!("IF(ISNUMBER({points}),ABS({points}),0)"), &Format::default())?;
        let rank = format!(
            "IF({size}=0,\"\",1+SUMPRODUCT(--({sizes}>{size}))+SUMPRODUCT(({sizes}={size})*(ROW({sizes})<ROW())))"
        );
        write_formula(sheet, row, RANK, &rank, &Format::default())?;
    }
    if rows > 0 {
        sheet.add_conditional_format(FORM_FIRST, POINTS, FORM_FIRST + rows - 1, POINTS, &bar())?;
    }
    Ok(())
}

/// What is not 0, the largest first.
fn reasons(sheet: &mut Worksheet, rows: u32) -> Result<(), XlsxError> {
    section(sheet, REASON, "Why: the reasons, the weightiest first")?;
    headings(sheet, REASON, &["Reason", "Level", "Points"], &style::heading())?;
    let range = |column: u16| down(&(FORM_FIRST..FORM_FIRST + rows), column);
    for (place, row) in (1..).zip(FORM_FIRST..FORM_FIRST + rows) {
        for (from, column) in [PART, LEVEL, POINTS].into_iter().zip(REASON..) {
            let format = if from == POINTS { style::points() } else { style::plain() };
            let formula = format!("IFERROR(INDEX({},MATCH({place},{},0)),\"\")", range(from), range(RANK));
            write_formula(sheet, row, column, &formula, &format)?;
        }
    }
    if rows > 0 {
        sheet.add_conditional_format(FORM_FIRST, REASON + 2, FORM_FIRST + rows - 1, REASON + 2, &bar())?;
    }
    Ok(())
}

/// From the parts to the score: base, sums of the groups with their limits, sum, score.
fn sums(
    sheet: &mut Worksheet,
    config: &ScoringConfig,
    (points, bounds, models): (&[PointsOf], &[BoundsOf], &[Scored]),
    rows: u32,
    (serving, results): (&Column, &Results),
    lead: u32,
) -> Result<(), XlsxError> {
    let groups = config.models.iter().map(|model| model.groups.len()).max().unwrap_or_default();
    let chosen =
        |of_models: Vec<String>| format!("IF({},{},\"\")", results.scored.at(lead), chosen(serving, lead, of_models));
    let nothing = || "\"\"".to_owned();
    let mut lines = vec![[
        "\"every lead starts with\"".to_owned(),
        nothing(),
        chosen(points.iter().map(|p| p.base.clone()).collect()),
    ]];
    for index in 0..groups {
        let of = |which: &dyn Fn(&BoundsOf, &Scored) -> Option<String>| {
            chosen(
                bounds
                    .iter()
                    .zip(models)
                    .map(|(bounds, scored)| which(bounds, scored).unwrap_or_else(nothing))
                    .collect(),
            )
        };
        lines.push([
            of(&|bounds, _| bounds.groups.get(index).map(|([name, ..], _)| name.clone())),
            of(&|bounds, _| {
                bounds.groups.get(index).map(|([_, min, max], _)| format!("\"limited to \"&{min}&\" to \"&{max}"))
            }),
            of(&|_, scored| scored.groups.get(index).map(|group| group.at(lead))),
        ]);
    }
    let range = chosen(
        bounds
            .iter()
            .map(|bounds| format!("\"limited to \"&{}&\" to \"&{}", bounds.range[0], bounds.range[1]))
            .collect(),
    );
    lines.push(["\"sum\"".to_owned(), nothing(), results.raw.at(lead)]);
    lines.push(["\"score, a whole number\"".to_owned(), range, results.score.at(lead)]);
    for (row, [name, limits, sum]) in (FORM_FIRST + rows + 1..).zip(lines) {
        let bold = style::line().set_bold();
        for (column, formula, format) in [
            (PART, name, bold.clone()),
            (GROUP, nothing(), style::line()),
            (LEVEL, limits, style::line().set_font_color("#6B7785")),
            (POINTS, sum, style::points().set_num_format("General").set_bold()),
        ] {
            write_formula(sheet, row, column, &formula, &format)?;
        }
    }
    Ok(())
}
