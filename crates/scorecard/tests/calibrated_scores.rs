//! What calibration counts and what the scorer counts is the same: every row of the example data, scored as of its own
//! moment from its lead's events, has the score that it was calibrated with.
//!
//! The one difference there may be is that calibration rounds decayed counts to sixteenths: an event of `points_each` is up to
//! `points_each` / 32 off, and so is a score.
#![cfg(feature = "calibrate")]

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use jiff::Timestamp;
use leadcal_lift::attribute::{Encoder, Scalar, Value};
use leadcal_lift::columns::{Time, for_each_time, for_each_value};
use leadcal_lift::events::{EventFilter, EventLog};
use leadcal_lift::leads::LeadFiles;
use leadcal_lift::patterns::{Feature, LeadAttribute, Source, read_codes};
use leadcal_lift::points::{PointsAttribute, PointsTable};
use leadcal_lift::snapshots::{Activity, DatedLeads, Shape, SnapshotColumns, Snapshots};
use leadcal_scorecard::assemble::{AssembleOptions, assemble};
use leadcal_scorecard::runtime::{Event, Lead, Scorer};
use leadcal_scorecard::spec::{BehaviourOptions, Spec};
use leadcal_scorecard::{calibration, history};
use serde_json::Map;

const SPEC: &str = r#"
[data]
leads = "leads.csv"
outcome = "converted"
id = "id"
created_at = "created_at"
converted_at = "converted_at"
exclude = ["first_name", "last_name", "email", "phone", "company"]
missing = ["", "Select"]
[events]
file = "events.parquet"
lead = "lead_id"
[snapshot]
every_days = 45
window_days = 90
horizon_days = 60
data_end = "2026-08-15"
[behaviours."pricing page"]
event = "page_view"
where = { page = "/pricing" }
half_life_days = 14
[behaviours."demo request"]
event = "demo_request"
half_life_days = 30
[behaviours.webinar]
event = "webinar"
half_life_days = "none"
[behaviours."careers page"]
event = "page_view"
where = { page = "/careers" }
[behaviours."days active"]
once_a_day = true
max_times = 5
half_life_days = "none"
[behaviours.anything]
max_times = 6
half_life_days = 20
[signals."free e-mail domain"]
kind = "free_email_domain"
field = "email"
[signals."optional fields"]
kind = "filled_fields"
fields = ["phone", "budget_band", "industry"]
[points]
scale = 3
"#;

/// Leads looked at every 45 days, decay of most of what they do, and large points: of 34 179 scores 2 718 differ.
#[test]
fn rows_score_what_they_were_calibrated_with() {
    let found = check(SPEC);
    assert!(found.rows > 20_000 && found.whole > 1_000 && found.whole < found.rows, "{found:?}");
    assert!(found.differ * 10 < found.rows && found.worst < 5.0, "{found:?}");
}

/// Leads looked at once, and half-lives as calibration finds them: of 7 421 scores 770 differ, by one point.
#[test]
fn rows_of_found_half_lives_do_too() {
    let found = check(
        &SPEC
            .replace("every_days = 45", "after_days = 14")
            .replace("scale = 3", "scale = 1")
            .replace("half_life_days = 14\n", "")
            .replace("half_life_days = 30\n", "")
            .replace("max_times = 6\nhalf_life_days = 20\n", ""),
    );
    assert!(found.rows > 5_000 && found.whole > 1_000, "{found:?}");
    // So no score is more than a point off.
    assert!(found.differ * 8 < found.rows && found.worst < 1.0, "{found:?}");
}

/// What was found of the rows of a spec.
#[derive(Debug)]
struct Found {
    rows: usize,
    /// Rows whose decayed counts are whole sixteenths: nothing was rounded.
    whole: usize,
    /// Rows whose score, rounded to points, differs.
    differ: usize,
    /// The largest difference of the sums.
    worst: f64,
}

