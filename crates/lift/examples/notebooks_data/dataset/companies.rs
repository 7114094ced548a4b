//! Made-up companies: name, e-mail domain (under `.example`, which belongs to nobody), size, industry.

use std::collections::BTreeSet;

use super::draw::Draw;
use super::names::{LOCALES, Locale, ascii};

/// A company leads work for.
pub(crate) struct Company {
    pub(crate) name: String,
    pub(crate) domain: String,
    /// Employees.
    pub(crate) size: i64,
    pub(crate) industry: &'static str,
    /// Index into [`LOCALES`].
    pub(crate) locale: usize,
    /// Full years since its web domain was registered.
    pub(crate) domain_age_years: i64,
}

/// Industries and how common they are.
pub(crate) const INDUSTRIES: &[(&str, u32)] = &[
    ("Software", 20),
    ("Professional services", 16),
    ("Manufacturing", 14),
    ("Retail", 12),
    ("Financial services", 10),
    ("Healthcare", 9),
    ("Education", 8),
    ("Non-profit", 5),
    ("Public sector", 6),
];

const STEMS: &[&str] = &[
    "Bright", "North", "Silver", "Blue", "River", "Stone", "Oak", "Lumen", "Vertex", "Nova", "Harbor", "Cedar", "Apex",
    "Terra", "Iron", "Swift", "Clear", "Summit", "Amber", "Pine", "Orbit", "Delta", "Prime", "Crest", "Maple",
    "Quanta", "Zenith", "Polar", "Coral", "Granite", "Meadow", "Falcon", "Atlas", "Ember", "Willow", "Cobalt", "Sol",
    "Kite", "Raven", "Juniper", "Alba", "Tidal", "Velo", "Onda", "Mira", "Fjord", "Luma", "Sierra", "Halo", "Brook",
];
const TAILS: &[&str] = &[
    "forge", "works", "line", "field", "path", "logic", "grid", "bridge", "soft", "wave", "data", "care", "trade",
    "media", "build", "point", "base", "link", "craft", "mark", "scale", "yard", "flow", "labs", "peak", "gate",
    "port", "stack", "cast", "loop", "metric", "nest", "sense", "shift", "sphere", "tec", "vault", "ware", "wise",
    "zone",
];
const PARTNERS: &[&str] =
    &["Nowak", "Huber", "Lindqvist", "Okafor", "Moreau", "Castellano", "Patel", "Whitfield", "Brandt", "Sørensen"];

/// Size bands (employees) and how common they are.
const SIZES: &[((i64, i64), u32)] =
    &[((1, 9), 22), ((10, 49), 30), ((50, 199), 23), ((200, 999), 15), ((1_000, 24_000), 10)];

/// Draws `count` companies with distinct domains.
pub(crate) fn companies(count: usize, draw: &mut Draw) -> Vec<Company> {
    let locales: Vec<(usize, u32)> = LOCALES.iter().map(|locale| locale.weight).enumerate().collect();
    let mut taken = BTreeSet::new();
    let mut all = Vec::with_capacity(count);
    while all.len() < count {
        let locale = draw.weighted(&locales);
        let stem = format!("{}{}", draw.pick(STEMS), draw.pick(TAILS));
        let country = &LOCALES[locale];
        let (name, slug) = if draw.chance(0.05) {
            let name = format!("{}, {} & Partners", draw.pick(PARTNERS), draw.pick(PARTNERS));
            let slug = format!("{}-partners", ascii(&name.replace(", ", "-").replace(" & Partners", "")));
            (name, slug)
        } else {
            (legal_name(&stem, country, draw), ascii(&stem))
        };
        let domain = format!("{slug}.{}.example", country_code(country));
        let (low, high) = draw.weighted(SIZES);
        let company = Company {
            name,
            domain: domain.clone(),
            size: draw.low_between(low, high),
            industry: draw.weighted(INDUSTRIES),
            locale,
            domain_age_years: draw.low_between(0, 28),
        };
        if taken.insert(domain) {
            all.push(company);
        }
    }
    all
}

fn legal_name(stem: &str, locale: &Locale, draw: &mut Draw) -> String {
    let ending = match locale.country {
        "United States" => draw.pick(&[", Inc.", " Inc.", " LLC", " Group", "", ""]),
        "United Kingdom" => draw.pick(&[" Ltd", " Limited", " plc", "", ""]),
        "Germany" => draw.pick(&[" GmbH", " GmbH & Co. KG", " AG", ""]),
        "France" => draw.pick(&[" SAS", " SARL", " Groupe", ""]),
        "Spain" | "Mexico" => draw.pick(&[", S.A.", " S.L.", ""]),
        "Italy" => draw.pick(&[" S.r.l.", " S.p.A.", ""]),
        "Poland" => draw.pick(&[" Sp. z o.o.", " S.A."]),
        "Sweden" => draw.pick(&[" AB", ""]),
        "Netherlands" => draw.pick(&[" B.V.", ""]),
        "Brazil" => draw.pick(&[" Ltda", " S.A."]),
        "India" => draw.pick(&[" Pvt. Ltd.", ""]),
        "Japan" => draw.pick(&[" K.K.", ", Co. Ltd."]),
        _ => draw.pick(&[" LLC", ""]),
    };
    if draw.chance(0.02) { format!("Studio \"{stem}\"{ending}") } else { format!("{stem}{ending}") }
}

fn country_code(locale: &Locale) -> &'static str {
    match locale.country {
        "United States" => "us",
        "United Kingdom" => "uk",
        "Germany" => "de",
        "France" => "fr",
        "Spain" => "es",
        "Mexico" => "mx",
        "Italy" => "it",
        "Poland" => "pl",
        "Sweden" => "se",
        "Netherlands" => "nl",
        "Brazil" => "br",
        "India" => "in",
        "Japan" => "jp",
        _ => "ae",
    }
}
