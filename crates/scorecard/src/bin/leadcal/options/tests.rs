use clap::Parser;
use leadcal_lift::points::{PointsMethod, Scale};
use leadcal_lift::shrinkage::Shrinkage;
use leadcal_logit::fit::Solver;

use super::*;

#[derive(Debug, Parser)]
struct Typed {
    #[command(flatten)]
    calibrate: CalibrateArgs,
}

fn spec(words: &[&str]) -> Result<Spec, CommandError> {
    let words = std::iter::once(&"leadcal").chain(words);
    Typed::try_parse_from(words).expect("arguments that parse").calibrate.spec()
}

/// The name of a spec file that says a little of everything.
fn spec_file(folder: &tempfile::TempDir) -> String {
    let path = folder.path().join("leadcal.toml");
    let text = "[data]\nleads = \"leads.csv\"\noutcome = { column = \"y\", positive = \"yes\" }\nexclude = [\"a\"]\n\
                [points]\nscale = \"0-100\"\n[model]\nfolds = 3\n";
    std::fs::write(&path, text).expect("written");
    path.to_str().expect("UTF-8").to_owned()
}

#[test]
fn points_and_fit_read_the_same_spec() {
    #[derive(Debug, Parser)]
    enum Command {
        Points(LiftPointsArgs),
        Fit(FitArgs),
    }
    for command in ["points", "fit"] {
        let words = ["leadcal", command, "leads.csv", "--outcome", "y", "--l2", "2"];
        let spec = match Command::try_parse_from(words).expect("arguments that parse") {
            Command::Points(args) => args.spec(),
            Command::Fit(args) => args.spec(),
        };
        let spec = spec.expect("a spec");
        assert_eq!((spec.data.outcome.column.as_str(), spec.model.l2.to_string().as_str()), ("y", "2"));
    }
}

#[test]
fn leads_with_flags_alone() {
    let plain = spec(&["leads.csv", "--outcome", "y"]).expect("a spec");
    assert_eq!(plain, Spec::with_leads("leads.csv", Outcome { column: "y".into(), positive: None }));
    let words = "leads.parquet --outcome y --positive -1 --exclude a,b --exclude c --id i --fold f --method fitted \
                 --scale 0-100 --shrinkage 0 --keep-inconclusive --min-leads 5 --solver lbfgs --l2 0 --folds 3 --seed 9 \
                 --top 4";
    let full = spec(&words.split(' ').collect::<Vec<_>>()).expect("a spec");
    assert_eq!(full.data.outcome, Outcome { column: "y".into(), positive: Some("-1".into()) });
    assert_eq!(full.data.exclude, ["a", "b", "c"]);
    assert_eq!((full.data.id.as_deref(), full.data.fold.as_deref()), (Some("i"), Some("f")));
    assert_eq!((full.points.method, full.points.scale), (PointsMethod::Fitted, Scale::ZeroToHundred));
    assert_eq!((full.points.keep_inconclusive, full.points.min_leads), (true, 5));
    assert_eq!(full.shrinkage, Shrinkage::Strength(0.0));
    assert_eq!((full.model.solver, full.model.folds, full.model.seed), (Solver::Lbfgs, 3, 9));
    assert_eq!(full.model.top, Some(4));
}

#[test]
fn flags_go_over_the_spec() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = spec_file(&folder);
    let read = spec(&[&path]).expect("a spec");
    assert_eq!(read, Spec::read(Path::new(&path)).expect("the same"));
    let over = spec(&[&path, "--exclude", "b", "--folds", "4", "--method", "log-odds"]).expect("a spec");
    assert_eq!(over.data.exclude, ["a", "b"]);
    assert_eq!((over.model.folds, over.points.scale), (4, Scale::ZeroToHundred));
    assert_eq!(over.data.outcome.positive.as_deref(), Some("yes"));
    let other = spec(&[&path, "--outcome", "z"]).expect("a spec");
    assert_eq!(other.data.outcome, Outcome { column: "z".into(), positive: None });
}

#[test]
fn what_the_flags_leave_open_or_contradict() {
    let error = spec(&["leads.csv"]).expect_err("no outcome");
    assert_eq!(error.message, "which column says who converted?");
    let error = spec(&["leads.csv", "--outcome", "y", "--id", "y"]).expect_err("one column twice");
    assert_eq!(error.message, "column \"y\" is named both as outcome and as id");
    let error = spec(&["nowhere/leadcal.toml"]).expect_err("no such file");
    assert_eq!(error.place.as_deref(), Some("in nowhere/leadcal.toml"));
}

#[test]
fn flags_out_of_range_are_usage_errors() {
    for words in [
        ["--scale", "0"],
        ["--scale", "-1"],
        ["--l2", "nan"],
        ["--folds", "1"],
        ["--top", "0"],
        ["--shrinkage", "1e300"],
        ["--method", "x"],
    ] {
        let words = ["leadcal", "leads.csv"].into_iter().chain(words);
        Typed::try_parse_from(words).expect_err("out of range");
    }
}
