//! Each check can fail and can pass: the same leads, scored by configs that differ in one thing.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};
use serde_json::{Value, json};

use super::policy::{ConfigRule, Golden, Unproven};
use super::report::{LeadsChecked, Named};
use super::*;
use crate::batch::ModelPopulation;
use crate::lint::{Code, Severity};

/// Leads at levels x = 0 to 4 of one attribute, 10 points each; their log-odds of converting are x - 3.
const LEVELS: usize = 5;

fn config(change: impl FnOnce(&mut Value)) -> ScoringConfig {
    let converted = [47, 119, 269, 500, 731];
    let evidence = |x: usize| {
        let rate = f64::from(converted[x]) / 1000.0;
        json!({ "leads": 1000, "conversions": converted[x], "rate": rate, "lift": rate / 0.333, "conclusive": true })
    };
    let level = |x: usize| json!({ "level": format!("x{x}"), "when": { "in": [x] }, "points": 10 * x, "evidence": evidence(x) });
    let mut config = json!({
        "format": "leadcal.scoring-config", "version": 1, "name": "c",
        "models": [{
            "base_points": 0, "range": { "min": 0, "max": 100 }, "groups": [{ "name": "g", "min": 0, "max": 100 }],
            "attributes": [{
                "name": "x", "group": "g", "input": { "field": "x", "type": "number" },
                "levels": (0..LEVELS).map(level).collect::<Vec<_>>(),
            }],
            "bands": [
                { "name": "cold", "from": 0, "expected_rate": 0.0837 }, { "name": "warm", "from": 20, "expected_rate": 0.3845 },
                { "name": "hot", "from": 40, "expected_rate": 0.7311 },
            ],
            "expected_rate_by_score": { "intercept": -3, "slope": 0.1 },
        }],
        "provenance": { "from": "2024-01", "to": "2024-12" },
    });
    change(&mut config);
    ScoringConfig::parse(&config.to_string()).expect("a config")
}

/// The leads' levels, and who converted.
struct Leads {
    x: Vec<usize>,
    converted: Vec<bool>,
}

fn chance(rng: &mut ChaCha8Rng) -> f64 {
    f64::from(rng.next_u32()) / 4_294_967_296.0
}

/// Leads over levels with these weights, whose log-odds are higher by `shift`.
fn leads(number: usize, weights: [f64; LEVELS], shift: f64) -> Leads {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let all: f64 = weights.iter().sum();
    let level = |rng: &mut ChaCha8Rng| {
        let mut at = chance(rng) * all;
        weights.iter().position(|weight| {
            at -= weight;
            at < 0.0
        })
    };
    let x: Vec<usize> = (0..number).map(|_| level(&mut rng).unwrap_or(LEVELS - 1)).collect();
    let rate = |x: usize| 1.0 / (1.0 + (3.0 - x as f64 - shift).exp());
    let converted = x.iter().map(|&x| chance(&mut rng) < rate(x)).collect();
    Leads { x, converted }
}

fn even(number: usize) -> Leads {
    leads(number, [1.0; LEVELS], 0.0)
}

impl Leads {
    /// Rows whose score is that of the level in `scores`.
    fn scored(&self, scores: [f64; LEVELS]) -> Vec<Scored> {
        let row = |(&x, &converted): (&usize, &bool)| Scored {
            model: 0,
            score: scores[x],
            probability: None,
            leads: 1,
            conversions: u64::from(converted),
        };
        self.x.iter().zip(&self.converted).map(row).collect()
    }

    fn right(&self) -> Vec<Scored> {
        self.scored([0.0, 10.0, 20.0, 30.0, 40.0])
    }

    fn population(&self) -> Population {
        let mut levels = vec![0; LEVELS + 1];
        for &x in &self.x {
            levels[x] += 1;
        }
        let leads = self.x.len() as u64;
        Population { models: vec![ModelPopulation { leads, levels: vec![levels], ..ModelPopulation::default() }] }
    }
}

/// What is checked, owned.
struct Case {
    config: ScoringConfig,
    rows: Vec<Scored>,
    baseline: Option<(ScoringConfig, Vec<Scored>)>,
    population: Population,
    own: Option<(Vec<Scored>, Population)>,
    unscored: [u64; 2],
    as_of: Option<Date>,
    golden: Option<golden::Scores>,
    policy: Policy,
}

