use proptest::prelude::*;

use super::formula::{LARGEST_COMPILED, LARGEST_SAVED, LONGEST, Term};
use super::*;
use crate::config::ScoredLevel;
use crate::config::arbitrary::any_config;
use crate::export::tests::example;
use crate::export::{Target, export};
use leadcal_lift::attribute::{Scalar, When};

fn exported(config: &ScoringConfig) -> Export {
    export(config, Target::Salesforce, &ExportOptions::default()).expect("an export")
}

fn element<'t>(file: &'t ExportedFile, tag: &str) -> Option<&'t str> {
    let text = std::str::from_utf8(&file.bytes).expect("a text");
    let (_, rest) = text.split_once(&format!("<{tag}>"))?;
    rest.split_once(&format!("</{tag}>")).map(|(inner, _)| inner)
}

fn plain(xml: &str) -> String {
    xml.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The formula of a field.
fn formula(export: &Export, name: &str) -> String {
    let file = export.files.iter().find(|file| file.name == format!("{name}.field-meta.xml")).expect("the field");
    plain(element(file, "formula").expect("a formula"))
}

#[test]
fn the_example_is_formulas_and_inputs() {
    let export = exported(&example());
    let names: Vec<&str> = export.files.iter().filter_map(|file| element(file, "fullName")).collect();
    let expected = [
        "Leadcal_free_e_mail_domain__c",
        "Leadcal_keyboard_run__c",
        "Leadcal_uncapitalised_name__c",
        "Leadcal_fit__c",
        "Leadcal_pricing_page__c",
        "Leadcal_inactive_days__c",
        "Leadcal_engagement__c",
        "Leadcal_Raw__c",
        "Leadcal_Score__c",
        "Leadcal_Band__c",
        "Leadcal_Stage__c",
        "Leadcal_Grade__c",
    ];
    assert_eq!(names, expected);
    assert_eq!(
        formula(&export, "Leadcal_fit__c"),
        "MAX((-50),MIN(60,0+CASE(poutcome__c,\"success\",53,0)\
         +IF(AND(NOT(ISBLANK(age__c)),age__c<25,age__c<>(-1)),12,0)\
         +IF(AND(NOT(ISBLANK(age__c)),age__c>=25,age__c<60),(-1),0)\
         +IF(AND(NOT(ISBLANK(age__c)),age__c>=60),20,0)\
         +CASE(age__c,(-1),(-2),0)\
         +IF(AND(NOT(ISBLANK(customer_since__c)),customer_since__c<DATE(2020,1,1)),6,0)\
         +BLANKVALUE(Leadcal_free_e_mail_domain__c,0)*(-10)\
         +BLANKVALUE(Leadcal_keyboard_run__c,0)*(-20)\
         +BLANKVALUE(Leadcal_uncapitalised_name__c,0)*(-5)\
         +IF(NOT(ISBLANK(phone__c)),3,0)+IF(NOT(ISBLANK(company_size__c)),3,0)))"
    );
    assert_eq!(
        formula(&export, "Leadcal_engagement__c"),
        "MAX((-50),MIN(60,0+IF(newsletter__c,4,0)+BLANKVALUE(Leadcal_pricing_page__c,0)*8\
         +IF(AND(NOT(ISBLANK(Leadcal_inactive_days__c)),Leadcal_inactive_days__c>=30,Leadcal_inactive_days__c<60),(-15),0)\
         +IF(AND(NOT(ISBLANK(Leadcal_inactive_days__c)),Leadcal_inactive_days__c>=60,Leadcal_inactive_days__c<90),(-30),0)\
         +IF(AND(NOT(ISBLANK(Leadcal_inactive_days__c)),Leadcal_inactive_days__c>=90),(-50),0)))"
    );
    assert_eq!(formula(&export, "Leadcal_Raw__c"), "10+Leadcal_fit__c+Leadcal_engagement__c");
    assert_eq!(formula(&export, "Leadcal_Score__c"), "MAX(0,MIN(100,ROUND(Leadcal_Raw__c,0)))");
}

#[test]
fn everything_salesforce_cannot_say_is_told() {
    let pointers: Vec<String> = exported(&example()).losses.into_iter().map(|loss| loss.pointer).collect();
    for expected in [
        "/models/0/behaviours/0",
        "/models/0/signals/0",
        "/models/0/signals/1",
        "/models/0/signals/2",
        "/models/0/inactivity",
        "/models/0",
        "/models/0/bands/0/action",
        "/models/0/bands/2/expected_rate",
        "/models/0/probability",
        "/models/0/expected_rate_by_score",
    ] {
        assert!(pointers.iter().any(|pointer| pointer == expected), "{expected} in {pointers:?}");
    }
    assert!(!pointers.iter().any(|pointer| pointer.contains("/levels/")), "{pointers:?}");
}

/// A text attribute of so many levels.
fn wide(levels: usize) -> ScoringConfig {
    let mut config = example();
    let model = &mut config.models[0];
    (model.behaviours, model.signals, model.inactivity, model.probability) = (Vec::new(), Vec::new(), None, None);
    model.attributes.truncate(1);
    let level = |index: usize| ScoredLevel {
        name: format!("level {index}"),
        when: When::In(vec![Scalar::Text(format!("a value that is rather long, number {index}"))]),
        points: 1.0,
        evidence: None,
    };
    model.attributes[0].levels = (0..levels).map(level).collect();
    config
}

#[test]
fn a_large_group_is_cut_into_parts_and_copied() {
    let few = exported(&wide(20));
    assert!(few.files.iter().all(|file| !file.name.contains("stored")));
    let export = exported(&wide(200));
    let sum = formula(&export, "Leadcal_fit__c");
    assert!(sum.starts_with("MAX((-50),MIN(60,0+Leadcal_fit_1_stored__c+Leadcal_fit_2_stored__c"), "{sum}");
    assert!(formula(&export, "Leadcal_fit_2__c").starts_with("CASE(poutcome__c,\"a value"));
    let copy = export.losses.iter().find(|loss| loss.part == "the formula field Leadcal_fit_1__c").expect("a loss");
    assert_eq!(copy.pointer, "/models/0/groups/0");
    assert!(copy.lost.contains("a flow must copy Leadcal_fit_1__c into Leadcal_fit_1_stored__c"), "{copy}");
}

#[test]
fn texts_that_no_field_holds_are_told() {
    let mut config = wide(4);
    for (index, text) in [" a", "a\nb", &"é".repeat(256), "a \"b\" \\ */ ]]> {!x} &lt;"].into_iter().enumerate() {
        config.models[0].attributes[0].levels[index].when = When::In(vec![Scalar::Text(text.to_owned())]);
    }
    let export = exported(&config);
    let lost: Vec<&str> =
        export.losses.iter().map(|loss| loss.pointer.as_str()).filter(|at| at.contains("/levels/")).collect();
    assert_eq!(lost, [0, 1, 2].map(|level| format!("/models/0/attributes/0/levels/{level}")));
    let text = r#"MAX((-50),MIN(60,0+CASE(poutcome__c,"a \"b\" \\ */ ]]> {!x} &lt;",1,0)))"#;
    assert_eq!(formula(&export, "Leadcal_fit__c").replace("&amp;", "&"), text);
}

#[test]
fn a_name_that_salesforce_has_not_is_an_error() {
    for (name, ok) in [
        ("Age__c", true),
        ("Account.Industry", true),
        ("TEXT(Industry)", true),
        ("a b", false),
        ("TEXT(x))+(1", false),
        ("", false),
    ] {
        let options = ExportOptions { names: [("age".to_owned(), name.to_owned())].into(), ..ExportOptions::default() };
        assert_eq!(export(&example(), Target::Salesforce, &options).is_ok(), ok, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn formulas_keep_the_limits(config in any_config()) {
        let export = exported(&config);
        let too_large = export.losses.iter().any(|loss| loss.lost.starts_with("cannot be deployed"));
        for file in &export.files {
            let name = element(file, "fullName").expect("a name");
            prop_assert!(name.len() <= LONGEST_NAME + 3 && is_api_name(name), "{name}");
            prop_assert!(element(file, "label").is_some_and(|label| plain(label).chars().count() <= 40));
            let text = std::str::from_utf8(&file.bytes).expect("a text");
            prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n'));
            prop_assert!(text.lines().all(|line| line.starts_with(['<', ' '])));
            if let Some(formula) = element(file, "formula").map(plain) {
                prop_assert!(too_large || (formula.chars().count() <= LONGEST && formula.len() <= LARGEST_SAVED), "{formula}");
            }
        }
        let mut names: Vec<String> = export.files.iter().map(|file| file.name.to_lowercase()).collect();
        names.sort();
        names.dedup();
        prop_assert_eq!(names.len(), export.files.len());
    }

    #[test]
    fn a_literal_is_read_back(text in any::<String>()) {
        let Some(literal) = literal(&text) else {
            let odd = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{2028}' | '\u{2029}');
            prop_assert!(text.contains(odd));
            return Ok(());
        };
        let inner = literal.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).expect("quotes");
        let mut read = String::new();
        let mut characters = inner.chars();
        while let Some(c) = characters.next() {
            prop_assert_ne!(c, '"');
            read.push(if c == '\\' { characters.next().expect("an escaped one") } else { c });
        }
        prop_assert_eq!(read, text);
    }

    #[test]
    fn sums_of_terms_keep_the_limits(sizes in prop::collection::vec((1..1_500_usize, 1..3_000_usize), 0..40)) {
        let terms: Vec<Term> = sizes.iter().map(|(length, compiled)| Term { text: "x".repeat(*length), compiled: *compiled }).collect();
        let sums = Formula::pack(terms.clone());
        prop_assert!(sums.iter().all(|sum| sum.fits(&[]) && sum.compiled(&[]) <= LARGEST_COMPILED));
        let joined: Vec<String> = sums.iter().map(|sum| sum.render(&[])).collect();
        let expected: Vec<String> = terms.into_iter().map(|term| term.text).collect();
        prop_assert_eq!(joined.join("+"), expected.join("+"));
    }
}
