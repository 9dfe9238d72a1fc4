//! The program `portunus` as cargo builds it.
//!
//! Cargo tells a test where a program is only when both are of one package, so the program is
//! looked for beside the test binary. It is built once, when the first test asks for it: `cargo
//! test` alone would not build it, or would leave one of yesterday there. The whole workspace is
//! selected, so that features, and with them the compiled dependencies, are those of the tests.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use crate::{process, tools};

static PORTUNUS: OnceLock<PathBuf> = OnceLock::new();

/// The path of `portunus`: `$PORTUNUS_PROGRAM`, else the one that belongs to this test binary.
///
/// # Panics
///
/// When it does not build.
pub fn portunus() -> PathBuf {
    PORTUNUS
        .get_or_init(|| tools::env_var("PORTUNUS_PROGRAM").map_or_else(build, PathBuf::from))
        .clone()
}

fn build() -> PathBuf {
    let binary = env::current_exe().unwrap();
    let profile_dir = binary.parent().and_then(|deps| deps.parent()).unwrap();
    let profile = match profile_dir.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let cargo = tools::env_var("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "build",
            "--quiet",
            "--locked",
            "--workspace",
            "--bin",
            "portunus",
        ])
        .args(["--profile", profile, "--target-dir"])
        .arg(profile_dir.parent().unwrap());
    process::run_within(&mut command, b"", process::BUILD_DEADLINE).assert_success();
    profile_dir.join("portunus")
}
