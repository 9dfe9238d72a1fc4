//! Files import from the module where a name is defined, and not through one above them that
//! hands it on: else every file stands on all others of its folder.

use std::path::{Path, PathBuf};

use support::workspace;

#[support::test]
fn files_import_from_where_a_name_is_defined() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in workspace::files(&[".rs"]) {
        let path = file.to_string_lossy().into_owned();
        if !path.starts_with("crates/") || !path.contains("/src/") || path.contains("/xtask/") {
            continue;
        }
        let text = workspace::read(&file);
        for (above, names) in imported_from_above(&text) {
            let Some(home) = home(&file, above) else {
                wrong.push(format!("{path}: nothing is above it"));
                continue;
            };
            let defined = workspace::read(&home);
            for name in names {
                seen += 1;
                if !defines(&defined, &name) {
                    wrong.push(format!("{path} takes {name} from {}", home.display()));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(seen > 20, "only {seen} names were looked at");
}

/// The types of each `use super::…` and `use crate::…` at the beginning of a line that names no
/// module between.
fn imported_from_above(text: &str) -> Vec<(&str, Vec<String>)> {
    let mut found = Vec::new();
    for above in ["super", "crate"] {
        let start = format!("\nuse {above}::");
        for rest in text.split(&start).skip(1) {
            let Some((path, _)) = rest.split_once(';') else {
                continue;
            };
            // What follows a module, or is in braces of its own, is not taken from above.
            let (direct, _) = match path.strip_prefix('{') {
                Some(inner) => inner.split_once('{').unwrap_or((inner, "")),
                None => path.split_once("::").unwrap_or((path, "")),
            };
            let names = direct.trim_end_matches('}').split(',').map(str::trim);
            let types = names.filter(|name| {
                name.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric)
            });
            found.push((above, types.map(str::to_owned).collect()));
        }
    }
    found
}

/// The file of the module that `super` or `crate` is in a file.
fn home(file: &Path, above: &str) -> Option<PathBuf> {
    let folder = file.parent()?;
    if above == "crate" {
        let source = file.ancestors().find(|path| path.ends_with("src"))?;
        return Some(source.join("lib.rs"));
    }
    let folder = match file.ends_with("mod.rs") {
        true => folder.parent()?,
        false => folder,
    };
    Some(match folder.ends_with("src") {
        true => folder.join("lib.rs"),
        false => folder.join("mod.rs"),
    })
}

fn defines(text: &str, name: &str) -> bool {
    let kinds = ["struct ", "enum ", "trait ", "type ", "const "];
    kinds.iter().any(|kind| {
        text.split(&format!("{kind}{name}"))
            .skip(1)
            .any(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    })
}
