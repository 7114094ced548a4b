use std::fmt::Write as _;

use leadcal_lift::attribute::{Scalar, Value};
use leadcal_lift::columns::for_each_value;
use leadcal_lift::events::{EventColumns, EventLog};
use leadcal_lift::leads::LeadFiles;
use polars::prelude::*;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::config::ScoringConfig;
use crate::config::arbitrary::{EVENTS, FIELDS, PRODUCTS, WORDS, any_config};
use crate::runtime::{Lead, Score, parse_time, read_created_at, text};

#[derive(Debug, Clone)]
enum Owned {
    Missing,
    Number(f64),
    Text(String),
    Boolean(bool),
}

impl Owned {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Missing => Value::Missing,
            Self::Number(x) => Value::Number(*x),
            Self::Text(text) => Value::Text(text),
            Self::Boolean(b) => Value::Boolean(*b),
        }
    }
}

fn values(frame: &DataFrame, field: &str) -> Vec<Owned> {
    let Ok(column) = frame.column(field) else { return vec![Owned::Missing; frame.height()] };
    let mut values = Vec::new();
    for_each_value(column, |_, value| {
        values.push(match value {
            Value::Missing => Owned::Missing,
            Value::Number(x) => Owned::Number(x),
            Value::Text(text) => Owned::Text(text.to_owned()),
            Value::Boolean(b) => Owned::Boolean(b),
        });
    })
    .expect("readable types");
    values
}

/// What the one-lead scorer reads of the rows of a table.
struct Rows {
    columns: Vec<Vec<Owned>>,
    products: Vec<Owned>,
    created_at: Vec<Owned>,
}

impl Rows {
    fn of(scorer: &Scorer, frame: &DataFrame) -> Self {
        Self {
            columns: scorer.fields().iter().map(|field| values(frame, field)).collect(),
            products: values(frame, "product"),
            created_at: values(frame, "created_at"),
        }
    }

    fn lead(&self, scorer: &Scorer, row: usize, dated: bool) -> Result<Lead<'_>, ScoreError> {
        let mut fields = self.columns.iter();
        let mut lead = Lead::new(scorer, |_| fields.next().map_or(Value::Missing, |values| values[row].value()));
        if let Some(product) = text(self.products[row].value()) {
            lead = lead.with_product(product.into_owned());
        }
        if dated && let Some(time) = read_created_at("created_at", self.created_at[row].value())? {
            lead = lead.with_created_at(time);
        }
        Ok(lead)
    }
}

/// Every row by the one-lead scorer.
fn one_by_one<'s>(
    scorer: &'s Scorer,
    frame: &DataFrame,
    options: &BatchOptions<'_>,
) -> Vec<Result<Score<'s>, ScoreError>> {
    let rows = Rows::of(scorer, frame);
    let listed = match options.events {
        RowEvents::Listed(events) => events,
        RowEvents::None | RowEvents::Log(_) => &[],
    };
    let as_of = options.as_of.or_else(|| listed.iter().flatten().map(|event| event.time).max());
    let score = |row: usize| {
        let lead = rows.lead(scorer, row, scorer.needs_created_at())?;
        scorer.score(&lead, listed.get(row).map_or(&[], Vec::as_slice), as_of)
    };
    (0..frame.height()).map(score).collect()
}

fn texts(frame: &DataFrame, column: &str) -> Vec<Option<String>> {
    let column = frame.column(column).expect("a column").str().expect("text");
    column.iter().map(|text| text.map(str::to_owned)).collect()
}

fn bits(frame: &DataFrame, column: &str) -> Vec<Option<u64>> {
    frame.column(column).expect("a column").f64().expect("floats").iter().map(|x| x.map(f64::to_bits)).collect()
}

