use std::fmt::Write as _;
use std::path::Path;

use super::*;
use crate::assemble::{AssembleOptions, assemble};
use crate::spec::Outcome;
use crate::{calibration, history, leakage, products, provenance, readiness, start_small};

/// A level, an attribute and a config with names that break out of markup where they are not escaped.
pub(super) const HOSTILE: [&str; 4] = ["<script>alert(1)</script>", "</script>", "\"onload=\"alert(1)", "<!--"];

/// All of a calibration, as `leadcal calibrate` makes it.
pub(super) struct Made {
    pub(super) spec: Spec,
    pub(super) history: History,
    findings: Vec<Finding>,
    suspects: Vec<Suspect>,
    pub(super) points: CalibratedPoints,
    model: LogitModel,
    model_curves: Curves,
    later: [Result<(HeldOut, Curves), NotMeasured>; 2],
    pub(super) products: Products,
    how_few: Option<HowFew>,
    pub(super) assembled: Assembled,
}

impl Made {
    pub(super) fn of(spec: Spec) -> Self {
        let history = history::read(&spec).expect("read");
        let history = start_small::keep_top(history, &spec).expect("kept");
        let suspects = leakage::suspects(&history.patterns, &history.dated).expect("both outcomes");
        let mut points = calibration::points(&history, &spec).expect("points");
        let (mut model, model_curves) = calibration::model_and_curves(&history, &spec).expect("a model");
        let held_out = model.validation.as_ref().expect("validated");
        // Of many attributes it takes long, and says nothing here.
        let few = history.patterns.attributes().len() < 20;
        let how_few = few.then(|| start_small::how_few(&history, &spec, held_out).expect("known")).flatten();
        let later = [calibration::points_out_of_time(&history, &spec), calibration::model_out_of_time(&history, &spec)];
        let findings = readiness::findings(&readiness::Evidence {
            timing: history.timing.as_ref(),
            capacity_per_week: None,
            min_leads: spec.points.min_leads,
            points: &points.table,
            held_out: &points.validation,
            model: &model,
            rows: history.rows.as_ref(),
        });
        let products = products::calibrate(&history, &spec).expect("calibrated");
        points.table.products = products.own.iter().map(|own| own.points.clone()).collect();
        model.products = products.own.iter().map(|own| own.model.clone()).collect();
        let options = AssembleOptions {
            name: spec.name.clone().unwrap_or_else(|| "leads".to_owned()),
            bands: spec.bands.as_ref(),
            stages: spec.stages.as_ref(),
            provenance: provenance::of(&history, None).expect("digested"),
        };
        let assembled = assemble(&points.table, Some(&model), options).expect("assembled");
        Self { spec, history, findings, suspects, points, model, model_curves, later, products, how_few, assembled }
    }

    pub(super) fn report(&self) -> Report<'_> {
        Report {
            spec: &self.spec,
            history: &self.history,
            findings: &self.findings,
            suspects: &self.suspects,
            points: &self.points,
            model: &self.model,
            model_curves: &self.model_curves,
            later: [&self.later[0], &self.later[1]],
            products: &self.products,
            how_few: self.how_few.as_ref(),
            assembled: &self.assembled,
            capacity_per_week: None,
            warnings: &self.history.warnings,
        }
    }
}

/// A calibration of leads in CSV with a column `won`; `configure` changes the spec.
pub(super) fn made(csv: &str, configure: impl FnOnce(&mut Spec)) -> Made {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("leads.csv");
    std::fs::write(&path, csv).expect("written");
    let outcome = Outcome { column: "won".to_owned(), positive: None };
    let mut spec = Spec::with_leads(path.to_str().expect("UTF-8"), outcome);
    configure(&mut spec);
    Made::of(spec)
}

/// A calibration of a spec of `notebooks-data`, with events, behaviours, signals and inactivity.
pub(super) fn notebooks(name: &str) -> Made {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../notebooks-data").join(name);
    Made::of(Spec::read(&path).expect("a spec"))
}

/// Leads of two products by source, size and a name that is hostile.
pub(super) fn leads_of_products() -> String {
    let mut csv = String::from("product,source,\"</script><b>\",won\n");
    for lead in 0_u32..3_000 {
        let hash = lead.wrapping_mul(2_654_435_761) >> 16;
        let (product, source, name) = (hash % 2, hash / 2 % 3, HOSTILE[(hash / 6 % 4) as usize]);
        let chance = 10 + 15 * source + if product == source % 2 { 10 } else { 0 } + 5 * (hash / 6 % 4);
        let won = u32::from(hash / 24 % 100 < chance);
        let source = ["web", "fair", "call"][source as usize];
        let (product, name) = (["A", "B"][product as usize], name.replace('"', "\"\""));
        writeln!(csv, "{product},{source},\"{name}\",{won}").expect("memory");
    }
    csv
}

