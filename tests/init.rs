//! Whole-program tests of what `leadcal init` proposes, and that what it writes can be calibrated.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use serde_json::Value;

use super::generated::{contains, done, refused};

/// What `init` writes for the folder's leads with these flags, and says.
fn init(folder: &Path, flags: &str) -> (String, String) {
    let said = done(folder, format!("init leads.csv --outcome won -o new.toml --force {flags}").trim_end());
    (fs::read_to_string(folder.join("new.toml")).expect("written"), said)
}

/// A folder with `leads.csv` and `events.csv` of 1 500 leads over 300 days. Those who ask for a demo convert twice as often,
/// 2 to 21 days after they came. `phone` says whether a lead gives one.
fn folder(phone: impl Fn(u32, bool) -> bool) -> tempfile::TempDir {
    let mut leads = String::from("id,created,converted_on,product,first_name,email,company,phone,source,won\n");
    let mut events = String::from("lead,at,event,page\n");
    // A linear congruential generator (Numerical Recipes): the same leads on every machine.
    let mut state = 3_u32;
    let mut below = |n: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % n
    };
    for lead in 0..1_500 {
        let created = date(2024, 1, 1) + i64::from(lead / 5).days();
        let demo = below(100) < 30;
        let won = below(100) < if demo { 50 } else { 20 };
        let on = created + i64::from(2 + below(20)).days();
        let on = if won { on.to_string() } else { String::new() };
        let (product, source) = (["Flow", "Desk"][below(2) as usize], ["web", "fair", "partner"][below(3) as usize]);
        let name = ["Ann", "bob", "Asdf"][below(3) as usize];
        let domain = if below(3) == 0 { "gmail.com".to_owned() } else { format!("acme{lead}.example") };
        let phone = if phone(below(100), won) { format!("+1 555 {lead:04}") } else { String::new() };
        writeln!(
            leads,
            "L{lead},{created},{on},{product},{name}{lead},{name}@{domain},Acme{lead} Ltd,{phone},{source},{}",
            if won { "yes" } else { "no" }
        )
        .expect("to memory");
        for _ in 0..below(4) {
            let page = ["/pricing", "/docs", "/jobs"][below(3) as usize];
            let day = created - i64::from(below(30)).days();
            writeln!(events, "L{lead},{day}T10:00:00Z,view,{page}").expect("to memory");
        }
        if demo {
            writeln!(events, "L{lead},{created},demo,").expect("to memory");
        }
    }
    // Late enough for the last leads to be known.
    events += "L0,2024-12-31,logout,\n";
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("leads.csv"), leads).expect("written");
    fs::write(folder.path().join("events.csv"), events).expect("written");
    folder
}

/// Lines without the blanks before their comments.
fn plain(text: &str) -> String {
    text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n").collect()
}

/// A number as leadcal prints it.
fn grouped(n: usize) -> String {
    if n < 1_000 { n.to_string() } else { format!("{} {:03}", n / 1_000, n % 1_000) }
}

#[test]
fn everything_found_is_proposed_and_can_be_calibrated() {
    let folder = folder(|chance, _| chance < 50);
    let (spec, said) = init(folder.path(), "--events events.csv");
    assert!(!said.contains("comments"), "{said}");
    contains(
        &plain(&spec),
        &[
            "id = \"id\" # carried",
            "created_at = \"created\"",
            "converted_at = \"converted_on\"",
            "product = \"product\" # product line: 2 of 2 have the 40 conversions",
            "\"email\", # says who a lead is",
            "\"first_name\", # says who",
            "\"company\", # says who",
            "\"phone\", # says who",
            "\"free e-mail domain\" = { kind = \"free_email_domain\", field = \"email\" } # ",
            "# \"disposable e-mail domain\" = { kind = \"disposable_email_domain\", field = \"email\" } # 0 leads, too few to tell",
            "\"company's own e-mail domain\" = { kind = \"company_email_domain\", field = \"email\", company = \"company\" }",
            "\"keyboard run in first_name\" = ",
            "\"first_name uncapitalised\" = ",
            "\"contact fields filled\" = { kind = \"filled_fields\", fields = [\"phone\"] } # once for each: phone ",
            "file = \"events.csv\" # relative to this file\nlead = \"lead\" # the id of the lead: column \"id\" of the leads\n\
             time = \"at\"",
            "name = \"event\" # what, 3 distinct names",
            // Conversions come 2 to 21 days after creation: a tenth within 3, nine tenths within 19 or 20.
            "after_days = 3 # age",
            "window_days = 90",
            "horizon_days = 21 #",
            "data_end = 2024-12-31T00:00:00Z # the latest time seen\n",
            "\n# view = { event = \"view\" } # ",
            "split by page below",
            "\ndemo = { event = \"demo\" } # ",
            "\n\"view /jobs\" = { event = \"view\", where = { page = \"/jobs\" } } # ",
            "# \"days active\" = { once_a_day = true }",
            "# Done by fewer than 30 of them: \"logout\".",
        ],
    );
    // The figures, counted here.
    let leads = fs::read_to_string(folder.path().join("leads.csv")).expect("written");
    let leads: Vec<Vec<&str>> = leads.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let events = fs::read_to_string(folder.path().join("events.csv")).expect("written");
    let day = |text: &str| text.parse::<Date>().expect("a date");
    let is_row = |lead: &[&str]| lead[2].is_empty() || day(lead[2]) > day(lead[1]) + 3.days();
    let did = |lead: &[&str], what: &str| {
        let of_lead = format!("{},", lead[0]);
        events.lines().any(|line| line.starts_with(&of_lead) && line.ends_with(what))
    };
    let leads_that = |holds: &dyn Fn(&[&str]) -> bool| grouped(leads.iter().filter(|lead| holds(lead)).count());
    contains(
        &plain(&spec),
        &[
            &format!("field = \"email\" }} # {} leads", leads_that(&|lead| lead[5].ends_with("@gmail.com"))),
            &format!("once for each: phone {} leads", leads_that(&|lead| !lead[7].is_empty())),
            &format!("So {} leads become training rows", leads_that(&is_row)),
            &format!("\ndemo = {{ event = \"demo\" }} # {}\n", leads_that(&|lead| is_row(lead) && did(lead, ",demo,"))),
            &format!("page = \"/jobs\" }} }} # {}\n", leads_that(&|lead| is_row(lead) && did(lead, ",view,/jobs"))),
        ],
    );
    let config: Value = {
        done(folder.path(), "calibrate new.toml -o out");
        let text = fs::read_to_string(folder.path().join("out/scoring.json")).expect("written");
        serde_json::from_str(&text).expect("JSON")
    };
    let text = config.to_string();
    contains(&text, &["\"demo\"", "\"view /jobs\"", "\"contact fields filled\"", "\"free e-mail domain\"", "\"Flow\""]);
    // The same without events: leads as they stand, with everything else.
    let (spec, _) = init(folder.path(), "");
    contains(&plain(&spec), &["\n# [snapshot]\n# after_days = 3", "product = ", "\n\"free e-mail domain\" = "]);
    assert!(!spec.contains("[events]") && !spec.contains("\n[snapshot]"), "{spec}");
    done(folder.path(), "calibrate new.toml -o out");
}

