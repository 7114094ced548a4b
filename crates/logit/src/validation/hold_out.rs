//! Hold-out: calibrate on some leads, measure on others, such as those that came later.
//!
//! Beside the figures of what was calibrated stand those of saying the training leads' conversion rate p to every lead,
//! which any calibration should beat: log loss -(r ln p + (1 - r) ln(1 - p)) and Brier score r (1 - p)^2 + (1 - r) p^2, r
//! the rate of the leads measured on.

use leadcal_lift::patterns::{Counts, CovariatePatterns};
use serde::Serialize;

use super::{FoldMetrics, Prediction, measure};
use crate::error::LogitError;
use crate::inference::Z_95;
use crate::metrics::{Calibration, brier, calibration, log_loss};

/// What a calibration on some leads is worth on others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HeldOut {
    /// Leads it was calibrated on.
    pub train_leads: u64,
    /// Conversions among them.
    pub train_conversions: u64,
    /// The figures on the leads held out.
    pub metrics: FoldMetrics,
    /// 95 % interval of the AUC by `DeLong`'s variance, within 0 and 1.
    pub auc_interval: [f64; 2],
    /// Calibration of the probabilities.
    pub calibration: Calibration,
    /// Log loss of the training leads' conversion rate, said to every lead.
    pub rate_log_loss: f64,
    /// Brier score of the same.
    pub rate_brier: f64,
}

/// Calibrates on the leads of `train` and measures on those of `test`, both counts over the table's patterns.
///
/// `calibrate` gets the table with the training counts (some patterns then have no leads) and predicts every pattern.
///
/// # Errors
/// What `calibrate` returns; [`LogitError::FoldsDoNotFit`] where the two are no parts of the table;
/// [`LogitError::OneOutcome`] or [`LogitError::NoLeads`] where either lacks an outcome.
pub fn hold_out<E: From<LogitError>>(
    patterns: &CovariatePatterns,
    train: &Counts,
    test: &Counts,
    calibrate: impl FnOnce(&CovariatePatterns) -> Result<Prediction, E>,
) -> Result<HeldOut, E> {
    check_parts(patterns, train, test)?;
    let (train_leads, train_conversions) = (train.total_leads(), train.total_conversions());
    crate::separation::check_outcomes(train_leads, train_conversions)?;
    let prediction = calibrate(&patterns.with_counts(train.clone()))?;
    let metrics = measure(&prediction, test)?;
    let half = Z_95 * metrics.auc_variance.sqrt();
    let rate = vec![train_conversions as f64 / train_leads as f64; patterns.len()];
    Ok(HeldOut {
        train_leads,
        train_conversions,
        metrics,
        auc_interval: [(metrics.auc - half).max(0.0), (metrics.auc + half).min(1.0)],
        calibration: calibration(&prediction.probabilities, test)?,
        rate_log_loss: log_loss(&rate, test)?,
        rate_brier: brier(&rate, test)?,
    })
}