/// A candidate that is the baseline.
fn same(leads: &Leads) -> Case {
    // So plain a config keeps to little of good practice.
    let ignore = Code::ALL.into_iter().filter(|code| *code != Code::UnreachableBand).collect();
    let rule = ConfigRule { fail: Some(Severity::Error), ignore };
    Case {
        config: config(|_| {}),
        rows: leads.right(),
        baseline: Some((config(|_| {}), leads.right())),
        population: leads.population(),
        own: Some((even(5_000).right(), even(5_000).population())),
        unscored: [0, 0],
        as_of: Some(jiff::civil::date(2025, 1, 31)),
        golden: None,
        policy: Policy { config: Some(rule), ..Policy::default() },
    }
}

impl Case {
    fn findings(&self) -> Vec<Finding> {
        let subject = Subject {
            kind: Kind::Configs,
            candidate: Side { config: &self.config, rows: &self.rows },
            baseline: self.baseline.as_ref().map(|(config, rows)| Side { config, rows }),
            population: &self.population,
            own: self.own.as_ref().map(|(rows, population)| Own { rows, population }),
            flattered: false,
            unscored: self.unscored,
            weeks: Some(10.0),
            as_of: self.as_of,
            golden: self.golden.as_ref(),
        };
        check(&subject, &self.policy)
    }

    fn found(&self, check: Check) -> Finding {
        self.findings().into_iter().find(|finding| finding.check == check).expect("every check has a finding")
    }

    /// The checks that are not fine.
    fn not_fine(&self) -> Vec<(&'static str, Verdict)> {
        let findings = self.findings();
        let beyond = findings.iter().filter(|finding| finding.verdict > Verdict::Fine);
        beyond.map(|finding| (finding.check.name(), finding.verdict)).collect()
    }

    #[track_caller]
    fn expect(&self, check: Check, verdict: Verdict, says: &str) {
        let found = self.found(check);
        assert_eq!(found.verdict, verdict, "{found:?}");
        assert!(found.says.contains(says), "{found:?}");
        assert_eq!(found.to_do.is_some(), verdict > Verdict::Fine, "{found:?}");
    }
}

#[test]
fn a_candidate_that_is_the_baseline_is_fine() {
    let case = same(&even(4_000));
    assert_eq!(case.not_fine(), []);
    let asked = case.findings().iter().filter(|finding| finding.verdict == Verdict::Fine).count();
    assert_eq!(asked, Check::ALL.len() - 1, "all but golden");
}

#[test]
fn ranking_and_predictions_that_are_worse() {
    let leads = even(4_000);
    let mut case = same(&leads);
    // Two levels have changed places.
    case.rows = leads.scored([0.0, 10.0, 40.0, 30.0, 20.0]);
    case.expect(Check::Auc, Verdict::Worse, "lower");
    case.expect(Check::LogLoss, Verdict::Worse, "higher");
    case.expect(Check::Brier, Verdict::Worse, "higher");
    assert!(case.found(Check::Auc).figures["shortfall"] > 0.01);
}

#[test]
fn with_few_leads_nothing_is_proven() {
    let leads = even(150);
    let mut case = same(&leads);
    case.rows = leads.scored([0.0, 10.0, 30.0, 20.0, 40.0]);
    let found = case.found(Check::Auc);
    assert_eq!(found.verdict, Verdict::Unproven, "{found:?}");
    let conversions = leads.converted.iter().filter(|converted| **converted).count() as u64;
    assert!(found.conversions_needed.expect("told") > conversions);
    case.expect(Check::CalibrationLevel, Verdict::Unproven, "times the odds");
}

#[test]
fn checks_turned_off_are_not_asked() {
    let mut case = same(&even(1_000));
    case.policy = Policy { auc: None, band_order: false, points: None, ..case.policy };
    for check in [Check::Auc, Check::BandOrder, Check::Points] {
        assert_eq!((case.found(check).verdict, case.found(check).says.as_str()), (Verdict::NotAsked, OFF));
    }
    assert_eq!(case.found(Check::LogLoss).verdict, Verdict::Fine);
}

#[test]
fn without_a_baseline_a_candidate_is_held_against_its_own_word() {
    let mut case = same(&even(4_000));
    case.baseline = None;
    assert_eq!(case.not_fine(), []);
    for check in [Check::Auc, Check::LogLoss, Check::Brier, Check::BandSizes, Check::Points, Check::Attributes] {
        assert_eq!((case.found(check).verdict, case.found(check).says.as_str()), (Verdict::NotAsked, NO_BASELINE));
    }
    for check in [Check::CalibrationSlope, Check::BandRates, Check::ScoreStability, Check::Age] {
        assert_eq!(case.found(check).verdict, Verdict::Fine);
    }
}

