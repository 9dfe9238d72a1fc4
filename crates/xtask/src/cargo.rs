//! Calls cargo again, in the workspace's root.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::lifeline::Lifeline;
use crate::scratch::Scratch;
use crate::{variable, workspace_root};

/// One or more calls of cargo that leave nothing behind, whatever ends them.
#[derive(Debug)]
pub(crate) struct Session {
    // Dropped in this order.
    scratch: Scratch,
    lifeline: Lifeline,
}

impl Session {
    pub(crate) fn start() -> Result<Self, String> {
        Self::start_in(Scratch::new()?)
    }

    /// With temporary files in memory, where there is room.
    pub(crate) fn start_in_memory() -> Result<Self, String> {
        Self::start_in(Scratch::in_memory()?)
    }

    fn start_in(scratch: Scratch) -> Result<Self, String> {
        let lifeline = Lifeline::start(scratch.folder())
            .map_err(|error| format!("cannot run /bin/sh: {error}"))?;
        Ok(Self { scratch, lifeline })
    }

    /// The place of temporary files, for cargo and all that it runs.
    pub(crate) fn folder(&self) -> &Path {
        self.scratch.folder()
    }

    /// Runs cargo with these arguments, and these variables on top of our own environment.
    #[expect(
        clippy::disallowed_methods,
        reason = "a chore hands its environment on"
    )]
    pub(crate) fn run(
        &mut self,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Result<(), String> {
        let mut cargo = Command::new(variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
        cargo.current_dir(workspace_root()).args(arguments);
        // What cargo has told us about our own package would be told on to ring's build script,
        // which would then be run again, and everything that needs ring be compiled again.
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                cargo.env_remove(&name);
            }
        }
        cargo
            .env("TMPDIR", self.folder())
            .envs(environment.iter().copied());
        match self.lifeline.run(&mut cargo) {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(format!("cargo {}: {status}", arguments.join(" "))),
            Err(error) => Err(format!("cannot run cargo: {error}")),
        }
    }
}
