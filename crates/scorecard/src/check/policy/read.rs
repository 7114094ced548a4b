//! TOML text to [`Policy`]: one function a kind of section.

use std::path::Path;

use super::{BandSizes, ConfigRule, Golden, Marks, PointsRule, Policy, SalesLoad, Unproven};
use crate::check::{Check, Verdict};
use crate::lint::{Code, Severity};
use crate::spec::{Entry, Mistake, Section, beside, checked_amount};

const VERDICTS: [(&str, Verdict); 2] = [("warn", Verdict::Warn), ("worse", Verdict::Worse)];
const COLUMN: &str = "the name of a column";

/// Reads the whole table of the policy at `path`.
pub(super) fn policy(whole: &Section<'_>, path: &Path) -> Result<Policy, Mistake> {
    let known: Vec<&'static str> = ["level", "unproven"].into_iter().chain(Check::ALL.map(Check::name)).collect();
    whole.allow(&known, &[])?;
    let defaults = Policy::default();
    let level = |entry: Entry<'_>| within(entry, |x| x > 0.0 && x <= 0.5, "a number above 0, at most 0.5");
    let unproven = [("unproven", Unproven::Unproven), ("fine", Unproven::Fine), ("worse", Unproven::Worse)];
    Ok(Policy {
        level: whole.read("level", level)?.unwrap_or(defaults.level),
        unproven: whole.read("unproven", |entry| entry.word(&unproven))?.unwrap_or(defaults.unproven),
        config: section(whole, "config", &["fail", "ignore"], defaults.config, config)?,
        scored: section(whole, "scored", &["most"], defaults.scored, |section, most| {
            let whole = |entry: Entry<'_>| entry.integer("a whole number, 0 or more");
            Ok(section.read("most", whole)?.unwrap_or(most))
        })?,
        golden: section(whole, "golden", &GOLDEN, defaults.golden, |section, golden| {
            self::golden(section, golden, path)
        })?,
        auc: tolerance(whole, "auc", defaults.auc)?,
        log_loss: tolerance(whole, "log_loss", defaults.log_loss)?,
        brier: tolerance(whole, "brier", defaults.brier)?,
        calibration_slope: section(whole, "calibration_slope", &RANGE, defaults.calibration_slope, range)?,
        calibration_level: section(whole, "calibration_level", &RANGE, defaults.calibration_level, range)?,
        rate_alone: tolerance(whole, "rate_alone", defaults.rate_alone)?,
        band_order: section(whole, "band_order", &[], Some(()), |_, ()| Ok(()))?.is_some(),
        band_rates: section(whole, "band_rates", &["tolerance"], defaults.band_rates, |section, tolerance| {
            Ok(section.read("tolerance", share)?.unwrap_or(tolerance))
        })?,
        band_sizes: section(whole, "band_sizes", &["tolerance", "verdict"], defaults.band_sizes, band_sizes)?,
        sales_load: section(
            whole,
            "sales_load",
            &["tolerance", "verdict", "bands", "capacity_per_week"],
            defaults.sales_load,
            sales_load,
        )?,
        score_stability: section(whole, "score_stability", &["warn", "fail"], defaults.score_stability, stability)?,
        attribute_stability: section(
            whole,
            "attribute_stability",
            &["warn", "fail"],
            defaults.attribute_stability,
            stability,
        )?,
        points: section(whole, "points", &["most", "verdict"], defaults.points, points)?,
        attributes: section(whole, "attributes", &["verdict"], defaults.attributes, |section, verdict| {
            Ok(section.read("verdict", |entry| entry.word(&VERDICTS))?.unwrap_or(verdict))
        })?,
        age: section(whole, "age", &["warn_days", "fail_days"], defaults.age, |section, marks| {
            self::marks(section, marks, ["warn_days", "fail_days"])
        })?,
    })
}

const RANGE: [&str; 2] = ["least", "most"];
const GOLDEN: [&str; 12] = [
    "leads",
    "scores",
    "expected",
    "id",
    "events",
    "event_lead",
    "event_time",
    "event_name",
    "as_of",
    "product",
    "created_at",
    "tolerance",
];

