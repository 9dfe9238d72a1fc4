//! Calls cargo again, in the workspace's root.

use std::process::Command;

use crate::{variable, workspace_root};

/// Runs cargo with these arguments, and these variables on top of our own environment.
pub(crate) fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Result<(), String> {
    let mut cargo = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    cargo
        .current_dir(workspace_root())
        .args(arguments)
        .envs(environment.iter().copied());
    match cargo.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("cargo {}: {status}", arguments.join(" "))),
        Err(error) => Err(format!("cannot run cargo: {error}")),
    }
}
