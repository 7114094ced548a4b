//! How the sheets look.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// Dark blue of titles and headings.
pub(super) const INK: Color = Color::RGB(0x1F_3A5F);
/// Pale yellow of cells to type into.
const PAPER: Color = Color::RGB(0xFF_F8E1);
const LINE: Color = Color::RGB(0xD0_D7DE);
const QUIET: Color = Color::RGB(0x6B_7785);
const CARD: Color = Color::RGB(0xF1_F5F9);
/// Bars of points above and below 0.
pub(super) const PLUS: Color = Color::RGB(0x63_BE7B);
pub(super) const MINUS: Color = Color::RGB(0xE5_7373);

/// Colours of bands there are.
pub(super) const HEATS: usize = 5;

/// Points, with their sign.
pub(super) const POINTS: &str = "+General;-General;0";
/// Rates and probabilities.
pub(super) const RATE: &str = "0.0%";

pub(super) fn plain() -> Format {
    Format::new().set_font_name("Calibri").set_font_size(11)
}

pub(super) fn title() -> Format {
    plain().set_font_size(18).set_bold().set_font_color(INK)
}

pub(super) fn hint() -> Format {
    plain().set_italic().set_font_color(QUIET)
}

pub(super) fn heading() -> Format {
    let format = plain().set_bold().set_font_color(Color::White).set_background_color(INK);
    format.set_text_wrap().set_align(FormatAlign::VerticalCenter).set_border_bottom(FormatBorder::Thin)
}

/// Heading of something to type.
pub(super) fn input_heading() -> Format {
    heading().set_font_color(INK).set_background_color(Color::RGB(0xFF_E8A3))
}

pub(super) fn line() -> Format {
    plain().set_border_bottom(FormatBorder::Hair).set_border_bottom_color(LINE).set_align(FormatAlign::VerticalCenter)
}

/// Points, to the right.
pub(super) fn points() -> Format {
    plain().set_num_format(POINTS).set_align(FormatAlign::Right)
}

pub(super) fn input() -> Format {
    plain().set_background_color(PAPER).set_border(FormatBorder::Thin).set_border_color(LINE)
}

pub(super) fn card_label() -> Format {
    plain().set_font_size(9).set_font_color(QUIET).set_background_color(CARD).set_align(FormatAlign::Center)
}

pub(super) fn card_value() -> Format {
    let format = plain().set_font_size(16).set_bold().set_font_color(INK).set_background_color(CARD);
    format.set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter).set_text_wrap()
}

pub(super) fn problem() -> Format {
    plain().set_bold().set_font_color(Color::RGB(0xB7_1C1C))
}

/// The colour of a band, from the lowest, cold, to the highest, hot.
pub(super) fn of_band(index: usize, bands: usize) -> Color {
    const STOPS: [[f64; 3]; 3] = [[214.0, 228.0, 240.0], [255.0, 232.0, 163.0], [244.0, 160.0, 120.0]];
    let place = if bands < 2 { 0.0 } else { 2.0 * index as f64 / (bands - 1) as f64 };
    let (from, to, share) = if place <= 1.0 { (0, 1, place) } else { (1, 2, place - 1.0) };
    let mix = |part: usize| STOPS[from][part] + share * (STOPS[to][part] - STOPS[from][part]);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
    let part = |part: usize| mix(part).round() as u32;
    Color::RGB(part(0) << 16 | part(1) << 8 | part(2))
}
