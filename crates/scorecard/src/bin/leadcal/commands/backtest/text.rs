//! What `backtest` prints for people: first which leads, then how well they are ranked, bands, calls, products, time.

use std::fmt::Write as _;

use leadcal_scorecard::backtest::periods::Period;
use leadcal_scorecard::backtest::scope::date;
use leadcal_scorecard::backtest::{Auc, Figures, Part, Predicted, RankedBy, Rate, looks};
use leadcal_scorecard::out_of_time::{EARLIER_SHARE, LEAST};

use super::super::labelled::whenever;
use super::super::summary::{grouped, grouped_in, percent};
use super::{Report, bands, calls};
use crate::error::printable;
use crate::tables::{Column, table, wrapped};

/// The report for a person.
pub(super) fn text(report: &Report) -> String {
    let figures = &report.measured.figures;
    let models = &report.config.models;
    let mut parts = vec![head(report), ranking(figures), predictions(figures)];
    parts.push(bands::bands(figures, models) + &bands::stages(figures) + bands::how_to_read(figures));
    parts.push(calls::gains(figures));
    parts.push(calls::value(figures) + calls::whose(figures));
    parts.push(calls::capacity(figures));
    parts.push(bands::products(report));
    parts.push(over_time(report));
    parts.retain(|part| !part.is_empty());
    wrapped(&parts.join("\n"))
}

/// Which leads, how many converted, when they came, and whether the config was made from them.
fn head(report: &Report) -> String {
    let figures = &report.measured.figures;
    let files: Vec<String> = report.files.iter().map(|file| file.display().to_string()).collect();
    let unit = if looks::repeated(&report.scope.looks) { "rows" } else { "leads" };
    let mut text = format!(
        "{} on {}: {} {unit}, {} converted: {}\n",
        printable(&report.config.name),
        printable(&files.join(", ")),
        grouped(figures.leads),
        grouped(figures.conversions),
        figures.rate.map_or_else(String::new, with_interval)
    );
    if let Some((first, last)) = looks::days(&report.scope.looks) {
        _ = write!(text, "Created {} to {}", date(first), date(last));
        if let (Some(weeks), Some(a_week)) = (figures.weeks, figures.leads_a_week) {
            _ = write!(text, "; {a_week:.1} {unit} a week over {weeks:.1} weeks");
        }
        text += ".\n";
    }
    _ = writeln!(text, "{} {}", report.scope.taken, grouped_in(&report.scope.made_from.to_string()));
    if report.failed > 0 {
        let (n, are) = if report.failed == 1 { ("lead", "is") } else { ("leads", "are") };
        _ = writeln!(text, "{} {n} could not be scored and {are} in no figure.", grouped(report.failed));
    }
    for sentence in &report.read {
        _ = writeln!(text, "{}", grouped_in(sentence));
    }
    if report.snapshot.as_ref().is_some_and(whenever) {
        text += "Conversions count whenever they came after the moment: leads looked at lately have had less time to convert.\n";
    }
    text
}

/// `11.7 % (95 %: 11.4 to 12.0 %)`
pub(super) fn with_interval(rate: Rate) -> String {
    format!("{} (95 %: {})", percent(rate.rate), interval(rate.interval))
}

/// `11.7 % (11.4 to 12.0 %)`
pub(super) fn short(rate: Rate) -> String {
    format!("{} ({})", percent(rate.rate), interval(rate.interval))
}

/// `11.4 to 12.0 %`
pub(super) fn interval([low, high]: [f64; 2]) -> String {
    format!("{:.1} to {:.1} %", 100.0 * low, 100.0 * high)
}

/// The AUC, and what it means.
fn ranking(figures: &Figures) -> String {
    let Some(Auc { value, interval: [low, high], .. }) = figures.auc else {
        return if figures.ranked_by.is_some() {
            "How well leads are ranked cannot be said: it takes leads that converted and leads that did not.\n"
                .to_owned()
        } else {
            String::new()
        };
    };
    let by = ranked_by(figures);
    format!(
        "How well are leads ranked? AUC {value:.4} (95 %: {low:.4} to {high:.4}): of a lead that converted and one that did not, \
         the one that converted has the higher {by} {:.0} times in 100, a tie counting half; 50 is chance, 100 perfect.\n",
        100.0 * value
    )
}

