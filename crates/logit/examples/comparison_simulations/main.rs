//! How often does a comparison of two configs say "worse" where both are equally good, and how often where one is worse?
//!
//! Writes docs/check-power.md to standard output; every run writes the same. A few minutes on one core:
//!
//! ```text
//! cargo run --release -p leadcal-logit --example comparison_simulations > docs/check-power.md
//! ```
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it writes the page, and how far it is")]

mod false_alarms;
mod page;
mod power;

use leadcal_lift::patterns::Counts;
use leadcal_logit::comparison::{
    Bootstrap, Shortfall, Verdict, auc_shortfall, brier_shortfall, judge, log_loss_shortfall,
};

/// Tolerances of AUC, log loss and Brier score: the defaults of `leadcal check`.
const TOLERANCES: [f64; 3] = [0.01, 0.005, 0.002];
/// The level of all three together.
const ALPHA: f64 = 0.05;

/// Two configs on the same labelled leads, one row a lead.
struct Pair {
    scores: [Vec<f64>; 2],
    probabilities: [Vec<f64>; 2],
    counts: Counts,
}

/// How many candidates each verdict fell to.
#[derive(Default, Clone, Copy)]
struct Tally {
    fine: u32,
    unproven: u32,
    worse: u32,
}

impl Tally {
    /// Counts a candidate by its worst verdict.
    fn count(&mut self, verdicts: &[Verdict]) {
        if verdicts.contains(&Verdict::Worse) {
            self.worse += 1;
        } else if verdicts.iter().all(|verdict| *verdict == Verdict::Fine) {
            self.fine += 1;
        } else {
            self.unproven += 1;
        }
    }

    fn all(&self) -> u32 {
        self.fine + self.unproven + self.worse
    }
}

/// Verdicts of AUC, log loss and Brier score, as `leadcal check` has them.
fn family(pair: &Pair, bootstrap: Bootstrap) -> Vec<Verdict> {
    let ([candidate, baseline], [likely, base_likely], counts) = (&pair.scores, &pair.probabilities, &pair.counts);
    judged(&[
        auc_shortfall(candidate, baseline, counts).expect("both outcomes"),
        log_loss_shortfall(likely, base_likely, counts, bootstrap).expect("both outcomes"),
        brier_shortfall(likely, base_likely, counts, bootstrap).expect("both outcomes"),
    ])
}

fn judged(shortfalls: &[Shortfall; 3]) -> Vec<Verdict> {
    let with_tolerance: Vec<_> = shortfalls.iter().zip(TOLERANCES).collect();
    let judged = judge(&with_tolerance, ALPHA).expect("valid tolerances and level");
    judged.iter().map(|judgement| judgement.verdict).collect()
}

fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

fn main() {
    print!("{}", page::page(&false_alarms::simulate(500), &power::simulate(400)));
}
