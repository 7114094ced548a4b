use super::layout::render;
use super::*;
use crate::terminal::plain;

fn cells<const N: usize>(rows: &[[&str; N]]) -> Vec<Vec<Cell>> {
    rows.iter().map(|row| row.iter().map(|text| Cell::from(*text)).collect()).collect()
}

fn drawn(columns: &[Column<'_>], rows: &[Vec<Cell>], width: usize) -> String {
    plain(&render(columns, rows, width))
}

#[test]
fn numbers_stand_to_the_right() {
    let rows = cells(&[["age", "1 204", "-3"], ["source of the lead", "87", "12"]]);
    let columns = [Column::Text("attribute"), Column::Number("leads"), Column::Number("points")];
    let expected = "\
attribute           leads  points
─────────────────────────────────
age                 1 204      -3
source of the lead     87      12
";
    assert_eq!(drawn(&columns, &rows, 100), expected);
    assert_eq!(drawn(&[Column::Text("band")], &[], 100), "band\n────\n");
}

#[test]
fn what_matters_least_gives_way_first() {
    let columns = [
        Column::Text("attribute"),
        Column::Number("leads of all"),
        Column::Spare("lift"),
        Column::Number("points"),
        Column::Bar(""),
    ];
    let row = |name: &str, points: f64| {
        let mut row = cells(&[[name, "1 204", "1.25", "+8"]]).remove(0);
        row.push(Cell::bar(points.min(0.0), points.max(0.0)));
        row
    };
    let rows = [row("what they are interested in", 8.0), row("age", -8.0)];
    let wide = "\
attribute                    leads of all  lift  points
───────────────────────────────────────────────────────────────────────────
what they are interested in         1 204  1.25      +8         │███████▌
age                                 1 204  1.25      +8  ███████│
";
    let at = |width| drawn(&columns, &rows, width);
    assert_eq!(at(100).lines().next(), wide.lines().next());
    assert_eq!(at(100).lines().count(), 4, "{}", at(100));
    assert!(at(100).contains("│███████"), "{}", at(100));
    // Shorter bars, then none; headings in two lines, then texts, then a column less.
    assert!(at(66).contains("│███") && at(66).lines().count() == 4, "{}", at(66));
    assert!(!at(57).contains('│') && at(57).lines().count() == 4, "{}", at(57));
    assert_eq!(at(50).lines().next(), Some("attribute                      leads  lift  points"));
    assert!(at(40).contains("lift") && at(40).lines().count() > 5, "{}", at(40));
    let narrow = "\
attribute     leads  points
                 of
                all
───────────────────────────
what they     1 204      +8
are
interested
in
age           1 204      +8
";
    assert_eq!(at(32), narrow);
}

#[test]
fn bars_make_room_for_texts_among_them() {
    let columns = [Column::Text("level"), Column::Number("points"), Column::Bar("")];
    let row = |level: &str, points: &str, last: Cell| vec![level.into(), points.into(), last];
    let bar = || row("a", "+8", Cell::bar(0.0, 8.0));
    let rows = [bar(), bar(), row("b", "+0", Cell::from("inconclusive").dim())];
    let lines = drawn(&columns, &rows, 30);
    let lines: Vec<&str> = lines.lines().skip(2).collect();
    let bar = format!("a          +8  {}", "█".repeat(15));
    assert_eq!(lines, [bar.as_str(), bar.as_str(), "b          +0  inconclusive"]);
    // One alone has nothing to be compared with.
    assert!(!drawn(&columns, &rows[1..], 30).contains('█'));
    assert_eq!(drawn(&columns, &rows, 20).lines().last(), Some("b          +0  inconclusive"));
    // Where all are texts, they are a column like any other.
    let rows = [row("b", "+0", Cell::from("inconclusive"))];
    assert_eq!(drawn(&columns, &rows, 100).lines().nth(1), Some("─".repeat(27).as_str()));
}

#[test]
fn long_names_are_broken_where_their_words_end() {
    let rows = cells(&[["status_of_existing_checking_account", "1"], ["aaaaaaaaaaaaaaaaaaaaaaaaaa", "2"]]);
    let text = drawn(&[Column::Text("attribute"), Column::Number("leads")], &rows, 19);
    let lines: Vec<&str> = text.lines().skip(2).collect();
    assert_eq!(
        lines,
        ["status_of_        1", "existing_", "checking_", "account", "aaaaaaaaaaaa      2", "aaaaaaaaaaaa", "aa"]
    );
}

#[test]
fn no_line_is_wider_than_it_may_be() {
    let text = "lang und breit ".repeat(20);
    let rows =
        cells(&[[text.as_str(), "a\u{1b}[31mb\nc", "日本語日本語日本語日本語日本語日本語日本語日本語日本語日本語"]]);
    for width in [40, 60, 80, 100, 160] {
        let text = drawn(&[Column::Text("a"), Column::Text("b"), Column::Text("c")], &rows, width);
        assert!(text.lines().all(|line| columns_of(line) <= width), "{text}");
        assert!(text.contains("31mb") && !text.contains('\u{1b}'), "control characters are escaped");
        assert!(text.lines().count() > 3, "long text is wrapped, not cut: {text}");
    }
}

#[test]
fn colours_go_by_sign_and_change_no_width() {
    let look = |text: &str| Cell::signed(text).look;
    let positive = ["+8", "+8 Referral", "+0.44", "+1 to +21"].map(look);
    assert_eq!(positive, [Some(Look::Positive); 4]);
    assert_eq!(["-3", "-0.01"].map(look), [Some(Look::Negative); 2]);
    assert_eq!(["+0", "0", "", "nothing conclusive", "+0 to +0"].map(look), [None; 5]);
    let columns = [Column::Number("points"), Column::Text("")];
    let rows = [vec![Cell::signed("+8"), Cell::from("x").dim()]];
    let text = render(&columns, &rows, 80);
    assert_ne!(text, plain(&text));
    assert_eq!(plain(&text), "points\n─────────\n    +8  x\n");
}

#[test]
fn long_lines_are_broken_between_words() {
    let long = format!("{}end", "word ".repeat(30));
    let lines = broken(&long, 60);
    assert!(lines.len() == 3 && lines.iter().all(|line| line.len() <= 60), "{lines:?}");
    assert_eq!(lines.join(" "), long);
    assert_eq!(broken("a  b", 60), ["a  b"]);
    assert_eq!(hanging("1. ", "short"), "1. short\n");
    // A table may be wider than running text is.
    assert_eq!(wrapped_to("a table's  line\na text's line\n", 8, 20), "a table's  line\na text's\nline\n");
}