/// What leads are ranked by, in words.
pub(super) fn ranked_by(figures: &Figures) -> &'static str {
    match figures.ranked_by {
        Some(RankedBy::ExpectedRate) => "expected rate",
        _ => "score",
    }
}

/// How right the predictions are, above saying the rate to everyone.
fn predictions(figures: &Figures) -> String {
    let (Some(rate), false) = (figures.rate, figures.predictions.is_empty()) else { return String::new() };
    let columns = [
        Column::Text("are the predictions right?"),
        Column::Number("mean"),
        Column::Number("log loss"),
        Column::Spare("Brier"),
        Column::Number("calibration slope"),
        Column::Number("calibration error"),
    ];
    let rows = figures.predictions.iter().map(|predicted| {
        let name = match predicted.of {
            Predicted::Probability => "probability",
            Predicted::ExpectedRateByScore => "expected rate of the score",
        };
        let calibration = |of: fn(&leadcal_logit::metrics::Calibration) -> String| {
            predicted.calibration.as_ref().map_or_else(String::new, of)
        };
        vec![
            name.to_owned(),
            percent(predicted.mean),
            format!("{:.5}", predicted.log_loss),
            format!("{:.5}", predicted.brier),
            calibration(|found| format!("{:.3}", found.slope)),
            calibration(|found| percent(found.expected_error)),
        ]
    });
    let alone = figures.rate_alone.map(|alone| {
        vec![
            "their rate, said to everyone".to_owned(),
            percent(rate.rate),
            format!("{:.5}", alone.log_loss),
            format!("{:.5}", alone.brier),
            String::new(),
            String::new(),
        ]
    });
    let mut text = table(&columns, rows.chain(alone));
    _ = writeln!(
        text,
        "They converted at {}: a mean above it promises too much. Log loss and Brier score say how far predictions were off: less is \
         better, and more than in the last line is worse than knowing nothing of a lead. Slope: 1 is right; below 1 high predictions \
         are too high and low ones too low. Error: the mean gap between prediction and rate, over ten groups of leads.",
        percent(rate.rate)
    );
    text
}

/// The earlier leads beside the later ones.
fn over_time(report: &Report) -> String {
    let Some([earlier, later]) = &report.measured.periods else {
        return looks::days(&report.scope.looks).map_or_else(String::new, |_| {
            format!(
                "Whether it holds over time cannot be said: it takes {LEAST} conversions and {LEAST} others both before and after \
                 the day by which {:.0} % of the leads had come.\n",
                100.0 * EARLIER_SHARE
            )
        });
    };
    let columns = [
        Column::Text("does it hold over time? created"),
        Column::Number("leads"),
        Column::Number("converted"),
        Column::Number("rate"),
        Column::Number("AUC (95 % interval)"),
    ];
    let row = |period: &Period| {
        vec![
            format!("{} to {}", period.from, period.to),
            grouped(period.figures.leads),
            grouped(period.figures.conversions),
            period.figures.rate.map_or_else(String::new, |rate| percent(rate.rate)),
            period.figures.auc.map_or_else(String::new, auc),
        ]
    };
    let mut text = table(&columns, [row(earlier), row(later)]);
    let (before, after) = (&earlier.figures.bands, &later.figures.bands);
    if before.is_empty() || before.len() != after.len() {
        return text;
    }
    let columns = [
        Column::Text("band"),
        Column::Number("earlier: of all"),
        Column::Number("rate (95 % interval)"),
        Column::Number("later: of all"),
        Column::Number("rate (95 % interval)"),
    ];
    let rate = |part: &Part| part.rate.map_or_else(String::new, short);
    let rows = before.iter().zip(after).map(|(before, after)| {
        vec![before.name.clone(), percent(before.share), rate(before), percent(after.share), rate(after)]
    });
    text.push('\n');
    text + &table(&columns, rows)
}

/// `0.7609 (0.7535 to 0.7683)`
pub(super) fn auc(auc: Auc) -> String {
    format!("{:.4} ({:.4} to {:.4})", auc.value, auc.interval[0], auc.interval[1])
}
