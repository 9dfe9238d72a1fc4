//! `cargo xtask test`: everything the tests need, then every test.

use std::path::Path;
use std::process::Command;

use crate::{tools, variable, workspace_root};

/// Gets the tools and runs `cargo test --workspace`.
///
/// A machine that cannot have all the tools still runs the tests: those that miss a server are
/// skipped with the reason, or fail where servers are required.
pub(crate) fn run(target: &Path, arguments: &[&str]) -> Result<(), String> {
    let (require, arguments) = match arguments {
        ["--require-servers", rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if let Err(message) = tools::run(target) {
        eprintln!("{message}");
    }
    let mut cargo = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    cargo
        .current_dir(workspace_root())
        .args(["test", "--locked", "--workspace"])
        .args(arguments);
    if require {
        cargo.env("PORTUNUS_REQUIRE_SERVERS", "1");
    }
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("cargo test: {status}")),
        Err(error) => Err(format!("cannot run cargo: {error}")),
    }
}
