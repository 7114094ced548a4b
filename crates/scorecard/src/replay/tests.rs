use leadcal_lift::attribute::Value;
use leadcal_lift::events::{DAY, day};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::config::arbitrary::{EVENTS, any_config};
use crate::config::{Band, Group, Range, ScoringConfig, Stage};
use crate::runtime::parse_time;

/// Valid configs of every form whose points, bands and stages are near each other, so that leads move.
fn any_lively_config() -> impl Strategy<Value = ScoringConfig> {
    any_config().prop_map(|mut config| {
        for model in &mut config.models {
            let limits = |name: String| Group { name, min: -100.0, max: 100.0, tiers: Vec::new() };
            (model.base_points, model.range) = (0.0, Range { min: -100.0, max: 100.0 });
            model.groups = std::mem::take(&mut model.groups).into_iter().map(|group| limits(group.name)).collect();
            model.attributes.clear();
            model.signals.clear();
            model.probability = None;
            for behaviour in &mut model.behaviours {
                behaviour.points_each %= 20.0;
                behaviour.properties.clear();
            }
            for step in model.inactivity.iter_mut().flat_map(|inactivity| &mut inactivity.steps) {
                step.points %= 20.0;
            }
            let band =
                |(name, from): (&str, f64)| Band { name: name.to_owned(), from, action: None, expected_rate: None };
            let stage = |(name, from): (&str, f64)| Stage { name: name.to_owned(), from };
            model.bands = [("cold", -100.0), ("cool", -5.0), ("warm", 3.0), ("hot", 12.0)].map(band).to_vec();
            model.stages = [("MQL", 1.0), ("SQL", 8.0)].map(stage).to_vec();
        }
        config
    })
}

/// Moments within four months, some of them midnights.
fn any_time() -> impl Strategy<Value = Timestamp> {
    let start = 19_600 * DAY;
    let time = prop_oneof![
        3 => (0..120_i64, 0..DAY).prop_map(|(day, of_day)| day * DAY + of_day),
        1 => (0..120_i64).prop_map(|day| day * DAY),
    ];
    time.prop_map(move |time| Timestamp::from_microsecond(start + time).expect("a time"))
}

fn any_event() -> impl Strategy<Value = Event> {
    (any_time(), select(EVENTS.to_vec())).prop_map(|(time, name)| Event {
        time,
        name: name.to_owned(),
        properties: std::collections::BTreeMap::new(),
    })
}

/// What [`play`] must give, by the definition alone: the score at the beginning, at every event and at every midnight.
fn naive(
    scorer: &Scorer,
    lead: &Lead<'_>,
    created_at: Option<Timestamp>,
    events: &[Event],
    to: Timestamp,
) -> Vec<Move> {
    let times = || events.iter().map(|event| microseconds(event.time));
    let Some(begin) = created_at.map(microseconds).or(times().min()) else { return Vec::new() };
    let to = microseconds(to);
    let midnights = (day(begin)..=day(to)).map(|day| day * DAY);
    let mut moments: Vec<i64> = times().chain(midnights).chain([begin]).collect();
    moments.retain(|time| (begin..=to).contains(time));
    moments.sort_unstable();
    moments.dedup();
    let model = &scorer.config().models[scorer.model_index(None).expect("a model")];
    let mut moves = Vec::new();
    let mut before: Option<(f64, Option<usize>, Option<usize>)> = None;
    for time in moments {
        let as_of = Timestamp::from_microsecond(time).expect("a time");
        let score = scorer.score(lead, events, Some(as_of)).expect("a score");
        let band = score.band.and_then(|name| model.bands.iter().position(|band| band.name == name));
        let stage = score.stage.and_then(|name| model.stages.iter().position(|stage| stage.name == name));
        let (_, old_band, old_stage) = before.unwrap_or_default();
        let cause = match (before, created_at) {
            (None, Some(_)) => Cause::Created,
            _ if times().any(|event| event == time) => Cause::Event,
            _ => Cause::Silence,
        };
        for (kind, from, to) in [(Kind::Band, old_band, band), (Kind::Stage, old_stage, stage)] {
            if from != to {
                let previous_score = before.map(|(score, ..)| score);
                moves.push(Move { time, kind, from, to, score: score.score, previous_score, cause, event: None });
            }
        }
        before = Some((score.score, band, stage));
    }
    moves
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn playing_is_looking_at_every_event_and_midnight(
        config in any_lively_config().prop_filter("a model for all", |config| config.models.last().is_some_and(|m| m.product.is_none())),
        created_at in prop::option::of(any_time()),
        events in prop::collection::vec(any_event(), 0..10),
        to in any_time(),
    ) {
        let scorer = Scorer::new(&config).expect("a valid config");
        let mut lead = Lead::new(&scorer, |_| Value::Missing);
        if let Some(time) = created_at {
            lead = lead.with_created_at(time);
        }
        let mut moves = play(&scorer, &lead, &events, to).expect("moves");
        for moved in &mut moves {
            let at: Vec<usize> = (0..events.len()).filter(|&index| microseconds(events[index].time) == moved.time).collect();
            match moved.event.take() {
                Some(event) => prop_assert!(at.contains(&event)),
                None => prop_assert!(at.is_empty()),
            }
        }
        prop_assert_eq!(moves, naive(&scorer, &lead, created_at, &events, to));
    }
}

