use jiff::civil::date;
use leadcal_lift::attribute::{Attribute, FieldType, Input, Level, Scalar, When};
use leadcal_lift::lift::LiftTable;
use leadcal_lift::patterns::{Counts, CovariatePatterns};
use leadcal_lift::points::{PointsOptions, assign};
use leadcal_lift::shrinkage::Shrinkage;
use leadcal_lift::snapshots::OutcomeMaturity;
use leadcal_logit::error::LogitError;
use leadcal_logit::fit::LogitParams;
use leadcal_logit::validation::{Folds, Prediction, Validation, cross_validate};

use super::*;

/// Points and model of one attribute whose levels have these leads and conversions.
fn calibrated(levels: &[(u64, u64)]) -> (PointsTable, LogitModel) {
    let level = |index: usize| Level {
        name: if index == 0 { "(other)".to_owned() } else { format!("l{index}") },
        when: When::In(vec![Scalar::Text(index.to_string())]),
    };
    let attribute = Attribute {
        name: "a".to_owned(),
        input: Input { field: "a".to_owned(), kind: FieldType::Text, missing: Vec::new() },
        levels: (0..levels.len()).map(level).collect(),
    };
    let codes = (0_u32..).take(levels.len()).collect();
    let counts = Counts {
        leads: levels.iter().map(|level| level.0).collect(),
        conversions: levels.iter().map(|level| level.1).collect(),
    };
    let patterns = CovariatePatterns::new(vec![attribute], codes, counts);
    let lift = LiftTable::from_patterns(&patterns, &Shrinkage::Strength(0.0));
    let points = assign(&patterns, &lift, &PointsOptions::default(), None).expect("points");
    let fitted = LogitParams::new().check().expect("valid").fit(&patterns).expect("fitted");
    (points, LogitModel::new(&fitted, &patterns, None))
}

/// Figures of a ranking with this AUC and interval.
fn held_out(auc: f64, auc_interval: [f64; 2]) -> Validation {
    let counts = Counts { leads: vec![100, 100], conversions: vec![20, 60] };
    let rates = |_: &CovariatePatterns| {
        Ok::<_, LogitError>(Prediction { scores: vec![0.0, 1.0], probabilities: vec![0.2, 0.6] })
    };
    let patterns = CovariatePatterns::new(Vec::new(), Vec::new(), counts);
    let folds = Folds::stratified(&patterns, 2, 0).expect("folds");
    Validation { auc, auc_interval, ..cross_validate(&patterns, &folds, rates).expect("figures") }
}

fn found(levels: &[(u64, u64)], timing: Option<&Timing>, capacity: Option<f64>) -> Vec<Finding> {
    let (points, model) = calibrated(levels);
    let held_out = held_out(0.8, [0.7, 0.9]);
    findings(&Evidence {
        timing,
        capacity_per_week: capacity,
        min_leads: 30,
        points: &points,
        held_out: &held_out,
        model: &model,
        rows: None,
    })
}

fn verdict(findings: &[Finding], name: &str) -> (Verdict, String) {
    let finding = findings.iter().find(|finding| finding.finding == name).expect("a finding");
    assert_eq!(finding.verdict == Verdict::Fine, finding.advice.is_none(), "advice where it is not fine: {finding:?}");
    (finding.verdict, finding.figure.clone())
}

fn timing(last: (i16, i8, i8), dated: u64) -> Timing {
    Timing { first: date(2024, 1, 1), last: date(last.0, last.1, last.2), dated, maturity: None }
}

#[test]
fn fewer_than_forty_of_either_outcome_are_refused() {
    assert_eq!(enough(80, 40), Ok(()));
    let few = enough(300, 12).expect_err("too few");
    assert_eq!(few.to_string(), "12 of 300 leads converted and 288 did not; calibration takes at least 40 of each");
    assert!(few.help().starts_with("wait for 28 more conversions, "));
    assert!(enough(300, 261).expect_err("too few").help().contains("1 more lead that did not convert, "));
}

#[test]
fn counts_have_their_marks() {
    let outcomes = |leads, conversions| super::outcomes(leads, conversions, "leads").verdict;
    assert_eq!(outcomes(200, 100), Verdict::Fine);
    assert_eq!((outcomes(199, 100), outcomes(200, 99)), (Verdict::Careful, Verdict::Careful));
    assert_eq!((outcomes(200, 39), outcomes(200, 161)), (Verdict::NotEnough, Verdict::NotEnough));
    // Quantiles of Beta(10.5, 90.5) by numerical integration: 0.0526, 0.1701.
    let rate = super::rate(100, 10);
    assert_eq!((rate.verdict, rate.figure.as_str()), (Verdict::Careful, "10.0 % (95 %: 5.3 to 17.0 %)"));
    assert_eq!(super::rate(10_000, 1_000).verdict, Verdict::Fine);
}

