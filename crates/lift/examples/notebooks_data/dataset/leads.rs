//! The leads and their attributes as the CRM holds them at creation.

use leadcal_lift::attribute::Value;

use super::companies::{Company, companies};
use super::draw::Draw;
use super::jobs::{job, reported_seniority};
use super::names::{LOCALES, Person};
use super::signals::DISPOSABLE_MAIL;
use super::{DAY, FIRST_DAY};

/// One lead. `None` is an empty field.
pub(crate) struct Lead {
    pub(crate) id: String,
    /// Seconds since 1970-01-01 UTC.
    pub(crate) created_at: i64,
    pub(crate) product: &'static str,
    pub(crate) first_name: Option<String>,
    pub(crate) last_name: String,
    pub(crate) email: Option<String>,
    pub(crate) job_title: Option<&'static str>,
    pub(crate) seniority: Option<&'static str>,
    pub(crate) department: Option<&'static str>,
    pub(crate) company: String,
    /// Employees; -1 where an import said "unknown".
    pub(crate) company_size: Option<i64>,
    pub(crate) industry: Option<&'static str>,
    pub(crate) country: &'static str,
    pub(crate) source: Option<&'static str>,
    /// `Select` where the form's first choice was left standing.
    pub(crate) budget_band: Option<&'static str>,
    pub(crate) seats: Option<i64>,
    pub(crate) phone: Option<String>,
    pub(crate) newsletter: Option<&'static str>,
    pub(crate) form_variant: Option<&'static str>,
    pub(crate) domain_age_years: Option<i64>,
}

pub(crate) const PRODUCTS: [(&str, u32); 3] = [("Flow", 45), ("Desk", 35), ("Ledger", 20)];

/// Where leads come from, and how common that is.
const SOURCES: &[(&str, u32)] = &[
    ("Organic search", 24),
    ("Paid search", 18),
    ("Social", 12),
    ("Webinar", 10),
    ("Trade fair", 10),
    ("Purchased list", 10),
    ("Referral", 9),
    ("Partner", 7),
];
/// Sources that come as a list of contacts: nobody filled in a form.
const LISTS: [&str; 3] = ["Trade fair", "Purchased list", "Partner"];
const BUDGETS: [&str; 4] = ["under 10k", "10k to 50k", "50k to 200k", "over 200k"];
const COMPANIES: usize = 3_600;
/// Days over which leads are created.
const DAYS: i64 = 546;

/// Draws `count` leads in the order of their creation.
pub(crate) fn leads(count: usize, seed: u64) -> Vec<Lead> {
    let companies = companies(COMPANIES, &mut Draw::new(seed, 0));
    let mut draw = Draw::new(seed, 1);
    let mut times: Vec<i64> = (0..count).map(|_| creation_time(&mut draw)).collect();
    times.sort_unstable();
    let choices: Vec<&Company> = companies.iter().collect();
    (1_usize..).zip(times).map(|(number, time)| lead(number, time, draw.pick(&choices), &mut draw)).collect()
}

/// A second of the 18 months: more of them later on, on working days and by daylight.
fn creation_time(draw: &mut Draw) -> i64 {
    loop {
        let day = draw.between(0, DAYS - 1);
        // 2025-01-01, day 0, was a Wednesday.
        let weekend = matches!((day + 2) % 7, 5 | 6);
        let keep = (0.65 + 0.35 * day as f64 / DAYS as f64) * if weekend { 0.3 } else { 1.0 };
        if draw.chance(keep) {
            let hour = if draw.chance(0.85) { draw.between(7, 18) } else { draw.between(0, 23) };
            return FIRST_DAY + day * DAY + hour * 3_600 + draw.between(0, 3_599);
        }
    }
}

