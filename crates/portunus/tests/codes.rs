//! Every code of a finding is documented, and keeps a name that scripts can rely on.

#![allow(clippy::unwrap_used, reason = "a failed test")]

use std::collections::BTreeSet;
use std::path::Path;

use portunus::resolve::CheckCode;

#[test]
fn every_code_has_a_name_of_its_own_in_kebab_case() {
    let mut names = BTreeSet::new();
    for code in CheckCode::all() {
        let name = code.as_str();
        let is_word = |word: &str| {
            let mut letters = word.bytes();
            !word.is_empty() && letters.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
        };
        assert!(name.split('-').all(is_word), "{name}");
        assert!(names.insert(name), "{name} twice");
        assert_eq!(CheckCode::find(name), Some(code));
    }
}

#[test]
fn every_code_is_explained_in_whole_sentences() {
    for code in CheckCode::all() {
        let explanation = code.explanation();
        assert!(explanation.ends_with('.'), "{code}: {explanation}");
        assert!(!explanation.contains("  "), "{code}: {explanation}");
    }
}

#[test]
fn the_document_lists_every_code_and_no_other() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../design/findings.md");
    let text = std::fs::read_to_string(file).unwrap();
    let listed: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let expected: Vec<String> = CheckCode::all()
        .map(|code| format!("| `{code}` | {} |", code.explanation()))
        .collect();
    assert_eq!(listed, expected);
}
