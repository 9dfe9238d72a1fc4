//! `cargo xtask demo`: the main job on a scratch home and a registry in the same process.

use crate::cargo;

/// Builds the program's library without the features that need protoc, and runs its example.
pub(crate) fn run() -> Result<(), String> {
    let package = [
        "--package",
        "portunus-cli",
        "--no-default-features",
        "--example",
        "demo",
    ];
    cargo::run(
        &[&["run", "--quiet", "--locked"], &package[..]].concat(),
        &[],
    )
}
