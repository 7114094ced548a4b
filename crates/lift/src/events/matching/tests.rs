use std::collections::BTreeMap;

use polars::prelude::{Column, NamedFrom, Series};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::events::{Event, parse_time};

fn any_filter() -> impl Strategy<Value = EventFilter> {
    let listed = prop_oneof![
        select(vec!["x", "1", "yes"]).prop_map(|text| Scalar::Text(text.to_owned())),
        Just(Scalar::Number(1.0)),
        any::<bool>().prop_map(Scalar::Boolean),
    ];
    let properties = prop::collection::btree_map("[pq]", prop::collection::vec(listed, 1..3), 0..3);
    (prop::option::of("[abc]"), properties, any::<bool>()).prop_map(|(event, properties, once_a_day)| EventFilter {
        event,
        properties,
        once_a_day,
    })
}

/// An event's name, which may be empty, and its properties `p` and `q`.
type Row = (String, Option<String>, Option<String>);

fn any_row() -> impl Strategy<Value = Row> {
    let text = || prop::option::of(select(vec!["x", "1", "1.0", "yes", "no", " "]).prop_map(str::to_owned));
    ("[abd]?", text(), text())
}

fn column(name: &str, rows: &[Row], of: impl Fn(&Row) -> Option<&str>) -> Column {
    Series::new(name.into(), rows.iter().map(of).collect::<Vec<_>>()).into()
}

proptest! {
    /// More filters than bits of a word, with and without a name.
    #[test]
    fn the_filters_matched_are_those_that_hold(
        filters in prop::collection::vec(any_filter(), 0..140),
        rows in prop::collection::vec(any_row(), 1..20),
    ) {
        let columns = vec![
            column("name", &rows, |row| Some(&row.0)),
            column("p", &rows, |row| row.1.as_deref()),
            column("q", &rows, |row| row.2.as_deref()),
        ];
        let table = DataFrame::new(rows.len(), columns).expect("columns of one length");
        let matches = Matcher::new(&filters).matches(&table, "name", &mut NamesSeen::default()).expect("texts");
        for (index, (name, p, q)) in rows.into_iter().enumerate() {
            let given = [("p", p), ("q", q)].into_iter();
            let properties = given.filter_map(|(key, text)| Some((key.to_owned(), Scalar::Text(text?))));
            let time = parse_time("2024-03-01").expect("a day");
            let event = Event { time, name, properties: properties.collect::<BTreeMap<_, _>>() };
            let expected: Vec<usize> = (0..filters.len()).filter(|&filter| filters[filter].holds(&event)).collect();
            prop_assert_eq!(matches.of(index).collect::<Vec<_>>(), expected, "{:?}", event);
        }
    }
}