fn check(config: &ScoringConfig, frame: &DataFrame, options: &BatchOptions<'_>) -> Result<(), TestCaseError> {
    let scorer = Scorer::new(config).expect("a valid config");
    let chunk = score_in_blocks(&scorer, frame, options, 7).expect("a scored table");
    let expected = one_by_one(&scorer, frame, options);
    let of = |f: &dyn Fn(&Score<'_>) -> Option<u64>| -> Vec<Option<u64>> { expected.iter().flatten().map(f).collect() };
    let text_of = |f: &dyn Fn(&Score<'_>) -> Option<String>| -> Vec<Option<String>> {
        expected.iter().flatten().map(f).collect()
    };
    let rows: Vec<usize> = (0..expected.len()).filter(|row| expected[*row].is_ok()).collect();
    prop_assert_eq!(&chunk.rows, &rows);
    prop_assert_eq!(bits(&chunk.columns, "score"), of(&|score| Some(score.score.to_bits())));
    prop_assert_eq!(bits(&chunk.columns, "rounded"), of(&|score| Some(score.rounded.to_bits())));
    prop_assert_eq!(bits(&chunk.columns, "raw"), of(&|score| Some(score.raw.to_bits())));
    prop_assert_eq!(bits(&chunk.columns, "probability"), of(&|score| score.probability.map(f64::to_bits)));
    prop_assert_eq!(texts(&chunk.columns, "band"), text_of(&|score| score.band.map(str::to_owned)));
    prop_assert_eq!(texts(&chunk.columns, "stage"), text_of(&|score| score.stage.map(str::to_owned)));
    prop_assert_eq!(texts(&chunk.columns, "grade"), text_of(&|score| score.grade.clone()));
    let reasons = |score: &Score<'_>| score.reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    prop_assert_eq!(texts(&chunk.columns, "reasons"), text_of(&|score| Some(reasons(score))));
    let errors: Vec<RowError> =
        (0..).zip(expected).filter_map(|(row, result)| Some(RowError { row, error: result.err()? })).collect();
    prop_assert_eq!(chunk.errors, errors);
    Ok(())
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(WORDS.to_vec()).prop_map(str::to_owned),
        1 => select(vec!["", " ", "NA", "Select", "azerty", "marie", "7.5", "x@yopmail.com"]).prop_map(str::to_owned),
        1 => ".{0,5}",
    ]
}

fn any_column(name: &'static str, rows: usize) -> impl Strategy<Value = Option<Column>> {
    fn series<T: Strategy<Value = V>, V: std::fmt::Debug>(
        item: T,
        rows: usize,
    ) -> impl Strategy<Value = Vec<Option<V>>> {
        prop::collection::vec(prop::option::weighted(0.8, item), rows)
    }
    let number =
        prop_oneof![(-3_i32..90).prop_map(f64::from), Just(f64::NAN), Just(f64::INFINITY), Just(-0.0), -60.0..90.0];
    let integer = prop_oneof![-3_i64..90, Just(i64::MAX), Just(1_i64 << 53)];
    let column = prop_oneof![
        series(any_text(), rows).prop_map(move |v| Series::new(name.into(), v)),
        series(number, rows).prop_map(move |v| Series::new(name.into(), v)),
        series(integer, rows).prop_map(move |v| Series::new(name.into(), v)),
        series(any::<bool>(), rows).prop_map(move |v| Series::new(name.into(), v)),
        series(18_000_i32..21_000, rows)
            .prop_map(move |v| Series::new(name.into(), v).cast(&DataType::Date).expect("days")),
    ];
    prop::option::weighted(0.9, column.prop_map(Column::from))
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    (1_700_000_000_i64..1_710_000_000, 0..1_000_000_i32)
        .prop_map(|(second, fine)| Timestamp::new(second, fine * 1_000).expect("a time"))
}

fn any_event() -> impl Strategy<Value = Event> {
    let value = prop_oneof![
        Just(Scalar::Text("/pricing".to_owned())),
        Just(Scalar::Text("3".to_owned())),
        Just(Scalar::Text("true".to_owned())),
        Just(Scalar::Number(0.5)),
        Just(Scalar::Number(1.0)),
        any::<bool>().prop_map(Scalar::Boolean),
    ];
    let properties = prop::collection::btree_map("[ab]", value, 0..3);
    (any_time(), select(EVENTS.to_vec()), properties).prop_map(|(time, name, properties)| Event {
        time,
        name: name.to_owned(),
        properties,
    })
}

fn any_frame() -> impl Strategy<Value = (DataFrame, Vec<Vec<Event>>)> {
    (0..30_usize).prop_flat_map(|rows| {
        let columns: Vec<_> = FIELDS.iter().map(|name| any_column(name, rows).boxed()).collect();
        let product = prop_oneof![select(PRODUCTS.to_vec()), select(vec!["other", ""])];
        let created = prop_oneof![
            9 => any_time().prop_map(|time| time.to_string()),
            1 => select(vec!["", "2023-12-01", "soon"]).prop_map(str::to_owned)
        ];
        let products = prop::collection::vec(prop::option::of(product), rows);
        let created = prop::collection::vec(prop::option::of(created), rows);
        let events = prop::collection::vec(prop::collection::vec(any_event(), 0..6), rows);
        (columns, products, created, events).prop_map(move |(columns, products, created, events)| {
            let mut columns: Vec<Column> = columns.into_iter().flatten().collect();
            columns.push(Series::new("product".into(), products).into());
            columns.push(Series::new("created_at".into(), created).into());
            (DataFrame::new(rows, columns).expect("columns of one length"), events)
        })
    })
}

