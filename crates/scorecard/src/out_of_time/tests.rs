use leadcal_lift::attribute::{Encoder, Value};
use leadcal_lift::leads::LeadFiles;
use leadcal_lift::profile::profile;
use leadcal_logit::metrics::Calibration;
use leadcal_logit::validation::FoldMetrics;

use super::*;

fn created_at(days: &[&str]) -> ColumnProfile {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("leads.csv");
    let rows = days.iter().fold(String::new(), |rows, day| rows + "x," + day + "\n");
    std::fs::write(&path, format!("a,created\n{rows}")).expect("written");
    let leads = LeadFiles::open(path.to_str().expect("UTF-8")).expect("readable");
    profile(&leads, &["created".to_owned()], &["NA".to_owned()]).expect("profiled").remove(0)
}

#[test]
fn the_cut_is_the_day_by_which_seven_of_ten_had_come() {
    let days: Vec<String> = (1..=10).map(|day| format!("2024-02-{day:02}T12:00:00Z")).collect();
    let mut days: Vec<&str> = days.iter().map(String::as_str).rev().collect();
    days.push("NA");
    let period = Period::of(&created_at(&days)).expect("dates");
    assert_eq!(period.cut, "2024-02-07");
    let encoder = Encoder::new(&period.mark);
    let code = |text| encoder.code(Value::Text(text)).expect("a date");
    assert_eq!(code("2024-02-07T23:59:59Z"), Some(0));
    assert_eq!(code("2024-02-08"), Some(1));
    assert_eq!((code("NA"), code("")), (Some(2), Some(2)));
    // One day holds all: everything is earlier, nothing later.
    assert_eq!(Period::of(&created_at(&["2024-02-01"; 3])).expect("dates").cut, "2024-02-01");
    assert_eq!(Period::of(&created_at(&["2024-02-01", "soon"])), None);
    assert_eq!(Period::of(&created_at(&["", "NA"])), None);
}

#[test]
fn parts_measure_something_from_twenty_of_each_outcome_on() {
    let counts = |leads, conversions| Counts { leads: vec![leads], conversions: vec![conversions] };
    let parts = |train, test| OutOfTime { cut: "2024-02-07".to_owned(), train, test };
    let few = |parts: OutOfTime| measurable(Some(&parts), Some("created")).map(|_| ()).map_err(|why| why.to_string());
    assert_eq!(few(parts(counts(40, 20), counts(40, 20))), Ok(()));
    assert_eq!(
        few(parts(counts(40, 20), counts(40, 21))),
        Err("the leads after 2024-02-07 are 21 conversions and 19 others; it takes 20 of each to say anything"
            .to_owned())
    );
    assert!(few(parts(counts(40, 19), counts(40, 20))).is_err_and(|why| why.starts_with("the leads up to")));
    assert_eq!(measurable(None, None), Err(NotMeasured::NoDates));
    assert_eq!(measurable(None, Some("day")), Err(NotMeasured::NotDates("day".to_owned())));
}

#[test]
fn far_above_takes_both_standard_errors_into_account() {
    let fold = |auc, auc_variance, log_loss| FoldMetrics {
        leads: 100,
        conversions: 50,
        auc,
        auc_variance,
        log_loss,
        brier: 0.2,
    };
    let calibration = Calibration { slope: 1.0, intercept: 0.0, expected_error: 0.0 };
    let warned = |auc: f64, std_error: f64, later_auc: f64, later_error: f64, log_loss: f64| {
        let out_of_fold = Validation {
            auc,
            auc_std_error: std_error,
            auc_interval: [0.0, 1.0],
            auc_sd: 0.0,
            log_loss: 0.5,
            brier: 0.2,
            calibration,
            folds: Vec::new(),
        };
        let later = HeldOut {
            train_leads: 100,
            train_conversions: 50,
            metrics: fold(later_auc, later_error * later_error, log_loss),
            auc_interval: [0.0, 1.0],
            calibration,
            rate_log_loss: 0.6,
            rate_brier: 0.2,
        };
        warnings("points", &out_of_fold, &later).len()
    };
    // 0.10 apart: errors of 0.03 and 0.04 are 0.05 together, twice that is 0.10.
    assert_eq!(warned(0.8, 0.03, 0.699, 0.04, 0.5), 1);
    assert_eq!(warned(0.8, 0.03, 0.701, 0.04, 0.5), 0);
    // Sure, but small.
    assert_eq!(warned(0.8, 0.001, 0.751, 0.001, 0.5), 0);
    assert_eq!(warned(0.8, 0.001, 0.749, 0.001, 0.5), 1);
    assert_eq!(warned(0.7, 0.01, 0.8, 0.01, 0.5), 0, "better on later leads");
    assert_eq!(warned(0.8, 0.01, 0.8, 0.01, 0.61), 1, "worse than the rate alone");
}
