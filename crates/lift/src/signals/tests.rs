use proptest::prelude::*;

use super::*;

#[test]
fn domain_files_are_sorted_lower_case_and_without_repeats() {
    for (file, at_least) in
        [(include_str!("free_email_domains.txt"), 150), (include_str!("disposable_email_domains.txt"), 100)]
    {
        let lines: Vec<&str> = file.lines().collect();
        assert!(lines.len() >= at_least, "{} domains", lines.len());
        assert!(lines.is_sorted_by(|a, b| a < b), "sorted, each once");
        for line in lines {
            assert_eq!(email_domain(&format!("a@{line}")).as_deref(), Some(line));
        }
    }
    assert!(FREE.is_disjoint(&DISPOSABLE));
}

#[test]
fn email_domains() {
    for (address, domain) in [
        ("ann@Example.COM", Some("example.com")),
        (" ann@example.com. ", Some("example.com")),
        ("\"a@b\"@example.com", Some("example.com")),
        ("ann@ example.com", Some("example.com")),
        ("ann@localhost", None),
        ("@example.com", None),
        ("ann@.com", None),
        ("ann@example..com", None),
        ("ann", None),
        ("", None),
    ] {
        assert_eq!(email_domain(address).as_deref(), domain, "{address}");
    }
}

#[test]
fn free_and_disposable_mail() {
    assert!(free_email_domain("ann@GMail.com", &[]));
    assert!(!free_email_domain("ann@acme.example", &[]));
    assert!(free_email_domain("ann@acme.example", &[" Acme.Example".to_owned()]));
    assert!(!free_email_domain("ann@mail.gmail.com", &[]));
    assert!(!free_email_domain("gmail.com", &[]));
    assert!(disposable_email_domain("x@mailinator.com", &[]));
    assert!(!disposable_email_domain("x@gmail.com", &[]));
    assert!(disposable_email_domain("x@once.example", &["once.example".to_owned()]));
}

#[test]
fn keyboard_runs() {
    for (text, min_run, fires) in [
        ("azerty", 4, true),
        ("AZER", 4, true),
        ("xxQwErxx", 4, true),
        ("rewq", 4, true),
        ("lkjh", 4, true),
        ("qsdfgh", 4, true),
        ("tzui", 4, true),
        ("üpoi", 4, true),
        ("qwe", 4, false),
        ("qwe", 3, true),
        ("qw", 1, true),
        ("q", 1, false),
        ("qw er", 4, false),
        ("aaaa", 4, false),
        ("asas", 4, false),
        ("Marie", 4, false),
        ("Poiret", 4, false),
        ("Werther", 4, true),
        ("", 0, false),
    ] {
        assert_eq!(keyboard_run(text, &Layout::ALL, min_run), fires, "{text} {min_run}");
    }
    assert!(!keyboard_run("azer", &[Layout::Qwerty, Layout::Qwertz], 4));
    assert!(!keyboard_run("azerty", &[], 4));
}

#[test]
fn uncapitalised_names() {
    for (name, fires) in [
        ("marie", true),
        ("Marie", false),
        ("MARIE", false),
        ("de la Cruz", false),
        ("van gogh", true),
        ("élodie", true),
        ("Élodie", false),
        ("иван", true),
        ("Иван", false),
        ("ǅemal", false),
        ("王小明", false),
        ("محمد", false),
        ("たろう", false),
        ("გიორგი", false),
        ("123", false),
        ("  ", false),
        ("", false),
    ] {
        assert_eq!(uncapitalised(name), fires, "{name}");
    }
}

proptest! {
    #[test]
    fn signals_never_panic(text in any::<String>(), min_run in any::<u32>()) {
        keyboard_run(&text, &Layout::ALL, min_run);
        uncapitalised(&text);
        free_email_domain(&text, std::slice::from_ref(&text));
    }

    #[test]
    fn a_run_read_backwards_is_a_run(text in "[a-zA-Zäöü ]{0,20}", min_run in 2_u32..6) {
        let backwards: String = text.chars().rev().collect();
        prop_assert_eq!(keyboard_run(&text, &Layout::ALL, min_run), keyboard_run(&backwards, &Layout::ALL, min_run));
    }
}
