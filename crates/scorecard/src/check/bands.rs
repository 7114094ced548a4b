//! Do higher bands convert better, and each as the config says?
//!
//! Order: adjacent bands by [`leadcal_logit::comparison::band_order`]. Rates: of k bands that state a rate, Jeffreys' interval of the
//! rate found at confidence 1 - level / k (Bonferroni) must meet the stated rate, give or take the tolerance. Of several models each
//! is asked by itself, as its bands are.

use leadcal_lift::beta;
use leadcal_lift::patterns::Counts;
use leadcal_logit::comparison::{FEWEST, Order, band_order};

use super::{Check, Finding, Kind, NO_CONFIG, OFF, Policy, Side, Subject, Verdict, of_product, percent};
use crate::backtest::{self, Part, Scored};

/// The bands of a model that scored leads.
struct Bands {
    /// `product "loan": `, where there are several models.
    of: String,
    /// Lowest first.
    parts: Vec<Part>,
}

/// The bands of each model with any.
fn bands(side: Side<'_>) -> Vec<Bands> {
    let of_model = |model: usize| {
        let rows: Vec<Scored> = side.rows.iter().filter(|row| row.model == model).copied().collect();
        Bands { of: of_product(side.models(), model), parts: backtest::bands(side.models(), &[model], &rows, None) }
    };
    side.used().into_iter().map(of_model).filter(|bands| !bands.parts.is_empty()).collect()
}

const NO_BANDS: &str = "the candidate has no bands";

/// Do higher bands convert better?
pub(super) fn order(subject: &Subject<'_>, policy: &Policy) -> Finding {
    let check = Check::BandOrder;
    if !policy.band_order {
        return Finding::not_asked(check, OFF);
    }
    if subject.kind == Kind::Models {
        return Finding::not_asked(check, NO_CONFIG);
    }
    let bands = bands(subject.candidate);
    if bands.is_empty() {
        return Finding::not_asked(check, NO_BANDS);
    }
    let (mut worst, mut details) = (Verdict::Fine, Vec::new());
    let mut pairs = 0;
    for Bands { of, parts } in &bands {
        let counts = Counts {
            leads: parts.iter().map(|part| part.leads).collect(),
            conversions: parts.iter().map(|part| part.conversions).collect(),
        };
        for pair in band_order(&counts, policy.level).unwrap_or_default() {
            pairs += 1;
            let (low, high) = (&parts[pair.low], &parts[pair.high]);
            let (verdict, chance) = match pair.order {
                Order::Ordered => continue,
                Order::NotToldApart if pair.difference >= 0.0 => (Verdict::Fine, "not told apart by so few leads"),
                Order::NotToldApart => (Verdict::Warn, "it may be chance"),
                Order::OutOfOrder => (Verdict::Worse, "it is not chance"),
            };
            worst = worst.max(verdict);
            details.push(format!(
                "{of}\"{}\" converts at {} ({} leads), \"{}\" below it at {} ({} leads): {chance}",
                high.name,
                rate(high),
                high.leads,
                low.name,
                rate(low),
                low.leads
            ));
        }
    }
    let says = match (worst, pairs) {
        (_, 0) => return Finding::not_asked(check, "all leads are in one band"),
        (Verdict::Fine, _) if details.is_empty() => "each band converts better than the one below it".to_owned(),
        (Verdict::Fine, _) => format!("in order, though {}", details[0]),
        _ => {
            format!("out of order: {}", details.iter().find(|text| !text.ends_with("few leads")).unwrap_or(&details[0]))
        }
    };
    Finding::new(check, worst, says)
        .tolerating("no band surely converts worse than the one below it")
        .advising("calibrate the points anew, or join the bands that are out of order")
        .details(details)
}

/// Do bands convert as the config says?
pub(super) fn rates(subject: &Subject<'_>, policy: &Policy) -> Finding {
    let check = Check::BandRates;
    let Some(tolerance) = policy.band_rates else { return Finding::not_asked(check, OFF) };
    if subject.kind == Kind::Models {
        return Finding::not_asked(check, NO_CONFIG);
    }
    let bands = bands(subject.candidate);
    let stating = |part: &&Part| part.leads > 0 && part.expected_rate.is_some();
    let stated = bands.iter().flat_map(|bands| &bands.parts).filter(stating).count();
    if stated == 0 {
        return Finding::not_asked(check, if bands.is_empty() { NO_BANDS } else { "no band states an expected_rate" });
    }
    let confidence = 1.0 - policy.level / stated as f64;
    let (mut off, mut details) = (Vec::new(), Vec::new());
    for Bands { of, parts } in &bands {
        for part in parts.iter().filter(stating) {
            let expected = part.expected_rate.unwrap_or_default();
            let (converted, others) = (part.conversions as f64, (part.leads - part.conversions) as f64);
            let [low, high] = beta::interval(converted + 0.5, others + 0.5, confidence);
            let text = format!(
                "{of}\"{}\" converts at {} ({} to {}, {} leads) where {} is stated",
                part.name,
                rate(part),
                percent(low),
                percent(high),
                part.leads,
                percent(expected)
            );
            if expected * (1.0 + tolerance) < low || expected * (1.0 - tolerance) > high {
                off.push(text.clone());
            }
            details.push(text);
        }
    }
    let without_leads = |Bands { of, parts }: &Bands| {
        let empty = parts.iter().filter(|part| part.leads == 0).map(|part| format!("{of}\"{}\"", part.name));
        empty.collect::<Vec<_>>()
    };
    let empty: Vec<String> = bands.iter().flat_map(without_leads).collect();
    details.extend(empty.iter().map(|band| format!("no lead is in {band}")));
    let conversions: u64 = bands.iter().flat_map(|bands| &bands.parts).map(|part| part.conversions).sum();
    let (verdict, says, needed) = match off.first() {
        _ if conversions < FEWEST => (
            Verdict::Unproven,
            format!("{conversions} conversions in all tell nothing of the bands' rates"),
            Some(FEWEST),
        ),
        None if !empty.is_empty() => {
            (Verdict::Warn, format!("no lead is in {}: nothing can be said of it", empty.join(", ")), None)
        }
        None => (Verdict::Fine, format!("all {stated} bands as stated"), None),
        Some(first) => (Verdict::Worse, format!("{} of {stated} bands not as stated: {first}", off.len()), None),
    };
    Finding::new(check, verdict, says)
        .tolerating(format!(
            "the stated rate, give or take {} of itself, within the interval of the rate found",
            percent(tolerance)
        ))
        .advising(match verdict {
            Verdict::Warn => "move the cut-offs so that every band has leads, or drop the band",
            Verdict::Unproven => "check on more leads",
            _ => "calibrate anew on leads that convert as these do, so that the bands state what they bring",
        })
        .needing(needed)
        .figures([("bands", stated as f64), ("off", off.len() as f64)])
        .details(details)
}

fn rate(part: &Part) -> String {
    part.rate.map_or_else(|| "-".to_owned(), |rate| percent(rate.rate))
}