/// That no pattern has more leads or conversions in the two parts than in the table.
fn check_parts(patterns: &CovariatePatterns, train: &Counts, test: &Counts) -> Result<(), LogitError> {
    for part in [train, test] {
        if part.leads.len() != patterns.len() || part.conversions.len() != patterns.len() {
            let reason = format!("a part is of {} patterns, the table of {}", part.leads.len(), patterns.len());
            return Err(LogitError::FoldsDoNotFit { reason });
        }
    }
    let all = patterns.counts();
    for pattern in 0..patterns.len() {
        let leads = train.leads[pattern] + test.leads[pattern];
        let conversions = train.conversions[pattern] + test.conversions[pattern];
        let valid = |part: &Counts| part.conversions[pattern] <= part.leads[pattern];
        if leads > all.leads[pattern] || conversions > all.conversions[pattern] || !valid(train) || !valid(test) {
            let reason = format!(
                "pattern {pattern} has {leads} leads and {conversions} conversions in the parts, {} and {} in the table",
                all.leads[pattern], all.conversions[pattern]
            );
            return Err(LogitError::FoldsDoNotFit { reason });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{assert_close, simulated, table};
    use crate::fit::LogitParams;
    use crate::metrics::auc;
    use crate::validation::Folds;

    fn fit_and_predict(train: &CovariatePatterns) -> Result<Prediction, LogitError> {
        let fitted = LogitParams::new().check()?.fit(train)?;
        let (scores, probabilities) = (fitted.linear_predictors(train), fitted.probabilities(train));
        Ok(Prediction { scores, probabilities })
    }

    #[test]
    fn figures_are_those_of_a_fit_on_the_one_part_and_of_the_other_parts_leads() {
        let patterns = simulated(&[3, 4, 2], -1.0, 1);
        let folds = Folds::stratified(&patterns, 3, 0).expect("enough leads");
        let [train, test, _] = folds.counts() else { panic!("three folds") };
        let found = hold_out(&patterns, train, test, fit_and_predict).expect("measured");

        let prediction = fit_and_predict(&patterns.with_counts(train.clone())).expect("fits");
        let area = auc(&prediction.scores, test).expect("both outcomes");
        assert_eq!(found.metrics.auc.to_bits(), area.value.to_bits());
        assert_eq!(found.auc_interval.map(f64::to_bits), area.interval().map(f64::to_bits));
        assert_eq!((found.train_leads, found.metrics.leads), (train.total_leads(), test.total_leads()));
        // Lead by lead: log loss and Brier score of the model and of the training rate alone.
        let rate = train.total_conversions() as f64 / train.total_leads() as f64;
        let (mut model, mut alone, mut square, mut square_alone) = (0.0, 0.0, 0.0, 0.0);
        for pattern in 0..patterns.len() {
            let p = prediction.probabilities[pattern];
            for lead in 0..test.leads[pattern] {
                let y = if lead < test.conversions[pattern] { 1.0 } else { 0.0 };
                model -= (y * p + (1.0 - y) * (1.0 - p)).ln();
                alone -= (y * rate + (1.0 - y) * (1.0 - rate)).ln();
                square += (y - p) * (y - p);
                square_alone += (y - rate) * (y - rate);
            }
        }
        let leads = test.total_leads() as f64;
        assert_close(found.metrics.log_loss, model / leads, 1e-12, "log loss");
        assert_close(found.rate_log_loss, alone / leads, 1e-12, "log loss of the rate");
        assert_close(found.metrics.brier, square / leads, 1e-12, "Brier score");
        assert_close(found.rate_brier, square_alone / leads, 1e-12, "Brier score of the rate");
        let expected = calibration(&prediction.probabilities, test).expect("calibrated");
        assert_eq!(found.calibration, expected);
    }

    #[test]
    fn parts_that_are_none_and_parts_of_one_outcome_are_errors() {
        let patterns = table(&[2], &[(&[0], 10, 4), (&[1], 10, 6)]);
        let part =
            |leads: [u64; 2], conversions: [u64; 2]| Counts { leads: leads.into(), conversions: conversions.into() };
        let half = || part([5, 5], [2, 3]);
        let error = |train: Counts, test: Counts| {
            hold_out(&patterns, &train, &test, fit_and_predict).expect_err("no parts").to_string()
        };
        assert!(hold_out(&patterns, &half(), &half(), fit_and_predict).is_ok());
        assert!(error(half(), part([6, 5], [2, 3])).contains("pattern 0 has 11 leads"));
        assert!(error(half(), part([5, 5], [3, 3])).contains("5 conversions in the parts, 10 and 4 in the table"));
        assert!(error(part([2, 5], [3, 3]), part([5, 5], [1, 3])).contains("pattern 0"));
        assert!(error(Counts::default(), half()).contains("a part is of 0 patterns, the table of 2"));
        for (train, test) in
            [(part([5, 5], [0, 0]), half()), (half(), part([5, 5], [0, 0])), (half(), part([0, 0], [0, 0]))]
        {
            assert!(hold_out(&patterns, &train, &test, fit_and_predict).is_err());
        }
    }
}