/// Checks every row: the sums are equal where nothing was rounded, and within what rounding makes elsewhere.
fn check(text: &str) -> Found {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../notebooks-data");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("leadcal.toml");
    std::fs::write(&file, text).expect("written");
    let mut spec = Spec::read(&file).expect("a spec");
    spec.data.leads = path(&data, "leads.csv");
    spec.events.as_mut().expect("events").file = path(&data, "events.parquet");

    let history = history::read(&spec).expect("rows");
    let table = calibration::points(&history, &spec).expect("points").table;
    let config = assemble(&table, None, AssembleOptions { name: "rows".into(), ..AssembleOptions::default() });
    let scorer = Scorer::new(&config.expect("a config").config).expect("a valid config");

    let leads = LeadFiles::open(&spec.data.leads).expect("leads");
    let named = spec.events.as_ref().expect("events");
    let log = EventLog::open(&named.file, named.columns.clone()).expect("events");
    let columns = SnapshotColumns {
        id: spec.data.id.clone(),
        created_at: "created_at".into(),
        converted_at: "converted_at".into(),
        missing: spec.data.missing.clone(),
    };
    let dated = DatedLeads::read(&leads, &columns, &history.outcome).expect("dates");
    let filters: Vec<EventFilter> = spec.behaviours.iter().map(|(_, behaviour)| filter(behaviour)).collect();
    let options = spec.snapshot.as_ref().expect("snapshots");
    let snapshots = dated.snapshots(options, Some((&log, &filters))).expect("rows");
    let calibrated = calibrated(&table, &spec, &leads, &snapshots);

    // They are the calibration's: its own distribution of scores is theirs.
    let mut scores: BTreeMap<i64, u64> = BTreeMap::new();
    for row in &calibrated {
        *scores.entry(rounded(row.raw)).or_default() += 1;
    }
    assert_eq!(scores, table.scores.iter().map(|count| (count.score, count.leads)).collect());

    let events = events(&named.file);
    let fields = fields(&spec.data.leads);
    let ids = dated.ids();
    let (mut whole, mut differ, mut worst) = (0, 0, 0.0_f64);
    for (row, calibrated) in snapshots.rows.iter().zip(&calibrated) {
        let lead = Lead::from_json(&scorer, &fields[row.lead as usize]).expect("a lead");
        let of_lead = events.get(ids[row.lead as usize].expect("an id")).map_or(&[][..], Vec::as_slice);
        let as_of = Timestamp::from_microsecond(row.as_of).expect("a moment");
        let score = scorer.score(&lead, of_lead, Some(as_of)).expect("a score");
        let off = (score.raw - calibrated.raw).abs();
        assert!(off <= calibrated.off + 1e-9, "{row:?}: {} calibrated, {score:?}", calibrated.raw);
        whole += usize::from(calibrated.off == 0.0);
        differ += usize::from(rounded(score.raw) != rounded(calibrated.raw));
        worst = worst.max(off);
    }
    Found { rows: calibrated.len(), whole, differ, worst }
}

fn path(folder: &Path, file: &str) -> String {
    folder.join(file).to_str().expect("UTF-8").to_owned()
}

/// What a row scored in calibration, and how far rounded counts may make it off.
struct Row {
    raw: f64,
    off: f64,
}

/// Each row's points by the table alone: the level of every attribute, its points, sums by group within their limits.
fn calibrated(table: &PointsTable, spec: &Spec, leads: &LeadFiles, snapshots: &Snapshots) -> Vec<Row> {
    let activity = snapshots.activity.as_ref().expect("events");
    let of_leads: Vec<&PointsAttribute> = table.attributes.iter().filter(|attribute| is_of_lead(attribute)).collect();
    let attribute = |attribute: &&PointsAttribute| match &attribute.source {
        Source::Signal(kind) => LeadAttribute::signal(&attribute.name, kind.clone()),
        source => LeadAttribute { attribute: attribute.attribute(), feature: Feature::new(source.clone()) },
    };
    let codes = read_codes(leads, &of_leads.iter().map(attribute).collect::<Vec<_>>()).expect("levels");
    let row = |(index, row): (usize, &leadcal_lift::snapshots::SnapshotRow)| {
        let mut sums = vec![0.0; table.groups.len()];
        let (mut lead_codes, mut off) = (codes.iter(), 0.0);
        for attribute in &table.attributes {
            let group = table.groups.iter().position(|group| group.name == attribute.group).expect("a group");
            let code = match &attribute.source {
                Source::Field | Source::Signal(_) => lead_codes.next().expect("codes")[row.lead as usize],
                source => of_row(attribute, source, spec, activity, index, &mut off),
            };
            let level = &attribute.levels[code as usize];
            sums[group] += match (attribute.each, level.number) {
                (Some(each), Some(number)) => each.points as f64 * number,
                _ => level.points as f64,
            };
        }
        let groups = table.groups.iter().zip(sums);
        let limited = groups.map(|(group, sum): (_, f64)| sum.clamp(group.min as f64, group.max as f64));
        Row { raw: table.base_points as f64 + limited.sum::<f64>(), off }
    };
    snapshots.rows.iter().enumerate().map(row).collect()
}

