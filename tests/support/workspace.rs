//! This repository as a test's subject.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{self, Ran};
use crate::tools;

/// The folder with the workspace's `Cargo.toml`.
pub fn root() -> &'static Path {
    let support = Path::new(env!("CARGO_MANIFEST_DIR"));
    support.ancestors().nth(2).unwrap_or(support)
}

/// Every file of the repository with one of these endings, by its path from the root, in order.
pub fn files(endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(root(), &mut found);
    found.retain(|file| {
        endings
            .iter()
            .any(|ending| file.to_string_lossy().ends_with(ending))
    });
    found.sort();
    found
        .iter()
        .map(|file| file.strip_prefix(root()).unwrap().to_owned())
        .collect()
}

/// The text of a file of the repository.
pub fn read(file: &Path) -> String {
    fs::read_to_string(root().join(file))
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Runs cargo in the workspace.
#[track_caller]
pub fn cargo(arguments: &[&str]) -> Ran {
    let mut cargo = Command::new(tools::cargo());
    process::run(cargo.current_dir(root()).args(arguments), b"")
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default();
        if path.is_file() {
            found.push(path);
        } else if path.is_dir() && !path.is_symlink() && name != "target" && name != ".git" {
            collect(&path, found);
        }
    }
}
