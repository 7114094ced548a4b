//! A trap that a gate on AUC alone walks into: history in date order whose conversion rate climbs and whose leads
//! change.
//!
//! In the first 70 % of the time most leads come by phone, visit the site a few times, and 6 % convert. Then most come
//! by an app that few used before, visit more often, 25 % convert, and visits tell more. A scorecard of the first 70 %
//! ranks the later leads better than its own, while what it says of their chances is nearly three times as wrong, and
//! few leads score what leads used to.

use std::fs;
use std::path::Path;

use jiff::ToSpan;
use jiff::civil::date;
use leadcal_logit::metrics::population_stability_index;
use serde_json::{Value, json};

use super::generated::{contains, done, leadcal};

const LEADS: u32 = 20_000;
const HEADER: &str = "channel,visits,region,created,won\n";

/// All leads, oldest first, a line each.
fn history() -> Vec<String> {
    // A linear congruential generator (Numerical Recipes): the same leads on every machine.
    let mut state = 11_u32;
    let mut below = |n: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % n
    };
    let lead = |lead: u32| {
        let created = date(2024, 1, 1) + i64::from(lead * 700 / LEADS).days();
        // None before 70 % of the time, all from 73 % on.
        let late = below(4) < (lead * 100 / LEADS).saturating_sub(69);
        let channel = match (late, below(30)) {
            (false, 0) | (true, 1..) => "app",
            (false, 1..=4) => "fair",
            _ => "phone",
        };
        // Few, some, many visits: 38, 8 and 4 of 50 leads, then 3, 25 and 22.
        let [some, many] = if late { [3, 28] } else { [38, 46] };
        let kind = below(50);
        let kind = usize::from(kind >= some) + usize::from(kind >= many);
        let visits = [0, 5, 8][kind] + below([5, 3, 2][kind]);
        let region = ["north", "south", "east"][below(3) as usize];
        let in_a_thousand = if late { [60, 120, 440] } else { [44, 72, 125] };
        let won = if below(1_000) < in_a_thousand[kind] { "yes" } else { "no" };
        format!("{channel},{visits},{region},{created},{won}\n")
    };
    (0..LEADS).map(lead).collect()
}

/// A folder with all leads and their spec, `leadcal.toml`, and two calibrations: `candidate` of the first 70 % of the
/// leads, `baseline` of the first 35 %.
fn folder() -> tempfile::TempDir {
    let leads = history();
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, leads: &[String]| {
        let spec = format!("[data]\nleads = \"{name}.csv\"\noutcome = \"won\"\ncreated_at = \"created\"\n");
        fs::write(folder.path().join(format!("{name}.csv")), format!("{HEADER}{}", leads.concat())).expect("written");
        fs::write(folder.path().join(format!("{name}.toml")), spec).expect("written");
    };
    write("leadcal", &leads);
    for (name, part) in [("candidate", 70), ("baseline", 35)] {
        write(name, &leads[..leads.len() * part / 100]);
        done(folder.path(), &format!("calibrate {name}.toml -o {name}"));
    }
    folder
}

fn report(folder: &Path, words: &str) -> Value {
    let output = leadcal(folder, words);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{words}: {error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is a number"))
}

/// Scores of a file, lead by lead.
fn scores(folder: &Path, leads: &str) -> Vec<f64> {
    let output = leadcal(folder, &format!("score candidate/scoring.json {leads}"));
    let mut rows = csv::Reader::from_reader(output.stdout.as_slice());
    let at = rows.headers().expect("a header").iter().position(|name| name == "score").expect("a score");
    rows.records().map(|row| row.expect("a row")[at].parse().expect("a number")).collect()
}

/// The trap itself.
#[test]
fn later_leads_are_ranked_better_and_predicted_far_worse() {
    let folder = folder();
    let folder = folder.path();
    let later = &report(folder, "backtest candidate/scoring.json --format json")["figures"];
    let model = fs::read_to_string(folder.join("candidate/model.json")).expect("written");
    let own: Value = serde_json::from_str(&model).expect("JSON");
    let [own_auc, later_auc] = [&own["validation"]["auc"], &later["auc"]["value"]].map(number);
    assert!(later_auc > own_auc + 0.1, "AUC {own_auc} on its own leads, {later_auc} on later ones");
    let [own_loss, later_loss] = [&own["validation"]["log_loss"], &later["predictions"][0]["log_loss"]].map(number);
    assert_eq!(later["predictions"][0]["of"], "probability");
    assert!((2.7..3.1).contains(&(later_loss / own_loss)), "log loss {own_loss}, later {later_loss}");
    assert!(later_loss > number(&later["rate_alone"]["log_loss"]) + 0.05, "{later_loss}: {}", later["rate_alone"]);
    let rate = number(&later["rate"]["rate"]);
    assert!((0.24..0.27).contains(&rate), "{rate}");

    let all = scores(folder, "leadcal.csv");
    let (before, now) = all.split_at(all.len() * 7 / 10);
    let mut found = before.to_vec();
    found.sort_by(f64::total_cmp);
    found.dedup();
    let count = |scores: &[f64]| -> Vec<u64> {
        found.iter().map(|at| scores.iter().filter(|score| score.total_cmp(at).is_eq()).count() as u64).collect()
    };
    let index = population_stability_index(&count(before), &count(now)).expect("leads in both");
    assert!(index > 2.0, "stability index {index}");
}

/// The finding of a check.
fn finding<'a>(found: &'a Value, check: &str) -> &'a Value {
    let findings = found["findings"].as_array().expect("a list");
    findings.iter().find(|finding| finding["check"] == check).unwrap_or_else(|| panic!("no {check}"))
}

/// A gate on AUC alone lets the candidate pass; all checks fail it and say why, against the baseline and against its own
/// word.
#[test]
fn a_gate_on_auc_alone_passes_and_the_whole_one_says_why_not() {
    let folder = folder();
    let folder = folder.path();
    let against = "check candidate/scoring.json --baseline baseline/scoring.json";
    let whole = report(folder, &format!("{against} --format json"));
    let off: Vec<String> = whole["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| finding["check"] != "auc")
        .map(|finding| format!("[{}]\non = false\n", finding["check"].as_str().expect("a name")))
        .collect();
    fs::write(folder.join("auc.toml"), off.concat()).expect("written");
    let alone = report(folder, &format!("{against} --policy auc.toml --format json"));
    assert_eq!((&alone["exit_code"], &finding(&alone, "auc")["verdict"]), (&json!(0), &json!("fine")), "{alone:#}");

    let own = report(folder, "check candidate/scoring.json --format json");
    for found in [&whole, &own] {
        assert_eq!((&found["exit_code"], &found["verdict"]), (&json!(1), &json!("worse")), "{found:#}");
        for check in ["calibration_level", "rate_alone", "band_rates", "score_stability", "attribute_stability"] {
            assert_eq!(finding(found, check)["verdict"], "worse", "{check}: {found:#}");
        }
        let index = number(&finding(found, "score_stability")["figures"]["highest"]);
        assert!(index > 2.0, "stability index {index}");
    }
    let why = |check: &str| finding(&own, check)["says"].as_str().expect("a sentence").to_owned();
    contains(&why("calibration_level"), &["8.6 % convert, 25.6 % do"]);
    contains(&why("rate_alone"), &["0.6636", "0.5692"]);
    contains(&why("attribute_stability"), &["channel"]);
}
