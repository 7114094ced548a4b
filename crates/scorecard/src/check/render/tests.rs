//! Texts from the data stand for themselves in every format.

use super::super::policy::Policy;
use super::super::report::{Change, LeadsChecked, Named};
use super::super::{Check, Finding, Report, Verdict};
use super::*;

const NASTY: &str = "a|b `c` <script>alert(1)</script> @all #12 *x* _y_ [l](u) & \"q\"\n\u{1b}[31m";

fn report() -> Report {
    let finding = |check, verdict| {
        Finding::new(check, verdict, NASTY).tolerating("0.1").details([NASTY.to_owned(), "-b".to_owned()])
    };
    let findings = vec![
        finding(Check::Config, Verdict::Fine),
        finding(Check::Auc, Verdict::Worse).advising("undo it"),
        finding(Check::Brier, Verdict::Unproven).advising("more leads").needing(Some(1200)),
        finding(Check::Points, Verdict::Warn).advising("look"),
        Finding::not_asked(Check::Age, NASTY),
    ];
    let named = Named { name: Some(NASTY.to_owned()), file: "new.json".to_owned() };
    let leads = LeadsChecked {
        files: vec!["leads.csv".to_owned()],
        leads: 100,
        conversions: 20,
        rate: 0.2,
        from: Some("2025-01-01".to_owned()),
        to: Some("2025-02-01".to_owned()),
        flattered: false,
        in_words: vec!["All leads were taken.".to_owned()],
    };
    let mut report = Report::new(named.clone(), Some(named), leads, findings, &Policy::default());
    report.changes = vec![Change { of: NASTY.to_owned(), before: 3.0, after: -1.0, sign_changed: true }];
    report
}

#[test]
fn junit_has_a_case_for_each_check() {
    let text = junit(&report());
    assert!(text.contains("tests=\"5\" failures=\"1\" errors=\"1\" skipped=\"1\""), "{text}");
    assert!(
        text.contains("<failure message=") && text.contains("<error message=") && text.contains("<skipped message=")
    );
    assert!(text.contains("message=\"a|b `c` &lt;script&gt;") && !text.contains('\u{1b}'), "{text}");
}
