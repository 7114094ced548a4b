use std::fmt::Write as _;
use std::fs;

use super::*;
use crate::calibration;
use crate::history::read;
use crate::spec::Outcome;

/// Leads of a linear congruential generator (Numerical Recipes), in five given folds: `strong` and `size` tell, the
/// others do not. Of the leads in `noisy`, a fold, the outcome is what `noise_a` says.
fn csv(noisy: Option<u32>) -> String {
    let mut text = String::from("noise_a,strong,noise_b,size,fold,converted\n");
    let mut state = 7_u32;
    let mut below = |n: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % n
    };
    for lead in 0..3_000 {
        let (a, strong, b, size) = (below(3), below(2), below(4), below(300));
        let chance = 10 + 40 * strong + size / 10;
        let fold = lead % 5;
        let drawn = below(100);
        let converted = if noisy == Some(fold) { a == 0 } else { drawn < chance };
        writeln!(text, "a{a},s{strong},b{b},{size},{fold},{}", u8::from(converted)).expect("to memory");
    }
    text
}

fn spec(folder: &tempfile::TempDir, text: &str, top: Option<usize>) -> Spec {
    let path = folder.path().join("leads.csv");
    fs::write(&path, text).expect("written");
    let outcome = Outcome { column: "converted".to_owned(), positive: None };
    let mut spec = Spec::with_leads(path.to_string_lossy(), outcome);
    spec.data.fold = Some("fold".to_owned());
    spec.model.top = top;
    spec
}

fn kept(text: &str, top: usize) -> History {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = spec(&folder, text, Some(top));
    keep_top(read(&spec).expect("leads"), &spec).expect("chosen")
}

fn names(history: &History) -> Vec<&str> {
    history.patterns.attributes().iter().map(|attribute| attribute.name.as_str()).collect()
}

#[test]
fn the_attributes_that_tell_are_kept_in_every_fold() {
    let history = kept(&csv(None), 2);
    assert_eq!(names(&history), ["strong", "size"]);
    let top = history.top.expect("attributes were chosen");
    assert_eq!(
        (top.of, top.kept.as_slice(), top.agreeing),
        (4, ["strong".to_owned(), "size".to_owned()].as_slice(), 5)
    );
    let left_out: Vec<(&str, String)> =
        history.left_out.iter().map(|(name, why)| (name.as_str(), why.to_string())).collect();
    let why = || "not among the 2 that tell most together (--top)".to_owned();
    assert_eq!(left_out[left_out.len() - 2..], [("noise_a", why()), ("noise_b", why())]);
}

#[test]
fn a_fold_has_no_say_in_its_own_choice() {
    let (plain, noisy) = (kept(&csv(None), 1), kept(&csv(Some(3)), 1));
    assert_ne!(plain.fine.counts(), noisy.fine.counts());
    let (plain, noisy) = (plain.top.expect("chosen"), noisy.top.expect("chosen"));
    assert_eq!(plain.in_folds[3], noisy.in_folds[3]);
}

#[test]
fn figures_out_of_fold_are_those_of_each_fold_s_own_choice() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = spec(&folder, &csv(Some(3)), Some(1));
    let history = keep_top(read(&spec).expect("leads"), &spec).expect("chosen");
    let validation = calibration::model(&history, &spec).expect("a model").validation.expect("validated");
    let top = history.top.as_ref().expect("attributes were chosen");
    for (fold, held_out) in history.folds.counts().iter().enumerate() {
        let train = history.fine.with_counts(history.fine.counts().without(held_out));
        let train = coarsen(&train, &history.joinings).project(&top.in_folds[fold]);
        let fitted = params(&spec).expect("valid").fit(&train.patterns).expect("a model");
        let scores = fitted.linear_predictors(&train.patterns);
        let auc = leadcal_logit::metrics::auc(&scores, &train.gathered(held_out)).expect("both outcomes").value;
        assert!((auc - validation.folds[fold].auc).abs() < 1e-12, "fold {fold}");
    }
}

#[test]
fn the_leads_outside_a_fold_are_dealt_to_at_most_five() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut spec = spec(&folder, &csv(None), None);
    spec.data.fold = None;
    spec.data.exclude = vec!["fold".to_owned()];
    for (folds, expected) in [(2, 5), (3, 2), (6, 5), (9, 5)] {
        spec.model.folds = folds;
        let history = read(&spec).expect("leads");
        let (train, inner) = within(&history.fine, &history.folds, 1, 0).expect("enough leads");
        assert_eq!(inner.len(), expected, "{folds} folds");
        assert_eq!(*train.counts(), history.fine.counts().without(&history.folds.counts()[1]));
        let mut left = train.counts().clone();
        for part in inner.counts() {
            left = left.without(part);
        }
        assert_eq!((left.total_leads(), left.total_conversions()), (0, 0), "{folds} folds");
    }
}

#[test]
fn how_few_is_the_shortest_path_within_one_standard_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = spec(&folder, &csv(None), None);
    let history = read(&spec).expect("leads");
    let all = calibration::model(&history, &spec).expect("a model").validation.expect("validated");
    let few = how_few(&history, &spec, &all).expect("measured").expect("several attributes");
    assert_eq!((few.of, few.reached, few.sampled), (4, true, None));
    let enough = all.auc - all.auc_std_error;
    let (last, before) = few.path.split_last().expect("a step");
    assert!(last.auc >= enough && before.iter().all(|step| step.auc < enough), "{few:?}");
    assert!(few.path.len() <= 2 && few.path[0].attribute == "strong", "{few:?}");
}

#[test]
fn all_attributes_are_kept_where_there_are_no_more() {
    let history = kept(&csv(None), 4);
    assert!(history.top.is_none());
    assert_eq!(history.warnings, ["--top 4 keeps all attributes: there are 4"]);
}

#[test]
fn what_is_said() {
    let step = |attribute: &str, auc| Chosen { attribute: attribute.to_owned(), log_loss: 0.3, auc };
    let few = |path: Vec<Chosen>, reached, sampled| {
        HowFew { path, of: 3, auc_of_all: 0.7, std_error: 0.01, reached, sampled }.to_string()
    };
    assert_eq!(
        few(vec![step("a", 0.6), step("b", 0.695)], true, None),
        "2 attributes (a, b) reach AUC 0.6950, within one standard error (0.0100) of all 3 (0.7000): --top 2 keeps these"
    );
    assert_eq!(
        few(vec![step("a", 0.695)], true, Some(50_000)),
        "1 attribute (a) reaches AUC 0.6950, within one standard error (0.0100) of all 3 (0.7000): --top 1 keeps this \
         one; measured on a sample of 50000 leads"
    );
    let all = vec![step("a", 0.6), step("b", 0.65), step("c", 0.7)];
    assert_eq!(
        few(all, true, None),
        "fewer than all 3 attributes do not reach AUC 0.7000 within one standard error (0.0100)"
    );
    assert_eq!(
        few(vec![step("a", 0.5), step("b", 0.6)], false, None),
        "the 2 attributes that together tell most reach AUC 0.6000, more than one standard error (0.0100) below all 3 \
         (0.7000); longer lists were not tried"
    );
}
