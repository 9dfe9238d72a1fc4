//! What `design/architecture.md` promises about the code holds.

use std::path::Path;

use support::workspace;

use crate::floors::modules_named;

/// A folder or file of the core, and what it must not know of.
const UNKNOWN: &[(&str, &[&str])] = &[
    (
        "name",
        &[
            "hosts",
            "store",
            "resolve",
            "token",
            "credential",
            "secret",
            "remedy",
        ],
    ),
    (
        "remedy",
        &["hosts", "store", "resolve", "token", "credential"],
    ),
    ("store", &["hosts", "resolve", "token"]),
    ("token", &["hosts", "store", "resolve"]),
    ("credential.rs", &["hosts", "store", "resolve", "token"]),
    ("resolve", &["authorizer"]),
];

/// Of `containerd-hosts`, what is no host but a word of everybody's.
const WORDS: [&str; 3] = ["NameError", "RegistryNamespace", "Secret"];

#[support::test]
fn the_core_s_folders_know_only_what_is_below_them() {
    let mut wrong = Vec::new();
    for file in workspace::files(&[".rs"]) {
        let Ok(inner) = file.strip_prefix("crates/portunus/src") else {
            continue;
        };
        let place = inner.iter().next().unwrap().to_str().unwrap();
        let Some((_, unknown)) = UNKNOWN.iter().find(|(folder, _)| *folder == place) else {
            continue;
        };
        let text = workspace::read(&file);
        let mut named = modules_named(&text, "crate::");
        let of_hosts = modules_named(&text, "containerd_hosts::");
        if of_hosts.iter().any(|name| !WORDS.contains(&name.as_str())) {
            named.insert("hosts".to_owned());
        }
        for module in named {
            if unknown.contains(&module.as_str()) {
                wrong.push(format!("{} names {module}", file.display()));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[support::test]
fn every_path_named_in_the_documents_exists() {
    let tops = ["crates/", "tests/", "design/", ".ci/", ".cargo/"];
    let mut wrong = Vec::new();
    for file in workspace::files(&[".md"]) {
        let text = workspace::read(&file);
        // Every second piece lies between backticks.
        for quoted in text.split('`').skip(1).step_by(2) {
            let path = quoted
                .split([' ', ':', '#', '\n'])
                .next()
                .unwrap_or_default();
            let is_a_path =
                tops.iter().any(|top| path.starts_with(top)) && !path.contains(['*', '…', '{']);
            if is_a_path && !workspace::root().join(path).exists() {
                wrong.push(format!("{} names {path}", file.display()));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

/// A binary with a harness of its own is compiled without what carries the compiler's attribute.
#[support::test]
fn no_test_carries_the_attribute_that_leaves_it_out() {
    let mut left_out = Vec::new();
    for file in workspace::files(&[".rs"]) {
        let text = workspace::read(&file);
        if file.starts_with("tests") && text.lines().any(|line| line.trim() == "#[test]") {
            left_out.push(file.display().to_string());
        }
    }
    assert_eq!(left_out, [""; 0]);
}

#[support::test]
fn files_stay_small() {
    let mut lengths: Vec<(usize, String)> = workspace::files(&[".rs"])
        .iter()
        .map(|file| {
            (
                workspace::read(file).lines().count(),
                file.display().to_string(),
            )
        })
        .collect();
    lengths.sort();
    let too_long: Vec<_> = lengths.iter().filter(|(length, _)| *length > 400).collect();
    assert!(too_long.is_empty(), "{too_long:?}");
    let (median, _) = lengths[lengths.len() / 2];
    assert!(median < 150, "the median is {median} lines");
}

/// What other people wrote leaves the program through `portunus::printable`, in `output` and its
/// neighbours, and nowhere else.
#[support::test]
fn no_message_escapes_for_itself() {
    let filters = ["crates/portunus/src/printable.rs"];
    let words = [
        "escape_debug",
        "escape_default",
        "escape_unicode",
        ".stdout.write",
        "eprint",
    ];
    let mut wrong = Vec::new();
    for file in workspace::files(&[".rs"]) {
        let name = file.display().to_string();
        let is_source = name.starts_with("crates/") && name.contains("/src/");
        if !is_source || name.starts_with("crates/xtask") || filters.contains(&&*name) {
            continue;
        }
        let text = workspace::read(&file);
        let words = words.iter().filter(|word| text.contains(**word));
        wrong.extend(words.map(|word| format!("{name}: {word}")));
    }
    // The help that was asked for, in clap's colours.
    wrong.retain(|it| it != "crates/portunus-cli/src/usage.rs: .stdout.write");
    assert_eq!(wrong, [""; 0]);
}

#[support::test]
fn every_crate_carries_its_licences() {
    let manifests = workspace::files(&["Cargo.toml"]);
    let crates: Vec<&Path> = manifests
        .iter()
        .filter_map(|file| file.parent())
        .filter(|folder| folder.starts_with("crates"))
        .collect();
    assert!(!crates.is_empty());
    for folder in crates {
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
            let file = workspace::root().join(folder).join(licence);
            assert!(file.is_file(), "{} is missing", file.display());
        }
    }
}

#[support::test]
fn the_repository_names_no_machine_and_no_package_registry() {
    // In pieces, so that this file does not name them either.
    let words = [
        ["/wo", "rk/"],
        ["/ro", "ot/"],
        ["deb.deb", "ian.org"],
        ["static.cra", "tes.io"],
        ["index.cra", "tes.io"],
        ["pypi", ".org"],
        ["registry.np", "mjs.org"],
        ["proxy.gol", "ang.org"],
    ]
    .map(|pieces| pieces.concat());
    let mut wrong = Vec::new();
    for file in workspace::files(&[
        ".rs", ".toml", ".md", ".sh", ".yml", ".json", "run", "protoc",
    ]) {
        let text = workspace::read(&file);
        for word in words.iter().filter(|word| text.contains(word.as_str())) {
            wrong.push(format!("{} names {word}", file.display()));
        }
    }
    assert_eq!(wrong, [""; 0]);
}
