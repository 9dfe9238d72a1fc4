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

use crate::{process, threads, tools};

static PORTUNUS: OnceLock<PathBuf> = OnceLock::new();

static EXAMPLES: OnceLock<PathBuf> = OnceLock::new();

/// The examples that tests run.
const RUN_EXAMPLES: [&str; 13] = [
    "build",
    "callback",
    "custom_store",
    "embed",
    "lint",
    "machine_plan",
    "own_cli",
    "own_http_client",
    "own_store_and_client",
    "pull",
    "pull_tool",
    "resolve",
    "sessions",
];

/// The path of `portunus`: `$PORTUNUS_PROGRAM`, else the one that belongs to this test binary.
///
/// # Panics
///
/// When it does not build.
pub fn portunus() -> PathBuf {
    PORTUNUS
        .get_or_init(|| match tools::env_var("PORTUNUS_PROGRAM") {
            Some(path) => PathBuf::from(path),
            None => build(&["--bin", "portunus"]).join("portunus"),
        })
        .clone()
}

/// The path of an example of the workspace, built like the program.
///
/// # Panics
///
/// When it is none of those that are built for tests, or does not build.
pub fn example(name: &str) -> PathBuf {
    assert!(
        RUN_EXAMPLES.contains(&name),
        "{name} is not built for tests"
    );
    let build = || {
        let wanted = RUN_EXAMPLES.iter().flat_map(|name| ["--example", name]);
        build(&wanted.collect::<Vec<_>>()).join("examples")
    };
    EXAMPLES.get_or_init(build).join(name)
}

/// Builds what these arguments select, and gives the folder of the profile. `PORTUNUS_BUILT=1` says
/// that it is built already, where whoever runs the tests cannot build.
fn build(selection: &[&str]) -> PathBuf {
    let binary = env::current_exe().unwrap();
    let profile_dir = binary.parent().and_then(|deps| deps.parent()).unwrap();
    if tools::env_var("PORTUNUS_BUILT").is_some_and(|value| value == "1") {
        return profile_dir.to_owned();
    }
    let profile = match profile_dir.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let mut command = Command::new(tools::cargo());
    tools::forget_package(&mut command);
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["build", "--quiet", "--locked", "--workspace"])
        .args(selection)
        .args(["--profile", profile, "--target-dir"])
        .arg(profile_dir.parent().unwrap());
    let building = || process::run_within(&mut command, b"", process::BUILD_DEADLINE);
    threads::while_building(building).assert_success();
    profile_dir.to_owned()
}
