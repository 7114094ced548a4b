use super::*;
use crate::replay::made::{MONDAY, log, replayed, scorer};

const SPAN: Span = Span { from: MONDAY * DAY, to: (MONDAY + 70) * DAY };

#[test]
fn who_reaches_what_when_under_which() {
    let candidate = scorer(&["cold", "warm", "hot"], &["MQL", "SQL"]);
    let baseline = scorer(&["cold", "hot"], &["MQL"]);
    let log = log(&[&candidate, &baseline]);
    let (band, stage) = (Kind::Band, Kind::Stage);
    let new = [
        (0, 0.0, band, None, Some(0)),
        (0, 1.0, band, Some(0), Some(2)),
        // It cools down to warm and is hot again: reached once, when it jumped.
        (0, 2.0, band, Some(2), Some(1)),
        (0, 3.0, band, Some(1), Some(2)),
        (0, 3.0, stage, None, Some(1)),
        (1, 0.0, band, None, Some(1)),
        (1, 9.5, band, Some(1), Some(2)),
        (2, 0.0, band, None, Some(0)),
        (3, 0.0, band, None, Some(0)),
        (3, 20.0, band, Some(0), Some(2)),
    ];
    let old = [
        (0, 0.0, band, None, Some(0)),
        (0, 2.25, band, Some(0), Some(1)),
        (1, 0.0, band, None, Some(0)),
        (1, 4.0, band, Some(0), Some(1)),
        (2, 0.0, band, None, Some(0)),
        (2, 5.0, band, Some(0), Some(1)),
        (3, 0.0, band, None, Some(0)),
        (3, 30.0, band, Some(0), Some(1)),
    ];
    let new = replayed(&candidate, &log, 4, &new);
    let old = replayed(&baseline, &log, 4, &old);
    let comparison = compare(&new, &old, SPAN);
    let shown: Vec<String> = comparison
        .contrasts
        .iter()
        .map(|of| {
            let Contrast { name, both, only_candidate, only_baseline, earlier, later, .. } = of;
            format!("{name} {both} {only_candidate} {only_baseline} {earlier:?} {later:?}")
        })
        .collect();
    assert_eq!(
        shown,
        [
            "cold 4 0 0 None None",
            "warm 0 3 0 None None",
            // 1.25 and 10 days earlier; 5.5 days later; lead 2 under the baseline alone.
            "hot 3 0 1 Some((2, 5.63)) Some((1, 5.5))",
            "MQL 0 1 0 None None",
            "SQL 0 1 0 None None",
        ]
    );
    let lines: Vec<String> = comparison
        .differences
        .iter()
        .map(|line| {
            let Difference { lead, name, candidate, baseline, days_earlier, .. } = line;
            let moment = |time: &Option<String>| time.as_ref().map_or("-".to_owned(), |time| time[5..10].to_owned());
            format!("{lead} {name} {} {} {days_earlier:?}", moment(candidate), moment(baseline))
        })
        .collect();
    assert_eq!(
        lines,
        [
            "1 warm 03-04 - None",
            "0 warm 03-05 - None",
            "0 hot 03-05 03-06 Some(1.25)",
            "0 MQL 03-07 - None",
            "0 SQL 03-07 - None",
            "1 hot 03-13 03-08 Some(-5.5)",
            "2 hot - 03-09 None",
            "3 warm 03-24 - None",
            "3 hot 03-24 04-03 Some(10.0)",
        ]
    );
    // What either had reached before the span is left out, and a lead that one cannot score is not compared.
    let later = Span { from: (MONDAY + 5) * DAY, ..SPAN };
    let mut old = old;
    old.leads[3].course = Course::NotScored;
    let comparison = compare(&new, &old, later);
    assert_eq!(comparison.leads, 3);
    let leads: Vec<(&str, &str)> = comparison.differences.iter().map(|line| (line.lead, line.name)).collect();
    assert_eq!(leads, [("2", "hot")]);
}
