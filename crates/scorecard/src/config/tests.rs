mod documented;
mod refused;

use proptest::prelude::*;

use super::arbitrary::any_config;
use super::*;

proptest! {
    #[test]
    fn what_is_written_reads_back_the_same(config in any_config()) {
        config.validate().expect("a valid config");
        let text = config.to_json();
        let read = ScoringConfig::parse(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(&read, &config);
        prop_assert_eq!(read.to_json(), text);
    }

    #[test]
    fn layout_changes_nothing_but_blanks(config in any_config()) {
        let written: serde_json::Value = serde_json::from_str(&config.to_json()).expect("JSON");
        let plain: serde_json::Value = serde_json::from_str(&serde_json::to_string(&config).expect("JSON")).expect("JSON");
        prop_assert_eq!(numbers_as_floats(written), numbers_as_floats(plain));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = ScoringConfig::parse_bytes(&bytes);
    }

    #[test]
    fn json_like_texts_are_read_or_refused(text in "[\\[\\]{}:,\"a0\\\\ \n-]{0,40}") {
        let _ = ScoringConfig::parse(&text);
    }

    /// A valid config with a stretch cut out, doubled or overwritten: refused with a line, or valid.
    #[test]
    fn damaged_configs_are_read_or_refused_with_a_line(
        config in any_config(),
        (at, len) in (any::<prop::sample::Index>(), 0..40_usize),
        other in prop_oneof!["", "[\\[\\]{}:,\"0-9a-z. ]{0,6}", Just("null".to_owned()), Just("-1e400".to_owned())],
        doubled in any::<bool>(),
    ) {
        let mut text: Vec<char> = config.to_json().chars().collect();
        let start = at.index(text.len());
        let end = (start + len).min(text.len());
        let mut stretch: Vec<char> = other.chars().collect();
        if doubled {
            stretch.extend_from_slice(&text[start..end]);
            stretch.extend_from_slice(&text[start..end]);
        }
        text.splice(start..end, stretch);
        let text: String = text.into_iter().collect();
        match ScoringConfig::parse(&text) {
            Ok(read) => prop_assert_eq!(ScoringConfig::parse(&read.to_json()), Ok(read)),
            Err(error) => prop_assert!(error.line.is_some_and(|line| line <= text.lines().count() + 1), "{}", error),
        }
    }
}

fn numbers_as_floats(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Number(x) => serde_json::json!(x.as_f64()),
        serde_json::Value::Array(items) => items.into_iter().map(numbers_as_floats).collect(),
        serde_json::Value::Object(members) => {
            members.into_iter().map(|(key, value)| (key, numbers_as_floats(value))).collect()
        }
        other => other,
    }
}

#[test]
fn deep_nesting_is_refused() {
    let error = ScoringConfig::parse(&"[".repeat(1_000_000)).expect_err("too deep");
    assert!(error.message.contains("recursion limit"), "{error}");
}