#[test]
fn predictions_too_bold_too_low_or_worse_than_the_rate() {
    let leads = even(4_000);
    let mut case = same(&leads);
    let curve = |intercept: f64, slope: f64| {
        config(|config| {
            config["models"][0]["expected_rate_by_score"] = json!({ "intercept": intercept, "slope": slope });
        })
    };
    case.config = curve(-6.0, 0.3);
    case.expect(Check::CalibrationSlope, Verdict::Worse, "high predictions are too high and low ones too low");
    case.config = curve(-1.5, 0.05);
    case.expect(Check::CalibrationSlope, Verdict::Worse, "predictions differ less than the leads do");
    case.config = curve(-5.0, 0.1);
    case.expect(Check::CalibrationLevel, Verdict::Worse, "times the odds");
    case.expect(Check::CalibrationSlope, Verdict::Fine, "slope");
    case.config = curve(3.0, -0.1);
    case.expect(Check::RateAlone, Verdict::Worse, "worse");
}

#[test]
fn bands_out_of_order_and_bands_that_bring_something_else() {
    let leads = even(4_000);
    let mut case = same(&leads);
    case.rows = leads.scored([40.0, 0.0, 20.0, 20.0, 0.0]);
    case.expect(Check::BandOrder, Verdict::Worse, "\"warm\" converts at");
    case.expect(Check::BandRates, Verdict::Worse, "where 8.4 % is stated");
    // A rate that is off by less than a tenth of itself is as stated, one off by a half is not.
    let stating = |rate: f64| config(|config| config["models"][0]["bands"][2]["expected_rate"] = json!(rate));
    let case = Case { config: stating(0.78), ..same(&leads) };
    case.expect(Check::BandRates, Verdict::Fine, "all 3 bands as stated");
    let case = Case { config: stating(0.4), ..same(&leads) };
    case.expect(Check::BandRates, Verdict::Worse, "1 of 3 bands");
    // Bands that may be in order, and a candidate without any.
    let few = even(30);
    let found = Case { rows: few.scored([20.0, 0.0, 0.0, 20.0, 0.0]), ..same(&few) }.found(Check::BandOrder);
    assert!(found.verdict < Verdict::Worse, "{found:?}");
    let without = config(|config| config["models"][0]["bands"] = json!([]));
    assert_eq!(Case { config: without, ..same(&leads) }.found(Check::BandRates).says, "the candidate has no bands");
}

#[test]
fn bands_that_grow_and_calls_that_do_not_fit_a_week() {
    let leads = even(4_000);
    let mut case = same(&leads);
    case.rows = leads.scored([0.0, 20.0, 20.0, 30.0, 40.0]);
    case.expect(Check::BandSizes, Verdict::Warn, "holds");
    case.expect(Check::SalesLoad, Verdict::Warn, "a week, before");
    case.policy.band_sizes.as_mut().expect("on").verdict = Verdict::Worse;
    case.policy.sales_load.as_mut().expect("on").verdict = Verdict::Worse;
    case.expect(Check::BandSizes, Verdict::Worse, "holds");
    case.expect(Check::SalesLoad, Verdict::Worse, "a week, before");
    let capacity = |a_week: f64| {
        let mut case = same(&leads);
        case.baseline = None;
        let load = case.policy.sales_load.as_mut().expect("on");
        (load.capacity_per_week, load.bands) = (Some(a_week), Some(vec!["hot".to_owned()]));
        case
    };
    capacity(60.0).expect(Check::SalesLoad, Verdict::Worse, "60 can be called");
    capacity(100.0).expect(Check::SalesLoad, Verdict::Fine, "100 can be called");
    let mut unknown = capacity(100.0);
    unknown.policy.sales_load.as_mut().expect("on").bands = Some(vec!["glowing".to_owned()]);
    unknown.expect(Check::SalesLoad, Verdict::Worse, "no band \"glowing\"");
}

#[test]
fn leads_of_another_kind() {
    let shifted = leads(4_000, [4.0, 1.0, 1.0, 1.0, 8.0], 0.0);
    let case = same(&shifted);
    case.expect(Check::ScoreStability, Verdict::Worse, "index of the score");
    case.expect(Check::AttributeStability, Verdict::Worse, "index of x");
    assert_eq!(case.found(Check::AttributeStability).pointer.as_deref(), Some("/models/0/attributes/0"));
    let somewhat = same(&leads(4_000, [2.6, 1.0, 1.0, 1.0, 1.0], 0.0));
    somewhat.expect(Check::ScoreStability, Verdict::Warn, "of the leads, then");
    // As few leads differ so much by chance.
    let few = same(&leads(25, [1.0; LEVELS], 0.0));
    assert_eq!(few.found(Check::AttributeStability).verdict, Verdict::Fine);
    let mut unknown = same(&shifted);
    unknown.own = None;
    assert_eq!(unknown.found(Check::ScoreStability).verdict, Verdict::NotAsked);
}

