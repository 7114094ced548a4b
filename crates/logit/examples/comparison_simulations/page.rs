//! The page: what was simulated and what was found, in tables.

use std::fmt::Write as _;

use super::{ALPHA, TOLERANCES, Tally, false_alarms, power};

pub(super) fn page(alarms: &[false_alarms::Found], powers: &[power::Found]) -> String {
    let mut text = String::new();
    write_page(&mut text, alarms, powers).expect("to memory");
    text
}

fn write_page(
    text: &mut String,
    alarms: &[false_alarms::Found],
    powers: &[power::Found],
) -> Result<(), std::fmt::Error> {
    let [auc, log_loss, brier] = TOLERANCES;
    let pairs = alarms.first().map_or(0, |found| found.tally.all());
    writeln!(
        text,
        "# How often `leadcal check` is right\n\n\
         Simulated, by `cargo run --release -p leadcal-logit --example comparison_simulations`, which writes this page. Candidate and\n\
         baseline are [compared](statistics.md#candidate-against-baseline) by AUC, log loss and Brier score with the default tolerances\n\
         ({auc}, {log_loss} and {brier}), at a level of {:.0} % for all three together.\n\n\
         ## False alarms\n\
         {pairs} pairs of configs each, neither better than the other but by chance, on labelled leads that neither has seen. *Worse*: at least\n\
         one of the three figures says so, a false alarm. *Fine*: all three do.\n\n\
         | the two configs | leads | conversions | worse | not proven | fine |\n\
         |---|---:|---:|---:|---:|---:|",
        100.0 * ALPHA
    )?;
    for false_alarms::Found { kind, leads, conversions, tally } in alarms {
        writeln!(text, "| {kind} | {leads} | {conversions:.0} | {} |", shares(tally, 1))?;
    }
    let all = Tally {
        fine: alarms.iter().map(|found| found.tally.fine).sum(),
        unproven: alarms.iter().map(|found| found.tally.unproven).sum(),
        worse: alarms.iter().map(|found| found.tally.worse).sum(),
    };
    writeln!(text, "| **together** | | | {} |", shares(&all, 1))?;
    let simulated = powers.first().map_or(0, |found| found.auc.all());
    writeln!(
        text,
        "\n*Errors* are what a config gets wrong in a lead's log-odds, which has a standard deviation of 1. Of {pairs} pairs a share of 5 % is\n\
         known to within 2 percentage points; of all {} to within one.\n\n\
         ## Power\n\
         How often a candidate whose AUC truly is lower by 0.01 or 0.02 is found worse. The baseline's AUC is {:.2}, one lead in {} converts, both\n\
         are calibrated, {simulated} pairs each. *Correlation* is that of the two scores within an outcome; a config that was calibrated anew on\n\
         newer leads is often above 0.95, one of other attributes below 0.8. A true loss of 0.01 is just the tolerated one, so at most {:.0} %\n\
         of such candidates are found fine. *Any of the three* is the verdict of AUC, log loss and Brier score together (up to 1 000\n\
         conversions).",
        all.all(),
        power::BASELINE_AUC,
        power::OTHERS_A_CONVERSION + 1,
        100.0 * ALPHA
    )?;
    for correlation in power::CORRELATIONS {
        writeln!(
            text,
            "\n### Correlation {correlation}\n\
             | true loss of AUC | conversions | AUC: worse | not proven | fine | any of the three: worse | not proven | all fine |\n\
             |---:|---:|---:|---:|---:|---:|---:|---:|"
        )?;
        for found in powers.iter().filter(|found| found.correlation.to_bits() == correlation.to_bits()) {
            let family = found.family.as_ref().map_or_else(|| "- | - | -".to_owned(), |family| shares(family, 0));
            let loss = if found.loss > 0.0 { found.loss.to_string() } else { "none".to_owned() };
            writeln!(text, "| {loss} | {} | {} | {family} |", found.conversions, shares(&found.auc, 0))?;
        }
    }
    Ok(())
}

/// Worse, not proven, fine in percent.
fn shares(tally: &Tally, digits: usize) -> String {
    let share = |of: u32| format!("{:.digits$} %", 100.0 * f64::from(of) / f64::from(tally.all().max(1)));
    format!("{} | {} | {}", share(tally.worse), share(tally.unproven), share(tally.fine))
}