proptest! {
    #[test]
    fn a_table_scores_as_its_leads_do(
        config in any_config(),
        (frame, events) in any_frame(),
        as_of in prop::option::of(any_time()),
        with_events in any::<bool>(),
    ) {
        let options = BatchOptions {
            product: Some("product"),
            created_at: Some("created_at"),
            as_of,
            events: if with_events { RowEvents::Listed(&events) } else { RowEvents::None },
            reasons: true,
            ..BatchOptions::default()
        };
        check(&config, &frame, &options)?;
    }
}

/// Events as a log has them: every property is a text.
fn in_texts(events: &[Vec<Event>]) -> Vec<Vec<Event>> {
    let text = |value: &Scalar| match value {
        Scalar::Text(text) => text.clone(),
        Scalar::Number(x) => x.to_string(),
        Scalar::Boolean(b) => b.to_string(),
    };
    let mut events = events.to_vec();
    for value in events.iter_mut().flatten().flat_map(|event| event.properties.values_mut()) {
        *value = Scalar::Text(text(value));
    }
    events
}

/// The files of leads and events with a folder that holds them. Ids are row numbers, the leads of every third row have none.
fn files(rows: usize, events: &[Vec<Event>]) -> (tempfile::TempDir, LeadFiles, EventLog, Column) {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("UTF-8").to_owned()
    };
    let ids: Vec<Option<String>> = (0..rows).map(|row| (row % 3 != 1).then(|| format!("r{row}"))).collect();
    let id = |row: usize| ids[row].as_deref().unwrap_or_default();
    let leads = (0..rows).fold("id,x\n".to_owned(), |text, row| text + id(row) + ",\n");
    let mut log = "who,when,what,a,b\n".to_owned();
    for (row, event) in events.iter().enumerate().flat_map(|(row, events)| events.iter().map(move |event| (row, event)))
    {
        let property = |name: &str| match event.properties.get(name) {
            Some(Scalar::Text(text)) => text.as_str(),
            _ => "",
        };
        writeln!(log, "{},{},{},{},{}", id(row), event.time, event.name, property("a"), property("b")).expect("memory");
    }
    let columns = EventColumns { lead: "who".into(), time: "when".into(), name: "what".into() };
    let leads = LeadFiles::open(&write("leads.csv", leads)).expect("leads");
    let log = EventLog::open(&write("events.csv", log), columns).expect("events");
    (folder, leads, log, Series::new("id".into(), ids).into())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_log_scores_as_its_events_do(
        config in any_config(),
        (mut frame, events) in any_frame(),
        as_of in prop::option::of(any_time()),
    ) {
        let scorer = Scorer::new(&config).expect("a valid config");
        let mut events = in_texts(&events);
        let (_folder, leads, log, ids) = files(frame.height(), &events);
        prop_assume!(events.iter().any(|events| !events.is_empty()));
        frame.with_column(ids).expect("as many ids as rows");
        let newest = events.iter().flatten().map(|event| event.time).max();
        // Events without a lead are nobody's.
        events.iter_mut().skip(1).step_by(3).for_each(Vec::clear);
        let options = BatchOptions {
            product: Some("product"),
            created_at: Some("created_at"),
            as_of: as_of.or(newest),
            events: RowEvents::Listed(&events),
            reasons: true,
            ..BatchOptions::default()
        };
        let listed = score_in_blocks(&scorer, &frame, &options, 7).expect("scores");
        let read = LogEvents::read(&scorer, &log, &leads, "id", as_of).expect("events");
        prop_assert_eq!(read.as_of(), options.as_of);
        let options = BatchOptions { events: RowEvents::Log(&read), as_of: None, ..options };
        let logged = score_in_blocks(&scorer, &frame, &options, 5).expect("scores");
        prop_assert!(logged.columns.equals_missing(&listed.columns), "{:?} {:?}", logged.columns, listed.columns);
        prop_assert_eq!(logged.errors, listed.errors);
    }

    /// Leads looked at twice: at each moment they score as a file scored as of that moment does.
    #[test]
    fn a_row_at_a_moment_of_its_own_scores_as_a_table_as_of_that_moment(
        config in any_config(),
        (mut frame, events) in any_frame(),
        moments in [any_time(), any_time()],
    ) {
        let scorer = Scorer::new(&config).expect("a valid config");
        let events = in_texts(&events);
        let (_folder, leads, log, ids) = files(frame.height(), &events);
        prop_assume!(events.iter().any(|events| !events.is_empty()));
        let names: Vec<Option<String>> = ids.str().expect("texts").iter().map(|id| id.map(str::to_owned)).collect();
        frame.with_column(ids).expect("as many ids as rows");
        let mut looks = moments.map(microseconds);
        looks.sort_unstable();
        let read = LogEvents::read_at(&scorer, &log, "id", names.iter().flatten().map(|id| (id.as_str(), &looks[..])))
            .expect("events");
        let options = BatchOptions {
            product: Some("product"),
            created_at: Some("created_at"),
            reasons: true,
            ..BatchOptions::default()
        };
        let of_row: Vec<i64> = (0..frame.height()).map(|row| microseconds(moments[row % 2])).collect();
        let options = BatchOptions { moments: Some(&of_row), events: RowEvents::Log(&read), ..options };
        let found = score_in_blocks(&scorer, &frame, &options, 5).expect("scores");
        for (parity, moment) in moments.into_iter().enumerate() {
            let read = LogEvents::read(&scorer, &log, &leads, "id", Some(moment)).expect("events");
            let options = BatchOptions { moments: None, events: RowEvents::Log(&read), ..options };
            let expected = score_in_blocks(&scorer, &frame, &options, 7).expect("scores");
            prop_assert_eq!(&found.rows, &expected.rows);
            prop_assert_eq!(&found.models, &expected.models);
            prop_assert_eq!(&found.errors, &expected.errors);
            for (at, _) in found.rows.iter().enumerate().filter(|(_, row)| **row % 2 == parity) {
                for (ours, theirs) in found.columns.columns().iter().zip(expected.columns.columns()) {
                    prop_assert_eq!(ours.get(at).expect("a value"), theirs.get(at).expect("a value"));
                }
            }
        }
    }
}

