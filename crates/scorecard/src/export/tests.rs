use serde_json::{Value as Json, json};

use super::*;

/// The config of the document's example.
pub(crate) fn example() -> ScoringConfig {
    let document = include_str!("../../../../docs/scoring-config.md");
    let (_, rest) = document.split_once("```json\n").expect("the document has an example");
    let (example, _) = rest.split_once("```").expect("the example ends");
    ScoringConfig::parse(example).expect("the example is a config")
}

fn text(export: &Export) -> &str {
    std::str::from_utf8(&export.files[0].bytes).expect("a text")
}

#[test]
fn every_target_has_one_word() {
    for (word, target, _) in Target::ALL {
        assert_eq!(word.parse(), Ok(target));
        assert_eq!(target.to_string(), word);
    }
    assert_eq!("cobol".parse::<Target>(), Err("no such target"));
}

#[test]
fn a_product_may_be_exported_alone() {
    let mut config = example();
    config.models.push(Model { product: Some("loan".to_owned()), base_points: 7.0, ..config.models[0].clone() });
    let base = |product: Option<&str>| {
        let options = ExportOptions { product: product.map(str::to_owned), ..ExportOptions::default() };
        let export = export(&config, Target::Json, &options).expect("an export");
        let rows: Vec<Json> = serde_json::from_slice(&export.files[0].bytes).expect("JSON");
        let base = rows.into_iter().filter(|row| row["part"] == "base");
        base.map(|row| (row["product"].clone(), row["points"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(base(None), [(json!(null), json!(10.0)), (json!("loan"), json!(7.0))]);
    assert_eq!(base(Some("loan")), [(json!(null), json!(7.0))]);
    assert_eq!(base(Some("card")), [(json!(null), json!(10.0))]);
    config.models.remove(0);
    let options = ExportOptions { product: Some("card".to_owned()), ..ExportOptions::default() };
    let refused = export(&config, Target::Json, &options).expect_err("no model");
    assert_eq!(refused.to_string(), "no model of the config serves the product \"card\"");
}

#[test]
fn a_table_of_points_has_a_row_for_everything_that_scores() {
    let export = export(&example(), Target::Csv, &ExportOptions::default()).expect("an export");
    let rows: Vec<&str> = text(&export).lines().collect();
    for expected in [
        ",base,,,,10,,,,",
        r#",attribute,poutcome,success,fit,53,"{""field"":""poutcome"",""missing"":[""unknown""],""type"":""text"",""when"":{""in"":[""success""]}}",1511,978,0.6473"#,
        r#",signal,free e-mail domain,,fit,-10,"{""field"":""email"",""kind"":""free_email_domain""}",,,"#,
        r#",inactivity,,60 days,engagement,-30,"{""after_days"":60}",,,"#,
        r#",range,,,,,"{""max"":100.0,""min"":0.0}",,,"#,
        r#",stage,SQL,,,,"{""from"":75.0}",,,"#,
    ] {
        assert!(rows.contains(&expected), "{expected}\nin\n{}", text(&export));
    }
    let model = &example().models[0];
    let levels: usize = model.attributes.iter().map(|attribute| attribute.levels.len()).sum();
    let parts = 2 + levels + model.behaviours.len() + model.signals.len() + 3 + model.groups.len() + 3 + 2;
    assert_eq!(rows.len(), 1 + parts);
    let lost: Vec<&str> = export.losses.iter().map(|loss| loss.pointer.as_str()).collect();
    assert_eq!(lost, ["/models/0/probability", "/models/0/expected_rate_by_score"]);
}

#[test]
fn a_spreadsheet_takes_no_cell_for_a_formula() {
    let mut config = example();
    for (name, cell) in [
        ("=1+1", "\"'=1+1\""),
        ("+1", "\"'+1\""),
        ("-1", "\"'-1\""),
        ("@SUM(A1)", "\"'@SUM(A1)\""),
        ("\tx", "\"'\tx\""),
        ("a \"b\", c", "\"a \"\"b\"\", c\""),
        ("1=1", "1=1"),
    ] {
        config.models[0].attributes[0].levels[0].name = name.to_owned();
        config.models[0].probability = None;
        let export = export(&config, Target::Csv, &ExportOptions::default()).expect("an export");
        assert!(text(&export).contains(&format!(",attribute,poutcome,{cell},fit,53,")), "{}", text(&export));
    }
}