fn is_of_lead(attribute: &PointsAttribute) -> bool {
    matches!(attribute.source, Source::Field | Source::Signal(_))
}

/// The level of what a row's lead had done; adds to `off` what rounding a decayed count changes at most.
fn of_row(
    attribute: &PointsAttribute,
    source: &Source,
    spec: &Spec,
    activity: &Activity,
    row: usize,
    off: &mut f64,
) -> u32 {
    let Source::Behaviour(repeats) = source else {
        let encoder = Encoder::new(&attribute.attribute());
        return encoder.code(Value::Number(activity.idle_days[row] as f64)).expect("a number").expect("a level");
    };
    let at = spec.behaviours.iter().position(|(name, _)| *name == attribute.name).expect("a behaviour");
    let ages = activity.behaviours[at].of(row);
    let shape = Shape::from(repeats);
    let sixteenths = shape.weight(ages) * 16.0;
    if sixteenths.fract() != 0.0 {
        *off += attribute.each.expect("points of each").points.abs() as f64 / 32.0;
    }
    shape.code(ages)
}

fn filter(behaviour: &BehaviourOptions) -> EventFilter {
    let BehaviourOptions { event, properties, once_a_day, .. } = behaviour.clone();
    EventFilter { event, properties, once_a_day }
}

fn rounded(raw: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "scores are small")]
    let score = raw.round() as i64;
    score
}

/// The events of each lead, as a runtime is handed them.
fn events(file: &str) -> HashMap<String, Vec<Event>> {
    let mut events: HashMap<String, Vec<Event>> = HashMap::new();
    let columns = ["lead_id", "time", "event", "page", "asset"].map(str::to_owned);
    LeadFiles::open(file)
        .expect("events")
        .for_each_chunk(&columns, |chunk| {
            let column = |name: &str| chunk.frame.column(name).expect("a column");
            let texts = |name: &str| {
                let mut texts = Vec::new();
                for_each_value(column(name), |_, value| texts.push(value.text().map(String::from))).expect("texts");
                texts
            };
            let [leads, names, pages, assets] = ["lead_id", "event", "page", "asset"].map(texts);
            for_each_time(column("time"), |row, time| {
                let Time::At(time) = time else { panic!("row {row} has no time") };
                let properties = [("page", &pages[row]), ("asset", &assets[row])].into_iter();
                let properties = properties.filter_map(|(key, value)| {
                    value.as_ref().map(|value| (key.to_owned(), Scalar::Text(value.clone())))
                });
                events.entry(leads[row].clone().expect("a lead")).or_default().push(Event {
                    time: Timestamp::from_microsecond(time).expect("a time"),
                    name: names[row].clone().expect("a name"),
                    properties: properties.collect(),
                });
            })
            .expect("times");
            Ok::<(), leadcal_lift::error::DataError>(())
        })
        .expect("events");
    events
}

/// The fields of each lead, as texts.
fn fields(file: &str) -> Vec<Map<String, serde_json::Value>> {
    let mut reader = csv::Reader::from_path(file).expect("leads");
    let header = reader.headers().expect("a header").clone();
    let lead = |record: csv::StringRecord| {
        header.iter().zip(record.iter()).map(|(name, text)| (name.to_owned(), text.into())).collect()
    };
    reader.records().map(|record| lead(record.expect("a lead"))).collect()
}