/// A section that may turn its check off; `keys` are those besides `on`.
fn section<T>(
    whole: &Section<'_>,
    name: &str,
    keys: &[&'static str],
    defaults: Option<T>,
    read: impl FnOnce(&Section<'_>, T) -> Result<T, Mistake>,
) -> Result<Option<T>, Mistake> {
    let (entry, defaults) = match (whole.get(name), defaults) {
        (Some(entry), Some(defaults)) => (entry, defaults),
        (_, defaults) => return Ok(defaults),
    };
    let section = entry.table(format!("[{name}]"))?;
    section.allow(&["on"].into_iter().chain(keys.iter().copied()).collect::<Vec<_>>(), &[])?;
    let on = section.read("on", Entry::flag)?.unwrap_or(true);
    // Of a check that is off, too, the rest must be right.
    Ok(Some(read(&section, defaults)?).filter(|_| on))
}

fn within(entry: Entry<'_>, fits: impl Fn(f64) -> bool, expected: &str) -> Result<f64, Mistake> {
    entry.number().filter(|x| x.is_finite() && fits(*x)).ok_or_else(|| entry.wrong(expected))
}

fn above_zero(entry: Entry<'_>) -> Result<f64, Mistake> {
    within(entry, |x| x > 0.0, "a number above 0")
}

/// By how much a figure may be worse: above 0, as no number of leads shows that it is no worse at all.
fn tolerance(whole: &Section<'_>, name: &str, defaults: Option<f64>) -> Result<Option<f64>, Mistake> {
    section(whole, name, &["tolerance"], defaults, |section, tolerance| {
        let expected = "a number above 0: no number of leads shows a candidate to be no worse at all";
        Ok(section.read("tolerance", |entry| within(entry, |x| x > 0.0, expected))?.unwrap_or(tolerance))
    })
}

fn share(entry: Entry<'_>) -> Result<f64, Mistake> {
    within(entry, |x| (0.0..=1.0).contains(&x), "a number from 0 to 1")
}

fn band_sizes(section: &Section<'_>, defaults: BandSizes) -> Result<BandSizes, Mistake> {
    Ok(BandSizes {
        tolerance: section.read("tolerance", share)?.unwrap_or(defaults.tolerance),
        verdict: section.read("verdict", |entry| entry.word(&VERDICTS))?.unwrap_or(defaults.verdict),
    })
}

fn range(section: &Section<'_>, [least, most]: [f64; 2]) -> Result<[f64; 2], Mistake> {
    let below = |entry| within(entry, |x| x > 0.0 && x < 1.0, "a number above 0 and below 1, which is right");
    let above = |entry| within(entry, |x| x > 1.0, "a number above 1, which is right");
    Ok([section.read("least", below)?.unwrap_or(least), section.read("most", above)?.unwrap_or(most)])
}

fn stability(section: &Section<'_>, defaults: Marks) -> Result<Marks, Mistake> {
    marks(section, defaults, ["warn", "fail"])
}

fn marks(section: &Section<'_>, defaults: Marks, [warn, fail]: [&'static str; 2]) -> Result<Marks, Mistake> {
    let warn = section.read(warn, above_zero)?;
    // A mark of failing alone takes the mark of warning with it where that would lie above.
    let failing = section.read(fail, above_zero)?.unwrap_or_else(|| defaults.fail.max(warn.unwrap_or(0.0)));
    let marks = Marks { warn: warn.unwrap_or(defaults.warn.min(failing)), fail: failing };
    if marks.warn <= marks.fail {
        return Ok(marks);
    }
    let entry = section.require(fail, "where it fails")?;
    Err(entry.wrong("no less than where it warns"))
}

fn config(section: &Section<'_>, defaults: ConfigRule) -> Result<ConfigRule, Mistake> {
    let severities = [Severity::Error, Severity::Warning, Severity::Advice];
    let words: Vec<_> =
        severities.map(|severity| (severity.as_str(), Some(severity))).into_iter().chain([("never", None)]).collect();
    let codes = Code::ALL.map(|code| (code.as_str(), code));
    Ok(ConfigRule {
        fail: section.read("fail", |entry| entry.word(&words))?.unwrap_or(defaults.fail),
        ignore: section
            .read("ignore", |entry| {
                entry.list("a list of codes of lint findings, such as [\"no-decay\"]", |member| member.word(&codes))
            })?
            .unwrap_or(defaults.ignore),
    })
}

fn golden(section: &Section<'_>, defaults: Golden, policy: &Path) -> Result<Golden, Mistake> {
    section.exclusive("scores", "expected")?;
    let file = |key| section.read(key, |entry| Ok(beside(policy, &entry.name("a path")?)));
    let column = |key| section.read(key, |entry| entry.name(COLUMN));
    let leads = file("leads")?;
    if leads.is_none()
        && let Some(entry) = section.entries().into_iter().find(|entry| !["on", "tolerance"].contains(&entry.key))
    {
        section
            .require("leads", "the path of the golden leads, such as \"golden.csv\"")
            .map_err(|mistake| Mistake { offset: Some(entry.key_offset), ..mistake })?;
    }
    let moment = "a time, such as 2026-01-01 or 2026-01-01T12:00:00Z";
    Ok(Golden {
        leads,
        scores: file("scores")?,
        expected: column("expected")?,
        id: column("id")?,
        events: file("events")?,
        event_lead: column("event_lead")?,
        event_time: column("event_time")?.unwrap_or(defaults.event_time),
        event_name: column("event_name")?.unwrap_or(defaults.event_name),
        as_of: section.read("as_of", |entry| entry.moment(moment))?,
        product: column("product")?,
        created_at: column("created_at")?,
        tolerance: section
            .read("tolerance", |entry| within(entry, |x| x >= 0.0, "a number, 0 or more"))?
            .unwrap_or(defaults.tolerance),
    })
}

fn sales_load(section: &Section<'_>, SalesLoad { tolerance, verdict, .. }: SalesLoad) -> Result<SalesLoad, Mistake> {
    let names = "a list of at least one band, none twice, such as [\"warm\", \"hot\"]";
    Ok(SalesLoad {
        tolerance: section
            .read("tolerance", |entry| within(entry, |x| x >= 0.0, "a number, 0 or more"))?
            .unwrap_or(tolerance),
        verdict: section.read("verdict", |entry| entry.word(&VERDICTS))?.unwrap_or(verdict),
        bands: section.read("bands", |entry| entry.distinct(names, |member| member.name("the name of a band")))?,
        capacity_per_week: section.read("capacity_per_week", |entry| entry.checked(checked_amount))?,
    })
}

fn points(section: &Section<'_>, defaults: PointsRule) -> Result<PointsRule, Mistake> {
    Ok(PointsRule {
        most: section
            .read("most", |entry| within(entry, |x| x >= 0.0, "a number, 0 or more"))?
            .unwrap_or(defaults.most),
        verdict: section.read("verdict", |entry| entry.word(&VERDICTS))?.unwrap_or(defaults.verdict),
    })
}
