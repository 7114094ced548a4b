//! Tables played forward, against their leads played one by one.

use super::*;
use crate::replay::log::ReplayLog;
use crate::replay::play;
use crate::replay::table::{Course, Replay};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_table_plays_as_its_leads_do(config in any_config(), (mut frame, events) in any_frame(), to in any_time()) {
        let scorer = Scorer::new(&config).expect("a valid config");
        let events = in_texts(&events);
        let (_folder, leads, log, ids) = files(frame.height(), &events);
        frame.with_column(ids).expect("as many ids as rows");
        // Another scorer before it: each finds its own behaviours.
        let other = Scorer::new(&ScoringConfig::parse(CONFIG).expect("a config")).expect("a valid config");
        let log = ReplayLog::read(&[&other, &scorer], &log, &leads, "id", Some(to)).expect("events");
        let mut replay = Replay::new(&scorer, &log, 1, ["product", "created_at"]);
        let chunk = replay.add_in_blocks(&frame, 7).expect("played");
        let replayed = replay.end();
        prop_assert_eq!(replayed.leads.len(), frame.height());
        prop_assert!(replayed.moves.is_sorted_by_key(|of| (of.moved.time, of.lead, of.moved.kind)));
        let rows = Rows::of(&scorer, &frame);
        let mut errors = Vec::new();
        for (row, played) in replayed.leads.iter().enumerate() {
            let lead = rows.lead(&scorer, row, true);
            let moves: Vec<_> = replayed.moves.iter().filter(|of| of.lead == row).collect();
            let expected = lead.and_then(|lead| play(&scorer, &lead, &events[row], to));
            match expected {
                Err(error) => {
                    errors.push(RowError { row, error });
                    prop_assert_eq!(played.course, Course::NotScored);
                    prop_assert!(moves.is_empty());
                }
                Ok(_) if row % 3 == 1 => {
                    prop_assert_eq!(played.course, Course::NoId);
                    prop_assert!(moves.is_empty());
                }
                Ok(expected) => {
                    prop_assert_eq!(moves.len(), expected.len());
                    for (of, mut expected) in moves.into_iter().zip(expected) {
                        let name = expected.event.take().map(|event| events[row][event].name.as_str());
                        prop_assert_eq!(of.event.and_then(|event| log.name(event)), name);
                        let moved = crate::replay::Move { event: None, ..of.moved };
                        prop_assert_eq!(moved, expected);
                    }
                }
            }
        }
        prop_assert_eq!(chunk.errors, errors);
    }
}
