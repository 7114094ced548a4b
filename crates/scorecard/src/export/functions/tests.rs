use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::config::arbitrary::any_config;

/// The text of a literal in the language, read back by its rules: the escapes that literals use, and nothing else.
fn read_back(quoted: &str, language: Language) -> Option<String> {
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    let mut units: Vec<u16> = Vec::new();
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        if letter == '"' || !(' '..='~').contains(&letter) {
            return None;
        }
        if letter != '\\' {
            units.push(u16::try_from(u32::from(letter)).ok()?);
            continue;
        }
        let escape = letters.next()?;
        let mut code = |digits: usize| {
            let hex: String = letters.by_ref().take(digits).collect();
            u32::from_str_radix(&hex, 16).ok().filter(|_| hex.len() == digits)
        };
        match escape {
            '"' | '\\' => units.push(u16::try_from(u32::from(escape)).ok()?),
            'n' => units.push(10),
            'u' => {
                let unit = u16::try_from(code(4)?).ok()?;
                // Python joins no surrogates: beyond the first plane it has the long escape.
                if language == Language::Python && (0xd800..0xe000).contains(&unit) {
                    return None;
                }
                units.push(unit);
            }
            'U' if language == Language::Python => {
                units.extend(char::from_u32(code(8)?)?.encode_utf16(&mut [0; 2]).iter());
            }
            _ => return None,
        }
    }
    String::from_utf16(&units).ok()
}

/// Texts of any letters, many of them such as end a string, a comment or a tag.
fn any_text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        '"',
        '\'',
        '\\',
        '`',
        '$',
        '{',
        '\n',
        '\r',
        '\0',
        '<',
        '/',
        '!',
        '*',
        '#',
        '\u{7f}',
        '\u{85}',
        '\u{2028}',
        '\u{2029}',
        '\u{feff}',
        '\u{d7ff}',
        '\u{e000}',
        '\u{ffff}',
        '\u{10000}',
        '\u{10ffff}',
        's',
        '-',
    ]);
    prop::collection::vec(prop_oneof![odd, any::<char>()], 0..24).prop_map(|letters| letters.into_iter().collect())
}

proptest! {
    #[test]
    fn a_text_reads_back_and_ends_nothing(text in any_text()) {
        for language in [Language::JavaScript, Language::Python] {
            let quoted = Literal::text(&text).written(language, 2);
            prop_assert_eq!(read_back(&quoted, language), Some(text.clone()), "{}", &quoted);
            for tag in ["</", "<!", "<?", "<s"] {
                prop_assert!(!quoted.contains(tag), "{}", quoted);
            }
        }
        // A JavaScript literal is a JSON text, too: a second reader.
        let quoted = Literal::text(&text).written(Language::JavaScript, 2);
        prop_assert_eq!(serde_json::from_str::<String>(&quoted).ok(), Some(text));
    }

    #[test]
    fn a_number_reads_back_to_the_bit(x in any::<f64>().prop_filter("a config holds no NaN", |x| !x.is_nan())) {
        let written = Literal::Number(x).written(Language::Python, 2);
        prop_assert_eq!(written.parse::<f64>().map(f64::to_bits), Ok((x + 0.0).to_bits()), "{}", written);
        // Python's integers are exact beyond 2^53, and compared with all their digits.
        let is_float = written.contains(['.', 'e']);
        prop_assert!(is_float || x.abs() < 9_007_199_254_740_992.0, "{}", written);
    }
}

proptest! {
    // A file is long, and one is made of each config for both languages.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_config_is_exported_as_lines_of_ascii(config in any_config()) {
        for export in [javascript(&config), python(&config)] {
            prop_assert!(export.losses.is_empty());
            let text = std::str::from_utf8(&export.files[0].bytes).expect("a text");
            prop_assert!(text.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)));
            let is_directive =
                |line: &str| ["//?", "//=", "#?", "#="].iter().any(|mark| line.trim_start().starts_with(mark));
            prop_assert!(!text.lines().any(is_directive));
        }
    }
}

#[test]
fn templates_open_and_close_their_parts() {
    for Form { template, comment, .. } in [JAVASCRIPT, PYTHON] {
        let part = format!("{comment}?");
        let mut depth = 0_u32;
        for line in template.lines() {
            match line.trim_start().strip_prefix(&part) {
                Some("") => depth = depth.checked_sub(1).expect("nothing is closed that is not open"),
                Some(_) => depth += 1,
                None => {}
            }
        }
        assert_eq!(depth, 0);
    }
}

#[test]
fn templates_ask_for_parts_that_configs_need() {
    let known: BTreeSet<&str> = [
        "behaviours",
        "booleans",
        "calendar",
        "company",
        "dates",
        "disposable",
        "disposable-list",
        "email",
        "events",
        "filled",
        "free",
        "free-list",
        "inactivity",
        "keyboard",
        "numbers",
        "one-model",
        "probability",
        "products",
        "regex",
        "signals",
        "texts",
        "uncapitalised",
        "where",
        "where-booleans",
        "where-numbers",
        "where-texts",
    ]
    .into();
    for Form { template, comment, .. } in [JAVASCRIPT, PYTHON] {
        let part = format!("{comment}?");
        for names in template.lines().filter_map(|line| line.trim_start().strip_prefix(&part)) {
            for name in names.split_whitespace() {
                assert!(known.contains(name), "{name}");
            }
        }
    }
    let parts = needs(&crate::export::tests::example());
    assert!(parts.is_subset(&known), "{parts:?}");
    assert!(!parts.contains("disposable-list") && parts.contains("free-list"));
}

#[test]
fn a_file_has_the_parts_its_config_needs() {
    let text = |export: Export| String::from_utf8(export.files[0].bytes.clone()).expect("a text");
    let mut config = crate::export::tests::example();
    let whole = text(python(&config));
    assert!(whole.contains("gmail.com") && whole.contains("def _repetitions"));
    let model = &mut config.models[0];
    (model.signals, model.behaviours, model.inactivity, model.probability) = (Vec::new(), Vec::new(), None, None);
    let small = text(python(&config));
    assert!(!small.contains("gmail.com") && !small.contains("def _repetitions") && !small.contains("math.exp"));
    assert!(small.lines().count() < whole.lines().count() / 2 + 100);
}

#[test]
fn long_lists_are_broken_and_short_ones_are_not() {
    let domains = Literal::texts((0..12).map(|index| format!("domain-{index}.example")));
    let object =
        Literal::Object(vec![("a", Literal::List(vec![Literal::Number(-0.5), Literal::Null])), ("in", domains)]);
    assert_eq!(
        object.written(Language::Python, 4),
        "{
    \"a\": [-0.5, None],
    \"in\": [
        \"domain-0.example\", \"domain-1.example\", \"domain-2.example\", \"domain-3.example\", \"domain-4.example\",
        \"domain-5.example\", \"domain-6.example\", \"domain-7.example\", \"domain-8.example\", \"domain-9.example\",
        \"domain-10.example\", \"domain-11.example\",
    ],
}"
    );
}