fn demo_config(behaviour: &str, inactivity: &str) -> Scorer {
    let text = format!(
        r#"{{ "format": "leadcal.scoring-config", "version": 1, "name": "demos", "models": [{{
            "product": null, "base_points": 10, "range": {{ "min": 0, "max": 100 }},
            "groups": [{{ "name": "engagement", "min": -50, "max": 90 }}],
            "attributes": [],
            "behaviours": [{{ "name": "demo", "group": "engagement", "event": "demo", {behaviour} }}],
            {inactivity}
            "bands": [{{ "name": "cold", "from": 0 }}, {{ "name": "warm", "from": 20 }}, {{ "name": "hot", "from": 40 }}],
            "stages": [{{ "name": "MQL", "from": 30 }}] }}] }}"#
    );
    Scorer::new(&ScoringConfig::parse(&text).expect("a config")).expect("a valid config")
}

fn at(time: &str) -> Timestamp {
    parse_time(time).expect("a time")
}

fn event(time: &str, name: &str) -> Event {
    Event { time: at(time), name: name.to_owned(), properties: std::collections::BTreeMap::new() }
}

/// `2024-03-01T10:00:00Z band - -> cold 10 created`, a line for each move of a lead created on 2024-03-01 at 10:00.
fn course(scorer: &Scorer, events: &[Event], to: &str) -> Vec<String> {
    let lead = Lead::new(scorer, |_| Value::Missing).with_created_at(at("2024-03-01T10:00:00Z"));
    let model = &scorer.config().models[0];
    let name = |kind: Kind, place: Option<usize>| {
        place.map_or("-", |place| match kind {
            Kind::Band => &model.bands[place].name,
            Kind::Stage => &model.stages[place].name,
        })
    };
    let moves = play(scorer, &lead, events, at(to)).expect("moves");
    let line = |moved: Move| {
        let time = Timestamp::from_microsecond(moved.time).expect("a time");
        let kind = if moved.kind == Kind::Band { "band" } else { "stage" };
        let (from, to) = (name(moved.kind, moved.from), name(moved.kind, moved.to));
        format!("{time} {kind} {from} -> {to} {} {:?}", moved.score, moved.cause).to_lowercase()
    };
    moves.into_iter().map(line).collect()
}

#[test]
fn a_lead_cools_down_on_the_first_midnight_after_an_event_left_its_window() {
    let scorer = demo_config(r#""window_days": 30, "points_each": 30"#, "");
    assert_eq!(
        course(&scorer, &[event("2024-03-02T12:00:00Z", "demo")], "2024-05-01"),
        [
            "2024-03-01t10:00:00z band - -> cold 10 created",
            "2024-03-02t12:00:00z band cold -> hot 40 event",
            "2024-03-02t12:00:00z stage - -> mql 40 event",
            "2024-04-02t00:00:00z band hot -> cold 10 silence",
            "2024-04-02t00:00:00z stage mql -> - 10 silence",
        ]
    );
    // An event at midnight leaves at midnight.
    assert_eq!(
        course(&scorer, &[event("2024-03-02", "demo")], "2024-05-01").last().expect("a move"),
        "2024-04-01t00:00:00z stage mql -> - 10 silence"
    );
    // Nothing is known beyond the last moment.
    assert_eq!(course(&scorer, &[event("2024-03-02T12:00:00Z", "demo")], "2024-04-01").len(), 3);
}

#[test]
fn a_lead_cools_down_as_its_events_fade() {
    let scorer = demo_config(r#""window_days": 90, "points_each": 30, "half_life_days": 10"#, "");
    let moves = course(&scorer, &[event("2024-03-02T00:00:00Z", "demo")], "2024-05-01");
    // 10 + 30 x 2^(-d / 10) is below 39.5 on day 1, 29.5 on day 7 and 19.5 on day 17.
    assert_eq!(
        moves[3..],
        [
            "2024-03-03t00:00:00z band hot -> warm 38 silence",
            "2024-03-09t00:00:00z stage mql -> - 28 silence",
            "2024-03-19t00:00:00z band warm -> cold 19 silence",
        ]
    );
}

#[test]
fn silence_counts_from_the_last_event_of_any_kind_or_from_creation() {
    let inactivity = r#""inactivity": { "group": "engagement", "steps": [ { "after_days": 10, "points": -15 } ] },"#;
    let scorer = demo_config(r#""window_days": 365, "points_each": 12"#, inactivity);
    let events = [event("2024-03-20T06:00:00Z", "demo"), event("2024-03-25T06:00:00Z", "open")];
    assert_eq!(
        course(&scorer, &events, "2024-05-01"),
        [
            "2024-03-01t10:00:00z band - -> cold 10 created",
            "2024-03-20t06:00:00z band cold -> warm 22 event",
            "2024-04-05t00:00:00z band warm -> cold 7 silence",
        ]
    );
}

#[test]
fn a_lead_without_creation_time_begins_with_its_first_event() {
    let scorer = demo_config(r#""window_days": 30, "points_each": 30"#, "");
    let lead = Lead::new(&scorer, |_| Value::Missing);
    let events = [event("2024-03-05", "demo"), event("2024-03-05", "chat")];
    let moves = play(&scorer, &lead, &events, at("2024-03-10")).expect("moves");
    assert_eq!(moves.len(), 2);
    // Of two events of one moment the one that counts is named, whatever their order.
    assert!(moves.iter().all(|moved| moved.cause == Cause::Event && moved.event == Some(0)), "{moves:?}");
    assert_eq!(play(&scorer, &lead, &[], at("2024-03-10")).expect("none"), []);
    assert_eq!(play(&scorer, &lead, &events, at("2024-03-04")).expect("not yet"), []);
    // What it did before it was created counts, but it begins when it was created.
    let lead = lead.with_created_at(at("2024-03-07"));
    let moves = play(&scorer, &lead, &events, at("2024-03-10")).expect("moves");
    assert_eq!((moves[0].time, moves[0].to), (microseconds(at("2024-03-07")), Some(2)));
    assert_eq!((moves[0].cause, moves[0].event), (Cause::Created, None));
}
