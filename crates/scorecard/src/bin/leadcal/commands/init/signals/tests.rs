use leadcal_lift::leads::LeadFiles;
use leadcal_lift::profile::profile;

use super::*;

/// What is proposed for leads written as CSV, lead n made of the columns' texts with `#` for n.
fn candidates(columns: &[(&str, &str)], used: &[&str]) -> Candidates {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("leads.csv");
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let row = |n: u32| {
        let number = n.to_string();
        // Every second lead has no value where the text begins with a question mark.
        let cell = |(_, text): &(&str, &str)| match text.strip_prefix('?') {
            Some(_) if n.is_multiple_of(2) => String::new(),
            Some(text) => text.replace('#', &number),
            None => text.replace('#', &number),
        };
        columns.iter().map(cell).collect::<Vec<_>>().join(",")
    };
    let rows: Vec<String> = (0..200).map(row).collect();
    std::fs::write(&path, format!("{}\n{}\n", names.join(","), rows.join("\n"))).expect("written");
    let leads = LeadFiles::open(path.to_str().expect("UTF-8")).expect("readable");
    let profiles = profile(&leads, leads.columns(), &[]).expect("profiled");
    Candidates::of(&profiles, used)
}

fn check(columns: &[(&str, &str)], used: &[&str], probes: &[&str], identifying: &[&str]) {
    let found = candidates(columns, used);
    assert_eq!(found.probes().lines().collect::<Vec<_>>(), probes);
    assert_eq!(found.identifying, identifying);
}

#[test]
fn addresses_are_known_by_their_values() {
    let free = "\"free e-mail domain\" = { kind = \"free_email_domain\", field = \"contact\" }";
    let disposable = "\"disposable e-mail domain\" = { kind = \"disposable_email_domain\", field = \"contact\" }";
    let own = "\"company's own e-mail domain\" = { kind = \"company_email_domain\", field = \"contact\", company = \"Company Name\" }";
    check(&[("contact", "?ann#@acme.example"), ("n", "#")], &[], &[free, disposable], &["contact"]);
    let company = ("Company Name", "Acme # Ltd");
    check(&[("contact", "ann#@acme.example"), company], &[], &[free, disposable, own], &["Company Name", "contact"]);
    // A yes and no, texts with an at sign, a column with another job.
    check(&[("Do Not Email", "No"), ("note", "meet @ # p.m.")], &[], &[], &[]);
    check(&[("email", "ann#@acme.example")], &["email"], &[], &[]);
}

#[test]
fn names_and_optional_contact_fields() {
    check(
        &[("First Name", "Ann#"), ("surname", "Lee#"), ("Mobile Phone", "?+1 555 #"), ("fax", "#"), ("phone", "?yes")],
        &[],
        &[
            "\"keyboard run in First Name\" = { kind = \"keyboard_run\", field = \"First Name\" }",
            "\"First Name uncapitalised\" = { kind = \"uncapitalised\", field = \"First Name\" }",
            "\"keyboard run in surname\" = { kind = \"keyboard_run\", field = \"surname\" }",
            "\"surname uncapitalised\" = { kind = \"uncapitalised\", field = \"surname\" }",
            "\"filled: Mobile Phone\" = { kind = \"filled_fields\", fields = [\"Mobile Phone\"] }",
        ],
        &["First Name", "Mobile Phone", "fax", "surname"],
    );
    // A name that is one of a few is a choice.
    check(&[("name", "Basic"), ("last_name", "#")], &[], &[], &[]);
}

#[test]
fn two_addresses_and_a_column_called_like_a_signal() {
    let found = candidates(
        &[("work", "a#@acme.example"), ("home", "?a#@mail.example"), ("free e-mail domain of work", "x")],
        &[],
    );
    let probes = found.probes();
    let names: Vec<&str> = probes.lines().filter_map(|line| line.split(" = ").next()).collect();
    assert_eq!(
        names,
        [
            "\"free e-mail domain of work (2)\"",
            "\"disposable e-mail domain of work\"",
            "\"free e-mail domain of home\"",
            "\"disposable e-mail domain of home\""
        ]
    );
}
