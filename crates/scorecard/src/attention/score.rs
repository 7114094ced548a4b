//! What the score does: points against the model, bands, products.

use leadcal_lift::points::PointsMethod;

use super::{Notice, named, of_model, percent, severity};
use crate::bands::within;
use crate::readiness;
use crate::report::Report;

/// Two bands whose rates are closer than so many standard errors convert alike.
const APART: f64 = 2.0;
/// Over this share of the leads the best band chooses little.
const LARGE: f64 = 1.0 / 3.0;

pub(super) fn notices(report: &Report<'_>) -> Vec<Notice> {
    let found = [model_better(report), top_band_large(report), product_worse(report), products_pooled(report)];
    found.into_iter().flatten().chain(bands_alike(report)).collect()
}

fn model_better(report: &Report<'_>) -> Option<Notice> {
    let (points, model) = (&report.points.validation, of_model(report));
    let clearly = report.points.table.method != PointsMethod::Fitted && model.auc_interval[0] > points.auc;
    clearly.then(|| {
        Notice::new(
            "model-better",
            severity([45.0, 80.0], model.auc - points.auc, [0.0, 0.05]),
            &format!(
                "the model ranks clearly better than the points: AUC {:.3} against {:.3} out of fold",
                model.auc, points.auc
            ),
            "--method fitted makes points of the model's coefficients: better at ranking, harder to explain",
        )
    })
}

/// A band with its leads and conversions.
struct Held<'a> {
    band: &'a str,
    leads: u64,
    conversions: u64,
}

impl Held<'_> {
    fn rate(&self) -> f64 {
        self.conversions as f64 / self.leads as f64
    }

    /// Whether leads of the band above convert hardly more often, where both have any.
    fn like(&self, above: &Self) -> bool {
        let apart = APART * (self.variance() + above.variance()).sqrt();
        self.leads > 0 && above.leads > 0 && above.rate() - self.rate() < apart
    }

    /// Half a conversion more of each outcome, so that none or all of a few leads do not seem certain.
    fn variance(&self) -> f64 {
        let rate = (self.conversions as f64 + 0.5) / (self.leads as f64 + 1.0);
        rate * (1.0 - rate) / self.leads as f64
    }
}

/// The bands of the model that serves all products without their own.
fn held<'a>(report: &Report<'a>) -> Vec<Held<'a>> {
    let Some(model) = report.assembled.config.models.last() else { return Vec::new() };
    let ends = model.bands.iter().skip(1).map(|next| next.from).chain([f64::INFINITY]);
    let held = model.bands.iter().zip(ends).map(|(band, below)| {
        let (leads, conversions) = within(&report.points.table, band.from, below);
        Held { band: &band.name, leads, conversions }
    });
    held.collect()
}

fn bands_alike(report: &Report<'_>) -> Option<Notice> {
    let bands = held(report);
    let pair = bands.windows(2).find(|pair| pair[0].like(&pair[1]))?;
    let shown = |band: &Held<'_>| {
        format!("{} of {} leads in \"{}\" ({})", band.conversions, band.leads, band.band, percent(band.rate()))
    };
    Some(Notice::new(
        "bands-alike",
        60.0,
        &format!("two bands are hardly told apart: {} and {} converted", shown(&pair[0]), shown(&pair[1])),
        "join them, or cut them further apart with [bands] in the spec",
    ))
}

fn top_band_large(report: &Report<'_>) -> Option<Notice> {
    let bands = held(report);
    let top = bands.last().filter(|_| bands.len() > 1)?;
    let table = &report.points.table;
    let share = top.leads as f64 / table.leads as f64;
    (share > LARGE).then(|| {
        let weekly = table.weeks.map_or_else(String::new, |weeks| format!(", {:.0} a week", top.leads as f64 / weeks));
        Notice::new(
            "top-band-large",
            severity([40.0, 60.0], share, [LARGE, 0.6]),
            &format!(
                "the best band, \"{}\", holds {} of all leads{weekly}: it chooses little",
                top.band,
                percent(share)
            ),
            "cut bands by what sales can call: capacity_per_week in [bands]",
        )
    })
}

fn product_worse(report: &Report<'_>) -> Option<Notice> {
    let worse = |own: &&crate::products::OwnCalibration| {
        own.figures.as_ref().is_some_and(|figures| figures.own[1].log_loss > figures.pooled[1].log_loss)
    };
    let worse: Vec<_> = report.products.own.iter().filter(worse).collect();
    let first = worse.first()?;
    let figures = first.figures.as_ref()?;
    Some(Notice::new(
        "product-worse",
        50.0,
        &format!(
            "{} of {} does worse out of fold than that of all leads (log loss {:.5} against {:.5}{})",
            if worse.len() == 1 { "the own model" } else { "own models" },
            named(worse.iter().map(|own| own.product.as_str())),
            figures.own[1].log_loss,
            figures.pooled[1].log_loss,
            if worse.len() == 1 { String::new() } else { format!(" for \"{}\"", first.product) }
        ),
        "leave product out of [data], and keep the column as an attribute, until it has more conversions",
    ))
}

fn products_pooled(report: &Report<'_>) -> Option<Notice> {
    let pooled = &report.products.pooled;
    let leads: u64 = pooled.iter().map(|served| served.leads).sum();
    let share = leads as f64 / report.points.table.leads as f64;
    (!pooled.is_empty()).then(|| {
        Notice::new(
            "products-pooled",
            severity([20.0, 35.0], share, [0.0, 1.0]),
            &format!(
                "{} ({} of the leads) {} scored by the calibration of all leads: fewer than {} conversions or others",
                named(pooled.iter().map(|served| served.product.as_str())),
                percent(share),
                if pooled.len() == 1 { "is" } else { "are" },
                readiness::LEAST
            ),
            "read the scores of these with care until they have more",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_alike_within_two_standard_errors() {
        let like = |[n, c]: [u64; 2], [m, d]: [u64; 2]| {
            let held = |leads, conversions| Held { band: "", leads, conversions };
            held(n, c).like(&held(m, d))
        };
        // 10 and 15 % of 200 differ by 1.5 standard errors, of 800 by 3.
        assert!(like([200, 20], [200, 30]) && !like([800, 80], [800, 120]));
        // A band that converts less often than the one below is no better.
        assert!(like([800, 120], [800, 80]));
        // Three of three are no certainty; a band without leads is the calibration's own warning.
        assert!(like([100, 70], [3, 3]) && !like([100, 70], [0, 0]));
    }
}