#[test]
fn points_and_attributes_that_changed() {
    let mut case = same(&even(1_000));
    case.config = config(|config| {
        let levels = &mut config["models"][0]["attributes"][0]["levels"];
        (levels[1]["points"], levels[2]["points"]) = (json!(-1), json!(28));
    });
    case.expect(
        Check::Points,
        Verdict::Warn,
        "of 2 that moved 1 moved far or to another sign: x = x1: 10 to -1, another sign",
    );
    case.policy.points.as_mut().expect("on").verdict = Verdict::Worse;
    case.expect(Check::Points, Verdict::Worse, "another sign");
    case.expect(Check::Attributes, Verdict::Fine, "none is new");
    let mut case = same(&even(1_000));
    case.config = config(|config| {
        let mut second = config["models"][0]["attributes"][0].clone();
        second["name"] = json!("y");
        config["models"][0]["attributes"] = json!([second]);
    });
    case.expect(Check::Attributes, Verdict::Warn, "1 new (y); 1 gone (x)");
}

#[test]
fn good_practice_is_asked_by_the_policy() {
    let mut case = same(&even(1_000));
    assert_eq!(case.found(Check::Config).verdict, Verdict::Fine, "{:?}", case.found(Check::Config));
    // A band above every score.
    case.config = config(|config| config["models"][0]["bands"][2]["from"] = json!(99));
    case.expect(Check::Config, Verdict::Warn, "unreachable-band");
    case.policy.config.as_mut().expect("on").fail = Some(Severity::Warning);
    case.expect(Check::Config, Verdict::Worse, "unreachable-band");
    assert!(case.found(Check::Config).pointer.is_some());
    let rule = case.policy.config.as_mut().expect("on");
    rule.ignore.push(Code::UnreachableBand);
    assert!(case.found(Check::Config).verdict < Verdict::Worse);
    let rule = case.policy.config.as_mut().expect("on");
    rule.fail = None;
    rule.ignore.retain(|code| *code != Code::UnreachableBand);
    case.expect(Check::Config, Verdict::Warn, "unreachable-band");
}

#[test]
fn leads_that_cannot_be_scored() {
    let mut case = same(&even(1_000));
    case.unscored = [3, 2];
    case.expect(Check::Scored, Verdict::Worse, "3 leads cannot be scored, 2 of which the baseline scores");
    case.unscored = [3, 0];
    case.expect(Check::Scored, Verdict::Warn, "3 leads");
    case.policy.scored = Some(3);
    case.expect(Check::Scored, Verdict::Fine, "3 leads");
}

#[test]
fn a_calibration_grows_old() {
    let mut case = same(&even(1_000));
    let mut at = |year, month, verdict| {
        case.as_of = Some(jiff::civil::date(year, month, 1));
        case.expect(Check::Age, verdict, "calibrated on leads up to 2024-12");
    };
    at(2024, 6, Verdict::Fine);
    at(2025, 4, Verdict::Fine);
    at(2025, 5, Verdict::Warn);
    at(2026, 1, Verdict::Worse);
    case.as_of = None;
    assert_eq!(case.found(Check::Age).verdict, Verdict::NotAsked);
}

