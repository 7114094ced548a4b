//! Whole-program tests of calibration from what leads do: events, signals, products, groups, on leads made here.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use super::generated::{contains, done, refused};

/// A linear congruential generator (Numerical Recipes): the same leads on every machine.
struct Lcg(u32);

impl Lcg {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 16) % n
    }
}

/// A day of 2024 or 2025, from its number.
fn day(number: u32) -> String {
    let date = jiff::civil::date(2024, 1, 1);
    let span = jiff::Span::new().days(i64::from(number));
    date.checked_add(span).expect("a day").to_string()
}

const SPEC: &str = "\
[data]
leads = \"leads.csv\"
outcome = \"converted\"
id = \"id\"
created_at = \"created\"
converted_at = \"won\"
product = \"product\"
exclude = [\"email\", \"name\", \"phone\"]
[events]
file = \"events.csv\"
lead = \"lead\"
[snapshot]
after_days = 10
window_days = 60
horizon_days = 30
data_end = \"2025-12-31\"
[behaviours.pricing]
event = \"view\"
where = { page = \"/pricing\" }
[behaviours.unsubscribe]
event = \"unsubscribe\"
[behaviours.\"active days\"]
once_a_day = true
[signals.\"free mail\"]
kind = \"free_email_domain\"
field = \"email\"
[signals.uncapitalised]
kind = \"uncapitalised\"
field = \"name\"
[signals.\"phone given\"]
kind = \"filled_fields\"
fields = [\"phone\"]
";

/// A folder with leads of two products and a small third one, their events, and the spec.
fn folder(spec: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let (leads, events) = files(3_000);
    fs::write(folder.path().join("leads.csv"), leads).expect("written");
    fs::write(folder.path().join("events.csv"), events).expect("written");
    fs::write(folder.path().join("leadcal.toml"), spec).expect("written");
    folder
}

fn files(count: u32) -> (String, String) {
    let mut leads = String::from("id,created,won,converted,product,source,email,name,phone\n");
    let mut events = String::from("lead,time,event,page\n");
    let mut random = Lcg(7);
    for lead in 0..count {
        let created = 80 + random.below(600);
        let product = ["Flow", "Flow", "Flow", "Desk", "Desk", "Ledger"][random.below(6) as usize];
        // Few of the third product, so that it has too few conversions for a model of its own.
        let product = if product == "Ledger" && random.below(6) > 0 { "Flow" } else { product };
        let source = ["web", "fair", "partner"][random.below(3) as usize];
        let free = random.below(3) == 0;
        let small = random.below(8) == 0;
        let phone = random.below(2) == 0;
        let views = random.below(5).saturating_sub(1);
        for _ in 0..views {
            writeln!(events, "l{lead},{}T08:00:00Z,view,/pricing", day(created + 10 - random.below(50)))
                .expect("memory");
        }
        for _ in 0..random.below(3) {
            writeln!(events, "l{lead},{},view,/", day(created + 9 - random.below(50))).expect("memory");
        }
        let unsubscribed = random.below(8) == 0;
        if unsubscribed {
            writeln!(events, "l{lead},{},unsubscribe,", day(created + 5)).expect("memory");
        }
        let chance = 12 + 9 * views + if source == "partner" { 15 } else { 0 } + if phone { 8 } else { 0 };
        let chance = chance
            .saturating_sub(if unsubscribed { 20 } else { 0 } + if free { 10 } else { 0 } + if small { 12 } else { 0 });
        let chance = if product == "Desk" { chance + 10 } else { chance };
        let converted = random.below(100) < chance;
        let won = if converted { day(created + 11 + random.below(25)) } else { String::new() };
        // What those who converted do afterwards must not be seen.
        if converted {
            writeln!(events, "l{lead},{},login,", day(created + 40)).expect("memory");
        }
        let (first, last) = if small { ("ada", "lovelace") } else { ("Ada", "Lovelace") };
        let domain = if free { "gmail.com" } else { "acme.example" };
        writeln!(
            leads,
            "l{lead},{},{won},{},{product},{source},a{lead}@{domain},{first} {last},{}",
            day(created),
            if converted { "yes" } else { "no" },
            if phone { "123" } else { "" },
        )
        .expect("memory");
    }
    (leads, events)
}

fn json(folder: &tempfile::TempDir, name: &str) -> Value {
    let text = fs::read_to_string(folder.path().join("calibration").join(name)).expect("written");
    serde_json::from_str(&text).expect("JSON")
}

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    let found = list.as_array().expect("a list").iter().find(|entry| entry["name"] == name);
    found.unwrap_or_else(|| panic!("{name} in {list:#}"))
}

#[test]
fn events_signals_and_products_become_points() {
    let folder = folder(SPEC);
    let said = done(folder.path(), "calibrate");
    contains(
        &said,
        &[
            "can the data carry it?",
            "rows of",
            "later than every row of their lead: not used",
            "pricing",
            "half-life in days",
            "without an event for",
            "product Ledger: ",
            "Flow: cold from ",
            "engagement",
            "Out of time (trained on outcomes known by",
        ],
    );
    let config = json(&folder, "scoring.json");
    let models = config["models"].as_array().expect("models");
    let products: Vec<&Value> = models.iter().map(|model| &model["product"]).collect();
    assert_eq!(products, [&Value::from("Desk"), &Value::from("Flow"), &Value::Null]);
    for model in models {
        let points = |list: &str, name: &str, key: &str| named(&model[list], name)[key].as_f64().expect("points");
        assert!(points("behaviours", "pricing", "points_each") >= 3.0, "{model:#}");
        assert!(points("behaviours", "unsubscribe", "points_each") <= -3.0);
        assert!(points("signals", "free mail", "points") < 0.0);
        assert!(points("signals", "uncapitalised", "points") < 0.0);
        assert!(points("signals", "phone given", "points") > 0.0);
        assert_eq!(named(&model["behaviours"], "active days")["once_a_day"], true);
        let groups: Vec<&str> =
            model["groups"].as_array().expect("groups").iter().filter_map(|group| group["name"].as_str()).collect();
        assert_eq!(groups, ["fit", "engagement"]);
        assert_eq!(model["groups"][0]["tiers"][0]["name"], "A");
        assert_eq!(model["groups"][1]["tiers"][0]["name"], "1");
    }
    let pooled = &models[2];
    assert!(
        pooled["attributes"].as_array().expect("attributes").iter().any(|attribute| attribute["name"] == "product")
    );
    assert!(models[0]["attributes"].as_array().expect("list").iter().all(|attribute| attribute["name"] != "product"));
    let points = json(&folder, "points.json");
    let pricing = named(&points["attributes"], "pricing");
    assert_eq!(pricing["source"]["behaviour"]["event"], "view");
    assert!(pricing["source"]["behaviour"]["log_odds_each"]["interval"][0].as_f64().expect("an end") > 0.0);
    // The config alone joins points and model again.
    done(
        folder.path(),
        "emit --points calibration/points.json --model calibration/model.json --spec leadcal.toml -o again.json",
    );
    let again: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("again.json")).expect("written")).expect("JSON");
    assert_eq!(again["models"], config["models"]);
}

#[test]
fn the_order_of_leads_and_events_changes_nothing() {
    let (forward, backward) = (folder(SPEC), folder(SPEC));
    for name in ["leads.csv", "events.csv"] {
        let path = backward.path().join(name);
        let text = fs::read_to_string(&path).expect("written");
        let (header, rows) = text.split_once('\n').expect("a header");
        let rows: Vec<&str> = rows.lines().rev().collect();
        fs::write(path, format!("{header}\n{}\n", rows.join("\n"))).expect("written");
    }
    done(forward.path(), "calibrate");
    done(backward.path(), "calibrate");
    for name in ["points.json", "model.json"] {
        assert_eq!(json(&forward, name), json(&backward, name), "{name}");
    }
}

#[test]
fn what_happens_after_a_lead_is_looked_at_changes_nothing() {
    let (plain, future) = (folder(SPEC), folder(SPEC));
    let path = future.path().join("events.csv");
    let mut text = fs::read_to_string(&path).expect("written");
    // Every lead was looked at ten days after its creation, the last one of them in day 690.
    for lead in 0..3_000 {
        writeln!(text, "l{lead},{},view,/pricing", day(690 + 1)).expect("memory");
    }
    fs::write(path, text).expect("written");
    done(plain.path(), "calibrate");
    done(future.path(), "calibrate");
    for name in ["points.json", "model.json", "scoring.json"] {
        let (a, b) = (json(&plain, name), json(&future, name));
        assert_eq!(a["attributes"], b["attributes"], "{name}");
        assert_eq!(a["models"], b["models"], "{name}");
    }
}

#[test]
fn a_lead_may_be_looked_at_again_and_again() {
    let folder = folder(&SPEC.replace("after_days = 10", "every_days = 20"));
    let said = done(folder.path(), "calibrate");
    contains(&said, &["rows of", "Leads are looked at more than once"]);
}

#[test]
fn groups_may_be_set() {
    let set = "[groups.engagement]\nmin = -4\nmax = 9\ntiers = { high = 5, low = -4 }\n[attributes.source]\ngroup = \"origin\"\n";
    let folder = folder(&format!("{SPEC}{set}"));
    done(folder.path(), "calibrate");
    let config = json(&folder, "scoring.json");
    let groups = &config["models"][2]["groups"];
    let engagement = named(groups, "engagement");
    assert_eq!((&engagement["min"], &engagement["max"]), (&Value::from(-4), &Value::from(9)));
    assert_eq!(engagement["tiers"][0]["name"], "high");
    assert_eq!(named(groups, "origin")["tiers"][0]["name"], "a");
}

#[test]
fn what_cannot_be_calibrated_says_why() {
    let check = |from: &str, to: &str, code: i32, expected: &[&str]| {
        assert!(SPEC.contains(from), "{from}");
        let folder = folder(&SPEC.replacen(from, to, 1));
        contains(&refused(folder.path(), "calibrate", code), expected);
    };
    check("lead = \"lead\"", "lead = \"led\"", 2, &["\"led\"", "events.csv", "did you mean \"lead\""]);
    check("field = \"email\"", "field = \"mail\"", 2, &["\"mail\"", "leads.csv"]);
    check("[behaviours.pricing]", "[behaviours.source]", 2, &["\"source\" is the name of both"]);
    check("horizon_days = 30", "horizon_days = 3000", 3, &["no lead can be looked at", "too near the end"]);
    check(
        "[signals.\"free mail\"]",
        "[groups.fitt]\nmax = 9\n[signals.\"free mail\"]",
        2,
        &["nothing is in the group \"fitt\""],
    );
    check("page = \"/pricing\"", "pgae = \"/pricing\"", 2, &["\"pgae\"", "events.csv"]);
}

#[test]
fn data_that_end_before_the_data_end_are_told() {
    let folder = folder(&SPEC.replace("2025-12-31", "2027-06-30"));
    contains(&done(folder.path(), "calibrate"), &["data_end is 2027-06-30, but nothing later than 202"]);
}

#[test]
fn a_log_without_events_is_refused() {
    let folder = folder(SPEC);
    fs::write(folder.path().join("events.csv"), "lead,time,event,page\n").expect("written");
    contains(&refused(folder.path(), "calibrate", 2), &["no events", "events.csv", "leave [events] out"]);
}
