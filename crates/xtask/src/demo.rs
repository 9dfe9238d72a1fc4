//! `cargo xtask demo`: the main job on a scratch home and a registry in the same process.

use std::path::Path;

use crate::cargo::Session;
use crate::first;

/// Builds the program's library without the features that need protoc, and runs its example.
pub(crate) fn run(target: &Path) -> Result<(), String> {
    first::announce(target, &first::DEMO);
    let demo = [
        "run",
        "--locked",
        "--package",
        "portunus-cli",
        "--no-default-features",
        "--example",
        "demo",
    ];
    Session::start()?.run(&demo, &[])
}
