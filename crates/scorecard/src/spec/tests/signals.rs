//! `[signals]`.

use leadcal_lift::signals::Layout;

use super::*;

fn named(name: &str, kind: SignalKind, group: Option<&str>) -> (String, SignalOptions) {
    (name.to_owned(), SignalOptions { kind, group: group.map(str::to_owned) })
}

/// The signals of [`FULL`], in the order written.
pub(super) fn every_key_is_read(spec: &Spec) {
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
    let free = SignalKind::FreeEmailDomain { field: "email".into(), also: texts(&["mail.example"]) };
    let gone =
        SignalKind::DisposableEmailDomain { field: "email".into(), also: texts(&["bin.example", "gone.example"]) };
    let layouts = vec![Layout::Qwertz, Layout::Azerty];
    let keys = SignalKind::KeyboardRun { field: "first name".into(), layouts, min_run: 5 };
    assert_eq!(
        spec.signals,
        [
            named("free e-mail domain", free, Some("fit")),
            named("throw-away mailbox", gone, None),
            named("keys in a row", keys, None),
            named("last name", SignalKind::Uncapitalised { field: "last name".into() }, None),
            named("optional fields", SignalKind::FilledFields { fields: texts(&["phone", "age"]) }, None),
        ]
    );
    assert!(spec.data.exclude.contains(&"phone".to_owned()), "a signal may read a column that is no attribute");
}

#[test]
fn what_is_left_out_has_its_default() {
    let spec = parse_after_data(
        "[signals.a]\nkind = \"keyboard_run\"\nfield = \"n\"\n[signals.b]\nkind = \"free_email_domain\"\nfield = \"e\"",
    );
    let keys = SignalKind::KeyboardRun { field: "n".into(), layouts: Layout::ALL.to_vec(), min_run: 4 };
    let free = SignalKind::FreeEmailDomain { field: "e".into(), also: Vec::new() };
    assert_eq!(spec.signals, [named("a", keys, None), named("b", free, None)]);
}

/// The spec and the config must not differ in what a kind is called, which keys it has and what their defaults are.
#[test]
fn a_signal_is_the_same_in_the_config() {
    let signals = [
        "kind = \"free_email_domain\"\nfield = \"e\"\nalso = [\"a.example\"]",
        "kind = \"free_email_domain\"\nfield = \"e\"",
        "kind = \"disposable_email_domain\"\nfield = \"e\"\nalso = [\"a.example\"]",
        "kind = \"company_email_domain\"\nfield = \"e\"\ncompany = \"c\"",
        "kind = \"keyboard_run\"\nfield = \"n\"",
        "kind = \"keyboard_run\"\nfield = \"n\"\nlayouts = [\"azerty\", \"qwerty\", \"qwertz\"]\nmin_run = 3",
        "kind = \"uncapitalised\"\nfield = \"n\"",
        "kind = \"filled_fields\"\nfields = [\"a\", \"b\"]",
    ];
    for written in signals {
        let spec = parse_after_data(&format!("[signals.s]\n{written}"));
        let json = format!("{{ \"name\": \"s\", \"group\": \"g\", \"points\": 1, \"{written} }}");
        let json = json.replace(" = ", "\": ").replace('\n', ", \"");
        let signal: crate::config::Signal = serde_json::from_str(&json).expect("the same keys");
        assert_eq!(spec.signals[0].1.kind, signal.kind, "{written}");
    }
}

#[test]
fn missing_and_unknown_keys() {
    check_after_data(
        "[signals.a]\nfield = \"e\"",
        "[signals.a] needs the key \"kind\": what the signal looks at, such as \"free_email_domain\"\n  in leadcal.toml:4:10",
    );
    for kind in ["free_email_domain", "disposable_email_domain", "keyboard_run", "uncapitalised"] {
        check_after_data(
            &format!("[signals.a]\nkind = \"{kind}\""),
            "[signals.a] needs the key \"field\": the name of a column\n  in leadcal.toml:4:10",
        );
    }
    check_after_data(
        "[signals.a]\nkind = \"filled_fields\"",
        "[signals.a] needs the key \"fields\": a list of columns, such as [\"phone\"]\n  in leadcal.toml:4:10",
    );
    check_after_data(
        "[signals.a]\nfeld = \"e\"",
        "unknown key \"feld\" in [signals.a]\n  in leadcal.toml:5:1\n  help: did you mean \"field\"?",
    );
    check_after_data(
        "[signals.a]\nkind = \"uncapitalised\"\nfield = \"n\"\nalso = [\"a.example\"]",
        "unknown key \"also\" in [signals.a]\n  in leadcal.toml:7:1\n  help: [signals.a] knows kind, field, group",
    );
    check_after_data(
        "[signals.a]\nkind = \"free_mail_domain\"",
        "\"kind\" in [signals.a] should be \"free_email_domain\", \"disposable_email_domain\", \"company_email_domain\", \"keyboard_run\", \
         \"uncapitalised\", \"filled_fields\", found \"free_mail_domain\"\n  in leadcal.toml:5:8\n  help: did you mean \
         \"free_email_domain\"?",
    );
    check_after_data(
        "[signals.\"\"]",
        "a section of [signals] has an empty name\n  in leadcal.toml:4:10\n  help: write [signals.\"a name\"]",
    );
}

