use super::*;
use crate::replay::line::lines;
use crate::replay::made::{MONDAY, log, replayed, scorer};

#[test]
fn entries_exits_and_alerts_are_counted_within_the_span() {
    let scorer = scorer(&["cold", "warm", "hot"], &["MQL", "SQL"]);
    let log = log(&[&scorer]);
    let (band, stage) = (Kind::Band, Kind::Stage);
    let moves = [
        (0, 0.0, band, None, Some(0)),
        (1, 0.0, band, None, Some(2)),
        (0, 2.0, band, Some(0), Some(2)),
        // A Sunday and the Monday after it are two weeks.
        (0, 6.9, stage, None, Some(1)),
        (0, 7.0, stage, Some(1), Some(0)),
        (0, 8.0, band, Some(2), Some(1)),
        (0, 9.0, band, Some(1), Some(2)),
        (0, 9.0, stage, Some(0), None),
        (0, 30.0, stage, None, Some(0)),
    ];
    let replayed = replayed(&scorer, &log, 2, &moves);
    let span = Span { from: (MONDAY + 1) * DAY, to: (MONDAY + 15) * DAY };
    let rules = [AlertRule::Stages, AlertRule::TopBand];
    let summary = summarise(&replayed, span, &rules);
    let shown: Vec<String> = summary
        .levels
        .iter()
        .map(|level| {
            let Level { name, entered, leads, cooled_into, left, at_the_end, .. } = level;
            format!("{name}: {} by {leads}, {cooled_into} cooled, {left} left, {at_the_end} in it", entered.total)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "cold: 0 by 0, 0 cooled, 1 left, 0 in it",
            "warm: 0 by 0, 1 cooled, 1 left, 0 in it",
            "hot: 2 by 1, 0 cooled, 1 left, 2 in it",
            "MQL: 0 by 0, 1 cooled, 1 left, 1 in it",
            "SQL: 1 by 1, 0 cooled, 1 left, 0 in it",
        ]
    );
    // Hot on days 2 and 9, SQL on day 6: two in the first week, one in the second.
    assert_eq!((summary.alerts.total, summary.alerts.busiest()), (3, Some((MONDAY * DAY, 2))));
    assert_eq!(summary.alerts.per_week(span), Some(1.5));
    assert_eq!((summary.leads, summary.lines), (2, 10));
    let written: usize = moves_within(&replayed, span).map(|of| lines(&replayed, of).count()).sum();
    assert_eq!(written, 10, "as many as are written");
    let alerts = |rule: AlertRule| summarise(&replayed, span, &[rule]).alerts.total;
    assert_eq!(alerts(AlertRule::Named(band, "warm".to_owned())), 0, "jumped past, and cooled into");
    assert_eq!(alerts(AlertRule::Named(stage, "SQL".to_owned())), 1);
    assert_eq!(alerts(AlertRule::TopBand), 2);
}

fn moves_within<'a>(replayed: &'a Replayed<'_>, span: Span) -> impl Iterator<Item = &'a LeadMove> {
    replayed.moves.iter().filter(move |of| span.holds(of.moved.time))
}

#[test]
fn weeks_begin_on_monday_and_less_than_one_has_no_rate() {
    let mut weekly = Weekly::default();
    assert_eq!(weekly.busiest(), None);
    for day in [MONDAY - 1, MONDAY, MONDAY + 6, MONDAY + 7, MONDAY + 8] {
        weekly.add(day * DAY + DAY - 1);
    }
    assert_eq!(weekly.busiest(), Some((MONDAY * DAY, 2)), "the first of equals");
    let days = |days: i64| Span { from: MONDAY * DAY, to: (MONDAY + days) * DAY };
    assert_eq!((weekly.per_week(days(6)), weekly.per_week(days(35))), (None, Some(1.0)));
}

#[test]
fn ids_of_lines_are_the_documented_digest_and_differ() {
    let scorer = scorer(&["cold", "hot"], &["MQL"]);
    let log = log(&[&scorer]);
    let moves = [(0, 0.0, Kind::Band, None, Some(0)), (0, 1.5, Kind::Band, Some(0), Some(1))];
    let replayed = replayed(&scorer, &log, 1, &moves);
    let ids: Vec<String> = replayed.moves.iter().flat_map(|of| lines(&replayed, of)).map(|line| line.id).collect();
    // printf '4:made1:0-20:2024-03-04T00:00:00Z4:band5:enter-4:cold' | sha256sum | cut -c 1-32
    assert_eq!(ids[0], "77aa58a1f9ace4df0a28a5369be2d201");
    assert!(ids.len() == 3 && ids[0] != ids[1] && ids[1] != ids[2], "{ids:?}");
}
