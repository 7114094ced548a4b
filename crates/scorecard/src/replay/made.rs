//! Replays made by hand, for tests.

use leadcal_lift::events::{DAY, EventColumns, EventLog};
use leadcal_lift::leads::LeadFiles;

use super::log::ReplayLog;
use super::table::{Course, LeadMove, PlayedLead, Replayed};
use super::{Cause, Kind, Move};
use crate::config::ScoringConfig;
use crate::runtime::Scorer;

/// 2024-03-04, a Monday, as a day.
pub(super) const MONDAY: i64 = 19_786;

/// A config with these bands and stages, lowest first.
pub(super) fn scorer(bands: &[&str], stages: &[&str]) -> Scorer {
    let levels = |names: &[&str]| {
        let level = |(place, name): (usize, &&str)| format!(r#"{{ "name": "{name}", "from": {} }}"#, 10 * place);
        names.iter().enumerate().map(level).collect::<Vec<_>>().join(", ")
    };
    let text = format!(
        r#"{{ "format": "leadcal.scoring-config", "version": 1, "name": "made", "models": [{{
            "product": null, "base_points": 0, "range": {{ "min": 0, "max": 100 }},
            "groups": [{{ "name": "fit", "min": 0, "max": 100 }}], "attributes": [],
            "bands": [{}], "stages": [{}] }}] }}"#,
        levels(bands),
        levels(stages)
    );
    Scorer::new(&ScoringConfig::parse(&text).expect("a config")).expect("a valid config")
}

/// A log without events.
pub(super) fn log(scorers: &[&Scorer]) -> ReplayLog {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("UTF-8").to_owned()
    };
    let leads = LeadFiles::open(&write("leads.csv", "id\na\n")).expect("leads");
    let columns = EventColumns { lead: "lead".to_owned(), time: "time".to_owned(), name: "event".to_owned() };
    let events = EventLog::open(&write("events.csv", "lead,time,event\n"), columns).expect("events");
    ReplayLog::read(scorers, &events, &leads, "id", None).expect("a log")
}

/// A move: lead, days since the Monday, kind, from, to.
pub(super) type Made = (usize, f64, Kind, Option<usize>, Option<usize>);

/// Leads `0`, `1`, … that begin on the Monday, and moves.
pub(super) fn replayed<'a>(scorer: &'a Scorer, log: &'a ReplayLog, leads: usize, moves: &[Made]) -> Replayed<'a> {
    #[expect(clippy::cast_possible_truncation, reason = "tests have moments to the second")]
    let time = |days: f64| MONDAY * DAY + (days * DAY as f64) as i64;
    let moved = |&(lead, days, kind, from, to): &Made| LeadMove {
        lead,
        model: 0,
        event: None,
        moved: Move {
            time: time(days),
            kind,
            from,
            to,
            score: 50.0,
            previous_score: from.map(|_| 40.0),
            cause: Cause::Silence,
            event: None,
        },
    };
    let lead = |lead: usize| PlayedLead { id: Some(lead.to_string()), course: Course::From(time(0.0)) };
    Replayed { scorer, log, leads: (0..leads).map(lead).collect(), moves: moves.iter().map(moved).collect() }
}