#[test]
fn golden_leads_that_moved_are_named_with_the_reasons() {
    let reason = |name: &str, level: &str, points: f64| golden::Reason {
        name: name.to_owned(),
        level: Some(level.to_owned()),
        points,
    };
    let scored = |score: f64, points: f64| golden::Scored {
        score,
        reasons: vec![reason("x", "x1", points), reason("y", "b", 2.0)],
    };
    let lead = |id: &str, expected: f64, score: f64| golden::Lead {
        id: id.to_owned(),
        expected: Ok(expected),
        candidate: Ok(scored(score, 7.0)),
        baseline: Some(scored(expected, 10.0)),
    };
    let mut case = same(&even(1_000));
    assert_eq!(case.found(Check::Golden).says, "the policy names no golden leads");
    case.policy.golden = Some(Golden { leads: Some("golden.csv".to_owned()), ..Golden::default() });
    assert!(case.found(Check::Golden).says.starts_with("there is neither a baseline nor"));
    let against = "the baseline's scores".to_owned();
    case.golden = Some(golden::Scores { leads: vec![lead("a", 12.0, 12.0), lead("b", 12.0, 9.0)], against });
    case.expect(
        Check::Golden,
        Verdict::Worse,
        "1 of 2 golden leads moved from the baseline's scores: \"b\" scores 9 instead of 12 (x = x1 10 to 7)",
    );
    case.policy.golden.as_mut().expect("on").tolerance = 3.0;
    case.expect(Check::Golden, Verdict::Fine, "2 golden leads");
    let broken = golden::Lead { candidate: Err("no number".to_owned()), ..lead("c", 5.0, 0.0) };
    let unknown =
        golden::Lead { expected: Err("its id is not in the file".to_owned()), baseline: None, ..lead("d", 5.0, 5.0) };
    case.golden = Some(golden::Scores { leads: vec![broken, unknown], against: "scores.csv".to_owned() });
    case.expect(Check::Golden, Verdict::Worse, "\"c\" should score 5 and cannot be scored: no number; and 1 more");
    case.golden = Some(golden::Scores { leads: Vec::new(), against: "scores.csv".to_owned() });
    case.expect(Check::Golden, Verdict::Worse, "has no lead");
}

/// The trap: the base rate climbs, the leads are others, the ranking holds. AUC alone would pass it.
#[test]
fn a_climbing_base_rate_is_seen_though_the_ranking_holds() {
    let now = leads(4_000, [1.0, 1.0, 2.0, 6.0, 10.0], 1.5);
    let case = same(&now);
    for check in [Check::Auc, Check::LogLoss, Check::Brier, Check::BandOrder, Check::CalibrationSlope] {
        assert_eq!(case.found(check).verdict, Verdict::Fine, "{check:?}");
    }
    for check in [Check::CalibrationLevel, Check::BandRates, Check::ScoreStability, Check::AttributeStability] {
        assert_eq!(case.found(check).verdict, Verdict::Worse, "{check:?}");
    }
}

fn report(case: &Case) -> Report {
    let named = |file: &str| Named { name: Some("c".to_owned()), file: file.to_owned() };
    let conversions = case.rows.iter().map(|row| row.conversions).sum();
    let leads = LeadsChecked {
        files: vec!["leads.csv".to_owned()],
        leads: case.rows.len() as u64,
        conversions,
        rate: conversions as f64 / case.rows.len() as f64,
        from: None,
        to: None,
        flattered: false,
        in_words: Vec::new(),
    };
    Report::new(named("new.json"), Some(named("live.json")), leads, case.findings(), &case.policy)
}

#[test]
fn the_whole_is_the_worst_and_unproven_is_the_policys() {
    let found = |case: &Case| {
        let report = report(case);
        (report.verdict, report.exit_code)
    };
    let many = even(4_000);
    assert_eq!(found(&same(&many)), (Verdict::Fine, 0));
    let mut case = same(&many);
    case.as_of = Some(jiff::civil::date(2025, 6, 1));
    assert_eq!(found(&case), (Verdict::Warn, 0));
    assert!(report(&case).says.starts_with("fine: no check of 17 fails, 1 deserves a look (age)"));
    let few = even(150);
    let mut case = same(&few);
    case.rows = few.scored([0.0, 10.0, 30.0, 20.0, 40.0]);
    case.policy.band_sizes = None;
    assert_eq!(found(&case), (Verdict::Unproven, 3), "{:?}", case.not_fine());
    assert!(report(&case).says.starts_with("not proven: too little data"));
    case.policy.unproven = Unproven::Fine;
    assert_eq!(found(&case).1, 0);
    case.policy.unproven = Unproven::Worse;
    assert_eq!(found(&case), (Verdict::Worse, 1));
    assert!(report(&case).says.contains("checks fail ("), "{}", report(&case).says);
}

/// The JSON is valid under its schema, of a good case, a bad one, and a config that is none.
#[test]
fn the_json_fits_its_schema() {
    let schema: Value = serde_json::from_str(&crate::schema::check_report_schema()).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let error = ScoringConfig::parse("{").expect_err("no config");
    let invalid = Report::invalid(Named { name: None, file: "new.json".to_owned() }, None, &error);
    let leads = even(400);
    let mut bad = same(&leads);
    bad.rows = leads.scored([40.0, 0.0, 10.0, 20.0, 0.0]);
    for report in [report(&same(&leads)), report(&bad), invalid] {
        let value: Value = serde_json::from_str(&render::json(&report)).expect("JSON");
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new());
        let mut wrong = value.clone();
        wrong["verdict"] = json!("perhaps");
        assert!(!validator.is_valid(&wrong));
    }
}