#[test]
fn time_leads_a_week_and_capacity() {
    let levels = [(100, 20), (100, 60), (100, 40)];
    let half_a_year = timing((2024, 6, 30), 26 * 25);
    let findings = found(&levels, Some(&half_a_year), None);
    assert_eq!(verdict(&findings, "time covered"), (Verdict::Fine, "2024-01-01 to 2024-06-30 (182 days)".to_owned()));
    assert_eq!(verdict(&findings, "leads a week"), (Verdict::Fine, "25".to_owned()));
    assert_eq!(verdict(&found(&levels, Some(&half_a_year), Some(24.0)), "leads a week").0, Verdict::Fine);
    assert_eq!(verdict(&found(&levels, Some(&half_a_year), Some(25.0)), "leads a week").0, Verdict::Careful);
    let short = timing((2024, 6, 29), 25 * 25);
    let findings = found(&levels, Some(&short), None);
    assert_eq!(verdict(&findings, "time covered").0, Verdict::Careful);
    assert_eq!(verdict(&findings, "leads a week").0, Verdict::Careful);
    let findings = found(&levels, None, None);
    assert_eq!(verdict(&findings, "time covered"), (Verdict::Careful, "unknown".to_owned()));
    assert!(findings.iter().all(|finding| finding.finding != "outcome maturity"));
}

#[test]
fn young_leads_and_dates_that_contradict_each_other() {
    let mature_of = |young, converted_first, rows| {
        let maturity =
            OutcomeMaturity { leads: 1_000, conversions: 100, share: 0.9, days: 29.3, young, converted_first };
        super::maturity(&Timing { maturity: Some(maturity), ..timing((2024, 12, 31), 1_000) }, rows).expect("dates")
    };
    let mature = |young, converted_first| mature_of(young, converted_first, false);
    let fine = mature(100, 0);
    assert_eq!(fine.verdict, Verdict::Fine);
    assert_eq!(fine.figure, "90 % convert within 30 days; 100 leads (10.0 %) are younger and not converted");
    assert_eq!(mature(101, 0).verdict, Verdict::Careful);
    // Rows whose horizon ends after the data are not there: no lead is too young.
    let rows = mature_of(101, 0, true);
    assert_eq!(rows.verdict, Verdict::Fine);
    assert_eq!(rows.figure, "90 % convert within 30 days; rows whose horizon ends after the data are left out");
    let wrong = mature(0, 3);
    assert!(wrong.advice.is_some_and(|advice| advice.starts_with("3 leads converted before they were created")));
}

#[test]
fn a_ranking_no_better_than_chance_carries_nothing() {
    let ranking = |auc, interval| super::ranking(&held_out(auc, interval));
    let fine = ranking(0.6, [0.55, 0.65]);
    assert_eq!((fine.verdict, fine.figure.as_str()), (Verdict::Fine, "AUC 0.600 by points (95 %: 0.550 to 0.650)"));
    assert_eq!(ranking(0.599, [0.55, 0.65]).verdict, Verdict::Careful);
    // A wide interval is as little evidence as a low figure.
    assert_eq!(ranking(0.7, [0.5, 0.9]).verdict, Verdict::NotEnough);
    assert_eq!(ranking(0.5, [0.5, 0.5]).verdict, Verdict::NotEnough);
}

#[test]
fn levels_and_conversions_for_each_coefficient() {
    // Of rates 0.4, 0.2, 0.6 and 0.5 in the last, small one, the first is the average and the last says nothing.
    let findings = found(&[(200, 80), (100, 20), (100, 60), (20, 8), (0, 0)], None, None);
    let figure = "2 of 4 inconclusive, 1 with fewer than 30 leads, 1 pooled from rare values";
    assert_eq!(verdict(&findings, "levels"), (Verdict::Careful, figure.to_owned()));
    // 168 conversions over the three coefficients of four levels with leads.
    assert_eq!(verdict(&findings, "conversions per coefficient"), (Verdict::Fine, "56.0 (3 coefficients)".to_owned()));
    let findings = found(&[(100, 50), (100, 50)], None, None);
    assert_eq!(verdict(&findings, "levels").0, Verdict::NotEnough);
    assert_eq!(conclusion(&findings), "The data can hardly carry a scorecard.");
    let many: Vec<(u64, u64)> = (0..12).map(|level| (50, if level % 2 == 0 { 4 } else { 14 })).collect();
    assert_eq!(
        verdict(&found(&many, None, None), "conversions per coefficient"),
        (Verdict::Careful, "9.8 (11 coefficients)".to_owned())
    );
}