#[test]
fn values_of_the_wrong_type_or_out_of_range() {
    let wrong = |kind: &str, line: &str, key: &str, expected: &str, found: &str, column| {
        let prefix = format!("[signals.a]\nkind = \"{kind}\"");
        check_value(&prefix, line, [key, "signals.a"], [expected, found], column);
    };
    wrong("uncapitalised", "field = 3", "field", COLUMN, "3", 9);
    wrong("filled_fields", "fields = []", "fields", "a list of columns, such as [\"phone\"]", "an empty list", 10);
    wrong("filled_fields", "fields = [\"a\", \"\"]", "fields", COLUMN, "an empty text", 16);
    let twice = "a list that names nothing twice";
    wrong("filled_fields", "fields = [\"a\", \"a\"]", "fields", twice, "\"a\"", 16);
    let wrong = |kind: &str, line: &str, key: &str, expected: &str, found: &str, column| {
        let prefix = format!("[signals.a]\nkind = \"{kind}\"\nfield = \"f\"");
        check_value(&prefix, line, [key, "signals.a"], [expected, found], column);
    };
    let domains = "a list of domains, such as [\"mail.example\"]";
    wrong("free_email_domain", "also = []", "also", domains, "an empty list", 8);
    wrong("free_email_domain", "also = \"a.example\"", "also", domains, "\"a.example\"", 8);
    wrong("disposable_email_domain", "also = [\"a.example\", \"a.example\"]", "also", twice, "\"a.example\"", 22);
    for domain in ["", "@a.example", "x@a.example", "example", "a..example", "a.example."] {
        let found = if domain.is_empty() { "an empty text".to_owned() } else { format!("\"{domain}\"") };
        let line = format!("also = [\"{domain}\"]");
        wrong("free_email_domain", &line, "also", "a domain, such as \"mail.example\"", &found, 9);
    }
    let layouts = "a list of keyboard layouts, such as [\"azerty\", \"qwerty\", \"qwertz\"]";
    wrong("keyboard_run", "layouts = []", "layouts", layouts, "an empty list", 11);
    wrong("keyboard_run", "layouts = [\"azerty\", \"azerty\"]", "layouts", twice, "\"azerty\"", 22);
    wrong("keyboard_run", "layouts = [\"dvorak\"]", "layouts", "\"azerty\", \"qwerty\", \"qwertz\"", "\"dvorak\"", 12);
    wrong("keyboard_run", "min_run = 1", "min_run", "a whole number, 2 or more", "1", 11);
    wrong("keyboard_run", "min_run = -4", "min_run", "a whole number, 2 or more", "-4", 11);
    wrong("keyboard_run", "group = true", "group", "a name", "true", 9);
}

#[test]
fn a_signal_reads_no_column_that_tells_the_outcome() {
    let help = "help: let the signal read another column: this one tells who converted";
    check_after_data(
        "[signals.\"the end\"]\nkind = \"uncapitalised\"\nfield = \"y\"",
        &format!("column \"y\" is named both as outcome and as signals.the end\n  in leadcal.toml:6:1\n  {help}"),
    );
    check_after_data(
        "converted_at = \"d\"\n[signals.a]\nkind = \"filled_fields\"\nfields = [\"phone\", \"d\"]",
        &format!("column \"d\" is named both as converted_at and as signals.a\n  in leadcal.toml:7:1\n  {help}"),
    );
    let spec = parse_after_data("id = \"mail\"\n[signals.a]\nkind = \"uncapitalised\"\nfield = \"mail\"");
    assert_eq!(spec.conflict(), None, "an id may be an address");
}

#[test]
fn a_flag_that_makes_a_signal_read_the_outcome_is_noticed() {
    let mut spec = parse_after_data("[signals.a]\nkind = \"filled_fields\"\nfields = [\"phone\"]");
    spec.data.outcome.column = "phone".into();
    let conflict = spec.conflict().expect("the outcome is read");
    assert_eq!(conflict.to_string(), "column \"phone\" is named both as outcome and as signals.a");
}

#[test]
fn attributes_behaviours_and_signals_have_names_of_their_own() {
    let signal = "[signals.age]\nkind = \"uncapitalised\"\nfield = \"n\"";
    check_after_data(
        &format!("{signal}\n[attributes.age]"),
        "[attributes.age] and [signals.age] have the same name\n  in leadcal.toml:4:10\n  help: rename the signal",
    );
    let events = "id = \"id\"\ncreated_at = \"c\"\nconverted_at = \"d\"\n[events]\nfile = \"e.csv\"\nlead = \"id\"\n\
                  [snapshot]\nhorizon_days = 1\nafter_days = 1\n[behaviours.age]";
    check_after_data(
        &format!("{events}\n{signal}"),
        "[behaviours.age] and [signals.age] have the same name\n  in leadcal.toml:14:10\n  help: rename the signal",
    );
    check_after_data(
        &format!("{events}\n[attributes.age]"),
        "[attributes.age] and [behaviours.age] have the same name\n  in leadcal.toml:13:13\n  help: rename the behaviour",
    );
}
