//! What `backtest` prints of calls: who is reached by calling the best first, what it brings, where the week ends.

use std::fmt::Write as _;

use leadcal_scorecard::backtest::{Capacity, Figures, Profit, RankedBy};

use super::super::summary::{grouped, percent};
use super::text::{ranked_by, with_interval};
use crate::tables::{Cell, Column, table};

/// Who is reached by calling the best tenth, two tenths, ….
pub(super) fn gains(figures: &Figures) -> String {
    if figures.gains.is_empty() {
        return String::new();
    }
    let lowest = format!("lowest {} called", ranked_by(figures));
    let columns = [
        Column::Number("leads called, best first"),
        Column::Number(&lowest),
        Column::Number("of all conversions"),
        Column::Bar(""),
        Column::Number("lift"),
        Column::Number("rate"),
    ];
    let mut tied = false;
    let rows = figures.gains.iter().map(|gains| {
        let from = key(figures, gains.from);
        tied |= gains.of_tied.is_some();
        let from = gains.of_tied.map_or_else(|| from.clone(), |share| format!("{from} ({} of them)", percent(share)));
        vec![
            percent(gains.called).into(),
            from.into(),
            percent(gains.conversions).into(),
            Cell::bar(0.0, gains.conversions),
            format!("{:.2}", gains.lift).into(),
            percent(gains.rate).into(),
        ]
    });
    let mut text = table(&columns, rows.collect::<Vec<_>>());
    if tied {
        _ = writeln!(
            text,
            "Leads of one {} cannot be told apart: where only some of them are called, their conversions are shared out evenly.",
            ranked_by(figures)
        );
    }
    text
}

/// What leads are ranked by, as it is printed: a score, or an expected rate.
fn key(figures: &Figures, key: f64) -> String {
    match figures.ranked_by {
        Some(RankedBy::ExpectedRate) => format!("{:.2} %", 100.0 * key),
        _ => key.to_string(),
    }
}

/// What calls bring.
pub(super) fn value(figures: &Figures) -> String {
    let Some(value) = &figures.value else { return String::new() };
    let columns = [
        Column::Text("calling"),
        Column::Number("leads"),
        Column::Number("converted"),
        Column::Number("brings"),
        Column::Spare("95 % interval"),
        Column::Number("a lead"),
    ];
    let row = |what: String, profit: &Profit| {
        let [low, high] = profit.interval.map(money);
        let each = profit.profit / profit.leads.max(1) as f64;
        vec![
            what,
            grouped(profit.leads),
            grouped(profit.conversions),
            money(profit.profit),
            format!("{low} to {high}"),
            format!("{each:.2}"),
        ]
    };
    let mut rows: Vec<Vec<String>> =
        value.bands.iter().map(|band| row(format!("band {} alone", band.name), band)).collect();
    // From the lowest band on is everyone, and the highest has none above it.
    let several = value.from_bands.iter().skip(1).take(value.from_bands.len().saturating_sub(2));
    rows.extend(several.map(|band| row(format!("band {} and above", band.name), band)));
    rows.extend(value.from_stages.iter().map(|stage| row(format!("stage {} and above", stage.name), stage)));
    rows.push(row("everyone".to_owned(), &value.everyone));
    let mut text = format!(
        "A conversion is worth {} and a contact costs {}: a call pays where at least {} convert.\n",
        value.value_per_conversion,
        value.cost_per_contact,
        percent(value.break_even_rate)
    );
    text += &table(&columns, rows);
    let by = ranked_by(figures);
    match value.best {
        Some(best) => {
            let (from, brings) = (key(figures, best.from), money(best.profit));
            let leads = grouped(best.leads);
            _ = writeln!(
                text,
                "Best on these leads: call from {by} {from} on, {leads} leads, which brings {brings}. As the best of many it looks \
                 better than it will be."
            );
        }
        None if figures.ranked_by.is_some() => text += "Calling pays from no score on: calling nobody is best.\n",
        None => {}
    }
    text
}

/// What a profit takes for granted.
pub(super) fn whose(figures: &Figures) -> &'static str {
    if figures.value.is_none() {
        return "";
    }
    "Every conversion counts as the call's; where leads convert without one, calls bring less.\n"
}

/// A whole amount with its digits in groups.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "amounts are at most leads times 1e12")]
fn money(amount: f64) -> String {
    let whole = amount.abs().round();
    let sign = if amount < 0.0 && whole > 0.0 { "-" } else { "" };
    format!("{sign}{}", grouped(whole as u64))
}

/// Where the week's calls end.
pub(super) fn capacity(figures: &Figures) -> String {
    let Some(Capacity { per_week, from, leads, leads_a_week, rate, missed, missed_share, next, .. }) = figures.capacity
    else {
        return String::new();
    };
    let by = ranked_by(figures);
    let (Some(from), Some(rate)) = (from, rate) else {
        let (highest, a_week) = next.unwrap_or_default();
        return format!(
            "{per_week} calls a week are fewer than the {a_week:.1} leads a week of the highest {by}, {}: the config cannot say \
             which of them to call.\n",
            key(figures, highest)
        );
    };
    let Some((lower, a_week)) = next else {
        return format!(
            "{per_week} calls a week reach every lead, {leads_a_week:.1} a week: a score is not needed to choose, only for the \
             order.\n"
        );
    };
    format!(
        "{per_week} calls a week, best first, end at {by} {}: {leads_a_week:.1} leads a week, {} in all, of which {} convert. {} \
         conversions, {} of all, are among those not called. From {by} {} on it would be {a_week:.1} leads a week.\n",
        key(figures, from),
        grouped(leads),
        with_interval(rate),
        grouped(missed),
        percent(missed_share),
        key(figures, lower)
    )
}
