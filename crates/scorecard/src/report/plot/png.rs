//! A plot's SVG as PNG. Text is drawn with a font of ours (`font/`), so that it is there, and the same, on every machine; letters
//! that are neither Latin, Greek nor Cyrillic are not in it.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

const FONT: &[u8] = include_bytes!("font/DejaVuSans-subset.ttf");
const FAMILY: &str = "DejaVu Sans";
/// Pixels of an image for each of the plot's, so that it is sharp on paper and screens…
const SHARP: f32 = 2.0;
/// …unless it would be higher than this.
const HIGHEST: f32 = 8_000.0;

/// The image; in words why there is none.
pub(in super::super) fn png(svg: &str) -> Result<Vec<u8>, String> {
    let mut options = Options { font_family: FAMILY.to_owned(), ..Options::default() };
    options.fontdb_mut().load_font_data(FONT.to_vec());
    let tree = Tree::from_str(svg, &options).map_err(|error| error.to_string())?;
    let size = tree.size();
    let scale = if SHARP * size.height() > HIGHEST { (HIGHEST / size.height()).min(SHARP) } else { SHARP };
    let scaled = size.to_int_size().scale_by(scale).ok_or("it has no size")?;
    let mut image = Pixmap::new(scaled.width(), scaled.height()).ok_or("it is too large")?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut image.as_mut());
    image.encode_png().map_err(|error| error.to_string())
}
