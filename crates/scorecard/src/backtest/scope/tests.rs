use super::*;

/// So many leads of each outcome on a day.
fn on(day: &str, conversions: usize, others: usize) -> impl Iterator<Item = Look> {
    #[expect(clippy::cast_possible_truncation, reason = "a day")]
    let created = Some(days(day.parse().expect("a day")) as i64);
    let look = move |converted| Look { lead: 0, moment: None, created, converted };
    (0..conversions).map(move |_| look(true)).chain((0..others).map(move |_| look(false)))
}

fn origin(to: Option<&str>) -> Origin {
    Origin { same_file: false, to: to.map(str::to_owned) }
}

#[test]
fn later_leads_are_taken_where_there_are_enough() {
    let leads: Vec<Look> = on("2024-03-31", 9, 9).chain(on("2024-04-01", 40, 50)).collect();
    let found = scope(leads.clone(), Asked::Default, &origin(Some("2024-03")));
    assert_eq!((found.looks.len(), found.taken), (90, Taken::After("2024-03".to_owned())));
    assert_eq!(found.made_from, MadeFrom::No("2024-03".to_owned()));
    // The last day may be named, too.
    assert_eq!(scope(leads.clone(), Asked::Default, &origin(Some("2024-03-30"))).looks.len(), 108);
    let few = scope(leads.clone(), Asked::Default, &origin(Some("2024-04")));
    assert_eq!((few.looks.len(), few.taken), (108, Taken::All));
    let made_from = MadeFrom::Some { leads: 108, of: 108, to: "2024-04".to_owned(), later: Some((0, 0)) };
    assert_eq!(few.made_from, made_from);
    let fewer: Vec<Look> = on("2024-03-31", 9, 9).chain(on("2024-04-01", 39, 50)).collect();
    let found = scope(fewer, Asked::Default, &origin(Some("2024-03")));
    let made_from = MadeFrom::Some { leads: 18, of: 107, to: "2024-03".to_owned(), later: Some((89, 39)) };
    assert_eq!((found.looks.len(), found.made_from), (107, made_from));
    // Asked for, all are taken.
    let all = scope(leads, Asked::All, &origin(Some("2024-03")));
    let made_from = MadeFrom::Some { leads: 18, of: 108, to: "2024-03".to_owned(), later: None };
    assert_eq!((all.looks.len(), all.made_from), (108, made_from));
}

#[test]
fn what_the_config_was_made_from_is_known_by_file_or_date_or_not_at_all() {
    let leads: Vec<Look> = on("2024-04-01", 40, 50).collect();
    let same = Origin { same_file: true, ..origin(Some("2024-03")) };
    assert_eq!(scope(leads.clone(), Asked::Default, &same).made_from, MadeFrom::SameFile);
    assert_eq!(scope(leads.clone(), Asked::Default, &origin(None)).made_from, MadeFrom::ConfigDoesNotSay);
    assert_eq!(scope(leads.clone(), Asked::Default, &origin(Some("spring"))).made_from, MadeFrom::ConfigDoesNotSay);
    let undated: Vec<Look> = leads.into_iter().map(|look| Look { created: None, ..look }).collect();
    assert_eq!(scope(undated, Asked::Default, &origin(Some("2024-03"))).made_from, MadeFrom::LeadsDoNotSay);

    let provenance =
        Provenance { leads_sha256: Some("ab".into()), to: Some("2024-03".into()), ..Provenance::default() };
    assert!(Origin::of(Some(&provenance), "ab").same_file);
    assert_eq!(Origin::of(Some(&provenance), "ac"), origin(Some("2024-03")));
    assert_eq!(Origin::of(None, "ab"), origin(None));
}

#[test]
fn a_period_holds_its_first_and_its_last_day_and_no_undated_lead() {
    let day = |text: &str| Some(text.parse::<Date>().expect("a day"));
    let undated = Look { lead: 0, moment: None, created: None, converted: true };
    let leads: Vec<Look> =
        on("2024-03-31", 1, 0).chain(on("2024-04-01", 1, 1)).chain(on("2024-04-03", 0, 1)).chain([undated]).collect();
    let check = |from: Option<Date>, to: Option<Date>, expected: usize| {
        let found = scope(leads.clone(), Asked::Period(from, to), &origin(Some("2024-03")));
        assert_eq!((found.looks.len(), found.undated), (expected, 1));
        found.made_from
    };
    assert_eq!(check(day("2024-04-01"), day("2024-04-03"), 3), MadeFrom::No("2024-03".to_owned()));
    assert_eq!(check(day("2024-04-02"), None, 1), MadeFrom::No("2024-03".to_owned()));
    let some = MadeFrom::Some { leads: 1, of: 3, to: "2024-03".to_owned(), later: None };
    assert_eq!(check(None, day("2024-04-01"), 3), some);
}