#[test]
fn what_cannot_be_used_is_a_comment_with_its_reason() {
    let folder = folder(|chance, _| chance < 50);
    let path = folder.path().join("leads.csv");
    let dated = fs::read_to_string(&path).expect("written");
    fs::write(&path, dated.replacen("converted_on", "thing", 1)).expect("written");
    let (spec, said) = init(folder.path(), "--events events.csv --exclude thing");
    contains(&said, &["note: events need to know when leads came and converted", "name converted_at in [data]"]);
    contains(&plain(&spec), &["\n# [events]\n", "\n# [snapshot]\n", "\n# demo = { event = \"demo\" } # 4"]);
    done(folder.path(), "calibrate new.toml -o out");
    // With so few leads a snapshot leaves too few conversions.
    let few: Vec<&str> = dated.lines().take(130).collect();
    fs::write(&path, few.join("\n") + "\n").expect("written");
    let (spec, said) = init(folder.path(), "--events events.csv");
    contains(&said, &["note: looked at with these days, ", "calibration takes at least 40 of each"]);
    contains(&spec, &["\n# [events]\n", "\n# [snapshot]\n"]);
    // Of other leads altogether.
    fs::write(folder.path().join("events.csv"), "who,at,event\nX1,2024-01-01,view\n").expect("written");
    let error = refused(folder.path(), "init leads.csv --outcome won -o other.toml --events events.csv", 2);
    contains(
        &error,
        &["no column of the events holds ids of the leads (looked at \"id\"", "in events.csv", "--id COL"],
    );
}

#[test]
fn a_field_filled_after_the_sale_is_no_signal() {
    let folder = folder(|chance, won| won && chance < 60);
    let (spec, _) = init(folder.path(), "--events events.csv");
    contains(
        &plain(&spec),
        &[
            "\n# \"phone filled\" = { kind = \"filled_fields\", fields = [\"phone\"] } # leak? it is filled almost only for \
           leads that converted",
        ],
    );
    assert!(!spec.contains("\"contact fields filled\""), "{spec}");
    done(folder.path(), "calibrate new.toml -o out");
}

/// Events may name leads by their address, which is then the id and not excluded as well.
#[test]
fn events_by_address() {
    let folder = folder(|chance, _| chance < 50);
    let path = folder.path().join("leads.csv");
    let leads = fs::read_to_string(&path).expect("written");
    let mut by_address = String::new();
    for line in leads.lines() {
        let cells: Vec<&str> = line.split(',').collect();
        let address = if cells[0] == "id" { "email".to_owned() } else { format!("{}@acme.example", cells[0]) };
        writeln!(by_address, "{address},{},{},{},{}", cells[1], cells[2], cells[8], cells[9]).expect("to memory");
    }
    fs::write(&path, by_address).expect("written");
    let events = fs::read_to_string(folder.path().join("events.csv")).expect("written");
    let events: String = events.lines().map(|line| line.replacen(',', "@acme.example,", 1) + "\n").collect();
    let events = events.replacen("lead@acme.example", "lead", 1);
    fs::write(folder.path().join("events.csv"), events).expect("written");
    let (spec, _) = init(folder.path(), "--events events.csv");
    contains(&plain(&spec), &["id = \"email\"", "exclude = []", "\n[events]\n", "column \"email\" of the leads"]);
    done(folder.path(), "calibrate new.toml -o out");
}

/// The example data: the columns and days that its README names.
#[test]
fn the_example_data() {
    let spec = tempfile::tempdir().expect("a folder");
    let path = spec.path().join("spec.toml").display().to_string();
    let data = "init leads.csv --outcome converted --events events.parquet -o ";
    done(Path::new("../../notebooks-data"), &(data.to_owned() + &path));
    let text = fs::read_to_string(&path).expect("written");
    contains(
        &plain(&text),
        &[
            "lead = \"lead_id\"",
            "after_days = 14",
            "horizon_days = 60",
            "So 7 421 leads become training rows, 929 of them",
            "\n\"page_view /careers\" = { event = \"page_view\", where = { page = \"/careers\" } }",
            "\nunsubscribe = { event = \"unsubscribe\" }",
            "fields = [\"phone\"] } # once for each: phone 4 027 leads",
        ],
    );
    assert!(text.lines().count() <= 150, "{} lines", text.lines().count());
}
