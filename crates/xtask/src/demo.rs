//! `cargo xtask demo`: the main job on a scratch home and a registry in the same process.

use std::path::Path;

use crate::cargo::Session;
use crate::first;

/// What is built and run.
pub(crate) const EXAMPLE: [&str; 6] = [
    "--locked",
    "--package",
    "portunus-cli",
    "--no-default-features",
    "--example",
    "demo",
];

/// Builds the program's library without the features that need protoc, and runs its example.
pub(crate) fn run(target: &Path) -> Result<(), String> {
    first::announce(target, &first::DEMO);
    Session::start()?.run(&[&["run"], &EXAMPLE[..]].concat(), &[])
}
