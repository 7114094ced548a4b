use leadcal_lift::leads::LeadFiles;
use leadcal_lift::profile::profile;

use super::*;

/// Candidates of names with their number of events, and of a property `page` with as many events for each value.
fn candidates(names: &[(&str, u64)], pages: &[(&str, usize)]) -> Candidates {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("events.csv");
    let rows: String = pages.iter().map(|(page, events)| format!("{page},x\n").repeat(*events)).collect();
    std::fs::write(&path, format!("page,other\n{rows}")).expect("written");
    let log = LeadFiles::open(path.to_str().expect("UTF-8")).expect("readable");
    let profiles = profile(&log, &["page".to_owned()], &[]).expect("profiled");
    let names = names.iter().map(|(name, events)| ((*name).to_owned(), *events)).collect();
    Candidates::from_counts(names, &profiles.iter().collect::<Vec<_>>(), 30)
}

/// The section where each candidate, by name, was done by so many of 1 000 leads; what is not named by nobody.
fn text(candidates: &Candidates, did: &[(&str, u64)]) -> String {
    let of = |candidate: &Candidate| did.iter().find(|(name, _)| *name == candidate.name()).map_or(0, |(_, n)| *n);
    let reach: Vec<u64> = candidates.of.iter().map(of).collect();
    let text = candidates.text(&reach, 1_000, 30, &mut vec!["call".to_owned()]);
    let lines = text.lines().skip_while(|line| *line != "[behaviours]").skip(1);
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n").collect()
}

const DAYS: &str = "# \"days active\" = { once_a_day = true } # days with an event of any kind\n";

#[test]
fn names_that_some_leads_did() {
    let found =
        candidates(&[("view", 5_000), ("call", 400), ("login", 9_000), ("rare", 29), ("once", 60)], &[("/", 1)]);
    let did = [("view", 600), ("call", 300), ("login", 971), ("once", 29)];
    let expected = "view = { event = \"view\" } # 600\n\
                    \"call (2)\" = { event = \"call\" } # 300\n";
    let few = "# Done by fewer than 30 of them: \"once\", \"rare\".\n";
    let all = "# Done by all of them, or all but fewer than 30: \"login\".\n";
    assert_eq!(text(&found, &did), [expected, DAYS, few, all].concat());
}

#[test]
fn few_values_stand_for_their_event() {
    let found = candidates(&[("view", 500), ("mail", 500)], &[("/", 200), ("/pricing", 200), ("/jobs", 40), ("/x", 5)]);
    let pages = [("view", 600), ("mail", 500), ("view /", 400), ("view /pricing", 300), ("view /jobs", 29)];
    let page = |page: &str, did: u64| {
        format!("\"view {page}\" = {{ event = \"view\", where = {{ page = \"{page}\" }} }} # {did}\n")
    };
    let split = "# view = { event = \"view\" } # 600; split by page below\n";
    let mail = "mail = { event = \"mail\" } # 500\n";
    assert_eq!(text(&found, &pages), [split, mail, &page("/", 400), &page("/pricing", 300), DAYS].concat());
    // Nearly everybody who viewed anything viewed the first page; the other alone does not stand for the event.
    let pages = [("view", 600), ("mail", 500), ("view /", 571), ("view /pricing", 300)];
    let whole = "view = { event = \"view\" } # 600\n";
    assert_eq!(text(&found, &pages), [whole, mail, "# ", &page("/pricing", 300), DAYS].concat());
}

#[test]
fn what_is_too_much_is_said() {
    let names: Vec<String> = (0..40).map(|n| format!("n{n:02}")).collect();
    let names: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 1_000)).collect();
    let pages: Vec<String> = (0..20).map(|n| format!("p{n}")).collect();
    let pages: Vec<(&str, usize)> = pages.iter().map(|page| (page.as_str(), 50)).collect();
    let found = candidates(&names, &pages);
    assert_eq!((found.of.len(), found.not_counted), (COUNTED, 40 + 40 * 20 - COUNTED));
    let did: Vec<(&str, u64)> = names.iter().map(|(name, _)| (*name, 500)).collect();
    let text = text(&found, &did);
    assert_eq!(text.lines().filter(|line| line.starts_with('n')).count(), PROPOSED);
    assert_eq!(text.lines().filter(|line| line.starts_with("# n")).count(), LISTED);
    let end = "# 12 more were done by 30 of them or more.\n# 328 rarer values of properties were not counted.\n";
    assert!(text.ends_with(end), "{text}");
}
