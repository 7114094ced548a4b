use proptest::prelude::*;

use super::super::tests::example;
use super::super::{Export, ExportError, ExportOptions, Target, export};
use crate::config::ScoringConfig;
use crate::config::arbitrary::any_config;

fn small(config: &ScoringConfig) -> Result<Export, ExportError> {
    let options = ExportOptions { rows: Some(2), event_rows: Some(2), ..ExportOptions::default() };
    export(config, Target::Xlsx, &options)
}

#[test]
fn the_example_loses_little() {
    let export = small(&example()).expect("a workbook");
    assert_eq!(export.files[0].name, "scoring.xlsx");
    assert!(export.files[0].bytes.starts_with(b"PK"));
    let pointers: Vec<&str> = export.losses.iter().map(|loss| loss.pointer.as_str()).collect();
    assert_eq!(pointers, ["/models/0/behaviours", "/models/0/signals/2", "/models/0/inactivity"]);
}

#[test]
fn a_text_too_long_for_a_cell_is_refused() {
    let mut config = example();
    config.models[0].probability = None;
    config.models[0].attributes[0].levels[0].name = "x".repeat(32_768);
    let refused = small(&config).expect_err("Excel has no such cell");
    assert!(refused.to_string().starts_with("a workbook cannot hold the config: "), "{refused}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_config_is_a_workbook_and_the_same_bytes_each_time(config in any_config()) {
        let once = small(&config).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(once, small(&config).expect("as before"));
    }
}