const CONFIG: &str = r#"{ "format": "leadcal.scoring-config", "version": 1, "name": "small", "models": [ {
    "product": null, "base_points": 10, "range": { "min": 0, "max": 100 },
    "groups": [ { "name": "fit", "min": -50, "max": 60 } ],
    "attributes": [
        { "name": "age", "group": "fit", "input": { "field": "age", "type": "number" },
          "levels": [ { "level": "young", "when": { "below": 30 }, "points": 5 },
                      { "level": "(missing)", "when": "missing", "points": -3 } ] },
        { "name": "city", "group": "fit", "input": { "field": "city", "type": "text" },
          "levels": [ { "level": "Lyon", "when": { "in": ["Lyon"] }, "points": 7.5 },
                      { "level": "(missing)", "when": "missing", "points": -1 } ] } ],
    "bands": [ { "name": "cold", "from": 0 }, { "name": "warm", "from": 15 } ] } ] }"#;

#[test]
fn rows_in_error_do_not_keep_the_others_from_a_score() {
    let scorer = Scorer::new(&ScoringConfig::parse(CONFIG).expect("a config")).expect("a valid config");
    let ages = Series::new("age".into(), ["20", "abc", "", "99"]);
    let frame = DataFrame::new(4, vec![ages.into()]).expect("a frame");
    let options = BatchOptions { reasons: true, ..BatchOptions::default() };
    let chunk = score_frame(&scorer, &frame, &options).expect("scores");
    assert_eq!(chunk.rows, [0, 2, 3]);
    assert_eq!(chunk.absent_fields, ["city"]);
    assert_eq!(chunk.errors.len(), 1);
    assert_eq!(chunk.errors[0].to_string(), "row 1: field \"age\" should be a number, found the text \"abc\"");
    let found: Vec<_> = chunk.columns.column("score").expect("scores").f64().expect("floats").iter().collect();
    assert_eq!(found, [Some(14.0), Some(6.0), Some(9.0)]);
    assert_eq!(
        texts(&chunk.columns, "reasons"),
        [
            Some("+5 age = young; -1 city = (missing)"),
            Some("-3 age = (missing); -1 city = (missing)"),
            Some("-1 city = (missing)")
        ]
        .map(|text| text.map(str::to_owned))
    );
}

#[test]
fn an_empty_table_has_every_column() {
    let scorer = Scorer::new(&ScoringConfig::parse(CONFIG).expect("a config")).expect("a valid config");
    let chunk = score_frame(&scorer, &DataFrame::empty(), &BatchOptions::default()).expect("no scores");
    let names: Vec<&str> = chunk.columns.get_column_names().into_iter().map(PlSmallStr::as_str).collect();
    assert_eq!(names, ["score", "rounded", "raw", "band", "stage", "grade", "probability"]);
    assert_eq!(chunk.columns.height(), 0);
    assert_eq!(chunk.absent_fields, ["age", "city"]);
}

#[test]
fn columns_of_other_types_are_refused() {
    let scorer = Scorer::new(&ScoringConfig::parse(CONFIG).expect("a config")).expect("a valid config");
    let wait = Series::new("age".into(), [1_i64]).cast(&DataType::Duration(TimeUnit::Milliseconds)).expect("durations");
    let frame = DataFrame::new(1, vec![wait.into()]).expect("a frame");
    let error = score_frame(&scorer, &frame, &BatchOptions::default()).expect_err("a duration");
    assert!(error.to_string().contains("column \"age\" is of type duration[ms]"), "{error}");
    assert_eq!(parse_time("2024-03-01"), parse_time("2024-03-01T01:00:00+01:00"));
}

mod replayed;