#[test]
fn names_of_the_data_are_text_everywhere() {
    let made = made(&leads_of_products(), |spec| {
        spec.data.product = Some("product".to_owned());
        spec.name = Some(HOSTILE.concat());
    });
    let page = html(&made.report());
    assert_eq!(page, html(&made.report()));
    // Of the page itself there are two: the data and the script.
    assert_eq!(page.matches("<script").count(), 2, "another script");
    assert_eq!(page.matches("</script").count(), 2, "a script that ends early");
    let (before, _) = page.split_once("id=\"leadcal-data\"").expect("the data");
    assert!(!page.contains("<!--") && !before.contains("\"onload="), "markup from data");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    for reference in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(reference), "the page refers to {reference}");
    }
}

#[test]
fn plots_are_files_that_can_be_drawn() {
    let made = made(&leads_of_products(), |_| ());
    let files = plots(&made.report());
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["attribute-001", "attribute-002", "attribute-003", "roc", "gains", "calibration", "scores"]);
    for file in &files {
        assert!(file.svg.starts_with("<?xml") && !file.svg.contains("<script"), "{}", file.name);
        let png = file.png().expect("drawn");
        assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
        assert_eq!(png, file.png().expect("drawn"));
        // Width and height stand after the header: something as wide as a slide.
        let width = u32::from_be_bytes(png[16..20].try_into().expect("four bytes"));
        assert!(width >= 760, "{} is {width} wide", file.name);
    }
}

#[test]
fn text_of_a_plot_is_in_its_image() {
    let plot = |text: &str| {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"200\" height=\"40\"><text x=\"5\" y=\"30\" font-family=\"DejaVu Sans\">{text}</text></svg>"
        );
        PlotFile { name: "text".to_owned(), svg }.png().expect("drawn")
    };
    // Letters make another image than nothing and than each other.
    assert_ne!(plot(""), plot("leads"));
    assert_ne!(plot("\u{430}\u{3b2}\u{fc}"), plot("\u{3b2}\u{430}\u{fc}"));
}

#[test]
fn plots_are_files_of_their_own() {
    let made = made(&leads_of_products(), |_| ());
    let files = plots(&made.report());
    assert_eq!(files, plots(&made.report()));
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["attribute-001", "attribute-002", "attribute-003", "roc", "gains", "calibration", "scores"]);
    for file in &files {
        assert!(file.svg.starts_with("<?xml") && !file.svg.contains("<script"), "{}", file.name);
        assert!(file.svg.contains("<title>") && file.svg.contains("<desc>") && !file.svg.contains("var("));
    }
}

#[test]
fn few_leads_and_a_single_attribute_make_a_report() {
    let mut csv = String::from("source,won\n");
    for lead in 0..90 {
        writeln!(csv, "{},{}", if lead % 3 == 0 { "web" } else { "fair" }, u8::from(lead % 2 == 0)).expect("memory");
    }
    let made = made(&csv, |_| ());
    let page = html(&made.report());
    let (read, _) = page.split_once("id=\"leadcal-data\"").expect("the data");
    assert!(read.contains("id=\"summary\"") && !read.contains("NaN") && !read.contains("inf</"));
    assert!(!read.contains("id=\"behaviours\"") && !read.contains("id=\"products\""));
    assert_eq!(plots(&made.report()).len(), 5);
}

#[test]
fn many_attributes_with_many_levels_stay_below_a_megabyte() {
    let mut csv = String::new();
    for attribute in 0..40 {
        write!(csv, "attribute {attribute},").expect("memory");
    }
    csv += "won\n";
    for lead in 0_u32..1_200 {
        for attribute in 0..40 {
            let hash = (lead * 40 + attribute).wrapping_mul(2_654_435_761) >> 20;
            write!(csv, "level {} of a name that is rather long,", hash % 14).expect("memory");
        }
        writeln!(csv, "{}", u8::from(lead % 4 == 0)).expect("memory");
    }
    let made = made(&csv, |spec| spec.points.min_leads = 5);
    let page = html(&made.report());
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    assert!(page.contains("in short: points.json holds every level"));
}
