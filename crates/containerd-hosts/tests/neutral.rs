//! Nothing here speaks of a program that uses the crate, or of a credential that one may have.

#![allow(clippy::unwrap_used, reason = "a failed test")]

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn no_text_names_a_program_or_a_flag() {
    let mut wrong = Vec::new();
    for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        for (at, line) in fs::read_to_string(&file).unwrap().lines().enumerate() {
            let words = ["portunus", "PORTUNUS", "credential_domain", "`--", " --"];
            if words.iter().any(|word| line.contains(word)) {
                wrong.push(format!("{}:{}: {line}", file.display(), at + 1));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let below = paths.flat_map(|path| match path.is_dir() {
        true => files(&path),
        false => vec![path],
    });
    below.collect()
}