fn lead(number: usize, created_at: i64, company: &Company, draw: &mut Draw) -> Lead {
    let locale = &LOCALES[company.locale];
    let source = draw.weighted(SOURCES);
    let on_list = LISTS.contains(&source);
    let job = job(company.size, draw);
    let student = job.seniority == "Student or intern";

    let real = locale.person(draw);
    let run = !on_list && draw.chance(0.045);
    let person = match draw.unit() {
        _ if run => Person::keyboard_run(real, draw),
        u if u < 0.09 => real.lower_case(),
        u if u < 0.11 => real.upper_case(),
        _ => real,
    };
    let free = if run || student { 0.45 } else { 0.13 };
    let disposable = if run { 0.3 } else { 0.02 };
    let email = address(number, &person, company, (free, disposable), draw);
    let size = (!draw.chance(if on_list { 0.12 } else { 0.28 })).then_some(company.size);

    Lead {
        id: format!("L{number:05}"),
        created_at,
        product: draw.weighted(&PRODUCTS),
        first_name: (!draw.chance(0.02)).then_some(person.first),
        last_name: person.last,
        email: (!(on_list && draw.chance(0.06))).then_some(email),
        job_title: (!draw.chance(0.07)).then_some(job.title),
        seniority: reported_seniority(job, draw),
        department: (!draw.chance(0.10)).then_some(job.department),
        company: company.name.clone(),
        company_size: if on_list && draw.chance(0.22) { Some(-1) } else { size },
        industry: (!draw.chance(0.09)).then_some(company.industry),
        country: locale.country,
        source: (!draw.chance(0.03)).then_some(source),
        budget_band: budget(company.size, on_list, draw),
        seats: seats(company.size, on_list, draw),
        phone: draw.chance(if on_list { 0.68 } else { 0.44 }).then(|| locale.phone_number(draw)),
        newsletter: if on_list || draw.chance(0.1) { None } else { Some(draw.weighted(&[("yes", 2), ("no", 3)])) },
        form_variant: if on_list { None } else { Some(draw.pick(&["A", "B", "C"])) },
        domain_age_years: (!draw.chance(0.15)).then_some(company.domain_age_years),
    }
}

/// An e-mail address: free-mail and disposable ones carry the lead's number, so that they are nobody's.
fn address(
    number: usize,
    person: &Person,
    company: &Company,
    (free, disposable): (f64, f64),
    draw: &mut Draw,
) -> String {
    let (first, last) = match (person.latin_first.as_str(), person.latin_last.as_str()) {
        (first, "") => (first, "x"),
        names => names,
    };
    let initial = first.get(..1).unwrap_or("x");
    let u = draw.unit();
    if u < disposable {
        return format!("{first}.lead{number}@{}", draw.pick(DISPOSABLE_MAIL));
    }
    if u < disposable + free {
        let domain = draw.pick(LOCALES[company.locale].free_mail);
        return format!("{first}.{last}.lead{number}@{domain}");
    }
    let local = match draw.between(0, 3) {
        0 => format!("{initial}{last}"),
        1 => format!("{initial}.{last}"),
        _ => format!("{first}.{last}"),
    };
    // One in twenty writes from a sister company's domain.
    let domain = if draw.chance(0.05) { format!("group-{}", company.domain) } else { company.domain.clone() };
    format!("{local}@{domain}")
}

fn budget(size: i64, on_list: bool, draw: &mut Draw) -> Option<&'static str> {
    match draw.unit() {
        _ if on_list => None,
        u if u < 0.14 => None,
        u if u < 0.50 => Some("Select"),
        _ => {
            let weights: [u32; 4] = match size {
                ..10 => [70, 25, 4, 1],
                10..200 => [35, 40, 20, 5],
                _ => [10, 25, 40, 25],
            };
            let bands: Vec<(&str, u32)> = BUDGETS.into_iter().zip(weights).collect();
            Some(draw.weighted(&bands))
        }
    }
}

fn seats(size: i64, on_list: bool, draw: &mut Draw) -> Option<i64> {
    if on_list || draw.chance(0.25) {
        return None;
    }
    let most = match size {
        ..10 => size,
        10..200 => 10 + size / 2,
        _ => 60 + size / 8,
    };
    Some(draw.low_between(1, most.min(1_500)))
}

impl Lead {
    /// A field by its column name, as the model reads it. Names, e-mail and phone are read by [`super::signals`].
    pub(crate) fn field(&self, column: &str) -> Value<'_> {
        let text = |field: Option<&'static str>| field.map_or(Value::Missing, Value::Text);
        let number = |field: Option<i64>| field.map_or(Value::Missing, |x| Value::Number(x as f64));
        match column {
            "seniority" => text(self.seniority),
            "department" => text(self.department),
            "company_size" => number(self.company_size),
            "industry" => text(self.industry),
            "source" => text(self.source),
            "budget_band" => text(self.budget_band),
            "seats" => number(self.seats),
            _ => Value::Missing,
        }
    }
}
